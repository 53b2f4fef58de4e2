"""Event objects in forked children."""

import gc
import multiprocessing
import time
import unittest

import vestibule
from support import DEADLINE, MOMENT, Background, in_a_child, is_readable
from vestibule import EventObject, NetworkEvents, WinsockError, wait_all, wait_any

INVALID_HANDLE = 6
NOT_INITIALISED = 10093


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
