"""Conditional accept for Linux: a server looks at a connection request before it answers it.

A condition function sees who calls and what the caller sent along, and decides::

    import vestibule
    from vestibule import Decision

    def only_friends(request):
        if request.caller_data == b"open sesame":
            return Decision.ACCEPT
        return Decision.REJECT

    with vestibule.listen(vestibule.InProcessAddress.local(7000)) as listener:
        with listener.accept(only_friends) as connection:
            connection.sendall(b"welcome")

Addresses are those of Python's ``socket`` module with a numeric host, or :class:`InProcessAddress`.
Every error is a :class:`WinsockError`, and the Python exception that one would expect as well. Calls
that wait let other threads run and end with ``KeyboardInterrupt`` on Ctrl-C. Requirement ids such as
ACC-19 name rows of the project's specification.

A program with an event loop registers for network events with :meth:`Socket.event_select`. They set an
:class:`EventObject`, which ``selectors`` and asyncio can watch, also while a request is deferred.
"""

from ._errors import (
    AccessDenied,
    ConnectionAborted,
    ConnectionRefused,
    ConnectionReset,
    DirectionShutDown,
    Disconnected,
    Interrupted,
    InvalidDecision,
    InvalidParameter,
    RequestDeferred,
    TimedOut,
    WinsockError,
    WouldBlock,
)
from ._types import (
    NOT_SPECIFIED,
    Capability,
    Credentials,
    Decision,
    Entry,
    FlowSpec,
    InProcessAddress,
    Linger,
    NetworkEvents,
    Notification,
    ProtocolInfo,
    Qos,
    ServiceFlags,
    Setting,
    Shutdown,
    SocketOption,
    UserDataKind,
    UserDataLimits,
)
from ._vestibule import (
    Connection,
    ConnectionRequest,
    EventObject,
    Listener,
    NotificationPort,
    Socket,
    __version__,
    adopt,
    catalogue,
    configure,
    connect,
    listen,
    select,
    setting,
    wait_all,
    wait_any,
)

__all__ = [
    "NOT_SPECIFIED",
    "AccessDenied",
    "Capability",
    "Connection",
    "ConnectionAborted",
    "ConnectionRefused",
    "ConnectionRequest",
    "ConnectionReset",
    "Credentials",
    "Decision",
    "DirectionShutDown",
    "Disconnected",
    "Entry",
    "EventObject",
    "FlowSpec",
    "InProcessAddress",
    "Interrupted",
    "InvalidDecision",
    "InvalidParameter",
    "Linger",
    "Listener",
    "NetworkEvents",
    "Notification",
    "NotificationPort",
    "ProtocolInfo",
    "Qos",
    "RequestDeferred",
    "ServiceFlags",
    "Setting",
    "Shutdown",
    "Socket",
    "SocketOption",
    "TimedOut",
    "UserDataKind",
    "UserDataLimits",
    "WinsockError",
    "WouldBlock",
    "__version__",
    "adopt",
    "catalogue",
    "configure",
    "connect",
    "listen",
    "select",
    "setting",
    "wait_all",
    "wait_any",
]

# Tracebacks and pickles name the public package.
for _name in __all__:
    _public = globals()[_name]
    if isinstance(_public, type):
        _public.__module__ = __name__
del _name, _public
