/* How the benchmarks measure: ratios against a bare system call (or whatever stands for the least
 * that the same work can cost), with everything that is compared inside one process.
 *
 * A round runs batches of every subject in random order; a subject's time in a round is the lower
 * quartile of its batches, its ratio the quotient with its base's time of the same round. What is
 * printed is the median over the rounds with the least and the greatest: a table of tabs that
 * scripts/bench.py reads. */

#ifndef BENCH_H
#define BENCH_H

#define _GNU_SOURCE

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: %s (errno %s)\n", __FILE__, __LINE__, #condition,              \
                    strerror(errno));                                                              \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

#define MAX_ROUNDS 64

/* Something that is measured. */
struct subject {
    const char *id;   /* the row, such as "P1-checked"; NULL for a base that has no row */
    const char *name; /* what it does */
    int against;      /* its base's place in the list; its own if it has none */
    double (*batch)(void *context); /* runs a batch and returns nanoseconds an operation */
    void *context;
    double rounds[MAX_ROUNDS];
};

static inline double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

/* Both ends on one core: no wake-up crosses cores, which would hide everything else. */
static inline void pin(int core) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(core, &set);
    CHECK(sched_setaffinity(0, sizeof set, &set) == 0);
}

static inline int bench_ascending(const void *one, const void *other) {
    double a = *(const double *)one, b = *(const double *)other;
    return a < b ? -1 : a > b;
}

static inline double bench_quantile(double *values, int count, double part) {
    qsort(values, (size_t)count, sizeof *values, bench_ascending);
    return values[(int)(part * (count - 1))];
}

/* A number from the environment, for a short form. */
static inline int bench_setting(const char *name, int otherwise) {
    const char *text = getenv(name);
    return text == NULL ? otherwise : atoi(text);
}

static inline void bench_row(const char *id, const char *name, const char *against, double *ratios,
                             int rounds, double time) {
    double median = bench_quantile(ratios, rounds, 0.5);
    printf("%s\t%s\t%s\t%.4f\t%.4f\t%.4f\t%.2f\n", id, name, against, median, ratios[0],
           ratios[rounds - 1], time);
    fflush(stdout);
}

/* Measures all subjects and prints their rows. */
static inline void bench_run(struct subject *subjects, int count) {
    int rounds = bench_setting("BENCH_ROUNDS", 9);
    int batches = bench_setting("BENCH_BATCHES", 40);
    double *times = calloc((size_t)(count * batches), sizeof *times);
    int *order = calloc((size_t)count, sizeof *order);
    CHECK(times != NULL && order != NULL && rounds <= MAX_ROUNDS);
    srand((unsigned)time(NULL));
    for (int i = 0; i < count; i++) {
        order[i] = i;
        subjects[i].batch(subjects[i].context); /* warm */
    }
    for (int round = 0; round < rounds; round++) {
        for (int batch = 0; batch < batches; batch++) {
            for (int i = count - 1; i > 0; i--) {
                int other = rand() % (i + 1), kept = order[i];
                order[i] = order[other];
                order[other] = kept;
            }
            for (int i = 0; i < count; i++) {
                struct subject *subject = &subjects[order[i]];
                times[order[i] * batches + batch] = subject->batch(subject->context);
            }
        }
        for (int i = 0; i < count; i++) {
            subjects[i].rounds[round] = bench_quantile(times + i * batches, batches, 0.25);
        }
    }
    for (int i = 0; i < count; i++) {
        double ratios[MAX_ROUNDS], own[MAX_ROUNDS];
        for (int round = 0; round < rounds; round++) {
            own[round] = subjects[i].rounds[round];
            ratios[round] = own[round] / subjects[subjects[i].against].rounds[round];
        }
        if (subjects[i].id != NULL) {
            bench_row(subjects[i].id, subjects[i].name, subjects[subjects[i].against].name, ratios,
                      rounds, bench_quantile(own, rounds, 0.5));
        }
    }
    free(times);
    free(order);
}

#endif
