/* vestibule_capabilities: what an entry can do, and that it does (UDA-04, HND-19, HND-32). */

#include "util.h"

static uint32_t of(int family) {
    uint32_t bits = 0;
    CHECK(vestibule_capabilities(family, SOCK_STREAM, 0, &bits) == 0);
    return bits;
}

/* What the bits say is what the calls do. */
static void are_true(int family) {
    const uint32_t bits = of(family);
    vestibule_handle socket = stream(family);
    struct vestibule_qos qos;
    size_t connect_data = 0, disconnect_data = 0;
    int on = 1;
    memset(&qos, 0xFF, sizeof qos);
    qos.sending.service_type = qos.receiving.service_type = 1;
    qos.provider_specific.len = 0;
    CHECK(vestibule_user_data_limits(socket, &connect_data, &disconnect_data) == 0);
    CHECK((connect_data > 0) == ((bits & VESTIBULE_CAP_CONNECT_DATA) != 0));
    CHECK((disconnect_data > 0) == ((bits & VESTIBULE_CAP_DISCONNECT_DATA) != 0));
    CHECK((vestibule_set_qos(socket, &qos) == 0) == ((bits & VESTIBULE_CAP_QOS) != 0));
    CHECK((vestibule_setsockopt(socket, VESTIBULE_SOL_SOCKET, VESTIBULE_SO_CONDITIONAL_ACCEPT, &on,
                                sizeof on) == 0) ==
          ((bits & VESTIBULE_CAP_CONDITIONAL_ACCEPT) != 0));
    CHECK((socket < (1u << 30)) == ((bits & VESTIBULE_CAP_KERNEL_HANDLE) != 0));
    CHECK((vestibule_setsockopt(socket, VESTIBULE_SOL_SOCKET, VESTIBULE_SO_OOBINLINE, &on,
                                sizeof on) == 0) == ((bits & VESTIBULE_CAP_URGENT_DATA) != 0));
    CHECK(vestibule_closesocket(socket) == 0);
}

static void bad_arguments(void) {
    uint32_t bits = 77;
    CHECK_ERROR(vestibule_capabilities(77, SOCK_STREAM, 0, &bits), VESTIBULE_WSAEAFNOSUPPORT);
    CHECK_ERROR(vestibule_capabilities(-1, SOCK_STREAM, 0, &bits), VESTIBULE_WSAEAFNOSUPPORT);
    CHECK_ERROR(vestibule_capabilities(23, SOCK_STREAM, 0, &bits), VESTIBULE_WSAEAFNOSUPPORT);
    CHECK_ERROR(vestibule_capabilities(AF_INET, SOCK_SEQPACKET, 0, &bits),
                VESTIBULE_WSAESOCKTNOSUPPORT);
    CHECK_ERROR(vestibule_capabilities(AF_INET, SOCK_STREAM, 99, &bits),
                VESTIBULE_WSAEPROTONOSUPPORT);
    CHECK_ERROR(vestibule_capabilities(AF_INET, SOCK_STREAM, IPPROTO_UDP, &bits),
                VESTIBULE_WSAEPROTOTYPE);
    CHECK_ERROR(vestibule_capabilities(AF_INET, SOCK_STREAM, 0, NULL), VESTIBULE_WSAEFAULT);
    CHECK(bits == 77);
}

static void datagrams(void) {
    const uint32_t datagrams = VESTIBULE_CAP_CONNECTIONLESS | VESTIBULE_CAP_KERNEL_HANDLE;
    uint32_t bits = 0;
    CHECK(vestibule_capabilities(AF_INET, SOCK_DGRAM, IPPROTO_UDP, &bits) == 0);
    CHECK((bits & datagrams) == datagrams);
    CHECK((of(AF_INET) & VESTIBULE_CAP_CONNECTIONLESS) == 0);
}

int main(void) {
    const int *family;
    for (family = families(); *family != 0; family++)
        are_true(*family);
    CHECK(of(AF_INET6) == of(AF_INET));
    CHECK(of(AF_INET) != of(VESTIBULE_AF_IN_PROCESS));
    datagrams();
    bad_arguments();
    return 0;
}
