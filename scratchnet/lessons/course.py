"""Lessons are scripts in percent format: `# %%` begins a cell of code, `# %% [markdown]` one of text."""

import re
import sys
import traceback
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from scratchnet.errors import InputError, ScratchnetError, nearest
from scratchnet.look import ROOT

MARK = "# %%"
PREDICT = "**Predict.**"
EXERCISE = "## Exercise: "


class CellError(ScratchnetError):
    """A cell of a lesson did not run to its end; the message shows the cell, and what happened."""

    exit_code = 1


class LessonStopped(ScratchnetError):
    """A lesson ended itself, since something that it needs is missing."""

    exit_code = 1


@dataclass(frozen=True)
class Cell:
    """text: Markdown or code? source: without the marks of comments; line: of the file where it begins, from 1."""

    text: bool
    source: str
    line: int

    @property
    def predicts(self):
        """Whether it asks for a prediction; the cell after it has the answer."""
        return self.text and self.source.startswith(PREDICT)


@dataclass(frozen=True)
class Lesson:
    """A script. number, name: 6, "im2col" of 06_im2col.py."""

    path: Path

    @property
    def number(self):
        return int(self.path.stem.split("_")[0])

    @property
    def name(self):
        return self.path.stem.split("_", 1)[1]

    @cached_property
    def cells(self):
        return cut(self.path.read_text("utf-8"))

    @property
    def title(self):
        """The heading of its first cell."""
        return self.cells[0].source.splitlines()[0].lstrip("# ")

    @property
    def exercise(self):
        """The name of its exercise, which the heading of its last cell gives, and what there is to do."""
        heading, _, task = self.cells[-1].source.partition("\n")
        return heading.removeprefix(EXERCISE), task.strip()


def cut(script):
    """A script in percent format -> its cells. Lines before the first mark are no cell."""
    cells, lines = [], script.splitlines()
    marks = [i for i, line in enumerate(lines) if line.startswith(MARK)]
    for mark, end in zip(marks, [*marks[1:], len(lines)]):
        body, text = lines[mark + 1 : end], "[markdown]" in lines[mark]
        if text:
            body = [line.removeprefix("#").removeprefix(" ") for line in body]
        blank = next((i for i, line in enumerate(body) if line.strip()), 0)
        cells.append(Cell(text, "\n".join(body).strip("\n"), mark + 2 + blank))
    return cells


def folder():
    """Where the lessons are: beside the package in a clone, or where an install has put them."""
    places = [ROOT / "lessons", Path(sys.prefix) / "share" / "scratchnet" / "lessons"]
    for place in places:
        if any(place.glob("[0-9][0-9]_*.py")):
            return place
    raise InputError(f"There are no lessons in {places[0]}. They come with a clone of the repository.")


def course():
    """All lessons, in reading order."""
    return [Lesson(path) for path in sorted(folder().glob("[0-9][0-9]_*.py"))]


def find(word):
    """The lesson with this number or name: "6", "06", "im2col", "06_im2col.py". Raises InputError, with a list of
    all lessons, when there is none."""
    lessons = course()
    wanted = re.sub(r"^\d+_", "", Path(word).name).removesuffix(".py")
    for lesson in lessons:
        if (wanted.isdecimal() and int(wanted) == lesson.number) or wanted == lesson.name:
            return lesson
    near = nearest(wanted, [lesson.name for lesson in lessons]).split(" There are ")[0]
    raise InputError(f"There is no lesson {word!r}.{near} There are:\n{listing(lessons)}")


def listing(lessons):
    """A line for each lesson: number, name, title."""
    width = max(len(lesson.name) for lesson in lessons)
    return "\n".join(
        f"{lesson.number:4}  {lesson.name:{width}}  {re.sub(r'^[0-9]+[.] ', '', lesson.title)}" for lesson in lessons
    )


def beginning(lesson):
    """The names that a cell of this lesson may use before the first one ran."""
    return {"__name__": "__main__", "__file__": str(lesson.path)}


def execute(lesson, number, names):
    """Runs cell `number` (from 1) of a lesson among these names. Its lines have the numbers they have in the file.

    Raises CellError, with the cell and the line that failed, and LessonStopped when it called sys.exit.
    """
    cell = lesson.cells[number - 1]
    try:
        exec(compile("\n" * (cell.line - 1) + cell.source, str(lesson.path), "exec"), names)
    except SystemExit as why:
        raise LessonStopped(f"lesson {lesson.number} stops: {why.code}") from None
    except BrokenPipeError:  # nobody reads on: not the cell's fault
        raise
    except Exception as why:
        raise CellError(failure(lesson, number, why)) from None


def failure(lesson, number, why):
    """The cell with a mark at each line that was under way, what was raised, and where if not here."""
    cell, frames = lesson.cells[number - 1], traceback.extract_tb(why.__traceback__)
    source = dict(enumerate(cell.source.splitlines(), start=cell.line))
    under_way = [frame.lineno for frame in frames if frame.filename == str(lesson.path) and frame.lineno in source]
    said = f"{type(why).__name__}: {why}".removesuffix(": ")
    if isinstance(why, SyntaxError):
        under_way, said = [why.lineno], f"SyntaxError: {why.msg}"
    elif under_way[-1] != frames[-1].lineno:
        said += f"\n(raised in {shorter(frames[-1].filename)}, line {frames[-1].lineno}, {frames[-1].name})"
    shown = [f"{'>' if line in under_way else ' '} {line:4} | {text}".rstrip() for line, text in source.items()]
    head = f"cell {number} of lesson {lesson.number} failed, in line {under_way[-1]} of {shorter(lesson.path)}:"
    return "\n".join([head, "", *shown, "", said])


def shorter(path):
    """Relative to the clone, if it lies in it."""
    path = Path(path)
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else str(path)
