/* What the eight parameters of a condition function are (ACC-25, ACC-29 to ACC-37, ACC-41, ACC-45,
 * GRP-06, QOS-05). */

#include "util.h"

#include <unistd.h>

static struct seen {
    int calls;
    pthread_t thread;
    struct address caller, callee;
    int has_caller_data, has_sqos, has_gqos;
    char caller_data[64];
    uint32_t caller_data_length, capacity;
    int buffer_is_zero;
    struct vestibule_qos sqos;
    uint32_t group;
    uintptr_t callback_data;
    struct vestibule_credentials credentials;
    int knows_credentials;
} seen;

static int look(struct vestibule_buffer *caller_id, struct vestibule_buffer *caller_data,
                struct vestibule_qos *sqos, struct vestibule_qos *gqos,
                struct vestibule_buffer *callee_id, struct vestibule_buffer *callee_data,
                uint32_t *group, uintptr_t callback_data) {
    uint32_t index;
    seen.calls++;
    seen.thread = pthread_self();
    CHECK(caller_id != NULL && callee_id != NULL && callee_data != NULL && group != NULL);
    CHECK((uintptr_t)caller_id->buf % 8 == 0 && (uintptr_t)callee_id->buf % 8 == 0);
    seen.caller.length = caller_id->len;
    memcpy(&seen.caller.is, caller_id->buf, caller_id->len);
    seen.callee.length = callee_id->len;
    memcpy(&seen.callee.is, callee_id->buf, callee_id->len);
    seen.has_caller_data = caller_data != NULL;
    if (caller_data != NULL) {
        seen.caller_data_length = caller_data->len;
        memcpy(seen.caller_data, caller_data->buf, caller_data->len);
    }
    seen.has_sqos = sqos != NULL;
    if (sqos != NULL)
        seen.sqos = *sqos;
    seen.has_gqos = gqos != NULL;
    seen.capacity = callee_data->len;
    seen.buffer_is_zero = 1;
    for (index = 0; index < callee_data->len; index++)
        seen.buffer_is_zero &= callee_data->buf[index] == 0;
    seen.group = *group;
    seen.callback_data = callback_data;
    seen.knows_credentials = vestibule_caller_credentials(&seen.credentials) == 0;
    return VESTIBULE_ACCEPT;
}

static vestibule_handle accept_one(vestibule_handle socket) {
    vestibule_handle accepted;
    memset(&seen, 0, sizeof seen);
    accepted = vestibule_accept(socket, NULL, NULL, look, UINTPTR_MAX - 4);
    CHECK(accepted != VESTIBULE_INVALID_SOCKET);
    CHECK(seen.calls == 1 && pthread_equal(seen.thread, pthread_self()));
    CHECK(seen.callback_data == UINTPTR_MAX - 4 && seen.group == 0 && !seen.has_gqos);
    return accepted;
}

static void check_addresses(vestibule_handle accepted, struct caller *caller) {
    struct address peer, local = local_address(accepted), of_caller = local_address(caller->socket);
    peer.length = sizeof peer.is;
    CHECK(vestibule_getpeername(accepted, &peer.is.any, &peer.length) == 0);
    CHECK(same_address(&seen.caller, &peer));       /* SKT-18 */
    CHECK(same_address(&seen.caller, &of_caller));  /* ACC-30 */
    CHECK(same_address(&seen.callee, &local));      /* ACC-35 */
    CHECK(same_address(&seen.callee, &caller->to)); /* ACC-35 */
}

static void on_tcp(int family) {
    struct address address;
    struct caller caller;
    vestibule_handle socket = listener(family, &address), accepted;
    call(&caller, &address, NULL);
    answered(&caller);
    accepted = accept_one(socket);
    CHECK(caller.result == 0);
    check_addresses(accepted, &caller);
    CHECK(!seen.has_caller_data && !seen.has_sqos && seen.capacity == 0);
    CHECK(!seen.knows_credentials);
    hang_up(&caller);
    CHECK(vestibule_closesocket(accepted) == 0);
    CHECK(vestibule_closesocket(socket) == 0);
}

static void in_process(const char *caller_data) {
    struct address address;
    struct caller caller;
    vestibule_handle socket = listener(VESTIBULE_AF_IN_PROCESS, &address), accepted;
    call(&caller, &address, caller_data);
    accepted = accept_one(socket);
    answered(&caller);
    CHECK(caller.result == 0);
    check_addresses(accepted, &caller);
    CHECK(seen.has_caller_data == (caller_data != NULL && *caller_data != '\0'));
    if (seen.has_caller_data) {
        CHECK(seen.caller_data_length == strlen(caller_data));
        CHECK(memcmp(seen.caller_data, caller_data, seen.caller_data_length) == 0);
    }
    CHECK(!seen.has_sqos && seen.capacity == 32 && seen.buffer_is_zero);
    CHECK(caller.callee_data.len == 0); /* ACC-41: untouched is no answer */
    CHECK(seen.knows_credentials && seen.credentials.pid == (uint32_t)getpid());
    CHECK(seen.credentials.uid == geteuid() && seen.credentials.gid == getegid());
    CHECK_ERROR(vestibule_caller_credentials(&seen.credentials), VESTIBULE_WSAEINVAL);
    hang_up(&caller);
    CHECK(vestibule_closesocket(accepted) == 0);
    CHECK(vestibule_closesocket(socket) == 0);
}

/* What the caller sends is what the server receives. */
static void flows_are_turned_round(void) {
    struct address address;
    vestibule_handle socket = listener(VESTIBULE_AF_IN_PROCESS, &address), accepted;
    vestibule_handle caller = stream(VESTIBULE_AF_IN_PROCESS);
    struct vestibule_qos asked = {
        {100, 1, 200, 3, 4, 2, 7, 8}, {300, 1, 400, 3, 4, 2, 7, 8}, {0, NULL}};
    CHECK(vestibule_set_nonblocking(caller, 1) == 0);
    CHECK_ERROR(
        vestibule_connect(caller, &address.is.any, address.length, NULL, NULL, &asked, NULL),
        VESTIBULE_WSAEWOULDBLOCK);
    accepted = accept_one(socket);
    CHECK(seen.has_sqos);
    CHECK(memcmp(&seen.sqos.receiving, &asked.sending, sizeof asked.sending) == 0);
    CHECK(memcmp(&seen.sqos.sending, &asked.receiving, sizeof asked.receiving) == 0);
    CHECK(seen.sqos.provider_specific.len == 0 && seen.sqos.provider_specific.buf == NULL);
    CHECK(vestibule_closesocket(accepted) == 0);
    CHECK(vestibule_closesocket(caller) == 0);
    CHECK(vestibule_closesocket(socket) == 0);
}

int main(void) {
    on_tcp(AF_INET);
    if (has_ipv6())
        on_tcp(AF_INET6);
    in_process("let me in");
    in_process("");
    in_process(NULL);
    flows_are_turned_round();
    return 0;
}
