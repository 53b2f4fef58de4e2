/* Registering for network events and enumerating them, on plain TCP and in-process: what is
 * recorded and when, what the re-enabling calls do, what a registration keeps (EVT-01 to EVT-36,
 * EVT-59, EVT-60, SKT-07 to SKT-12, ACC-09, ACC-61, ACC-62). */

#include "winsock_events.h"

/* ---- Listeners ------------------------------------------------------------------------------- */

static void a_request_sets_the_object(int family) {
    union name name;
    WSANETWORKEVENTS events;
    SOCKET listener = listening(family, &name), callers[2], server;
    WSAEVENT event = registered(listener, FD_ACCEPT);
    CHECK(is_quiet(event));
    callers[0] = calling(&name);
    CHECK(becomes_set(event));
    memset(&events, 0x5A, sizeof events);
    CHECK(happened_with(listener, event, &events) == FD_ACCEPT); /* EVT-01 EVT-02 EVT-05 */
    CHECK(events.iErrorCode[FD_ACCEPT_BIT] == 0);                /* EVT-59 */
    CHECK(events.iErrorCode[FD_READ_BIT] == 0x5A5A5A5A);         /* EVT-23 */
    CHECK(!is_set(event) && happened(listener, event) == 0);     /* EVT-22 */
    callers[1] = calling(&name);
    CHECK(becomes_set(event)); /* EVT-60: a further one, before accept */
    CHECK(happened(listener, event) == FD_ACCEPT);
    server = accept(listener, NULL, NULL);
    CHECK(becomes_set(event) && happened(listener, event) == FD_ACCEPT); /* EVT-14 */
    close_socket(server);
    server = accept(listener, NULL, NULL);
    CHECK(server != INVALID_SOCKET && is_quiet(event));
    CHECK(accept(listener, NULL, NULL) == INVALID_SOCKET); /* EVT-06 */
    CHECK(WSAGetLastError() == WSAEWOULDBLOCK);
    close_socket(server), close_socket(callers[0]), close_socket(callers[1]);
    close_socket(listener), close_event(event);
}

static void an_accept_takes_the_bit_and_leaves_the_object(int family) {
    union name name;
    SOCKET listener = listening(family, &name), caller, server;
    WSAEVENT event = registered(listener, FD_ACCEPT);
    caller = calling(&name);
    CHECK(becomes_set(event));
    server = accept(listener, NULL, NULL);
    CHECK(server != INVALID_SOCKET);
    CHECK(is_set(event) && happened(listener, event) == 0); /* EVT-18 */
    close_socket(server), close_socket(caller), close_socket(listener), close_event(event);
}

static int CALLBACK answers(LPWSABUF caller_id, LPWSABUF caller_data, LPQOS sqos, LPQOS gqos,
                            LPWSABUF callee_id, LPWSABUF callee_data, GROUP *group,
                            DWORD_PTR answer) {
    (void)caller_id, (void)caller_data, (void)sqos, (void)gqos;
    (void)callee_id, (void)callee_data, (void)group;
    return (int)answer;
}

static void a_deferred_head_is_silent(int family) {
    union name name;
    SOCKET listener = listening(family, &name), callers[2], server;
    WSAEVENT event = registered(listener, FD_ACCEPT);
    callers[0] = calling(&name);
    CHECK(happens(listener, event, FD_ACCEPT) == FD_ACCEPT);
    CHECK(WSAAccept(listener, NULL, NULL, answers, CF_DEFER) == INVALID_SOCKET);
    CHECK(WSAGetLastError() == WSATRY_AGAIN);
    callers[1] = calling(&name);
    CHECK(is_quiet(event)); /* ACC-09 ACC-62 */
    /* A new registration tells of nothing either. */
    CHECK(WSAEventSelect(listener, event, 0) == 0);
    CHECK(WSAEventSelect(listener, event, FD_ACCEPT) == 0);
    CHECK(is_quiet(event) && happened(listener, NULL) == 0);
    CHECK(WSAAccept(listener, NULL, NULL, answers, CF_REJECT) == INVALID_SOCKET);
    CHECK(WSAGetLastError() == WSAECONNREFUSED);
    CHECK(becomes_set(event) && happened(listener, event) == FD_ACCEPT); /* ACC-61 */
    server = WSAAccept(listener, NULL, NULL, answers, CF_ACCEPT);
    CHECK(server != INVALID_SOCKET && is_quiet(event));
    close_socket(server), close_socket(callers[0]), close_socket(callers[1]);
    close_socket(listener), close_event(event);
}

static void an_accepted_socket_has_the_registration(int family) {
    union name name;
    SOCKET listener = listening(family, &name), caller, server;
    WSAEVENT event = registered(listener, FD_ACCEPT | FD_READ | FD_WRITE | FD_CLOSE);
    caller = calling(&name);
    CHECK(happens(listener, event, FD_ACCEPT) == FD_ACCEPT);
    server = accept(listener, NULL, NULL);
    CHECK(server != INVALID_SOCKET);
    CHECK(becomes_set(event)); /* SKT-09: the listener's object, which serves both (EVT-49) */
    CHECK(happened(server, event) == FD_WRITE);
    CHECK(happened(listener, event) == 0); /* SKT-12 */
    send_bytes(caller, 1);
    CHECK(happens(server, event, FD_READ) == FD_READ);
    CHECK_FAILS(received(server, 1) == 1 ? received(server, 1) : 0, WSAEWOULDBLOCK);
    close_socket(caller);
    CHECK(happens(server, event, FD_CLOSE) == FD_CLOSE);
    close_socket(server), close_socket(listener), close_event(event);
}

/* ---- Connecting ------------------------------------------------------------------------------ */

static void the_end_of_an_attempt_is_told(int family) {
    union name name;
    WSANETWORKEVENTS events;
    SOCKET listener = listening(family, &name), client = fresh(family), server;
    WSAEVENT event = registered(client, FD_CONNECT | FD_WRITE);
    CHECK(is_quiet(event));
    CHECK_FAILS(connect(client, &name.any, name_size), WSAEWOULDBLOCK); /* EVT-06 */
    server = accept(listener, NULL, NULL);
    CHECK(server != INVALID_SOCKET);
    CHECK(happens(client, event, FD_CONNECT | FD_WRITE) == (FD_CONNECT | FD_WRITE)); /* EVT-03 */
    CHECK(happened_with(client, event, &events) == 0 && is_quiet(event));
    close_socket(server), close_socket(client), close_event(event);

    close_socket(listener); /* now nobody listens there */
    client = fresh(family);
    event = registered(client, FD_CONNECT | FD_WRITE);
    CHECK_FAILS(connect(client, &name.any, name_size),
                family == AF_INET ? WSAEWOULDBLOCK : WSAECONNREFUSED);
    CHECK(becomes_set(event));
    CHECK(happened_with(client, event, &events) == FD_CONNECT);  /* no FD_WRITE */
    CHECK(events.iErrorCode[FD_CONNECT_BIT] == WSAECONNREFUSED); /* EVT-29 */
    close_socket(client), close_event(event);
}

static void who_registers_late_finds_the_connection(int family) {
    struct pair pair = connected(family);
    WSAEVENT event = registered(pair.client, FD_CONNECT | FD_WRITE);
    CHECK(happens(pair.client, event, FD_CONNECT | FD_WRITE) ==
          (FD_CONNECT | FD_WRITE)); /* EVT-21 */
    close_pair(pair), close_event(event);
}

/* ---- Data ------------------------------------------------------------------------------------ */

static void data_is_told_of_until_it_is_read(int family) {
    struct pair pair = connected(family);
    WSAEVENT event = registered(pair.server, FD_READ);
    send_bytes(pair.client, 3);
    CHECK(happens(pair.server, event, FD_READ) == FD_READ);
    CHECK(is_quiet(event)); /* it is enumerated, and merely lasts */
    send_bytes(pair.client, 1);
    CHECK(happens(pair.server, event, FD_READ) == FD_READ); /* EVT-11: more, before recv */
    CHECK(received(pair.server, 1) == 1);
    CHECK(becomes_set(event) && happened(pair.server, event) == FD_READ); /* EVT-14 */
    CHECK_FAILS(recv(pair.server, NULL, 1, 0), WSAEFAULT);
    CHECK(is_quiet(event)); /* EVT-13 */
    CHECK(received(pair.server, 16) == 3 && is_quiet(event));
    send_bytes(pair.client, 2);
    CHECK(becomes_set(event));
    CHECK(received(pair.server, 16) == 2);
    CHECK(is_set(event) && happened(pair.server, event) == 0); /* EVT-18 */
    close_pair(pair), close_event(event);
}

static void room_is_told_of_after_a_send_that_found_none(int family) {
    static char block[65536];
    struct pair pair = connected(family);
    WSAEVENT event = registered(pair.server, FD_WRITE);
    int in = 0, out = 0, count;
    CHECK(happens(pair.server, event, FD_WRITE) == FD_WRITE); /* EVT-17: established */
    send_bytes(pair.server, 16);
    CHECK(is_quiet(event)); /* a send that is taken tells nothing */
    for (out = 16; (count = send(pair.server, block, sizeof block, 0)) > 0;)
        out += count;
    CHECK(count == SOCKET_ERROR && WSAGetLastError() == WSAEWOULDBLOCK && is_quiet(event));
    while (in < out) {
        count = recv(pair.client, block, sizeof block, 0);
        CHECK(count > 0 || WSAGetLastError() == WSAEWOULDBLOCK);
        in += count > 0 ? count : 0;
    }
    CHECK(happens(pair.server, event, FD_WRITE) == FD_WRITE); /* EVT-17 */
    CHECK(is_quiet(event));
    close_pair(pair), close_event(event);
}

static void urgent_data_is_told_of_unless_it_is_inline(int family) {
    struct pair pair = connected(family);
    WSAEVENT event = registered(pair.server, FD_READ | FD_OOB);
    int on = 1;
    char byte = 0;
    if (family == AF_INET) { /* the capability urgent-data */
        CHECK(send(pair.client, "!", 1, MSG_OOB) == 1);
        CHECK(happens(pair.server, event, FD_OOB) == FD_OOB); /* EVT-36 */
        CHECK(recv(pair.server, &byte, 1, MSG_OOB) == 1 && byte == '!');
        CHECK(is_quiet(event));
        close_pair(pair), close_event(event);
        pair = connected(family);
        event = registered(pair.server, FD_READ | FD_OOB);
        CHECK(setsockopt(pair.server, SOL_SOCKET, SO_OOBINLINE, (char *)&on, sizeof on) == 0);
        CHECK(send(pair.client, "?", 1, MSG_OOB) == 1);
        CHECK(happens(pair.server, event, FD_READ) == FD_READ);
        CHECK(recv(pair.server, &byte, 1, 0) == 1 && byte == '?');
    }
    close_pair(pair), close_event(event);
}

#ifdef AF_VESTIBULE
static void a_change_of_the_quality_of_service_is_told_once(int family) {
    struct pair pair = connected(family);
    WSAEVENT event = registered(pair.server, FD_QOS);
    DWORD written;
    QOS qos;
    memset(&qos, 0xFF, sizeof qos); /* nothing specified */
    qos.SendingFlowspec.ServiceType = qos.ReceivingFlowspec.ServiceType = SERVICETYPE_BESTEFFORT;
    qos.ProviderSpecific.len = 0;
    qos.ProviderSpecific.buf = NULL;
    if (family == AF_VESTIBULE) {
        CHECK(is_quiet(event)); /* EVT-33: it has some, which is no event */
        CHECK(WSAIoctl(pair.client, SIO_SET_QOS, &qos, sizeof qos, NULL, 0, &written, NULL, NULL) ==
              0);
        CHECK(happens(pair.server, event, FD_QOS) == FD_QOS);
        CHECK(WSAIoctl(pair.server, SIO_GET_QOS, NULL, 0, &qos, sizeof qos, &written, NULL, NULL) ==
              0);
        CHECK(is_quiet(event)); /* EVT-12: enabled again, and nothing has changed */
    }
    close_pair(pair), close_event(event);
}
#endif

/* ---- The end --------------------------------------------------------------------------------- */

static void the_end_is_told_at_once_and_once(int family) {
    WSANETWORKEVENTS events;
    struct pair pair = connected(family);
    WSAEVENT event = registered(pair.server, FD_READ | FD_CLOSE);
    send_bytes(pair.client, 4);
    CHECK(happens(pair.server, event, FD_READ) == FD_READ);
    CHECK(shutdown(pair.client, SD_SEND) == 0);
    CHECK(becomes_set(event));
    CHECK(happened_with(pair.server, event, &events) ==
          FD_CLOSE); /* EVT-04 EVT-20, no FD_READ EVT-19 */
    CHECK(events.iErrorCode[FD_CLOSE_BIT] == 0);
    CHECK(received(pair.server, 16) == 4 && received(pair.server, 16) == 0);
    CHECK(is_quiet(event) && happened(pair.server, event) == 0); /* EVT-20 */
    close_pair(pair), close_event(event);
}

static void a_reset_is_told_as_an_abort(int family) {
    WSANETWORKEVENTS events;
    struct linger reset = {1, 0};
    struct pair pair = connected(family);
    WSAEVENT event = registered(pair.server, FD_READ | FD_CLOSE);
    CHECK(setsockopt(pair.client, SOL_SOCKET, SO_LINGER, (char *)&reset, sizeof reset) == 0);
    close_socket(pair.client);
    CHECK(becomes_set(event));
    CHECK(happened_with(pair.server, event, &events) == FD_CLOSE);
    CHECK(events.iErrorCode[FD_CLOSE_BIT] == WSAECONNABORTED); /* EVT-29 */
    CHECK_FAILS(received(pair.server, 1), WSAECONNRESET);
    close_socket(pair.server), close_event(event);
}

/* ---- Registrations --------------------------------------------------------------------------- */

static void a_registration_replaces_the_one_before(int family) {
    struct pair pair = connected(family);
    WSAEVENT first = registered(pair.server, FD_READ), second;
    send_bytes(pair.client, 1);
    CHECK(becomes_set(first));
    second = registered(pair.server, FD_CLOSE);
    CHECK(is_set(first));                                        /* EVT-31 */
    CHECK(is_quiet(second) && happened(pair.server, NULL) == 0); /* EVT-25 */
    CHECK(WSAEventSelect(pair.server, second, FD_READ) == 0);    /* EVT-07 */
    CHECK(is_set(second) && happened(pair.server, second) == FD_READ);
    CHECK(WSAResetEvent(first));
    CHECK(WSAEventSelect(pair.server, first, FD_READ) == 0);
    CHECK(is_quiet(first) && happened(pair.server, first) == 0); /* EVT-16: enumerated */
    send_bytes(pair.client, 1);
    CHECK(becomes_set(first) && is_quiet(second)); /* EVT-08 */
    close_pair(pair), close_event(first), close_event(second);
}

static void what_happens_without_a_registration_is_kept(int family) {
    struct pair pair = connected(family);
    WSAEVENT event = registered(pair.server, FD_READ);
    CHECK(WSAEventSelect(pair.server, event, 0) == 0); /* EVT-09 */
    send_bytes(pair.client, 1);
    CHECK(is_quiet(event) && happened(pair.server, NULL) == 0); /* EVT-28 EVT-30 */
    CHECK(WSAEventSelect(pair.server, event, FD_READ) == 0);
    CHECK(becomes_set(event) && happened(pair.server, NULL) == FD_READ); /* EVT-15 EVT-30 */
    CHECK(is_set(event));                                                /* EVT-26 */
    CHECK(WSAResetEvent(event) && WSAEventSelect(pair.server, event, 0) == 0);
    send_bytes(pair.client, 1);
    CHECK(is_quiet(event));
    CHECK(received(pair.server, 16) == 2);
    CHECK(WSAEventSelect(pair.server, event, FD_READ) == 0);
    CHECK(is_quiet(event)); /* EVT-30: a receive has used it up */
    close_pair(pair), close_event(event);
}

static void a_registration_makes_non_blocking(int family) {
    struct pair pair = connected(family);
    WSAEVENT event = new_event();
    u_long off = 0;
    set_mode(pair.server, 0);
    CHECK(WSAEventSelect(pair.server, NULL, 0) == 0); /* EVT-06: whatever the mask */
    CHECK_FAILS(received(pair.server, 1), WSAEWOULDBLOCK);
    set_mode(pair.server, 0);
    CHECK(WSAEventSelect(pair.server, event, FD_READ) == 0);
    CHECK_FAILS(ioctlsocket(pair.server, FIONBIO, &off), WSAEINVAL); /* HND-30 */
    CHECK(WSAEventSelect(pair.server, event, 0) == 0);
    CHECK_FAILS(received(pair.server, 1), WSAEWOULDBLOCK); /* EVT-06: it stays so */
    set_mode(pair.server, 0);
    close_pair(pair), close_event(event);
}

static void reserved_events_are_never_recorded(int family) {
    struct pair pair = connected(family);
    LONG reserved = FD_GROUP_QOS | FD_ROUTING_INTERFACE_CHANGE | FD_ADDRESS_LIST_CHANGE;
    WSAEVENT event = registered(pair.server, reserved);
    send_bytes(pair.client, 1);
    CHECK(shutdown(pair.client, SD_SEND) == 0);
    CHECK(is_quiet(event) && happened(pair.server, event) == 0); /* EVT-34 EVT-35 */
    close_pair(pair), close_event(event);
}

static void closing_leaves_the_object(int family) {
    struct pair pair = connected(family);
    WSAEVENT event = registered(pair.server, FD_READ | FD_CLOSE);
    send_bytes(pair.client, 1);
    CHECK(becomes_set(event));
    close_socket(pair.server);
    CHECK(is_set(event) && WSAResetEvent(event)); /* EVT-32 */
    close_socket(pair.client);
    CHECK(is_quiet(event));
    close_event(event);
}

int main(void) {
    static void (*const tests[])(int) = {
        a_request_sets_the_object,
        an_accept_takes_the_bit_and_leaves_the_object,
        a_deferred_head_is_silent,
        an_accepted_socket_has_the_registration,
        the_end_of_an_attempt_is_told,
        who_registers_late_finds_the_connection,
        data_is_told_of_until_it_is_read,
        room_is_told_of_after_a_send_that_found_none,
        urgent_data_is_told_of_unless_it_is_inline,
#ifdef AF_VESTIBULE
        a_change_of_the_quality_of_service_is_told_once,
#endif
        the_end_is_told_at_once_and_once,
        a_reset_is_told_as_an_abort,
        a_registration_replaces_the_one_before,
        what_happens_without_a_registration_is_kept,
        a_registration_makes_non_blocking,
        reserved_events_are_never_recorded,
        closing_leaves_the_object,
    };
    WSADATA data;
    size_t family, test;
    CHECK(WSAStartup(MAKEWORD(2, 2), &data) == 0);
    for (family = 0; family < sizeof families / sizeof *families; family++)
        for (test = 0; test < sizeof tests / sizeof *tests; test++)
            tests[test](families[family]);
    CHECK(WSACleanup() == 0);
    return 0;
}
