/* NULL and short lengths are WSAEFAULT, never a crash (HND-32, HND-37, LSN-11, CON-13, DIS-23). */

#include "util.h"

static void names(int family) {
    struct address address = loopback(family);
    vestibule_handle socket = stream(family);
    socklen_t length = sizeof address.is, before;

    CHECK_ERROR(vestibule_bind(socket, NULL, address.length), VESTIBULE_WSAEFAULT);
    CHECK_ERROR(vestibule_bind(socket, &address.is.any, address.length - 1), VESTIBULE_WSAEFAULT);
    CHECK_ERROR(vestibule_bind(socket, &address.is.any, 0), VESTIBULE_WSAEFAULT);
    address.is.any.sa_family = 77;
    CHECK_ERROR(vestibule_bind(socket, &address.is.any, address.length), VESTIBULE_WSAEAFNOSUPPORT);
    CHECK_ERROR(vestibule_connect(socket, NULL, address.length, NULL, NULL, NULL, NULL),
                VESTIBULE_WSAEFAULT);
    CHECK_ERROR(
        vestibule_connect(socket, &address.is.any, address.length - 1, NULL, NULL, NULL, NULL),
        VESTIBULE_WSAEFAULT);
    CHECK_ERROR(vestibule_connect(socket, &address.is.any, address.length, NULL, NULL, NULL, NULL),
                VESTIBULE_WSAEAFNOSUPPORT);

    /* The state comes before the pointers. */
    CHECK_ERROR(vestibule_getsockname(socket, NULL, NULL), VESTIBULE_WSAEINVAL);
    CHECK_ERROR(vestibule_getpeername(socket, NULL, NULL), VESTIBULE_WSAENOTCONN);
    address = loopback(family);
    CHECK(vestibule_bind(socket, &address.is.any, address.length) == 0);
    CHECK_ERROR(vestibule_getsockname(socket, NULL, &length), VESTIBULE_WSAEFAULT);
    CHECK_ERROR(vestibule_getsockname(socket, &address.is.any, NULL), VESTIBULE_WSAEFAULT);
    before = length = address.length - 1;
    CHECK_ERROR(vestibule_getsockname(socket, &address.is.any, &length), VESTIBULE_WSAEFAULT);
    CHECK(length == before);
    CHECK(vestibule_closesocket(socket) == 0);
}

static void data(int family) {
    struct address address;
    struct caller caller;
    vestibule_handle socket = listener(family, &address), accepted;
    struct vestibule_buffer nowhere = {4, NULL}, nothing = {0, NULL};
    char byte;

    accepted = stream(family);
    CHECK_ERROR(
        vestibule_connect(accepted, &address.is.any, address.length, &nowhere, NULL, NULL, NULL),
        VESTIBULE_WSAEFAULT);
    CHECK_ERROR(
        vestibule_connect(accepted, &address.is.any, address.length, NULL, &nowhere, NULL, NULL),
        VESTIBULE_WSAEFAULT);
    CHECK(vestibule_closesocket(accepted) == 0);

    call(&caller, &address, NULL);
    accepted = vestibule_accept(socket, NULL, NULL, NULL, 0);
    answered(&caller);
    CHECK(caller.result == 0);
    CHECK_FAILS(vestibule_send(accepted, NULL, 1, 0), -1, VESTIBULE_WSAEFAULT);
    CHECK_FAILS(vestibule_recv(accepted, NULL, 1, 0), -1, VESTIBULE_WSAEFAULT);
    CHECK_FAILS(vestibule_send(accepted, &byte, SIZE_MAX, 0), -1, VESTIBULE_WSAEFAULT);
    CHECK_FAILS(vestibule_recv(accepted, &byte, SIZE_MAX, 0), -1, VESTIBULE_WSAEFAULT);
    CHECK_FAILS(vestibule_send(accepted, "x", 1, 0x4000), -1, VESTIBULE_WSAEOPNOTSUPP);
    CHECK(vestibule_send(accepted, NULL, 0, 0) == 0);
    nowhere.len = 4;
    CHECK_ERROR(vestibule_send_disconnect(accepted, &nowhere), VESTIBULE_WSAEFAULT);
    CHECK_ERROR(vestibule_recv_disconnect(accepted, &nowhere), VESTIBULE_WSAEFAULT);
    CHECK(nowhere.len == 4);
    CHECK_ERROR(vestibule_callee_data(accepted, NULL), VESTIBULE_WSAEFAULT);
    CHECK_ERROR(vestibule_callee_data(accepted, &nowhere), VESTIBULE_WSAEFAULT);
    CHECK(vestibule_callee_data(accepted, &nothing) == 0 && nothing.len == 0);
    CHECK(vestibule_user_data_limits(accepted, NULL, NULL) == 0);
    CHECK(vestibule_send(accepted, "x", 1, 0) == 1); /* nothing of this has ended the connection */
    CHECK(vestibule_recv(caller.socket, &byte, 1, 0) == 1);
    hang_up(&caller);
    CHECK(vestibule_closesocket(accepted) == 0);
    CHECK(vestibule_closesocket(socket) == 0);
}

static void options(int family) {
    vestibule_handle socket = stream(family);
    int value = 0;
    socklen_t length = sizeof value;
    const int level = VESTIBULE_SOL_SOCKET, option = VESTIBULE_SO_REUSEADDR;
    CHECK_ERROR(vestibule_getsockopt(socket, level, option, NULL, &length), VESTIBULE_WSAEFAULT);
    CHECK_ERROR(vestibule_getsockopt(socket, level, option, &value, NULL), VESTIBULE_WSAEFAULT);
    length = 3;
    CHECK_ERROR(vestibule_getsockopt(socket, level, option, &value, &length), VESTIBULE_WSAEFAULT);
    CHECK(length == 3 && value == 0);
    CHECK_ERROR(vestibule_setsockopt(socket, level, option, NULL, 4), VESTIBULE_WSAEFAULT);
    CHECK_ERROR(vestibule_setsockopt(socket, level, option, &value, 3), VESTIBULE_WSAEFAULT);
    CHECK(vestibule_closesocket(socket) == 0);
}

int main(void) {
    const int *family;
    for (family = families(); *family != 0; family++) {
        names(*family);
        data(*family);
        options(*family);
    }
    CHECK_ERROR(vestibule_setting(VESTIBULE_CONNECT_TIMEOUT, NULL), VESTIBULE_WSAEFAULT);
    CHECK_ERROR(vestibule_setting(99, NULL), VESTIBULE_WSAEINVAL);
    CHECK_ERROR(vestibule_caller_credentials(NULL), VESTIBULE_WSAEINVAL);
    return 0;
}
