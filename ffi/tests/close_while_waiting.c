/* Closing a socket ends the calls that other threads wait in (ACC-56, ACC-57), and what was queued
 * is refused (LSN-28). */

#include "util.h"

#include <poll.h>

struct waiter {
    vestibule_handle socket;
    int accepts; /* or receives */
    int result_is_failure;
    int error;
    pthread_t thread;
};

static void *wait_in_call(void *argument) {
    struct waiter *waiter = argument;
    char byte;
    if (waiter->accepts)
        waiter->result_is_failure =
            vestibule_accept(waiter->socket, NULL, NULL, NULL, 0) == VESTIBULE_INVALID_SOCKET;
    else
        waiter->result_is_failure = vestibule_recv(waiter->socket, &byte, 1, 0) == -1;
    waiter->error = vestibule_last_error();
    return NULL;
}

static void start(struct waiter *waiter, vestibule_handle socket, int accepts) {
    memset(waiter, 0, sizeof *waiter);
    waiter->socket = socket;
    waiter->accepts = accepts;
    CHECK(pthread_create(&waiter->thread, NULL, wait_in_call, waiter) == 0);
}

static void ended(struct waiter *waiter) {
    CHECK(pthread_join(waiter->thread, NULL) == 0);
    CHECK(waiter->result_is_failure && waiter->error == VESTIBULE_WSAEINTR);
}

static void while_accepting(int family) {
    struct address address;
    struct waiter first, second;
    vestibule_handle socket = listener(family, &address);
    start(&first, socket, 1);
    start(&second, socket, 1);
    poll(NULL, 0, 50); /* until they sleep; sooner does no harm */
    CHECK(vestibule_closesocket(socket) == 0);
    ended(&first);
    ended(&second);
    CHECK_ERROR(vestibule_closesocket(socket), VESTIBULE_WSAENOTSOCK);
}

static void while_receiving(int family) {
    struct address address;
    struct caller caller;
    struct waiter waiter;
    vestibule_handle socket = listener(family, &address), accepted;
    call(&caller, &address, NULL);
    accepted = vestibule_accept(socket, NULL, NULL, NULL, 0);
    answered(&caller);
    start(&waiter, accepted, 0);
    poll(NULL, 0, 50); /* until they sleep; sooner does no harm */
    CHECK(vestibule_closesocket(accepted) == 0);
    ended(&waiter);
    hang_up(&caller);
    CHECK(vestibule_closesocket(socket) == 0);
}

static void *close_it(void *socket) {
    CHECK(vestibule_closesocket(*(vestibule_handle *)socket) == 0);
    return NULL;
}

static vestibule_handle served;

static int is_closed_meanwhile(struct vestibule_buffer *caller_id,
                               struct vestibule_buffer *caller_data, struct vestibule_qos *sqos,
                               struct vestibule_qos *gqos, struct vestibule_buffer *callee_id,
                               struct vestibule_buffer *callee_data, uint32_t *group,
                               uintptr_t callback_data) {
    pthread_t thread;
    (void)caller_id, (void)caller_data, (void)sqos, (void)gqos;
    (void)callee_id, (void)callee_data, (void)group;
    CHECK(pthread_create(&thread, NULL, close_it, &served) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
    return (int)callback_data;
}

/* ACC-58: the decision is void. */
static void while_deciding(int family, int decision) {
    struct address address;
    struct caller caller;
    char byte;
    served = listener(family, &address);
    call(&caller, &address, NULL);
    CHECK_NO_SOCKET(vestibule_accept(served, NULL, NULL, is_closed_meanwhile, (uintptr_t)decision),
                    VESTIBULE_WSAEINTR);
    answered(&caller);
    if (family == VESTIBULE_AF_IN_PROCESS)
        CHECK(caller.error == VESTIBULE_WSAECONNREFUSED);
    else
        CHECK_FAILS(vestibule_recv(caller.socket, &byte, 1, 0), -1, VESTIBULE_WSAECONNRESET);
    hang_up(&caller);
}

static void with_a_deferred_request(int family) {
    struct address address;
    struct caller caller;
    char byte;
    vestibule_handle socket = listener(family, &address);
    call(&caller, &address, NULL);
    CHECK_NO_SOCKET(decide(socket, VESTIBULE_DEFER), VESTIBULE_WSATRY_AGAIN);
    CHECK(vestibule_closesocket(socket) == 0);
    answered(&caller);
    if (family == VESTIBULE_AF_IN_PROCESS)
        CHECK(caller.error == VESTIBULE_WSAECONNREFUSED);
    else
        CHECK_FAILS(vestibule_recv(caller.socket, &byte, 1, 0), -1, VESTIBULE_WSAECONNRESET);
    hang_up(&caller);
}

int main(void) {
    const int *family;
    for (family = families(); *family != 0; family++) {
        while_accepting(*family);
        while_receiving(*family);
        while_deciding(*family, VESTIBULE_ACCEPT);
        while_deciding(*family, VESTIBULE_REJECT);
        while_deciding(*family, VESTIBULE_DEFER);
        with_a_deferred_request(*family);
    }
    return 0;
}
