/* SIO_SET_QOS and SIO_GET_QOS (QOS-04, QOS-09, QOS-11 to QOS-16). */

#include "winsock_util.h"

static int set(SOCKET s, const void *qos, DWORD length) {
    DWORD written = 77;
    int result = WSAIoctl(s, SIO_SET_QOS, (void *)qos, length, NULL, 0, &written, NULL, NULL);
    CHECK(written == (result == 0 ? 0 : 77));
    return result;
}

static int get(SOCKET s, void *qos, DWORD length) {
    DWORD written = 77;
    int result = WSAIoctl(s, SIO_GET_QOS, NULL, 0, qos, length, &written, NULL, NULL);
    CHECK(written == (result == 0 ? sizeof(QOS) : 77));
    return result;
}

/* Every member has a number of its own, from `first` on. */
static FLOWSPEC flow(ULONG first) {
    FLOWSPEC flow;
    flow.TokenRate = first;
    flow.TokenBucketSize = first + 1;
    flow.PeakBandwidth = first + 2;
    flow.Latency = first + 3;
    flow.DelayVariation = first + 4;
    flow.ServiceType = SERVICETYPE_CONTROLLEDLOAD;
    flow.MaxSduSize = first + 5;
    flow.MinimumPolicedSize = first + 6;
    return flow;
}

static QOS both(ULONG sending, ULONG receiving) {
    QOS qos;
    memset(&qos, 0, sizeof qos);
    qos.SendingFlowspec = flow(sending);
    qos.ReceivingFlowspec = flow(receiving);
    return qos;
}

static int same(const QOS *qos, ULONG sending, ULONG receiving) {
    QOS expected = both(sending, receiving);
    return memcmp(&qos->SendingFlowspec, &expected.SendingFlowspec, sizeof(FLOWSPEC)) == 0 &&
           memcmp(&qos->ReceivingFlowspec, &expected.ReceivingFlowspec, sizeof(FLOWSPEC)) == 0 &&
           qos->ProviderSpecific.len == 0 && qos->ProviderSpecific.buf == NULL;
}

static SOCKET fresh(void) {
    SOCKET s = socket(AF_VESTIBULE, SOCK_STREAM, 0);
    CHECK(s != INVALID_SOCKET);
    return s;
}

static int CALLBACK look(LPWSABUF caller_id, LPWSABUF caller_data, LPQOS sqos, LPQOS gqos,
                         LPWSABUF callee_id, LPWSABUF callee_data, GROUP *group,
                         DWORD_PTR context) {
    (void)caller_id, (void)caller_data, (void)gqos, (void)callee_id, (void)callee_data, (void)group;
    *(QOS *)context = *sqos;
    return CF_ACCEPT;
}

/* A connection whose client has asked with SIO_SET_QOS; `shown` is what the server was shown. */
static void connected(SOCKET *client, SOCKET *server, QOS *shown) {
    SOCKADDR_VESTIBULE address = {AF_VESTIBULE, 0, SV_NODE_LOCAL, 0, 0};
    int length = sizeof address;
    u_long on = 1;
    QOS asked = both(100, 200);
    SOCKET listener = fresh();
    CHECK(bind(listener, (SOCKADDR *)&address, length) == 0 && listen(listener, 1) == 0);
    CHECK(getsockname(listener, (SOCKADDR *)&address, &length) == 0);
    *client = fresh();
    CHECK(set(*client, &asked, sizeof asked) == 0);
    CHECK(ioctlsocket(*client, FIONBIO, &on) == 0);
    CHECK_FAILS(connect(*client, (SOCKADDR *)&address, length), WSAEWOULDBLOCK);
    *server = WSAAccept(listener, NULL, NULL, look, (DWORD_PTR)shown);
    CHECK(*server != INVALID_SOCKET && closesocket(listener) == 0);
}

/* QOS-16: every member arrives in its place and in its unit; QOS-05: turned round. */
static void members(void) {
    QOS shown, got;
    SOCKET client, server;
    connected(&client, &server, &shown);
    CHECK(same(&shown, 200, 100));
    CHECK(get(client, &got, sizeof got) == 0 && same(&got, 100, 200));
    CHECK(get(server, &got, sizeof got) == 0 && same(&got, 200, 100));
    CHECK(closesocket(client) == 0 && closesocket(server) == 0);
}

/* QOS-13: what the calls take and give. */
static void buffers(void) {
    unsigned char room[sizeof(QOS) + 8], odd[sizeof(QOS) + 1];
    QOS qos = both(1, 2);
    DWORD written = 0;
    SOCKADDR_VESTIBULE address = {AF_VESTIBULE, 0, SV_NODE_LOCAL, 0, 0};
    SOCKET s = fresh();
    CHECK(bind(s, (SOCKADDR *)&address, sizeof address) == 0);
    CHECK_FAILS(set(s, &qos, sizeof qos - 1), WSAEFAULT);
    CHECK_FAILS(set(s, &qos, 0), WSAEFAULT);
    CHECK_FAILS(set(s, NULL, sizeof qos), WSAEFAULT);
    CHECK_FAILS(WSAIoctl(s, SIO_SET_QOS, &qos, sizeof qos, NULL, 0, NULL, NULL, NULL), WSAEFAULT);
    memcpy(odd + 1, &qos, sizeof qos); /* nothing is assumed about alignment */
    CHECK(set(s, odd + 1, sizeof qos) == 0);
    memcpy(room, &qos, sizeof qos);
    CHECK(set(s, room, sizeof room) == 0); /* more is accepted */

    memset(room, 0xA5, sizeof room);
    CHECK_FAILS(get(s, room, sizeof(QOS) - 1), WSAEFAULT);
    CHECK_FAILS(get(s, room, 0), WSAEFAULT);
    CHECK_FAILS(get(s, NULL, sizeof qos), WSAEFAULT);
    CHECK_FAILS(WSAIoctl(s, SIO_GET_QOS, NULL, 0, room, sizeof room, NULL, NULL, NULL), WSAEFAULT);
    CHECK(room[0] == 0xA5 && room[sizeof(QOS) - 1] == 0xA5);
    CHECK(get(s, room, sizeof room) == 0);
    CHECK(room[sizeof(QOS)] == 0xA5); /* no more than a QOS is written */
    memcpy(&qos, room, sizeof qos);
    CHECK(same(&qos, 1, 2));
    /* AMB-42: input of SIO_GET_QOS is not looked at. */
    CHECK(WSAIoctl(s, SIO_GET_QOS, NULL, 5, &qos, sizeof qos, &written, NULL, NULL) == 0);
    CHECK(written == sizeof qos && closesocket(s) == 0);
    CHECK_FAILS(set(s, NULL, 0), WSAENOTSOCK);
    CHECK_FAILS(get(s, NULL, 0), WSAENOTSOCK);
}

/* QOS-14: a socket that is neither bound nor connected has none yet; QOS-12. */
static void before_it_is_bound(void) {
    SOCKADDR_VESTIBULE address = {AF_VESTIBULE, 0, SV_NODE_LOCAL, 0, 0};
    QOS qos;
    SOCKET s = fresh();
    CHECK_FAILS(get(s, &qos, sizeof qos), WSAEINVAL);
    CHECK(bind(s, (SOCKADDR *)&address, sizeof address) == 0);
    memset(&qos, 0xA5, sizeof qos);
    CHECK(get(s, &qos, sizeof qos) == 0);
    CHECK(qos.SendingFlowspec.ServiceType == SERVICETYPE_BESTEFFORT);
    CHECK(qos.SendingFlowspec.TokenRate == QOS_NOT_SPECIFIED);
    CHECK(qos.ProviderSpecific.len == 0 && qos.ProviderSpecific.buf == NULL);
    CHECK(closesocket(s) == 0);
}

/* QOS-09: what cannot be met is refused, and nothing changes. */
static void impossible(void) {
    QOS shown, got, wrong;
    SOCKET client, server;
    connected(&client, &server, &shown);
    wrong = both(5, 6);
    wrong.SendingFlowspec.ServiceType = 0x77;
    CHECK_FAILS(set(client, &wrong, sizeof wrong), WSAEOPNOTSUPP);
    wrong = both(5, 6);
    wrong.SendingFlowspec.PeakBandwidth = 4;
    CHECK_FAILS(set(client, &wrong, sizeof wrong), WSAEOPNOTSUPP);
    wrong = both(5, 6);
    wrong.ProviderSpecific.buf = (char *)&wrong;
    wrong.ProviderSpecific.len = 1; /* there are no parameters, and none are dropped */
    CHECK_FAILS(set(client, &wrong, sizeof wrong), WSAEOPNOTSUPP);
    CHECK(get(client, &got, sizeof got) == 0 && same(&got, 100, 200));
    CHECK(closesocket(client) == 0 && closesocket(server) == 0);
}

/* QOS-11: of a direction that was shut down nothing is asked. */
static void unused_direction(void) {
    QOS shown, got, asked = both(5, 6);
    SOCKET client, server;
    connected(&client, &server, &shown);
    CHECK(shutdown(client, SD_SEND) == 0);
    asked.SendingFlowspec.ServiceType = 0x77;
    CHECK(set(client, &asked, sizeof asked) == 0);
    CHECK(get(client, &got, sizeof got) == 0 && same(&got, 100, 6));
    CHECK(get(server, &got, sizeof got) == 0 && same(&got, 6, 100));
    CHECK(closesocket(client) == 0 && closesocket(server) == 0);
}

int main(void) {
    WSADATA data;
    CHECK(WSAStartup(MAKEWORD(2, 2), &data) == 0);
    members();
    buffers();
    before_it_is_bound();
    impossible();
    unused_direction();
    CHECK(WSACleanup() == 0);
    return 0;
}
