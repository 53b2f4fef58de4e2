/* Condition functions that do what they should not (ACC-10, ACC-39, ACC-40, ACC-43, GRP-04). */

#include "util.h"

enum misdeed {
    TOO_LONG,
    FAR_TOO_LONG,
    OTHER_BUFFER,
    SCRIBBLES,
    GROUP,
    GROUP_AND_REJECT,
    IMPOSSIBLE_FLOW
};

static char others[256];

static int misbehave(struct vestibule_buffer *caller_id, struct vestibule_buffer *caller_data,
                     struct vestibule_qos *sqos, struct vestibule_qos *gqos,
                     struct vestibule_buffer *callee_id, struct vestibule_buffer *callee_data,
                     uint32_t *group, uintptr_t callback_data) {
    (void)gqos;
    switch ((enum misdeed)callback_data) {
    case TOO_LONG:
        callee_data->len++;
        break;
    case FAR_TOO_LONG:
        callee_data->len = UINT32_MAX;
        break;
    case OTHER_BUFFER:
        memset(others, 'o', sizeof others);
        callee_data->buf = others;
        callee_data->len = 4;
        break;
    case SCRIBBLES:
        memset(caller_id->buf, 0xAA, caller_id->len);
        memset(callee_id->buf, 0xAA, callee_id->len);
        if (caller_data != NULL)
            memset(caller_data->buf, 0xAA, caller_data->len);
        memset(caller_id, 0xAA, sizeof *caller_id);
        memset(callee_id, 0xAA, sizeof *callee_id);
        if (caller_data != NULL)
            memset(caller_data, 0xAA, sizeof *caller_data);
        return VESTIBULE_DEFER;
    case GROUP:
        *group = 1;
        break;
    case GROUP_AND_REJECT:
        *group = 1;
        return VESTIBULE_REJECT;
    case IMPOSSIBLE_FLOW:
        if (sqos != NULL)
            sqos->sending.service_type = 0x77;
    }
    return VESTIBULE_ACCEPT;
}

static vestibule_handle accept_with(vestibule_handle socket, enum misdeed misdeed) {
    return vestibule_accept(socket, NULL, NULL, misbehave, (uintptr_t)misdeed);
}

/* Each leaves the request where it was. */
static void refused_answers(vestibule_handle socket, const struct address *address) {
    struct caller caller;
    vestibule_handle accepted;
    call(&caller, address, NULL);
    CHECK_NO_SOCKET(accept_with(socket, TOO_LONG), VESTIBULE_WSAEFAULT);
    CHECK_NO_SOCKET(accept_with(socket, FAR_TOO_LONG), VESTIBULE_WSAEFAULT);
    CHECK_NO_SOCKET(accept_with(socket, GROUP), VESTIBULE_WSAEINVAL);
    accepted = decide(socket, VESTIBULE_ACCEPT);
    CHECK(accepted != VESTIBULE_INVALID_SOCKET);
    answered(&caller);
    CHECK(caller.result == 0 && caller.callee_data.len == 0);
    hang_up(&caller);
    CHECK(vestibule_closesocket(accepted) == 0);

    call(&caller, address, NULL);
    CHECK_NO_SOCKET(accept_with(socket, GROUP_AND_REJECT), VESTIBULE_WSAECONNREFUSED);
    answered(&caller);
    hang_up(&caller);
}

/* The library reads its own buffer, which was left as it was: four zeros. */
static void another_buffer(vestibule_handle socket, const struct address *address) {
    struct caller caller;
    vestibule_handle accepted;
    call(&caller, address, NULL);
    accepted = accept_with(socket, OTHER_BUFFER);
    CHECK(accepted != VESTIBULE_INVALID_SOCKET);
    answered(&caller);
    CHECK(caller.result == 0 && caller.callee_data.len == 4);
    CHECK(memcmp(caller.room, "\0\0\0\0", 4) == 0);
    CHECK(caller.callee_data.buf == caller.room);
    hang_up(&caller);
    CHECK(vestibule_closesocket(accepted) == 0);
}

static char shown_data[32];
static struct address shown_caller, shown_callee;

static int remember(struct vestibule_buffer *caller_id, struct vestibule_buffer *caller_data,
                    struct vestibule_qos *sqos, struct vestibule_qos *gqos,
                    struct vestibule_buffer *callee_id, struct vestibule_buffer *callee_data,
                    uint32_t *group, uintptr_t callback_data) {
    (void)sqos, (void)gqos, (void)callee_data, (void)group, (void)callback_data;
    shown_caller.length = caller_id->len;
    memcpy(&shown_caller.is, caller_id->buf, caller_id->len);
    shown_callee.length = callee_id->len;
    memcpy(&shown_callee.is, callee_id->buf, callee_id->len);
    memset(shown_data, 0, sizeof shown_data);
    if (caller_data != NULL)
        memcpy(shown_data, caller_data->buf, caller_data->len);
    return VESTIBULE_ACCEPT;
}

/* What a function has overwritten is shown intact to the next. */
static void scribbling(vestibule_handle socket, const struct address *address) {
    int in_process = address->is.any.sa_family == VESTIBULE_AF_IN_PROCESS;
    struct caller caller;
    struct address peer, shown, local;
    vestibule_handle accepted;
    call(&caller, address, in_process ? "who is there" : NULL);
    shown.length = sizeof shown.is;
    CHECK_NO_SOCKET(vestibule_accept(socket, &shown.is.any, &shown.length, misbehave, SCRIBBLES),
                    VESTIBULE_WSATRY_AGAIN);
    accepted = vestibule_accept(socket, NULL, NULL, remember, 0);
    CHECK(accepted != VESTIBULE_INVALID_SOCKET);
    answered(&caller);
    peer.length = sizeof peer.is;
    CHECK(vestibule_getpeername(accepted, &peer.is.any, &peer.length) == 0);
    local = local_address(accepted);
    CHECK(same_address(&shown, &peer));
    CHECK(same_address(&shown_caller, &peer));
    CHECK(same_address(&shown_callee, &local));
    CHECK(strcmp(shown_data, in_process ? "who is there" : "") == 0);
    hang_up(&caller);
    CHECK(vestibule_closesocket(accepted) == 0);
}

static void impossible_flow(vestibule_handle socket, const struct address *address) {
    struct vestibule_qos asked = {{1, 1, 2, 3, 4, 2, 7, 8}, {1, 1, 2, 3, 4, 2, 7, 8}, {0, NULL}};
    vestibule_handle caller = stream(VESTIBULE_AF_IN_PROCESS), accepted;
    CHECK(vestibule_set_nonblocking(caller, 1) == 0);
    CHECK_ERROR(
        vestibule_connect(caller, &address->is.any, address->length, NULL, NULL, &asked, NULL),
        VESTIBULE_WSAEWOULDBLOCK);
    CHECK_NO_SOCKET(accept_with(socket, IMPOSSIBLE_FLOW), VESTIBULE_WSAEOPNOTSUPP);
    accepted = decide(socket, VESTIBULE_ACCEPT);
    CHECK(accepted != VESTIBULE_INVALID_SOCKET);
    CHECK(vestibule_closesocket(caller) == 0);
    CHECK(vestibule_closesocket(accepted) == 0);
}

int main(void) {
    const int *family;
    for (family = families(); *family != 0; family++) {
        struct address address;
        vestibule_handle socket = listener(*family, &address);
        refused_answers(socket, &address);
        scribbling(socket, &address);
        if (*family == VESTIBULE_AF_IN_PROCESS) {
            another_buffer(socket, &address);
            impossible_flow(socket, &address);
        }
        CHECK(vestibule_closesocket(socket) == 0);
    }
    return 0;
}
