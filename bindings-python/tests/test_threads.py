"""Many threads, signals, closing, and what is left behind."""

import gc
import os
import signal
import subprocess
import sys
import threading
import time
import unittest
import warnings

import vestibule
from support import (
    DEADLINE,
    FREE_ADDRESSES,
    MOMENT,
    SLOW,
    Background,
    Decision,
    EntryCase,
    SignalHandled,
    interrupted_soon,
    on_every_entry,
)
from vestibule import Entry, InProcessAddress, Linger, SocketOption


@on_every_entry
class Signals(EntryCase):
    """What a signal handler raises ends every wait, and the socket can be used on."""

    def interrupt(self, call, *args, **options):
        """Interrupts the call when it waits; without a time-out, and with one."""
        for timeout in (None, DEADLINE):
            with self.subTest(timeout=timeout), self.assertRaises(SignalHandled), interrupted_soon():
                while True:  # sending takes until the buffers are full
                    call(*args, timeout=timeout, **options)

    def test_accept(self):
        self.interrupt(self.listener.accept, lambda request: Decision.ACCEPT)
        caller, accepted = self.pair()
        caller.sendall(b"still there")
        self.assertEqual(accepted.recv(100), b"still there")

    def test_accept_that_waits_for_another_threads_decision(self):
        self.call()
        deciding, decided = threading.Event(), threading.Event()

        def decide(request):
            deciding.set()
            decided.wait(DEADLINE)
            return Decision.DEFER

        other = Background(self.listener.accept, decide)
        deciding.wait(DEADLINE)
        self.interrupt(self.listener.accept)
        decided.set()
        with self.assertRaises(vestibule.RequestDeferred):
            other.result()
        self.keep(self.listener.accept(timeout=DEADLINE))

    def test_recv(self):
        caller, accepted = self.pair()
        self.interrupt(accepted.recv, 1)
        self.interrupt(accepted.recv_into, bytearray(1))
        self.interrupt(accepted.recv, 10, wait_all=True)
        caller.sendall(b"x")
        self.assertEqual(accepted.recv(1), b"x")

    def test_send(self):
        for method in ("send", "sendall"):
            caller, accepted = self.pair()
            self.interrupt(getattr(caller, method), bytes(1 << 20))
            self.assertEqual(accepted.recv(1), b"\0")

    def test_a_handler_that_raises_nothing_lets_the_wait_go_on(self):
        with interrupted_soon(raising=False) as handled:
            caller = Background(lambda: handled.wait(DEADLINE) and vestibule.connect(self.address))
            self.keep(self.listener.accept())
        self.assertTrue(handled.is_set())
        self.keep(caller.result())

    def test_a_time_out_is_not_prolonged_by_signals(self):
        with interrupted_soon(raising=False), self.assertRaises(vestibule.TimedOut):
            self.listener.accept(timeout=4 * MOMENT)

    def test_an_exception_of_a_handler_inside_the_condition_function(self):
        self.call()

        def dawdle(request):
            while True:
                time.sleep(MOMENT)

        with self.assertRaises(SignalHandled), interrupted_soon():
            self.listener.accept(dawdle)
        self.keep(self.listener.accept(timeout=DEADLINE))  # ACC-59


class SignalsWhileLingering(EntryCase):
    entry = Entry.TCP4

    def lingering(self):
        """A connection that has sent more than its peer takes in, and would wait for long when it closes."""
        _, accepted = self.pair()
        accepted.linger = Linger(True, 600)
        with self.assertRaises(vestibule.TimedOut):
            while True:
                accepted.send(bytes(1 << 20), timeout=MOMENT)
        return accepted

    def test_close(self):
        accepted = self.lingering()
        with self.assertRaises(SignalHandled), interrupted_soon():
            accepted.close()
        self.assertFalse(accepted.closed)
        self.assert_error(10058, accepted.send, b"x")  # its sending direction has ended
        accepted.linger = Linger(True, 0)
        accepted.close()
        self.assertTrue(accepted.closed)

    def test_the_end_of_a_with_statement(self):
        accepted = self.lingering()
        with self.assertRaises(SignalHandled), interrupted_soon(), accepted:
            pass
        self.assertFalse(accepted.closed)
        accepted.linger = Linger(False, 0)

    def test_a_handler_that_raises_nothing_lets_it_linger_on(self):
        accepted = self.lingering()
        accepted.linger = Linger(True, 1)
        begun = time.monotonic()
        with interrupted_soon(raising=False) as handled:
            accepted.close()
        self.assertTrue(handled.is_set())
        self.assertGreaterEqual(time.monotonic() - begun, 1)


class SignalsWhileConnecting(EntryCase):
    entry = Entry.IN_PROCESS

    def test_connect(self):
        with vestibule.Socket(Entry.IN_PROCESS) as caller:
            for timeout in (None, DEADLINE):
                with self.assertRaises(SignalHandled), interrupted_soon():
                    caller.connect(self.address, timeout=timeout)
            with self.assertRaises(vestibule.TimedOut):
                self.listener.accept(timeout=0)  # the requests are withdrawn
            accepting = Background(self.listener.accept)
            caller.connect(self.address)
            self.keep(accepting.result())

    def test_connect_of_the_package(self):
        for timeout in (None, DEADLINE):
            with self.assertRaises(SignalHandled), interrupted_soon():
                vestibule.connect(self.address, timeout=timeout)

    def test_finish_connect(self):
        with vestibule.Socket(Entry.IN_PROCESS) as caller:
            caller.setblocking(False)
            with self.assertRaises(vestibule.WouldBlock):
                caller.connect(self.address)
            with self.assertRaises(SignalHandled), interrupted_soon():
                caller.finish_connect()
            self.keep(self.listener.accept())
            caller.finish_connect()

    def test_connect_over_tcp(self):
        with vestibule.listen(("127.0.0.1", 0), backlog=1) as listener:
            address = listener.getsockname()
            with self.assertRaises(SignalHandled), interrupted_soon():
                while True:  # until the kernel's queue is full and a connect waits
                    self.keep(vestibule.connect(address))
            with self.assertRaises(TimeoutError):
                vestibule.connect(address, timeout=MOMENT)


class KeyboardInterrupts(unittest.TestCase):
    # A program that a shell starts in the background ignores SIGINT, and so would its children.
    SCRIPT = """if True:
        import signal
        import vestibule
        signal.signal(signal.SIGINT, signal.default_int_handler)
        listener = vestibule.listen(vestibule.InProcessAddress.local(0))
        try:
            print("ready", flush=True)
            listener.accept()
        except KeyboardInterrupt:
            print("interrupted", flush=True)
            raise
    """

    def test_control_c_ends_a_program_as_usual(self):
        process = subprocess.Popen([sys.executable, "-c", self.SCRIPT], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual(process.stdout.readline(), b"ready\n")
        for _ in range(20):  # a signal may come just before the wait begins
            process.send_signal(signal.SIGINT)
            try:
                process.wait(SLOW)
                break
            except subprocess.TimeoutExpired:
                pass
        out, trace = process.communicate(timeout=DEADLINE)
        self.assertEqual(out, b"interrupted\n")
        self.assertIn(b"KeyboardInterrupt", trace)
        self.assertEqual(process.returncode, -signal.SIGINT)


@on_every_entry
class Threads(EntryCase):
    def test_waiting_lets_other_threads_run(self):
        waiting = 1.0 * SLOW
        begun = time.monotonic()
        threads = [Background(self.expect_timeout, waiting) for _ in range(8)]
        for thread in threads:
            thread.result()
        self.assertLess(time.monotonic() - begun, 4 * waiting)

    def expect_timeout(self, timeout):
        with vestibule.listen(FREE_ADDRESSES[self.entry]) as listener, self.assertRaises(vestibule.TimedOut):
            listener.accept(timeout=timeout)

    def test_a_condition_function_lets_other_threads_run(self):
        caller = self.call()
        meanwhile = []

        def decide(request):
            Background(meanwhile.append, threading.get_ident()).result()
            return Decision.ACCEPT

        self.keep(self.listener.accept(decide))
        self.keep(caller.result())
        self.assertEqual(len(meanwhile), 1)

    def test_many_threads_serve_one_listener(self):
        callers, threads = 60, 6
        showing = threading.Lock()
        overlaps, seen, accepted = [], [], []

        def decide(request):
            overlaps.append(not showing.acquire(blocking=False))  # ACC-55: one request at a time
            seen.append(request.caller_id)
            decision = Decision(len(seen) % 3)
            showing.release()
            return decision

        def serve():
            while True:
                try:
                    accepted.append(self.listener.accept(decide))
                except (vestibule.RequestDeferred, vestibule.ConnectionRefused):
                    pass
                except vestibule.WinsockError as error:
                    return error.winerror

        servers = [Background(serve) for _ in range(threads)]
        for start in range(0, callers, 10):
            group = [self.call() for _ in range(min(10, callers - start))]
            for caller in group:
                caller.join(DEADLINE)
        connected = [caller for caller in self.callers if caller.error is None]
        deadline = time.monotonic() + DEADLINE
        while len(set(seen)) < callers and time.monotonic() < deadline:
            time.sleep(MOMENT)
        self.listener.close()
        # Those that wait are interrupted, one that comes later finds no socket.
        self.assertLessEqual({server.result() for server in servers}, {10004, 10038})
        self.assertFalse(any(overlaps))
        self.assertEqual(len(set(seen)), callers)
        if self.in_process:
            self.assertEqual(len(accepted), len(connected))
        for connection in accepted:
            connection.close()

    def test_closing_ends_the_waits_of_other_threads(self):
        caller, accepted = self.pair()
        calls = [Background(self.listener.accept), Background(accepted.recv, 1)]
        time.sleep(MOMENT)
        self.listener.close()
        accepted.close()
        for call in calls:
            with self.assertRaises(InterruptedError) as caught:
                call.result()
            self.assertEqual(caught.exception.winerror, 10004)  # ACC-57
        self.assertEqual(caller.recv(1), b"")

    def test_closing_during_the_condition_function_voids_the_decision(self):
        self.call()

        def decide(request):
            Background(self.listener.close).result()
            return Decision.ACCEPT

        with self.assertRaises(vestibule.Interrupted):
            self.listener.accept(decide)  # ACC-58

    def test_closing_during_the_condition_function_and_no_decision(self):
        self.call()

        def decide(request):
            Background(self.listener.close).result()
            return "nothing that counts"

        with self.assertRaises(vestibule.Interrupted):
            self.listener.accept(decide)


@on_every_entry
class Lifetime(EntryCase):
    def test_a_closed_socket_says_so_and_closing_again_is_fine(self):
        caller, _ = self.pair()
        for socket in (caller, self.listener):
            socket.close()
            socket.close()
            self.assertTrue(socket.closed)
            self.assertFalse(socket.listening)
            self.assertEqual(socket.fileno(), -1)
            self.assertEqual(socket.write_fileno(), -1)
            self.assertIn("closed", repr(socket))
            for call in (socket.getsockname, socket.accept, socket.listen, lambda s=socket: s.recv(1)):
                self.assert_error(10038, call)

    def test_with_statements_close(self):
        with vestibule.listen(FREE_ADDRESSES[self.entry]) as listener:
            self.assertIsInstance(listener, vestibule.Listener)
            self.assertFalse(listener.closed)
        self.assertTrue(listener.closed)
        with self.assertRaises(ZeroDivisionError), vestibule.Socket(self.entry) as socket:
            _ = 1 / 0
        self.assertTrue(socket.closed)

    def test_a_socket_that_is_forgotten_open_is_warned_of(self):
        for make in (lambda: vestibule.Socket(self.entry), lambda: vestibule.listen(FREE_ADDRESSES[self.entry])):
            with self.assertWarnsRegex(ResourceWarning, "unclosed vestibule socket: " + self.entry.value):
                make()
                gc.collect()

    def test_a_socket_that_was_closed_is_not(self):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            vestibule.Socket(self.entry).close()
            gc.collect()
        self.assertEqual(caught, [])

    def test_the_descriptor_is_closed_at_once(self):
        descriptor = self.listener.fileno()
        os.fstat(descriptor)
        self.listener.close()
        with self.assertRaises(OSError):
            os.fstat(descriptor)

    def test_nothing_is_left_behind(self):
        def descriptors():
            return len(os.listdir("/proc/self/fd"))

        def scene(decision):
            caller = Background(vestibule.connect, self.address)
            try:
                self.decide(decision).close()
            except vestibule.WinsockError:
                if decision == Decision.DEFER:
                    self.listener.accept().close()
            except TypeError:
                pass
            caller.join(DEADLINE)
            caller.close()

        before = descriptors()
        for turn in range(60):
            scene(Decision(turn % 3))
        self.assertEqual(descriptors(), before)


class InProcessOnly(EntryCase):
    entry = Entry.IN_PROCESS

    def test_a_connect_ends_when_its_socket_is_closed(self):
        socket = vestibule.Socket(self.entry)
        call = Background(socket.connect, self.address)
        time.sleep(MOMENT)
        socket.close()
        with self.assertRaises(vestibule.Interrupted):
            call.result()

    def test_a_free_port_is_free_again(self):
        with vestibule.listen(InProcessAddress.local(0)) as listener:
            address = listener.getsockname()
            with self.assertRaises(vestibule.WinsockError) as caught:
                vestibule.listen(address)
            self.assertEqual(caught.exception.winerror, 10048)
        vestibule.listen(address).close()

    def test_the_connect_time_out_of_a_socket(self):
        with vestibule.listen(InProcessAddress.local(0)) as listener, vestibule.Socket(Entry.IN_PROCESS) as caller:
            caller.setsockopt(SocketOption.CONNECT_TIMEOUT, int(MOMENT * 1000))
            with self.assertRaises(TimeoutError):
                caller.connect(listener.getsockname())  # CON-33
