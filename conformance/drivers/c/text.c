#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *checked(void *pointer) {
    if (pointer == NULL)
        abort();
    return pointer;
}

void text_add(struct text *text, const char *format, ...) {
    va_list arguments;
    int length;
    va_start(arguments, format);
    length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0)
        abort();
    if (text->length + (size_t)length + 1 > text->room) {
        text->room = (text->length + (size_t)length + 1) * 2;
        text->characters = checked(realloc(text->characters, text->room));
    }
    va_start(arguments, format);
    vsnprintf(text->characters + text->length, (size_t)length + 1, format, arguments);
    va_end(arguments);
    text->length += (size_t)length;
}

void text_free(struct text *text) {
    free(text->characters);
    memset(text, 0, sizeof *text);
}

struct words *words_cut(const char *line) {
    struct words *words = checked(calloc(1, sizeof *words));
    char *rest;
    words->line = checked(malloc(strlen(line) + 1));
    strcpy(words->line, line);
    rest = words->line;
    while (*rest != '\0' && words->count < sizeof words->word / sizeof *words->word) {
        words->word[words->count++] = rest;
        rest += strcspn(rest, " ");
        if (*rest == ' ')
            *rest++ = '\0';
    }
    return words;
}

void words_free(struct words *words) {
    free(words->line);
    free(words);
}

const char *words_value(const struct words *words, const char *key) {
    size_t length = strlen(key);
    size_t index;
    for (index = 0; index < words->count; index++) {
        const char *word = words->word[index];
        if (strncmp(word, key, length) == 0 && word[length] == '=')
            return word + length + 1;
    }
    return NULL;
}

int words_has(const struct words *words, const char *key) {
    return words_value(words, key) != NULL;
}

long words_number(const struct words *words, const char *key, long otherwise) {
    const char *value = words_value(words, key);
    return value == NULL ? otherwise : strtol(value, NULL, 10);
}

static int inet_read(const char *spelled, struct sockaddr_in *address) {
    unsigned part[4], port;
    char more;
    if (sscanf(spelled, "%u.%u.%u.%u:%u%c", &part[0], &part[1], &part[2], &part[3], &port, &more) !=
        5)
        return 0;
    address->sin_family = AF_INET;
    address->sin_port = htons((unsigned short)port);
    address->sin_addr.s_addr = htonl(part[0] << 24 | part[1] << 16 | part[2] << 8 | part[3]);
    return sizeof *address;
}

static int inet6_read(const char *spelled, struct sockaddr_in6 *address) {
    char host[64];
    unsigned port;
    if (sscanf(spelled, "[%63[0-9a-f:.]]:%u", host, &port) != 2 ||
        inet_pton(AF_INET6, host, &address->sin6_addr) != 1)
        return 0;
    address->sin6_family = AF_INET6;
    address->sin6_port = htons((unsigned short)port);
    return sizeof *address;
}

int address_read(const char *spelled, union address *address) {
    memset(address, 0, sizeof *address);
    if (spelled[0] == '[')
        return inet6_read(spelled, &address->inet6);
    if (spelled[0] == '?') {
        address->any.sa_family = (unsigned short)strtoul(spelled + 1, NULL, 10);
        return sizeof address->inet;
    }
#ifdef AF_VESTIBULE
    if (spelled[0] == '@') {
        unsigned node, port;
        if (sscanf(spelled, "@%u:%u", &node, &port) != 2)
            return 0;
        address->in_process.sv_family = AF_VESTIBULE;
        address->in_process.sv_node = node;
        address->in_process.sv_port = port;
        return sizeof address->in_process;
    }
#endif
    return inet_read(spelled, &address->inet);
}

void address_add(struct text *text, const char *key, const union address *address) {
    char host[64];
    switch (address->any.sa_family) {
    case AF_INET:
        text_add(text, " %s=%s:%u", key,
                 inet_ntop(AF_INET, (void *)&address->inet.sin_addr, host, sizeof host),
                 ntohs(address->inet.sin_port));
        break;
    case AF_INET6:
        text_add(text, " %s=[%s]:%u", key,
                 inet_ntop(AF_INET6, (void *)&address->inet6.sin6_addr, host, sizeof host),
                 ntohs(address->inet6.sin6_port));
        break;
#ifdef AF_VESTIBULE
    case AF_VESTIBULE:
        text_add(text, " %s=@%u:%u", key, (unsigned)address->in_process.sv_node,
                 (unsigned)address->in_process.sv_port);
        break;
#endif
    default:
        text_add(text, " %s=?%u", key, address->any.sa_family);
    }
}

static int digit(char character) {
    const char *digits = "0123456789abcdef";
    const char *found = character == '\0' ? NULL : strchr(digits, character);
    return found == NULL ? -1 : (int)(found - digits);
}

int bytes_read(const char *spelled, struct bytes *bytes) {
    size_t index;
    memset(bytes, 0, sizeof *bytes);
    if (spelled == NULL || strcmp(spelled, "-") == 0) {
        bytes->absent = 1;
        return 1;
    }
    bytes->data = checked(malloc(strlen(spelled) / 2 + 1));
    if (strcmp(spelled, "\"\"") == 0)
        return 1;
    for (index = 0; spelled[2 * index] != '\0'; index++) {
        int high = digit(spelled[2 * index]);
        int low = high < 0 ? -1 : digit(spelled[2 * index + 1]);
        if (low < 0)
            return 0;
        bytes->data[index] = (unsigned char)(high << 4 | low);
    }
    bytes->length = index;
    return 1;
}

void bytes_add(struct text *text, const char *key, const void *data, size_t length) {
    const unsigned char *byte = data;
    if (data == NULL) {
        text_add(text, " %s=-", key);
        return;
    }
    text_add(text, " %s=%s", key, length == 0 ? "\"\"" : "");
    while (length-- > 0)
        text_add(text, "%02x", *byte++);
}

/* The members of a FLOWSPEC are eight numbers of 32 bits in a row (LAY-04). */
#define MEMBERS 8

static const char *side_read(const char *spelled, FLOWSPEC *side) {
    unsigned member[MEMBERS];
    int used = 0;
    if (sscanf(spelled, "%u,%u,%u,%u,%u,%u,%u,%u%n", &member[0], &member[1], &member[2], &member[3],
               &member[4], &member[5], &member[6], &member[7], &used) != MEMBERS ||
        spelled[used] != '/')
        return NULL;
    side->TokenRate = member[0];
    side->TokenBucketSize = member[1];
    side->PeakBandwidth = member[2];
    side->Latency = member[3];
    side->DelayVariation = member[4];
    side->ServiceType = member[5];
    side->MaxSduSize = member[6];
    side->MinimumPolicedSize = member[7];
    return spelled + used + 1;
}

int flow_read(const char *spelled, QOS *flow) {
    memset(flow, 0, sizeof *flow);
    spelled = side_read(spelled, &flow->SendingFlowspec);
    return spelled != NULL && side_read(spelled, &flow->ReceivingFlowspec) != NULL;
}

static void side_add(struct text *text, const FLOWSPEC *side) {
    text_add(text, "%u,%u,%u,%u,", (unsigned)side->TokenRate, (unsigned)side->TokenBucketSize,
             (unsigned)side->PeakBandwidth, (unsigned)side->Latency);
    text_add(text, "%u,%u,%u,%u/", (unsigned)side->DelayVariation, (unsigned)side->ServiceType,
             (unsigned)side->MaxSduSize, (unsigned)side->MinimumPolicedSize);
}

void flow_add(struct text *text, const char *key, const QOS *flow) {
    const WSABUF *more;
    ULONG index;
    if (flow == NULL) {
        text_add(text, " %s=-", key);
        return;
    }
    text_add(text, " %s=", key);
    side_add(text, &flow->SendingFlowspec);
    side_add(text, &flow->ReceivingFlowspec);
    more = &flow->ProviderSpecific;
    if (more->buf == NULL)
        text_add(text, "-");
    else if (more->len == 0)
        text_add(text, "\"\"");
    for (index = 0; more->buf != NULL && index < more->len; index++)
        text_add(text, "%02x", (unsigned char)more->buf[index]);
}

static const struct {
    const char *name;
    int number;
} errors[] = {
#define ERROR_ROW(name) {#name, name},
    ERROR_ROW(WSA_INVALID_HANDLE) ERROR_ROW(WSA_NOT_ENOUGH_MEMORY) ERROR_ROW(WSA_INVALID_PARAMETER)
        ERROR_ROW(WSA_OPERATION_ABORTED) ERROR_ROW(WSA_IO_INCOMPLETE) ERROR_ROW(WSA_IO_PENDING)
            ERROR_ROW(WSAEINTR) ERROR_ROW(WSAEBADF) ERROR_ROW(WSAEACCES) ERROR_ROW(
                WSAEFAULT) ERROR_ROW(WSAEINVAL) ERROR_ROW(WSAEMFILE) ERROR_ROW(WSAEWOULDBLOCK)
                ERROR_ROW(WSAEINPROGRESS) ERROR_ROW(WSAEALREADY) ERROR_ROW(WSAENOTSOCK) ERROR_ROW(
                    WSAEDESTADDRREQ) ERROR_ROW(WSAEMSGSIZE) ERROR_ROW(WSAEPROTOTYPE)
                    ERROR_ROW(WSAENOPROTOOPT) ERROR_ROW(WSAEPROTONOSUPPORT) ERROR_ROW(
                        WSAESOCKTNOSUPPORT) ERROR_ROW(WSAEOPNOTSUPP) ERROR_ROW(WSAEPFNOSUPPORT)
                        ERROR_ROW(WSAEAFNOSUPPORT) ERROR_ROW(WSAEADDRINUSE) ERROR_ROW(
                            WSAEADDRNOTAVAIL) ERROR_ROW(WSAENETDOWN) ERROR_ROW(WSAENETUNREACH)
                            ERROR_ROW(WSAENETRESET) ERROR_ROW(WSAECONNABORTED) ERROR_ROW(
                                WSAECONNRESET) ERROR_ROW(WSAENOBUFS) ERROR_ROW(WSAEISCONN)
                                ERROR_ROW(WSAENOTCONN) ERROR_ROW(WSAESHUTDOWN) ERROR_ROW(
                                    WSAETIMEDOUT) ERROR_ROW(WSAECONNREFUSED) ERROR_ROW(WSAEHOSTDOWN)
                                    ERROR_ROW(WSAEHOSTUNREACH) ERROR_ROW(WSAEPROCLIM) ERROR_ROW(
                                        WSASYSNOTREADY) ERROR_ROW(WSAVERNOTSUPPORTED)
                                        ERROR_ROW(WSANOTINITIALISED) ERROR_ROW(WSAEDISCON)
                                            ERROR_ROW(WSAECANCELLED) ERROR_ROW(WSAEINVALIDPROCTABLE)
                                                ERROR_ROW(WSAEINVALIDPROVIDER)
                                                    ERROR_ROW(WSAEPROVIDERFAILEDINIT) ERROR_ROW(
                                                        WSASYSCALLFAILURE) ERROR_ROW(WSATRY_AGAIN)
                                                        ERROR_ROW(WSA_QOS_ADMISSION_FAILURE)
                                                            ERROR_ROW(WSA_QOS_ESERVICETYPE)
                                                                ERROR_ROW(WSA_QOS_EFLOWSPEC)
                                                                    ERROR_ROW(WSA_QOS_EPROVSPECBUF)
#undef ERROR_ROW
};

#define ERRORS (sizeof errors / sizeof *errors)

const char *error_name(int number) {
    static _Thread_local char unnamed[16];
    size_t index;
    for (index = 0; index < ERRORS; index++)
        if (errors[index].number == number)
            return errors[index].name;
    snprintf(unnamed, sizeof unnamed, "%d", number);
    return unnamed;
}

int error_number(const char *spelled) {
    char *end;
    long number;
    size_t index;
    for (index = 0; index < ERRORS; index++)
        if (strcmp(errors[index].name, spelled) == 0)
            return errors[index].number;
    number = strtol(spelled, &end, 10);
    return end == spelled || *end != '\0' ? -1 : (int)number;
}
