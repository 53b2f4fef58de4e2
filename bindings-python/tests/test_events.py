"""Event objects, and network events that set them."""

import asyncio
import gc
import itertools
import multiprocessing
import os
import re
import select
import selectors
import signal
import threading
import time
import unittest
import weakref
from pathlib import Path

import vestibule
from support import (
    DEADLINE,
    MOMENT,
    Background,
    Decision,
    EntryCase,
    SignalHandled,
    in_a_child,
    interrupted_soon,
    on_every_entry,
)
from vestibule import Entry, EventObject, NetworkEvents, WinsockError, wait_all, wait_any

INVALID_HANDLE = 6
INVALID = 10022
NOT_INITIALISED = 10093
EVERYTHING = (
    NetworkEvents.READ | NetworkEvents.WRITE | NetworkEvents.ACCEPT | NetworkEvents.CONNECT | NetworkEvents.CLOSE
)


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


def is_readable(watched) -> bool:
    """Whether it polls readable now."""
    return bool(select.select([watched], [], [], 0)[0])


class EventCase(unittest.TestCase):
    def setUp(self):
        self.event = self.make()

    def make(self) -> EventObject:
        event = EventObject()
        self.addCleanup(event.close)
        return event

    def assert_error(self, winerror, call, *args, **kwargs):
        with self.assertRaises(WinsockError) as caught:
            call(*args, **kwargs)
        self.assertEqual(caught.exception.winerror, winerror)


class EventObjects(EventCase):
    def test_it_is_unset_until_it_is_set_and_set_until_it_is_reset(self):
        self.assertFalse(self.event.is_set())
        self.assertEqual(repr(self.event), "<vestibule.EventObject unset>")
        self.event.set()
        self.event.set()
        self.assertTrue(self.event.is_set())
        self.assertEqual(repr(self.event), "<vestibule.EventObject set>")
        self.assertTrue(self.event.wait())
        self.assertTrue(self.event.is_set())  # EVT-47
        self.event.reset()
        self.assertFalse(self.event.is_set())

    def test_a_wait_ends_when_another_thread_sets_it(self):
        for waits in (self.event.wait, lambda: wait_any([self.event]), lambda: wait_all([self.event])):
            self.event.reset()
            waiting = Background(waits)
            time.sleep(MOMENT)
            self.assertTrue(waiting.is_alive())
            self.event.set()
            self.assertTrue(waiting.result())

    def test_a_time_out_is_no_error(self):
        for timeout in (0, MOMENT):
            begin = time.monotonic()
            self.assertIs(self.event.wait(timeout), False)
            self.assertIs(self.event.wait(timeout=timeout), False)
            self.assertIsNone(wait_any([self.event], timeout))
            self.assertIs(wait_all([self.event], timeout=timeout), False)
            self.assertGreaterEqual(time.monotonic() - begin, 4 * timeout)

    def test_wait_any_returns_the_first_that_is_set(self):
        events = [self.make() for _ in range(64)]
        events[40].set()
        self.assertIs(wait_any(events), events[40])
        events[7].set()
        self.assertIs(wait_any(iter(events)), events[7])
        self.assertIs(wait_any(reversed(events)), events[40])
        self.assertIs(wait_any([events[7], events[7]], 0), events[7])

    def test_wait_all_takes_all_at_the_same_moment(self):
        first, second = self.make(), self.make()
        waiting = Background(wait_all, [first, second])
        first.set()
        time.sleep(MOMENT)
        first.reset()
        second.set()
        time.sleep(MOMENT)
        self.assertTrue(waiting.is_alive())
        first.set()
        self.assertIs(waiting.result(), True)

    def test_a_closed_one_can_be_closed_again_and_nothing_else(self):
        with self.event as event:
            self.assertIs(event, self.event)
            self.assertFalse(event.closed)
            self.assertGreaterEqual(event.fileno(), 0)
        self.assertTrue(event.closed)
        self.assertEqual(event.fileno(), -1)
        self.assertEqual(repr(event), "<vestibule.EventObject closed>")
        for use in (event.set, event.reset, event.is_set, event.wait):
            self.assert_error(INVALID_HANDLE, use)
        for wait in (wait_any, wait_all):
            self.assert_error(INVALID_HANDLE, wait, [self.make(), event], 0)
        event.close()

    def test_closing_ends_the_waits_of_other_threads(self):
        for exported in (False, True):
            with self.subTest(exported=exported):
                event, other = self.make(), self.make()
                if exported:
                    event.fileno()
                waiting = [
                    Background(event.wait),
                    Background(wait_any, [other, event]),
                    Background(wait_all, [event, other]),
                ]
                time.sleep(MOMENT)
                event.close()
                for wait in waiting:
                    self.assert_error(INVALID_HANDLE, wait.result)

    def test_bad_arguments_are_told_apart(self):
        for wait in (wait_any, wait_all):
            for objects in ([], [self.make() for _ in range(65)], itertools.repeat(self.event)):
                with self.assertRaises(vestibule.InvalidParameter):
                    wait(objects, 0)
            for objects in (None, self.event, [None], [self.event, 3], [object()]):
                with self.assertRaises(TypeError):
                    wait(objects, 0)
            with self.assertRaises(ValueError):
                wait([self.event], -1)
        with self.assertRaises(vestibule.InvalidParameter) as caught:
            wait_all([self.event, self.make(), self.event], 0)  # EVT-45
        self.assertEqual(caught.exception.winerror, 87)
        self.assertIsInstance(caught.exception, ValueError)
        for timeout in (-1, float("nan")):
            with self.assertRaises(ValueError):
                self.event.wait(timeout)
        with self.assertRaises(TypeError):
            self.event.wait("soon")

    def test_its_descriptor_is_readable_while_it_is_set(self):
        self.event.set()
        self.assertTrue(is_readable(self.event))
        self.event.reset()
        self.assertFalse(is_readable(self.event))
        self.event.set()
        self.assertTrue(is_readable(self.event))
        self.assertEqual(self.event.fileno(), self.event.fileno())

    def test_only_a_descriptor_that_was_asked_for_is_there_and_closing_gives_it_back(self):
        with EventObject() as warm_up:
            warm_up.fileno()  # the set of the process stays
        before = descriptors()
        events = [EventObject() for _ in range(50)]
        self.assertEqual(descriptors(), before)
        for event in events:
            event.fileno()
        self.assertGreater(descriptors(), before)
        for event in events:
            event.close()
        self.assertEqual(descriptors(), before)
        dropped = EventObject()
        dropped.fileno()
        reference = weakref.ref(dropped)
        del dropped
        gc.collect()
        self.assertIsNone(reference())
        self.assertEqual(descriptors(), before)

    def test_many_threads_hand_one_on(self):
        events = [self.make() for _ in range(8)]

        def hand_on(index):
            for _ in range(200):
                self.assertTrue(events[index].wait(DEADLINE))
                events[index].reset()
                events[(index + 1) % len(events)].set()

        threads = [Background(hand_on, index) for index in range(len(events))]
        events[0].set()
        for thread in threads:
            thread.result()


class Signals(EventCase):
    """What a signal handler raises ends every wait, and the object can be used on."""

    def waits(self):
        """Every wait, for an object without a descriptor and for one that has one."""
        exported = self.make()
        exported.fileno()
        for event in (self.event, exported):
            for timeout in (None, DEADLINE):
                yield lambda event=event, timeout=timeout: event.wait(timeout)
                yield lambda event=event, timeout=timeout: wait_any([event], timeout)
                yield lambda event=event, timeout=timeout: wait_all([event], timeout)

    def test_a_handler_that_raises_ends_the_wait(self):
        for wait in self.waits():
            with self.assertRaises(SignalHandled), interrupted_soon():
                wait()
        self.event.set()
        self.assertTrue(self.event.wait(0))

    def test_ctrl_c_is_a_keyboard_interrupt(self):
        timer = threading.Timer(2 * MOMENT, os.kill, (os.getpid(), signal.SIGINT))
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            timer.start()
            with self.assertRaises(KeyboardInterrupt):
                self.event.wait(DEADLINE)
        finally:
            timer.join()
            signal.signal(signal.SIGINT, before)

    def test_a_handler_that_raises_nothing_lets_the_wait_go_on(self):
        for wait in (self.event.wait, lambda: wait_any([self.event]), lambda: wait_all([self.event])):
            self.event.reset()
            with interrupted_soon(raising=False) as handled:
                setter = Background(lambda handled=handled: handled.wait(DEADLINE) and self.event.set())
                self.assertTrue(wait())
            setter.result()

    def test_a_time_out_is_not_prolonged_by_signals(self):
        with interrupted_soon(raising=False):
            self.assertFalse(self.event.wait(4 * MOMENT))

    def test_a_handler_may_wait_for_something_else(self):
        self.event.fileno()  # whoever waits for it sleeps in the kernel's set
        with vestibule.listen(("127.0.0.1", 0)) as listener, EventObject() as inner:
            listener.event_select(inner, NetworkEvents.ACCEPT)
            callers = []

            def handle(number, frame):
                callers.append(Background(lambda: time.sleep(MOMENT) or vestibule.connect(listener.getsockname())))
                if inner.wait(DEADLINE):
                    self.event.set()

            before = signal.signal(signal.SIGUSR1, handle)
            timer = threading.Timer(MOMENT, os.kill, (os.getpid(), signal.SIGUSR1))
            begin = time.monotonic()
            try:
                timer.start()
                self.assertTrue(self.event.wait(DEADLINE))
            finally:
                timer.join()
                signal.signal(signal.SIGUSR1, before)
            self.assertLess(time.monotonic() - begin, DEADLINE / 2, "the handler saw the request at its time-out only")
            for caller in callers:
                caller.close()

    def test_a_handler_may_set_what_is_waited_for(self):
        before = signal.signal(signal.SIGUSR1, lambda number, frame: self.event.set())
        try:
            timer = threading.Timer(MOMENT, os.kill, (os.getpid(), signal.SIGUSR1))
            timer.start()
            self.assertTrue(self.event.wait(DEADLINE))
            timer.join()
        finally:
            signal.signal(signal.SIGUSR1, before)


@on_every_entry
class Selecting(EntryCase):
    """Network events of sockets."""

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

    def test_a_request_sets_the_object_and_is_reported_once(self):
        self.listener.event_select(self.event, NetworkEvents.ACCEPT)
        self.assertFalse(self.event.is_set())
        caller = self.call()
        self.assertEqual(self.happened(self.listener), {NetworkEvents.ACCEPT: None})
        self.assertFalse(self.event.is_set())
        self.assertEqual(list(self.listener.network_events()), [])
        self.listener.event_select(None, NetworkEvents(0))
        self.keep(self.listener.accept())
        self.keep(caller.result())

    def test_events_are_an_iterator_over_flags_in_the_order_of_their_numbers(self):
        caller, accepted = self.pair()
        caller.sendall(b"x")
        accepted.event_select(self.event, EVERYTHING)
        self.assertTrue(self.event.wait(DEADLINE))
        reported = accepted.network_events(self.event)
        self.assertIs(iter(reported), reported)
        reported = list(reported)
        self.assertIn((NetworkEvents.READ, None), reported)
        events = [event for event, _ in reported]
        self.assertEqual(events, sorted(events))
        for event in events:
            self.assertIsInstance(event, NetworkEvents)

    def test_an_accepted_socket_reports_to_the_object_of_its_listener(self):
        self.listener.event_select(self.event, NetworkEvents.ACCEPT | NetworkEvents.READ | NetworkEvents.CLOSE)
        caller = self.call()
        self.assertIn(NetworkEvents.ACCEPT, self.happened(self.listener))
        accepted = self.keep(self.listener.accept())
        caller = self.keep(caller.result())
        caller.sendall(b"hello")
        self.assertEqual(self.awaited(accepted, NetworkEvents.READ), {NetworkEvents.READ: None})
        self.assertEqual(accepted.recv(10), b"hello")
        caller.close()
        self.assertEqual(self.awaited(accepted, NetworkEvents.CLOSE), {NetworkEvents.CLOSE: None})

    def test_the_end_of_a_connection_carries_its_error(self):
        caller, accepted = self.pair()
        accepted.event_select(self.event, NetworkEvents.CLOSE)
        caller.linger = vestibule.Linger(True, 0)
        caller.close()
        error = self.awaited(accepted, NetworkEvents.CLOSE)[NetworkEvents.CLOSE]
        self.assertIsInstance(error, vestibule.ConnectionAborted)

    def test_the_end_of_an_attempt_carries_its_error(self):
        caller = self.keep(vestibule.Socket(self.entry))
        caller.event_select(self.event, NetworkEvents.CONNECT)
        self.listener.close()
        with self.assertRaises((vestibule.WouldBlock, vestibule.ConnectionRefused)) as caught:
            caller.connect(self.address)
        if isinstance(caught.exception, vestibule.WouldBlock):
            error = self.awaited(caller, NetworkEvents.CONNECT)[NetworkEvents.CONNECT]
            self.assertIsInstance(error, vestibule.ConnectionRefused)
            self.assertEqual(error.data, b"")

    def test_an_attempt_that_succeeds_carries_none(self):
        caller = self.keep(vestibule.Socket(self.entry))
        caller.event_select(self.event, NetworkEvents.CONNECT | NetworkEvents.WRITE)
        with self.assertRaises(vestibule.WouldBlock):
            caller.connect(self.address)
        self.keep(self.listener.accept(timeout=DEADLINE))
        reported = self.awaited(caller, NetworkEvents.CONNECT, NetworkEvents.WRITE)
        self.assertEqual(reported, {NetworkEvents.CONNECT: None, NetworkEvents.WRITE: None})

    def test_a_registered_socket_is_non_blocking(self):
        self.assertTrue(self.listener.getblocking())
        self.listener.event_select(self.event, NetworkEvents.ACCEPT)
        self.assertFalse(self.listener.getblocking())
        self.assert_error(INVALID, self.listener.setblocking, True)  # HND-30
        self.listener.setblocking(False)
        with self.assertRaises(vestibule.WouldBlock):
            self.listener.accept()
        self.listener.event_select(None, NetworkEvents(0))
        self.assertFalse(self.listener.getblocking())  # EVT-06
        self.listener.setblocking(True)
        self.assertTrue(self.listener.getblocking())

    def test_bad_arguments_leave_the_registration_in_force(self):
        self.listener.event_select(self.event, NetworkEvents.ACCEPT)
        closed = EventObject()
        closed.close()
        other = self.keep(EventObject())
        self.assert_error(INVALID, self.listener.event_select, None, NetworkEvents.ACCEPT)
        self.assert_error(INVALID, self.listener.event_select, closed, NetworkEvents.ACCEPT)
        for mask in (1 << 10, NetworkEvents.ACCEPT | 1 << 31, 1 << 40, -1):
            self.assert_error(INVALID, self.listener.event_select, other, mask)
        for event, mask in ((3, 8), ("event", 8), (other, None), (other, "ACCEPT"), (other, 8.0)):
            with self.assertRaises(TypeError):
                self.listener.event_select(event, mask)
        with self.assertRaises(TypeError):
            self.listener.network_events(3)
        caller = self.call()
        self.assertTrue(self.event.wait(DEADLINE))
        self.assertFalse(other.is_set())
        self.assert_error(INVALID, self.listener.network_events, closed)
        self.assertTrue(self.event.is_set())
        self.assertEqual(self.happened(self.listener), {NetworkEvents.ACCEPT: None})  # EVT-24
        self.listener.event_select(closed, NetworkEvents(0))  # EVT-09
        self.keep(self.listener.accept())
        self.keep(caller.result())

    def test_without_a_registration_nothing_is_reported(self):
        self.event.set()
        self.assertEqual(list(self.listener.network_events(self.event)), [])
        self.assertFalse(self.event.is_set())
        self.listener.close()
        self.assert_error(10038, self.listener.network_events)
        self.assert_error(10038, self.listener.event_select, self.event, NetworkEvents.ACCEPT)

    def test_one_object_serves_many_sockets(self):
        pairs = [self.pair() for _ in range(20)]
        for _, accepted in pairs:
            accepted.event_select(self.event, NetworkEvents.READ)
        self.event.reset()
        for caller, accepted in pairs:
            self.assertFalse(self.event.is_set())
            caller.sendall(b"x")
            self.assertEqual(self.happened(accepted), {NetworkEvents.READ: None})

    def test_a_socket_that_is_closed_leaves_the_object_open(self):
        self.listener.event_select(self.event, NetworkEvents.ACCEPT)
        self.listener.close()
        self.assertFalse(self.event.is_set())
        self.event.set()
        self.assertTrue(self.event.wait(0))

    def test_an_object_that_is_closed_leaves_the_socket_working(self):
        self.listener.event_select(self.event, NetworkEvents.ACCEPT)
        self.event.close()
        caller = self.call()
        while True:
            try:
                accepted = self.keep(self.listener.accept())
                break
            except vestibule.WouldBlock:
                time.sleep(MOMENT)
        self.keep(caller.result())
        self.assertIn((NetworkEvents.WRITE, None), self.report_anew(accepted))

    def report_anew(self, socket):
        """What a registration for an object of its own reports."""
        with EventObject() as event:
            socket.event_select(event, NetworkEvents.WRITE)
            self.assertTrue(event.wait(DEADLINE))
            return list(socket.network_events(event))

    def test_a_deferred_head_is_silent_until_it_is_accepted(self):
        self.listener.event_select(self.event, NetworkEvents.ACCEPT)
        caller = self.call(timeout=None)
        self.assertIn(NetworkEvents.ACCEPT, self.happened(self.listener))
        with self.assertRaises(vestibule.RequestDeferred):
            self.decide(Decision.DEFER)
        self.call()
        time.sleep(MOMENT)
        self.assertFalse(self.event.wait(2 * MOMENT))  # ACC-09
        self.assertFalse(is_readable(self.event))
        with self.assertRaises(vestibule.RequestDeferred):
            self.decide(Decision.DEFER)
        self.assertFalse(self.event.wait(MOMENT))  # ACC-62
        self.assertFalse(is_readable(self.event))
        self.keep(self.listener.accept())
        self.assertEqual(self.awaited(self.listener, NetworkEvents.ACCEPT), {NetworkEvents.ACCEPT: None})  # EVT-14
        self.keep(self.listener.accept())
        caller.result()

    def test_a_selector_sees_what_arrives(self):
        with selectors.DefaultSelector() as selector:
            self.listener.event_select(self.event, NetworkEvents.ACCEPT)
            key = selector.register(self.event, selectors.EVENT_READ)
            self.assertEqual(selector.select(0), [])
            caller = self.call()
            self.assertEqual(selector.select(DEADLINE), [(key, selectors.EVENT_READ)])
            self.assertEqual(self.happened(self.listener), {NetworkEvents.ACCEPT: None})
            self.assertEqual(selector.select(0), [])
            accepted = self.keep(self.listener.accept())
            caller = self.keep(caller.result())
            accepted.event_select(self.event, NetworkEvents.READ)
            caller.sendall(b"x")
            collected = {}
            while NetworkEvents.READ not in collected:
                self.assertEqual(selector.select(DEADLINE), [(key, selectors.EVENT_READ)])
                collected.update(accepted.network_events(self.event))
            self.assertEqual(accepted.recv(1), b"x")
            self.event.is_set()  # takes in what came early
            self.assertEqual(selector.select(0), [])

    def test_an_asyncio_server_that_defers_sleeps(self):
        server = DeferringServer(self.listener)
        first, second = self.call(), None

        async def run():
            nonlocal second
            server.begin(asyncio.get_running_loop())
            await asyncio.wait_for(server.deferred.wait(), DEADLINE)
            second = self.call()
            await asyncio.sleep(MOMENT)
            server.decide()  # defers again
            woken = server.woken
            await asyncio.sleep(10 * MOMENT)
            slept = server.woken - woken
            server.open_the_door()
            await asyncio.wait_for(server.served.wait(), DEADLINE)
            server.end()
            return slept

        slept = asyncio.run(run())
        for caller in (first, second):
            self.assertEqual(caller.result().recv(10, timeout=DEADLINE), b"hello")
        self.assertLessEqual(slept, 1, "it was woken while nothing had changed")
        self.assertLessEqual(server.woken, 8)

    def test_the_server_of_the_readme_greets_when_it_is_ready(self):
        readme = (Path(__file__).resolve().parents[1] / "README.md").read_text()
        (program,) = [block for block in re.findall(r"```python\n(.*?)```", readme, re.DOTALL) if "asyncio" in block]
        names = {}
        exec(program, names)

        async def run():
            ready = asyncio.Event()
            serving = asyncio.ensure_future(names["serve"](self.listener, ready))
            greeted = [asyncio.to_thread(self.greeting) for _ in range(3)]
            greeted = asyncio.gather(*greeted)
            await asyncio.sleep(2 * MOMENT)
            self.assertFalse(greeted.done())
            ready.set()
            self.assertEqual(await asyncio.wait_for(greeted, DEADLINE), [b"welcome"] * 3)
            self.assertFalse(serving.done())
            serving.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await serving

        asyncio.run(run())

    def greeting(self):
        with vestibule.connect(self.address) as caller:
            return caller.recv(10, timeout=DEADLINE)


class DeferringServer:
    """A server that defers everybody until its door is open, and then greets two callers."""

    def __init__(self, listener):
        self.listener = listener
        self.event = EventObject()
        self.is_open = False
        self.woken = 0
        self.greeted = []
        self.deferred, self.served = asyncio.Event(), asyncio.Event()

    def begin(self, loop):
        self.loop = loop
        self.listener.event_select(self.event, NetworkEvents.ACCEPT)
        loop.add_reader(self.event, self.look)

    def end(self):
        self.loop.remove_reader(self.event)
        self.event.close()
        for connection in self.greeted:
            connection.close()

    def look(self):
        self.woken += 1
        for event, error in self.listener.network_events(self.event):
            assert (event, error) == (NetworkEvents.ACCEPT, None)
            self.decide()

    def decide(self):
        try:
            connection = self.listener.accept(lambda _: Decision.ACCEPT if self.is_open else Decision.DEFER)
        except vestibule.RequestDeferred:
            self.deferred.set()
            return
        connection.event_select(None, NetworkEvents(0))
        connection.sendall(b"hello")
        self.greeted.append(connection)
        if len(self.greeted) == 2:
            self.served.set()

    def open_the_door(self):
        self.is_open = True
        self.decide()


class Withdrawing(EntryCase):
    entry = Entry.IN_PROCESS

    def test_a_withdrawn_request_wakes_the_server(self):
        event = self.keep(EventObject())
        self.listener.event_select(event, NetworkEvents.ACCEPT)
        first = self.call(timeout=4 * MOMENT)
        self.assertTrue(event.wait(DEADLINE))
        list(self.listener.network_events(event))
        with self.assertRaises(vestibule.RequestDeferred):
            self.decide(Decision.DEFER)
        second = self.call(data=b"second")
        self.await_accept(event)
        with self.assertRaises(vestibule.AccessDenied):
            self.decide(Decision.ACCEPT)  # ACC-22
        self.await_accept(event)
        seen = []
        self.keep(self.listener.accept(lambda request: seen.append(request.caller_data) or Decision.ACCEPT))
        self.assertEqual(seen, [b"second"])
        second.result()
        with self.assertRaises(vestibule.TimedOut):
            first.result()
        self.callers.remove(first)

    def await_accept(self, event):
        """Until the listener reports a request; the object may be set once more than that."""
        while True:
            self.assertTrue(event.wait(DEADLINE))
            reported = list(self.listener.network_events(event))
            if reported:
                self.assertEqual(reported, [(NetworkEvents.ACCEPT, None)])
                return

    def test_a_refusal_is_reported_with_its_data(self):
        event = self.keep(EventObject())
        caller = self.keep(vestibule.Socket(self.entry))
        caller.event_select(event, NetworkEvents.CONNECT)
        with self.assertRaises(vestibule.WouldBlock):
            caller.connect(self.address)

        def reject(request):
            request.callee_data = b"wrong word"
            return Decision.REJECT

        with self.assertRaises(vestibule.ConnectionRefused):
            self.listener.accept(reject, timeout=DEADLINE)
        self.assertTrue(event.wait(DEADLINE))
        (reported,) = caller.network_events(event)
        self.assertEqual(reported[0], NetworkEvents.CONNECT)
        self.assertIsInstance(reported[1], vestibule.ConnectionRefused)
        self.assertEqual(reported[1].data, b"wrong word")
        with self.assertRaises(vestibule.ConnectionRefused) as caught:
            caller.finish_connect()
        self.assertEqual(caught.exception.data, b"wrong word")


def _in_a_worker(event: EventObject, listener: vestibule.Listener, results) -> None:
    """What a forked worker may do with the objects of its parent, and with its own."""
    try:
        codes = []
        for call in (
            event.wait,
            event.set,
            event.reset,
            event.is_set,
            event.fileno,
            lambda: wait_any([event]),
            lambda: wait_all([event]),
            lambda: listener.event_select(event, NetworkEvents.ACCEPT),
            listener.network_events,
        ):
            try:
                codes.append(call())
            except WinsockError as error:
                codes.append(error.winerror)
        with EventObject() as own, vestibule.listen(("127.0.0.1", 0)) as mine:
            mine.event_select(own, NetworkEvents.ACCEPT)
            calling = Background(vestibule.connect, mine.getsockname())
            codes.append(own.wait(DEADLINE))
            codes.append(is_readable(own))
            mine.accept().close()
            calling.result().close()
        try:
            event.set()
        except WinsockError as error:
            codes.append(error.winerror)
        event.close()
        codes.append(event.closed)
        results.send(codes)
    except BaseException as error:
        results.send(repr(error))


class Forked(unittest.TestCase):
    def test_a_worker_cannot_use_the_objects_of_its_parent_and_makes_its_own(self):
        fork = multiprocessing.get_context("fork")
        with EventObject() as event, vestibule.listen(("127.0.0.1", 0)) as listener:
            listener.event_select(event, NetworkEvents.ACCEPT)
            event.fileno()
            waiting = Background(event.wait)  # sleeps in the set of the parent
            time.sleep(MOMENT)
            receiving, sending = fork.Pipe(duplex=False)
            worker = fork.Process(target=_in_a_worker, args=(event, listener, sending))
            worker.start()
            self.assertTrue(receiving.poll(DEADLINE), "the worker hangs")
            self.assertEqual(receiving.recv(), [NOT_INITIALISED] * 9 + [True, True, INVALID_HANDLE, True])
            worker.join(DEADLINE)
            self.assertEqual(worker.exitcode, 0)
            self.assertTrue(waiting.is_alive(), "the parent's object was not touched")
            with vestibule.connect(listener.getsockname()):
                self.assertTrue(waiting.result())

    def test_a_child_that_drops_an_object_takes_nothing_from_its_parent(self):
        event = EventObject()
        event.fileno()

        def child():
            nonlocal event
            del event
            gc.collect()

        in_a_child(child)
        self.assertFalse(is_readable(event))
        event.set()
        self.assertTrue(is_readable(event))
        event.close()


if __name__ == "__main__":
    unittest.main()
