/* Connect calls, and the callee data that comes of them. */

#include "driver.h"
#include "names.h"

#include <stdlib.h>
#include <string.h>

static void report_callee(struct text *results, const struct attempt *attempt) {
    size_t length = attempt->callee.len;
    if (!attempt->has_callee)
        return;
    text_add(results, " callee-len=%u", (unsigned)attempt->callee.len);
    bytes_add(results, "callee-data", attempt->callee.buf,
              length < attempt->capacity ? length : attempt->capacity);
}

int address_named(const struct words *words, union address *room, struct sockaddr **address,
                  int *length) {
    const char *spelled = words_value(words, "addr");
    int absent = spelled != NULL && strcmp(spelled, "-") == 0;
    int natural = absent            ? (int)sizeof room->inet
                  : spelled == NULL ? 0
                                    : address_read(spelled, room);
    *address = absent ? NULL : &room->any;
    *length = (int)words_number(words, "len", natural);
    return natural != 0;
}

/* A flow specification that may be absent: NULL for `-` and for none. */
static int flow_of(const char *spelled, QOS *room, QOS **flow) {
    int absent = spelled == NULL || strcmp(spelled, "-") == 0;
    *flow = absent ? NULL : room;
    return absent || flow_read(spelled, room);
}

enum outcome connect_perform(struct work *work) {
    const char *call = words_value(work->words, "call");
    const char *callee = words_value(work->words, "callee");
    QOS sqos_room, gqos_room, *sqos, *gqos;
    union address room;
    struct sockaddr *address;
    struct bytes bytes;
    struct attempt *attempt;
    WSABUF caller_data;
    int length, result, error;
    if (!address_named(work->words, &room, &address, &length) ||
        !flow_of(words_value(work->words, "sqos"), &sqos_room, &sqos) ||
        !flow_of(words_value(work->words, "gqos"), &gqos_room, &gqos) ||
        !bytes_read(words_value(work->words, "caller-data"), &bytes))
        return NONSENSE;
    caller_data.len = (ULONG)bytes.length;
    caller_data.buf = (char *)bytes.data;
    attempt =
        attempt_new(words_value(work->words, "name"), callee != NULL && strcmp(callee, "-") != 0,
                    (size_t)words_number(work->words, "callee", 0));
    if (call != NULL && strcmp(call, "plain") == 0)
        result = connect(work->socket, address, length);
    else
        result = WSAConnect(work->socket, address, length, bytes.absent ? NULL : &caller_data,
                            attempt->has_callee ? &attempt->callee : NULL, sqos, gqos);
    error = WSAGetLastError();
    report_callee(work->results, attempt);
    free(bytes.data);
    WSASetLastError(error);
    return ended(result);
}

enum outcome callee_perform(struct work *work) {
    struct attempt *attempt = attempt_of(words_value(work->words, "name"));
    if (attempt == NULL || !attempt->has_callee)
        return NONSENSE;
    report_callee(work->results, attempt);
    return OK;
}
