"""What mistakes in the forward pass of a convolution give."""

import numpy as np

from scratchnet.exercises.definition import Factors, Wrong
from scratchnet.exercises.topics.fields import fields, geometry, orders, read_as, strides, transposed
from scratchnet.kernels import convolve, im2col


def conv(c, W=None, b=None, **changes):
    """The convolution of a case, with another W or b, or with fields in other places."""
    W, b = c.W if W is None else W, c.b if b is None else b
    return np.einsum("nchwij,ocij->nohw", fields(c, **changes), W) + b[:, None, None]


def turned(W):
    return W[:, :, ::-1, ::-1]


def of_all(array, axis=1):
    """The first entry along an axis in the place of all."""
    return np.broadcast_to(array.take([0], axis), array.shape)


def without(W, end, *axes):
    """W with the first or last row of each kernel 0 (axis 2), or the column (axis 3), or both."""
    W = W.copy()
    for axis in axes:
        np.moveaxis(W, axis, 0)[end] = 0
    return W


def only_map(c, at):
    """W with 0 for all input maps but one."""
    return c.W * (np.arange(c.W.shape[1]) == at % c.W.shape[1])[:, None, None]


def last_product(c):
    return conv(c, only_map(c, -1) * (np.arange(c.W[0, 0].size) == c.W[0, 0].size - 1).reshape(c.W.shape[2:]))


def running(c, axes):
    """The total is set to b once for all entries along the last axes, and then adds up."""
    products = conv(c, b=0 * c.b)
    return products.reshape(*products.shape[: 4 - axes], -1).cumsum(-1).reshape(products.shape) + c.b[:, None, None]


def one_map(c):
    """Output map o reads input map o alone."""
    W = np.zeros_like(c.W)
    for o, kernels in enumerate(c.W):
        W[o, o] = kernels.sum(axis=0)
    return conv(c, W)


def matrix_products(c):
    return np.einsum("nchwij,ocjk->nohw", fields(c), c.W) + c.b[:, None, None]


def largest_product(c):
    products = fields(c)[:, None] * c.W[:, :, None, None]  # n o c h w i j
    return products.max(axis=(2, 5, 6)) + c.b[:, None, None]


def bias_and_kernel(add):
    """Return the known wrong answers of every forward pass of a convolution. add: how b is added."""
    return (
        Wrong("y", "Yours has no bias; it should add b.", lambda c: conv(c, b=0 * c.b)),
        Wrong("y", "Yours subtracts the bias; it should add it.", lambda c: conv(c, b=-c.b)),
        Wrong(
            "y",
            "Yours adds b[0] to every output map; it should add b[o] to map o.",
            lambda c: conv(c, b=of_all(c.b, 0)),
        ),
        Wrong("y", "Yours adds the bias twice; it should add it once.", lambda c: conv(c, b=2 * c.b)),
        Wrong(
            "y",
            "Yours uses W[0] for every output map; it should use W[o] for map o.",
            lambda c: conv(c, of_all(c.W, 0)),
        ),
        *(
            Wrong(
                "y",
                f"Yours adds b along the {what} of y; it should add b[o] to map o: {add}.",
                lambda c, axes=axes: conv(c, b=0 * c.b) + np.expand_dims(c.b, axes),
            )
            for what, axes in (("columns", ()), ("rows", (1,)), ("images", (1, 2, 3)))
        ),
        *(
            Wrong(
                "y",
                f"Yours flips the {what} of the kernel; it should not: W[o, c, i, j] goes with x[n, c, h + i, w + j].",
                lambda c, axis=axis: conv(c, np.flip(c.W, axis)),
            )
            for what, axis in (("rows", 2), ("columns", 3))
        ),
        *strides("y", conv),
    )


SCALED = Factors(
    "y",
    "Yours has a factor too many at the products or at b; it should be their plain sum, W X + b.",
    lambda c: np.stack([conv(c, b=0 * c.b), np.broadcast_to(c.b[:, None, None], c.y.shape)]),
)


def in_steps(c):
    """The convolution with stride 1, at every stride-th place of y alone."""
    s, (OH, OW) = c.stride if "stride" in vars(c) else 1, c.y.shape[2:]
    y = np.zeros_like(c.y)
    y[:, :, ::s, ::s] = at_stride(c, 1, 0)[:, :, :OH:s, :OW:s]
    return y


def at_stride(c, stride, padding):
    """The convolution with another stride and padding."""
    return convolve(*(np.ascontiguousarray(a) for a in (c.x, c.W, c.b)), stride, padding)[0]


LOOPS_WRONG = (
    Wrong(
        "y",
        "Yours walks over y in steps of the stride, and leaves the others 0; it should fill every h and w, and read x "
        "from row h * stride on.",
        in_steps,
    ),
    *bias_and_kernel("b[o], where o counts the output maps"),
    Wrong(
        "y",
        "Yours flips the kernel; it should multiply W[o, c, i, j] with x[n, c, h + i, w + j].",
        lambda c: conv(c, turned(c.W)),
    ),
    Wrong(
        "y",
        "Yours uses only the last input map; it should sum over all: '+=', not '='.",
        lambda c: conv(c, only_map(c, -1)),
    ),
    Wrong(
        "y",
        "Yours uses only the first input map; it should sum over all. Is the return indented too far, or the loop over "
        "input maps?",
        lambda c: conv(c, only_map(c, 0)),
    ),
    Wrong("y", "Yours reads input map 0 for every c; it should read x[n, c, ...].", lambda c: conv(c, x=of_all(c.x))),
    Wrong(
        "y",
        "Yours uses the kernel W[o, 0] for every input map; it should use W[o, c].",
        lambda c: conv(c, of_all(c.W)),
    ),
    Wrong("y", "Yours reads x[n, o, ...]; it should read input map c: x[n, c, ...].", one_map),
    Wrong(
        "y",
        "Yours uses W[c, o]; it should be W[o, c]: the output map comes first.",
        lambda c: conv(c, c.W.swapaxes(0, 1)),
    ),
    Wrong(
        "y",
        "Yours adds the bias once for every input map; it should add it once.",
        lambda c: conv(c, b=c.b * c.x.shape[1]),
    ),
    Wrong(
        "y",
        "Yours adds the bias with every product; it should add it once, outside of the loops over c, i and j.",
        lambda c: conv(c, b=c.b * c.W[0].size),
    ),
    Wrong(
        "y",
        "Yours swaps rows and columns of the kernel; it should multiply W[o, c, i, j] with row h + i and column w + j.",
        lambda c: conv(c, c.W.swapaxes(2, 3)),
    ),
    Wrong(
        "y",
        "Yours swaps rows and columns of x; it should read x[n, c, row, column], with the row first.",
        lambda c: conv(c, x=c.x.swapaxes(2, 3)),
    ),
    *(
        Wrong(
            "y",
            f"Yours leaves out the {end} {what} of the kernel; it should use all of it. Check the ends of its loops.",
            lambda c, n=n, axes=axes: conv(c, without(c.W, n, *axes)),
        )
        for what, axes in (("row", [2]), ("column", [3]), ("row or column", [2, 3]))
        for end, n in (("last", -1), ("first", 0))
    ),
    Wrong("y", "Yours uses only the last product; it should sum over the kernel: '+=', not '='.", last_product),
    Wrong(
        "y", "Yours is the mean of the products; it should be their sum.", lambda c: conv(c, c.W / max(c.W[0].size, 1))
    ),
    Wrong("y", "Yours is the largest product; it should be the sum of all products.", largest_product),
    Wrong(
        "y",
        "Yours takes the matrix product of the pixels and the kernel; it should multiply entry by entry, '*', and sum.",
        matrix_products,
    ),
    Wrong(
        "y",
        "Yours leaves out every second input map; it should sum over all.",
        lambda c: conv(c, c.W * (np.arange(c.W.shape[1]) % 2 == 0)[:, None, None]),
    ),
    Wrong(
        "y",
        "Yours sums over as many input maps as there are output maps; it should sum over all: x.shape[1] of them.",
        lambda c: conv(c, c.W * (np.arange(c.W.shape[1]) < len(c.W))[:, None, None]),
    ),
    *(
        Wrong(
            "y",
            "Yours never sets its total back; it should begin again, with b[o] or 0, for every y[n, o, h, w].",
            lambda c, axes=axes: running(c, axes),
        )
        for axes in (1, 2, 3, 4)
    ),
    SCALED,
)


def letters(c):
    """{letter of an axis: its length}."""
    g = geometry(c)
    return {"o": len(c.W), "n": g.N, "h": g.OH, "w": g.OW, "c": g.C, "i": g.kh, "j": g.kw}


def order_of_maps(order):
    """Return an order of the axes of y as a learner writes it: "(maps, N, OH, OW)"."""
    return f"({', '.join({'o': 'maps', 'n': 'N', 'h': 'OH', 'w': 'OW'}[name] for name in order)})"


def reshaped_y(c, order, b=None):
    """W X + b, reshaped to this order of its axes, and then transposed to (n, o, h, w)."""
    return read_as(conv(c, b=b).swapaxes(0, 1), "onhw", order, letters(c)).swapaxes(0, 1)


def order_of_y(order):
    said = f"Yours reshapes W X to {order_of_maps(order)}"
    if order[:2] == "on":
        return f"{said}, which mixes rows and columns; it should be (maps, N, OH, OW)."
    return f"{said}; it should be (maps, N, OH, OW), and only then swap two axes."


def columns_of(c, image):
    """The columns of one image."""
    return vars(c)["self.X"].reshape(-1, len(c.x), c.y[0, 0].size)[:, image]


def columns_without_border(c):
    return im2col(np.ascontiguousarray(c.x), *c.W.shape[2:], vars(c).get("stride", 1), 0)


def positions(c, **changes):
    """Return the number of rows and columns of positions in another geometry."""
    g = geometry(c, **changes)
    return {"OH": (g.H + 2 * g.p - g.kh) // g.sh + 1, "OW": (g.W + 2 * g.p - g.kw) // g.sw + 1}


def with_kernel_on_its_side(c):
    """W X + b where X = im2col(x, kw, kh, ...)."""
    g = geometry(c)
    side = positions(c, kh=g.kw, kw=g.kh)
    X = fields(c, kh=g.kw, kw=g.kh, **side).transpose(1, 4, 5, 0, 2, 3).reshape(c.W[0].size, -1)
    return (c.W.reshape(len(c.W), -1) @ X + c.b[:, None]).reshape(len(c.W), g.N, g.OH, g.OW).swapaxes(0, 1)


NO_PADDING = "Yours has no padding; it should: im2col(x, kh, kw, self.stride, self.padding)."
NO_STRIDE = "Yours has no stride; it should: im2col(x, kh, kw, self.stride, self.padding)."
KEEP_W = "it should be (o, c, i, j): W.reshape(out, -1), and then .T where it is needed"
FORWARD_WRONG = (
    Wrong("y", f"{NO_STRIDE[:-1]}, and it has no padding either.", lambda c: at_stride(c, 1, 0)),
    Wrong("y", NO_STRIDE, lambda c: at_stride(c, 1, getattr(c, "padding", 0))),
    Wrong("y", NO_PADDING, lambda c: at_stride(c, getattr(c, "stride", 1), 0)),
    *bias_and_kernel("b[:, None] goes with (maps, N*OH*OW)"),
    Wrong(
        "y",
        "Yours has Y with a row for each position, and reshapes it to (N, maps, OH, OW); it should reshape it to "
        "(N, OH, OW, maps) and only then transpose.",
        lambda c: conv(c).transpose(0, 2, 3, 1).reshape(c.y.shape),
    ),
    Wrong("y", "Yours flips the kernel; it should not.", lambda c: conv(c, turned(c.W))),
    *(Wrong("y", order_of_y(order), lambda c, order=order: reshaped_y(c, order)) for order, _ in orders("onhw")),
    *(
        Wrong("y", order_of_y(order), lambda c, order=order: reshaped_y(c, order, 0 * c.b) + c.b[:, None, None])
        for order, _ in orders("onhw")
    ),
    *(
        Wrong(
            "y",
            f"Yours reads W in the order {said}; {KEEP_W}.",
            lambda c, order=order: conv(c, read_as(c.W, "ocij", order, letters(c))),
        )
        for order, said in orders("ocij")
    ),
    *(
        Wrong(
            "y",
            f"Yours transposes W to {said} before the reshape; {KEEP_W}.",
            lambda c, order=order: conv(c, transposed(c.W, "ocij", order).reshape(c.W.shape)),
        )
        for order, said in orders("ocij")
    ),
    Wrong("y", NO_PADDING, lambda c: conv(c, p=0, **positions(c, p=0))),
    Wrong("y", NO_STRIDE, lambda c: conv(c, sh=1, sw=1, **positions(c, sh=1, sw=1))),
    Wrong(
        "y",
        "Yours has kh and kw in each other's place; it should be: im2col(x, kh, kw, self.stride, self.padding).",
        with_kernel_on_its_side,
    ),
    Wrong(
        "y",
        "Yours turns the maps of the kernel too, because it flips the flat filters; it should not flip anything.",
        lambda c: conv(c, c.W[:, ::-1, ::-1, ::-1]),
    ),
    SCALED,
    Wrong("self.X", NO_PADDING, columns_without_border),
    *(
        Wrong(
            "self.X",
            f"Yours keeps the columns of the {end} image only; it should keep those of all.",
            lambda c, n=n: columns_of(c, n),
        )
        for end, n in (("first", 0), ("last", -1))
    ),
    Wrong(
        "self.X",
        "Yours keeps X transposed; it should have a column for each position, as im2col gives it.",
        lambda c: vars(c)["self.X"].T,
    ),
    Wrong(
        "self.y_shape",
        "Yours keeps the shape before the last two steps; it should be y.shape, (N, maps, OH, OW).",
        lambda c: np.array(c.y.swapaxes(0, 1).shape),
    ),
    Wrong(
        "self.y_shape",
        "Yours keeps the shape of x; it should be y.shape, (N, maps, OH, OW).",
        lambda c: np.array(c.x.shape),
    ),
)
