"""A lesson as a notebook, and the extra [lessons] that this and the website need."""

import contextlib

from scratchnet.errors import InputError
from scratchnet.storage import atomic_write, here

KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}


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


def write_notebook(lesson, path):
    """Write a lesson as an .ipynb without outputs, and return its path. jupytext makes the same script of it again.

    Raises InputError when the path is there already.
    """
    path = here(path)
    if path.exists():
        raise InputError(f"{path} exists already. Remove it, or name another file with path=.")
    with extra():
        import jupytext
    notebook = jupytext.reads(lesson.script, fmt="py:percent")
    notebook.metadata.update(kernelspec=KERNEL, language_info={"name": "python"})
    for number, cell in enumerate(notebook.cells, start=1):
        cell["id"] = f"cell-{number}"  # by chance otherwise
    with atomic_write(path) as file:
        file.write(jupytext.writes(notebook, fmt="ipynb").encode("utf-8"))
    return path
