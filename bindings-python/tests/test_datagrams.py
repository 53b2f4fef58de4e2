"""Datagrams: sockets without connections."""

import select
import socket
import unittest

import vestibule
from support import DEADLINE, MOMENT, Background
from vestibule import Entry, SocketOption


class Datagrams(unittest.TestCase):
    def setUp(self):
        self.one, self.other = self.bound(), self.bound()

    def bound(self):
        made = vestibule.Socket(Entry.UDP4)
        self.addCleanup(made.close)
        made.bind(("127.0.0.1", 0))
        return made

    def assert_error(self, winerror, call, *args, **kwargs):
        with self.assertRaises(vestibule.WinsockError) as caught:
            call(*args, **kwargs)
        self.assertEqual(caught.exception.winerror, winerror)

    def test_a_datagram_says_where_it_came_from(self):
        self.assertEqual(self.one.sendto(b"hello", self.other.getsockname()), 5)
        expected = (b"hello", self.one.getsockname())
        self.assertEqual(self.other.recvfrom(100, peek=True, timeout=DEADLINE), expected)
        self.assertEqual(self.other.bytes_readable(), 5)
        self.assertEqual(self.other.recvfrom(100, timeout=DEADLINE), expected)
        self.assertEqual(self.one.sendto(b"", self.other.getsockname()), 0)
        self.assertEqual(self.other.recvfrom(100, timeout=DEADLINE)[0], b"")

    def test_what_does_not_fit_is_lost(self):
        self.one.sendto(b"too long", self.other.getsockname())
        self.assert_error(10040, self.other.recvfrom, 4, timeout=DEADLINE)  # ERR-18
        with self.assertRaises(vestibule.TimedOut):
            self.other.recvfrom(100, timeout=0)

    def test_a_peer_can_be_settled(self):
        self.assert_error(10057, self.one.send, b"x")
        self.one.connect(self.other.getsockname(), data=b"ignored")  # CON-28
        self.assertEqual(self.one.getpeername(), self.other.getsockname())
        self.assertEqual(self.one.send(b"x"), 1)
        self.assertEqual(self.other.recv(1, timeout=DEADLINE), b"x")
        self.assertEqual(self.one.sendmsg([b"ab", b"c"]), 3)
        self.assertEqual(self.other.recv(9, timeout=DEADLINE), b"abc")

    def test_there_is_nothing_to_accept(self):
        self.assert_error(10045, self.one.listen)  # LSN-17
        self.assert_error(10045, self.one.accept)  # ACC-17

    def test_a_receive_that_waits_is_woken(self):
        receiving = Background(self.other.recvfrom, 100)
        receiving.join(MOMENT)
        self.assertTrue(receiving.is_alive())
        self.one.sendto(b"wake", self.other.getsockname())
        self.assertEqual(receiving.result()[0], b"wake")

    def test_options_and_descriptors_are_the_kernels(self):
        self.one.setsockopt(SocketOption.BROADCAST, 1)
        with socket.socket(fileno=socket.dup(self.one.fileno())) as same:
            self.assertEqual(same.type, socket.SOCK_DGRAM)
            self.assertEqual(same.getsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST), 1)
        self.assertEqual(self.one.getsockopt(SocketOption.TYPE), socket.SOCK_DGRAM)
        self.assertEqual(select.select([self.other], [], [], 0)[0], [])
        self.one.sendto(b"x", self.other.getsockname())
        self.assertEqual(select.select([self.other], [], [], DEADLINE)[0], [self.other])

    def test_where_there_are_connections_addresses_are_ignored(self):
        with (
            vestibule.listen(("127.0.0.1", 0)) as listener,
            vestibule.connect(listener.getsockname()) as caller,
            listener.accept() as accepted,
        ):
            self.assertEqual(caller.sendto(b"x", ("127.0.0.1", 9)), 1)
            self.assertEqual(accepted.recvfrom(9, timeout=DEADLINE), (b"x", None))


if __name__ == "__main__":
    unittest.main()
