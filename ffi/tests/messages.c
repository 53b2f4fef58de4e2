/* Message-oriented sockets (DIS-34, DIS-35, ERR-18, ERR-45, LAY-24, LAY-36, LAY-37). */

#include "util.h"

static vestibule_handle seqpacket(void) {
    vestibule_handle socket = vestibule_socket(VESTIBULE_AF_IN_PROCESS, SOCK_SEQPACKET, 0);
    CHECK(socket != VESTIBULE_INVALID_SOCKET);
    return socket;
}

static int option(vestibule_handle socket, int name) {
    int value = -1;
    socklen_t length = sizeof value;
    CHECK(vestibule_getsockopt(socket, VESTIBULE_SOL_SOCKET, name, &value, &length) == 0);
    CHECK(length == sizeof value);
    return value;
}

static void connected(vestibule_handle *caller, vestibule_handle *accepted) {
    struct address address = loopback(VESTIBULE_AF_IN_PROCESS);
    vestibule_handle listener = seqpacket();
    CHECK(vestibule_bind(listener, &address.is.any, address.length) == 0);
    CHECK(vestibule_listen(listener, 1) == 0);
    address = local_address(listener);
    *caller = seqpacket();
    CHECK(vestibule_set_nonblocking(*caller, 1) == 0);
    CHECK_ERROR(vestibule_connect(*caller, &address.is.any, address.length, NULL, NULL, NULL, NULL),
                VESTIBULE_WSAEWOULDBLOCK);
    *accepted = decide(listener, VESTIBULE_ACCEPT);
    CHECK(*accepted != VESTIBULE_INVALID_SOCKET);
    CHECK(vestibule_closesocket(listener) == 0);
}

/* A receive that gets exactly this. */
static int receives(vestibule_handle socket, const char *message, size_t room, int flags) {
    char buffer[16];
    memset(buffer, '?', sizeof buffer);
    CHECK(room <= sizeof buffer);
    CHECK(vestibule_recv(socket, buffer, room, flags) == (ssize_t)strlen(message));
    return memcmp(buffer, message, strlen(message)) == 0 && buffer[strlen(message)] == '?';
}

static void boundaries(void) {
    vestibule_handle caller, accepted;
    char buffer[6] = "?????";
    connected(&caller, &accepted);
    CHECK(vestibule_send(caller, "first", 5, 0) == 5);
    CHECK(vestibule_send(caller, NULL, 0, 0) == 0);
    CHECK(vestibule_send(caller, "third", 5, 0) == 5);
    CHECK_ERROR(vestibule_recv(accepted, buffer, 4, 0), VESTIBULE_WSAEMSGSIZE);
    CHECK(memcmp(buffer, "firs?", 6) == 0);
    CHECK(receives(accepted, "first", 15, VESTIBULE_MSG_PEEK));
    CHECK(receives(accepted, "first", 15, 0));
    CHECK(receives(accepted, "", 15, 0));
    CHECK(receives(accepted, "th", 2, VESTIBULE_MSG_PARTIAL));
    CHECK(receives(accepted, "ird", 15, 0));
    CHECK_ERROR(vestibule_recv(accepted, buffer, 5, VESTIBULE_MSG_WAITALL),
                VESTIBULE_WSAEOPNOTSUPP);
    CHECK(vestibule_closesocket(caller) == 0);
    CHECK_ERROR(vestibule_recv(accepted, buffer, 5, 0), VESTIBULE_WSAEDISCON);
    CHECK(receives(accepted, "", 15, VESTIBULE_MSG_PARTIAL));
    CHECK_ERROR(vestibule_recv(accepted, buffer, 5, 0), VESTIBULE_WSAEDISCON);
    CHECK(vestibule_closesocket(accepted) == 0);
}

static void sizes(void) {
    static char message[65537];
    vestibule_handle caller, accepted;
    int room = 100;
    connected(&caller, &accepted);
    CHECK(option(caller, VESTIBULE_SO_MAX_MSG_SIZE) == 65536);
    CHECK_ERROR(vestibule_send(caller, message, 65537, 0), VESTIBULE_WSAEMSGSIZE);
    CHECK(vestibule_send(caller, message, 65536, 0) == 65536);
    CHECK_ERROR(vestibule_send(caller, NULL, 0, 0), VESTIBULE_WSAEWOULDBLOCK);
    CHECK(vestibule_recv(accepted, message, sizeof message, 0) == 65536);
    CHECK(vestibule_setsockopt(accepted, VESTIBULE_SOL_SOCKET, VESTIBULE_SO_RCVBUF, &room,
                               sizeof room) == 0);
    CHECK(option(caller, VESTIBULE_SO_MAX_MSG_SIZE) == 100);
    CHECK_ERROR(vestibule_send(caller, message, 101, 0), VESTIBULE_WSAEMSGSIZE);
    CHECK(vestibule_closesocket(caller) == 0 && vestibule_closesocket(accepted) == 0);
}

static void kinds(void) {
    struct address address;
    char byte;
    vestibule_handle streams = listener(VESTIBULE_AF_IN_PROCESS, &address), other = seqpacket();
    vestibule_handle tcp = stream(AF_INET);
    int value = 1;
    socklen_t length = sizeof value;
    CHECK(option(other, VESTIBULE_SO_TYPE) == SOCK_SEQPACKET);
    CHECK(option(streams, VESTIBULE_SO_TYPE) == SOCK_STREAM);
    CHECK_ERROR(vestibule_connect(other, &address.is.any, address.length, NULL, NULL, NULL, NULL),
                VESTIBULE_WSAECONNREFUSED);
    CHECK_ERROR(vestibule_getsockopt(streams, VESTIBULE_SOL_SOCKET, VESTIBULE_SO_MAX_MSG_SIZE,
                                     &value, &length),
                VESTIBULE_WSAENOPROTOOPT);
    CHECK_ERROR(vestibule_setsockopt(other, VESTIBULE_SOL_SOCKET, VESTIBULE_SO_MAX_MSG_SIZE, &value,
                                     sizeof value),
                VESTIBULE_WSAENOPROTOOPT);
    CHECK_ERROR(vestibule_recv(tcp, &byte, 1, VESTIBULE_MSG_PARTIAL), VESTIBULE_WSAEOPNOTSUPP);
    CHECK_NO_SOCKET(vestibule_socket(AF_INET, SOCK_SEQPACKET, 0), VESTIBULE_WSAESOCKTNOSUPPORT);
    CHECK(vestibule_closesocket(streams) == 0 && vestibule_closesocket(other) == 0);
    CHECK(vestibule_closesocket(tcp) == 0);
}

int main(void) {
    boundaries();
    sizes();
    kinds();
    return 0;
}
