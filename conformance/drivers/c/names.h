/* The sockets by name, and what belongs to the latest connect of each. */

#ifndef DRIVER_NAMES_H
#define DRIVER_NAMES_H

#include "driver.h"

/* A connect call: its callee data structure outlives the call. */
struct attempt {
    struct attempt *next;
    WSABUF callee;
    size_t capacity;
    int has_callee;
};

struct named {
    struct named *next;
    char *name;
    SOCKET socket;
    struct attempt *attempt;
};

void names_start(void);
/* The name of the socket with that handle, or NULL; it is valid until all names are forgotten. */
const char *name_of_socket(SOCKET socket);
/* Forgets all names; the caller gets them, and frees them. */
struct named *names_take_all(void);
struct attempt *attempt_new(const char *name, int has_callee, size_t capacity);
/* The latest attempt of a socket, or NULL. */
struct attempt *attempt_of(const char *name);

#endif
