/* The last WSACleanup ends everything that was made through the Winsock names (HND-09), and a
 * forked child needs a start of its own (HND-01). */

#define _POSIX_C_SOURCE 200809L

#include "winsock_util.h"

#include <vestibule.h>

#include <pthread.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void start(void) {
    WSADATA data;
    CHECK(WSAStartup(MAKEWORD(2, 2), &data) == 0);
}

/* Two ends of a connection over TCP or in memory: the server's is the program's through the Winsock
 * names, the client's through vestibule_*, which WSACleanup leaves alone. */
struct pair {
    SOCKET listener, server;
    vestibule_handle client;
    union {
        struct sockaddr any;
        SOCKADDR_IN inet;
        struct vestibule_sockaddr in_process;
    } address;
    int length;
};

static void *connects(void *argument) {
    struct pair *pair = argument;
    CHECK(vestibule_connect(pair->client, &pair->address.any, (socklen_t)pair->length, NULL, NULL,
                            NULL, NULL) == 0);
    return NULL;
}

static struct pair connected(int family) {
    struct pair pair;
    pthread_t thread;
    memset(&pair, 0, sizeof pair);
    pair.address.any.sa_family = (sa_family_t)family;
    pair.length = sizeof pair.address.inet;
    if (family == AF_INET) {
        pair.address.inet.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    } else {
        pair.address.in_process.node = 1;
        pair.length = sizeof pair.address.in_process;
    }
    pair.listener = socket(family, SOCK_STREAM, 0);
    pair.client = vestibule_socket(family, SOCK_STREAM, 0);
    CHECK(bind(pair.listener, &pair.address.any, pair.length) == 0);
    CHECK(listen(pair.listener, 5) == 0);
    CHECK(getsockname(pair.listener, &pair.address.any, &pair.length) == 0);
    CHECK(pthread_create(&thread, NULL, connects, &pair) == 0);
    pair.server = accept(pair.listener, NULL, NULL);
    CHECK(pair.server != INVALID_SOCKET && pthread_join(thread, NULL) == 0);
    return pair;
}

static void everything_open_is_reset(int family) {
    char byte;
    struct pair pair;
    start();
    start();
    pair = connected(family);
    CHECK(WSACleanup() == 0);
    CHECK(send(pair.server, "x", 1, 0) == 1); /* the first one only counts */
    CHECK(vestibule_recv(pair.client, &byte, 1, 0) == 1);
    CHECK(WSACleanup() == 0);
    CHECK(vestibule_recv(pair.client, &byte, 1, 0) == -1);
    CHECK(vestibule_last_error() == WSAECONNRESET);
    CHECK(vestibule_closesocket(pair.client) == 0);
    start();
    CHECK_FAILS(send(pair.server, "x", 1, 0), WSAENOTSOCK);
    CHECK_FAILS(listen(pair.listener, 1), WSAENOTSOCK);
    CHECK(WSACleanup() == 0);
}

/* What was sent before closesocket still arrives. */
static void what_was_closed_is_finished(int family) {
    char text[5];
    struct pair pair;
    start();
    pair = connected(family);
    CHECK(send(pair.server, "last", 5, 0) == 5 && closesocket(pair.server) == 0);
    CHECK(WSACleanup() == 0);
    CHECK(vestibule_recv(pair.client, text, sizeof text, VESTIBULE_MSG_WAITALL) == 5);
    CHECK(strcmp(text, "last") == 0 && vestibule_recv(pair.client, text, 1, 0) == 0);
    CHECK(vestibule_closesocket(pair.client) == 0);
}

struct blocked {
    SOCKET socket;
    int result, error;
    int receives;
};

static void *blocks(void *argument) {
    struct blocked *call = argument;
    char byte;
    if (call->receives) {
        call->result = recv(call->socket, &byte, 1, 0);
    } else {
        call->result = accept(call->socket, NULL, NULL) == INVALID_SOCKET ? SOCKET_ERROR : 0;
    }
    call->error = WSAGetLastError();
    return NULL;
}

static void calls_that_wait_end(int family) {
    struct pair pair;
    struct blocked calls[2];
    const struct timespec a_moment = {0, 50000000};
    pthread_t threads[2];
    int i;
    start();
    pair = connected(family);
    for (i = 0; i < 2; i++) {
        calls[i].receives = i;
        calls[i].socket = i ? pair.server : pair.listener;
        CHECK(pthread_create(&threads[i], NULL, blocks, &calls[i]) == 0);
    }
    nanosleep(&a_moment, NULL); /* a call that comes later fails as well, in another way */
    CHECK(WSACleanup() == 0);
    for (i = 0; i < 2; i++) {
        CHECK(pthread_join(threads[i], NULL) == 0 && calls[i].result == SOCKET_ERROR);
        CHECK(calls[i].error == WSAEINTR || calls[i].error == WSANOTINITIALISED ||
              calls[i].error == WSAENOTSOCK);
    }
    CHECK(vestibule_closesocket(pair.client) == 0);
}

/* A number that was closed with close() may be somebody else's by now (HND-35). */
static void numbers_of_others_are_left_alone(void) {
    int ends[2];
    SOCKET socket_of_ours;
    char byte;
    start();
    socket_of_ours = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(close((int)socket_of_ours) == 0 && pipe(ends) == 0);
    CHECK((SOCKET)ends[0] == socket_of_ours || (SOCKET)ends[1] == socket_of_ours);
    CHECK(WSACleanup() == 0);
    CHECK(write(ends[1], "x", 1) == 1 && read(ends[0], &byte, 1) == 1);
    CHECK(close(ends[0]) == 0 && close(ends[1]) == 0);
}

/* EVT-48: an event object belongs to the process. */
static void event_objects_outlive_it(void) {
    WSAEVENT event;
    start();
    event = WSACreateEvent();
    CHECK(event != WSA_INVALID_EVENT && WSASetEvent(event) == TRUE);
    CHECK(WSACleanup() == 0);
    CHECK(WSASetEvent(event) == FALSE && WSAGetLastError() == WSANOTINITIALISED);
    start();
    CHECK(WSAWaitForMultipleEvents(1, &event, FALSE, 0, FALSE) == WSA_WAIT_EVENT_0);
    CHECK(WSACloseEvent(event) == TRUE && WSACleanup() == 0);
}

static void a_forked_child_starts_itself(void) {
    int status;
    pid_t child;
    SOCKET parents;
    WSAEVENT parents_event;
    start();
    parents = socket(AF_INET, SOCK_STREAM, 0);
    parents_event = WSACreateEvent();
    child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        CHECK(socket(AF_INET, SOCK_STREAM, 0) == INVALID_SOCKET);
        CHECK(WSAGetLastError() == WSANOTINITIALISED);
        CHECK_FAILS(closesocket(parents), WSANOTINITIALISED);
        CHECK_FAILS(WSACleanup(), WSANOTINITIALISED);
        start();
        CHECK_FAILS(closesocket(parents), WSAENOTSOCK);
        CHECK(WSASetEvent(parents_event) == FALSE && WSAGetLastError() == WSA_INVALID_HANDLE);
        CHECK(socket(AF_INET, SOCK_STREAM, 0) != INVALID_SOCKET);
        CHECK(WSACleanup() == 0);
        CHECK_FAILS(WSACleanup(), WSANOTINITIALISED);
        _exit(0);
    }
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    CHECK(WSACloseEvent(parents_event) == TRUE);
    CHECK(closesocket(parents) == 0 && WSACleanup() == 0);
}

int main(void) {
    static const int families[] = {AF_INET, AF_VESTIBULE};
    int i;
    for (i = 0; i < 2; i++) {
        everything_open_is_reset(families[i]);
        what_was_closed_is_finished(families[i]);
        calls_that_wait_end(families[i]);
    }
    numbers_of_others_are_left_alone();
    event_objects_outlive_it();
    a_forked_child_starts_itself();
    return 0;
}
