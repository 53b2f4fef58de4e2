/* A client that connects again as soon as it is answered, against a blocking server, both on one
 * core: P7. */

#include "bench.h"

#include <netinet/in.h>
#include <sys/prctl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vestibule.h>

#define CONNECTIONS 500

static int listening(struct sockaddr_in *address) {
    socklen_t length = sizeof *address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    memset(address, 0, sizeof *address);
    address->sin_family = AF_INET;
    address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(bind(fd, (struct sockaddr *)address, length) == 0 && listen(fd, 64) == 0);
    CHECK(getsockname(fd, (struct sockaddr *)address, &length) == 0);
    return fd;
}

static int decides(struct vestibule_buffer *caller_id, struct vestibule_buffer *caller_data,
                   struct vestibule_qos *sqos, struct vestibule_qos *gqos,
                   struct vestibule_buffer *callee_id, struct vestibule_buffer *callee_data,
                   uint32_t *group, uintptr_t decision) {
    (void)caller_data, (void)sqos, (void)gqos, (void)callee_id, (void)callee_data, (void)group;
    return caller_id->len == 0 ? VESTIBULE_REJECT : (int)decision;
}

static void serve_bare(int fd) {
    for (;;) {
        struct sockaddr_in caller;
        socklen_t length = sizeof caller;
        int accepted = accept4(fd, (struct sockaddr *)&caller, &length, SOCK_CLOEXEC);
        CHECK(accepted >= 0 && send(accepted, "!", 1, MSG_NOSIGNAL) == 1 && close(accepted) == 0);
    }
}

static void serve_decided(int fd) {
    vestibule_handle listener = vestibule_adopt(fd);
    for (;;) {
        vestibule_handle accepted =
            vestibule_accept(listener, NULL, NULL, decides, VESTIBULE_ACCEPT);
        CHECK(accepted != VESTIBULE_INVALID_SOCKET && vestibule_send(accepted, "!", 1, 0) == 1);
        CHECK(vestibule_closesocket(accepted) == 0);
    }
}

/* A server in a process of its own. */
static struct sockaddr_in served_by(void (*serve)(int)) {
    struct sockaddr_in address;
    int fd = listening(&address);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        serve(fd);
    }
    CHECK(close(fd) == 0);
    return address;
}

struct quantiles {
    double half, most;
};

static struct quantiles call(const struct sockaddr_in *address) {
    static double times[CONNECTIONS];
    struct linger reset = {1, 0};
    struct quantiles quantiles;
    for (int i = 0; i < CONNECTIONS; i++) {
        char byte;
        double start = now();
        int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        CHECK(connect(client, (const struct sockaddr *)address, sizeof *address) == 0);
        CHECK(recv(client, &byte, 1, 0) == 1);
        CHECK(setsockopt(client, SOL_SOCKET, SO_LINGER, &reset, sizeof reset) == 0 &&
              close(client) == 0);
        times[i] = now() - start;
    }
    quantiles.half = bench_quantile(times, CONNECTIONS, 0.5);
    quantiles.most = bench_quantile(times, CONNECTIONS, 0.99);
    return quantiles;
}

int main(void) {
    int rounds = bench_setting("BENCH_ROUNDS", 9);
    double half[MAX_ROUNDS], most[MAX_ROUNDS], time[MAX_ROUNDS];
    pin(0);
    struct sockaddr_in bare = served_by(serve_bare), ours = served_by(serve_decided);
    call(&bare);
    call(&ours);
    for (int round = 0; round < rounds; round++) {
        struct quantiles first = call(round % 2 ? &bare : &ours),
                         second = call(round % 2 ? &ours : &bare);
        struct quantiles base = round % 2 ? first : second, subject = round % 2 ? second : first;
        half[round] = subject.half / base.half;
        most[round] = subject.most / base.most;
        time[round] = subject.half;
    }
    bench_row("P7-p50", "closed loop, vestibule_accept, median", "accept4", half, rounds,
              bench_quantile(time, rounds, 0.5));
    bench_row("P7-p99", "closed loop, vestibule_accept, 99 of 100", "accept4", most, rounds, 0);
    return 0;
}
