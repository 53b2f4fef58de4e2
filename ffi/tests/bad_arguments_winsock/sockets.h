/* Bad arguments of the calls for sockets and their names, and of the end of a socket. */

#ifndef BAD_ARGUMENTS_WINSOCK_SOCKETS_H
#define BAD_ARGUMENTS_WINSOCK_SOCKETS_H

#include "shared.h"

#include <limits.h>
#include <unistd.h>

static void socket_arguments(int family) {
    NO_SOCKET(socket(-1, SOCK_STREAM, 0), WSAEAFNOSUPPORT);
    NO_SOCKET(socket(10, SOCK_STREAM, 0), WSAEAFNOSUPPORT); /* AF_INET6 of Linux */
    NO_SOCKET(socket(family, 77, 0), WSAESOCKTNOSUPPORT);
    NO_SOCKET(socket(family, SOCK_STREAM, 99), WSAEPROTONOSUPPORT);
}

static void wsasocket_arguments(int family) {
    NO_SOCKET(WSASocketA(-1, SOCK_STREAM, 0, NULL, 0, 0), WSAEAFNOSUPPORT);
    NO_SOCKET(WSASocketW(family, 77, 0, NULL, 0, 0), WSAESOCKTNOSUPPORT);
    NO_SOCKET(WSASocketA(family, SOCK_STREAM, 0, NULL, SG_CONSTRAINED_GROUP, 0), WSAEINVAL);
    NO_SOCKET(WSASocketA(family, SOCK_STREAM, 0, NULL, 4711, 0), WSAEINVAL);
}

static void duplicate_socket_handle(uintptr_t bad) {
    CHECK_ERROR(WSADuplicateSocketA(bad, 1, NULL), WSAENOTSOCK);
    CHECK_ERROR(WSADuplicateSocketW(bad, 1, NULL), WSAENOTSOCK);
}

/* Refused whatever it is given, and the socket stays as it is. */
static void duplicate_socket_arguments(int family) {
    struct pair pair = connected(family);
    WSAPROTOCOL_INFOA narrow;
    WSAPROTOCOL_INFOW wide;
    memset(&narrow, UNTOUCHED, sizeof narrow);
    memset(&wide, UNTOUCHED, sizeof wide);
    CHECK_ERROR(WSADuplicateSocketA(pair.client, (DWORD)getpid(), &narrow), WSAEOPNOTSUPP);
    CHECK_ERROR(WSADuplicateSocketW(pair.client, 0, &wide), WSAEOPNOTSUPP);
    CHECK_ERROR(WSADuplicateSocketA(pair.client, 0, NULL), WSAEFAULT);
    CHECK(untouched(&narrow, sizeof narrow) && untouched(&wide, sizeof wide));
    can_talk(pair);
    close_pair(pair);
}

static void bind_handle(uintptr_t bad) {
    CHECK_ERROR(bind(bad, NULL, -1), WSAENOTSOCK);
}

static void bind_arguments(int family) {
    union name name = loopback(family);
    SOCKET s = fresh(family);
    CHECK_ERROR(bind(s, NULL, name_size), WSAEFAULT);
    CHECK_ERROR(bind(s, &name.any, name_size - 1), WSAEFAULT);
    CHECK_ERROR(bind(s, &name.any, 0), WSAEFAULT);
    CHECK_ERROR(bind(s, &name.any, -1), WSAEFAULT);
    CHECK_ERROR(bind(s, &name.any, INT_MIN), WSAEFAULT);
    name.any.sa_family = 77;
    CHECK_ERROR(bind(s, &name.any, name_size), WSAEAFNOSUPPORT);
    CHECK(closesocket(s) == 0);
}

static void listen_handle(uintptr_t bad) {
    CHECK_ERROR(listen(bad, -1), WSAENOTSOCK);
}

static void listen_arguments(int family) {
    SOCKET s = fresh(family);
    CHECK_ERROR(listen(s, 5), WSAEINVAL);
    CHECK(closesocket(s) == 0);
}

static void shutdown_handle(uintptr_t bad) {
    CHECK_ERROR(shutdown(bad, 99), WSAENOTSOCK);
}

static void shutdown_arguments(int family) {
    struct pair pair = connected(family);
    SOCKET s = fresh(family);
    CHECK_ERROR(shutdown(s, SD_BOTH), WSAENOTCONN);
    CHECK_ERROR(shutdown(pair.client, 3), WSAEINVAL);
    CHECK_ERROR(shutdown(pair.client, -1), WSAEINVAL);
    can_talk(pair);
    CHECK(closesocket(s) == 0);
    close_pair(pair);
}

static void closesocket_handle(uintptr_t bad) {
    CHECK_ERROR(closesocket(bad), WSAENOTSOCK);
}

static void getsockname_handle(uintptr_t bad) {
    CHECK_ERROR(getsockname(bad, NULL, NULL), WSAENOTSOCK);
}

static void getpeername_handle(uintptr_t bad) {
    CHECK_ERROR(getpeername(bad, NULL, NULL), WSAENOTSOCK);
}

static void name_arguments(int family) {
    static const int lengths[] = {0, 15, -1, INT_MIN};
    struct pair pair = connected(family);
    union name room;
    SOCKET s = fresh(family);
    int length = name_size;
    size_t index;
    memset(&room, UNTOUCHED, sizeof room);
    CHECK_ERROR(getsockname(s, NULL, NULL), WSAEINVAL);
    CHECK_ERROR(getpeername(s, NULL, NULL), WSAENOTCONN);
    CHECK_ERROR(getsockname(pair.client, NULL, &length), WSAEFAULT);
    CHECK_ERROR(getsockname(pair.client, &room.any, NULL), WSAEFAULT);
    CHECK_ERROR(getpeername(pair.client, NULL, &length), WSAEFAULT);
    CHECK_ERROR(getpeername(pair.client, &room.any, NULL), WSAEFAULT);
    for (index = 0; index < COUNT(lengths); index++) {
        length = lengths[index];
        CHECK_ERROR(getsockname(pair.client, &room.any, &length), WSAEFAULT);
        CHECK_ERROR(getpeername(pair.client, &room.any, &length), WSAEFAULT);
        CHECK(length == lengths[index]);
    }
    CHECK(untouched(&room, sizeof room));
    CHECK(closesocket(s) == 0);
    close_pair(pair);
}

#endif
