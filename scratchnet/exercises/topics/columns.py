"""The exercises on receptive fields as columns: im2col, col2im."""

from types import SimpleNamespace

import numpy as np

from scratchnet.exercises.cases import normal, whole
from scratchnet.exercises.definition import Case, Exercise, Wrong
from scratchnet.exercises.kinds import Function
from scratchnet.kernels import col2im, im2col, output_size


def column_case(rng, dtype, shape, kh, kw, stride=1, padding=0, draw=normal):
    x = draw(rng, shape, dtype)
    return Case({"x": x, "kh": kh, "kw": kw, "stride": stride, "padding": padding}, sizes={"images": shape[0]})


def windows(c):
    """(N, C, OH, OW, kh, kw): every receptive field."""
    x = np.pad(c.x, ((0, 0), (0, 0), (c.padding, c.padding), (c.padding, c.padding)))
    return np.lib.stride_tricks.sliding_window_view(x, (c.kh, c.kw), (2, 3))[:, :, :: c.stride, :: c.stride]


def in_order(c, *axes):
    """The receptive fields with their axes in this order, as a matrix of the right shape."""
    return windows(c).transpose(axes).reshape(c.columns.shape)


COLUMN_SIZES = {
    "draw": ((3, 2, 5, 6), 3, 2, 1, 0),
    "real": (((2, 1, 32, 32), 5, 5, 1, 0), ((2, 6, 14, 14), 5, 5, 1, 0)),
    "odd": (
        ((1, 1, 1, 1), 1, 1, 1, 0),
        ((2, 3, 7, 4), 2, 3, 2, 1),
        ((1, 2, 3, 8), 3, 3, 1, 2),
        ((2, 1, 9, 5), 1, 4, 3, 0),
    ),
}


def without_stride(c):
    one = SimpleNamespace(**vars(c) | {"stride": 1})
    OH, OW = windows(c).shape[2:4]
    return windows(one)[:, :, :OH, :OW].transpose(1, 4, 5, 0, 2, 3).reshape(c.columns.shape)


IM2COL = Exercise(
    number=0,
    name="im2col",
    lesson=6,
    title="every receptive field becomes a column",
    target=im2col,
    task="Write it in plain NumPy or by loops. OH and OW are output_size(H, kh, stride, padding) and OW "
    "likewise. Order the rows by (c, i, j) and the columns by (n, h, w); the last index changes fastest.",
    gives=("from scratchnet.kernels import output_size",),
    play="print(im2col(np.arange(9.0).reshape(1, 1, 3, 3), 2, 2, 1, 0))",
    kind=Function("columns"),
    tiny=lambda rng, dtype: column_case(rng, dtype, (1, 1, 3, 3), 2, 2, draw=whole),
    draw=lambda rng, dtype: column_case(
        rng, dtype, (3, 2, 6, 6), 3, 2, int(rng.integers(1, 3)), int(rng.integers(0, 2))
    ),
    real=lambda rng, dtype: [column_case(rng, dtype, *sizes) for sizes in COLUMN_SIZES["real"]],
    odd=lambda rng, dtype: [column_case(rng, dtype, *sizes) for sizes in COLUMN_SIZES["odd"]],
    wrong={
        "": (
            Wrong(
                "columns",
                "Yours has no stride; each field should begin at h * stride and w * stride.",
                without_stride,
            ),
            Wrong(
                "columns",
                "Yours orders the columns by (h, w, n); it should be (n, h, w), with the image first.",
                lambda c: in_order(c, 1, 4, 5, 2, 3, 0),
            ),
            Wrong(
                "columns",
                "Yours orders the rows by (i, j, c); it should be (c, i, j), with the map first.",
                lambda c: in_order(c, 4, 5, 1, 0, 2, 3),
            ),
            Wrong(
                "columns",
                "Yours swaps rows and columns of the kernel: (c, j, i); it should be (c, i, j).",
                lambda c: in_order(c, 1, 5, 4, 0, 2, 3),
            ),
            Wrong(
                "columns",
                "Yours reshapes before the axes are in order; it should transpose to (c, i, j, n, h, w) first.",
                lambda c: in_order(c, 0, 1, 2, 3, 4, 5),
            ),
            Wrong(
                "columns",
                "Yours has a row for each position; it should have a column for each: the order is (c, i, j, n, h, w).",
                lambda c: in_order(c, 0, 2, 3, 1, 4, 5),
            ),
        )
    },
    hints=(
        "Make an array of shape (C, kh, kw, N, OH, OW), fill it, and reshape it at the end to (C*kh*kw, N*OH*OW).",
        "For fixed i and j the pixels of all fields are one slice of x: its rows begin at i and go in steps of stride.",
        "That slice is x[:, :, i : i + stride * OH : stride, j : j + stride * OW : stride], of shape (N, C, OH, OW).",
        "The array needs (C, N, OH, OW) at [:, i, j]: swap the first two axes. np.pad makes the border.",
    ),
)


def columns_back_case(rng, dtype, shape, kh, kw, stride=1, padding=0, draw=normal):
    (N, C, H, W) = shape
    size = output_size(H, kh, stride, padding) * output_size(W, kw, stride, padding)
    columns = draw(rng, (C * kh * kw, N * size), dtype)
    arrays = {"columns": columns, "shape": shape, "kh": kh, "kw": kw, "stride": stride, "padding": padding}
    return Case(arrays, sizes={"images": N})


def turned_fields(c):
    fields = c.columns.reshape(c.shape[1], c.kh, c.kw, -1)[:, ::-1, ::-1].reshape(c.columns.shape)
    return col2im(np.ascontiguousarray(fields), c.shape, c.kh, c.kw, c.stride, c.padding)


def wrong_corner(c):
    """Return x with the border cut off at one end only."""
    N, C, H, W = c.shape
    padded = (N, C, H + 2 * c.padding, W + 2 * c.padding)
    return col2im(c.columns, padded, c.kh, c.kw, c.stride, 0)[:, :, :H, :W]


def back_to_pixels(c, last=False, counts=False):
    """Return col2im with a mistake: it keeps the last column, or takes the mean of all."""
    if counts:
        ones = col2im(np.ones_like(c.columns), c.shape, c.kh, c.kw, c.stride, c.padding)
        return c.x / np.maximum(ones, 1)
    N, C, H, W = c.shape
    p, OH = c.padding, output_size(H, c.kh, c.stride, c.padding)
    OW = output_size(W, c.kw, c.stride, p)
    x, fields = np.zeros((N, C, H + 2 * p, W + 2 * p)), c.columns.reshape(C, c.kh, c.kw, N, OH, OW)
    order = [(i, j, h, w) for h in range(OH) for w in range(OW) for i in range(c.kh) for j in range(c.kw)]
    for i, j, h, w in sorted(order) if last == "kernel" else order:
        x[:, :, h * c.stride + i, w * c.stride + j] = fields[:, i, j, :, h, w].T
    return x[:, :, p : p + H, p : p + W]


COL2IM = Exercise(
    number=0,
    name="col2im",
    lesson=7,
    title="every column is added back to its pixels",
    target=col2im,
    task="It is im2col in the other direction: im2col copies a pixel to a column, col2im adds the column's entry "
    "back to that pixel. A pixel in several fields gets a sum of several entries.",
    gives=("from scratchnet.kernels import output_size",),
    play="print(col2im(np.ones((4, 4)), (1, 1, 3, 3), 2, 2, 1, 0))",
    kind=Function("x"),
    tiny=lambda rng, dtype: columns_back_case(rng, dtype, (1, 1, 3, 3), 2, 2, draw=whole),
    draw=lambda rng, dtype: columns_back_case(
        rng, dtype, (3, 2, 6, 6), 3, 2, int(rng.integers(1, 3)), int(rng.integers(0, 2))
    ),
    real=lambda rng, dtype: [columns_back_case(rng, dtype, *sizes) for sizes in COLUMN_SIZES["real"]],
    odd=lambda rng, dtype: [columns_back_case(rng, dtype, *sizes) for sizes in COLUMN_SIZES["odd"]],
    wrong={
        "": (
            Wrong(
                "x",
                "Yours keeps the last value of a pixel only; it should add where fields overlap: '+='.",
                lambda c: back_to_pixels(c, last="kernel"),
            ),
            Wrong(
                "x",
                "Yours keeps the last value of a pixel only; it should add where fields overlap: '+='.",
                back_to_pixels,
            ),
            Wrong(
                "x",
                "Yours cuts the border off at the bottom only; it should cut off `padding` rows at the top too.",
                wrong_corner,
            ),
            Wrong(
                "x",
                "Yours flips the kernel; it should add each copy at the row that it was copied from, h * stride + i.",
                turned_fields,
            ),
            Wrong(
                "x",
                "Yours is the mean over the copies of a pixel; it should be the sum, the adjoint of copying.",
                lambda c: back_to_pixels(c, counts=True),
            ),
        )
    },
    hints=(
        "Start from zeros with the border, (N, C, H + 2 padding, W + 2 padding), and add to them.",
        "columns.reshape(C, kh, kw, N, OH, OW) gives every number its six indices back.",
        "For fixed i and j, [:, i, j] belongs to the slice of x that im2col copied from: rows i : i + stride "
        "* OH : stride.",
        "It has the axes (C, N, OH, OW), x needs (N, C, OH, OW). Use +=, and cut the border off at the end.",
    ),
)
