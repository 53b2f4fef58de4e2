/* Calls into the library from inside a condition function (ACC-51 to ACC-54, HND-28). */

#include "util.h"

static vestibule_handle served, other;
static int nested;

static void listener_is_untouchable(void) {
    int on = 1;
    CHECK_NO_SOCKET(vestibule_accept(served, NULL, NULL, NULL, 0), VESTIBULE_WSAEINPROGRESS);
    CHECK_NO_SOCKET(vestibule_accept_timeout(served, NULL, NULL, NULL, 0, 0),
                    VESTIBULE_WSAEINPROGRESS);
    CHECK_ERROR(vestibule_listen(served, 1), VESTIBULE_WSAEINPROGRESS);
    CHECK_ERROR(vestibule_closesocket(served), VESTIBULE_WSAEINPROGRESS);
    CHECK_ERROR(vestibule_shutdown(served, VESTIBULE_SHUT_BOTH), VESTIBULE_WSAEINPROGRESS);
    CHECK_ERROR(vestibule_setsockopt(served, VESTIBULE_SOL_SOCKET, VESTIBULE_SO_KEEPALIVE, &on, 4),
                VESTIBULE_WSAEINPROGRESS);
    CHECK_ERROR(vestibule_set_nonblocking(served, 1), VESTIBULE_WSAEINPROGRESS);
}

static int call_back(struct vestibule_buffer *caller_id, struct vestibule_buffer *caller_data,
                     struct vestibule_qos *sqos, struct vestibule_qos *gqos,
                     struct vestibule_buffer *callee_id, struct vestibule_buffer *callee_data,
                     uint32_t *group, uintptr_t callback_data) {
    struct address address = local_address(served); /* asking is allowed */
    vestibule_handle fresh;
    (void)caller_id, (void)caller_data, (void)sqos, (void)gqos;
    (void)callee_id, (void)callee_data, (void)group;
    listener_is_untouchable();

    /* Other sockets work as ever. */
    fresh = listener(address.is.any.sa_family, &address);
    CHECK(vestibule_closesocket(fresh) == 0);

    /* An accept on another listener nests. */
    if (callback_data > 0) {
        vestibule_handle outer = served;
        struct caller caller;
        vestibule_handle accepted;
        served = other;
        address = local_address(other);
        call(&caller, &address, NULL);
        accepted = vestibule_accept(other, NULL, NULL, call_back, 0);
        CHECK(accepted != VESTIBULE_INVALID_SOCKET);
        answered(&caller);
        hang_up(&caller);
        CHECK(vestibule_closesocket(accepted) == 0);
        served = outer;
        listener_is_untouchable();
        nested++;
    }
    vestibule_set_last_error(4711);
    return callback_data == 2 ? VESTIBULE_REJECT : VESTIBULE_ACCEPT;
}

int main(void) {
    const int *family;
    for (family = families(); *family != 0; family++) {
        struct address address, of_other;
        struct caller caller;
        vestibule_handle accepted;
        nested = 0;
        served = listener(*family, &address);
        other = listener(*family, &of_other);

        call(&caller, &address, NULL);
        accepted = vestibule_accept(served, NULL, NULL, call_back, 1);
        CHECK(accepted != VESTIBULE_INVALID_SOCKET && nested == 1);
        CHECK(vestibule_last_error() == 4711); /* a success leaves the last error alone */
        answered(&caller);
        hang_up(&caller);
        CHECK(vestibule_closesocket(accepted) == 0);

        call(&caller, &address, NULL);
        CHECK_NO_SOCKET(vestibule_accept(served, NULL, NULL, call_back, 2),
                        VESTIBULE_WSAECONNREFUSED); /* HND-28: not what the function has set */
        answered(&caller);
        hang_up(&caller);

        CHECK(vestibule_closesocket(other) == 0);
        CHECK(vestibule_closesocket(served) == 0);
    }
    return 0;
}
