/* Urgent data: VESTIBULE_MSG_OOB and the mark. */

#define _DEFAULT_SOURCE /* usleep */

#include "util.h"

#include <unistd.h>

/* Waits until an urgent byte has arrived. */
static void until_urgent(vestibule_handle socket) {
    const int flags = VESTIBULE_MSG_OOB | VESTIBULE_MSG_PEEK;
    char byte;
    int left;
    for (left = 5000; vestibule_recv(socket, &byte, 1, flags) != 1; left--) {
        CHECK(left > 0 && vestibule_last_error() == VESTIBULE_WSAEINVAL);
        usleep(1000);
    }
}

static void beside_the_stream(int family) {
    struct both_ends pair = connect_both(family);
    char bytes[8];
    CHECK(vestibule_at_mark(pair.server) == 1);
    CHECK(vestibule_send(pair.client, "ab!", 3, VESTIBULE_MSG_OOB | VESTIBULE_MSG_DONTROUTE) == 3);
    CHECK(vestibule_send(pair.client, "cd", 2, 0) == 2);
    until_urgent(pair.server);
    CHECK(vestibule_at_mark(pair.server) == 0);
    CHECK(vestibule_recv(pair.server, bytes, 8, VESTIBULE_MSG_OOB) == 1 && bytes[0] == '!');
    CHECK_FAILS(vestibule_recv(pair.server, bytes, 8, VESTIBULE_MSG_OOB), -1, VESTIBULE_WSAEINVAL);
    CHECK(vestibule_recv(pair.server, bytes, 8, 0) == 2 && memcmp(bytes, "ab", 2) == 0);
    CHECK(vestibule_at_mark(pair.server) == 1);
    CHECK(vestibule_recv(pair.server, bytes, 8, 0) == 2 && memcmp(bytes, "cd", 2) == 0);
    close_both(pair);
}

static void in_the_stream(int family) {
    struct both_ends pair = connect_both(family);
    char bytes[8];
    int on = 1, left;
    CHECK(vestibule_setsockopt(pair.server, VESTIBULE_SOL_SOCKET, VESTIBULE_SO_OOBINLINE, &on,
                               sizeof on) == 0);
    CHECK(vestibule_send(pair.client, "ab!", 3, VESTIBULE_MSG_OOB) == 3);
    for (left = 5000; vestibule_at_mark(pair.server) != 0; left--) {
        CHECK(left > 0);
        usleep(1000);
    }
    CHECK_FAILS(vestibule_recv(pair.server, bytes, 8, VESTIBULE_MSG_OOB), -1, VESTIBULE_WSAEINVAL);
    CHECK(vestibule_recv(pair.server, bytes, 8, 0) == 2);
    CHECK(vestibule_at_mark(pair.server) == 1);
    CHECK(vestibule_recv(pair.server, bytes, 8, 0) == 1 && bytes[0] == '!');
    close_both(pair);
}

static void nowhere_else(int type) {
    vestibule_handle socket = vestibule_socket(VESTIBULE_AF_IN_PROCESS, type, 0);
    char byte = 0;
    CHECK_FAILS(vestibule_send(socket, "!", 1, VESTIBULE_MSG_OOB), -1, VESTIBULE_WSAEOPNOTSUPP);
    CHECK_FAILS(vestibule_recv(socket, &byte, 1, VESTIBULE_MSG_OOB), -1, VESTIBULE_WSAEOPNOTSUPP);
    CHECK_ERROR(vestibule_at_mark(socket), VESTIBULE_WSAEOPNOTSUPP);
    CHECK(vestibule_closesocket(socket) == 0);
}

int main(void) {
    const int *family;
    for (family = families(); *family != 0; family++) {
        if (*family == VESTIBULE_AF_IN_PROCESS)
            continue;
        beside_the_stream(*family);
        in_the_stream(*family);
    }
    nowhere_else(SOCK_STREAM);
    nowhere_else(SOCK_SEQPACKET);
    return 0;
}
