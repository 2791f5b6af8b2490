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

from scratchnet.layers import RBF, Conv2d, Flatten, Sequential
from scratchnet.metrics import probabilities
from scratchnet.storage import atomic_write
from scratchnet.viewing.pieces import bare, drawn, filter_mosaic, legend, limit_errors, mosaic, new_figure, plain
from scratchnet.viewing.tables import percent

BLUE, ORANGE, GREEN, PINK, GREY = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#666666"  # Okabe and Ito, 2008:
COLOURS = (BLUE, ORANGE, GREEN, PINK, "#E69F00", "#56B4E9", "#000000")  # apart for every kind of colour blindness
MARKERS = "os^Dv<>"
SIGNED = "RdBu_r"
SCALE = "each layer on its own scale: blue negative, white 0, red positive"
MOST = 2_000  # images on a wall


def save(figure: Figure, path: str | Path) -> None:
    """Write a figure as a PNG."""
    with atomic_write(path) as file:
        figure.savefig(file, format="png")


# Curves.


def training_curves(
    history: Any, claims: Sequence[tuple[str, float]] = (), title: str = "", figure: Figure | None = None
) -> Figure:
    """Draw the error in percent after each epoch, as the paper's Fig. 5, and the learning rate below it.

    claims: (what, error in percent) pairs, drawn as lines.
    """
    figure = new_figure(figure, 7.5, 5)
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
            (1, error),
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
    ax.legend(frameon=False, loc="upper right")
    below.step(epochs, history.lr, where="mid", color=GREY, marker=".")
    below.set(xlabel="epoch", ylabel="learning rate", xlim=(0 if inside else 0.5, len(history) + 0.5))
    below.set_ylim(0, 1.15 * max((lr for lr in history.lr if not math.isnan(lr)), default=1))
    below.ticklabel_format(axis="y", style="sci", scilimits=(-2, 3), useMathText=True)
    below.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    bare(ax, below)
    return figure


def top_k_curves(history: Any, title: str = "", figure: Figure | None = None) -> Figure:
    """Draw the test error after each epoch: the right class is not the first, or not among the first three."""
    figure = new_figure(figure, 7, 3.8)
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
    ax.legend(frameon=False, loc="upper right")
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


def confusion(matrix: NDArray, names: Sequence[str], title: str = "", figure: Figure | None = None) -> Figure:
    """Draw the counts and percent of each true class (rows), by the class read (columns)."""
    figure = new_figure(figure, 15, 6.8)
    figure.suptitle(plain(title))
    rates = 100 * matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    panels = ((matrix, "images", "{:d}"), (rates, "percent of the true class", "{:.1f}"))
    for ax, (values, what, form) in zip(figure.subplots(1, 2), panels):
        ax.imshow(values, cmap="Blues", norm=PowerNorm(0.35, 0, max(values.max(), 1)))
        for (row, column), value in np.ndenumerate(values):
            if matrix[row, column]:
                dark = value > 0.2 * values.max()
                colour = "white" if dark else "black"
                ax.text(column, row, form.format(value), ha="center", va="center", color=colour, fontsize=8)
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
) -> Figure:
    """Draw rows of images with the true class, the class read and its probability. groups: {row's name: indices}."""
    columns = max(1, *(len(indices) for indices in groups.values()))
    figure = new_figure(figure, 1.75 * columns + 1.2, 2.1 * len(groups))
    figure.suptitle(plain(title))
    grid = figure.subplots(len(groups), columns, squeeze=False)
    p = probabilities(scores)
    for axes, (group, indices) in zip(grid, groups.items()):
        for ax in axes:
            ax.set_axis_off()
        axes[0].text(
            -0.15, 0.5, plain(group), transform=axes[0].transAxes, rotation=90, ha="right", va="center", fontsize=9
        )
        for ax, i in zip(axes, indices):
            predicted = int(scores[i].argmax())
            ax.imshow(images[i], cmap="gray_r", vmin=0, vmax=255)
            answer = f"read {names[predicted]}, {percent(p[i, predicted])}"
            ax.set_title(plain(f"true {names[labels[i]]}\n{answer}"), fontsize=8)
    return figure


def wall(
    images: NDArray,
    labels: NDArray,
    predictions: NDArray,
    names: Sequence[str],
    title: str = "",
    figure: Figure | None = None,
) -> Figure:
    """Draw all misclassified images, true>read under each, as the paper's Fig. 8; at most 2,000, evenly chosen."""
    wrong = misclassified(labels, predictions)
    if len(wrong) > MOST:
        wrong = wrong[np.linspace(0, len(wrong) - 1, MOST).astype(int)]
    columns = max(10, math.ceil(math.sqrt(1.8 * len(wrong))))
    rows = max(1, math.ceil(len(wrong) / columns))
    height, width = images.shape[1] + 12, images.shape[2] + 6
    mosaic = np.zeros((rows * height, columns * width), np.uint8)
    figure = new_figure(figure, 0.5 * columns, 0.5 * rows * height / width + 0.8)
    ax = figure.subplots()
    for k, i in enumerate(wrong):
        top, left = k // columns * height, k % columns * width + 3
        mosaic[top + 2 : top + 2 + images.shape[1], left : left + images.shape[2]] = images[i]
        text = f"{labels[i]}>{predictions[i]}"
        ax.text(left + images.shape[2] / 2, top + height - 4, text, ha="center", va="center", fontsize=7.5)
    ax.imshow(mosaic, cmap="gray_r", vmin=0, vmax=255)
    ax.set_axis_off()
    key = "" if all(len(name) == 1 for name in names) else "\n" + ", ".join(f"{i} {n}" for i, n in enumerate(names))
    ax.set_title(plain(title + key), fontsize=10, wrap=True)
    return figure


def reading(
    images: NDArray, labels: NDArray, predictions: NDArray, title: str = "", figure: Figure | None = None
) -> Figure:
    """Draw images, ten in a row, with the class read; a wrong answer has another colour and the true class too."""
    rows = math.ceil(len(images) / 10)
    figure = new_figure(figure, 8, 0.95 * rows + 0.5)
    wrong = np.count_nonzero(labels != predictions)
    figure.suptitle(plain(f"{title}: {len(images) - wrong} of {len(images)} right"))
    for ax, image, label, predicted in zip(figure.subplots(rows, 10, squeeze=False).flat, images, labels, predictions):
        ax.imshow(image, cmap="gray_r", vmin=0, vmax=255)
        answer, colour = (f"{predicted}", BLUE) if predicted == label else (f"{predicted}, is {label}", ORANGE)
        ax.set_title(answer, fontsize=9, color=colour)
    for ax in figure.axes:
        ax.set_axis_off()
    return figure


def misclassified(labels: NDArray, predictions: NDArray) -> NDArray:
    """Return the indices of the wrong answers, by true class, then by the class read."""
    wrong = np.flatnonzero(labels != predictions)
    return wrong[np.lexsort((wrong, predictions[wrong], labels[wrong]))]


# Inside.


def stages(net: Sequential, x: NDArray) -> dict[str, NDArray]:
    """Return {name: output} for one image x (1, C, H, W): the input, then each layer after its squashing."""
    values = {"INPUT": x}
    for name, layer in net.layers.items():
        x = layer(x)
        if not isinstance(layer, Flatten):
            values[name.split("_")[0]] = x  # C1_squash takes the place of C1
    return values


def feature_maps(net: Sequential, x: NDArray, title: str = "", figure: Figure | None = None) -> Figure:
    """Draw every layer's output for one image (1, C, H, W), from left to right as in the paper's Fig. 2.

    Each layer has its own scale: blue negative, white 0, red positive. A row of numbers is drawn as a column.
    """
    values = stages(net, x)
    columns = {name: -(-v.shape[1] // 6) if v.ndim == 4 and v.shape[2] > 1 else 1 for name, v in values.items()}
    widths = [1.0 + 0.9 * (columns[name] - 1) if columns[name] > 1 else 0.75 for name in values]
    widths[0] = 1.3
    figure = new_figure(figure, 1.15 * sum(widths) + 1, 6.8)
    figure.suptitle(plain(title))
    wins = "smallest penalty" if isinstance(list(net.layers.values())[-1], RBF) else "largest"
    figure.supxlabel(f"{SCALE}; the {wins} of the last layer wins", fontsize=9)
    for ax, (name, v) in zip(figure.subplots(1, len(values), width_ratios=widths), values.items()):
        v = v[0]
        if v.ndim == 3 and v.shape[1] > 1:
            picture = mosaic(v[None], columns[name])
            shape = f"{v.shape[0]}@{v.shape[1]}x{v.shape[2]}"
        else:
            picture = v.reshape(-1, 1)
            shape = f"{v.shape[0]}@1x1" if v.ndim == 3 else f"{v.size}"
        limit = np.nanmax(np.abs(picture)) or 1
        stretch = "equal" if picture.shape[1] > 1 else "auto"
        ax.imshow(picture, cmap=SIGNED, vmin=-limit, vmax=limit, aspect=stretch, interpolation="nearest")
        ax.set_title(plain(f"{name}\n{shape}"), fontsize=9)
        ax.set_xlabel(f"+-{limit:.3g}", fontsize=8)
        ax.set_xticks([])
        ax.set_yticks(range(v.size) if v.size <= 10 else [])
        ax.set_facecolor("#DDDDDD")
    return figure


def filters(net: Sequential, title: str = "", figure: Figure | None = None) -> Figure:
    """Draw the weights of every convolution: a column for each output map, a row for each input map that it reads.

    Grey where the connection table has no link (C3: the paper's Table I). Each layer has its own scale: blue
    negative, white 0, red positive.
    """
    pictures = {name: filter_mosaic(layer) for name, layer in net.layers.items() if isinstance(layer, Conv2d)}
    heights = [0.9 + (1.7 if p.shape[1] < 50 else 12 * p.shape[0] / p.shape[1]) for p in pictures.values()]
    figure = new_figure(figure, 13, sum(heights) + 0.8)
    figure.suptitle(plain(title))
    figure.supxlabel(SCALE, fontsize=9)
    axes = figure.subplots(len(heights), 1, height_ratios=heights, squeeze=False)[:, 0]
    for ax, (name, picture) in zip(axes, pictures.items()):
        layer = net[name]
        kh, kw = layer.kernel_size
        limit = np.nanmax(np.abs(picture)) or 1
        ax.imshow(picture, cmap=SIGNED, vmin=-limit, vmax=limit, interpolation="nearest")
        ax.set_facecolor("#DDDDDD")
        ax.set_title(
            plain(f"{name}: {layer.out_channels} maps of {layer.in_channels}, {kh}x{kw}, +-{limit:.3g}"), fontsize=10
        )
        every = 1 if layer.out_channels <= 16 else 10
        outs, ins = np.arange(0, layer.out_channels, every), np.arange(0, layer.in_channels, 1 if every == 1 else 5)
        ax.set_xticks(outs * (kw + 1) + (kw - 1) / 2, outs)
        ax.set_yticks(ins * (kh + 1) + (kh - 1) / 2, ins)
        ax.set(xlabel="output map", ylabel="input map")
        ax.tick_params(length=0, labelsize=8)
    return figure


def codes(net: Sequential, x: NDArray, names: Sequence[str], title: str = "", figure: Figure | None = None) -> Figure:
    """Draw, for each image of x (N, C, H, W), the image, F6's activation as a picture of 7 x 12 and the nearest code.

    The network has to end in RBF: F6 learns to draw the code of the class (paper, II.B and Fig. 3).
    """
    output = list(net.layers.values())[-1]
    activation = x
    for layer in list(net.layers.values())[:-1]:
        activation = layer(activation)
    penalties = output(activation)
    figure = new_figure(figure, 1.15 * len(x) + 0.8, 5.6)
    figure.suptitle(plain(title))
    grid = figure.subplots(3, len(x), squeeze=False)
    for n in range(len(x)):
        predicted = int(penalties[n].argmin())
        pictures = (
            (x[n, 0], "gray_r", None, f"{names[n]}"),
            (activation[n].reshape(12, 7), SIGNED, 1.7159, f"penalty {penalties[n, predicted]:.1f}"),
            (
                output.codes[predicted].reshape(12, 7),
                SIGNED,
                1.7159,
                f"code of {predicted}" + ", wrong" * (str(predicted) != names[n]),
            ),
        )
        for ax, (picture, colours, limit, label) in zip(grid[:, n], pictures):
            ax.imshow(picture, cmap=colours, vmin=limit and -limit, vmax=limit, interpolation="nearest")
            ax.set_title(plain(label), fontsize=9)
            ax.set_xticks([])
            ax.set_yticks([])
    for ax, what in zip(grid[:, 0], ("image", "F6", "nearest code")):
        ax.set_ylabel(what, fontsize=10)
    return figure


def has_codes(net: Sequential) -> bool:
    """Return whether the network ends in RBF with codes of 7 x 12."""
    output = list(net.layers.values())[-1]
    return isinstance(output, RBF) and output.codes.shape[1] == 84
