/* On plain TCP the socket is the kernel's: read, write, poll and epoll work on it (HND-31). */

#define _DEFAULT_SOURCE 1 /* S_ISSOCK */

#include "util.h"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <unistd.h>

static int readable(int descriptor, int timeout) {
    struct pollfd polled = {descriptor, POLLIN, 0};
    return poll(&polled, 1, timeout) == 1 && (polled.revents & POLLIN) != 0;
}

static void is_the_kernels(int family) {
    struct address address;
    struct caller caller;
    struct stat status;
    struct epoll_event event = {EPOLLIN, {NULL}};
    int patience = 20000, epoll = epoll_create1(EPOLL_CLOEXEC);
    char text[8] = {0};
    vestibule_handle socket = listener(family, &address), accepted;
    CHECK(epoll >= 0 && !readable((int)socket, 0));
    call(&caller, &address, NULL);
    answered(&caller);
    CHECK(readable((int)socket, patience));
    accepted = decide(socket, VESTIBULE_ACCEPT);
    CHECK(fstat((int)accepted, &status) == 0 && S_ISSOCK(status.st_mode));
    CHECK(epoll_ctl(epoll, EPOLL_CTL_ADD, (int)accepted, &event) == 0);
    CHECK(epoll_wait(epoll, &event, 1, 0) == 0);
    CHECK(write((int)caller.socket, "hello", 5) == 5);
    CHECK(epoll_wait(epoll, &event, 1, patience) == 1 && (event.events & EPOLLIN) != 0);
    CHECK(read((int)accepted, text, 2) == 2 && memcmp(text, "he", 2) == 0);
    CHECK(vestibule_recv(accepted, text, sizeof text, 0) == 3 && memcmp(text, "llo", 3) == 0);
    CHECK(vestibule_send(accepted, "bye", 3, 0) == 3);
    CHECK(read((int)caller.socket, text, sizeof text) == 3 && memcmp(text, "bye", 3) == 0);
    hang_up(&caller);
    CHECK(vestibule_closesocket(accepted) == 0 && vestibule_closesocket(socket) == 0);
    CHECK(close(epoll) == 0);
}

int main(void) {
    is_the_kernels(AF_INET);
    if (has_ipv6())
        is_the_kernels(AF_INET6);
    return 0;
}
