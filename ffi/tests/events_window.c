/* WSAAsyncSelect with a notification port as its window: a message is what a window procedure is
 * given (EVT-50, EVT-53, LAY-18). */

#include "winsock_events.h"

#define MESSAGE 1025

static HWND window(void) {
    HWND port = VestibuleCreatePort();
    CHECK(port != NULL);
    return port;
}

/* The next message has to be this one; what is left in it is its error. */
static WORD next(HWND port, SOCKET s, WORD event) {
    VESTIBULE_MESSAGE message;
    WSASetLastError(77);
    CHECK(VestibuleGetMessage(port, &message, LONG_TIME) == TRUE);
    CHECK(message.hwnd == port && message.message == MESSAGE && message.wParam == s);
    CHECK(WSAGETSELECTEVENT(message.lParam) == event);
    CHECK(message.lParam >> 32 == 0);
    CHECK(WSAGetLastError() == 77); /* EVT-56 */
    return WSAGETSELECTERROR(message.lParam);
}

static void is_silent(HWND port) {
    VESTIBULE_MESSAGE message;
    CHECK(VestibuleGetMessage(port, &message, QUIET_TIME) == FALSE);
    CHECK(WSAGetLastError() == WSAETIMEDOUT);
}

static void a_server_and_its_client(int family) {
    union name name;
    SOCKET listener = listening(family, &name), client = fresh(family), server;
    HWND port = window();
    CHECK(WSAAsyncSelect(listener, port, MESSAGE, FD_ACCEPT | FD_READ) == 0);
    CHECK(WSAAsyncSelect(client, port, MESSAGE, FD_CONNECT) == 0);
    CHECK_FAILS(connect(client, &name.any, name_size), WSAEWOULDBLOCK); /* EVT-54 */
    CHECK(family != AF_INET || next(port, client, FD_CONNECT) == 0); /* the kernel accepts first */
    CHECK(next(port, listener, FD_ACCEPT) == 0);
    server = accept(listener, NULL, NULL);
    CHECK(server != INVALID_SOCKET);
    CHECK(family == AF_INET || next(port, client, FD_CONNECT) == 0);
    send_bytes(client, 1);
    CHECK(next(port, server, FD_READ) == 0); /* SKT-07, under its own handle */
    is_silent(port);
    close_socket(server), close_socket(client), close_socket(listener);
    CHECK(VestibuleClosePort(port) == TRUE);
}

/* Every receive enables FD_READ again, also one whose arguments are wrong (EVT-12, EVT-13). */
static void every_receive_enables_the_next_message(int family) {
    struct pair pair = connected(family);
    HWND port = window();
    char byte;
    WSABUF none = {1, NULL}, room = {1, &byte};
    DWORD count, flags = 0;
    CHECK(WSAAsyncSelect(pair.server, port, MESSAGE, FD_READ) == 0);
    send_bytes(pair.client, 3);
    CHECK(next(port, pair.server, FD_READ) == 0);
    CHECK_FAILS(WSARecv(pair.server, &none, 1, &count, &flags, NULL, NULL), WSAEFAULT);
    CHECK(next(port, pair.server, FD_READ) == 0);
    CHECK_FAILS(recvfrom(pair.server, NULL, 1, 0, NULL, NULL), WSAEFAULT);
    CHECK(next(port, pair.server, FD_READ) == 0);
    CHECK(WSARecv(pair.server, &room, 1, &count, &flags, NULL, NULL) == 0 && count == 1);
    CHECK(next(port, pair.server, FD_READ) == 0);
    CHECK(recvfrom(pair.server, &byte, 1, 0, NULL, NULL) == 1);
    CHECK(next(port, pair.server, FD_READ) == 0);
    CHECK(received(pair.server, 16) == 1);
    is_silent(port);
    close_pair(pair);
    CHECK(VestibuleClosePort(port) == TRUE);
}

static void a_refusal(int family) {
    union name name;
    SOCKET nobody = listening(family, &name), client = fresh(family);
    HWND port = window();
    close_socket(nobody);
    CHECK(WSAAsyncSelect(client, port, MESSAGE, FD_CONNECT) == 0);
    CHECK(connect(client, &name.any, name_size) == SOCKET_ERROR);
    CHECK(next(port, client, FD_CONNECT) == WSAECONNREFUSED);
    CHECK(WSAAsyncSelect(client, NULL, 0, 0) == 0); /* cancels, whatever the window is */
    is_silent(port);
    close_socket(client);
    CHECK(VestibulePortDescriptor(port) >= 0 && VestibuleClosePort(port) == TRUE);
}

int main(void) {
    WSADATA data;
    size_t family;
    CHECK(WSAStartup(MAKEWORD(2, 2), &data) == 0);
    for (family = 0; family < sizeof families / sizeof *families; family++) {
        a_server_and_its_client(families[family]);
        every_receive_enables_the_next_message(families[family]);
        a_refusal(families[family]);
    }
    CHECK(WSACleanup() == 0);
    return 0;
}
