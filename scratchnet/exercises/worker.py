"""The process that runs a learner's code: python -m scratchnet.exercises.worker, started by desk.py.

It has the learner's file and the arrays that a method is tried on; the right answers are in the process of the checker.
On Linux it makes a child for every check (fork: the library is loaded once) and ends what that leaves behind;
elsewhere it serves one check and ends. Limits and silence are set up before the learner's file is read.
"""

import contextlib
import importlib.util
import io
import os
import select
import signal
import socket
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from scratchnet.errors import CheckFailed, NotWritten, ScratchnetError
from scratchnet.exercises import limits
from scratchnet.exercises.catalogue import EXERCISES, IN_ORDER, find_exercise
from scratchnet.exercises.definition import Case
from scratchnet.exercises.hidden import hide
from scratchnet.exercises.learner import blanks, explained, library_as_it_was, load, own_lines
from scratchnet.exercises.sandbox import SIGNAL, close_room, drop_rights
from scratchnet.exercises.wire import Broken, Wire, unpacked
from scratchnet.kernels.jit import before_compiling, say_compiling

PRINTED = 4000  # letters of what is printed that are kept


def main():
    how, address = sys.argv[1:]
    wire = Wire(connected(address))
    sys.dont_write_bytecode = True
    with contextlib.suppress(Broken):  # the checker has ended
        try:
            get_ready(wire, how, wire.asked())
        except (OSError, MemoryError, ScratchnetError) as why:
            wire.answer({"kind": "environment", "text": f"{type(why).__name__}: {why}"})
            return
        if how == "fork":
            fork_for_each(wire)
        else:
            try:
                check_one(wire, wire.asked())
            finally:
                os._exit(0)  # threads of the learner's do not hold it up


def get_ready(wire, how, setup):
    """Load what checks need, and say so."""
    room = "" if not setup["strict"] else "not on this system" if how != "fork" else no_room(setup["hidden"])
    for name in setup["warm"]:
        warm(name)
        wire.answer({"kind": "warm"})
    wire.answer({"kind": "ready", "no_room": room})


def connected(address):
    """Return the socket to the checker: one that this process inherited, or a port of this machine and a token."""
    kind, _, rest = address.partition(":")
    if kind == "fd":
        return socket.socket(fileno=int(rest))
    port, token = rest.split(":")
    found = socket.create_connection(("127.0.0.1", int(port)))
    found.sendall(token.encode())
    return found


def fork_for_each(wire):
    """Make a child for each task, wait for its end, and end everything that it has started.

    The child has a socket of its own, which comes with the task, and not this one.
    """
    limits.adopt_orphans()
    signal.signal(signal.SIGTERM, lambda *_: leave())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the learner's code
    while True:
        task = wire.asked()
        _, (number,), _, _ = socket.recv_fds(wire.socket, 1, 1)
        with socket.socket(fileno=number) as own:
            child = forked(Wire(own))
            if child == 0:
                try:
                    wire.socket.close()
                    signal.signal(signal.SIGTERM, signal.SIG_DFL)
                    check_one(Wire(own), task)
                finally:
                    os._exit(0)
        code = ended(child, wire.socket) if child else 0
        wire.answer({"kind": "ended", "signal": max(-code, code - SIGNAL, 0)})


def forked(wire):
    """Return the number of a child, 0 in the child, and None when the system has no room for one, after saying so."""
    try:
        return os.fork()
    except OSError as why:
        wire.answer({"kind": "environment", "text": f"There is no process for the learner's code: {why.strerror}."})
    return None


def ended(child, checker):
    """Wait for the end of a child, end what it has left behind, and return its exit code. When the checker goes
    meanwhile, leave."""
    with contextlib.suppress(OSError):  # Linux before 5.3
        watched = os.pidfd_open(child)
        try:
            if watched not in select.select([watched, checker], [], [])[0]:
                leave()
        finally:
            os.close(watched)
    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    limits.end_group(child)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    limits.end_descendants()
    return code


def leave():
    limits.end_descendants()
    os._exit(0)


def no_room(hidden):
    """Return why a closed room cannot be had here, "" if it can."""
    with tempfile.TemporaryDirectory() as folder:
        child = os.fork()
        if not child:
            code = 1
            try:
                close_room(folder, hidden)
                drop_rights()
                code = 0
            except OSError as why:
                code = why.errno or 1
            finally:
                os._exit(code)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return os.strerror(abs(code)) if code else ""


def warm(name):
    """Load the kernels that an exercise uses, so that no check has to."""
    exercise = find_exercise(name)
    for which in ("tiny", "draw", "odd") if exercise.tiny else ():
        for dtype in (np.float64, np.float32):
            found = getattr(exercise, which)(np.random.default_rng(5), dtype)
            for case in found if isinstance(found, list) else [found]:
                exercise.kind.prepare(exercise.target, case, exercise.methods[-1])()
                exercise.kind.load_kernels(exercise.target, case)


def lay(files, desk):
    """Write files to a folder, which others cannot read, and return it. What is above it is private too."""
    desk.mkdir(mode=0o700)
    for name, data in files.items():
        path = desk / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return desk


def check_one(wire, task):
    """Serve one check: open the file, then run the methods that the checker asks for."""
    try:
        exercise = prepared(task)
    except Exception as why:
        wire.answer({"kind": "environment", "text": f"{type(why).__name__}: {why}"})
        return
    wire.answer({"kind": "begun"})
    with library_as_it_was() as changed:
        serve(wire, Attempt(exercise, Path(task["path"])), task["strict"])
    wire.answer({"kind": "end", "changed": sorted(set(changed))[:3]})


def prepared(task):
    """Make this process ready for the learner's file, and return the exercise."""
    limits.end_with_parent()
    if task["strict"]:
        silence()
        processes = limits.my_processes()
        if task["room"]:
            close_room(task["folder"], task["hidden"])
        limits.restrain(task, processes)
        if task["room"]:
            drop_rights()
    else:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        before_compiling.append(say_compiling)
    os.chdir(task["cwd"] if task["files"] is None else lay(task["files"], Path(task["folder"], "desk")))
    exercise = replace(find_exercise(task["exercise"]), seconds=task["seconds"])
    EXERCISES.clear()
    IN_ORDER.clear()
    return hide(exercise)


def serve(wire, attempt, strict):
    message = {"do": "open"}
    while message["do"] != "end":
        reply_to(message, wire, attempt, strict)
        message = wire.asked()


def reply_to(message, wire, attempt, strict=False):
    """Do what a message asks for, and send the answer: the results, and what was printed."""

    def debugging():
        if not strict:  # the learner may take their time; a class may not
            attempt.stop_the_clock()
            wire.answer({"kind": "debugging"})

    printed, results = Printed(), []
    try:
        with printed.instead_of_the_screen(debugging):
            answer, results = attempt.reply(message)
    except Broken:
        raise
    except BaseException as why:
        answer = told(why)
    wire.answer(answer | {"printed": printed.text()}, results)


def told(why):
    """Return an exception as a message: its kind, and its sentence."""
    if isinstance(why, CheckFailed):
        return {"kind": "failed", "text": why.fact[:20000], "diagnosis": why.diagnosis[:2000]}
    if isinstance(why, KeyboardInterrupt):
        return {"kind": "interrupted", "text": ""}
    known = isinstance(why, ScratchnetError)
    return {"kind": type(why).__name__ if known else "Mistake", "text": (str(why) if known else repr(why))[:20000]}


class Attempt:
    """The learner's answer in this process."""

    def __init__(self, exercise, path):
        self.exercise, self.path, self.left = exercise, path, float(exercise.seconds)
        self.seconds, self.timer = exercise.seconds, None

    def reply(self, message):
        """Return the answer to a message, and the results."""
        start = time.monotonic()
        try:
            with explained(self.path, self.seconds, max(0.05, self.left)) as self.timer:
                return self.open() if message["do"] == "open" else self.run(message)
        except NotWritten as why:
            raise self.not_written(why) from None
        finally:
            self.left -= time.monotonic() - start

    def stop_the_clock(self):
        """Have no limit of time any more."""
        self.seconds = None
        if self.timer:
            self.timer.cancel()

    def open(self):
        empty, needs = blanks(self.exercise, self.path), self.exercise.needs  # before anything of it runs
        if needs and not empty and not importlib.util.find_spec(needs):
            return {"kind": "environment", "text": f"This exercise needs {needs}. Install it: pip install {needs}"}, []
        self.thing = None if needs and empty else load(self.exercise, self.path)
        return {"kind": "open", "blank": sorted(empty)}, []

    def run(self, message):
        """Run a method on a case, several times on the same object; also return the inputs as they are afterwards."""
        parts = message["case"]
        arrays, parameters = ({n: unpacked(v) for n, v in parts[key].items()} for key in ("arrays", "parameters"))
        case = Case(arrays, parts["args"], parts["options"], parameters, parts["sizes"])
        once = self.exercise.kind.prepare(self.thing, case, message["method"])
        results = [kept(once()) for _ in range(message["times"])]
        return {"kind": "ran"}, [*results, case.inputs()] if message["inputs"] else results

    def not_written(self, why):
        """Return the error for a call of what is hidden: with its line, if it is the learner's."""
        lines = own_lines(self.path, why)
        if " " in str(why):
            return why
        if not lines:
            return NotWritten(f"You have not written it yet: what runs is the library's own {why}. Is yours deleted?")
        return NotWritten(
            f"{lines}You have not written it yet: this line calls the library's own {why}. Write it yourself; "
            f"`exercise hint {self.exercise.number:02}` helps."
        )


def kept(results):
    """Copies of the results: the next run may write into the same arrays."""
    return {name: value.copy() if hasattr(value, "copy") else value for name, value in results.items()}


class Printed(io.TextIOBase):
    """What is printed, up to a limit."""

    def __init__(self):
        self.parts, self.left = [], PRINTED

    def writable(self):
        return True

    def write(self, text):
        if self.left > 0:
            self.parts.append(text[: self.left])
            self.left -= len(text)
        return len(text)

    def text(self):
        return "".join(self.parts) + ("\n..." if self.left < 0 else "")

    @contextlib.contextmanager
    def instead_of_the_screen(self, say_so):
        """Inside, everything that Python prints comes here; but breakpoint() has the terminal, after say_so()."""
        screen = sys.stdin, sys.stdout, sys.stderr

        def debugger(*arguments, **options):
            from pdb import Pdb

            say_so()
            Pdb(stdin=screen[0], stdout=screen[1]).set_trace(sys._getframe(1))

        before, sys.breakpointhook = sys.breakpointhook, debugger
        try:
            with contextlib.redirect_stdout(self), contextlib.redirect_stderr(self):
                yield
        finally:
            sys.breakpointhook = before


def silence():
    """Discard everything that is printed, also by other programs."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)


if __name__ == "__main__":
    main()
