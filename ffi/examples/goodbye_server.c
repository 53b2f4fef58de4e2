/* The server's half of the eight steps over plain TCP, one step for each line on standard input, so
 * that whoever runs the scene can put them into any order. Written for Winsock.
 *
 *     goodbye_server
 *
 * Its first line is "listening 127.0.0.1:PORT". Then it takes lines and answers each with a line:
 *
 *   accept  the next client          2   reads what the client says, up to the end: its total
 *   3       WSARecvDisconnect        4   adds it up: the total of all
 *   5       says that, and the end   5a  closes
 *
 * Plain TCP carries no disconnect data, so a total is what is said before the goodbye. It exits
 * with 0 at the end of its input, with 1 if anything fails.
 *
 *     cc goodbye_server.c -I include/vestibule -L target/release -lvestibule
 *     x86_64-w64-mingw32-gcc goodbye_server.c -lws2_32 */

#include <winsock2.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void need(int holds, const char *what) {
    if (holds)
        return;
    printf("%s: error %d\n", what, WSAGetLastError());
    exit(1);
}

static unsigned hear(SOCKET s) {
    char text[16];
    int length = 0, received;
    while ((received = recv(s, text + length, (int)sizeof text - 1 - length, 0)) > 0)
        length += received;
    need(received == 0, "recv");
    text[length] = '\0';
    return (unsigned)strtoul(text, NULL, 10);
}

static void say(SOCKET s, unsigned number) {
    char text[16];
    int length = snprintf(text, sizeof text, "%u", number);
    need(send(s, text, length, 0) == length, "send");
    need(WSASendDisconnect(s, NULL) == 0, "WSASendDisconnect");
}

int main(void) {
    SOCKADDR_IN address;
    int length = sizeof address;
    unsigned heard = 0, total_of_all = 0;
    SOCKET listener, accepted = INVALID_SOCKET;
    char line[32];
    WSADATA data;
    setvbuf(stdout, NULL, _IONBF, 0);
    if (WSAStartup(MAKEWORD(2, 2), &data) != 0)
        return 1;
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    listener = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    need(bind(listener, (SOCKADDR *)&address, length) == 0 && listen(listener, 5) == 0 &&
             getsockname(listener, (SOCKADDR *)&address, &length) == 0,
         "cannot listen");
    printf("listening 127.0.0.1:%u\n", ntohs(address.sin_port));
    while (fgets(line, sizeof line, stdin) != NULL) {
        line[strcspn(line, "\r\n")] = '\0';
        if (strcmp(line, "accept") == 0) {
            accepted = accept(listener, NULL, NULL);
            need(accepted != INVALID_SOCKET, "accept");
        } else if (strcmp(line, "2") == 0) {
            heard = hear(accepted);
        } else if (strcmp(line, "3") == 0) {
            need(WSARecvDisconnect(accepted, NULL) == 0, "WSARecvDisconnect");
        } else if (strcmp(line, "4") == 0) {
            total_of_all += heard;
        } else if (strcmp(line, "5") == 0) {
            say(accepted, total_of_all);
        } else if (strcmp(line, "5a") == 0) {
            need(closesocket(accepted) == 0, "closesocket");
        } else {
            need(0, "an unknown step");
        }
        printf("%s: %u heard, %u of all\n", line, heard, total_of_all);
    }
    closesocket(listener);
    WSACleanup();
    return 0;
}
