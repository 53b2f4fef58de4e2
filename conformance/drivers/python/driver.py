#!/usr/bin/env python3
"""The Python driver of the conformance suite: carries out requests with the package `vestibule`.

It speaks the protocol of conformance/PROTOCOL.md on standard input and output. A lane is a thread.
"""

from __future__ import annotations

import contextlib
import errno
import ipaddress
import os
import queue
import resource
import select
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import vestibule
from events import EventVerbs, Registry
from vestibule import (
    Decision,
    Entry,
    FlowSpec,
    InProcessAddress,
    Qos,
    Setting,
    Shutdown,
    SocketOption,
    UserDataKind,
    WinsockError,
)

Fields = dict[str, str]
Address = Any

API = (
    "raw-decision raise raise-propagates qos-parameter timed-accept descriptor-limit data-options "
    "events event-descriptors message-mode select"
)
CAPABILITIES = {
    "in-process": "connect-data disconnect-data refusal-data qos decided-connect refusal-visible active-refusal "
    "withdrawal-visible exact-backlog conditional-accept peer-credentials half-close abort message-oriented "
    "port-addresses datagram-free reset-visible close-visible connect-timeout " + API,
    "tcp": "kernel-handle urgent-data half-close abort port-addresses network-errors reset-visible "
    "kernel-backlog connect-timeout " + API,
}

ENTRIES = {
    ("in-process", None, None): Entry.IN_PROCESS,
    ("in-process", None, "seqpacket"): Entry.IN_PROCESS_MESSAGES,
    ("tcp", None, None): Entry.TCP4,
    ("tcp", "inet", None): Entry.TCP4,
    ("tcp", "inet6", None): Entry.TCP6,
    ("tcp", None, "dgram"): Entry.UDP4,
    ("tcp", "inet", "dgram"): Entry.UDP4,
    ("tcp", "inet6", "dgram"): Entry.UDP6,
}
DECISIONS = {"accept": Decision.ACCEPT, "reject": Decision.REJECT, "defer": Decision.DEFER}
DIRECTIONS = {"receive": Shutdown.RECEIVE, "send": Shutdown.SEND, "both": Shutdown.BOTH}
USER_DATA = {kind.value: kind for kind in UserDataKind}
# Verbs and arguments of the protocol that this API has no counterpart for.
NO_VERBS = {"ioctl", "handle", "last-error", "cleanup"}
NO_ARGUMENTS = {"len", "addrlen", "context", "group", "gqos", "scribble", "reply-bytes", "reply-len", "reply-buf"} | {
    "alertable",
    "result",
}

SETTLE = 0.03 * float(os.environ.get("VESTIBULE_TEST_SLOW") or 1)


class UnsupportedError(Exception):
    """The API has no such thing."""


class BadRequestError(Exception):
    """The request makes no sense."""


class RaisedError(Exception):
    """What a condition function raises when it is told to."""


# Values, section 1 of the protocol.


def read_bytes(text: str | None) -> bytes | None:
    """Bytes, or None where they are absent."""
    if text is None or text == "-":
        return None
    return b"" if text == '""' else bytes.fromhex(text)


def write_bytes(data: bytes | None) -> str:
    """The spelling of bytes."""
    if data is None:
        return "-"
    return data.hex() or '""'


def read_address(text: str) -> Address:
    """An address as the package takes it."""
    if text.startswith("@"):
        node, port = text[1:].split(":")
        return InProcessAddress(int(node), int(port))
    if text == "-" or text.startswith("?"):
        raise UnsupportedError
    host, port = text.rsplit(":", 1)
    if not host.startswith("["):
        return host, int(port)
    ip = ipaddress.IPv6Address(host[1:-1])
    return str(ip).partition("%")[0], int(port), 0, int(ip.scope_id or 0)


def write_address(address: Address) -> str:
    """The spelling of an address."""
    if isinstance(address, InProcessAddress):
        return str(address)
    host, port = address[:2]
    return f"{host}:{port}" if len(address) == 2 else f"[{host}]:{port}"


def read_flow(text: str | None) -> Qos | None:
    """A flow specification; the package has no provider-specific part."""
    if text is None or text == "-":
        return None
    sending, receiving, specific = text.split("/")
    if read_bytes(specific):
        raise UnsupportedError
    sides = [FlowSpec(*map(int, side.split(","))) for side in (sending, receiving)]
    return Qos(*sides)


def write_flow(qos: Qos | None) -> str:
    """The spelling of a flow specification."""
    if qos is None:
        return "-"
    return "/".join([*(",".join(map(str, side)) for side in qos), "-"])


def read_fields(words: list[str]) -> Fields:
    """The `key=value` words of a line."""
    fields = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not equals:
            raise BadRequestError(f"`{word}` is not key=value")
        fields[key] = value
    return fields


def milliseconds(text: str | None) -> float | None:
    """A time in seconds, or None for no limit."""
    return None if text is None else int(text) / 1000


class Lane(EventVerbs):
    """A thread that takes its lines in order, also inside its condition functions."""

    def __init__(self, driver: Driver, name: str) -> None:
        self.driver = driver
        self.events = driver.events
        self.name = name
        self.inbox: queue.SimpleQueue[list[str]] = queue.SimpleQueue()
        threading.Thread(target=self.serve, name=name, daemon=True).start()

    def serve(self) -> list[str]:
        """Carries out requests until an answer for the innermost condition function comes."""
        while True:
            words = self.inbox.get()
            if words[0] == "!":
                return words
            call, _, verb, *rest = words
            self.driver.write(f"{call} {self.perform(call, verb, rest)}")
            if verb == "quit":
                os._exit(0)

    def perform(self, call: str, verb: str, rest: list[str]) -> str:
        """Carries out one request; the words of its reply."""
        extra: Fields = {}
        try:
            fields = read_fields(rest)
            if verb in NO_VERBS or NO_ARGUMENTS & fields.keys():
                raise UnsupportedError
            action: Callable[..., Fields | None] | None = getattr(self, "do_" + verb.replace("-", "_"), None)
            if action is None:
                raise BadRequestError(f"there is no verb `{verb}`")
            outcome = ["ok"]
            extra.update(action(fields, call=call, extra=extra) or {})
        except WinsockError as error:
            outcome = ["fail", error.name]
        except RaisedError:
            return "raised"
        except UnsupportedError:
            return "unsupported"
        except (BadRequestError, ValueError, KeyError, TypeError) as error:
            return f"error {type(error).__name__} {error}"
        return " ".join([*outcome, *(f"{key}={value}" for key, value in extra.items())])

    def socket(self, fields: Fields) -> vestibule.Socket:
        """The socket that a request is about."""
        return self.driver.sockets[fields["name"]]

    # Verbs, section 2 of the protocol. `extra` goes into a reply of failure, too.

    def do_socket(self, fields: Fields, **_: Any) -> None:
        family = None if fields["entry"] == "in-process" else fields.get("family")
        entry = ENTRIES.get((fields["entry"], family, fields.get("type")))
        if entry is None:
            raise UnsupportedError
        self.driver.name(fields["name"], vestibule.Socket(entry))

    def do_bind(self, fields: Fields, **_: Any) -> None:
        self.socket(fields).bind(read_address(fields["addr"]))

    def do_listen(self, fields: Fields, **_: Any) -> None:
        self.socket(fields).listen(int(fields["backlog"]))

    def do_accept(self, fields: Fields, call: str, **_: Any) -> None:
        if "addr" in fields:
            raise UnsupportedError
        condition = {"ask": lambda request: self.ask(call, request), "null": None, "plain": None}[fields["condition"]]
        timeout = milliseconds(fields.get("timeout"))
        accepted = self.socket(fields).accept(condition, timeout=timeout)
        self.driver.name(fields["as"], accepted)

    def ask(self, call: str, request: vestibule.ConnectionRequest) -> int:
        """The condition function: shows the request to the runner and does what it is told."""
        shown = {
            "caller-id": write_address(request.caller_id),
            "caller-data": write_bytes(request.caller_data),
            "callee-id": write_address(request.callee_id),
            "callee-capacity": request.callee_capacity,
            "sqos": write_flow(request.qos),
            "thread": threading.get_ident(),
        }
        if request.credentials is not None:
            shown.update(request.credentials._asdict())
        self.driver.write(" ".join(["?", call, self.name, "condition", *(f"{k}={v}" for k, v in shown.items())]))
        _, _, _, answer, *rest = self.serve()
        effects = read_fields(rest)
        if NO_ARGUMENTS & effects.keys():
            raise BadRequestError(f"cannot do {effects}")
        if "reply" in effects:
            request.callee_data = read_bytes(effects["reply"])
        if "sqos" in effects:
            granted = read_flow(effects["sqos"])
            assert granted is not None
            request.qos = granted
        if answer == "raise":
            raise RaisedError
        decision = DECISIONS.get(answer)
        return int(answer) if decision is None else decision

    def do_connect(self, fields: Fields, extra: Fields, **_: Any) -> None:
        socket = self.socket(fields)
        room = fields.get("callee", "-")
        self.driver.room[socket] = None if room == "-" else int(room)
        try:
            socket.connect(
                read_address(fields["addr"]),
                data=read_bytes(fields.get("caller-data")),
                qos=read_flow(fields.get("sqos")),
            )
        finally:
            if room != "-" and not socket.closed:
                extra.update(self.do_callee(fields))

    def do_callee(self, fields: Fields, **_: Any) -> Fields:
        socket = self.socket(fields)
        data = socket.callee_data[: self.driver.room.get(socket)]
        return {"callee-data": write_bytes(data), "callee-len": str(len(data))}

    def do_send(self, fields: Fields, **_: Any) -> Fields:
        urgent = fields.get("urgent") == "1"
        return {"n": str(self.socket(fields).send(read_bytes(fields["data"]) or b"", urgent=urgent))}

    def do_recv(self, fields: Fields, **_: Any) -> Fields:
        peek, partial, urgent = (fields.get(flag) == "1" for flag in ("peek", "partial", "urgent"))
        data = self.socket(fields).recv(int(fields["max"]), peek=peek, partial=partial, urgent=urgent)
        return {"data": write_bytes(data)}

    def do_select(self, fields: Fields, **_: Any) -> Fields:
        read, write, failed = (
            [] if key not in fields else fields[key].split(",") for key in ("read", "write", "except")
        )
        sockets = self.driver.sockets
        found = vestibule.select(
            [sockets[name] for name in read],
            [sockets[name] for name in write],
            [sockets[name] for name in failed],
            timeout=milliseconds(fields.get("timeout")),
        )
        ready = zip(("read", "write", "except"), (read, write, failed), found, strict=True)
        return {key: ",".join(name for name in names if sockets[name] in have) or "-" for key, names, have in ready}

    def do_shutdown(self, fields: Fields, **_: Any) -> None:
        if fields["how"] not in DIRECTIONS:
            raise UnsupportedError
        self.socket(fields).shutdown(DIRECTIONS[fields["how"]])

    def do_send_disconnect(self, fields: Fields, **_: Any) -> None:
        self.socket(fields).send_disconnect(read_bytes(fields["data"]))

    def do_recv_disconnect(self, fields: Fields, **_: Any) -> Fields:
        if fields["capacity"] == "-":
            self.socket(fields).recv_disconnect()
            return {"data": "-"}
        return {"data": write_bytes(self.socket(fields).recv_disconnect(int(fields["capacity"])))}

    def do_getsockname(self, fields: Fields, **_: Any) -> Fields:
        return {"addr": write_address(self.socket(fields).getsockname())}

    def do_getpeername(self, fields: Fields, **_: Any) -> Fields:
        return {"addr": write_address(self.socket(fields).getpeername())}

    def do_getopt(self, fields: Fields, **_: Any) -> Fields:
        socket, option = self.socket(fields), fields["option"]
        if option == "SO_LINGER":
            on, seconds = socket.linger
            return {"value": f"{int(on)}:{seconds}"}
        if option in USER_DATA:
            return {"value": write_bytes(socket.get_user_data(USER_DATA[option]))}
        value = socket.getsockopt(self.option(option))
        if option == "SO_ERROR" and value != 0:
            return {"value": WinsockError(value).name}
        return {"value": str(value)}

    def do_setopt(self, fields: Fields, **_: Any) -> None:
        socket, option, value = self.socket(fields), fields["option"], fields["value"]
        if option == "SO_LINGER":
            on, seconds = value.split(":")
            socket.linger = (on != "0", int(seconds))
        elif option in USER_DATA:
            socket.set_user_data(USER_DATA[option], read_bytes(value) or b"")
        elif option.removesuffix("LEN") in USER_DATA:
            socket.reserve_user_data(USER_DATA[option.removesuffix("LEN")], int(value))
        else:
            socket.setsockopt(self.option(option), int(value))

    def option(self, name: str) -> SocketOption:
        """The option with this name."""
        try:
            return SocketOption(name)
        except ValueError:
            raise UnsupportedError from None

    def do_nonblocking(self, fields: Fields, **_: Any) -> None:
        self.socket(fields).setblocking(fields["value"] == "0")

    def do_close(self, fields: Fields, **_: Any) -> None:
        self.socket(fields).close()

    def do_wait(self, fields: Fields, **_: Any) -> Fields:
        socket, timeout = self.socket(fields), int(fields["timeout"])
        if fields["for"] == "read":
            poll = select.poll()
            poll.register(socket.fileno(), select.POLLIN)
            return {"ended": str(int(bool(poll.poll(timeout))))}
        try:
            socket.finish_connect(timeout=timeout / 1000)
        except vestibule.TimedOut:
            # Either the attempt has timed out, and the socket knows it, or this wait has.
            if socket.getsockopt(SocketOption.ERROR) != 0:
                raise
            return {"ended": "0"}
        return {"ended": "1"}

    def do_limits(self, fields: Fields, **_: Any) -> Fields:
        limits = self.socket(fields).user_data_limits
        return {"connect-data": str(limits.connect), "disconnect-data": str(limits.disconnect)}

    def do_connect_timeout(self, fields: Fields, **_: Any) -> Fields:
        socket = self.socket(fields)
        if "value" in fields:
            socket.setsockopt(SocketOption.CONNECT_TIMEOUT, int(fields["value"]))
        return {"value": str(socket.getsockopt(SocketOption.CONNECT_TIMEOUT))}

    def do_set_qos(self, fields: Fields, **_: Any) -> None:
        qos = read_flow(fields["sqos"])
        if qos is None:
            raise UnsupportedError
        self.socket(fields).qos = qos

    def do_get_qos(self, fields: Fields, **_: Any) -> Fields:
        return {"sqos": write_flow(self.socket(fields).negotiated_qos())}

    def do_thread(self, fields: Fields, **_: Any) -> Fields:
        return {"thread": str(threading.get_ident())}

    def do_settle(self, fields: Fields, **_: Any) -> None:
        time.sleep(SETTLE)

    def do_descriptors(self, fields: Fields, **_: Any) -> Fields:
        # Listing needs one itself.
        return {"open": str(len(os.listdir("/proc/self/fd")) - 1)}

    def do_exhaust(self, fields: Fields, **_: Any) -> None:
        if fields["entry"] == "in-process":
            vestibule.configure(Setting.MAX_IN_PROCESS_SOCKETS, 0)
        else:
            self.driver.exhaust()

    def do_release(self, fields: Fields, **_: Any) -> None:
        self.driver.release()

    def do_clear(self, fields: Fields, **_: Any) -> None:
        self.driver.release()
        sockets, self.driver.sockets = self.driver.sockets, {}
        self.driver.room.clear()
        for socket in sockets.values():
            with contextlib.suppress(WinsockError):
                if not socket.closed and socket.linger.on:
                    socket.linger = (False, 0)
                socket.close()
        self.events.clear()

    def do_quit(self, fields: Fields, **_: Any) -> None:
        """The reply is written first; the lane ends the process then."""


class Driver:
    """What the lanes share."""

    def __init__(self) -> None:
        self.sockets: dict[str, vestibule.Socket] = {}
        self.events = Registry()
        self.room: dict[vestibule.Socket, int | None] = {}
        self.lanes: dict[str, Lane] = {}
        self.ballast: list[int] = []
        self.limit = resource.getrlimit(resource.RLIMIT_NOFILE)
        self.socket_limit = vestibule.setting(Setting.MAX_IN_PROCESS_SOCKETS)
        self.writing = threading.Lock()

    def write(self, line: str) -> None:
        """Writes one line, whole."""
        with self.writing:
            sys.stdout.buffer.write(line.encode() + b"\n")
            sys.stdout.buffer.flush()

    def name(self, name: str, socket: vestibule.Socket) -> None:
        """Gives a socket a name."""
        self.sockets[name] = socket
        self.events.sockets[socket.message_name] = name

    def exhaust(self) -> None:
        """Opens descriptors until none is left."""
        _, hard = self.limit
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(self.limit[0], 256), hard))
        try:
            while True:
                self.ballast.append(os.open("/dev/null", os.O_RDONLY | os.O_CLOEXEC))
        except OSError as error:
            if error.errno != errno.EMFILE:
                raise

    def release(self) -> None:
        """Undoes the verb `exhaust`."""
        while self.ballast:
            os.close(self.ballast.pop())
        resource.setrlimit(resource.RLIMIT_NOFILE, self.limit)
        vestibule.configure(Setting.MAX_IN_PROCESS_SOCKETS, self.socket_limit)

    def run(self) -> None:
        """Greets, and hands every line to its lane until the input ends."""
        caps = [f"caps.{entry}={','.join(names.split())}" for entry, names in CAPABILITIES.items()]
        entries = ",".join(CAPABILITIES)
        hello = ["hello", "protocol=1", "impl=python", f"version={vestibule.__version__}", f"entries={entries}"]
        self.write(" ".join([*hello, *caps]))
        for line in sys.stdin:
            words = line.split()
            lane = words[2] if words[0] == "!" else words[1]
            if lane not in self.lanes:
                self.lanes[lane] = Lane(self, lane)
            self.lanes[lane].inbox.put(words)


if __name__ == "__main__":
    Driver().run()
    # Lanes may still be waiting in a call; nothing of theirs is to be cleaned up.
    os._exit(0)
