/* Datagrams through the Winsock names (LSN-17, CON-28, ACC-17, ERR-18). */

#include "winsock_util.h"

static const int size = sizeof(SOCKADDR_IN);

static SOCKET bound(SOCKADDR_IN *name) {
    SOCKET s = socket(AF_INET, SOCK_DGRAM, 0);
    int length = size;
    CHECK(s != INVALID_SOCKET);
    memset(name, 0, sizeof *name);
    name->sin_family = AF_INET;
    name->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(bind(s, (SOCKADDR *)name, size) == 0);
    CHECK(getsockname(s, (SOCKADDR *)name, &length) == 0);
    return s;
}

static void there_and_back(void) {
    SOCKADDR_IN first, second, from;
    SOCKET one = bound(&first), other = bound(&second);
    char bytes[8];
    int length = sizeof from;
    CHECK(sendto(one, "hello", 5, 0, (SOCKADDR *)&second, size) == 5);
    CHECK(recvfrom(other, bytes, 8, MSG_PEEK, (SOCKADDR *)&from, &length) == 5 && length == size);
    CHECK(from.sin_port == first.sin_port && memcmp(bytes, "hello", 5) == 0);
    CHECK_FAILS(recvfrom(other, bytes, 4, 0, NULL, NULL), WSAEMSGSIZE); /* ERR-18 */
    CHECK(sendto(other, NULL, 0, 0, (SOCKADDR *)&from, size) == 0);
    CHECK(recv(one, bytes, 8, 0) == 0);
    CHECK(closesocket(one) == 0 && closesocket(other) == 0);
}

static void in_buffers(void) {
    SOCKADDR_IN first, second, from;
    SOCKET one = bound(&first), other = bound(&second);
    char front[2], back[8];
    WSABUF parts[] = {{3, (char *)"abc"}, {2, (char *)"de"}}, room[] = {{2, front}, {8, back}};
    DWORD count = 0, flags = 0;
    int length = sizeof from;
    CHECK(WSASendTo(one, parts, 2, &count, 0, (SOCKADDR *)&second, size, NULL, NULL) == 0);
    CHECK(count == 5);
    CHECK(WSARecvFrom(other, room, 2, &count, &flags, (SOCKADDR *)&from, &length, NULL, NULL) == 0);
    CHECK(count == 5 && flags == 0 && from.sin_port == first.sin_port);
    CHECK(memcmp(front, "ab", 2) == 0 && memcmp(back, "cde", 3) == 0);
    CHECK(closesocket(one) == 0 && closesocket(other) == 0);
}

static void connections_are_refused(void) {
    SOCKADDR_IN name, other_name;
    SOCKET s = bound(&name), other = bound(&other_name);
    WSABUF caller = {5, (char *)"hello"}, callee = {5, (char *)"....."};
    CHECK_FAILS(listen(s, 5), WSAEOPNOTSUPP);                          /* LSN-17 */
    CHECK_NO_SOCKET(accept(s, NULL, NULL), WSAEOPNOTSUPP);             /* ACC-17 */
    CHECK_NO_SOCKET(WSAAccept(s, NULL, NULL, NULL, 0), WSAEOPNOTSUPP); /* ACC-17 */
    CHECK(WSAConnect(s, (SOCKADDR *)&other_name, size, &caller, &callee, NULL, NULL) == 0);
    CHECK(send(s, "x", 1, 0) == 1 &&
          recv(other, callee.buf = (char[1]){0}, 1, 0) == 1); /* CON-28 */
    CHECK(closesocket(s) == 0 && closesocket(other) == 0);
}

int main(void) {
    WSADATA data;
    CHECK(WSAStartup(MAKEWORD(2, 2), &data) == 0);
    there_and_back();
    in_buffers();
    connections_are_refused();
    CHECK(WSACleanup() == 0);
    return 0;
}
