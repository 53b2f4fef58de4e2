/* The layout of the structures of vestibule.h: a part of the ABI, and where Winsock has the same
 * structure its layout (LAY-03 to LAY-05, LAY-11, LAY-12). It compiles or it does not. */

#include <winsock2.h>

#include <stddef.h>
#include <vestibule.h>

#ifdef __cplusplus
#define SAME(what, value) static_assert((what) == (value), #what)
#else
#define SAME(what, value) _Static_assert((what) == (value), #what)
#endif

#define SIZE(type, size) SAME(sizeof(type), size)
#define AT(type, member, offset) SAME(offsetof(type, member), offset)
#define AS(type, member, winsock, its_member)                                                      \
    SAME(offsetof(type, member), offsetof(winsock, its_member));                                   \
    SAME(sizeof(((type *)0)->member), sizeof(((winsock *)0)->its_member))

SIZE(vestibule_handle, sizeof(SOCKET));
SIZE(vestibule_condition, sizeof(LPCONDITIONPROC));

SIZE(struct vestibule_buffer, sizeof(WSABUF));
AS(struct vestibule_buffer, len, WSABUF, len);
AS(struct vestibule_buffer, buf, WSABUF, buf);

SIZE(struct vestibule_flowspec, sizeof(FLOWSPEC));
AS(struct vestibule_flowspec, token_rate, FLOWSPEC, TokenRate);
AS(struct vestibule_flowspec, token_bucket_size, FLOWSPEC, TokenBucketSize);
AS(struct vestibule_flowspec, peak_bandwidth, FLOWSPEC, PeakBandwidth);
AS(struct vestibule_flowspec, latency, FLOWSPEC, Latency);
AS(struct vestibule_flowspec, delay_variation, FLOWSPEC, DelayVariation);
AS(struct vestibule_flowspec, service_type, FLOWSPEC, ServiceType);
AS(struct vestibule_flowspec, max_sdu_size, FLOWSPEC, MaxSduSize);
AS(struct vestibule_flowspec, minimum_policed_size, FLOWSPEC, MinimumPolicedSize);

SIZE(struct vestibule_qos, sizeof(QOS));
AS(struct vestibule_qos, sending, QOS, SendingFlowspec);
AS(struct vestibule_qos, receiving, QOS, ReceivingFlowspec);
AS(struct vestibule_qos, provider_specific, QOS, ProviderSpecific);

SIZE(struct vestibule_linger, sizeof(LINGER));
AS(struct vestibule_linger, on, LINGER, l_onoff);
AS(struct vestibule_linger, seconds, LINGER, l_linger);

SIZE(struct vestibule_sockaddr, sizeof(SOCKADDR_VESTIBULE));
SIZE(struct vestibule_sockaddr, 16);
AS(struct vestibule_sockaddr, family, SOCKADDR_VESTIBULE, sv_family);
AS(struct vestibule_sockaddr, node, SOCKADDR_VESTIBULE, sv_node);
AS(struct vestibule_sockaddr, port, SOCKADDR_VESTIBULE, sv_port);
AT(struct vestibule_sockaddr, node, 4);
AT(struct vestibule_sockaddr, port, 8);

SIZE(vestibule_event, sizeof(WSAEVENT));
SIZE(vestibule_port, sizeof(HWND));
SIZE(struct vestibule_network_events, sizeof(WSANETWORKEVENTS));
AS(struct vestibule_network_events, events, WSANETWORKEVENTS, lNetworkEvents);
AS(struct vestibule_network_events, errors, WSANETWORKEVENTS, iErrorCode);
SAME(VESTIBULE_FD_READ, FD_READ);
SAME(VESTIBULE_FD_WRITE, FD_WRITE);
SAME(VESTIBULE_FD_OOB, FD_OOB);
SAME(VESTIBULE_FD_ACCEPT, FD_ACCEPT);
SAME(VESTIBULE_FD_CONNECT, FD_CONNECT);
SAME(VESTIBULE_FD_CLOSE, FD_CLOSE);
SAME(VESTIBULE_FD_QOS, FD_QOS);
SAME(VESTIBULE_FD_GROUP_QOS, FD_GROUP_QOS);
SAME(VESTIBULE_FD_ROUTING_INTERFACE_CHANGE, FD_ROUTING_INTERFACE_CHANGE);
SAME(VESTIBULE_FD_ADDRESS_LIST_CHANGE, FD_ADDRESS_LIST_CHANGE);
SAME(VESTIBULE_FD_MAX_EVENTS, FD_MAX_EVENTS);
SAME(VESTIBULE_FD_ALL_EVENTS, FD_ALL_EVENTS);
SAME(VESTIBULE_MAX_WAIT_EVENTS, WSA_MAXIMUM_WAIT_EVENTS);
SAME(VESTIBULE_WAIT_EVENT_0, WSA_WAIT_EVENT_0);
SAME(VESTIBULE_WAIT_TIMEOUT, WSA_WAIT_TIMEOUT);
SAME(VESTIBULE_WAIT_FAILED, WSA_WAIT_FAILED);

SIZE(struct vestibule_notification, 24);
AT(struct vestibule_notification, socket, 0);
AT(struct vestibule_notification, message, 8);
AT(struct vestibule_notification, event, 12);
AT(struct vestibule_notification, error, 16);
SIZE(VESTIBULE_MESSAGE, 32);
AT(VESTIBULE_MESSAGE, message, 8);
AT(VESTIBULE_MESSAGE, wParam, 16);
AT(VESTIBULE_MESSAGE, lParam, 24);

SIZE(struct vestibule_credentials, 12);
AT(struct vestibule_credentials, uid, 0);
AT(struct vestibule_credentials, gid, 4);
AT(struct vestibule_credentials, pid, 8);

int main(void) {
    return 0;
}
