/* What sockets cost in memory: P21 (requests that wait on TCP) and P24 (accepted sockets, a server
 * as a whole). */

#include "bench.h"

#include <dirent.h>
#include <malloc.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vestibule.h>

#define WAITING 64
#define ACCEPTED 1024
#define SLOTS 256 /* of a page of the table of sockets, which is allocated as a whole */

static size_t allocated(void) {
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

static int descriptors(void) {
    int count = 0;
    DIR *directory = opendir("/proc/self/fd");
    CHECK(directory != NULL);
    while (readdir(directory) != NULL) {
        count++;
    }
    closedir(directory);
    return count;
}

/* Memory that only this process has, in bytes. */
static double private_bytes(void) {
    char line[256];
    double kilobytes = 0, part;
    FILE *file = fopen("/proc/self/smaps_rollup", "r");
    CHECK(file != NULL);
    while (fgets(line, sizeof line, file) != NULL) {
        if (sscanf(line, "Private_Clean: %lf", &part) == 1 ||
            sscanf(line, "Private_Dirty: %lf", &part) == 1) {
            kilobytes += part;
        }
    }
    fclose(file);
    return kilobytes * 1024;
}

static int listening(struct sockaddr_in *address) {
    socklen_t length = sizeof *address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    memset(address, 0, sizeof *address);
    address->sin_family = AF_INET;
    address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(bind(fd, (struct sockaddr *)address, length) == 0 && listen(fd, ACCEPTED) == 0);
    CHECK(getsockname(fd, (struct sockaddr *)address, &length) == 0);
    return fd;
}

static void call(int *clients, int count, const struct sockaddr_in *address) {
    for (int i = 0; i < count; i++) {
        clients[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        CHECK(connect(clients[i], (const struct sockaddr *)address, sizeof *address) == 0);
    }
}

static void hang_up(const int *clients, int count) {
    struct linger reset = {1, 0};
    for (int i = 0; i < count; i++) {
        CHECK(setsockopt(clients[i], SOL_SOCKET, SO_LINGER, &reset, sizeof reset) == 0);
        CHECK(close(clients[i]) == 0);
    }
}

struct report {
    double waiting_bytes, waiting_descriptors, accepted_bytes, private_bytes;
};

/* A server that lets requests wait and then accepts them; `ours` says with what. */
static struct report serve(int ours) {
    static int clients[ACCEPTED];
    static vestibule_handle accepted[ACCEPTED];
    struct sockaddr_in address;
    struct report report;
    int fd = listening(&address), before_descriptors;
    size_t before;
    if (ours) {
        CHECK(vestibule_adopt(fd) == (vestibule_handle)fd);
    }
    before = allocated();
    before_descriptors = descriptors();
    before = allocated(); /* without what opendir has kept */
    call(clients, WAITING, &address);
    report.waiting_bytes = (double)(allocated() - before);
    report.waiting_descriptors =
        descriptors() - before_descriptors - WAITING; /* the clients are here as well */
    hang_up(clients, WAITING);
    for (int i = 0; i < WAITING; i++) {
        if (ours) {
            vestibule_closesocket(vestibule_accept((vestibule_handle)fd, NULL, NULL, NULL, 0));
        } else {
            close(accept(fd, NULL, NULL));
        }
    }
    report.private_bytes = private_bytes();
    call(clients, ACCEPTED, &address);
    while (dup(fd) % SLOTS != SLOTS - 1) { /* what is accepted fills whole pages */
    }
    before = allocated();
    for (int i = 0; i < ACCEPTED; i++) {
        accepted[i] = ours ? vestibule_accept((vestibule_handle)fd, NULL, NULL, NULL, 0)
                           : (vestibule_handle)accept(fd, NULL, NULL);
        CHECK(accepted[i] != VESTIBULE_INVALID_SOCKET);
    }
    report.accepted_bytes = (double)(allocated() - before) / ACCEPTED;
    return report;
}

/* The same in a process of its own, so that one server's memory is not counted for the other. */
static struct report serve_alone(int ours) {
    struct report report;
    int ends[2], status;
    pid_t child;
    CHECK(pipe(ends) == 0);
    child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        report = serve(ours);
        CHECK(write(ends[1], &report, sizeof report) == sizeof report);
        _exit(0);
    }
    CHECK(read(ends[0], &report, sizeof report) == sizeof report);
    CHECK(waitpid(child, &status, 0) == child && status == 0);
    CHECK(close(ends[0]) == 0 && close(ends[1]) == 0);
    return report;
}

int main(void) {
    struct rlimit limit;
    CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0);
    limit.rlim_cur = limit.rlim_max;
    CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
    struct report bare = serve_alone(0), ours = serve_alone(1);
    double more = ours.private_bytes - bare.private_bytes;
    bench_row("P21-bytes", "bytes of a TCP request that waits", "a byte", &ours.waiting_bytes, 1,
              0);
    bench_row("P21-descriptors", "descriptors of the requests that wait", "a descriptor",
              &ours.waiting_descriptors, 1, 0);
    bench_row("P24-socket", "bytes allocated for an accepted socket", "a byte",
              &ours.accepted_bytes, 1, 0);
    bench_row("P24-server", "private bytes of a server beyond those of a server in C", "a byte",
              &more, 1, 0);
    return 0;
}
