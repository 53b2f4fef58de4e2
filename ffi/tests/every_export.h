/* A table with a row for every exported symbol: what each does with bad arguments.
 *
 * A new export needs a row; check_table() says which is missing. */

#ifndef EVERY_EXPORT_H
#define EVERY_EXPORT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct row {
    const char *symbol;
    /* Calls it with a handle that is no socket, and with other arguments that are wrong as well;
     * NULL where it has no handle. */
    void (*with_handle)(uintptr_t bad);
    /* Everything else that can be wrong, on sockets of one family; NULL where nothing can. */
    void (*with_arguments)(int family);
};

static inline const struct row *row_of(const struct row *rows, size_t count, const char *symbol) {
    size_t index;
    for (index = 0; index < count; index++)
        if (strcmp(rows[index].symbol, symbol) == 0)
            return &rows[index];
    return NULL;
}

/* Whether a symbol of the map belongs into the table. */
static inline int is_concerned(const char *symbol, int winsock) {
    return (strncmp(symbol, "vestibule_ws_", strlen("vestibule_ws_")) == 0) == winsock;
}

/* Compares the table with ffi/vestibule.map; ends the test if they differ. */
static inline void check_table(const struct row *rows, size_t count, int winsock) {
    char path[4096], line[256], symbol[128];
    size_t found = 0;
    int missing = 0;
    FILE *map;
    snprintf(path, sizeof path, "%s", __FILE__); /* .../ffi/tests/every_export.h */
    *strrchr(path, '/') = '\0';
    strncat(path, "/../vestibule.map", sizeof path - strlen(path) - 1);
    map = fopen(path, "r");
    if (map == NULL) {
        perror(path);
        exit(1);
    }
    while (fgets(line, sizeof line, map) != NULL) {
        if (sscanf(line, " %127[a-z_0-9];", symbol) != 1 || strncmp(symbol, "vestibule_", 10) != 0)
            continue;
        if (!is_concerned(symbol, winsock))
            continue;
        found++;
        if (row_of(rows, count, symbol) == NULL) {
            fprintf(stderr, "%s is exported and has no row\n", symbol);
            missing = 1;
        }
    }
    fclose(map);
    if (missing || found != count) {
        fprintf(stderr, "%zu exports, %zu rows\n", found, count);
        exit(1);
    }
}

#define COUNT(array) (sizeof(array) / sizeof *(array))

#endif
