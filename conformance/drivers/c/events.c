/* Event objects, registrations for network events, and notification ports. */

#include "events.h"

#include "names.h"
#include "platform.h"

#include <stdlib.h>
#include <string.h>

#ifdef AF_VESTIBULE
#include <poll.h>
#endif

/* ---- Objects by name ------------------------------------------------------------------------- */

struct object {
    struct object *next;
    char *name;
    WSAEVENT event; /* one of the two */
    HWND port;
};

static struct gate *lock;
static struct object *objects;

void events_start(void) {
    lock = gate_new();
}

static struct object *object_find(const char *name, size_t length) {
    struct object *object = objects;
    while (object != NULL &&
           (strlen(object->name) != length || strncmp(object->name, name, length) != 0))
        object = object->next;
    return object;
}

static void object_name(const char *name, WSAEVENT event, HWND port) {
    struct object *object;
    gate_take(lock);
    object = object_find(name, strlen(name));
    if (object == NULL) {
        object = calloc(1, sizeof *object);
        if (object == NULL || (object->name = malloc(strlen(name) + 1)) == NULL)
            abort();
        strcpy(object->name, name);
        object->next = objects;
        objects = object;
    }
    object->event = event;
    object->port = port;
    gate_give(lock);
}

/* The object of that name, or a copy of nothing; `*known` says which. */
static struct object object_named(const char *name, size_t length, int *known) {
    struct object nothing = {NULL, NULL, WSA_INVALID_EVENT, NULL};
    struct object *object;
    gate_take(lock);
    object = object_find(name, length);
    *known = object != NULL;
    if (object != NULL)
        nothing = *object;
    gate_give(lock);
    return nothing;
}

/* The event object that a key names; WSA_INVALID_EVENT for `-` and where the key is missing. */
static WSAEVENT event_of(const struct words *words, const char *key, int *known) {
    const char *name = words_value(words, key);
    *known = 1;
    if (name == NULL || strcmp(name, "-") == 0)
        return WSA_INVALID_EVENT;
    return object_named(name, strlen(name), known).event;
}

/* ---- Network events -------------------------------------------------------------------------- */

static const struct {
    const char *name;
    long bit;
    int index;
} events[] = {
    {"FD_READ", FD_READ, FD_READ_BIT},
    {"FD_WRITE", FD_WRITE, FD_WRITE_BIT},
    {"FD_OOB", FD_OOB, FD_OOB_BIT},
    {"FD_ACCEPT", FD_ACCEPT, FD_ACCEPT_BIT},
    {"FD_CONNECT", FD_CONNECT, FD_CONNECT_BIT},
    {"FD_CLOSE", FD_CLOSE, FD_CLOSE_BIT},
    {"FD_QOS", FD_QOS, FD_QOS_BIT},
    {"FD_GROUP_QOS", FD_GROUP_QOS, FD_GROUP_QOS_BIT},
    {"FD_ROUTING_INTERFACE_CHANGE", FD_ROUTING_INTERFACE_CHANGE, FD_ROUTING_INTERFACE_CHANGE_BIT},
    {"FD_ADDRESS_LIST_CHANGE", FD_ADDRESS_LIST_CHANGE, FD_ADDRESS_LIST_CHANGE_BIT},
};

#define EVENTS (sizeof events / sizeof *events)

/* Reads a mask; 0 if it is none. */
static int mask_read(const char *spelled, long *mask) {
    *mask = 0;
    if (spelled == NULL)
        return 0;
    if (strcmp(spelled, "-") == 0)
        return 1;
    if (strncmp(spelled, "FD_", 3) != 0) {
        *mask = strtol(spelled, NULL, 10);
        return 1;
    }
    for (;;) {
        size_t length = strcspn(spelled, ",");
        size_t index = 0;
        while (index < EVENTS && (strlen(events[index].name) != length ||
                                  strncmp(events[index].name, spelled, length) != 0))
            index++;
        if (index == EVENTS)
            return 0;
        *mask |= events[index].bit;
        if (spelled[length] == '\0')
            return 1;
        spelled += length + 1;
    }
}

static void event_add(struct text *text, size_t index, int error) {
    text_add(text, "%s", events[index].name);
    if (error != 0)
        text_add(text, ":%s", error_name(error));
}

/* Adds those whose bit is set, with their errors where there are some. */
static void events_add(struct text *text, const char *key, long mask, const int *errors) {
    const char *between = "";
    size_t index;
    text_add(text, " %s=", key);
    for (index = 0; index < EVENTS; index++) {
        if ((mask & events[index].bit) == 0)
            continue;
        text_add(text, "%s", between);
        event_add(text, index, errors == NULL ? 0 : errors[events[index].index]);
        between = ",";
    }
    if (*between == '\0')
        text_add(text, "-");
}

/* What the errors are before the call. */
#define UNWRITTEN 0xA5

static int is_unwritten(const int *error) {
    const unsigned char *bytes = (const unsigned char *)error;
    size_t index = 0;
    while (index < sizeof *error && bytes[index] == UNWRITTEN)
        index++;
    return index == sizeof *error;
}

/* ---- Event objects --------------------------------------------------------------------------- */

static enum outcome succeeded(BOOL result) {
    return result ? OK : FAIL;
}

enum outcome event_create_perform(struct work *work) {
    const char *name = words_value(work->words, "event");
    WSAEVENT made;
    if (name == NULL)
        return NONSENSE;
    made = WSACreateEvent();
    if (made == WSA_INVALID_EVENT)
        return FAIL;
    object_name(name, made, NULL);
    return OK;
}

static enum outcome on_event(struct work *work, BOOL(WSAAPI *call)(WSAEVENT)) {
    int known;
    WSAEVENT event = event_of(work->words, "event", &known);
    return known ? succeeded(call(event)) : NONSENSE;
}

enum outcome event_set_perform(struct work *work) {
    return on_event(work, WSASetEvent);
}
enum outcome event_reset_perform(struct work *work) {
    return on_event(work, WSAResetEvent);
}
enum outcome event_close_perform(struct work *work) {
    return on_event(work, WSACloseEvent);
}

/* More than can be waited for, so that the library is asked to. */
#define ROOM (WSA_MAXIMUM_WAIT_EVENTS + 16)

/* Reads a list of event objects; -1 if it is none. */
static int events_listed(const char *names, WSAEVENT *list) {
    int count = 0, known = 1;
    if (strcmp(names, "-") == 0)
        return 0;
    while (known && count < (int)ROOM) {
        size_t length = strcspn(names, ",");
        list[count++] = object_named(names, length, &known).event;
        if (names[length] == '\0')
            return known ? count : -1;
        names += length + 1;
    }
    return -1;
}

static DWORD timeout_of(const struct words *words) {
    return words_has(words, "timeout") ? (DWORD)words_number(words, "timeout", 0) : WSA_INFINITE;
}

enum outcome event_wait_perform(struct work *work) {
    const char *names = words_value(work->words, "events");
    BOOL all = words_number(work->words, "all", 0) != 0;
    WSAEVENT list[ROOM];
    int count = names == NULL ? -1 : events_listed(names, list);
    DWORD result;
    if (count < 0)
        return NONSENSE;
    result = WSAWaitForMultipleEvents((DWORD)count, list, all, timeout_of(work->words),
                                      words_number(work->words, "alertable", 0) != 0);
    if (result == WSA_WAIT_FAILED)
        return FAIL;
    text_add(work->results, " ended=%d", result != WSA_WAIT_TIMEOUT);
    if (result != WSA_WAIT_TIMEOUT && !all)
        text_add(work->results, " index=%u", (unsigned)(result - WSA_WAIT_EVENT_0));
    return OK;
}

/* ---- Registrations --------------------------------------------------------------------------- */

enum outcome event_select_perform(struct work *work) {
    int known;
    WSAEVENT event = event_of(work->words, "event", &known);
    long mask;
    if (!known || !mask_read(words_value(work->words, "mask"), &mask))
        return NONSENSE;
    return ended(WSAEventSelect(work->socket, event, mask));
}

enum outcome enum_events_perform(struct work *work) {
    int known;
    WSAEVENT event = event_of(work->words, "event", &known);
    WSANETWORKEVENTS found;
    long written = 0;
    size_t index;
    if (!known)
        return NONSENSE;
    memset(&found, UNWRITTEN, sizeof found);
    if (WSAEnumNetworkEvents(work->socket, event,
                             words_has(work->words, "result") ? NULL : &found) != 0)
        return FAIL;
    for (index = 0; index < EVENTS; index++)
        if (!is_unwritten(&found.iErrorCode[events[index].index]))
            written |= events[index].bit;
    events_add(work->results, "events", found.lNetworkEvents, found.iErrorCode);
    events_add(work->results, "written", written, NULL);
    return OK;
}

/* ---- Ports ----------------------------------------------------------------------------------- */

#ifdef AF_VESTIBULE

/* The port that the key `port` names; NULL for `-`. */
static HWND port_of(const struct words *words, int *known) {
    const char *name = words_value(words, "port");
    *known = name != NULL;
    if (name == NULL || strcmp(name, "-") == 0)
        return NULL;
    return object_named(name, strlen(name), known).port;
}

enum outcome event_poll_perform(struct work *work) {
    struct pollfd polled = {-1, POLLIN, 0};
    int known;
    if (words_has(work->words, "port")) {
        HWND port = port_of(work->words, &known);
        polled.fd = VestibulePortDescriptor(port);
    } else {
        WSAEVENT event = event_of(work->words, "event", &known);
        polled.fd = VestibuleEventDescriptor(event);
    }
    if (!known)
        return NONSENSE;
    if (polled.fd < 0)
        return FAIL;
    text_add(work->results, " ended=%d",
             poll(&polled, 1, (int)words_number(work->words, "timeout", 0)) > 0);
    return OK;
}

enum outcome port_create_perform(struct work *work) {
    const char *name = words_value(work->words, "port");
    HWND made;
    if (name == NULL)
        return NONSENSE;
    made = VestibuleCreatePort();
    if (made == NULL)
        return FAIL;
    object_name(name, WSA_INVALID_EVENT, made);
    return OK;
}

enum outcome port_close_perform(struct work *work) {
    int known;
    HWND port = port_of(work->words, &known);
    return known ? succeeded(VestibuleClosePort(port)) : NONSENSE;
}

enum outcome async_select_perform(struct work *work) {
    int known;
    HWND port = port_of(work->words, &known);
    long mask;
    if (!known || !mask_read(words_value(work->words, "mask"), &mask))
        return NONSENSE;
    return ended(
        WSAAsyncSelect(work->socket, port, (u_int)words_number(work->words, "message", 0), mask));
}

enum outcome port_get_perform(struct work *work) {
    int known, before = WSAGetLastError();
    HWND port = port_of(work->words, &known);
    VESTIBULE_MESSAGE message;
    const char *name;
    size_t index = 0;
    if (!known)
        return NONSENSE;
    if (!VestibuleGetMessage(port, &message, timeout_of(work->words))) {
        if (WSAGetLastError() != WSAETIMEDOUT)
            return FAIL;
        WSASetLastError(before);
        text_add(work->results, " ended=0");
        return OK;
    }
    name = name_of_socket((SOCKET)message.wParam);
    while (index < EVENTS && WSAGETSELECTEVENT(message.lParam) != events[index].bit)
        index++;
    if (name == NULL || index == EVENTS)
        return NONSENSE;
    text_add(work->results, " ended=1 message=%u socket=%s event=", message.message, name);
    event_add(work->results, index, WSAGETSELECTERROR(message.lParam));
    return OK;
}

static void port_close(HWND port) {
    if (port != NULL)
        VestibuleClosePort(port);
}

#else

/* Windows has windows instead, and handles that no poll takes. */
enum outcome event_poll_perform(struct work *work) {
    (void)work;
    return UNSUPPORTED;
}
enum outcome port_create_perform(struct work *work) {
    (void)work;
    return UNSUPPORTED;
}
enum outcome port_close_perform(struct work *work) {
    (void)work;
    return UNSUPPORTED;
}
enum outcome async_select_perform(struct work *work) {
    (void)work;
    return UNSUPPORTED;
}
enum outcome port_get_perform(struct work *work) {
    (void)work;
    return UNSUPPORTED;
}
static void port_close(HWND port) {
    (void)port;
}

#endif

void events_clear(void) {
    struct object *all;
    gate_take(lock);
    all = objects;
    objects = NULL;
    gate_give(lock);
    while (all != NULL) {
        struct object *next = all->next;
        if (all->event != WSA_INVALID_EVENT)
            WSACloseEvent(all->event);
        port_close(all->port);
        free(all->name);
        free(all);
        all = next;
    }
}
