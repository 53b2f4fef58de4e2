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

SIZE(struct vestibule_credentials, 12);
AT(struct vestibule_credentials, uid, 0);
AT(struct vestibule_credentials, gid, 4);
AT(struct vestibule_credentials, pid, 8);

int main(void) {
    return 0;
}
