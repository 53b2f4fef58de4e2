/* Settings from environment variables: each in a program of its own, which is this one again. */

#define _POSIX_C_SOURCE 200809L

#include "util.h"

#include <sys/wait.h>
#include <unistd.h>

enum { SETTINGS = 6 };

static const char *const names[SETTINGS] = {
    "VESTIBULE_CONNECT_TIMEOUT", "VESTIBULE_BACKLOG_CEILING",    "VESTIBULE_MAX_IN_PROCESS_SOCKETS",
    "VESTIBULE_CALLER_CHECK",    "VESTIBULE_CONNECT_DATA_LIMIT", "VESTIBULE_DISCONNECT_DATA_LIMIT",
};

static const uint32_t numbers[SETTINGS] = {
    VESTIBULE_CONNECT_TIMEOUT, VESTIBULE_BACKLOG_CEILING,    VESTIBULE_MAX_IN_PROCESS_SOCKETS,
    VESTIBULE_CALLER_CHECK,    VESTIBULE_CONNECT_DATA_LIMIT, VESTIBULE_DISCONNECT_DATA_LIMIT,
};

static const uint32_t defaults[SETTINGS] = {30000, 65535, 1000000, 1, 32, 64};

static uint32_t value_of(int index) {
    uint32_t value = 77777;
    CHECK(vestibule_setting(numbers[index], &value) == 0);
    return value;
}

/* ---- what the new programs do ------------------------------------------------------------------
 */

/* The settings are these numbers. */
static void settings_are(char *const *expected) {
    int index;
    for (index = 0; index < SETTINGS; index++)
        CHECK(value_of(index) == (uint32_t)strtoul(expected[index], NULL, 10));
}

/* A program that knows nothing of settings has them, too. */
static void sockets_have_them(void) {
    vestibule_handle socket = stream(VESTIBULE_AF_IN_PROCESS);
    size_t connect_data = 0, disconnect_data = 0;
    uint32_t timeout = 0;
    socklen_t length = sizeof timeout;
    CHECK(vestibule_user_data_limits(socket, &connect_data, &disconnect_data) == 0);
    CHECK(connect_data == 16 && disconnect_data == 8); /* UDA-10 */
    CHECK(vestibule_getsockopt(socket, VESTIBULE_SOL_VESTIBULE, VESTIBULE_SO_CONNECT_TIMEOUT,
                               &timeout, &length) == 0);
    CHECK(timeout == 1234);
    CHECK_NO_SOCKET(vestibule_socket(VESTIBULE_AF_IN_PROCESS, SOCK_STREAM, 0),
                    VESTIBULE_WSAEMFILE); /* VESTIBULE_MAX_IN_PROCESS_SOCKETS=1 */
    CHECK(vestibule_closesocket(socket) == 0);
}

/* What the program itself says counts, also if it is the first use of a setting. */
static void the_program_wins(void) {
    CHECK(vestibule_configure(VESTIBULE_CONNECT_DATA_LIMIT, 20) == 0);
    CHECK(value_of(4) == 20 && value_of(5) == 8);
}

/* The environment is looked at once. */
static void read_once(void) {
    CHECK(value_of(3) == 0); /* VESTIBULE_CALLER_CHECK=0 */
    CHECK(setenv("VESTIBULE_CALLER_CHECK", "1", 1) == 0);
    CHECK(setenv("VESTIBULE_CONNECT_DATA_LIMIT", "9", 1) == 0);
    CHECK(value_of(3) == 0 && value_of(4) == 16);
}

/* ---- how they are started ----------------------------------------------------------------------
 */

static char *program;

/* Runs this program with settings in its environment; NULL is a variable that is not set. */
static void run(const char *what, const char *const *texts, const char *const *arguments) {
    int status = 0, index;
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        char *line[SETTINGS + 3] = {program, (char *)what};
        for (index = 0; index < SETTINGS; index++) {
            unsetenv(names[index]);
            if (texts[index] != NULL)
                setenv(names[index], texts[index], 1);
            if (arguments != NULL)
                line[index + 2] = (char *)arguments[index];
        }
        execv(program, line);
        _exit(99);
    }
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void values(void) {
    static const char *const nothing[SETTINGS] = {NULL};
    static const char *const usual[] = {"30000", "65535", "1000000", "1", "32", "64"};
    static const char *const lowest[] = {"1", "1", "0", "0", "0", "0"};
    static const char *const highest[] = {"4294967295", "1048576", "1000000", "1", "4096", "4096"};
    static const char *const below[] = {"0", "0", "-1", "-1", "-1", "-1"};
    static const char *const above[] = {"4294967296", "1048577", "1000001", "2", "4097", "4097"};
    static const char *const nonsense[] = {"", " 5", "5 ", "yes", "0x10", "\xFF"};
    static const char *const one_of_them[] = {NULL, "7", "nonsense", NULL, NULL, "5"};
    static const char *const then[] = {"30000", "7", "1000000", "1", "32", "5"};
    run("values", nothing, usual);
    run("values", lowest, lowest);
    run("values", highest, highest);
    run("values", below, usual); /* ignored: the default counts */
    run("values", above, usual);
    run("values", nonsense, usual);
    run("values", one_of_them, then);
}

int main(int argc, char **argv) {
    static const char *const small[] = {"1234", NULL, "1", "0", "16", "8"};
    int index;
    program = argv[0];
    if (argc > 1) {
        if (strcmp(argv[1], "values") == 0 && argc == SETTINGS + 2)
            settings_are(argv + 2);
        else if (strcmp(argv[1], "sockets") == 0)
            sockets_have_them();
        else if (strcmp(argv[1], "configure") == 0)
            the_program_wins();
        else if (strcmp(argv[1], "once") == 0)
            read_once();
        else
            return 98;
        return 0;
    }
    values();
    run("sockets", small, NULL);
    run("configure", small, NULL);
    run("once", small, NULL);
    for (index = 0; index < SETTINGS; index++) /* nothing of this is set here */
        CHECK(getenv(names[index]) != NULL || value_of(index) == defaults[index]);
    return 0;
}
