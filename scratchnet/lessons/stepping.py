"""One lesson, cell by cell, there and back, on a terminal or in the debugger."""

import contextlib
import io
import os
import pdb
import re
import sys
import textwrap
from types import FunctionType, ModuleType

import numpy as np

from scratchnet.lessons.plain_formulas import readable
from scratchnet.lessons.prompt import Prompt
from scratchnet.lessons.scripts import execute, explained, playing

WIDTH = 78
PDB_KEYS = "n: next line   s: step into   r: out of it again   p x.shape: print   c: go on   q: quit"


def step(lesson, pause, first=1, bookmark=None, view=None):
    """Run a lesson, and print each cell's text or code, its output, and the shapes of its new arrays.

    pause: ask after each cell what to do. first: the cell to begin with; those before it run silently. bookmark: moves
    along. view(path): opens a picture, and returns whether it could. Return whether the end was reached.
    """
    last, number = len(lesson.cells), first
    with playing(lesson) as names:
        walk = Walk(lesson, names)
        prompt = Prompt(walk, view) if pause else None
        while number <= last:
            if bookmark:
                bookmark.move(number)
            walk.show(number)
            number = prompt.after(number) if prompt else number + 1
            if number is None:
                return False
    print(rule(f"end of lesson {lesson.number}"))
    if bookmark:
        bookmark.move(1)
    return True


class Walk:
    """A way through a lesson, which may go back: the names that its cells made, and what was predicted.

    A cell of code that runs again gets the names of that place: the cells before it run again, from the first one on.
    Copies of the names would not do: an update changes arrays in place, and layers and optimizers share them.
    """

    def __init__(self, lesson, names):
        self.lesson, self.names, self.at_first = lesson, names, dict(names)
        self.done, self.predictions = 0, {}  # the last cell of code that was run; {cell: text}

    def show(self, number):
        """Print a cell and run it."""
        cell, last = self.lesson.cells[number - 1], len(self.lesson.cells)
        print(rule(f"lesson {self.lesson.number}, cell {number} of {last}"))
        if cell.text:
            print(wrapped(cell.source))
        else:
            if self.done >= number:
                self.start_again()
            self.run_up_to(number - 1)
            step_code(self.lesson, number, self.names)
            self.done = number
        if number - 1 in self.predictions:
            print(f"{rule('what you predicted')}\n{self.predictions[number - 1]}")

    def predict(self, number, text):
        """Keep what was typed at a cell; an empty line leaves what was typed there before."""
        if text:
            self.predictions[number] = text

    def run_up_to(self, number):
        """Run the cells of code up to this one that have not been run, silently."""
        missing = [n for n in range(self.done + 1, number + 1) if not self.lesson.cells[n - 1].text]
        if missing:
            print(f"(running {len(missing)} cell{'s' * (len(missing) > 1)} of code before this one)", flush=True)
        for n in missing:
            with contextlib.redirect_stdout(io.StringIO()):
                execute(self.lesson, n, self.names)
            self.done = n

    def start_again(self):
        """Take away all names that the cells made."""
        self.names.clear()
        self.names.update(self.at_first)
        self.done = 0


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


def rule(text):
    return f"-- {text} ".ljust(WIDTH, "-")


def wrapped(text):
    """Return Markdown with formulas as text and paragraphs filled to the width; headings and tables stay.

    Code in backquotes stays on one line, and a line does not end after a hyphen: what is shown can be copied.
    """
    blocks = [
        block if block.startswith(("#", "|", "    ", "```")) else "\n".join(filled(re.split(r"\n(?=- )", block)))
        for block in readable(text).split("\n\n")
    ]
    return "\n\n".join(blocks).replace("\N{NO-BREAK SPACE}", " ")


def filled(parts):
    """Yield paragraphs and entries of a list, filled to the width."""
    for part in parts:
        whole = re.sub("`[^`]+`", lambda code: " ".join(code[0].split()).replace(" ", "\N{NO-BREAK SPACE}"), part)
        whole = re.sub(r"\s*\n\s*", "\n", whole)
        indent = "  " * part.startswith("- ")
        yield textwrap.fill(whole, WIDTH, subsequent_indent=indent, break_on_hyphens=False, break_long_words=False)


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
    print(f"Lesson {lesson.number} in the debugger; the kernels run as plain Python, slowly.\n{PDB_KEYS}", flush=True)
    again = True
    while again:
        with playing(lesson) as names, explained(lesson):
            try:
                pdb.Pdb(skip=["importlib*"]).run(compile(lesson.script, str(lesson.path), "exec"), names)
                again = False
            except pdb.Restart:  # its command `run`
                print("The lesson starts again.")
