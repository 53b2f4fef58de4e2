/* Event objects and waits with Winsock's names: set and reset, any and all, time-outs, limits,
 * several threads, closing while somebody waits (EVT-37 to EVT-48, EVT-62, LAY-23). */

#define _POSIX_C_SOURCE 200809L

#include "winsock_events.h"

#include <pthread.h>
#include <time.h>

#define ALL 64

static DWORD wait_for(DWORD count, const WSAEVENT *events, BOOL all, DWORD timeout) {
    return WSAWaitForMultipleEvents(count, events, all, timeout, FALSE);
}

static void new_events(WSAEVENT *events, int count) {
    while (count-- > 0)
        events[count] = new_event();
}

static void close_events(const WSAEVENT *events, int count) {
    while (count-- > 0)
        close_event(events[count]);
}

static double now(void) {
    struct timespec time;
    CHECK(clock_gettime(CLOCK_MONOTONIC, &time) == 0);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static void an_object_is_set_until_it_is_reset(void) {
    WSAEVENT event = new_event();
    CHECK(!is_set(event)); /* EVT-37 */
    CHECK(WSASetEvent(event) == TRUE && WSASetEvent(event) == TRUE);
    CHECK(is_set(event) && is_set(event)); /* EVT-47 */
    CHECK(wait_for(1, &event, TRUE, WSA_INFINITE) == WSA_WAIT_EVENT_0);
    CHECK(is_set(event));
    CHECK(WSAResetEvent(event) == TRUE && WSAResetEvent(event) == TRUE);
    CHECK(!is_set(event));
    close_event(event);
}

static void the_first_that_is_set_counts(void) {
    WSAEVENT events[ALL];
    new_events(events, ALL);
    CHECK(wait_for(ALL, events, FALSE, 0) == WSA_WAIT_TIMEOUT);
    CHECK(WSASetEvent(events[63]));
    CHECK(wait_for(ALL, events, FALSE, 0) == WSA_WAIT_EVENT_0 + 63); /* EVT-40 EVT-43 */
    CHECK(WSASetEvent(events[7]));
    CHECK(wait_for(ALL, events, FALSE, WSA_INFINITE) == WSA_WAIT_EVENT_0 + 7);
    CHECK(WSAWaitForMultipleEvents(ALL, events, FALSE, 0, TRUE) ==
          WSA_WAIT_EVENT_0 + 7); /* EVT-46 */
    close_events(events, ALL);
}

static void all_have_to_be_set_at_the_same_moment(void) {
    WSAEVENT events[3];
    new_events(events, 3);
    CHECK(WSASetEvent(events[0]) && WSASetEvent(events[2]));
    CHECK(wait_for(3, events, TRUE, QUIET_TIME) == WSA_WAIT_TIMEOUT);
    CHECK(is_set(events[0]) && is_set(events[2])); /* EVT-41: unchanged */
    CHECK(WSASetEvent(events[1]));
    CHECK(wait_for(3, events, TRUE, 0) == WSA_WAIT_EVENT_0);
    CHECK(is_set(events[0]) && is_set(events[1]) && is_set(events[2])); /* EVT-47 */
    close_events(events, 3);
}

static void a_time_out_ends_a_wait_and_not_too_early(void) {
    WSAEVENT event = new_event();
    double before = now();
    WSASetLastError(77);
    CHECK(wait_for(1, &event, FALSE, 50) == WSA_WAIT_TIMEOUT); /* EVT-42 */
    CHECK(now() - before >= 49);
    CHECK(WSAGetLastError() == 77); /* it is no error */
    CHECK(WSAWaitForMultipleEvents(1, &event, FALSE, 1, TRUE) == WSA_WAIT_TIMEOUT); /* EVT-46 */
    close_event(event);
}

/* A thread that waits, and what its wait returned. */
struct waiter {
    WSAEVENT events[3];
    DWORD count;
    BOOL all;
    DWORD result;
    int error;
    pthread_t thread;
};

static void *waiter_run(void *argument) {
    struct waiter *waiter = argument;
    WSASetLastError(0);
    waiter->result = wait_for(waiter->count, waiter->events, waiter->all, LONG_TIME);
    waiter->error = WSAGetLastError();
    return NULL;
}

static void start_waiting(struct waiter *waiter, const WSAEVENT *events, DWORD count, BOOL all) {
    const struct timespec a_moment = {0, 20 * 1000 * 1000};
    memset(waiter, 0, sizeof *waiter);
    memcpy(waiter->events, events, count * sizeof *events);
    waiter->count = count;
    waiter->all = all;
    CHECK(pthread_create(&waiter->thread, NULL, waiter_run, waiter) == 0);
    nanosleep(&a_moment, NULL); /* so that it is asleep, mostly */
}

static DWORD ended(struct waiter *waiter) {
    CHECK(pthread_join(waiter->thread, NULL) == 0);
    return waiter->result;
}

static void every_thread_that_waits_goes_on(void) {
    struct waiter any, all, both;
    WSAEVENT events[3];
    new_events(events, 3);
    start_waiting(&any, events, 3, FALSE);
    start_waiting(&all, events, 3, TRUE);
    start_waiting(&both, events + 1, 2, FALSE);
    CHECK(WSASetEvent(events[2]));
    CHECK(ended(&any) == WSA_WAIT_EVENT_0 + 2 && ended(&both) == WSA_WAIT_EVENT_0 + 1);
    CHECK(WSASetEvent(events[0]) && WSASetEvent(events[1]));
    CHECK(ended(&all) == WSA_WAIT_EVENT_0);
    close_events(events, 3);
}

static void closing_ends_the_waits_of_other_threads(void) {
    struct waiter waiters[2];
    WSAEVENT events[2];
    int index;
    new_events(events, 2);
    start_waiting(&waiters[0], events, 2, FALSE);
    start_waiting(&waiters[1], events, 2, TRUE);
    close_event(events[1]);
    for (index = 0; index < 2; index++) {
        CHECK(ended(&waiters[index]) == WSA_WAIT_FAILED); /* EVT-62 */
        CHECK(waiters[index].error == WSA_INVALID_HANDLE);
    }
    CHECK(WSASetEvent(events[1]) == FALSE && WSAGetLastError() == WSA_INVALID_HANDLE); /* EVT-39 */
    close_event(events[0]);
}

/* Ping-pong: each thread resets what the other has set; nothing is lost in either direction. */
struct table {
    WSAEVENT ping, pong;
};

#define ROUNDS 5000

static void *answers(void *argument) {
    struct table *table = argument;
    int round;
    for (round = 0; round < ROUNDS; round++)
        CHECK(becomes_set(table->ping) && WSAResetEvent(table->ping) && WSASetEvent(table->pong));
    return NULL;
}

static void two_threads_wake_each_other(void) {
    struct table table = {new_event(), new_event()};
    pthread_t thread;
    int round;
    CHECK(pthread_create(&thread, NULL, answers, &table) == 0);
    for (round = 0; round < ROUNDS; round++)
        CHECK(WSASetEvent(table.ping) && becomes_set(table.pong) && WSAResetEvent(table.pong));
    CHECK(pthread_join(thread, NULL) == 0);
    close_event(table.ping), close_event(table.pong);
}

/* A thread asleep is woken by what happens to a socket that reports to the object. */
static void a_socket_wakes_a_thread(int family) {
    union name name;
    struct waiter waiter;
    SOCKET listener = listening(family, &name), caller;
    WSAEVENT events[2];
    events[0] = new_event();
    events[1] = registered(listener, FD_ACCEPT);
    start_waiting(&waiter, events, 2, FALSE);
    caller = calling(&name);
    CHECK(ended(&waiter) == WSA_WAIT_EVENT_0 + 1);
    close_socket(caller), close_socket(listener), close_events(events, 2);
}

/* One that was asleep already when the socket was registered. */
static void a_registration_reaches_a_thread_that_waits(int family) {
    union name name;
    struct waiter waiter;
    SOCKET listener = listening(family, &name), caller;
    WSAEVENT event = new_event();
    start_waiting(&waiter, &event, 1, FALSE);
    CHECK(WSAEventSelect(listener, event, FD_ACCEPT) == 0);
    caller = calling(&name);
    CHECK(ended(&waiter) == WSA_WAIT_EVENT_0);
    close_socket(caller), close_socket(listener), close_event(event);
}

/* Two sockets, one of each kind, report to one object (EVT-49). */
static void sockets_share_an_object(void) {
    size_t index, count = sizeof families / sizeof *families;
    SOCKET listeners[2], callers[2];
    union name names[2];
    WSAEVENT event = new_event();
    for (index = 0; index < count; index++) {
        listeners[index] = listening(families[index], &names[index]);
        CHECK(WSAEventSelect(listeners[index], event, FD_ACCEPT) == 0);
    }
    for (index = 0; index < count; index++) {
        callers[index] = calling(&names[index]);
        CHECK(happens(listeners[index], event, FD_ACCEPT) == FD_ACCEPT);
        CHECK(!is_set(event));
    }
    for (index = 0; index < count; index++)
        close_socket(callers[index]), close_socket(listeners[index]);
    close_event(event);
}

int main(void) {
    WSADATA data;
    size_t family;
    CHECK(WSAStartup(MAKEWORD(2, 2), &data) == 0);
    an_object_is_set_until_it_is_reset();
    the_first_that_is_set_counts();
    all_have_to_be_set_at_the_same_moment();
    a_time_out_ends_a_wait_and_not_too_early();
    every_thread_that_waits_goes_on();
    closing_ends_the_waits_of_other_threads();
    two_threads_wake_each_other();
    for (family = 0; family < sizeof families / sizeof *families; family++) {
        a_socket_wakes_a_thread(families[family]);
        a_registration_reaches_a_thread_that_waits(families[family]);
    }
    sockets_share_an_object();
    CHECK(WSACleanup() == 0);
    return 0;
}
