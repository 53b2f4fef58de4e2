/* What it takes to ask a condition function: P13.
 *
 * An accept call is timed with a function and without one; what lies between the two is the frame
 * that the function is shown, the calls into and out of it, and the reading of its answer. An
 * indirect call of the same function is subtracted. What an accept call does in any case is in
 * neither: the barrier against unwinding, and naming the thread and the caller for as long as a
 * function would run. The requests are in-process ones, because a system call would hide a few
 * nanoseconds, and carry no user data, as on plain TCP. */

#include "bench.h"

#include <stdint.h>
#include <sys/socket.h>
#include <vestibule.h>

#define BATCH 64

struct server {
    vestibule_handle listener;
    struct vestibule_sockaddr address;
    vestibule_condition function;
};

static int accepts(struct vestibule_buffer *caller_id, struct vestibule_buffer *caller_data,
                   struct vestibule_qos *sqos, struct vestibule_qos *gqos,
                   struct vestibule_buffer *callee_id, struct vestibule_buffer *callee_data,
                   uint32_t *group, uintptr_t decision) {
    (void)caller_id, (void)caller_data, (void)sqos, (void)gqos, (void)callee_id;
    (void)callee_data, (void)group;
    return (int)decision;
}

/* Accept calls alone: the requests are there before, and the sockets close afterwards. */
static double accepting(void *context) {
    struct server *server = context;
    vestibule_handle clients[BATCH], accepted[BATCH];
    double start, end;
    for (int i = 0; i < BATCH; i++) {
        clients[i] = vestibule_socket(VESTIBULE_AF_IN_PROCESS, SOCK_STREAM, 0);
        CHECK(vestibule_set_nonblocking(clients[i], 1) == 0);
        CHECK(vestibule_connect(clients[i], (struct sockaddr *)&server->address,
                                sizeof server->address, NULL, NULL, NULL, NULL) == -1);
    }
    start = now();
    for (int i = 0; i < BATCH; i++) {
        accepted[i] =
            vestibule_accept(server->listener, NULL, NULL, server->function, VESTIBULE_ACCEPT);
    }
    end = now();
    for (int i = 0; i < BATCH; i++) {
        CHECK(accepted[i] != VESTIBULE_INVALID_SOCKET);
        CHECK(vestibule_closesocket(accepted[i]) == 0 && vestibule_closesocket(clients[i]) == 0);
    }
    return (end - start) / BATCH;
}

static double calling(void *context) {
    struct server *server = context;
    vestibule_condition volatile function = server->function;
    double start = now();
    for (int i = 0; i < BATCH; i++) {
        CHECK(function(NULL, NULL, NULL, NULL, NULL, NULL, NULL, VESTIBULE_ACCEPT) ==
              VESTIBULE_ACCEPT);
    }
    return (now() - start) / BATCH;
}

int main(void) {
    struct server asks = {.function = accepts}, asks_nobody;
    socklen_t length = sizeof asks.address;
    double boundary[MAX_ROUNDS];
    int rounds = bench_setting("BENCH_ROUNDS", 9);
    pin(0);
    CHECK(vestibule_configure(VESTIBULE_CONNECT_DATA_LIMIT, 0) == 0);
    asks.listener = vestibule_socket(VESTIBULE_AF_IN_PROCESS, SOCK_STREAM, 0);
    asks.address.family = VESTIBULE_AF_IN_PROCESS;
    asks.address.node = 1;
    CHECK(vestibule_bind(asks.listener, (struct sockaddr *)&asks.address, length) == 0);
    CHECK(vestibule_listen(asks.listener, BATCH) == 0);
    CHECK(vestibule_getsockname(asks.listener, (struct sockaddr *)&asks.address, &length) == 0);
    asks_nobody = asks;
    asks_nobody.function = NULL;
    struct subject subjects[] = {
        {NULL, "accept with a function", 0, accepting, &asks, {0}},
        {NULL, "accept without", 1, accepting, &asks_nobody, {0}},
        {NULL, "an indirect call", 2, calling, &asks, {0}},
    };
    bench_run(subjects, sizeof subjects / sizeof *subjects);
    for (int round = 0; round < rounds; round++) {
        boundary[round] =
            subjects[0].rounds[round] - subjects[1].rounds[round] - subjects[2].rounds[round];
    }
    bench_row("P13", "nanoseconds to ask a condition function, beyond an indirect call",
              "a nanosecond", boundary, rounds, boundary[rounds / 2]);
    return 0;
}
