/* select with Windows' sets: what makes a socket ready for reading, for writing and exceptionally,
 * what is left in the sets, time-outs, bad sets, closing while a thread selects (EVT-63, EVT-64,
 * CON-18). */

#define _POSIX_C_SOURCE 200809L

#include "winsock_events.h"

#include <pthread.h>
#include <time.h>

static struct timeval at_once = {0, 0};
static struct timeval a_moment = {0, QUIET_TIME * 1000};
static struct timeval long_time = {LONG_TIME / 1000, 0};

static fd_set of(SOCKET s) {
    fd_set set;
    FD_ZERO(&set);
    if (s != INVALID_SOCKET)
        FD_SET(s, &set);
    return set;
}

/* What of one socket is ready: 1 reading, 2 writing, 4 exceptionally. */
static int ready_within(SOCKET s, int wanted, struct timeval *time) {
    fd_set sets[3];
    int index, count, found = 0;
    for (index = 0; index < 3; index++)
        sets[index] = of(wanted >> index & 1 ? s : INVALID_SOCKET);
    count = select(0, &sets[0], &sets[1], &sets[2], time);
    CHECK(count >= 0);
    for (index = 0; index < 3; index++) {
        CHECK(sets[index].fd_count == (u_int)FD_ISSET(s, &sets[index]));
        if (sets[index].fd_count == 1) {
            CHECK(sets[index].fd_array[0] == s);
            found |= 1 << index;
            count--;
        }
    }
    CHECK(count == 0); /* it says how many sockets are left in the sets */
    return found;
}

static int becomes(SOCKET s, int wanted) {
    return ready_within(s, wanted, &long_time);
}

static int is_ready(SOCKET s) {
    return ready_within(s, 7, &at_once);
}

static void a_set_is_a_list(void) {
    fd_set set;
    SOCKET s;
    FD_ZERO(&set);
    CHECK(set.fd_count == 0 && !FD_ISSET(7, &set));
    FD_SET(7, &set);
    FD_SET(8, &set);
    FD_SET(7, &set);
    FD_SET((SOCKET)1 << 30, &set);
    CHECK(set.fd_count == 3 && FD_ISSET(7, &set) && FD_ISSET((SOCKET)1 << 30, &set));
    FD_CLR(7, &set);
    FD_CLR(9, &set);
    CHECK(set.fd_count == 2 && set.fd_array[0] == 8 && !FD_ISSET(7, &set));
    for (s = 100; s < 200; s++)
        FD_SET(s, &set);
    CHECK(set.fd_count == FD_SETSIZE && FD_ISSET(161, &set) && !FD_ISSET(162, &set));
}

static void a_request_makes_a_listener_readable(int family) {
    union name name;
    SOCKET listener = listening(family, &name), caller, server;
    CHECK(ready_within(listener, 7, &a_moment) == 0);
    caller = calling(&name);
    CHECK(becomes(listener, 7) == 1 && is_ready(listener) == 1); /* it takes nothing */
    server = accept(listener, NULL, NULL);
    CHECK(server != INVALID_SOCKET && is_ready(listener) == 0);
    close_socket(server), close_socket(caller), close_socket(listener);
}

static int CALLBACK answers(LPWSABUF caller_id, LPWSABUF caller_data, LPQOS sqos, LPQOS gqos,
                            LPWSABUF callee_id, LPWSABUF callee_data, GROUP *group,
                            DWORD_PTR answer) {
    (void)caller_id, (void)caller_data, (void)sqos, (void)gqos;
    (void)callee_id, (void)callee_data, (void)group;
    return (int)answer;
}

static void a_deferred_head_makes_it_unreadable(int family) {
    union name name;
    SOCKET listener = listening(family, &name), callers[2];
    callers[0] = calling(&name);
    callers[1] = calling(&name);
    CHECK(becomes(listener, 1) == 1);
    CHECK(WSAAccept(listener, NULL, NULL, answers, CF_DEFER) == INVALID_SOCKET);
    CHECK(ready_within(listener, 1, &a_moment) == 0); /* EVT-63 */
    CHECK(WSAAccept(listener, NULL, NULL, answers, CF_REJECT) == INVALID_SOCKET);
    CHECK(becomes(listener, 1) == 1);
    close_socket(callers[0]), close_socket(callers[1]), close_socket(listener);
}

static void the_end_of_an_attempt_shows(int family) {
    union name name;
    SOCKET listener = listening(family, &name), client = calling(&name), server;
    server = accept(listener, NULL, NULL);
    CHECK(server != INVALID_SOCKET && becomes(client, 7) == 2); /* CON-18 */
    close_socket(server), close_socket(client), close_socket(listener);

    client = fresh(family); /* nobody listens there now */
    set_mode(client, 1);
    CHECK(connect(client, &name.any, name_size) == SOCKET_ERROR);
    CHECK(becomes(client, 6) == 4);
    close_socket(client);
    client = fresh(family); /* a blocking failure shows, too */
    CHECK_FAILS(connect(client, &name.any, name_size), WSAECONNREFUSED);
    CHECK((ready_within(client, 6, &long_time) & 6) == 4);
    close_socket(client);
}

static void data_room_and_the_end_show(int family) {
    static char block[65536];
    struct pair pair = connected(family);
    CHECK(becomes(pair.server, 2) == 2 && is_ready(pair.server) == 2);
    send_bytes(pair.client, 2);
    CHECK(becomes(pair.server, 1) == 1 && is_ready(pair.server) == 3);
    CHECK(received(pair.server, 16) == 2 && is_ready(pair.server) == 2);
    while (send(pair.server, block, sizeof block, 0) > 0)
        continue;
    CHECK(WSAGetLastError() == WSAEWOULDBLOCK && ready_within(pair.server, 2, &a_moment) == 0);
    close_socket(pair.client);
    CHECK(becomes(pair.server, 1) == 1); /* the end can be received */
    close_socket(pair.server);
}

static void urgent_data_shows_as_an_exception(int family) {
    struct pair pair = connected(family);
    int on = 1;
    char byte;
    if (family == AF_INET) {
        CHECK(send(pair.client, "!", 1, MSG_OOB) == 1);
        CHECK(becomes(pair.server, 5) == 4); /* EVT-64 */
        CHECK(recv(pair.server, &byte, 1, MSG_OOB) == 1 && (is_ready(pair.server) & 5) == 0);
        close_pair(pair);
        pair = connected(family);
        CHECK(setsockopt(pair.server, SOL_SOCKET, SO_OOBINLINE, (char *)&on, sizeof on) == 0);
        CHECK(send(pair.client, "?", 1, MSG_OOB) == 1);
        CHECK(becomes(pair.server, 5) == 1);
    }
    close_pair(pair);
}

static void only_what_is_ready_is_left(int family) {
    struct pair one = connected(family), other = connected(families[0]);
    fd_set in = of(one.server), out = of(one.server);
    FD_SET(other.server, &in);
    FD_SET(other.server, &out);
    send_bytes(other.client, 1);
    CHECK(becomes(other.server, 1) == 1);
    CHECK(select(-1, &in, &out, NULL, NULL) == 3);
    CHECK(in.fd_count == 1 && in.fd_array[0] == other.server);
    CHECK(out.fd_count == 2 && out.fd_array[0] == one.server && out.fd_array[1] == other.server);
    close_pair(one), close_pair(other);
}

/* A longer set than FD_SETSIZE, and one that names a socket twice. */
static void a_set_has_as_many_as_it_says(int family) {
    struct {
        u_int fd_count;
        SOCKET fd_array[3 * FD_SETSIZE];
    } set;
    struct pair pair = connected(family);
    for (set.fd_count = 0; set.fd_count < 3 * FD_SETSIZE; set.fd_count++)
        set.fd_array[set.fd_count] = set.fd_count % 2 ? pair.server : pair.client;
    send_bytes(pair.client, 1);
    CHECK(becomes(pair.server, 1) == 1);
    CHECK(select(0, (fd_set *)&set, NULL, NULL, NULL) == 3 * FD_SETSIZE / 2);
    CHECK(set.fd_count == 3 * FD_SETSIZE / 2);
    while (set.fd_count > 0)
        CHECK(set.fd_array[--set.fd_count] == pair.server);
    close_pair(pair);
}

static void bad_arguments_leave_the_sets_alone(int family) {
    struct timeval past[] = {{-1, 0}, {0, -1}};
    struct pair pair = connected(family);
    SOCKET closed = fresh(family);
    fd_set set = of(pair.server), empty = of(INVALID_SOCKET);
    close_socket(closed);
    CHECK_FAILS(select(0, NULL, NULL, NULL, &at_once), WSAEINVAL);
    CHECK_FAILS(select(0, &empty, &empty, &empty, NULL), WSAEINVAL);
    CHECK_FAILS(select(0, &set, NULL, NULL, &past[0]), WSAEINVAL);
    CHECK_FAILS(select(0, &set, NULL, NULL, &past[1]), WSAEINVAL);
    FD_SET(closed, &set);
    CHECK_FAILS(select(0, NULL, &set, NULL, NULL), WSAENOTSOCK); /* EVT-64 */
    CHECK_FAILS(select(0, &set, NULL, NULL, &past[0]), WSAENOTSOCK);
    CHECK(set.fd_count == 2 && set.fd_array[0] == pair.server && set.fd_array[1] == closed);
    close_pair(pair);
}

static void a_time_out_empties_the_sets(int family) {
    struct pair pair = connected(family);
    struct timespec before, after;
    fd_set set = of(pair.server);
    CHECK(clock_gettime(CLOCK_MONOTONIC, &before) == 0);
    CHECK(select(0, &set, NULL, NULL, &a_moment) == 0 && set.fd_count == 0);
    CHECK(clock_gettime(CLOCK_MONOTONIC, &after) == 0);
    CHECK((after.tv_sec - before.tv_sec) * 1000 + (after.tv_nsec - before.tv_nsec) / 1000000 >=
          QUIET_TIME - 1);
    close_pair(pair);
}

/* A thread that selects. */
struct selecting {
    fd_set set;
    int result, error;
    pthread_t thread;
};

static void *selects(void *argument) {
    struct selecting *selecting = argument;
    selecting->result = select(0, &selecting->set, NULL, NULL, &long_time);
    selecting->error = WSAGetLastError();
    return NULL;
}

static void start_selecting(struct selecting *selecting, SOCKET s) {
    const struct timespec soon = {0, QUIET_TIME * 1000000};
    selecting->set = of(s);
    CHECK(pthread_create(&selecting->thread, NULL, selects, selecting) == 0);
    nanosleep(&soon, NULL); /* so that it is asleep, mostly */
}

static void data_wakes_a_thread_that_selects(int family) {
    struct selecting selecting;
    struct pair pair = connected(family);
    start_selecting(&selecting, pair.server);
    send_bytes(pair.client, 1);
    CHECK(pthread_join(selecting.thread, NULL) == 0);
    CHECK(selecting.result == 1 && FD_ISSET(pair.server, &selecting.set));
    close_pair(pair);
}

static void closing_ends_the_call(int family) {
    struct selecting selecting;
    struct pair pair = connected(family);
    start_selecting(&selecting, pair.server);
    close_socket(pair.server);
    CHECK(pthread_join(selecting.thread, NULL) == 0);
    CHECK(selecting.result == SOCKET_ERROR && selecting.error == WSAENOTSOCK); /* EVT-64 */
    CHECK(selecting.set.fd_count == 1);
    close_socket(pair.client);
}

int main(void) {
    static void (*const tests[])(int) = {
        a_request_makes_a_listener_readable,
        a_deferred_head_makes_it_unreadable,
        the_end_of_an_attempt_shows,
        data_room_and_the_end_show,
        only_what_is_ready_is_left,
        urgent_data_shows_as_an_exception,
        a_set_has_as_many_as_it_says,
        bad_arguments_leave_the_sets_alone,
        a_time_out_empties_the_sets,
        data_wakes_a_thread_that_selects,
        closing_ends_the_call,
    };
    WSADATA data;
    size_t family, test;
    a_set_is_a_list();
    CHECK(WSAStartup(MAKEWORD(2, 2), &data) == 0);
    for (family = 0; family < sizeof families / sizeof *families; family++)
        for (test = 0; test < sizeof tests / sizeof *tests; test++)
            tests[test](families[family]);
    CHECK(WSACleanup() == 0);
    return 0;
}
