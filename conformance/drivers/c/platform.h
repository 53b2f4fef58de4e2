/* What the driver needs of the system besides Winsock: threads, time, descriptors. */

#ifndef DRIVER_PLATFORM_H
#define DRIVER_PLATFORM_H

/* A lock with a condition to wait for. */
struct gate;
struct gate *gate_new(void);
void gate_take(struct gate *gate);
void gate_give(struct gate *gate);
/* Waits, with the gate taken, until somebody has called gate_notify. */
void gate_wait(struct gate *gate);
void gate_notify(struct gate *gate);

/* Starts a thread that nobody waits for. */
void thread_start(void (*body)(void *), void *argument);
void sleep_milliseconds(long milliseconds);

/* How many descriptors are open, or -1 where nobody can tell. */
long descriptors_open(void);
/* Uses up all descriptors below a limit of 256; 0 if that cannot be done here. */
int descriptors_exhaust(void);
/* Closes those; the old limit holds again. */
void descriptors_release(void);

#ifdef _WIN32
/* The version of Wine; NULL where Windows itself is the system. */
const char *wine_version(void);
#endif

#endif
