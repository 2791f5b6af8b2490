"""Pictures side by side in one axes: digits, maps, filters. An axes for each of them would take seconds to draw."""

from collections.abc import Sequence
from itertools import accumulate, zip_longest
from typing import Any, NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from scratchnet.viewing.pieces import INSIDE, new_figure, plain

PIXELS = {"cmap": "gray_r", "vmin": 0, "vmax": 255}  # of a grey image, dark on bright; colours show themselves
BLACK = {"color": "black"}
TITLE, NAME = 0.35, 0.45  # inches for the title, and for the names of the rows


class Tile(NamedTuple):
    """A picture (H, W) or (H, W, 3), its width and height in inches, the texts above and below it, and what `imshow`
    and `text` are told besides."""

    picture: NDArray
    size: tuple[float, float]
    text: str
    below: str = ""
    colours: dict[str, Any] = PIXELS
    letters: dict[str, Any] = BLACK


def fitted(picture: NDArray, width: float, height: float) -> tuple[float, float]:
    """Return the width and height of a picture that is as large as it fits into these, in inches."""
    H, W = picture.shape[:2]
    scale = min(width / W, height / H)
    return W * scale, H * scale


def tiles(
    figure: Figure | None,
    rows: Sequence[Sequence[Tile]],
    title: str,
    *,
    names: Sequence[str] = (),
    note: str = "",
    gap: float = 0.15,
    below: float = 0.12,
    fontsize: float = 9,
    frame: bool = False,
) -> Figure:
    """Draw rows of tiles, below each other, and return the figure. A column is as wide as its widest picture.

    names: one for each row, written at its left; note: below all. gap: between two columns, below: under each row, in
    inches. frame: around each picture.
    """
    left, line = NAME * bool(names), fontsize / 55
    columns = [max(tile.size[0] for tile in column if tile) + gap for column in zip_longest(*rows)]
    begins = list(accumulate(columns, initial=left))
    heights = [max((tile.size[1] for tile in row), default=1.0) for row in rows]
    above = [line * max((1 + tile.text.count("\n") for tile in row), default=1) for row in rows]
    down = sum(heights) + sum(above) + len(rows) * below
    room = TITLE * bool(title) + 0.2 * len(note.splitlines())
    figure = new_figure(figure, max(begins[-1], 2), down + room)
    figure.suptitle(plain(title))
    figure.supxlabel(note, fontsize=9)
    ax, top = figure.subplots(), 0.0
    for row, texts, height, name in zip(rows, above, heights, names or [""] * len(rows)):
        top += texts
        ax.text(0.15, top + height / 2, plain(name), rotation=90, fontsize=9, **INSIDE)
        for tile, begin, width in zip(row, begins, columns):
            draw_tile(ax, tile, begin + width / 2, top + height / 2, fontsize, frame)
        top += height + below
    ax.set(xlim=(0, max(begins[-1], 2)), ylim=(down, 0), aspect="equal")
    ax.set_axis_off()
    return figure


def draw_tile(ax: Axes, tile: Tile, x: float, y: float, fontsize: float, frame: bool) -> None:
    """Draw a picture with its middle at (x, y), and its texts."""
    width, height = tile.size
    left, top = x - width / 2, y - height / 2
    ax.imshow(tile.picture, extent=(left, left + width, top + height, top), **tile.colours)
    ax.text(x, top - 0.04, plain(tile.text), **INSIDE | {"va": "bottom", "fontsize": fontsize} | tile.letters)
    if tile.below:
        ax.text(x, top + height + 0.04, plain(tile.below), **INSIDE | {"va": "top", "fontsize": 8})
    if frame:
        ax.add_patch(Rectangle((left, top), width, height, fill=False, linewidth=0.8, clip_on=False))
