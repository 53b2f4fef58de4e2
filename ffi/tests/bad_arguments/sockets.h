/* Bad arguments of the calls for sockets and their names, and of the end of a socket. */

#ifndef BAD_ARGUMENTS_SOCKETS_H
#define BAD_ARGUMENTS_SOCKETS_H

#include "shared.h"

#include <limits.h>

static void socket_arguments(int family) {
    CHECK_NO_SOCKET(vestibule_socket(-1, SOCK_STREAM, 0), VESTIBULE_WSAEAFNOSUPPORT);
    CHECK_NO_SOCKET(vestibule_socket(INT_MAX, SOCK_STREAM, 0), VESTIBULE_WSAEAFNOSUPPORT);
    CHECK_NO_SOCKET(vestibule_socket(family, -1, 0), VESTIBULE_WSAESOCKTNOSUPPORT);
    CHECK_NO_SOCKET(vestibule_socket(family, 77, 0), VESTIBULE_WSAESOCKTNOSUPPORT);
    CHECK_NO_SOCKET(vestibule_socket(family, SOCK_STREAM, -1), VESTIBULE_WSAEPROTONOSUPPORT);
    CHECK_NO_SOCKET(vestibule_socket(family, SOCK_STREAM, 99), VESTIBULE_WSAEPROTONOSUPPORT);
}

static void bind_handle(uintptr_t bad) {
    CHECK_ERROR(vestibule_bind(bad, NULL, 0), VESTIBULE_WSAENOTSOCK);
}

static void bind_arguments(int family) {
    struct address address = loopback(family);
    vestibule_handle socket = stream(family);
    CHECK_ERROR(vestibule_bind(socket, NULL, address.length), FAULT);
    CHECK_ERROR(vestibule_bind(socket, NULL, 0), FAULT);
    CHECK_ERROR(vestibule_bind(socket, &address.is.any, address.length - 1), FAULT);
    CHECK_ERROR(vestibule_bind(socket, &address.is.any, 0), FAULT);
    address.is.any.sa_family = 77;
    CHECK_ERROR(vestibule_bind(socket, &address.is.any, address.length), VESTIBULE_WSAEAFNOSUPPORT);
    address = loopback(family);
    CHECK(vestibule_bind(socket, &address.is.any, address.length) == 0);
    CHECK_ERROR(vestibule_bind(socket, &address.is.any, address.length), VESTIBULE_WSAEINVAL);
    CHECK(vestibule_closesocket(socket) == 0);
}

static void listen_handle(uintptr_t bad) {
    CHECK_ERROR(vestibule_listen(bad, -1), VESTIBULE_WSAENOTSOCK);
}

static void listen_arguments(int family) {
    struct both_ends pair = connect_both(family);
    vestibule_handle socket = stream(family);
    CHECK_ERROR(vestibule_listen(socket, 5), VESTIBULE_WSAEINVAL);
    CHECK_ERROR(vestibule_listen(pair.server, 5), VESTIBULE_WSAEISCONN);
    CHECK_ERROR(vestibule_listen(pair.client, 5), VESTIBULE_WSAEISCONN);
    CHECK(vestibule_closesocket(socket) == 0);
    close_both(pair);
}

static void getsockname_handle(uintptr_t bad) {
    CHECK_ERROR(vestibule_getsockname(bad, NULL, NULL), VESTIBULE_WSAENOTSOCK);
}

static void getsockname_arguments(int family) {
    struct address room = room_for_address();
    socklen_t size = loopback(family).length, length;
    vestibule_handle socket = stream(family);
    /* The state comes before the pointers. */
    CHECK_ERROR(vestibule_getsockname(socket, NULL, NULL), VESTIBULE_WSAEINVAL);
    CHECK_ERROR(vestibule_getsockname(socket, &room.is.any, &room.length), VESTIBULE_WSAEINVAL);
    CHECK(vestibule_closesocket(socket) == 0);
    socket = bound(family);
    CHECK_ERROR(vestibule_getsockname(socket, NULL, &room.length), FAULT);
    CHECK_ERROR(vestibule_getsockname(socket, &room.is.any, NULL), FAULT);
    for (length = 0; length < size; length++) {
        room.length = length;
        CHECK_ERROR(vestibule_getsockname(socket, &room.is.any, &room.length), FAULT);
        CHECK(room.length == length);
    }
    CHECK(untouched(&room.is, sizeof room.is));
    room.length = INT_MAX;
    CHECK(vestibule_getsockname(socket, &room.is.any, &room.length) == 0 && room.length == size);
    CHECK(vestibule_closesocket(socket) == 0);
}

static void getpeername_handle(uintptr_t bad) {
    CHECK_ERROR(vestibule_getpeername(bad, NULL, NULL), VESTIBULE_WSAENOTSOCK);
}

static void getpeername_unconnected(vestibule_handle socket) {
    struct address room = room_for_address();
    CHECK_ERROR(vestibule_getpeername(socket, NULL, NULL), VESTIBULE_WSAENOTCONN);
    CHECK_ERROR(vestibule_getpeername(socket, &room.is.any, &room.length), VESTIBULE_WSAENOTCONN);
    CHECK(untouched(&room.is, sizeof room.is) && room.length == sizeof room.is);
}

static void getpeername_arguments(int family) {
    struct address room = room_for_address();
    struct both_ends pair = connect_both(family);
    socklen_t size = loopback(family).length, length;
    on_unconnected(family, getpeername_unconnected);
    CHECK_ERROR(vestibule_getpeername(pair.client, NULL, &room.length), FAULT);
    CHECK_ERROR(vestibule_getpeername(pair.client, &room.is.any, NULL), FAULT);
    for (length = 0; length < size; length++) {
        room.length = length;
        CHECK_ERROR(vestibule_getpeername(pair.client, &room.is.any, &room.length), FAULT);
        CHECK(room.length == length);
    }
    CHECK(untouched(&room.is, sizeof room.is));
    close_both(pair);
}

static void shutdown_handle(uintptr_t bad) {
    CHECK_ERROR(vestibule_shutdown(bad, 99), VESTIBULE_WSAENOTSOCK);
}

static void shutdown_unconnected(vestibule_handle socket) {
    CHECK_ERROR(vestibule_shutdown(socket, VESTIBULE_SHUT_BOTH), VESTIBULE_WSAENOTCONN);
    CHECK_ERROR(vestibule_shutdown(socket, 3), VESTIBULE_WSAEINVAL);
}

static void shutdown_arguments(int family) {
    struct both_ends pair = connect_both(family);
    on_unconnected(family, shutdown_unconnected);
    CHECK_ERROR(vestibule_shutdown(pair.client, -1), VESTIBULE_WSAEINVAL);
    CHECK_ERROR(vestibule_shutdown(pair.client, 3), VESTIBULE_WSAEINVAL);
    CHECK_ERROR(vestibule_shutdown(pair.client, INT_MAX), VESTIBULE_WSAEINVAL);
    can_talk(pair);
    close_both(pair);
}

static void closesocket_handle(uintptr_t bad) {
    CHECK_ERROR(vestibule_closesocket(bad), VESTIBULE_WSAENOTSOCK);
}

#endif
