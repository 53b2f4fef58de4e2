/* The conformance driver over the Winsock headers: one source for vestibule and for Windows.
 *
 * build.sh builds both.
 *
 * It reads requests from standard input and writes replies to standard output, as
 * conformance/PROTOCOL.md says. A lane is a thread with an inbox; while a condition function is
 * open, its lane goes on serving its inbox inside the function. */

#include "driver.h"
#include "events.h"
#include "names.h"
#include "platform.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef AF_VESTIBULE
#include <vestibule.h>
#endif

/* What this API can do, whatever the entry. */
#ifdef AF_VESTIBULE
#define MORE ",descriptor-limit,settings,data-options,event-descriptors,message-mode"
#else
#define MORE ""
#endif
#define API                                                                                        \
    "winsock-api,null-pointers,raw-lengths,address-buffers,raw-decision,callback-context,"         \
    "callee-buffer,writable-inputs,groups,group-qos,qos-parameter,raw-options,handles,"            \
    "last-error,events,select" MORE

/* ---- Lines ----------------------------------------------------------------------------------- */

static struct gate *output;

void say(const struct text *line) {
    gate_take(output);
    fwrite(line->characters, 1, line->length, stdout);
    fputc('\n', stdout);
    fflush(stdout);
    gate_give(output);
}

/* Reads a line without its end; NULL at the end of the input. */
static char *read_line(void) {
    struct text line = {0};
    int character;
    while ((character = getchar()) != EOF && character != '\n')
        if (character != '\r')
            text_add(&line, "%c", character);
    if (character == EOF && line.length == 0)
        return NULL;
    text_add(&line, "%s", "");
    return line.characters;
}

static void greet(void) {
    struct text line = {0};
#ifdef AF_VESTIBULE
    text_add(&line, "hello protocol=1 impl=c version=%s entries=in-process,tcp",
             vestibule_version());
    text_add(&line,
             " caps.in-process=connect-data,disconnect-data,refusal-data,qos,decided-connect,"
             "refusal-visible,active-refusal,withdrawal-visible,reset-visible,close-visible,"
             "exact-backlog,conditional-accept,peer-credentials,half-close,abort,message-oriented,"
             "port-addresses,datagram-free,connect-timeout,%s",
             API);
    text_add(&line,
             " caps.tcp=kernel-handle,half-close,abort,urgent-data,port-addresses,network-errors,"
             "reset-visible,kernel-backlog,connect-timeout,%s",
             API);
#else
    const char *wine = wine_version();
    text_add(&line, "hello protocol=1 impl=%s version=%s entries=tcp", wine ? "wine" : "winsock",
             wine ? wine : "2.2");
    text_add(&line, " caps.tcp=half-close,abort,urgent-data,port-addresses,network-errors,%s", API);
#endif
    say(&line);
    text_free(&line);
}

/* ---- Lanes ----------------------------------------------------------------------------------- */

struct message {
    struct message *next;
    struct words *words;
};

struct lane {
    struct lane *next;
    char *name;
    unsigned thread;
    struct gate *gate;
    struct message *first, **last;
};

static struct lane *lanes;

const char *lane_name(const struct lane *lane) {
    return lane->name;
}
unsigned lane_thread(const struct lane *lane) {
    return lane->thread;
}

static struct words *lane_take(struct lane *lane) {
    struct message *message;
    struct words *words;
    gate_take(lane->gate);
    while (lane->first == NULL)
        gate_wait(lane->gate);
    message = lane->first;
    lane->first = message->next;
    if (lane->first == NULL)
        lane->last = &lane->first;
    gate_give(lane->gate);
    words = message->words;
    free(message);
    return words;
}

static void lane_put(struct lane *lane, struct words *words) {
    struct message *message = calloc(1, sizeof *message);
    if (message == NULL)
        abort();
    message->words = words;
    gate_take(lane->gate);
    *lane->last = message;
    lane->last = &message->next;
    gate_notify(lane->gate);
    gate_give(lane->gate);
}

static void reply(struct lane *lane, const struct words *words) {
    struct request request = {words->word[0], (struct words *)words};
    struct text results = {0}, line = {0};
    enum outcome outcome = verb_perform(lane, &request, &results);
    int error = WSAGetLastError();
    const char *more = results.characters == NULL ? "" : results.characters;
    switch (outcome) {
    case OK:
        text_add(&line, "%s ok%s", request.id, more);
        break;
    case FAIL:
        text_add(&line, "%s fail %s%s", request.id, error_name(error), more);
        break;
    case UNSUPPORTED:
        text_add(&line, "%s unsupported", request.id);
        break;
    case NONSENSE:
        text_add(&line, "%s error cannot make sense of this request", request.id);
    }
    say(&line);
    text_free(&results);
    text_free(&line);
    WSASetLastError(error);
}

struct words *lane_serve(struct lane *lane) {
    for (;;) {
        struct words *words = lane_take(lane);
        if (strcmp(words->word[0], "!") == 0)
            return words;
        reply(lane, words);
        words_free(words);
    }
}

static void lane_run(void *lane) {
    for (;;) /* an answer outside a condition function is nobody's */
        words_free(lane_serve(lane));
}

/* The lane of that name; the main thread alone calls this. */
static struct lane *lane_named(const char *name) {
    static unsigned count;
    struct lane *lane = lanes;
    while (lane != NULL && strcmp(lane->name, name) != 0)
        lane = lane->next;
    if (lane != NULL)
        return lane;
    lane = calloc(1, sizeof *lane);
    if (lane == NULL || (lane->name = malloc(strlen(name) + 1)) == NULL)
        abort();
    strcpy(lane->name, name);
    lane->thread = ++count;
    lane->gate = gate_new();
    lane->last = &lane->first;
    lane->next = lanes;
    lanes = lane;
    thread_start(lane_run, lane);
    return lane;
}

int main(void) {
    WSADATA data;
    char *line;
    int error = WSAStartup(MAKEWORD(2, 2), &data);
    if (error != 0) {
        fprintf(stderr, "WSAStartup: %s\n", error_name(error));
        return 1;
    }
    output = gate_new();
    names_start();
    events_start();
    greet();
    while ((line = read_line()) != NULL) {
        struct words *words = words_cut(line);
        size_t place = words->count > 0 && strcmp(words->word[0], "!") == 0 ? 2 : 1;
        if (words->count > place)
            lane_put(lane_named(words->word[place]), words);
        else
            words_free(words);
        free(line);
    }
    fflush(stdout);
    exit(0);
}
