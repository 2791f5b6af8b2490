"""Pictures of the inside of a network: its maps, its filters, and the codes that F6 draws."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from scratchnet.layers import RBF, Conv2d, Flatten, Sequential
from scratchnet.viewing.pieces import SCALE, SIGNED, filter_mosaic, kernels_in_rows, mosaic, new_figure, plain

CODE = (12, 7)  # rows and columns of an output code, and of F6
MOST_MAPS = 20  # a convolution with more output maps shows TEN of them
TEN = 10


def stages(net: Sequential, x: NDArray) -> dict[str, NDArray]:
    """Return {name: output} for one image x (1, C, H, W): the input, then each layer after its squashing."""
    values = {"INPUT": x}
    for name, layer in net.layers.items():
        x = layer(x)
        if not isinstance(layer, Flatten):
            values[name.split("_")[0]] = x  # C1_squash takes the place of C1
    return values


def feature_maps(
    net: Sequential, x: NDArray, title: str = "", figure: Figure | None = None, narrow: bool = False
) -> Figure:
    """Draw every layer's output for one image (1, C, H, W), from left to right as in the paper's Fig. 2.

    Each layer has its own scale: blue negative, white 0, red positive. F6 is drawn as 7 x 12 pixels, as its codes are,
    other rows of numbers as a column. The answer is framed in the last layer. narrow: one layer below the other, for
    a phone.
    """
    values = stages(net, x)
    pictures = {name: as_picture(v[0], narrow) for name, v in values.items()}
    figure = new_figure(figure, *((4.4, narrow_height(pictures)) if narrow else (1.15 * sum(widths(values)) + 1, 6.8)))
    figure.suptitle(plain(title))
    output = list(net.layers.values())[-1]
    wins = "smallest penalty" if isinstance(output, RBF) else "largest"
    note = SCALE.replace(": ", ":\n") if narrow else SCALE
    figure.supxlabel(f"{note};{chr(10) if narrow else ' '}the {wins} of the last layer wins", fontsize=9)
    if narrow:
        axes = figure.subplots(len(values), 1, height_ratios=[inches(p) for p in pictures.values()])
    else:
        axes = figure.subplots(1, len(values), width_ratios=widths(values))
    for ax, (name, picture) in zip(axes, pictures.items()):
        draw_stage(ax, name, values[name][0], picture)
    last = values[name]
    if last.ndim == 2 and last.shape[1] <= 20:
        frame_answer(axes[-1], int(output.decide(last)[0]), upright=pictures[name].shape[1] == 1)
    return figure


def as_picture(v: NDArray, narrow: bool) -> NDArray:
    """Return one layer's output as a picture: maps side by side with nan between them, rows of numbers as a column."""
    if v.ndim == 3 and v.shape[1] > 1:
        beside = min(len(v), 3 if v.shape[1] > 12 else 8) if narrow else -(-len(v) // 6)
        return mosaic(v[None], beside)
    if v.size == math.prod(CODE):
        return v.reshape(CODE)
    if not narrow:
        return v.reshape(-1, 1)
    return v.reshape(-1, 20) if v.size % 20 == 0 else v.reshape(1, -1)


def widths(values: dict[str, NDArray]) -> list[float]:
    """Return how wide each layer is drawn, from left to right."""
    columns = [-(-v.shape[1] // 6) if v.ndim == 4 and v.shape[2] > 1 else 1 for v in values.values()]
    wide = [1.0 + 0.9 * (n - 1) if n > 1 else 0.75 for n in columns]
    for place, v in enumerate(values.values()):
        wide[place] = 1.1 if v[0].size == math.prod(CODE) else wide[place]
    return [1.3, *wide[1:]]


def inches(picture: NDArray) -> float:
    """Return how high a picture is drawn on a phone, with the largest side that fits."""
    H, W = picture.shape
    return min(3.8 * H / W, 2.4) if H > 1 else 0.35


def narrow_height(pictures: dict[str, NDArray]) -> float:
    return sum(inches(picture) + 0.75 for picture in pictures.values()) + 1.2


def draw_stage(ax: Any, name: str, v: NDArray, picture: NDArray) -> None:
    shape = f"{v.shape[0]}@{v.shape[1]}x{v.shape[2]}" if v.ndim == 3 else f"{v.size}"
    limit = np.nanmax(np.abs(picture)) or 1
    stretch = "auto" if 1 in picture.shape else "equal"
    ax.imshow(picture, cmap=SIGNED, vmin=-limit, vmax=limit, aspect=stretch, interpolation="nearest")
    ax.set_title(plain(f"{name}\n{shape}"), fontsize=9)
    ax.set_xlabel(f"\N{PLUS-MINUS SIGN}{limit:.3g}", fontsize=8)
    few = v.size <= 10
    ax.set_xticks(range(v.size) if few and picture.shape[0] == 1 else [])
    ax.set_yticks(range(v.size) if few and picture.shape[1] == 1 else [])
    ax.set_facecolor("#DDDDDD")


def frame_answer(ax: Any, answer: int, upright: bool) -> None:
    """Put a frame around the answer, and write it above."""
    corner = (-0.5, answer - 0.5) if upright else (answer - 0.5, -0.5)
    ax.add_patch(Rectangle(corner, 1, 1, fill=False, edgecolor="black", linewidth=2.5, clip_on=False))
    ax.set_title(f"{ax.get_title()}\nreads {answer}", fontsize=9)


def filters(net: Sequential, title: str = "", figure: Figure | None = None, narrow: bool = False) -> Figure:
    """Draw the weights of every convolution: a column for each output map, a row for each input map that it reads.

    Of a convolution with more than 20 output maps, such as C5, ten are drawn, each as a row of its input maps. Grey
    where the connection table has no link (C3: the paper's Table I). Each layer has its own scale: blue negative,
    white 0, red positive. narrow: for a phone.
    """
    layers = {name: layer for name, layer in net.layers.items() if isinstance(layer, Conv2d)}
    pictures = {name: filter_mosaic(layer) if few(layer) else ten_filters(layer) for name, layer in layers.items()}
    width, short, tall = (4.6, 0.8, 3) if narrow else (13, 1.7, 5)
    shapes = [picture.shape for picture in pictures.values()]
    heights = [0.9 + (short if W < 50 else min((width - 1) * H / W, tall)) for H, W in shapes]
    figure = new_figure(figure, width, sum(heights) + 0.8)
    figure.suptitle(plain(title))
    figure.supxlabel(SCALE.replace(": ", ":\n") if narrow else SCALE, fontsize=9)
    axes = figure.subplots(len(heights), 1, height_ratios=heights, squeeze=False)[:, 0]
    for ax, (name, picture) in zip(axes, pictures.items()):
        draw_filters(ax, name, layers[name], picture)
    return figure


def few(layer: Conv2d) -> bool:
    """Return whether all filters of a convolution are drawn."""
    return layer.out_channels <= MOST_MAPS


def ten(layer: Conv2d) -> list[int]:
    """Return the output maps that stand for all of a large convolution."""
    return np.linspace(0, layer.out_channels - 1, TEN).astype(int).tolist()


def ten_filters(layer: Conv2d) -> NDArray:
    """Return the kernels of ten output maps: a row for each of them, a column for each input map."""
    linked = layer.connections
    rows = [[layer.W[o, i] if linked[o, i] else None for i in range(layer.in_channels)] for o in ten(layer)]
    return kernels_in_rows(rows, layer.kernel_size)


def draw_filters(ax: Any, name: str, layer: Conv2d, picture: NDArray) -> None:
    kh, kw = layer.kernel_size
    limit = np.nanmax(np.abs(picture)) or 1
    ax.imshow(picture, cmap=SIGNED, vmin=-limit, vmax=limit, interpolation="nearest")
    ax.set_facecolor("#DDDDDD")
    maps = f"{layer.out_channels} maps" if few(layer) else f"{TEN} of {layer.out_channels} maps"
    ax.set_title(
        plain(f"{name}: {maps} of {layer.in_channels}, {kh}x{kw}, \N{PLUS-MINUS SIGN}{limit:.3g}"), fontsize=10
    )
    outs = list(range(layer.out_channels)) if few(layer) else ten(layer)
    ins = list(range(layer.in_channels))
    across, down = (outs, ins) if few(layer) else (ins, outs)
    ax.set_xticks(np.arange(len(across)) * (kw + 1) + (kw - 1) / 2, across)
    ax.set_yticks(np.arange(len(down)) * (kh + 1) + (kh - 1) / 2, down)
    names = ("output map", "input map") if few(layer) else ("input map", "output map")
    ax.set(xlabel=names[0], ylabel=names[1])
    ax.tick_params(length=0, labelsize=8)


def codes(
    net: Sequential,
    x: NDArray,
    names: Sequence[str],
    title: str = "",
    figure: Figure | None = None,
    per_row: int = 10,
) -> Figure:
    """Draw, for each image of x (N, C, H, W), the image, F6's activation as a picture of 7 x 12 and the nearest code.

    The network has to end in RBF: F6 learns to draw the code of the class (paper, II.B and Fig. 3). per_row: at most
    so many images beside each other.
    """
    output = list(net.layers.values())[-1]
    activation = x
    for layer in list(net.layers.values())[:-1]:
        activation = layer(activation)
    columns = min(len(x), per_row)
    blocks = -(-len(x) // columns)
    figure = new_figure(figure, 1.15 * columns + 0.8, 4.9 * blocks + 0.7)
    figure.suptitle(plain(title))
    grid = figure.subplots(3 * blocks, columns, squeeze=False)
    for ax in grid.flat:  # what has no image stays empty
        ax.set_axis_off()
    for n, penalties in enumerate(output(activation)):
        block, column = divmod(n, columns)
        axes = grid[3 * block : 3 * block + 3, column]
        draw_code(axes, x[n].mean(axis=0), activation[n], output.codes, penalties, names[n])
        for ax, what in zip(axes, ("image", "F6", "nearest code") if column == 0 else ("", "", "")):
            ax.set_ylabel(what, fontsize=10)
    return figure


def draw_code(axes: Any, image: NDArray, f6: NDArray, codes: NDArray, penalties: NDArray, name: str) -> None:
    """Draw an image, what F6 makes of it, and the nearest code, below each other."""
    read = int(penalties.argmin())
    wrong = name in map(str, range(len(codes))) and name != str(read)  # "yours" is the name of no class
    pictures = (
        (image, "gray_r", None, name),
        (f6.reshape(CODE), SIGNED, 1.7159, f"penalty {penalties[read]:.1f}"),
        (codes[read].reshape(CODE), SIGNED, 1.7159, f"code of {read}" + ", wrong" * wrong),
    )
    for ax, (picture, colours, limit, label) in zip(axes, pictures):
        ax.set_axis_on()
        ax.imshow(picture, cmap=colours, vmin=limit and -limit, vmax=limit, interpolation="nearest")
        ax.set_title(plain(label), fontsize=9)
        ax.set_xticks([])
        ax.set_yticks([])


def has_codes(net: Sequential) -> bool:
    """Return whether the network ends in RBF with codes of 7 x 12."""
    output = list(net.layers.values())[-1]
    return isinstance(output, RBF) and output.codes.shape[1] == math.prod(CODE)
