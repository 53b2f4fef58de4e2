/* Winsock 2 on Linux: the part that connects, decides and says goodbye.
 *
 * A program written for Winsock includes <winsock2.h>, is compiled with -I.../include/vestibule and
 * linked with -lvestibule. Names, numbers and layouts are Windows'. The library exports none of
 * these names: they stand for vestibule_ws_* symbols, so the system's own socket functions keep
 * working in the rest of the process.
 *
 * Include this header before the system's socket headers. After them it works too, but then bind,
 * connect and their like are macros.
 *
 * What differs from Windows: WSAPoll, overlapped calls and name resolution are not offered yet.
 * ioctlsocket knows FIONBIO, FIONREAD and SIOCATMARK. A condition function has to return: no
 * exception and no longjmp through it.
 *
 * The in-process entry, which Windows does not have, is AF_VESTIBULE; a program that is compiled
 * for Windows as well tests for that name, and VESTIBULE_NO_EXTENSIONS hides it. */

#ifndef _WINSOCK2API_
#define _WINSOCK2API_

/* ---- The system's headers, with the names that Winsock uses differently put aside ------------ */

/* How many sockets a set has is the program's choice; the system's headers have a number, too. */
#if defined FD_SETSIZE && (!defined _SYS_SELECT_H || FD_SETSIZE != __FD_SETSIZE)
#define VESTIBULE_SETSIZE_CHOSEN
#pragma push_macro("FD_SETSIZE")
#undef FD_SETSIZE
#endif

/* Nearly every header of the system brings these. */
#ifndef _SYS_SELECT_H
#define VESTIBULE_PUT_ASIDE
#define select vestibule_system_select
#define fd_set vestibule_system_fd_set
#endif

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/time.h>

#ifdef VESTIBULE_PUT_ASIDE
#undef VESTIBULE_PUT_ASIDE
#undef select
#undef fd_set
#else
#define select vestibule_ws_select
#define fd_set vestibule_ws_fd_set
#endif

#ifndef _SYS_SOCKET_H
#define VESTIBULE_PUT_ASIDE
#define socket vestibule_system_socket
#define bind vestibule_system_bind
#define listen vestibule_system_listen
#define accept vestibule_system_accept
#define connect vestibule_system_connect
#define send vestibule_system_send
#define recv vestibule_system_recv
#define sendto vestibule_system_sendto
#define recvfrom vestibule_system_recvfrom
#define shutdown vestibule_system_shutdown
#define getsockname vestibule_system_getsockname
#define getpeername vestibule_system_getpeername
#define getsockopt vestibule_system_getsockopt
#define setsockopt vestibule_system_setsockopt
#define linger vestibule_system_linger
#endif

#include <sys/socket.h>

#ifdef VESTIBULE_PUT_ASIDE
#undef VESTIBULE_PUT_ASIDE
#undef socket
#undef bind
#undef listen
#undef accept
#undef connect
#undef send
#undef recv
#undef sendto
#undef recvfrom
#undef shutdown
#undef getsockname
#undef getpeername
#undef getsockopt
#undef setsockopt
#undef linger
#else
#define socket vestibule_ws_socket
#define bind vestibule_ws_bind
#define listen vestibule_ws_listen
#define accept vestibule_ws_accept
#define connect vestibule_ws_connect
#define send vestibule_ws_send
#define recv vestibule_ws_recv
#define sendto vestibule_ws_sendto
#define recvfrom vestibule_ws_recvfrom
#define shutdown vestibule_ws_shutdown
#define getsockname vestibule_ws_getsockname
#define getpeername vestibule_ws_getpeername
#define getsockopt vestibule_ws_getsockopt
#define setsockopt vestibule_ws_setsockopt
#define linger vestibule_ws_linger
#endif

/* htons and its family, inet_addr, inet_ntoa, INADDR_*, struct sockaddr_in: the system's own. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include "vestibule_wintypes.h"

/* ---- Types ----------------------------------------------------------------------------------- */

typedef UINT_PTR SOCKET; /* HND-12 */
typedef uint32_t GROUP;
typedef HANDLE WSAEVENT, *LPWSAEVENT;
typedef uint32_t SERVICETYPE;

#include "vestibule_wsnumbers.h"

#undef FD_SETSIZE
#ifdef VESTIBULE_SETSIZE_CHOSEN
#undef VESTIBULE_SETSIZE_CHOSEN
#pragma pop_macro("FD_SETSIZE")
#else
#define FD_SETSIZE 64
#endif

/* A list of sockets, not a set of bits: it may hold any, and select looks at fd_count of them,
 * however long the array is. A program that defines FD_SETSIZE first chooses the length (LAY-39,
 * EVT-64). */
typedef struct fd_set {
    u_int fd_count;
    SOCKET fd_array[FD_SETSIZE];
} fd_set, FD_SET, *PFD_SET, *LPFD_SET;

static inline int vestibule_fd_isset(SOCKET s, const fd_set *set) {
    u_int i;
    for (i = 0; i < set->fd_count; i++)
        if (set->fd_array[i] == s)
            return 1;
    return 0;
}

static inline void vestibule_fd_add(SOCKET s, fd_set *set) {
    if (!vestibule_fd_isset(s, set) && set->fd_count < FD_SETSIZE)
        set->fd_array[set->fd_count++] = s;
}

static inline void vestibule_fd_remove(SOCKET s, fd_set *set) {
    u_int i, kept = 0;
    for (i = 0; i < set->fd_count; i++)
        if (set->fd_array[i] != s)
            set->fd_array[kept++] = set->fd_array[i];
    set->fd_count = kept;
}

#undef FD_ZERO
#undef FD_SET
#undef FD_CLR
#undef FD_ISSET
#define FD_ZERO(set) ((void)((set)->fd_count = 0))
#define FD_SET(s, set) vestibule_fd_add((SOCKET)(s), (set))
#define FD_CLR(s, set) vestibule_fd_remove((SOCKET)(s), (set))
#define FD_ISSET(s, set) vestibule_fd_isset((SOCKET)(s), (set))

typedef struct timeval TIMEVAL, *PTIMEVAL, *LPTIMEVAL; /* the system's, with members of 64 bits */

typedef struct sockaddr SOCKADDR, *PSOCKADDR, *LPSOCKADDR;
typedef struct sockaddr_in SOCKADDR_IN, *PSOCKADDR_IN, *LPSOCKADDR_IN;
typedef struct sockaddr_storage SOCKADDR_STORAGE, *PSOCKADDR_STORAGE;
typedef struct in_addr IN_ADDR, *PIN_ADDR;

/* LAY-11 */
struct linger {
    u_short l_onoff;
    u_short l_linger;
};
typedef struct linger LINGER, *PLINGER, *LPLINGER;

/* LAY-03 */
typedef struct _WSABUF {
    ULONG len;
    CHAR *buf;
} WSABUF, *LPWSABUF;

/* LAY-04: rates are bytes per second, sizes bytes, times microseconds (QOS-16). Flow specifications
 * are carried and negotiated, not enforced (QOS-18). */
typedef struct _flowspec {
    ULONG TokenRate;
    ULONG TokenBucketSize;
    ULONG PeakBandwidth;
    ULONG Latency;
    ULONG DelayVariation;
    SERVICETYPE ServiceType;
    ULONG MaxSduSize;
    ULONG MinimumPolicedSize;
} FLOWSPEC, *PFLOWSPEC, *LPFLOWSPEC;

/* LAY-05 */
typedef struct _QualityOfService {
    FLOWSPEC SendingFlowspec;
    FLOWSPEC ReceivingFlowspec;
    WSABUF ProviderSpecific;
} QOS, *LPQOS;

/* LAY-10 */
typedef struct WSAData {
    WORD wVersion;
    WORD wHighVersion;
    unsigned short iMaxSockets;
    unsigned short iMaxUdpDg;
    char *lpVendorInfo;
    char szDescription[WSADESCRIPTION_LEN + 1];
    char szSystemStatus[WSASYS_STATUS_LEN + 1];
} WSADATA, *LPWSADATA;

/* LAY-06 */
typedef struct _WSANETWORKEVENTS {
    LONG lNetworkEvents;
    int iErrorCode[FD_MAX_EVENTS];
} WSANETWORKEVENTS, *LPWSANETWORKEVENTS;

/* LAY-07 */
typedef struct _WSAPROTOCOLCHAIN {
    int ChainLen;
    DWORD ChainEntries[MAX_PROTOCOL_CHAIN];
} WSAPROTOCOLCHAIN, *LPWSAPROTOCOLCHAIN;

/* LAY-08, LAY-09 */
#define VESTIBULE_PROTOCOL_INFO(name, character)                                                   \
    typedef struct _##name {                                                                       \
        DWORD dwServiceFlags1;                                                                     \
        DWORD dwServiceFlags2;                                                                     \
        DWORD dwServiceFlags3;                                                                     \
        DWORD dwServiceFlags4;                                                                     \
        DWORD dwProviderFlags;                                                                     \
        GUID ProviderId;                                                                           \
        DWORD dwCatalogEntryId;                                                                    \
        WSAPROTOCOLCHAIN ProtocolChain;                                                            \
        int iVersion;                                                                              \
        int iAddressFamily;                                                                        \
        int iMaxSockAddr;                                                                          \
        int iMinSockAddr;                                                                          \
        int iSocketType;                                                                           \
        int iProtocol;                                                                             \
        int iProtocolMaxOffset;                                                                    \
        int iNetworkByteOrder;                                                                     \
        int iSecurityScheme;                                                                       \
        DWORD dwMessageSize;                                                                       \
        DWORD dwProviderReserved;                                                                  \
        character szProtocol[WSAPROTOCOL_LEN + 1];                                                 \
    } name, *LP##name
VESTIBULE_PROTOCOL_INFO(WSAPROTOCOL_INFOA, CHAR);
VESTIBULE_PROTOCOL_INFO(WSAPROTOCOL_INFOW, WCHAR);
#undef VESTIBULE_PROTOCOL_INFO

typedef OVERLAPPED WSAOVERLAPPED, *LPWSAOVERLAPPED;
typedef void(CALLBACK *LPWSAOVERLAPPED_COMPLETION_ROUTINE)(DWORD dwError, DWORD cbTransferred,
                                                           LPWSAOVERLAPPED lpOverlapped,
                                                           DWORD dwFlags);

/* LAY-12: answers CF_ACCEPT, CF_REJECT or CF_DEFER. vestibule.h says what each parameter is. */
typedef int(CALLBACK *LPCONDITIONPROC)(LPWSABUF lpCallerId, LPWSABUF lpCallerData, LPQOS lpSQOS,
                                       LPQOS lpGQOS, LPWSABUF lpCalleeId, LPWSABUF lpCalleeData,
                                       GROUP *g, DWORD_PTR dwCallbackData);

/* LAY-18 */
#define WSAMAKESELECTREPLY(event, error) MAKELONG(event, error)
#define WSAGETSELECTEVENT(lParam) LOWORD(lParam)
#define WSAGETSELECTERROR(lParam) HIWORD(lParam)

/* ---- The in-process entry -------------------------------------------------------------------- */

#ifndef VESTIBULE_NO_EXTENSIONS

/* Sockets in memory, inside one process. Made with AF_VESTIBULE, SOCK_STREAM or, for messages,
 * SOCK_SEQPACKET, and protocol 0. */
#define AF_VESTIBULE 0x5645
#define PF_VESTIBULE AF_VESTIBULE

/* An address: all numbers in the byte order of the machine. */
typedef struct sockaddr_vestibule {
    u_short sv_family;   /* AF_VESTIBULE */
    u_short sv_reserved; /* 0 */
    ULONG sv_node;       /* SV_NODE_LOCAL, or SV_NODE_ANY when binding */
    ULONG sv_port;       /* 0 asks for a free one when binding */
    ULONG sv_zero;       /* 0 */
} SOCKADDR_VESTIBULE, *PSOCKADDR_VESTIBULE;

#define SV_NODE_ANY 0
#define SV_NODE_LOCAL 1

/* The library's own options, of level SOL_VESTIBULE; each is an int. */
#define SOL_VESTIBULE 0x5645
#define SO_VESTIBULE_CONNECT_TIMEOUT 1 /* milliseconds that a connect waits */
#define SO_VESTIBULE_CALLER_CHECK 2    /* whether to look if a caller has reset; TCP only */

/* A message of a notification port, with what a window procedure is given (EVT-50): wParam is the
 * socket, lParam is for WSAGETSELECTEVENT and WSAGETSELECTERROR. */
typedef struct vestibule_message {
    HWND hwnd; /* the port */
    UINT message;
    WPARAM wParam;
    LPARAM lParam;
} VESTIBULE_MESSAGE, *PVESTIBULE_MESSAGE;

#endif

/* ---- Functions ------------------------------------------------------------------------------- */

/* Winsock's name in the program, the library's name in the object file. */
#define VESTIBULE_SYMBOL(name) __asm__("vestibule_ws_" name)

#ifdef __cplusplus
extern "C" {
#endif

int WSAAPI WSAStartup(WORD wVersionRequested, LPWSADATA lpWSAData) VESTIBULE_SYMBOL("startup");
int WSAAPI WSACleanup(void) VESTIBULE_SYMBOL("cleanup");
int WSAAPI WSAGetLastError(void) VESTIBULE_SYMBOL("get_last_error");
void WSAAPI WSASetLastError(int iError) VESTIBULE_SYMBOL("set_last_error");

SOCKET WSAAPI socket(int af, int type, int protocol) VESTIBULE_SYMBOL("socket");
SOCKET WSAAPI WSASocketA(int af, int type, int protocol, WSAPROTOCOL_INFOA *lpProtocolInfo, GROUP g,
                         DWORD dwFlags) VESTIBULE_SYMBOL("wsasocket");
SOCKET WSAAPI WSASocketW(int af, int type, int protocol, WSAPROTOCOL_INFOW *lpProtocolInfo, GROUP g,
                         DWORD dwFlags) VESTIBULE_SYMBOL("wsasocket");
/* WSAEOPNOTSUPP: a socket stays in its process. See vestibule_adopt and vestibule_detach. */
int WSAAPI WSADuplicateSocketA(SOCKET s, DWORD dwProcessId, WSAPROTOCOL_INFOA *lpProtocolInfo)
    VESTIBULE_SYMBOL("duplicate_socket");
int WSAAPI WSADuplicateSocketW(SOCKET s, DWORD dwProcessId, WSAPROTOCOL_INFOW *lpProtocolInfo)
    VESTIBULE_SYMBOL("duplicate_socket");
/* How many entries there are, or SOCKET_ERROR; *lpdwBufferLength becomes what they need (HND-22).
 */
int WSAAPI WSAEnumProtocolsA(LPINT lpiProtocols, WSAPROTOCOL_INFOA *lpProtocolBuffer,
                             LPDWORD lpdwBufferLength) VESTIBULE_SYMBOL("enum_protocols_a");
int WSAAPI WSAEnumProtocolsW(LPINT lpiProtocols, WSAPROTOCOL_INFOW *lpProtocolBuffer,
                             LPDWORD lpdwBufferLength) VESTIBULE_SYMBOL("enum_protocols_w");
int WSAAPI bind(SOCKET s, const struct sockaddr *name, int namelen) VESTIBULE_SYMBOL("bind");
int WSAAPI listen(SOCKET s, int backlog) VESTIBULE_SYMBOL("listen");
int WSAAPI shutdown(SOCKET s, int how) VESTIBULE_SYMBOL("shutdown");
int WSAAPI closesocket(SOCKET s) VESTIBULE_SYMBOL("closesocket");

SOCKET WSAAPI accept(SOCKET s, struct sockaddr *addr, int *addrlen) VESTIBULE_SYMBOL("accept");
SOCKET WSAAPI WSAAccept(SOCKET s, struct sockaddr *addr, int *addrlen,
                        LPCONDITIONPROC lpfnCondition, DWORD_PTR dwCallbackData)
    VESTIBULE_SYMBOL("wsaaccept"); /* LAY-13 */
int WSAAPI connect(SOCKET s, const struct sockaddr *name, int namelen) VESTIBULE_SYMBOL("connect");
/* After WSAEWOULDBLOCK lpCalleeData and its buffer have to stay where they are until the attempt
 * has ended or the socket is closed. They are filled before the success can be seen, by FD_CONNECT,
 * by a descriptor or by a call (CON-25), and never touched after a failure or closesocket (UDA-12).
 */
int WSAAPI WSAConnect(SOCKET s, const struct sockaddr *name, int namelen, LPWSABUF lpCallerData,
                      LPWSABUF lpCalleeData, LPQOS lpSQOS, LPQOS lpGQOS)
    VESTIBULE_SYMBOL("wsaconnect"); /* LAY-14 */

int WSAAPI send(SOCKET s, const char *buf, int len, int flags) VESTIBULE_SYMBOL("send");
int WSAAPI recv(SOCKET s, char *buf, int len, int flags) VESTIBULE_SYMBOL("recv");
/* Up to 1024 buffers; lpOverlapped and lpCompletionRoutine are NULL. */
int WSAAPI WSASend(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount, LPDWORD lpNumberOfBytesSent,
                   DWORD dwFlags, LPWSAOVERLAPPED lpOverlapped,
                   LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine)
    VESTIBULE_SYMBOL("wsasend");
int WSAAPI WSARecv(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount, LPDWORD lpNumberOfBytesRecvd,
                   LPDWORD lpFlags, LPWSAOVERLAPPED lpOverlapped,
                   LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine)
    VESTIBULE_SYMBOL("wsarecv");
int WSAAPI sendto(SOCKET s, const char *buf, int len, int flags, const struct sockaddr *to,
                  int tolen) VESTIBULE_SYMBOL("sendto");
int WSAAPI recvfrom(SOCKET s, char *buf, int len, int flags, struct sockaddr *from, int *fromlen)
    VESTIBULE_SYMBOL("recvfrom");
int WSAAPI WSASendTo(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount, LPDWORD lpNumberOfBytesSent,
                     DWORD dwFlags, const struct sockaddr *lpTo, int iTolen,
                     LPWSAOVERLAPPED lpOverlapped,
                     LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine)
    VESTIBULE_SYMBOL("wsasendto");
int WSAAPI WSARecvFrom(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount,
                       LPDWORD lpNumberOfBytesRecvd, LPDWORD lpFlags, struct sockaddr *lpFrom,
                       LPINT lpFromlen, LPWSAOVERLAPPED lpOverlapped,
                       LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine)
    VESTIBULE_SYMBOL("wsarecvfrom");
int WSAAPI WSASendDisconnect(SOCKET s, LPWSABUF lpOutboundDisconnectData)
    VESTIBULE_SYMBOL("send_disconnect"); /* LAY-15 */
int WSAAPI WSARecvDisconnect(SOCKET s, LPWSABUF lpInboundDisconnectData)
    VESTIBULE_SYMBOL("recv_disconnect"); /* LAY-15 */

/* How many sockets are left in the sets: the ready ones. nfds is ignored (EVT-63, EVT-64). */
int WSAAPI select(int nfds, fd_set *readfds, fd_set *writefds, fd_set *exceptfds,
                  const struct timeval *timeout) VESTIBULE_SYMBOL("select");

int WSAAPI getsockname(SOCKET s, struct sockaddr *name, int *namelen)
    VESTIBULE_SYMBOL("getsockname");
int WSAAPI getpeername(SOCKET s, struct sockaddr *name, int *namelen)
    VESTIBULE_SYMBOL("getpeername");
int WSAAPI getsockopt(SOCKET s, int level, int optname, char *optval, int *optlen)
    VESTIBULE_SYMBOL("getsockopt");
int WSAAPI setsockopt(SOCKET s, int level, int optname, const char *optval, int optlen)
    VESTIBULE_SYMBOL("setsockopt");
int WSAAPI ioctlsocket(SOCKET s, LONG cmd, u_long *argp) VESTIBULE_SYMBOL("ioctlsocket");
int WSAAPI WSAIoctl(SOCKET s, DWORD dwIoControlCode, LPVOID lpvInBuffer, DWORD cbInBuffer,
                    LPVOID lpvOutBuffer, DWORD cbOutBuffer, LPDWORD lpcbBytesReturned,
                    LPWSAOVERLAPPED lpOverlapped,
                    LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine)
    VESTIBULE_SYMBOL("wsaioctl");

/* Network events. Event objects belong to the process: WSACleanup closes none of them, and after
 * the last one these calls fail as all others do (EVT-48, HND-01). */
WSAEVENT WSAAPI WSACreateEvent(void) VESTIBULE_SYMBOL("create_event");
BOOL WSAAPI WSACloseEvent(WSAEVENT hEvent) VESTIBULE_SYMBOL("close_event");
BOOL WSAAPI WSASetEvent(WSAEVENT hEvent) VESTIBULE_SYMBOL("set_event");
BOOL WSAAPI WSAResetEvent(WSAEVENT hEvent) VESTIBULE_SYMBOL("reset_event");
DWORD WSAAPI WSAWaitForMultipleEvents(DWORD cEvents, const WSAEVENT *lphEvents, BOOL fWaitAll,
                                      DWORD dwTimeout, BOOL fAlertable)
    VESTIBULE_SYMBOL("wait_for_events"); /* LAY-17 */
int WSAAPI WSAEventSelect(SOCKET s, WSAEVENT hEventObject, LONG lNetworkEvents)
    VESTIBULE_SYMBOL("event_select"); /* LAY-16 */
int WSAAPI WSAEnumNetworkEvents(SOCKET s, WSAEVENT hEventObject, LPWSANETWORKEVENTS lpNetworkEvents)
    VESTIBULE_SYMBOL("enum_network_events"); /* LAY-16 */
/* The window is a notification port, see VestibuleCreatePort (EVT-55). */
int WSAAPI WSAAsyncSelect(SOCKET s, HWND hWnd, u_int wMsg, LONG lEvent)
    VESTIBULE_SYMBOL("async_select");

#ifndef VESTIBULE_NO_EXTENSIONS

/* A notification port: the queue that takes the place of a window. NULL after a failure. */
HWND WSAAPI VestibuleCreatePort(void) VESTIBULE_SYMBOL("create_port");
BOOL WSAAPI VestibuleClosePort(HWND hPort) VESTIBULE_SYMBOL("close_port");
/* The oldest message; FALSE with WSAETIMEDOUT if none comes within so many milliseconds. */
BOOL WSAAPI VestibuleGetMessage(HWND hPort, PVESTIBULE_MESSAGE lpMessage, DWORD dwTimeout)
    VESTIBULE_SYMBOL("get_message");
/* Descriptors for poll and epoll, or -1: readable while a message waits or the event object is set,
 * and perhaps early; getting a message or waiting with a time-out of 0 makes them exact (EVT-61).
 */
int WSAAPI VestibulePortDescriptor(HWND hPort) VESTIBULE_SYMBOL("port_descriptor");
int WSAAPI VestibuleEventDescriptor(WSAEVENT hEvent) VESTIBULE_SYMBOL("event_descriptor");

#endif

#ifdef __cplusplus
}
#endif

/* Programs call ioctlsocket with an unsigned long, too, which has 64 bits here. */
static inline int vestibule_ioctlsocket_long(SOCKET s, LONG cmd, unsigned long *argp) {
    u_long value = argp == NULL ? 0 : (u_long)*argp;
    int result = ioctlsocket(s, cmd, argp == NULL ? NULL : &value);
    if (result == 0)
        *argp = value;
    return result;
}
#ifdef __cplusplus
static inline int ioctlsocket(SOCKET s, LONG cmd, unsigned long *argp) {
    return vestibule_ioctlsocket_long(s, cmd, argp);
}
#elif __STDC_VERSION__ >= 201112L
#define ioctlsocket(s, cmd, argp)                                                                  \
    _Generic((argp), unsigned long *: vestibule_ioctlsocket_long, default: ioctlsocket)(s, cmd,    \
                                                                                        argp)
#endif

#ifdef UNICODE
#define WSASocket WSASocketW
#define WSADuplicateSocket WSADuplicateSocketW
#define WSAEnumProtocols WSAEnumProtocolsW
typedef WSAPROTOCOL_INFOW WSAPROTOCOL_INFO, *LPWSAPROTOCOL_INFO;
#else
#define WSASocket WSASocketA
#define WSADuplicateSocket WSADuplicateSocketA
#define WSAEnumProtocols WSAEnumProtocolsA
typedef WSAPROTOCOL_INFOA WSAPROTOCOL_INFO, *LPWSAPROTOCOL_INFO;
#endif

#endif
