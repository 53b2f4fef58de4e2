#!/usr/bin/env python3
"""Runs the benchmarks and holds what they measure against the goals (docs/performance.md).

Every row is a ratio against something that was measured in the same run. It says whether a goal is met and
exits 0 whatever the answer: machines are noisy, and nobody should have to run it twice to get a build through.
`--short` only shows that everything can be measured. The rows go to target/bench/results.json.
"""

import argparse
import json
import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
LIBRARY = TARGET / "release"
OUTPUT = TARGET / "bench"

GOALS = {
    "P1-unchecked": 1.05,
    "P1-checked": 1.30,
    "P2-unchecked": 1.25,
    "P2-checked": 1.50,
    "P4-unchecked": 1.03,
    "P4-checked": 1.10,
    "P5-unchecked": 1.06,
    "P5-checked": 1.56,
    "P6-unchecked": 50,
    "P6-checked": 300,
    "P7-p50": 1.04,
    "P7-p99": 1.25,
    "P8": 1.05,
    "P8-64": 1.05,
    "P9-one-core": 0,
    "P9-two-cores": 0,
    "P9-crowd": 0,
    "P10": 1 / 0.97,
    "P11-socketpair": 1 / 14,
    "P11-tcp": 1 / 50,
    "P12-one-core": 1.2,
    "P13": 6,
    "P14-set": 10,
    "P14-ready-1": 15,
    "P14-ready-64": 90,
    "P14-wake-1": 1.15,
    "P14-wake-64": 1.25,
    "P14-wake-kernel": 1.1,
    "P15-unchecked": 0.50,
    "P15-checked": 0.50,
    "P18-round-trip": 1.03,
    "P18-bulk": 1.02,
    "P19-one-core": 1.15,
    "P19-bulk": 1 / 1.4,
    "P20-bytes": 12 * 1024 * 1024 / 100_000,
    "P20-push": 100,
    "P20-decide": 50,
    "P20-withdraw": 100,
    "P20-growth": 5,
    "P21-bytes": 0,
    "P21-descriptors": 0,
    "P22": 300,
    "P24-socket": 128,
    "P24-server": 512 * 1024,
}
"""The greatest ratio that meets a goal. Rows without one are only reported."""

SHORT = {
    "BENCH_ROUNDS": "1",
    "BENCH_BATCHES": "2",
    "BENCH_CALLS": "20",
    "BENCH_CROWD": "2000",
    "BENCH_CONNECTIONS": "20000",
}


@dataclass
class Row:
    """What one subject came to: a ratio against the base of the same run."""

    id: str
    subject: str
    against: str
    ratio: float
    goal: float | None
    met: bool | None

    @classmethod
    def read(cls, line: str) -> "Row":
        """Reads a line of a benchmark."""
        id, subject, against, ratio, *_ = line.split("\t")
        goal = GOALS.get(id)
        return cls(id, subject, against, float(ratio), goal, None if goal is None else float(ratio) <= goal)

    def __str__(self) -> str:
        goal = "" if self.goal is None else f"{self.goal:.4g}"
        met = {None: "reported", True: "met", False: "not met"}[self.met]
        return f"{self.id:16} {self.ratio:12.3f} {goal:>9}  {met:9} {self.subject}, against {self.against}"


def programs() -> list[list[str]]:
    """Compiles the C benchmarks and names everything that is run; cargo compiles its own."""
    compiler = shlex.split(os.environ.get("CC", "cc"))
    flags = ["-std=c11", "-O2", "-Wall", "-Wextra", "-Werror", "-I", str(ROOT / "include")]
    link = ["-L", str(LIBRARY), "-lvestibule", "-lpthread", f"-Wl,-rpath,{LIBRARY}"]
    OUTPUT.mkdir(parents=True, exist_ok=True)
    commands = []
    for source in sorted((ROOT / "ffi" / "benches").glob("*.c")):
        program = OUTPUT / source.stem
        subprocess.run([*compiler, *flags, str(source), *link, "-o", str(program)], check=True)
        commands.append([str(program)])
    cargo = [*shlex.split(os.environ.get("CARGO", "cargo")), "bench", "--quiet"]
    cargo += shlex.split(os.environ.get("CARGO_FLAGS", "--locked"))
    cargo += ["--manifest-path", str(ROOT / "core" / "Cargo.toml"), "--bench"]
    commands += [[*cargo, "backlog"], [*cargo, "lost_wake_ups"]]
    commands.append([sys.executable, str(ROOT / "bindings-python" / "benches" / "accept.py")])
    return commands


def wine_row(bare: float) -> Row | None:
    """The same accept in Wine, if Wine and MinGW are here; `bare` is the base's time in nanoseconds."""
    compiler = shutil.which("x86_64-w64-mingw32-gcc")
    wine = next(filter(None, map(shutil.which, ("wine64", "/usr/lib/wine/wine64", "wine"))), None)
    if compiler is None or wine is None:
        return None
    program, answer = OUTPUT / "wine-accept.exe", OUTPUT / "wine-accept.txt"
    source = ROOT / "ffi" / "benches" / "wine" / "accept.c"
    subprocess.run([compiler, "-std=c11", "-O2", str(source), "-lws2_32", "-o", str(program)], check=True)
    environment = {
        **os.environ,
        "WINEPREFIX": str(OUTPUT / "wine"),
        "WINEDEBUG": "-all",
        "WINEDLLOVERRIDES": "mscoree,mshtml,winedbg.exe,winemenubuilder.exe=",
    }
    environment.pop("DISPLAY", None)
    # Wine's server, which stays a little longer, must not keep a pipe open. It inherits the core, which is Wine's
    # best case.
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        for _ in range(2):  # the first makes the prefix and starts the server
            with answer.open("w") as output:
                subprocess.run(
                    [wine, str(program)],
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.DEVNULL,
                    timeout=300,
                    check=True,
                )
    except (subprocess.SubprocessError, OSError) as error:
        print(f"P1-wine is not measured: {error}", file=sys.stderr)
        return None
    finally:
        os.sched_setaffinity(0, cores)
    ratio = round(float(answer.read_text()) / bare, 4)
    return Row("P1-wine", "WSAAccept of Wine, one address", "accept4 with the address", ratio, None, None)


def place(row: Row) -> tuple[int, str]:
    """Where a row stands: by the number of its goal."""
    number = row.id.split("-")[0].removeprefix("P")
    return (int(number) if number.isdigit() else 0, row.id)


def main() -> int:
    """Runs everything."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--short", action="store_true", help="only show that everything can be measured")
    short = parser.parse_args().short
    environment = {**os.environ, "PYTHONPATH": str(TARGET / "python"), **(SHORT if short else {})}
    rows, bare = [], 0.0
    for command in programs():
        result = subprocess.run(command, check=False, env=environment, stdout=subprocess.PIPE, text=True, timeout=600)
        if result.returncode != 0:
            print(f"{command[-1]} ended with status {result.returncode}", file=sys.stderr)
            return 1
        rows += [Row.read(line) for line in result.stdout.splitlines()]
        for line in result.stdout.splitlines():
            if line.startswith("A-A\t"):
                bare = float(line.split("\t")[-1])
    if not short and (row := wine_row(bare)) is not None:
        rows.append(row)
    rows.sort(key=place)
    missing = sorted(set(GOALS) - {row.id for row in rows})
    print("\n".join(map(str, rows)))
    (OUTPUT / "results.json").write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n")
    if missing:
        print(f"not measured: {' '.join(missing)}", file=sys.stderr)
        return 1
    if short:
        print(f"{len(rows)} passed, 0 failed, 0 skipped")
    return 0


if __name__ == "__main__":
    sys.exit(main())
