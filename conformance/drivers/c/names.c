/* The sockets by name, and what belongs to the latest connect of each. */

#include "names.h"

#include "platform.h"

#include <stdlib.h>
#include <string.h>

static struct gate *lock;
static struct named *names;
/* Attempts are kept to the end: the library may use their structures until an attempt is over. */
static struct attempt *attempts;

void names_start(void) {
    lock = gate_new();
}

static struct named *find(const char *name) {
    struct named *named = names;
    while (named != NULL && strcmp(named->name, name) != 0)
        named = named->next;
    return named;
}

SOCKET socket_named(const char *name, int *known) {
    struct named *named;
    SOCKET socket = INVALID_SOCKET;
    gate_take(lock);
    named = name == NULL ? NULL : find(name);
    *known = named != NULL;
    if (named != NULL)
        socket = named->socket;
    gate_give(lock);
    return socket;
}

void socket_name(const char *name, SOCKET socket) {
    struct named *named;
    gate_take(lock);
    named = find(name);
    if (named == NULL) {
        named = calloc(1, sizeof *named);
        if (named == NULL || (named->name = malloc(strlen(name) + 1)) == NULL)
            abort();
        strcpy(named->name, name);
        named->next = names;
        names = named;
    }
    named->socket = socket;
    named->attempt = NULL;
    gate_give(lock);
}

const char *name_of_socket(SOCKET socket) {
    struct named *named;
    gate_take(lock);
    named = names; /* a number that was reused is that of the latest */
    while (named != NULL && named->socket != socket)
        named = named->next;
    gate_give(lock);
    return named == NULL ? NULL : named->name;
}

struct named *names_take_all(void) {
    struct named *all;
    gate_take(lock);
    all = names;
    names = NULL;
    gate_give(lock);
    return all;
}

struct attempt *attempt_new(const char *name, int has_callee, size_t capacity) {
    struct attempt *attempt = calloc(1, sizeof *attempt);
    struct named *named;
    if (attempt == NULL)
        abort();
    if (has_callee) {
        attempt->callee.buf = malloc(capacity + 1);
        if (attempt->callee.buf == NULL)
            abort();
        memset(attempt->callee.buf, 0xA5, capacity + 1);
        attempt->callee.len = (ULONG)capacity;
    }
    attempt->has_callee = has_callee;
    attempt->capacity = capacity;
    gate_take(lock);
    named = find(name);
    if (named != NULL)
        named->attempt = attempt;
    attempt->next = attempts;
    attempts = attempt;
    gate_give(lock);
    return attempt;
}

struct attempt *attempt_of(const char *name) {
    struct named *named;
    struct attempt *attempt;
    gate_take(lock);
    named = name == NULL ? NULL : find(name);
    attempt = named == NULL ? NULL : named->attempt;
    gate_give(lock);
    return attempt;
}
