"""Pictures of the inside of a network: its maps, its filters, and the codes that F6 draws."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from scratchnet.layers import RBF, Conv2d, Flatten, Sequential
from scratchnet.viewing.pieces import INSIDE, SCALE, SIGNED, filter_mosaic, in_rows, kernels_in_rows, mosaic
from scratchnet.viewing.tiles import Tile, fitted, tiles

WITH_BLANKS = colormaps[SIGNED].with_extremes(bad="#DDDDDD")
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
    values, output = stages(net, x), list(net.layers.values())[-1]
    *before, last = (stage_tile(name, v[0], as_picture(v[0], narrow), narrow) for name, v in values.items())
    scores = list(values.values())[-1]
    decided = scores.ndim == 2 and scores.shape[1] <= MOST_MAPS
    if decided:
        answer = int(output.decide(scores)[0])
        last = last._replace(text=f"{last.text}\nreads {answer}", below="\n" * narrow + last.below)
    wins = "smallest penalty" if isinstance(output, RBF) else "largest"
    note = f"{SCALE}; the {wins} of the last layer wins"
    if narrow:
        rows, note = [[tile] for tile in (*before, last)], note.replace(": ", ":\n").replace("; ", ";\n")
    else:
        rows = [[*before, last]]
    figure = tiles(figure, rows, title, note=note, gap=0.3, below=0.35 if narrow else 0.25, frame=True)
    if decided:
        frame_answer(figure.axes[0], answer, scores.shape[1], upright=last.picture.shape[1] == 1)
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


def stage_tile(name: str, v: NDArray, picture: NDArray, narrow: bool) -> Tile:
    """Return one layer's output as a tile: as high or, on a phone, as wide as the figure, if it does not get too large.

    A single row or column of numbers is stretched.
    """
    shape = f"{v.shape[0]}@{v.shape[1]}x{v.shape[2]}" if v.ndim == 3 else f"{v.size}"
    limit = np.nanmax(np.abs(picture)) or 1
    if 1 in picture.shape:
        size = (3.8, 0.35) if narrow else (0.8, 5.5)
    else:
        alone = len(v) == 1 or picture.shape == CODE
        size = fitted(picture, 3.8, 2.4) if narrow else fitted(picture, 1.5 if alone else math.inf, 5.5)
    colours = {"cmap": WITH_BLANKS, "vmin": -limit, "vmax": limit, "interpolation": "nearest"}
    return Tile(picture, size, f"{name}\n{shape}", f"\N{PLUS-MINUS SIGN}{limit:.3g}", colours)


def frame_answer(ax: Any, answer: int, count: int, upright: bool) -> None:
    """Number the units of the last layer, and put a frame around the answer."""
    left, right, bottom, top = ax.images[-1].get_extent()
    wide, high = (right - left, (bottom - top) / count) if upright else ((right - left) / count, bottom - top)
    for unit in range(count):
        if upright:
            ax.text(left - 0.05, top + (unit + 0.5) * high, f"{unit}", fontsize=9, **INSIDE | {"ha": "right"})
        else:
            ax.text(left + (unit + 0.5) * wide, bottom + 0.1, f"{unit}", fontsize=9, **INSIDE)
    corner = (left, top + answer * high) if upright else (left + answer * wide, top)
    ax.add_patch(Rectangle(corner, wide, high, fill=False, edgecolor="black", linewidth=2.5, clip_on=False))


def filters(net: Sequential, title: str = "", figure: Figure | None = None, narrow: bool = False) -> Figure:
    """Draw the weights of every convolution: a column for each output map, a row for each input map that it reads.

    Of a convolution with more than 20 output maps, such as C5, ten are drawn, each as a row of its input maps. Grey
    where the connection table has no link (C3: the paper's Table I). Each layer has its own scale: blue negative,
    white 0, red positive. narrow: for a phone.
    """
    layers = {name: layer for name, layer in net.layers.items() if isinstance(layer, Conv2d)}
    pictures = {name: filter_mosaic(layer) if few(layer) else ten_filters(layer) for name, layer in layers.items()}
    width, short, tall = (4, 0.8, 3) if narrow else (12.4, 1.8, 5)
    sizes = [fitted(picture, width, short if picture.shape[1] < 50 else tall) for picture in pictures.values()]
    rows = [[filters_tile(name, layers[name], pictures[name], size)] for name, size in zip(layers, sizes)]
    note = SCALE.replace(": ", ":\n") if narrow else SCALE
    names = [""] * len(rows)
    figure = tiles(figure, rows, title, names=names, note=note, below=0.55, fontsize=10, frame=True)
    for layer, image in zip(layers.values(), figure.axes[0].images):
        number_maps(figure.axes[0], layer, image.get_extent())
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


def filters_tile(name: str, layer: Conv2d, picture: NDArray, size: tuple[float, float]) -> Tile:
    kh, kw = layer.kernel_size
    limit = np.nanmax(np.abs(picture)) or 1
    maps = f"{layer.out_channels} maps" if few(layer) else f"{TEN} of {layer.out_channels} maps"
    colours = {"cmap": WITH_BLANKS, "vmin": -limit, "vmax": limit, "interpolation": "nearest"}
    return Tile(
        picture,
        size,
        f"{name}: {maps} of {layer.in_channels}, {kh}x{kw}, \N{PLUS-MINUS SIGN}{limit:.3g}",
        colours=colours,
    )


def number_maps(ax: Any, layer: Conv2d, extent: tuple[float, float, float, float]) -> None:
    """Write the numbers of the maps below a picture of filters and at its left."""
    left, right, bottom, top = extent
    outs = list(range(layer.out_channels)) if few(layer) else ten(layer)
    ins = list(range(layer.in_channels))
    across, down = (outs, ins) if few(layer) else (ins, outs)
    names = ("output map", "input map") if few(layer) else ("input map", "output map")
    kh, kw = layer.kernel_size
    for place, number in enumerate(across):  # a kernel is kw pixels wide, the gap after it 1
        x = left + (right - left) * (place * (kw + 1) + kw / 2) / (len(across) * (kw + 1) - 1)
        ax.text(x, bottom + 0.1, f"{number}", fontsize=8, **INSIDE)
    for place, number in enumerate(down):
        y = top + (bottom - top) * (place * (kh + 1) + kh / 2) / (len(down) * (kh + 1) - 1)
        ax.text(left - 0.05, y, f"{number}", fontsize=8, **INSIDE | {"ha": "right"})
    ax.text((left + right) / 2, bottom + 0.3, names[0], **INSIDE)
    ax.text(left - 0.4, (top + bottom) / 2, names[1], rotation=90, **INSIDE)


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
    found = zip(x, activation, output(activation), names)
    columns = [code_tiles(image.mean(axis=0), f6, output.codes, *rest) for image, f6, *rest in found]
    blocks = in_rows(columns, per_row)
    rows = [row for block in blocks for row in zip(*block)]
    what = ["image", "F6", "nearest code"] * len(blocks)
    return tiles(figure, rows, title, names=what, frame=True)


def code_tiles(image: NDArray, f6: NDArray, codes: NDArray, penalties: NDArray, name: str) -> tuple[Tile, Tile, Tile]:
    """Return an image, what F6 makes of it, and the nearest code."""
    read = int(penalties.argmin())
    signed = {"cmap": SIGNED, "vmin": -1.7159, "vmax": 1.7159, "interpolation": "nearest"}
    size = fitted(np.empty(CODE), 1.08, 1.5)
    named = name in map(str, range(len(codes)))  # "yours" is the name of no class
    wrong = ", wrong" * (named and name != str(read))
    return (
        Tile(image, fitted(image, 1.08, 1.5), name, colours={"cmap": "gray_r"}),
        Tile(f6.reshape(CODE), size, f"penalty {penalties[read]:.1f}", colours=signed),
        Tile(codes[read].reshape(CODE), size, f"code of {read}{wrong}", colours=signed),
    )


def has_codes(net: Sequential) -> bool:
    """Return whether the network ends in RBF with codes of 7 x 12."""
    output = list(net.layers.values())[-1]
    return isinstance(output, RBF) and output.codes.shape[1] == math.prod(CODE)
