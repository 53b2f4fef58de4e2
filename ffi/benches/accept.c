/* What a decision costs on plain TCP, with the backlog already full: P1, P2, P4, P5, P6, P13. */

#include "bench.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vestibule.h>

#define BATCH 64

enum decisions { ACCEPT_ALL, REJECT_ALL, DEFER_THEN_ACCEPT };

struct server {
    int fd; /* the listener, whoever decides */
    struct sockaddr_in address;
    enum decisions decisions;
    int clients[BATCH];
};

static struct server listening(in_addr_t bound) {
    struct server server;
    socklen_t length = sizeof server.address;
    memset(&server, 0, sizeof server);
    server.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    server.address.sin_family = AF_INET;
    server.address.sin_addr.s_addr = htonl(bound);
    CHECK(bind(server.fd, (struct sockaddr *)&server.address, length) == 0);
    CHECK(listen(server.fd, BATCH) == 0);
    CHECK(getsockname(server.fd, (struct sockaddr *)&server.address, &length) == 0);
    server.address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return server;
}

static void fill(struct server *server) {
    for (int i = 0; i < BATCH; i++) {
        server->clients[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        CHECK(connect(server->clients[i], (struct sockaddr *)&server->address,
                      sizeof server->address) == 0);
    }
}

/* Clients end by a reset, so that nothing is left in TIME_WAIT. */
static void empty(struct server *server) {
    struct linger reset = {1, 0};
    for (int i = 0; i < BATCH; i++) {
        CHECK(setsockopt(server->clients[i], SOL_SOCKET, SO_LINGER, &reset, sizeof reset) == 0);
        CHECK(close(server->clients[i]) == 0);
    }
}

static int bare_accept(int fd) {
    struct sockaddr_in caller;
    socklen_t length = sizeof caller;
    int accepted = accept4(fd, (struct sockaddr *)&caller, &length, SOCK_CLOEXEC);
    CHECK(accepted >= 0);
    return accepted;
}

static double bare(void *context) {
    struct server *server = context;
    struct linger reset = {1, 0};
    int accepted[BATCH];
    double start, end;
    fill(server);
    start = now();
    for (int i = 0; i < BATCH; i++) {
        accepted[i] = bare_accept(server->fd);
        if (server->decisions == REJECT_ALL) {
            CHECK(setsockopt(accepted[i], SOL_SOCKET, SO_LINGER, &reset, sizeof reset) == 0);
            CHECK(close(accepted[i]) == 0);
        }
    }
    end = now();
    empty(server);
    for (int i = 0; i < BATCH && server->decisions != REJECT_ALL; i++) {
        CHECK(close(accepted[i]) == 0);
    }
    return (end - start) / BATCH;
}

/* Looks at the caller as most programs do. */
static int decides(struct vestibule_buffer *caller_id, struct vestibule_buffer *caller_data,
                   struct vestibule_qos *sqos, struct vestibule_qos *gqos,
                   struct vestibule_buffer *callee_id, struct vestibule_buffer *callee_data,
                   uint32_t *group, uintptr_t decision) {
    (void)caller_data, (void)sqos, (void)gqos, (void)callee_id, (void)callee_data, (void)group;
    return caller_id->len == 0 ? VESTIBULE_REJECT : (int)decision;
}

static vestibule_handle conditional(const struct server *server, int decision) {
    return vestibule_accept((vestibule_handle)server->fd, NULL, NULL, decides, (uintptr_t)decision);
}

static double decided(void *context) {
    struct server *server = context;
    vestibule_handle accepted[BATCH];
    double start, end;
    fill(server);
    start = now();
    for (int i = 0; i < BATCH; i++) {
        switch (server->decisions) {
        case REJECT_ALL:
            accepted[i] = conditional(server, VESTIBULE_REJECT);
            continue;
        case DEFER_THEN_ACCEPT:
            CHECK(conditional(server, VESTIBULE_DEFER) == VESTIBULE_INVALID_SOCKET);
            break;
        case ACCEPT_ALL:
            break;
        }
        accepted[i] = conditional(server, VESTIBULE_ACCEPT);
    }
    end = now();
    empty(server);
    for (int i = 0; i < BATCH; i++) {
        CHECK((accepted[i] == VESTIBULE_INVALID_SOCKET) == (server->decisions == REJECT_ALL));
        CHECK(server->decisions == REJECT_ALL || vestibule_closesocket(accepted[i]) == 0);
    }
    return (end - start) / BATCH;
}

/* The head has been deferred once already; nothing but this program's memory is touched. */
static double deferred_again(void *context) {
    enum { TIMES = 2000 };
    struct server *server = context;
    double start = now();
    for (int i = 0; i < TIMES; i++) {
        conditional(server, VESTIBULE_DEFER);
    }
    return (now() - start) / TIMES;
}

static double a_nanosecond(void *unused) {
    (void)unused;
    return 1;
}

static struct server ours(in_addr_t bound, enum decisions decisions, int check) {
    struct server server = listening(bound);
    CHECK(vestibule_configure(VESTIBULE_CALLER_CHECK, (uint32_t)check) == 0);
    CHECK(vestibule_adopt(server.fd) == (vestibule_handle)server.fd);
    server.decisions = decisions;
    return server;
}

int main(void) {
    struct server accepts, rejects, one[2], any[2], reject[2], defer[2], held[2];
    pin(0);
    accepts = listening(INADDR_LOOPBACK);
    rejects = listening(INADDR_LOOPBACK);
    rejects.decisions = REJECT_ALL;
    for (int check = 0; check < 2; check++) {
        one[check] = ours(INADDR_LOOPBACK, ACCEPT_ALL, check);
        any[check] = ours(INADDR_ANY, ACCEPT_ALL, check);
        reject[check] = ours(INADDR_LOOPBACK, REJECT_ALL, check);
        defer[check] = ours(INADDR_LOOPBACK, DEFER_THEN_ACCEPT, check);
        held[check] = ours(INADDR_LOOPBACK, ACCEPT_ALL, check);
        fill(&held[check]);
        CHECK(conditional(&held[check], VESTIBULE_DEFER) == VESTIBULE_INVALID_SOCKET);
    }
    struct subject subjects[] = {
        {NULL, "accept4 with the address", 0, bare, &accepts, {0}},
        {"A-A", "accept4 with the address, again", 0, bare, &accepts, {0}},
        {"P1-unchecked", "vestibule_accept, one address", 0, decided, &one[0], {0}},
        {"P1-checked", "vestibule_accept, one address", 0, decided, &one[1], {0}},
        {"P2-unchecked", "vestibule_accept, wildcard", 0, decided, &any[0], {0}},
        {"P2-checked", "vestibule_accept, wildcard", 0, decided, &any[1], {0}},
        {"P5-unchecked", "defer, then accept", 0, decided, &defer[0], {0}},
        {"P5-checked", "defer, then accept", 0, decided, &defer[1], {0}},
        {NULL, "accept4, then close with a reset", 8, bare, &rejects, {0}},
        {"P4-unchecked", "reject", 8, decided, &reject[0], {0}},
        {"P4-checked", "reject", 8, decided, &reject[1], {0}},
        {NULL, "a nanosecond", 11, a_nanosecond, NULL, {0}},
        {"P6-unchecked", "one more deferral", 11, deferred_again, &held[0], {0}},
        {"P6-checked", "one more deferral", 11, deferred_again, &held[1], {0}},
    };
    bench_run(subjects, sizeof subjects / sizeof *subjects);
    return 0;
}
