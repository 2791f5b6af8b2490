"""Small pictures side by side in one axes: digits, what F6 draws. An axes for each would take seconds to draw."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from scratchnet.viewing.pieces import INSIDE, new_figure, plain

PIXELS = {"cmap": "gray_r", "vmin": 0, "vmax": 255}  # of a grey image, dark on bright; colours show themselves
BLACK = {"color": "black"}
TITLE, NAME, BELOW = 0.35, 0.4, 0.12  # inches for the title, for the names of the rows, and below each row


class Tile(NamedTuple):
    """A picture (H, W) or (H, W, 3), the text above it, and what `imshow` and `text` are told besides."""

    picture: NDArray
    text: str
    colours: dict[str, Any] = PIXELS
    letters: dict[str, Any] = BLACK


def tiles(
    figure: Figure | None,
    rows: Sequence[Sequence[Tile]],
    title: str,
    *,
    names: Sequence[str] = (),
    size: tuple[float, float] = (1, 1),
    gap: float = 0.15,
    lines: int = 1,
    fontsize: float = 9,
    frame: bool = False,
) -> Figure:
    """Draw rows of tiles, below each other, and return the figure.

    names: one for each row, written at its left. size: the largest width and height of a picture, gap: between two
    pictures of a row, in inches. lines: of the texts above the pictures. frame: around each picture.
    """
    left, above, step = NAME * bool(names), lines * fontsize / 55, size[0] + gap
    heights = [max((inches(tile, size)[1] for tile in row), default=size[1]) for row in rows]
    across, down = left + step * max(1, *map(len, rows)), sum(heights) + len(rows) * (above + BELOW)
    figure = new_figure(figure, across, down + TITLE * bool(title))
    figure.suptitle(plain(title))
    ax, top = figure.subplots(), 0.0
    for row, height, name in zip(rows, heights, names or [""] * len(rows)):
        top += above
        for place, tile in enumerate(row):
            draw_tile(ax, tile, left + (place + 0.5) * step, top, inches(tile, size), fontsize, frame)
        ax.text(NAME / 2, top + height / 2, plain(name), rotation=90, fontsize=9, **INSIDE)
        top += height + BELOW
    ax.set(xlim=(0, across), ylim=(down, 0), aspect="equal")
    ax.set_axis_off()
    return figure


def inches(tile: Tile, size: tuple[float, float]) -> tuple[float, float]:
    """Return the width and height of a tile's picture, as large as it fits into a size."""
    H, W = tile.picture.shape[:2]
    scale = min(size[0] / W, size[1] / H)
    return W * scale, H * scale


def draw_tile(
    ax: Axes, tile: Tile, middle: float, top: float, size: tuple[float, float], fontsize: float, frame: bool
) -> None:
    """Draw a picture below `top`, with its text above."""
    width, height = size
    left = middle - width / 2
    ax.imshow(tile.picture, extent=(left, left + width, top + height, top), **tile.colours)
    letters = INSIDE | {"va": "bottom", "fontsize": fontsize} | tile.letters
    ax.text(middle, top - 0.04, plain(tile.text), **letters)
    if frame:
        ax.add_patch(Rectangle((left, top), width, height, fill=False, linewidth=0.8, clip_on=False))
