"""Urgent data."""

import time
import unittest

import vestibule
from support import DEADLINE, Background
from vestibule import Entry, InProcessAddress, SocketOption


class Urgent(unittest.TestCase):
    def setUp(self):
        with vestibule.listen(("127.0.0.1", 0)) as listener:
            caller = Background(vestibule.connect, listener.getsockname())
            self.accepted = listener.accept(timeout=DEADLINE)
            self.caller = caller.result()
        self.addCleanup(self.accepted.close)
        self.addCleanup(self.caller.close)

    def assert_error(self, winerror, call, *args, **kwargs):
        with self.assertRaises(vestibule.WinsockError) as caught:
            call(*args, **kwargs)
        self.assertEqual(caught.exception.winerror, winerror)

    def until_not_at_mark(self):
        deadline = time.monotonic() + DEADLINE
        while self.accepted.at_mark():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.001)

    def test_the_last_byte_is_urgent(self):
        self.assertEqual(self.caller.send(b"ab!", urgent=True), 3)
        self.caller.send(b"cd")
        self.until_not_at_mark()
        self.assertEqual(self.accepted.bytes_readable(), 2)
        self.assertEqual(self.accepted.recv(8, urgent=True, peek=True), b"!")
        room = bytearray(8)
        self.assertEqual(self.accepted.recv_into(room, urgent=True), 1)
        self.assertEqual(room[:1], b"!")
        self.assertEqual(self.accepted.recv(8, timeout=DEADLINE), b"ab")
        self.assertTrue(self.accepted.at_mark())
        self.assertEqual(self.accepted.recv(8, timeout=DEADLINE), b"cd")

    def test_a_stream_takes_several_buffers(self):
        parts = [b"%04d" % number for number in range(3000)]
        self.assertEqual(self.caller.sendmsg(parts, timeout=DEADLINE), 12000)
        self.assertEqual(self.accepted.recv(12000, wait_all=True, timeout=DEADLINE), b"".join(parts))

    def test_without_one_there_is_nothing_to_take(self):
        self.assertTrue(self.accepted.at_mark())
        self.assert_error(10022, self.accepted.recv, 8, urgent=True)

    def test_it_can_stay_in_the_stream(self):
        self.accepted.setsockopt(SocketOption.OOB_INLINE, 1)
        self.caller.send(b"a!", urgent=True)
        self.until_not_at_mark()
        self.assert_error(10022, self.accepted.recv, 8, urgent=True)
        self.assertEqual(self.accepted.recv(8, timeout=DEADLINE), b"a")
        self.assertEqual(self.accepted.recv(8, timeout=DEADLINE), b"!")

    def test_other_entries_have_none(self):
        for entry in (Entry.IN_PROCESS, Entry.IN_PROCESS_MESSAGES):
            with vestibule.Socket(entry) as socket:
                socket.bind(InProcessAddress.local(0))
                self.assert_error(10045, socket.send, b"!", urgent=True)
                self.assert_error(10045, socket.recv, 1, urgent=True)
                self.assert_error(10045, socket.at_mark)


if __name__ == "__main__":
    unittest.main()
