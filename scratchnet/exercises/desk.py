"""Where a learner's code runs: in a process of its own, which has no right answers (worker.py).

A Desk starts that process when it is needed, again when it has died, and ends it with all that it has started. The
checker opens an answer on it and asks for one run of a method after the other.
"""

import atexit
import contextlib
import functools
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from scratchnet.errors import CheckFailed, InputError, Missing, Mistake, NotWritten, ScratchnetError
from scratchnet.exercises.wire import Broken, TooLate, Wire, packed

ROOT = Path(__file__).parents[2]
GRACE = 10  # seconds for Python to start, and beyond the limit: the process itself says which line took too long
ERRORS = {"Mistake": Mistake, "NotWritten": NotWritten, "Missing": Missing, "InputError": InputError}


class NoDesk(ScratchnetError):
    """The environment failed, not the learner: no process, no memory, no space; the message says what."""


class Ended(Mistake):
    """The process ended before the check did, or had to be ended."""


class Interrupted(KeyboardInterrupt):
    """The learner's code was interrupted, or raised KeyboardInterrupt."""


class Desk:
    """A process for learners' code, used for one check after the other.

    strict: for the code of others, with limits, without a terminal, and in a closed room if the system offers one
    (sandbox.py); no_room is the reason if it does not. hidden: folders that cannot be seen from the room; memory: MB, 0
    for no limit; warm: names of exercises whose kernels are loaded at the start. fork: whether the process makes a
    child for each check.
    """

    def __init__(self, strict=False, hidden=(), memory=0, warm=(), fork=sys.platform == "linux"):
        self.strict, self.hidden, self.memory, self.warm, self.fork = strict, hidden, memory, warm, fork
        self.process = self.wire = None
        self.no_room = ""

    def __enter__(self):
        return self

    def __exit__(self, *why):
        self.close()

    @contextlib.contextmanager
    def opened(self, exercise, path, files=None, seconds=None):
        """Yield the Answer in the file at `path`. files: {relative path: bytes}, which are copied to a private folder.

        Raises what the file deserves: Missing, NotWritten, Mistake; NoDesk if there is no process for it.
        """
        self.start()
        seconds = seconds or exercise.seconds
        task = {"exercise": exercise.name, "path": str(path), "files": files, "cwd": os.getcwd(), "seconds": seconds}
        task |= {"strict": self.strict, "memory": self.memory, "hidden": self.hidden}
        task["room"] = self.strict and not self.no_room
        answer = Answer(self, exercise, seconds)
        try:
            self.wire.deadline = time.monotonic() + GRACE
            self.wire.ask(task)
            answer.open()
            yield answer
        except KeyboardInterrupt as why:
            if not isinstance(why, Interrupted):  # Ctrl-C: wait for nothing
                self.close()
            raise
        finally:
            answer.finish()

    def start(self):
        """Start the process unless it runs."""
        if self.process and self.process.poll() is None and self.wire:
            return
        self.close()
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT), os.getenv("PYTHONPATH"))))}
        streams = {}
        if self.strict:
            threads = ("SCRATCHNET_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS")
            environment |= dict.fromkeys(threads, "1")
            streams = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL) | {"start_new_session": True}
        command = [sys.executable, "-m", "scratchnet.exercises.worker", "fork" if self.fork else "once"]
        try:
            self.wire = Wire(self.connected(command, {"cwd": ROOT, "env": environment} | streams))
            self.wire.deadline = time.monotonic() + 6 * GRACE
            self.wire.ask({"strict": self.strict, "hidden": self.hidden, "warm": self.warm})
            self.no_room = str(self.wire.answered()[0].get("no_room"))
        except (OSError, Broken, TooLate) as why:
            self.close()
            reason = str(why) or "it does not answer"
            raise NoDesk(f"The process for the learner's code cannot be started: {reason}.") from None

    def connected(self, command, settings):
        """Start the process and return the socket to it."""
        if hasattr(os, "fork"):
            mine, other = socket.socketpair()
            with other:
                address, inherited = f"fd:{other.fileno()}", (other.fileno(),)
                self.process = subprocess.Popen([*command, address], pass_fds=inherited, **settings)
            return mine
        with socket.create_server(("127.0.0.1", 0)) as server:  # Windows hands on no sockets
            server.settimeout(GRACE)
            token = secrets.token_hex()
            address = f"port:{server.getsockname()[1]}:{token}"
            self.process = subprocess.Popen([*command, address], **settings)
            while True:
                found = server.accept()[0]
                found.settimeout(GRACE)
                if secrets.compare_digest(found.recv(len(token)).decode("ascii", "replace"), token):
                    return found
                found.close()

    def close(self):
        """End the process, and what it has started."""
        if self.wire:
            self.wire.socket.close()
        if self.process and self.process.poll() is None:
            with contextlib.suppress(OSError):
                self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(2)
            with contextlib.suppress(OSError):
                if self.strict and hasattr(os, "killpg"):
                    os.killpg(self.process.pid, signal.SIGKILL)
                self.process.kill()
            self.process.wait()
        self.process = self.wire = None


class Answer:
    """A learner's answer: `run` is one run of a method. blank: names of the methods that are not written yet;
    printed: {method: what it printed in the small case}; changed: parts of the library that the file has changed."""

    def __init__(self, desk, exercise, seconds):
        self.desk, self.exercise, self.seconds = desk, exercise, seconds
        self.blank, self.printed, self.changed, self.last, self.alive = [], {}, [], "", True
        self.left = seconds + GRACE  # of waiting for the process; None: for ever

    def open(self):
        self.blank = self.hear()[0]["blank"]

    def run(self, method, case, times=1, inputs=False):
        """Return the results of a method on a case: a list of {name: result}, for `times` runs on one object.

        inputs: whether the arrays of the case, as they are afterwards, are the last of the list.
        """
        given = self.exercise.kind.given(case)
        parts = {"args": given.args, "options": given.options, "sizes": given.sizes}
        for key in ("arrays", "parameters"):
            parts[key] = {name: packed(value) for name, value in getattr(given, key).items()}
        self.last = ""
        self.say({"do": "run", "method": method, "case": parts, "times": times, "inputs": inputs})
        _, results = self.hear()
        if len(results) != times + inputs:
            self.end("It sent something else than its results.")
        return results

    def say(self, message):
        if not self.alive:
            self.ended(0)
        self.desk.wire.deadline = None if self.left is None else time.monotonic() + GRACE
        try:
            self.desk.wire.ask(message)
        except (Broken, TooLate) as why:
            self.end(why)

    def hear(self):
        """Return the next message that has results. Raise what its error deserves."""
        while True:
            message, results = self.waited()
            kind, text = message["kind"], str(message.get("text", ""))
            if kind == "debugging":  # the learner may take their time
                self.left = None
                continue
            self.last = str(message.get("printed", ""))
            if kind == "environment":
                self.alive = False
                self.desk.close()
                raise NoDesk(text)
            if kind == "ended":
                self.alive = False
                self.ended(message.get("signal"))
            if kind == "interrupted":
                raise Interrupted
            if kind == "failed":
                raise CheckFailed(text, str(message.get("diagnosis", "")))
            if kind not in ("open", "ran", "end"):
                raise ERRORS.get(kind, InputError)(text)
            return message, results

    def waited(self):
        start = time.monotonic()
        self.desk.wire.deadline = None if self.left is None else start + self.left
        try:
            return self.desk.wire.answered()
        except (Broken, TooLate) as why:
            self.end(why)
        finally:
            if self.left is not None:
                self.left -= time.monotonic() - start

    def end(self, why):
        """End the process, and raise Ended with the reason."""
        self.alive = False
        late = isinstance(why, TooLate)
        code = None
        if not late:
            with contextlib.suppress(subprocess.TimeoutExpired):
                code = self.desk.process.wait(0.5)
        self.desk.close()
        if late:
            raise Ended(f"Your code took more than {self.seconds} s and was stopped. Is there an endless loop?")
        self.ended(-code if code and code < 0 else 0)

    def ended(self, number):
        if number == signal.SIGXCPU if hasattr(signal, "SIGXCPU") else False:
            raise Ended(f"Your code took more than {self.seconds} s and was stopped. Is there an endless loop?")
        if number:
            raise Ended(f"The process was ended by signal {number}: did it need too much memory?")
        raise Ended("The process ended before the check did: does the file call exit or quit?")

    def finish(self):
        """End the check, not the process; what the file has changed of the library is in `changed`."""
        if not self.alive or not self.desk.wire:
            return
        self.desk.wire.deadline = time.monotonic() + GRACE
        try:
            self.desk.wire.ask({"do": "end"})
            message, _ = self.desk.wire.answered()
            while message["kind"] != "end":
                message, _ = self.desk.wire.answered()
            self.changed = [str(name) for name in message["changed"]]
            if self.desk.fork:
                self.desk.wire.answered()  # that the child has ended
            else:
                self.desk.close()
        except (Broken, TooLate, KeyError, TypeError):
            self.desk.close()


@functools.cache
def my_desk():
    """Return the Desk of this program, for the files of the one who uses it."""
    desk = Desk()
    atexit.register(desk.close)
    return desk
