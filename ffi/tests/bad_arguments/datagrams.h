/* Bad arguments of the calls for datagrams; the in-process family has none. */

#ifndef BAD_ARGUMENTS_DATAGRAMS_H
#define BAD_ARGUMENTS_DATAGRAMS_H

#include "shared.h"

static vestibule_handle datagram_socket(int family) {
    struct address address = loopback(family);
    vestibule_handle socket = vestibule_socket(family, SOCK_DGRAM, 0);
    CHECK(socket != VESTIBULE_INVALID_SOCKET);
    CHECK(vestibule_bind(socket, &address.is.any, address.length) == 0);
    return socket;
}

static void sendto_handle(uintptr_t bad) {
    CHECK_FAILS(vestibule_sendto(bad, NULL, 1, 99, NULL, 0), -1, VESTIBULE_WSAENOTSOCK);
}

static void sendto_arguments(int family) {
    vestibule_handle socket;
    struct address to, nowhere = loopback(family);
    struct sockaddr *name = &to.is.any;
    if (family == VESTIBULE_AF_IN_PROCESS)
        return;
    socket = datagram_socket(family);
    to = local_address(socket);
    CHECK_FAILS(vestibule_sendto(socket, NULL, 1, 0, name, to.length), -1, FAULT);
    CHECK_FAILS(vestibule_sendto(socket, "x", SIZE_MAX, 0, name, to.length), -1, FAULT);
    CHECK_FAILS(vestibule_sendto(socket, "x", 1, 0, name, to.length - 1), -1, FAULT);
    CHECK_FAILS(vestibule_sendto(socket, "x", 1, 0, name, 0), -1, FAULT);
    CHECK_FAILS(vestibule_sendto(socket, "x", 1, 0, NULL, 0), -1, VESTIBULE_WSAENOTCONN);
    CHECK_FAILS(vestibule_sendto(socket, "x", 1, VESTIBULE_MSG_OOB, name, to.length), -1,
                VESTIBULE_WSAEOPNOTSUPP);
    CHECK_FAILS(vestibule_sendto(socket, "x", 1, VESTIBULE_MSG_PEEK, name, to.length), -1,
                VESTIBULE_WSAEOPNOTSUPP);
    CHECK_FAILS(vestibule_sendto(socket, "x", 1, 0, &nowhere.is.any, nowhere.length), -1,
                VESTIBULE_WSAEADDRNOTAVAIL);
    nowhere.is.any.sa_family = 77;
    CHECK_FAILS(vestibule_sendto(socket, "x", 1, 0, &nowhere.is.any, nowhere.length), -1,
                VESTIBULE_WSAEAFNOSUPPORT);
    CHECK(vestibule_bytes_readable(socket) == 0); /* nothing was sent */
    CHECK(vestibule_closesocket(socket) == 0);
}

static void recvfrom_handle(uintptr_t bad) {
    CHECK_FAILS(vestibule_recvfrom(bad, NULL, 1, 99, NULL, NULL), -1, VESTIBULE_WSAENOTSOCK);
}

static void recvfrom_arguments(int family) {
    vestibule_handle socket, fresh;
    struct address to, from;
    socklen_t length;
    char byte = (char)UNTOUCHED;
    if (family == VESTIBULE_AF_IN_PROCESS)
        return;
    socket = datagram_socket(family);
    to = local_address(socket);
    memset(&from, UNTOUCHED, sizeof from);
    CHECK(vestibule_sendto(socket, "x", 1, 0, &to.is.any, to.length) == 1);
    CHECK_FAILS(vestibule_recvfrom(socket, NULL, 1, 0, NULL, NULL), -1, FAULT);
    CHECK_FAILS(vestibule_recvfrom(socket, &byte, SIZE_MAX, 0, NULL, NULL), -1, FAULT);
    CHECK_FAILS(vestibule_recvfrom(socket, &byte, 1, 0, &from.is.any, NULL), -1, FAULT);
    length = to.length - 1;
    CHECK_FAILS(vestibule_recvfrom(socket, &byte, 1, 0, &from.is.any, &length), -1, FAULT);
    CHECK(length == to.length - 1);
    CHECK_FAILS(vestibule_recvfrom(socket, &byte, 1, VESTIBULE_MSG_WAITALL, NULL, NULL), -1,
                VESTIBULE_WSAEOPNOTSUPP);
    CHECK_FAILS(vestibule_recvfrom(socket, &byte, 1, VESTIBULE_MSG_PARTIAL, NULL, NULL), -1,
                VESTIBULE_WSAEOPNOTSUPP);
    CHECK_FAILS(vestibule_recvfrom(socket, &byte, 1, VESTIBULE_MSG_OOB, NULL, NULL), -1,
                VESTIBULE_WSAEOPNOTSUPP);
    CHECK(untouched(&byte, 1) && untouched(&from, sizeof from));
    CHECK(vestibule_recvfrom(socket, &byte, 1, 0, NULL, &length) == 1 && byte == 'x');
    fresh = vestibule_socket(family, SOCK_DGRAM, 0);
    CHECK_FAILS(vestibule_recvfrom(fresh, &byte, 1, 0, NULL, NULL), -1, VESTIBULE_WSAEINVAL);
    CHECK(vestibule_closesocket(fresh) == 0 && vestibule_closesocket(socket) == 0);
}

#endif
