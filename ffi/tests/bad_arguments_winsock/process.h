/* Bad arguments of the calls that concern no socket: the start and the catalogue. */

#ifndef BAD_ARGUMENTS_WINSOCK_PROCESS_H
#define BAD_ARGUMENTS_WINSOCK_PROCESS_H

#include "shared.h"

static void startup_arguments(int family) {
    WSADATA data;
    (void)family;
    memset(&data, UNTOUCHED, sizeof data);
    CHECK(WSAStartup(MAKEWORD(2, 2), NULL) == WSAEFAULT);
    CHECK(WSAStartup(MAKEWORD(0, 9), &data) == WSAVERNOTSUPPORTED);
}

static void enum_protocols_a_arguments(int family) {
    WSAPROTOCOL_INFOA info;
    DWORD size = sizeof info - 1;
    (void)family;
    memset(&info, UNTOUCHED, sizeof info);
    CHECK_ERROR(WSAEnumProtocolsA(NULL, &info, NULL), WSAEFAULT);
    CHECK_ERROR(WSAEnumProtocolsA(NULL, &info, &size), WSAENOBUFS); /* says how much it needs */
    CHECK(size > sizeof info - 1 && untouched(&info, sizeof info));
    CHECK_ERROR(WSAEnumProtocolsA(NULL, NULL, &size), WSAEFAULT);
}

static void enum_protocols_w_arguments(int family) {
    WSAPROTOCOL_INFOW info;
    DWORD size = 0;
    (void)family;
    memset(&info, UNTOUCHED, sizeof info);
    CHECK_ERROR(WSAEnumProtocolsW(NULL, &info, NULL), WSAEFAULT);
    CHECK_ERROR(WSAEnumProtocolsW(NULL, &info, &size), WSAENOBUFS);
    CHECK(size > 0 && untouched(&info, sizeof info));
    CHECK_ERROR(WSAEnumProtocolsW(NULL, NULL, &size), WSAEFAULT);
}

#endif
