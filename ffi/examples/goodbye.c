/* The eight steps of a goodbye with totals, in every order, with disconnect data. Both ends are in
 * this program, because the in-process entry is the one here that carries disconnect data. Written
 * for Winsock.
 *
 *     goodbye
 *
 * The client is in charge of the end: it says how many transactions it has made (1), the server
 * gets notice (2), reads that (3), adds it up (4) and says the total of all clients (5); the client
 * gets notice (6), reads that (7) and closes (8). The server closes (5a) at any time after (5), and
 * the client learns the total all the same. Exits with 0 if it does, with 1 otherwise.
 *
 *     cc goodbye.c -I include/vestibule -L target/release -lvestibule */

#include <winsock2.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef AF_VESTIBULE

struct session {
    SOCKET client, server;
    unsigned transactions, heard, total_of_all, learnt;
};

static void need(int holds, const char *what) {
    if (holds)
        return;
    printf("goodbye: %s: error %d\n", what, WSAGetLastError());
    exit(1);
}

static void say(SOCKET s, unsigned number) {
    char text[16];
    WSABUF data;
    data.buf = text;
    data.len = (u_long)snprintf(text, sizeof text, "%u", number);
    need(WSASendDisconnect(s, &data) == 0, "WSASendDisconnect");
}

static void notice(SOCKET s) {
    char byte;
    need(recv(s, &byte, 1, 0) == 0, "recv");
}

static unsigned hear(SOCKET s) {
    char text[65];
    WSABUF data;
    data.buf = text;
    data.len = sizeof text - 1;
    need(WSARecvDisconnect(s, &data) == 0, "WSARecvDisconnect");
    text[data.len] = '\0';
    return (unsigned)strtoul(text, NULL, 10);
}

static void take(struct session *session, const char *step) {
    if (strcmp(step, "1") == 0)
        say(session->client, session->transactions);
    else if (strcmp(step, "2") == 0)
        notice(session->server);
    else if (strcmp(step, "3") == 0)
        session->heard = hear(session->server);
    else if (strcmp(step, "4") == 0)
        session->total_of_all += session->heard;
    else if (strcmp(step, "5") == 0)
        say(session->server, session->total_of_all);
    else if (strcmp(step, "5a") == 0)
        need(closesocket(session->server) == 0, "closesocket");
    else if (strcmp(step, "6") == 0)
        notice(session->client);
    else if (strcmp(step, "7") == 0)
        session->learnt = hear(session->client);
    else
        need(closesocket(session->client) == 0, "closesocket");
}

/* Connects without a second thread: the attempt goes on in the background while the server accepts.
 */
static void begin(struct session *session, SOCKET listener, const SOCKADDR_VESTIBULE *address) {
    u_long on = 1, off = 0;
    session->client = socket(AF_VESTIBULE, SOCK_STREAM, 0);
    need(ioctlsocket(session->client, FIONBIO, &on) == 0, "ioctlsocket");
    need(connect(session->client, (const SOCKADDR *)address, sizeof *address) == SOCKET_ERROR &&
             WSAGetLastError() == WSAEWOULDBLOCK,
         "connect");
    session->server = accept(listener, NULL, NULL);
    need(session->server != INVALID_SOCKET, "accept");
    need(ioctlsocket(session->client, FIONBIO, &off) == 0, "ioctlsocket");
}

int main(void) {
    static const char *const orders[4][9] = {{"1", "2", "3", "4", "5", "5a", "6", "7", "8"},
                                             {"1", "2", "3", "4", "5", "6", "5a", "7", "8"},
                                             {"1", "2", "3", "4", "5", "6", "7", "5a", "8"},
                                             {"1", "2", "3", "4", "5", "6", "7", "8", "5a"}};
    static const unsigned transactions[4] = {12, 30, 7, 51};
    SOCKADDR_VESTIBULE address = {AF_VESTIBULE, 0, SV_NODE_LOCAL, 0, 0};
    int length = sizeof address, order, step;
    struct session session = {0};
    unsigned expected = 0;
    WSADATA data;
    SOCKET listener;
    if (WSAStartup(MAKEWORD(2, 2), &data) != 0)
        return 1;
    listener = socket(AF_VESTIBULE, SOCK_STREAM, 0);
    need(bind(listener, (SOCKADDR *)&address, length) == 0 && listen(listener, 5) == 0 &&
             getsockname(listener, (SOCKADDR *)&address, &length) == 0,
         "cannot listen");
    for (order = 0; order < 4; order++) {
        begin(&session, listener, &address);
        session.transactions = transactions[order];
        expected += transactions[order];
        for (step = 0; step < 9; step++) {
            printf("%s ", orders[order][step]);
            take(&session, orders[order][step]);
        }
        printf("  the client says %u and learns %u of all\n", session.heard, session.learnt);
        need(session.heard == transactions[order] && session.learnt == expected, "a wrong total");
    }
    closesocket(listener);
    WSACleanup();
    return 0;
}

#else

int main(void) {
    printf("goodbye: there is no in-process entry here\n");
    return 1;
}

#endif
