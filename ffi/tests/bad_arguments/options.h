/* Bad arguments of the calls for what a socket is set to and able to: options, limits,
 * capabilities, quality of service. */

#ifndef BAD_ARGUMENTS_OPTIONS_H
#define BAD_ARGUMENTS_OPTIONS_H

#include "shared.h"

#include <limits.h>

static const int level = VESTIBULE_SOL_SOCKET;

static void getsockopt_handle(uintptr_t bad) {
    CHECK_ERROR(vestibule_getsockopt(bad, 99, 99, NULL, NULL), VESTIBULE_WSAENOTSOCK);
}

static void getsockopt_arguments(int family) {
    vestibule_handle socket = stream(family);
    unsigned char value[4];
    const int option = VESTIBULE_SO_REUSEADDR;
    socklen_t length = sizeof value, shorter;
    memset(value, UNTOUCHED, sizeof value);
    CHECK_ERROR(vestibule_getsockopt(socket, 1, option, value, &length), VESTIBULE_WSAEINVAL);
    CHECK_ERROR(vestibule_getsockopt(socket, -1, option, value, &length), VESTIBULE_WSAEINVAL);
    CHECK_ERROR(vestibule_getsockopt(socket, level, 0x7777, value, &length),
                VESTIBULE_WSAENOPROTOOPT);
    CHECK_ERROR(vestibule_getsockopt(socket, level, -1, value, &length), VESTIBULE_WSAENOPROTOOPT);
    CHECK_ERROR(vestibule_getsockopt(socket, level, option, NULL, &length), FAULT);
    CHECK_ERROR(vestibule_getsockopt(socket, level, option, value, NULL), FAULT);
    for (shorter = 0; shorter < sizeof value; shorter++) {
        length = shorter;
        CHECK_ERROR(vestibule_getsockopt(socket, level, option, value, &length), FAULT);
        CHECK(length == shorter && untouched(value, sizeof value));
    }
    length = INT_MAX;
    CHECK(vestibule_getsockopt(socket, level, option, value, &length) == 0);
    CHECK(length == sizeof value);
    CHECK(vestibule_closesocket(socket) == 0);
}

static void setsockopt_handle(uintptr_t bad) {
    CHECK_ERROR(vestibule_setsockopt(bad, 99, 99, NULL, 0), VESTIBULE_WSAENOTSOCK);
}

static void setsockopt_arguments(int family) {
    vestibule_handle socket = stream(family);
    const int option = VESTIBULE_SO_REUSEADDR;
    int value = 1, after = 77;
    socklen_t length;
    CHECK_ERROR(vestibule_setsockopt(socket, 1, option, &value, 4), VESTIBULE_WSAEINVAL);
    CHECK_ERROR(vestibule_setsockopt(socket, -1, option, &value, 4), VESTIBULE_WSAEINVAL);
    CHECK_ERROR(vestibule_setsockopt(socket, level, 0x7777, &value, 4), VESTIBULE_WSAENOPROTOOPT);
    CHECK_ERROR(vestibule_setsockopt(socket, level, VESTIBULE_SO_TYPE, &value, 4),
                VESTIBULE_WSAENOPROTOOPT);
    CHECK_ERROR(vestibule_setsockopt(socket, level, option, NULL, 4), FAULT);
    for (length = 0; length < sizeof value; length++)
        CHECK_ERROR(vestibule_setsockopt(socket, level, option, &value, length), FAULT);
    length = sizeof after;
    CHECK(vestibule_getsockopt(socket, level, option, &after, &length) == 0 && after == 0);
    CHECK(vestibule_closesocket(socket) == 0);
}

static void set_nonblocking_handle(uintptr_t bad) {
    CHECK_ERROR(vestibule_set_nonblocking(bad, 1), VESTIBULE_WSAENOTSOCK);
}

static void user_data_limits_handle(uintptr_t bad) {
    size_t connect_data = 77, disconnect_data = 77;
    CHECK_ERROR(vestibule_user_data_limits(bad, &connect_data, &disconnect_data),
                VESTIBULE_WSAENOTSOCK);
    CHECK(connect_data == 77 && disconnect_data == 77);
}

static void user_data_limits_arguments(int family) {
    vestibule_handle socket = stream(family);
    size_t limit = 77;
    CHECK(vestibule_user_data_limits(socket, NULL, NULL) == 0);
    CHECK(vestibule_user_data_limits(socket, NULL, &limit) == 0 && limit != 77);
    CHECK(vestibule_closesocket(socket) == 0);
}

static void capabilities_arguments(int family) {
    uint32_t capabilities = 0xA5A5A5A5;
    CHECK_ERROR(vestibule_capabilities(-1, SOCK_STREAM, 0, &capabilities),
                VESTIBULE_WSAEAFNOSUPPORT);
    CHECK_ERROR(vestibule_capabilities(family, 77, 0, &capabilities), VESTIBULE_WSAESOCKTNOSUPPORT);
    CHECK_ERROR(vestibule_capabilities(family, SOCK_STREAM, 99, &capabilities),
                VESTIBULE_WSAEPROTONOSUPPORT);
    CHECK_ERROR(vestibule_capabilities(family, SOCK_STREAM, 0, NULL), FAULT);
    CHECK(capabilities == 0xA5A5A5A5);
}

static void set_qos_handle(uintptr_t bad) {
    CHECK_ERROR(vestibule_set_qos(bad, NULL), VESTIBULE_WSAENOTSOCK);
}

static void negotiated_qos_handle(uintptr_t bad) {
    CHECK_ERROR(vestibule_negotiated_qos(bad, NULL), VESTIBULE_WSAENOTSOCK);
}

static void qos_arguments(int family) {
    vestibule_handle socket = stream(family), named = bound(family);
    int has_qos = family == VESTIBULE_AF_IN_PROCESS;
    struct vestibule_qos qos, wrong;
    memset(&qos, UNTOUCHED, sizeof qos);
    memset(&wrong, 0, sizeof wrong);
    wrong.provider_specific.len = 4;
    CHECK_ERROR(vestibule_set_qos(socket, NULL), has_qos ? FAULT : VESTIBULE_WSAENOPROTOOPT);
    CHECK_ERROR(vestibule_set_qos(socket, &wrong),
                has_qos ? VESTIBULE_WSAEOPNOTSUPP : VESTIBULE_WSAENOPROTOOPT);
    CHECK_ERROR(vestibule_negotiated_qos(socket, &qos),
                has_qos ? VESTIBULE_WSAEINVAL : VESTIBULE_WSAENOPROTOOPT);
    CHECK_ERROR(vestibule_negotiated_qos(named, NULL), has_qos ? FAULT : VESTIBULE_WSAENOPROTOOPT);
    CHECK(untouched(&qos, sizeof qos));
    CHECK(vestibule_closesocket(socket) == 0 && vestibule_closesocket(named) == 0);
}

#endif
