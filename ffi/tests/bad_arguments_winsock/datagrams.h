/* Bad arguments of the calls for datagrams. */

#ifndef BAD_ARGUMENTS_WINSOCK_DATAGRAMS_H
#define BAD_ARGUMENTS_WINSOCK_DATAGRAMS_H

#include "shared.h"

#include <limits.h>

static SOCKET datagram_socket(union name *name) {
    SOCKET s = socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP);
    int size = name_size;
    *name = loopback(AF_INET);
    CHECK(s != INVALID_SOCKET && bind(s, &name->any, size) == 0);
    CHECK(getsockname(s, &name->any, &size) == 0);
    return s;
}

static void sendto_handle(uintptr_t bad) {
    CHECK_ERROR(sendto(bad, NULL, -1, 99, NULL, -1), WSAENOTSOCK);
}

static void wsasendto_handle(uintptr_t bad) {
    CHECK_ERROR(WSASendTo(bad, NULL, 0, NULL, 99, NULL, -1, (LPWSAOVERLAPPED)1, NULL), WSAENOTSOCK);
}

static void sendto_arguments(int family) {
    static const int lengths[] = {0, 15, -1, INT_MIN};
    union name name;
    SOCKET s = datagram_socket(&name);
    WSABUF good = {1, (char *)"x"}, nowhere = {1, NULL};
    DWORD sent = 77;
    OVERLAPPED overlapped;
    u_long unread = 77;
    size_t index;
    (void)family;
    memset(&overlapped, 0, sizeof overlapped);
    CHECK_ERROR(sendto(s, NULL, 1, 0, &name.any, name_size), WSAEFAULT);
    CHECK_ERROR(sendto(s, "x", -1, 0, &name.any, name_size), WSAEFAULT);
    CHECK_ERROR(sendto(s, "x", 1, 0, NULL, name_size), WSAENOTCONN);
    CHECK_ERROR(sendto(s, "x", 1, MSG_OOB, &name.any, name_size), WSAEOPNOTSUPP);
    for (index = 0; index < COUNT(lengths); index++) {
        const int length = lengths[index];
        CHECK_ERROR(sendto(s, "x", 1, 0, &name.any, length), WSAEFAULT);
        CHECK_ERROR(WSASendTo(s, &good, 1, &sent, 0, &name.any, length, NULL, NULL), WSAEFAULT);
    }
    CHECK_ERROR(WSASendTo(s, &good, 1, &sent, 0, &name.any, name_size, &overlapped, NULL),
                WSAEOPNOTSUPP);
    CHECK_ERROR(WSASendTo(s, &good, 1, &sent, 0, &name.any, name_size, NULL, completed),
                WSAEOPNOTSUPP);
    CHECK_ERROR(WSASendTo(s, &good, 1, NULL, 0, &name.any, name_size, NULL, NULL), WSAEFAULT);
    CHECK_ERROR(WSASendTo(s, NULL, 1, &sent, 0, &name.any, name_size, NULL, NULL), WSAEFAULT);
    CHECK_ERROR(WSASendTo(s, &nowhere, 1, &sent, 0, &name.any, name_size, NULL, NULL), WSAEFAULT);
    CHECK_ERROR(WSASendTo(s, &good, 0, &sent, 0, &name.any, name_size, NULL, NULL), WSAEINVAL);
    name.any.sa_family = AF_INET6;
    CHECK_ERROR(sendto(s, "x", 1, 0, &name.any, name_size), WSAEAFNOSUPPORT);
    CHECK(ioctlsocket(s, FIONREAD, &unread) == 0 && unread == 0 && sent == 77);
    CHECK(closesocket(s) == 0);
}

static void recvfrom_handle(uintptr_t bad) {
    CHECK_ERROR(recvfrom(bad, NULL, -1, 99, NULL, NULL), WSAENOTSOCK);
}

static void wsarecvfrom_handle(uintptr_t bad) {
    CHECK_ERROR(WSARecvFrom(bad, NULL, 0, NULL, NULL, NULL, NULL, (LPWSAOVERLAPPED)1, NULL),
                WSAENOTSOCK);
}

static void recvfrom_arguments(int family) {
    static const int lengths[] = {0, 15, -1, INT_MIN};
    union name name, from;
    SOCKET s = datagram_socket(&name);
    char byte = (char)UNTOUCHED;
    WSABUF room = {1, &byte}, nowhere = {1, NULL};
    DWORD received = 77, flags = 0;
    OVERLAPPED overlapped;
    size_t index;
    (void)family;
    memset(&overlapped, 0, sizeof overlapped);
    memset(&from, UNTOUCHED, sizeof from);
    CHECK(sendto(s, "x", 1, 0, &name.any, name_size) == 1);
    CHECK_ERROR(recvfrom(s, NULL, 1, 0, NULL, NULL), WSAEFAULT);
    CHECK_ERROR(recvfrom(s, &byte, -1, 0, NULL, NULL), WSAEFAULT);
    CHECK_ERROR(recvfrom(s, &byte, 1, 0, &from.any, NULL), WSAEFAULT);
    for (index = 0; index < COUNT(lengths); index++) {
        int length = lengths[index];
        CHECK_ERROR(recvfrom(s, &byte, 1, 0, &from.any, &length), WSAEFAULT);
        CHECK_ERROR(WSARecvFrom(s, &room, 1, &received, &flags, &from.any, &length, NULL, NULL),
                    WSAEFAULT);
        CHECK(length == lengths[index]);
    }
    CHECK_ERROR(WSARecvFrom(s, &room, 1, &received, &flags, NULL, NULL, &overlapped, NULL),
                WSAEOPNOTSUPP);
    CHECK_ERROR(WSARecvFrom(s, &room, 1, NULL, &flags, NULL, NULL, NULL, NULL), WSAEFAULT);
    CHECK_ERROR(WSARecvFrom(s, &room, 1, &received, NULL, NULL, NULL, NULL, NULL), WSAEFAULT);
    CHECK_ERROR(WSARecvFrom(s, &nowhere, 1, &received, &flags, NULL, NULL, NULL, NULL), WSAEFAULT);
    CHECK(received == 77 && flags == 0 && untouched(&byte, 1) && untouched(&from, sizeof from));
    CHECK(WSARecvFrom(s, &room, 1, &received, &flags, NULL, NULL, NULL, NULL) == 0);
    CHECK(received == 1 && byte == 'x');
    CHECK(closesocket(s) == 0);
}

#endif
