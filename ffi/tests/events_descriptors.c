/* The descriptor of an event object in poll and epoll: readable whenever the object is set, never
 * late, exact after a wait with time-out 0, and none for an object that nobody asks (EVT-61). */

#define _DEFAULT_SOURCE

#include "events.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#define QUIET_TIME 20

static int polls(int descriptor, int timeout) {
    struct pollfd polled = {descriptor, POLLIN, 0};
    int count = poll(&polled, 1, timeout);
    CHECK(count == 0 || (count == 1 && polled.revents == POLLIN));
    return count;
}

static int descriptor_of(vestibule_event event) {
    int descriptor = vestibule_event_descriptor(event);
    CHECK(descriptor >= 0 && vestibule_event_descriptor(event) == descriptor);
    CHECK((fcntl(descriptor, F_GETFD) & FD_CLOEXEC) != 0); /* HND-36 */
    return descriptor;
}

static int open_descriptors(void) {
    DIR *directory = opendir("/proc/self/fd");
    int count = 0;
    CHECK(directory != NULL);
    while (readdir(directory) != NULL)
        count++;
    closedir(directory);
    return count;
}

static void an_object_that_nobody_asks_costs_none(void) {
    vestibule_event events[64];
    int before = open_descriptors(), index;
    for (index = 0; index < 64; index++) {
        events[index] = new_event();
        CHECK(vestibule_set_event(events[index]) == 0 && is_set(events[index]));
    }
    CHECK(open_descriptors() == before);
    for (index = 0; index < 64; index++)
        CHECK(vestibule_close_event(events[index]) == 0);
}

static void it_shows_whether_the_object_is_set(void) {
    vestibule_event event = new_event(), set_before = new_event();
    int descriptor = descriptor_of(event), round;
    for (round = 0; round < 3; round++) {
        CHECK(!is_set(event) && !polls(descriptor, QUIET_TIME));
        CHECK(vestibule_set_event(event) == 0);
        CHECK(polls(descriptor, 0) && polls(descriptor, 0)); /* at once, and it stays */
        CHECK(is_set(event) && polls(descriptor, 0));
        CHECK(vestibule_reset_event(event) == 0);
    }
    CHECK(vestibule_set_event(set_before) == 0 && polls(descriptor_of(set_before), 0));
    CHECK(vestibule_close_event(event) == 0 && vestibule_close_event(set_before) == 0);
}

static void *sets_soon(void *event) {
    const struct timespec a_moment = {0, 20 * 1000 * 1000};
    nanosleep(&a_moment, NULL);
    CHECK(vestibule_set_event(*(vestibule_event *)event) == 0);
    return NULL;
}

static void a_thread_asleep_in_epoll_is_woken(void) {
    vestibule_event event = new_event();
    struct epoll_event wanted = {EPOLLIN, {.u64 = 7}}, got;
    int set = epoll_create1(EPOLL_CLOEXEC);
    pthread_t thread;
    CHECK(set >= 0 && epoll_ctl(set, EPOLL_CTL_ADD, descriptor_of(event), &wanted) == 0);
    CHECK(epoll_wait(set, &got, 1, QUIET_TIME) == 0);
    CHECK(pthread_create(&thread, NULL, sets_soon, &event) == 0);
    CHECK(epoll_wait(set, &got, 1, LONG_TIME) == 1 && got.data.u64 == 7);
    CHECK(pthread_join(thread, NULL) == 0 && is_set(event));
    CHECK(vestibule_close_event(event) == 0 && close(set) == 0);
}

static vestibule_handle calling(const struct address *address) {
    vestibule_handle socket = stream(address->is.any.sa_family);
    CHECK(vestibule_set_nonblocking(socket, 1) == 0);
    CHECK(vestibule_connect(socket, &address->is.any, address->length, NULL, NULL, NULL, NULL) ==
          -1);
    return socket;
}

/* A loop around poll, as another library has it: it serves everything, and it is still in between.
 */
static void it_shows_what_happens_to_sockets(int family) {
    struct address address;
    vestibule_handle socket = listener(family, &address), callers[3], servers[3];
    vestibule_event event = new_event();
    int descriptor, round;
    CHECK(vestibule_event_select(socket, event, VESTIBULE_FD_ACCEPT | VESTIBULE_FD_READ) == 0);
    descriptor = descriptor_of(event);
    for (round = 0; round < 3; round++) {
        CHECK(!is_set(event) && !polls(descriptor, QUIET_TIME));
        callers[round] = calling(&address);
        CHECK(polls(descriptor, LONG_TIME) && is_set(event));
        CHECK(happened(socket, event) == VESTIBULE_FD_ACCEPT);
        servers[round] = vestibule_accept(socket, NULL, NULL, NULL, 0);
        CHECK(servers[round] != VESTIBULE_INVALID_SOCKET);
        while (is_set(event)) /* FD_WRITE is not in the mask; what is set is taken back */
            CHECK(happened(servers[round], event) == 0);
        CHECK(!polls(descriptor, QUIET_TIME));
        CHECK(vestibule_send(callers[round], "x", 1, 0) == 1);
        CHECK(polls(descriptor, LONG_TIME) && is_set(event));
        CHECK(happened(servers[round], event) == VESTIBULE_FD_READ);
    }
    for (round = 0; round < 3; round++) {
        CHECK(vestibule_closesocket(callers[round]) == 0);
        CHECK(vestibule_closesocket(servers[round]) == 0);
    }
    CHECK(vestibule_closesocket(socket) == 0 && vestibule_close_event(event) == 0);
}

/* A program that defers sleeps, although the kernel's own descriptor would be readable (AMB-67). */
static void it_is_silent_behind_a_deferred_head(int family) {
    const struct vestibule_linger reset = {1, 0};
    struct address address;
    vestibule_handle socket = listener(family, &address), callers[2];
    vestibule_event event = new_event();
    int descriptor = descriptor_of(event);
    CHECK(vestibule_event_select(socket, event, VESTIBULE_FD_ACCEPT) == 0);
    callers[0] = calling(&address);
    CHECK(polls(descriptor, LONG_TIME) && happened(socket, event) == VESTIBULE_FD_ACCEPT);
    CHECK_NO_SOCKET(decide(socket, VESTIBULE_DEFER), VESTIBULE_WSATRY_AGAIN);
    callers[1] = calling(&address);
    CHECK(!is_set(event) && !polls(descriptor, QUIET_TIME)); /* ACC-09 */
    CHECK(vestibule_setsockopt(callers[0], VESTIBULE_SOL_SOCKET, VESTIBULE_SO_LINGER, &reset,
                               sizeof reset) == 0);
    CHECK(vestibule_closesocket(callers[0]) == 0); /* the deferred one is withdrawn */
    CHECK(polls(descriptor, LONG_TIME));
    CHECK(vestibule_closesocket(callers[1]) == 0 && vestibule_closesocket(socket) == 0);
    CHECK(vestibule_close_event(event) == 0);
}

static void a_closed_object_gives_its_descriptors_back(void) {
    vestibule_event event = new_event();
    int before = open_descriptors();
    CHECK(descriptor_of(event) >= 0 && open_descriptors() > before);
    CHECK(vestibule_close_event(event) == 0);
    CHECK(open_descriptors() <= before + 5); /* the set of the process stays, and what is above it */
    CHECK_ERROR(vestibule_event_descriptor(event), VESTIBULE_WSA_INVALID_HANDLE);
}

int main(void) {
    static const int families[] = {AF_INET, VESTIBULE_AF_IN_PROCESS};
    size_t family;
    an_object_that_nobody_asks_costs_none();
    a_closed_object_gives_its_descriptors_back();
    it_shows_whether_the_object_is_set();
    a_thread_asleep_in_epoll_is_woken();
    for (family = 0; family < 2; family++) {
        it_shows_what_happens_to_sockets(families[family]);
        it_is_silent_behind_a_deferred_head(families[family]);
    }
    return 0;
}
