/* User data in-process: with the request, the acceptance, the refusal and the goodbye; and what
 * plain TCP says to it (CON-24, CON-26, CON-27, CON-32, UDA-13, UDA-27, ACC-44, DIS-21, DIS-27). */

#include "util.h"

static const char *to_say;

/* Answers with `to_say`. */
static int say(struct vestibule_buffer *caller_id, struct vestibule_buffer *caller_data,
               struct vestibule_qos *sqos, struct vestibule_qos *gqos,
               struct vestibule_buffer *callee_id, struct vestibule_buffer *callee_data,
               uint32_t *group, uintptr_t callback_data) {
    (void)caller_id, (void)caller_data, (void)sqos, (void)gqos, (void)callee_id, (void)group;
    CHECK(strlen(to_say) <= callee_data->len);
    memcpy(callee_data->buf, to_say, strlen(to_say));
    callee_data->len = (uint32_t)strlen(to_say);
    return (int)callback_data;
}

static void with_an_acceptance(vestibule_handle socket, const struct address *address) {
    struct caller caller;
    struct vestibule_buffer again;
    char room[64];
    vestibule_handle accepted;
    call(&caller, address, "hello");
    to_say = "welcome";
    accepted = vestibule_accept(socket, NULL, NULL, say, VESTIBULE_ACCEPT);
    CHECK(accepted != VESTIBULE_INVALID_SOCKET);
    answered(&caller);
    CHECK(caller.result == 0 && caller.callee_data.len == 7);
    CHECK(memcmp(caller.room, "welcome", 7) == 0);
    again.buf = room;
    again.len = 3; /* a shorter room gets the beginning */
    CHECK(vestibule_callee_data(caller.socket, &again) == 0);
    CHECK(again.len == 3 && memcmp(room, "wel", 3) == 0);

    /* The goodbye, both ways. */
    again.buf = (char *)"bye";
    again.len = 3;
    CHECK(vestibule_send_disconnect(caller.socket, &again) == 0);
    CHECK(vestibule_recv(accepted, room, sizeof room, 0) == 0);
    again.buf = room;
    again.len = 2;
    CHECK_ERROR(vestibule_recv_disconnect(accepted, &again), VESTIBULE_WSAEFAULT);
    CHECK(again.len == 2);
    again.len = sizeof room;
    CHECK(vestibule_recv_disconnect(accepted, &again) == 0);
    CHECK(again.len == 3 && memcmp(room, "bye", 3) == 0);
    again.buf = (char *)"so long";
    again.len = 7;
    CHECK(vestibule_send_disconnect(accepted, &again) == 0);
    CHECK(vestibule_closesocket(accepted) == 0);
    again.buf = room;
    again.len = sizeof room;
    CHECK(vestibule_recv_disconnect(caller.socket, &again) == 0);
    CHECK(again.len == 7 && memcmp(room, "so long", 7) == 0);
    hang_up(&caller);
}

static void with_a_refusal(vestibule_handle socket, const struct address *address) {
    struct caller caller;
    struct vestibule_buffer reason;
    char room[64];
    call(&caller, address, NULL);
    to_say = "no";
    CHECK_NO_SOCKET(vestibule_accept(socket, NULL, NULL, say, VESTIBULE_REJECT),
                    VESTIBULE_WSAECONNREFUSED);
    answered(&caller);
    CHECK(caller.error == VESTIBULE_WSAECONNREFUSED && caller.callee_data.len == 0);
    reason.buf = room;
    reason.len = sizeof room;
    CHECK(vestibule_recv_disconnect(caller.socket, &reason) == 0);
    CHECK(reason.len == 2 && memcmp(room, "no", 2) == 0);
    hang_up(&caller);
}

static void with_a_deferral(vestibule_handle socket, const struct address *address) {
    struct caller caller;
    vestibule_handle accepted;
    call(&caller, address, NULL);
    to_say = "dropped";
    CHECK_NO_SOCKET(vestibule_accept(socket, NULL, NULL, say, VESTIBULE_DEFER),
                    VESTIBULE_WSATRY_AGAIN);
    accepted = decide(socket, VESTIBULE_ACCEPT);
    answered(&caller);
    CHECK(caller.result == 0 && caller.callee_data.len == 0);
    hang_up(&caller);
    CHECK(vestibule_closesocket(accepted) == 0);
}

static void later(vestibule_handle socket, const struct address *address) {
    vestibule_handle caller = stream(VESTIBULE_AF_IN_PROCESS), accepted;
    char room[8] = "", unused[8] = "????";
    struct vestibule_buffer callee_data = {sizeof unused, unused}, answer = {sizeof room, room};
    CHECK(vestibule_set_nonblocking(caller, 1) == 0);
    CHECK_ERROR(vestibule_connect(caller, &address->is.any, address->length, NULL, &callee_data,
                                  NULL, NULL),
                VESTIBULE_WSAEWOULDBLOCK);
    CHECK(callee_data.len == 0);
    CHECK(vestibule_callee_data(caller, &answer) == 0 && answer.len == 0);
    to_say = "later";
    accepted = vestibule_accept(socket, NULL, NULL, say, VESTIBULE_ACCEPT);
    CHECK(vestibule_finish_connect(caller, -1) == 0);
    answer.len = sizeof room;
    CHECK(vestibule_callee_data(caller, &answer) == 0);
    CHECK(answer.len == 5 && memcmp(room, "later", 5) == 0);
    CHECK(callee_data.len == 0 && strcmp(unused, "????") == 0); /* no pointer was kept */
    CHECK(vestibule_closesocket(caller) == 0);
    CHECK(vestibule_closesocket(accepted) == 0);
}

static void beyond_the_limit(const struct address *address) {
    vestibule_handle caller = stream(VESTIBULE_AF_IN_PROCESS);
    char data[65] = "", room[8];
    struct vestibule_buffer too_long = {33, data}, callee_data = {sizeof room, room};
    size_t connect_data = 0, disconnect_data = 0;
    CHECK(vestibule_user_data_limits(caller, &connect_data, &disconnect_data) == 0);
    CHECK(connect_data == 32 && disconnect_data == 64);
    CHECK_ERROR(vestibule_connect(caller, &address->is.any, address->length, &too_long,
                                  &callee_data, NULL, NULL),
                VESTIBULE_WSAEFAULT);
    CHECK(callee_data.len == 0);
    CHECK(vestibule_closesocket(caller) == 0);

    CHECK_ERROR(vestibule_configure(VESTIBULE_CONNECT_DATA_LIMIT, 4097), VESTIBULE_WSAEINVAL);
    CHECK(vestibule_configure(VESTIBULE_CONNECT_DATA_LIMIT, 16) == 0);
    caller = stream(VESTIBULE_AF_IN_PROCESS);
    CHECK(vestibule_user_data_limits(caller, &connect_data, NULL) == 0 && connect_data == 16);
    CHECK(vestibule_closesocket(caller) == 0);
    CHECK(vestibule_configure(VESTIBULE_CONNECT_DATA_LIMIT, 32) == 0);
}

static void not_on_tcp(void) {
    struct address address;
    struct caller caller;
    vestibule_handle socket = listener(AF_INET, &address), accepted, other = stream(AF_INET);
    char room[8] = "data";
    struct vestibule_buffer data = {4, room};
    size_t limit = 1;
    CHECK(vestibule_user_data_limits(socket, &limit, NULL) == 0 && limit == 0);
    CHECK_ERROR(vestibule_connect(other, &address.is.any, address.length, &data, NULL, NULL, NULL),
                VESTIBULE_WSAEPROTONOSUPPORT);
    CHECK(vestibule_closesocket(other) == 0);
    call(&caller, &address, NULL);
    answered(&caller);
    CHECK(caller.result == 0 && caller.callee_data.len == 0);
    accepted = vestibule_accept(socket, NULL, NULL, NULL, 0);
    CHECK_ERROR(vestibule_send_disconnect(accepted, &data), VESTIBULE_WSAENOPROTOOPT);
    CHECK_ERROR(vestibule_recv_disconnect(accepted, &data), VESTIBULE_WSAENOPROTOOPT);
    CHECK(data.len == 4);
    CHECK(vestibule_send(accepted, "x", 1, 0) == 1);
    CHECK(vestibule_send_disconnect(accepted, NULL) == 0);
    CHECK_ERROR(vestibule_send_disconnect(accepted, NULL), VESTIBULE_WSAESHUTDOWN);
    CHECK(vestibule_recv_disconnect(accepted, NULL) == 0);
    hang_up(&caller);
    CHECK(vestibule_closesocket(accepted) == 0);
    CHECK(vestibule_closesocket(socket) == 0);
}

int main(void) {
    struct address address;
    vestibule_handle socket = listener(VESTIBULE_AF_IN_PROCESS, &address);
    with_an_acceptance(socket, &address);
    with_a_refusal(socket, &address);
    with_a_deferral(socket, &address);
    later(socket, &address);
    beyond_the_limit(&address);
    CHECK(vestibule_closesocket(socket) == 0);
    not_on_tcp();
    return 0;
}
