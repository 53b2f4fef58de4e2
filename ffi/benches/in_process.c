/* The in-process entry: a whole cycle (P11), two threads (P12), data (P19), many requests (P20). */

#include "bench.h"

#include <linux/futex.h>
#include <malloc.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <vestibule.h>

#define BATCH 64
#define DATA 32
#define MESSAGE 64
#define BULK 32768

static char data[DATA] = "thirty-two bytes of user data...";

static vestibule_handle listening(struct vestibule_sockaddr *address, int backlog) {
    socklen_t length = sizeof *address;
    vestibule_handle listener = vestibule_socket(VESTIBULE_AF_IN_PROCESS, SOCK_STREAM, 0);
    memset(address, 0, sizeof *address);
    address->family = VESTIBULE_AF_IN_PROCESS;
    address->node = 1;
    CHECK(vestibule_bind(listener, (struct sockaddr *)address, length) == 0);
    CHECK(vestibule_listen(listener, backlog) == 0);
    CHECK(vestibule_getsockname(listener, (struct sockaddr *)address, &length) == 0);
    return listener;
}

static int answers(struct vestibule_buffer *caller_id, struct vestibule_buffer *caller_data,
                   struct vestibule_qos *sqos, struct vestibule_qos *gqos,
                   struct vestibule_buffer *callee_id, struct vestibule_buffer *callee_data,
                   uint32_t *group, uintptr_t decision) {
    (void)caller_id, (void)sqos, (void)gqos, (void)callee_id, (void)group;
    memcpy(callee_data->buf, caller_data->buf, caller_data->len);
    callee_data->len = caller_data->len;
    return (int)decision;
}

static int connecting(vestibule_handle client, const struct vestibule_sockaddr *address,
                      struct vestibule_buffer *callee_data) {
    struct vestibule_buffer caller_data = {DATA, data};
    return vestibule_connect(client, (const struct sockaddr *)address, sizeof *address,
                             &caller_data, callee_data, NULL, NULL);
}

struct in_process {
    vestibule_handle listener;
    struct vestibule_sockaddr address;
};

/* P11: connect, decide with data both ways, close both; one thread, so the connect does not wait.
 */
static double cycle(void *context) {
    struct in_process *server = context;
    double start = now();
    for (int i = 0; i < BATCH; i++) {
        char room[DATA];
        vestibule_handle client = vestibule_socket(VESTIBULE_AF_IN_PROCESS, SOCK_STREAM, 0),
                         accepted;
        CHECK(vestibule_set_nonblocking(client, 1) == 0);
        CHECK(connecting(client, &server->address, NULL) == -1);
        accepted = vestibule_accept(server->listener, NULL, NULL, answers, VESTIBULE_ACCEPT);
        CHECK(accepted != VESTIBULE_INVALID_SOCKET);
        CHECK(vestibule_finish_connect(client, 0) == 0);
        struct vestibule_buffer callee_data = {DATA, room};
        CHECK(vestibule_callee_data(client, &callee_data) == 0 && callee_data.len == DATA);
        CHECK(vestibule_closesocket(accepted) == 0 && vestibule_closesocket(client) == 0);
    }
    return (now() - start) / BATCH;
}

/* The same with the kernel's pairs of sockets. */
static double pair(void *context) {
    double start = now();
    (void)context;
    for (int i = 0; i < BATCH; i++) {
        int ends[2];
        char room[DATA];
        CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
        CHECK(write(ends[0], data, DATA) == DATA && read(ends[1], room, DATA) == DATA);
        CHECK(write(ends[1], data, DATA) == DATA && read(ends[0], room, DATA) == DATA);
        CHECK(close(ends[0]) == 0 && close(ends[1]) == 0);
    }
    return (now() - start) / BATCH;
}

/* The same with TCP. */
struct tcp {
    int listener;
    struct sockaddr_in address;
};

static double tcp_cycle(void *context) {
    struct tcp *server = context;
    struct linger reset = {1, 0};
    double start = now();
    for (int i = 0; i < BATCH; i++) {
        char room[DATA];
        int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), accepted;
        CHECK(connect(client, (struct sockaddr *)&server->address, sizeof server->address) == 0);
        accepted = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC);
        CHECK(accepted >= 0 && send(client, data, DATA, 0) == DATA &&
              recv(accepted, room, DATA, 0) == DATA);
        CHECK(send(accepted, data, DATA, 0) == DATA && recv(client, room, DATA, 0) == DATA);
        CHECK(setsockopt(client, SOL_SOCKET, SO_LINGER, &reset, sizeof reset) == 0);
        CHECK(close(client) == 0 && close(accepted) == 0);
    }
    return (now() - start) / BATCH;
}

/* P12: a connect that waits on one thread, the decision on another. */
struct meeting {
    struct in_process server;
    pthread_t thread;
};

static void *connects(void *context) {
    struct in_process *server = context;
    for (;;) {
        vestibule_handle client = vestibule_socket(VESTIBULE_AF_IN_PROCESS, SOCK_STREAM, 0);
        int result = connecting(client, &server->address, NULL);
        vestibule_closesocket(client);
        if (result != 0) {
            return NULL; /* the listener has been closed */
        }
    }
}

static double meet(void *context) {
    struct in_process *server = context;
    double start = now();
    for (int i = 0; i < BATCH; i++) {
        vestibule_handle accepted =
            vestibule_accept(server->listener, NULL, NULL, answers, VESTIBULE_ACCEPT);
        CHECK(accepted != VESTIBULE_INVALID_SOCKET && vestibule_closesocket(accepted) == 0);
    }
    return (now() - start) / BATCH;
}

/* Two threads that hand a word to and fro by futex: two wake-ups, as a meeting needs. */
enum { ASKED = 1, ANSWERED = 2, OVER = 3 };
static int32_t word;

static void futex_set(int32_t value) {
    __atomic_store_n(&word, value, __ATOMIC_SEQ_CST);
    syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

static int32_t futex_await_change(int32_t from) {
    int32_t seen;
    while ((seen = __atomic_load_n(&word, __ATOMIC_SEQ_CST)) == from) {
        syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, from, NULL, NULL, 0);
    }
    return seen;
}

static void *answers_by_futex(void *unused) {
    while (futex_await_change(ANSWERED) == ASKED) {
        futex_set(ANSWERED);
    }
    return unused;
}

static double two_futexes(void *context) {
    double start = now();
    (void)context;
    for (int i = 0; i < BATCH; i++) {
        futex_set(ASKED);
        futex_await_change(ASKED);
    }
    return (now() - start) / BATCH;
}

static void cycles(void) {
    struct in_process ours;
    struct tcp theirs;
    socklen_t length = sizeof theirs.address;
    memset(&theirs, 0, sizeof theirs);
    ours.listener = listening(&ours.address, 5);
    theirs.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    theirs.address.sin_family = AF_INET;
    theirs.address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(bind(theirs.listener, (struct sockaddr *)&theirs.address, length) == 0);
    CHECK(listen(theirs.listener, 5) == 0);
    CHECK(getsockname(theirs.listener, (struct sockaddr *)&theirs.address, &length) == 0);
    struct subject subjects[] = {
        {NULL, "a cycle of socketpair", 0, pair, NULL, {0}},
        {NULL, "a cycle of TCP", 1, tcp_cycle, &theirs, {0}},
        {"P11-socketpair", "connect, decide, 32 bytes each way, close", 0, cycle, &ours, {0}},
        {"P11-tcp", "connect, decide, 32 bytes each way, close", 1, cycle, &ours, {0}},
    };
    bench_run(subjects, sizeof subjects / sizeof *subjects);
    vestibule_closesocket(ours.listener);
}

/* P19: data over a connection, there and back between two threads, and much of it in one. */
struct connection {
    vestibule_handle client, accepted;
};

static struct connection connected(void) {
    struct connection connection;
    struct vestibule_sockaddr address;
    vestibule_handle listener = listening(&address, 5);
    connection.client = vestibule_socket(VESTIBULE_AF_IN_PROCESS, SOCK_STREAM, 0);
    CHECK(vestibule_set_nonblocking(connection.client, 1) == 0);
    CHECK(connecting(connection.client, &address, NULL) == -1);
    connection.accepted = vestibule_accept(listener, NULL, NULL, answers, VESTIBULE_ACCEPT);
    CHECK(connection.accepted != VESTIBULE_INVALID_SOCKET);
    CHECK(vestibule_set_nonblocking(connection.client, 0) == 0);
    CHECK(vestibule_closesocket(listener) == 0);
    return connection;
}

static void *echoes(void *context) {
    struct connection *connection = context;
    char room[MESSAGE];
    while (vestibule_recv(connection->accepted, room, MESSAGE, 0) == MESSAGE) {
        CHECK(vestibule_send(connection->accepted, room, MESSAGE, 0) == MESSAGE);
    }
    vestibule_closesocket(connection->accepted);
    return NULL;
}

static double round_trip(void *context) {
    struct connection *connection = context;
    char room[MESSAGE] = "";
    double start = now();
    for (int i = 0; i < BATCH; i++) {
        CHECK(vestibule_send(connection->client, room, MESSAGE, 0) == MESSAGE);
        CHECK(vestibule_recv(connection->client, room, MESSAGE, 0) == MESSAGE);
    }
    return (now() - start) / BATCH;
}

static char bulk[BULK];

static double bulk_in_process(void *context) {
    struct connection *connection = context;
    double start = now();
    for (int i = 0; i < BATCH; i++) {
        CHECK(vestibule_send(connection->client, bulk, BULK, 0) == BULK);
        CHECK(vestibule_recv(connection->accepted, bulk, BULK, 0) == BULK);
    }
    return (now() - start) / BATCH;
}

static double bulk_by_pair(void *context) {
    int *ends = context;
    double start = now();
    for (int i = 0; i < BATCH; i++) {
        CHECK(write(ends[0], bulk, BULK) == BULK && read(ends[1], bulk, BULK) == BULK);
    }
    return (now() - start) / BATCH;
}

static void bulks(void) {
    struct connection connection = connected();
    int ends[2];
    CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    struct subject subjects[] = {
        {NULL, "the same over a socketpair", 0, bulk_by_pair, ends, {0}},
        {"P19-bulk", "32 KiB sent and received", 0, bulk_in_process, &connection, {0}},
    };
    bench_run(subjects, sizeof subjects / sizeof *subjects);
    vestibule_closesocket(connection.client);
    vestibule_closesocket(connection.accepted);
    CHECK(close(ends[0]) == 0 && close(ends[1]) == 0);
}

/* Two threads, on one core or wherever the kernel puts them. */
static void meetings(const char *meeting_id, const char *round_trip_id) {
    struct meeting meeting;
    struct connection connection = connected();
    pthread_t answering, echoing;
    meeting.server.listener = listening(&meeting.server.address, 5);
    CHECK(pthread_create(&meeting.thread, NULL, connects, &meeting.server) == 0);
    word = ANSWERED;
    CHECK(pthread_create(&answering, NULL, answers_by_futex, NULL) == 0);
    CHECK(pthread_create(&echoing, NULL, echoes, &connection) == 0);
    struct subject subjects[] = {
        {NULL, "two futex wake-ups", 0, two_futexes, NULL, {0}},
        {meeting_id, "connect waits for accept", 0, meet, &meeting.server, {0}},
        {round_trip_id, "64 bytes there and back", 0, round_trip, &connection, {0}},
    };
    bench_run(subjects, sizeof subjects / sizeof *subjects);
    vestibule_closesocket(meeting.server.listener);
    vestibule_closesocket(connection.client);
    pthread_join(meeting.thread, NULL);
    pthread_join(echoing, NULL);
    futex_set(OVER);
    pthread_join(answering, NULL);
}

/* P20: what the calls cost among many undecided requests. What the queue has to do with it is
 * measured by core/benches/backlog.rs. */
struct crowd {
    double push, decide, withdraw, bytes;
};

static struct crowd crowd(int count) {
    struct crowd crowd;
    struct vestibule_sockaddr address;
    vestibule_handle listener = listening(&address, count + 1), *clients;
    size_t before;
    double start;
    clients = calloc((size_t)count, sizeof *clients);
    CHECK(clients != NULL);
    for (int i = 0; i < count; i++) {
        clients[i] = vestibule_socket(VESTIBULE_AF_IN_PROCESS, SOCK_STREAM, 0);
        CHECK(clients[i] != VESTIBULE_INVALID_SOCKET &&
              vestibule_set_nonblocking(clients[i], 1) == 0);
    }
    before = mallinfo2().uordblks + mallinfo2().hblkhd;
    start = now();
    for (int i = 0; i < count; i++) {
        connecting(clients[i], &address, NULL);
    }
    crowd.push = (now() - start) / count;
    crowd.bytes = (double)(mallinfo2().uordblks + mallinfo2().hblkhd - before);
    start = now();
    for (int i = 0; i < count / 2; i++) { /* from the middle to both ends */
        CHECK(vestibule_closesocket(clients[i % 2 ? count / 2 + i / 2 : count / 2 - 1 - i / 2]) ==
              0);
    }
    crowd.withdraw = (now() - start) / (count / 2);
    CHECK(vestibule_set_nonblocking(listener, 1) == 0);
    start = now();
    for (int i = 0; i < count - count / 2; i++) {
        CHECK(vestibule_accept(listener, NULL, NULL, answers, VESTIBULE_REJECT) ==
              VESTIBULE_INVALID_SOCKET);
        CHECK(vestibule_last_error() == VESTIBULE_WSAECONNREFUSED);
    }
    crowd.decide = (now() - start) / (count - count / 2);
    for (int i = 0; i < count; i++) {
        vestibule_closesocket(clients[i]);
    }
    vestibule_closesocket(listener);
    free(clients);
    return crowd;
}

static void crowds(void) {
    uint32_t ceiling = 1 << 20;
    double rows[5][MAX_ROUNDS];
    int rounds = bench_setting("BENCH_ROUNDS", 9), many = bench_setting("BENCH_CROWD", 100000);
    CHECK(vestibule_configure(VESTIBULE_BACKLOG_CEILING, ceiling) == 0);
    crowd(many / 10);
    for (int round = 0; round < rounds; round++) {
        struct crowd small = crowd(many / 10), large = crowd(many);
        rows[0][round] = large.bytes / many;
        rows[1][round] = large.push;
        rows[2][round] = large.decide;
        rows[3][round] = large.withdraw;
        rows[4][round] = (large.push + large.decide + large.withdraw) /
                         (small.push + small.decide + small.withdraw);
    }
    bench_row("P20-bytes", "bytes of an undecided request", "a byte", rows[0], rounds, 0);
    bench_row("P20-connect-call", "a connect call among 100 000 requests", "a nanosecond", rows[1],
              rounds, rows[1][rounds / 2]);
    bench_row("P20-reject-call", "an accept call that rejects one", "a nanosecond", rows[2], rounds,
              rows[2][rounds / 2]);
    bench_row("P20-close-call", "closing a client that has a request", "a nanosecond", rows[3],
              rounds, rows[3][rounds / 2]);
    bench_row("P20-calls-growth", "such a call among 100 000", "the same among 10 000", rows[4],
              rounds, 0);
}

int main(void) {
    cpu_set_t everywhere;
    CHECK(sched_getaffinity(0, sizeof everywhere, &everywhere) == 0);
    pin(0);
    cycles();
    meetings("P12-one-core", "P19-one-core");
    bulks();
    crowds();
    CHECK(sched_setaffinity(0, sizeof everywhere, &everywhere) == 0);
    meetings("P12-two-cores", "P19-two-cores");
    return 0;
}
