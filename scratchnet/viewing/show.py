"""The live source of a thing, and a picture: on the screen, in a notebook, in a file."""

import contextlib
import inspect
import io
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType, MethodType, ModuleType
from typing import TYPE_CHECKING, Any

from scratchnet.errors import InputError
from scratchnet.storage import atomic_write

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ROOT = Path(__file__).parents[2]
FOLDER = "lesson-figures"
_gathered: list | None = None


@dataclass(frozen=True)
class Source:
    """Lines of a file: its path, the number of the first line, and the text."""

    path: str
    first: int
    text: str

    def __str__(self):
        lines = self.text.rstrip("\n").split("\n")
        last = self.first + len(lines) - 1
        numbered = (f"{self.first + i:{len(str(last))}} | {line}".rstrip() for i, line in enumerate(lines))
        return "\n".join([f"{self.path}, lines {self.first} to {last}", *numbered])


@dataclass(frozen=True)
class Picture:
    """A PNG, and what is seen on it in words."""

    png: bytes
    alt: str


def show(thing: Any) -> None:
    """Print the source of a function, method, class or module, with its file and line numbers.

    Of a compiled kernel: the Python that it is compiled from; of any other object: that of its class.
    Raises InputError for what is not written in Python.
    """
    wanted = underlying(thing)
    if not isinstance(wanted, type | FunctionType | MethodType | ModuleType):
        wanted = type(wanted)
    try:
        lines, first = inspect.getsourcelines(wanted)
        file = Path(inspect.getsourcefile(wanted) or "")
    except (OSError, TypeError):
        what = f"An object of {type(thing).__name__}" if wanted is type(thing) else repr(thing)
        raise InputError(f"{what} has no source in Python. Show a function, method, class or module.") from None
    path = file.relative_to(ROOT).as_posix() if file.is_relative_to(ROOT) else file.name
    _give(Source(path, max(first, 1), "".join(lines)))


def underlying(thing: Any) -> Any:
    """What was written, under a compiled kernel, a property, a partial or a decorator."""
    for name in ("py_func", "fget", "func", "__wrapped__"):
        inside = getattr(thing, name, None)
        if callable(inside) and inside is not thing and not isinstance(thing, type):
            return underlying(inside)
    return thing


def picture(figure: "Figure", alt: str) -> None:
    """Show a matplotlib Figure where there is something to show it in: in a notebook, in VS Code or Spyder.
    Elsewhere it becomes a PNG, and its path is printed.

    alt: what is seen on it, in a sentence, for those who cannot see it. The folder is `lesson-figures` where
    Python was started, or the one that the environment variable SCRATCHNET_FIGURES names.
    Raises InputError for what is no Figure, and where no file can be written.
    """
    if not hasattr(figure, "savefig") or not isinstance(alt, str):
        raise InputError(
            f"picture expects a matplotlib Figure and a sentence, got {type(figure).__name__}, {type(alt).__name__}. "
            "For arrays: picture(sketches.arrays({'x': x}), 'what is seen')."
        )
    file = io.BytesIO()
    figure.savefig(file, format="png")
    _give(Picture(file.getvalue(), alt), sys._getframe(1).f_globals)


@contextlib.contextmanager
def gathered() -> Iterator[list]:
    """Inside, nothing reaches the screen: a list of all that is printed (str), shown (Source) and pictured
    (Picture), in order."""
    global _gathered
    before, _gathered = _gathered, []
    try:
        with contextlib.redirect_stdout(_Writer(_gathered)):
            yield _gathered
    finally:
        _gathered = before


class _Writer(io.TextIOBase):
    def __init__(self, items):
        self.items = items

    def write(self, text):
        self.items.append(text)
        return len(text)


def _give(item, names=None):
    """To those who gather, else to the screen. names: the caller's, for the file of a picture."""
    if _gathered is not None:
        _gathered.append(item)
    elif isinstance(item, Source):
        print(item)
    elif in_notebook():
        from IPython.display import Image, display

        display(Image(item.png, alt=item.alt))
    else:
        _save(item, names)


def in_notebook():
    """Whether there is something that shows pictures: a kernel of Jupyter, as VS Code and Spyder have too."""
    return "IPython" in sys.modules and hasattr(sys.modules["IPython"].get_ipython(), "kernel")


def _save(item, names):
    """As script-1.png, script-2.png, ...: the count dies with the names of the script."""
    names["_pictures"] = names.get("_pictures", 0) + 1
    stem = Path(names.get("__file__") or "picture").stem
    folder = Path(os.environ.get("SCRATCHNET_FIGURES") or FOLDER).expanduser()
    path = folder / f"{stem}-{names['_pictures']}.png"
    try:
        with atomic_write(path) as file:
            file.write(item.png)
    except OSError as why:
        raise InputError(
            f"The picture cannot be written to the folder {folder} ({why.strerror}). Name one with SCRATCHNET_FIGURES."
        ) from None
    print(f"[picture: {path}]\n[{item.alt}]")
