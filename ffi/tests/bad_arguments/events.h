/* Bad arguments of the calls for network events: handles that are no event objects or ports,
 * counts and masks that are out of range, NULL, and nothing written or changed after a failure
 * (EVT-10, EVT-24, EVT-27, EVT-38, EVT-39, EVT-43 to EVT-45, EVT-53). */

#ifndef BAD_ARGUMENTS_EVENTS_H
#define BAD_ARGUMENTS_EVENTS_H

#include "shared.h"

#include "../events.h"

#define NO_OBJECT VESTIBULE_WSA_INVALID_HANDLE
#define WAIT_FAILS(call, error) CHECK_FAILS(call, VESTIBULE_WAIT_FAILED, error)

/* Numbers that are handles of another kind; `use` is called with each. */
static void on_other_kinds(int family, void (*use)(uintptr_t)) {
    vestibule_handle socket = stream(family);
    vestibule_event closed = new_event();
    CHECK(vestibule_close_event(closed) == 0);
    use(0);
    use(closed);
    use(socket);
    CHECK(vestibule_closesocket(socket) == 0);
}

static void create_event_arguments(int family) {
    vestibule_event one = new_event(), other = new_event();
    (void)family;
    CHECK(one != other && one >= (vestibule_event)1 << 30); /* never 0, never a descriptor */
    CHECK_ERROR(vestibule_listen(one, 5), VESTIBULE_WSAENOTSOCK);
    CHECK_ERROR(vestibule_closesocket(one), VESTIBULE_WSAENOTSOCK);
    CHECK_ERROR(vestibule_close_port(one), NO_OBJECT);
    CHECK(vestibule_close_event(one) == 0 && vestibule_close_event(other) == 0);
}

static void close_event_handle(uintptr_t bad) {
    CHECK_ERROR(vestibule_close_event(bad), NO_OBJECT);
}

static void close_event_arguments(int family) {
    on_other_kinds(family, close_event_handle);
}

static void set_event_handle(uintptr_t bad) {
    CHECK_ERROR(vestibule_set_event(bad), NO_OBJECT);
}

static void set_event_arguments(int family) {
    on_other_kinds(family, set_event_handle);
}

static void reset_event_handle(uintptr_t bad) {
    CHECK_ERROR(vestibule_reset_event(bad), NO_OBJECT);
}

static void reset_event_arguments(int family) {
    on_other_kinds(family, reset_event_handle);
}

static void event_descriptor_handle(uintptr_t bad) {
    CHECK_ERROR(vestibule_event_descriptor(bad), NO_OBJECT);
}

static void event_descriptor_arguments(int family) {
    on_other_kinds(family, event_descriptor_handle);
}

static void wait_for_events_handle(uintptr_t bad) {
    vestibule_event events[2] = {new_event(), bad};
    CHECK(vestibule_set_event(events[0]) == 0); /* which does not matter */
    WAIT_FAILS(vestibule_wait_for_events(2, events, 0, 0), NO_OBJECT);
    WAIT_FAILS(vestibule_wait_for_events(2, events, 1, -1), NO_OBJECT);
    WAIT_FAILS(vestibule_wait_for_events(1, events + 1, 0, -1), NO_OBJECT);
    CHECK(vestibule_close_event(events[0]) == 0);
}

static void wait_for_events_arguments(int family) {
    vestibule_event events[65];
    size_t index;
    on_other_kinds(family, wait_for_events_handle);
    for (index = 0; index < COUNT(events); index++)
        events[index] = new_event();
    CHECK(vestibule_set_event(events[63]) == 0);
    WAIT_FAILS(vestibule_wait_for_events(0, events, 0, 0), VESTIBULE_WSA_INVALID_PARAMETER);
    WAIT_FAILS(vestibule_wait_for_events(65, events, 0, 0), VESTIBULE_WSA_INVALID_PARAMETER);
    WAIT_FAILS(vestibule_wait_for_events(UINT32_MAX, events, 0, 0),
               VESTIBULE_WSA_INVALID_PARAMETER);
    WAIT_FAILS(vestibule_wait_for_events(1, NULL, 0, 0), VESTIBULE_WSA_INVALID_PARAMETER);
    CHECK(vestibule_wait_for_events(64, events, 0, 0) == VESTIBULE_WAIT_EVENT_0 + 63);
    events[1] = events[0];
    WAIT_FAILS(vestibule_wait_for_events(2, events, 1, 0), VESTIBULE_WSA_INVALID_PARAMETER);
    CHECK(vestibule_wait_for_events(2, events, 0, 0) == VESTIBULE_WAIT_TIMEOUT);
    for (index = 0; index < COUNT(events); index++)
        CHECK(index == 1 || vestibule_close_event(events[index]) == 0);
}

static void event_select_handle(uintptr_t bad) {
    CHECK_ERROR(vestibule_event_select(bad, 0, UINT32_MAX), VESTIBULE_WSAENOTSOCK);
}

static vestibule_handle registering;

static void register_for(uintptr_t bad) {
    CHECK_ERROR(vestibule_event_select(registering, bad, VESTIBULE_FD_READ), VESTIBULE_WSAEINVAL);
}

static void event_select_arguments(int family) {
    struct both_ends pair = connect_both(family);
    vestibule_event event = new_event();
    registering = pair.server;
    CHECK(vestibule_event_select(pair.server, event, VESTIBULE_FD_READ) == 0);
    on_other_kinds(family, register_for);
    CHECK_ERROR(vestibule_event_select(pair.server, event, VESTIBULE_FD_ALL_EVENTS + 1),
                VESTIBULE_WSAEINVAL);
    CHECK_ERROR(vestibule_event_select(pair.server, event, 1u << 31), VESTIBULE_WSAEINVAL);
    CHECK_ERROR(vestibule_event_select(pair.server, 0, 1u << 31), VESTIBULE_WSAEINVAL);
    /* The registration from before is in force. */
    CHECK(vestibule_send(pair.client, "x", 1, 0) == 1);
    CHECK(wait_long(event));
    CHECK(happened(pair.server, event) == VESTIBULE_FD_READ);
    CHECK(vestibule_event_select(pair.server, 12345, 0) == 0); /* EVT-09 */
    CHECK(vestibule_close_event(event) == 0);
    close_both(pair);
}

static void enum_network_events_handle(uintptr_t bad) {
    CHECK_ERROR(vestibule_enum_network_events(bad, 12345, NULL), VESTIBULE_WSAENOTSOCK);
}

static struct vestibule_network_events untouched_events;

static void enumerate_with(uintptr_t bad) {
    if (bad != 0)
        CHECK_ERROR(vestibule_enum_network_events(registering, bad, &untouched_events),
                    VESTIBULE_WSAEINVAL);
}

static void enum_network_events_arguments(int family) {
    struct both_ends pair = connect_both(family);
    vestibule_event event = new_event();
    registering = pair.server;
    CHECK(vestibule_event_select(pair.server, event, VESTIBULE_FD_READ) == 0);
    CHECK(vestibule_send(pair.client, "x", 1, 0) == 1);
    CHECK(wait_long(event));
    memset(&untouched_events, UNTOUCHED, sizeof untouched_events);
    on_other_kinds(family, enumerate_with);
    CHECK(untouched(&untouched_events, sizeof untouched_events));
    CHECK_ERROR(vestibule_enum_network_events(pair.server, 12345, NULL), VESTIBULE_WSAEINVAL);
    CHECK_ERROR(vestibule_enum_network_events(pair.server, event, NULL), FAULT);
    /* EVT-24: the event and the record are as they were. */
    CHECK(is_set(event));
    CHECK(happened(pair.server, event) == VESTIBULE_FD_READ && !is_set(event));
    CHECK(vestibule_close_event(event) == 0);
    close_both(pair);
}

static void create_port_arguments(int family) {
    vestibule_port port = vestibule_create_port();
    (void)family;
    CHECK(port != VESTIBULE_INVALID_PORT);
    CHECK_ERROR(vestibule_close_event(port), NO_OBJECT);
    CHECK_ERROR(vestibule_set_event(port), NO_OBJECT);
    CHECK_ERROR(vestibule_listen(port, 5), VESTIBULE_WSAENOTSOCK);
    CHECK(vestibule_close_port(port) == 0);
    CHECK_ERROR(vestibule_close_port(port), NO_OBJECT);
}

static void close_port_handle(uintptr_t bad) {
    CHECK_ERROR(vestibule_close_port(bad), NO_OBJECT);
}

static void close_port_arguments(int family) {
    on_other_kinds(family, close_port_handle);
}

static void port_descriptor_handle(uintptr_t bad) {
    CHECK_ERROR(vestibule_port_descriptor(bad), NO_OBJECT);
}

static void port_descriptor_arguments(int family) {
    on_other_kinds(family, port_descriptor_handle);
}

static void async_select_handle(uintptr_t bad) {
    CHECK_ERROR(vestibule_async_select(bad, 0, 1, UINT32_MAX), VESTIBULE_WSAENOTSOCK);
}

static void post_to(uintptr_t bad) {
    CHECK_ERROR(vestibule_async_select(registering, bad, 1, VESTIBULE_FD_READ),
                VESTIBULE_WSAEINVAL);
}

static void async_select_arguments(int family) {
    vestibule_handle socket = stream(family);
    vestibule_port port = vestibule_create_port();
    registering = socket;
    on_other_kinds(family, post_to);
    CHECK_ERROR(vestibule_async_select(socket, port, 1, 0x400), VESTIBULE_WSAEINVAL);
    CHECK(vestibule_async_select(socket, 12345, 1, 0) == 0);
    CHECK(vestibule_close_port(port) == 0);
    CHECK_ERROR(vestibule_async_select(socket, port, 1, VESTIBULE_FD_READ), VESTIBULE_WSAEINVAL);
    CHECK(vestibule_closesocket(socket) == 0);
}

static void get_notification_handle(uintptr_t bad) {
    struct vestibule_notification notification;
    memset(&notification, UNTOUCHED, sizeof notification);
    CHECK_ERROR(vestibule_get_notification(bad, NULL, -1), NO_OBJECT);
    CHECK_ERROR(vestibule_get_notification(bad, &notification, -1), NO_OBJECT);
    CHECK(untouched(&notification, sizeof notification));
}

static void get_notification_arguments(int family) {
    struct vestibule_notification notification;
    vestibule_port port = vestibule_create_port();
    on_other_kinds(family, get_notification_handle);
    memset(&notification, UNTOUCHED, sizeof notification);
    CHECK_ERROR(vestibule_get_notification(port, NULL, -1), FAULT);
    CHECK_ERROR(vestibule_get_notification(port, &notification, 0), VESTIBULE_WSAETIMEDOUT);
    CHECK(untouched(&notification, sizeof notification));
    CHECK(vestibule_close_port(port) == 0);
}

#endif
