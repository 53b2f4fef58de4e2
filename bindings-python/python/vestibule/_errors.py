"""The errors of the package: one class, and subclasses that are also Python's own."""

from __future__ import annotations

from ._vestibule import error_table

_TABLE = {winerror: (name, errno, text) for winerror, name, errno, text in error_table()}


class WinsockError(OSError):
    """Every error that the library reports.

    It is made from the Winsock number; ``errno`` and ``strerror`` follow from it.
    """

    winerror: int
    """The Winsock number, as ``WSAGetLastError`` reports it."""
    name: str
    """Its name in the Winsock headers, such as ``WSAECONNREFUSED``."""

    def __init__(self, winerror: int) -> None:
        if winerror not in _TABLE:
            raise ValueError(f"{winerror} is no Winsock error of this library")
        name, errno, text = _TABLE[winerror]
        super().__init__(errno, text)
        self.winerror = winerror
        self.name = name

    def __str__(self) -> str:
        return f"[{self.name} {self.winerror}] {self.strerror}"

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.winerror,), self.__dict__


class ConnectionRefused(WinsockError, ConnectionRefusedError):
    """WSAECONNREFUSED: the condition function rejected the request (ACC-18), or the server did, or
    nothing listens there (CON-08, CON-09)."""

    data: bytes = b""
    """What the server sent along with its refusal; empty if nothing (ACC-44)."""


class RequestDeferred(WinsockError, BlockingIOError):
    """WSATRY_AGAIN: the condition function deferred the request, which keeps the head of the backlog
    (ACC-19)."""


class WouldBlock(WinsockError, BlockingIOError):
    """WSAEWOULDBLOCK: the socket is non-blocking and the call cannot finish now."""


class TimedOut(WinsockError, TimeoutError):
    """WSAETIMEDOUT: the time allowed has passed."""


class ConnectionReset(WinsockError, ConnectionResetError):
    """WSAECONNRESET: the peer has reset the connection."""


class ConnectionAborted(WinsockError, ConnectionAbortedError):
    """WSAECONNABORTED: the connection was ended by a local failure."""


class DirectionShutDown(WinsockError, BrokenPipeError):
    """WSAESHUTDOWN: this direction has been shut down."""


class Disconnected(WinsockError, EOFError):
    """WSAEDISCON: the peer of a message-oriented connection has ended its direction gracefully, and every
    message was received (DIS-34)."""


class Interrupted(WinsockError, InterruptedError):
    """WSAEINTR: another thread closed the socket while the call waited (ACC-57)."""


class AccessDenied(WinsockError, PermissionError):
    """WSAEACCES: the request that was offered has been withdrawn (ACC-22), or the process may not use
    the port."""


class InvalidDecision(WinsockError, ValueError):
    """WSAEINVAL: the condition function returned something that is not a decision. The request stays at
    the head of the backlog, undecided (ACC-20, ACC-21)."""


class InvalidParameter(WinsockError, ValueError):
    """WSA_INVALID_PARAMETER: a wait for no event object or for more than 64 (EVT-43), or for all of several
    with one of them named twice (EVT-45)."""


_CLASSES: dict[int, type[WinsockError]] = {
    87: InvalidParameter,
    10004: Interrupted,
    10013: AccessDenied,
    10035: WouldBlock,
    10053: ConnectionAborted,
    10054: ConnectionReset,
    10058: DirectionShutDown,
    10060: TimedOut,
    10061: ConnectionRefused,
    10101: Disconnected,
    11002: RequestDeferred,
}


def make_error(winerror: int, data: bytes = b"") -> WinsockError:
    """The error with this Winsock number, in its own class, with the data of a refusal."""
    error = _CLASSES.get(winerror, WinsockError)(winerror)
    if data and isinstance(error, ConnectionRefused):
        error.data = data
    return error


def make_invalid_decision(answer: object) -> InvalidDecision:
    """The error for an answer of a condition function that is no decision."""
    error = InvalidDecision(10022)
    error.strerror = f"the condition function returned {answer!r}, which is not a Decision"
    return error
