/* Notification ports, the counterpart of WSAAsyncSelect: messages and their order, what enables the
 * next one, what a registration posts, what closing takes back, waiting and polling (EVT-16,
 * EVT-21, EVT-50 to EVT-56, EVT-60, SKT-07, ACC-09). events_window.c is about Winsock's names. */

#define _POSIX_C_SOURCE 200809L

#include "events.h"

#include <poll.h>
#include <time.h>

#define MESSAGE 1025
#define QUIET_TIME 20
#define READ_EVENTS (VESTIBULE_FD_READ | VESTIBULE_FD_CLOSE)

static vestibule_port new_port(void) {
    vestibule_port port = vestibule_create_port();
    CHECK(port != VESTIBULE_INVALID_PORT);
    return port;
}

/* The next message has to be this one; what is left in it is its error. */
static int next(vestibule_port port, vestibule_handle socket, uint32_t event) {
    struct vestibule_notification notification;
    vestibule_set_last_error(77);
    CHECK(vestibule_get_notification(port, &notification, LONG_TIME) == 0);
    CHECK(notification.socket == socket && notification.message == MESSAGE); /* EVT-50 */
    CHECK(notification.event == event);
    CHECK(vestibule_last_error() == 77); /* EVT-56 */
    return notification.error;
}

static void is_silent(vestibule_port port) {
    struct vestibule_notification notification;
    CHECK_ERROR(vestibule_get_notification(port, &notification, QUIET_TIME),
                VESTIBULE_WSAETIMEDOUT);
}

static void post(vestibule_handle socket, vestibule_port port, uint32_t events) {
    CHECK(vestibule_async_select(socket, port, MESSAGE, events) == 0);
}

static void send_bytes(vestibule_handle socket, size_t count) {
    CHECK(vestibule_send(socket, "abcdefgh", count, 0) == (ssize_t)count);
}

static ssize_t received(vestibule_handle socket, size_t room) {
    char bytes[16];
    return vestibule_recv(socket, bytes, room, 0);
}

static vestibule_handle calling(const struct address *address) {
    vestibule_handle socket = stream(address->is.any.sa_family);
    CHECK(vestibule_set_nonblocking(socket, 1) == 0);
    CHECK_ERROR(
        vestibule_connect(socket, &address->is.any, address->length, NULL, NULL, NULL, NULL),
        VESTIBULE_WSAEWOULDBLOCK);
    return socket;
}

static void one_message_until_it_is_enabled_again(int family) {
    struct both_ends pair = connect_both(family);
    vestibule_port port = new_port();
    post(pair.server, port, READ_EVENTS);
    is_silent(port);
    send_bytes(pair.client, 3);
    CHECK(next(port, pair.server, VESTIBULE_FD_READ) == 0);
    send_bytes(pair.client, 2);
    is_silent(port); /* EVT-51: not even for a new arrival */
    CHECK(received(pair.server, 1) == 1);
    CHECK(next(port, pair.server, VESTIBULE_FD_READ) == 0); /* EVT-14 */
    CHECK_ERROR((int)vestibule_recv(pair.server, NULL, 1, 0), VESTIBULE_WSAEFAULT);
    CHECK(next(port, pair.server, VESTIBULE_FD_READ) == 0); /* EVT-13 */
    CHECK(received(pair.server, 16) == 4);
    is_silent(port);
    CHECK(vestibule_shutdown(pair.client, VESTIBULE_SHUT_SEND) == 0);
    CHECK(next(port, pair.server, VESTIBULE_FD_CLOSE) == 0);
    is_silent(port);
    close_both(pair);
    CHECK(vestibule_close_port(port) == 0);
}

static void a_registration_posts_what_holds(int family) {
    struct both_ends pair = connect_both(family);
    vestibule_port port = new_port(), other = new_port();
    int round;
    send_bytes(pair.client, 1);
    for (round = 0; round < 2; round++) { /* EVT-16: every one, but for FD_CONNECT (EVT-21) */
        struct vestibule_notification notification;
        uint32_t told = 0, wanted = VESTIBULE_FD_READ | VESTIBULE_FD_WRITE;
        post(pair.server, port, wanted | VESTIBULE_FD_CONNECT);
        while (told != wanted) {
            CHECK(vestibule_get_notification(port, &notification, LONG_TIME) == 0);
            CHECK((notification.event & wanted & ~told) != 0 && notification.error == 0);
            told |= notification.event;
        }
        is_silent(port);
    }
    /* EVT-52: what waits for the old registration is gone. */
    post(pair.server, port, VESTIBULE_FD_READ);
    post(pair.server, other, VESTIBULE_FD_READ);
    is_silent(port);
    CHECK(next(other, pair.server, VESTIBULE_FD_READ) == 0);
    post(pair.server, port, VESTIBULE_FD_READ);
    CHECK(vestibule_async_select(pair.server, port, MESSAGE, 0) == 0);
    is_silent(port);
    post(pair.server, port, VESTIBULE_FD_READ);
    CHECK(vestibule_closesocket(pair.server) == 0);
    is_silent(port);
    CHECK(vestibule_closesocket(pair.client) == 0);
    CHECK(vestibule_close_port(port) == 0 && vestibule_close_port(other) == 0);
}

static void the_two_kinds_replace_each_other(int family) {
    struct both_ends pair = connect_both(family);
    vestibule_port port = new_port();
    vestibule_event event = new_event();
    CHECK(vestibule_event_select(pair.server, event, VESTIBULE_FD_READ) == 0);
    post(pair.server, port, VESTIBULE_FD_READ); /* EVT-54 */
    CHECK(received(pair.server, 1) == -1 && vestibule_last_error() == VESTIBULE_WSAEWOULDBLOCK);
    CHECK_ERROR(vestibule_set_nonblocking(pair.server, 0), VESTIBULE_WSAEINVAL); /* HND-30 */
    send_bytes(pair.client, 1);
    CHECK(next(port, pair.server, VESTIBULE_FD_READ) == 0);
    CHECK(!is_set(event) && happened(pair.server, event) == 0);
    CHECK(vestibule_event_select(pair.server, event, VESTIBULE_FD_READ) == 0);
    CHECK(received(pair.server, 1) == 1);
    send_bytes(pair.client, 1);
    CHECK(wait_long(event) && happened(pair.server, event) == VESTIBULE_FD_READ);
    is_silent(port);
    close_both(pair);
    CHECK(vestibule_close_port(port) == 0 && vestibule_close_event(event) == 0);
}

static void a_listener_posts_and_its_sockets_too(int family) {
    struct address address;
    vestibule_handle socket = listener(family, &address), callers[2], server;
    vestibule_port port = new_port();
    struct vestibule_notification first;
    socklen_t short_length = 1;
    post(socket, port, VESTIBULE_FD_ACCEPT | VESTIBULE_FD_WRITE | READ_EVENTS);
    callers[0] = calling(&address);
    CHECK(next(port, socket, VESTIBULE_FD_ACCEPT) == 0);
    callers[1] = calling(&address);
    is_silent(port); /* EVT-60 */
    CHECK_NO_SOCKET(vestibule_accept(socket, &address.is.any, &short_length, NULL, 0),
                    VESTIBULE_WSAEFAULT);
    CHECK(next(port, socket, VESTIBULE_FD_ACCEPT) == 0); /* EVT-13 */
    CHECK(decide(socket, VESTIBULE_DEFER) == VESTIBULE_INVALID_SOCKET);
    is_silent(port); /* ACC-09 EVT-13 */
    server = decide(socket, VESTIBULE_ACCEPT);
    CHECK(server != VESTIBULE_INVALID_SOCKET);
    /* The next request, and the accepted socket under its own handle (SKT-07, SKT-09). */
    CHECK(vestibule_get_notification(port, &first, LONG_TIME) == 0);
    if (first.socket == socket) {
        CHECK(first.event == VESTIBULE_FD_ACCEPT);
        CHECK(next(port, server, VESTIBULE_FD_WRITE) == 0);
    } else {
        CHECK(first.socket == server && first.event == VESTIBULE_FD_WRITE);
        CHECK(next(port, socket, VESTIBULE_FD_ACCEPT) == 0);
    }
    send_bytes(callers[0], 1);
    CHECK(next(port, server, VESTIBULE_FD_READ) == 0);
    CHECK(vestibule_closesocket(callers[0]) == 0);
    CHECK(next(port, server, VESTIBULE_FD_CLOSE) == 0);
    CHECK(vestibule_closesocket(callers[1]) == 0 && vestibule_closesocket(server) == 0);
    CHECK(vestibule_closesocket(socket) == 0 && vestibule_close_port(port) == 0);
}

static void a_message_carries_the_error(int family) {
    struct address address;
    vestibule_handle nobody = listener(family, &address), client = stream(family);
    vestibule_port port = new_port();
    CHECK(vestibule_closesocket(nobody) == 0);
    post(client, port, VESTIBULE_FD_CONNECT);
    CHECK(vestibule_connect(client, &address.is.any, address.length, NULL, NULL, NULL, NULL) == -1);
    CHECK(next(port, client, VESTIBULE_FD_CONNECT) == VESTIBULE_WSAECONNREFUSED);
    CHECK(vestibule_closesocket(client) == 0 && vestibule_close_port(port) == 0);
}

static void a_port_can_be_polled(int family) {
    struct both_ends pair = connect_both(family);
    struct vestibule_notification notification;
    vestibule_port port = new_port();
    struct pollfd polled = {vestibule_port_descriptor(port), POLLIN, 0};
    CHECK(polled.fd >= 0 && vestibule_port_descriptor(port) == polled.fd);
    post(pair.server, port, VESTIBULE_FD_READ);
    CHECK_ERROR(vestibule_get_notification(port, &notification, 0), VESTIBULE_WSAETIMEDOUT);
    CHECK(poll(&polled, 1, QUIET_TIME) == 0);
    send_bytes(pair.client, 1);
    CHECK(poll(&polled, 1, LONG_TIME) == 1);
    CHECK(vestibule_get_notification(port, &notification, 0) == 0);
    CHECK_ERROR(vestibule_get_notification(port, &notification, 0), VESTIBULE_WSAETIMEDOUT);
    CHECK(poll(&polled, 1, QUIET_TIME) == 0);
    close_both(pair);
    CHECK(vestibule_close_port(port) == 0);
}

static void *waits_in(void *argument) {
    struct vestibule_notification notification;
    CHECK_ERROR(vestibule_get_notification(*(vestibule_port *)argument, &notification, -1),
                VESTIBULE_WSA_INVALID_HANDLE);
    return NULL;
}

static void closing_a_port_ends_the_wait(int family) {
    const struct timespec a_moment = {0, 20 * 1000 * 1000};
    struct both_ends pair = connect_both(family);
    vestibule_port port = new_port();
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, waits_in, &port) == 0);
    nanosleep(&a_moment, NULL);
    post(pair.server, port, VESTIBULE_FD_READ);
    CHECK(vestibule_close_port(port) == 0 && pthread_join(thread, NULL) == 0);
    send_bytes(pair.client, 1); /* told to nobody */
    CHECK(received(pair.server, 1) == 1);
    close_both(pair);
}

int main(void) {
    static void (*const tests[])(int) = {
        one_message_until_it_is_enabled_again, a_registration_posts_what_holds,
        the_two_kinds_replace_each_other,      a_listener_posts_and_its_sockets_too,
        a_message_carries_the_error,           a_port_can_be_polled,
        closing_a_port_ends_the_wait,
    };
    static const int families[] = {AF_INET, VESTIBULE_AF_IN_PROCESS};
    size_t family, test;
    for (family = 0; family < 2; family++)
        for (test = 0; test < sizeof tests / sizeof *tests; test++)
            tests[test](families[family]);
    return 0;
}
