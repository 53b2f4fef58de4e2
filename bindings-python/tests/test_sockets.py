"""Connecting, sending and receiving, addresses, options, descriptors."""

import copy
import os
import pickle
import selectors
import socket
import unittest

import vestibule
from support import DEADLINE, FREE_ADDRESSES, MOMENT, Background, Decision, EntryCase, on_every_entry
from vestibule import Entry, InProcessAddress, Linger, Shutdown, SocketOption


@on_every_entry
class Transfer(EntryCase):
    def test_data_goes_both_ways(self):
        caller, accepted = self.pair()
        self.assertEqual(caller.send(b"hello"), 5)
        self.assertEqual(accepted.recv(3), b"hel")
        self.assertEqual(accepted.recv(100), b"lo")
        accepted.sendall(bytearray(b"back"))
        self.assertEqual(caller.recv(100), b"back")

    def test_a_lot_of_data_goes_through(self):
        caller, accepted = self.pair()
        data = bytes(range(256)) * 8192
        sender = Background(caller.sendall, data)
        received = bytearray()
        while len(received) < len(data):
            received += accepted.recv(1 << 20, timeout=DEADLINE)
        sender.result()
        self.assertEqual(received, data)

    def test_receiving_into_a_buffer(self):
        caller, accepted = self.pair()
        caller.sendall(b"abcdef")
        buffer = bytearray(b"........")
        self.assertEqual(accepted.recv_into(memoryview(buffer)[2:5]), 3)
        self.assertEqual(buffer, b"..abc...")
        self.assertEqual(accepted.recv_into(buffer), 3)
        self.assertEqual(buffer, b"defbc...")
        for wrong in (b"read only", "text", 7):
            with self.assertRaises(TypeError):
                accepted.recv_into(wrong)

    def test_peeking_leaves_the_data_and_wait_all_waits(self):
        caller, accepted = self.pair()
        caller.sendall(b"abc")
        self.assertEqual(accepted.recv(2, peek=True), b"ab")
        everything = Background(accepted.recv, 6, wait_all=True)
        caller.sendall(b"def")
        self.assertEqual(everything.result(), b"abcdef")

    def test_the_end_of_the_stream_is_empty(self):
        caller, accepted = self.pair()
        caller.shutdown(Shutdown.SEND)
        self.assertEqual(accepted.recv(10), b"")
        with self.assertRaises(BrokenPipeError) as caught:
            caller.send(b"x")
        self.assertEqual(caught.exception.winerror, 10058)
        self.assert_error(10022, caller.shutdown, 3)

    def test_a_receive_times_out_and_a_send_too(self):
        caller, accepted = self.pair()
        with self.assertRaises(TimeoutError):
            accepted.recv(1, timeout=MOMENT)
        with self.assertRaises(TimeoutError):
            accepted.recv_into(bytearray(1), timeout=MOMENT)
        caller.setsockopt(SocketOption.SEND_BUFFER, 4096)
        with self.assertRaises(TimeoutError):
            caller.sendall(bytes(64 << 20), timeout=MOMENT)

    def test_nonblocking_connections_never_wait(self):
        caller, _ = self.pair()
        caller.setblocking(False)
        with self.assertRaises(vestibule.WouldBlock):
            caller.recv(1)
        with self.assertRaises(vestibule.WouldBlock):
            while True:
                caller.send(bytes(1 << 20))

    def test_a_reset_connection_says_so(self):
        caller, accepted = self.pair()
        caller.linger = (True, 0)
        self.assertEqual(caller.linger, Linger(True, 0))
        caller.close()
        with self.assertRaises(ConnectionResetError) as caught:
            accepted.recv(1, timeout=DEADLINE)
        self.assertEqual(caught.exception.winerror, 10054)

    def test_options_are_set_read_and_inherited(self):
        self.listener.setsockopt(SocketOption.KEEP_ALIVE, 5)
        self.assertEqual(self.listener.getsockopt(SocketOption.KEEP_ALIVE), 1)
        caller, accepted = self.pair()
        self.assertEqual(accepted.getsockopt(SocketOption.KEEP_ALIVE), 1)
        self.assertEqual(caller.getsockopt(SocketOption.KEEP_ALIVE), 0)
        self.assertEqual(caller.getsockopt(SocketOption.TYPE), socket.SOCK_STREAM)
        self.assertEqual(self.listener.getsockopt(SocketOption.ACCEPT_CONN), 1)
        self.assert_error(10042, caller.setsockopt, SocketOption.ACCEPT_CONN, 1)
        self.assertEqual(self.listener.getsockopt(SocketOption.CONNECT_TIME), 0xFFFFFFFF)  # SKT-20
        self.assertLess(accepted.getsockopt(SocketOption.CONNECT_TIME), 60)
        for option in (SocketOption.DONT_ROUTE, SocketOption.DEBUG):
            self.assertEqual(caller.getsockopt(option), 0)
            caller.setsockopt(option, 1)
            self.assertEqual(caller.getsockopt(option), 1)
        self.assert_error(10022, self.listener.setsockopt, SocketOption.EXCLUSIVE_ADDRESS, 1)
        with self.assertRaises(TypeError):
            caller.getsockopt("SO_TYPE")

    def test_a_selector_tells_of_requests_and_data(self):
        with selectors.DefaultSelector() as selector:
            selector.register(self.listener, selectors.EVENT_READ)
            self.assertEqual(selector.select(MOMENT), [])
            caller = self.call()
            self.assertTrue(selector.select(DEADLINE))
            accepted = self.keep(self.listener.accept())
            self.assertEqual(selector.select(0), [])
            selector.register(accepted, selectors.EVENT_READ)
            self.assertEqual(selector.select(0), [])
            self.keep(caller.result()).sendall(b"x")
            self.assertTrue(selector.select(DEADLINE))

    def test_a_nonblocking_connect_is_finished_later(self):
        with vestibule.Socket(self.entry) as caller:
            caller.setblocking(False)
            with self.assertRaises(vestibule.WouldBlock):
                caller.connect(self.address)
            if self.in_process:
                with self.assertRaises(vestibule.TimedOut):
                    caller.finish_connect(timeout=MOMENT)
                self.assert_error(10037, caller.connect, self.address)  # CON-06
                self.assert_error(10057, caller.recv, 1)  # CON-35
            self.keep(self.listener.accept(timeout=DEADLINE))
            caller.finish_connect(timeout=DEADLINE)
            self.assertGreaterEqual(caller.write_fileno(), 0)
            self.assert_error(10056, caller.connect, self.address)  # CON-07

    def test_nobody_listens(self):
        with vestibule.Socket(self.entry) as unused:
            unused.bind(FREE_ADDRESSES[self.entry])
            with self.assertRaises(vestibule.ConnectionRefused) as caught:
                vestibule.connect(unused.getsockname())
            self.assertEqual(caught.exception.data, b"")

    def test_a_backlog_can_be_given_anew(self):
        self.listener.listen(1)
        self.listener.listen()
        self.assertTrue(self.listener.listening)
        self.assert_error(10022, self.listener.connect, self.address)  # LSN-29

    def test_the_states_of_a_socket(self):
        with vestibule.Socket(self.entry) as fresh:
            self.assertIs(fresh.entry, self.entry)
            self.assertTrue(fresh.getblocking())
            self.assertFalse(fresh.listening)
            self.assert_error(10022, fresh.getsockname)  # LSN-10
            self.assert_error(10057, fresh.getpeername)  # CON-31
            self.assert_error(10022, fresh.listen)  # LSN-15
            self.assert_error(10057, fresh.send, b"x")
            fresh.bind(FREE_ADDRESSES[self.entry])
            self.assert_error(10022, fresh.bind, FREE_ADDRESSES[self.entry])  # LSN-12
            fresh.listen(3)
            self.assertIn("Socket " + self.entry.value, repr(fresh))


class KernelOptions(EntryCase):
    entry = Entry.TCP4

    def test_options_are_those_of_the_kernel_socket(self):
        caller, _ = self.pair()
        names = [
            (SocketOption.KEEP_ALIVE, socket.SOL_SOCKET, socket.SO_KEEPALIVE),
            (SocketOption.OOB_INLINE, socket.SOL_SOCKET, socket.SO_OOBINLINE),
            (SocketOption.REUSE_ADDRESS, socket.SOL_SOCKET, socket.SO_REUSEADDR),
            (SocketOption.NO_DELAY, socket.IPPROTO_TCP, socket.TCP_NODELAY),
        ]
        with socket.socket(fileno=os.dup(caller.fileno())) as same:
            for option, level, name in names:
                with self.subTest(option=option):
                    self.assertEqual((caller.getsockopt(option), same.getsockopt(level, name)), (0, 0))
                    caller.setsockopt(option, 1)
                    self.assertEqual((caller.getsockopt(option), same.getsockopt(level, name)), (1, 1))
            for option, name in (
                (SocketOption.KEEP_ALIVE_IDLE, socket.TCP_KEEPIDLE),
                (SocketOption.KEEP_ALIVE_INTERVAL, socket.TCP_KEEPINTVL),
                (SocketOption.KEEP_ALIVE_COUNT, socket.TCP_KEEPCNT),
            ):
                caller.setsockopt(option, 7)
                self.assertEqual(caller.getsockopt(option), 7)
                self.assertEqual(same.getsockopt(socket.IPPROTO_TCP, name), 7)

    @unittest.skipUnless(socket.has_ipv6, "no IPv6")
    def test_an_ipv6_socket_can_refuse_ipv4(self):
        with vestibule.Socket(Entry.TCP6) as caller:
            caller.setsockopt(SocketOption.V6_ONLY, 1)
            self.assertEqual(caller.getsockopt(SocketOption.V6_ONLY), 1)


class Withdrawal(EntryCase):
    entry = Entry.IN_PROCESS

    def test_a_connect_that_times_out_withdraws_its_request(self):
        with self.assertRaises(vestibule.TimedOut):
            vestibule.connect(self.address, timeout=MOMENT)
        with self.assertRaises(vestibule.TimedOut):
            self.listener.accept(timeout=0)

    def test_a_request_withdrawn_while_it_is_decided_is_access_denied(self):
        caller = vestibule.Socket(Entry.IN_PROCESS)
        caller.setblocking(False)
        with self.assertRaises(vestibule.WouldBlock):
            caller.connect(self.address)

        def too_slow(request):
            caller.close()
            return Decision.ACCEPT

        with self.assertRaises(PermissionError) as caught:
            self.listener.accept(too_slow)
        self.assertEqual(caught.exception.winerror, 10013)  # LSN-32

    def test_an_exception_counts_even_if_the_request_is_gone(self):
        caller = vestibule.Socket(Entry.IN_PROCESS)
        caller.setblocking(False)
        with self.assertRaises(vestibule.WouldBlock):
            caller.connect(self.address)

        def fail(request):
            caller.close()
            raise LookupError

        with self.assertRaises(LookupError):
            self.listener.accept(fail)

    def test_a_full_backlog_refuses(self):
        self.listener.listen(1)
        first = self.call()
        while not self.queued():
            pass
        with self.assertRaises(vestibule.ConnectionRefused):
            vestibule.connect(self.address, timeout=DEADLINE)
        self.keep(self.listener.accept())
        first.result()

    def queued(self):
        """Whether a request waits; it goes on waiting."""
        try:
            self.decide(Decision.DEFER)
        except vestibule.RequestDeferred:
            return True


class Addresses(unittest.TestCase):
    def bound(self, entry, address):
        with vestibule.Socket(entry) as bound:
            bound.bind(address)
            return bound.getsockname()

    def test_tuples_are_those_of_pythons_sockets(self):
        listener = vestibule.listen(("127.0.0.1", 0))
        with listener, socket.create_connection(listener.getsockname()) as theirs, listener.accept() as ours:
            self.assertEqual(ours.getpeername(), theirs.getsockname())
            self.assertEqual(ours.getsockname(), theirs.getpeername())

    def test_hosts_that_mean_something(self):
        self.assertEqual(self.bound(Entry.TCP4, ("", 0))[0], "0.0.0.0")
        self.assertEqual(self.bound(Entry.TCP4, ("localhost", 0))[0], "127.0.0.1")

    def test_addresses_are_written_as_usual(self):
        for host in ("127.0.0.1", "127.9.10.99", "127.100.200.255", "127.250.101.109"):
            self.assertEqual(self.bound(Entry.TCP4, (host, 0))[0], host)

    def test_names_are_not_looked_up(self):
        with self.assertRaisesRegex(ValueError, "numeric"):
            vestibule.connect(("example.invalid", 80))
        with self.assertRaises(ValueError):
            vestibule.connect(("fe80::1%lo", 80))
        with self.assertRaises(ValueError):
            vestibule.connect(("127.0.0.1", 80, 0, 0))

    def test_what_is_no_address(self):
        for wrong in (None, "127.0.0.1:80", ["127.0.0.1", 80], ("127.0.0.1",), (1, 2), ("::1", 1, 2, 3, 4)):
            with self.subTest(wrong=wrong), self.assertRaises(TypeError):
                vestibule.connect(wrong)
        with self.assertRaises(TypeError):
            vestibule.connect(("127.0.0.1", "80"))
        for port in (-1, 65536):
            with self.assertRaises(OverflowError):
                vestibule.connect(("127.0.0.1", port))

    def test_the_family_must_fit(self):
        with vestibule.Socket(Entry.TCP4) as tcp:
            for address in (InProcessAddress.local(0), ("::1", 0)):
                with self.assertRaises(vestibule.WinsockError) as caught:
                    tcp.bind(address)
                self.assertEqual(caught.exception.winerror, 10047)
        with self.assertRaises(TypeError):
            vestibule.Socket("tcp4")

    def test_in_process_addresses_are_values(self):
        address = InProcessAddress.local(5000)
        self.assertEqual(address, InProcessAddress(node=1, port=5000))
        self.assertEqual(repr(address), "InProcessAddress(node=1, port=5000)")
        self.assertEqual(str(address), "@1:5000")
        self.assertEqual({address: 1}[InProcessAddress(1, 5000)], 1)
        self.assertEqual(pickle.loads(pickle.dumps(address)), address)
        self.assertIsInstance(self.bound(Entry.IN_PROCESS, InProcessAddress(0, 0)), InProcessAddress)


class Errors(unittest.TestCase):
    def test_every_error_knows_its_numbers(self):
        for winerror, name, number, text in vestibule._vestibule.error_table():
            error = vestibule.WinsockError(winerror)
            self.assertEqual((error.winerror, error.name, error.errno, error.strerror), (winerror, name, number, text))
            self.assertEqual(str(error), f"[{name} {winerror}] {text}")
        with self.assertRaises(ValueError):
            vestibule.WinsockError(1)

    def test_errors_survive_pickle_and_copy(self):
        error = vestibule.ConnectionRefused(10061)
        error.data = b"why"
        for again in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
            self.assertIs(type(again), vestibule.ConnectionRefused)
            self.assertEqual((again.winerror, again.errno, again.data), (10061, error.errno, b"why"))

    def test_names_are_public(self):
        for name in vestibule.__all__:
            thing = getattr(vestibule, name)
            if isinstance(thing, type):
                self.assertEqual(thing.__module__, "vestibule", name)
                self.assertTrue(thing.__doc__, name)

    def test_everything_has_a_docstring(self):
        for thing in (vestibule.Socket, vestibule.ConnectionRequest, vestibule.Listener, vestibule.Connection):
            for name, member in vars(thing).items():
                if not name.startswith("_"):
                    self.assertTrue(member.__doc__, f"{thing.__name__}.{name}")
