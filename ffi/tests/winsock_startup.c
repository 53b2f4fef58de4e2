/* WSAStartup and WSACleanup, and that nothing works without a start (HND-01 to HND-11, HND-24,
 * ACC-52). */

#include "winsock_util.h"

#include <vestibule.h>

#define NEEDS_START(call, result)                                                                  \
    do {                                                                                           \
        WSASetLastError(0);                                                                        \
        CHECK((call) == (result));                                                                 \
        CHECK(WSAGetLastError() == WSANOTINITIALISED);                                             \
    } while (0)

static void nothing_works(void) {
    SOCKET s = INVALID_SOCKET;
    DWORD written;
    NEEDS_START(socket(AF_INET, SOCK_STREAM, 0), INVALID_SOCKET);
    NEEDS_START(WSASocketA(AF_INET, SOCK_STREAM, 0, NULL, 0, 0), INVALID_SOCKET);
    NEEDS_START(WSASocketW(AF_INET, SOCK_STREAM, 0, NULL, 0, 0), INVALID_SOCKET);
    NEEDS_START(bind(s, NULL, 0), SOCKET_ERROR);
    NEEDS_START(listen(s, 1), SOCKET_ERROR);
    NEEDS_START(shutdown(s, SD_BOTH), SOCKET_ERROR);
    NEEDS_START(closesocket(s), SOCKET_ERROR);
    NEEDS_START(accept(s, NULL, NULL), INVALID_SOCKET);
    NEEDS_START(WSAAccept(s, NULL, NULL, NULL, 0), INVALID_SOCKET);
    NEEDS_START(connect(s, NULL, 0), SOCKET_ERROR);
    NEEDS_START(WSAConnect(s, NULL, 0, NULL, NULL, NULL, NULL), SOCKET_ERROR);
    NEEDS_START(send(s, NULL, 0, 0), SOCKET_ERROR);
    NEEDS_START(recv(s, NULL, 0, 0), SOCKET_ERROR);
    NEEDS_START(WSASendDisconnect(s, NULL), SOCKET_ERROR);
    NEEDS_START(WSARecvDisconnect(s, NULL), SOCKET_ERROR);
    NEEDS_START(getsockname(s, NULL, NULL), SOCKET_ERROR);
    NEEDS_START(getpeername(s, NULL, NULL), SOCKET_ERROR);
    NEEDS_START(getsockopt(s, SOL_SOCKET, SO_TYPE, NULL, NULL), SOCKET_ERROR);
    NEEDS_START(setsockopt(s, SOL_SOCKET, SO_TYPE, NULL, 0), SOCKET_ERROR);
    NEEDS_START(ioctlsocket(s, FIONBIO, NULL), SOCKET_ERROR);
    NEEDS_START(WSAIoctl(s, FIONBIO, NULL, 0, NULL, 0, &written, NULL, NULL), SOCKET_ERROR);
    NEEDS_START(WSACreateEvent(), WSA_INVALID_EVENT);
    NEEDS_START(WSACloseEvent(NULL), FALSE);
    NEEDS_START(WSASetEvent(NULL), FALSE);
    NEEDS_START(WSAResetEvent(NULL), FALSE);
    NEEDS_START(WSAWaitForMultipleEvents(0, NULL, FALSE, 0, FALSE), WSA_WAIT_FAILED);
    NEEDS_START(WSAEventSelect(s, NULL, -1), SOCKET_ERROR);
    NEEDS_START(WSAEnumNetworkEvents(s, NULL, NULL), SOCKET_ERROR);
    NEEDS_START(WSAAsyncSelect(s, NULL, 0, -1), SOCKET_ERROR);
    NEEDS_START(select(0, NULL, NULL, NULL, NULL), SOCKET_ERROR);
    NEEDS_START(VestibuleEventDescriptor(NULL), -1);
    NEEDS_START(VestibuleCreatePort(), NULL);
    NEEDS_START(VestibuleClosePort(NULL), FALSE);
    NEEDS_START(VestibuleGetMessage(NULL, NULL, 0), FALSE);
    NEEDS_START(VestibulePortDescriptor(NULL), -1);
    NEEDS_START(WSACleanup(), SOCKET_ERROR);
}

static void negotiates(WORD requested, WORD version, unsigned short sockets,
                       unsigned short datagram) {
    WSADATA data;
    memset(&data, 0xA5, sizeof data);
    CHECK(WSAStartup(requested, &data) == 0);
    CHECK(data.wVersion == version && data.wHighVersion == MAKEWORD(2, 2));
    CHECK(data.iMaxSockets == sockets && data.iMaxUdpDg == datagram);
    CHECK((uintptr_t)data.lpVendorInfo == (uintptr_t)0xA5A5A5A5A5A5A5A5);
    CHECK(strncmp(data.szDescription, "vestibule ", 10) == 0);
    CHECK(strcmp(data.szSystemStatus, "Running") == 0);
    CHECK(WSACleanup() == 0);
}

static void versions(void) {
    WSADATA data;
    negotiates(MAKEWORD(2, 2), MAKEWORD(2, 2), 0, 0);
    negotiates(MAKEWORD(2, 0), MAKEWORD(2, 0), 0, 0);
    negotiates(MAKEWORD(1, 1), MAKEWORD(1, 1), 32767, 65467);
    negotiates(MAKEWORD(1, 9), MAKEWORD(1, 1), 32767, 65467);
    negotiates(MAKEWORD(9, 9), MAKEWORD(2, 2), 0, 0);
    memset(&data, 0, sizeof data);
    WSASetLastError(0);
    CHECK(WSAStartup(MAKEWORD(0, 9), &data) == WSAVERNOTSUPPORTED);
    CHECK(data.wVersion == MAKEWORD(2, 2) && data.wHighVersion == MAKEWORD(2, 2));
    CHECK(WSAGetLastError() == WSANOTINITIALISED);
    CHECK(WSAStartup(0, NULL) == WSAVERNOTSUPPORTED);
    CHECK(WSAStartup(MAKEWORD(2, 2), NULL) == WSAEFAULT);
    nothing_works();
}

static void counting(void) {
    WSADATA data;
    SOCKET s;
    CHECK(WSAStartup(MAKEWORD(2, 2), &data) == 0);
    CHECK(WSAStartup(MAKEWORD(2, 2), &data) == 0);
    CHECK(WSACleanup() == 0);
    s = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(s != INVALID_SOCKET && closesocket(s) == 0);
    CHECK(WSACleanup() == 0);
    nothing_works();
}

static int CALLBACK cleans_up(LPWSABUF caller_id, LPWSABUF caller_data, LPQOS sqos, LPQOS gqos,
                              LPWSABUF callee_id, LPWSABUF callee_data, GROUP *group,
                              DWORD_PTR context) {
    (void)caller_id, (void)caller_data, (void)sqos, (void)gqos;
    (void)callee_id, (void)callee_data, (void)group, (void)context;
    WSASetLastError(0);
    CHECK(WSACleanup() == SOCKET_ERROR && WSAGetLastError() == WSAEINPROGRESS);
    return CF_REJECT;
}

static void inside_a_condition_function(void) {
    SOCKADDR_IN address;
    int length = sizeof address;
    WSADATA data;
    SOCKET listener, caller;
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(WSAStartup(MAKEWORD(2, 2), &data) == 0);
    listener = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    CHECK(bind(listener, (SOCKADDR *)&address, length) == 0 && listen(listener, SOMAXCONN) == 0);
    CHECK(getsockname(listener, (SOCKADDR *)&address, &length) == 0);
    caller = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    CHECK(connect(caller, (SOCKADDR *)&address, length) == 0);
    CHECK(WSAAccept(listener, NULL, NULL, cleans_up, 0) == INVALID_SOCKET);
    CHECK(WSAGetLastError() == WSAECONNREFUSED);
    CHECK(closesocket(caller) == 0 && closesocket(listener) == 0 && WSACleanup() == 0);
}

int main(void) {
    vestibule_handle ours;
    nothing_works();
    versions();
    counting();
    inside_a_condition_function();
    ours = vestibule_socket(AF_INET, SOCK_STREAM, 0); /* vestibule_* starts by itself */
    CHECK(ours != VESTIBULE_INVALID_SOCKET && vestibule_closesocket(ours) == 0);
    return 0;
}
