/* Bad arguments of the calls for the descriptors of sockets, and of those that take one in and give
 * one out. */

#ifndef BAD_ARGUMENTS_DESCRIPTORS_H
#define BAD_ARGUMENTS_DESCRIPTORS_H

#include "shared.h"

#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

static void read_descriptor_handle(uintptr_t bad) {
    CHECK_ERROR(vestibule_read_descriptor(bad), VESTIBULE_WSAENOTSOCK);
}

static void write_descriptor_handle(uintptr_t bad) {
    CHECK_ERROR(vestibule_write_descriptor(bad), VESTIBULE_WSAENOTSOCK);
}

static int other_socket(int family, int type) {
    int descriptor = socket(family, type, 0);
    CHECK(descriptor >= 0);
    return descriptor;
}

/* After each failure the descriptor still is the program's, to close. */
static void adopt_arguments(int family) {
    vestibule_handle ours = stream(family);
    int others[] = {open("/dev/null", O_RDWR), other_socket(AF_UNIX, SOCK_STREAM),
                    other_socket(AF_INET, SOCK_DGRAM), other_socket(AF_INET, SOCK_STREAM)};
    static const int errors[] = {VESTIBULE_WSAENOTSOCK, VESTIBULE_WSAEAFNOSUPPORT,
                                 VESTIBULE_WSAESOCKTNOSUPPORT, VESTIBULE_WSAENOTCONN};
    size_t index;
    CHECK_NO_SOCKET(vestibule_adopt(-1), VESTIBULE_WSAENOTSOCK);
    CHECK_NO_SOCKET(vestibule_adopt(1000000), VESTIBULE_WSAENOTSOCK);
    CHECK_NO_SOCKET(vestibule_adopt(INT_MAX), VESTIBULE_WSAEMFILE);
    CHECK_NO_SOCKET(vestibule_adopt(vestibule_read_descriptor(ours)),
                    family == VESTIBULE_AF_IN_PROCESS ? VESTIBULE_WSAENOTSOCK
                                                      : VESTIBULE_WSAEINVAL);
    for (index = 0; index < COUNT(others); index++) {
        CHECK_NO_SOCKET(vestibule_adopt(others[index]), errors[index]);
        CHECK(close(others[index]) == 0);
    }
    CHECK(vestibule_closesocket(ours) == 0);
}

static void detach_handle(uintptr_t bad) {
    CHECK_ERROR(vestibule_detach(bad), VESTIBULE_WSAENOTSOCK);
}

static void detach_arguments(int family) {
    vestibule_handle socket = stream(family);
    if (family == VESTIBULE_AF_IN_PROCESS) {
        CHECK_ERROR(vestibule_detach(socket), VESTIBULE_WSAEOPNOTSUPP);
        CHECK(vestibule_closesocket(socket) == 0);
    } else {
        CHECK(vestibule_detach(socket) == (int)socket);
        CHECK_ERROR(vestibule_closesocket(socket), VESTIBULE_WSAENOTSOCK);
        CHECK(close((int)socket) == 0);
    }
}

#endif
