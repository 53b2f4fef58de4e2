/* A program that wants longer sets defines FD_SETSIZE before it includes the header (EVT-64). */

#include <stdlib.h> /* brings the system's fd_set, where it can */

#undef FD_SETSIZE
#define FD_SETSIZE 200

#include "winsock_util.h"

int main(void) {
    SOCKET sockets[150];
    struct timeval at_once = {0, 0};
    WSADATA data;
    fd_set set;
    int i;
    CHECK(sizeof set >= 200 * sizeof(SOCKET) && FD_SETSIZE == 200);
    CHECK(WSAStartup(MAKEWORD(2, 2), &data) == 0);
    FD_ZERO(&set);
    for (i = 0; i < 150; i++) {
        sockets[i] = socket(AF_INET, SOCK_STREAM, 0);
        FD_SET(sockets[i], &set);
    }
    CHECK(set.fd_count == 150 && FD_ISSET(sockets[149], &set));
    CHECK(select(0, NULL, NULL, &set, &at_once) == 0 && set.fd_count == 0);
    for (i = 0; i < 150; i++)
        CHECK(closesocket(sockets[i]) == 0);
    CHECK(WSACleanup() == 0);
    return 0;
}
