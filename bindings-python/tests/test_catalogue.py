"""The catalogue, and settings from the environment."""

import os
import re
import socket
import subprocess
import sys
import unittest
from pathlib import Path

import vestibule
from support import has_ipv6
from vestibule import Capability, Entry, ProtocolInfo, ServiceFlags, Setting, SocketOption, UserDataLimits

ROOT = Path(__file__).resolve().parents[2]
FREE_ADDRESSES = {socket.AF_INET: ("127.0.0.1", 0), socket.AF_INET6: ("::1", 0)}


def info(entry: Entry) -> ProtocolInfo:
    (row,) = (row for row in vestibule.catalogue() if row.entry is entry)
    return row


class Catalogue(unittest.TestCase):
    def test_every_entry_has_its_row_in_the_order_of_registration(self):
        rows = vestibule.catalogue()
        self.assertEqual([row.entry for row in rows], list(Entry))
        self.assertEqual([row.catalogue_id for row in rows], sorted({row.catalogue_id for row in rows}))
        self.assertEqual(len({row.name for row in rows}), len(rows))

    def test_plain_tcp(self):
        row = info(Entry.TCP4)
        self.assertEqual(row.name, "vestibule TCP/IP")
        self.assertEqual((row.family, row.type), (socket.AF_INET, socket.SOCK_STREAM))
        self.assertEqual(row.protocol, socket.IPPROTO_TCP)
        self.assertEqual(row.service_flags, 0x20066)
        self.assertIn(ServiceFlags.IFS_HANDLES, row.service_flags)
        self.assertIn(Capability.KERNEL_HANDLE, row.capabilities)
        self.assertNotIn(Capability.CONNECT_DATA, row.capabilities)  # UDA-26
        self.assertEqual(row.user_data_limits, (0, 0))
        self.assertEqual(info(Entry.TCP6).family, socket.AF_INET6)
        self.assertEqual(info(Entry.TCP6).capabilities, row.capabilities)

    def test_in_process(self):
        row = info(Entry.IN_PROCESS)
        self.assertEqual((row.family, row.type, row.protocol), (0x5645, socket.SOCK_STREAM, 0))
        self.assertIn(ServiceFlags.CONNECT_DATA | ServiceFlags.DISCONNECT_DATA, row.service_flags)  # UDA-08
        self.assertIn(Capability.QOS | Capability.DECIDED_CONNECT, row.capabilities)
        self.assertNotIn(Capability.KERNEL_HANDLE, row.capabilities)
        self.assertEqual(row.user_data_limits, UserDataLimits(32, 64))  # UDA-09

    def test_datagrams(self):
        row = info(Entry.UDP4)
        self.assertEqual((row.family, row.type), (socket.AF_INET, socket.SOCK_DGRAM))
        self.assertEqual(row.protocol, socket.IPPROTO_UDP)
        self.assertEqual(row.service_flags, 0x20209)
        self.assertIn(Capability.CONNECTIONLESS, row.capabilities)
        self.assertNotIn(Capability.CONNECTIONLESS, info(Entry.TCP4).capabilities)

    def test_the_capabilities_are_those_of_the_library(self):
        header = (ROOT / "include/vestibule.h").read_text()
        defined = dict(re.findall(r"#define VESTIBULE_CAP_(\w+) \(1 << (\d+)\)", header))
        self.assertEqual({name: 1 << int(bit) for name, bit in defined.items()}, dict(Capability.__members__))

    def test_what_the_capabilities_say_is_what_the_calls_do(self):
        for row in vestibule.catalogue():
            if row.family == socket.AF_INET6 and not has_ipv6():
                continue
            with self.subTest(entry=row.entry), vestibule.Socket(row.entry) as sock:
                sock.bind(FREE_ADDRESSES.get(row.family, vestibule.InProcessAddress.local(0)))
                self.assertEqual(sock.user_data_limits, row.user_data_limits)
                self.assertEqual(sock.getsockopt(SocketOption.TYPE), row.type)
                for capability, call in (
                    (Capability.QOS, sock.negotiated_qos),
                    (Capability.CONDITIONAL_ACCEPT, lambda: sock.setsockopt(SocketOption.CONDITIONAL_ACCEPT, 1)),
                    (Capability.CONNECT_DATA, lambda: sock.get_user_data(vestibule.UserDataKind.CONNECT)),
                ):
                    works = True
                    try:
                        call()
                    except vestibule.WinsockError:
                        works = False
                    self.assertEqual(works, capability in row.capabilities, capability)

    def test_rows_are_frozen_and_have_names(self):
        row = info(Entry.IN_PROCESS)
        with self.assertRaises(AttributeError):
            row.name = "other"
        self.assertIsInstance(vestibule.catalogue(), tuple)
        self.assertEqual(row, info(Entry.IN_PROCESS))
        self.assertIn("CONNECT_DATA", repr(row.capabilities))


class Environment(unittest.TestCase):
    def setting_of_a_program(self, setting, **environment):
        code = f"import vestibule; print(vestibule.setting({int(setting)}))"
        kept = {name: value for name, value in os.environ.items() if not name.startswith("VESTIBULE_")}
        kept["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
        command = [sys.executable, "-c", code]
        done = subprocess.run(command, env=kept | environment, capture_output=True, check=True, text=True)
        return int(done.stdout)

    def test_every_setting_has_a_variable_of_its_name(self):
        for setting in Setting:
            with self.subTest(setting=setting):
                value = 0 if setting is Setting.CALLER_CHECK else 123
                environment = {f"VESTIBULE_{setting.name}": str(value)}
                self.assertEqual(self.setting_of_a_program(setting, **environment), value)

    def test_nonsense_is_ignored(self):
        limit = Setting.CONNECT_DATA_LIMIT
        for text in ("many", "4097", ""):
            self.assertEqual(self.setting_of_a_program(limit, VESTIBULE_CONNECT_DATA_LIMIT=text), 32)


if __name__ == "__main__":
    unittest.main()
