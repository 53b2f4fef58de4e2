/* Endings that are not orderly, on plain TCP: unread data when receiving ends (DIS-32), and a
 * non-blocking close that would have to linger (DIS-42). */

#include "util.h"

struct pair {
    vestibule_handle ours, theirs;
};

static struct pair connected(void) {
    struct address address;
    struct caller caller;
    struct pair pair;
    vestibule_handle socket = listener(AF_INET, &address);
    call(&caller, &address, NULL);
    pair.theirs = vestibule_accept(socket, NULL, NULL, NULL, 0);
    answered(&caller);
    pair.ours = caller.socket;
    CHECK(pair.theirs != VESTIBULE_INVALID_SOCKET && caller.result == 0);
    CHECK(vestibule_closesocket(socket) == 0);
    return pair;
}

static void receiving_ends_with_data_unread(void) {
    struct pair pair = connected();
    char byte;
    CHECK(vestibule_send(pair.theirs, "unread", 6, 0) == 6);
    CHECK(vestibule_recv(pair.ours, &byte, 1, VESTIBULE_MSG_PEEK) == 1);
    CHECK(vestibule_shutdown(pair.ours, VESTIBULE_SHUT_RECEIVE) == 0);
    CHECK_FAILS(vestibule_recv(pair.ours, &byte, 1, 0), -1, VESTIBULE_WSAESHUTDOWN);
    CHECK_FAILS(vestibule_send(pair.ours, "x", 1, 0), -1, VESTIBULE_WSAECONNABORTED);
    CHECK_FAILS(vestibule_recv(pair.theirs, &byte, 1, 0), -1, VESTIBULE_WSAECONNRESET);
    CHECK(vestibule_closesocket(pair.ours) == 0 && vestibule_closesocket(pair.theirs) == 0);
}

static void a_non_blocking_close_does_not_linger(void) {
    static const char block[65536];
    const struct vestibule_linger linger = {1, 30}, none = {0, 0};
    struct pair pair = connected();
    CHECK(vestibule_setsockopt(pair.ours, VESTIBULE_SOL_SOCKET, VESTIBULE_SO_LINGER, &linger,
                               sizeof linger) == 0);
    CHECK(vestibule_set_nonblocking(pair.ours, 1) == 0);
    while (vestibule_send(pair.ours, block, sizeof block, 0) > 0)
        ;
    CHECK(vestibule_last_error() == VESTIBULE_WSAEWOULDBLOCK);
    CHECK_ERROR(vestibule_closesocket(pair.ours), VESTIBULE_WSAEWOULDBLOCK);
    CHECK(vestibule_setsockopt(pair.ours, VESTIBULE_SOL_SOCKET, VESTIBULE_SO_LINGER, &none,
                               sizeof none) == 0);
    CHECK(vestibule_closesocket(pair.ours) == 0 && vestibule_closesocket(pair.theirs) == 0);
}

int main(void) {
    receiving_ends_with_data_unread();
    a_non_blocking_close_does_not_linger();
    return 0;
}
