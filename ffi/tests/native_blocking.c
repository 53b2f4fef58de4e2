/* A call that waits sleeps in the kernel: it does not look again and again, and the hooks of
 * version 1.1, which could run meanwhile, do not exist (HND-34). */

#define _GNU_SOURCE

#include "util.h"

#include <dlfcn.h>
#include <sys/resource.h>

#define A_WHILE 300 /* milliseconds */

static struct rusage so_far(void) {
    struct rusage usage;
    CHECK(getrusage(RUSAGE_THREAD, &usage) == 0);
    return usage;
}

static long microseconds(const struct rusage *usage) {
    return (long)((usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) * 1000000 +
                  usage->ru_utime.tv_usec + usage->ru_stime.tv_usec);
}

/* Since `begin` the thread has slept a few times at most, and done nothing to speak of. */
static void has_slept(struct rusage begin) {
    struct rusage end = so_far();
    CHECK(end.ru_nvcsw - begin.ru_nvcsw <= 10);
    CHECK(microseconds(&end) - microseconds(&begin) < A_WHILE * 1000 / 4);
}

static void accepting(int family) {
    struct address address;
    vestibule_handle socket = listener(family, &address);
    struct rusage begin = so_far();
    CHECK_NO_SOCKET(vestibule_accept_timeout(socket, NULL, NULL, NULL, 0, A_WHILE),
                    VESTIBULE_WSAETIMEDOUT);
    has_slept(begin);
    CHECK(vestibule_closesocket(socket) == 0);
}

static void receiving(int family) {
    struct address address;
    struct caller caller;
    vestibule_handle socket = listener(family, &address), accepted;
    struct rusage begin;
    int limit = A_WHILE;
    char byte;
    call(&caller, &address, NULL);
    accepted = vestibule_accept(socket, NULL, NULL, NULL, 0);
    answered(&caller);
    CHECK(vestibule_setsockopt(accepted, VESTIBULE_SOL_SOCKET, VESTIBULE_SO_RCVTIMEO, &limit,
                               sizeof limit) == 0);
    begin = so_far();
    CHECK_FAILS(vestibule_recv(accepted, &byte, 1, 0), -1, VESTIBULE_WSAETIMEDOUT);
    has_slept(begin);
    CHECK(vestibule_closesocket(accepted) == 0 && vestibule_closesocket(socket) == 0);
    hang_up(&caller);
}

static void connecting(void) {
    struct address address;
    vestibule_handle socket = listener(VESTIBULE_AF_IN_PROCESS, &address);
    vestibule_handle caller = stream(VESTIBULE_AF_IN_PROCESS);
    struct rusage begin = so_far();
    CHECK_ERROR(vestibule_connect_timeout(caller, &address.is.any, address.length, NULL, NULL, NULL,
                                          NULL, A_WHILE),
                VESTIBULE_WSAETIMEDOUT);
    has_slept(begin);
    CHECK(vestibule_closesocket(caller) == 0 && vestibule_closesocket(socket) == 0);
}

static void there_are_no_hooks(void) {
    static const char *const names[] = {"WSASetBlockingHook", "WSAUnhookBlockingHook",
                                        "WSACancelBlockingCall", "vestibule_ws_set_blocking_hook",
                                        "vestibule_ws_cancel_blocking_call"};
    size_t index;
    for (index = 0; index < sizeof names / sizeof *names; index++)
        CHECK(dlsym(RTLD_DEFAULT, names[index]) == NULL);
    CHECK(dlsym(RTLD_DEFAULT, "vestibule_ws_accept") != NULL);
}

int main(void) {
    const int *family;
    for (family = families(); *family != 0; family++) {
        accepting(*family);
        receiving(*family);
    }
    connecting();
    there_are_no_hooks();
    return 0;
}
