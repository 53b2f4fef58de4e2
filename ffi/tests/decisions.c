/* Accept, reject, defer and an invalid answer, as both sides see them (ACC-05 to ACC-08, ACC-18 to
 * ACC-21, ACC-27). */

#include "util.h"

static void exchange(vestibule_handle from, vestibule_handle to) {
    char byte = 0;
    CHECK(vestibule_send(from, "x", 1, 0) == 1);
    CHECK(vestibule_recv(to, &byte, 1, 0) == 1 && byte == 'x');
}

static void accepts(vestibule_handle listener, const struct address *address) {
    struct caller caller;
    vestibule_handle accepted;
    call(&caller, address, NULL);
    accepted = decide(listener, VESTIBULE_ACCEPT);
    CHECK(accepted != VESTIBULE_INVALID_SOCKET);
    answered(&caller);
    CHECK(caller.result == 0);
    exchange(caller.socket, accepted);
    exchange(accepted, caller.socket);
    hang_up(&caller);
    CHECK(vestibule_closesocket(accepted) == 0);
}

/* A rejected caller sees its connect refused where the entry waits for the decision, and its
 * connection reset on plain TCP (ACC-72). */
static void rejects(vestibule_handle listener, const struct address *address) {
    struct caller caller;
    char byte;
    call(&caller, address, NULL);
    CHECK_NO_SOCKET(decide(listener, VESTIBULE_REJECT), VESTIBULE_WSAECONNREFUSED);
    answered(&caller);
    if (address->is.any.sa_family == VESTIBULE_AF_IN_PROCESS) {
        CHECK(caller.result == -1 && caller.error == VESTIBULE_WSAECONNREFUSED);
    } else {
        CHECK(caller.result == 0);
        CHECK_FAILS(vestibule_recv(caller.socket, &byte, 1, 0), -1, VESTIBULE_WSAECONNRESET);
    }
    hang_up(&caller);
}

static void defers_then(vestibule_handle listener, const struct address *address, int then) {
    struct caller caller;
    vestibule_handle accepted;
    int round;
    call(&caller, address, NULL);
    for (round = 0; round < 3; round++)
        CHECK_NO_SOCKET(decide(listener, VESTIBULE_DEFER), VESTIBULE_WSATRY_AGAIN);
    if (then == VESTIBULE_REJECT) {
        CHECK_NO_SOCKET(decide(listener, VESTIBULE_REJECT), VESTIBULE_WSAECONNREFUSED);
        answered(&caller);
    } else {
        /* A NULL condition takes a deferred request without question. */
        accepted = then == VESTIBULE_DEFER ? vestibule_accept(listener, NULL, NULL, NULL, 0)
                                           : decide(listener, VESTIBULE_ACCEPT);
        CHECK(accepted != VESTIBULE_INVALID_SOCKET);
        answered(&caller);
        CHECK(caller.result == 0);
        exchange(caller.socket, accepted);
        CHECK(vestibule_closesocket(accepted) == 0);
    }
    hang_up(&caller);
}

static void answers_nonsense(vestibule_handle listener, const struct address *address) {
    static const int nonsense[] = {-1, 3, 256, 0x7FFFFFFF};
    struct caller caller;
    vestibule_handle accepted;
    size_t index;
    call(&caller, address, NULL);
    for (index = 0; index < sizeof nonsense / sizeof *nonsense; index++)
        CHECK_NO_SOCKET(decide(listener, nonsense[index]), VESTIBULE_WSAEINVAL);
    accepted = decide(listener, VESTIBULE_ACCEPT);
    CHECK(accepted != VESTIBULE_INVALID_SOCKET);
    answered(&caller);
    CHECK(caller.result == 0);
    hang_up(&caller);
    CHECK(vestibule_closesocket(accepted) == 0);
}

int main(void) {
    const int *family;
    for (family = families(); *family != 0; family++) {
        struct address address;
        vestibule_handle socket = listener(*family, &address);
        accepts(socket, &address);
        rejects(socket, &address);
        defers_then(socket, &address, VESTIBULE_ACCEPT);
        defers_then(socket, &address, VESTIBULE_DEFER);
        defers_then(socket, &address, VESTIBULE_REJECT);
        answers_nonsense(socket, &address);
        CHECK(vestibule_closesocket(socket) == 0);
    }
    return 0;
}
