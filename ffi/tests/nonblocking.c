/* Non-blocking sockets, time-outs and descriptors to poll (HND-29, HND-31, ACC-15, CON-05, CON-06,
 * CON-10, CON-19, LSN-31). */

#include "util.h"

#include <fcntl.h>
#include <poll.h>

static int readable(vestibule_handle socket, int milliseconds) {
    struct pollfd polled = {vestibule_read_descriptor(socket), POLLIN, 0};
    CHECK(polled.fd >= 0);
    return poll(&polled, 1, milliseconds) > 0;
}

/* On plain TCP the one descriptor is polled for output, elsewhere another for input. */
static int writable(vestibule_handle socket, int milliseconds) {
    struct pollfd polled = {vestibule_write_descriptor(socket), POLLIN, 0};
    CHECK(polled.fd >= 0);
    if ((vestibule_handle)polled.fd == socket)
        polled.events = POLLOUT;
    return poll(&polled, 1, milliseconds) > 0;
}

static void nothing_to_take(int family) {
    struct address address;
    vestibule_handle socket = listener(family, &address);
    CHECK_NO_SOCKET(vestibule_accept_timeout(socket, NULL, NULL, answer, 0, 30),
                    VESTIBULE_WSAETIMEDOUT);
    CHECK_NO_SOCKET(vestibule_accept_timeout(socket, NULL, NULL, answer, 0, 0),
                    VESTIBULE_WSAETIMEDOUT);
    CHECK(vestibule_set_nonblocking(socket, 1) == 0);
    CHECK_NO_SOCKET(decide(socket, VESTIBULE_ACCEPT), VESTIBULE_WSAEWOULDBLOCK);
    CHECK(!readable(socket, 0));
    CHECK(vestibule_closesocket(socket) == 0);
}

static void polled(int family) {
    struct address address;
    vestibule_handle socket = listener(family, &address), accepted, caller = stream(family);
    char byte;
    CHECK(vestibule_set_nonblocking(socket, 1) == 0);
    CHECK(vestibule_set_nonblocking(caller, 1) == 0);
    vestibule_set_last_error(0);
    CHECK_ERROR(vestibule_connect(caller, &address.is.any, address.length, NULL, NULL, NULL, NULL),
                VESTIBULE_WSAEWOULDBLOCK);
    CHECK(readable(socket, 5000));
    accepted = decide(socket, VESTIBULE_ACCEPT);
    CHECK(accepted != VESTIBULE_INVALID_SOCKET);
    CHECK(writable(caller, 5000));
    CHECK(vestibule_finish_connect(caller, 0) == 0);
    CHECK_ERROR(vestibule_connect(caller, &address.is.any, address.length, NULL, NULL, NULL, NULL),
                VESTIBULE_WSAEISCONN);

    /* SKT-06: the accepted socket is non-blocking like the listener. */
    CHECK_FAILS(vestibule_recv(accepted, &byte, 1, 0), -1, VESTIBULE_WSAEWOULDBLOCK);
    CHECK(vestibule_send(caller, "x", 1, 0) == 1);
    CHECK(readable(accepted, 5000));
    CHECK(vestibule_recv(accepted, &byte, 1, VESTIBULE_MSG_PEEK) == 1);
    CHECK(vestibule_recv(accepted, &byte, 1, 0) == 1 && byte == 'x');
    CHECK(vestibule_closesocket(caller) == 0);
    CHECK(readable(accepted, 5000));
    CHECK(vestibule_recv(accepted, &byte, 1, 0) == 0);
    CHECK(vestibule_closesocket(accepted) == 0);
    CHECK(vestibule_closesocket(socket) == 0);
}

static void undecided(void) {
    struct address address;
    vestibule_handle socket = listener(VESTIBULE_AF_IN_PROCESS, &address);
    vestibule_handle caller = stream(VESTIBULE_AF_IN_PROCESS);
    int error = 0;
    socklen_t length = sizeof error;
    CHECK_ERROR(vestibule_connect_timeout(caller, &address.is.any, address.length, NULL, NULL, NULL,
                                          NULL, 30),
                VESTIBULE_WSAETIMEDOUT);
    CHECK(vestibule_set_nonblocking(socket, 1) == 0);
    CHECK_NO_SOCKET(decide(socket, VESTIBULE_ACCEPT), VESTIBULE_WSAEWOULDBLOCK); /* withdrawn */

    CHECK(vestibule_set_nonblocking(caller, 1) == 0);
    CHECK_ERROR(vestibule_finish_connect(caller, 0), VESTIBULE_WSAENOTCONN);
    CHECK_ERROR(vestibule_connect(caller, &address.is.any, address.length, NULL, NULL, NULL, NULL),
                VESTIBULE_WSAEWOULDBLOCK);
    CHECK_ERROR(vestibule_connect(caller, &address.is.any, address.length, NULL, NULL, NULL, NULL),
                VESTIBULE_WSAEALREADY);
    CHECK_ERROR(vestibule_finish_connect(caller, 10), VESTIBULE_WSAETIMEDOUT); /* it goes on */
    CHECK(!writable(caller, 0));
    CHECK_NO_SOCKET(decide(socket, VESTIBULE_REJECT), VESTIBULE_WSAECONNREFUSED);
    CHECK(writable(caller, 5000));
    CHECK_ERROR(vestibule_finish_connect(caller, -1), VESTIBULE_WSAECONNREFUSED);
    CHECK(vestibule_getsockopt(caller, VESTIBULE_SOL_SOCKET, VESTIBULE_SO_ERROR, &error, &length) ==
          0);
    CHECK(error == VESTIBULE_WSAECONNREFUSED);
    CHECK(vestibule_closesocket(caller) == 0);
    CHECK(vestibule_closesocket(socket) == 0);
}

/* HND-12, HND-31, HND-36 */
static void handles(void) {
    vestibule_handle kernel = stream(AF_INET), ours = stream(VESTIBULE_AF_IN_PROCESS);
    CHECK(vestibule_read_descriptor(kernel) == (int)kernel);
    CHECK(vestibule_write_descriptor(kernel) == (int)kernel);
    CHECK(fcntl((int)kernel, F_GETFD) == FD_CLOEXEC);
    CHECK(ours >= 1 << 30 && ours <= INT32_MAX);
    CHECK(fcntl(vestibule_read_descriptor(ours), F_GETFD) == FD_CLOEXEC);
    CHECK(fcntl(vestibule_write_descriptor(ours), F_GETFD) == FD_CLOEXEC);
    CHECK(vestibule_closesocket(kernel) == 0);
    CHECK(vestibule_closesocket(ours) == 0);
}

int main(void) {
    const int *family;
    for (family = families(); *family != 0; family++) {
        nothing_to_take(*family);
        polled(*family);
    }
    undecided();
    handles();
    return 0;
}
