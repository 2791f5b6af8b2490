"""Drawings of windows on pictures: a convolution at one place, im2col, col2im, and three ways to pool."""

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from scratchnet.errors import InputError
from scratchnet.kernels import col2im, im2col
from scratchnet.layers import AvgPool2d, MaxPool2d, Subsampling
from scratchnet.viewing.strokes import (
    WIDTH,
    arrow,
    canvas,
    caption,
    frame,
    grid,
    heading,
    label,
    matrix,
    number,
    rectangle,
    shades,
    side,
    two_decimals,
)
from scratchnet.viewing.svg import BLUE, GREY, ORANGE, PALE_BLUE, PALE_GREEN, PALE_ORANGE, PALE_PINK, PAPER, QUIET, RULE


def sliding_window(image: ArrayLike, kernel: ArrayLike, at: tuple[int, int]) -> Figure:
    """Draw a kernel on its place `at` (row, column) of a picture, the sum of products there, and the map so far.

    image: (H, W); kernel: (kh, kw), not flipped; the map has every place up to `at`, row by row.
    Raises InputError for a place where the kernel does not fit, and for more numbers than can be read.
    """
    x, W = matrix("image", image), matrix("kernel", kernel)
    (kh, kw), (OH, OW) = W.shape, np.subtract(x.shape, W.shape) + 1
    row, column = at
    if not (0 <= row < OH and 0 <= column < OW):
        raise InputError(f"A kernel of {kh} x {kw} fits in {OH} x {OW} places of this image, got the place {at}.")
    sums = np.array([[np.sum(W * x[h : h + kh, w : w + kw]) for w in range(OW)] for h in range(OH)])
    cell = side(x.shape[1] + kw + OW, WIDTH - 58, 26, map(number, np.concatenate([x.flat, W.flat, sums.flat])))
    so_far = np.where(np.arange(OH * OW).reshape(OH, OW) <= row * OW + column, sums, np.nan)
    height = cell * max(x.shape[0], kh, OH)
    figure, ax = canvas(
        f"A kernel at row {row}, column {column} of a picture, and the sum there.", height + 68 + 14 * kh
    )
    lefts = 4, 4 + cell * x.shape[1] + 25, WIDTH - 4 - cell * OW
    for left, title in zip(lefts, ("image", "kernel", "map")):
        heading(ax, left, 12, title, ha="left")
    shade = shades(x)
    inside = np.zeros(x.shape, bool)
    inside[row : row + kh, column : column + kw] = True
    grid(ax, lefts[0], 24, cell, x, lambda h, w: PALE_BLUE if inside[h, w] else shade(h, w))
    frame(ax, lefts[0] + column * cell, 24 + row * cell, kw * cell, kh * cell, BLUE)
    grid(ax, lefts[1], 24, cell, W, lambda h, w: PALE_BLUE)
    frame(ax, lefts[1], 24, kw * cell, kh * cell, BLUE)
    grid(ax, lefts[2], 24, cell, so_far, lambda h, w: PALE_ORANGE if (h, w) == (row, column) else PAPER)
    frame(ax, lefts[2] + column * cell, 24 + row * cell, cell, cell, ORANGE)
    label(ax, (lefts[0] + cell * x.shape[1] + lefts[1]) / 2, 24 + cell * kh / 2, "*", size=12)
    arrow(ax, (lefts[1] + cell * kw + 5, 24 + cell * kh / 2), (lefts[2] - 5, 24 + cell * kh / 2))
    for i in range(kh):
        terms = " + ".join(f"{signed(W[i, j])} * {signed(x[row + i, column + j])}" for j in range(kw))
        label(ax, 4, height + 42 + 14 * i, ("  " if i == 0 else "+ ") + terms, ha="left")
    label(ax, 4, height + 46 + 14 * kh, f"= {number(sums[row, column])}", ha="left", weight="bold", colour=ORANGE)
    return figure


def signed(value, written=number):
    """Return a number as it stands in a sum or product, a negative one in brackets."""
    return written(value) if value >= 0 else f"({written(value)})"


def image_to_columns(image: ArrayLike, kernel_size: int | tuple[int, int], patch: int) -> Figure:
    """Draw a picture and its im2col matrix, with one patch coloured in both.

    image: (H, W); kernel_size: of the patches; patch: the number of a place, row by row, which is its column.
    Raises InputError for a patch that does not exist, and for more numbers than can be read.
    """
    x, (kh, kw) = matrix("image", image), np.broadcast_to(kernel_size, 2).tolist()
    OH, OW = x.shape[0] - kh + 1, x.shape[1] - kw + 1
    if min(OH, OW) < 1 or not 0 <= patch < OH * OW:
        raise InputError(f"An image of {x.shape} has {max(OH, 0)} x {max(OW, 0)} patches, got patch {patch}.")
    X = im2col(np.ascontiguousarray(x[None, None]), kh, kw, 1, 0)
    cell = side(OH * OW, WIDTH - 8, 26, map(number, x.flat))
    row, column = divmod(patch, OW)
    figure, ax = canvas(f"A picture and its {OH * OW} patches as columns.", cell * (x.shape[0] + kh * kw) + 86)
    left, top = (WIDTH - cell * x.shape[1]) / 2, cell * x.shape[0] + 64
    heading(ax, WIDTH / 2, 12, f"image {x.shape}")
    grid(ax, left, 24, cell, x, lambda h, w: PALE_BLUE if 0 <= h - row < kh and 0 <= w - column < kw else PAPER)
    frame(ax, left + column * cell, 24 + row * cell, kw * cell, kh * cell, BLUE)
    first = (WIDTH - cell * OH * OW) / 2
    arrow(
        ax,
        (left + (column + kw / 2) * cell, 25 + (row + kh) * cell),
        (first + (patch + 0.5) * cell, top - 2),
        colour=BLUE,
    )
    grid(ax, first, top, cell, X, lambda h, w: PALE_BLUE if w == patch else PAPER)
    frame(ax, first + patch * cell, top, cell, kh * kw * cell, BLUE)
    caption(ax, top + cell * kh * kw + 13, f"columns {X.shape}: column {patch} is the coloured patch, row by row")
    return figure


def columns_to_image(
    columns: ArrayLike, shape: tuple[int, int], kernel_size: int | tuple[int, int], pixel: tuple[int, int]
) -> Figure:
    """Draw col2im: all copies of one pixel in the columns, and their sum in the picture.

    columns: (kh * kw, places), a number for each copy of a pixel; shape: (H, W) of the picture; pixel: (row, column).
    Raises InputError for columns that do not belong to such a picture, and for more numbers than can be read.
    """
    dX, (kh, kw), (H, W) = matrix("columns", columns), np.broadcast_to(kernel_size, 2).tolist(), shape
    OH, OW = H - kh + 1, W - kw + 1
    if dX.shape != (kh * kw, OH * OW) or not (0 <= pixel[0] < H and 0 <= pixel[1] < W):
        raise InputError(
            f"Kernels of {kh} x {kw} on an image of {(H, W)} make columns of {(kh * kw, OH * OW)}, and a pixel inside "
            f"of it; got columns of {dX.shape} and the pixel {tuple(pixel)}."
        )
    dx = col2im(np.ascontiguousarray(dX), (1, 1, H, W), kh, kw, 1, 0)[0, 0]
    places = im2col(np.arange(H * W, dtype=float).reshape(1, 1, H, W), kh, kw, 1, 0) == pixel[0] * W + pixel[1]
    copies = [(int(row), int(column)) for column, row in np.argwhere(places.T)]  # from left to right
    cell = side(OH * OW, WIDTH - 8, 35, map(two_decimals, [*dX.flat, *dx.flat]))
    colours = dict(zip(copies, len(copies) * (PALE_BLUE, PALE_ORANGE, PALE_GREEN, PALE_PINK)))
    figure, ax = canvas(
        f"The {len(copies)} copies of the pixel {tuple(pixel)} in the columns are added.",
        cell * (kh * kw + H + 1) + 104,
    )
    first, left, bottom = (WIDTH - cell * OH * OW) / 2, (WIDTH - cell * W) / 2, 24 + cell * kh * kw
    heading(ax, WIDTH / 2, 12, f"columns {dX.shape}")
    grid(ax, first, 24, cell, dX, lambda h, w: colours.get((h, w), PAPER), two_decimals)
    slot = (WIDTH - 8) / (len(copies) + 1)
    for i, (row, column) in enumerate(copies):
        middle = 4 + (i + 0.5) * slot
        arrow(ax, (first + (column + 0.5) * cell, bottom), (middle, bottom + 28), colour=ORANGE)
        term(ax, middle, bottom + 30, min(cell, slot - 10), dX[row, column], colours[row, column])
        label(ax, middle + slot / 2, bottom + 30 + cell / 2, "=" if i == len(copies) - 1 else "+")
        frame(ax, first + column * cell, 24 + row * cell, cell, cell, ORANGE, 1.2)
    total, top = WIDTH - 4 - slot / 2, bottom + cell + 58
    term(ax, total, bottom + 30, min(cell, slot - 10), dx[pixel], GREY)
    arrow(ax, (total, bottom + 30 + cell), (left + (pixel[1] + 0.5) * cell, top - 2))
    grid(ax, left, top, cell, dx, lambda h, w: GREY if (h, w) == tuple(pixel) else PAPER, two_decimals)
    frame(ax, left + pixel[1] * cell, top + pixel[0] * cell, cell, cell)
    caption(ax, top + cell * H + 13, f"image {(H, W)}: each pixel is the sum of its copies")
    return figure


def term(ax, middle, top, width, value, fill):
    """Draw a number of a sum in a box as high as it is wide at most."""
    rectangle(ax, middle - width / 2, top, width, width, fill, RULE, 0.7)
    label(ax, middle, top + width / 2, two_decimals(value))


def pooling_variants(window: ArrayLike, w: float = 0.5, b: float = 0.0) -> Figure:
    """Draw what three layers make of one window of 2 x 2 numbers, and how they share a gradient of 1 among the four.

    Side by side: Subsampling with the coefficient w and the bias b (the paper's S2), AvgPool2d and MaxPool2d; the
    numbers are those of the layers. window: (2, 2). Raises InputError for another shape.
    """
    x = matrix("window", window)
    if x.shape != (2, 2):
        raise InputError(f"pooling_variants expects a window of 2 x 2 numbers, got shape {x.shape}.")
    subsampling = Subsampling(1, coefficient=w, dtype=float)
    subsampling.b[:] = b
    figure, ax = canvas("Subsampling, average pooling and max pooling of one window.", 258)
    rules = f"{number(w)} * sum + {signed(b)}", "mean", "largest"
    for i, (layer, rule) in enumerate(zip((subsampling, AvgPool2d(2), MaxPool2d(2)), rules)):
        middle = 56 + 106 * i
        y = layer.forward(x[None, None])
        dx = layer.backward(np.ones_like(y))
        heading(ax, middle, 11, type(layer).__name__)
        label(ax, middle, 25, rule, colour=QUIET)
        grid(ax, middle - 30, 38, 30, x, written=two_decimals)
        arrow(ax, (middle, 101), (middle, 118), colour=BLUE)
        grid(ax, middle - 17, 120, 34, y[0, 0], lambda row, column: PALE_BLUE, two_decimals)
        arrow(ax, (middle, 157), (middle, 174), colour=ORANGE)
        grid(ax, middle - 30, 176, 30, dx[0, 0], lambda row, column: PALE_ORANGE, two_decimals)
    caption(ax, 248, "blue: the output y.  orange: dE/dx of the four, where dE/dy = 1")
    return figure
