/* select. */

#include "driver.h"

#include <string.h>

/* The most sockets that a scenario puts into a set. */
#define MOST 16

struct set {
    const char *key;
    fd_set sockets;
    fd_set *pointer; /* NULL if nothing is asked for */
    SOCKET socket[MOST];
    char name[MOST][32];
    size_t count;
};

/* Reads the sockets of a set; 0 if they are none. */
static int set_read(const struct words *words, struct set *set) {
    const char *names = words_value(words, set->key);
    FD_ZERO(&set->sockets);
    set->pointer = names == NULL ? NULL : &set->sockets;
    for (set->count = 0; names != NULL && set->count < MOST; set->count++) {
        size_t length = strcspn(names, ",");
        int known;
        if (length >= sizeof *set->name)
            return 0;
        memcpy(set->name[set->count], names, length);
        set->name[set->count][length] = '\0';
        set->socket[set->count] = socket_named(set->name[set->count], &known);
        if (!known)
            return 0;
        FD_SET(set->socket[set->count], &set->sockets);
        names = names[length] == '\0' ? NULL : names + length + 1;
    }
    return names == NULL;
}

static void set_add(struct text *text, struct set *set) {
    const char *between = "";
    size_t index;
    text_add(text, " %s=", set->key);
    for (index = 0; index < set->count; index++) {
        if (!FD_ISSET(set->socket[index], &set->sockets))
            continue;
        text_add(text, "%s%s", between, set->name[index]);
        between = ",";
    }
    if (*between == '\0')
        text_add(text, "-");
}

enum outcome select_perform(struct work *work) {
    struct set read = {.key = "read"}, write = {.key = "write"}, except = {.key = "except"};
    long milliseconds = words_number(work->words, "timeout", 0);
    struct timeval time = {milliseconds / 1000, milliseconds % 1000 * 1000};
    if (!set_read(work->words, &read) || !set_read(work->words, &write) ||
        !set_read(work->words, &except))
        return NONSENSE;
    if (select(0, read.pointer, write.pointer, except.pointer,
               words_has(work->words, "timeout") ? &time : NULL) < 0)
        return FAIL;
    set_add(work->results, &read);
    set_add(work->results, &write);
    set_add(work->results, &except);
    return OK;
}
