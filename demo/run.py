#!/usr/bin/env python3
"""The demonstration: a server that accepts one caller, rejects a second and defers a third.

First over plain TCP, each party a process of its own: the server and two callers in C, written for
Winsock, and a caller in Python. Then in-process, in Rust. Ends with 0 only if everything went as
announced. Expects `make lib` and `make python` to have run.
"""

import os
import shlex
import subprocess
import sys
import threading
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIBRARY = ROOT / "target" / "release"
PROGRAMS = ROOT / "target" / "demo"
PATIENCE = 60  # seconds that any one party may take


def build() -> None:
    """Compiles the C programs against libvestibule.so, and the Rust example."""
    PROGRAMS.mkdir(parents=True, exist_ok=True)
    compiler = shlex.split(os.environ.get("CC", "cc"))
    for name in ("demo_server", "demo_client"):
        source = ROOT / "ffi" / "examples" / f"{name}.c"
        include = f"-I{ROOT / 'include' / 'vestibule'}"
        link = [f"-L{LIBRARY}", "-lvestibule", f"-Wl,-rpath,{LIBRARY}"]
        command = [*compiler, "-std=c11", "-Wall", "-Wextra", include, str(source), *link]
        subprocess.run([*command, "-o", str(PROGRAMS / name)], check=True)
    cargo = [os.environ.get("CARGO", "cargo"), "build", "-q", "--locked", "--release"]
    subprocess.run([*cargo, "-p", "vestibule", "--example", "decisions"], cwd=ROOT, check=True)


class Party:
    """A process of the scene; what it prints is shown as it comes."""

    def __init__(self, *command: str) -> None:
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


def main() -> int:
    """Plays both scenes."""
    build()
    try:
        over_tcp()
        in_process()
    except (RuntimeError, subprocess.SubprocessError) as error:
        print(f"\nNOT as announced: {error}")
        return 1
    print("\nEverything went as announced.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
