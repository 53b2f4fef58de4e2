/* Bad arguments of the calls for options and control codes. */

#ifndef BAD_ARGUMENTS_WINSOCK_OPTIONS_H
#define BAD_ARGUMENTS_WINSOCK_OPTIONS_H

#include "shared.h"

#include <limits.h>

static void getsockopt_handle(uintptr_t bad) {
    CHECK_ERROR(getsockopt(bad, 99, 99, NULL, NULL), WSAENOTSOCK);
}

static void setsockopt_handle(uintptr_t bad) {
    CHECK_ERROR(setsockopt(bad, 99, 99, NULL, -1), WSAENOTSOCK);
}

static void option_arguments(int family) {
    static const int lengths[] = {0, 3, -1, INT_MIN};
    static const int unknown[] = {SO_GROUP_ID, SO_CONNOPT, SO_DISCOPT, 0x7777, -1};
    SOCKET s = fresh(family);
    char room[4], bytes[4] = {1, 0, 0, 0};
    int length = sizeof room;
    size_t index;
    memset(room, UNTOUCHED, sizeof room);
    CHECK_ERROR(getsockopt(s, 1, SO_TYPE, room, &length), WSAEINVAL);
    CHECK_ERROR(setsockopt(s, 1, SO_KEEPALIVE, bytes, 4), WSAEINVAL);
    for (index = 0; index < COUNT(unknown); index++) {
        CHECK_ERROR(getsockopt(s, SOL_SOCKET, unknown[index], room, &length), WSAENOPROTOOPT);
        CHECK_ERROR(setsockopt(s, SOL_SOCKET, unknown[index], bytes, 4), WSAENOPROTOOPT);
    }
    CHECK_ERROR(getsockopt(s, SOL_SOCKET, SO_TYPE, NULL, &length), WSAEFAULT);
    CHECK_ERROR(getsockopt(s, SOL_SOCKET, SO_TYPE, room, NULL), WSAEFAULT);
    CHECK_ERROR(setsockopt(s, SOL_SOCKET, SO_KEEPALIVE, NULL, 4), WSAEFAULT);
    for (index = 0; index < COUNT(lengths); index++) {
        length = lengths[index];
        CHECK_ERROR(getsockopt(s, SOL_SOCKET, SO_TYPE, room, &length), WSAEFAULT);
        CHECK(length == lengths[index]);
        CHECK_ERROR(setsockopt(s, SOL_SOCKET, SO_KEEPALIVE, bytes, lengths[index]), WSAEFAULT);
    }
    CHECK(untouched(room, sizeof room));
    /* Data of a negative length is not the same as none. */
    if (family == AF_VESTIBULE)
        CHECK_ERROR(setsockopt(s, SOL_SOCKET, SO_CONNDATA, bytes, -1), WSAEFAULT);
    CHECK(closesocket(s) == 0);
}

static void ioctlsocket_handle(uintptr_t bad) {
    CHECK_ERROR(ioctlsocket(bad, 99, NULL), WSAENOTSOCK);
}

static void ioctlsocket_arguments(int family) {
    SOCKET s = fresh(family);
    u_long value = 77;
    CHECK_ERROR(ioctlsocket(s, FIONBIO, NULL), WSAEFAULT);
    CHECK_ERROR(ioctlsocket(s, FIONREAD, NULL), WSAEFAULT);
    CHECK_ERROR(ioctlsocket(s, SIOCATMARK, NULL),
                family == AF_VESTIBULE ? WSAEOPNOTSUPP : WSAEFAULT);
    CHECK_ERROR(ioctlsocket(s, 0, &value), WSAEOPNOTSUPP);
    CHECK_ERROR(ioctlsocket(s, -1, &value), WSAEOPNOTSUPP);
    CHECK(value == 77);
    CHECK(closesocket(s) == 0);
}

static void wsaioctl_handle(uintptr_t bad) {
    CHECK_ERROR(WSAIoctl(bad, 99, NULL, 1, NULL, 1, NULL, NULL, NULL), WSAENOTSOCK);
}

static void wsaioctl_arguments(int family) {
    SOCKET s = fresh(family);
    u_long on = 1, off = 0;
    DWORD written = 77;
    WSAEVENT event = WSACreateEvent();
    CHECK_ERROR(WSAIoctl(s, FIONBIO, &on, sizeof on, NULL, 0, NULL, NULL, NULL), WSAEFAULT);
    CHECK_ERROR(WSAIoctl(s, FIONBIO, NULL, sizeof on, NULL, 0, &written, NULL, NULL), WSAEFAULT);
    CHECK_ERROR(WSAIoctl(s, FIONBIO, &on, 3, NULL, 0, &written, NULL, NULL), WSAEFAULT);
    CHECK_ERROR(WSAIoctl(s, FIONBIO, &on, 0, NULL, 0, &written, NULL, NULL), WSAEFAULT);
    CHECK_ERROR(WSAIoctl(s, FIONREAD, NULL, 0, NULL, 4, &written, NULL, NULL), WSAEFAULT);
    CHECK_ERROR(WSAIoctl(s, FIONREAD, NULL, 0, &on, 3, &written, NULL, NULL), WSAEFAULT);
    CHECK_ERROR(WSAIoctl(s, FIONREAD, NULL, 0, &on, 4, NULL, NULL, NULL), WSAEFAULT);
    CHECK_ERROR(WSAIoctl(s, SIOCATMARK, NULL, 0, NULL, 4, &written, NULL, NULL),
                family == AF_VESTIBULE ? WSAEOPNOTSUPP : WSAEFAULT);
    CHECK(on == 1);
    CHECK_ERROR(WSAIoctl(s, 0, NULL, 0, NULL, 0, &written, NULL, NULL), WSAEOPNOTSUPP);
    CHECK_ERROR(WSAIoctl(s, 0xFFFFFFFF, NULL, 0, NULL, 0, &written, NULL, NULL), WSAEOPNOTSUPP);
    CHECK(written == 77);
    /* HND-30: a refusal says that there is no output. */
    CHECK(WSAEventSelect(s, event, FD_READ) == 0);
    CHECK_ERROR(WSAIoctl(s, FIONBIO, &off, sizeof off, NULL, 0, &written, NULL, NULL), WSAEINVAL);
    CHECK(written == 0);
    CHECK_ERROR(ioctlsocket(s, FIONBIO, &off), WSAEINVAL);
    CHECK(WSAEventSelect(s, NULL, 0) == 0 && ioctlsocket(s, FIONBIO, &off) == 0);
    CHECK(WSACloseEvent(event) == TRUE && closesocket(s) == 0);
}

#endif
