"""The exercises on convolution: by loops, as a matrix product, its backward and curvature passes."""

import numpy as np

from scratchnet.exercises.cases import gaps, layer_case, normal, whole
from scratchnet.exercises.definition import Exercise, Wrong
from scratchnet.exercises.kinds import LayerPass
from scratchnet.kernels import convolve, convolve_back, im2col
from scratchnet.layers import Conv2d


def conv_case(rng, dtype, images, channels, maps, kernel, height, width, sparse=True, draw=normal, **options):
    if sparse:
        table = rng.random((maps, channels)) < 0.6
        table[np.arange(maps), rng.integers(0, channels, maps)] = True
        table[rng.integers(0, maps), :] = np.arange(channels) == 0  # one blank at least, when there are two maps
        options["connections"] = table
    return layer_case(
        Conv2d, rng, dtype, (images, channels, height, width), channels, maps, kernel, draw=draw, **options
    )


def c1_and_c3(rng, dtype):
    return [
        conv_case(rng, dtype, 2, 1, 6, 5, 32, 32, sparse=False),
        conv_case(rng, dtype, 2, 6, 16, 5, 14, 14),
    ]


def conv(c, W=None, b=None, x=None):
    """The convolution of a case, with other W, b or x if given."""
    W, b, x = (mine if other is None else other for other, mine in ((W, c.W), (b, c.b), (x, c.x)))
    options = vars(c)
    W, b = np.ascontiguousarray(W), np.ascontiguousarray(b)
    return convolve(np.ascontiguousarray(x), W, b, options.get("stride", 1), options.get("padding", 0))[0]


def turned(W):
    return W[:, :, ::-1, ::-1]


def no_stride(c):
    OH, OW = c.y.shape[2:]
    x, W, b = (np.ascontiguousarray(a) for a in (c.x, c.W, c.b))
    return convolve(x, W, b, 1, 0)[0][:, :, :OH, :OW]


def first_image(c):
    y = np.zeros_like(c.y)
    y[0] = c.y[0]
    return y


def without(W, end):
    """W with the first or last row of each kernel 0, and the first or last column too."""
    W = W.copy()
    W[:, :, end] = 0
    W[..., end] = 0
    return W


def last_product(c):
    W = np.zeros_like(c.W)
    W[:, -1, -1, -1] = c.W[:, -1, -1, -1]
    return conv(c, W)


LOOPS = Exercise(
    number=0,
    name="convolution-by-loops",
    lesson=5,
    title="a convolution as the paper's formula defines it",
    target=Conv2d,
    methods=("forward",),
    task="Write forward by loops over images, output maps, rows and columns, input maps, and the places of the kernel; "
    "it need not be fast. The sizes of the output are self.output_shape(x.shape[1:]); self.stride may be 1 or more, "
    "padding is 0 here.",
    kind=LayerPass(),
    tiny=lambda rng, dtype: conv_case(rng, dtype, 1, 2, 1, 2, 3, 3, sparse=False, draw=whole),
    draw=lambda rng, dtype: conv_case(rng, dtype, 2, 3, 2, 3, 6, 6, sparse=False, stride=int(rng.integers(1, 3))),
    real=lambda rng, dtype: [conv_case(rng, dtype, 1, 6, 16, 5, 14, 14)],
    odd=lambda rng, dtype: [
        conv_case(rng, dtype, 1, 1, 1, 1, 1, 1, sparse=False),
        conv_case(rng, dtype, 2, 2, 3, (2, 4), 5, 7, sparse=False),
        conv_case(rng, dtype, 2, 2, 2, 3, 8, 6, sparse=False, stride=3),
        conv_case(rng, dtype, 2, 2, 2, 2, 5, 4, sparse=False, memory=gaps),
    ],
    wrong={
        "forward": (
            Wrong("y", "Yours has no bias; it should add b.", lambda c: conv(c, b=0 * c.b)),
            Wrong(
                "y",
                "Yours flips the kernel; it should multiply W[o, c, i, j] with x[n, c, h + i, w + j].",
                lambda c: conv(c, turned(c.W)),
            ),
            Wrong(
                "y",
                "Yours uses only the last input map; it should sum over all: '+=', not '='.",
                lambda c: conv(c, W=c.W[:, -1:], x=c.x[:, -1:]),
            ),
            Wrong(
                "y",
                "Yours uses only the first input map. Is the return indented too far, or the loop over input maps?",
                lambda c: conv(c, W=c.W[:, :1], x=c.x[:, :1]),
            ),
            Wrong(
                "y",
                "Yours adds the bias once for every input map; it should add it once.",
                lambda c: conv(c, b=c.b * c.x.shape[1]),
            ),
            Wrong("y", "Yours swaps rows and columns of the kernel.", lambda c: conv(c, c.W.swapaxes(2, 3))),
            Wrong("y", "Yours has no stride; row h should read from h * stride + i, and column w likewise.", no_stride),
            Wrong("y", "Yours uses only the first image. Is the return indented too far?", first_image),
            Wrong("y", "Yours leaves out the last row or column of the kernel.", lambda c: conv(c, without(c.W, -1))),
            Wrong("y", "Yours leaves out the first row or column of the kernel.", lambda c: conv(c, without(c.W, 0))),
            Wrong(
                "y",
                "Yours uses only the last product; it should sum over the kernel: '+=', not '='.",
                last_product,
            ),
        ),
    },
    hints=(
        "Make y first: np.zeros((N, out maps, OH, OW), x.dtype), then fill it entry by entry.",
        "y[n, o, h, w] is b[o] plus a sum over the input maps c and the places i, j of the kernel.",
        "Row h of the output reads the rows from h * stride on: x[n, c, h * stride + i, w * stride + j].",
        "The innermost line is y[n, o, h, w] += W[o, c, i, j] * (that pixel); b[o] is added outside of those loops.",
    ),
)


CONV_FORWARD = Exercise(
    number=0,
    name="conv-forward",
    lesson=6,
    title="a convolution as one matrix product",
    target=Conv2d,
    methods=("forward",),
    task="Use columns: Y = W X + b. Store on self what the library's backward reads: x as self.x, the columns of "
    "the whole batch as self.X, and the shape of y as self.y_shape. self.kernel_size is (kh, kw).",
    gives=("from scratchnet.kernels import im2col",),
    shows=(convolve,),
    kind=LayerPass(leaves=("x", "X", "y_shape")),
    tiny=lambda rng, dtype: conv_case(rng, dtype, 2, 1, 2, 2, 3, 2, sparse=False, draw=whole),
    draw=lambda rng, dtype: conv_case(
        rng, dtype, 3, 2, 4, (3, 2), 6, 6, stride=int(rng.integers(1, 3)), padding=int(rng.integers(0, 2))
    ),
    real=c1_and_c3,
    odd=lambda rng, dtype: [
        conv_case(rng, dtype, 1, 1, 1, 1, 1, 1, sparse=False),
        conv_case(rng, dtype, 2, 3, 2, (2, 4), 7, 5, stride=2, padding=1),
        conv_case(rng, dtype, 1, 2, 3, 5, 5, 5),
        conv_case(rng, dtype, 2, 2, 2, 2, 5, 4, memory=gaps),
    ],
    wrong={
        "forward": (
            Wrong("y", "Yours has no bias; it should add b.", lambda c: conv(c, b=0 * c.b)),
            Wrong("y", "Yours flips the kernel; it should not.", lambda c: conv(c, turned(c.W))),
            Wrong(
                "y",
                "Yours reshapes W X wrongly; it should reshape it to (maps, N, OH, OW) and only then swap two axes.",
                lambda c: conv(c, b=0 * c.b).swapaxes(0, 1).reshape(c.y.shape) + c.b[:, None, None],
            ),
            Wrong(
                "y",
                "Yours reshapes W X wrongly; it should reshape it to (maps, N, OH, OW) and only then swap two axes.",
                lambda c: c.y.swapaxes(0, 1).reshape(c.y.shape),
            ),
            Wrong("y", "Yours subtracts the bias; it should add it.", lambda c: conv(c, b=-c.b)),
        ),
    },
    hints=(
        "X = im2col(x, kh, kw, self.stride, self.padding) is (C*kh*kw, N*OH*OW): a column for every position.",
        "self.W.reshape(out, C*kh*kw) has a filter in each row. Then W X is (out, N*OH*OW); add b to every row.",
        "To get (N, out, OH, OW): reshape W X to (out, N, OH, OW), then swap the first two axes.",
        "b is (out,): b[:, None] goes with (out, N*OH*OW). OH and OW are self.output_shape(x.shape[1:])[1:].",
    ),
)


def back(c, letter, x, W, dy=None):
    """dx, dW, db (or hx, hW, hb) of a case, without the mask."""
    dy = np.ascontiguousarray(vars(c)[f"{letter}y"] if dy is None else dy)
    x, W = np.ascontiguousarray(x), np.ascontiguousarray(W)
    stride, padding = vars(c).get("stride", 1), vars(c).get("padding", 0)
    X = im2col(x, *W.shape[2:], stride, padding)
    return convolve_back(dy, x, X, W, stride, padding)


def masked(c, dW):
    table = vars(c).get("connections")
    return dW if table is None else dW * table[:, :, None, None]


NO_MASK = (
    "Yours lacks the mask of the connection table. {0} should be 0 where self.connections is False: "
    "self._mask({0}) returns such an array. It does not change {0} itself."
)

CONV_BACKWARD = Exercise(
    number=0,
    name="conv-backward",
    lesson=7,
    title="the backward pass of a convolution",
    target=Conv2d,
    methods=("backward",),
    task="backward takes dE/dy, sets self.dW and self.db, returns dE/dx. forward set self.x and self.X, its columns; "
    "self.kernel_size is (kh, kw). self._mask(dW) returns dW with 0 at the blanks of the connection table.",
    gives=("from scratchnet.kernels import col2im",),
    shows=(Conv2d._back, convolve_back),
    kind=LayerPass(),
    tiny=lambda rng, dtype: conv_case(rng, dtype, 2, 1, 2, 2, 3, 2, sparse=False, draw=whole),
    draw=CONV_FORWARD.draw,
    real=c1_and_c3,
    odd=CONV_FORWARD.odd,
    wrong={
        "backward": (
            Wrong(
                "dx",
                "Yours flips the kernel; it should take W as it is in W' dY, because col2im does the rest.",
                lambda c: back(c, "d", c.x, turned(c.W))[0],
            ),
            Wrong("dW", NO_MASK.format("dW"), lambda c: back(c, "d", c.x, c.W)[1]),
            Wrong(
                "dW",
                "Yours averages dW over the batch; it should sum: the 1/N is in the loss.",
                lambda c: c.dW / len(c.x),
            ),
            Wrong("dW", "Yours flips dW; it should not.", lambda c: turned(c.dW)),
            Wrong(
                "dW",
                "Yours is dW of the first image alone; it should sum over all images.",
                lambda c: masked(c, back(c, "d", c.x[:1], c.W, c.dy[:1])[1]),
            ),
            Wrong(
                "dW",
                "Yours is dW of the last image alone; it should sum over all: '+=', or one product for all images.",
                lambda c: masked(c, back(c, "d", c.x[-1:], c.W, c.dy[-1:])[1]),
            ),
            Wrong(
                "dW",
                "Yours reshapes dY with the images first; it should swap the first two axes of dy, and then reshape to "
                "(maps, N*OH*OW).",
                lambda c: masked(
                    c,
                    back(c, "d", c.x, c.W, c.dy.reshape(c.dy.shape[1], c.dy.shape[0], *c.dy.shape[2:]).swapaxes(0, 1))[
                        1
                    ],
                ),
            ),
            Wrong(
                "dx",
                "Yours reshapes dY with the images first; it should swap the first two axes of dy, and then reshape to "
                "(maps, N*OH*OW).",
                lambda c: back(
                    c, "d", c.x, c.W, c.dy.reshape(c.dy.shape[1], c.dy.shape[0], *c.dy.shape[2:]).swapaxes(0, 1)
                )[0],
            ),
            Wrong(
                "db",
                "Yours sums db over the images only, or averages over the positions; it should sum over both.",
                lambda c: c.dy.sum(axis=0).mean(axis=(1, 2)),
            ),
            Wrong(
                "db",
                "Yours is the mean over images and positions; db should be their sum.",
                lambda c: c.dy.mean(axis=(0, 2, 3)),
            ),
        ),
    },
    hints=(
        "Go through forward in reverse. dy is (N, out, OH, OW); as a matrix dY it is (out, N*OH*OW), like Y.",
        "dY = dy.swapaxes(0, 1).reshape(out, -1): the images must come after the maps, or rows get mixed.",
        "The class docstring has the three products: dW = dY X', db = sum dY, dX = W' dY, W as (out, C*kh*kw).",
        "dX has columns: col2im(dX, self.x.shape, kh, kw, self.stride, self.padding) adds them back to pixels.",
    ),
)

CONV_BACKWARD2 = Exercise(
    number=0,
    name="conv-backward2",
    lesson=13,
    title="curvatures of shared weights",
    target=Conv2d,
    methods=("backward2",),
    task="backward2 takes d2E/dy2, sets self.hW and self.hb, and returns d2E/dx2. forward set self.x and self.X, its "
    "columns; self._mask(hW) returns hW with 0 at the blanks of the connection table.",
    gives=("from scratchnet.kernels import col2im",),
    shows=(Conv2d._back, convolve_back),
    kind=LayerPass(),
    tiny=CONV_BACKWARD.tiny,
    draw=lambda rng, dtype: conv_case(rng, dtype, 3, 2, 3, 2, 4, 4, stride=int(rng.integers(1, 3)), padding=1),
    real=c1_and_c3,
    odd=CONV_FORWARD.odd,
    wrong={
        "backward2": (
            Wrong("hx", "Yours does not square W; it should, for hx (eq. 27).", lambda c: back(c, "h", c.x, c.W)[0]),
            Wrong(
                "hx",
                "Yours squares hy; it should not, because hy is a second derivative already.",
                lambda c: back(c, "h", c.x, c.W**2, c.hy**2)[0],
            ),
            Wrong(
                "hW",
                "Yours does not square X; it should, for hW (eq. 25).",
                lambda c: masked(c, back(c, "h", c.x, c.W)[1]),
            ),
            Wrong("hW", NO_MASK.format("hW"), lambda c: back(c, "h", c.x**2, c.W)[1]),
            Wrong(
                "hW",
                "Yours squares the product; it should square X alone, which leaves the cross terms out.",
                lambda c: masked(c, back(c, "h", c.x, c.W)[1] ** 2),
            ),
            Wrong(
                "hW",
                "Yours squares hy; it should not, because hy is a second derivative already.",
                lambda c: masked(c, back(c, "h", c.x**2, c.W, c.hy**2)[1]),
            ),
            Wrong(
                "hb",
                "Yours squares hy; it should not, because hy is a second derivative already.",
                lambda c: (c.hy**2).sum(axis=(0, 2, 3)),
            ),
        ),
    },
    hints=(
        "backward2 is backward with hy instead of dy, and with every factor squared. Start from backward.",
        "The factors are X for hW and W for hX. For hb there is no factor.",
        "hW = hY (X^2)', hX = (W^2)' hY, entry by entry: self.X**2, self.W**2; then col2im, and the mask.",
    ),
)
