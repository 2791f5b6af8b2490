"""One lesson, cell by cell, on a terminal or in the debugger."""

import contextlib
import io
import os
import pdb
import sys
import textwrap
from types import FunctionType, ModuleType

import numpy as np

from scratchnet.lessons.scripts import execute, explained, playing

WIDTH = 78
KEYS = "n: next line   s: step into   r: out of it again   p x.shape: print   c: go on   q: quit"


def step(lesson, pause):
    """Run a lesson, and print each cell's text or code, its output, and the shapes of its new arrays.

    pause: wait for Enter after each cell; q or the end of the input stops.
    """
    last = len(lesson.cells)
    with playing(lesson) as names:
        for number, cell in enumerate(lesson.cells, start=1):
            print(rule(f"lesson {lesson.number}, cell {number} of {last}"))
            if cell.text:
                print(wrapped(cell.source))
            else:
                step_code(lesson, number, names)
            if pause and number < last and not go_on(cell):
                return
    print(rule(f"end of lesson {lesson.number}"))


def step_code(lesson, number, names):
    """Run one cell of code, and print the code, its output and its new names."""
    print(numbered(lesson.cells[number - 1]))
    before = dict(names)
    with contextlib.redirect_stdout(Headed(sys.stdout, rule("what it prints"))):
        execute(lesson, number, names)
    made = [line for name, value in names.items() for line in described(name, value, before)]
    if made:
        print("\n".join([rule("what it made"), *made]))


class Headed(io.TextIOBase):
    """A stream that writes a heading before the first text."""

    def __init__(self, stream, heading):
        self.stream, self.heading = stream, f"{heading}\n"

    def write(self, text):
        if text:
            self.stream.write(self.heading + text)
            self.heading = ""
            self.stream.flush()
        return len(text)

    def fileno(self):
        return self.stream.fileno()


def go_on(cell):
    asks = "your prediction, then Enter (q: stop): " if cell.predicts else "-- Enter: next cell, q: stop -- "
    try:
        return input(f"\n{asks}").strip().lower() != "q"
    except EOFError:
        print()
        return False


def rule(text):
    return f"-- {text} ".ljust(WIDTH, "-")


def wrapped(text):
    """Return Markdown with its paragraphs filled to the width; headings, lists, tables and formulas stay."""
    return "\n\n".join(
        block if block.startswith(("#", "- ", "|", "$$", "```")) else textwrap.fill(block, WIDTH)
        for block in text.split("\n\n")
    )


def numbered(cell):
    lines = cell.source.split("\n")
    return "\n".join(f"{cell.line + i:4} | {line}".rstrip() for i, line in enumerate(lines))


def described(name, value, before):
    """Return a line on a name that a cell made, unless it is a module, a function, a class or unchanged."""
    if (
        name.startswith("_")
        or isinstance(value, ModuleType | FunctionType | type)
        or (name in before and value is before[name])
    ):
        return
    if hasattr(value, "py_func") or (callable(value) and not hasattr(value, "forward")):
        return
    text = f"array {value.shape} {value.dtype}" if isinstance(value, np.ndarray) else " ".join(repr(value).split())
    yield f"{name} = {text}" if len(text) <= WIDTH else f"{name} = {text[:WIDTH]}..."


def debug(lesson):
    """Stop in pdb at the first line of code, with Numba off: stepping into a kernel steps through its loops.

    Numba is off for what is imported from here on. Lessons that train take very long without it.
    """
    os.environ["NUMBA_DISABLE_JIT"] = "1"
    print(f"Lesson {lesson.number} in the debugger; the kernels run as plain Python, slowly.\n{KEYS}", flush=True)
    again = True
    while again:
        with playing(lesson) as names, explained(lesson):
            try:
                pdb.Pdb(skip=["importlib*"]).run(compile(lesson.script, str(lesson.path), "exec"), names)
                again = False
            except pdb.Restart:  # its command `run`
                print("The lesson starts again.")
