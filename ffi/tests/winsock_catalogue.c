/* The catalogue: WSAEnumProtocols, WSASocket with a protocol structure, SO_PROTOCOL_INFO (HND-01,
 * HND-20 to HND-22, HND-31, UDA-08, UDA-26). */

#include "winsock_util.h"
#include <ws2tcpip.h>

#include <string.h>

enum { MANY = 16 };

static WSAPROTOCOL_INFOA narrow[MANY];
static WSAPROTOCOL_INFOW wide[MANY];
static int entries;

static void before_the_start(void) {
    DWORD length = sizeof narrow;
    CHECK_FAILS(WSAEnumProtocolsA(NULL, narrow, &length), WSANOTINITIALISED);
    CHECK_FAILS(WSAEnumProtocolsW(NULL, NULL, NULL), WSANOTINITIALISED);
    CHECK(length == sizeof narrow);
}

/* HND-22: all entries, in the order of registration, in both forms. */
static void enumerate(void) {
    DWORD length = sizeof narrow;
    int index, unit;
    entries = WSAEnumProtocolsA(NULL, narrow, &length);
    CHECK(entries >= 3 && length == (DWORD)entries * sizeof *narrow);
    length = sizeof wide;
    CHECK(WSAEnumProtocolsW(NULL, wide, &length) == entries);
    CHECK(length == (DWORD)entries * sizeof *wide);
    for (index = 0; index < entries; index++) {
        CHECK(memcmp(&narrow[index], &wide[index], offsetof(WSAPROTOCOL_INFOA, szProtocol)) == 0);
        for (unit = 0; unit <= WSAPROTOCOL_LEN; unit++)
            CHECK(narrow[index].szProtocol[unit] == (char)wide[index].szProtocol[unit]);
        CHECK(index == 0 || narrow[index].dwCatalogEntryId > narrow[index - 1].dwCatalogEntryId);
        CHECK(memcmp(&narrow[index].ProviderId, &narrow[0].ProviderId, sizeof(GUID)) == 0);
        CHECK(narrow[index].ProtocolChain.ChainLen == BASE_PROTOCOL);
        CHECK((narrow[index].dwProviderFlags & PFL_HIDDEN) == 0);
    }
    CHECK(narrow[0].ProviderId.Data1 == 0xF33A1EE8 && narrow[0].ProviderId.Data2 == 0x4185);
    CHECK(narrow[0].ProviderId.Data3 == 0x4815 && narrow[0].ProviderId.Data4[0] == 0x95);
}

static void plain_tcp(const WSAPROTOCOL_INFOA *info, int family, int size, const char *name) {
    CHECK(info->dwServiceFlags1 == 0x20066); /* HND-31, UDA-26 */
    CHECK(info->dwServiceFlags2 == 0 && info->dwServiceFlags3 == 0 && info->dwServiceFlags4 == 0);
    CHECK(info->dwProviderFlags == PFL_MATCHES_PROTOCOL_ZERO);
    CHECK(info->iVersion == 2 && info->iAddressFamily == family);
    CHECK(info->iMaxSockAddr == size && info->iMinSockAddr == size);
    CHECK(info->iSocketType == SOCK_STREAM && info->iProtocol == IPPROTO_TCP);
    CHECK(info->iProtocolMaxOffset == 0 && info->iNetworkByteOrder == BIGENDIAN);
    CHECK(info->iSecurityScheme == SECURITY_PROTOCOL_NONE && info->dwMessageSize == 0);
    CHECK(info->dwProviderReserved == 0 && strcmp(info->szProtocol, name) == 0);
}

static void contents(void) {
    plain_tcp(&narrow[0], AF_INET, sizeof(SOCKADDR_IN), "vestibule TCP/IP");
    plain_tcp(&narrow[1], AF_INET6, sizeof(SOCKADDR_IN6), "vestibule TCP/IPv6");
#ifdef AF_VESTIBULE
    {
        const WSAPROTOCOL_INFOA *info = &narrow[2];
        CHECK(info->iAddressFamily == AF_VESTIBULE && info->iSocketType == SOCK_STREAM);
        CHECK(info->dwServiceFlags1 ==
              (XP1_GUARANTEED_DELIVERY | XP1_GUARANTEED_ORDER | XP1_GRACEFUL_CLOSE |
               XP1_CONNECT_DATA | XP1_DISCONNECT_DATA | XP1_QOS_SUPPORTED)); /* UDA-08 */
        CHECK(info->iMaxSockAddr == sizeof(SOCKADDR_VESTIBULE) && info->iProtocol == 0);
        CHECK(info->dwProviderFlags == PFL_MATCHES_PROTOCOL_ZERO);
        CHECK(strcmp(info->szProtocol, "vestibule in-process") == 0);
    }
#endif
}

static void filtered(void) {
    WSAPROTOCOL_INFOA some[MANY];
    DWORD length = sizeof some;
    INT tcp[] = {25, IPPROTO_TCP, 0, 1}, none[] = {0, IPPROTO_TCP}, other[] = {99, 0};
    INT udp[] = {IPPROTO_UDP, 0};
    CHECK(WSAEnumProtocolsA(tcp, some, &length) == 2 && length == 2 * sizeof *some);
    CHECK(memcmp(some, narrow, 2 * sizeof *some) == 0);
    CHECK(WSAEnumProtocolsA(udp, some, &length) == 2 && some[0].iSocketType == SOCK_DGRAM);
    CHECK(some[0].dwServiceFlags1 ==
          (XP1_CONNECTIONLESS | XP1_MESSAGE_ORIENTED | XP1_SUPPORT_BROADCAST | XP1_IFS_HANDLES));
    CHECK(some[0].dwMessageSize == 65507 && some[1].iAddressFamily == AF_INET6);
    CHECK(WSAEnumProtocolsA(none, some, &length) == 0 && length == 0);
    CHECK(WSAEnumProtocolsA(other, NULL, &length) == 0 && length == 0);
    CHECK_FAILS(WSAEnumProtocolsA(tcp, some, &length), WSAENOBUFS);
    CHECK(length == 2 * sizeof *some);
}

/* HND-22: too little room, and what is needed; HND-32. */
static void room(void) {
    static unsigned char buffer[sizeof narrow];
    const DWORD needed = (DWORD)entries * sizeof *narrow;
    DWORD length = needed - 1;
    memset(buffer, 0xA5, sizeof buffer);
    CHECK_FAILS(WSAEnumProtocolsA(NULL, (WSAPROTOCOL_INFOA *)buffer, &length), WSAENOBUFS);
    CHECK(length == needed && buffer[0] == 0xA5);
    length = 0;
    CHECK_FAILS(WSAEnumProtocolsA(NULL, NULL, &length), WSAENOBUFS);
    CHECK(length == needed);
    CHECK_FAILS(WSAEnumProtocolsA(NULL, NULL, &length), WSAEFAULT);
    CHECK(length == needed);
    CHECK_FAILS(WSAEnumProtocolsA(NULL, narrow, NULL), WSAEFAULT);
    CHECK(WSAEnumProtocolsA(NULL, (WSAPROTOCOL_INFOA *)buffer, &length) == entries);
    CHECK(memcmp(buffer, narrow, needed) == 0 && buffer[needed] == 0xA5);
    length = 0;
    CHECK_FAILS(WSAEnumProtocolsW(NULL, wide, &length), WSAENOBUFS);
    CHECK(length == (DWORD)entries * sizeof *wide);
}

static WSAPROTOCOL_INFOA info_of(SOCKET s) {
    WSAPROTOCOL_INFOA info;
    int length = sizeof info;
    memset(&info, 0xA5, sizeof info);
    CHECK(s != INVALID_SOCKET);
    CHECK(getsockopt(s, SOL_SOCKET, SO_PROTOCOL_INFOA, (char *)&info, &length) == 0);
    CHECK(length == sizeof info && closesocket(s) == 0);
    return info;
}

/* HND-20: what is taken from the structure. */
static void creation_from_the_structure(void) {
    const int from = FROM_PROTOCOL_INFO;
    int index;
    for (index = 0; index < entries; index++) {
        const WSAPROTOCOL_INFOA *row = &narrow[index];
        WSAPROTOCOL_INFOA got;
        SOCKET s = WSASocketA(from, from, from, &narrow[index], 0, 0);
        if (s == INVALID_SOCKET && row->iAddressFamily == AF_INET6)
            continue; /* no IPv6 here */
        got = info_of(s);
        CHECK(memcmp(&got, row, sizeof got) == 0);
        got = info_of(WSASocketW(from, from, from, &wide[index], 0, WSA_FLAG_OVERLAPPED));
        CHECK(got.dwCatalogEntryId == row->dwCatalogEntryId);
        got = info_of(WSASocketA(0, 0, from, &narrow[index], 0, 0));
        CHECK(got.dwCatalogEntryId == row->dwCatalogEntryId);
        got = info_of(WSASocketA(0, 0, 0, &narrow[index], 0, 0));
        CHECK(got.dwCatalogEntryId == row->dwCatalogEntryId);
        got = info_of(WSASocketA(row->iAddressFamily, row->iSocketType, row->iProtocol,
                                 &narrow[index], 0, 0));
        CHECK(got.dwCatalogEntryId == row->dwCatalogEntryId);
        /* A value that is given counts. */
        got = info_of(WSASocketA(AF_INET, SOCK_STREAM, IPPROTO_TCP, &narrow[index], 0, 0));
        CHECK(got.dwCatalogEntryId == narrow[0].dwCatalogEntryId);
    }
}

static void bad_structures(void) {
    const int from = FROM_PROTOCOL_INFO;
    WSAPROTOCOL_INFOA info = narrow[0];
    CHECK_NO_SOCKET(WSASocketA(from, SOCK_STREAM, 0, NULL, 0, 0), WSAEAFNOSUPPORT);
    CHECK_NO_SOCKET(WSASocketA(AF_INET, from, 0, NULL, 0, 0), WSAESOCKTNOSUPPORT);
    CHECK_NO_SOCKET(WSASocketA(AF_INET, SOCK_STREAM, from, NULL, 0, 0), WSAEPROTONOSUPPORT);
    CHECK_NO_SOCKET(WSASocketA(0, SOCK_STREAM, 0, NULL, 0, 0), WSAEAFNOSUPPORT);
    CHECK_NO_SOCKET(WSASocketA(from, from, from, &info, SG_UNCONSTRAINED_GROUP, 0), WSAEINVAL);
    info.iAddressFamily = 77;
    CHECK_NO_SOCKET(WSASocketA(from, from, from, &info, 0, 0), WSAEAFNOSUPPORT);
    info = narrow[0];
    info.iSocketType = SOCK_RAW;
    CHECK_NO_SOCKET(WSASocketA(from, from, 0, &info, 0, 0), WSAESOCKTNOSUPPORT);
    info.iSocketType = SOCK_DGRAM;
    CHECK_NO_SOCKET(WSASocketA(from, from, from, &info, 0, 0), WSAEPROTOTYPE);
    info = narrow[0];
    info.iProtocol = 99;
    CHECK_NO_SOCKET(WSASocketA(from, from, from, &info, 0, 0), WSAEPROTONOSUPPORT);
    memset(&info, 0, sizeof info);
    CHECK_NO_SOCKET(WSASocketA(0, 0, 0, &info, 0, 0), WSAEAFNOSUPPORT);
}

static void options(void) {
    WSAPROTOCOL_INFOW info;
    SOCKET s = socket(AF_INET, SOCK_STREAM, 0);
    int length = sizeof info, type = 0, type_length = sizeof type;
    memset(&info, 0xA5, sizeof info);
    CHECK(getsockopt(s, SOL_SOCKET, SO_PROTOCOL_INFOW, (char *)&info, &length) == 0);
    CHECK(length == sizeof info && memcmp(&info, &wide[0], sizeof info) == 0);
    CHECK(getsockopt(s, SOL_SOCKET, SO_TYPE, (char *)&type, &type_length) == 0);
    CHECK(type == SOCK_STREAM);
    memset(&info, 0xA5, sizeof info);
    length = sizeof info - 1;
    CHECK_FAILS(getsockopt(s, SOL_SOCKET, SO_PROTOCOL_INFOW, (char *)&info, &length), WSAEFAULT);
    CHECK(length == sizeof info - 1 && info.iVersion == (int)0xA5A5A5A5);
    CHECK_FAILS(getsockopt(s, SOL_SOCKET, SO_PROTOCOL_INFOA, NULL, &length), WSAEFAULT);
    CHECK_FAILS(getsockopt(s, SOL_SOCKET, SO_PROTOCOL_INFOA, (char *)&info, NULL), WSAEFAULT);
    CHECK_FAILS(setsockopt(s, SOL_SOCKET, SO_PROTOCOL_INFOA, (char *)&info, sizeof info),
                WSAENOPROTOOPT);
    CHECK_FAILS(setsockopt(s, SOL_SOCKET, SO_PROTOCOL_INFOW, (char *)&info, sizeof info),
                WSAENOPROTOOPT);
    CHECK(closesocket(s) == 0);
    CHECK_FAILS(getsockopt(s, SOL_SOCKET, SO_PROTOCOL_INFOA, NULL, NULL), WSAENOTSOCK);
}

int main(void) {
    WSADATA data;
    before_the_start();
    CHECK(WSAStartup(MAKEWORD(2, 2), &data) == 0);
    enumerate();
    contents();
    filtered();
    room();
    creation_from_the_structure();
    bad_structures();
    options();
    CHECK(WSACleanup() == 0);
    return 0;
}
