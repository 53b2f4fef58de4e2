/* Datagrams: sockets without connections (LSN-17, CON-28, ACC-17, ERR-18). */

#include "util.h"

static vestibule_handle bound(int family, struct address *address) {
    vestibule_handle socket = vestibule_socket(family, SOCK_DGRAM, IPPROTO_UDP);
    *address = loopback(family);
    CHECK(socket != VESTIBULE_INVALID_SOCKET);
    CHECK(vestibule_bind(socket, &address->is.any, address->length) == 0);
    *address = local_address(socket);
    return socket;
}

static void there_and_back(int family) {
    struct address first, second, from;
    vestibule_handle one = bound(family, &first), other = bound(family, &second);
    char bytes[8];
    memset(&from, 0, sizeof from);
    from.length = sizeof from.is;
    CHECK(vestibule_sendto(one, "hello", 5, 0, &second.is.any, second.length) == 5);
    CHECK(vestibule_recvfrom(other, bytes, 8, VESTIBULE_MSG_PEEK, &from.is.any, &from.length) == 5);
    CHECK(same_address(&from, &first) && vestibule_bytes_readable(other) == 5);
    CHECK_FAILS(vestibule_recvfrom(other, bytes, 4, VESTIBULE_MSG_PEEK, NULL, NULL), -1,
                VESTIBULE_WSAEMSGSIZE); /* ERR-18 */
    CHECK(memcmp(bytes, "hell", 4) == 0);
    CHECK_FAILS(vestibule_recv(other, bytes, 4, 0), -1, VESTIBULE_WSAEMSGSIZE);
    CHECK(vestibule_sendto(other, "", 0, 0, &from.is.any, from.length) == 0);
    CHECK(vestibule_recv(one, bytes, 8, 0) == 0);
    CHECK(vestibule_closesocket(one) == 0 && vestibule_closesocket(other) == 0);
}

static void connected(int family) {
    struct address first, second, peer;
    vestibule_handle one = bound(family, &first), other = bound(family, &second);
    char bytes[8], room[4] = {0};
    struct vestibule_buffer caller = {5, (char *)"hello"}, callee = {sizeof room, room};
    memset(&peer, 0, sizeof peer);
    peer.length = sizeof peer.is;
    CHECK_FAILS(vestibule_send(one, "x", 1, 0), -1, VESTIBULE_WSAENOTCONN);
    CHECK(vestibule_connect(one, &second.is.any, second.length, &caller, &callee, NULL, NULL) == 0);
    CHECK(callee.len == 0); /* CON-28 */
    CHECK(vestibule_getpeername(one, &peer.is.any, &peer.length) == 0);
    CHECK(same_address(&peer, &second));
    CHECK(vestibule_send(one, "x", 1, 0) == 1 && vestibule_recv(other, bytes, 8, 0) == 1);
    CHECK(vestibule_sendto(one, "yz", 2, 0, NULL, 0) == 2);
    CHECK(vestibule_recv(other, bytes, 8, 0) == 2 && memcmp(bytes, "yz", 2) == 0);
    CHECK(vestibule_closesocket(one) == 0 && vestibule_closesocket(other) == 0);
}

static void nothing_to_accept(int family) {
    struct address address;
    vestibule_handle socket = bound(family, &address);
    CHECK_ERROR(vestibule_listen(socket, 5), VESTIBULE_WSAEOPNOTSUPP); /* LSN-17 */
    CHECK_NO_SOCKET(vestibule_accept(socket, NULL, NULL, NULL, 0),
                    VESTIBULE_WSAEOPNOTSUPP); /* ACC-17 */
    CHECK_NO_SOCKET(decide(socket, VESTIBULE_ACCEPT), VESTIBULE_WSAEOPNOTSUPP);
    CHECK_ERROR(vestibule_send_disconnect(socket, NULL), VESTIBULE_WSAEOPNOTSUPP);
    CHECK_ERROR(vestibule_recv_disconnect(socket, NULL), VESTIBULE_WSAEOPNOTSUPP);
    CHECK(vestibule_closesocket(socket) == 0);
}

static void options(int family) {
    struct address address;
    vestibule_handle socket = bound(family, &address), tcp = stream(family);
    const int level = VESTIBULE_SOL_SOCKET;
    int value = 0, on = 1;
    socklen_t length = sizeof value;
    CHECK(vestibule_getsockopt(socket, level, VESTIBULE_SO_TYPE, &value, &length) == 0);
    CHECK(value == SOCK_DGRAM);
    CHECK(vestibule_getsockopt(socket, level, VESTIBULE_SO_MAX_MSG_SIZE, &value, &length) == 0);
    CHECK(value == (family == AF_INET ? 65507 : 65527));
    CHECK(vestibule_setsockopt(socket, level, VESTIBULE_SO_BROADCAST, &on, sizeof on) == 0);
    CHECK(vestibule_getsockopt(socket, level, VESTIBULE_SO_BROADCAST, &value, &length) == 0);
    CHECK(value == 1);
    CHECK_ERROR(vestibule_setsockopt(tcp, level, VESTIBULE_SO_BROADCAST, &on, sizeof on),
                VESTIBULE_WSAENOPROTOOPT);
    CHECK_ERROR(vestibule_setsockopt(socket, level, VESTIBULE_SO_KEEPALIVE, &on, sizeof on),
                VESTIBULE_WSAENOPROTOOPT);
    CHECK(vestibule_set_nonblocking(socket, 1) == 0);
    CHECK_FAILS(vestibule_recv(socket, &value, 1, 0), -1, VESTIBULE_WSAEWOULDBLOCK);
    CHECK(vestibule_shutdown(socket, VESTIBULE_SHUT_BOTH) == 0);
    CHECK_FAILS(vestibule_recv(socket, &value, 1, 0), -1, VESTIBULE_WSAESHUTDOWN);
    CHECK(vestibule_closesocket(socket) == 0 && vestibule_closesocket(tcp) == 0);
}

/* Where there are connections, addresses are ignored. */
static void on_a_stream(int family) {
    struct both_ends pair = connect_both(family);
    char byte = 0;
    socklen_t length = 1;
    CHECK(vestibule_sendto(pair.client, "x", 1, 0, (struct sockaddr *)&byte, 1) == 1);
    CHECK(vestibule_recvfrom(pair.server, &byte, 1, 0, (struct sockaddr *)&byte, &length) == 1);
    CHECK(byte == 'x' && length == 1);
    close_both(pair);
}

int main(void) {
    const int *family;
    for (family = families(); *family != 0; family++) {
        on_a_stream(*family);
        if (*family == VESTIBULE_AF_IN_PROCESS)
            continue;
        there_and_back(*family);
        connected(*family);
        nothing_to_accept(*family);
        options(*family);
    }
    return 0;
}
