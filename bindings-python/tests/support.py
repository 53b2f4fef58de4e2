"""What the tests share: entries, times, threads and signals."""

import contextlib
import os
import select
import signal
import socket
import sys
import threading
import unittest
from typing import Any

import vestibule
from vestibule import Decision, Entry, EventObject, InProcessAddress

SLOW = float(os.environ.get("VESTIBULE_TEST_SLOW") or 1)
"""Every deadline is multiplied by this."""
MOMENT = 0.05 * SLOW
"""Long enough for a thread to start waiting, and for a time-out that is meant to pass."""
DEADLINE = 20 * SLOW
"""What takes longer than this does not happen at all."""

FREE_ADDRESSES = {
    Entry.TCP4: ("127.0.0.1", 0),
    Entry.TCP6: ("::1", 0),
    Entry.IN_PROCESS: InProcessAddress.local(0),
}


def has_ipv6() -> bool:
    """Whether this machine has an IPv6 loopback address."""
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


class Background(threading.Thread):
    """A call on a thread of its own."""

    def __init__(self, call, *args, **kwargs):
        super().__init__(daemon=True)
        self.call = lambda: call(*args, **kwargs)
        self.outcome: Any = None
        self.error: BaseException | None = None
        self.start()

    def run(self):
        try:
            self.outcome = self.call()
        except BaseException as error:
            self.error = error

    def result(self):
        """What the call returned or raised, once it has."""
        self.join(DEADLINE)
        if self.is_alive():
            raise AssertionError("the call has not come back")
        if self.error is not None:
            raise self.error
        return self.outcome

    def close(self):
        """Closes the socket that the call returned, if it did."""
        self.join(DEADLINE)
        if self.outcome is not None:
            self.outcome.close()


class EntryCase(unittest.TestCase):
    """A test on one entry, with a listener to call."""

    entry: Entry

    def setUp(self):
        if self.entry is Entry.TCP6 and not has_ipv6():
            self.skipTest("no IPv6 loopback address on this machine")
        self.callers: list[Background] = []
        self.addCleanup(self.end_callers)  # after the listener is closed, which refuses those that wait
        self.listener = self.keep(vestibule.listen(FREE_ADDRESSES[self.entry]))
        self.address = self.listener.getsockname()

    @property
    def in_process(self) -> bool:
        return self.entry is Entry.IN_PROCESS

    def keep(self, thing):
        """Closes a socket when the test ends."""
        self.addCleanup(thing.close)
        return thing

    def call(self, **options) -> Background:
        """A caller that connects on a thread of its own."""
        caller = Background(vestibule.connect, self.address, **options)
        self.callers.append(caller)
        return caller

    def end_callers(self):
        """Closes what callers have connected."""
        for caller in self.callers:
            caller.close()

    def pair(self):
        """A caller's connection and the accepted one."""
        caller = self.call()
        accepted = self.keep(self.listener.accept(timeout=DEADLINE))
        return self.keep(caller.result()), accepted

    def decide(self, decision):
        """An accept call whose condition function says that."""
        return self.listener.accept(lambda request: decision, timeout=DEADLINE)

    def assert_error(self, winerror, call, *args, **kwargs):
        """The call fails with that Winsock error."""
        with self.assertRaises(vestibule.WinsockError) as caught:
            call(*args, **kwargs)
        self.assertEqual(caught.exception.winerror, winerror)
        return caught.exception


class ReportingCase(EntryCase):
    """A test on one entry, with an event object for sockets to report to."""

    def setUp(self):
        super().setUp()
        self.event = self.keep(EventObject())

    def happened(self, socket, reset=None):
        """What the socket reports, once its event object is set."""
        self.assertTrue(self.event.wait(DEADLINE))
        return dict(socket.network_events(self.event if reset is None else reset))

    def awaited(self, socket, *events):
        """Collects until all of these have been reported."""
        collected = {}
        while not set(events) <= set(collected):
            collected.update(self.happened(socket))
        return collected


def is_readable(watched) -> bool:
    """Whether it polls readable now."""
    return bool(select.select([watched], [], [], 0)[0])


def on_every_entry(scenes):
    """Puts a test case of every stream entry into the module. The class itself has no entry and leaves its name."""
    module = vars(sys.modules[scenes.__module__])
    for entry in FREE_ADDRESSES:
        name = f"{scenes.__name__}{entry.name.title().replace('_', '')}"
        module[name] = type(name, (scenes,), {"entry": entry, "__module__": scenes.__module__})


def in_a_child(call) -> None:
    """Runs a call in a forked child and fails if it does."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            signal.alarm(int(DEADLINE))
            call()
            status = 0
        except BaseException:
            sys.excepthook(*sys.exc_info())
        finally:
            os._exit(status)
    _, status = os.waitpid(child, 0)
    if status != 0:
        raise AssertionError(f"the child ended with {status:#x}")


class SignalHandled(Exception):
    """What a signal handler raises."""


@contextlib.contextmanager
def interrupted_soon(raising=True):
    """Signals arrive until the first one was handled; the handler raises, or not. A signal may arrive just before
    the wait begins, like anywhere else, so it is sent again."""
    handled = threading.Event()
    done = threading.Event()

    def handle(number, frame):
        if not handled.is_set():
            handled.set()
            if raising:
                raise SignalHandled

    def send():
        while not done.wait(MOMENT) and not handled.is_set():
            os.kill(os.getpid(), signal.SIGUSR1)

    before = signal.signal(signal.SIGUSR1, handle)
    sender = Background(send)
    try:
        yield handled
    finally:
        done.set()
        sender.result()
        signal.signal(signal.SIGUSR1, before)


__all__ = [
    "DEADLINE",
    "FREE_ADDRESSES",
    "MOMENT",
    "SLOW",
    "Background",
    "Decision",
    "EntryCase",
    "ReportingCase",
    "SignalHandled",
    "has_ipv6",
    "in_a_child",
    "interrupted_soon",
    "is_readable",
    "on_every_entry",
]
