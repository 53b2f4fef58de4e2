/* A connection that is lost because the peer no longer answers is WSAECONNABORTED, and WSAENETRESET
 * if it was keep-alive that found out; it stays lost (DIS-37, ERR-30). The peer is made deaf by a
 * packet filter on its kernel socket that drops everything. */

#define _DEFAULT_SOURCE

#include "util.h"

#include <linux/filter.h>
#include <netinet/tcp.h>

struct pair {
    vestibule_handle here, deaf;
};

static void set(vestibule_handle socket, int level, int option, int value) {
    /* The handle is the kernel's descriptor (HND-31). */
    CHECK(setsockopt((int)socket, level, option, &value, sizeof value) == 0);
}

static struct pair connected(int family) {
    static struct sock_filter nothing[] = {{BPF_RET | BPF_K, 0, 0, 0}};
    static const struct sock_fprog filter = {1, nothing};
    struct address address;
    struct caller caller;
    struct pair pair;
    char byte;
    vestibule_handle socket = listener(family, &address);
    call(&caller, &address, NULL);
    pair.deaf = vestibule_accept(socket, NULL, NULL, NULL, 0);
    answered(&caller);
    CHECK(caller.result == 0);
    pair.here = caller.socket;
    CHECK(vestibule_closesocket(socket) == 0);
    /* The handshake is over on both sides. */
    CHECK(vestibule_send(pair.here, "x", 1, 0) == 1 && vestibule_recv(pair.deaf, &byte, 1, 0) == 1);
    CHECK(vestibule_send(pair.deaf, "x", 1, 0) == 1 && vestibule_recv(pair.here, &byte, 1, 0) == 1);
    if (setsockopt((int)pair.deaf, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter) != 0) {
        perror("SO_ATTACH_FILTER");
        exit(SKIPPED);
    }
    return pair;
}

static void use_keep_alive(vestibule_handle socket) {
    int on = 1;
    CHECK(vestibule_setsockopt(socket, VESTIBULE_SOL_SOCKET, VESTIBULE_SO_KEEPALIVE, &on,
                               sizeof on) == 0);
    set(socket, IPPROTO_TCP, TCP_KEEPIDLE, 1); /* seconds, and there is nothing below */
    set(socket, IPPROTO_TCP, TCP_KEEPINTVL, 1);
    set(socket, IPPROTO_TCP, TCP_KEEPCNT, 1);
}

/* Whoever waits is told, and every call afterwards. */
static void is_lost(struct pair pair, int error) {
    char byte;
    CHECK_FAILS(vestibule_recv(pair.here, &byte, 1, 0), -1, error);
    CHECK_FAILS(vestibule_recv(pair.here, &byte, 1, 0), -1, error);
    CHECK_FAILS(vestibule_send(pair.here, "x", 1, 0), -1, error);
    CHECK(vestibule_closesocket(pair.here) == 0);
    CHECK(vestibule_closesocket(pair.deaf) == 0);
}

static void keep_alive(int family) {
    struct pair pair = connected(family);
    use_keep_alive(pair.here);
    is_lost(pair, VESTIBULE_WSAENETRESET);
}

static void data_that_is_not_acknowledged(int family) {
    struct pair pair = connected(family);
    use_keep_alive(pair.here); /* which has nothing to do with it */
    set(pair.here, IPPROTO_TCP, TCP_USER_TIMEOUT, 300);
    CHECK(vestibule_send(pair.here, "x", 1, 0) == 1);
    is_lost(pair, VESTIBULE_WSAECONNABORTED);
}

int main(void) {
    keep_alive(AF_INET);
    data_that_is_not_acknowledged(AF_INET);
    if (has_ipv6()) {
        keep_alive(AF_INET6);
        data_that_is_not_acknowledged(AF_INET6);
    }
    return 0;
}
