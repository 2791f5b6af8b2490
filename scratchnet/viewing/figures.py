"""Every picture of a report. Each function takes numbers, and if you like a matplotlib Figure to draw on, and returns
the Figure. No function needs a display. `save` writes a Figure as a PNG."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.colors import PowerNorm
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from scratchnet.errors import InputError
from scratchnet.metrics import probabilities
from scratchnet.storage import atomic_write
from scratchnet.viewing.insides import codes as codes
from scratchnet.viewing.insides import feature_maps as feature_maps
from scratchnet.viewing.insides import filters as filters
from scratchnet.viewing.insides import has_codes as has_codes
from scratchnet.viewing.insides import stages as stages
from scratchnet.viewing.pieces import (
    INSIDE,
    bare,
    drawn,
    in_rows,
    key_above,
    legend,
    limit_errors,
    new_figure,
    plain,
    png,
)
from scratchnet.viewing.tables import percent
from scratchnet.viewing.tiles import Tile, fitted, tiles

BLUE, ORANGE, GREEN, PINK, GREY = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#666666"  # Okabe and Ito, 2008:
COLOURS = (BLUE, ORANGE, GREEN, PINK, "#E69F00", "#56B4E9", "#000000")  # apart for every kind of colour blindness
MARKERS = "os^Dv<>"
MOST, MOST_NARROW = 2_000, 200  # images on a wall


def save(figure: Figure, path: str | Path) -> None:
    """Write a figure as a PNG, or a drawing (`viewing.drawings`) as an SVG if the path ends in .svg.

    Raises InputError for an .svg of a figure that is no drawing.
    """
    svg = getattr(figure, "svg", None) if Path(path).suffix.lower() == ".svg" else None
    if svg is None and Path(path).suffix.lower() == ".svg":
        raise InputError(f"{path}: only drawings are written as SVG. Name a .png.")
    with atomic_write(path) as file:
        file.write(svg().encode("utf-8") if svg else png(figure))


# Curves.


def training_curves(
    history: Any,
    claims: Sequence[tuple[str, float]] = (),
    title: str = "",
    figure: Figure | None = None,
    narrow: bool = False,
) -> Figure:
    """Draw the error in percent after each epoch, as the paper's Fig. 5, and the learning rate below it.

    claims: (what, error in percent) pairs, drawn as lines. narrow: for a phone.
    """
    figure = new_figure(figure, *((4.4, 5) if narrow else (7.5, 5)))
    ax, below = figure.subplots(2, 1, sharex=True, height_ratios=(5, 1))
    epochs = range(1, len(history) + 1)
    curves = (
        (history.test_error, "test", BLUE, "o", "-"),
        (history.validation_error, "held out", GREEN, "D", "-."),
        (history.running_error, "training, measured on the fly", ORANGE, "s", "--"),
        (history.train_error, "training, measured after the epoch", PINK, "^", ":"),
    )
    for errors, name, colour, marker, line in curves:
        if drawn(errors):
            label = f"{name}: {errors[-1]:.2f} %"
            ax.plot(epochs, errors, color=colour, marker=marker, linestyle=line, markersize=4, label=label)
    inside = [at for at, _ in history.validations if at != int(at)]
    if inside:
        ax.plot(*zip(*history.validations), color=GREEN, linewidth=0.8, label="held out, within epochs")
    names = sorted(claims, key=lambda claim: claim[1])
    for i, (what, error) in enumerate(names):
        ax.axhline(error, color=GREY, linewidth=0.8)
        ax.annotate(  # beside the axes, where no curve is
            plain(f"{what}: {error:g} %"),
            (0 if narrow else 1, error),
            xycoords=("axes fraction", "data"),
            xytext=(5, 0),
            textcoords="offset points",
            va="top" if i == 0 and len(names) > 1 else "bottom",
            color=GREY,
            fontsize=8,
        )
    all_errors = [errors for errors, *_ in curves if drawn(errors)]
    ax.set(ylabel="error (%)", title=plain(title))
    limit_errors(ax, all_errors, [error for _, error in claims])
    key_above(ax) if narrow else ax.legend(frameon=False, loc="upper right")
    below.step(epochs, history.lr, where="mid", color=GREY, marker=".")
    below.set(xlabel="epoch", ylabel="learning rate", xlim=(0 if inside else 0.5, len(history) + 0.5))
    below.set_ylim(0, 1.15 * max((lr for lr in history.lr if not math.isnan(lr)), default=1))
    below.ticklabel_format(axis="y", style="sci", scilimits=(-2, 3), useMathText=True)
    below.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    bare(ax, below)
    return figure


def top_k_curves(history: Any, title: str = "", figure: Figure | None = None, narrow: bool = False) -> Figure:
    """Draw the test error after each epoch: the right class is not the first, or not among the first three.

    narrow: for a phone.
    """
    figure = new_figure(figure, *((4.4, 4.5) if narrow else (7, 3.8)))
    ax = figure.subplots()
    epochs = range(1, len(history) + 1)
    curves = ((history.test_error, "first", BLUE, "o"), (history.test_top3_error, "among the first three", ORANGE, "s"))
    for errors, name, colour, marker in curves:
        if drawn(errors):
            label = f"not {name}: {errors[-1]:.2f} %"
            ax.plot(epochs, errors, color=colour, marker=marker, markersize=4, label=label)
    ax.set(xlabel="epoch", ylabel="test error (%)", title=plain(title), xlim=(0.5, len(history) + 0.5))
    limit_errors(ax, [errors for errors, *_ in curves if drawn(errors)])
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    key_above(ax) if narrow else ax.legend(frameon=False, loc="upper right")
    bare(ax)
    return figure


def run_curves(histories: dict[str, Any], figure: Figure | None = None) -> Figure:
    """Draw the test error after each epoch of several runs, {name: History}, on a logarithmic scale."""
    figure = new_figure(figure, 8, 4.6)
    ax = figure.subplots()
    lines, labels = [], []
    for i, (name, history) in enumerate(histories.items()):
        errors = [max(error, 0.01) for error in history.test_error]  # the scale has no 0
        lines += ax.plot(
            range(1, len(history) + 1),
            errors,
            color=COLOURS[i % len(COLOURS)],
            marker=MARKERS[i % len(MARKERS)],
            linestyle=("-", "--", ":")[i // len(COLOURS) % 3],
            markersize=4,
        )
        labels.append(f"{name}: {history.test_error[-1]:.2f} %")
    ax.set(xlabel="epoch", ylabel="test error (%), logarithmic", yscale="log")
    ax.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    ax.yaxis.set_minor_formatter(lambda value, _: f"{value:g}" if f"{value:e}"[0] in "235" else "")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    legend(ax, lines, labels)
    bare(ax)
    return figure


# Answers.


def confusion(
    matrix: NDArray, names: Sequence[str], title: str = "", figure: Figure | None = None, narrow: bool = False
) -> Figure:
    """Draw the counts and percent of each true class (rows), by the class read (columns).

    narrow: one table below the other, for a phone.
    """
    figure = new_figure(figure, *((4.7, 9.6) if narrow else (15, 6.8)))
    figure.suptitle(plain(title))
    rates = 100 * matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    panels = ((matrix, "images", "{:d}"), (rates, "percent of the true class", "{:.1f}"))
    for ax, (values, what, form) in zip(figure.subplots(*((2, 1) if narrow else (1, 2))), panels):
        ax.imshow(values, cmap="Blues", norm=PowerNorm(0.35, 0, max(values.max(), 1)))
        for (row, column), value in np.ndenumerate(values):
            if matrix[row, column]:
                dark = value > 0.2 * values.max()
                colour = "white" if dark else "black"
                ax.text(column, row, form.format(value), color=colour, fontsize=8, **INSIDE)
        ticks, shown = range(len(names)), [plain(name) for name in names]
        slanted = {"rotation": 45, "ha": "right", "rotation_mode": "anchor"}
        ax.set_xticks(ticks, shown, **(slanted if len(max(names, key=len)) > 3 else {}))
        ax.set_yticks(ticks, shown)
        ax.set(xlabel="class read", ylabel="true class", title=what)
        ax.tick_params(length=0)
    return figure


def confident(
    images: NDArray,
    labels: NDArray,
    scores: NDArray,
    groups: dict[str, NDArray],
    names: Sequence[str],
    title: str = "",
    figure: Figure | None = None,
    penalties: bool = False,
    per_row: int = 10,
) -> Figure:
    """Draw rows of images with the true class, the class read and its probability. groups: {row's name: indices}.

    images: grey (N, H, W) or colour (N, H, W, 3). penalties: the scores are minus penalties, and those are shown.
    per_row: at most so many images in a row.
    """
    lines = [(group, part) for group, indices in groups.items() for part in in_rows(indices, per_row)]
    firsts = ["" if n and lines[n - 1][0] == group else group for n, (group, _) in enumerate(lines)]
    small = max(len(part) for _, part in lines) < 5  # for a phone, where text stays readable
    side, gap, apart = (1.0, 0.2, "\n") if small else (1.35, 0.35, ", ")
    p = probabilities(scores)

    def tile(i):
        read = int(scores[i].argmax())
        certain = f"penalty {-scores[i, read]:.1f}" if penalties else percent(p[i, read])
        text = f"true {names[labels[i]]}\nread {names[read]}{apart}{certain}"
        return Tile(images[i], fitted(images[i], side, side), text)

    rows = [[tile(i) for i in indices] for _, indices in lines]
    return tiles(figure, rows, title, names=firsts, gap=gap, fontsize=8)


def wall(
    images: NDArray,
    labels: NDArray,
    predictions: NDArray,
    names: Sequence[str],
    title: str = "",
    figure: Figure | None = None,
    narrow: bool = False,
) -> Figure:
    """Draw all misclassified images, true>read under each, as the paper's Fig. 8; at most 2,000, evenly chosen.

    images: grey (N, H, W) or colour (N, H, W, 3). narrow: six in a row and at most 200, for a phone.
    """
    wrong = misclassified(labels, predictions)
    most = MOST_NARROW if narrow else MOST
    if len(wrong) > most:
        wrong = wrong[np.linspace(0, len(wrong) - 1, most).astype(int)]
    columns = 6 if narrow else max(10, math.ceil(math.sqrt(1.8 * len(wrong))))
    rows = max(1, math.ceil(len(wrong) / columns))
    height, width = images.shape[1] + 12, images.shape[2] + 6
    paper = 255 if images.ndim == 4 else 0  # a grey picture is drawn dark on bright
    mosaic = np.full((rows * height, columns * width, *images.shape[3:]), paper, np.uint8)
    figure = new_figure(figure, 0.5 * columns, 0.5 * rows * height / width + 0.8)
    ax = figure.subplots()
    for k, i in enumerate(wrong):
        top, left = k // columns * height, k % columns * width + 3
        mosaic[top + 2 : top + 2 + images.shape[1], left : left + images.shape[2]] = images[i]
        text = f"{labels[i]}>{predictions[i]}"
        ax.text(left + images.shape[2] / 2, top + height - 4, text, fontsize=7.5, **INSIDE)
    ax.imshow(mosaic, cmap="gray_r", vmin=0, vmax=255)
    ax.set_axis_off()
    key = "" if all(len(name) == 1 for name in names) else "\n" + ", ".join(f"{i} {n}" for i, n in enumerate(names))
    ax.set_title(plain(title + key), fontsize=10, wrap=True)
    return figure


def reading(
    images: NDArray, labels: NDArray, predictions: NDArray, title: str = "", figure: Figure | None = None
) -> Figure:
    """Draw images, ten in a row, with the class read; a wrong answer has another colour and the true class too."""
    wrong = np.count_nonzero(labels != predictions)
    row = []
    for image, label, read in zip(images, labels, predictions):
        answer, colour = (f"{read}", BLUE) if read == label else (f"{read}, is {label}", ORANGE)
        row.append(Tile(image, fitted(image, 0.65, 0.65), answer, letters={"color": colour}))
    title = f"{title}: {len(images) - wrong} of {len(images)} right"
    return tiles(figure, in_rows(row, 10), title)


def misclassified(labels: NDArray, predictions: NDArray) -> NDArray:
    """Return the indices of the wrong answers, by true class, then by the class read."""
    wrong = np.flatnonzero(labels != predictions)
    return wrong[np.lexsort((wrong, predictions[wrong], labels[wrong]))]
