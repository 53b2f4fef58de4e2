/* Bad arguments of the calls for the errors and the settings of the process. */

#ifndef BAD_ARGUMENTS_PROCESS_H
#define BAD_ARGUMENTS_PROCESS_H

#include "shared.h"

#include <limits.h>

static void error_name_arguments(int family) {
    static const int unknown[] = {0, -1, 1, 10000, 4711, INT_MIN, INT_MAX};
    size_t index;
    (void)family;
    for (index = 0; index < COUNT(unknown); index++) {
        CHECK(vestibule_error_name(unknown[index]) == NULL);
        CHECK(vestibule_error_text(unknown[index]) == NULL);
        CHECK(vestibule_error_errno(unknown[index]) == 0);
    }
}

static void configure_arguments(int family) {
    uint32_t value = 77, before;
    (void)family;
    CHECK(vestibule_setting(VESTIBULE_BACKLOG_CEILING, &before) == 0);
    CHECK_ERROR(vestibule_configure(0, 1), VESTIBULE_WSAEINVAL);
    CHECK_ERROR(vestibule_configure(UINT32_MAX, 1), VESTIBULE_WSAEINVAL);
    CHECK_ERROR(vestibule_configure(VESTIBULE_BACKLOG_CEILING, 0), VESTIBULE_WSAEINVAL);
    CHECK_ERROR(vestibule_configure(VESTIBULE_CALLER_CHECK, 2), VESTIBULE_WSAEINVAL);
    CHECK_ERROR(vestibule_configure(VESTIBULE_CONNECT_DATA_LIMIT, UINT32_MAX), VESTIBULE_WSAEINVAL);
    CHECK(vestibule_setting(VESTIBULE_BACKLOG_CEILING, &value) == 0 && value == before);
}

static void setting_arguments(int family) {
    uint32_t value = 77;
    (void)family;
    CHECK_ERROR(vestibule_setting(VESTIBULE_CONNECT_TIMEOUT, NULL), FAULT);
    CHECK_ERROR(vestibule_setting(0, &value), VESTIBULE_WSAEINVAL);
    CHECK_ERROR(vestibule_setting(UINT32_MAX, &value), VESTIBULE_WSAEINVAL);
    CHECK_ERROR(vestibule_setting(UINT32_MAX, NULL), VESTIBULE_WSAEINVAL);
    CHECK(value == 77);
}

#endif
