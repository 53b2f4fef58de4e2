/* Every function of vestibule.h with every kind of bad argument: handles that are no sockets,
 * sockets in the wrong state, NULL, lengths that are short, zero or huge, unknown levels, options,
 * flags and directions (HND-15, HND-16, HND-32, HND-37, LSN-11, CON-13, DIS-23). Each fails with
 * the error that its documentation names, in the order that it names, and writes nothing.
 *
 * The calls are in the files of bad_arguments/, by family; here is the table of all of them. */

#include "bad_arguments/shared.h"

#include "bad_arguments/connecting.h"
#include "bad_arguments/data.h"
#include "bad_arguments/datagrams.h"
#include "bad_arguments/descriptors.h"
#include "bad_arguments/events.h"
#include "bad_arguments/options.h"
#include "bad_arguments/process.h"
#include "bad_arguments/sockets.h"

#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

static const struct row rows[] = {
    {"vestibule_accept", accept_handle, accept_arguments},
    {"vestibule_accept_timeout", accept_timeout_handle, accept_timeout_arguments},
    {"vestibule_adopt", NULL, adopt_arguments},
    {"vestibule_async_select", async_select_handle, async_select_arguments},
    {"vestibule_at_mark", at_mark_handle, at_mark_arguments},
    {"vestibule_bind", bind_handle, bind_arguments},
    {"vestibule_bytes_readable", bytes_readable_handle, bytes_readable_arguments},
    {"vestibule_callee_data", callee_data_handle, callee_data_arguments},
    {"vestibule_caller_credentials", NULL, caller_credentials_arguments},
    {"vestibule_capabilities", NULL, capabilities_arguments},
    {"vestibule_close_event", close_event_handle, close_event_arguments},
    {"vestibule_close_port", close_port_handle, close_port_arguments},
    {"vestibule_closesocket", closesocket_handle, NULL},
    {"vestibule_configure", NULL, configure_arguments},
    {"vestibule_connect", connect_handle, connect_arguments},
    {"vestibule_connect_timeout", connect_timeout_handle, connect_arguments},
    {"vestibule_create_event", NULL, create_event_arguments},
    {"vestibule_create_port", NULL, create_port_arguments},
    {"vestibule_detach", detach_handle, detach_arguments},
    {"vestibule_enum_network_events", enum_network_events_handle, enum_network_events_arguments},
    {"vestibule_error_errno", NULL, error_name_arguments},
    {"vestibule_error_name", NULL, error_name_arguments},
    {"vestibule_error_text", NULL, error_name_arguments},
    {"vestibule_event_descriptor", event_descriptor_handle, event_descriptor_arguments},
    {"vestibule_event_select", event_select_handle, event_select_arguments},
    {"vestibule_finish_connect", finish_connect_handle, finish_connect_arguments},
    {"vestibule_get_notification", get_notification_handle, get_notification_arguments},
    {"vestibule_getpeername", getpeername_handle, getpeername_arguments},
    {"vestibule_getsockname", getsockname_handle, getsockname_arguments},
    {"vestibule_getsockopt", getsockopt_handle, getsockopt_arguments},
    {"vestibule_last_error", NULL, NULL},
    {"vestibule_listen", listen_handle, listen_arguments},
    {"vestibule_negotiated_qos", negotiated_qos_handle, qos_arguments},
    {"vestibule_port_descriptor", port_descriptor_handle, port_descriptor_arguments},
    {"vestibule_read_descriptor", read_descriptor_handle, NULL},
    {"vestibule_recv", recv_handle, recv_arguments},
    {"vestibule_recv_disconnect", recv_disconnect_handle, recv_disconnect_arguments},
    {"vestibule_recvfrom", recvfrom_handle, recvfrom_arguments},
    {"vestibule_recvv", recvv_handle, recvv_arguments},
    {"vestibule_reset_event", reset_event_handle, reset_event_arguments},
    {"vestibule_send", send_handle, send_arguments},
    {"vestibule_send_disconnect", send_disconnect_handle, send_disconnect_arguments},
    {"vestibule_sendto", sendto_handle, sendto_arguments},
    {"vestibule_sendv", sendv_handle, sendv_arguments},
    {"vestibule_set_event", set_event_handle, set_event_arguments},
    {"vestibule_set_last_error", NULL, NULL},
    {"vestibule_set_nonblocking", set_nonblocking_handle, NULL},
    {"vestibule_set_qos", set_qos_handle, qos_arguments},
    {"vestibule_setsockopt", setsockopt_handle, setsockopt_arguments},
    {"vestibule_setting", NULL, setting_arguments},
    {"vestibule_shutdown", shutdown_handle, shutdown_arguments},
    {"vestibule_socket", NULL, socket_arguments},
    {"vestibule_user_data_limits", user_data_limits_handle, user_data_limits_arguments},
    {"vestibule_version", NULL, NULL},
    {"vestibule_wait_for_events", wait_for_events_handle, wait_for_events_arguments},
    {"vestibule_write_descriptor", write_descriptor_handle, NULL},
};

/* ---- Handles --------------------------------------------------------------------------------- */

static void is_not_a_socket(uintptr_t bad) {
    size_t index;
    for (index = 0; index < COUNT(rows); index++)
        if (rows[index].with_handle != NULL)
            rows[index].with_handle(bad);
}

/* Numbers that no call has returned. */
static void never_given(void) {
    static const uintptr_t numbers[] = {
        VESTIBULE_INVALID_SOCKET, (uintptr_t)INT_MIN, 1000000,           1 << 30, (1 << 30) + 12345,
        (uintptr_t)1 << 31,       (uintptr_t)1 << 32, (uintptr_t)1 << 40};
    size_t index;
    for (index = 0; index < COUNT(numbers); index++)
        is_not_a_socket(numbers[index]);
}

/* Descriptors of something else; nobody closes them. */
static void not_of_the_library(void) {
    int others[] = {STDIN_FILENO, open("/dev/null", O_RDWR), socket(AF_INET, SOCK_STREAM, 0)};
    size_t index;
    for (index = 0; index < COUNT(others); index++) {
        int was_open = fcntl(others[index], F_GETFD) >= 0;
        is_not_a_socket((uintptr_t)others[index]);
        CHECK((fcntl(others[index], F_GETFD) >= 0) == was_open);
    }
    CHECK(close(others[1]) == 0 && close(others[2]) == 0);
}

static void closed(int family) {
    vestibule_handle handle = stream(family);
    CHECK(vestibule_closesocket(handle) == 0);
    is_not_a_socket(handle);
}

/* A closed number of the operating system can be another file by now. */
static void reused(void) {
    vestibule_handle handle = stream(AF_INET);
    int successor;
    CHECK(vestibule_closesocket(handle) == 0);
    successor = open("/dev/null", O_RDWR);
    CHECK((vestibule_handle)successor == handle);
    is_not_a_socket(handle);
    CHECK(fcntl(successor, F_GETFD) >= 0);
    CHECK(close(successor) == 0);
}

static void arguments(int family) {
    size_t index;
    for (index = 0; index < COUNT(rows); index++)
        if (rows[index].with_arguments != NULL)
            rows[index].with_arguments(family);
}

int main(void) {
    const int *family;
    check_table(rows, COUNT(rows), 0);
    never_given();
    not_of_the_library();
    reused();
    for (family = families(); *family != 0; family++) {
        closed(*family);
        arguments(*family);
    }
    return 0;
}
