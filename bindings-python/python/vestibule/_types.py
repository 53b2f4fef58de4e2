"""The plain values of the package: enumerations and named tuples."""

from __future__ import annotations

import enum
from typing import NamedTuple


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
    """In memory, inside one process. A caller waits for the decision; user data travels along."""


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
    ACCEPT_CONN = "SO_ACCEPTCONN"
    """Boolean, read only: whether the socket listens (LSN-30)."""
    ERROR = "SO_ERROR"
    """Read only: the Winsock number of the socket's own error, 0 if none; reading keeps it (HND-27)."""
    TYPE = "SO_TYPE"
    """Read only: 1, a stream."""


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
