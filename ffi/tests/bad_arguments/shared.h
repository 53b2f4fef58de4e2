/* What the parts of bad_arguments.c share: memory that a failed call must not write to, and sockets
 * of every state. */

#ifndef BAD_ARGUMENTS_SHARED_H
#define BAD_ARGUMENTS_SHARED_H

#include "../util.h"

#include "../every_export.h"

#define UNTOUCHED 0xA5

#define FAULT VESTIBULE_WSAEFAULT

static struct address room_for_address(void) {
    struct address address;
    memset(&address, UNTOUCHED, sizeof address);
    address.length = sizeof address.is;
    return address;
}

static int untouched(const void *memory, size_t length) {
    const unsigned char *bytes = memory;
    size_t index;
    for (index = 0; index < length; index++)
        if (bytes[index] != UNTOUCHED)
            return 0;
    return 1;
}

static vestibule_handle bound(int family) {
    struct address address = loopback(family);
    vestibule_handle socket = stream(family);
    CHECK(vestibule_bind(socket, &address.is.any, address.length) == 0);
    return socket;
}

static vestibule_handle listening(int family) {
    struct address address;
    return listener(family, &address);
}

/* Nothing that went before has ended the connection. */
static void can_talk(struct both_ends pair) {
    char byte = 0;
    CHECK(vestibule_send(pair.client, "x", 1, 0) == 1);
    CHECK(vestibule_recv(pair.server, &byte, 1, 0) == 1 && byte == 'x');
}

/* Makes sockets that are not connected, one of each state, and lets `test` look at them. */
static void on_unconnected(int family, void (*test)(vestibule_handle)) {
    vestibule_handle sockets[] = {stream(family), bound(family), listening(family)};
    size_t index;
    for (index = 0; index < COUNT(sockets); index++) {
        test(sockets[index]);
        CHECK(vestibule_closesocket(sockets[index]) == 0);
    }
}

#endif
