"""Small pictures for lessons: arrays, curves, bars. Each function returns a matplotlib Figure, as in figures.py."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from scratchnet.viewing.figures import COLOURS, MARKERS
from scratchnet.viewing.pieces import SIGNED, bare, heights_of_rows, legend, new_figure, plain


def arrays(
    named: dict[str, Any],
    *,
    grey: bool = False,
    numbers: str | None = None,
    columns: int | None = None,
    limit: float | None = None,
    size: Any = 1.9,
    title: str = "",
) -> Figure:
    """Draw each array (H, W) of {title: array} as a picture.

    Signed arrays are blue where negative, white at 0, red where positive. The scale ends at +-limit, or at each
    array's own largest value. grey: from the smallest value (white) to the largest (black). numbers: a format string
    that writes each entry into the picture, with the numbers of rows and columns at its edge. columns: pictures beside
    each other (default: 3). size: the width of one in inches.
    """
    columns = min(columns or 3, len(named))
    heights = heights_of_rows([np.shape(array) for array in named.values()], columns, size)
    figure = new_figure(None, columns * size + 0.2, sum(heights) + 0.6 * len(heights) + 0.5 * bool(title))
    figure.suptitle(plain(title))
    axes = list(figure.subplots(len(heights), columns, squeeze=False, height_ratios=heights).flat)
    for ax in axes[len(named) :]:
        ax.set_axis_off()
    for ax, (name, array) in zip(axes, named.items()):
        array = np.asarray(array, float)
        largest = limit or np.nanmax(np.abs(array)) or 1
        low, high = (np.nanmin(array), np.nanmax(array)) if grey else (-largest, largest)
        ax.imshow(array, cmap="gray_r" if grey else SIGNED, vmin=low, vmax=high, interpolation="nearest")
        ax.set_title(plain(name), fontsize=9)
        ax.set_xlabel(f"{low:.4g} white, {high:.4g} black" if grey else f"\N{PLUS-MINUS SIGN}{largest:.3g}", fontsize=8)
        ax.set(xticks=range(array.shape[1]) if numbers else [], yticks=range(array.shape[0]) if numbers else [])
        ax.tick_params(length=0, labelsize=7)
        ax.set_facecolor("#DDDDDD")
        for (row, column), value in np.ndenumerate(array if numbers else np.empty((0, 0))):
            if np.isfinite(value):
                dark = (value - low) / max(high - low, 1e-9) > 0.55 if grey else abs(value) > 0.6 * largest
                text, colour = (numbers or "").format(value), "white" if dark else "black"
                ax.text(column, row, text, ha="center", va="center", color=colour, fontsize=7)
    return figure


def curves(
    x: Sequence[float] | NDArray,
    named: dict[str, Any],
    *,
    xlabel: str,
    ylabel: str,
    title: str = "",
    log: Any = "",
    points: Sequence[tuple] = (),
    size: Any = (5.6, 3.4),
) -> Figure:
    """Draw each y of {name: y} over x. log: the logarithmic axes, "x", "y" or "xy".

    points: (x, y, text, (dx, dy)) to mark, with the text dx and dy typographic points away.
    """
    figure = new_figure(None, *size)
    ax, drawn = figure.subplots(), []
    for i, y in enumerate(named.values()):
        marker = MARKERS[i % len(MARKERS)] if len(x) <= 30 else None
        style = ("-", "--", ":", "-.")[i % 4]
        drawn += ax.plot(x, y, color=COLOURS[i % len(COLOURS)], marker=marker, linestyle=style, markersize=4)
    ax.set(xlabel=xlabel, ylabel=ylabel, title=plain(title))
    ax.set(**{f"{axis}scale": "log" for axis in log})
    if "x" not in log and np.array_equal(x, np.round(x)):  # epochs, steps, pixels
        ax.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    for at, y, text, away in points:
        ax.plot([at], [y], marker="o", color="black")
        line = {"arrowstyle": "-", "color": "black", "linewidth": 0.6}
        ax.annotate(
            plain(text), (at, y), xytext=away, textcoords="offset points", arrowprops=line, va="center", fontsize=9
        )
    if len(named) > 1:
        names = [" ".join(name.split()) for name in named]
        beside = 2 if max(map(len, names)) < 25 else 1
        above = {"loc": "lower left", "bbox_to_anchor": (0, 1)}  # where no curve is
        legend(ax, drawn, names, **above, ncols=beside, fontsize=9)
    bare(ax)
    return figure


def bars(named: dict[str, Any], *, xlabel: str, form: str = "{:.3g}", log: Any = False, title: str = "") -> Figure:
    """Draw a horizontal bar for each value of {name: value}, with the value beside it."""
    figure = new_figure(None, 5.6, 0.36 * len(named) + 0.9)
    ax = figure.subplots()
    drawn = ax.barh([plain(name) for name in named], list(named.values()), color=COLOURS[0], log=log)
    ax.bar_label(drawn, [form.format(value) for value in named.values()], padding=4, fontsize=9)
    ax.invert_yaxis()
    ax.margins(x=0.15)
    ax.set(xlabel=xlabel, title=plain(title))
    bare(ax)
    return figure


def histograms(
    named: dict[str, dict[str, Any]], *, xlabel: str, limit: float | None = None, bins: int = 40, title: str = ""
) -> Figure:
    """Draw a histogram of each array of {column: {row: array}}: columns side by side, rows below each other.

    All have the same axis, of +-limit, or from the smallest to the largest number. The height is the share of the
    numbers in a bin; each histogram is as high as its place.
    """
    rows = list(next(iter(named.values())))
    figure = new_figure(None, 1.25 * len(named) + 0.8, 0.7 * len(rows) + 1)
    figure.suptitle(plain(title))
    grid = figure.subplots(len(rows), len(named), squeeze=False, sharex=True)
    everything = [np.ravel(array) for column in named.values() for array in column.values()]
    ends = (-limit, limit) if limit else (min(map(np.min, everything)), max(map(np.max, everything)))
    for c, (name, column) in enumerate(named.items()):
        grid[0, c].set_title(plain(name), fontsize=10)
        for r, row in enumerate(rows):
            counts, edges = np.histogram(column[row], bins, ends)
            grid[r, c].stairs(counts / np.size(column[row]), edges, fill=True, color=COLOURS[c % len(COLOURS)])
            grid[r, c].set(yticks=[], xlim=ends)
            bare(grid[r, c])
            grid[r, 0].set_ylabel(plain(row), fontsize=8, rotation=0, ha="right", va="center")
    figure.supxlabel(plain(xlabel), fontsize=10)
    return figure
