/* A caller of the demo: connects, says a line, and reports what it sees. Written for Winsock.
 *
 *     demo_client PORT accepted|rejected|deferred
 *
 * PORT is the server's on 127.0.0.1. The second argument is what this caller expects:
 *
 *   accepted  its line is answered;
 *   rejected  its first use of the connection fails with WSAECONNRESET: on plain TCP the kernel
 *             has completed the handshake before anybody decides;
 *   deferred  it has no answer for a while ("no answer yet" is printed), and one later.
 *
 * Everything it sees is printed, each line after "accepted caller: " and so on. It exits with 0 if
 * everything went as expected, with 1 otherwise.
 *
 *     cc demo_client.c -I include/vestibule -L target/release -lvestibule
 *     x86_64-w64-mingw32-gcc demo_client.c -lws2_32 */

#include <winsock2.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Long enough for an answer that is under way, milliseconds. */
#define A_WHILE 300

static const char *role;

static void fail(const char *what) {
    printf("%s caller: %s: error %d\n", role, what, WSAGetLastError());
    exit(1);
}

/* Ends the program unless the next use of the connection fails with `error`. */
static void fails_with(SOCKET s, int error, const char *name, const char *meaning) {
    char byte;
    int received = recv(s, &byte, 1, 0);
    if (received >= 0) {
        printf("%s caller: recv returns %d instead of failing\n", role, received);
        exit(1);
    }
    if (WSAGetLastError() != error)
        fail("recv");
    printf("%s caller: recv fails with %d (%s): %s\n", role, error, name, meaning);
    fflush(stdout);
}

static void hears(SOCKET s, const char *expected) {
    char reply[128];
    int length = 0, received = 1;
    while (received > 0 && length < (int)sizeof reply - 1) {
        received = recv(s, reply + length, (int)sizeof reply - 1 - length, 0);
        if (received < 0)
            fail("recv");
        length += received;
    }
    reply[length] = '\0';
    reply[strcspn(reply, "\n")] = '\0';
    printf("%s caller: hears \"%s\"\n", role, reply);
    if (strcmp(reply, expected) != 0)
        exit(1);
}

static void set_patience(SOCKET s, int milliseconds) {
    DWORD time = (DWORD)milliseconds;
    if (setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, (const char *)&time, sizeof time) != 0)
        fail("setsockopt");
}

static SOCKET call(unsigned short port) {
    SOCKADDR_IN address;
    int length = sizeof address;
    SOCKET s = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    if (s == INVALID_SOCKET || connect(s, (SOCKADDR *)&address, length) != 0)
        fail("connect");
    if (getsockname(s, (SOCKADDR *)&address, &length) != 0)
        fail("getsockname");
    printf("%s caller: connected from %s:%u\n", role, inet_ntoa(address.sin_addr),
           ntohs(address.sin_port));
    fflush(stdout);
    return s;
}

static void say(SOCKET s, const char *line) {
    int length = (int)strlen(line);
    if (send(s, line, length, 0) != length)
        fail("send");
}

int main(int count, char **arguments) {
    WSADATA data;
    SOCKET s;
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    role = count == 3 ? arguments[2] : "";
    if (strcmp(role, "accepted") != 0 && strcmp(role, "rejected") != 0 &&
        strcmp(role, "deferred") != 0) {
        fprintf(stderr, "usage: %s PORT accepted|rejected|deferred\n", arguments[0]);
        return 2;
    }
    if (WSAStartup(MAKEWORD(2, 2), &data) != 0)
        return 1;
    s = call((unsigned short)strtoul(arguments[1], NULL, 10));
    if (strcmp(role, "rejected") == 0) {
        fails_with(s, WSAECONNRESET, "WSAECONNRESET", "rejected");
    } else if (strcmp(role, "deferred") == 0) {
        say(s, "I can wait\n");
        set_patience(s, A_WHILE);
        fails_with(s, WSAETIMEDOUT, "WSAETIMEDOUT", "no answer yet");
        set_patience(s, 0);
        hears(s, "you said: I can wait");
    } else {
        say(s, "good morning\n");
        hears(s, "you said: good morning");
    }
    closesocket(s);
    WSACleanup();
    return 0;
}
