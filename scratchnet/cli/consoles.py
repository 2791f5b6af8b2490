"""The process and its streams: closed, missing, full, or without the letters of a name; signals that end it."""

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Iterator
from typing import Any

from scratchnet.errors import visible


class Console:
    """A stream that never ends a command: what cannot be written is dropped, and `failure` is the reason.

    The files of a command do not depend on whether somebody reads what it prints. Control characters, which a file's
    name may have, are shown and not sent.
    """

    def __init__(self, stream: Any) -> None:
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a console may not have every letter of a user's text
        self.stream: Any = stream
        self.failure: OSError | None = None

    def write(self, text: str) -> int:
        if not self.failure:
            with self.kept_alive():
                self.stream.write(visible(text))
        return len(text)

    def flush(self) -> None:
        if not self.failure:
            with self.kept_alive():
                self.stream.flush()

    @contextlib.contextmanager
    def kept_alive(self) -> Iterator[None]:
        try:
            yield
        except OSError as why:
            self.failure = why
            # What waits in its buffer goes nowhere when Python ends.
            with contextlib.suppress(OSError, AttributeError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), self.stream.fileno())

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


@contextlib.contextmanager
def consoles() -> Iterator[tuple[Console, Console]]:
    """Make stdout and stderr Consoles, and yield them. A missing one leads nowhere."""
    out, err = Console(open_stream(sys.stdout, 1)), Console(open_stream(sys.stderr, 2))
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):  # type: ignore[type-var]
        try:
            yield out, err
        finally:
            out.flush()
            err.flush()


def open_stream(stream: Any, number: int) -> Any:
    """Return the stream, or one that leads nowhere in place of a closed or missing one.

    A missing one gets its number too, so that no file of the command and no child process gets it.
    """
    if stream is not None and not getattr(stream, "closed", False):  # JupyterLite's stream does not say
        return stream
    null = os.open(os.devnull, os.O_WRONLY)
    if stream is None:
        os.dup2(null, number)
    return open(null, "w", encoding="utf-8", closefd=False)


@contextlib.contextmanager
def endings() -> Iterator[None]:
    """Let the signals that end a process, and that of a terminal that is closed, act like Ctrl-C: what runs is saved.

    A signal that is ignored, as under nohup, stays ignored.
    """
    before: dict[int, Any] = {}
    if threading.current_thread() is threading.main_thread():
        numbers = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name)]
        ending = [number for number in numbers if signal.getsignal(number) is signal.SIG_DFL]
        before = {number: signal.signal(number, signal.default_int_handler) for number in ending}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
