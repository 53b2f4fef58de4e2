"""Network events of sockets, which set event objects."""

import time
import unittest

import vestibule
from support import DEADLINE, MOMENT, Decision, EntryCase, ReportingCase, is_readable, on_every_entry
from vestibule import Entry, EventObject, NetworkEvents

INVALID = 10022
EVERYTHING = (
    NetworkEvents.READ | NetworkEvents.WRITE | NetworkEvents.ACCEPT | NetworkEvents.CONNECT | NetworkEvents.CLOSE
)


@on_every_entry
class Selecting(ReportingCase):
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


if __name__ == "__main__":
    unittest.main()
