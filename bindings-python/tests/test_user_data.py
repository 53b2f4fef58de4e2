"""What travels with a request, an acceptance, a refusal and a goodbye."""

import os
import unittest

import vestibule
from support import Background, Decision, EntryCase
from vestibule import ConnectionRefused, Entry, FlowSpec, InProcessAddress, Qos, RequestDeferred, UserDataKind


class InProcess(EntryCase):
    entry = Entry.IN_PROCESS

    def test_caller_data_and_callee_data_arrive(self):
        caller = self.call(data=b"hello")
        shown = []

        def answer(request):
            shown.append((request.caller_data, request.callee_capacity, request.callee_data))
            request.callee_data = b"welcome"
            return Decision.ACCEPT

        accepted = self.keep(self.listener.accept(answer))
        connection = self.keep(caller.result())
        self.assertEqual(shown, [(b"hello", 32, b"")])
        self.assertEqual(connection.callee_data, b"welcome")
        self.assertEqual(accepted.callee_data, b"")
        self.assertEqual(connection.user_data_limits, (32, 64))

    def test_no_data_is_none(self):
        for data in (None, b""):
            caller = self.call(data=data)
            shown = []

            def look(request, shown=shown):
                shown.append(request.caller_data)
                return Decision.ACCEPT

            self.keep(self.listener.accept(look))
            self.assertEqual(self.keep(caller.result()).callee_data, b"")
            self.assertEqual(shown, [None])

    def test_any_bytes_like_object_will_do(self):
        for data in (bytearray(b"abc"), memoryview(b"abcd")[:3]):
            caller = self.call(data=data)
            shown = []

            def answer(request, shown=shown, data=data):
                shown.append(request.caller_data)
                request.callee_data = data
                request.callee_data = memoryview(request.callee_data)
                return Decision.ACCEPT

            self.keep(self.listener.accept(answer))
            self.assertEqual(self.keep(caller.result()).callee_data, b"abc")
            self.assertEqual(shown, [b"abc"])

    def test_data_must_be_bytes(self):
        for data in (5, "text", [1]):
            with self.assertRaises(TypeError):
                vestibule.connect(self.address, data=data)

    def test_none_takes_callee_data_back(self):
        caller = self.call()

        def answer(request):
            request.callee_data = b"never mind"
            request.callee_data = None
            return Decision.ACCEPT

        self.keep(self.listener.accept(answer))
        self.assertEqual(self.keep(caller.result()).callee_data, b"")

    def test_callee_data_beyond_the_limit_is_a_fault_and_the_request_stays(self):
        caller = self.call()

        def too_much(request):
            request.callee_data = b"kept"
            with self.assertRaises(vestibule.WinsockError):
                request.callee_data = bytes(33)
            self.assertEqual(request.callee_data, b"kept")
            request.callee_data = bytes(33)
            return Decision.ACCEPT

        self.assert_error(10014, self.listener.accept, too_much)  # ACC-39
        self.keep(self.listener.accept())
        self.assertEqual(self.keep(caller.result()).callee_data, b"")

    def test_caller_data_beyond_the_limit_is_a_fault(self):
        self.assert_error(10014, vestibule.connect, self.address, data=bytes(33))  # CON-26

    def test_a_refusal_carries_its_data_on_the_exception(self):
        caller = self.call()

        def refuse(request):
            request.callee_data = b"go away"
            return Decision.REJECT

        with self.assertRaises(ConnectionRefused) as mine:
            self.listener.accept(refuse)
        self.assertEqual(mine.exception.data, b"")
        with self.assertRaises(ConnectionRefused) as theirs:
            caller.result()
        self.assertEqual(theirs.exception.data, b"go away")  # ACC-44

    def test_a_refusal_carries_its_data_to_a_nonblocking_caller(self):
        with vestibule.Socket(Entry.IN_PROCESS) as caller:
            caller.setblocking(False)
            with self.assertRaises(vestibule.WouldBlock):
                caller.connect(self.address)

            def refuse(request):
                request.callee_data = b"no"
                return Decision.REJECT

            with self.assertRaises(ConnectionRefused):
                self.listener.accept(refuse)
            with self.assertRaises(ConnectionRefused) as caught:
                caller.finish_connect()
            self.assertEqual(caught.exception.data, b"no")
            self.assertEqual(caller.recv_disconnect(), b"no")

    def test_callee_data_before_a_deferral_is_dropped(self):
        caller = self.call()

        def defer(request):
            request.callee_data = b"later"
            return Decision.DEFER

        with self.assertRaises(RequestDeferred):
            self.listener.accept(defer)
        self.keep(self.listener.accept())
        self.assertEqual(self.keep(caller.result()).callee_data, b"")

    def test_disconnect_data_goes_both_ways(self):
        caller, accepted = self.pair()
        caller.sendall(b"last words")
        caller.send_disconnect(b"bye")
        self.assertEqual(accepted.recv(100), b"last words")
        self.assertEqual(accepted.recv(100), b"")
        self.assert_error(10014, accepted.recv_disconnect, 2)  # DIS-27
        self.assertEqual(accepted.recv_disconnect(), b"bye")
        accepted.send_disconnect(b"goodbye")
        self.assertEqual(caller.recv_disconnect(100), b"goodbye")
        with self.assertRaises(BrokenPipeError):
            caller.send_disconnect()  # DIS-24

    def test_credentials_are_those_of_this_process(self):
        self.call()
        shown = []

        def look(request):
            shown.append(request.credentials)
            return Decision.REJECT

        with self.assertRaises(ConnectionRefused):
            self.listener.accept(look)
        (who,) = shown
        self.assertEqual((who.uid, who.gid, who.pid), (os.geteuid(), os.getegid(), os.getpid()))

    def test_quality_of_service_is_seen_from_the_other_side_and_granted(self):
        asked = Qos(FlowSpec(1000, 2000, 3000, 4, 5, 2, 600, 70), FlowSpec())
        granted = Qos(FlowSpec(), FlowSpec(500, 2000, 3000, 4, 5, 2, 600, 70))
        caller = self.call(qos=asked)
        shown = []

        def grant(request):
            shown.append(request.qos)
            request.qos = granted
            shown.append(request.qos)
            return Decision.ACCEPT

        accepted = self.keep(self.listener.accept(grant))
        connection = self.keep(caller.result())
        self.assertEqual(shown, [Qos(asked.receiving, asked.sending), granted])
        self.assertEqual(accepted.qos, granted)
        self.assertEqual(connection.qos, Qos(granted.receiving, granted.sending))

    def test_quality_of_service_that_was_not_asked_for_cannot_be_granted(self):
        self.call()

        def grant(request):
            self.assertIsNone(request.qos)
            request.qos = Qos()
            return Decision.ACCEPT

        self.assert_error(10045, self.listener.accept, grant)

    def test_quality_of_service_that_cannot_be_carried_is_refused(self):
        impossible = Qos(FlowSpec(service_type=77))
        self.assert_error(10045, vestibule.connect, self.address, qos=impossible)  # CON-29
        for qos in (5, (1, 2), Qos(FlowSpec(-1))):
            with self.assertRaises((TypeError, ValueError, OverflowError)):
                vestibule.connect(self.address, qos=qos)

    def test_user_data_as_options(self):
        self.listener.set_user_data(UserDataKind.CONNECT, b"the answer to all")
        with vestibule.Socket(self.entry) as caller:
            caller.set_user_data(UserDataKind.CONNECT, bytearray(b"it is me"))
            caller.set_user_data(UserDataKind.DISCONNECT, b"gone")
            caller.reserve_user_data(UserDataKind.CONNECT, 10)
            call = Background(caller.connect, self.address)
            accepted = self.keep(self.decide(Decision.ACCEPT))
            call.result()
            self.assertEqual(accepted.get_user_data(UserDataKind.CONNECT), b"it is me")  # UDA-15 UDA-17
            self.assertEqual(caller.get_user_data(UserDataKind.CONNECT), b"the answer")  # UDA-18 UDA-20
            self.assert_error(10022, caller.set_user_data, UserDataKind.CONNECT, b"")  # UDA-25
            self.assert_error(10014, caller.set_user_data, UserDataKind.DISCONNECT, bytes(65))  # UDA-24
        self.assertEqual(accepted.get_user_data(UserDataKind.DISCONNECT), b"gone")  # DIS-52
        with self.assertRaises(TypeError):
            accepted.get_user_data("SO_CONNDATA")

    def test_callee_data_of_the_function_wins_over_the_option(self):
        self.listener.set_user_data(UserDataKind.CONNECT, b"the answer to all")
        caller = self.call()

        def answer(request):
            request.callee_data = b"just for you"
            return Decision.ACCEPT

        self.keep(self.listener.accept(answer))
        self.assertEqual(self.keep(caller.result()).callee_data, b"just for you")  # UDA-19

    def test_quality_of_service_as_an_option(self):
        qos = Qos(FlowSpec(1000, 2000, 3000, 4, 5, 2, 600, 70), FlowSpec())
        with vestibule.Socket(self.entry) as caller:
            self.assert_error(10022, caller.negotiated_qos)  # QOS-14
            caller.qos = qos
            call = Background(caller.connect, self.address)
            accepted = self.keep(self.listener.accept())
            call.result()
            self.assertEqual(caller.negotiated_qos(), qos)  # QOS-08
            self.assertEqual(accepted.negotiated_qos(), Qos(qos.receiving, qos.sending))
        self.assertEqual(self.listener.negotiated_qos(), Qos())


class PlainTcp(EntryCase):
    entry = Entry.TCP4

    def test_there_is_no_user_data(self):
        caller = self.call()
        shown = []

        def look(request):
            shown.append((request.caller_data, request.callee_capacity, request.qos, request.credentials))
            with self.assertRaises(vestibule.WinsockError):
                request.callee_data = b"x"
            return Decision.ACCEPT

        accepted = self.keep(self.listener.accept(look))
        connection = self.keep(caller.result())
        self.assertEqual(shown, [(None, 0, None, None)])
        self.assertEqual(accepted.user_data_limits, (0, 0))
        self.assertEqual(connection.callee_data, b"")
        self.assertIsNone(connection.qos)
        self.assert_error(10042, connection.send_disconnect, b"bye")  # DIS-21
        self.assert_error(10042, connection.get_user_data, UserDataKind.DISCONNECT)  # UDA-22
        self.assert_error(10042, connection.negotiated_qos)
        connection.send_disconnect()
        self.assertEqual(accepted.recv_disconnect(), b"")
        self.assert_error(10042, accepted.recv_disconnect, 10)  # DIS-29

    def test_connect_says_what_it_cannot_carry(self):
        self.assert_error(10043, vestibule.connect, self.address, data=b"x")  # CON-27
        self.assert_error(10045, vestibule.connect, self.address, qos=Qos())  # QOS-10


class Settings(unittest.TestCase):
    def test_limits_hold_for_sockets_made_afterwards(self):
        setting = vestibule.Setting.CONNECT_DATA_LIMIT
        before = vestibule.setting(setting)
        self.addCleanup(vestibule.configure, setting, before)
        vestibule.configure(setting, 100)
        self.assertEqual(vestibule.setting(setting), 100)
        with vestibule.listen(InProcessAddress.local(0)) as listener:
            self.assertEqual(listener.user_data_limits.connect, 100)
            caller = Background(vestibule.connect, listener.getsockname(), data=bytes(100))
            listener.accept().close()
            caller.result().close()

    def test_values_out_of_range_are_invalid(self):
        for setting, value in ((vestibule.Setting.BACKLOG_CEILING, 0), (vestibule.Setting.CALLER_CHECK, 2), (99, 1)):
            with self.assertRaises(vestibule.WinsockError) as caught:
                vestibule.configure(setting, value)
            self.assertEqual(caught.exception.winerror, 10022)

    def test_every_setting_can_be_read(self):
        for setting in vestibule.Setting:
            self.assertGreaterEqual(vestibule.setting(setting), 1)
