/* A handle that is no open socket of the library is WSAENOTSOCK, before anything else is looked at
 * (HND-15, HND-16, HND-37). */

#include "util.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

/* Every call that takes a handle, with arguments that are wrong as well. */
static void is_not_a_socket(vestibule_handle bad) {
    CHECK_ERROR(vestibule_bind(bad, NULL, 0), VESTIBULE_WSAENOTSOCK);
    CHECK_ERROR(vestibule_listen(bad, -1), VESTIBULE_WSAENOTSOCK);
    CHECK_ERROR(vestibule_getsockname(bad, NULL, NULL), VESTIBULE_WSAENOTSOCK);
    CHECK_ERROR(vestibule_getpeername(bad, NULL, NULL), VESTIBULE_WSAENOTSOCK);
    CHECK_ERROR(vestibule_shutdown(bad, 99), VESTIBULE_WSAENOTSOCK);
    CHECK_NO_SOCKET(vestibule_accept(bad, NULL, NULL, NULL, 0), VESTIBULE_WSAENOTSOCK);
    CHECK_NO_SOCKET(vestibule_accept_timeout(bad, NULL, NULL, NULL, 0, 0), VESTIBULE_WSAENOTSOCK);
    CHECK_ERROR(vestibule_connect(bad, NULL, 0, NULL, NULL, NULL, NULL), VESTIBULE_WSAENOTSOCK);
    CHECK_ERROR(vestibule_connect_timeout(bad, NULL, 0, NULL, NULL, NULL, NULL, 0),
                VESTIBULE_WSAENOTSOCK);
    CHECK_ERROR(vestibule_finish_connect(bad, 0), VESTIBULE_WSAENOTSOCK);
    CHECK_ERROR(vestibule_callee_data(bad, NULL), VESTIBULE_WSAENOTSOCK);
    CHECK_FAILS(vestibule_send(bad, NULL, 1, 99), -1, VESTIBULE_WSAENOTSOCK);
    CHECK_FAILS(vestibule_recv(bad, NULL, 1, 99), -1, VESTIBULE_WSAENOTSOCK);
    CHECK_ERROR(vestibule_send_disconnect(bad, NULL), VESTIBULE_WSAENOTSOCK);
    CHECK_ERROR(vestibule_recv_disconnect(bad, NULL), VESTIBULE_WSAENOTSOCK);
    CHECK_ERROR(vestibule_getsockopt(bad, 99, 99, NULL, NULL), VESTIBULE_WSAENOTSOCK);
    CHECK_ERROR(vestibule_setsockopt(bad, 99, 99, NULL, 0), VESTIBULE_WSAENOTSOCK);
    CHECK_ERROR(vestibule_set_nonblocking(bad, 1), VESTIBULE_WSAENOTSOCK);
    CHECK_ERROR(vestibule_user_data_limits(bad, NULL, NULL), VESTIBULE_WSAENOTSOCK);
    CHECK_ERROR(vestibule_read_descriptor(bad), VESTIBULE_WSAENOTSOCK);
    CHECK_ERROR(vestibule_write_descriptor(bad), VESTIBULE_WSAENOTSOCK);
    CHECK_ERROR(vestibule_closesocket(bad), VESTIBULE_WSAENOTSOCK);
}

int main(void) {
    static const vestibule_handle never[] = {
        VESTIBULE_INVALID_SOCKET, 1000000, 1 << 30, (1 << 30) + 12345, (vestibule_handle)1 << 31,
        (vestibule_handle)1 << 40};
    const int *family;
    int foreign, foreign_socket, is_open;
    size_t index;

    for (index = 0; index < sizeof never / sizeof *never; index++)
        is_not_a_socket(never[index]);

    foreign = open("/dev/null", O_RDWR);
    CHECK(foreign >= 0);
    is_not_a_socket((vestibule_handle)foreign);
    is_open = fcntl(foreign, F_GETFD) >= 0; /* nobody has closed it */
    CHECK(is_open);
    foreign_socket = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(foreign_socket >= 0);
    is_not_a_socket((vestibule_handle)foreign_socket);
    CHECK(fcntl(foreign_socket, F_GETFD) >= 0);

    for (family = families(); *family != 0; family++) {
        vestibule_handle closed = stream(*family);
        CHECK(vestibule_closesocket(closed) == 0);
        is_not_a_socket(closed); /* its last call closes it twice */
    }

    /* A closed number of the operating system can be another file by now. */
    {
        vestibule_handle closed = stream(AF_INET);
        int successor;
        CHECK(vestibule_closesocket(closed) == 0);
        successor = open("/dev/null", O_RDWR);
        CHECK((vestibule_handle)successor == closed);
        is_not_a_socket(closed);
        CHECK(fcntl(successor, F_GETFD) >= 0);
    }
    return 0;
}
