/* The data path of plain TCP: P18. */

#include "bench.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vestibule.h>

#define MESSAGE 64
#define CHUNK 65536
#define BATCH 64

/* A connection over loopback, both ends here; `ours` if they belong to the library. */
struct pair {
    int ends[2];
    int ours;
};

static struct pair connected(int ours) {
    struct sockaddr_in address;
    socklen_t length = sizeof address;
    struct pair pair;
    int listener = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(bind(listener, (struct sockaddr *)&address, length) == 0 && listen(listener, 1) == 0);
    CHECK(getsockname(listener, (struct sockaddr *)&address, &length) == 0);
    pair.ours = ours;
    pair.ends[0] = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(connect(pair.ends[0], (struct sockaddr *)&address, length) == 0);
    pair.ends[1] = accept(listener, NULL, NULL);
    CHECK(close(listener) == 0);
    for (int i = 0; i < 2; i++) {
        CHECK(setsockopt(pair.ends[i], IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0);
        CHECK(!ours || vestibule_adopt(pair.ends[i]) == (vestibule_handle)pair.ends[i]);
    }
    return pair;
}

static void put(const struct pair *pair, int end, const char *data, size_t size) {
    if (pair->ours) {
        CHECK(vestibule_send((vestibule_handle)pair->ends[end], data, size, 0) == (ssize_t)size);
    } else {
        CHECK(send(pair->ends[end], data, size, MSG_NOSIGNAL) == (ssize_t)size);
    }
}

static void get(const struct pair *pair, int end, char *data, size_t size) {
    while (size > 0) {
        ssize_t got = pair->ours ? vestibule_recv((vestibule_handle)pair->ends[end], data, size, 0)
                                 : recv(pair->ends[end], data, size, 0);
        CHECK(got > 0);
        data += got;
        size -= (size_t)got;
    }
}

/* A message there and one back, on one thread: what the calls cost and no wake-up. */
static double round_trip(void *context) {
    struct pair *pair = context;
    char data[MESSAGE] = {0};
    double start = now();
    for (int i = 0; i < BATCH; i++) {
        put(pair, 0, data, MESSAGE);
        get(pair, 1, data, MESSAGE);
        put(pair, 1, data, MESSAGE);
        get(pair, 0, data, MESSAGE);
    }
    return (now() - start) / BATCH;
}

/* As much as the buffers hold, then read it. */
static double bulk(void *context) {
    static char data[CHUNK];
    struct pair *pair = context;
    double start = now();
    for (int i = 0; i < BATCH / 4; i++) {
        put(pair, 0, data, CHUNK);
        get(pair, 1, data, CHUNK);
    }
    return (now() - start) / (BATCH / 4);
}

int main(void) {
    struct pair raw = connected(0), ours = connected(1);
    pin(0);
    struct subject subjects[] = {
        {NULL, "send and recv, 64 bytes there and back", 0, round_trip, &raw, {0}},
        {"P18-round-trip",
         "vestibule_send and vestibule_recv, 64 bytes there and back",
         0,
         round_trip,
         &ours,
         {0}},
        {NULL, "send and recv of 64 KiB", 2, bulk, &raw, {0}},
        {"P18-bulk", "vestibule_send and vestibule_recv of 64 KiB", 2, bulk, &ours, {0}},
    };
    bench_run(subjects, sizeof subjects / sizeof *subjects);
    return 0;
}
