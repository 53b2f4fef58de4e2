/* What a decision costs in Wine: the row P1-wine. A program for Windows that does what ours does in
 * ../accept.c, with a full backlog and everything on one core, and prints nanoseconds an accept. */

#include <winsock2.h>

#include <stdio.h>
#include <stdlib.h>

#define BATCH 64

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: %s (%d)\n", __FILE__, __LINE__, #condition,                    \
                    WSAGetLastError());                                                            \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

static int CALLBACK decides(LPWSABUF caller, LPWSABUF caller_data, LPQOS sqos, LPQOS gqos,
                            LPWSABUF callee, LPWSABUF callee_data, GROUP *group,
                            DWORD_PTR decision) {
    (void)caller_data, (void)sqos, (void)gqos, (void)callee, (void)callee_data, (void)group;
    return caller->len == 0 ? CF_REJECT : (int)decision;
}

static double now(void) {
    LARGE_INTEGER count, frequency;
    QueryPerformanceCounter(&count);
    QueryPerformanceFrequency(&frequency);
    return (double)count.QuadPart / (double)frequency.QuadPart * 1e9;
}

static double batch(SOCKET listener, const struct sockaddr_in *address) {
    struct linger reset = {1, 0};
    SOCKET clients[BATCH], accepted[BATCH];
    double start, end;
    for (int i = 0; i < BATCH; i++) {
        clients[i] = socket(AF_INET, SOCK_STREAM, 0);
        CHECK(connect(clients[i], (const struct sockaddr *)address, sizeof *address) == 0);
    }
    start = now();
    for (int i = 0; i < BATCH; i++) {
        accepted[i] = WSAAccept(listener, NULL, NULL, decides, CF_ACCEPT);
    }
    end = now();
    for (int i = 0; i < BATCH; i++) {
        CHECK(accepted[i] != INVALID_SOCKET);
        CHECK(setsockopt(clients[i], SOL_SOCKET, SO_LINGER, (char *)&reset, sizeof reset) == 0);
        CHECK(closesocket(clients[i]) == 0 && closesocket(accepted[i]) == 0);
    }
    return (end - start) / BATCH;
}

static int ascending(const void *one, const void *other) {
    double a = *(const double *)one, b = *(const double *)other;
    return a < b ? -1 : a > b;
}

int main(void) {
    enum { BATCHES = 16 };
    double times[BATCHES];
    struct sockaddr_in address = {0};
    int length = sizeof address;
    WSADATA data;
    CHECK(WSAStartup(MAKEWORD(2, 2), &data) == 0);
    SOCKET listener = socket(AF_INET, SOCK_STREAM, 0);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(bind(listener, (struct sockaddr *)&address, length) == 0);
    CHECK(listen(listener, BATCH) == 0);
    CHECK(getsockname(listener, (struct sockaddr *)&address, &length) == 0);
    batch(listener, &address);
    for (int i = 0; i < BATCHES; i++) {
        times[i] = batch(listener, &address);
    }
    qsort(times, BATCHES, sizeof *times, ascending);
    printf("%f\n", times[BATCHES / 4]);
    return 0;
}
