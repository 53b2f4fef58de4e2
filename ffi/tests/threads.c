/* Several threads accept on one listener: each request is shown to one of them at a time, and none
 * is lost (ACC-55, HND-14). */

#include "util.h"

#include <stdatomic.h>

#define ACCEPTORS 4
#define CALLERS 8
#define CALLS 25

static vestibule_handle served;
static atomic_int inside, shown, accepted_count;

static int one_at_a_time(struct vestibule_buffer *caller_id, struct vestibule_buffer *caller_data,
                         struct vestibule_qos *sqos, struct vestibule_qos *gqos,
                         struct vestibule_buffer *callee_id, struct vestibule_buffer *callee_data,
                         uint32_t *group, uintptr_t callback_data) {
    int count;
    (void)caller_id, (void)caller_data, (void)sqos, (void)gqos;
    (void)callee_id, (void)callee_data, (void)group, (void)callback_data;
    CHECK(atomic_fetch_add(&inside, 1) == 0);
    count = atomic_fetch_add(&shown, 1);
    CHECK(atomic_fetch_sub(&inside, 1) == 1);
    return count % 3 == 0 ? VESTIBULE_DEFER : VESTIBULE_ACCEPT;
}

static void *accept_all(void *argument) {
    (void)argument;
    for (;;) {
        vestibule_handle accepted = vestibule_accept(served, NULL, NULL, one_at_a_time, 0);
        if (accepted != VESTIBULE_INVALID_SOCKET) {
            atomic_fetch_add(&accepted_count, 1);
            CHECK(vestibule_closesocket(accepted) == 0);
        } else if (vestibule_last_error() != VESTIBULE_WSATRY_AGAIN) {
            CHECK(vestibule_last_error() == VESTIBULE_WSAEINTR ||
                  vestibule_last_error() == VESTIBULE_WSAENOTSOCK);
            return NULL;
        }
    }
}

static void *call_often(void *to) {
    const struct address *address = to;
    int round;
    for (round = 0; round < CALLS; round++) {
        vestibule_handle caller = stream(address->is.any.sa_family);
        char byte;
        CHECK(vestibule_connect(caller, &address->is.any, address->length, NULL, NULL, NULL,
                                NULL) == 0);
        CHECK(vestibule_recv(caller, &byte, 1, 0) == 0);
        CHECK(vestibule_closesocket(caller) == 0);
    }
    return NULL;
}

int main(void) {
    const int *family;
    for (family = families(); *family != 0; family++) {
        pthread_t acceptors[ACCEPTORS], callers[CALLERS];
        struct address address;
        int index;
        atomic_store(&accepted_count, 0);
        served = listener(*family, &address);
        CHECK(vestibule_listen(served, CALLERS) == 0);
        for (index = 0; index < ACCEPTORS; index++)
            CHECK(pthread_create(&acceptors[index], NULL, accept_all, NULL) == 0);
        for (index = 0; index < CALLERS; index++)
            CHECK(pthread_create(&callers[index], NULL, call_often, &address) == 0);
        for (index = 0; index < CALLERS; index++)
            CHECK(pthread_join(callers[index], NULL) == 0);
        CHECK(vestibule_closesocket(served) == 0);
        for (index = 0; index < ACCEPTORS; index++)
            CHECK(pthread_join(acceptors[index], NULL) == 0);
        CHECK(atomic_load(&accepted_count) == CALLERS * CALLS);
    }
    return 0;
}
