/* One function for each verb that no other file has: makes the call and says what came of it. */

#include "driver.h"
#include "events.h"
#include "names.h"
#include "platform.h"
#include "settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef AF_VESTIBULE
#include <vestibule.h>
#endif

/* The socket type with this name; a stream without one. */
static int socket_type(const char *name) {
    if (name == NULL)
        return SOCK_STREAM;
    return strcmp(name, "dgram") == 0 ? SOCK_DGRAM : SOCK_SEQPACKET;
}

static enum outcome do_socket(struct work *work) {
    const char *name = words_value(work->words, "name");
    const char *entry = words_value(work->words, "entry");
    const char *family = words_value(work->words, "family");
    const char *type = words_value(work->words, "type");
    long group = words_number(work->words, "group", 0);
    int kind = socket_type(type);
    int af = family != NULL && strcmp(family, "inet6") == 0 ? AF_INET6 : AF_INET;
    SOCKET made;
    if (name == NULL || entry == NULL)
        return NONSENSE;
    if (strcmp(entry, "in-process") == 0) {
#ifdef AF_VESTIBULE
        af = AF_VESTIBULE;
#else
        return UNSUPPORTED;
#endif
    } else if (strcmp(entry, "tcp") != 0) {
        return UNSUPPORTED;
    }
    if (group == 0)
        made = socket(af, kind, 0);
    else
        made = WSASocketA(af, kind, 0, NULL, (GROUP)group, WSA_FLAG_OVERLAPPED);
    if (made == INVALID_SOCKET)
        return FAIL;
    socket_name(name, made);
    return OK;
}

static enum outcome do_listen(struct work *work) {
    return ended(listen(work->socket, (int)words_number(work->words, "backlog", 1)));
}

static enum outcome do_accept(struct work *work) {
    return accept_perform(work->lane, work->request, work->results);
}

static enum outcome do_bind(struct work *work) {
    union address room;
    struct sockaddr *address;
    int length;
    if (!address_named(work->words, &room, &address, &length))
        return NONSENSE;
    return ended(bind(work->socket, address, length));
}

static enum outcome do_send(struct work *work) {
    struct bytes bytes;
    int flags = 0, sent;
    if (!bytes_read(words_value(work->words, "data"), &bytes))
        return NONSENSE;
    if (words_number(work->words, "urgent", 0))
        flags |= MSG_OOB;
    sent = send(work->socket, (const char *)bytes.data, (int)bytes.length, flags);
    free(bytes.data);
    if (sent < 0)
        return FAIL;
    text_add(work->results, " n=%d", sent);
    return OK;
}

static enum outcome do_recv(struct work *work) {
    long max = words_number(work->words, "max", 0);
    char *buffer = malloc((size_t)max + 1);
    int flags = 0, received;
    if (buffer == NULL)
        return NONSENSE;
    if (words_number(work->words, "peek", 0))
        flags |= MSG_PEEK;
    if (words_number(work->words, "partial", 0))
        flags |= MSG_PARTIAL;
    if (words_number(work->words, "urgent", 0))
        flags |= MSG_OOB;
    received = recv(work->socket, buffer, (int)max, flags);
    if (received >= 0)
        bytes_add(work->results, "data", buffer, (size_t)received);
    free(buffer);
    return received < 0 ? FAIL : OK;
}

static enum outcome do_shutdown(struct work *work) {
    const char *how = words_value(work->words, "how");
    int number;
    if (how == NULL)
        return NONSENSE;
    if (strcmp(how, "receive") == 0)
        number = SD_RECEIVE;
    else if (strcmp(how, "send") == 0)
        number = SD_SEND;
    else if (strcmp(how, "both") == 0)
        number = SD_BOTH;
    else
        number = (int)strtol(how, NULL, 10);
    return ended(shutdown(work->socket, number));
}

static enum outcome do_send_disconnect(struct work *work) {
    struct bytes bytes;
    WSABUF buffer;
    int result;
    if (!bytes_read(words_value(work->words, "data"), &bytes))
        return NONSENSE;
    buffer.len = (ULONG)bytes.length;
    buffer.buf = (char *)bytes.data;
    result = WSASendDisconnect(work->socket, bytes.absent ? NULL : &buffer);
    free(bytes.data);
    return ended(result);
}

static enum outcome do_recv_disconnect(struct work *work) {
    const char *capacity = words_value(work->words, "capacity");
    WSABUF buffer;
    int result;
    if (capacity == NULL)
        return NONSENSE;
    if (strcmp(capacity, "-") == 0) {
        result = WSARecvDisconnect(work->socket, NULL);
        if (result == 0)
            text_add(work->results, " data=-");
        return ended(result);
    }
    buffer.len = (ULONG)strtoul(capacity, NULL, 10);
    buffer.buf = malloc((size_t)buffer.len + 1);
    if (buffer.buf == NULL)
        return NONSENSE;
    result = WSARecvDisconnect(work->socket, &buffer);
    if (result == 0)
        bytes_add(work->results, "data", buffer.buf, buffer.len);
    free(buffer.buf);
    return ended(result);
}

static enum outcome ask_name(struct work *work, int of_peer) {
    union address address;
    int length = (int)words_number(work->words, "len", sizeof address);
    int result;
    memset(&address, 0, sizeof address);
    if (of_peer)
        result = getpeername(work->socket, &address.any, &length);
    else
        result = getsockname(work->socket, &address.any, &length);
    if (result == 0)
        address_add(work->results, "addr", &address);
    if (words_has(work->words, "len"))
        text_add(work->results, " addrlen=%d", length);
    return ended(result);
}

static enum outcome do_getsockname(struct work *work) {
    return ask_name(work, 0);
}
static enum outcome do_getpeername(struct work *work) {
    return ask_name(work, 1);
}

static enum outcome do_getopt(struct work *work) {
    return option_get(work->socket, work->words, work->results);
}

static enum outcome do_setopt(struct work *work) {
    return option_set(work->socket, work->words);
}

static enum outcome do_nonblocking(struct work *work) {
    u_long value = (u_long)words_number(work->words, "value", 0);
    return ended(ioctlsocket(work->socket, (LONG)FIONBIO, &value));
}

static enum outcome do_close(struct work *work) {
    return ended(closesocket(work->socket));
}

static enum outcome do_limits(struct work *work) {
#ifdef AF_VESTIBULE
    size_t connect_data, disconnect_data;
    if (vestibule_user_data_limits(work->socket, &connect_data, &disconnect_data) != 0)
        return FAIL;
    text_add(work->results, " connect-data=%zu disconnect-data=%zu", connect_data, disconnect_data);
    return OK;
#else
    (void)work;
    return UNSUPPORTED;
#endif
}

static enum outcome do_connect_timeout(struct work *work) {
#ifdef AF_VESTIBULE
    int value = (int)words_number(work->words, "value", 0), length = sizeof value;
    int option = SO_VESTIBULE_CONNECT_TIMEOUT;
    if (words_has(work->words, "value"))
        return ended(setsockopt(work->socket, SOL_VESTIBULE, option, (const char *)&value, length));
    if (getsockopt(work->socket, SOL_VESTIBULE, option, (char *)&value, &length) != 0)
        return FAIL;
    text_add(work->results, " value=%d", value);
    return OK;
#else
    (void)work;
    return UNSUPPORTED;
#endif
}

static enum outcome do_handle(struct work *work) {
    const char *name = words_value(work->words, "name");
    const char *value = words_value(work->words, "value");
    int known;
    if (name == NULL)
        return NONSENSE;
    if (value != NULL) {
        socket_name(name, (SOCKET)strtoull(value, NULL, 10));
        return OK;
    }
    work->socket = socket_named(name, &known);
    if (!known)
        return NONSENSE;
    text_add(work->results, " handle=%llu", (unsigned long long)work->socket);
    return OK;
}

static enum outcome do_thread(struct work *work) {
    text_add(work->results, " thread=%u", lane_thread(work->lane));
    return OK;
}

static enum outcome do_last_error(struct work *work) {
    const char *value = words_value(work->words, "value");
    int error = WSAGetLastError();
    if (value != NULL) {
        error = strcmp(value, "0") == 0 ? 0 : error_number(value);
        WSASetLastError(error);
    }
    text_add(work->results, " error=%s", error == 0 ? "0" : error_name(error));
    return OK;
}

static int cleaned_up;

static enum outcome do_cleanup(struct work *work) {
    int result = WSACleanup();
    (void)work;
    if (result == 0)
        cleaned_up = 1;
    return ended(result);
}

static enum outcome do_constant(struct work *work) {
    static const struct {
        const char *name;
        long value;
    } constants[] = {
        {"CF_ACCEPT", CF_ACCEPT},
        {"CF_REJECT", CF_REJECT},
        {"CF_DEFER", CF_DEFER},
        {"SD_RECEIVE", SD_RECEIVE},
        {"SD_SEND", SD_SEND},
        {"SD_BOTH", SD_BOTH},
        {"SG_UNCONSTRAINED_GROUP", SG_UNCONSTRAINED_GROUP},
        {"SG_CONSTRAINED_GROUP", SG_CONSTRAINED_GROUP},
        {"SOMAXCONN", SOMAXCONN},
    };
    const char *wanted = words_value(work->words, "name");
    size_t index;
    for (index = 0; index < sizeof constants / sizeof *constants; index++)
        if (wanted != NULL && strcmp(constants[index].name, wanted) == 0) {
            text_add(work->results, " value=%ld", constants[index].value);
            return OK;
        }
    return UNSUPPORTED;
}

static enum outcome do_settle(struct work *work) {
    const char *slow = getenv("VESTIBULE_TEST_SLOW");
    long factor = slow == NULL ? 1 : strtol(slow, NULL, 10);
    (void)work;
    sleep_milliseconds(30 * (factor > 0 ? factor : 1));
    return OK;
}

static enum outcome do_descriptors(struct work *work) {
    long open = descriptors_open();
    if (open < 0)
        return UNSUPPORTED;
    text_add(work->results, " open=%ld", open);
    return OK;
}

static enum outcome do_exhaust(struct work *work) {
    const char *entry = words_value(work->words, "entry");
    if (entry != NULL && strcmp(entry, "in-process") == 0)
        return setting_change(SOCKETS, 0);
    return descriptors_exhaust() ? OK : UNSUPPORTED;
}

static enum outcome do_release(struct work *work) {
    (void)work;
    descriptors_release();
    settings_restore(SOCKETS);
    return OK;
}

static enum outcome do_configure(struct work *work) {
    const char *setting = words_value(work->words, "setting");
    if (setting == NULL || !words_has(work->words, "value"))
        return NONSENSE;
    return setting_change(setting, (unsigned)words_number(work->words, "value", 0));
}

/* The end of a scenario. Blocked calls of other lanes end because their sockets are closed. */
static enum outcome do_clear(struct work *work) {
    struct named *named = names_take_all();
    do_release(work);
    settings_restore(NULL);
    while (named != NULL) {
        struct named *next = named->next;
        struct linger off = {0, 0};
        setsockopt(named->socket, SOL_SOCKET, SO_LINGER, (const char *)&off, sizeof off);
        closesocket(named->socket);
        free(named->name);
        free(named);
        named = next;
    }
    events_clear();
    if (cleaned_up) {
        WSADATA data;
        cleaned_up = WSAStartup(MAKEWORD(2, 2), &data) != 0;
    }
    return OK;
}

static enum outcome do_quit(struct work *work) {
    struct text line = {0};
    text_add(&line, "%s ok", work->request->id);
    say(&line);
    exit(0);
}

static enum outcome do_wait(struct work *work) {
    return wait_for(work->socket, work->words, work->results);
}

static const struct {
    const char *verb;
    enum outcome (*perform)(struct work *work);
    int names_socket;
} verbs[] = {
    {"socket", do_socket, 0},
    {"bind", do_bind, 1},
    {"listen", do_listen, 1},
    {"accept", do_accept, 1},
    {"connect", connect_perform, 1},
    {"send", do_send, 1},
    {"recv", do_recv, 1},
    {"shutdown", do_shutdown, 1},
    {"send-disconnect", do_send_disconnect, 1},
    {"recv-disconnect", do_recv_disconnect, 1},
    {"getsockname", do_getsockname, 1},
    {"getpeername", do_getpeername, 1},
    {"getopt", do_getopt, 1},
    {"setopt", do_setopt, 1},
    {"nonblocking", do_nonblocking, 1},
    {"close", do_close, 1},
    {"wait", do_wait, 1},
    {"callee", callee_perform, 1},
    {"limits", do_limits, 1},
    {"connect-timeout", do_connect_timeout, 1},
    {"set-qos", set_qos_perform, 1},
    {"get-qos", get_qos_perform, 1},
    {"ioctl", ioctl_perform, 1},
    {"event-create", event_create_perform, 0},
    {"event-set", event_set_perform, 0},
    {"event-reset", event_reset_perform, 0},
    {"event-close", event_close_perform, 0},
    {"event-wait", event_wait_perform, 0},
    {"event-poll", event_poll_perform, 0},
    {"event-select", event_select_perform, 1},
    {"enum-events", enum_events_perform, 1},
    {"port-create", port_create_perform, 0},
    {"port-close", port_close_perform, 0},
    {"async-select", async_select_perform, 1},
    {"port-get", port_get_perform, 0},
    {"select", select_perform, 0},
    {"handle", do_handle, 0},
    {"thread", do_thread, 0},
    {"last-error", do_last_error, 0},
    {"cleanup", do_cleanup, 0},
    {"constant", do_constant, 0},
    {"settle", do_settle, 0},
    {"descriptors", do_descriptors, 0},
    {"configure", do_configure, 0},
    {"exhaust", do_exhaust, 0},
    {"release", do_release, 0},
    {"clear", do_clear, 0},
    {"quit", do_quit, 0},
};

enum outcome verb_perform(struct lane *lane, const struct request *request, struct text *results) {
    struct work work = {lane, request, request->words, results, INVALID_SOCKET};
    const char *verb = request->words->count > 2 ? request->words->word[2] : "";
    size_t index;
    for (index = 0; index < sizeof verbs / sizeof *verbs; index++) {
        int known = 1;
        if (strcmp(verbs[index].verb, verb) != 0)
            continue;
        if (verbs[index].names_socket)
            work.socket = socket_named(words_value(work.words, "name"), &known);
        return known ? verbs[index].perform(&work) : NONSENSE;
    }
    return UNSUPPORTED;
}
