/* A stranger's program that was written for Winsock, in C and C++: a server that rejects one caller
 * and accepts the next, over TCP. */

#include <winsock2.h>
#include <ws2tcpip.h>

#include <stdio.h>
#include <string.h>

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: %s (last error %d)\n", __FILE__, __LINE__, #condition,         \
                    WSAGetLastError());                                                            \
            return 1;                                                                              \
        }                                                                                          \
    } while (0)

/* Accepts every second caller. */
static int CALLBACK every_second(LPWSABUF caller_id, LPWSABUF caller_data, LPQOS sqos, LPQOS gqos,
                                 LPWSABUF callee_id, LPWSABUF callee_data, GROUP *group,
                                 DWORD_PTR context) {
    int *calls = (int *)context;
    (void)caller_data, (void)sqos, (void)gqos, (void)callee_id, (void)callee_data, (void)group;
    if (((const struct sockaddr_in *)(const void *)caller_id->buf)->sin_family != AF_INET)
        return CF_DEFER;
    return ++*calls % 2 == 0 ? CF_ACCEPT : CF_REJECT;
}

static SOCKET call(const struct sockaddr_in *server) {
    SOCKET caller = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    if (connect(caller, (const struct sockaddr *)server, sizeof *server) == SOCKET_ERROR)
        fprintf(stderr, "connect: %d\n", WSAGetLastError());
    return caller;
}

int main(void) {
    WSADATA data;
    struct sockaddr_in address;
    int length = sizeof address, calls = 0;
    char answer[8];
    SOCKET listener, caller, accepted;

    CHECK(WSAStartup(MAKEWORD(2, 2), &data) == 0);
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    CHECK(inet_pton(AF_INET, "127.0.0.1", &address.sin_addr) == 1);
    listener = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    CHECK(bind(listener, (struct sockaddr *)&address, length) == 0 && listen(listener, 5) == 0);
    CHECK(getsockname(listener, (struct sockaddr *)&address, &length) == 0);

    caller = call(&address);
    accepted = WSAAccept(listener, NULL, NULL, every_second, (DWORD_PTR)&calls);
    CHECK(accepted == INVALID_SOCKET && WSAGetLastError() == WSAECONNREFUSED);
    CHECK(recv(caller, answer, sizeof answer, 0) == SOCKET_ERROR);
    CHECK(WSAGetLastError() == WSAECONNRESET && closesocket(caller) == 0);

    caller = call(&address);
    accepted = WSAAccept(listener, NULL, NULL, every_second, (DWORD_PTR)&calls);
    CHECK(accepted != INVALID_SOCKET && calls == 2);
    CHECK(send(accepted, "hello", 5, 0) == 5);
    CHECK(recv(caller, answer, sizeof answer, 0) == 5 && memcmp(answer, "hello", 5) == 0);

    CHECK(closesocket(accepted) == 0 && closesocket(caller) == 0 && closesocket(listener) == 0);
    return WSACleanup();
}
