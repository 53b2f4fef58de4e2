"""A stranger's program: run by the Python of an environment into which the wheel has been installed."""

import importlib.metadata
import sys
import threading
from pathlib import Path

import vestibule
from vestibule import Decision


def comes_from_the_environment() -> None:
    """The module is the installed one, whole, and says the version of the package."""
    assert Path(sys.prefix) in Path(vestibule.__file__).parents, vestibule.__file__
    package = importlib.metadata.distribution("vestibule")
    assert package.version == vestibule.__version__, (package.version, vestibule.__version__)
    names = {path.name for path in package.files or () if path.locate().is_file()}
    assert {"py.typed", "_vestibule.pyi", "LICENSE-MIT", "LICENSE-APACHE"} <= names, names
    metadata = package.metadata
    assert metadata["License-Expression"] == "MIT OR Apache-2.0", metadata["License-Expression"]
    assert set(metadata.get_all("License-File") or ()) == {"LICENSE-MIT", "LICENSE-APACHE"}
    assert metadata["Requires-Python"] == ">=3.10", metadata["Requires-Python"]
    assert metadata.get_all("Requires-Dist") is None
    assert "Conditional accept" in metadata.get_payload()


def decides() -> None:
    """One caller is rejected with a word, the next one is accepted and gets data."""
    with vestibule.listen(vestibule.InProcessAddress.local(0)) as listener:
        seen = []

        def call(word: bytes) -> None:
            try:
                with vestibule.connect(listener.getsockname(), data=word, timeout=60) as caller:
                    seen.append(caller.recv(5))
            except ConnectionRefusedError as refusal:
                seen.append(refusal.data)

        def condition(request: vestibule.ConnectionRequest) -> Decision:
            if request.caller_data == b"open sesame":
                return Decision.ACCEPT
            request.callee_data = b"wrong word"
            return Decision.REJECT

        for word in (b"let me in", b"open sesame"):
            caller = threading.Thread(target=call, args=(word,))
            caller.start()
            try:
                with listener.accept(condition, timeout=60) as connection:
                    connection.sendall(b"hello")
            except ConnectionRefusedError:
                pass
            caller.join()
        assert seen == [b"wrong word", b"hello"], seen


comes_from_the_environment()
decides()
