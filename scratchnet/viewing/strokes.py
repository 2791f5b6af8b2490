"""What drawings are made of: a canvas, labels, arrows, boxes, discs and grids of numbers.

The unit is the typographic point, and y points down. A canvas is 324 points wide, so that its letters are not
smaller than 9 pixels on a phone of 360.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, FancyBboxPatch, Polygon, Rectangle
from numpy.typing import ArrayLike, NDArray

from scratchnet.errors import InputError
from scratchnet.viewing.pieces import plain
from scratchnet.viewing.svg import DARK_GREY, GREY, INK, PALE, PAPER, QUIET, RULE, Drawing

WIDTH = 324
SIZE = 9  # of letters
SHADES = (PAPER, PALE, GREY, DARK_GREY)


def canvas(description: str, height: float) -> tuple[Drawing, Axes]:
    """Return an empty drawing and its axes, with the origin at the top left."""
    figure = Drawing(figsize=(WIDTH / 72, height / 72), dpi=144, facecolor=PAPER)
    figure.description = description
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, WIDTH), ylim=(height, 0))
    ax.set_axis_off()
    return figure, ax


def label(ax: Axes, x: float, y: float, text: str, colour: str = INK, size: float = SIZE, **how: Any) -> None:
    """Write a text, by default with its middle at (x, y)."""
    ax.text(x, y, plain(text), color=colour, fontsize=size, **{"ha": "center", "va": "center_baseline"} | how)


def line(ax: Axes, *points: Sequence[float], colour: str = INK, width: float = 1.2, **how: Any) -> None:
    """Draw a line through the points."""
    ax.add_line(Line2D(*zip(*points), color=colour, linewidth=width, clip_on=False, **how))


def arrow(ax: Axes, *points: Sequence[float], colour: str = INK, width: float = 1.2, **how: Any) -> None:
    """Draw a line through the points, with a head at the last one."""
    before, end = np.array(points[-2], float), np.array(points[-1], float)
    along = (end - before) / np.linalg.norm(end - before)
    across = np.array([-along[1], along[0]])
    base = end - (4.5 + width) * along
    line(ax, *points[:-1], tuple(base), colour=colour, width=width, **how)
    half = (1.8 + 0.7 * width) * across
    ax.add_patch(Polygon([end, base + half, base - half], facecolor=colour, edgecolor="none", clip_on=False))


def box(ax: Axes, x: float, y: float, width: float, height: float, fill: str = PALE, edge: str = INK) -> None:
    """Draw a box with round corners, from its top left corner."""
    style = "round,pad=0,rounding_size=4"
    ax.add_patch(FancyBboxPatch((x, y), width, height, boxstyle=style, facecolor=fill, edgecolor=edge, clip_on=False))


def disc(ax: Axes, x: float, y: float, r: float, text: str = "", fill: str = PALE, edge: str = INK) -> None:
    """Draw a disc with a text in its middle."""
    ax.add_patch(Circle((x, y), r, facecolor=fill, edgecolor=edge, linewidth=1, clip_on=False))
    if text:
        label(ax, x, y, text)


def rectangle(ax: Axes, x: float, y: float, width: float, height: float, fill: str, edge: str, wide: float) -> None:
    """Draw a rectangle from its top left corner, with a border of this colour, so many points wide."""
    how: dict[str, Any] = {
        "facecolor": fill,
        "edgecolor": edge,
        "linewidth": wide,
        "joinstyle": "miter",
        "clip_on": False,
    }
    ax.add_patch(Rectangle((x, y), width, height, **how))


def frame(ax: Axes, x: float, y: float, width: float, height: float, colour: str = INK, wide: float = 2) -> None:
    """Draw the border of a rectangle."""
    rectangle(ax, x, y, width, height, "none", colour, wide)


def grid(
    ax: Axes,
    x: float,
    y: float,
    cell: float,
    array: NDArray,
    fill: Callable[[int, int], str] | None = None,
    written: Callable[[float], str] | None = None,
) -> None:
    """Draw each number of an array (H, W) into a cell; NaN leaves its cell empty.

    fill: (row, column) -> colour; without it, the larger the number, the darker the cell.
    """
    fill, written = fill or shades(array), written or number
    for (row, column), value in np.ndenumerate(array):
        corner = x + column * cell, y + row * cell
        colour = fill(row, column)
        rectangle(ax, *corner, cell, cell, colour, RULE, 0.7)
        if np.isfinite(value):
            label(ax, corner[0] + cell / 2, corner[1] + cell / 2, written(value))


def shades(array: NDArray) -> Callable[[int, int], str]:
    """Return the grey of each cell, white for the smallest number."""
    low, high = np.nanmin(array), np.nanmax(array)
    steps = np.nan_to_num((array - low) / max(high - low, 1e-12) * (len(SHADES) - 1)).round().astype(int)
    return lambda row, column: SHADES[steps[row, column]]


def heading(ax: Axes, x: float, y: float, text: str, **how: Any) -> None:
    label(ax, x, y, text, **{"weight": "bold"} | how)


def caption(ax: Axes, y: float, text: str) -> None:
    """Write a line that says how to read the drawing."""
    label(ax, WIDTH / 2, y, text, colour=QUIET)


def number(value: float) -> str:
    """Return a number with three digits, as it is read."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value + 0.0:.3g}"


def two_decimals(value: float) -> str:
    """Return a number with at most two decimals; a smaller one that is not 0 with one digit."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return text.replace("-0", "0") if text == "-0" else text if text != "0" or not value else f"{value:.0e}"


def side(columns: int, space: float, largest: float, texts: Iterable[str]) -> float:
    """Return the side of the cells of grids that are so many columns wide together and hold these texts.

    Raises InputError if they do not fit.
    """
    cell, needed = min(largest, space / columns), 2.5 + max(map(breadth, texts))
    if cell < needed:
        raise InputError(
            f"{columns} columns of these numbers are too wide for a drawing, which has room for {int(space / needed)}. "
            "Draw a smaller array, or round it."
        )
    return cell


def breadth(text: str) -> float:
    """Return how wide a number is in letters of SIZE, in points."""
    return sum({".": 2.9, ",": 2.9, "-": 3.3, "+": 7.6}.get(letter, 5.8) for letter in text)


def matrix(name: str, value: ArrayLike) -> NDArray:
    """Return an array (H, W) of finite floats. Raise InputError for anything else."""
    array = np.asarray(value, float)
    if array.ndim != 2 or not array.size or not np.isfinite(array).all():
        raise InputError(f"A drawing expects {name} as an array (H, W) of finite numbers, got shape {array.shape}.")
    return array
