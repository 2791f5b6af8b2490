"""Show the source code of an object, or a picture: on the screen, in a notebook or in a file."""

import ast
import contextlib
import inspect
import io
import os
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType, MethodType, ModuleType
from typing import TYPE_CHECKING, Any

from scratchnet.errors import InputError
from scratchnet.storage import atomic_write, here

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
    """A picture as the bytes of a PNG, or a drawing as the text of an SVG, and its description in words.

    dark: the PNG for a dark page, if the picture is `gathered`; an SVG follows the page by itself.
    """

    png: bytes
    alt: str
    svg: str = ""
    dark: bytes = b""


def show(thing: Any) -> None:
    """Print the source of a function, method, class or module, with its file and line numbers.

    For a compiled kernel it prints the Python code; for any other object it prints the source of its class.
    Raises InputError for an object that is not written in Python.
    """
    shown = underlying(thing)
    if not isinstance(shown, type | FunctionType | MethodType | ModuleType):
        shown = type(shown)
    try:
        lines, first = inspect.getsourcelines(shown)
        file = Path(inspect.getsourcefile(shown) or "")
    except (OSError, TypeError):
        what = f"An object of {type(thing).__name__}" if shown is type(thing) else repr(thing)
        raise InputError(f"{what} has no source in Python. Show a function, method, class or module.") from None
    path = file.relative_to(ROOT).as_posix() if file.is_relative_to(ROOT) else file.name
    _give(Source(path, max(first, 1), "".join(lines)))


def underlying(thing: Any) -> Any:
    """Return the function inside a compiled kernel, a property, a partial or a decorator, else the thing itself."""
    for name in ("py_func", "fget", "func", "__wrapped__"):
        inside = getattr(thing, name, None)
        if callable(inside) and inside is not thing and not isinstance(thing, type):
            return underlying(inside)
    return thing


def docstring(thing: Any) -> str:
    """Return the docstring in the source of a function or class, "" without one; -OO removes `__doc__`, not this."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(underlying(thing))))
    except (OSError, TypeError, SyntaxError):  # typed at a prompt, or made by a program
        return inspect.cleandoc(thing.__doc__ or "")
    node: Any = tree.body[0]
    return ast.get_docstring(node) or ""


def picture(figure: "Figure", alt: str) -> None:
    """Show a matplotlib Figure in a notebook, VS Code or Spyder, or write it as a file and print the path.

    A drawing (`viewing.drawings`) is an SVG, any other Figure a PNG. alt: a sentence that describes the picture, for
    those who cannot see it. The folder of the file is `lesson-figures` in the current folder, or the one that the
    environment variable SCRATCHNET_FIGURES names.
    Raises InputError for an object that is not a Figure, and if the file cannot be written.
    """
    if not hasattr(figure, "savefig") or not isinstance(alt, str):
        raise InputError(
            f"picture expects a matplotlib Figure and a sentence, got {type(figure).__name__}, {type(alt).__name__}. "
            "For arrays: picture(sketches.arrays({'x': x}), 'what it shows')."
        )
    _give(_taken(figure, alt), sys._getframe(1).f_globals)


def _taken(figure, alt):
    """Return a figure as a Picture; one that has a method svg is a drawing."""
    if hasattr(figure, "svg"):
        return Picture(b"", alt, figure.svg(alt))
    from scratchnet.viewing.dark import on_dark  # here: whoever shows source only does without Matplotlib
    from scratchnet.viewing.pieces import png

    drawn = png(figure)
    return Picture(drawn, alt, dark=on_dark(figure, drawn) if _gathered is not None else b"")


@contextlib.contextmanager
def gathered() -> Iterator[list]:
    """Collect what is printed (str), shown (Source) and pictured (Picture) in a list, instead of on the screen."""
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
    """Add the item to the list of `gathered`, or show it. names: the caller's globals, for the file of a picture."""
    if _gathered is not None:
        _gathered.append(item)
    elif isinstance(item, Source):
        print(item)
    elif in_notebook():
        from IPython import display

        display.display(display.SVG(item.svg) if item.svg else display.Image(item.png, alt=item.alt))
    else:
        _save(item, names)


def in_notebook():
    """Return whether a Jupyter kernel can show pictures; VS Code and Spyder have one too."""
    return "IPython" in sys.modules and hasattr(sys.modules["IPython"].get_ipython(), "kernel")


def _save(item, names):
    """Write the picture as script-1.png, script-2.svg, ...; the script's globals have the count and the last path."""
    names["_pictures"] = names.get("_pictures", 0) + 1
    stem = Path(names.get("__file__") or "picture").stem
    folder = here(os.environ.get("SCRATCHNET_FIGURES") or FOLDER)
    path = folder / f"{stem}-{names['_pictures']}.{'svg' if item.svg else 'png'}"
    try:
        with atomic_write(path) as file:
            file.write(item.svg.encode("utf-8") or item.png)
    except OSError as why:
        raise InputError(
            f"The picture cannot be written to the folder {folder} ({why.strerror}). Name another one with "
            "SCRATCHNET_FIGURES."
        ) from None
    names["_picture"] = path
    print(f"[picture: {path}]\n[{item.alt}]")
