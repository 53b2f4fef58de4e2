/* The ISO transport's names (LAY-40). The entry itself is not offered yet. */

#ifndef _WSHISOTP_
#define _WSHISOTP_

#include "winsock2.h"

#define ISOPROTO_TP0 25
#define ISOPROTO_TP1 26
#define ISOPROTO_TP2 27
#define ISOPROTO_TP3 28
#define ISOPROTO_TP4 29
#define ISO_MAX_ADDR_LENGTH 64
#define ISO_HIERARCHICAL 0
#define ISO_NON_HIERARCHICAL 1

typedef struct sockaddr_tp {
    u_short tp_family;
    u_short tp_addr_type;
    u_short tp_taddr_len;
    u_short tp_tsel_len;
    u_char tp_addr[ISO_MAX_ADDR_LENGTH];
} SOCKADDR_TP, *PSOCKADDR_TP, *LPSOCKADDR_TP;

#endif
