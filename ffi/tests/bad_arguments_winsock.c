/* Every function of the Winsock headers with every kind of bad argument, as bad_arguments.c does it
 * for vestibule.h: here what only these have, lengths of type int, which can be negative, control
 * codes and creation with a structure, a group or flags (HND-16, HND-32, HND-38, GRP-03, GRP-05,
 * UDA-23).
 *
 * The calls are in the files of bad_arguments_winsock/, by family; here is the table of all of
 * them. */

#include "bad_arguments_winsock/shared.h"

#include "bad_arguments_winsock/connecting.h"
#include "bad_arguments_winsock/data.h"
#include "bad_arguments_winsock/datagrams.h"
#include "bad_arguments_winsock/events.h"
#include "bad_arguments_winsock/options.h"
#include "bad_arguments_winsock/process.h"
#include "bad_arguments_winsock/sockets.h"

#include <unistd.h>

#define ROW(name, with_handle, with_arguments)                                                     \
    { "vestibule_ws_" name, with_handle, with_arguments }

static const struct row rows[] = {
    ROW("accept", accept_handle, accept_arguments),
    ROW("async_select", async_select_handle, async_select_arguments),
    ROW("bind", bind_handle, bind_arguments),
    ROW("cleanup", NULL, NULL), /* without a start: winsock_startup.c */
    ROW("close_event", close_event_handle, event_arguments),
    ROW("close_port", close_port_handle, NULL),
    ROW("closesocket", closesocket_handle, NULL),
    ROW("connect", connect_handle, connect_arguments),
    ROW("create_event", NULL, create_event_arguments),
    ROW("create_port", NULL, get_message_arguments),
    ROW("enum_network_events", enum_network_events_handle, enum_network_events_arguments),
    ROW("duplicate_socket", duplicate_socket_handle, duplicate_socket_arguments),
    ROW("enum_protocols_a", NULL, enum_protocols_a_arguments),
    ROW("enum_protocols_w", NULL, enum_protocols_w_arguments),
    ROW("event_descriptor", event_descriptor_handle, NULL),
    ROW("event_select", event_select_handle, event_select_arguments),
    ROW("get_last_error", NULL, NULL),
    ROW("get_message", get_message_handle, get_message_arguments),
    ROW("getpeername", getpeername_handle, name_arguments),
    ROW("getsockname", getsockname_handle, name_arguments),
    ROW("getsockopt", getsockopt_handle, option_arguments),
    ROW("ioctlsocket", ioctlsocket_handle, ioctlsocket_arguments),
    ROW("listen", listen_handle, listen_arguments),
    ROW("port_descriptor", port_descriptor_handle, NULL),
    ROW("recv", recv_handle, recv_arguments),
    ROW("recvfrom", recvfrom_handle, recvfrom_arguments),
    ROW("recv_disconnect", recv_disconnect_handle, disconnect_arguments),
    ROW("reset_event", reset_event_handle, event_arguments),
    ROW("select", select_handle, select_arguments),
    ROW("send", send_handle, send_arguments),
    ROW("sendto", sendto_handle, sendto_arguments),
    ROW("send_disconnect", send_disconnect_handle, disconnect_arguments),
    ROW("set_event", set_event_handle, event_arguments),
    ROW("set_last_error", NULL, NULL),
    ROW("setsockopt", setsockopt_handle, option_arguments),
    ROW("shutdown", shutdown_handle, shutdown_arguments),
    ROW("socket", NULL, socket_arguments),
    ROW("startup", NULL, startup_arguments),
    ROW("wait_for_events", wait_for_events_handle, wait_for_events_arguments),
    ROW("wsaaccept", wsaaccept_handle, accept_arguments),
    ROW("wsaconnect", wsaconnect_handle, connect_arguments),
    ROW("wsaioctl", wsaioctl_handle, wsaioctl_arguments),
    ROW("wsarecv", wsarecv_handle, wsarecv_arguments),
    ROW("wsarecvfrom", wsarecvfrom_handle, recvfrom_arguments),
    ROW("wsasendto", wsasendto_handle, sendto_arguments),
    ROW("wsasend", wsasend_handle, wsasend_arguments),
    ROW("wsasocket", NULL, wsasocket_arguments),
};

static void is_not_a_socket(uintptr_t bad) {
    size_t index;
    for (index = 0; index < COUNT(rows); index++)
        if (rows[index].with_handle != NULL)
            rows[index].with_handle(bad);
}

static void on_family(int family) {
    SOCKET closed = fresh(family);
    size_t index;
    CHECK(closesocket(closed) == 0);
    is_not_a_socket(closed);
    for (index = 0; index < COUNT(rows); index++)
        if (rows[index].with_arguments != NULL)
            rows[index].with_arguments(family);
}

int main(void) {
    WSADATA data;
    check_table(rows, COUNT(rows), 1);
    CHECK(WSAStartup(MAKEWORD(2, 2), &data) == 0);
    is_not_a_socket(INVALID_SOCKET);
    is_not_a_socket(1000000);
    is_not_a_socket(STDIN_FILENO);
    on_family(AF_INET);
    on_family(AF_VESTIBULE);
    CHECK(WSACleanup() == 0);
    return 0;
}
