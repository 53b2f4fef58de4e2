"""Checked by mypy, never run: what a typed program may write."""

import selectors

import vestibule
from vestibule import Connection, ConnectionRequest, Decision, InProcessAddress, NetworkEvents, SocketOption


def condition(request: ConnectionRequest) -> Decision:
    data: bytes | None = request.caller_data
    request.callee_data = data or memoryview(b"nothing")
    if request.qos is not None:
        request.qos = vestibule.Qos(sending=request.qos.sending)
    credentials = request.credentials
    return Decision.ACCEPT if credentials is not None and credentials.uid == 0 else Decision.REJECT


def serve() -> bytes:
    with vestibule.listen(("127.0.0.1", 0), backlog=5) as listener, selectors.DefaultSelector() as selector:
        selector.register(listener, selectors.EVENT_READ)
        listener.setsockopt(SocketOption.KEEP_ALIVE, 1)
        try:
            connection: Connection = listener.accept(condition, timeout=1.5)
        except vestibule.ConnectionRefused as refusal:
            return refusal.data
        with connection:
            return connection.recv(10, timeout=1)


def call() -> None:
    with vestibule.connect(InProcessAddress.local(5), data=b"hello") as connection:
        connection.linger = (True, 5)
        connection.sendall(bytearray(b"x"))
        connection.shutdown(vestibule.Shutdown.SEND)


def messages(address: InProcessAddress) -> bytes:
    with vestibule.connect(address, messages=True) as connection:
        try:
            return connection.recv(100, partial=True)
        except vestibule.Disconnected as end:
            return end.name.encode()


def limits(setting: vestibule.Setting) -> int:
    vestibule.configure(setting, 5)
    return vestibule.setting(setting) + vestibule.Socket(vestibule.Entry.TCP4).user_data_limits.connect


def events(listener: vestibule.Listener, selector: selectors.BaseSelector) -> list[str]:
    with vestibule.EventObject() as event, vestibule.EventObject() as other:
        listener.event_select(event, NetworkEvents.ACCEPT | NetworkEvents.CLOSE)
        selector.register(event, selectors.EVENT_READ)
        first: vestibule.EventObject | None = vestibule.wait_any([event, other], timeout=1)
        if first is None or not vestibule.wait_all((event, other), 0) or not event.wait():
            return []
        return [error.name for _, error in listener.network_events(reset=event) if error is not None]


def readable(listener: vestibule.Listener, connection: Connection) -> list[Connection]:
    listeners, writable, failed = vestibule.select([listener], (connection,), [connection], timeout=0)
    return [socket.accept() for socket in listeners] + writable + failed


def notifications(listener: vestibule.Listener) -> int:
    with vestibule.NotificationPort() as port:
        listener.async_select(port, 1, NetworkEvents.ACCEPT)
        for notification in port:
            if notification.socket == listener.message_name and notification.error is None:
                break
        return port.get(timeout=1).event | NetworkEvents.READ
