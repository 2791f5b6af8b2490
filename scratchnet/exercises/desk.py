"""Where a learner's code runs: in a process of its own, which has no right answers (worker.py).

A Desk starts that process when it is needed, again when it has died, and ends it with all that it has started. The
checker opens an answer on it and asks for one run of a method after the other.
"""

import atexit
import contextlib
import functools
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from scratchnet.errors import CheckFailed, InputError, Missing, Mistake, NotWritten, ScratchnetError, visible
from scratchnet.exercises import limits
from scratchnet.exercises.wire import Broken, Gone, TooLate, Wire, packed
from scratchnet.parallel.threads import THREADS

ROOT = Path(__file__).parents[2]
START = 60  # seconds for Python to start, and to compile kernels once
GRACE = 10  # seconds beyond the limit: the process itself says which line took too long
INHERITED = hasattr(os, "fork")  # Windows hands on no sockets
MARK = "SCRATCHNET_DESK"
ERRORS = {"Mistake": Mistake, "NotWritten": NotWritten, "Missing": Missing, "InputError": InputError}
ENDED = "The process ended before the check did: does the file call exit or quit?"


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
    child for each check; each child has a socket of its own, so that none can answer for the next.
    """

    def __init__(self, strict=False, hidden=(), memory=0, warm=(), fork=sys.platform == "linux"):
        self.strict, self.hidden, self.memory, self.warm, self.fork = strict, hidden, memory, warm, fork
        self.process = self.wire = None
        self.no_room = self.mark = ""
        self.busy, self.over = threading.Lock(), False

    def __enter__(self):
        return self

    def __exit__(self, *why):
        self.close()

    @contextlib.contextmanager
    def opened(self, exercise, path, files=None, seconds=None):
        """Yield the Answer in the file at `path`. files: {relative path: bytes}, which are copied to a private folder.

        Raises what the file deserves: Missing, NotWritten, Mistake; NoDesk if there is no process for it.
        """
        seconds = seconds or exercise.seconds
        task = {"exercise": exercise.name, "path": str(path), "files": files, "cwd": os.getcwd(), "seconds": seconds}
        task |= {"strict": self.strict, "memory": self.memory, "hidden": self.hidden}
        with self.busy, private_folder(files) as task["folder"]:
            answer = None
            try:
                answer = Answer(self, self.begun(task), exercise, seconds)
                answer.open()
                yield answer
            except KeyboardInterrupt as why:
                if not isinstance(why, Interrupted):  # Ctrl-C: wait for nothing
                    self.close()
                raise
            finally:
                if answer:
                    answer.finish()

    def begun(self, task):
        """Give the process a task, and return the Wire to who works on it, when nothing of the learner's has run yet.

        What fails until then is no fault of theirs. It is tried twice: the code before may have spoilt the process.
        """
        for last in (False, True):
            self.start()
            try:
                return self.given(task | {"room": self.strict and not self.no_room})
            except (OSError, Broken, TooLate) as why:
                self.close()
                if last:
                    raise NoDesk(f"The process for the learner's code does not begin: {reason(why)}.") from None

    def given(self, task):
        wire = self.wire
        wire.deadline = time.monotonic() + GRACE
        wire.ask(task)
        if self.fork:
            mine, other = socket.socketpair()
            with other:
                wire = Wire(mine)
                socket.send_fds(self.wire.socket, [b"."], [other.fileno()])
        try:
            wire.deadline = time.monotonic() + GRACE
            message, _ = wire.answered()
            if message["kind"] != "begun":
                raise NoDesk(tidy(message.get("text")))
        except BaseException:
            wire.socket.close()
            self.close()
            raise
        return wire

    def start(self):
        """Start the process unless it runs."""
        if self.process and self.process.poll() is None and self.wire:
            return
        if self.over:
            raise NoDesk("The grading was ended.")
        self.close()
        path = os.pathsep.join(filter(None, (str(ROOT), os.getenv("PYTHONPATH"))))
        self.mark = secrets.token_hex()
        settings = {"cwd": ROOT, "env": os.environ | {"PYTHONPATH": path, MARK: self.mark}}
        if self.strict:
            threads = ("SCRATCHNET_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS")
            settings["env"] |= dict.fromkeys(threads, "1")
            settings |= dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL) | {"start_new_session": True}
        try:
            self.wire = Wire(self.connected(settings))
            self.heard({"strict": self.strict, "hidden": self.hidden, "warm": self.warm})
        except (OSError, Broken, TooLate) as why:
            self.close()
            raise NoDesk(f"The process for the learner's code cannot be started: {reason(why)}.") from None

    def heard(self, setup):
        """Tell the new process what it is for, and hear of its progress until it is ready."""
        self.wire.ask(setup)
        for _ in range(len(self.warm) + 1):
            self.wire.deadline = time.monotonic() + START
            message, _ = self.wire.answered()
            if message["kind"] == "ready":
                self.no_room = str(message["no_room"])
                return
            if message["kind"] != "warm":
                raise Broken(tidy(message.get("text")))
        raise Broken("it does not become ready")

    def connected(self, settings):
        """Start the process and return the socket to it."""
        command = [sys.executable, "-m", "scratchnet.exercises.worker", "fork" if self.fork else "once"]
        if INHERITED:
            mine, other = socket.socketpair()
            try:
                with other:
                    address, inherited = f"fd:{other.fileno()}", (other.fileno(),)
                    self.process = subprocess.Popen([*command, address], pass_fds=inherited, **settings)
            except OSError:
                mine.close()
                raise
            return mine
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.settimeout(START)
            token = secrets.token_hex()
            address = f"port:{server.getsockname()[1]}:{token}"
            self.process = subprocess.Popen([*command, address], **settings)
            while True:
                found = server.accept()[0]
                found.settimeout(GRACE)
                if secrets.compare_digest(found.recv(len(token)).decode("ascii", "replace"), token):
                    return found
                found.close()

    def ended(self, patience):
        """Wait until who worked on a task has ended, and return the number of the signal that did it, or 0."""
        try:
            if self.wire and self.fork:
                self.wire.deadline = time.monotonic() + patience
                return self.wire.answered()[0]["signal"]
            if self.process:
                return max(0, -self.process.wait(patience))
        except (Broken, TooLate, KeyError, subprocess.TimeoutExpired):
            self.close()
        finally:
            if not self.fork:
                self.close()
        return 0

    def close(self):
        """End the process, and what it has started."""
        process, wire, self.process, self.wire = self.process, self.wire, None, None
        if wire:
            wire.socket.close()
        if not process:
            return
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            process.terminate()
            process.wait(2)
        with contextlib.suppress(OSError):
            if self.strict and hasattr(os, "killpg"):
                os.killpg(process.pid, signal.SIGKILL)
        with contextlib.suppress(OSError):
            process.kill()
        process.wait()
        limits.end_marked(f"{MARK}={self.mark}")


@contextlib.contextmanager
def private_folder(files):
    """Yield a new folder that only this user can read, and remove it; None if there are no files for it."""
    if files is None:
        yield None
        return
    try:
        folder = tempfile.mkdtemp(prefix="scratchnet-")
    except OSError as why:
        raise NoDesk(f"There is no folder for the files: {why.strerror or why}.") from None
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def reason(why):
    return (str(why) or "it does not answer").rstrip(".")


def tidy(text):
    """Return what came from the process as a text that every terminal and file can take."""
    return visible(str(text or "")[:30_000].encode("utf-8", "backslashreplace").decode())


class Answer:
    """A learner's answer: `run` is one run of a method. blank: names of the methods that are not written yet;
    printed: {method: what it printed in the small case}; changed: parts of the library that the file has changed."""

    def __init__(self, desk, wire, exercise, seconds):
        self.desk, self.wire, self.exercise, self.seconds = desk, wire, exercise, seconds
        self.blank, self.printed, self.changed, self.last, self.alive = [], {}, [], "", True
        self.left = seconds + GRACE  # of waiting for the process; None: for ever

    def open(self):
        self.blank = self.texts(self.hear("open")[0], "blank")

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
        _, results = self.hear("ran")
        if len(results) != times + inputs:
            self.end(Broken("the number of results is another"))
        return results

    def say(self, message):
        if not self.alive:
            raise Ended(ENDED)
        with self.in_time():
            self.wire.ask(message)

    def hear(self, expected):
        """Return the next message that has results. Raise what its error deserves."""
        while True:
            with self.in_time():
                message, results = self.wire.answered()
            kind, text = message["kind"], tidy(message.get("text"))
            if kind == "debugging" and not self.desk.strict:  # the learner may take their time
                self.left = None
                continue
            self.last = tidy(message.get("printed"))
            if kind == "environment" and expected == "open":  # a package that the exercise needs is not there
                raise NoDesk(text)
            if kind == "interrupted":
                raise Interrupted
            if kind == "failed":
                raise CheckFailed(text, tidy(message.get("diagnosis")))
            if kind not in ("open", "ran", "end"):
                raise ERRORS.get(kind, InputError)(text)
            if kind != expected:
                self.end(Broken("it is the answer to another question"))
            return message, results

    def texts(self, message, name):
        """Return a list of texts in a message."""
        found = message.get(name)
        if not isinstance(found, list):
            self.end(Broken(f"it does not say what is {name}"))
        return [tidy(text) for text in found]

    @contextlib.contextmanager
    def in_time(self):
        """Inside, the process is waited for; what that takes is taken from what is left."""
        start = time.monotonic()
        self.wire.deadline = None if self.left is None else start + self.left
        try:
            yield
        except (Broken, TooLate) as why:
            self.end(why)
        finally:
            if self.left is not None:
                self.left -= time.monotonic() - start

    def end(self, why):
        """End the process, and raise Ended with the reason."""
        self.alive = False
        number = self.desk.ended(2) if isinstance(why, Gone) else 0
        self.wire.socket.close()
        if not isinstance(why, Gone):
            self.desk.close()
        if isinstance(why, TooLate) or number == getattr(signal, "SIGXCPU", -1):
            raise Ended(f"Your code took more than {self.seconds} s and was stopped. Is there an endless loop?")
        if number:
            raise Ended(f"The process was ended by signal {number}: did it need too much memory?")
        if isinstance(why, Gone):
            raise Ended(ENDED)
        raise Ended(f"What came from the process is no answer ({why}). Does the file write to sockets or files?")

    def finish(self):
        """End the check, not the process; what the file has changed of the library is in `changed`."""
        if not self.alive or not self.desk.process:
            self.wire.socket.close()
            return
        self.left = GRACE
        with contextlib.suppress(ScratchnetError, Interrupted):
            self.say({"do": "end"})
            self.changed = self.texts(self.hear("end")[0], "changed")[:3]
        self.wire.socket.close()
        if self.alive:
            self.alive = False
            self.desk.ended(GRACE)


@functools.cache
def my_desk():
    """Return the Desk of this program, for the files of the one who uses it."""
    if not THREADS:  # nor other processes
        from scratchnet.exercises.one_process import OneProcessDesk

        return OneProcessDesk()
    desk = Desk()
    atexit.register(desk.close)
    return desk
