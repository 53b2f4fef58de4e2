/* A signal whose handler was installed without SA_RESTART arrives again and again during each call
 * that waits: the call goes on, and with its remaining time. Sending to a peer that is gone raises
 * no SIGPIPE. */

#define _POSIX_C_SOURCE 200809L

#include "util.h"

#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <time.h>

/* Time between two signals, and how long a call is left waiting, milliseconds. */
#define BETWEEN 5
#define A_WHILE 100

static atomic_int arrived;

static void handle(int number) {
    (void)number;
    atomic_fetch_add(&arrived, 1);
}

static long now(void) {
    struct timespec time;
    CHECK(clock_gettime(CLOCK_MONOTONIC, &time) == 0);
    return (long)(time.tv_sec * 1000 + time.tv_nsec / 1000000);
}

/* ---- A thread that is disturbed while it waits ----------------------------------------------- */

/* A call on `socket`; its result goes to `result`, its error to `error`. */
struct disturbed {
    void (*call)(struct disturbed *);
    vestibule_handle socket;
    struct address to;
    long result;
    int error;
    long milliseconds;
    atomic_int has_ended;
    pthread_t thread;
};

static void *run(void *argument) {
    struct disturbed *disturbed = argument;
    long begun = now();
    vestibule_set_last_error(0);
    disturbed->call(disturbed);
    disturbed->error = vestibule_last_error();
    disturbed->milliseconds = now() - begun;
    atomic_store(&disturbed->has_ended, 1);
    return NULL;
}

static void disturb_once(struct disturbed *disturbed) {
    /* The thread has not been joined, so its id is valid. */
    CHECK(pthread_kill(disturbed->thread, SIGUSR1) == 0);
    poll(NULL, 0, BETWEEN);
}

/* Begins the call and disturbs it for a while; it must not end meanwhile. */
static void begin(struct disturbed *disturbed, void (*call)(struct disturbed *),
                  vestibule_handle socket) {
    long begun = now();
    int before = atomic_load(&arrived);
    disturbed->call = call;
    disturbed->socket = socket;
    CHECK(pthread_create(&disturbed->thread, NULL, run, disturbed) == 0);
    /* On a busy machine the thread may take its time to begin. */
    while (now() < begun + A_WHILE ||
           (atomic_load(&arrived) == before && now() < begun + 50 * A_WHILE))
        disturb_once(disturbed);
    CHECK(!atomic_load(&disturbed->has_ended));
    CHECK(atomic_load(&arrived) > before);
}

/* Disturbs the call until it ends. */
static void finish(struct disturbed *disturbed) {
    while (!atomic_load(&disturbed->has_ended))
        disturb_once(disturbed);
    CHECK(pthread_join(disturbed->thread, NULL) == 0);
}

static void succeeded(const struct disturbed *disturbed) {
    CHECK(disturbed->result >= 0 && disturbed->error == 0);
}

/* The time-out was kept: neither cut short nor begun anew with every signal. */
static void timed_out(const struct disturbed *disturbed, int milliseconds) {
    CHECK(disturbed->result < 0 && disturbed->error == VESTIBULE_WSAETIMEDOUT);
    CHECK(disturbed->milliseconds >= milliseconds);
}

/* ---- The calls ------------------------------------------------------------------------------- */

static void accepts(struct disturbed *disturbed) {
    disturbed->result = (long)vestibule_accept(disturbed->socket, NULL, NULL, NULL, 0);
}

static void accepts_for_a_time(struct disturbed *disturbed) {
    disturbed->result =
        (long)vestibule_accept_timeout(disturbed->socket, NULL, NULL, NULL, 0, 4 * A_WHILE);
}

static void connects(struct disturbed *disturbed) {
    disturbed->result = vestibule_connect(disturbed->socket, &disturbed->to.is.any,
                                          disturbed->to.length, NULL, NULL, NULL, NULL);
}

static void connects_for_a_time(struct disturbed *disturbed) {
    disturbed->result =
        vestibule_connect_timeout(disturbed->socket, &disturbed->to.is.any, disturbed->to.length,
                                  NULL, NULL, NULL, NULL, 4 * A_WHILE);
}

static void finishes_connecting(struct disturbed *disturbed) {
    disturbed->result = vestibule_finish_connect(disturbed->socket, -1);
}

static void receives(struct disturbed *disturbed) {
    char byte;
    disturbed->result = vestibule_recv(disturbed->socket, &byte, 1, 0);
}

static char lot[1 << 23];

static void sends(struct disturbed *disturbed) {
    disturbed->result = vestibule_send(disturbed->socket, lot, sizeof lot, 0);
}

static void closes(struct disturbed *disturbed) {
    disturbed->result = vestibule_closesocket(disturbed->socket);
}

/* ---- Scenes ---------------------------------------------------------------------------------- */

static void read_all(vestibule_handle socket, size_t amount) {
    static char room[1 << 16];
    while (amount > 0) {
        ssize_t received = vestibule_recv(socket, room, sizeof room, 0);
        CHECK(received > 0);
        amount -= (size_t)received;
    }
}

static void while_accepting(int family) {
    struct disturbed disturbed = {0};
    struct address address;
    struct caller caller;
    vestibule_handle socket = listener(family, &address);
    begin(&disturbed, accepts, socket);
    call(&caller, &address, NULL);
    finish(&disturbed);
    succeeded(&disturbed);
    answered(&caller);
    CHECK(caller.result == 0);
    hang_up(&caller);
    CHECK(vestibule_closesocket((vestibule_handle)disturbed.result) == 0);
    memset(&disturbed, 0, sizeof disturbed);
    begin(&disturbed, accepts_for_a_time, socket);
    finish(&disturbed);
    timed_out(&disturbed, 4 * A_WHILE);
    CHECK(vestibule_closesocket(socket) == 0);
}

static void while_receiving(int family) {
    struct disturbed disturbed = {0};
    struct both_ends pair = connect_both(family);
    int limit = 4 * A_WHILE;
    begin(&disturbed, receives, pair.server);
    CHECK(vestibule_send(pair.client, "x", 1, 0) == 1);
    finish(&disturbed);
    succeeded(&disturbed);
    memset(&disturbed, 0, sizeof disturbed);
    CHECK(vestibule_setsockopt(pair.server, VESTIBULE_SOL_SOCKET, VESTIBULE_SO_RCVTIMEO, &limit,
                               sizeof limit) == 0);
    begin(&disturbed, receives, pair.server);
    finish(&disturbed);
    timed_out(&disturbed, limit);
    close_both(pair);
}

static void while_sending(int family) {
    struct disturbed disturbed = {0};
    struct both_ends pair = connect_both(family);
    begin(&disturbed, sends, pair.server);
    read_all(pair.client, sizeof lot);
    finish(&disturbed);
    succeeded(&disturbed);
    CHECK(disturbed.result == sizeof lot);
    close_both(pair);
}

/* Only in-process does a connect wait for somebody who can be made to wait. */
static void while_connecting(void) {
    struct disturbed disturbed = {0};
    vestibule_handle socket = listener(VESTIBULE_AF_IN_PROCESS, &disturbed.to), accepted;
    vestibule_handle caller = stream(VESTIBULE_AF_IN_PROCESS);
    begin(&disturbed, connects, caller);
    accepted = vestibule_accept(socket, NULL, NULL, NULL, 0);
    finish(&disturbed);
    succeeded(&disturbed);
    CHECK(vestibule_closesocket(caller) == 0 && vestibule_closesocket(accepted) == 0);

    disturbed.error = 0;
    atomic_store(&disturbed.has_ended, 0);
    caller = stream(VESTIBULE_AF_IN_PROCESS);
    begin(&disturbed, connects_for_a_time, caller);
    finish(&disturbed);
    timed_out(&disturbed, 4 * A_WHILE);
    CHECK(vestibule_closesocket(caller) == 0);

    disturbed.error = 0;
    atomic_store(&disturbed.has_ended, 0);
    caller = stream(VESTIBULE_AF_IN_PROCESS);
    CHECK(vestibule_set_nonblocking(caller, 1) == 0);
    CHECK_ERROR(vestibule_connect(caller, &disturbed.to.is.any, disturbed.to.length, NULL, NULL,
                                  NULL, NULL),
                VESTIBULE_WSAEWOULDBLOCK);
    begin(&disturbed, finishes_connecting, caller);
    accepted = vestibule_accept(socket, NULL, NULL, NULL, 0);
    finish(&disturbed);
    succeeded(&disturbed);
    CHECK(vestibule_closesocket(caller) == 0 && vestibule_closesocket(accepted) == 0);
    CHECK(vestibule_closesocket(socket) == 0);
}

/* Sends as much as there is room for. */
static size_t fill(vestibule_handle socket) {
    size_t amount = 0;
    ssize_t sent;
    CHECK(vestibule_set_nonblocking(socket, 1) == 0);
    while ((sent = vestibule_send(socket, lot, sizeof lot, 0)) > 0)
        amount += (size_t)sent;
    CHECK(vestibule_last_error() == VESTIBULE_WSAEWOULDBLOCK);
    CHECK(vestibule_set_nonblocking(socket, 0) == 0);
    return amount;
}

static void while_lingering(void) {
    struct vestibule_linger linger = {1, 600};
    struct disturbed disturbed = {0};
    struct both_ends pair = connect_both(AF_INET);
    size_t amount = fill(pair.server);
    char byte;
    CHECK(vestibule_setsockopt(pair.server, VESTIBULE_SOL_SOCKET, VESTIBULE_SO_LINGER, &linger,
                               sizeof linger) == 0);
    begin(&disturbed, closes, pair.server);
    read_all(pair.client, amount);
    CHECK(vestibule_recv(pair.client, &byte, 1, 0) == 0); /* all of it, and the end */
    finish(&disturbed);
    succeeded(&disturbed);
    CHECK(vestibule_closesocket(pair.client) == 0);
}

/* SIGPIPE has its default action here, so it would end the test. */
static void sending_to_nobody(int family) {
    struct both_ends pair = connect_both(family);
    int attempts = 0;
    CHECK(vestibule_closesocket(pair.client) == 0);
    while (vestibule_send(pair.server, "x", 1, 0) == 1 && attempts++ < 1000)
        poll(NULL, 0, 1);
    CHECK(vestibule_last_error() == VESTIBULE_WSAECONNRESET);
    CHECK_FAILS(vestibule_send(pair.server, "x", 1, 0), -1, VESTIBULE_WSAECONNRESET);
    CHECK(vestibule_closesocket(pair.server) == 0);
}

int main(void) {
    struct sigaction action;
    const int *family;
    memset(&action, 0, sizeof action);
    action.sa_handler = handle; /* without SA_RESTART */
    CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
    CHECK(signal(SIGPIPE, SIG_DFL) != SIG_ERR);
    for (family = families(); *family != 0; family++) {
        while_accepting(*family);
        while_receiving(*family);
        while_sending(*family);
        sending_to_nobody(*family);
    }
    while_connecting();
    while_lingering();
    return 0;
}
