/* What the tests of network events share, on top of util.h. */

#ifndef EVENTS_H
#define EVENTS_H

#include "util.h"

/* Far longer than anything takes. */
#define LONG_TIME 60000

static inline vestibule_event new_event(void) {
    vestibule_event event = vestibule_create_event();
    CHECK(event != VESTIBULE_INVALID_EVENT);
    return event;
}

static inline int waited(vestibule_event event, int timeout) {
    uint32_t result = vestibule_wait_for_events(1, &event, 0, timeout);
    CHECK(result == VESTIBULE_WAIT_EVENT_0 || result == VESTIBULE_WAIT_TIMEOUT);
    return result == VESTIBULE_WAIT_EVENT_0;
}

static inline int is_set(vestibule_event event) {
    return waited(event, 0);
}

static inline int wait_long(vestibule_event event) {
    return waited(event, LONG_TIME);
}

/* Enumerates, resetting `event`. */
static inline uint32_t happened_with(vestibule_handle socket, vestibule_event event,
                                     struct vestibule_network_events *result) {
    CHECK(vestibule_enum_network_events(socket, event, result) == 0);
    return result->events;
}

static inline uint32_t happened(vestibule_handle socket, vestibule_event event) {
    struct vestibule_network_events result;
    return happened_with(socket, event, &result);
}

#endif
