/* A forked child has no sockets of its parent's until it starts anew; kernel sockets can be
 * adopted. */

#include "util.h"

#include <sys/wait.h>
#include <unistd.h>

/* Ends a child that all went well in. It becomes another program, because a leak checker would find
 * what the threads own that the child has not. */
static void ends_well(void) {
    execlp("true", "true", (char *)NULL);
    _exit(1);
}

/* Runs `child` in a forked child, which has to end well. */
static void in_a_child(void (*child)(void)) {
    int status;
    pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        alarm(30);
        child();
        ends_well();
    }
    CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static vestibule_handle tcp, in_process;
static struct address tcp_address, in_process_address;

static void nothing_works_until_a_new_start(void) {
    vestibule_handle all[] = {tcp, in_process, 9999, VESTIBULE_INVALID_SOCKET};
    vestibule_handle fresh;
    char byte;
    size_t i;
    for (i = 0; i < sizeof all / sizeof *all; i++) {
        CHECK_ERROR(vestibule_listen(all[i], 1), VESTIBULE_WSANOTINITIALISED);
        CHECK_NO_SOCKET(decide(all[i], VESTIBULE_ACCEPT), VESTIBULE_WSANOTINITIALISED);
        CHECK_FAILS(vestibule_recv(all[i], &byte, 1, 0), -1, VESTIBULE_WSANOTINITIALISED);
        CHECK_ERROR(vestibule_closesocket(all[i]), VESTIBULE_WSANOTINITIALISED);
        CHECK_ERROR(vestibule_detach(all[i]), VESTIBULE_WSANOTINITIALISED);
    }
    fresh = stream(VESTIBULE_AF_IN_PROCESS); /* vestibule_* starts by itself */
    CHECK_ERROR(vestibule_listen(tcp, 1), VESTIBULE_WSAENOTSOCK);
    CHECK(vestibule_closesocket(fresh) == 0);
}

/* What the child does does not reach the parent's memory, and the other way round. */
static void in_process_is_one_process(void) {
    vestibule_handle client = stream(VESTIBULE_AF_IN_PROCESS);
    struct address again = in_process_address;
    vestibule_handle listener = stream(VESTIBULE_AF_IN_PROCESS);
    struct caller caller;
    CHECK_ERROR(vestibule_connect(client, &in_process_address.is.any, in_process_address.length,
                                  NULL, NULL, NULL, NULL),
                VESTIBULE_WSAECONNREFUSED);
    CHECK(vestibule_bind(listener, &again.is.any, again.length) == 0);
    CHECK(vestibule_listen(listener, 1) == 0);
    call(&caller, &again, "hello");
    CHECK(decide(listener, VESTIBULE_ACCEPT) != VESTIBULE_INVALID_SOCKET);
    answered(&caller);
    CHECK(caller.result == 0);
}

static void a_kernel_socket_can_be_adopted(void) {
    struct caller caller;
    vestibule_handle accepted;
    CHECK(vestibule_adopt((int)tcp) == tcp);
    call(&caller, &tcp_address, NULL);
    accepted = decide(tcp, VESTIBULE_ACCEPT);
    CHECK(accepted != VESTIBULE_INVALID_SOCKET);
    answered(&caller);
    CHECK(caller.result == 0 && vestibule_closesocket(accepted) == 0);
    hang_up(&caller);
    CHECK(vestibule_closesocket(tcp) == 0); /* the child's copy */
}

static void a_grandchild_starts_anew_too(void) {
    CHECK(stream(VESTIBULE_AF_IN_PROCESS) != VESTIBULE_INVALID_SOCKET);
    in_a_child(nothing_works_until_a_new_start);
}

/* Threads of the parent that hold its locks do not go on in a child. AddressSanitizer's allocator
 * has locks of its own, which a child inherits locked. */
#ifndef __SANITIZE_ADDRESS__
static volatile int stop;
static void *keeps_busy(void *unused) {
    (void)unused;
    while (!stop) {
        struct caller caller;
        vestibule_handle accepted;
        call(&caller, &in_process_address, "x");
        accepted = decide(in_process, VESTIBULE_ACCEPT);
        answered(&caller);
        CHECK(vestibule_closesocket(accepted) == 0);
        hang_up(&caller);
    }
    return NULL;
}

static void locks_of_the_parent_do_not_matter(void) {
    pthread_t thread;
    int i;
    CHECK(pthread_create(&thread, NULL, keeps_busy, NULL) == 0);
    for (i = 0; i < 50; i++) {
        in_a_child(in_process_is_one_process);
    }
    stop = 1;
    CHECK(pthread_join(thread, NULL) == 0);
}
#endif

/* The condition function forks, and the child returns from it as well. */
static int forks(struct vestibule_buffer *caller_id, struct vestibule_buffer *caller_data,
                 struct vestibule_qos *sqos, struct vestibule_qos *gqos,
                 struct vestibule_buffer *callee_id, struct vestibule_buffer *callee_data,
                 uint32_t *group, uintptr_t callback_data) {
    pid_t *child = (pid_t *)callback_data;
    (void)caller_id, (void)caller_data, (void)sqos, (void)gqos;
    (void)callee_id, (void)callee_data, (void)group;
    *child = fork();
    return *child == 0 ? VESTIBULE_REJECT : VESTIBULE_ACCEPT;
}

static void a_child_of_the_condition_function_decides_nothing(vestibule_handle listener,
                                                              const struct address *address) {
    struct caller caller;
    vestibule_handle accepted;
    pid_t child;
    int status;
    call(&caller, address, NULL);
    vestibule_set_last_error(0);
    accepted = vestibule_accept(listener, NULL, NULL, forks, (uintptr_t)&child);
    if (child == 0) {
        CHECK(accepted == VESTIBULE_INVALID_SOCKET);
        CHECK(vestibule_last_error() == VESTIBULE_WSANOTINITIALISED);
        ends_well();
    }
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    CHECK(accepted != VESTIBULE_INVALID_SOCKET);
    answered(&caller);
    CHECK(caller.result == 0 && vestibule_send(accepted, "!", 1, 0) == 1);
    CHECK(vestibule_recv(caller.socket, caller.room, 1, 0) == 1);
    CHECK(vestibule_closesocket(accepted) == 0);
    hang_up(&caller);
}

int main(void) {
    tcp = listener(AF_INET, &tcp_address);
    in_process = listener(VESTIBULE_AF_IN_PROCESS, &in_process_address);
    in_a_child(nothing_works_until_a_new_start);
    in_a_child(in_process_is_one_process);
    in_a_child(a_kernel_socket_can_be_adopted);
    in_a_child(a_grandchild_starts_anew_too);
#ifndef __SANITIZE_ADDRESS__
    locks_of_the_parent_do_not_matter();
#endif
    a_child_of_the_condition_function_decides_nothing(tcp, &tcp_address);
    a_child_of_the_condition_function_decides_nothing(in_process, &in_process_address);
    CHECK(vestibule_closesocket(tcp) == 0 && vestibule_closesocket(in_process) == 0);
    return 0;
}
