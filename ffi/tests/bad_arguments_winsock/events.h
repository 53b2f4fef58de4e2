/* Bad arguments of the calls for network events, where the Winsock names differ from vestibule.h:
 * BOOL results, WSA_INFINITE, signed masks (EVT-10, EVT-27, EVT-38, EVT-43, EVT-53); and of select.
 */

#ifndef BAD_ARGUMENTS_WINSOCK_EVENTS_H
#define BAD_ARGUMENTS_WINSOCK_EVENTS_H

#include "shared.h"

#define NO_OBJECT(call) FAILS(call, FALSE, WSA_INVALID_HANDLE)
#define WAIT_FAILS(call, error) FAILS(call, WSA_WAIT_FAILED, error)

static WSAEVENT event_of(uintptr_t number) {
    return (WSAEVENT)number;
}

static WSAEVENT closed_event(void) {
    WSAEVENT event = WSACreateEvent();
    CHECK(event != WSA_INVALID_EVENT && WSACloseEvent(event) == TRUE);
    return event;
}

static void create_event_arguments(int family) {
    WSAEVENT event = WSACreateEvent();
    (void)family;
    CHECK(event != WSA_INVALID_EVENT);
    CHECK_ERROR(closesocket((SOCKET)event), WSAENOTSOCK);
    CHECK(WSACloseEvent(event) == TRUE);
}

static void close_event_handle(uintptr_t bad) {
    NO_OBJECT(WSACloseEvent(event_of(bad)));
}

static void set_event_handle(uintptr_t bad) {
    NO_OBJECT(WSASetEvent(event_of(bad)));
}

static void reset_event_handle(uintptr_t bad) {
    NO_OBJECT(WSAResetEvent(event_of(bad)));
}

static void event_arguments(int family) {
    WSAEVENT closed = closed_event();
    (void)family;
    NO_OBJECT(WSACloseEvent(closed));
    NO_OBJECT(WSASetEvent(closed));
    NO_OBJECT(WSAResetEvent(closed));
    NO_OBJECT(WSACloseEvent(NULL));
    NO_OBJECT(WSASetEvent(NULL));
    NO_OBJECT(WSAResetEvent(NULL));
}

static void event_descriptor_handle(uintptr_t bad) {
    CHECK_ERROR(VestibuleEventDescriptor(event_of(bad)), WSA_INVALID_HANDLE);
}

static void wait_for_events_handle(uintptr_t bad) {
    WSAEVENT event = event_of(bad);
    WAIT_FAILS(WSAWaitForMultipleEvents(1, &event, FALSE, WSA_INFINITE, FALSE), WSA_INVALID_HANDLE);
}

static void wait_for_events_arguments(int family) {
    WSAEVENT events[WSA_MAXIMUM_WAIT_EVENTS + 1];
    size_t index;
    (void)family;
    for (index = 0; index < COUNT(events); index++)
        CHECK((events[index] = WSACreateEvent()) != WSA_INVALID_EVENT);
    WAIT_FAILS(WSAWaitForMultipleEvents(0, events, FALSE, 0, FALSE), WSA_INVALID_PARAMETER);
    WAIT_FAILS(WSAWaitForMultipleEvents(COUNT(events), events, FALSE, 0, FALSE),
               WSA_INVALID_PARAMETER);
    WAIT_FAILS(WSAWaitForMultipleEvents(1, NULL, FALSE, 0, FALSE), WSA_INVALID_PARAMETER);
    CHECK(WSAWaitForMultipleEvents(WSA_MAXIMUM_WAIT_EVENTS, events, TRUE, 0, TRUE) ==
          WSA_WAIT_TIMEOUT);
    for (index = 0; index < COUNT(events); index++)
        CHECK(WSACloseEvent(events[index]) == TRUE);
}

static void event_select_handle(uintptr_t bad) {
    CHECK_ERROR(WSAEventSelect(bad, NULL, -1), WSAENOTSOCK);
}

static void event_select_arguments(int family) {
    SOCKET s = fresh(family);
    WSAEVENT event = WSACreateEvent();
    CHECK_ERROR(WSAEventSelect(s, NULL, FD_READ), WSAEINVAL);
    CHECK_ERROR(WSAEventSelect(s, closed_event(), FD_READ), WSAEINVAL);
    CHECK_ERROR(WSAEventSelect(s, event, -1), WSAEINVAL);
    CHECK_ERROR(WSAEventSelect(s, event, 0x400), WSAEINVAL);
    CHECK(WSAEventSelect(s, NULL, 0) == 0);
    CHECK(WSACloseEvent(event) == TRUE && closesocket(s) == 0);
}

static void enum_network_events_handle(uintptr_t bad) {
    CHECK_ERROR(WSAEnumNetworkEvents(bad, NULL, NULL), WSAENOTSOCK);
}

static void enum_network_events_arguments(int family) {
    SOCKET s = fresh(family);
    WSANETWORKEVENTS result;
    memset(&result, UNTOUCHED, sizeof result);
    CHECK_ERROR(WSAEnumNetworkEvents(s, NULL, NULL), WSAEFAULT);
    CHECK_ERROR(WSAEnumNetworkEvents(s, closed_event(), &result), WSAEINVAL);
    CHECK_ERROR(WSAEnumNetworkEvents(s, (WSAEVENT)s, &result), WSAEINVAL);
    CHECK(untouched(&result, sizeof result));
    CHECK(closesocket(s) == 0);
}

static void async_select_handle(uintptr_t bad) {
    CHECK_ERROR(WSAAsyncSelect(bad, NULL, 0, -1), WSAENOTSOCK);
}

static void async_select_arguments(int family) {
    SOCKET s = fresh(family);
    HWND port = VestibuleCreatePort();
    CHECK(port != NULL);
    CHECK_ERROR(WSAAsyncSelect(s, NULL, 1, FD_READ), WSAEINVAL);
    CHECK_ERROR(WSAAsyncSelect(s, (HWND)closed_event(), 1, FD_READ), WSAEINVAL);
    CHECK_ERROR(WSAAsyncSelect(s, port, 1, -1), WSAEINVAL);
    CHECK(WSAAsyncSelect(s, NULL, 1, 0) == 0);
    CHECK(VestibuleClosePort(port) == TRUE && closesocket(s) == 0);
}

static void close_port_handle(uintptr_t bad) {
    NO_OBJECT(VestibuleClosePort((HWND)bad));
}

static void port_descriptor_handle(uintptr_t bad) {
    CHECK_ERROR(VestibulePortDescriptor((HWND)bad), WSA_INVALID_HANDLE);
}

static void get_message_handle(uintptr_t bad) {
    NO_OBJECT(VestibuleGetMessage((HWND)bad, NULL, WSA_INFINITE));
}

static void get_message_arguments(int family) {
    VESTIBULE_MESSAGE message;
    HWND port = VestibuleCreatePort();
    (void)family;
    memset(&message, UNTOUCHED, sizeof message);
    FAILS(VestibuleGetMessage(port, NULL, WSA_INFINITE), FALSE, WSAEFAULT);
    FAILS(VestibuleGetMessage(port, &message, 0), FALSE, WSAETIMEDOUT);
    CHECK(untouched(&message, sizeof message));
    CHECK(VestibuleClosePort(port) == TRUE);
    NO_OBJECT(VestibuleClosePort(port));
}

static void select_handle(uintptr_t bad) {
    const struct timeval past = {-1, 0};
    fd_set set;
    FD_ZERO(&set);
    FD_SET(bad, &set);
    CHECK_ERROR(select(0, &set, NULL, NULL, &past), WSAENOTSOCK);
    CHECK_ERROR(select(0, NULL, &set, NULL, NULL), WSAENOTSOCK);
    CHECK_ERROR(select(0, NULL, NULL, &set, NULL), WSAENOTSOCK);
    CHECK(set.fd_count == 1 && set.fd_array[0] == bad);
}

static void select_arguments(int family) {
    const struct timeval past = {0, -1};
    SOCKET s = fresh(family);
    fd_set set;
    FD_ZERO(&set);
    CHECK_ERROR(select(0, NULL, NULL, NULL, NULL), WSAEINVAL);
    CHECK_ERROR(select(0, &set, &set, &set, NULL), WSAEINVAL);
    FD_SET(s, &set);
    CHECK_ERROR(select(0, &set, NULL, NULL, &past), WSAEINVAL);
    CHECK(set.fd_count == 1 && closesocket(s) == 0);
}

#endif
