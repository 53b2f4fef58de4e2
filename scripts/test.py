#!/usr/bin/env python3
"""Runs the test suites of the project, or those named, and adds up what they say.

Each suite ends with its own count: cargo's `test result:` lines, or a line
`N passed, N failed, N skipped`. A suite that ends in any other way has failed. The last line of
all is the sum in the same form. Skipped means that it could run elsewhere; the reason is shown.
"""

import os
import re
import shlex
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CARGO = [os.environ.get("CARGO", "cargo")]
FLAGS = shlex.split(os.environ.get("CARGO_FLAGS", "--locked"))

CARGO_RESULT = re.compile(
    r"^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored; \d+ measured; (\d+) filtered out"
)
CLOSING_LINE = re.compile(r"^(?:\w+: )?(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$")
REASON = re.compile(r"^\s*skipped:? .+", re.IGNORECASE)


@dataclass
class Count:
    """What one suite or all of them came to."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    reasons: list[str] = field(default_factory=list)

    def add(self, other: "Count") -> None:
        """Adds what another suite came to."""
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        self.reasons += other.reasons

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


@dataclass
class Suite:
    """A command that runs tests and counts them."""

    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    only_by_name: bool = False
    picks_tests: bool = False

    def run(self) -> Count:
        """Runs the suite, shows its output, and reads its count."""
        print(f"\n== {self.name}: {shlex.join(self.command)}", flush=True)
        process = subprocess.Popen(
            self.command,
            cwd=ROOT,
            env={**os.environ, **self.environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        assert process.stdout is not None
        count, counted = Count(), False
        for line in process.stdout:
            print(line, end="", flush=True)
            counted = self.read_line(line.rstrip(), count) or counted
        status = process.wait()
        if not counted or (status != 0 and count.failed == 0):
            print(f"{self.name} ended with status {status} and without a count of failures")
            count.failed += 1
        return count

    def read_line(self, line: str, count: Count) -> bool:
        """Adds what a line of output says to `count`; true if it was a result."""
        if match := CARGO_RESULT.match(line):
            passed, failed, ignored, filtered = map(int, match.groups())
            count.add(Count(passed, failed, ignored + (0 if self.picks_tests else filtered)))
            return True
        if match := CLOSING_LINE.match(line):
            count.add(Count(int(match[1]), int(match[2]), int(match[3] or 0)))
            return True
        if REASON.match(line):
            count.reasons.append(line.strip())
        return False


def has_ipv6() -> bool:
    """Whether this machine has an IPv6 loopback address."""
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


def suites() -> list[Suite]:
    """All suites, cheap ones first."""
    cargo_test = [*CARGO, "test", *FLAGS, "--no-fail-fast", "-q"]
    skip_ipv6 = [] if has_ipv6() else ["--", "--skip", "ipv6_has_the_same_rules"]
    staged = {"PYTHONPATH": str(ROOT / "target" / "python")}
    return [
        Suite("core", [*cargo_test, "-p", "vestibule", *skip_ipv6]),
        Suite(
            "interleavings",
            [*cargo_test, "-p", "vestibule", "--lib", "--features", "shuttle", "interleavings::"],
            picks_tests=True,
        ),
        Suite("conformance-unit", [*cargo_test, "-p", "vestibule-conformance"]),
        Suite("c", [*cargo_test, "-p", "vestibule-ffi"]),
        Suite("c-programs", ["sh", "ffi/tests/run.sh"]),
        Suite("install", ["sh", "ffi/tests/install/run.sh"]),
        Suite("man", [sys.executable, "man/check.py"]),
        Suite("readme", [sys.executable, "scripts/readme.py"], staged),
        Suite("python", [sys.executable, "bindings-python/tests/run.py"], staged),
        Suite("python-package", ["sh", "bindings-python/check.sh"]),
        Suite("bench", [sys.executable, "scripts/bench.py", "--short"], staged),
        Suite("conformance", ["sh", "conformance/run.sh"]),
        Suite("asan", ["sh", "scripts/sanitizers/asan.sh"], only_by_name=True),
        Suite("tsan", ["sh", "scripts/sanitizers/tsan.sh", *skip_ipv6], only_by_name=True),
    ]


def main() -> int:
    """Runs the suites named on the command line, or all but those that want to be named."""
    wanted = sys.argv[1:]
    chosen = [suite for suite in suites() if suite.name in wanted or not (wanted or suite.only_by_name)]
    if not chosen:
        print(f"no such suite; there are: {' '.join(suite.name for suite in suites())}")
        return 2
    total, lines = Count(), []
    for suite in chosen:
        count = suite.run()
        lines.append(f"{suite.name:18} {count}")
        total.add(count)
    print("\n" + "\n".join(lines))
    if not has_ipv6():
        total.reasons.append("skipped: no IPv6 loopback address on this machine")
    for reason in dict.fromkeys(total.reasons):
        print(reason)
    print(f"\n{total}")
    if total.skipped and os.environ.get("VESTIBULE_NO_SKIPS"):
        print("nothing may be skipped here (VESTIBULE_NO_SKIPS)", file=sys.stderr)
        return 1
    return 1 if total.failed else 0


if __name__ == "__main__":
    sys.exit(main())
