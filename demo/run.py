#!/usr/bin/env python3
"""The demonstration: a server that accepts one caller, rejects a second and defers a third; and the
eight steps of a goodbye with totals, in every order.

The decisions first over plain TCP, each party a process of its own: the server and two callers in C,
written for Winsock, and a caller in Python. Then in-process, in Rust. The goodbye in-process, in C and
in Python, and over plain TCP between a server in C and a client in Python. Ends with 0 only if
everything went as announced. Expects `make lib` and `make python` to have run.
"""

import os
import shlex
import subprocess
import sys
import threading
from pathlib import Path

from orders import ORDERS, TRANSACTIONS

ROOT = Path(__file__).resolve().parent.parent
LIBRARY = ROOT / "target" / "release"
PROGRAMS = ROOT / "target" / "demo"
PATIENCE = 60  # seconds that any one party may take
C_PROGRAMS = ("demo_server", "demo_client", "goodbye", "goodbye_server")
OF_THE_SERVER = ("2", "3", "4", "5", "5a")


def build() -> None:
    """Compiles the C programs against libvestibule.so, and the Rust example."""
    PROGRAMS.mkdir(parents=True, exist_ok=True)
    compiler = shlex.split(os.environ.get("CC", "cc"))
    for name in C_PROGRAMS:
        source = ROOT / "ffi" / "examples" / f"{name}.c"
        include = f"-I{ROOT / 'include' / 'vestibule'}"
        link = [f"-L{LIBRARY}", "-lvestibule", f"-Wl,-rpath,{LIBRARY}"]
        command = [*compiler, "-std=c11", "-Wall", "-Wextra", include, str(source), *link]
        subprocess.run([*command, "-o", str(PROGRAMS / name)], check=True)
    cargo = [os.environ.get("CARGO", "cargo"), "build", "-q", "--locked", "--release"]
    subprocess.run([*cargo, "-p", "vestibule", "--example", "decisions"], cwd=ROOT, check=True)


class Party:
    """A process of the scene; what it prints is shown as it comes, unless it is a quiet one."""

    def __init__(self, *command: str, quiet: bool = False) -> None:
        self.quiet = quiet
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "target" / "python")}
        self.process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.lines: list[str] = []
        self.news = threading.Condition()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self.news:
                self.lines.append(line.rstrip())
                if not self.quiet:
                    print("  " + line, end="", flush=True)
                self.news.notify_all()
        with self.news:
            self.news.notify_all()

    def until(self, words: str) -> str:
        """Waits for a line with these words and returns it."""

        def said() -> str | None:
            return next((line for line in self.lines if words in line), None)

        with self.news:
            self.news.wait_for(lambda: said() or not self.reader.is_alive(), PATIENCE)
            found = said()
        if found is None:
            raise RuntimeError(f"nobody said: {words}")
        return found

    def tell(self, line: str) -> None:
        """Writes a line to its standard input."""
        assert self.process.stdin is not None
        print(line, file=self.process.stdin, flush=True)

    def ask(self, line: str) -> str:
        """Writes a line and waits for the next one that comes back."""
        with self.news:
            before = len(self.lines)
            self.tell(line)
            self.news.wait_for(lambda: len(self.lines) > before or not self.reader.is_alive(), PATIENCE)
            if len(self.lines) == before:
                raise RuntimeError(f"no answer to: {line}")
            return self.lines[before]

    def leaves(self) -> None:
        """Ends its standard input, and waits for its end."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.ends_well()

    def ends_well(self) -> None:
        """Waits for its end, which must be a success."""
        if self.process.wait(PATIENCE) != 0:
            raise RuntimeError(f"{self.process.args!r} ended with {self.process.returncode}")
        self.reader.join(PATIENCE)


def over_tcp() -> None:
    """The scene between processes."""
    print("\nOver plain TCP, each party a process:", flush=True)
    parties: list[Party] = []

    def enter(*command: str) -> Party:
        parties.append(Party(*command))
        return parties[-1]

    try:
        server = enter(str(PROGRAMS / "demo_server"))
        port = server.until("listening").rsplit(":", 1)[1]
        enter(str(PROGRAMS / "demo_client"), port, "accepted").ends_well()
        enter(sys.executable, str(ROOT / "demo" / "caller.py"), port).ends_well()
        deferred = enter(str(PROGRAMS / "demo_client"), port, "deferred")
        server.until("WSATRY_AGAIN")
        deferred.until("no answer yet")
        server.tell("decide again")
        deferred.ends_well()
        server.ends_well()
    finally:
        for party in parties:
            party.process.kill()


def in_process() -> None:
    """The scene in one Rust program, where a caller waits until the server has decided."""
    print("\nIn-process, in Rust:", flush=True)
    program = LIBRARY / "examples" / "decisions"
    subprocess.run([str(program)], check=True, timeout=PATIENCE)


def goodbye_in_process() -> None:
    """The eight steps in one program each, with disconnect data."""
    for language, command in (
        ("C", [str(PROGRAMS / "goodbye")]),
        ("Python", [sys.executable, str(ROOT / "demo" / "goodbye.py")]),
    ):
        print(f"\nA goodbye with totals, in-process, as disconnect data, in {language}:", flush=True)
        Party(*command).ends_well()


def goodbye_over_tcp() -> None:
    """The eight steps between two processes."""
    print("\nOver plain TCP, which carries no disconnect data (the totals go before the goodbye), C to Python:")
    server = Party(str(PROGRAMS / "goodbye_server"), quiet=True)
    try:
        port = server.until("listening").rsplit(":", 1)[1]
        client = Party(sys.executable, str(ROOT / "demo" / "goodbye.py"), port, quiet=True)
        try:
            total_of_all = 0
            for order, transactions in zip(ORDERS, TRANSACTIONS, strict=True):
                total_of_all += transactions
                client.ask("call")
                server.ask("accept")
                answers = {
                    step: (server if step in OF_THE_SERVER else client).ask(
                        f"1 {transactions}" if step == "1" else step
                    )
                    for step in order
                }
                print("  " + " ".join(order) + f"   the server: {answers['4'][3:]}; the client: {answers['7'][3:]}")
                expected = (f"4: {transactions} heard, {total_of_all} of all", f"7: {total_of_all} learnt")
                if (answers["4"], answers["7"]) != expected:
                    raise RuntimeError(f"{expected}")
            client.leaves()
            server.leaves()
        finally:
            client.process.kill()
    finally:
        server.process.kill()


def main() -> int:
    """Plays the scenes."""
    build()
    try:
        over_tcp()
        in_process()
        goodbye_in_process()
        goodbye_over_tcp()
    except (RuntimeError, subprocess.SubprocessError) as error:
        print(f"\nNOT as announced: {error}")
        return 1
    print("\nEverything went as announced.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
