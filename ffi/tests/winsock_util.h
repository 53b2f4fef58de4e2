/* What the tests of the Winsock names share; util.h is its like for vestibule.h. */

#ifndef WINSOCK_UTIL_H
#define WINSOCK_UTIL_H

#include <winsock2.h>

#include <stdio.h>
#include <stdlib.h>

/* Ends the test unless the condition holds. */
#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: %s (last error %d)\n", __FILE__, __LINE__, #condition,         \
                    WSAGetLastError());                                                            \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

/* Ends the test unless the call fails with this error. */
#define CHECK_FAILS(call, error) CHECK((call) == SOCKET_ERROR && WSAGetLastError() == (error))
#define CHECK_NO_SOCKET(call, error) CHECK((call) == INVALID_SOCKET && WSAGetLastError() == (error))

#endif
