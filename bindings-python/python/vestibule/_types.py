"""The plain values of the package: enumerations and named tuples."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ._errors import WinsockError


class Decision(enum.IntEnum):
    """What a condition function answers; the numbers are those of ``CF_ACCEPT`` and so on."""

    ACCEPT = 0
    """Take the request: accept returns a connection (ACC-05)."""
    REJECT = 1
    """Refuse it: accept raises :class:`ConnectionRefused` (ACC-06, ACC-18)."""
    DEFER = 2
    """Decide nothing: accept raises :class:`RequestDeferred`, the request keeps the head of the
    backlog and is shown again to the next accept call (ACC-07, ACC-19)."""


class Entry(enum.Enum):
    """What kind of socket it is."""

    TCP4 = "tcp4"
    """Plain TCP over IPv4: the kernel's socket. The kernel connects callers before they are decided."""
    TCP6 = "tcp6"
    """Plain TCP over IPv6, likewise."""
    IN_PROCESS = "in-process"
    """Streams in memory, inside one process. A caller waits for the decision; user data travels along."""
    IN_PROCESS_MESSAGES = "in-process-messages"
    """The same with messages: a send is one message, a receive takes one."""
    UDP4 = "udp4"
    """Datagrams over IPv4: the kernel's socket, without connections."""
    UDP6 = "udp6"
    """Datagrams over IPv6, likewise."""


class Shutdown(enum.IntEnum):
    """Which direction of a connection ends; :data:`socket.SHUT_RD` and so on have the same numbers."""

    RECEIVE = 0
    SEND = 1
    BOTH = 2


class SocketOption(enum.Enum):
    """Options of a socket; values are integers. Booleans are 0 and 1, times are milliseconds."""

    REUSE_ADDRESS = "SO_REUSEADDR"
    """Boolean. No effect on the in-process entry."""
    KEEP_ALIVE = "SO_KEEPALIVE"
    """Boolean. No effect on the in-process entry."""
    OOB_INLINE = "SO_OOBINLINE"
    """Boolean, TCP only."""
    SEND_BUFFER = "SO_SNDBUF"
    """Bytes; reads back what was set."""
    RECEIVE_BUFFER = "SO_RCVBUF"
    """Bytes; reads back what was set."""
    SEND_TIMEOUT = "SO_SNDTIMEO"
    """Milliseconds; 0 means without limit."""
    RECEIVE_TIMEOUT = "SO_RCVTIMEO"
    """Milliseconds; 0 means without limit."""
    NO_DELAY = "TCP_NODELAY"
    """Boolean, TCP only."""
    CONDITIONAL_ACCEPT = "SO_CONDITIONAL_ACCEPT"
    """Boolean, to be set before listen (ACC-69). In-process it changes nothing, plain TCP refuses it."""
    CONNECT_TIMEOUT = "connect-timeout"
    """How long a connect waits, milliseconds: in-process for the decision, on plain TCP for the
    handshake, where 0, the default, leaves it to the kernel (CON-33)."""
    CALLER_CHECK = "caller-check"
    """Boolean, TCP only: whether the listener looks if a caller has reset its request (LSN-37)."""
    DONT_ROUTE = "SO_DONTROUTE"
    """Boolean; kept, without effect."""
    DEBUG = "SO_DEBUG"
    """Boolean; kept, without effect."""
    BROADCAST = "SO_BROADCAST"
    """Boolean, datagrams only: whether they may go to everybody."""
    EXCLUSIVE_ADDRESS = "SO_EXCLUSIVEADDRUSE"
    """Boolean, before bind: nobody else may use the address. So it is unless REUSE_ADDRESS is set, and the
    two exclude each other."""
    KEEP_ALIVE_IDLE = "TCP_KEEPIDLE"
    """Seconds that a connection is idle before it is probed, TCP only."""
    KEEP_ALIVE_INTERVAL = "TCP_KEEPINTVL"
    """Seconds between two probes, TCP only."""
    KEEP_ALIVE_COUNT = "TCP_KEEPCNT"
    """How many probes are not answered before the connection is lost, TCP only."""
    V6_ONLY = "IPV6_V6ONLY"
    """Boolean, before bind, IPv6 only: whether it takes no IPv4."""
    CONNECT_TIME = "SO_CONNECT_TIME"
    """Read only: for how many seconds it has been connected, 0xFFFFFFFF if it is not (SKT-20)."""
    ACCEPT_CONN = "SO_ACCEPTCONN"
    """Boolean, read only: whether the socket listens (LSN-30)."""
    ERROR = "SO_ERROR"
    """Read only: the Winsock number of the socket's own error, 0 if none; reading keeps it (HND-27)."""
    TYPE = "SO_TYPE"
    """Read only: 1 for a stream, 2 for datagrams, 5 for messages."""
    MAX_MESSAGE_SIZE = "SO_MAX_MSG_SIZE"
    """Read only, messages and datagrams only: the longest that can be sent, in bytes: the receive buffer of
    the peer, or what IP carries."""


class Setting(enum.IntEnum):
    """Settings of the process, read and set with :func:`setting` and :func:`configure`.

    A socket takes the values that are in force when it is created. Each setting begins with the
    environment variable of its name, as in ``VESTIBULE_CONNECT_TIMEOUT=5000``, if that is a number in
    range; the environment is read once, before the first use of any setting.
    """

    CONNECT_TIMEOUT = 1
    """How long an in-process connect waits for the decision: milliseconds, default 30 000 (CON-33)."""
    BACKLOG_CEILING = 2
    """The largest effective backlog: 1 to 1 048 576, default 65 535 (LSN-05)."""
    MAX_IN_PROCESS_SOCKETS = 3
    """How many in-process sockets may exist at once: 0 to 1 000 000, default 1 000 000."""
    CALLER_CHECK = 4
    """Whether TCP listeners look if a caller has reset its request: 1 (default) or 0 (LSN-37)."""
    CONNECT_DATA_LIMIT = 5
    """The largest in-process connect data, each way: bytes, 0 to 4096, default 32 (UDA-09)."""
    DISCONNECT_DATA_LIMIT = 6
    """The largest in-process disconnect data: bytes, 0 to 4096, default 64 (UDA-09)."""


class InProcessAddress(NamedTuple):
    """An address of the in-process entry. As text: ``@node:port``."""

    node: int
    """1 is the one node of the process; 0 stands for any when binding."""
    port: int
    """0 asks for a free port when binding."""

    @classmethod
    def local(cls, port: int) -> InProcessAddress:
        """The address of a port on the node of this process."""
        return cls(1, port)

    def __str__(self) -> str:
        return f"@{self.node}:{self.port}"


class Credentials(NamedTuple):
    """The user of a calling process (ACC-73)."""

    uid: int
    gid: int
    pid: int


class UserDataLimits(NamedTuple):
    """How much user data a socket can send, in bytes; 0 where the entry carries none (UDA-27)."""

    connect: int
    """Caller data and callee data."""
    disconnect: int
    """Disconnect data, also that of a refusal."""


class Capability(enum.IntFlag):
    """What an entry can do. What is not in the set fails with an error that says so."""

    CONNECT_DATA = 1 << 0
    """User data travels with the connect request and with its acceptance."""
    DISCONNECT_DATA = 1 << 1
    """User data travels with the teardown, in both directions."""
    REFUSAL_DATA = 1 << 2
    """User data travels with a refusal."""
    QOS = 1 << 3
    """Flow specifications travel with the connect request and its acceptance. They are carried and
    negotiated, not enforced (QOS-18)."""
    DECIDED_CONNECT = 1 << 4
    """The client's connect completes only with the server's decision."""
    REFUSAL_VISIBLE = 1 << 5
    """A rejected client sees its connect fail with :class:`ConnectionRefused`."""
    ACTIVE_REFUSAL = 1 << 6
    """A request that cannot be queued is refused at once."""
    WITHDRAWAL_VISIBLE = 1 << 7
    """The provider learns that a waiting client has given up, and removes the request."""
    EXACT_BACKLOG = 1 << 8
    """The number of undecided requests, a deferred one included, equals the effective backlog."""
    CONDITIONAL_ACCEPT = 1 << 9
    """:attr:`SocketOption.CONDITIONAL_ACCEPT` can be set and read."""
    PEER_CREDENTIALS = 1 << 10
    """The caller's uid, gid and pid are part of the caller information."""
    KERNEL_HANDLE = 1 << 11
    """The SOCKET is the kernel socket itself (HND-31)."""
    HALF_CLOSE = 1 << 12
    """After the peer has ended its direction, this side may go on sending."""
    ABORT = 1 << 13
    """A connection can be reset, and the peer can tell a reset from a graceful end."""
    MESSAGE_ORIENTED = 1 << 14
    """Messages keep their boundaries (SOCK_SEQPACKET)."""
    URGENT_DATA = 1 << 15
    """The protocol has urgent data; see the ``urgent`` of ``send`` and ``recv``.
    :attr:`SocketOption.OOB_INLINE` keeps it in the stream."""
    PORT_ADDRESSES = 1 << 16
    """Addresses have a port: 0 means choose one, and an all-zero destination is not valid."""
    NETWORK_ERRORS = 1 << 17
    """A network or a host can be unreachable."""
    RESET_VISIBLE = 1 << 18
    """A request that its caller has reset is noticed, at the latest when it would be presented."""
    CLOSE_VISIBLE = 1 << 19
    """A request whose caller has closed in an orderly way is noticed."""
    KERNEL_BACKLOG = 1 << 20
    """The kernel's queue is the backlog: as many requests as it says complete their connect, and a
    deferred one no longer counts."""
    CONNECTIONLESS = 1 << 21
    """Datagrams: each is sent to an address and may be lost, and there is nothing to listen to or to accept."""


class ServiceFlags(enum.IntFlag):
    """Service flags of an entry, with Winsock's numbers (``XP1_*``)."""

    CONNECTIONLESS = 0x1
    """Datagrams."""
    GUARANTEED_DELIVERY = 0x2
    """What was sent arrives, or the connection ends."""
    GUARANTEED_ORDER = 0x4
    """What arrives does so in order, and once."""
    MESSAGE_ORIENTED = 0x8
    """Messages keep their boundaries."""
    GRACEFUL_CLOSE = 0x20
    """Closing is negotiated."""
    EXPEDITED_DATA = 0x40
    """The protocol has urgent data."""
    CONNECT_DATA = 0x80
    """User data travels with a connect (UDA-08)."""
    DISCONNECT_DATA = 0x100
    """User data travels with a disconnect (UDA-08)."""
    SUPPORT_BROADCAST = 0x200
    """A datagram can go to everybody."""
    QOS_SUPPORTED = 0x2000
    """Flow specifications travel with a connect."""
    IFS_HANDLES = 0x20000
    """The socket is the kernel's socket itself (HND-31)."""


class NetworkEvents(enum.IntFlag):
    """What can happen to a socket, with Winsock's numbers (``FD_*``).

    A registration's mask is a set of them; each event that is reported is one of them.
    """

    READ = 1 << 0
    """There is something to receive. The end of a connection is not told by it (EVT-19)."""
    WRITE = 1 << 1
    """The connection is established, or there is room again after a send that raised
    :class:`WouldBlock` (EVT-17)."""
    OOB = 1 << 2
    """Urgent data has arrived, and :attr:`SocketOption.OOB_INLINE` is off (EVT-36)."""
    ACCEPT = 1 << 3
    """A connection request waits, and the oldest is not deferred (EVT-02, ACC-09)."""
    CONNECT = 1 << 4
    """A connect attempt has ended, with its error (EVT-03)."""
    CLOSE = 1 << 5
    """The peer has ended its direction, or the connection has broken, with its error. What was received
    before can still be read (EVT-04, EVT-20)."""
    QOS = 1 << 6
    """The quality of service has changed (EVT-33)."""
    GROUP_QOS = 1 << 7
    """Reserved; never reported (EVT-34)."""
    ROUTING_INTERFACE_CHANGE = 1 << 8
    """Never reported (EVT-35)."""
    ADDRESS_LIST_CHANGE = 1 << 9
    """Never reported (EVT-35)."""


class Notification(NamedTuple):
    """A message of a :class:`NotificationPort`: one event of one socket (EVT-50)."""

    message: int
    """The number that the registration has asked for."""
    socket: int
    """The :attr:`~Socket.message_name` of the socket."""
    event: NetworkEvents
    error: WinsockError | None
    """The error of the event, if it has one (EVT-56). The data of a refusal is with the socket."""


class ProtocolInfo(NamedTuple):
    """What the catalogue says about an entry: Winsock's ``WSAPROTOCOL_INFO``, in part."""

    entry: Entry
    name: str
    """Such as ``vestibule TCP/IP``."""
    catalogue_id: int
    """Its number, which it keeps."""
    family: int
    """The number of its address family, as in the ``socket`` module; 0x5645 for in-process."""
    type: int
    """The number of its socket type; :data:`socket.SOCK_STREAM` is 1."""
    protocol: int
    """The number of its protocol; 0 if it has none."""
    service_flags: ServiceFlags
    capabilities: Capability
    user_data_limits: UserDataLimits
    """How much user data new sockets carry, with the settings that are in force (UDA-09)."""
    message_size: int
    """0 where the entry is a stream, 1 where the longest message depends on the connection."""


class UserDataKind(enum.Enum):
    """Which user data an option is about."""

    CONNECT = "SO_CONNDATA"
    """Data of a connect or an acceptance."""
    DISCONNECT = "SO_DISCDATA"
    """Data of a disconnect or a refusal."""


class Linger(NamedTuple):
    """What closing does with data that is not out yet (DIS-40)."""

    on: bool
    """Whether closing waits until what was sent is out."""
    seconds: int
    """How long it waits; 0 means that closing resets the connection."""


NOT_SPECIFIED = 0xFFFF_FFFF
"""The value of a member of :class:`FlowSpec` that states nothing."""


class FlowSpec(NamedTuple):
    """A flow specification: rates in bytes per second, sizes in bytes, times in microseconds (QOS-16).

    Fresh, it states nothing but best effort.
    """

    token_rate: int = NOT_SPECIFIED
    token_bucket_size: int = NOT_SPECIFIED
    peak_bandwidth: int = NOT_SPECIFIED
    latency: int = NOT_SPECIFIED
    delay_variation: int = NOT_SPECIFIED
    service_type: int = 1
    """One of the ``SERVICETYPE_*`` numbers: 0 none, 1 best effort, 2 controlled load, 3 guaranteed."""
    max_sdu_size: int = NOT_SPECIFIED
    minimum_policed_size: int = NOT_SPECIFIED


class Qos(NamedTuple):
    """The flow specifications of both directions, from the point of view of whoever holds them.

    They are carried and negotiated, not enforced (QOS-18).
    """

    sending: FlowSpec = FlowSpec()
    receiving: FlowSpec = FlowSpec()
