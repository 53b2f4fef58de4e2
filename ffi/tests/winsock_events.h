/* What the tests of network events with Winsock's names share. They compile for Windows, too. */

#ifndef WINSOCK_EVENTS_H
#define WINSOCK_EVENTS_H

#include "winsock_util.h"

#include <string.h>

/* Far longer than anything takes. */
#define LONG_TIME 60000
/* What must not happen has so many milliseconds to happen nevertheless. */
#define QUIET_TIME 20

union name {
    SOCKADDR any;
    SOCKADDR_IN inet;
#ifdef AF_VESTIBULE
    SOCKADDR_VESTIBULE in_process;
#endif
};

/* Both kinds of addresses have this size. */
static const int name_size = sizeof(SOCKADDR_IN);

static const int families[] = {
    AF_INET,
#ifdef AF_VESTIBULE
    AF_VESTIBULE,
#endif
};

static inline SOCKET fresh(int family) {
    SOCKET s = socket(family, SOCK_STREAM, 0);
    CHECK(s != INVALID_SOCKET);
    return s;
}

/* A listener on this machine; its address goes to `name`. */
static inline SOCKET listening(int family, union name *name) {
    SOCKET s = fresh(family);
    int size = name_size;
    memset(name, 0, sizeof *name);
    name->any.sa_family = (u_short)family;
    if (family == AF_INET)
        name->inet.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
#ifdef AF_VESTIBULE
    else
        name->in_process.sv_node = SV_NODE_LOCAL;
#endif
    CHECK(bind(s, &name->any, size) == 0 && listen(s, 5) == 0);
    CHECK(getsockname(s, &name->any, &size) == 0 && size == name_size);
    return s;
}

static inline WSAEVENT new_event(void) {
    WSAEVENT event = WSACreateEvent();
    CHECK(event != WSA_INVALID_EVENT);
    return event;
}

static inline int waited(WSAEVENT event, DWORD timeout) {
    DWORD result = WSAWaitForMultipleEvents(1, &event, FALSE, timeout, FALSE);
    CHECK(result == WSA_WAIT_EVENT_0 || result == WSA_WAIT_TIMEOUT);
    return result == WSA_WAIT_EVENT_0;
}

static inline int is_set(WSAEVENT event) {
    return waited(event, 0);
}

static inline int becomes_set(WSAEVENT event) {
    return waited(event, LONG_TIME);
}

static inline int is_quiet(WSAEVENT event) {
    return !waited(event, QUIET_TIME);
}

/* What has happened to a socket, resetting `event`. */
static inline LONG happened_with(SOCKET s, WSAEVENT event, WSANETWORKEVENTS *events) {
    CHECK(WSAEnumNetworkEvents(s, event, events) == 0);
    return events->lNetworkEvents;
}

static inline LONG happened(SOCKET s, WSAEVENT event) {
    WSANETWORKEVENTS events;
    return happened_with(s, event, &events);
}

/* Collects until all of `wanted` has happened, which on a network may come one by one. */
static inline LONG happens(SOCKET s, WSAEVENT event, LONG wanted) {
    LONG events = 0;
    while ((events & wanted) != wanted) {
        CHECK(becomes_set(event));
        events |= happened(s, event);
    }
    return events;
}

static inline WSAEVENT registered(SOCKET s, LONG mask) {
    WSAEVENT event = new_event();
    CHECK(WSAEventSelect(s, event, mask) == 0);
    return event;
}

static inline void close_event(WSAEVENT event) {
    CHECK(WSACloseEvent(event));
}

static inline void close_socket(SOCKET s) {
    CHECK(closesocket(s) == 0);
}

static inline void set_mode(SOCKET s, u_long nonblocking) {
    CHECK(ioctlsocket(s, FIONBIO, &nonblocking) == 0);
}

/* A client whose attempt is under way. */
static inline SOCKET calling(const union name *name) {
    SOCKET s = fresh(name->any.sa_family);
    set_mode(s, 1);
    CHECK_FAILS(connect(s, &name->any, name_size), WSAEWOULDBLOCK);
    return s;
}

struct pair {
    SOCKET client, server;
};

/* The two ends of a connection, both non-blocking. */
static inline struct pair connected(int family) {
    union name name;
    struct pair pair;
    SOCKET listener = listening(family, &name);
    pair.client = calling(&name);
    pair.server = accept(listener, NULL, NULL);
    CHECK(pair.server != INVALID_SOCKET);
    set_mode(pair.server, 1);
    close_socket(listener);
    return pair;
}

static inline void close_pair(struct pair pair) {
    close_socket(pair.client);
    close_socket(pair.server);
}

static inline void send_bytes(SOCKET s, int count) {
    char bytes[16] = {0};
    CHECK(send(s, bytes, count, 0) == count);
}

static inline int received(SOCKET s, int room) {
    char bytes[16];
    return recv(s, bytes, room, 0);
}

#endif
