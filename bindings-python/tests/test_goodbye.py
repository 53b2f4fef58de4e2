"""The eight steps of a goodbye with totals: whoever is in charge says its own, the other end answers with that of all.

Steps are numbered as in `features/eight_steps.feature`.
"""

from support import DEADLINE, Background, EntryCase, on_every_entry

# (5a) follows (5), and comes before, between or after (6), (7) and (8).
ORDERS = (
    ("5a", "6", "7", "8"),
    ("6", "5a", "7", "8"),
    ("6", "7", "5a", "8"),
    ("6", "7", "8", "5a"),
)
TOTALS = (12, 30, 100)


class Goodbye:
    """One connection that ends. Where there is no disconnect data, a total is the last line of the stream."""

    def __init__(self, in_charge, other, has_data):
        self.in_charge, self.other, self.has_data = in_charge, other, has_data
        self.noticed = b""

    def say(self, socket, total):
        data = str(total).encode()
        if self.has_data:
            socket.send_disconnect(data)
        else:
            socket.sendall(data)
            socket.send_disconnect()

    def notice(self, socket):
        """Reads up to the end, which recv shows as no data."""
        self.noticed = b""
        while data := socket.recv(64, timeout=DEADLINE):
            self.noticed += data

    def collect(self, socket):
        if self.has_data:
            assert self.noticed == b"", "disconnect data is outside the stream"
            return int(socket.recv_disconnect(64))
        socket.recv_disconnect()
        return int(self.noticed)

    def answer(self, total_of_all):
        """Steps (2) to (5) of the other end; the total of all from now on."""
        self.notice(self.other)
        total_of_all += self.collect(self.other)
        self.say(self.other, total_of_all)
        return total_of_all

    def finish(self, order):
        """Steps (5a) to (8); what the end in charge has learnt."""
        learnt = None
        for step in order:
            match step:
                case "5a":
                    self.other.close()
                case "6":
                    self.notice(self.in_charge)
                case "7":
                    learnt = self.collect(self.in_charge)
                case "8":
                    self.in_charge.close()
        return learnt


@on_every_entry
class EightSteps(EntryCase):
    def play(self, server_is_in_charge):
        for order in ORDERS:
            total_of_all = 0
            for number, total in enumerate(TOTALS, 1):
                with self.subTest(order=order, total=total):
                    caller, accepted = self.pair()
                    ends = (accepted, caller) if server_is_in_charge else (caller, accepted)
                    goodbye = Goodbye(*ends, has_data=self.in_process)
                    other = Background(goodbye.answer, total_of_all)
                    goodbye.say(goodbye.in_charge, total)  # (1)
                    total_of_all = other.result()
                    self.assertEqual(goodbye.finish(order), sum(TOTALS[:number]))
                    self.assertTrue(caller.closed and accepted.closed)

    def test_the_client_is_in_charge(self):
        self.play(server_is_in_charge=False)  # DIS-05 to DIS-12

    def test_the_server_is_in_charge(self):
        self.play(server_is_in_charge=True)  # DIS-14
