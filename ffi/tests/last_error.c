/* The last error: per thread, changed by failures only (HND-23, HND-25), and what its numbers
 * mean. */

#include "util.h"

#include <errno.h>

static void *elsewhere(void *argument) {
    (void)argument;
    CHECK(vestibule_last_error() == 0);
    CHECK_ERROR(vestibule_closesocket(VESTIBULE_INVALID_SOCKET), VESTIBULE_WSAENOTSOCK);
    return NULL;
}

static void each_thread_has_its_own(void) {
    pthread_t thread;
    CHECK(vestibule_last_error() == 0);
    CHECK_NO_SOCKET(vestibule_socket(77, SOCK_STREAM, 0), VESTIBULE_WSAEAFNOSUPPORT);
    CHECK(pthread_create(&thread, NULL, elsewhere, NULL) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK(vestibule_last_error() == VESTIBULE_WSAEAFNOSUPPORT);
}

static void failures_and_the_program_change_it(void) {
    vestibule_handle socket = stream(VESTIBULE_AF_IN_PROCESS);
    vestibule_set_last_error(4711);
    CHECK(vestibule_closesocket(socket) == 0);
    CHECK(vestibule_last_error() == 4711);
    vestibule_set_last_error(0);
    CHECK(vestibule_last_error() == 0);
}

/* HND-19 */
static void creation(void) {
    CHECK_NO_SOCKET(vestibule_socket(-1, SOCK_STREAM, 0), VESTIBULE_WSAEAFNOSUPPORT);
    CHECK_NO_SOCKET(vestibule_socket(23, SOCK_STREAM, 0), VESTIBULE_WSAEAFNOSUPPORT); /* Windows' */
    CHECK_NO_SOCKET(vestibule_socket(AF_INET, 77, 0), VESTIBULE_WSAESOCKTNOSUPPORT);
    CHECK_NO_SOCKET(vestibule_socket(AF_INET, SOCK_STREAM, 99), VESTIBULE_WSAEPROTONOSUPPORT);
    CHECK_NO_SOCKET(vestibule_socket(AF_INET, SOCK_STREAM, IPPROTO_UDP), VESTIBULE_WSAEPROTOTYPE);
    CHECK(vestibule_configure(VESTIBULE_MAX_IN_PROCESS_SOCKETS, 0) == 0);
    CHECK_NO_SOCKET(vestibule_socket(VESTIBULE_AF_IN_PROCESS, SOCK_STREAM, 0), VESTIBULE_WSAEMFILE);
    CHECK(vestibule_configure(VESTIBULE_MAX_IN_PROCESS_SOCKETS, 1000000) == 0);
}

static void names_and_texts(void) {
    CHECK(strcmp(vestibule_error_name(VESTIBULE_WSAECONNREFUSED), "WSAECONNREFUSED") == 0);
    CHECK(strlen(vestibule_error_text(VESTIBULE_WSATRY_AGAIN)) > 0);
    CHECK(vestibule_error_errno(VESTIBULE_WSAECONNREFUSED) == ECONNREFUSED);
    CHECK(vestibule_error_name(4711) == NULL && vestibule_error_text(4711) == NULL);
    CHECK(vestibule_error_errno(4711) == 0);
    CHECK(strcmp(vestibule_version(), "") != 0);
}

int main(void) {
    each_thread_has_its_own();
    failures_and_the_program_change_it();
    creation();
    names_and_texts();
    return 0;
}
