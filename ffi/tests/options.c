/* Options: Winsock's numbers, 4 bytes each (GRP-07, HND-27, LSN-30, SKT-03, SKT-04, UDA-23, ACC-69,
 * DIS-43, SKT-20). */

#include "util.h"

static int get(vestibule_handle socket, int level, int option) {
    int value = 0x5A5A5A5A;
    socklen_t length = 64;
    CHECK(vestibule_getsockopt(socket, level, option, &value, &length) == 0);
    CHECK(length == 4);
    return value;
}

static void set(vestibule_handle socket, int level, int option, int value) {
    CHECK(vestibule_setsockopt(socket, level, option, &value, sizeof value) == 0);
}

static void not_offered(vestibule_handle socket) {
    static const int names[] = {0x2001, 0x2002, 0x7001, 0x7003, 0x7005, 0x7007, 0x1234};
    int value = 0;
    socklen_t length = sizeof value;
    size_t index;
    for (index = 0; index < sizeof names / sizeof *names; index++) {
        CHECK_ERROR(
            vestibule_getsockopt(socket, VESTIBULE_SOL_SOCKET, names[index], &value, &length),
            VESTIBULE_WSAENOPROTOOPT);
        CHECK_ERROR(vestibule_setsockopt(socket, VESTIBULE_SOL_SOCKET, names[index], &value, 4),
                    VESTIBULE_WSAENOPROTOOPT);
    }
    CHECK_ERROR(vestibule_getsockopt(socket, 1, 2, &value, &length), VESTIBULE_WSAEINVAL);
    CHECK_ERROR(
        vestibule_setsockopt(socket, VESTIBULE_SOL_SOCKET, VESTIBULE_SO_ACCEPTCONN, &value, 4),
        VESTIBULE_WSAENOPROTOOPT);
    CHECK_ERROR(vestibule_setsockopt(socket, VESTIBULE_SOL_SOCKET, VESTIBULE_SO_ERROR, &value, 4),
                VESTIBULE_WSAENOPROTOOPT);
}

static void inherited(int family) {
    static const int names[] = {VESTIBULE_SO_KEEPALIVE, VESTIBULE_SO_REUSEADDR,
                                VESTIBULE_SO_SNDBUF,    VESTIBULE_SO_RCVBUF,
                                VESTIBULE_SO_SNDTIMEO,  VESTIBULE_SO_RCVTIMEO};
    static const int values[] = {1, 1, 20000, 30000, 40000, 50000};
    const int level = VESTIBULE_SOL_SOCKET;
    struct address address;
    struct caller caller;
    struct vestibule_linger linger = {1, 7}, read = {0, 0};
    vestibule_handle socket = listener(family, &address), accepted;
    socklen_t length = sizeof read;
    size_t index;

    CHECK(get(socket, level, VESTIBULE_SO_ACCEPTCONN) == 1);
    CHECK(get(socket, level, VESTIBULE_SO_TYPE) == SOCK_STREAM);
    CHECK(get(socket, level, VESTIBULE_SO_ERROR) == 0);
    CHECK(get(socket, level, VESTIBULE_SO_DONTLINGER) == 1);
    for (index = 0; index < sizeof names / sizeof *names; index++)
        set(socket, level, names[index], values[index]);
    CHECK(vestibule_setsockopt(socket, level, VESTIBULE_SO_LINGER, &linger, sizeof linger) == 0);
    CHECK(get(socket, level, VESTIBULE_SO_DONTLINGER) == 0);

    call(&caller, &address, NULL);
    accepted = vestibule_accept(socket, NULL, NULL, NULL, 0);
    answered(&caller);
    CHECK(get(accepted, level, VESTIBULE_SO_ACCEPTCONN) == 0);
    for (index = 0; index < sizeof names / sizeof *names; index++)
        CHECK(get(accepted, level, names[index]) == values[index]);
    CHECK(vestibule_getsockopt(accepted, level, VESTIBULE_SO_LINGER, &read, &length) == 0);
    CHECK(read.on == 1 && read.seconds == 7);
    set(accepted, level, VESTIBULE_SO_DONTLINGER, 1);
    CHECK(vestibule_getsockopt(accepted, level, VESTIBULE_SO_LINGER, &read, &length) == 0);
    CHECK(read.on == 0);
    set(socket, level, VESTIBULE_SO_DONTLINGER, 1);
    hang_up(&caller);
    CHECK(vestibule_closesocket(accepted) == 0);
    CHECK(vestibule_closesocket(socket) == 0);
}

static void told_and_settled(int family) {
    struct address address;
    struct both_ends pair = connect_both(family);
    vestibule_handle socket = stream(family);
    const int level = VESTIBULE_SOL_SOCKET;
    int on = 1;
    CHECK(get(socket, level, VESTIBULE_SO_CONNECT_TIME) == -1); /* SKT-20 */
    CHECK(get(pair.client, level, VESTIBULE_SO_CONNECT_TIME) >= 0);
    CHECK(get(pair.server, level, VESTIBULE_SO_CONNECT_TIME) >= 0);
    set(socket, level, VESTIBULE_SO_DONTROUTE, 1);
    set(socket, level, VESTIBULE_SO_DEBUG, 1);
    CHECK(get(socket, level, VESTIBULE_SO_DONTROUTE) == 1);
    CHECK(get(socket, level, VESTIBULE_SO_DEBUG) == 1);
    set(socket, level, VESTIBULE_SO_EXCLUSIVEADDRUSE, 1);
    CHECK(get(socket, level, VESTIBULE_SO_EXCLUSIVEADDRUSE) == 1);
    CHECK_ERROR(vestibule_setsockopt(socket, level, VESTIBULE_SO_REUSEADDR, &on, sizeof on),
                VESTIBULE_WSAEINVAL);
    CHECK(vestibule_closesocket(socket) == 0);
    socket = listener(family, &address);
    CHECK_ERROR(vestibule_setsockopt(socket, level, VESTIBULE_SO_EXCLUSIVEADDRUSE, &on, sizeof on),
                VESTIBULE_WSAEINVAL);
    CHECK(vestibule_closesocket(socket) == 0);
    close_both(pair);
}

static void of_the_protocol(int family) {
    static const int names[] = {VESTIBULE_TCP_KEEPIDLE, VESTIBULE_TCP_KEEPINTVL,
                                VESTIBULE_TCP_KEEPCNT};
    vestibule_handle socket = stream(family);
    int value = 9;
    size_t index;
    for (index = 0; index < sizeof names / sizeof *names; index++) {
        if (family == VESTIBULE_AF_IN_PROCESS) {
            CHECK_ERROR(
                vestibule_setsockopt(socket, VESTIBULE_IPPROTO_TCP, names[index], &value, 4),
                VESTIBULE_WSAENOPROTOOPT);
        } else {
            set(socket, VESTIBULE_IPPROTO_TCP, names[index], 9 + (int)index);
            CHECK(get(socket, VESTIBULE_IPPROTO_TCP, names[index]) == 9 + (int)index);
        }
    }
    if (family == AF_INET6) {
        set(socket, VESTIBULE_IPPROTO_IPV6, VESTIBULE_IPV6_V6ONLY, 1);
        CHECK(get(socket, VESTIBULE_IPPROTO_IPV6, VESTIBULE_IPV6_V6ONLY) == 1);
    } else {
        CHECK_ERROR(
            vestibule_setsockopt(socket, VESTIBULE_IPPROTO_IPV6, VESTIBULE_IPV6_V6ONLY, &value, 4),
            VESTIBULE_WSAENOPROTOOPT);
    }
    CHECK(vestibule_closesocket(socket) == 0);
}

static void on_tcp_only(void) {
    vestibule_handle tcp = stream(AF_INET), memory = stream(VESTIBULE_AF_IN_PROCESS);
    int value = 1;
    set(tcp, VESTIBULE_IPPROTO_TCP, VESTIBULE_TCP_NODELAY, 5);
    CHECK(get(tcp, VESTIBULE_IPPROTO_TCP, VESTIBULE_TCP_NODELAY) == 1);
    CHECK_ERROR(
        vestibule_setsockopt(memory, VESTIBULE_IPPROTO_TCP, VESTIBULE_TCP_NODELAY, &value, 4),
        VESTIBULE_WSAENOPROTOOPT);
    set(tcp, VESTIBULE_SOL_VESTIBULE, VESTIBULE_SO_CALLER_CHECK, 0);
    CHECK(get(tcp, VESTIBULE_SOL_VESTIBULE, VESTIBULE_SO_CALLER_CHECK) == 0);
    CHECK_ERROR(
        vestibule_setsockopt(tcp, VESTIBULE_SOL_SOCKET, VESTIBULE_SO_CONDITIONAL_ACCEPT, &value, 4),
        VESTIBULE_WSAENOPROTOOPT);
    CHECK(vestibule_closesocket(tcp) == 0);
    CHECK(vestibule_closesocket(memory) == 0);
}

static void in_process_only(void) {
    struct address address;
    vestibule_handle socket = stream(VESTIBULE_AF_IN_PROCESS);
    int value = 1;
    CHECK(get(socket, VESTIBULE_SOL_SOCKET, VESTIBULE_SO_CONDITIONAL_ACCEPT) == 0);
    set(socket, VESTIBULE_SOL_SOCKET, VESTIBULE_SO_CONDITIONAL_ACCEPT, -5);
    CHECK(get(socket, VESTIBULE_SOL_SOCKET, VESTIBULE_SO_CONDITIONAL_ACCEPT) == 1);
    CHECK(get(socket, VESTIBULE_SOL_VESTIBULE, VESTIBULE_SO_CONNECT_TIMEOUT) == 30000);
    set(socket, VESTIBULE_SOL_VESTIBULE, VESTIBULE_SO_CONNECT_TIMEOUT, 1234);
    CHECK(get(socket, VESTIBULE_SOL_VESTIBULE, VESTIBULE_SO_CONNECT_TIMEOUT) == 1234);
    value = 0;
    CHECK_ERROR(vestibule_setsockopt(socket, VESTIBULE_SOL_VESTIBULE, VESTIBULE_SO_CONNECT_TIMEOUT,
                                     &value, 4),
                VESTIBULE_WSAEINVAL);
    CHECK(vestibule_closesocket(socket) == 0);
    socket = listener(VESTIBULE_AF_IN_PROCESS, &address);
    CHECK_ERROR(vestibule_setsockopt(socket, VESTIBULE_SOL_SOCKET, VESTIBULE_SO_CONDITIONAL_ACCEPT,
                                     &value, 4),
                VESTIBULE_WSAEINVAL);
    CHECK(vestibule_closesocket(socket) == 0);
}

int main(void) {
    const int *family;
    for (family = families(); *family != 0; family++) {
        vestibule_handle socket = stream(*family);
        not_offered(socket);
        CHECK(vestibule_closesocket(socket) == 0);
        inherited(*family);
        told_and_settled(*family);
        of_the_protocol(*family);
    }
    on_tcp_only();
    in_process_only();
    return 0;
}
