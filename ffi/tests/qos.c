/* vestibule_set_qos and vestibule_negotiated_qos (QOS-09 to QOS-14). */

#include "util.h"

static struct vestibule_qos rates(uint32_t sending, uint32_t receiving) {
    struct vestibule_qos qos;
    memset(&qos, 0xFF, sizeof qos); /* states nothing */
    qos.sending.token_rate = sending;
    qos.receiving.token_rate = receiving;
    qos.sending.service_type = qos.receiving.service_type = 2;
    qos.provider_specific.len = 0;
    qos.provider_specific.buf = NULL;
    return qos;
}

static void negotiated(void) {
    struct address address;
    struct caller caller;
    struct vestibule_qos asked = rates(10, 20), got;
    vestibule_handle socket = listener(VESTIBULE_AF_IN_PROCESS, &address), accepted;
    call(&caller, &address, NULL);
    accepted = decide(socket, VESTIBULE_ACCEPT);
    answered(&caller);
    CHECK(vestibule_set_qos(caller.socket, &asked) == 0);
    CHECK(vestibule_negotiated_qos(caller.socket, &got) == 0);
    CHECK(got.sending.token_rate == 10 && got.receiving.token_rate == 20);
    CHECK(vestibule_negotiated_qos(accepted, &got) == 0);
    CHECK(got.sending.token_rate == 20 && got.receiving.token_rate == 10);
    CHECK(got.provider_specific.len == 0 && got.provider_specific.buf == NULL); /* QOS-12 */
    CHECK(vestibule_shutdown(caller.socket, VESTIBULE_SHUT_SEND) == 0);
    asked = rates(0, 30); /* a rate of 0 cannot be carried, but nothing is sent any more */
    CHECK(vestibule_set_qos(caller.socket, &asked) == 0); /* QOS-11 */
    CHECK(vestibule_negotiated_qos(caller.socket, &got) == 0);
    CHECK(got.sending.token_rate == 10 && got.receiving.token_rate == 30);
    hang_up(&caller);
    CHECK(vestibule_closesocket(accepted) == 0);
    CHECK(vestibule_closesocket(socket) == 0);
}

static void bad_arguments(void) {
    struct vestibule_qos qos = rates(1, 2), wrong = rates(0, 2);
    vestibule_handle memory = stream(VESTIBULE_AF_IN_PROCESS), tcp = stream(AF_INET);
    CHECK_ERROR(vestibule_set_qos(memory, NULL), VESTIBULE_WSAEFAULT);
    CHECK_ERROR(vestibule_set_qos(memory, &wrong), VESTIBULE_WSAEOPNOTSUPP); /* QOS-09 */
    wrong = rates(1, 2);
    wrong.provider_specific.len = 1;
    CHECK_ERROR(vestibule_set_qos(memory, &wrong), VESTIBULE_WSAEOPNOTSUPP);
    CHECK_ERROR(vestibule_negotiated_qos(memory, &qos), VESTIBULE_WSAEINVAL); /* QOS-14 */
    CHECK_ERROR(vestibule_set_qos(tcp, NULL), VESTIBULE_WSAENOPROTOOPT);      /* QOS-10 */
    CHECK_ERROR(vestibule_negotiated_qos(tcp, &qos), VESTIBULE_WSAENOPROTOOPT);
    CHECK(vestibule_set_qos(memory, &qos) == 0);
    CHECK(vestibule_closesocket(tcp) == 0);
    CHECK(vestibule_closesocket(memory) == 0);
    CHECK_ERROR(vestibule_set_qos(memory, NULL), VESTIBULE_WSAENOTSOCK);
    CHECK_ERROR(vestibule_negotiated_qos(memory, NULL), VESTIBULE_WSAENOTSOCK);

    memory = stream(VESTIBULE_AF_IN_PROCESS);
    {
        struct address address = loopback(VESTIBULE_AF_IN_PROCESS);
        CHECK(vestibule_bind(memory, &address.is.any, address.length) == 0);
    }
    CHECK_ERROR(vestibule_negotiated_qos(memory, NULL), VESTIBULE_WSAEFAULT);
    CHECK(vestibule_closesocket(memory) == 0);
}

int main(void) {
    negotiated();
    bad_arguments();
    return 0;
}
