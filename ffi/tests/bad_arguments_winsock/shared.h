/* What the parts of bad_arguments_winsock.c share: memory that a failed call must not write to, and
 * sockets that are ready for one. */

#ifndef BAD_ARGUMENTS_WINSOCK_SHARED_H
#define BAD_ARGUMENTS_WINSOCK_SHARED_H

#include "../winsock_util.h"

#include "../every_export.h"

#define UNTOUCHED 0xA5

#define FAILS(call, result, error)                                                                 \
    do {                                                                                           \
        WSASetLastError(0);                                                                        \
        CHECK((call) == (result));                                                                 \
        CHECK(WSAGetLastError() == (error));                                                       \
    } while (0)

#define CHECK_ERROR(call, error) FAILS(call, SOCKET_ERROR, error)
#define NO_SOCKET(call, error) FAILS(call, INVALID_SOCKET, error)

static int untouched(const void *memory, size_t length) {
    const unsigned char *bytes = memory;
    size_t index;
    for (index = 0; index < length; index++)
        if (bytes[index] != UNTOUCHED)
            return 0;
    return 1;
}

union name {
    SOCKADDR any;
    SOCKADDR_IN inet;
    SOCKADDR_VESTIBULE in_process;
};

/* The address of this machine, port 0; all addresses of these families have this size. */
static const int name_size = 16;

static union name loopback(int family) {
    union name name;
    memset(&name, 0, sizeof name);
    name.any.sa_family = (u_short)family;
    if (family == AF_INET)
        name.inet.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    else
        name.in_process.sv_node = SV_NODE_LOCAL;
    return name;
}

static SOCKET fresh(int family) {
    SOCKET s = socket(family, SOCK_STREAM, 0);
    CHECK(s != INVALID_SOCKET);
    return s;
}

static SOCKET listening(int family, union name *name) {
    SOCKET s = fresh(family);
    int size = name_size;
    *name = loopback(family);
    CHECK(bind(s, &name->any, size) == 0 && listen(s, 5) == 0);
    CHECK(getsockname(s, &name->any, &size) == 0 && size == name_size);
    return s;
}

struct pair {
    SOCKET client, server;
};

static struct pair connected(int family) {
    union name name;
    struct pair pair;
    SOCKET listener = listening(family, &name);
    u_long on = 1, off = 0;
    pair.client = fresh(family);
    CHECK(ioctlsocket(pair.client, FIONBIO, &on) == 0);
    CHECK(connect(pair.client, &name.any, name_size) == SOCKET_ERROR);
    CHECK(WSAGetLastError() == WSAEWOULDBLOCK);
    pair.server = accept(listener, NULL, NULL);
    CHECK(pair.server != INVALID_SOCKET);
    CHECK(ioctlsocket(pair.client, FIONBIO, &off) == 0);
    CHECK(closesocket(listener) == 0);
    return pair;
}

static void close_pair(struct pair pair) {
    CHECK(closesocket(pair.client) == 0 && closesocket(pair.server) == 0);
}

static void can_talk(struct pair pair) {
    char byte = 0;
    CHECK(send(pair.server, "x", 1, 0) == 1);
    CHECK(recv(pair.client, &byte, 1, 0) == 1 && byte == 'x');
}

static void CALLBACK completed(DWORD error, DWORD transferred, LPWSAOVERLAPPED overlapped,
                               DWORD flags) {
    (void)error, (void)transferred, (void)overlapped, (void)flags;
    CHECK(!"called");
}

#endif
