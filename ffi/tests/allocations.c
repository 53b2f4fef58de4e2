/* What a server does all day allocates nothing, and no thread is started for it (P23).
 *
 * The allocator of this program counts; that of the library is the same one. Each scene plays until
 * everything that is made once has been made, and is counted from then on. */

#include "util.h"

#include <dirent.h>
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#define WARM 500
#define COUNTED 200

static int counting;
static long allocations;

/* AddressSanitizer has an allocator of its own, which must stay. */
#ifndef __SANITIZE_ADDRESS__
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *memory);

void *malloc(size_t size) {
    allocations += counting;
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    allocations += counting;
    return __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size) {
    allocations += counting;
    return __libc_realloc(memory, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    allocations += counting;
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
    allocations += counting;
    *memory = __libc_memalign(alignment, size);
    return *memory == NULL ? ENOMEM : 0;
}

void free(void *memory) {
    __libc_free(memory);
}
#endif

static int threads(void) {
    int count = -2; /* for . and .. */
    DIR *directory = opendir("/proc/self/task");
    CHECK(directory != NULL);
    while (readdir(directory) != NULL) {
        count++;
    }
    closedir(directory);
    return count;
}

static char data[32] = "thirty-two bytes of user data...";

/* Answers with the caller data, where the entry carries any. */
static int answers(struct vestibule_buffer *caller_id, struct vestibule_buffer *caller_data,
                   struct vestibule_qos *sqos, struct vestibule_qos *gqos,
                   struct vestibule_buffer *callee_id, struct vestibule_buffer *callee_data,
                   uint32_t *group, uintptr_t decision) {
    (void)caller_id, (void)sqos, (void)gqos, (void)callee_id, (void)group;
    if (caller_data != NULL && decision == VESTIBULE_ACCEPT) {
        memcpy(callee_data->buf, caller_data->buf, caller_data->len);
        callee_data->len = caller_data->len;
    }
    return (int)decision;
}

struct stage {
    vestibule_handle listener;
    struct address address;
    vestibule_handle client, accepted; /* a connection that exists already */
};

static void call_tcp(struct stage *stage) {
    stage->client = vestibule_socket(AF_INET, SOCK_STREAM, 0);
    CHECK(vestibule_connect(stage->client, &stage->address.is.any, stage->address.length, NULL,
                            NULL, NULL, NULL) == 0);
}

/* One thread plays both sides, so the connect must not wait. */
static void call_in_process(struct stage *stage) {
    struct vestibule_buffer caller_data = {sizeof data, data};
    stage->client = vestibule_socket(VESTIBULE_AF_IN_PROCESS, SOCK_STREAM, 0);
    CHECK(vestibule_set_nonblocking(stage->client, 1) == 0);
    CHECK_ERROR(vestibule_connect(stage->client, &stage->address.is.any, stage->address.length,
                                  &caller_data, NULL, NULL, NULL),
                VESTIBULE_WSAEWOULDBLOCK);
}

static void knock(struct stage *stage) {
    if (stage->address.is.any.sa_family == AF_INET) {
        call_tcp(stage);
    } else {
        call_in_process(stage);
    }
}

static void leave(struct stage *stage) {
    struct vestibule_linger reset = {1, 0}; /* leaves nothing in TIME_WAIT */
    CHECK(vestibule_setsockopt(stage->client, VESTIBULE_SOL_SOCKET, VESTIBULE_SO_LINGER, &reset,
                               sizeof reset) == 0);
    CHECK(vestibule_closesocket(stage->client) == 0);
}

static void accept_one(struct stage *stage) {
    stage->accepted = vestibule_accept(stage->listener, NULL, NULL, answers, VESTIBULE_ACCEPT);
    CHECK(stage->accepted != VESTIBULE_INVALID_SOCKET);
}

static void accepts(struct stage *stage) {
    knock(stage);
    counting = 1;
    accept_one(stage);
    CHECK(vestibule_closesocket(stage->accepted) == 0);
    counting = 0;
    leave(stage);
}

static void rejects(struct stage *stage) {
    knock(stage);
    counting = 1;
    CHECK_NO_SOCKET(vestibule_accept(stage->listener, NULL, NULL, answers, VESTIBULE_REJECT),
                    VESTIBULE_WSAECONNREFUSED);
    counting = 0;
    CHECK(vestibule_closesocket(stage->client) == 0);
}

static void defers(struct stage *stage) {
    knock(stage);
    counting = 1;
    CHECK_NO_SOCKET(vestibule_accept(stage->listener, NULL, NULL, answers, VESTIBULE_DEFER),
                    VESTIBULE_WSATRY_AGAIN);
    accept_one(stage);
    CHECK(vestibule_closesocket(stage->accepted) == 0);
    counting = 0;
    leave(stage);
}

/* The client's side of a connection in memory. */
static void connects(struct stage *stage) {
    char room[sizeof data];
    struct vestibule_buffer callee_data = {sizeof room, room};
    counting = 1;
    call_in_process(stage);
    accept_one(stage);
    CHECK(vestibule_finish_connect(stage->client, 0) == 0);
    CHECK(vestibule_callee_data(stage->client, &callee_data) == 0);
    CHECK(vestibule_closesocket(stage->accepted) == 0);
    CHECK(vestibule_closesocket(stage->client) == 0);
    counting = 0;
}

static void sends(struct stage *stage) {
    char room[sizeof data];
    counting = 1;
    CHECK(vestibule_send(stage->client, data, sizeof data, 0) == sizeof data);
    CHECK(vestibule_recv(stage->accepted, room, sizeof room, 0) == sizeof room);
    counting = 0;
}

/* The other side of a meeting: both sleep now and then, and a connection's first bytes are sent. */
static void *keeps_calling(void *context) {
    struct stage *stage = context;
    for (int i = 0; i < WARM + COUNTED; i++) {
        vestibule_handle client = vestibule_socket(VESTIBULE_AF_IN_PROCESS, SOCK_STREAM, 0);
        CHECK(vestibule_connect(client, &stage->address.is.any, stage->address.length, NULL, NULL,
                                NULL, NULL) == 0);
        CHECK(vestibule_send(client, data, sizeof data, 0) == sizeof data);
        CHECK(vestibule_closesocket(client) == 0);
    }
    return NULL;
}

static void meets(struct stage *stage) {
    char room[sizeof data];
    accept_one(stage);
    CHECK(vestibule_recv(stage->accepted, room, sizeof room, 0) == sizeof room);
    CHECK(vestibule_closesocket(stage->accepted) == 0);
}

static struct stage listening(int family) {
    struct stage stage;
    int reuse = 1;
    stage.address = loopback(family);
    stage.listener = vestibule_socket(family, SOCK_STREAM, 0);
    if (family == AF_INET) { /* as servers do */
        CHECK(vestibule_setsockopt(stage.listener, VESTIBULE_SOL_SOCKET, VESTIBULE_SO_REUSEADDR,
                                   &reuse, sizeof reuse) == 0);
    }
    CHECK(vestibule_bind(stage.listener, &stage.address.is.any, stage.address.length) == 0);
    CHECK(vestibule_listen(stage.listener, 5) == 0);
    CHECK(vestibule_getsockname(stage.listener, &stage.address.is.any, &stage.address.length) == 0);
    return stage;
}

static int failures;

static void play(const char *name, void (*scene)(struct stage *), struct stage *stage) {
    for (int i = 0; i < WARM; i++) {
        scene(stage);
    }
    allocations = 0;
    for (int i = 0; i < COUNTED; i++) {
        scene(stage);
    }
    if (allocations != 0) {
        fprintf(stderr, "%s: %ld allocations in %d turns\n", name, allocations, COUNTED);
        failures++;
    }
}

/* What either thread allocates is counted all the time. */
static void play_with_two_threads(void) {
    struct stage stage = listening(VESTIBULE_AF_IN_PROCESS);
    pthread_t calling;
    CHECK(pthread_create(&calling, NULL, keeps_calling, &stage) == 0);
    counting = 1;
    play("in-process, two threads", meets, &stage);
    counting = 0;
    CHECK(pthread_join(calling, NULL) == 0);
    CHECK(vestibule_closesocket(stage.listener) == 0);
}

int main(void) {
    static const int families[] = {AF_INET, VESTIBULE_AF_IN_PROCESS};
    for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
        struct stage stage = listening(families[i]);
        int in_process = families[i] == VESTIBULE_AF_IN_PROCESS;
        play(in_process ? "in-process accept" : "TCP accept", accepts, &stage);
        play(in_process ? "in-process reject" : "TCP reject", rejects, &stage);
        play(in_process ? "in-process defer" : "TCP defer", defers, &stage);
        if (in_process) {
            play("in-process connect", connects, &stage);
        }
        knock(&stage);
        accept_one(&stage);
        CHECK(vestibule_finish_connect(stage.client, 0) == 0 || !in_process);
        play(in_process ? "in-process send" : "TCP send", sends, &stage);
        CHECK(vestibule_closesocket(stage.client) == 0);
        CHECK(vestibule_closesocket(stage.accepted) == 0);
        CHECK(vestibule_closesocket(stage.listener) == 0);
    }
    CHECK(threads() == 1);
    play_with_two_threads();
    return failures == 0 ? 0 : 1;
}
