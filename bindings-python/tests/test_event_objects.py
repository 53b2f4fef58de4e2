"""Event objects: setting and resetting them, and waiting for them."""

import gc
import itertools
import os
import signal
import threading
import time
import unittest
import weakref

import vestibule
from support import DEADLINE, MOMENT, Background, SignalHandled, interrupted_soon, is_readable
from vestibule import EventObject, NetworkEvents, WinsockError, wait_all, wait_any

INVALID_HANDLE = 6


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


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


if __name__ == "__main__":
    unittest.main()
