/* WSAConnect on a non-blocking socket: the callee data is in the program's buffer before anybody
 * can see that the attempt has succeeded, and nothing is written there once it has failed or the
 * socket is closed (CON-24, CON-25, CON-32, UDA-12, UDA-13). */

#include "winsock_events.h"

#include <poll.h>
#include <pthread.h>
#include <vestibule.h>

#define UNTOUCHED 0x5A
#define ANSWER "welcome"
#define ANSWER_LENGTH 7

static int CALLBACK answers(LPWSABUF caller_id, LPWSABUF caller_data, LPQOS sqos, LPQOS gqos,
                            LPWSABUF callee_id, LPWSABUF callee_data, GROUP *group,
                            DWORD_PTR decision) {
    (void)caller_id, (void)caller_data, (void)sqos, (void)gqos, (void)callee_id, (void)group;
    memcpy(callee_data->buf, ANSWER, ANSWER_LENGTH);
    callee_data->len = ANSWER_LENGTH;
    return (int)decision;
}

/* Where the program wants the callee data. */
struct wanted {
    WSABUF buffer;
    char room[16];
};

static void prepare(struct wanted *wanted, ULONG room) {
    memset(wanted->room, UNTOUCHED, sizeof wanted->room);
    wanted->buffer.len = room;
    wanted->buffer.buf = wanted->room;
}

static int is_untouched(const struct wanted *wanted, size_t from) {
    while (from < sizeof wanted->room)
        if (wanted->room[from++] != UNTOUCHED)
            return 0;
    return 1;
}

static int is_filled(const struct wanted *wanted) {
    return wanted->buffer.len == ANSWER_LENGTH && wanted->buffer.buf == wanted->room &&
           memcmp(wanted->room, ANSWER, ANSWER_LENGTH) == 0 && is_untouched(wanted, ANSWER_LENGTH);
}

static SOCKET asking(const union name *name, struct wanted *wanted) {
    SOCKET s = fresh(AF_VESTIBULE);
    set_mode(s, 1);
    CHECK_FAILS(WSAConnect(s, &name->any, name_size, NULL, &wanted->buffer, NULL, NULL),
                WSAEWOULDBLOCK);
    CHECK(wanted->buffer.len == 0 && is_untouched(wanted, 0)); /* CON-24 */
    return s;
}

static SOCKET decided(SOCKET listener, int decision) {
    return WSAAccept(listener, NULL, NULL, answers, (DWORD_PTR)decision);
}

static void it_is_there_when_the_event_is_recorded(void) {
    union name name;
    struct wanted wanted;
    SOCKET listener = listening(AF_VESTIBULE, &name), client, server;
    WSAEVENT event = new_event();
    prepare(&wanted, sizeof wanted.room);
    client = asking(&name, &wanted);
    CHECK(WSAEventSelect(client, event, FD_CONNECT) == 0 && is_quiet(event));
    server = decided(listener, CF_ACCEPT);
    CHECK(server != INVALID_SOCKET);
    CHECK(is_set(event) && is_filled(&wanted)); /* before it is enumerated */
    CHECK(happened(client, event) == FD_CONNECT);
    close_socket(client), close_socket(server), close_socket(listener), close_event(event);
}

static void it_is_there_when_the_descriptor_shows_it(void) {
    union name name;
    struct wanted wanted;
    SOCKET listener = listening(AF_VESTIBULE, &name), client, server;
    struct pollfd polled = {-1, POLLIN, 0};
    prepare(&wanted, sizeof wanted.room);
    client = asking(&name, &wanted);
    polled.fd = vestibule_write_descriptor(client);
    CHECK(polled.fd >= 0 && poll(&polled, 1, 0) == 0);
    server = decided(listener, CF_ACCEPT);
    CHECK(server != INVALID_SOCKET);
    CHECK(poll(&polled, 1, LONG_TIME) == 1 && is_filled(&wanted));
    close_socket(client), close_socket(server), close_socket(listener);
}

static void it_is_cut_to_the_room(void) {
    union name name;
    struct wanted wanted;
    SOCKET listener = listening(AF_VESTIBULE, &name), client, server;
    prepare(&wanted, 3);
    client = asking(&name, &wanted);
    server = decided(listener, CF_ACCEPT);
    CHECK(server != INVALID_SOCKET);
    CHECK(wanted.buffer.len == 3 && memcmp(wanted.room, ANSWER, 3) == 0); /* UDA-13 */
    CHECK(is_untouched(&wanted, 3));
    close_socket(client), close_socket(server), close_socket(listener);
}

static void a_refusal_ends_the_use_of_the_buffer(void) {
    union name name;
    struct wanted wanted, second;
    SOCKET listener = listening(AF_VESTIBULE, &name), client, server;
    prepare(&wanted, sizeof wanted.room);
    client = asking(&name, &wanted);
    CHECK(decided(listener, CF_REJECT) == INVALID_SOCKET);
    CHECK(wanted.buffer.len == 0 && is_untouched(&wanted, 0)); /* CON-32 */
    /* A further attempt on the same socket has a buffer of its own, or none. */
    prepare(&second, sizeof second.room);
    CHECK_FAILS(WSAConnect(client, &name.any, name_size, NULL, &second.buffer, NULL, NULL),
                WSAEWOULDBLOCK);
    CHECK(decided(listener, CF_REJECT) == INVALID_SOCKET);
    CHECK_FAILS(connect(client, &name.any, name_size), WSAEWOULDBLOCK);
    server = decided(listener, CF_ACCEPT);
    CHECK(server != INVALID_SOCKET);
    CHECK(wanted.buffer.len == 0 && is_untouched(&wanted, 0));
    CHECK(second.buffer.len == 0 && is_untouched(&second, 0));
    close_socket(client), close_socket(server), close_socket(listener);
}

/* A call that fails because an attempt is under way does not change whose buffer it is. */
static void a_second_call_does_not_take_over(void) {
    union name name;
    struct wanted wanted, second;
    SOCKET listener = listening(AF_VESTIBULE, &name), client, server;
    prepare(&wanted, sizeof wanted.room);
    prepare(&second, sizeof second.room);
    client = asking(&name, &wanted);
    CHECK_FAILS(WSAConnect(client, &name.any, name_size, NULL, &second.buffer, NULL, NULL),
                WSAEALREADY);
    server = decided(listener, CF_ACCEPT);
    CHECK(server != INVALID_SOCKET && is_filled(&wanted));
    CHECK(second.buffer.len == 0 && is_untouched(&second, 0));
    close_socket(client), close_socket(server), close_socket(listener);
}

/* The server decides while the client closes: what closesocket leaves behind stays. */
#define ROUNDS 2000

static void *decides(void *listener) {
    for (;;) {
        SOCKET server = decided(*(SOCKET *)listener, CF_ACCEPT);
        if (server != INVALID_SOCKET)
            close_socket(server);
        else if (WSAGetLastError() != WSAEACCES) /* not merely withdrawn */
            return NULL;
    }
}

static void nothing_is_written_after_closing(void) {
    union name name;
    SOCKET listener = listening(AF_VESTIBULE, &name);
    pthread_t thread;
    int round;
    CHECK(pthread_create(&thread, NULL, decides, &listener) == 0);
    for (round = 0; round < ROUNDS; round++) {
        struct wanted *wanted = malloc(sizeof *wanted); /* freed: a checker sees a late write */
        struct wanted left;
        SOCKET s = fresh(AF_VESTIBULE);
        CHECK(wanted != NULL);
        prepare(wanted, sizeof wanted->room);
        set_mode(s, 1);
        while (WSAConnect(s, &name.any, name_size, NULL, &wanted->buffer, NULL, NULL) != 0 &&
               WSAGetLastError() == WSAECONNREFUSED) /* the backlog is full */
            prepare(wanted, sizeof wanted->room);
        close_socket(s);
        left = *wanted;
        sched_yield();
        CHECK(left.buffer.len == wanted->buffer.len);
        CHECK(memcmp(left.room, wanted->room, sizeof left.room) == 0);
        CHECK(is_filled(wanted) || (wanted->buffer.len == 0 && is_untouched(wanted, 0)));
        free(wanted);
    }
    close_socket(listener);
    CHECK(pthread_join(thread, NULL) == 0);
}

static void plain_tcp_has_none(void) {
    union name name;
    struct wanted wanted;
    SOCKET listener = listening(AF_INET, &name), client = fresh(AF_INET);
    WSAEVENT event = registered(client, FD_CONNECT);
    prepare(&wanted, sizeof wanted.room);
    CHECK_FAILS(WSAConnect(client, &name.any, name_size, NULL, &wanted.buffer, NULL, NULL),
                WSAEWOULDBLOCK);
    CHECK(happens(client, event, FD_CONNECT) == FD_CONNECT);
    CHECK(wanted.buffer.len == 0 && is_untouched(&wanted, 0));
    close_socket(client), close_socket(listener), close_event(event);
}

int main(void) {
    WSADATA data;
    CHECK(WSAStartup(MAKEWORD(2, 2), &data) == 0);
    it_is_there_when_the_event_is_recorded();
    it_is_there_when_the_descriptor_shows_it();
    it_is_cut_to_the_room();
    a_refusal_ends_the_use_of_the_buffer();
    a_second_call_does_not_take_over();
    nothing_is_written_after_closing();
    plain_tcp_has_none();
    CHECK(WSACleanup() == 0);
    return 0;
}
