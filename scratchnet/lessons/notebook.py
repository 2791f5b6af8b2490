"""Lessons as notebooks, and the extra [lessons] that these and the website need."""

import contextlib
from pathlib import Path

from scratchnet.errors import InputError
from scratchnet.lessons.scripts import Lesson, all_lessons
from scratchnet.storage import atomic_write, here

KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
IN_A_BROWSER = range(14)  # lessons that need no Numba, and minutes at most without it
INSTALL = """\
# %%
# In a browser, this installs scratchnet; elsewhere it does nothing.
import sys

if sys.platform == "emscripten":
    import piplite

    await piplite.install("scratchnet-lenet")

"""


@contextlib.contextmanager
def extra():
    """Turn the error of a missing module inside into an InputError with the command that installs it."""
    try:
        yield
    except ModuleNotFoundError as why:
        raise InputError(
            f"The Python module {why.name} is missing. Websites and notebooks of the lessons need it: "
            'pip install "scratchnet-lenet[lessons]"'
        ) from None


def write_notebook(lesson: Lesson, path: str | Path, begin: str = "") -> Path:
    """Write a lesson as an .ipynb without outputs, and return its path. jupytext makes the same script of it again.

    begin: cells in percent format that come before the lesson's own.
    Raises InputError when the path is there already.
    """
    path = here(path)
    if path.exists():
        raise InputError(f"{path} exists already. Remove it, or name another file with path=.")
    with extra():
        import jupytext
    notebook = jupytext.reads(begin + lesson.script, fmt="py:percent")
    notebook.metadata.update(kernelspec=KERNEL, language_info={"name": "python"})
    for number, cell in enumerate(notebook.cells, start=1):
        cell["id"] = f"cell-{number}"  # by chance otherwise
    with atomic_write(path) as file:
        file.write(jupytext.writes(notebook, fmt="ipynb").encode("utf-8"))
    return path


def write_notebooks(folder: str | Path) -> list[Path]:
    """Write every lesson as a notebook into a folder, and return the paths. Raises InputError when one is there."""
    return [write_notebook(lesson, here(folder) / f"{lesson.path.stem}.ipynb") for lesson in all_lessons()]


def write_for_browsers(folder: str | Path) -> list[Path]:
    """Write lessons 0 to 13 as notebooks into a folder, each with a first cell that installs scratchnet in a browser.

    Returns the paths. Raises InputError when one is there already.
    """
    lessons = [lesson for lesson in all_lessons() if lesson.number in IN_A_BROWSER]
    return [write_notebook(lesson, here(folder) / f"{lesson.path.stem}.ipynb", INSTALL) for lesson in lessons]
