/* Kernel sockets that come from elsewhere, or go there. */

#include "util.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

/* A listening socket of the program's own. */
static int foreign_listener(struct address *address) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    *address = loopback(AF_INET);
    CHECK(fd >= 0 && bind(fd, &address->is.any, address->length) == 0 && listen(fd, 5) == 0);
    CHECK(getsockname(fd, &address->is.any, &address->length) == 0);
    return fd;
}

static void a_listener_decides(void) {
    struct address address;
    struct caller caller;
    int fd = foreign_listener(&address);
    vestibule_handle listener = vestibule_adopt(fd);
    vestibule_handle accepted;
    CHECK(listener == (vestibule_handle)fd);
    CHECK_NO_SOCKET(vestibule_adopt(fd), VESTIBULE_WSAEINVAL);

    call(&caller, &address, NULL);
    answered(&caller);
    CHECK_NO_SOCKET(decide(listener, VESTIBULE_DEFER), VESTIBULE_WSATRY_AGAIN);
    CHECK_ERROR(vestibule_detach(listener), VESTIBULE_WSAEINVAL);
    accepted = decide(listener, VESTIBULE_ACCEPT);
    CHECK(accepted != VESTIBULE_INVALID_SOCKET);
    CHECK(vestibule_send(accepted, "!", 1, 0) == 1);

    CHECK(vestibule_detach(listener) == fd);
    CHECK_ERROR(vestibule_listen(listener, 1), VESTIBULE_WSAENOTSOCK);
    CHECK_ERROR(vestibule_detach(listener), VESTIBULE_WSAENOTSOCK);
    CHECK(fcntl(fd, F_GETFD) >= 0 && close(fd) == 0);
    CHECK(vestibule_closesocket(accepted) == 0);
    hang_up(&caller);
}

static void a_connection_goes_on(void) {
    struct address address;
    int listening = foreign_listener(&address);
    int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int server;
    char byte;
    vestibule_handle adopted;
    CHECK(connect(client, &address.is.any, address.length) == 0);
    server = accept(listening, NULL, NULL);
    CHECK(server >= 0 && send(client, "x", 1, 0) == 1);
    adopted = vestibule_adopt(server);
    CHECK(adopted == (vestibule_handle)server);
    CHECK(vestibule_recv(adopted, &byte, 1, 0) == 1 && byte == 'x');
    CHECK(vestibule_detach(adopted) == server);
    CHECK(send(server, "y", 1, MSG_NOSIGNAL) == 1 && recv(client, &byte, 1, 0) == 1);
    CHECK(byte == 'y');
    CHECK(close(server) == 0 && close(client) == 0 && close(listening) == 0);
}

/* After a failure the descriptor is the program's as before. */
static void refused(int fd, int error) {
    CHECK_NO_SOCKET(vestibule_adopt(fd), error);
    CHECK(fd < 0 || close(fd) == 0);
}

static void anything_else_is_refused(void) {
    int ends[2];
    vestibule_handle in_process = stream(VESTIBULE_AF_IN_PROCESS);
    CHECK_NO_SOCKET(vestibule_adopt(-1), VESTIBULE_WSAENOTSOCK);
    CHECK_NO_SOCKET(vestibule_adopt(987654), VESTIBULE_WSAENOTSOCK);
    refused(open("/dev/null", O_RDONLY), VESTIBULE_WSAENOTSOCK);
    refused(socket(AF_INET, SOCK_DGRAM, 0), VESTIBULE_WSAESOCKTNOSUPPORT);
    refused(socket(AF_INET, SOCK_STREAM, 0), VESTIBULE_WSAENOTCONN);
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    refused(ends[0], VESTIBULE_WSAEAFNOSUPPORT);
    CHECK(close(ends[1]) == 0);

    CHECK_ERROR(vestibule_detach(in_process), VESTIBULE_WSAEOPNOTSUPP);
    CHECK_ERROR(vestibule_detach(VESTIBULE_INVALID_SOCKET), VESTIBULE_WSAENOTSOCK);
    CHECK(vestibule_closesocket(in_process) == 0);
}

/* Accepts until the listener is closed under it; what is detached at the moment is tried again. */
static void *accepts(void *listener) {
    do {
        vestibule_accept(*(vestibule_handle *)listener, NULL, NULL, NULL, 0);
    } while (vestibule_last_error() != VESTIBULE_WSAEINTR);
    return NULL;
}

static void not_while_a_call_is_under_way(void) {
    struct address address;
    vestibule_handle socket = listener(AF_INET, &address);
    pthread_t thread;
    int fd;
    CHECK(pthread_create(&thread, NULL, accepts, &socket) == 0);
    while ((fd = vestibule_detach(socket)) >= 0) { /* the thread has not called yet */
        CHECK((int)vestibule_adopt(fd) == fd);
        poll(NULL, 0, 1); /* or the two might miss each other for ever */
    }
    CHECK(vestibule_last_error() == VESTIBULE_WSAEINPROGRESS);
    poll(NULL, 0, 50); /* it sleeps in accept now, or will soon */
    CHECK(vestibule_closesocket(socket) == 0 && pthread_join(thread, NULL) == 0);
}

int main(void) {
    a_listener_decides();
    a_connection_goes_on();
    anything_else_is_refused();
    not_while_a_call_is_under_way();
    return 0;
}
