/* Waiting for a socket without changing anything that a scenario can see. */

#include "driver.h"

#include <string.h>

#ifdef AF_VESTIBULE

#include <poll.h>
#include <vestibule.h>

static enum outcome wait_connect(SOCKET socket, int milliseconds, struct text *results) {
    if (vestibule_finish_connect(socket, milliseconds) == 0) {
        text_add(results, " ended=1");
        return OK;
    }
    if (WSAGetLastError() != WSAETIMEDOUT)
        return FAIL;
    /* Either the time has passed or the attempt itself has timed out: then SO_ERROR says so. */
    {
        int error = 0, length = sizeof error;
        getsockopt(socket, SOL_SOCKET, SO_ERROR, (char *)&error, &length);
        if (error == WSAETIMEDOUT) {
            WSASetLastError(error);
            return FAIL;
        }
    }
    text_add(results, " ended=0");
    return OK;
}

static enum outcome wait_read(SOCKET socket, int milliseconds, struct text *results) {
    struct pollfd polled = {vestibule_read_descriptor(socket), POLLIN, 0};
    if (polled.fd < 0)
        return FAIL;
    text_add(results, " ended=%d", poll(&polled, 1, milliseconds) > 0);
    return OK;
}

#else

static enum outcome wait_connect(SOCKET socket, int milliseconds, struct text *results) {
    struct timeval time = {milliseconds / 1000, milliseconds % 1000 * 1000};
    int error = 0, length = sizeof error;
    fd_set established, failed;
    FD_ZERO(&established);
    FD_ZERO(&failed);
    FD_SET(socket, &established);
    FD_SET(socket, &failed);
    if (select(0, NULL, &established, &failed, &time) < 0)
        return FAIL;
    if (FD_ISSET(socket, &failed)) {
        getsockopt(socket, SOL_SOCKET, SO_ERROR, (char *)&error, &length);
        WSASetLastError(error);
        return FAIL;
    }
    text_add(results, " ended=%d", FD_ISSET(socket, &established) != 0);
    return OK;
}

static enum outcome wait_read(SOCKET socket, int milliseconds, struct text *results) {
    struct timeval time = {milliseconds / 1000, milliseconds % 1000 * 1000};
    fd_set readable;
    FD_ZERO(&readable);
    FD_SET(socket, &readable);
    if (select(0, &readable, NULL, NULL, &time) < 0)
        return FAIL;
    text_add(results, " ended=%d", FD_ISSET(socket, &readable) != 0);
    return OK;
}

#endif

enum outcome wait_for(SOCKET socket, const struct words *words, struct text *results) {
    const char *what = words_value(words, "for");
    int milliseconds = (int)words_number(words, "timeout", 0);
    int before = WSAGetLastError();
    enum outcome outcome = NONSENSE;
    if (what != NULL && strcmp(what, "connect") == 0)
        outcome = wait_connect(socket, milliseconds, results);
    else if (what != NULL && strcmp(what, "read") == 0)
        outcome = wait_read(socket, milliseconds, results);
    if (outcome == OK)
        WSASetLastError(before);
    return outcome;
}
