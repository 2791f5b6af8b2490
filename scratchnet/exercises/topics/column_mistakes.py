"""What mistakes in im2col and col2im give."""

import numpy as np

from scratchnet.exercises.definition import Wrong
from scratchnet.exercises.topics.fields import added, cut, fields, geometry, orders, read_as, strides, transposed
from scratchnet.kernels import col2im, output_size

RIGHT, AXES = "cijnhw", "nchwij"  # the order of the axes in the columns, and of `fields`


def in_order(c, order=RIGHT, **changes):
    """The receptive fields with their axes in this order, as a matrix with the right number of rows."""
    return transposed(fields(c, **changes), AXES, order).reshape(len(c.columns), -1)


def said_of(order, said):
    """Say what is wrong with an order of the axes (c, i, j, n, h, w), or None if there is no short way."""
    rows, columns = said[:8] + ")", "(" + said[10:]
    if order == "nhwcij":
        return "Yours has a row for each position; it should have a column for each: the order is (c, i, j, n, h, w)."
    if order == "cjinhw":
        return f"Yours swaps rows and columns of the kernel: {rows}; it should be (c, i, j)."
    if order[3:] == "nhw":
        return f"Yours orders the rows by {rows}; it should be (c, i, j), with the map first."
    if order[:3] == "cij":
        return f"Yours orders the columns by {columns}; it should be (n, h, w), with the image first."
    return None


def wrong_orders(result, make, what_to_do):
    """Return a known wrong answer for every wrong order of the six axes: those with a short sentence first."""
    found = sorted(orders(RIGHT), key=lambda each: said_of(*each) is None)
    return [
        Wrong(
            result,
            said_of(order, said) or f"Yours has its axes in the order {said} {what_to_do}",
            lambda c, order=order: make(c, order),
        )
        for order, said in found
    ]


def tiled_maps(c):
    """Row r reads map r % C: np.tile for np.repeat."""
    g = geometry(c)
    rows = fields(c).transpose(1, 4, 5, 0, 2, 3).reshape(g.C, g.kh * g.kw, -1)
    r = np.arange(g.C * g.kh * g.kw)
    return rows[r % g.C, r % (g.kh * g.kw)]


def elsewhere(c, top, left):
    """x lies at another place in its border."""
    p = 2 * c.padding
    return in_order(c, x=np.pad(c.x, ((0, 0), (0, 0), (top, p - top), (left, p - left))), p=0)


def at_the_front(c, columns):
    """Columns at the front, and zeros after them."""
    return np.pad(columns, ((0, 0), (0, c.columns.shape[1] - columns.shape[1])))


def last_of(c, axes):
    """The last column of each run of the last so many loops over n, h and w."""
    g = geometry(c)
    return c.columns.reshape(len(c.columns), -1, int(np.prod((g.N, g.OH, g.OW)[3 - axes :])))[..., -1]


def last_image(c):
    return c.columns.reshape(len(c.columns), len(c.x), -1)[:, -1]


def every_position(c, sh, sw):
    g = geometry(c)
    return in_order(c, sh=sh, sw=sw, OH=output_size(g.H, g.kh, sh, g.p), OW=output_size(g.W, g.kw, sw, g.p))


def fewer_positions(c, padding):
    """The positions of another padding in the formula of the sizes, which is once H + padding."""
    g = geometry(c)
    OH, OW = ((n + padding - k) // g.sh + 1 for n, k in ((g.H, g.kh), (g.W, g.kw)))
    return in_order(c, OH=OH, OW=OW)


def sized(c, rows, columns):
    """The columns with other formulas for OH and OW, of which there are perhaps fewer."""
    g = geometry(c)
    OH, OW = rows(g.H + 2 * g.p, g.kh, g.sh), columns(g.W + 2 * g.p, g.kw, g.sw)
    return in_order(c, OH=OH, OW=OW)


def quotient(n, k, s):
    return (n - k) // s + 1


def remainder(n, k, s):
    return (n - k) % s + 1


FLIPPED = {"ih": -1, "iw": -1}


def flipped(c):
    return FLIPPED | {"ah": c.kh - 1, "aw": c.kw - 1}


BORDER = "Yours has other numbers than zeros in the border; it should have zeros, as np.pad makes them without `mode`."
STEPS = "[:, :, ::stride, ::stride]"
COUNTING = (("rows", 1), ("images", 2))
COUNT = "Yours counts the columns in the loop over {}; it should count in the innermost loop, once for each field."
IM2COL_WRONG = (
    Wrong(
        "columns",
        "Yours computes OW with kh; it should use kw for the width.",
        lambda c: sized(c, quotient, lambda n, k, s: quotient(n, c.kh, s)),
    ),
    Wrong(
        "columns",
        "Yours computes OH with kw; it should use kh for the height.",
        lambda c: sized(c, lambda n, k, s: quotient(n, c.kw, s), quotient),
    ),
    Wrong(
        "columns",
        "Yours takes the remainder % of the stride in the size of the output; it should be the quotient //.",
        lambda c: sized(c, remainder, remainder),
    ),
    *strides("columns", in_order),
    *wrong_orders("columns", in_order, "before the reshape; it should transpose to (c, i, j, n, h, w) first."),
    *(
        Wrong("columns", BORDER, lambda c, border=border: in_order(c, border=border))
        for border in (*({"mode": mode} for mode in ("edge", "wrap", "reflect", "symmetric")), {"constant_values": 1})
    ),
    *(
        Wrong(
            "columns",
            "Yours has x in the corner of its border; it should be in the middle: rows padding : padding + H, and "
            "columns padding : padding + W.",
            lambda c, top=top, left=left: elsewhere(c, top * c.padding, left * c.padding),
        )
        for top, left in ((0, 0), (0, 1), (1, 0), (2, 2))
    ),
    Wrong(
        "columns",
        "Yours uses np.tile for the maps; it should use np.repeat: a map has kh * kw rows, one after the other.",
        tiled_maps,
    ),
    Wrong(
        "columns",
        "Yours flips the kernel; row (c, i, j) should have the pixel at row h * stride + i.",
        lambda c: in_order(c, **flipped(c)),
    ),
    Wrong(
        "columns",
        "Yours has only the last image, at the front; it should have all: do not set the counter back for each image.",
        lambda c: at_the_front(c, last_image(c)),
    ),
    *(
        Wrong("columns", COUNT.format(loop), lambda c, axes=axes: at_the_front(c, last_of(c, axes)))
        for loop, axes in COUNTING
    ),
    *(
        Wrong(
            "columns",
            f"Yours has no stride {where}; it should: {STEPS}.",
            lambda c, steps=steps: every_position(c, *steps(c)),
        )
        for where, steps in (
            ("and has too many columns", lambda c: (1, 1)),
            ("for w, and has too many columns", lambda c: (c.stride, 1)),
            ("for h, and has too many columns", lambda c: (1, c.stride)),
        )
    ),
    Wrong(
        "columns",
        "Yours has one row and one column of positions too few; OH should be (H + 2 * padding - kh) // stride + 1.",
        lambda c: in_order(c, OH=geometry(c).OH - 1, OW=geometry(c).OW - 1),
    ),
    Wrong(
        "columns",
        "Yours counts the padding once in OH and OW; it should count it twice, at both ends: H + 2 * padding.",
        lambda c: fewer_positions(c, c.padding),
    ),
    Wrong(
        "columns",
        "Yours counts no padding in OH and OW; it should: (H + 2 * padding - kh) // stride + 1.",
        lambda c: fewer_positions(c, 0),
    ),
)


def back_to_pixels(c, order=RIGHT, keep=None, border=False, **changes):
    """col2im with the columns read in another order, or in another geometry."""
    g = geometry(c)
    sizes = {"c": g.C, "i": g.kh, "j": g.kw, "n": g.N, "h": g.OH, "w": g.OW}
    x = added(c, transposed(read_as(c.columns, RIGHT, order, sizes), RIGHT, AXES), keep, **changes)
    return x if border else cut(c, x)


def last_place(x, at, values):
    """Each place of the kernel replaces what was there: x[...] = values in loops over i and j."""
    _, _, rows, columns = at
    for i, j in np.ndindex(values.shape[4:]):
        x[:, :, rows[:, 0, i], columns[0, :, 0, j]] = values[..., i, j]


def last_field(x, at, values):
    """Each field replaces what was there: x[...] = values in loops over h and w."""
    _, _, rows, columns = at
    for h, w in np.ndindex(values.shape[2:4]):
        x[:, :, rows[h, 0], columns[0, w]] = values[:, :, h, w]


def wrapped(c):
    """Without `0 <=`, what lies above the image or left of it is added at its other end."""
    g = geometry(c)
    x, wide = np.zeros(c.x.shape), back_to_pixels(c, border=True)
    for row, column in np.ndindex(g.H + g.p, g.W + g.p):
        x[:, :, row - g.p, column - g.p] += wide[:, :, row, column]
    return x


def without_edge(c):
    """Bounds 0 < row and 0 < column: the first row and column stay 0."""
    x = c.x.copy()
    x[:, :, 0] = x[..., 0] = 0
    return x


def again(c, columns):
    """col2im of some columns of these."""
    return col2im(np.ascontiguousarray(columns), c.shape, c.kh, c.kw, c.stride, c.padding)


def part_of_kernel(c, rows, columns):
    """Leave out a row or a column of the kernel."""
    g = geometry(c)
    inner = c.columns.reshape(g.C, g.kh, g.kw, -1).copy()
    inner[:, rows], inner[:, :, columns] = 0, 0
    return again(c, inner.reshape(c.columns.shape))


def counted(c, axes):
    """The counter goes up once for the last so many loops over n, h and w."""
    g = geometry(c)
    return again(c, c.columns[:, np.arange(c.columns.shape[1]) // int(np.prod((g.N, g.OH, g.OW)[3 - axes :]))])


def first_fields(c, count):
    columns = c.columns.copy()
    columns[:, count:] = 0
    return again(c, columns)


def only_first(image, x):
    return np.concatenate([image[None], 0 * x[1:]])


NONE = slice(0, 0)
COL2IM_WRONG = (
    Wrong(
        "x",
        "Yours keeps the last value of a pixel only; it should add where fields overlap: '+=' in loops over i and j. "
        "With index arrays '+=' adds only once to each pixel; np.add.at adds every time.",
        lambda c: back_to_pixels(c, keep=last_place),
    ),
    Wrong(
        "x",
        "Yours keeps the last value of a pixel only; it should add where fields overlap: '+=', not '='.",
        lambda c: back_to_pixels(c, keep=last_field),
    ),
    Wrong(
        "x",
        "Yours cuts the border off at the bottom only; it should cut off `padding` rows at the top too.",
        lambda c: back_to_pixels(c, border=True)[:, :, : c.shape[2], : c.shape[3]],
    ),
    Wrong(
        "x",
        "Yours cuts the border off at the top only; it should cut off `padding` rows at the bottom too.",
        lambda c: back_to_pixels(c, border=True)[:, :, 2 * c.padding :, 2 * c.padding :],
    ),
    Wrong(
        "x",
        "Yours still has the border; it should be cut off: [:, :, padding : padding + H, padding : padding + W].",
        lambda c: back_to_pixels(c, border=True),
    ),
    Wrong(
        "x",
        "Yours cuts the border off with [p:-p], which is empty where padding is 0; it should be [p : p + H].",
        lambda c: c.x if c.padding else c.x[:, :, :0, :0],
    ),
    Wrong(
        "x",
        "Yours flips the kernel; it should add each copy at the row that it was copied from, h * stride + i.",
        lambda c: back_to_pixels(c, **flipped(c)),
    ),
    Wrong(
        "x",
        "Yours is the mean over the copies of a pixel; it should be the sum, the adjoint of copying.",
        lambda c: c.x / np.maximum(again(c, np.ones_like(c.columns)), 1),
    ),
    *(
        Wrong(
            "x",
            f"Yours flips the {what} of the kernel; it should add (c, i, j) at row h * stride + i, as in im2col.",
            lambda c, keys=keys: back_to_pixels(c, **{key: flipped(c)[key] for key in keys}),
        )
        for what, keys in (("rows", ("ih", "ah")), ("columns", ("iw", "aw")))
    ),
    Wrong(
        "x",
        "Yours keeps the largest value of a pixel; it should add all of them.",
        lambda c: back_to_pixels(c, keep=np.maximum.at),
    ),
    Wrong(
        "x",
        "Yours adds all images to image 0; it should add each to its own: x[n].",
        lambda c: only_first(c.x.sum(axis=0), c.x),
    ),
    *strides("x", back_to_pixels),
    *wrong_orders(
        "x",
        back_to_pixels,
        "when it is reshaped; it should reshape to (c, i, j, n, h, w), the order of im2col, and then transpose.",
    ),
    Wrong(
        "x",
        "Yours lets negative indices wrap around: what lies outside of the image is added at its other end; it should "
        "be left out.",
        wrapped,
    ),
    Wrong("x", "Yours leaves the first row and column 0; it should fill them: 0 <= row, not 0 < row.", without_edge),
    Wrong("x", "Yours starts from ones; it should start from zeros.", lambda c: c.x + 1),
    Wrong(
        "x",
        "Yours gives every image the columns of image 0; it should go on with the next columns for the next image.",
        lambda c: np.broadcast_to(c.x[:1], c.x.shape),
    ),
    *(
        Wrong(
            "x",
            f"Yours leaves out the {end} {what} of the kernel; it should use all of it. Check the ends of its loops.",
            lambda c, at=at: part_of_kernel(c, *at),
        )
        for what, end, at in (
            ("row", "last", (-1, NONE)),
            ("row", "first", (0, NONE)),
            ("column", "last", (NONE, -1)),
            ("column", "first", (NONE, 0)),
        )
    ),
    *(
        Wrong(
            "x",
            f"Yours adds the {what} of image 0 only; it should add all. Is the return indented too far?",
            lambda c, count=count: first_fields(c, count(geometry(c))),
        )
        for what, count in (("fields of the first row", lambda g: g.OW), ("first field", lambda g: 1))
    ),
    *(Wrong("x", COUNT.format(loop), lambda c, axes=axes: counted(c, axes)) for loop, axes in COUNTING),
)
