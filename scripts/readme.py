#!/usr/bin/env python3
"""Compiles and runs the quick starts of README.md as a reader would.

The Rust one is a documentation test of the core crate. Expects `make lib` and `make python` to have
run, and PYTHONPATH to lead to the module.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIBRARY = ROOT / "target" / "release"


def block(language: str) -> str:
    """The first code block in this language."""
    text = (ROOT / "README.md").read_text()
    match = re.search(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    if match is None:
        raise AssertionError(f"README.md has no {language} block")
    return match[1]


def run(command: list[str], expected: set[str]) -> None:
    """Runs a program and checks the lines that it prints."""
    result = subprocess.run(command, capture_output=True, text=True, timeout=120)
    lines = set(result.stdout.splitlines())
    if result.returncode != 0 or lines != expected:
        raise AssertionError(f"{command} ended with {result.returncode}: {result.stdout}{result.stderr}")


def c_quick_start(folder: Path) -> None:
    """The Winsock program, compiled with the command that stands under it."""
    source, program = folder / "server.c", folder / "server"
    source.write_text(block("c"))
    compiler = [os.environ.get("CC", "cc"), "-std=c11", "-Wall", "-Wextra", "-Werror"]
    include = f"-I{ROOT / 'include' / 'vestibule'}"
    link = [f"-L{LIBRARY}", "-lvestibule", f"-Wl,-rpath,{LIBRARY}", "-o", str(program)]
    subprocess.run([*compiler, include, str(source), *link], check=True)
    run([str(program)], {"accepted"})


def python_quick_start(folder: Path) -> None:
    """The Python program."""
    program = folder / "server.py"
    program.write_text(block("python"))
    expected = {"rejected one caller", "refused, because b'wrong word'"}
    run([sys.executable, str(program)], expected)


def main() -> int:
    """Runs both and counts them."""
    passed = failed = 0
    for quick_start in (c_quick_start, python_quick_start):
        with tempfile.TemporaryDirectory() as folder:
            try:
                quick_start(Path(folder))
                passed += 1
            except (AssertionError, subprocess.SubprocessError) as error:
                print(f"{quick_start.__name__}: {error}")
                failed += 1
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
