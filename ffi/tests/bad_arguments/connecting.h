/* Bad arguments of the calls that accept and connect. */

#ifndef BAD_ARGUMENTS_CONNECTING_H
#define BAD_ARGUMENTS_CONNECTING_H

#include "shared.h"

static void accept_handle(uintptr_t bad) {
    CHECK_NO_SOCKET(vestibule_accept(bad, NULL, NULL, NULL, 0), VESTIBULE_WSAENOTSOCK);
}

static void does_not_accept(vestibule_handle socket) {
    struct address room = room_for_address();
    CHECK_NO_SOCKET(vestibule_accept(socket, &room.is.any, &room.length, answer, 0),
                    VESTIBULE_WSAEINVAL);
    CHECK_NO_SOCKET(vestibule_accept_timeout(socket, &room.is.any, &room.length, answer, 0, 0),
                    VESTIBULE_WSAEINVAL);
    CHECK(untouched(&room.is, sizeof room.is) && room.length == sizeof room.is);
}

static void accept_arguments(int family) {
    struct address room = room_for_address();
    struct both_ends pair = connect_both(family);
    vestibule_handle socket = stream(family);
    does_not_accept(socket);
    does_not_accept(pair.client);
    does_not_accept(pair.server);
    close_both(pair);
    CHECK(vestibule_closesocket(socket) == 0);
    socket = bound(family);
    does_not_accept(socket);
    CHECK(vestibule_closesocket(socket) == 0);
    /* Too little room is seen before anything is waited for or taken. */
    socket = listening(family);
    room.length = loopback(family).length - 1;
    CHECK_NO_SOCKET(vestibule_accept(socket, &room.is.any, &room.length, answer, 0), FAULT);
    room.length = 0;
    CHECK_NO_SOCKET(vestibule_accept(socket, &room.is.any, &room.length, answer, 0), FAULT);
    CHECK(untouched(&room.is, sizeof room.is) && room.length == 0);
    CHECK(vestibule_closesocket(socket) == 0);
}

static void accept_timeout_handle(uintptr_t bad) {
    CHECK_NO_SOCKET(vestibule_accept_timeout(bad, NULL, NULL, NULL, 0, 0), VESTIBULE_WSAENOTSOCK);
}

static void accept_timeout_arguments(int family) {
    struct address room = room_for_address();
    vestibule_handle socket = listening(family);
    CHECK_NO_SOCKET(vestibule_accept_timeout(socket, NULL, NULL, answer, 0, 0),
                    VESTIBULE_WSAETIMEDOUT);
    room.length = 1;
    CHECK_NO_SOCKET(vestibule_accept_timeout(socket, &room.is.any, &room.length, answer, 0, -1),
                    FAULT);
    CHECK(untouched(&room.is, sizeof room.is) && room.length == 1);
    CHECK(vestibule_closesocket(socket) == 0);
}

static void caller_credentials_arguments(int family) {
    struct vestibule_credentials credentials;
    (void)family;
    memset(&credentials, UNTOUCHED, sizeof credentials);
    CHECK_ERROR(vestibule_caller_credentials(NULL), VESTIBULE_WSAEINVAL);
    CHECK_ERROR(vestibule_caller_credentials(&credentials), VESTIBULE_WSAEINVAL);
    CHECK(untouched(&credentials, sizeof credentials));
}

static void connect_handle(uintptr_t bad) {
    char bytes[4] = {0};
    struct vestibule_buffer callee = {sizeof bytes, bytes};
    CHECK_ERROR(vestibule_connect(bad, NULL, 0, NULL, &callee, NULL, NULL), VESTIBULE_WSAENOTSOCK);
    CHECK(callee.len == sizeof bytes);
}

/* The arguments of a connect call. */
struct connect {
    const struct sockaddr *name;
    socklen_t length;
    const struct vestibule_buffer *caller_data;
    struct vestibule_buffer *callee_data;
    const struct vestibule_qos *sqos, *gqos;
};

static void connect_fails(vestibule_handle socket, const struct connect *with, int error) {
    uint32_t room = with->callee_data == NULL ? 0 : with->callee_data->len;
    CHECK_ERROR(vestibule_connect(socket, with->name, with->length, with->caller_data,
                                  with->callee_data, with->sqos, with->gqos),
                error);
    if (with->callee_data != NULL) {
        CHECK(with->callee_data->len == 0); /* CON-32 */
        with->callee_data->len = room;
    }
    CHECK_ERROR(vestibule_connect_timeout(socket, with->name, with->length, with->caller_data,
                                          with->callee_data, with->sqos, with->gqos, 1000),
                error);
}

static void connect_arguments(int family) {
    struct address address, other;
    struct both_ends pair = connect_both(family);
    vestibule_handle socket = stream(family), listens = listener(family, &address);
    struct vestibule_buffer nowhere = {4, NULL};
    struct vestibule_qos qos;
    char bytes[4096], answer_room[4];
    struct vestibule_buffer large = {sizeof bytes, bytes},
                            callee = {sizeof answer_room, answer_room};
    int carries_data = family == VESTIBULE_AF_IN_PROCESS;
    struct connect good = {&address.is.any, address.length, NULL, NULL, NULL, NULL}, with;
    memset(bytes, 'x', sizeof bytes);
    memset(answer_room, UNTOUCHED, sizeof answer_room);
    memset(&qos, 0, sizeof qos);

    with = good, with.name = NULL;
    connect_fails(socket, &with, FAULT);
    with = good, with.length = address.length - 1, with.callee_data = &callee;
    connect_fails(socket, &with, FAULT);
    CHECK(untouched(answer_room, sizeof answer_room));
    with = good, with.length = 0;
    connect_fails(socket, &with, FAULT);
    other = address, other.is.any.sa_family = 77;
    with = good, with.name = &other.is.any;
    connect_fails(socket, &with, VESTIBULE_WSAEAFNOSUPPORT);
    with = good, with.caller_data = &nowhere;
    connect_fails(socket, &with, FAULT);
    with = good, with.callee_data = &nowhere;
    connect_fails(socket, &with, FAULT);
    with = good, with.caller_data = &large;
    connect_fails(socket, &with, carries_data ? FAULT : VESTIBULE_WSAEPROTONOSUPPORT);
    with = good, with.gqos = &qos;
    connect_fails(socket, &with, VESTIBULE_WSAEINVAL);
    qos.provider_specific = large;
    with = good, with.sqos = &qos;
    connect_fails(socket, &with, VESTIBULE_WSAEOPNOTSUPP);
    other = loopback(family); /* port 0 */
    with = good, with.name = &other.is.any;
    connect_fails(socket, &with, VESTIBULE_WSAEADDRNOTAVAIL);
    connect_fails(listens, &good, VESTIBULE_WSAEINVAL);
    connect_fails(pair.client, &good, VESTIBULE_WSAEISCONN);
    connect_fails(pair.server, &good, VESTIBULE_WSAEISCONN);
    /* None of these calls has sent a request. */
    CHECK_NO_SOCKET(vestibule_accept_timeout(listens, NULL, NULL, NULL, 0, 0),
                    VESTIBULE_WSAETIMEDOUT);
    CHECK(vestibule_closesocket(socket) == 0);
    CHECK(vestibule_closesocket(listens) == 0);
    close_both(pair);
}

static void connect_timeout_handle(uintptr_t bad) {
    CHECK_ERROR(vestibule_connect_timeout(bad, NULL, 0, NULL, NULL, NULL, NULL, -1),
                VESTIBULE_WSAENOTSOCK);
}

static void finish_connect_handle(uintptr_t bad) {
    CHECK_ERROR(vestibule_finish_connect(bad, -1), VESTIBULE_WSAENOTSOCK);
}

static void has_no_attempt(vestibule_handle socket) {
    CHECK_ERROR(vestibule_finish_connect(socket, -1), VESTIBULE_WSAENOTCONN);
    CHECK_ERROR(vestibule_finish_connect(socket, 0), VESTIBULE_WSAENOTCONN);
}

static void finish_connect_arguments(int family) {
    on_unconnected(family, has_no_attempt);
}

static void callee_data_handle(uintptr_t bad) {
    CHECK_ERROR(vestibule_callee_data(bad, NULL), VESTIBULE_WSAENOTSOCK);
}

static void callee_data_arguments(int family) {
    struct both_ends pair = connect_both(family);
    struct vestibule_buffer nowhere = {4, NULL}, nothing = {0, NULL};
    CHECK_ERROR(vestibule_callee_data(pair.client, NULL), FAULT);
    CHECK_ERROR(vestibule_callee_data(pair.client, &nowhere), FAULT);
    CHECK(nowhere.len == 4);
    CHECK(vestibule_callee_data(pair.client, &nothing) == 0 && nothing.len == 0);
    close_both(pair);
}

#endif
