/* Data through the Winsock names: the control codes about it (LAY-35), and several
 * buffers (DIS-33 to DIS-35, ERR-18). */

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

/* ---- Several buffers ------------------------------------------------------------------------- */

static void gather_and_scatter(int family, int type) {
    struct pair pair = connected(family, type);
    char first[2], second[4], third[8];
    WSABUF parts[] = {{3, (char *)"abc"}, {0, NULL}, {4, (char *)"defg"}};
    WSABUF room[] = {{sizeof first, first}, {sizeof second, second}, {sizeof third, third}};
    DWORD sent = 0, received = 0, flags = 0;
    CHECK(WSASend(pair.client, parts, 3, &sent, 0, NULL, NULL) == 0 && sent == 7);
    if (type == SOCK_STREAM)
        flags = MSG_WAITALL, room[2].len = 1;
    CHECK(WSARecv(pair.server, room, 3, &received, &flags, NULL, NULL) == 0 && received == 7);
    CHECK(memcmp(first, "ab", 2) == 0 && memcmp(second, "cdef", 4) == 0 && third[0] == 'g');
    CHECK(flags == (type == SOCK_STREAM ? MSG_WAITALL : 0));
    CHECK(shutdown(pair.client, SD_SEND) == 0);
    flags = 0;
    if (type == SOCK_STREAM) { /* DIS-33, DIS-34 */
        CHECK(WSARecv(pair.server, room, 3, &received, &flags, NULL, NULL) == 0);
        CHECK(received == 0);
    } else {
        CHECK_FAILS(WSARecv(pair.server, room, 3, &received, &flags, NULL, NULL), WSAEDISCON);
    }
    hang_up(pair);
}

static void parts_of_a_message(void) {
    struct pair pair = connected(AF_VESTIBULE, SOCK_SEQPACKET);
    char first[2], second[2];
    WSABUF room[] = {{2, first}, {2, second}};
    DWORD received = 77, flags = 0;
    CHECK(send(pair.client, "abcdef", 6, 0) == 6);
    CHECK_FAILS(WSARecv(pair.server, room, 2, &received, &flags, NULL, NULL), WSAEMSGSIZE);
    CHECK(received == 77 && flags == 0 && memcmp(second, "cd", 2) == 0); /* ERR-18 */
    flags = MSG_PARTIAL;
    CHECK(WSARecv(pair.server, room, 2, &received, &flags, NULL, NULL) == 0);
    CHECK(received == 4 && flags == MSG_PARTIAL && memcmp(first, "ab", 2) == 0);
    CHECK(WSARecv(pair.server, room, 2, &received, &flags, NULL, NULL) == 0);
    CHECK(received == 2 && flags == 0 && memcmp(first, "ef", 2) == 0);
    hang_up(pair);
}

static void urgent_in_buffers(void) {
    struct pair pair = connected(AF_INET, SOCK_STREAM);
    char nothing[1], byte[1];
    WSABUF parts[] = {{2, (char *)"ab"}, {1, (char *)"!"}}, room[] = {{0, nothing}, {1, byte}};
    DWORD count = 0, flags = MSG_OOB;
    CHECK(WSASend(pair.client, parts, 2, &count, MSG_OOB, NULL, NULL) == 0 && count == 3);
    while (WSARecv(pair.server, room, 2, &count, &flags, NULL, NULL) != 0)
        CHECK(WSAGetLastError() == WSAEINVAL);
    CHECK(count == 1 && byte[0] == '!');
    CHECK(ask(pair.server, FIONREAD) == 2);
    hang_up(pair);
}

int main(void) {
    WSADATA data;
    CHECK(WSAStartup(MAKEWORD(2, 2), &data) == 0);
    stream_codes(AF_INET);
    stream_codes(AF_VESTIBULE);
    message_codes();
    the_mark();
    a_long_sets_the_mode();
    gather_and_scatter(AF_INET, SOCK_STREAM);
    gather_and_scatter(AF_VESTIBULE, SOCK_STREAM);
    gather_and_scatter(AF_VESTIBULE, SOCK_SEQPACKET);
    parts_of_a_message();
    urgent_in_buffers();
    CHECK(WSACleanup() == 0);
    return 0;
}
