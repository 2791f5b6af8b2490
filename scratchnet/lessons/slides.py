"""Slides from Markdown: the code on them runs, so that drawings, sources and numbers are the library's own.

A line `---` begins the next slide. Two kinds of code blocks run, one after the other in the same names: "python run" is
shown with what it gives, "python draw" only gives. In a text `60,000 == n` in code marks is a number that is checked
when the slides are made, and stands there as 60,000. A quotation is a note for the speaker.
"""

import base64
import contextlib
import re
import sys
from pathlib import Path
from typing import Any

import numpy as np

from scratchnet.errors import InputError
from scratchnet.lessons.page_frame import TITLE, opening
from scratchnet.lessons.site import STYLE
from scratchnet.lessons.typesetting import code, image, library, pre, scrolling, to_html
from scratchnet.storage import atomic_write, here
from scratchnet.viewing.show import ROOT, Picture, gathered

SOURCES = ROOT / "docs" / "teaching" / "slides"
DECK, KEYS = (Path(__file__).with_name(name) for name in ("deck.css", "deck.js"))
BLOCK = re.compile(r"^```python (run|draw)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CHECKED = re.compile(r"`(-?[\d,]*\.?\d+) == ([^`]+)`")


def sources() -> list[Path]:
    """Return the Markdown of the six sessions. Raises InputError outside of a clone."""
    found = sorted(SOURCES.glob("[0-9]_*.md"))
    if not found:
        raise InputError(f"The slides are in a clone of the repository only, in {SOURCES}. Or name a file of your own.")
    return found


def write_slides(source: Path, folder: Path) -> Path:
    """Make slides of a Markdown file; return their path, an HTML file that needs no other.

    Raises InputError for a file that cannot be read, code that fails, and a number that is not what the text says.
    """
    path = here(folder) / f"{source.stem}.html"
    page = deck(source)
    with atomic_write(path) as file:
        file.write(page.encode("utf-8"))
    return path


def deck(source: Path) -> str:
    """Return the slides of a Markdown file as HTML."""
    try:
        text = here(source).read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as why:
        raise InputError(f"{source} cannot be read as text: {why}.") from None
    names: dict[str, Any] = {"__name__": source.stem, "np": np}
    ids: set[str] = set()
    parts = re.split(r"^---$\n", text, flags=re.MULTILINE)
    slides = [slide(part, names, ids, f"{source.name}, slide {n}", n, len(parts)) for n, part in enumerate(parts, 1)]
    title = re.search(r"^# (.+)$", text, re.MULTILINE)
    return page_of(title[1] if title else source.stem, "".join(slides))


def slide(text: str, names: dict[str, Any], ids: set[str], where: str, number: int, count: int) -> str:
    """Return one slide. names: those of the code so far, which this adds to; where: for errors.

    The code runs first: a number may stand above the code that computes it.
    """
    pieces = BLOCK.split(text)
    blocks = [ran(source, names, where, kind == "run") for kind, source in zip(pieces[1::3], pieces[2::3])]
    texts = [prose_of(prose, names, ids, where) for prose in pieces[::3]]
    inside = "".join(one + other for one, other in zip(texts, [*blocks, ""]))
    foot = f'<p class="place">{number} / {count}</p>'
    return f'<section id="slide-{number}">\n<div>\n{inside}</div>\n{foot}\n</section>\n'


def prose_of(text: str, names: dict[str, Any], ids: set[str], where: str) -> str:
    """Return Markdown as HTML, with its numbers checked."""
    page = to_html(CHECKED.sub(lambda found: checked(found[1], found[2], names, where), text), ids)
    return page.replace("<p><strong>Predict.</strong>", '<p class="predict"><strong>Predict.</strong>')


def checked(written: str, expression: str, names: dict[str, Any], where: str) -> str:
    """Return a number as it is written. Raise InputError unless the expression gives it, in the digits it has."""
    with explained(where, expression):
        value = float(eval(expression, names))
    digits = len(written.partition(".")[2])
    if f"{value:.{digits}f}" != written.replace(",", ""):
        raise InputError(f"{where}: the text says {written}, but {expression} is {value:,.{digits + 2}f}. Correct it.")
    return written


def ran(source: str, names: dict[str, Any], where: str, shown: bool) -> str:
    """Run code; return what it gives as HTML, below the code itself if it is shown."""
    with gathered() as items, explained(where, source), contextlib.redirect_stderr(sys.stdout):
        exec(compile(source, where, "exec", dont_inherit=True), names)
    page = code(source.rstrip("\n"), 1, "Code") if shown else ""
    text = ""
    for item in items:
        if isinstance(item, str):
            text += item
        else:
            page += picture(item) if isinstance(item, Picture) else library(item)
    return page + (pre(text.strip("\n"), "Output") if text.strip() else "")


@contextlib.contextmanager
def explained(where: str, source: str):
    """Turn an error of a slide's code into a sentence."""
    try:
        yield
    except Exception as why:
        first = source.strip().partition("\n")[0]
        raise InputError(f"{where}: `{first}` fails with {type(why).__name__}: {why}") from None


def picture(item: Picture) -> str:
    """Return a picture as a part of the page itself."""
    light, dark = (f"data:image/png;base64,{base64.b64encode(png).decode()}" for png in (item.png, item.dark))
    return f'<figure class="picture">{scrolling(item, image(item, item.alt, light, dark))}</figure>\n'


def page_of(title: str, slides: str) -> str:
    """Return the whole file: style, slides and keys in one."""
    style = STYLE.read_text("utf-8") + DECK.read_text("utf-8")
    return f"""{opening(title, TITLE)}
<style>
{style}</style>
</head>
<body class="deck">
<main>
{slides}</main>
<script>
{KEYS.read_text("utf-8")}</script>
</body>
</html>
"""
