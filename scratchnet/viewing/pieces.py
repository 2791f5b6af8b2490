"""Pieces that the figures share: a figure of a size, its axes, tiles of maps."""

import io
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray

SIGNED = "RdBu_r"
COMPRESSION = 3  # of PNGs: the default, 6, takes longer and does not make our pictures smaller
# A text that stands inside its axes: the layout does not have to measure it.
INSIDE: dict[str, Any] = {"ha": "center", "va": "center", "in_layout": False}
SCALE = "each layer on its own scale: blue negative, white 0, red positive"


class ShownFigure(Figure):
    """A Figure that a notebook shows when it is the last expression of a cell, without pyplot."""

    def _repr_png_(self):
        return png(self)


def png(figure: Figure) -> bytes:
    """Return a figure as a PNG. `savefig` gives the same pixels, but draws twice: the first time for the layout."""
    file, before = io.BytesIO(), figure.canvas
    try:
        FigureCanvasAgg(figure).print_png(file, pil_kwargs={"compress_level": COMPRESSION})
    finally:
        figure.set_canvas(before)
    return file.getvalue()


def new_figure(figure: Figure | None, width: float, height: float) -> Figure:
    return figure or ShownFigure(figsize=(width, height), layout="constrained", dpi=110)


def plain(text: str) -> str:
    """Return a caller's text as Matplotlib has to get it, to show every $: two of them would enclose mathematics."""
    return text.replace("$", r"\$")


def legend(ax: Any, lines: Sequence[Any], names: Sequence[str], **where: Any) -> None:
    """Add a legend with these names as they are, also those that begin with "_", which Matplotlib leaves out."""
    added = ax.legend(lines, ["line"] * len(lines), frameon=False, **where)
    for text, name in zip(added.get_texts(), names):
        text.set_text(plain(name))


def drawn(errors: Sequence[float]) -> bool:
    """Return whether anything was measured."""
    return not all(map(math.isnan, errors))


def limit_errors(ax: Any, curves: Any, lines: Sequence[float] = ()) -> None:
    """Set the axis of errors: up to the first errors of a short or good run, else cut, so that the end is readable."""
    curves = [[error for error in errors if not math.isnan(error)] for errors in curves] or [[0]]
    highest = max(1.5, *map(max, curves))
    ending = max(errors[-1] for errors in curves)
    top = highest if len(curves[0]) < 4 else min(highest, max(5, 2 * ending))
    entries = len(ax.get_legend_handles_labels()[1])
    ax.set_ylim(0, (1.2 + 0.08 * entries) * max(top, *lines, 0))  # room for the legend
    if highest > ax.get_ylim()[1]:
        ax.set_ylabel(f"{ax.get_ylabel()}, cut off above {ax.get_ylim()[1]:.0f}")


def bare(*axes: Any) -> None:
    for ax in axes:
        ax.spines[["top", "right"]].set_visible(False)


def mosaic(maps: NDArray, columns: int) -> NDArray:
    """Return the maps (1, C, H, W) as one picture, `columns` maps wide, with nan between them."""
    _, C, H, W = maps.shape
    rows = -(-C // columns)
    picture = np.full((rows * (H + 1) - 1, columns * (W + 1) - 1), np.nan)
    for c in range(C):
        row, column = c % rows * (H + 1), c // rows * (W + 1)
        picture[row : row + H, column : column + W] = maps[0, c]
    return picture


def filter_mosaic(layer: Any) -> NDArray:
    """Return all kernels of a convolution in one picture: rows are input maps, columns are output maps. Between the
    kernels and at the blanks of the connection table it is nan."""
    return kernels_in_rows([[layer.W[o, i] if layer.connections[o, i] else None for o in range(layer.out_channels)]
                            for i in range(layer.in_channels)], layer.kernel_size)  # fmt: skip


def kernels_in_rows(rows: Sequence[Sequence[Any]], size: tuple[int, int]) -> NDArray:
    """Return a picture of rows of kernels (kh, kw), with nan between them and in place of None."""
    kh, kw = size
    picture = np.full((len(rows) * (kh + 1) - 1, len(rows[0]) * (kw + 1) - 1), np.nan)
    for r, kernels in enumerate(rows):
        for q, kernel in enumerate(kernels):
            if kernel is not None:
                picture[r * (kh + 1) : r * (kh + 1) + kh, q * (kw + 1) : q * (kw + 1) + kw] = kernel
    return picture


def in_rows(things: Sequence[Any] | NDArray, per_row: int) -> list:
    """Return the things in parts of at most per_row, one empty part if there are none."""
    return [things[first : first + per_row] for first in range(0, len(things), per_row)] or [things]


def heights_of_rows(shapes: Sequence[tuple[int, ...]], columns: int, size: float) -> list[float]:
    """Return the height in inches of each row of pictures: that of its highest, if all are `size` wide."""
    return [size * min(3, max(0.06, *(high / wide for high, wide in row))) for row in in_rows(shapes, columns)]


def key_above(ax: Any) -> None:
    """Draw the legend above the axes, where it takes no width."""
    ax.legend(frameon=False, loc="lower left", bbox_to_anchor=(0, 1))
