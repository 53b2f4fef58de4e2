/* Sixteen threads call, decide, talk, say goodbye and close, on both entries at once, while others
 * close what they wait on; afterwards no descriptor, thread or byte is left over.
 *
 * It lasts VESTIBULE_SOAK_SECONDS, 3 if that is not set. Connections that end gracefully over TCP
 * leave a port behind for a minute, so there is a budget of those. */

#define _GNU_SOURCE

#include "util.h"

#include <dirent.h>
#include <malloc.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

#define CALLERS 5
#define ACCEPTORS 2
#define THREADS_OF_AN_ENTRY (CALLERS + ACCEPTORS + 1) /* and one that closes */
#define ENTRIES 2
#define GRACEFUL_BUDGET 4000
#define MOST 3000 /* bytes in a conversation */
/* What the heap may keep: less than a byte for each of the connections of a short soak. */
#define BYTES_LEFT 16384

enum { CALLS, ACCEPTED, REJECTED, DEFERRED, WITHDRAWN, CLOSED_BY_OTHERS, OUTCOMES };

struct entry {
    int family;
    vestibule_handle listener;
    struct address address;
    pthread_mutex_t lock; /* of the listener and its address */
    _Atomic vestibule_handle waiting[CALLERS];
    atomic_int callers_left;
    atomic_int ended;
    atomic_long outcomes[OUTCOMES];
};

struct worker {
    struct entry *entry;
    int number;
    unsigned random;
    pthread_t thread;
};

static struct entry entries[ENTRIES];
static atomic_int stopped;
static atomic_long graceful_budget = GRACEFUL_BUDGET;

static unsigned choose(unsigned *state, unsigned below) {
    *state = *state * 1103515245u + 12345u;
    return (*state >> 16) % below;
}

static void count(struct entry *entry, int outcome) {
    atomic_fetch_add(&entry->outcomes[outcome], 1);
}

static int last_error_is_one_of(const int *errors) {
    for (; *errors != 0; errors++)
        if (vestibule_last_error() == *errors)
            return 1;
    return 0;
}

/* Ways in which a connection ends that its peer or another thread ends. */
static const int disturbed[] = {VESTIBULE_WSAECONNRESET,
                                VESTIBULE_WSAECONNABORTED,
                                VESTIBULE_WSAEINTR,
                                VESTIBULE_WSAENOTSOCK,
                                VESTIBULE_WSAENOTCONN,
                                VESTIBULE_WSAESHUTDOWN,
                                0};

static vestibule_handle current_listener(struct entry *entry, struct address *address) {
    vestibule_handle listener;
    CHECK(pthread_mutex_lock(&entry->lock) == 0);
    listener = entry->listener;
    *address = entry->address;
    CHECK(pthread_mutex_unlock(&entry->lock) == 0);
    return listener;
}

static void replace_listener(struct entry *entry) {
    struct address address;
    vestibule_handle fresh = VESTIBULE_INVALID_SOCKET, old;
    if (!atomic_load(&entry->ended)) {
        fresh = listener(entry->family, &address);
        CHECK(vestibule_listen(fresh, 2 * CALLERS) == 0);
    }
    CHECK(pthread_mutex_lock(&entry->lock) == 0);
    old = entry->listener;
    entry->listener = fresh;
    if (fresh != VESTIBULE_INVALID_SOCKET)
        entry->address = address;
    CHECK(pthread_mutex_unlock(&entry->lock) == 0);
    if (old != VESTIBULE_INVALID_SOCKET)
        CHECK(vestibule_closesocket(old) == 0);
}

/* Receives until so many bytes have come; fewer if the connection ends first. */
static int receive(vestibule_handle socket, char *room, int length) {
    int received = 0;
    while (received < length) {
        int step = vestibule_recv(socket, room + received, (size_t)(length - received), 0);
        if (step < 0)
            CHECK(last_error_is_one_of(disturbed));
        if (step <= 0)
            break;
        received += step;
    }
    return received;
}

static int condition(struct vestibule_buffer *caller_id, struct vestibule_buffer *caller_data,
                     struct vestibule_qos *sqos, struct vestibule_qos *gqos,
                     struct vestibule_buffer *callee_id, struct vestibule_buffer *callee_data,
                     uint32_t *group, uintptr_t callback_data) {
    static const int decisions[] = {VESTIBULE_ACCEPT, VESTIBULE_ACCEPT, VESTIBULE_ACCEPT,
                                    VESTIBULE_REJECT, VESTIBULE_DEFER};
    struct worker *worker = (struct worker *)callback_data;
    (void)caller_id, (void)sqos, (void)gqos, (void)callee_id, (void)group;
    if (callee_data != NULL && caller_data != NULL && caller_data->len <= callee_data->len) {
        memcpy(callee_data->buf, caller_data->buf, caller_data->len); /* the caller will compare */
        callee_data->len = caller_data->len;
    } else if (callee_data != NULL) {
        callee_data->len = 0;
    }
    return decisions[choose(&worker->random, 5)];
}

/* Sends back what comes, to the end, and answers a goodbye. */
static void serve(struct worker *worker, vestibule_handle socket) {
    char room[MOST];
    struct vestibule_buffer goodbye = {sizeof room, room};
    int received;
    while ((received = vestibule_recv(socket, room, sizeof room, 0)) > 0)
        if (vestibule_send(socket, room, (size_t)received, 0) != received)
            CHECK(last_error_is_one_of(disturbed));
    if (received < 0)
        CHECK(last_error_is_one_of(disturbed));
    if (received == 0 && worker->entry->family == VESTIBULE_AF_IN_PROCESS &&
        vestibule_recv_disconnect(socket, &goodbye) == 0 && goodbye.len > 0 &&
        vestibule_send_disconnect(socket, &goodbye) != 0)
        CHECK(last_error_is_one_of(disturbed));
    CHECK(vestibule_closesocket(socket) == 0);
}

static void *accept_all(void *argument) {
    static const int nothing[] = {VESTIBULE_WSAEINTR,  VESTIBULE_WSAENOTSOCK,   VESTIBULE_WSAEINVAL,
                                  VESTIBULE_WSAEACCES, VESTIBULE_WSAECONNRESET, 0};
    struct worker *worker = argument;
    struct entry *entry = worker->entry;
    while (!atomic_load(&entry->ended)) {
        struct address address;
        vestibule_handle served = current_listener(entry, &address), accepted;
        if (served == VESTIBULE_INVALID_SOCKET)
            break;
        accepted = vestibule_accept(served, NULL, NULL, condition, (uintptr_t)worker);
        if (accepted != VESTIBULE_INVALID_SOCKET) {
            count(entry, ACCEPTED);
            serve(worker, accepted);
        } else if (vestibule_last_error() == VESTIBULE_WSATRY_AGAIN) {
            count(entry, DEFERRED);
        } else if (vestibule_last_error() == VESTIBULE_WSAECONNREFUSED) {
            count(entry, REJECTED);
        } else {
            CHECK(last_error_is_one_of(nothing));
        }
    }
    return NULL;
}

/* Closes without leaving the port in TIME_WAIT. */
static void abort_connection(vestibule_handle socket) {
    struct vestibule_linger at_once = {1, 0};
    CHECK(vestibule_setsockopt(socket, VESTIBULE_SOL_SOCKET, VESTIBULE_SO_LINGER, &at_once,
                               sizeof at_once) == 0);
    CHECK(vestibule_closesocket(socket) == 0);
}

/* Waits for what never comes, until another thread closes the socket. In-process only: the handle
 * of a kernel socket is its descriptor, and somebody else's as soon as it is closed. */
static void wait_to_be_closed(struct worker *worker, vestibule_handle socket) {
    char byte;
    atomic_store(&worker->entry->waiting[worker->number], socket);
    CHECK(vestibule_recv(socket, &byte, 1, 0) == VESTIBULE_ERROR);
    CHECK(last_error_is_one_of(disturbed));
}

/* Ends the sending direction, with a goodbye where there is one, and waits for the peer to end. */
static void end_gracefully(struct worker *worker, vestibule_handle socket) {
    char goodbye[64], answer[sizeof goodbye];
    struct vestibule_buffer said = {1 + choose(&worker->random, sizeof goodbye), goodbye};
    struct vestibule_buffer heard = {sizeof answer, answer};
    int in_process = worker->entry->family == VESTIBULE_AF_IN_PROCESS;
    memset(goodbye, worker->number, sizeof goodbye);
    if (vestibule_send_disconnect(socket, in_process ? &said : NULL) != 0) {
        CHECK(last_error_is_one_of(disturbed));
    } else if (vestibule_recv(socket, answer, 1, 0) == 0 && in_process) {
        CHECK(vestibule_recv_disconnect(socket, &heard) == 0);
        CHECK(heard.len == said.len && memcmp(answer, goodbye, said.len) == 0);
    }
    CHECK(vestibule_closesocket(socket) == 0);
}

static void converse(struct worker *worker, vestibule_handle socket) {
    char sent[MOST], received[MOST];
    int length = (int)choose(&worker->random, MOST);
    int in_process = worker->entry->family == VESTIBULE_AF_IN_PROCESS;
    int whole;
    memset(sent, length, sizeof sent);
    if (vestibule_send(socket, sent, (size_t)length, 0) != length)
        CHECK(last_error_is_one_of(disturbed));
    whole = receive(socket, received, length) == length;
    CHECK(!whole || memcmp(sent, received, (size_t)length) == 0);
    if (whole && in_process && choose(&worker->random, 50) == 0)
        wait_to_be_closed(worker, socket);
    else if (whole && choose(&worker->random, 2) == 0 &&
             (in_process || atomic_fetch_sub(&graceful_budget, 1) > 0))
        end_gracefully(worker, socket);
    else
        abort_connection(socket);
}

/* One call: 1 if there is a connection now. */
static int connects(struct worker *worker, vestibule_handle socket) {
    static const int refused[] = {VESTIBULE_WSAECONNREFUSED, VESTIBULE_WSAECONNRESET,
                                  VESTIBULE_WSAETIMEDOUT, 0};
    struct entry *entry = worker->entry;
    int in_process = entry->family == VESTIBULE_AF_IN_PROCESS;
    int later = (int)choose(&worker->random, 2);
    char question[32], answer[32];
    struct vestibule_buffer caller_data = {1 + choose(&worker->random, sizeof question), question};
    struct vestibule_buffer callee_data = {sizeof answer, answer};
    struct address address;
    int result;
    memset(question, (int)caller_data.len, sizeof question);
    current_listener(entry, &address);
    CHECK(vestibule_set_nonblocking(socket, later) == 0);
    result = vestibule_connect(socket, &address.is.any, address.length,
                               in_process ? &caller_data : NULL, &callee_data, NULL, NULL);
    if (result != 0 && vestibule_last_error() == VESTIBULE_WSAEWOULDBLOCK) {
        if (choose(&worker->random, 4) == 0) {
            count(entry, WITHDRAWN);
            return 0;
        }
        result = vestibule_finish_connect(socket, -1);
        callee_data.len = sizeof answer;
        CHECK(vestibule_callee_data(socket, &callee_data) == 0);
    }
    if (result != 0) {
        CHECK(last_error_is_one_of(refused));
        return 0;
    }
    CHECK(vestibule_set_nonblocking(socket, 0) == 0);
    if (in_process)
        CHECK(callee_data.len == caller_data.len && memcmp(answer, question, caller_data.len) == 0);
    return 1;
}

static void *call_often(void *argument) {
    struct worker *worker = argument;
    while (!atomic_load(&stopped)) {
        vestibule_handle socket = stream(worker->entry->family);
        count(worker->entry, CALLS);
        if (connects(worker, socket))
            converse(worker, socket);
        else
            abort_connection(socket);
    }
    atomic_fetch_sub(&worker->entry->callers_left, 1);
    return NULL;
}

/* Closes sockets that others wait on, now and then the listener, and everything at the end. */
static void *close_others(void *argument) {
    struct worker *worker = argument;
    struct entry *entry = worker->entry;
    unsigned round = 0;
    while (atomic_load(&entry->callers_left) > 0) {
        int index;
        usleep(1000);
        for (index = 0; index < CALLERS; index++) {
            vestibule_handle socket =
                atomic_exchange(&entry->waiting[index], VESTIBULE_INVALID_SOCKET);
            if (socket != VESTIBULE_INVALID_SOCKET) {
                CHECK(vestibule_closesocket(socket) == 0);
                count(entry, CLOSED_BY_OTHERS);
            }
        }
        if (++round % 20 == 0)
            replace_listener(entry);
    }
    atomic_store(&entry->ended, 1);
    replace_listener(entry);
    return NULL;
}

/* Whether everything that is to happen has happened at least once. */
static int has_seen_all(void) {
    int index, outcome;
    for (index = 0; index < ENTRIES; index++)
        for (outcome = CALLS; outcome <= WITHDRAWN; outcome++)
            if (atomic_load(&entries[index].outcomes[outcome]) == 0)
                return 0;
    return atomic_load(&entries[0].outcomes[CLOSED_BY_OTHERS]) > 0;
}

static void run(int milliseconds) {
    struct worker workers[ENTRIES][THREADS_OF_AN_ENTRY];
    struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000L};
    int index, thread, tries;
    atomic_store(&stopped, 0);
    for (index = 0; index < ENTRIES; index++) {
        struct entry *entry = &entries[index];
        atomic_store(&entry->ended, 0);
        atomic_store(&entry->callers_left, CALLERS);
        replace_listener(entry);
        for (thread = 0; thread < THREADS_OF_AN_ENTRY; thread++) {
            struct worker *worker = &workers[index][thread];
            worker->entry = entry;
            worker->number = thread;
            worker->random = (unsigned)(1 + index * 100 + thread);
            CHECK(pthread_create(&worker->thread, NULL,
                                 thread < CALLERS               ? call_often
                                 : thread < CALLERS + ACCEPTORS ? accept_all
                                                                : close_others,
                                 worker) == 0);
        }
    }
    nanosleep(&time, NULL);
    for (tries = 0; !has_seen_all() && tries < 300; tries++)
        usleep(100000); /* under valgrind on a busy machine */
    atomic_store(&stopped, 1);
    for (index = 0; index < ENTRIES; index++)
        for (thread = 0; thread < THREADS_OF_AN_ENTRY; thread++)
            CHECK(pthread_join(workers[index][thread].thread, NULL) == 0);
}

static int entries_of(const char *path) {
    DIR *directory = opendir(path);
    int number = 0;
    CHECK(directory != NULL);
    while (readdir(directory) != NULL)
        number++;
    CHECK(closedir(directory) == 0);
    return number;
}

/* A thread that has been joined is in the listing a moment longer. */
static int threads(void) {
    int number, tries;
    for (tries = 0; (number = entries_of("/proc/self/task")) > 3 && tries < 1000; tries++)
        usleep(1000);
    return number;
}

/* What is allocated; 0 if the allocator cannot tell. */
static long bytes(void) {
    struct mallinfo2 info = mallinfo2();
    return (long)(info.uordblks + info.hblkhd);
}

static int seconds(void) {
    const char *text = getenv("VESTIBULE_SOAK_SECONDS");
    int number = text == NULL ? 3 : atoi(text);
    CHECK(number > 0);
    return number;
}

static void report(const struct entry *entry) {
    static const char *names[] = {"calls",    "accepted",  "rejected",
                                  "deferred", "withdrawn", "closed by others"};
    int outcome;
    printf("%-11s", entry->family == VESTIBULE_AF_IN_PROCESS ? "in-process" : "tcp");
    for (outcome = 0; outcome < OUTCOMES; outcome++)
        printf(" %s %ld", names[outcome], atomic_load(&entry->outcomes[outcome]));
    printf("\n");
}

int main(void) {
    static const int both[ENTRIES] = {VESTIBULE_AF_IN_PROCESS, AF_INET};
    long before, after;
    int descriptors, index;
    for (index = 0; index < ENTRIES; index++) {
        int caller;
        entries[index].family = both[index];
        entries[index].listener = VESTIBULE_INVALID_SOCKET;
        CHECK(pthread_mutex_init(&entries[index].lock, NULL) == 0);
        for (caller = 0; caller < CALLERS; caller++)
            atomic_init(&entries[index].waiting[caller], VESTIBULE_INVALID_SOCKET);
    }
    run(500); /* tables and the allocator's arenas reach their size */
    descriptors = entries_of("/proc/self/fd");
    before = bytes();

    run(1000 * seconds());
    after = bytes();
    for (index = 0; index < ENTRIES; index++)
        report(&entries[index]);
    printf("bytes %ld, then %ld\n", before, after);
    CHECK(has_seen_all());
    CHECK(entries_of("/proc/self/fd") == descriptors);
    CHECK(threads() == 3); /* this one, "." and ".." */
    CHECK(after - before <= BYTES_LEFT);
    return 0;
}
