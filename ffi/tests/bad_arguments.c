/* Every function of vestibule.h with every kind of bad argument: handles that are no sockets,
 * sockets in the wrong state, NULL, lengths that are short, zero or huge, unknown levels, options,
 * flags and directions (HND-15, HND-16, HND-32, HND-37, LSN-11, CON-13, DIS-23). Each fails with
 * the error that its documentation names, in the order that it names, and writes nothing. */

#include "util.h"

#include "every_export.h"

#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

#define UNTOUCHED 0xA5

#define FAULT VESTIBULE_WSAEFAULT

static const int level = VESTIBULE_SOL_SOCKET;

/* ---- What calls must not write to ------------------------------------------------------------ */

static struct address room_for_address(void) {
    struct address address;
    memset(&address, UNTOUCHED, sizeof address);
    address.length = sizeof address.is;
    return address;
}

static int untouched(const void *memory, size_t length) {
    const unsigned char *bytes = memory;
    size_t index;
    for (index = 0; index < length; index++)
        if (bytes[index] != UNTOUCHED)
            return 0;
    return 1;
}

/* ---- Network events -------------------------------------------------------------------------- */

#include "bad_events.h"

/* ---- Sockets of every state ------------------------------------------------------------------ */

static vestibule_handle bound(int family) {
    struct address address = loopback(family);
    vestibule_handle socket = stream(family);
    CHECK(vestibule_bind(socket, &address.is.any, address.length) == 0);
    return socket;
}

static vestibule_handle listening(int family) {
    struct address address;
    return listener(family, &address);
}

/* Nothing that went before has ended the connection. */
static void can_talk(struct both_ends pair) {
    char byte = 0;
    CHECK(vestibule_send(pair.client, "x", 1, 0) == 1);
    CHECK(vestibule_recv(pair.server, &byte, 1, 0) == 1 && byte == 'x');
}

/* Makes sockets that are not connected, one of each state, and lets `test` look at them. */
static void on_unconnected(int family, void (*test)(vestibule_handle)) {
    vestibule_handle sockets[] = {stream(family), bound(family), listening(family)};
    size_t index;
    for (index = 0; index < COUNT(sockets); index++) {
        test(sockets[index]);
        CHECK(vestibule_closesocket(sockets[index]) == 0);
    }
}

/* ---- Sockets --------------------------------------------------------------------------------- */

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

/* ---- Accepting and connecting ---------------------------------------------------------------- */

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

/* ---- Data and goodbye ------------------------------------------------------------------------ */

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

/* ---- Options --------------------------------------------------------------------------------- */

static void getsockopt_handle(uintptr_t bad) {
    CHECK_ERROR(vestibule_getsockopt(bad, 99, 99, NULL, NULL), VESTIBULE_WSAENOTSOCK);
}

static void getsockopt_arguments(int family) {
    vestibule_handle socket = stream(family);
    unsigned char value[4];
    const int option = VESTIBULE_SO_REUSEADDR;
    socklen_t length = sizeof value, shorter;
    memset(value, UNTOUCHED, sizeof value);
    CHECK_ERROR(vestibule_getsockopt(socket, 1, option, value, &length), VESTIBULE_WSAEINVAL);
    CHECK_ERROR(vestibule_getsockopt(socket, -1, option, value, &length), VESTIBULE_WSAEINVAL);
    CHECK_ERROR(vestibule_getsockopt(socket, level, 0x7777, value, &length),
                VESTIBULE_WSAENOPROTOOPT);
    CHECK_ERROR(vestibule_getsockopt(socket, level, -1, value, &length), VESTIBULE_WSAENOPROTOOPT);
    CHECK_ERROR(vestibule_getsockopt(socket, level, option, NULL, &length), FAULT);
    CHECK_ERROR(vestibule_getsockopt(socket, level, option, value, NULL), FAULT);
    for (shorter = 0; shorter < sizeof value; shorter++) {
        length = shorter;
        CHECK_ERROR(vestibule_getsockopt(socket, level, option, value, &length), FAULT);
        CHECK(length == shorter && untouched(value, sizeof value));
    }
    length = INT_MAX;
    CHECK(vestibule_getsockopt(socket, level, option, value, &length) == 0);
    CHECK(length == sizeof value);
    CHECK(vestibule_closesocket(socket) == 0);
}

static void setsockopt_handle(uintptr_t bad) {
    CHECK_ERROR(vestibule_setsockopt(bad, 99, 99, NULL, 0), VESTIBULE_WSAENOTSOCK);
}

static void setsockopt_arguments(int family) {
    vestibule_handle socket = stream(family);
    const int option = VESTIBULE_SO_REUSEADDR;
    int value = 1, after = 77;
    socklen_t length;
    CHECK_ERROR(vestibule_setsockopt(socket, 1, option, &value, 4), VESTIBULE_WSAEINVAL);
    CHECK_ERROR(vestibule_setsockopt(socket, -1, option, &value, 4), VESTIBULE_WSAEINVAL);
    CHECK_ERROR(vestibule_setsockopt(socket, level, 0x7777, &value, 4), VESTIBULE_WSAENOPROTOOPT);
    CHECK_ERROR(vestibule_setsockopt(socket, level, VESTIBULE_SO_TYPE, &value, 4),
                VESTIBULE_WSAENOPROTOOPT);
    CHECK_ERROR(vestibule_setsockopt(socket, level, option, NULL, 4), FAULT);
    for (length = 0; length < sizeof value; length++)
        CHECK_ERROR(vestibule_setsockopt(socket, level, option, &value, length), FAULT);
    length = sizeof after;
    CHECK(vestibule_getsockopt(socket, level, option, &after, &length) == 0 && after == 0);
    CHECK(vestibule_closesocket(socket) == 0);
}

static void set_nonblocking_handle(uintptr_t bad) {
    CHECK_ERROR(vestibule_set_nonblocking(bad, 1), VESTIBULE_WSAENOTSOCK);
}

static void user_data_limits_handle(uintptr_t bad) {
    size_t connect_data = 77, disconnect_data = 77;
    CHECK_ERROR(vestibule_user_data_limits(bad, &connect_data, &disconnect_data),
                VESTIBULE_WSAENOTSOCK);
    CHECK(connect_data == 77 && disconnect_data == 77);
}

static void user_data_limits_arguments(int family) {
    vestibule_handle socket = stream(family);
    size_t limit = 77;
    CHECK(vestibule_user_data_limits(socket, NULL, NULL) == 0);
    CHECK(vestibule_user_data_limits(socket, NULL, &limit) == 0 && limit != 77);
    CHECK(vestibule_closesocket(socket) == 0);
}

static void read_descriptor_handle(uintptr_t bad) {
    CHECK_ERROR(vestibule_read_descriptor(bad), VESTIBULE_WSAENOTSOCK);
}

static void write_descriptor_handle(uintptr_t bad) {
    CHECK_ERROR(vestibule_write_descriptor(bad), VESTIBULE_WSAENOTSOCK);
}

/* ---- Capabilities and quality of service ----------------------------------------------------- */

static void capabilities_arguments(int family) {
    uint32_t capabilities = 0xA5A5A5A5;
    CHECK_ERROR(vestibule_capabilities(-1, SOCK_STREAM, 0, &capabilities),
                VESTIBULE_WSAEAFNOSUPPORT);
    CHECK_ERROR(vestibule_capabilities(family, 77, 0, &capabilities), VESTIBULE_WSAESOCKTNOSUPPORT);
    CHECK_ERROR(vestibule_capabilities(family, SOCK_STREAM, 99, &capabilities),
                VESTIBULE_WSAEPROTONOSUPPORT);
    CHECK_ERROR(vestibule_capabilities(family, SOCK_STREAM, 0, NULL), FAULT);
    CHECK(capabilities == 0xA5A5A5A5);
}

static void set_qos_handle(uintptr_t bad) {
    CHECK_ERROR(vestibule_set_qos(bad, NULL), VESTIBULE_WSAENOTSOCK);
}

static void negotiated_qos_handle(uintptr_t bad) {
    CHECK_ERROR(vestibule_negotiated_qos(bad, NULL), VESTIBULE_WSAENOTSOCK);
}

static void qos_arguments(int family) {
    vestibule_handle socket = stream(family), named = bound(family);
    int has_qos = family == VESTIBULE_AF_IN_PROCESS;
    struct vestibule_qos qos, wrong;
    memset(&qos, UNTOUCHED, sizeof qos);
    memset(&wrong, 0, sizeof wrong);
    wrong.provider_specific.len = 4;
    CHECK_ERROR(vestibule_set_qos(socket, NULL), has_qos ? FAULT : VESTIBULE_WSAENOPROTOOPT);
    CHECK_ERROR(vestibule_set_qos(socket, &wrong),
                has_qos ? VESTIBULE_WSAEOPNOTSUPP : VESTIBULE_WSAENOPROTOOPT);
    CHECK_ERROR(vestibule_negotiated_qos(socket, &qos),
                has_qos ? VESTIBULE_WSAEINVAL : VESTIBULE_WSAENOPROTOOPT);
    CHECK_ERROR(vestibule_negotiated_qos(named, NULL), has_qos ? FAULT : VESTIBULE_WSAENOPROTOOPT);
    CHECK(untouched(&qos, sizeof qos));
    CHECK(vestibule_closesocket(socket) == 0 && vestibule_closesocket(named) == 0);
}

static int other_socket(int family, int type) {
    int descriptor = socket(family, type, 0);
    CHECK(descriptor >= 0);
    return descriptor;
}

/* After each failure the descriptor still is the program's, to close. */
static void adopt_arguments(int family) {
    vestibule_handle ours = stream(family);
    int others[] = {open("/dev/null", O_RDWR), other_socket(AF_UNIX, SOCK_STREAM),
                    other_socket(AF_INET, SOCK_DGRAM), other_socket(AF_INET, SOCK_STREAM)};
    static const int errors[] = {VESTIBULE_WSAENOTSOCK, VESTIBULE_WSAEAFNOSUPPORT,
                                 VESTIBULE_WSAESOCKTNOSUPPORT, VESTIBULE_WSAENOTCONN};
    size_t index;
    CHECK_NO_SOCKET(vestibule_adopt(-1), VESTIBULE_WSAENOTSOCK);
    CHECK_NO_SOCKET(vestibule_adopt(1000000), VESTIBULE_WSAENOTSOCK);
    CHECK_NO_SOCKET(vestibule_adopt(INT_MAX), VESTIBULE_WSAEMFILE);
    CHECK_NO_SOCKET(vestibule_adopt(vestibule_read_descriptor(ours)),
                    family == VESTIBULE_AF_IN_PROCESS ? VESTIBULE_WSAENOTSOCK
                                                      : VESTIBULE_WSAEINVAL);
    for (index = 0; index < COUNT(others); index++) {
        CHECK_NO_SOCKET(vestibule_adopt(others[index]), errors[index]);
        CHECK(close(others[index]) == 0);
    }
    CHECK(vestibule_closesocket(ours) == 0);
}

static void detach_handle(uintptr_t bad) {
    CHECK_ERROR(vestibule_detach(bad), VESTIBULE_WSAENOTSOCK);
}

static void detach_arguments(int family) {
    vestibule_handle socket = stream(family);
    if (family == VESTIBULE_AF_IN_PROCESS) {
        CHECK_ERROR(vestibule_detach(socket), VESTIBULE_WSAEOPNOTSUPP);
        CHECK(vestibule_closesocket(socket) == 0);
    } else {
        CHECK(vestibule_detach(socket) == (int)socket);
        CHECK_ERROR(vestibule_closesocket(socket), VESTIBULE_WSAENOTSOCK);
        CHECK(close((int)socket) == 0);
    }
}

/* ---- The process and its errors -------------------------------------------------------------- */

static void error_name_arguments(int family) {
    static const int unknown[] = {0, -1, 1, 10000, 4711, INT_MIN, INT_MAX};
    size_t index;
    (void)family;
    for (index = 0; index < COUNT(unknown); index++) {
        CHECK(vestibule_error_name(unknown[index]) == NULL);
        CHECK(vestibule_error_text(unknown[index]) == NULL);
        CHECK(vestibule_error_errno(unknown[index]) == 0);
    }
}

static void configure_arguments(int family) {
    uint32_t value = 77, before;
    (void)family;
    CHECK(vestibule_setting(VESTIBULE_BACKLOG_CEILING, &before) == 0);
    CHECK_ERROR(vestibule_configure(0, 1), VESTIBULE_WSAEINVAL);
    CHECK_ERROR(vestibule_configure(UINT32_MAX, 1), VESTIBULE_WSAEINVAL);
    CHECK_ERROR(vestibule_configure(VESTIBULE_BACKLOG_CEILING, 0), VESTIBULE_WSAEINVAL);
    CHECK_ERROR(vestibule_configure(VESTIBULE_CALLER_CHECK, 2), VESTIBULE_WSAEINVAL);
    CHECK_ERROR(vestibule_configure(VESTIBULE_CONNECT_DATA_LIMIT, UINT32_MAX), VESTIBULE_WSAEINVAL);
    CHECK(vestibule_setting(VESTIBULE_BACKLOG_CEILING, &value) == 0 && value == before);
}

static void setting_arguments(int family) {
    uint32_t value = 77;
    (void)family;
    CHECK_ERROR(vestibule_setting(VESTIBULE_CONNECT_TIMEOUT, NULL), FAULT);
    CHECK_ERROR(vestibule_setting(0, &value), VESTIBULE_WSAEINVAL);
    CHECK_ERROR(vestibule_setting(UINT32_MAX, &value), VESTIBULE_WSAEINVAL);
    CHECK_ERROR(vestibule_setting(UINT32_MAX, NULL), VESTIBULE_WSAEINVAL);
    CHECK(value == 77);
}

static const struct row rows[] = {
    {"vestibule_accept", accept_handle, accept_arguments},
    {"vestibule_accept_timeout", accept_timeout_handle, accept_timeout_arguments},
    {"vestibule_adopt", NULL, adopt_arguments},
    {"vestibule_async_select", async_select_handle, async_select_arguments},
    {"vestibule_at_mark", at_mark_handle, at_mark_arguments},
    {"vestibule_bind", bind_handle, bind_arguments},
    {"vestibule_bytes_readable", bytes_readable_handle, bytes_readable_arguments},
    {"vestibule_callee_data", callee_data_handle, callee_data_arguments},
    {"vestibule_caller_credentials", NULL, caller_credentials_arguments},
    {"vestibule_capabilities", NULL, capabilities_arguments},
    {"vestibule_close_event", close_event_handle, close_event_arguments},
    {"vestibule_close_port", close_port_handle, close_port_arguments},
    {"vestibule_closesocket", closesocket_handle, NULL},
    {"vestibule_configure", NULL, configure_arguments},
    {"vestibule_connect", connect_handle, connect_arguments},
    {"vestibule_connect_timeout", connect_timeout_handle, connect_arguments},
    {"vestibule_create_event", NULL, create_event_arguments},
    {"vestibule_create_port", NULL, create_port_arguments},
    {"vestibule_detach", detach_handle, detach_arguments},
    {"vestibule_enum_network_events", enum_network_events_handle, enum_network_events_arguments},
    {"vestibule_error_errno", NULL, error_name_arguments},
    {"vestibule_error_name", NULL, error_name_arguments},
    {"vestibule_error_text", NULL, error_name_arguments},
    {"vestibule_event_descriptor", event_descriptor_handle, event_descriptor_arguments},
    {"vestibule_event_select", event_select_handle, event_select_arguments},
    {"vestibule_finish_connect", finish_connect_handle, finish_connect_arguments},
    {"vestibule_get_notification", get_notification_handle, get_notification_arguments},
    {"vestibule_getpeername", getpeername_handle, getpeername_arguments},
    {"vestibule_getsockname", getsockname_handle, getsockname_arguments},
    {"vestibule_getsockopt", getsockopt_handle, getsockopt_arguments},
    {"vestibule_last_error", NULL, NULL},
    {"vestibule_listen", listen_handle, listen_arguments},
    {"vestibule_negotiated_qos", negotiated_qos_handle, qos_arguments},
    {"vestibule_port_descriptor", port_descriptor_handle, port_descriptor_arguments},
    {"vestibule_read_descriptor", read_descriptor_handle, NULL},
    {"vestibule_recv", recv_handle, recv_arguments},
    {"vestibule_recv_disconnect", recv_disconnect_handle, recv_disconnect_arguments},
    {"vestibule_recvfrom", recvfrom_handle, recvfrom_arguments},
    {"vestibule_recvv", recvv_handle, recvv_arguments},
    {"vestibule_reset_event", reset_event_handle, reset_event_arguments},
    {"vestibule_send", send_handle, send_arguments},
    {"vestibule_send_disconnect", send_disconnect_handle, send_disconnect_arguments},
    {"vestibule_sendto", sendto_handle, sendto_arguments},
    {"vestibule_sendv", sendv_handle, sendv_arguments},
    {"vestibule_set_event", set_event_handle, set_event_arguments},
    {"vestibule_set_last_error", NULL, NULL},
    {"vestibule_set_nonblocking", set_nonblocking_handle, NULL},
    {"vestibule_set_qos", set_qos_handle, qos_arguments},
    {"vestibule_setsockopt", setsockopt_handle, setsockopt_arguments},
    {"vestibule_setting", NULL, setting_arguments},
    {"vestibule_shutdown", shutdown_handle, shutdown_arguments},
    {"vestibule_socket", NULL, socket_arguments},
    {"vestibule_user_data_limits", user_data_limits_handle, user_data_limits_arguments},
    {"vestibule_version", NULL, NULL},
    {"vestibule_wait_for_events", wait_for_events_handle, wait_for_events_arguments},
    {"vestibule_write_descriptor", write_descriptor_handle, NULL},
};

/* ---- Handles --------------------------------------------------------------------------------- */

static void is_not_a_socket(uintptr_t bad) {
    size_t index;
    for (index = 0; index < COUNT(rows); index++)
        if (rows[index].with_handle != NULL)
            rows[index].with_handle(bad);
}

/* Numbers that no call has returned. */
static void never_given(void) {
    static const uintptr_t numbers[] = {
        VESTIBULE_INVALID_SOCKET, (uintptr_t)INT_MIN, 1000000,           1 << 30, (1 << 30) + 12345,
        (uintptr_t)1 << 31,       (uintptr_t)1 << 32, (uintptr_t)1 << 40};
    size_t index;
    for (index = 0; index < COUNT(numbers); index++)
        is_not_a_socket(numbers[index]);
}

/* Descriptors of something else; nobody closes them. */
static void not_of_the_library(void) {
    int others[] = {STDIN_FILENO, open("/dev/null", O_RDWR), socket(AF_INET, SOCK_STREAM, 0)};
    size_t index;
    for (index = 0; index < COUNT(others); index++) {
        int was_open = fcntl(others[index], F_GETFD) >= 0;
        is_not_a_socket((uintptr_t)others[index]);
        CHECK((fcntl(others[index], F_GETFD) >= 0) == was_open);
    }
    CHECK(close(others[1]) == 0 && close(others[2]) == 0);
}

static void closed(int family) {
    vestibule_handle handle = stream(family);
    CHECK(vestibule_closesocket(handle) == 0);
    is_not_a_socket(handle);
}

/* A closed number of the operating system can be another file by now. */
static void reused(void) {
    vestibule_handle handle = stream(AF_INET);
    int successor;
    CHECK(vestibule_closesocket(handle) == 0);
    successor = open("/dev/null", O_RDWR);
    CHECK((vestibule_handle)successor == handle);
    is_not_a_socket(handle);
    CHECK(fcntl(successor, F_GETFD) >= 0);
    CHECK(close(successor) == 0);
}

static void arguments(int family) {
    size_t index;
    for (index = 0; index < COUNT(rows); index++)
        if (rows[index].with_arguments != NULL)
            rows[index].with_arguments(family);
}

int main(void) {
    const int *family;
    check_table(rows, COUNT(rows), 0);
    never_given();
    not_of_the_library();
    reused();
    for (family = families(); *family != 0; family++) {
        closed(*family);
        arguments(*family);
    }
    return 0;
}
