/* The line protocol's words and values. */

#ifndef DRIVER_TEXT_H
#define DRIVER_TEXT_H

#include <winsock2.h>
#include <ws2tcpip.h>

#include <stddef.h>

/* A string that grows. */
struct text {
    char *characters;
    size_t length;
    size_t room;
};

void text_add(struct text *text, const char *format, ...);
void text_free(struct text *text);

/* Bytes that may be absent. */
struct bytes {
    int absent;
    size_t length;
    unsigned char *data; /* not NULL unless absent */
};

/* A line, cut into its words. */
struct words {
    char *line;
    size_t count;
    char *word[64];
};

struct words *words_cut(const char *line);
void words_free(struct words *words);
/* The value of `key=value`, or NULL. */
const char *words_value(const struct words *words, const char *key);
int words_has(const struct words *words, const char *key);
long words_number(const struct words *words, const char *key, long otherwise);

/* Room for a socket address of any family, as a program would hold it. */
union address {
    struct sockaddr any;
    struct sockaddr_in inet;
    struct sockaddr_in6 inet6;
#ifdef AF_VESTIBULE
    struct sockaddr_vestibule in_process;
#endif
    unsigned char room[128];
};

/* Reads an address; its length, or 0 if it is none. */
int address_read(const char *spelled, union address *address);
void address_add(struct text *text, const char *key, const union address *address);

/* Reads bytes in hexadecimal; 0 if they are none. A missing word is absent bytes. */
int bytes_read(const char *spelled, struct bytes *bytes);
void bytes_add(struct text *text, const char *key, const void *data, size_t length);

/* Reads a flow specification; 0 if it is none. The provider-specific bytes are not read. */
int flow_read(const char *spelled, QOS *flow);
void flow_add(struct text *text, const char *key, const QOS *flow);

/* The name of an error, or its number, in a buffer of the thread's own. */
const char *error_name(int number);
/* The number of an error that is named or numbered; -1 if it is none. */
int error_number(const char *spelled);

#endif
