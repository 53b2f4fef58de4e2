/* A descriptor that the program closes with close(): the old socket's state does not reach whatever
 * gets its number next (HND-35). */

#include "util.h"

#include <fcntl.h>
#include <unistd.h>

/* The number becomes another socket of the library. */
static void by_another_socket(void) {
    struct address address, next;
    vestibule_handle old = listener(AF_INET, &address), fresh;
    struct caller caller;
    vestibule_handle accepted;
    int keep_alive = 1, value = 0;
    socklen_t length = sizeof value;

    CHECK(vestibule_setsockopt(old, VESTIBULE_SOL_SOCKET, VESTIBULE_SO_KEEPALIVE, &keep_alive, 4) ==
          0);
    CHECK(vestibule_set_nonblocking(old, 1) == 0);
    CHECK(close((int)old) == 0);
    fresh = stream(AF_INET);
    CHECK(fresh == old);
    CHECK_ERROR(vestibule_getsockname(fresh, &next.is.any, &length), VESTIBULE_WSAEINVAL);
    length = sizeof value;
    CHECK(vestibule_getsockopt(fresh, VESTIBULE_SOL_SOCKET, VESTIBULE_SO_KEEPALIVE, &value,
                               &length) == 0);
    CHECK(value == 0);
    CHECK(vestibule_getsockopt(fresh, VESTIBULE_SOL_SOCKET, VESTIBULE_SO_ACCEPTCONN, &value,
                               &length) == 0);
    CHECK(value == 0);

    /* It is open and works; forgetting the old one has not closed it. */
    next = loopback(AF_INET);
    CHECK(vestibule_bind(fresh, &next.is.any, next.length) == 0);
    CHECK(vestibule_listen(fresh, 5) == 0);
    next = local_address(fresh);
    call(&caller, &next, NULL);
    accepted = decide(fresh, VESTIBULE_ACCEPT); /* it is blocking */
    CHECK(accepted != VESTIBULE_INVALID_SOCKET);
    answered(&caller);
    hang_up(&caller);
    CHECK(vestibule_closesocket(accepted) == 0);
    CHECK(vestibule_closesocket(fresh) == 0);
}

/* The number becomes a file, and the library makes and closes other sockets meanwhile. */
static void by_a_file(void) {
    struct address address;
    vestibule_handle old = listener(AF_INET, &address), other;
    int file, index;
    CHECK(close((int)old) == 0);
    file = open("/dev/null", O_RDWR);
    CHECK((vestibule_handle)file == old);
    for (index = 0; index < 3; index++) {
        other = listener(AF_INET, &address);
        CHECK(vestibule_closesocket(other) == 0);
    }
    CHECK(fcntl(file, F_GETFD) >= 0);
    CHECK(write(file, "x", 1) == 1);
    CHECK(close(file) == 0);
}

/* Both have registered for events: the new socket's are told, also once the old one is forgotten. */
static void while_registered(void) {
    struct address address;
    struct caller caller;
    struct vestibule_network_events happened;
    vestibule_event before = vestibule_create_event(), now = vestibule_create_event();
    vestibule_handle old = listener(AF_INET, &address), fresh, accepted;
    CHECK(vestibule_event_select(old, before, VESTIBULE_FD_ACCEPT) == 0);
    CHECK(close((int)old) == 0);
    fresh = listener(AF_INET, &address);
    CHECK(fresh == old);
    CHECK(vestibule_event_select(fresh, now, VESTIBULE_FD_ACCEPT) == 0);
    call(&caller, &address, NULL);
    CHECK(vestibule_wait_for_events(1, &now, 0, 10000) == VESTIBULE_WAIT_EVENT_0);
    CHECK(vestibule_wait_for_events(1, &before, 0, 0) == VESTIBULE_WAIT_TIMEOUT);
    CHECK(vestibule_enum_network_events(fresh, now, &happened) == 0);
    CHECK(happened.events == VESTIBULE_FD_ACCEPT);
    accepted = decide(fresh, VESTIBULE_ACCEPT);
    CHECK(accepted != VESTIBULE_INVALID_SOCKET);
    answered(&caller);
    hang_up(&caller);
    CHECK(vestibule_closesocket(accepted) == 0);
    CHECK(vestibule_closesocket(fresh) == 0);
}

int main(void) {
    by_another_socket();
    by_a_file();
    while_registered();
    return 0;
}
