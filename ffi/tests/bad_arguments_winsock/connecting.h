/* Bad arguments of the calls that accept and connect. */

#ifndef BAD_ARGUMENTS_WINSOCK_CONNECTING_H
#define BAD_ARGUMENTS_WINSOCK_CONNECTING_H

#include "shared.h"

#include <limits.h>

static void accept_handle(uintptr_t bad) {
    NO_SOCKET(accept(bad, NULL, NULL), WSAENOTSOCK);
}

static void wsaaccept_handle(uintptr_t bad) {
    NO_SOCKET(WSAAccept(bad, NULL, NULL, NULL, 0), WSAENOTSOCK);
}

static void accept_arguments(int family) {
    static const int lengths[] = {0, 15, -1, INT_MIN};
    union name name, room;
    SOCKET s = fresh(family);
    size_t index;
    memset(&room, UNTOUCHED, sizeof room);
    NO_SOCKET(accept(s, NULL, NULL), WSAEINVAL);
    NO_SOCKET(WSAAccept(s, NULL, NULL, NULL, 0), WSAEINVAL);
    CHECK(closesocket(s) == 0);
    s = listening(family, &name);
    for (index = 0; index < COUNT(lengths); index++) {
        int length = lengths[index];
        NO_SOCKET(accept(s, &room.any, &length), WSAEFAULT);
        NO_SOCKET(WSAAccept(s, &room.any, &length, NULL, 0), WSAEFAULT);
        CHECK(length == lengths[index] && untouched(&room, sizeof room));
    }
    CHECK(closesocket(s) == 0);
}

static void connect_handle(uintptr_t bad) {
    CHECK_ERROR(connect(bad, NULL, -1), WSAENOTSOCK);
}

static void wsaconnect_handle(uintptr_t bad) {
    CHECK_ERROR(WSAConnect(bad, NULL, -1, NULL, NULL, NULL, NULL), WSAENOTSOCK);
}

static void connect_arguments(int family) {
    static const int lengths[] = {0, 15, -1, INT_MIN};
    union name name;
    SOCKET listener = listening(family, &name), s = fresh(family);
    WSABUF nowhere = {4, NULL};
    QOS qos;
    u_long on = 1;
    size_t index;
    memset(&qos, 0, sizeof qos);
    CHECK_ERROR(connect(s, NULL, name_size), WSAEFAULT);
    for (index = 0; index < COUNT(lengths); index++) {
        CHECK_ERROR(connect(s, &name.any, lengths[index]), WSAEFAULT);
        CHECK_ERROR(WSAConnect(s, &name.any, lengths[index], NULL, NULL, NULL, NULL), WSAEFAULT);
    }
    CHECK_ERROR(WSAConnect(s, &name.any, name_size, &nowhere, NULL, NULL, NULL), WSAEFAULT);
    CHECK_ERROR(WSAConnect(s, &name.any, name_size, NULL, &nowhere, NULL, NULL), WSAEFAULT);
    CHECK_ERROR(WSAConnect(s, &name.any, name_size, NULL, NULL, NULL, &qos), WSAEINVAL);
    CHECK_ERROR(connect(listener, &name.any, name_size), WSAEINVAL);
    name.any.sa_family = 77;
    CHECK_ERROR(connect(s, &name.any, name_size), WSAEAFNOSUPPORT);
    CHECK(ioctlsocket(listener, FIONBIO, &on) == 0);
    NO_SOCKET(accept(listener, NULL, NULL), WSAEWOULDBLOCK); /* nobody has called */
    CHECK(closesocket(s) == 0 && closesocket(listener) == 0);
}

#endif
