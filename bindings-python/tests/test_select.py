"""`select`: waiting until calls would not block."""

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
from vestibule import Entry, EventObject, Socket, WinsockError, select

NOT_SOCK = 10038
NOTHING = ([], [], [])


@on_every_entry
class Select(EntryCase):
    def test_a_listener_is_readable_while_an_undeferred_request_waits(self):
        self.assertEqual(select([self.listener], [], [], 0), NOTHING)
        self.call()
        self.assertEqual(select([self.listener], [], [], DEADLINE), ([self.listener], [], []))
        with self.assertRaises(vestibule.RequestDeferred):
            self.decide(Decision.DEFER)
        self.call()
        self.assertEqual(select([self.listener], [], [], timeout=2 * MOMENT), NOTHING)  # EVT-63
        waiting = Background(select, [self.listener], [], [])
        time.sleep(MOMENT)
        self.assertTrue(waiting.is_alive())
        self.keep(self.listener.accept())
        self.assertEqual(waiting.result(), ([self.listener], [], []))
        self.keep(self.listener.accept())

    def test_a_connection_is_in_the_lists_that_fit(self):
        caller, accepted = self.pair()
        both = [caller, accepted]
        self.assertEqual(select(both, both, both, 0), ([], both, []))
        caller.sendall(b"x")
        self.assertEqual(select(iter(both), (), (), DEADLINE), ([accepted], [], []))
        self.assertEqual(select([accepted, accepted], [caller], both), ([accepted, accepted], [caller], []))
        self.assertEqual(accepted.recv(1), b"x")
        caller.shutdown(vestibule.Shutdown.SEND)
        self.assertEqual(select(both, [], [], DEADLINE), ([accepted], [], []))

    def test_a_failed_attempt_is_exceptional(self):
        self.listener.close()
        caller = self.keep(Socket(self.entry))
        with self.assertRaises(vestibule.ConnectionRefused):
            caller.connect(self.address)
        self.assertEqual(select([caller], [caller], [caller], DEADLINE)[2], [caller])  # CON-18

    def test_it_waits_until_something_arrives(self):
        caller, accepted = self.pair()
        waiting = Background(select, [self.listener, accepted], [], [])
        time.sleep(MOMENT)
        self.assertTrue(waiting.is_alive())
        caller.sendall(b"x")
        self.assertEqual(waiting.result(), ([accepted], [], []))

    def test_a_time_out_returns_empty_lists(self):
        begin = time.monotonic()
        self.assertEqual(select([self.listener], [], [], MOMENT), NOTHING)
        self.assertGreaterEqual(time.monotonic() - begin, MOMENT)

    def test_a_closed_socket_ends_it(self):
        waiting = Background(select, [self.listener], [], [])
        time.sleep(MOMENT)
        self.listener.close()
        self.assert_error(NOT_SOCK, waiting.result)  # EVT-64
        open_one = self.keep(Socket(self.entry))
        self.assert_error(NOT_SOCK, select, [open_one, self.listener], [], [], 0)

    def test_a_handler_that_raises_ends_it(self):
        for timeout in (None, DEADLINE):
            with self.assertRaises(SignalHandled), interrupted_soon():
                select([self.listener], [], [], timeout)

    def test_a_child_cannot_select_the_sockets_of_its_parent(self):
        waiting = Background(select, [self.listener], [], [])
        time.sleep(MOMENT)
        in_a_child(lambda: self.assert_error(10093, select, [self.listener], [], [], 0))
        self.assertTrue(waiting.is_alive())
        self.call()
        self.assertEqual(waiting.result(), ([self.listener], [], []))
        self.keep(self.listener.accept())


class Arguments(unittest.TestCase):
    def test_bad_arguments_are_told_apart(self):
        with Socket(Entry.TCP4) as socket, EventObject() as event:
            with self.assertRaises(WinsockError) as caught:
                select([], [], [], 0)
            self.assertEqual(caught.exception.winerror, 10022)
            for wrong in (None, socket, [3], [event], [None]):
                for place in range(3):
                    lists = [[socket], [socket], [socket]]
                    lists[place] = wrong
                    with self.assertRaises(TypeError):
                        select(*lists, 0)
            with self.assertRaises(ValueError):
                select([socket], [], [], -1)

    def test_many_sockets_at_once(self):
        with vestibule.listen(("127.0.0.1", 0)) as listener:
            sockets = [Socket(Entry.IN_PROCESS) for _ in range(300)]
            calling = Background(lambda: time.sleep(MOMENT) or vestibule.connect(listener.getsockname()))
            ready, _, _ = select([*sockets, listener], [], [], DEADLINE)
            self.assertEqual(ready, [listener])
            listener.accept().close()
            calling.result().close()
            for socket in sockets:
                socket.close()


if __name__ == "__main__":
    unittest.main()
