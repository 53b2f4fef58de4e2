/* A stranger's program for vestibule.h: a server and its callers in one process, in C and C++. */

#include <vestibule.h>

#include <stdio.h>
#include <string.h>

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: %s (last error %d)\n", __FILE__, __LINE__, #condition,         \
                    vestibule_last_error());                                                       \
            return 1;                                                                              \
        }                                                                                          \
    } while (0)

/* Accepts whoever knows the word, and tells everybody what it thinks of them. */
static int knows_the_word(struct vestibule_buffer *caller_id, struct vestibule_buffer *caller_data,
                          struct vestibule_qos *sqos, struct vestibule_qos *gqos,
                          struct vestibule_buffer *callee_id, struct vestibule_buffer *callee_data,
                          uint32_t *group, uintptr_t callback_data) {
    const char *word = (const char *)callback_data;
    int known = caller_data != NULL && caller_data->len == strlen(word) &&
                memcmp(caller_data->buf, word, caller_data->len) == 0;
    (void)caller_id, (void)sqos, (void)gqos, (void)callee_id, (void)group;
    memcpy(callee_data->buf, known ? "come" : "away", 4);
    callee_data->len = 4;
    return known ? VESTIBULE_ACCEPT : VESTIBULE_REJECT;
}

/* A caller that does not wait; the server is this very thread. */
static vestibule_handle call(const struct sockaddr *server, socklen_t length, const char *word) {
    vestibule_handle caller = vestibule_socket(VESTIBULE_AF_IN_PROCESS, SOCK_STREAM, 0);
    struct vestibule_buffer data = {0, NULL};
    data.len = (uint32_t)strlen(word);
    data.buf = (char *)(uintptr_t)word;
    vestibule_set_nonblocking(caller, 1);
    vestibule_connect(caller, server, length, &data, NULL, NULL, NULL);
    return caller;
}

int main(void) {
    struct vestibule_sockaddr address = {VESTIBULE_AF_IN_PROCESS, 0, 1, 0, 0};
    struct sockaddr *name = (struct sockaddr *)&address;
    socklen_t length = sizeof address;
    char answer[8];
    struct vestibule_buffer room = {sizeof answer, answer};
    uintptr_t word = (uintptr_t) "open sesame";
    vestibule_handle listener, caller, accepted;

    CHECK(strcmp(vestibule_version(), EXPECTED_VERSION) == 0);
    listener = vestibule_socket(VESTIBULE_AF_IN_PROCESS, SOCK_STREAM, 0);
    CHECK(vestibule_bind(listener, name, length) == 0);
    CHECK(vestibule_listen(listener, 5) == 0);
    CHECK(vestibule_getsockname(listener, name, &length) == 0);

    caller = call(name, length, "let me in");
    CHECK(vestibule_last_error() == VESTIBULE_WSAEWOULDBLOCK);
    accepted = vestibule_accept(listener, NULL, NULL, knows_the_word, word);
    CHECK(accepted == VESTIBULE_INVALID_SOCKET);
    CHECK(vestibule_last_error() == VESTIBULE_WSAECONNREFUSED);
    CHECK(vestibule_finish_connect(caller, 1000) == -1);
    CHECK(vestibule_last_error() == VESTIBULE_WSAECONNREFUSED);
    CHECK(vestibule_recv_disconnect(caller, &room) == 0);
    CHECK(room.len == 4 && memcmp(answer, "away", 4) == 0);
    CHECK(vestibule_closesocket(caller) == 0);

    caller = call(name, length, "open sesame");
    accepted = vestibule_accept(listener, NULL, NULL, knows_the_word, word);
    CHECK(accepted != VESTIBULE_INVALID_SOCKET);
    CHECK(vestibule_finish_connect(caller, 1000) == 0);
    room.len = sizeof answer;
    CHECK(vestibule_callee_data(caller, &room) == 0);
    CHECK(room.len == 4 && memcmp(answer, "come", 4) == 0);
    CHECK(vestibule_send(accepted, "hello", 5, 0) == 5);
    CHECK(vestibule_recv(caller, answer, sizeof answer, 0) == 5);
    CHECK(memcmp(answer, "hello", 5) == 0);

    CHECK(vestibule_closesocket(accepted) == 0);
    CHECK(vestibule_closesocket(caller) == 0);
    CHECK(vestibule_closesocket(listener) == 0);
    return 0;
}
