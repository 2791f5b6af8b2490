"""Where a learner's code runs if there is one process only: in a browser (Pyodide).

The messages are those of desk.py and worker.py, so a check is the same, but for three things: the library's own answer
is not hidden, so that calling it passes; an endless loop is not stopped; and what the file does to Python stays done.
It is for one's own files, and not for a class.
"""

import contextlib

from scratchnet.exercises.desk import Answer
from scratchnet.exercises.learner import library_as_it_was
from scratchnet.exercises.wire import Wire
from scratchnet.exercises.worker import Attempt, reply_to


class OneProcessDesk:
    """Does what a Desk does, in this process."""

    strict, process = False, None

    @contextlib.contextmanager
    def opened(self, exercise, path, files=None, seconds=None):
        """Yield the Answer in the file at `path`. Raises what the file deserves, as Desk.opened does."""
        wire = OwnWire(Attempt(exercise, path))
        answer = Answer(self, wire, exercise, seconds or exercise.seconds)
        try:
            with library_as_it_was() as changed:
                wire.ask({"do": "open"})
                answer.open()
                yield answer
        finally:
            answer.changed = sorted(set(changed))[:3]

    def close(self):
        """There is nothing to end."""


class OwnWire(Wire):
    """A wire to oneself: every message is replied to at once, by the learner's code."""

    def __init__(self, attempt):
        super().__init__(Memory())
        self.attempt = attempt

    def ask(self, message):
        super().ask(message)
        reply_to(self.asked(), self, self.attempt)


class Memory:
    """A socket that receives what it has sent."""

    def __init__(self):
        self.data = bytearray()

    def settimeout(self, seconds):
        """Nothing is waited for."""

    def sendall(self, data):
        self.data += data

    def recv(self, count):
        part = bytes(self.data[:count])
        del self.data[:count]
        return part

    def close(self):
        self.data.clear()
