/* The Winsock headers: Windows' family numbers, the in-process address in Winsock form, FIONBIO and
 * WSAIoctl, groups (LAY-38, HND-29, HND-38, GRP-03, GRP-05, GRP-08, QOS-10, QOS-13, QOS-14),
 * messages (DIS-34, DIS-35, ERR-18, LAY-36). */

#include "winsock_util.h"
#include <ws2tcpip.h>

#include <fcntl.h>

struct seen {
    SOCKADDR_STORAGE caller;
    int caller_length;
    char caller_data[33];
};

static int CALLBACK look(LPWSABUF caller_id, LPWSABUF caller_data, LPQOS sqos, LPQOS gqos,
                         LPWSABUF callee_id, LPWSABUF callee_data, GROUP *group,
                         DWORD_PTR context) {
    struct seen *seen = (struct seen *)context;
    (void)callee_id, (void)group;
    memcpy(&seen->caller, caller_id->buf, caller_id->len);
    seen->caller_length = (int)caller_id->len;
    if (caller_data != NULL)
        memcpy(seen->caller_data, caller_data->buf, caller_data->len);
    if (sqos != NULL)
        sqos->SendingFlowspec.PeakBandwidth = 4000;
    CHECK(gqos == NULL);
    if (callee_data->len >= 2) {
        memcpy(callee_data->buf, "ok", 2);
        callee_data->len = 2;
    }
    return CF_ACCEPT;
}

static void ipv6(void) {
    SOCKADDR_IN6 address, peer;
    struct seen seen;
    char text[64];
    int length = sizeof address;
    u_long on = 1;
    SOCKET listener = socket(AF_INET6, SOCK_STREAM, IPPROTO_TCP), caller, accepted;
    memset(&address, 0, sizeof address);
    memset(&seen, 0, sizeof seen);
    address.sin6_family = AF_INET6;
    CHECK(AF_INET6 == 23 && inet_pton(AF_INET6, "::1", &address.sin6_addr) == 1);
    if (listener == INVALID_SOCKET || bind(listener, (SOCKADDR *)&address, length) != 0)
        return; /* no IPv6 here */
    CHECK(listen(listener, 5) == 0);
    CHECK(getsockname(listener, (SOCKADDR *)&address, &length) == 0);
    CHECK(length == sizeof address && address.sin6_family == AF_INET6);
    CHECK(strcmp(inet_ntop(AF_INET6, &address.sin6_addr, text, sizeof text), "::1") == 0);
    caller = WSASocketW(AF_INET6, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED);
    CHECK(connect(caller, (SOCKADDR *)&address, length) == 0);
    accepted = WSAAccept(listener, (SOCKADDR *)&peer, &length, look, (DWORD_PTR)&seen);
    CHECK(accepted != INVALID_SOCKET && length == sizeof peer);
    CHECK(peer.sin6_family == AF_INET6 && seen.caller_length == length);
    CHECK(memcmp(&peer, &seen.caller, sizeof peer) == 0);

    CHECK(ioctlsocket(accepted, FIONBIO, &on) == 0);
    CHECK_FAILS(recv(accepted, text, 1, 0), WSAEWOULDBLOCK);
    CHECK_FAILS(ioctlsocket(accepted, FIONBIO, NULL), WSAEFAULT);
    CHECK_FAILS(ioctlsocket(accepted, SIO_FLUSH, &on), WSAEOPNOTSUPP);
    CHECK(closesocket(caller) == 0 && closesocket(accepted) == 0 && closesocket(listener) == 0);
}

/* An IPv6 listener of Winsock takes no IPv4 connections. */
static void ipv6_only(void) {
    SOCKADDR_IN6 address;
    SOCKADDR_IN other;
    DWORD only = 0;
    int length = sizeof address, size = sizeof only;
    SOCKET listener = socket(AF_INET6, SOCK_STREAM, 0), caller = socket(AF_INET, SOCK_STREAM, 0);
    memset(&address, 0, sizeof address);
    memset(&other, 0, sizeof other);
    address.sin6_family = AF_INET6;
    if (listener == INVALID_SOCKET || bind(listener, (SOCKADDR *)&address, length) != 0)
        return; /* no IPv6 here */
    CHECK(listen(listener, 5) == 0);
    CHECK(getsockopt(listener, IPPROTO_IPV6, IPV6_V6ONLY, (char *)&only, &size) == 0 && only == 1);
    CHECK(getsockname(listener, (SOCKADDR *)&address, &length) == 0);
    other.sin_family = AF_INET;
    other.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    other.sin_port = address.sin6_port;
    CHECK_FAILS(connect(caller, (SOCKADDR *)&other, sizeof other), WSAECONNREFUSED);
    CHECK(closesocket(caller) == 0 && closesocket(listener) == 0);
}

/* WSA_FLAG_OVERLAPPED does not make a socket non-blocking (HND-18). */
static void overlapped(void) {
    SOCKADDR_IN address;
    int length = sizeof address;
    SOCKET listener = WSASocketA(AF_INET, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED);
    SOCKET caller = WSASocketA(AF_INET, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED);
    DWORD patience = 20;
    char byte;
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(bind(listener, (SOCKADDR *)&address, length) == 0 && listen(listener, 5) == 0);
    CHECK(getsockname(listener, (SOCKADDR *)&address, &length) == 0);
    CHECK(connect(caller, (SOCKADDR *)&address, length) == 0);
    CHECK(setsockopt(caller, SOL_SOCKET, SO_RCVTIMEO, (char *)&patience, sizeof patience) == 0);
    CHECK_FAILS(recv(caller, &byte, 1, 0), WSAETIMEDOUT);
    CHECK(closesocket(caller) == 0 && closesocket(listener) == 0);
}

static void in_process(void) {
    SOCKADDR_VESTIBULE address = {AF_VESTIBULE, 0, SV_NODE_LOCAL, 0, 0};
    struct seen seen;
    QOS asked, got;
    WSABUF caller_data = {5, (CHAR *)"hello"};
    int length = sizeof address;
    DWORD written = 0;
    u_long on = 1;
    SOCKET listener = socket(AF_VESTIBULE, SOCK_STREAM, 0), caller, accepted;
    memset(&seen, 0, sizeof seen);
    memset(&asked, 0, sizeof asked);
    asked.SendingFlowspec.TokenRate = asked.ReceivingFlowspec.TokenRate = 1000;
    asked.SendingFlowspec.PeakBandwidth = asked.ReceivingFlowspec.PeakBandwidth = 2000;
    asked.SendingFlowspec.ServiceType = SERVICETYPE_CONTROLLEDLOAD;
    asked.ReceivingFlowspec.ServiceType = SERVICETYPE_CONTROLLEDLOAD;
    CHECK(bind(listener, (SOCKADDR *)&address, length) == 0 && listen(listener, 5) == 0);
    CHECK(getsockname(listener, (SOCKADDR *)&address, &length) == 0);
    CHECK(length == sizeof address && address.sv_family == AF_VESTIBULE && address.sv_port != 0);

    caller = socket(AF_VESTIBULE, SOCK_STREAM, 0);
    CHECK_FAILS(WSAIoctl(caller, SIO_GET_QOS, NULL, 0, &got, sizeof got, &written, NULL, NULL),
                WSAEINVAL);
    CHECK(ioctlsocket(caller, FIONBIO, &on) == 0);
    CHECK_FAILS(WSAConnect(caller, (SOCKADDR *)&address, length, &caller_data, NULL, NULL, &asked),
                WSAEINVAL);               /* GRP-05 */
    asked.ProviderSpecific = caller_data; /* the provider has no parameters of its own */
    CHECK_FAILS(WSAConnect(caller, (SOCKADDR *)&address, length, &caller_data, NULL, &asked, NULL),
                WSAEOPNOTSUPP);
    memset(&asked.ProviderSpecific, 0, sizeof asked.ProviderSpecific);
    CHECK_FAILS(WSAConnect(caller, (SOCKADDR *)&address, length, &caller_data, NULL, &asked, NULL),
                WSAEWOULDBLOCK);
    accepted = WSAAccept(listener, NULL, NULL, look, (DWORD_PTR)&seen);
    CHECK(accepted != INVALID_SOCKET && strcmp(seen.caller_data, "hello") == 0);
    CHECK(WSAIoctl(accepted, SIO_GET_QOS, NULL, 0, &got, sizeof got, &written, NULL, NULL) == 0);
    CHECK(written == sizeof got && got.SendingFlowspec.PeakBandwidth == 4000); /* QOS-06 */
    CHECK(got.ProviderSpecific.buf == NULL && got.ProviderSpecific.len == 0);
    CHECK_FAILS(
        WSAIoctl(accepted, SIO_GET_QOS, NULL, 0, &got, sizeof got - 1, &written, NULL, NULL),
        WSAEFAULT);
    CHECK(closesocket(caller) == 0 && closesocket(accepted) == 0 && closesocket(listener) == 0);
}

static void control_codes(void) {
    SOCKET s = socket(AF_INET, SOCK_STREAM, 0);
    QOS flow;
    unsigned char many[8];
    u_long on = 1;
    DWORD written = 77;
    memset(&flow, 0, sizeof flow);
    CHECK_FAILS(WSAIoctl(s, SIO_GET_QOS, NULL, 0, &flow, sizeof flow, &written, NULL, NULL),
                WSAENOPROTOOPT);
    CHECK_FAILS(WSAIoctl(s, SIO_SET_QOS, &flow, sizeof flow, NULL, 0, &written, NULL, NULL),
                WSAENOPROTOOPT);
    CHECK_FAILS(WSAIoctl(s, SIO_GET_GROUP_QOS, NULL, 0, &flow, sizeof flow, &written, NULL, NULL),
                WSAENOPROTOOPT);
    CHECK_FAILS(WSAIoctl(s, FIONBIO, &on, sizeof on, NULL, 0, NULL, NULL, NULL), WSAEFAULT);
    CHECK_FAILS(WSAIoctl(s, FIONBIO, &on, 3, NULL, 0, &written, NULL, NULL), WSAEFAULT);
    CHECK_FAILS(WSAIoctl(s, FIONBIO, NULL, 4, NULL, 0, &written, NULL, NULL), WSAEFAULT);
    CHECK_FAILS(WSAIoctl(s, 0x12345678, NULL, 0, NULL, 0, &written, NULL, NULL), WSAEOPNOTSUPP);
    CHECK(written == 77);
    CHECK(WSAIoctl(s, FIONBIO, &on, sizeof on, NULL, 0, &written, NULL, NULL) == 0 && written == 0);
    CHECK((fcntl((int)s, F_GETFL) & O_NONBLOCK) != 0);
    memset(many, 0, sizeof many); /* 4 bytes of it count */
    many[4] = 1;
    written = 77;
    CHECK(WSAIoctl(s, FIONBIO, many, sizeof many, NULL, 0, &written, NULL, NULL) == 0);
    CHECK(written == 0 && (fcntl((int)s, F_GETFL) & O_NONBLOCK) == 0);
    CHECK(closesocket(s) == 0);
}

static void creation(void) {
    int family = 10; /* Linux' AF_INET6 */
    CHECK(socket(family, SOCK_STREAM, 0) == INVALID_SOCKET && WSAGetLastError() == WSAEAFNOSUPPORT);
    CHECK(WSASocketA(AF_INET, SOCK_STREAM, 0, NULL, SG_UNCONSTRAINED_GROUP, 0) == INVALID_SOCKET);
    CHECK(WSAGetLastError() == WSAEINVAL); /* GRP-03 */
}

/* Messages by the Winsock names (DIS-34, DIS-35, ERR-18). */
static void messages(void) {
    SOCKADDR_VESTIBULE address;
    SOCKET listener = socket(AF_VESTIBULE, SOCK_SEQPACKET, 0), caller, accepted;
    int length = sizeof address, type = 0, longest = 0, size = sizeof type;
    u_long on = 1;
    char room[8] = "";
    memset(&address, 0, sizeof address);
    address.sv_family = AF_VESTIBULE;
    address.sv_node = SV_NODE_LOCAL;
    CHECK(bind(listener, (SOCKADDR *)&address, length) == 0 && listen(listener, 5) == 0);
    CHECK(getsockname(listener, (SOCKADDR *)&address, &length) == 0);
    caller = WSASocketA(AF_VESTIBULE, SOCK_SEQPACKET, 0, NULL, 0, WSA_FLAG_OVERLAPPED);
    CHECK(ioctlsocket(caller, FIONBIO, &on) == 0);
    CHECK_FAILS(connect(caller, (SOCKADDR *)&address, length), WSAEWOULDBLOCK);
    accepted = accept(listener, NULL, NULL);
    CHECK(accepted != INVALID_SOCKET);
    CHECK(getsockopt(accepted, SOL_SOCKET, SO_TYPE, (char *)&type, &size) == 0);
    CHECK(getsockopt(accepted, SOL_SOCKET, SO_MAX_MSG_SIZE, (char *)&longest, &size) == 0);
    CHECK(type == SOCK_SEQPACKET && longest == 65536);
    CHECK(send(caller, "message", 7, 0) == 7 && send(caller, "", 0, 0) == 0);
    CHECK_FAILS(recv(accepted, room, 4, 0), WSAEMSGSIZE);
    CHECK(memcmp(room, "mess", 5) == 0);
    CHECK(recv(accepted, room, 4, MSG_PARTIAL) == 4);
    CHECK(recv(accepted, room, 8, 0) == 3 && memcmp(room, "age", 3) == 0);
    CHECK(recv(accepted, room, 8, 0) == 0);
    CHECK_FAILS(recv(accepted, room, 8, MSG_WAITALL), WSAEOPNOTSUPP);
    CHECK(WSASendDisconnect(caller, NULL) == 0);
    CHECK_FAILS(recv(accepted, room, 8, 0), WSAEDISCON);
    CHECK(recv(accepted, room, 8, MSG_PARTIAL) == 0);
    CHECK(closesocket(accepted) == 0 && closesocket(caller) == 0 && closesocket(listener) == 0);
}

int main(void) {
    WSADATA data;
    CHECK(WSAStartup(MAKEWORD(2, 2), &data) == 0);
    ipv6();
    ipv6_only();
    overlapped();
    in_process();
    messages();
    control_codes();
    creation();
    CHECK(WSACleanup() == 0);
    return 0;
}
