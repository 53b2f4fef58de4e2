/* Where accept puts the caller's address, and when it does not (ACC-46 to ACC-50). */

#include "util.h"

#define UNTOUCHED 0xA5

static struct address room(socklen_t length) {
    struct address address;
    memset(&address, UNTOUCHED, sizeof address);
    address.length = length;
    return address;
}

static int untouched(const struct address *address) {
    size_t index;
    for (index = 0; index < sizeof address->is; index++)
        if (address->is.room[index] != UNTOUCHED)
            return 0;
    return 1;
}

/* After a rejection and a deferral the address is there as well. */
static void is_filled_after_every_decision(vestibule_handle socket, const struct address *to) {
    static const int decisions[] = {VESTIBULE_DEFER, VESTIBULE_REJECT, VESTIBULE_ACCEPT};
    static const int errors[] = {VESTIBULE_WSATRY_AGAIN, VESTIBULE_WSAECONNREFUSED, 0};
    size_t index;
    for (index = 0; index < 3; index++) {
        struct address filled = room(sizeof filled.is), peer;
        struct caller caller;
        vestibule_handle accepted;
        call(&caller, to, NULL);
        vestibule_set_last_error(0);
        accepted = vestibule_accept(socket, &filled.is.any, &filled.length, answer,
                                    (uintptr_t)decisions[index]);
        CHECK(vestibule_last_error() == errors[index]);
        CHECK(filled.length == to->length);
        CHECK(filled.is.any.sa_family == to->is.any.sa_family);
        if (decisions[index] == VESTIBULE_DEFER)
            accepted = vestibule_accept(socket, NULL, NULL, NULL, 0);
        answered(&caller);
        if (accepted != VESTIBULE_INVALID_SOCKET) {
            peer.length = sizeof peer.is;
            CHECK(vestibule_getpeername(accepted, &peer.is.any, &peer.length) == 0);
            CHECK(same_address(&filled, &peer));
            CHECK(vestibule_closesocket(accepted) == 0);
        }
        hang_up(&caller);
    }
}

static void too_short_leaves_the_request(vestibule_handle socket, const struct address *to) {
    struct address shorter = room(to->length - 1);
    struct caller caller;
    vestibule_handle accepted;
    call(&caller, to, NULL);
    CHECK_NO_SOCKET(
        vestibule_accept(socket, &shorter.is.any, &shorter.length, answer, VESTIBULE_REJECT),
        VESTIBULE_WSAEFAULT);
    CHECK(shorter.length == to->length - 1 && untouched(&shorter));
    shorter.length = to->length;
    accepted = vestibule_accept(socket, &shorter.is.any, &shorter.length, NULL, 0);
    CHECK(accepted != VESTIBULE_INVALID_SOCKET && shorter.length == to->length);
    answered(&caller);
    hang_up(&caller);
    CHECK(vestibule_closesocket(accepted) == 0);
}

static void one_null_writes_nothing(vestibule_handle socket, const struct address *to) {
    struct address whole = room(1);
    struct caller caller;
    vestibule_handle accepted;
    call(&caller, to, NULL);
    accepted = vestibule_accept(socket, NULL, &whole.length, NULL, 0);
    CHECK(accepted != VESTIBULE_INVALID_SOCKET && whole.length == 1);
    answered(&caller);
    hang_up(&caller);
    CHECK(vestibule_closesocket(accepted) == 0);
    call(&caller, to, NULL);
    accepted = vestibule_accept(socket, &whole.is.any, NULL, NULL, 0);
    CHECK(accepted != VESTIBULE_INVALID_SOCKET && untouched(&whole));
    answered(&caller);
    hang_up(&caller);
    CHECK(vestibule_closesocket(accepted) == 0);
}

static void failures_write_nothing(vestibule_handle socket) {
    struct address whole = room(sizeof whole.is);
    CHECK(vestibule_set_nonblocking(socket, 1) == 0);
    CHECK_NO_SOCKET(vestibule_accept(socket, &whole.is.any, &whole.length, NULL, 0),
                    VESTIBULE_WSAEWOULDBLOCK);
    CHECK(whole.length == sizeof whole.is && untouched(&whole));
    CHECK(vestibule_set_nonblocking(socket, 0) == 0);
}

int main(void) {
    const int *family;
    for (family = families(); *family != 0; family++) {
        struct address address;
        vestibule_handle socket = listener(*family, &address);
        is_filled_after_every_decision(socket, &address);
        too_short_leaves_the_request(socket, &address);
        one_null_writes_nothing(socket, &address);
        failures_write_nothing(socket);
        CHECK(vestibule_closesocket(socket) == 0);
    }
    return 0;
}
