/* Accept calls and their condition function, which asks the runner. */

#include "driver.h"

#include <stdlib.h>
#include <string.h>

#ifdef AF_VESTIBULE
#include <vestibule.h>
#endif

#define UNTOUCHED 0xA5
#define SCRIBBLED 0xAA
#define REPLACED 0xEE

/* Whose accept call the innermost condition function of this thread belongs to: the callback data
 * is the runner's. */
struct call {
    struct lane *lane;
    const char *id;
};

static _Thread_local struct call current;

static void address_of(struct text *line, const char *key, const WSABUF *id) {
    union address address;
    char length[32];
    if (id == NULL) {
        text_add(line, " %s=-", key);
        return;
    }
    memset(&address, 0, sizeof address);
    memcpy(&address, id->buf, id->len < sizeof address ? id->len : sizeof address);
    address_add(line, key, &address);
    strcpy(length, key);
    text_add(line, " %s-len=%u", length, (unsigned)id->len);
}

static void credentials_of(struct text *line) {
#ifdef AF_VESTIBULE
    int before = WSAGetLastError();
    struct vestibule_credentials caller;
    if (vestibule_caller_credentials(&caller) == 0)
        text_add(line, " uid=%u gid=%u pid=%u", (unsigned)caller.uid, (unsigned)caller.gid,
                 (unsigned)caller.pid);
    WSASetLastError(before);
#else
    (void)line;
#endif
}

static void scribble(WSABUF *id) {
    if (id != NULL)
        memset(id->buf, SCRIBBLED, id->len);
}

/* Writes bytes to the provider's buffer, as many as fit. */
static size_t reply(WSABUF *callee_data, ULONG capacity, const char *spelled) {
    struct bytes bytes;
    size_t length = 0;
    if (bytes_read(spelled, &bytes) && !bytes.absent) {
        length = bytes.length;
        memcpy(callee_data->buf, bytes.data, length < capacity ? length : capacity);
    }
    free(bytes.data);
    return length;
}

static void carry_out(const struct words *answer, WSABUF *caller_id, WSABUF *caller_data, QOS *sqos,
                      WSABUF *callee_id, WSABUF *callee_data, GROUP *group) {
    static char other[256];
    ULONG capacity = callee_data == NULL ? 0 : callee_data->len;
    if (words_has(answer, "scribble")) {
        scribble(caller_id);
        scribble(caller_data);
        scribble(callee_id);
    }
    if (callee_data != NULL) {
        if (words_has(answer, "reply"))
            callee_data->len = (ULONG)reply(callee_data, capacity, words_value(answer, "reply"));
        if (words_has(answer, "reply-bytes"))
            reply(callee_data, capacity, words_value(answer, "reply-bytes"));
        if (words_has(answer, "reply-len"))
            callee_data->len = (ULONG)words_number(answer, "reply-len", 0);
        if (words_has(answer, "reply-buf")) {
            memset(other, REPLACED, sizeof other);
            callee_data->buf = other;
        }
    }
    if (words_has(answer, "group") && group != NULL)
        *group = (GROUP)words_number(answer, "group", 0);
    if (words_has(answer, "sqos") && sqos != NULL) {
        WSABUF more = sqos->ProviderSpecific;
        flow_read(words_value(answer, "sqos"), sqos);
        sqos->ProviderSpecific = more;
    }
}

static int decision(const char *answer) {
    if (strcmp(answer, "accept") == 0)
        return CF_ACCEPT;
    if (strcmp(answer, "reject") == 0)
        return CF_REJECT;
    if (strcmp(answer, "defer") == 0)
        return CF_DEFER;
    return (int)strtol(answer, NULL, 10);
}

static int CALLBACK condition(LPWSABUF caller_id, LPWSABUF caller_data, LPQOS sqos, LPQOS gqos,
                              LPWSABUF callee_id, LPWSABUF callee_data, GROUP *group,
                              DWORD_PTR context) {
    struct call call = current;
    struct text line = {0};
    struct words *answer;
    int decided;
    text_add(&line, "? %s %s condition", call.id, lane_name(call.lane));
    address_of(&line, "caller-id", caller_id);
    address_of(&line, "callee-id", callee_id);
    bytes_add(&line, "caller-data", caller_data == NULL ? NULL : caller_data->buf,
              caller_data == NULL ? 0 : caller_data->len);
    flow_add(&line, "sqos", sqos);
    flow_add(&line, "gqos", gqos);
    if (callee_data == NULL)
        text_add(&line, " callee-capacity=-");
    else {
        text_add(&line, " callee-capacity=%u", (unsigned)callee_data->len);
        bytes_add(&line, "callee-bytes", callee_data->buf, callee_data->len);
    }
    if (group == NULL)
        text_add(&line, " group=-");
    else
        text_add(&line, " group=%u", (unsigned)*group);
    text_add(&line, " context=%llu thread=%u", (unsigned long long)context, lane_thread(call.lane));
    credentials_of(&line);
    say(&line);
    text_free(&line);

    answer = lane_serve(call.lane);
    current = call; /* a nested accept has changed it */
    decided = answer->count > 3 ? decision(answer->word[3]) : CF_REJECT;
    carry_out(answer, caller_id, caller_data, sqos, callee_id, callee_data, group);
    words_free(answer);
    return decided;
}

/* The caller's address as the call has left it. */
static void report_address(struct text *results, const union address *room, int null_room,
                           int null_length, int length) {
    size_t index;
    int touched = 0;
    for (index = 0; index < sizeof room->room; index++)
        touched |= room->room[index] != UNTOUCHED;
    if (null_room)
        text_add(results, " addr=-");
    else if (touched)
        address_add(results, "addr", room);
    else
        text_add(results, " addr=untouched");
    if (null_length)
        text_add(results, " addrlen=-");
    else
        text_add(results, " addrlen=%d", length);
}

enum outcome accept_perform(struct lane *lane, const struct request *request,
                            struct text *results) {
    const struct words *words = request->words;
    const char *how = words_value(words, "condition");
    const char *room = words_value(words, "addr");
    const char *capacity = words_value(words, "addrlen");
    int null_room = room == NULL || strcmp(room, "null") == 0;
    int null_length = capacity == NULL || strcmp(capacity, "null") == 0;
    int length = null_length ? 0 : (int)strtol(capacity, NULL, 10);
    int *length_pointer = null_length ? NULL : &length;
    DWORD_PTR context = 0;
    union address address;
    struct sockaddr *address_pointer = null_room ? NULL : &address.any;
    struct call outer = current;
    SOCKET listener, accepted;
    int known, error;

    listener = socket_named(words_value(words, "name"), &known);
    if (!known || how == NULL || words_value(words, "as") == NULL)
        return NONSENSE;
    if (words_has(words, "timeout"))
        return UNSUPPORTED;
    if (words_has(words, "context"))
        context = (DWORD_PTR)strtoull(words_value(words, "context"), NULL, 10);
    memset(&address, UNTOUCHED, sizeof address);
    current.lane = lane;
    current.id = request->id;
    if (strcmp(how, "ask") == 0)
        accepted = WSAAccept(listener, address_pointer, length_pointer, condition, context);
    else if (strcmp(how, "null") == 0)
        accepted = WSAAccept(listener, address_pointer, length_pointer, NULL, context);
    else
        accepted = accept(listener, address_pointer, length_pointer);
    error = WSAGetLastError();
    current = outer;
    if (room != NULL || capacity != NULL)
        report_address(results, &address, null_room, null_length, length);
    WSASetLastError(error);
    if (accepted == INVALID_SOCKET)
        return FAIL;
    socket_name(words_value(words, "as"), accepted);
    return OK;
}
