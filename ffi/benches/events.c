/* Event objects by themselves: P14, and what it costs to find that nothing has happened while many
 * deferred heads are watched: P22. */

#include "bench.h"

#include <linux/futex.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <vestibule.h>

#define EVENTS 64
#define OPERATIONS 2000
#define WAKES 500

static vestibule_event events[EVENTS];

static double a_nanosecond(void *context) {
    (void)context;
    return 1;
}

/* ---- without a waiter */

static double set_all(void *context) {
    double time = 0;
    (void)context;
    for (int turn = 0; turn < OPERATIONS / EVENTS; turn++) {
        double start = now();
        for (int i = 0; i < EVENTS; i++) {
            vestibule_set_event(events[i]);
        }
        time += now() - start;
        for (int i = 0; i < EVENTS; i++) {
            vestibule_reset_event(events[i]);
        }
    }
    return time / (OPERATIONS / EVENTS * EVENTS);
}

/* The last of `count` objects is set. */
static double find_ready(void *context) {
    uint32_t count = *(uint32_t *)context;
    vestibule_set_event(events[count - 1]);
    double start = now();
    for (int i = 0; i < OPERATIONS; i++) {
        CHECK(vestibule_wait_for_events(count, events, 0, 0) == count - 1);
    }
    double time = now() - start;
    vestibule_reset_event(events[count - 1]);
    return time / OPERATIONS;
}

/* ---- one thread wakes another, both on one core */

struct pair {
    void (*wait)(struct pair *pair, int side);
    void (*wake)(struct pair *pair, int side);
    uint32_t count;              /* event objects that each side waits for */
    vestibule_event side[2][EVENTS];
    _Atomic uint32_t word[2];
    int counter[2], set[2];
};

static void *answer(void *context) {
    struct pair *pair = context;
    for (int i = 0; i < WAKES; i++) {
        pair->wait(pair, 1);
        pair->wake(pair, 0);
    }
    return NULL;
}

static double play(void *context) {
    struct pair *pair = context;
    pthread_t other;
    CHECK(pthread_create(&other, NULL, answer, pair) == 0);
    sched_yield();
    double start = now();
    for (int i = 0; i < WAKES; i++) {
        pair->wake(pair, 1);
        pair->wait(pair, 0);
    }
    double time = now() - start;
    CHECK(pthread_join(other, NULL) == 0);
    return time / (2 * WAKES);
}

static void wait_for_word(struct pair *pair, int side) {
    while (atomic_load(&pair->word[side]) == 0) {
        syscall(SYS_futex, &pair->word[side], FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0);
    }
    atomic_store(&pair->word[side], 0);
}

static void wake_by_word(struct pair *pair, int side) {
    atomic_store(&pair->word[side], 1);
    syscall(SYS_futex, &pair->word[side], FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

static void wait_for_counter(struct pair *pair, int side) {
    struct epoll_event event;
    uint64_t count;
    CHECK(epoll_wait(pair->set[side], &event, 1, -1) == 1);
    CHECK(read(pair->counter[side], &count, sizeof count) == sizeof count);
}

static void wake_by_counter(struct pair *pair, int side) {
    uint64_t one = 1;
    CHECK(write(pair->counter[side], &one, sizeof one) == sizeof one);
}

static void wait_for_object(struct pair *pair, int side) {
    uint32_t last = pair->count - 1;
    CHECK(vestibule_wait_for_events(pair->count, pair->side[side], 0, -1) ==
          last);
    vestibule_reset_event(pair->side[side][last]);
}

static void wake_by_object(struct pair *pair, int side) {
    vestibule_set_event(pair->side[side][pair->count - 1]);
}

static void prepare_objects(struct pair *pair, uint32_t count) {
    *pair = (struct pair){.wait = wait_for_object, .wake = wake_by_object, .count = count};
    for (int side = 0; side < 2; side++) {
        for (uint32_t i = 0; i < count; i++) {
            pair->side[side][i] = vestibule_create_event();
        }
    }
}

static void prepare_counters(struct pair *pair) {
    *pair = (struct pair){.wait = wait_for_counter, .wake = wake_by_counter};
    for (int side = 0; side < 2; side++) {
        struct epoll_event event = {.events = EPOLLIN};
        pair->counter[side] = eventfd(0, EFD_CLOEXEC);
        pair->set[side] = epoll_create1(EPOLL_CLOEXEC);
        CHECK(epoll_ctl(pair->set[side], EPOLL_CTL_ADD, pair->counter[side], &event) == 0);
    }
}

/* ---- deferred heads */

static int defers(struct vestibule_buffer *caller_id, struct vestibule_buffer *caller_data,
                  struct vestibule_qos *sqos, struct vestibule_qos *gqos,
                  struct vestibule_buffer *callee_id, struct vestibule_buffer *callee_data,
                  uint32_t *group, uintptr_t context) {
    (void)caller_id, (void)caller_data, (void)sqos, (void)gqos, (void)callee_id;
    (void)callee_data, (void)group, (void)context;
    return VESTIBULE_DEFER;
}

/* A listener that reports to the object and holds a deferred head; false if descriptors run out. */
static int hold(vestibule_event event) {
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || client < 0) {
        return 0;
    }
    CHECK(bind(fd, (struct sockaddr *)&address, length) == 0 && listen(fd, 1) == 0);
    CHECK(getsockname(fd, (struct sockaddr *)&address, &length) == 0);
    CHECK(connect(client, (struct sockaddr *)&address, length) == 0);
    vestibule_handle listener = vestibule_adopt(fd);
    CHECK(vestibule_event_select(listener, event, VESTIBULE_FD_ACCEPT) == 0);
    if (vestibule_accept(listener, NULL, NULL, defers, 0) == VESTIBULE_INVALID_SOCKET &&
        vestibule_last_error() == VESTIBULE_WSAEMFILE) {
        return 0;
    }
    CHECK(vestibule_last_error() == VESTIBULE_WSATRY_AGAIN);
    return 1;
}

/* Nothing has happened. */
static double look(void *context) {
    vestibule_event event = *(vestibule_event *)context;
    double start = now();
    for (int i = 0; i < OPERATIONS; i++) {
        CHECK(vestibule_wait_for_events(1, &event, 0, 0) == VESTIBULE_WAIT_TIMEOUT);
    }
    return (now() - start) / OPERATIONS;
}

static double wait_for_nothing(void *context) {
    int set = *(int *)context;
    struct epoll_event event;
    double start = now();
    for (int i = 0; i < OPERATIONS; i++) {
        CHECK(epoll_wait(set, &event, 1, 0) == 0);
    }
    return (now() - start) / OPERATIONS;
}

int main(void) {
    static struct pair by_word = {.wait = wait_for_word, .wake = wake_by_word}, by_counter;
    static struct pair one, many, among;
    static uint32_t first = 1, all = EVENTS;
    static vestibule_event held;
    static int empty;
    struct rlimit files;
    pin(0);
    for (int i = 0; i < EVENTS; i++) {
        events[i] = vestibule_create_event();
    }
    prepare_objects(&one, 1);
    prepare_objects(&many, EVENTS);
    prepare_counters(&by_counter);

    struct subject alone[] = {
        {NULL, "a nanosecond", 0, a_nanosecond, NULL, {0}},
        {"P14-set", "nanoseconds to set, nobody waits", 0, set_all, NULL, {0}},
        {"P14-ready-1", "nanoseconds of a wait, the object is set", 0, find_ready, &first, {0}},
        {"P14-ready-64", "nanoseconds of a wait for 64, the last is set", 0, find_ready, &all, {0}},
        {NULL, "wake-up by futex", 4, play, &by_word, {0}},
        {"P14-wake-1", "wake-up by an event object", 4, play, &one, {0}},
        {"P14-wake-64", "wake-up by one of 64 event objects", 5, play, &many, {0}},
    };
    bench_run(alone, 7);

    /* From here on a kernel socket reports to the objects of `among`. */
    prepare_objects(&among, 1);
    for (int side = 0; side < 2; side++) {
        vestibule_handle quiet = vestibule_socket(AF_INET, SOCK_STREAM, 0);
        CHECK(vestibule_event_select(quiet, among.side[side][0], VESTIBULE_FD_READ) == 0);
    }
    struct subject beside[] = {
        {NULL, "wake-up by eventfd and epoll", 0, play, &by_counter, {0}},
        {"P14-wake-kernel", "wake-up by an event object of a kernel socket", 0, play, &among, {0}},
    };
    bench_run(beside, 2);

    files.rlim_cur = files.rlim_max = 0;
    CHECK(getrlimit(RLIMIT_NOFILE, &files) == 0);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    int wanted = bench_setting("BENCH_CROWD", 10000), heads = 0;
    empty = epoll_create1(EPOLL_CLOEXEC);
    held = vestibule_create_event();
    while (heads < wanted && hold(held)) {
        heads++;
    }
    CHECK(vestibule_reset_event(held) == 0);
    struct subject idle[] = {
        {NULL, "a nanosecond", 0, a_nanosecond, NULL, {0}},
        {NULL, "epoll_wait of an empty set", 1, wait_for_nothing, &empty, {0}},
        {"P22", "nanoseconds to see that none of many deferred heads was reset", 0, look, &held, {0}},
        {"P22-ratio", "the same look", 1, look, &held, {0}},
    };
    bench_run(idle, 4);
    fprintf(stderr, "P22: %d deferred heads\n", heads);
    return 0;
}
