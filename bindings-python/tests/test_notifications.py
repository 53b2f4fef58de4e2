"""The notification port: network events as messages."""

import asyncio
import selectors
import socket
import threading
import time
import unittest

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
from vestibule import EventObject, NetworkEvents, Notification, NotificationPort, WinsockError

INVALID_HANDLE = 6
INVALID = 10022
NOT_INITIALISED = 10093
MESSAGE = 0x402


@on_every_entry
class Messages(EntryCase):
    def setUp(self):
        super().setUp()
        self.port = self.keep(NotificationPort())

    def assert_empty(self):
        with self.assertRaises(vestibule.TimedOut):
            self.port.get(0)

    def test_a_request_is_posted_and_names_its_listener(self):
        self.listener.async_select(self.port, MESSAGE, NetworkEvents.ACCEPT)
        self.assert_empty()
        caller = self.call()
        notification = self.port.get(DEADLINE)
        expected = Notification(MESSAGE, self.listener.message_name, NetworkEvents.ACCEPT, None)
        self.assertEqual(notification, expected)
        self.assertIsInstance(notification, Notification)
        self.assertIsInstance(notification.event, NetworkEvents)
        self.keep(self.listener.accept())
        self.keep(caller.result())
        self.assert_empty()

    def test_the_next_message_of_an_event_waits_for_the_call_that_enables_it(self):
        caller, accepted = self.pair()
        accepted.async_select(self.port, MESSAGE, NetworkEvents.READ)
        caller.sendall(b"one")
        self.assertEqual(self.port.get(DEADLINE).event, NetworkEvents.READ)
        caller.sendall(b"two")
        with self.assertRaises(vestibule.TimedOut):
            self.port.get(2 * MOMENT)  # EVT-51
        self.assertEqual(accepted.recv(1), b"o")
        self.assertEqual(self.port.get(DEADLINE).event, NetworkEvents.READ)

    def test_an_accepted_socket_posts_with_a_name_of_its_own(self):
        self.listener.async_select(self.port, MESSAGE, NetworkEvents.ACCEPT | NetworkEvents.WRITE | NetworkEvents.READ)
        names = {self.listener.message_name}
        for _ in range(3):
            caller = self.call()
            self.assertEqual(self.port.get(DEADLINE).event, NetworkEvents.ACCEPT)
            accepted = self.keep(self.listener.accept())
            caller = self.keep(caller.result())
            name = accepted.message_name
            self.assertEqual(name, accepted.message_name)
            self.assertNotIn(name, names)
            names.add(name)
            self.assertEqual(self.port.get(DEADLINE), (MESSAGE, name, NetworkEvents.WRITE, None))  # SKT-09
            caller.sendall(b"hello")
            self.assertEqual(self.port.get(DEADLINE), (MESSAGE, name, NetworkEvents.READ, None))
            self.assertEqual(accepted.recv(10), b"hello")

    def test_a_name_is_the_descriptor_of_a_kernel_socket_and_no_descriptor_otherwise(self):
        if self.in_process:
            self.assertGreaterEqual(self.listener.message_name, 1 << 32)
        else:
            self.assertEqual(self.listener.message_name, self.listener.fileno())
        self.listener.close()
        self.assert_error(10038, getattr, self.listener, "message_name")

    def test_an_error_is_an_exception(self):
        caller, accepted = self.pair()
        accepted.async_select(self.port, MESSAGE, NetworkEvents.CLOSE)
        caller.linger = vestibule.Linger(True, 0)
        caller.close()
        notification = self.port.get(DEADLINE)
        self.assertEqual(notification.event, NetworkEvents.CLOSE)
        self.assertIsInstance(notification.error, vestibule.ConnectionAborted)

    def test_one_port_serves_many_sockets_and_messages(self):
        numbers = {}
        for message in range(20):
            caller, accepted = self.pair()
            accepted.async_select(self.port, message, NetworkEvents.READ)
            numbers[accepted.message_name] = message
            caller.sendall(b"x")
        seen = {}
        while len(seen) < 20:
            notification = self.port.get(DEADLINE)
            seen[notification.socket] = notification.message
        self.assertEqual(seen, numbers)

    def test_messages_of_a_socket_go_with_its_registration(self):
        self.listener.async_select(self.port, MESSAGE, NetworkEvents.ACCEPT)
        event = self.keep(EventObject())
        for end in (
            lambda: self.listener.async_select(None, 0, NetworkEvents(0)),
            lambda: self.listener.event_select(event, NetworkEvents.ACCEPT),  # EVT-54
            self.listener.close,
        ):
            self.listener.async_select(self.port, MESSAGE, NetworkEvents.ACCEPT)
            self.call()
            with selectors.DefaultSelector() as selector:
                selector.register(self.port, selectors.EVENT_READ)
                self.assertTrue(selector.select(DEADLINE))
            end()
            self.assert_empty()  # EVT-52
            if not self.listener.closed:
                self.listener.event_select(None, NetworkEvents(0))
                self.keep(self.listener.accept())

    def test_a_registered_socket_is_non_blocking(self):
        self.listener.async_select(self.port, MESSAGE, NetworkEvents.ACCEPT)
        self.assertFalse(self.listener.getblocking())
        self.assert_error(INVALID, self.listener.setblocking, True)  # HND-30
        self.assertEqual(list(self.listener.network_events()), [])  # EVT-28
        self.listener.async_select(None, 0, NetworkEvents(0))
        self.listener.setblocking(True)

    def test_bad_arguments(self):
        closed = NotificationPort()
        closed.close()
        for port in (None, closed):
            self.assert_error(INVALID, self.listener.async_select, port, MESSAGE, NetworkEvents.ACCEPT)  # EVT-53
        self.assert_error(INVALID, self.listener.async_select, self.port, MESSAGE, 1 << 10)
        self.listener.async_select(closed, MESSAGE, NetworkEvents(0))
        for arguments in ((EventObject(), MESSAGE, 8), (self.port, "message", 8), (self.port, MESSAGE, None)):
            with self.assertRaises(TypeError):
                self.listener.async_select(*arguments)
        for message in (-1, 1 << 32):
            with self.assertRaises(OverflowError):
                self.listener.async_select(self.port, message, 8)

    def test_iterating_takes_messages_until_the_port_is_closed(self):
        self.listener.async_select(self.port, MESSAGE, NetworkEvents.ACCEPT)
        accepted, everybody = [], threading.Event()

        def serve():
            for notification in self.port:
                self.assertEqual(notification.socket, self.listener.message_name)
                try:
                    connection = self.keep(self.listener.accept())
                except vestibule.WouldBlock:
                    continue  # EVT-58
                connection.async_select(None, 0, NetworkEvents(0))
                accepted.append(connection)
                if len(accepted) == 5:
                    everybody.set()
            return "closed"

        serving = Background(serve)
        for _ in range(5):
            self.call()
        self.assertTrue(everybody.wait(DEADLINE))
        time.sleep(MOMENT)
        self.port.close()
        self.assertEqual(serving.result(), "closed")
        self.assertEqual(list(self.port), [])

    def test_a_deferred_head_is_silent_for_asyncio(self):
        self.listener.async_select(self.port, MESSAGE, NetworkEvents.ACCEPT)
        woken, is_open = 0, False
        greeted = []

        async def run():
            nonlocal woken, is_open
            loop = asyncio.get_running_loop()
            deferred, served = asyncio.Event(), asyncio.Event()

            def look():
                nonlocal woken
                woken += 1
                try:
                    self.port.get(0)
                except vestibule.TimedOut:
                    return
                decide()

            def decide():
                try:
                    connection = self.listener.accept(lambda _: Decision.ACCEPT if is_open else Decision.DEFER)
                except vestibule.RequestDeferred:
                    deferred.set()
                    return
                except vestibule.WouldBlock:
                    return  # EVT-58
                connection.async_select(None, 0, NetworkEvents(0))
                greeted.append(self.keep(connection))
                if len(greeted) == 2:
                    served.set()

            loop.add_reader(self.port, look)
            self.call()
            await asyncio.wait_for(deferred.wait(), DEADLINE)
            self.call()
            await asyncio.sleep(MOMENT)
            decide()  # defers again
            before = woken
            await asyncio.sleep(10 * MOMENT)
            slept = woken - before
            is_open = True
            decide()
            await asyncio.wait_for(served.wait(), DEADLINE)
            loop.remove_reader(self.port)
            return slept

        self.assertLessEqual(asyncio.run(run()), 1, "it was woken while nothing had changed")
        self.assertLessEqual(woken, 8)


class Ports(unittest.TestCase):
    def setUp(self):
        self.port = NotificationPort()
        self.addCleanup(self.port.close)

    def assert_error(self, winerror, call, *args):
        with self.assertRaises(WinsockError) as caught:
            call(*args)
        self.assertEqual(caught.exception.winerror, winerror)

    def test_a_closed_one_can_be_closed_again_and_nothing_else(self):
        with self.port as port:
            self.assertIs(port, self.port)
            self.assertFalse(port.closed)
            self.assertGreaterEqual(port.fileno(), 0)
            self.assertEqual(repr(port), "<vestibule.NotificationPort>")
        self.assertTrue(port.closed)
        self.assertEqual(port.fileno(), -1)
        self.assertEqual(repr(port), "<vestibule.NotificationPort closed>")
        self.assert_error(INVALID_HANDLE, port.get)
        self.assertEqual(next(port, "end"), "end")
        port.close()

    def test_closing_ends_the_waits_of_other_threads(self):
        getting, iterating = Background(self.port.get), Background(next, self.port, "end")
        time.sleep(MOMENT)
        self.assertTrue(getting.is_alive())
        self.assertTrue(iterating.is_alive())
        self.port.close()
        self.assert_error(INVALID_HANDLE, getting.result)
        self.assertEqual(iterating.result(), "end")

    def test_a_handler_that_raises_ends_the_wait(self):
        for wait in (self.port.get, lambda: self.port.get(DEADLINE), lambda: next(self.port)):
            with self.assertRaises(SignalHandled), interrupted_soon():
                wait()

    def test_a_time_out_ends_the_wait(self):
        for timeout in (0, MOMENT):
            begin = time.monotonic()
            with self.assertRaises(TimeoutError):
                self.port.get(timeout)
            self.assertGreaterEqual(time.monotonic() - begin, timeout)
        with self.assertRaises(ValueError):
            self.port.get(-1)

    def test_a_child_cannot_use_the_port_of_its_parent(self):
        with vestibule.listen(("127.0.0.1", 0)) as listener:
            listener.async_select(self.port, MESSAGE, NetworkEvents.ACCEPT)
            waiting = Background(self.port.get)
            time.sleep(MOMENT)

            def child():
                self.assert_error(NOT_INITIALISED, self.port.get)
                self.assert_error(NOT_INITIALISED, self.port.fileno)
                self.assert_error(NOT_INITIALISED, next, self.port)
                self.assert_error(NOT_INITIALISED, listener.async_select, self.port, MESSAGE, NetworkEvents.ACCEPT)
                with NotificationPort() as own:
                    with self.assertRaises(vestibule.TimedOut):
                        own.get(0)
                    self.assert_error(INVALID_HANDLE, self.port.get)
                    self.assert_error(INVALID_HANDLE, next, self.port)
                self.port.close()
                self.assertTrue(self.port.closed)

            in_a_child(child)
            self.assertTrue(waiting.is_alive())
            with socket.create_connection(listener.getsockname()):
                self.assertEqual(waiting.result().event, NetworkEvents.ACCEPT)


if __name__ == "__main__":
    unittest.main()
