/* A client that connects again as soon as it is answered, against servers that are driven by events:
 * P8. The same with 64 clients at once: P10. Both sides on one core. */

#include "bench.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vestibule.h>

#define CONNECTIONS 500
#define CLIENTS 64
#define EVENTS 64

static int decides(struct vestibule_buffer *caller_id, struct vestibule_buffer *caller_data,
                   struct vestibule_qos *sqos, struct vestibule_qos *gqos,
                   struct vestibule_buffer *callee_id, struct vestibule_buffer *callee_data,
                   uint32_t *group, uintptr_t decision) {
    (void)caller_data, (void)sqos, (void)gqos, (void)callee_id, (void)callee_data, (void)group;
    return caller_id->len == 0 ? VESTIBULE_REJECT : (int)decision;
}

/* ---- servers */

static void answer_bare(int fd) {
    CHECK(send(fd, "!", 1, MSG_NOSIGNAL) == 1 && close(fd) == 0);
}

static void serve_blocking(int fd) {
    for (;;) {
        struct sockaddr_in caller;
        socklen_t length = sizeof caller;
        int accepted = accept4(fd, (struct sockaddr *)&caller, &length, SOCK_CLOEXEC);
        CHECK(accepted >= 0);
        answer_bare(accepted);
    }
}

static void serve_by_epoll(int fd) {
    struct epoll_event event = {.events = EPOLLIN};
    int set = epoll_create1(EPOLL_CLOEXEC);
    CHECK(fcntl(fd, F_SETFL, O_NONBLOCK) == 0);
    CHECK(epoll_ctl(set, EPOLL_CTL_ADD, fd, &event) == 0);
    for (;;) {
        struct sockaddr_in caller;
        socklen_t length = sizeof caller;
        CHECK(epoll_wait(set, &event, 1, -1) == 1);
        int accepted = accept4(fd, (struct sockaddr *)&caller, &length, SOCK_CLOEXEC);
        CHECK(accepted >= 0);
        answer_bare(accepted);
    }
}

static void answer(vestibule_handle accepted) {
    CHECK(accepted != VESTIBULE_INVALID_SOCKET && vestibule_send(accepted, "!", 1, 0) == 1);
    CHECK(vestibule_closesocket(accepted) == 0);
}

static void serve_decided(int fd) {
    vestibule_handle listener = vestibule_adopt(fd);
    for (;;) {
        answer(vestibule_accept(listener, NULL, NULL, decides, VESTIBULE_ACCEPT));
    }
}

/* The listener reports to the last of `count` event objects; an accept after each report. */
static void serve_by_events(int fd, uint32_t count) {
    vestibule_event events[EVENTS];
    struct vestibule_network_events happened;
    vestibule_handle listener = vestibule_adopt(fd);
    for (uint32_t i = 0; i < count; i++) {
        events[i] = vestibule_create_event();
    }
    CHECK(vestibule_event_select(listener, events[count - 1],
                                 VESTIBULE_FD_ACCEPT | VESTIBULE_FD_CLOSE) == 0);
    for (;;) {
        CHECK(vestibule_wait_for_events(count, events, 0, -1) == count - 1);
        CHECK(vestibule_enum_network_events(listener, events[count - 1], &happened) == 0);
        if (happened.events & VESTIBULE_FD_ACCEPT) {
            answer(vestibule_accept(listener, NULL, NULL, decides, VESTIBULE_ACCEPT));
        }
    }
}

static void serve_by_one_event(int fd) {
    serve_by_events(fd, 1);
}

static void serve_by_many_events(int fd) {
    serve_by_events(fd, EVENTS);
}

/* ---- clients */

static struct sockaddr_in served_by(void (*serve)(int)) {
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(bind(fd, (struct sockaddr *)&address, length) == 0 && listen(fd, 128) == 0);
    CHECK(getsockname(fd, (struct sockaddr *)&address, &length) == 0);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        serve(fd);
    }
    CHECK(close(fd) == 0);
    return address;
}

static void reset(int client) {
    struct linger at_once = {1, 0};
    CHECK(setsockopt(client, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) == 0 &&
          close(client) == 0);
}

static int connections_of_a_batch(void) {
    int connections = bench_setting("BENCH_CALLS", CONNECTIONS);
    return connections < CONNECTIONS ? connections : CONNECTIONS;
}

/* One connection after the other: nanoseconds of the median one. */
static double call(void *context) {
    const struct sockaddr *address = context;
    static double times[CONNECTIONS];
    int connections = connections_of_a_batch();
    for (int i = 0; i < connections; i++) {
        char byte;
        double start = now();
        int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        CHECK(connect(client, address, sizeof(struct sockaddr_in)) == 0);
        CHECK(recv(client, &byte, 1, 0) == 1);
        reset(client);
        times[i] = now() - start;
    }
    return bench_quantile(times, connections, 0.5);
}

/* So many at once: nanoseconds a connection. */
static double crowd(void *context) {
    const struct sockaddr *address = context;
    int clients[CLIENTS], rounds = connections_of_a_batch() / CLIENTS + 1;
    double start = now();
    for (int round = 0; round < rounds; round++) {
        for (int i = 0; i < CLIENTS; i++) {
            clients[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
            CHECK(connect(clients[i], address, sizeof(struct sockaddr_in)) == 0);
        }
        for (int i = 0; i < CLIENTS; i++) {
            char byte;
            CHECK(recv(clients[i], &byte, 1, 0) == 1);
            reset(clients[i]);
        }
    }
    return (now() - start) / (rounds * CLIENTS);
}

int main(void) {
    pin(0);
    struct sockaddr_in blocking = served_by(serve_blocking), epoll = served_by(serve_by_epoll),
                       decided = served_by(serve_decided), one = served_by(serve_by_one_event),
                       many = served_by(serve_by_many_events);
    struct subject loops[] = {
        {NULL, "a loop of epoll_wait and accept4", 0, call, &epoll, {0}},
        {"P8", "a loop of wait, enumerate and accept", 0, call, &one, {0}},
        {"P8-64", "the same with 64 event objects", 1, call, &many, {0}},
    };
    struct subject crowds[] = {
        {NULL, "accept4, 64 clients at once", 0, crowd, &blocking, {0}},
        {"P10", "vestibule_accept, 64 clients at once", 0, crowd, &decided, {0}},
        {"P10-events", "wait, enumerate and accept, 64 clients at once", 0, crowd, &one, {0}},
    };
    if (getenv("BENCH_BATCHES") == NULL) {
        setenv("BENCH_BATCHES", "3", 1); /* a batch is long */
    }
    bench_run(loops, 3);
    bench_run(crowds, 3);
    return 0;
}
