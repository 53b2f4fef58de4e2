/* Bad arguments of the calls for the data of a connection and for its goodbye. */

#ifndef BAD_ARGUMENTS_WINSOCK_DATA_H
#define BAD_ARGUMENTS_WINSOCK_DATA_H

#include "shared.h"

#include <limits.h>

static void send_handle(uintptr_t bad) {
    CHECK_ERROR(send(bad, NULL, -1, 99), WSAENOTSOCK);
}

static void send_arguments(int family) {
    struct pair pair = connected(family);
    SOCKET s = fresh(family);
    CHECK_ERROR(send(s, "x", 1, 0), WSAENOTCONN);
    CHECK_ERROR(send(pair.server, NULL, 1, 0), WSAEFAULT);
    CHECK_ERROR(send(pair.server, "x", -1, 0), WSAEFAULT);
    CHECK_ERROR(send(pair.server, "x", INT_MIN, 0), WSAEFAULT);
    CHECK_ERROR(send(pair.server, "x", 1, MSG_PARTIAL), WSAEOPNOTSUPP);
    CHECK_ERROR(send(pair.server, "x", 1, 0x10), WSAEOPNOTSUPP);
    if (family == AF_VESTIBULE)
        CHECK_ERROR(send(pair.server, "x", 1, MSG_OOB), WSAEOPNOTSUPP);
    CHECK(send(pair.server, NULL, 0, 0) == 0);
    can_talk(pair);
    CHECK(closesocket(s) == 0);
    close_pair(pair);
}

static void recv_handle(uintptr_t bad) {
    CHECK_ERROR(recv(bad, NULL, -1, 99), WSAENOTSOCK);
}

static void recv_arguments(int family) {
    struct pair pair = connected(family);
    SOCKET s = fresh(family);
    char byte = (char)UNTOUCHED;
    CHECK_ERROR(recv(s, &byte, 1, 0), WSAENOTCONN);
    CHECK(send(pair.server, "y", 1, 0) == 1);
    CHECK_ERROR(recv(pair.client, NULL, 1, 0), WSAEFAULT);
    /* 0 would look like the end of the stream. */
    CHECK_ERROR(recv(pair.client, &byte, -1, 0), WSAEFAULT);
    CHECK_ERROR(recv(pair.client, &byte, INT_MIN, 0), WSAEFAULT);
    CHECK_ERROR(recv(pair.client, &byte, 1, 0x10), WSAEOPNOTSUPP);
    CHECK_ERROR(recv(pair.client, &byte, 1, MSG_OOB),
                family == AF_VESTIBULE ? WSAEOPNOTSUPP : WSAEINVAL);
    CHECK(untouched(&byte, 1));
    CHECK(recv(pair.client, &byte, 1, 0) == 1 && byte == 'y');
    can_talk(pair);
    CHECK(closesocket(s) == 0);
    close_pair(pair);
}

static void wsasend_handle(uintptr_t bad) {
    CHECK_ERROR(WSASend(bad, NULL, 0, NULL, 99, (LPWSAOVERLAPPED)1, NULL), WSAENOTSOCK);
}

static void wsasend_arguments(int family) {
    struct pair pair = connected(family);
    WSABUF good = {1, (char *)"z"}, nowhere = {1, NULL};
    DWORD sent = 77;
    OVERLAPPED overlapped;
    memset(&overlapped, 0, sizeof overlapped);
    CHECK_ERROR(WSASend(pair.server, &good, 1, &sent, 0, &overlapped, NULL), WSAEOPNOTSUPP);
    CHECK_ERROR(WSASend(pair.server, &good, 1, &sent, 0, NULL, completed), WSAEOPNOTSUPP);
    CHECK_ERROR(WSASend(pair.server, &good, 1, NULL, 0, NULL, NULL), WSAEFAULT);
    CHECK_ERROR(WSASend(pair.server, NULL, 1, &sent, 0, NULL, NULL), WSAEFAULT);
    CHECK_ERROR(WSASend(pair.server, &nowhere, 1, &sent, 0, NULL, NULL), WSAEFAULT);
    CHECK_ERROR(WSASend(pair.server, &good, 0, &sent, 0, NULL, NULL), WSAEINVAL);
    CHECK_ERROR(WSASend(pair.server, &good, 1025, &sent, 0, NULL, NULL), WSAEINVAL);
    CHECK_ERROR(WSASend(pair.server, &good, 1, &sent, MSG_PARTIAL, NULL, NULL), WSAEOPNOTSUPP);
    CHECK_ERROR(WSASend(pair.server, &good, 1, &sent, 0x80000000, NULL, NULL), WSAEOPNOTSUPP);
    CHECK(sent == 77);
    can_talk(pair); /* and nothing was sent before */
    close_pair(pair);
}

static void wsarecv_handle(uintptr_t bad) {
    CHECK_ERROR(WSARecv(bad, NULL, 0, NULL, NULL, (LPWSAOVERLAPPED)1, NULL), WSAENOTSOCK);
}

static void wsarecv_arguments(int family) {
    struct pair pair = connected(family);
    char byte = (char)UNTOUCHED;
    WSABUF room = {1, &byte}, nowhere = {1, NULL};
    DWORD received = 77, flags = 0, other = 0x80000000;
    OVERLAPPED overlapped;
    memset(&overlapped, 0, sizeof overlapped);
    CHECK(send(pair.server, "y", 1, 0) == 1);
    CHECK_ERROR(WSARecv(pair.client, &room, 1, &received, &flags, &overlapped, NULL),
                WSAEOPNOTSUPP);
    CHECK_ERROR(WSARecv(pair.client, &room, 1, &received, &flags, NULL, completed), WSAEOPNOTSUPP);
    CHECK_ERROR(WSARecv(pair.client, &room, 1, NULL, &flags, NULL, NULL), WSAEFAULT);
    CHECK_ERROR(WSARecv(pair.client, &room, 1, &received, NULL, NULL, NULL), WSAEFAULT);
    CHECK_ERROR(WSARecv(pair.client, NULL, 1, &received, &flags, NULL, NULL), WSAEFAULT);
    CHECK_ERROR(WSARecv(pair.client, &nowhere, 1, &received, &flags, NULL, NULL), WSAEFAULT);
    CHECK_ERROR(WSARecv(pair.client, &room, 0, &received, &flags, NULL, NULL), WSAEINVAL);
    CHECK_ERROR(WSARecv(pair.client, &room, 1025, &received, &flags, NULL, NULL), WSAEINVAL);
    CHECK_ERROR(WSARecv(pair.client, &room, 1, &received, &other, NULL, NULL), WSAEOPNOTSUPP);
    CHECK(received == 77 && flags == 0 && other == 0x80000000 && untouched(&byte, 1));
    CHECK(WSARecv(pair.client, &room, 1, &received, &flags, NULL, NULL) == 0);
    CHECK(received == 1 && byte == 'y');
    close_pair(pair);
}

static void send_disconnect_handle(uintptr_t bad) {
    CHECK_ERROR(WSASendDisconnect(bad, NULL), WSAENOTSOCK);
}

static void recv_disconnect_handle(uintptr_t bad) {
    CHECK_ERROR(WSARecvDisconnect(bad, NULL), WSAENOTSOCK);
}

static void disconnect_arguments(int family) {
    struct pair pair = connected(family);
    SOCKET s = fresh(family);
    WSABUF nowhere = {4, NULL};
    CHECK_ERROR(WSASendDisconnect(s, NULL), WSAENOTCONN);
    CHECK_ERROR(WSARecvDisconnect(s, NULL), WSAENOTCONN);
    CHECK_ERROR(WSASendDisconnect(pair.client, &nowhere), WSAEFAULT);
    CHECK_ERROR(WSARecvDisconnect(pair.client, &nowhere), WSAEFAULT);
    CHECK(nowhere.len == 4);
    can_talk(pair);
    CHECK(closesocket(s) == 0);
    close_pair(pair);
}

#endif
