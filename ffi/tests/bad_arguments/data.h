/* Bad arguments of the calls for the data of a connection and for its goodbye. */

#ifndef BAD_ARGUMENTS_DATA_H
#define BAD_ARGUMENTS_DATA_H

#include "shared.h"

static void send_handle(uintptr_t bad) {
    CHECK_FAILS(vestibule_send(bad, NULL, 1, 99), -1, VESTIBULE_WSAENOTSOCK);
}

static void send_unconnected(vestibule_handle socket) {
    CHECK_FAILS(vestibule_send(socket, "x", 1, 0), -1, VESTIBULE_WSAENOTCONN);
    CHECK_FAILS(vestibule_send(socket, NULL, 1, 0), -1, FAULT);
}

static void send_arguments(int family) {
    struct both_ends pair = connect_both(family);
    on_unconnected(family, send_unconnected);
    CHECK_FAILS(vestibule_send(pair.client, NULL, 1, 0), -1, FAULT);
    CHECK_FAILS(vestibule_send(pair.client, "x", SIZE_MAX, 0), -1, FAULT);
    CHECK_FAILS(vestibule_send(pair.client, "x", (size_t)PTRDIFF_MAX + 1, 0), -1, FAULT);
    if (family == VESTIBULE_AF_IN_PROCESS)
        CHECK_FAILS(vestibule_send(pair.client, "x", 1, VESTIBULE_MSG_OOB), -1,
                    VESTIBULE_WSAEOPNOTSUPP);
    CHECK_FAILS(vestibule_send(pair.client, "x", 1, -1), -1, VESTIBULE_WSAEOPNOTSUPP);
    CHECK_FAILS(vestibule_send(pair.client, "x", 1, 0x4000), -1, VESTIBULE_WSAEOPNOTSUPP);
    CHECK(vestibule_send(pair.client, NULL, 0, 0) == 0);
    can_talk(pair);
    close_both(pair);
}

static void recv_handle(uintptr_t bad) {
    CHECK_FAILS(vestibule_recv(bad, NULL, 1, 99), -1, VESTIBULE_WSAENOTSOCK);
}

static void recv_unconnected(vestibule_handle socket) {
    char byte = (char)UNTOUCHED;
    CHECK_FAILS(vestibule_recv(socket, &byte, 1, 0), -1, VESTIBULE_WSAENOTCONN);
    CHECK_FAILS(vestibule_recv(socket, NULL, 1, 0), -1, FAULT);
    CHECK(untouched(&byte, 1));
}

static void recv_arguments(int family) {
    struct both_ends pair = connect_both(family);
    char byte = (char)UNTOUCHED;
    on_unconnected(family, recv_unconnected);
    CHECK(vestibule_send(pair.server, "x", 1, 0) == 1);
    CHECK_FAILS(vestibule_recv(pair.client, NULL, 1, 0), -1, FAULT);
    CHECK_FAILS(vestibule_recv(pair.client, &byte, SIZE_MAX, 0), -1, FAULT);
    CHECK_FAILS(vestibule_recv(pair.client, &byte, 1, VESTIBULE_MSG_OOB), -1,
                family == VESTIBULE_AF_IN_PROCESS ? VESTIBULE_WSAEOPNOTSUPP : VESTIBULE_WSAEINVAL);
    CHECK_FAILS(vestibule_recv(pair.client, &byte, 1, -1), -1, VESTIBULE_WSAEOPNOTSUPP);
    CHECK_FAILS(vestibule_recv(pair.client, &byte, 1, 0x40), -1, VESTIBULE_WSAEOPNOTSUPP);
    CHECK(untouched(&byte, 1));
    CHECK(vestibule_recv(pair.client, &byte, 1, 0) == 1 && byte == 'x');
    can_talk(pair);
    close_both(pair);
}

static void sendv_handle(uintptr_t bad) {
    CHECK_FAILS(vestibule_sendv(bad, NULL, 0, 99), -1, VESTIBULE_WSAENOTSOCK);
}

static void sendv_arguments(int family) {
    struct both_ends pair = connect_both(family);
    struct vestibule_buffer many[1025], nowhere[2] = {{1, (char *)"x"}, {1, NULL}};
    struct vestibule_buffer endless[2] = {{UINT32_MAX, (char *)"x"}, {1, (char *)"x"}};
    memset(many, 0, sizeof many);
    CHECK_FAILS(vestibule_sendv(pair.server, NULL, 1, 0), -1, FAULT);
    CHECK_FAILS(vestibule_sendv(pair.server, NULL, 0, 0), -1, FAULT);
    CHECK_FAILS(vestibule_sendv(pair.server, many, 0, 0), -1, VESTIBULE_WSAEINVAL);
    CHECK_FAILS(vestibule_sendv(pair.server, many, 1025, 0), -1, VESTIBULE_WSAEINVAL);
    CHECK_FAILS(vestibule_sendv(pair.server, many, UINT32_MAX, 0), -1, VESTIBULE_WSAEINVAL);
    CHECK_FAILS(vestibule_sendv(pair.server, nowhere, 2, 0), -1, FAULT);
    CHECK_FAILS(vestibule_sendv(pair.server, endless, 2, 0), -1, VESTIBULE_WSAEMSGSIZE);
    CHECK_FAILS(vestibule_sendv(pair.server, many, 1, VESTIBULE_MSG_PEEK), -1,
                VESTIBULE_WSAEOPNOTSUPP);
    CHECK(vestibule_sendv(pair.server, many, 1024, 0) == 0);
    can_talk(pair);
    close_both(pair);
}

static void recvv_handle(uintptr_t bad) {
    CHECK_FAILS(vestibule_recvv(bad, NULL, 0, NULL), -1, VESTIBULE_WSAENOTSOCK);
}

static void recvv_arguments(int family) {
    struct both_ends pair = connect_both(family);
    char byte = (char)UNTOUCHED;
    int flags = 0x40;
    struct vestibule_buffer room = {1, &byte}, nowhere[2] = {{1, &byte}, {1, NULL}};
    struct vestibule_buffer endless[2] = {{UINT32_MAX, &byte}, {1, &byte}};
    CHECK(vestibule_send(pair.server, "x", 1, 0) == 1);
    CHECK_FAILS(vestibule_recvv(pair.client, NULL, 1, NULL), -1, FAULT);
    CHECK_FAILS(vestibule_recvv(pair.client, &room, 0, NULL), -1, VESTIBULE_WSAEINVAL);
    CHECK_FAILS(vestibule_recvv(pair.client, &room, 1025, NULL), -1, VESTIBULE_WSAEINVAL);
    CHECK_FAILS(vestibule_recvv(pair.client, nowhere, 2, NULL), -1, FAULT);
    CHECK_FAILS(vestibule_recvv(pair.client, endless, 2, NULL), -1, VESTIBULE_WSAEMSGSIZE);
    CHECK_FAILS(vestibule_recvv(pair.client, &room, 1, &flags), -1, VESTIBULE_WSAEOPNOTSUPP);
    CHECK(flags == 0x40 && untouched(&byte, 1));
    CHECK(vestibule_recvv(pair.client, &room, 1, NULL) == 1 && byte == 'x');
    can_talk(pair);
    close_both(pair);
}

static void at_mark_handle(uintptr_t bad) {
    CHECK_ERROR(vestibule_at_mark(bad), VESTIBULE_WSAENOTSOCK);
}

static void at_mark_arguments(int family) {
    struct address address;
    vestibule_handle socket = listener(family, &address);
    CHECK_ERROR(vestibule_at_mark(socket),
                family == VESTIBULE_AF_IN_PROCESS ? VESTIBULE_WSAEOPNOTSUPP : VESTIBULE_WSAEINVAL);
    CHECK(vestibule_closesocket(socket) == 0);
}

static void bytes_readable_handle(uintptr_t bad) {
    CHECK_FAILS(vestibule_bytes_readable(bad), -1, VESTIBULE_WSAENOTSOCK);
}

static void bytes_readable_arguments(int family) {
    struct address address;
    vestibule_handle socket = listener(family, &address);
    CHECK_FAILS(vestibule_bytes_readable(socket), -1, VESTIBULE_WSAEINVAL);
    CHECK(vestibule_closesocket(socket) == 0);
}

static void send_disconnect_handle(uintptr_t bad) {
    CHECK_ERROR(vestibule_send_disconnect(bad, NULL), VESTIBULE_WSAENOTSOCK);
}

static void send_disconnect_unconnected(vestibule_handle socket) {
    CHECK_ERROR(vestibule_send_disconnect(socket, NULL), VESTIBULE_WSAENOTCONN);
}

static void send_disconnect_arguments(int family) {
    struct both_ends pair = connect_both(family);
    char bytes[4096] = {0};
    struct vestibule_buffer nowhere = {4, NULL}, large = {sizeof bytes, bytes};
    int carries_data = family == VESTIBULE_AF_IN_PROCESS;
    on_unconnected(family, send_disconnect_unconnected);
    CHECK_ERROR(vestibule_send_disconnect(pair.client, &nowhere), FAULT);
    CHECK_ERROR(vestibule_send_disconnect(pair.client, &large),
                carries_data ? FAULT : VESTIBULE_WSAENOPROTOOPT);
    can_talk(pair);
    CHECK(vestibule_send_disconnect(pair.client, NULL) == 0);
    CHECK_ERROR(vestibule_send_disconnect(pair.client, NULL), VESTIBULE_WSAESHUTDOWN);
    close_both(pair);
}

static void recv_disconnect_handle(uintptr_t bad) {
    CHECK_ERROR(vestibule_recv_disconnect(bad, NULL), VESTIBULE_WSAENOTSOCK);
}

static void recv_disconnect_unconnected(vestibule_handle socket) {
    CHECK_ERROR(vestibule_recv_disconnect(socket, NULL), VESTIBULE_WSAENOTCONN);
}

static void recv_disconnect_arguments(int family) {
    struct both_ends pair = connect_both(family);
    char bytes[8];
    struct vestibule_buffer nowhere = {4, NULL}, room = {sizeof bytes, bytes};
    memset(bytes, UNTOUCHED, sizeof bytes);
    on_unconnected(family, recv_disconnect_unconnected);
    CHECK_ERROR(vestibule_recv_disconnect(pair.server, &nowhere), FAULT);
    CHECK(nowhere.len == 4);
    if (family == VESTIBULE_AF_IN_PROCESS) {
        struct vestibule_buffer goodbye = {7, (char *)"goodbye"};
        CHECK(vestibule_send_disconnect(pair.client, &goodbye) == 0);
        room.len = 6;
        CHECK_ERROR(vestibule_recv_disconnect(pair.server, &room), FAULT); /* and it stays */
        CHECK(room.len == 6 && untouched(bytes, sizeof bytes));
        room.len = 7;
        CHECK(vestibule_recv_disconnect(pair.server, &room) == 0 && room.len == 7);
        CHECK(memcmp(bytes, "goodbye", 7) == 0);
    } else {
        CHECK_ERROR(vestibule_recv_disconnect(pair.server, &room), VESTIBULE_WSAENOPROTOOPT);
        CHECK(room.len == sizeof bytes && untouched(bytes, sizeof bytes));
        can_talk(pair);
    }
    close_both(pair);
}

#endif
