"""Deciding: accept, reject, defer, and functions that give no decision."""

import threading
import traceback
import unittest

import vestibule
from support import DEADLINE, MOMENT, Background, Decision, EntryCase, on_every_entry
from vestibule import ConnectionRefused, InvalidDecision, RequestDeferred


@on_every_entry
class Accept(EntryCase):
    def test_the_function_is_shown_who_calls(self):
        caller = self.call()
        shown = {}

        def look(request):
            shown.update(
                caller_id=request.caller_id,
                callee_id=request.callee_id,
                thread=threading.get_ident(),
                text=repr(request),
            )
            return Decision.ACCEPT

        accepted = self.keep(self.listener.accept(look))
        connection = self.keep(caller.result())
        self.assertEqual(shown["caller_id"], connection.getsockname())
        self.assertEqual(shown["callee_id"], self.address)
        self.assertEqual(shown["thread"], threading.get_ident())
        self.assertTrue(shown["text"].startswith("<vestibule.ConnectionRequest from "), shown["text"])
        self.assertIsInstance(accepted, vestibule.Connection)
        self.assertEqual(accepted.getpeername(), connection.getsockname())
        self.assertEqual(accepted.getsockname(), connection.getpeername())
        self.assertTrue(self.listener.listening)

    def test_plain_numbers_are_decisions_too(self):
        caller = self.call()
        with self.assertRaises(RequestDeferred):
            self.decide(2)
        self.keep(self.decide(0))
        self.keep(caller.result())

    def test_a_rejection_raises_and_removes_the_request(self):
        caller = self.call()
        with self.assertRaises(ConnectionRefused) as caught:
            self.decide(Decision.REJECT)
        self.assertEqual(caught.exception.winerror, 10061)
        self.assertIsInstance(caught.exception, ConnectionRefusedError)
        self.assert_refused(caller)
        self.assert_nothing_pending()

    def test_a_deferral_raises_and_keeps_the_request_at_the_head(self):
        first = self.call()
        seen = []

        def defer(request):
            seen.append(request.caller_id)
            return Decision.DEFER

        with self.assertRaises(RequestDeferred) as caught:
            self.listener.accept(defer)
        self.assertEqual(caught.exception.winerror, 11002)
        self.assertIsInstance(caught.exception, BlockingIOError)
        self.assertNotIsInstance(caught.exception, vestibule.WouldBlock)
        second = self.call()
        with self.assertRaises(RequestDeferred):
            self.listener.accept(defer)
        accepted = self.keep(self.listener.accept())  # ACC-27
        self.assertEqual(seen, [accepted.getpeername()] * 2)
        self.keep(first.result())
        self.keep(self.listener.accept())
        self.keep(second.result())

    def test_an_exception_comes_out_unchanged_and_the_request_stays(self):
        caller = self.call()
        failure = RuntimeError("cannot say")

        def fail(request):
            raise failure

        try:
            self.listener.accept(fail)
        except RuntimeError as error:
            self.assertIs(error, failure)
            self.assertEqual(traceback.extract_tb(error.__traceback__)[-1].name, "fail")
        else:
            self.fail("nothing was raised")
        self.keep(self.decide(Decision.ACCEPT))
        self.keep(caller.result())

    def test_an_invalid_answer_is_a_value_error_and_the_request_stays(self):
        caller = self.call()
        for answer in (3, -1, None, True, False, "accept", 1.0, 1 << 80):
            with self.subTest(answer=answer), self.assertRaises(InvalidDecision) as caught:
                self.decide(answer)
            self.assertEqual(caught.exception.winerror, 10022)
            self.assertIsInstance(caught.exception, vestibule.WinsockError)
            self.assertIsInstance(caught.exception, ValueError)
            self.assertIn(repr(answer), str(caught.exception))
        self.keep(self.decide(Decision.ACCEPT))
        self.keep(caller.result())

    def test_a_request_object_is_useless_afterwards(self):
        caller = self.call()
        kept = []

        def keep(request):
            kept.append(request)
            return Decision.ACCEPT

        self.keep(self.listener.accept(keep))
        self.keep(caller.result())
        (request,) = kept
        for name in ("caller_id", "callee_id", "caller_data", "callee_capacity", "qos", "credentials", "callee_data"):
            with self.subTest(name=name), self.assertRaisesRegex(RuntimeError, "only while its condition function"):
                getattr(request, name)
        with self.assertRaises(RuntimeError):
            request.callee_data = b""
        with self.assertRaises(RuntimeError):
            request.qos = vestibule.Qos()
        self.assertIn("decided", repr(request))

    def test_a_request_object_is_useless_after_an_exception_too(self):
        self.call()
        kept = []

        def fail(request):
            kept.append(request)
            raise KeyError

        with self.assertRaises(KeyError):
            self.listener.accept(fail)
        with self.assertRaises(RuntimeError):
            _ = kept[0].caller_id

    def test_a_time_out_ends_the_wait_and_zero_looks_once(self):
        for timeout in (MOMENT, 0):
            with self.subTest(timeout=timeout), self.assertRaises(vestibule.TimedOut) as caught:
                self.listener.accept(timeout=timeout)
            self.assertIsInstance(caught.exception, TimeoutError)
            self.assertEqual(caught.exception.winerror, 10060)
        caller = self.call()
        with self.assertRaises(RequestDeferred):
            self.decide(Decision.DEFER)
        self.keep(self.listener.accept(timeout=0))
        self.keep(caller.result())

    def test_a_nonblocking_listener_never_waits(self):
        self.listener.setblocking(False)
        self.assertFalse(self.listener.getblocking())
        with self.assertRaises(vestibule.WouldBlock) as caught:
            self.listener.accept(lambda request: self.fail("nobody called"))
        self.assertIsInstance(caught.exception, BlockingIOError)
        self.assertEqual(caught.exception.winerror, 10035)

    def test_bad_arguments_are_told_apart(self):
        with self.assertRaises(TypeError):
            self.listener.accept(7)
        for timeout in (-1, float("nan")):
            with self.assertRaises(ValueError):
                self.listener.accept(timeout=timeout)
        with self.assertRaises(TypeError):
            self.listener.accept(timeout="soon")

    def test_the_listener_is_off_limits_inside_its_function(self):
        caller = self.call()
        codes = []

        def meddle(request):
            for call in (
                self.listener.close,
                self.listener.accept,
                self.listener.listen,
                self.listener.shutdown,
                lambda: self.listener.setblocking(False),
            ):
                try:
                    call()
                except vestibule.WinsockError as error:
                    codes.append(error.winerror)
            return Decision.ACCEPT

        self.keep(self.listener.accept(meddle))
        self.keep(caller.result())
        self.assertEqual(codes, [10036] * 5)  # ACC-51
        self.assertFalse(self.listener.closed)

    def test_accepting_on_another_listener_may_nest(self):
        other = self.keep(vestibule.listen(vestibule.InProcessAddress.local(0)))
        outer, inner = self.call(), None

        def nest(request):
            nonlocal inner
            inner = Background(vestibule.connect, other.getsockname())
            self.keep(other.accept(lambda inner_request: Decision.ACCEPT, timeout=DEADLINE))
            return Decision.ACCEPT

        self.keep(self.listener.accept(nest))
        self.keep(outer.result())
        self.keep(inner.result())

    def assert_refused(self, caller):
        """On plain TCP a caller is connected first and then sees a reset (ACC-72)."""
        if self.in_process:
            with self.assertRaises(ConnectionRefused):
                caller.result()
        else:
            connection = self.keep(caller.result())
            with self.assertRaises(vestibule.ConnectionReset):
                connection.recv(1, timeout=DEADLINE)

    def assert_nothing_pending(self):
        with self.assertRaises(vestibule.TimedOut):
            self.listener.accept(timeout=0)


class AcceptWithoutListening(unittest.TestCase):
    def test_a_socket_that_does_not_listen_cannot_accept(self):
        with vestibule.Socket(vestibule.Entry.IN_PROCESS) as socket:
            with self.assertRaises(vestibule.WinsockError) as caught:
                socket.accept()
            self.assertEqual(caught.exception.winerror, 10022)  # ACC-16
            self.assertNotIsInstance(caught.exception, ValueError)
