"""The eight steps of a goodbye in Python; ffi/examples/goodbye.c says what they are.

python3 goodbye.py          both ends in this program, with disconnect data, in every order
python3 goodbye.py PORT     the client's half over plain TCP, one step for each line on standard input
"""

import contextlib
import sys

import vestibule
from orders import ORDERS, TRANSACTIONS


def connected(listener: vestibule.Listener) -> tuple[vestibule.Socket, vestibule.Connection]:
    """A client and its server, without a second thread: the attempt goes on while the server accepts."""
    client = vestibule.Socket(vestibule.Entry.IN_PROCESS)
    client.setblocking(False)
    with contextlib.suppress(vestibule.WouldBlock):
        client.connect(listener.getsockname())
    server = listener.accept(timeout=10)
    client.setblocking(True)
    return client, server


def in_process() -> int:
    """Every order; 0 if the client has learnt the total each time."""
    total_of_all = 0
    with vestibule.listen(vestibule.InProcessAddress.local(0)) as listener:
        for order, transactions in zip(ORDERS, TRANSACTIONS, strict=True):
            client, server = connected(listener)
            heard = learnt = b""
            for step in order:
                match step:
                    case "1":
                        client.send_disconnect(str(transactions).encode())
                    case "2":
                        if server.recv(1):
                            return 1
                    case "3":
                        heard = server.recv_disconnect(64)
                    case "4":
                        total_of_all += int(heard)
                    case "5":
                        server.send_disconnect(str(total_of_all).encode())
                    case "5a":
                        server.close()
                    case "6":
                        if client.recv(1):
                            return 1
                    case "7":
                        learnt = client.recv_disconnect(64)
                    case "8":
                        client.close()
            print(*order, f"  the client says {heard.decode()} and learns {learnt.decode()} of all")
            if int(heard) != transactions or int(learnt) != sum(TRANSACTIONS[: ORDERS.index(order) + 1]):
                return 1
    return 0


def client_over_tcp(port: int) -> int:
    """Lines: "call", "1 TRANSACTIONS", "6", "7", "8"; each is answered with what was learnt so far."""
    learnt = b""
    client = None
    for line in sys.stdin:
        step, *rest = line.split()
        match step:
            case "call":
                learnt = b""
                client = vestibule.connect(("127.0.0.1", port), timeout=10)
            case "1":
                client.sendall(rest[0].encode())
                client.send_disconnect()
            case "6":
                while part := client.recv(64, timeout=10):
                    learnt += part
            case "7":
                client.recv_disconnect()
            case "8":
                client.close()
        print(f"{step}: {learnt.decode() or 'nothing'} learnt", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(client_over_tcp(int(sys.argv[1])) if len(sys.argv) > 1 else in_process())
