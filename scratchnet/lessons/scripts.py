"""Lessons are scripts in percent format: `# %%` begins a cell of code, `# %% [markdown]` one of text."""

import contextlib
import pdb
import re
import sys
import traceback
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import ModuleType

from scratchnet.errors import CellError, InputError, LessonStopped, nearest
from scratchnet.viewing.show import ROOT

COURSE = Path(__file__).with_name("course")
MARK = "# %%"
PREDICT = "**Predict.**"
WIDGET = re.compile(r"<!-- widget: (\w+) -->")  # a line of a text cell; the website puts a widget there
EXERCISE = "## Exercise: "


@dataclass(frozen=True)
class Cell:
    """text: is it Markdown? marked: without the marks of comments; line: where it begins in the file, from 1."""

    text: bool
    marked: str
    line: int

    @cached_property
    def source(self):
        """Return the cell as a reader sees it: without the marks of widgets, which only the website can show."""
        if not self.text or not WIDGET.search(self.marked):
            return self.marked
        parts = re.split(r"\n{2,}", self.marked)
        return "\n\n".join(part for part in parts if not WIDGET.fullmatch(part.strip()))

    @property
    def predicts(self):
        """Return whether the cell asks for a prediction; the next cell has the answer."""
        return self.text and self.source.startswith(PREDICT)


@dataclass(frozen=True)
class Lesson:
    """A lesson: a script. number and name of 07_im2col.py are 7 and "im2col"."""

    path: Path

    @property
    def number(self):
        return int(self.path.stem.split("_")[0])

    @property
    def name(self):
        return self.path.stem.split("_", 1)[1]

    @cached_property
    def script(self):
        """Return the text of the file. Raise InputError when it is not text."""
        try:
            return self.path.read_text("utf-8-sig")
        except UnicodeDecodeError:
            raise InputError(f"{shorter(self.path)} is not text in UTF-8. Save it as UTF-8 in your editor.") from None

    @cached_property
    def cells(self):
        """Return the cells. Raise InputError for a file without cells."""
        cells = cut(self.script)
        if not any(cell.source for cell in cells):
            raise InputError(
                f"{shorter(self.path)} has no cells. Begin each with a line `{MARK}` or `{MARK} [markdown]`."
            )
        return cells

    @property
    def title(self):
        """Return the heading of the first cell."""
        return self.cells[0].source.partition("\n")[0].lstrip("# ")

    @property
    def exercise(self):
        """Return the name of the exercise, from the heading of the last cell that has one, and its task."""
        tasks = [cell.source for cell in self.cells if cell.text and cell.source.startswith(EXERCISE)]
        if not tasks:
            raise InputError(f"{shorter(self.path)} has no exercise. End it with a text cell `{EXERCISE}NAME`.")
        heading, _, task = tasks[-1].partition("\n")
        return heading.removeprefix(EXERCISE), task.strip()


def cut(script):
    """Return the cells of a script in percent format. Lines before the first mark belong to no cell."""
    cells, lines = [], script.split("\n")  # where Python ends a line, and nowhere else
    marks = [i for i, line in enumerate(lines) if re.match(r"#\s*%%(\s|$)", line)]
    for mark, end in zip(marks, [*marks[1:], len(lines)]):
        part, text = lines[mark + 1 : end], re.search(r"\[(markdown|md)\]", lines[mark]) is not None
        if text:
            part = [line.removeprefix("#").removeprefix(" ") for line in part]
        blank = next((i for i, line in enumerate(part) if line.strip() and not WIDGET.fullmatch(line.strip())), 0)
        cells.append(Cell(text, "\n".join(part).strip("\n"), mark + 2 + blank))
    return cells


def folder():
    """Return the folder of the lessons: in a wheel inside of the package, in a clone beside it."""
    for place in (COURSE, ROOT / "lessons"):
        if any(place.glob("[0-9][0-9]_*.py")):
            return place
    raise InputError(f"Expected the lessons in {place}, found none. Install scratchnet again.")


def all_lessons():
    """Return all lessons, in reading order."""
    return [Lesson(path) for path in sorted(folder().glob("[0-9][0-9]_*.py"))]


def find_lesson(word):
    """Return the lesson with this number or name: "7", "07", "im2col", "07_im2col.py".

    Raises InputError, with a list of all lessons, when there is none.
    """
    lessons, asked = all_lessons(), Path(word).name.removesuffix(".py")
    for lesson in lessons:
        if (asked.isdecimal() and int(asked) == lesson.number) or asked in (lesson.name, lesson.path.stem):
            return lesson
    near = nearest(re.sub(r"^\d+_", "", asked), [lesson.name for lesson in lessons]).split(" There are ")[0]
    raise InputError(f"There is no lesson {word!r}.{near} There are:\n{listing(lessons)}")


def listing(lessons):
    """Return a line for each lesson: number, name, title."""
    width = max(len(lesson.name) for lesson in lessons)
    return "\n".join(
        f"{lesson.number:4}  {lesson.name:{width}}  {re.sub(r'^[0-9]+[.] ', '', lesson.title)}" for lesson in lessons
    )


@contextlib.contextmanager
def playing(lesson):
    """Yield the names that the cells share: those of the module __main__, as when it runs as a script."""
    before, module = sys.modules["__main__"], ModuleType("__main__")
    module.__file__ = str(lesson.path)
    sys.modules["__main__"] = module
    try:
        yield vars(module)
    finally:
        sys.modules["__main__"] = before


def execute(lesson, number, names):
    """Run cell `number` (from 1) of a lesson with these names. Its line numbers are those of the file.

    Raises CellError, with the cell and the line that failed, and LessonStopped when it called sys.exit.
    """
    cell = lesson.cells[number - 1]
    with explained(lesson, number):
        code = compile("\n" * (cell.line - 1) + cell.source, str(lesson.path), "exec", dont_inherit=True)
        exec(code, names)


@contextlib.contextmanager
def explained(lesson, number=None):
    """Turn an error of a cell into a CellError that shows the cell. number: of the cell; else found by the line."""
    try:
        yield
    except SystemExit as why:
        reason = f": {why.code}" if why.code else ""
        raise LessonStopped(f"lesson {lesson.number} stops{reason}") from None
    except (BrokenPipeError, LessonStopped, pdb.Restart):  # not the cell's fault
        raise
    except Exception as why:
        if isinstance(why.__cause__, KeyboardInterrupt):  # compiled code makes a SystemError of it
            raise KeyboardInterrupt from None
        raise CellError(failure(lesson, number, why)) from None


def failure(lesson, number, why):
    """Return the cell with a mark at each line that ran last, the error, and its place if it is elsewhere."""
    mine, frames = str(lesson.path), traceback.extract_tb(why.__traceback__)
    if isinstance(why, SyntaxError) and why.filename == mine:
        frames = [traceback.FrameSummary(mine, why.lineno or 1, "<module>")]
    lines = [frame.lineno for frame in frames if frame.filename == mine]
    if number is None:
        number = max(1, sum(cell.line <= lines[0] for cell in lesson.cells)) if lines else 1
    cell = lesson.cells[number - 1]
    source = dict(enumerate(cell.source.split("\n"), start=cell.line))
    under_way = [line for line in lines if line in source]
    raised = traceback.format_exception_only(why)[-1].strip()
    if frames and (frames[-1].filename, frames[-1].lineno) not in [(mine, line) for line in under_way]:
        raised += f"\n(raised in {shorter(frames[-1].filename)}, line {frames[-1].lineno}, {frames[-1].name})"
    shown = [f"{'>' if line in under_way else ' '} {line:4} | {text}".rstrip() for line, text in source.items()]
    line = under_way[-1] if under_way else cell.line
    head = f"cell {number} of lesson {lesson.number} failed, in line {line} of {shorter(lesson.path)}:"
    return "\n".join([head, "", *shown, "", raised])


def shorter(path):
    """Return the path relative to the clone, if it is inside."""
    path = Path(path)
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else str(path)
