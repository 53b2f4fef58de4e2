/* The Winsock headers after the system's own, twice, in C and in C++: names and numbers stay
 * Windows', and the system's functions stay the system's. */

#include <sys/socket.h>

static int system_socket(void) {
    return socket(AF_INET6, SOCK_STREAM, 0);
}

#include <winsock2.h>
#include <ws2tcpip.h>
#include <wshisotp.h>

#include <winsock2.h>
#include <ws2tcpip.h>

#include <netdb.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vestibule.h>

int main(void) {
    WSADATA data;
    struct linger linger = {1, 5};
    struct timeval at_once = {0, 0};
    u_long on = 1;
    fd_set set;
    unsigned long unread = 1;
    SOCKET s;
    int theirs = system_socket();
    if (WSAStartup(MAKEWORD(2, 2), &data) != 0)
        return 1;
    s = socket(AF_INET, SOCK_STREAM, 0);
    if (s == INVALID_SOCKET || ioctlsocket(s, FIONBIO, &on) != 0 ||
        ioctlsocket(s, FIONREAD, &unread) != 0 || unread != 0 ||
        setsockopt(s, SOL_SOCKET, SO_LINGER, (const char *)&linger, sizeof linger) != 0)
        return 1;
    FD_ZERO(&set);
    FD_SET(s, &set);
    if (set.fd_count != 1 || select(0, &set, NULL, NULL, &at_once) != 0 || FD_ISSET(s, &set) ||
        closesocket(s) != 0)
        return 1;
    if (AF_INET6 != 23 || SOL_SOCKET != 0xffff || sizeof(u_long) != 4 || sizeof linger != 4)
        return 1;
    if (theirs >= 0 && (closesocket((SOCKET)theirs) != SOCKET_ERROR || close(theirs) != 0))
        return 1;
    return WSACleanup();
}
