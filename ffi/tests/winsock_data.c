/* Data through the Winsock names: the control codes about it (LAY-35). */

#include "winsock_util.h"

/* ---- Connections ----------------------------------------------------------------------------- */

struct pair {
    SOCKET client, server;
};

static struct pair connected(int family, int type) {
    SOCKADDR_STORAGE room;
    SOCKADDR *name = (SOCKADDR *)&room;
    SOCKADDR_VESTIBULE in_process = {AF_VESTIBULE, 0, SV_NODE_LOCAL, 0, 0};
    SOCKADDR_IN inet;
    SOCKET listener = socket(family, type, 0);
    struct pair pair;
    int length = family == AF_INET ? (int)sizeof inet : (int)sizeof in_process;
    u_long on = 1, off = 0;
    memset(&inet, 0, sizeof inet);
    inet.sin_family = AF_INET;
    inet.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    memcpy(&room, family == AF_INET ? (void *)&inet : (void *)&in_process, (size_t)length);
    CHECK(bind(listener, name, length) == 0 && listen(listener, 5) == 0);
    CHECK(getsockname(listener, name, &length) == 0);
    pair.client = socket(family, type, 0);
    CHECK(ioctlsocket(pair.client, FIONBIO, &on) == 0);
    CHECK(connect(pair.client, name, length) == SOCKET_ERROR);
    CHECK(WSAGetLastError() == WSAEWOULDBLOCK);
    pair.server = accept(listener, NULL, NULL);
    CHECK(pair.server != INVALID_SOCKET);
    CHECK(ioctlsocket(pair.client, FIONBIO, &off) == 0);
    CHECK(closesocket(listener) == 0);
    return pair;
}

static void hang_up(struct pair pair) {
    CHECK(closesocket(pair.client) == 0 && closesocket(pair.server) == 0);
}

/* ---- Control codes --------------------------------------------------------------------------- */

static u_long ask(SOCKET s, LONG code) {
    u_long answer = 0xA5A5A5A5, same = 0x5A5A5A5A;
    unsigned long same_in_64_bits = ~0UL;
    DWORD written = 0;
    CHECK(ioctlsocket(s, code, &answer) == 0);
    CHECK(WSAIoctl(s, (DWORD)code, NULL, 0, &same, sizeof same, &written, NULL, NULL) == 0);
    CHECK(written == sizeof same && same == answer);
    CHECK(ioctlsocket(s, code, &same_in_64_bits) == 0 && same_in_64_bits == answer);
    return answer;
}

static void stream_codes(int family) {
    struct pair pair = connected(family, SOCK_STREAM);
    char bytes[8];
    CHECK(ask(pair.server, FIONREAD) == 0);
    CHECK(send(pair.client, "abc", 3, 0) == 3);
    CHECK(recv(pair.server, bytes, 1, 0) == 1);
    CHECK(ask(pair.server, FIONREAD) == 2);
    hang_up(pair);
}

static void message_codes(void) {
    struct pair pair = connected(AF_VESTIBULE, SOCK_SEQPACKET);
    u_long answer = 77;
    CHECK(send(pair.client, "abc", 3, 0) == 3 && send(pair.client, "de", 2, 0) == 2);
    CHECK(ask(pair.server, FIONREAD) == 3);
    CHECK_FAILS(ioctlsocket(pair.server, SIOCATMARK, &answer), WSAEOPNOTSUPP);
    CHECK(answer == 77);
    hang_up(pair);
}

static void the_mark(void) {
    struct pair pair = connected(AF_INET, SOCK_STREAM);
    char bytes[8];
    CHECK(ask(pair.server, SIOCATMARK) == TRUE);
    CHECK(send(pair.client, "ab!", 3, MSG_OOB) == 3);
    while (recv(pair.server, bytes, 8, MSG_OOB | MSG_PEEK) != 1)
        CHECK(WSAGetLastError() == WSAEINVAL);
    CHECK(ask(pair.server, SIOCATMARK) == FALSE && ask(pair.server, FIONREAD) == 2);
    CHECK(recv(pair.server, bytes, 8, MSG_OOB) == 1 && bytes[0] == '!');
    CHECK(recv(pair.server, bytes, 8, 0) == 2);
    CHECK(ask(pair.server, SIOCATMARK) == TRUE);
    hang_up(pair);
}

static void a_long_sets_the_mode(void) {
    SOCKET s = socket(AF_INET, SOCK_STREAM, 0);
    unsigned long on = 1;
    char byte;
    CHECK(ioctlsocket(s, FIONBIO, &on) == 0 && on == 1);
    on = 7UL << 32; /* of which Windows' u_long sees nothing */
    CHECK(ioctlsocket(s, FIONBIO, &on) == 0);
    CHECK(ioctlsocket(s, FIONBIO, (unsigned long *)NULL) == SOCKET_ERROR);
    CHECK(WSAGetLastError() == WSAEFAULT);
    CHECK_FAILS(recv(s, &byte, 1, 0), WSAENOTCONN);
    CHECK(closesocket(s) == 0);
}

int main(void) {
    WSADATA data;
    CHECK(WSAStartup(MAKEWORD(2, 2), &data) == 0);
    stream_codes(AF_INET);
    stream_codes(AF_VESTIBULE);
    message_codes();
    the_mark();
    a_long_sets_the_mode();
    CHECK(WSACleanup() == 0);
    return 0;
}
