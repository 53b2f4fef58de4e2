/* The eight steps of a goodbye with totals, on two threads, with (5a) in every place that it may
 * have (DIS-05 to DIS-14). In-process the totals are disconnect data; over TCP, which has none,
 * they are the last bytes before the goodbye. */

#include "util.h"

#include <semaphore.h>

/* One connection that ends. Whoever is in charge says its total first, the other end answers with
 * the total of all. */
struct session {
    vestibule_handle in_charge, other;
    int has_data;
    int closes_after; /* (5a) comes right after this step: 5, 6, 7 or 8 */
    uint32_t total, total_of_all;
    sem_t close_now, closed;
};

static void say_goodbye(const struct session *session, vestibule_handle socket, uint32_t total) {
    uint32_t bytes = htonl(total);
    struct vestibule_buffer data = {sizeof bytes, (char *)&bytes};
    if (!session->has_data)
        CHECK(vestibule_send(socket, &bytes, sizeof bytes, 0) == sizeof bytes);
    CHECK(vestibule_send_disconnect(socket, session->has_data ? &data : NULL) == 0);
}

/* The notice: recv returns 0, here after the total where that is ordinary data. */
static uint32_t notice(const struct session *session, vestibule_handle socket) {
    uint32_t bytes = 0;
    if (!session->has_data)
        CHECK(vestibule_recv(socket, &bytes, sizeof bytes, VESTIBULE_MSG_WAITALL) == sizeof bytes);
    CHECK(vestibule_recv(socket, &bytes, 1, 0) == 0);
    return ntohl(bytes);
}

/* Ends the receiving direction; the total is what the notice brought or the disconnect data. */
static uint32_t collect(const struct session *session, vestibule_handle socket, uint32_t noticed) {
    uint32_t bytes = 0;
    struct vestibule_buffer data = {sizeof bytes, (char *)&bytes};
    CHECK(vestibule_recv_disconnect(socket, session->has_data ? &data : NULL) == 0);
    CHECK(data.len == sizeof bytes);
    return session->has_data ? ntohl(bytes) : noticed;
}

static void *answer_goodbye(void *argument) {
    struct session *session = argument;
    uint32_t total = notice(session, session->other); /* (2) */
    total = collect(session, session->other, total);  /* (3) */
    CHECK(total == session->total);
    session->total_of_all += total;                              /* (4) */
    say_goodbye(session, session->other, session->total_of_all); /* (5) */
    CHECK(sem_wait(&session->close_now) == 0);
    CHECK(vestibule_closesocket(session->other) == 0); /* (5a) */
    CHECK(sem_post(&session->closed) == 0);
    return NULL;
}

/* A step has been done; if (5a) is to follow it, that happens now. */
static void done(struct session *session, int step) {
    if (step != session->closes_after)
        return;
    CHECK(sem_post(&session->close_now) == 0);
    CHECK(sem_wait(&session->closed) == 0);
}

/* Returns the total of all, as the end in charge has learnt it. */
static uint32_t end(struct session *session) {
    pthread_t other;
    uint32_t total;
    CHECK(sem_init(&session->close_now, 0, 0) == 0);
    CHECK(sem_init(&session->closed, 0, 0) == 0);
    CHECK(pthread_create(&other, NULL, answer_goodbye, session) == 0);
    say_goodbye(session, session->in_charge, session->total); /* (1) */
    done(session, 5);
    total = notice(session, session->in_charge); /* (6) */
    done(session, 6);
    total = collect(session, session->in_charge, total); /* (7) */
    done(session, 7);
    CHECK(vestibule_closesocket(session->in_charge) == 0); /* (8) */
    done(session, 8);
    CHECK(pthread_join(other, NULL) == 0);
    CHECK(sem_destroy(&session->close_now) == 0);
    CHECK(sem_destroy(&session->closed) == 0);
    return total;
}

static void in_every_order(int family, int server_is_in_charge) {
    static const uint32_t totals[] = {12, 30, 100};
    int closes_after;
    for (closes_after = 5; closes_after <= 8; closes_after++) {
        struct address address;
        vestibule_handle socket = listener(family, &address);
        uint32_t expected = 0, total_of_all = 0;
        size_t index;
        for (index = 0; index < sizeof totals / sizeof *totals; index++) {
            struct session session = {0};
            struct caller caller;
            vestibule_handle accepted;
            call(&caller, &address, NULL);
            accepted = vestibule_accept(socket, NULL, NULL, NULL, 0);
            answered(&caller);
            CHECK(accepted != VESTIBULE_INVALID_SOCKET && caller.result == 0);
            session.in_charge = server_is_in_charge ? accepted : caller.socket;
            session.other = server_is_in_charge ? caller.socket : accepted;
            session.has_data = family == VESTIBULE_AF_IN_PROCESS;
            session.closes_after = closes_after;
            session.total = totals[index];
            session.total_of_all = total_of_all;
            expected += totals[index];
            CHECK(end(&session) == expected);
            total_of_all = session.total_of_all;
        }
        CHECK(vestibule_closesocket(socket) == 0);
    }
}

int main(void) {
    const int *family;
    for (family = families(); *family != 0; family++) {
        in_every_order(*family, 0);
        in_every_order(*family, 1);
    }
    return 0;
}
