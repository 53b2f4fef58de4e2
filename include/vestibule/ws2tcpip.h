/* IPv6 addresses of Winsock. Address conversion takes Windows' family numbers. */

#ifndef _WS2TCPIP_H_
#define _WS2TCPIP_H_

#include "winsock2.h"

typedef struct sockaddr_in6 SOCKADDR_IN6, *PSOCKADDR_IN6, *LPSOCKADDR_IN6;
typedef struct in6_addr IN6_ADDR, *PIN6_ADDR;

static inline int vestibule_system_family(int family) {
    return family == AF_INET6 ? 10 : family; /* LAY-38: Linux' number is 10 */
}

static inline int vestibule_inet_pton(int family, const char *text, void *address) {
    return inet_pton(vestibule_system_family(family), text, address);
}

static inline const char *vestibule_inet_ntop(int family, const void *address, char *text,
                                              size_t length) {
    return inet_ntop(vestibule_system_family(family), address, text, (socklen_t)length);
}

#define inet_pton vestibule_inet_pton
#define inet_ntop vestibule_inet_ntop

#endif
