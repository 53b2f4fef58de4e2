"""Forked children, and kernel sockets that come from elsewhere or go there."""

import gc
import multiprocessing
import os
import socket
import time
import unittest
import warnings

import vestibule
from support import (
    DEADLINE,
    FREE_ADDRESSES,
    MOMENT,
    Background,
    Decision,
    EntryCase,
    in_a_child,
    on_every_entry,
)
from vestibule import Entry, InProcessAddress, WinsockError

NOT_INITIALISED = 10093
NOT_SOCK = 10038


@on_every_entry
class Forked(EntryCase):
    def test_nothing_of_the_parent_works_until_a_new_start(self):
        listener = self.listener
        caller, accepted = self.pair()

        def child():
            for call in (
                listener.accept,
                listener.getsockname,
                lambda: caller.send(b"x"),
                lambda: accepted.recv(1),
                accepted.fileno,
                accepted.send_disconnect,
            ):
                self.assert_error(NOT_INITIALISED, call)
            vestibule.Socket(Entry.IN_PROCESS).close()
            self.assert_error(NOT_SOCK, listener.accept)

        in_a_child(child)
        caller.sendall(b"still connected")
        self.assertEqual(accepted.recv(100, timeout=DEADLINE), b"still connected")

    def test_what_a_child_drops_or_closes_lives_on_in_the_parent(self):
        caller, accepted = self.pair()

        def child():
            nonlocal accepted
            with caller:
                pass
            self.assertTrue(caller.closed)
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                del accepted
                gc.collect()

        in_a_child(child)
        caller.sendall(b"here")
        self.assertEqual(accepted.recv(100, timeout=DEADLINE), b"here")

    def test_a_child_of_the_condition_function_decides_nothing(self):
        listener = self.listener
        calling = self.call()
        parent = os.getpid()

        def forks(request):
            child = os.fork()
            if child == 0:
                return Decision.REJECT
            _, status = os.waitpid(child, 0)
            self.assertEqual(status, 0, "the child was told that it has nothing to decide")
            return Decision.ACCEPT

        try:
            accepted = listener.accept(forks, timeout=DEADLINE)
        except WinsockError as error:
            if os.getpid() == parent:
                raise
            os._exit(0 if error.winerror == NOT_INITIALISED else 1)
        caller = calling.result()
        accepted.sendall(b"hello")
        self.assertEqual(caller.recv(5, timeout=DEADLINE), b"hello")
        accepted.close()


def _serve_adopted(listener: vestibule.Listener) -> None:
    """What a worker does with the listener of its parent."""
    with (
        vestibule.adopt(listener.detach()) as mine,
        mine.accept(lambda _: Decision.ACCEPT, timeout=DEADLINE) as connection,
    ):
        connection.sendall(str(os.getpid()).encode())
    # In memory the child is on its own, and starts with nothing.
    with vestibule.listen(InProcessAddress.local(7000)) as again:
        again.getsockname()


class Multiprocessing(unittest.TestCase):
    def test_workers_share_the_listener_of_their_parent(self):
        fork = multiprocessing.get_context("fork")
        with (
            vestibule.listen(("127.0.0.1", 0)) as listener,
            vestibule.listen(InProcessAddress.local(7000)) as in_process,
        ):
            workers = [fork.Process(target=_serve_adopted, args=(listener,)) for _ in range(3)]
            for worker in workers:
                worker.start()
            served = set()
            for _ in workers:
                with vestibule.connect(listener.getsockname()) as caller:
                    served.add(int(caller.recv(20, timeout=DEADLINE)))
            for worker in workers:
                worker.join(DEADLINE)
                self.assertEqual(worker.exitcode, 0)
            self.assertEqual(served, {worker.pid for worker in workers})
            self.assertEqual(in_process.getsockname(), InProcessAddress.local(7000))

    def test_a_pool_works_while_other_threads_connect(self):
        with vestibule.listen(InProcessAddress.local(0)) as listener:
            stop = False

            def busy():
                while not stop:
                    calling = Background(vestibule.connect, listener.getsockname())
                    listener.accept(timeout=DEADLINE).close()
                    calling.result().close()

            background = Background(busy)
            try:
                for _ in range(20):
                    in_a_child(_connects_to_itself)
            finally:
                stop = True
            background.result()


def _connects_to_itself() -> None:
    with vestibule.listen(InProcessAddress.local(0)) as listener:
        calling = Background(vestibule.connect, listener.getsockname(), data=b"child")
        with listener.accept(lambda _: Decision.ACCEPT, timeout=DEADLINE) as accepted:
            accepted.sendall(b"hello")
            with calling.result() as caller:
                assert caller.recv(5, timeout=DEADLINE) == b"hello"


class Adopting(unittest.TestCase):
    def test_a_listener_of_python_decides(self):
        theirs = socket.create_server(("127.0.0.1", 0))
        address = theirs.getsockname()
        with vestibule.adopt(theirs) as listener:
            self.assertIsInstance(listener, vestibule.Listener)
            self.assertEqual(theirs.fileno(), -1)
            self.assertEqual(listener.getsockname(), address)
            with socket.create_connection(address) as caller:
                with self.assertRaises(vestibule.ConnectionRefused):
                    listener.accept(lambda _: Decision.REJECT, timeout=DEADLINE)
                with self.assertRaises(ConnectionResetError):
                    caller.recv(1)

    def test_a_connection_goes_on_where_it_was(self):
        with (
            socket.create_server(("127.0.0.1", 0)) as server,
            socket.create_connection(server.getsockname()) as peer,
        ):
            peer.sendall(b"before")
            accepted, _ = server.accept()
            with vestibule.adopt(accepted.detach()) as connection:
                self.assertIsInstance(connection, vestibule.Connection)
                self.assertEqual(connection.recv(6, wait_all=True), b"before")
                connection.send_disconnect()
                self.assertEqual(peer.recv(1), b"")

    def test_detach_gives_the_kernel_socket_back(self):
        listener = vestibule.listen(("127.0.0.1", 0))
        address = listener.getsockname()
        number = listener.fileno()
        with socket.socket(fileno=listener.detach()) as theirs:
            self.assertTrue(listener.closed)
            self.assertEqual(theirs.fileno(), number)
            with socket.create_connection(address):
                theirs.accept()[0].close()

    def test_what_cannot_be_adopted_is_unchanged(self):
        def refused(source, code):
            with self.assertRaises(WinsockError) as caught:
                vestibule.adopt(source)
            self.assertEqual(caught.exception.winerror, code)

        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagram:
            refused(datagram, 10044)
            self.assertGreaterEqual(datagram.fileno(), 0)
        with socket.socket(socket.AF_UNIX) as unix:
            refused(unix, 10047)
        with socket.socket() as fresh:
            refused(fresh, 10057)
        with open(os.devnull) as file:
            refused(file.fileno(), NOT_SOCK)
            file.read()
        refused(-1, NOT_SOCK)
        refused(987654, NOT_SOCK)
        for wrong in ("text", None, 1.5):
            with self.assertRaises((TypeError, AttributeError)):
                vestibule.adopt(wrong)

    def test_what_cannot_be_detached_stays_open(self):
        def refused(source, code):
            with self.assertRaises(WinsockError) as caught:
                source.detach()
            self.assertEqual(caught.exception.winerror, code)

        with vestibule.listen(FREE_ADDRESSES[Entry.IN_PROCESS]) as listener:
            refused(listener, 10045)
            self.assertFalse(listener.closed)
        refused(listener, NOT_SOCK)
        with vestibule.listen(("127.0.0.1", 0)) as listener:
            with socket.create_connection(listener.getsockname()):
                with self.assertRaises(vestibule.RequestDeferred):
                    listener.accept(lambda _: Decision.DEFER)
                refused(listener, 10022)
                listener.accept(timeout=DEADLINE).close()
            waiting = Background(listener.accept)
            time.sleep(MOMENT)  # it waits inside, or will soon
            refused(listener, 10036)
            listener.close()
            with self.assertRaises(vestibule.Interrupted):
                waiting.result()


if __name__ == "__main__":
    unittest.main()
