/* The parts of the driver: lanes carry requests out, verbs make the calls. */

#ifndef DRIVER_H
#define DRIVER_H

#include "text.h"

/* A request of the runner, or its answer to a condition function. */
struct request {
    const char *id;
    struct words *words;
};

/* A thread of the driver, with the lines that wait for it. */
struct lane;

/* Carries out what comes for a lane until an answer to its innermost condition function comes,
 * which it returns; the caller frees it. */
struct words *lane_serve(struct lane *lane);
const char *lane_name(const struct lane *lane);
/* A number that names the running thread. */
unsigned lane_thread(const struct lane *lane);

/* Writes a line, whole. */
void say(const struct text *line);

/* The outcome of a verb. */
enum outcome { OK, FAIL, UNSUPPORTED, NONSENSE };

/* What a verb works on. */
struct work {
    struct lane *lane;
    const struct request *request;
    const struct words *words;
    struct text *results;
    SOCKET socket; /* of `name` */
};

/* The outcome of a call that returns 0 or -1. */
static inline enum outcome ended(int result) {
    return result == 0 ? OK : FAIL;
}

/* Carries out one request; what is said with the outcome goes to `results`. For FAIL the last error
 * says which. */
enum outcome verb_perform(struct lane *lane, const struct request *request, struct text *results);

/* An accept call: the condition function has to know whose it is. */
enum outcome accept_perform(struct lane *lane, const struct request *request, struct text *results);
enum outcome option_get(SOCKET socket, const struct words *words, struct text *results);
enum outcome option_set(SOCKET socket, const struct words *words);
enum outcome select_perform(struct work *work);
enum outcome wait_for(SOCKET socket, const struct words *words, struct text *results);
enum outcome connect_perform(struct work *work);
enum outcome callee_perform(struct work *work);
enum outcome set_qos_perform(struct work *work);
enum outcome get_qos_perform(struct work *work);
enum outcome ioctl_perform(struct work *work);

/* The address argument of a request, which may be absent: NULL for `-`. */
int address_named(const struct words *words, union address *room, struct sockaddr **address,
                  int *length);

/* The sockets by name. Every function takes the names' lock for itself only. */
SOCKET socket_named(const char *name, int *known);
void socket_name(const char *name, SOCKET socket);

#endif
