"""The exercises on receptive fields as columns: im2col, col2im."""

from scratchnet.exercises.cases import normal, whole
from scratchnet.exercises.definition import Case, Exercise
from scratchnet.exercises.topics.column_mistakes import COL2IM_WRONG, IM2COL_WRONG
from scratchnet.exercises.topics.numbering import FROM_ONE, INTO_ONE, OfColumns
from scratchnet.kernels import col2im, im2col, output_size


def column_case(rng, dtype, shape, kh, kw, stride=1, padding=0, draw=normal):
    x = draw(rng, shape, dtype)
    return Case({"x": x, "kh": kh, "kw": kw, "stride": stride, "padding": padding}, sizes={"images": shape[0]})


COLUMN_SIZES = {
    "draw": ((3, 2, 5, 6), 3, 2, 1, 0),
    "real": (((2, 1, 32, 32), 5, 5, 1, 0), ((2, 6, 14, 14), 5, 5, 1, 0)),
    "odd": (
        ((1, 1, 1, 1), 1, 1, 1, 0),
        ((2, 3, 7, 4), 2, 3, 2, 1),
        ((1, 2, 3, 8), 3, 3, 1, 2),
        ((2, 1, 9, 5), 1, 4, 3, 0),
        ((2, 2, 4, 4), 3, 3, 1, 0),  # as many images as maps, and rows of the output
        ((3, 3, 5, 4), 3, 2, 1, 0),
        ((4, 2, 6, 8), 3, 3, 2, 1),  # a stride that leaves something over
        ((2, 2, 6, 7), 2, 2, 2, 2),
        ((3, 1, 4, 4), 4, 1, 1, 0),  # a kernel as high as the image
    ),
}


IM2COL = Exercise(
    name="im2col",
    title="every receptive field becomes a column",
    target=im2col,
    task="Write it in plain NumPy or by loops. OH and OW are output_size(H, kh, stride, padding) and OW "
    "likewise. Order the rows by (c, i, j) and the columns by (n, h, w); the last index changes fastest.",
    contract={
        "": "Return all receptive fields of x as columns: (C*kh*kw, N*OH*OW), same dtype.\n"
        "x: (N, C, H, W), floats, with a border of `padding` zeros on every side. A field is kh x kw "
        "pixels of all maps; the next one begins `stride` pixels further.",
    },
    gives=("from scratchnet.kernels import output_size",),
    play="print(im2col(np.arange(9.0).reshape(1, 1, 3, 3), 2, 2, 1, 0))",
    kind=OfColumns("columns"),
    tiny=lambda rng, dtype: column_case(rng, dtype, (1, 1, 3, 3), 2, 2, draw=whole),
    draw=lambda rng, dtype: column_case(
        rng, dtype, (3, 2, 6, 6), 3, 2, int(rng.integers(1, 3)), int(rng.integers(0, 2))
    ),
    real=lambda rng, dtype: [column_case(rng, dtype, *sizes) for sizes in COLUMN_SIZES["real"]],
    odd=lambda rng, dtype: [column_case(rng, dtype, *sizes) for sizes in COLUMN_SIZES["odd"]],
    wrong={"": (*IM2COL_WRONG, *INTO_ONE)},
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


COL2IM = Exercise(
    name="col2im",
    title="every column is added back to its pixels",
    target=col2im,
    task="It is im2col in the other direction: im2col copies a pixel to a column, col2im adds the column's entry "
    "back to that pixel. A pixel in several fields gets a sum of several entries.",
    contract={
        "": "Add every column to the pixels that im2col copied it from, and cut the border off.\n"
        "columns: (C*kh*kw, N*OH*OW), floats, in the order of im2col; shape: (N, C, H, W). Returns "
        "an array of this shape, same dtype.",
    },
    gives=("from scratchnet.kernels import output_size",),
    play="print(col2im(np.ones((4, 4)), (1, 1, 3, 3), 2, 2, 1, 0))",
    kind=OfColumns("x"),
    tiny=lambda rng, dtype: columns_back_case(rng, dtype, (1, 1, 3, 3), 2, 2, draw=whole),
    draw=lambda rng, dtype: columns_back_case(
        rng, dtype, (3, 2, 6, 6), 3, 2, int(rng.integers(1, 3)), int(rng.integers(0, 2))
    ),
    real=lambda rng, dtype: [columns_back_case(rng, dtype, *sizes) for sizes in COLUMN_SIZES["real"]],
    odd=lambda rng, dtype: [columns_back_case(rng, dtype, *sizes) for sizes in COLUMN_SIZES["odd"]],
    wrong={"": (*COL2IM_WRONG, *FROM_ONE)},
    hints=(
        "Start from zeros with the border, (N, C, H + 2 padding, W + 2 padding), and add to them.",
        "columns.reshape(C, kh, kw, N, OH, OW) gives every number its six indices back.",
        "For fixed i and j, [:, i, j] belongs to the slice of x that im2col copied from: rows i : i + stride "
        "* OH : stride.",
        "It has the axes (C, N, OH, OW), x needs (N, C, OH, OW). Use +=, and cut the border off at the end.",
    ),
)
