"""Message-oriented sockets."""

import unittest

import vestibule
from support import DEADLINE, MOMENT, Background
from vestibule import Entry, InProcessAddress, SocketOption


class Messages(unittest.TestCase):
    def setUp(self):
        with vestibule.listen(InProcessAddress.local(0), messages=True) as listener:
            caller = Background(vestibule.connect, listener.getsockname(), messages=True)
            self.accepted = listener.accept(timeout=DEADLINE)
            self.caller = caller.result()
        self.addCleanup(self.accepted.close)
        self.addCleanup(self.caller.close)

    def assert_error(self, winerror, call, *args, **kwargs):
        with self.assertRaises(vestibule.WinsockError) as caught:
            call(*args, **kwargs)
        self.assertEqual(caught.exception.winerror, winerror)

    def test_a_receive_takes_one_message(self):
        self.assertEqual(self.accepted.bytes_readable(), 0)
        self.assertEqual(self.caller.send(b"first"), 5)
        self.assertEqual(self.caller.send(b""), 0)
        self.caller.sendall(b"")
        self.caller.sendall(b"fourth")
        self.assertEqual(self.accepted.bytes_readable(), 5)
        received = [self.accepted.recv(100, timeout=DEADLINE) for _ in range(4)]
        self.assertEqual(received, [b"first", b"", b"", b"fourth"])
        with self.assertRaises(vestibule.TimedOut):
            self.accepted.recv(100, timeout=0)

    def test_a_message_can_be_put_together(self):
        self.assertEqual(self.caller.sendmsg([b"ab", bytearray(b"cd"), memoryview(b""), b"e"]), 5)
        self.assertEqual(self.caller.sendmsg(iter(())), 0)
        self.assertEqual(self.accepted.recv(100, timeout=DEADLINE), b"abcde")
        self.assertEqual(self.accepted.recv(100, timeout=DEADLINE), b"")
        with self.assertRaises(TypeError):
            self.caller.sendmsg(["text"])

    def test_a_message_that_is_too_long_stays(self):
        self.caller.send(b"too long")
        self.assert_error(10040, self.accepted.recv, 4, timeout=DEADLINE)  # ERR-18
        self.assert_error(10040, self.accepted.recv, 4, peek=True, timeout=DEADLINE)
        self.assertEqual(self.accepted.recv(8, peek=True, timeout=DEADLINE), b"too long")
        self.assertEqual(self.accepted.recv(4, partial=True, timeout=DEADLINE), b"too ")  # DIS-35
        room = bytearray(2)
        self.assertEqual(self.accepted.recv_into(room, partial=True, timeout=DEADLINE), 2)
        self.assertEqual(room, b"lo")
        self.assertEqual(self.accepted.recv(8, timeout=DEADLINE), b"ng")

    def test_the_end_is_an_exception(self):
        self.caller.send(b"last")
        self.caller.send_disconnect(b"bye")
        self.assertEqual(self.accepted.recv(100, timeout=DEADLINE), b"last")
        for expected in (vestibule.Disconnected, EOFError):
            with self.assertRaises(expected) as caught:  # DIS-34
                self.accepted.recv(100, timeout=DEADLINE)
            self.assertEqual((caught.exception.winerror, caught.exception.name), (10101, "WSAEDISCON"))
        self.assertEqual(self.accepted.recv(100, partial=True, timeout=DEADLINE), b"")  # DIS-35
        self.assertEqual(self.accepted.recv_disconnect(), b"bye")

    def test_a_waiting_receive_is_given_an_empty_message(self):
        receiving = Background(self.accepted.recv, 100)
        receiving.join(MOMENT)
        self.assertTrue(receiving.is_alive())
        self.caller.send(b"")
        self.assertEqual(receiving.result(), b"")

    def test_what_a_message_may_be(self):
        self.assertEqual(self.caller.getsockopt(SocketOption.TYPE), 5)
        longest = self.caller.getsockopt(SocketOption.MAX_MESSAGE_SIZE)
        self.assert_error(10040, self.caller.send, bytes(longest + 1))
        self.assertEqual(self.caller.send(bytes(longest)), longest)
        self.assertEqual(len(self.accepted.recv(longest, timeout=DEADLINE)), longest)
        self.assert_error(10045, self.accepted.recv, 1, wait_all=True, timeout=DEADLINE)

    def test_sockets_say_what_they_are(self):
        self.assertIs(self.accepted.entry, Entry.IN_PROCESS_MESSAGES)
        self.assertIn("Connection in-process-messages", repr(self.caller))
        with vestibule.Socket(Entry.IN_PROCESS_MESSAGES) as made:
            self.assertIs(made.entry, Entry.IN_PROCESS_MESSAGES)


class Kinds(unittest.TestCase):
    def test_they_do_not_mix(self):
        for messages in (True, False):
            listener = vestibule.listen(InProcessAddress.local(0), messages=messages)
            with listener, self.assertRaises(vestibule.ConnectionRefused):
                vestibule.connect(listener.getsockname(), messages=not messages, timeout=DEADLINE)

    def test_only_in_process_has_messages(self):
        for call in (vestibule.listen, vestibule.connect):
            with self.assertRaises(vestibule.WinsockError) as caught:
                call(("127.0.0.1", 0), messages=True)
            self.assertEqual(caught.exception.winerror, 10044)

    def test_a_part_is_of_a_message(self):
        for entry in (Entry.TCP4, Entry.IN_PROCESS):
            with vestibule.Socket(entry) as stream, self.assertRaises(vestibule.WinsockError) as caught:
                stream.recv(1, partial=True)
            self.assertEqual(caught.exception.winerror, 10045)
