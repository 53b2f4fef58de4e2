/* Every function of the Winsock headers with every kind of bad argument, as bad_arguments.c does it
 * for vestibule.h: here what only these have, lengths of type int, which can be negative, control
 * codes and creation with a structure, a group or flags (HND-16, HND-32, HND-38, GRP-03, GRP-05,
 * UDA-23). */

#include "winsock_util.h"

#include "every_export.h"

#include <limits.h>
#include <unistd.h>

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

/* ---- Sockets --------------------------------------------------------------------------------- */

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

/* ---- Each function --------------------------------------------------------------------------- */

static void startup_arguments(int family) {
    WSADATA data;
    (void)family;
    memset(&data, UNTOUCHED, sizeof data);
    CHECK(WSAStartup(MAKEWORD(2, 2), NULL) == WSAEFAULT);
    CHECK(WSAStartup(MAKEWORD(0, 9), &data) == WSAVERNOTSUPPORTED);
}

static void socket_arguments(int family) {
    NO_SOCKET(socket(-1, SOCK_STREAM, 0), WSAEAFNOSUPPORT);
    NO_SOCKET(socket(10, SOCK_STREAM, 0), WSAEAFNOSUPPORT); /* AF_INET6 of Linux */
    NO_SOCKET(socket(family, 77, 0), WSAESOCKTNOSUPPORT);
    NO_SOCKET(socket(family, SOCK_STREAM, 99), WSAEPROTONOSUPPORT);
}

static void wsasocket_arguments(int family) {
    NO_SOCKET(WSASocketA(-1, SOCK_STREAM, 0, NULL, 0, 0), WSAEAFNOSUPPORT);
    NO_SOCKET(WSASocketW(family, 77, 0, NULL, 0, 0), WSAESOCKTNOSUPPORT);
    NO_SOCKET(WSASocketA(family, SOCK_STREAM, 0, NULL, SG_CONSTRAINED_GROUP, 0), WSAEINVAL);
    NO_SOCKET(WSASocketA(family, SOCK_STREAM, 0, NULL, 4711, 0), WSAEINVAL);
}

static void duplicate_socket_handle(uintptr_t bad) {
    CHECK_ERROR(WSADuplicateSocketA(bad, 1, NULL), WSAENOTSOCK);
    CHECK_ERROR(WSADuplicateSocketW(bad, 1, NULL), WSAENOTSOCK);
}

/* Refused whatever it is given, and the socket stays as it is. */
static void duplicate_socket_arguments(int family) {
    struct pair pair = connected(family);
    WSAPROTOCOL_INFOA narrow;
    WSAPROTOCOL_INFOW wide;
    memset(&narrow, UNTOUCHED, sizeof narrow);
    memset(&wide, UNTOUCHED, sizeof wide);
    CHECK_ERROR(WSADuplicateSocketA(pair.client, (DWORD)getpid(), &narrow), WSAEOPNOTSUPP);
    CHECK_ERROR(WSADuplicateSocketW(pair.client, 0, &wide), WSAEOPNOTSUPP);
    CHECK_ERROR(WSADuplicateSocketA(pair.client, 0, NULL), WSAEFAULT);
    CHECK(untouched(&narrow, sizeof narrow) && untouched(&wide, sizeof wide));
    can_talk(pair);
    close_pair(pair);
}

static void bind_handle(uintptr_t bad) {
    CHECK_ERROR(bind(bad, NULL, -1), WSAENOTSOCK);
}

static void bind_arguments(int family) {
    union name name = loopback(family);
    SOCKET s = fresh(family);
    CHECK_ERROR(bind(s, NULL, name_size), WSAEFAULT);
    CHECK_ERROR(bind(s, &name.any, name_size - 1), WSAEFAULT);
    CHECK_ERROR(bind(s, &name.any, 0), WSAEFAULT);
    CHECK_ERROR(bind(s, &name.any, -1), WSAEFAULT);
    CHECK_ERROR(bind(s, &name.any, INT_MIN), WSAEFAULT);
    name.any.sa_family = 77;
    CHECK_ERROR(bind(s, &name.any, name_size), WSAEAFNOSUPPORT);
    CHECK(closesocket(s) == 0);
}

static void listen_handle(uintptr_t bad) {
    CHECK_ERROR(listen(bad, -1), WSAENOTSOCK);
}

static void listen_arguments(int family) {
    SOCKET s = fresh(family);
    CHECK_ERROR(listen(s, 5), WSAEINVAL);
    CHECK(closesocket(s) == 0);
}

static void shutdown_handle(uintptr_t bad) {
    CHECK_ERROR(shutdown(bad, 99), WSAENOTSOCK);
}

static void shutdown_arguments(int family) {
    struct pair pair = connected(family);
    SOCKET s = fresh(family);
    CHECK_ERROR(shutdown(s, SD_BOTH), WSAENOTCONN);
    CHECK_ERROR(shutdown(pair.client, 3), WSAEINVAL);
    CHECK_ERROR(shutdown(pair.client, -1), WSAEINVAL);
    can_talk(pair);
    CHECK(closesocket(s) == 0);
    close_pair(pair);
}

static void closesocket_handle(uintptr_t bad) {
    CHECK_ERROR(closesocket(bad), WSAENOTSOCK);
}

static void accept_handle(uintptr_t bad) {
    NO_SOCKET(accept(bad, NULL, NULL), WSAENOTSOCK);
}

static void wsaaccept_handle(uintptr_t bad) {
    NO_SOCKET(WSAAccept(bad, NULL, NULL, NULL, 0), WSAENOTSOCK);
}

static void accept_arguments(int family) {
    static const int lengths[] = {0, 15, -1, INT_MIN};
    union name name, room;
    SOCKET s = fresh(family);
    size_t index;
    memset(&room, UNTOUCHED, sizeof room);
    NO_SOCKET(accept(s, NULL, NULL), WSAEINVAL);
    NO_SOCKET(WSAAccept(s, NULL, NULL, NULL, 0), WSAEINVAL);
    CHECK(closesocket(s) == 0);
    s = listening(family, &name);
    for (index = 0; index < COUNT(lengths); index++) {
        int length = lengths[index];
        NO_SOCKET(accept(s, &room.any, &length), WSAEFAULT);
        NO_SOCKET(WSAAccept(s, &room.any, &length, NULL, 0), WSAEFAULT);
        CHECK(length == lengths[index] && untouched(&room, sizeof room));
    }
    CHECK(closesocket(s) == 0);
}

static void connect_handle(uintptr_t bad) {
    CHECK_ERROR(connect(bad, NULL, -1), WSAENOTSOCK);
}

static void wsaconnect_handle(uintptr_t bad) {
    CHECK_ERROR(WSAConnect(bad, NULL, -1, NULL, NULL, NULL, NULL), WSAENOTSOCK);
}

static void connect_arguments(int family) {
    static const int lengths[] = {0, 15, -1, INT_MIN};
    union name name;
    SOCKET listener = listening(family, &name), s = fresh(family);
    WSABUF nowhere = {4, NULL};
    QOS qos;
    u_long on = 1;
    size_t index;
    memset(&qos, 0, sizeof qos);
    CHECK_ERROR(connect(s, NULL, name_size), WSAEFAULT);
    for (index = 0; index < COUNT(lengths); index++) {
        CHECK_ERROR(connect(s, &name.any, lengths[index]), WSAEFAULT);
        CHECK_ERROR(WSAConnect(s, &name.any, lengths[index], NULL, NULL, NULL, NULL), WSAEFAULT);
    }
    CHECK_ERROR(WSAConnect(s, &name.any, name_size, &nowhere, NULL, NULL, NULL), WSAEFAULT);
    CHECK_ERROR(WSAConnect(s, &name.any, name_size, NULL, &nowhere, NULL, NULL), WSAEFAULT);
    CHECK_ERROR(WSAConnect(s, &name.any, name_size, NULL, NULL, NULL, &qos), WSAEINVAL);
    CHECK_ERROR(connect(listener, &name.any, name_size), WSAEINVAL);
    name.any.sa_family = 77;
    CHECK_ERROR(connect(s, &name.any, name_size), WSAEAFNOSUPPORT);
    CHECK(ioctlsocket(listener, FIONBIO, &on) == 0);
    NO_SOCKET(accept(listener, NULL, NULL), WSAEWOULDBLOCK); /* nobody has called */
    CHECK(closesocket(s) == 0 && closesocket(listener) == 0);
}

static void send_handle(uintptr_t bad) {
    CHECK_ERROR(send(bad, NULL, -1, 99), WSAENOTSOCK);
}

static void send_arguments(int family) {
    struct pair pair = connected(family);
    SOCKET s = fresh(family);
    CHECK_ERROR(send(s, "x", 1, 0), WSAENOTCONN);
    CHECK_ERROR(send(pair.server, NULL, 1, 0), WSAEFAULT);
    CHECK_ERROR(send(pair.server, "x", -1, 0), WSAEFAULT);
    CHECK_ERROR(send(pair.server, "x", INT_MIN, 0), WSAEFAULT);
    CHECK_ERROR(send(pair.server, "x", 1, MSG_PARTIAL), WSAEOPNOTSUPP);
    CHECK_ERROR(send(pair.server, "x", 1, 0x10), WSAEOPNOTSUPP);
    if (family == AF_VESTIBULE)
        CHECK_ERROR(send(pair.server, "x", 1, MSG_OOB), WSAEOPNOTSUPP);
    CHECK(send(pair.server, NULL, 0, 0) == 0);
    can_talk(pair);
    CHECK(closesocket(s) == 0);
    close_pair(pair);
}

static void recv_handle(uintptr_t bad) {
    CHECK_ERROR(recv(bad, NULL, -1, 99), WSAENOTSOCK);
}

static void recv_arguments(int family) {
    struct pair pair = connected(family);
    SOCKET s = fresh(family);
    char byte = (char)UNTOUCHED;
    CHECK_ERROR(recv(s, &byte, 1, 0), WSAENOTCONN);
    CHECK(send(pair.server, "y", 1, 0) == 1);
    CHECK_ERROR(recv(pair.client, NULL, 1, 0), WSAEFAULT);
    /* 0 would look like the end of the stream. */
    CHECK_ERROR(recv(pair.client, &byte, -1, 0), WSAEFAULT);
    CHECK_ERROR(recv(pair.client, &byte, INT_MIN, 0), WSAEFAULT);
    CHECK_ERROR(recv(pair.client, &byte, 1, 0x10), WSAEOPNOTSUPP);
    CHECK_ERROR(recv(pair.client, &byte, 1, MSG_OOB),
                family == AF_VESTIBULE ? WSAEOPNOTSUPP : WSAEINVAL);
    CHECK(untouched(&byte, 1));
    CHECK(recv(pair.client, &byte, 1, 0) == 1 && byte == 'y');
    can_talk(pair);
    CHECK(closesocket(s) == 0);
    close_pair(pair);
}

static void wsasend_handle(uintptr_t bad) {
    CHECK_ERROR(WSASend(bad, NULL, 0, NULL, 99, (LPWSAOVERLAPPED)1, NULL), WSAENOTSOCK);
}

static void wsasend_arguments(int family) {
    struct pair pair = connected(family);
    WSABUF good = {1, (char *)"z"}, nowhere = {1, NULL};
    DWORD sent = 77;
    OVERLAPPED overlapped;
    memset(&overlapped, 0, sizeof overlapped);
    CHECK_ERROR(WSASend(pair.server, &good, 1, &sent, 0, &overlapped, NULL), WSAEOPNOTSUPP);
    CHECK_ERROR(WSASend(pair.server, &good, 1, &sent, 0, NULL, completed), WSAEOPNOTSUPP);
    CHECK_ERROR(WSASend(pair.server, &good, 1, NULL, 0, NULL, NULL), WSAEFAULT);
    CHECK_ERROR(WSASend(pair.server, NULL, 1, &sent, 0, NULL, NULL), WSAEFAULT);
    CHECK_ERROR(WSASend(pair.server, &nowhere, 1, &sent, 0, NULL, NULL), WSAEFAULT);
    CHECK_ERROR(WSASend(pair.server, &good, 0, &sent, 0, NULL, NULL), WSAEINVAL);
    CHECK_ERROR(WSASend(pair.server, &good, 1025, &sent, 0, NULL, NULL), WSAEINVAL);
    CHECK_ERROR(WSASend(pair.server, &good, 1, &sent, MSG_PARTIAL, NULL, NULL), WSAEOPNOTSUPP);
    CHECK_ERROR(WSASend(pair.server, &good, 1, &sent, 0x80000000, NULL, NULL), WSAEOPNOTSUPP);
    CHECK(sent == 77);
    can_talk(pair); /* and nothing was sent before */
    close_pair(pair);
}

static void wsarecv_handle(uintptr_t bad) {
    CHECK_ERROR(WSARecv(bad, NULL, 0, NULL, NULL, (LPWSAOVERLAPPED)1, NULL), WSAENOTSOCK);
}

static void wsarecv_arguments(int family) {
    struct pair pair = connected(family);
    char byte = (char)UNTOUCHED;
    WSABUF room = {1, &byte}, nowhere = {1, NULL};
    DWORD received = 77, flags = 0, other = 0x80000000;
    OVERLAPPED overlapped;
    memset(&overlapped, 0, sizeof overlapped);
    CHECK(send(pair.server, "y", 1, 0) == 1);
    CHECK_ERROR(WSARecv(pair.client, &room, 1, &received, &flags, &overlapped, NULL),
                WSAEOPNOTSUPP);
    CHECK_ERROR(WSARecv(pair.client, &room, 1, &received, &flags, NULL, completed), WSAEOPNOTSUPP);
    CHECK_ERROR(WSARecv(pair.client, &room, 1, NULL, &flags, NULL, NULL), WSAEFAULT);
    CHECK_ERROR(WSARecv(pair.client, &room, 1, &received, NULL, NULL, NULL), WSAEFAULT);
    CHECK_ERROR(WSARecv(pair.client, NULL, 1, &received, &flags, NULL, NULL), WSAEFAULT);
    CHECK_ERROR(WSARecv(pair.client, &nowhere, 1, &received, &flags, NULL, NULL), WSAEFAULT);
    CHECK_ERROR(WSARecv(pair.client, &room, 0, &received, &flags, NULL, NULL), WSAEINVAL);
    CHECK_ERROR(WSARecv(pair.client, &room, 1025, &received, &flags, NULL, NULL), WSAEINVAL);
    CHECK_ERROR(WSARecv(pair.client, &room, 1, &received, &other, NULL, NULL), WSAEOPNOTSUPP);
    CHECK(received == 77 && flags == 0 && other == 0x80000000 && untouched(&byte, 1));
    CHECK(WSARecv(pair.client, &room, 1, &received, &flags, NULL, NULL) == 0);
    CHECK(received == 1 && byte == 'y');
    close_pair(pair);
}

/* ---- Datagrams ------------------------------------------------------------------------------- */

static SOCKET datagram_socket(union name *name) {
    SOCKET s = socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP);
    int size = name_size;
    *name = loopback(AF_INET);
    CHECK(s != INVALID_SOCKET && bind(s, &name->any, size) == 0);
    CHECK(getsockname(s, &name->any, &size) == 0);
    return s;
}

static void sendto_handle(uintptr_t bad) {
    CHECK_ERROR(sendto(bad, NULL, -1, 99, NULL, -1), WSAENOTSOCK);
}

static void wsasendto_handle(uintptr_t bad) {
    CHECK_ERROR(WSASendTo(bad, NULL, 0, NULL, 99, NULL, -1, (LPWSAOVERLAPPED)1, NULL), WSAENOTSOCK);
}

static void sendto_arguments(int family) {
    static const int lengths[] = {0, 15, -1, INT_MIN};
    union name name;
    SOCKET s = datagram_socket(&name);
    WSABUF good = {1, (char *)"x"}, nowhere = {1, NULL};
    DWORD sent = 77;
    OVERLAPPED overlapped;
    u_long unread = 77;
    size_t index;
    (void)family;
    memset(&overlapped, 0, sizeof overlapped);
    CHECK_ERROR(sendto(s, NULL, 1, 0, &name.any, name_size), WSAEFAULT);
    CHECK_ERROR(sendto(s, "x", -1, 0, &name.any, name_size), WSAEFAULT);
    CHECK_ERROR(sendto(s, "x", 1, 0, NULL, name_size), WSAENOTCONN);
    CHECK_ERROR(sendto(s, "x", 1, MSG_OOB, &name.any, name_size), WSAEOPNOTSUPP);
    for (index = 0; index < COUNT(lengths); index++) {
        const int length = lengths[index];
        CHECK_ERROR(sendto(s, "x", 1, 0, &name.any, length), WSAEFAULT);
        CHECK_ERROR(WSASendTo(s, &good, 1, &sent, 0, &name.any, length, NULL, NULL), WSAEFAULT);
    }
    CHECK_ERROR(WSASendTo(s, &good, 1, &sent, 0, &name.any, name_size, &overlapped, NULL),
                WSAEOPNOTSUPP);
    CHECK_ERROR(WSASendTo(s, &good, 1, &sent, 0, &name.any, name_size, NULL, completed),
                WSAEOPNOTSUPP);
    CHECK_ERROR(WSASendTo(s, &good, 1, NULL, 0, &name.any, name_size, NULL, NULL), WSAEFAULT);
    CHECK_ERROR(WSASendTo(s, NULL, 1, &sent, 0, &name.any, name_size, NULL, NULL), WSAEFAULT);
    CHECK_ERROR(WSASendTo(s, &nowhere, 1, &sent, 0, &name.any, name_size, NULL, NULL), WSAEFAULT);
    CHECK_ERROR(WSASendTo(s, &good, 0, &sent, 0, &name.any, name_size, NULL, NULL), WSAEINVAL);
    name.any.sa_family = AF_INET6;
    CHECK_ERROR(sendto(s, "x", 1, 0, &name.any, name_size), WSAEAFNOSUPPORT);
    CHECK(ioctlsocket(s, FIONREAD, &unread) == 0 && unread == 0 && sent == 77);
    CHECK(closesocket(s) == 0);
}

static void recvfrom_handle(uintptr_t bad) {
    CHECK_ERROR(recvfrom(bad, NULL, -1, 99, NULL, NULL), WSAENOTSOCK);
}

static void wsarecvfrom_handle(uintptr_t bad) {
    CHECK_ERROR(WSARecvFrom(bad, NULL, 0, NULL, NULL, NULL, NULL, (LPWSAOVERLAPPED)1, NULL),
                WSAENOTSOCK);
}

static void recvfrom_arguments(int family) {
    static const int lengths[] = {0, 15, -1, INT_MIN};
    union name name, from;
    SOCKET s = datagram_socket(&name);
    char byte = (char)UNTOUCHED;
    WSABUF room = {1, &byte}, nowhere = {1, NULL};
    DWORD received = 77, flags = 0;
    OVERLAPPED overlapped;
    size_t index;
    (void)family;
    memset(&overlapped, 0, sizeof overlapped);
    memset(&from, UNTOUCHED, sizeof from);
    CHECK(sendto(s, "x", 1, 0, &name.any, name_size) == 1);
    CHECK_ERROR(recvfrom(s, NULL, 1, 0, NULL, NULL), WSAEFAULT);
    CHECK_ERROR(recvfrom(s, &byte, -1, 0, NULL, NULL), WSAEFAULT);
    CHECK_ERROR(recvfrom(s, &byte, 1, 0, &from.any, NULL), WSAEFAULT);
    for (index = 0; index < COUNT(lengths); index++) {
        int length = lengths[index];
        CHECK_ERROR(recvfrom(s, &byte, 1, 0, &from.any, &length), WSAEFAULT);
        CHECK_ERROR(WSARecvFrom(s, &room, 1, &received, &flags, &from.any, &length, NULL, NULL),
                    WSAEFAULT);
        CHECK(length == lengths[index]);
    }
    CHECK_ERROR(WSARecvFrom(s, &room, 1, &received, &flags, NULL, NULL, &overlapped, NULL),
                WSAEOPNOTSUPP);
    CHECK_ERROR(WSARecvFrom(s, &room, 1, NULL, &flags, NULL, NULL, NULL, NULL), WSAEFAULT);
    CHECK_ERROR(WSARecvFrom(s, &room, 1, &received, NULL, NULL, NULL, NULL, NULL), WSAEFAULT);
    CHECK_ERROR(WSARecvFrom(s, &nowhere, 1, &received, &flags, NULL, NULL, NULL, NULL), WSAEFAULT);
    CHECK(received == 77 && flags == 0 && untouched(&byte, 1) && untouched(&from, sizeof from));
    CHECK(WSARecvFrom(s, &room, 1, &received, &flags, NULL, NULL, NULL, NULL) == 0);
    CHECK(received == 1 && byte == 'x');
    CHECK(closesocket(s) == 0);
}

static void send_disconnect_handle(uintptr_t bad) {
    CHECK_ERROR(WSASendDisconnect(bad, NULL), WSAENOTSOCK);
}

static void recv_disconnect_handle(uintptr_t bad) {
    CHECK_ERROR(WSARecvDisconnect(bad, NULL), WSAENOTSOCK);
}

static void disconnect_arguments(int family) {
    struct pair pair = connected(family);
    SOCKET s = fresh(family);
    WSABUF nowhere = {4, NULL};
    CHECK_ERROR(WSASendDisconnect(s, NULL), WSAENOTCONN);
    CHECK_ERROR(WSARecvDisconnect(s, NULL), WSAENOTCONN);
    CHECK_ERROR(WSASendDisconnect(pair.client, &nowhere), WSAEFAULT);
    CHECK_ERROR(WSARecvDisconnect(pair.client, &nowhere), WSAEFAULT);
    CHECK(nowhere.len == 4);
    can_talk(pair);
    CHECK(closesocket(s) == 0);
    close_pair(pair);
}

static void getsockname_handle(uintptr_t bad) {
    CHECK_ERROR(getsockname(bad, NULL, NULL), WSAENOTSOCK);
}

static void getpeername_handle(uintptr_t bad) {
    CHECK_ERROR(getpeername(bad, NULL, NULL), WSAENOTSOCK);
}

static void name_arguments(int family) {
    static const int lengths[] = {0, 15, -1, INT_MIN};
    struct pair pair = connected(family);
    union name room;
    SOCKET s = fresh(family);
    int length = name_size;
    size_t index;
    memset(&room, UNTOUCHED, sizeof room);
    CHECK_ERROR(getsockname(s, NULL, NULL), WSAEINVAL);
    CHECK_ERROR(getpeername(s, NULL, NULL), WSAENOTCONN);
    CHECK_ERROR(getsockname(pair.client, NULL, &length), WSAEFAULT);
    CHECK_ERROR(getsockname(pair.client, &room.any, NULL), WSAEFAULT);
    CHECK_ERROR(getpeername(pair.client, NULL, &length), WSAEFAULT);
    CHECK_ERROR(getpeername(pair.client, &room.any, NULL), WSAEFAULT);
    for (index = 0; index < COUNT(lengths); index++) {
        length = lengths[index];
        CHECK_ERROR(getsockname(pair.client, &room.any, &length), WSAEFAULT);
        CHECK_ERROR(getpeername(pair.client, &room.any, &length), WSAEFAULT);
        CHECK(length == lengths[index]);
    }
    CHECK(untouched(&room, sizeof room));
    CHECK(closesocket(s) == 0);
    close_pair(pair);
}

static void getsockopt_handle(uintptr_t bad) {
    CHECK_ERROR(getsockopt(bad, 99, 99, NULL, NULL), WSAENOTSOCK);
}

static void setsockopt_handle(uintptr_t bad) {
    CHECK_ERROR(setsockopt(bad, 99, 99, NULL, -1), WSAENOTSOCK);
}

static void option_arguments(int family) {
    static const int lengths[] = {0, 3, -1, INT_MIN};
    static const int unknown[] = {SO_GROUP_ID, SO_CONNOPT, SO_DISCOPT, 0x7777, -1};
    SOCKET s = fresh(family);
    char room[4], bytes[4] = {1, 0, 0, 0};
    int length = sizeof room;
    size_t index;
    memset(room, UNTOUCHED, sizeof room);
    CHECK_ERROR(getsockopt(s, 1, SO_TYPE, room, &length), WSAEINVAL);
    CHECK_ERROR(setsockopt(s, 1, SO_KEEPALIVE, bytes, 4), WSAEINVAL);
    for (index = 0; index < COUNT(unknown); index++) {
        CHECK_ERROR(getsockopt(s, SOL_SOCKET, unknown[index], room, &length), WSAENOPROTOOPT);
        CHECK_ERROR(setsockopt(s, SOL_SOCKET, unknown[index], bytes, 4), WSAENOPROTOOPT);
    }
    CHECK_ERROR(getsockopt(s, SOL_SOCKET, SO_TYPE, NULL, &length), WSAEFAULT);
    CHECK_ERROR(getsockopt(s, SOL_SOCKET, SO_TYPE, room, NULL), WSAEFAULT);
    CHECK_ERROR(setsockopt(s, SOL_SOCKET, SO_KEEPALIVE, NULL, 4), WSAEFAULT);
    for (index = 0; index < COUNT(lengths); index++) {
        length = lengths[index];
        CHECK_ERROR(getsockopt(s, SOL_SOCKET, SO_TYPE, room, &length), WSAEFAULT);
        CHECK(length == lengths[index]);
        CHECK_ERROR(setsockopt(s, SOL_SOCKET, SO_KEEPALIVE, bytes, lengths[index]), WSAEFAULT);
    }
    CHECK(untouched(room, sizeof room));
    /* Data of a negative length is not the same as none. */
    if (family == AF_VESTIBULE)
        CHECK_ERROR(setsockopt(s, SOL_SOCKET, SO_CONNDATA, bytes, -1), WSAEFAULT);
    CHECK(closesocket(s) == 0);
}

static void ioctlsocket_handle(uintptr_t bad) {
    CHECK_ERROR(ioctlsocket(bad, 99, NULL), WSAENOTSOCK);
}

static void ioctlsocket_arguments(int family) {
    SOCKET s = fresh(family);
    u_long value = 77;
    CHECK_ERROR(ioctlsocket(s, FIONBIO, NULL), WSAEFAULT);
    CHECK_ERROR(ioctlsocket(s, FIONREAD, NULL), WSAEFAULT);
    CHECK_ERROR(ioctlsocket(s, SIOCATMARK, NULL),
                family == AF_VESTIBULE ? WSAEOPNOTSUPP : WSAEFAULT);
    CHECK_ERROR(ioctlsocket(s, 0, &value), WSAEOPNOTSUPP);
    CHECK_ERROR(ioctlsocket(s, -1, &value), WSAEOPNOTSUPP);
    CHECK(value == 77);
    CHECK(closesocket(s) == 0);
}

static void wsaioctl_handle(uintptr_t bad) {
    CHECK_ERROR(WSAIoctl(bad, 99, NULL, 1, NULL, 1, NULL, NULL, NULL), WSAENOTSOCK);
}

static void wsaioctl_arguments(int family) {
    SOCKET s = fresh(family);
    u_long on = 1, off = 0;
    DWORD written = 77;
    WSAEVENT event = WSACreateEvent();
    CHECK_ERROR(WSAIoctl(s, FIONBIO, &on, sizeof on, NULL, 0, NULL, NULL, NULL), WSAEFAULT);
    CHECK_ERROR(WSAIoctl(s, FIONBIO, NULL, sizeof on, NULL, 0, &written, NULL, NULL), WSAEFAULT);
    CHECK_ERROR(WSAIoctl(s, FIONBIO, &on, 3, NULL, 0, &written, NULL, NULL), WSAEFAULT);
    CHECK_ERROR(WSAIoctl(s, FIONBIO, &on, 0, NULL, 0, &written, NULL, NULL), WSAEFAULT);
    CHECK_ERROR(WSAIoctl(s, FIONREAD, NULL, 0, NULL, 4, &written, NULL, NULL), WSAEFAULT);
    CHECK_ERROR(WSAIoctl(s, FIONREAD, NULL, 0, &on, 3, &written, NULL, NULL), WSAEFAULT);
    CHECK_ERROR(WSAIoctl(s, FIONREAD, NULL, 0, &on, 4, NULL, NULL, NULL), WSAEFAULT);
    CHECK_ERROR(WSAIoctl(s, SIOCATMARK, NULL, 0, NULL, 4, &written, NULL, NULL),
                family == AF_VESTIBULE ? WSAEOPNOTSUPP : WSAEFAULT);
    CHECK(on == 1);
    CHECK_ERROR(WSAIoctl(s, 0, NULL, 0, NULL, 0, &written, NULL, NULL), WSAEOPNOTSUPP);
    CHECK_ERROR(WSAIoctl(s, 0xFFFFFFFF, NULL, 0, NULL, 0, &written, NULL, NULL), WSAEOPNOTSUPP);
    CHECK(written == 77);
    /* HND-30: a refusal says that there is no output. */
    CHECK(WSAEventSelect(s, event, FD_READ) == 0);
    CHECK_ERROR(WSAIoctl(s, FIONBIO, &off, sizeof off, NULL, 0, &written, NULL, NULL), WSAEINVAL);
    CHECK(written == 0);
    CHECK_ERROR(ioctlsocket(s, FIONBIO, &off), WSAEINVAL);
    CHECK(WSAEventSelect(s, NULL, 0) == 0 && ioctlsocket(s, FIONBIO, &off) == 0);
    CHECK(WSACloseEvent(event) == TRUE && closesocket(s) == 0);
}

static void enum_protocols_a_arguments(int family) {
    WSAPROTOCOL_INFOA info;
    DWORD size = sizeof info - 1;
    (void)family;
    memset(&info, UNTOUCHED, sizeof info);
    CHECK_ERROR(WSAEnumProtocolsA(NULL, &info, NULL), WSAEFAULT);
    CHECK_ERROR(WSAEnumProtocolsA(NULL, &info, &size), WSAENOBUFS); /* says how much it needs */
    CHECK(size > sizeof info - 1 && untouched(&info, sizeof info));
    CHECK_ERROR(WSAEnumProtocolsA(NULL, NULL, &size), WSAEFAULT);
}

static void enum_protocols_w_arguments(int family) {
    WSAPROTOCOL_INFOW info;
    DWORD size = 0;
    (void)family;
    memset(&info, UNTOUCHED, sizeof info);
    CHECK_ERROR(WSAEnumProtocolsW(NULL, &info, NULL), WSAEFAULT);
    CHECK_ERROR(WSAEnumProtocolsW(NULL, &info, &size), WSAENOBUFS);
    CHECK(size > 0 && untouched(&info, sizeof info));
    CHECK_ERROR(WSAEnumProtocolsW(NULL, NULL, &size), WSAEFAULT);
}

static void select_handle(uintptr_t bad) {
    const struct timeval past = {-1, 0};
    fd_set set;
    FD_ZERO(&set);
    FD_SET(bad, &set);
    CHECK_ERROR(select(0, &set, NULL, NULL, &past), WSAENOTSOCK);
    CHECK_ERROR(select(0, NULL, &set, NULL, NULL), WSAENOTSOCK);
    CHECK_ERROR(select(0, NULL, NULL, &set, NULL), WSAENOTSOCK);
    CHECK(set.fd_count == 1 && set.fd_array[0] == bad);
}

static void select_arguments(int family) {
    const struct timeval past = {0, -1};
    SOCKET s = fresh(family);
    fd_set set;
    FD_ZERO(&set);
    CHECK_ERROR(select(0, NULL, NULL, NULL, NULL), WSAEINVAL);
    CHECK_ERROR(select(0, &set, &set, &set, NULL), WSAEINVAL);
    FD_SET(s, &set);
    CHECK_ERROR(select(0, &set, NULL, NULL, &past), WSAEINVAL);
    CHECK(set.fd_count == 1 && closesocket(s) == 0);
}

#include "bad_events_winsock.h"

#define ROW(name, with_handle, with_arguments)                                                     \
    { "vestibule_ws_" name, with_handle, with_arguments }

static const struct row rows[] = {
    ROW("accept", accept_handle, accept_arguments),
    ROW("async_select", async_select_handle, async_select_arguments),
    ROW("bind", bind_handle, bind_arguments),
    ROW("cleanup", NULL, NULL), /* without a start: winsock_startup.c */
    ROW("close_event", close_event_handle, event_arguments),
    ROW("close_port", close_port_handle, NULL),
    ROW("closesocket", closesocket_handle, NULL),
    ROW("connect", connect_handle, connect_arguments),
    ROW("create_event", NULL, create_event_arguments),
    ROW("create_port", NULL, get_message_arguments),
    ROW("enum_network_events", enum_network_events_handle, enum_network_events_arguments),
    ROW("duplicate_socket", duplicate_socket_handle, duplicate_socket_arguments),
    ROW("enum_protocols_a", NULL, enum_protocols_a_arguments),
    ROW("enum_protocols_w", NULL, enum_protocols_w_arguments),
    ROW("event_descriptor", event_descriptor_handle, NULL),
    ROW("event_select", event_select_handle, event_select_arguments),
    ROW("get_last_error", NULL, NULL),
    ROW("get_message", get_message_handle, get_message_arguments),
    ROW("getpeername", getpeername_handle, name_arguments),
    ROW("getsockname", getsockname_handle, name_arguments),
    ROW("getsockopt", getsockopt_handle, option_arguments),
    ROW("ioctlsocket", ioctlsocket_handle, ioctlsocket_arguments),
    ROW("listen", listen_handle, listen_arguments),
    ROW("port_descriptor", port_descriptor_handle, NULL),
    ROW("recv", recv_handle, recv_arguments),
    ROW("recvfrom", recvfrom_handle, recvfrom_arguments),
    ROW("recv_disconnect", recv_disconnect_handle, disconnect_arguments),
    ROW("reset_event", reset_event_handle, event_arguments),
    ROW("select", select_handle, select_arguments),
    ROW("send", send_handle, send_arguments),
    ROW("sendto", sendto_handle, sendto_arguments),
    ROW("send_disconnect", send_disconnect_handle, disconnect_arguments),
    ROW("set_event", set_event_handle, event_arguments),
    ROW("set_last_error", NULL, NULL),
    ROW("setsockopt", setsockopt_handle, option_arguments),
    ROW("shutdown", shutdown_handle, shutdown_arguments),
    ROW("socket", NULL, socket_arguments),
    ROW("startup", NULL, startup_arguments),
    ROW("wait_for_events", wait_for_events_handle, wait_for_events_arguments),
    ROW("wsaaccept", wsaaccept_handle, accept_arguments),
    ROW("wsaconnect", wsaconnect_handle, connect_arguments),
    ROW("wsaioctl", wsaioctl_handle, wsaioctl_arguments),
    ROW("wsarecv", wsarecv_handle, wsarecv_arguments),
    ROW("wsarecvfrom", wsarecvfrom_handle, recvfrom_arguments),
    ROW("wsasendto", wsasendto_handle, sendto_arguments),
    ROW("wsasend", wsasend_handle, wsasend_arguments),
    ROW("wsasocket", NULL, wsasocket_arguments),
};

static void is_not_a_socket(uintptr_t bad) {
    size_t index;
    for (index = 0; index < COUNT(rows); index++)
        if (rows[index].with_handle != NULL)
            rows[index].with_handle(bad);
}

static void on_family(int family) {
    SOCKET closed = fresh(family);
    size_t index;
    CHECK(closesocket(closed) == 0);
    is_not_a_socket(closed);
    for (index = 0; index < COUNT(rows); index++)
        if (rows[index].with_arguments != NULL)
            rows[index].with_arguments(family);
}

int main(void) {
    WSADATA data;
    check_table(rows, COUNT(rows), 1);
    CHECK(WSAStartup(MAKEWORD(2, 2), &data) == 0);
    is_not_a_socket(INVALID_SOCKET);
    is_not_a_socket(1000000);
    is_not_a_socket(STDIN_FILENO);
    on_family(AF_INET);
    on_family(AF_VESTIBULE);
    CHECK(WSACleanup() == 0);
    return 0;
}
