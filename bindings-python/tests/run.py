#!/usr/bin/env python3
"""Runs the behaviour tests with nothing but the standard library; ends with `N passed, N failed, N skipped`."""

import faulthandler
import os
import sys
import unittest
from pathlib import Path

TOO_LONG = 600 * float(os.environ.get("VESTIBULE_TEST_SLOW") or 1)


def main() -> int:
    """Runs all tests, or the ones whose names contain one of the arguments."""
    # A call that hangs holding the interpreter cannot be ended otherwise.
    faulthandler.dump_traceback_later(TOO_LONG, exit=True)
    loader = unittest.TestLoader()
    loader.testNamePatterns = [f"*{word}*" for word in sys.argv[1:]] or None
    suite = loader.discover(str(Path(__file__).resolve().parent))
    result = unittest.TextTestRunner(verbosity=1).run(suite)
    sys.stderr.flush()
    for _, reason in result.skipped:
        print(f"skipped: {reason}")
    # Parts of one test count as that test.
    failed = len({test.id().split(" ")[0] for test, _ in result.failures + result.errors})
    skipped = len(result.skipped)
    print(f"{result.testsRun - failed - skipped} passed, {failed} failed, {skipped} skipped")
    return 0 if result.wasSuccessful() and result.testsRun > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
