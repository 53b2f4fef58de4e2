"""What a decision costs in Python, with the backlog already full: P15.

Batches take turns in one process, as the C benchmarks do; the rows have the same form."""

import os
import random
import socket
import statistics
import struct
import time

import vestibule
from vestibule import Decision

BATCH = 64
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "9"))
BATCHES = int(os.environ.get("BENCH_BATCHES", "40"))
RESET = struct.pack("ii", 1, 0)


def accepts(request):
    """A condition function that looks at nothing; what it does not ask for costs nothing."""
    return Decision.ACCEPT


def accepts_friends(request):
    """One that looks at the caller, as most do."""
    return Decision.ACCEPT if request.caller_id[0] == "127.0.0.1" else Decision.REJECT


def batch(address, accept):
    """Nanoseconds of one accept, with a full backlog."""
    clients = [socket.create_connection(address) for _ in range(BATCH)]
    started = time.perf_counter_ns()
    accepted = [accept() for _ in range(BATCH)]
    ended = time.perf_counter_ns()
    for client in clients:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        client.close()
    for connection in accepted:
        connection.close()
    return (ended - started) / BATCH


def main():
    """Measures and prints the rows."""
    os.sched_setaffinity(0, {0})
    theirs = socket.create_server(("127.0.0.1", 0), backlog=BATCH)
    ours = vestibule.listen(("127.0.0.1", 0), backlog=BATCH)
    vestibule.configure(vestibule.Setting.CALLER_CHECK, 0)
    unchecked = vestibule.listen(("127.0.0.1", 0), backlog=BATCH)
    subjects = {
        "base": lambda: batch(theirs.getsockname(), lambda: theirs.accept()[0]),
        "P15-unchecked": lambda: batch(unchecked.getsockname(), lambda: unchecked.accept(accepts)),
        "P15-checked": lambda: batch(ours.getsockname(), lambda: ours.accept(accepts)),
        "P15-caller-id": lambda: batch(ours.getsockname(), lambda: ours.accept(accepts_friends)),
    }
    names = {
        "P15-unchecked": "accept with a condition function in Python, caller check off",
        "P15-checked": "accept with a condition function in Python",
        "P15-caller-id": "the same, and it looks at the caller's address",
    }
    rounds = {name: [] for name in subjects}
    for call in subjects.values():
        call()
    for _ in range(ROUNDS):
        times = {name: [] for name in subjects}
        for _ in range(BATCHES):
            for name in random.sample(list(subjects), len(subjects)):
                times[name].append(subjects[name]())
        for name, values in times.items():
            rounds[name].append(sorted(values)[(len(values) - 1) // 4])
    for name, text in names.items():
        ratios = [own / base for own, base in zip(rounds[name], rounds["base"], strict=True)]
        print(
            name,
            text,
            "socket.accept",
            f"{statistics.median(ratios):.4f}",
            f"{min(ratios):.4f}",
            f"{max(ratios):.4f}",
            f"{statistics.median(rounds[name]):.2f}",
            sep="\t",
            flush=True,
        )


if __name__ == "__main__":
    main()
