/* A program that waits for events uses no processor while nothing happens, however many sockets it has
 * registered, and also behind a deferred head (ACC-09). */

#include "util.h"

#include <poll.h>
#include <sys/resource.h>
#include <time.h>

#define SOCKETS 10000
#define KERNEL_SOCKETS 400
#define PATIENCE 400 /* milliseconds */

static double processor_time(void) {
    return (double)clock() * 1e3 / CLOCKS_PER_SEC;
}

static int defers(struct vestibule_buffer *caller_id, struct vestibule_buffer *caller_data,
                  struct vestibule_qos *sqos, struct vestibule_qos *gqos,
                  struct vestibule_buffer *callee_id, struct vestibule_buffer *callee_data,
                  uint32_t *group, uintptr_t context) {
    (void)caller_id, (void)caller_data, (void)sqos, (void)gqos, (void)callee_id;
    (void)callee_data, (void)group, (void)context;
    return VESTIBULE_DEFER;
}

/* Milliseconds of processor time that waiting has taken, by the call and by the descriptor. */
static double waiting(vestibule_event event) {
    double start = processor_time();
    CHECK(vestibule_wait_for_events(1, &event, 0, PATIENCE) == VESTIBULE_WAIT_TIMEOUT);
    struct pollfd polled = {vestibule_event_descriptor(event), POLLIN, 0};
    while (poll(&polled, 1, PATIENCE) == 1) {
        CHECK(vestibule_wait_for_events(1, &event, 0, 0) == VESTIBULE_WAIT_TIMEOUT);
    }
    return processor_time() - start;
}

static void with_many_sockets(void) {
    vestibule_event event = vestibule_create_event();
    for (int i = 0; i < SOCKETS; i++) {
        struct address address;
        int family = i < KERNEL_SOCKETS ? AF_INET : VESTIBULE_AF_IN_PROCESS;
        vestibule_handle socket = listener(family, &address);
        CHECK(vestibule_event_select(socket, event, VESTIBULE_FD_ALL_EVENTS) == 0);
    }
    CHECK(waiting(event) < PATIENCE / 20.0);
}

static void behind_a_deferred_head(int family) {
    struct address address;
    struct caller callers[3];
    vestibule_handle socket = listener(family, &address);
    vestibule_event event = vestibule_create_event();
    struct vestibule_network_events happened;
    CHECK(vestibule_event_select(socket, event, VESTIBULE_FD_ACCEPT) == 0);
    for (int i = 0; i < 3; i++)
        call(&callers[i], &address, NULL);
    CHECK(vestibule_wait_for_events(1, &event, 0, -1) == VESTIBULE_WAIT_EVENT_0);
    poll(NULL, 0, 50); /* until all have called */
    CHECK_NO_SOCKET(vestibule_accept(socket, NULL, NULL, defers, 0), VESTIBULE_WSATRY_AGAIN);
    CHECK(vestibule_enum_network_events(socket, event, &happened) == 0 && happened.events == 0);
    CHECK(waiting(event) < PATIENCE / 20.0);
    CHECK(vestibule_closesocket(socket) == 0);
    for (int i = 0; i < 3; i++)
        CHECK(pthread_join(callers[i].thread, NULL) == 0);
}

int main(void) {
    struct rlimit files;
    CHECK(getrlimit(RLIMIT_NOFILE, &files) == 0);
    if (files.rlim_cur < KERNEL_SOCKETS + 100)
        return SKIPPED;
    behind_a_deferred_head(AF_INET);
    behind_a_deferred_head(VESTIBULE_AF_IN_PROCESS);
    with_many_sockets();
    return 0;
}
