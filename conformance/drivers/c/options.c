/* Socket options: their names, and their values as the protocol spells them. */

#include "driver.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef _WIN32
#include <mswsock.h>
#endif

enum kind { FLAG, NUMBER, TIME, LINGER_VALUE, ERROR_VALUE, BYTES };

struct option {
    const char *name;
    int level;
    int number;
    enum kind kind;
};

static const struct option options[] = {
    {"SO_ACCEPTCONN", SOL_SOCKET, SO_ACCEPTCONN, FLAG},
    {"SO_REUSEADDR", SOL_SOCKET, SO_REUSEADDR, FLAG},
    {"SO_KEEPALIVE", SOL_SOCKET, SO_KEEPALIVE, FLAG},
    {"SO_OOBINLINE", SOL_SOCKET, SO_OOBINLINE, FLAG},
    {"SO_CONDITIONAL_ACCEPT", SOL_SOCKET, SO_CONDITIONAL_ACCEPT, FLAG},
    {"TCP_NODELAY", IPPROTO_TCP, TCP_NODELAY, FLAG},
    {"SO_SNDBUF", SOL_SOCKET, SO_SNDBUF, NUMBER},
    {"SO_RCVBUF", SOL_SOCKET, SO_RCVBUF, NUMBER},
    {"SO_TYPE", SOL_SOCKET, SO_TYPE, NUMBER},
    {"SO_MAX_MSG_SIZE", SOL_SOCKET, SO_MAX_MSG_SIZE, NUMBER},
    {"SO_CONNECT_TIME", SOL_SOCKET, SO_CONNECT_TIME, NUMBER},
    {"SO_GROUP_ID", SOL_SOCKET, SO_GROUP_ID, NUMBER},
    {"SO_GROUP_PRIORITY", SOL_SOCKET, SO_GROUP_PRIORITY, NUMBER},
    {"SO_SNDTIMEO", SOL_SOCKET, SO_SNDTIMEO, TIME},
    {"SO_RCVTIMEO", SOL_SOCKET, SO_RCVTIMEO, TIME},
    {"SO_LINGER", SOL_SOCKET, SO_LINGER, LINGER_VALUE},
    {"SO_ERROR", SOL_SOCKET, SO_ERROR, ERROR_VALUE},
    {"SO_CONNDATA", SOL_SOCKET, SO_CONNDATA, BYTES},
    {"SO_DISCDATA", SOL_SOCKET, SO_DISCDATA, BYTES},
    {"SO_CONNOPT", SOL_SOCKET, SO_CONNOPT, BYTES},
    {"SO_DISCOPT", SOL_SOCKET, SO_DISCOPT, BYTES},
    {"SO_CONNDATALEN", SOL_SOCKET, SO_CONNDATALEN, NUMBER},
    {"SO_DISCDATALEN", SOL_SOCKET, SO_DISCDATALEN, NUMBER},
    {"SO_CONNOPTLEN", SOL_SOCKET, SO_CONNOPTLEN, NUMBER},
    {"SO_DISCOPTLEN", SOL_SOCKET, SO_DISCOPTLEN, NUMBER},
};

static const struct option *find(const char *name) {
    size_t index;
    for (index = 0; name != NULL && index < sizeof options / sizeof *options; index++)
        if (strcmp(options[index].name, name) == 0)
            return &options[index];
    return NULL;
}

/* The value of an option: a number, a linger structure or bytes. */
union value {
    int number;
    struct linger linger;
    char bytes[4096];
};

static int natural_size(const struct option *option) {
    return option->kind == BYTES          ? (int)sizeof(union value)
           : option->kind == LINGER_VALUE ? (int)sizeof(struct linger)
                                          : (int)sizeof(int);
}

enum outcome option_get(SOCKET socket, const struct words *words, struct text *results) {
    const struct option *option = find(words_value(words, "option"));
    union value value;
    int length;
    if (option == NULL)
        return UNSUPPORTED;
    memset(&value, 0, sizeof value);
    length = (int)words_number(words, "len", natural_size(option));
    if (getsockopt(socket, option->level, option->number, value.bytes, &length) != 0)
        return FAIL;
    switch (option->kind) {
    case FLAG:
        text_add(results, " value=%d", value.number != 0);
        break;
    case LINGER_VALUE:
        text_add(results, " value=%u:%u", value.linger.l_onoff, value.linger.l_linger);
        break;
    case ERROR_VALUE:
        text_add(results, " value=%s", value.number == 0 ? "0" : error_name(value.number));
        break;
    case BYTES:
        bytes_add(results, "value", value.bytes, (size_t)length);
        break;
    case NUMBER:
    case TIME:
        text_add(results, " value=%u", (unsigned)value.number);
    }
    return OK;
}

enum outcome option_set(SOCKET socket, const struct words *words) {
    const struct option *option = find(words_value(words, "option"));
    const char *spelled = words_value(words, "value");
    union value value;
    int length;
    if (option == NULL)
        return UNSUPPORTED;
    if (spelled == NULL)
        return NONSENSE;
    memset(&value, 0, sizeof value);
    length = natural_size(option);
    if (option->kind == BYTES) {
        struct bytes bytes;
        if (!bytes_read(spelled, &bytes) || bytes.length > sizeof value)
            return NONSENSE;
        if (!bytes.absent)
            memcpy(value.bytes, bytes.data, bytes.length);
        length = (int)bytes.length;
        free(bytes.data);
    } else if (option->kind == LINGER_VALUE) {
        unsigned on, seconds;
        if (sscanf(spelled, "%u:%u", &on, &seconds) != 2)
            return NONSENSE;
        value.linger.l_onoff = (unsigned short)on;
        value.linger.l_linger = (unsigned short)seconds;
    } else if (option->kind == ERROR_VALUE) {
        value.number = error_number(spelled);
    } else {
        value.number = (int)strtol(spelled, NULL, 10);
    }
    length = (int)words_number(words, "len", length);
    return setsockopt(socket, option->level, option->number, value.bytes, length) == 0 ? OK : FAIL;
}
