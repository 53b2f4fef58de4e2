/* What AddressSanitizer has to catch; `asan.sh` runs each mistake and fails if one goes unnoticed.
 *
 * The first three need the Rust side to be instrumented, too: its loads and stores, and the red
 * zones around what it keeps on its stack. */

#include "../../ffi/tests/util.h"

#include <stdint.h>

/* The library reads more than there is. */
static void address_too_long(void) {
    struct address whole = loopback(VESTIBULE_AF_IN_PROCESS);
    void *half = malloc(whole.length / 2);
    CHECK(half != NULL);
    memcpy(half, &whole.is, whole.length / 2);
    vestibule_bind(stream(VESTIBULE_AF_IN_PROCESS), half, whole.length);
}

/* The library writes more than there is room for. */
static void room_too_short(void) {
    void *limit = malloc(sizeof(size_t) / 2);
    CHECK(limit != NULL);
    vestibule_user_data_limits(stream(VESTIBULE_AF_IN_PROCESS), limit, NULL);
}

static char *volatile kept;

/* Writes beyond the room that the library provides, or keeps it. */
static int greedy(struct vestibule_buffer *caller_id, struct vestibule_buffer *caller_data,
                  struct vestibule_qos *sqos, struct vestibule_qos *gqos,
                  struct vestibule_buffer *callee_id, struct vestibule_buffer *callee_data,
                  uint32_t *group, uintptr_t length) {
    uintptr_t index;
    (void)caller_id, (void)caller_data, (void)sqos, (void)gqos, (void)callee_id, (void)group;
    kept = callee_data->buf;
    for (index = 0; index < length; index++)
        ((volatile char *)kept)[index] = 'x';
    return VESTIBULE_REJECT;
}

static void refused_by_greedy(uintptr_t length) {
    struct address address;
    struct caller caller;
    vestibule_handle socket = listener(VESTIBULE_AF_IN_PROCESS, &address);
    call(&caller, &address, NULL);
    vestibule_accept(socket, NULL, NULL, greedy, length);
    answered(&caller);
    hang_up(&caller);
    vestibule_closesocket(socket);
}

/* The condition function writes more callee data than there is room for. */
static void callee_data_too_long(void) {
    refused_by_greedy(4096);
}

/* The condition function keeps the room for callee data and writes to it later. */
static void callee_data_too_late(void) {
    refused_by_greedy(1);
    *kept = 'x';
}

/* Nobody frees this. */
static void leak(void) {
    kept = malloc(100);
    kept = NULL;
}

int main(int count, char **arguments) {
    static const struct {
        const char *name;
        void (*make)(void);
    } mistakes[] = {
        {"address-too-long", address_too_long},
        {"room-too-short", room_too_short},
        {"callee-data-too-long", callee_data_too_long},
        {"callee-data-too-late", callee_data_too_late},
        {"leak", leak},
    };
    size_t index;
    for (index = 0; index < sizeof mistakes / sizeof *mistakes; index++)
        if (count == 2 && strcmp(arguments[1], mistakes[index].name) == 0) {
            mistakes[index].make();
            return 0;
        }
    return 2;
}
