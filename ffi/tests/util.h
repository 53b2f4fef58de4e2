/* What the C tests share. A test is a program: exit status 0 passed, 1 failed, 77 cannot run here.
 *
 * Addresses are loopback and ports are the kernel's choice, so tests run beside each other. */

#ifndef UTIL_H
#define UTIL_H

#include <vestibule.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SKIPPED 77

/* Ends the test unless the condition holds. */
#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: %s (last error %s)\n", __FILE__, __LINE__, #condition,         \
                    last_error_name());                                                            \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

/* Ends the test unless the call has this result and leaves this last error. */
#define CHECK_FAILS(call, result, error)                                                           \
    do {                                                                                           \
        vestibule_set_last_error(0);                                                               \
        CHECK((call) == (result));                                                                 \
        CHECK(vestibule_last_error() == (error));                                                  \
    } while (0)

/* The same for the two kinds of results that most calls have. */
#define CHECK_ERROR(call, error) CHECK_FAILS(call, VESTIBULE_ERROR, error)
#define CHECK_NO_SOCKET(call, error) CHECK_FAILS(call, VESTIBULE_INVALID_SOCKET, error)

static inline const char *last_error_name(void) {
    const char *name = vestibule_error_name(vestibule_last_error());
    return name == NULL ? "none" : name;
}

/* A socket address of any family. */
struct address {
    union {
        struct sockaddr any;
        struct sockaddr_in inet;
        struct sockaddr_in6 inet6;
        struct vestibule_sockaddr in_process;
        unsigned char room[128];
    } is;
    socklen_t length;
};

/* The address of this machine, port 0. */
static inline struct address loopback(int family) {
    struct address address;
    memset(&address, 0, sizeof address);
    address.is.any.sa_family = (sa_family_t)family;
    switch (family) {
    case AF_INET:
        address.is.inet.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.length = sizeof address.is.inet;
        break;
    case AF_INET6:
        address.is.inet6.sin6_addr = in6addr_loopback;
        address.length = sizeof address.is.inet6;
        break;
    default:
        address.is.in_process.node = 1;
        address.length = sizeof address.is.in_process;
    }
    return address;
}

static inline struct address local_address(vestibule_handle socket) {
    struct address address;
    memset(&address, 0, sizeof address);
    address.length = sizeof address.is;
    CHECK(vestibule_getsockname(socket, &address.is.any, &address.length) == 0);
    return address;
}

static inline int same_address(const struct address *one, const struct address *other) {
    return one->length == other->length && memcmp(&one->is, &other->is, one->length) == 0;
}

static inline vestibule_handle stream(int family) {
    vestibule_handle socket = vestibule_socket(family, SOCK_STREAM, 0);
    CHECK(socket != VESTIBULE_INVALID_SOCKET);
    return socket;
}

/* A listener on this machine; its address goes to `address`. */
static inline vestibule_handle listener(int family, struct address *address) {
    vestibule_handle socket = stream(family);
    *address = loopback(family);
    CHECK(vestibule_bind(socket, &address->is.any, address->length) == 0);
    CHECK(vestibule_listen(socket, 5) == 0);
    *address = local_address(socket);
    return socket;
}

/* A caller on a thread of its own: in-process, connect waits for the decision. */
struct caller {
    vestibule_handle socket;
    struct address to;
    const char *caller_data;
    char room[64];
    struct vestibule_buffer callee_data;
    int result;
    int error;
    pthread_t thread;
};

static inline void *caller_run(void *argument) {
    struct caller *caller = argument;
    struct vestibule_buffer data = {0, NULL};
    if (caller->caller_data != NULL) {
        data.len = (uint32_t)strlen(caller->caller_data);
        data.buf = (char *)caller->caller_data;
    }
    caller->callee_data.len = sizeof caller->room;
    caller->callee_data.buf = caller->room;
    caller->result = vestibule_connect(caller->socket, &caller->to.is.any, caller->to.length,
                                       caller->caller_data == NULL ? NULL : &data,
                                       &caller->callee_data, NULL, NULL);
    caller->error = caller->result == 0 ? 0 : vestibule_last_error();
    return NULL;
}

/* Starts a call; `caller_data` is NULL for none. The structure stays where it is. */
static inline void call(struct caller *caller, const struct address *to, const char *caller_data) {
    memset(caller, 0, sizeof *caller);
    caller->socket = stream(to->is.any.sa_family);
    caller->to = *to;
    caller->caller_data = caller_data;
    CHECK(pthread_create(&caller->thread, NULL, caller_run, caller) == 0);
}

/* Waits for the end of the call. */
static inline void answered(struct caller *caller) {
    CHECK(pthread_join(caller->thread, NULL) == 0);
}

static inline void hang_up(struct caller *caller) {
    CHECK(vestibule_closesocket(caller->socket) == 0);
}

/* A condition function that answers what its callback data says. */
static inline int answer(struct vestibule_buffer *caller_id, struct vestibule_buffer *caller_data,
                         struct vestibule_qos *sqos, struct vestibule_qos *gqos,
                         struct vestibule_buffer *callee_id, struct vestibule_buffer *callee_data,
                         uint32_t *group, uintptr_t callback_data) {
    (void)caller_id, (void)caller_data, (void)sqos, (void)gqos;
    (void)callee_id, (void)callee_data, (void)group;
    return (int)callback_data;
}

/* Accepts with `answer`. */
static inline vestibule_handle decide(vestibule_handle listener, int decision) {
    return vestibule_accept(listener, NULL, NULL, answer, (uintptr_t)decision);
}

/* The two ends of a connection. */
struct both_ends {
    vestibule_handle client, server;
};

static inline struct both_ends connect_both(int family) {
    struct address address;
    struct caller caller;
    struct both_ends pair;
    vestibule_handle socket = listener(family, &address);
    call(&caller, &address, NULL);
    pair.server = vestibule_accept(socket, NULL, NULL, NULL, 0);
    answered(&caller);
    CHECK(caller.result == 0 && pair.server != VESTIBULE_INVALID_SOCKET);
    CHECK(vestibule_closesocket(socket) == 0);
    pair.client = caller.socket;
    return pair;
}

static inline void close_both(struct both_ends pair) {
    CHECK(vestibule_closesocket(pair.client) == 0);
    CHECK(vestibule_closesocket(pair.server) == 0);
}

static inline int has_ipv6(void) {
    struct address address = loopback(AF_INET6);
    vestibule_handle socket = vestibule_socket(AF_INET6, SOCK_STREAM, 0);
    int bound = socket != VESTIBULE_INVALID_SOCKET &&
                vestibule_bind(socket, &address.is.any, address.length) == 0;
    vestibule_closesocket(socket);
    return bound;
}

/* The families of this machine, ended by 0. */
static inline const int *families(void) {
    static const int all[] = {VESTIBULE_AF_IN_PROCESS, AF_INET, AF_INET6, 0};
    static const int without_ipv6[] = {VESTIBULE_AF_IN_PROCESS, AF_INET, 0};
    return has_ipv6() ? all : without_ipv6;
}

#endif
