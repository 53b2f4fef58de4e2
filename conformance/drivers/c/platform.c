#if !defined(_WIN32)
#define _DEFAULT_SOURCE /* setrlimit, opendir */
#endif

#include "platform.h"

#include <stdlib.h>
#include <string.h>

#ifdef _WIN32

#include <winsock2.h>
#include <windows.h>

struct gate {
    CRITICAL_SECTION lock;
    CONDITION_VARIABLE changed;
};

struct gate *gate_new(void) {
    struct gate *gate = malloc(sizeof *gate);
    if (gate == NULL)
        abort();
    InitializeCriticalSection(&gate->lock);
    InitializeConditionVariable(&gate->changed);
    return gate;
}

void gate_take(struct gate *gate) {
    EnterCriticalSection(&gate->lock);
}
void gate_give(struct gate *gate) {
    LeaveCriticalSection(&gate->lock);
}
void gate_wait(struct gate *gate) {
    SleepConditionVariableCS(&gate->changed, &gate->lock, INFINITE);
}
void gate_notify(struct gate *gate) {
    WakeAllConditionVariable(&gate->changed);
}

struct start {
    void (*body)(void *);
    void *argument;
};

static DWORD WINAPI run(LPVOID started) {
    struct start start = *(struct start *)started;
    free(started);
    start.body(start.argument);
    return 0;
}

void thread_start(void (*body)(void *), void *argument) {
    struct start *start = malloc(sizeof *start);
    HANDLE thread;
    if (start == NULL)
        abort();
    start->body = body;
    start->argument = argument;
    thread = CreateThread(NULL, 0, run, start, 0, NULL);
    if (thread == NULL)
        abort();
    CloseHandle(thread);
}

void sleep_milliseconds(long milliseconds) {
    Sleep((DWORD)milliseconds);
}

const char *wine_version(void) {
    const char *(CDECL * version)(void) = NULL;
    HMODULE library = GetModuleHandleA("ntdll.dll");
    FARPROC found = library ? GetProcAddress(library, "wine_get_version") : NULL;
    memcpy(&version, &found, sizeof version);
    return version ? version() : NULL;
}

long descriptors_open(void) {
    return -1;
}
int descriptors_exhaust(void) {
    return 0;
}
void descriptors_release(void) {
}

#else

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

struct gate {
    pthread_mutex_t lock;
    pthread_cond_t changed;
};

struct gate *gate_new(void) {
    struct gate *gate = malloc(sizeof *gate);
    if (gate == NULL)
        abort();
    pthread_mutex_init(&gate->lock, NULL);
    pthread_cond_init(&gate->changed, NULL);
    return gate;
}

void gate_take(struct gate *gate) {
    pthread_mutex_lock(&gate->lock);
}
void gate_give(struct gate *gate) {
    pthread_mutex_unlock(&gate->lock);
}
void gate_wait(struct gate *gate) {
    pthread_cond_wait(&gate->changed, &gate->lock);
}
void gate_notify(struct gate *gate) {
    pthread_cond_broadcast(&gate->changed);
}

struct start {
    void (*body)(void *);
    void *argument;
};

static void *run(void *started) {
    struct start start = *(struct start *)started;
    free(started);
    start.body(start.argument);
    return NULL;
}

void thread_start(void (*body)(void *), void *argument) {
    struct start *start = malloc(sizeof *start);
    pthread_t thread;
    if (start == NULL)
        abort();
    start->body = body;
    start->argument = argument;
    if (pthread_create(&thread, NULL, run, start) != 0)
        abort();
    pthread_detach(thread);
}

void sleep_milliseconds(long milliseconds) {
    struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000};
    while (nanosleep(&time, &time) != 0) {
    }
}

long descriptors_open(void) {
    DIR *directory = opendir("/proc/self/fd");
    long count = -3; /* ".", ".." and the directory itself */
    if (directory == NULL)
        return -1;
    while (readdir(directory) != NULL)
        count++;
    closedir(directory);
    return count;
}

#define FEW 256

static int taken[FEW];
static size_t taken_count;
static rlim_t limit_before;
static int limited;

int descriptors_exhaust(void) {
    struct rlimit limit;
    int descriptor;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return 0;
    if (!limited) {
        limit_before = limit.rlim_cur;
        limited = 1;
    }
    if (limit.rlim_cur > FEW)
        limit.rlim_cur = FEW;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
        return 0;
    while (taken_count < FEW && (descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0)
        taken[taken_count++] = descriptor;
    return 1;
}

void descriptors_release(void) {
    struct rlimit limit;
    while (taken_count > 0)
        close(taken[--taken_count]);
    if (limited && getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit_before;
        if (setrlimit(RLIMIT_NOFILE, &limit) == 0)
            limited = 0;
    }
}

#endif
