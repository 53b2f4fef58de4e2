/* The server of the demo: a condition function that accepts one caller, rejects a second and defers
 * a third, which it accepts on a later call. Plain TCP, written for Winsock.
 *
 *     demo_server
 *
 * Its first line is "listening 127.0.0.1:PORT". Callers are told apart by the order in which they
 * call. After the deferral it waits for a line on its standard input (or the end of it), so that
 * whoever runs the scene can look at the deferred caller; then it asks its condition function
 * again. Everything it sees is printed, each line after "server: ". It exits with 0 if everything
 * went as announced, with 1 otherwise.
 *
 *     cc demo_server.c -I include/vestibule -L target/release -lvestibule
 *     x86_64-w64-mingw32-gcc demo_server.c -lws2_32 */

#include <winsock2.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the condition function is to do, and whom it has seen. */
struct plan {
    const char *caller;
    int decision;
    SOCKADDR_IN seen;
};

static const char *const decisions[] = {"CF_ACCEPT", "CF_REJECT", "CF_DEFER"};

static void fail(const char *what) {
    printf("server: %s: error %d\n", what, WSAGetLastError());
    exit(1);
}

static void spell(char *text, size_t room, const SOCKADDR_IN *address) {
    snprintf(text, room, "%s:%u", inet_ntoa(address->sin_addr), ntohs(address->sin_port));
}

static int CALLBACK condition(LPWSABUF caller_id, LPWSABUF caller_data, LPQOS sqos, LPQOS gqos,
                              LPWSABUF callee_id, LPWSABUF callee_data, GROUP *group,
                              DWORD_PTR callback_data) {
    struct plan *plan = (struct plan *)callback_data;
    char caller[32];
    (void)caller_data, (void)sqos, (void)gqos, (void)callee_id, (void)callee_data, (void)group;
    memcpy(&plan->seen, caller_id->buf, sizeof plan->seen);
    spell(caller, sizeof caller, &plan->seen);
    printf("server: %s calls from %s; the condition function says %s\n", plan->caller, caller,
           decisions[plan->decision]);
    return plan->decision;
}

/* Calls WSAAccept; ends the program unless it fails with `error` (0: succeeds). */
static SOCKET decide(SOCKET listener, struct plan *plan, int error, const char *name) {
    SOCKET accepted = WSAAccept(listener, NULL, NULL, condition, (DWORD_PTR)plan);
    int found = accepted == INVALID_SOCKET ? WSAGetLastError() : 0;
    if (found == 0)
        printf("server: WSAAccept returns a socket\n");
    else
        printf("server: WSAAccept fails with %d (%s)\n", found,
               found == error ? name : "not as announced");
    if (found != error)
        exit(1);
    return accepted;
}

/* Receives a line and answers it. */
static void answer(SOCKET accepted, const char *caller) {
    char line[128], reply[192];
    int length = 0, received = 1;
    while (received > 0 && length < (int)sizeof line - 1 &&
           (length == 0 || line[length - 1] != '\n')) {
        received = recv(accepted, line + length, (int)sizeof line - 1 - length, 0);
        if (received < 0)
            fail("recv");
        length += received;
    }
    line[length] = '\0';
    line[strcspn(line, "\n")] = '\0';
    printf("server: %s says \"%s\"\n", caller, line);
    snprintf(reply, sizeof reply, "you said: %s\n", line);
    if (send(accepted, reply, (int)strlen(reply), 0) != (int)strlen(reply))
        fail("send");
    closesocket(accepted);
}

int main(void) {
    struct plan first = {"the first caller", CF_ACCEPT, {0}};
    struct plan second = {"the second caller", CF_REJECT, {0}};
    struct plan third = {"the third caller", CF_DEFER, {0}};
    SOCKADDR_IN address, deferred;
    int length = sizeof address;
    char text[32];
    WSADATA data;
    SOCKET listener;

    setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    if (WSAStartup(MAKEWORD(2, 2), &data) != 0)
        return 1;
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    listener = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    if (listener == INVALID_SOCKET || bind(listener, (SOCKADDR *)&address, length) != 0 ||
        listen(listener, 5) != 0 || getsockname(listener, (SOCKADDR *)&address, &length) != 0)
        fail("cannot listen");
    spell(text, sizeof text, &address);
    printf("listening %s\n", text);
    fflush(stdout);

    answer(decide(listener, &first, 0, ""), first.caller);
    decide(listener, &second, WSAECONNREFUSED, "WSAECONNREFUSED: rejected");
    decide(listener, &third, WSATRY_AGAIN, "WSATRY_AGAIN: deferred");
    deferred = third.seen;

    printf("server: the third caller stays at the head of the backlog; a line on standard input "
           "goes on\n");
    fflush(stdout);
    if (fgets(text, sizeof text, stdin) == NULL)
        printf("server: no line, going on\n");
    third.decision = CF_ACCEPT;
    {
        SOCKET accepted = decide(listener, &third, 0, "");
        if (memcmp(&deferred, &third.seen, sizeof deferred) != 0) {
            printf("server: that was somebody else\n");
            return 1;
        }
        printf("server: it was the same caller\n");
        answer(accepted, third.caller);
    }
    closesocket(listener);
    WSACleanup();
    printf("server: everything went as announced\n");
    return 0;
}
