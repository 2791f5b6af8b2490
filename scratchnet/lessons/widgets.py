"""What a reader can move on a page of the website: plain JavaScript, one file a widget, in the folder `widgets`.

A lesson asks for one by a line of its own in a text cell, `<!-- widget: valley -->`. Terminals and notebooks hide it.
"""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from scratchnet.datasets import load
from scratchnet.errors import InputError, nearest

FOLDER = Path(__file__).with_name("widgets")
COMMON = "common"  # what all of them use
REMEMBERED = "remembered"  # what the browser keeps of a reader


def seven() -> list[int]:
    """Return the first test digit, a seven, as 784 numbers from 0 to 255."""
    return load("mnist", "test")[0][0].ravel().tolist()


DATA: dict[str, Callable[[], Any]] = {"window": seven}  # what a widget needs besides its formula


def names() -> list[str]:
    """Return the names of all widgets."""
    return sorted(path.stem for path in FOLDER.glob("*.js") if path.stem not in (COMMON, REMEMBERED))


def placed(page: str) -> str:
    """Return HTML in which the marks of widgets are their places.

    Raises InputError for an unknown widget, and for a mark that is not a paragraph of its own.
    """
    page = re.sub(r"<p>&lt;!-- widget: (\w+) --&gt;</p>", lambda found: place(found[1]), page)
    if "&lt;!-- widget" in page:
        raise InputError("A mark of a widget expects an empty line before and after it. Write <!-- widget: NAME -->.")
    return page


def place(name: str) -> str:
    """Return the HTML of an empty widget; without JavaScript it stays hidden."""
    if name not in names():
        raise InputError(f"There is no widget {name!r}.{nearest(name, names())}")
    data = json.dumps(DATA[name]()) if name in DATA else ""
    inside = f'<script type="application/json">{data}</script>' if data else ""
    return f'<figure class="widget" role="group" data-widget="{name}" hidden>{inside}</figure>'


def scripts_of(page: str) -> list[str]:
    """Return the names of the scripts that the widgets of a page need, in the order in which they are loaded."""
    used = list(dict.fromkeys(re.findall('data-widget="(\\w+)"', page)))
    return [COMMON, *used] if used else []


def script(name: str) -> str:
    """Return the text of a script."""
    return (FOLDER / f"{name}.js").read_text("utf-8")
