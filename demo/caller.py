"""A caller in Python: the server rejects it, and it says what it sees.

python3 caller.py PORT

On plain TCP the kernel has completed the handshake before anybody decides; so the connect succeeds
and the first use of the connection fails with WSAECONNRESET.
"""

import sys

import vestibule


def main() -> int:
    """Calls, and reports; 0 if it was rejected as announced."""
    with vestibule.connect(("127.0.0.1", int(sys.argv[1])), timeout=10) as connection:
        host, port = connection.getsockname()
        print(f"rejected caller: connected from {host}:{port}, in Python")
        try:
            answer = connection.recv(100, timeout=10)
        except vestibule.ConnectionReset as reset:
            print(f"rejected caller: recv raises {type(reset).__name__} ({reset.winerror}): rejected")
            return 0
    print(f"rejected caller: received {answer!r}, which is not as announced")
    return 1


if __name__ == "__main__":
    sys.exit(main())
