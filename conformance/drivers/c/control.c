/* Control codes: WSAIoctl. */

#include "driver.h"

#include <stdlib.h>
#include <string.h>

enum outcome set_qos_perform(struct work *work) {
    const char *spelled = words_value(work->words, "sqos");
    DWORD written = 0;
    QOS flow;
    if (spelled == NULL || !flow_read(spelled, &flow))
        return NONSENSE;
    return ended(
        WSAIoctl(work->socket, SIO_SET_QOS, &flow, sizeof flow, NULL, 0, &written, NULL, NULL));
}

enum outcome get_qos_perform(struct work *work) {
    DWORD written = 0;
    QOS flow;
    memset(&flow, 0, sizeof flow);
    if (WSAIoctl(work->socket, SIO_GET_QOS, NULL, 0, &flow, sizeof flow, &written, NULL, NULL) != 0)
        return FAIL;
    flow_add(work->results, "sqos", &flow);
    return OK;
}

enum outcome ioctl_perform(struct work *work) {
    const char *code = words_value(work->words, "code");
    char input[80] = {0}, output[80] = {0};
    DWORD written = 0;
    if (code == NULL)
        return NONSENSE;
    return ended(WSAIoctl(work->socket, (DWORD)strtoul(code, NULL, 0), input, sizeof input, output,
                          sizeof output, &written, NULL, NULL));
}
