"""The exercise on the second view of the backward pass: a full convolution with the flipped kernel."""

import numpy as np

from scratchnet.exercises.cases import gaps, normal
from scratchnet.exercises.definition import Case, Exercise
from scratchnet.exercises.kinds import Function
from scratchnet.exercises.later_tasks import input_gradient
from scratchnet.exercises.topics.families import in_a_loop, wrongs
from scratchnet.kernels import convolve_back
from scratchnet.layers import Conv2d


def gradient_case(rng, dtype, images, out, maps, kernel, size, draw=normal, memory=np.ascontiguousarray):
    """Return a Case of dE/dy (images, out, *size) and W (out, maps, *kernel)."""
    dy, W = draw(rng, (images, out, *size), dtype), draw(rng, (out, maps, *kernel), dtype)
    sizes = {"images": images, "output maps": out, "weights of a kernel": kernel[0] * kernel[1]}
    return Case({"dy": memory(dy), "W": memory(W)}, sizes=sizes)


def distinct(rng, shape, dtype):
    """Whole numbers, no two alike: a kernel that is flipped, or turned, is another one."""
    return rng.permutation(np.arange(2, 2 + np.prod(shape))).reshape(shape).astype(dtype)


def frame(dy, kh, kw, side=1):
    """Return dy with a border. side: 0 for none, 1 for kernel - 1 zeros."""
    h, w = side * (kh - 1), side * (kw - 1)
    return np.pad(dy, ((0, 0), (0, 0), (h, h), (w, w)))


def slid(framed, W):
    """Return the sum over the output maps of framed maps, over which the kernels slide as they are."""
    kh, kw = W.shape[2:]
    N, _, H, width = framed.shape
    dx = np.zeros((N, W.shape[1], H - kh + 1, width - kw + 1))
    for i in range(kh):
        for j in range(kw):
            part = framed[:, :, i : i + dx.shape[2], j : j + dx.shape[3]]
            dx += np.einsum("oc,nohw->nchw", W[:, :, i, j], part)
    return dx


def full(c, W=None, dy=None):
    """Return the right result for another kernel or gradient."""
    W, dy = c.W[:, :, ::-1, ::-1] if W is None else W, c.dy if dy is None else dy
    return slid(frame(dy, *W.shape[2:]), W)


def same_size(c):
    """Return the part in the middle, as large as dy."""
    H, W = c.dy.shape[2:]
    h, w = ((k - 1) // 2 for k in c.W.shape[2:])
    return c.dx[:, :, h : h + H, w : w + W]


def one_sided(c, after):
    """Return the result with all of the border on one side."""
    h, w = (2 * (k - 1) for k in c.W.shape[2:])
    sides = ((0, h), (0, w)) if after else ((h, 0), (w, 0))
    return slid(np.pad(c.dy, ((0, 0), (0, 0), *sides)), c.W[:, :, ::-1, ::-1])


WRONG = wrongs(
    "dx",
    {
        "Yours does not flip the kernel; it should: W[:, :, ::-1, ::-1].": lambda c: full(c, c.W),
        "Yours flips the rows of the kernel only; it should flip rows and columns.": lambda c: full(c, c.W[:, :, ::-1]),
        "Yours flips the columns of the kernel only; it should flip rows and columns.": lambda c: full(
            c, c.W[:, :, :, ::-1]
        ),
        "Yours flips the maps too: W[::-1, ::-1] are the first two axes; it should be W[:, :, ::-1, ::-1].": (
            lambda c: full(c, c.W[::-1, ::-1, ::-1, ::-1]),
            lambda c: full(c, c.W[::-1, ::-1]),
        ),
        "Yours transposes the kernel; it should turn it by 180 degrees: flip rows and columns.": (
            lambda c: full(c, c.W.swapaxes(2, 3)),
            lambda c: full(c, c.W[:, :, ::-1, ::-1].swapaxes(2, 3)),
        ),
        "Yours has no border; dx should be larger than dy, by kh - 1 rows and kw - 1 columns.": (
            lambda c: slid(c.dy, c.W[:, :, ::-1, ::-1]),
            lambda c: slid(c.dy, c.W),
        ),
        "Yours has the size of dy (mode 'same'); it should be full: every pixel that a kernel touches.": (
            same_size,
            lambda c: c.dx[:, :, : c.dy.shape[2], : c.dy.shape[3]],
        ),
        "Yours has all of the border at the right and at the bottom; it should be on both sides.": lambda c: one_sided(
            c, True
        ),
        "Yours has all of the border at the left and at the top; it should be on both sides.": lambda c: one_sided(
            c, False
        ),
        "Yours takes axis 0 of W for the maps of x; it is (out, in): the sum should be over axis 0.": lambda c: full(
            c, c.W.swapaxes(0, 1)[:, :, ::-1, ::-1]
        ),
        "Yours uses the last output map only; it should add all of them up: +=.": lambda c: full(
            c, c.W[-1:, :, ::-1, ::-1], c.dy[:, -1:]
        ),
        "Yours uses the first output map only; it should add all of them up.": lambda c: full(
            c, c.W[:1, :, ::-1, ::-1], c.dy[:, :1]
        ),
        "Yours keeps the last product of a pixel only; it should add all of them up: '+=' and not '='.": lambda c: (
            last_product(c)
        ),
        "Yours is the mean over the output maps; it should be the sum.": lambda c: c.dx / len(c.W),
        "Yours adds the maps of dy and the kernels up before it multiplies; it should multiply first.": lambda c: full(
            c, c.W.sum(axis=0, keepdims=True)[:, :, ::-1, ::-1], c.dy.sum(axis=1, keepdims=True)
        ),
        "Yours is summed over the images; dx should have one for each image.": (
            lambda c: c.dx.sum(axis=0),
            lambda c: c.dx.sum(axis=0, keepdims=True),
        ),
        "Yours has the other sign; it should not.": lambda c: -c.dx,
    },
)


def last_product(c):
    """Return what stays of a loop that does not add, over the places of dy and then of the kernel."""
    dx = np.zeros_like(c.dx)
    kh, kw = c.W.shape[2:]
    for h, w in np.ndindex(c.dy.shape[2:]):
        dx[:, :, h : h + kh, w : w + kw] = np.einsum("no,ocij->ncij", c.dy[:, :, h, w], c.W)
    return dx


FULL_CONVOLUTION = Exercise(
    name="full-convolution",
    title="the input gradient as a convolution, with the flipped kernel",
    target=input_gradient,
    task="The second view of the backward pass, beside col2im. Ask of one pixel of x: which places of the kernel read "
    "it, and with which weight? The answer is a convolution of dE/dy. Loops, einsum and scipy.signal are all allowed.",
    contract={
        "": "Return dE/dx of a convolution with stride 1, without padding: (N, in, OH + kh - 1, OW + kw - 1).\n"
        "dy: (N, out, OH, OW), which is dE/dy; W: (out, in, kh, kw). The result has the dtype of dy.\n"
        "The kernel of the forward pass is not flipped."
    },
    play="print(input_gradient(np.ones((1, 1, 2, 2)), np.arange(4.0).reshape(1, 1, 2, 2)))",
    shows=(Conv2d._back, convolve_back),
    kind=Function("dx"),
    tiny=lambda rng, dtype: gradient_case(rng, dtype, 1, 2, 1, (2, 2), (2, 2), draw=distinct),
    draw=lambda rng, dtype: gradient_case(rng, dtype, 2, 4, 3, (3, 2), (4, 5)),
    real=lambda rng, dtype: [gradient_case(rng, dtype, 2, 16, 6, (5, 5), (10, 10))],
    odd=lambda rng, dtype: [
        gradient_case(rng, dtype, 1, 1, 1, (1, 1), (1, 1)),
        gradient_case(rng, dtype, 1, 1, 1, (3, 3), (1, 1)),
        gradient_case(rng, dtype, 3, 3, 3, (3, 3), (3, 3)),
        gradient_case(rng, dtype, 2, 2, 3, (1, 4), (3, 2)),
        gradient_case(rng, dtype, 2, 3, 2, (2, 3), (4, 4), memory=gaps),
    ],
    wrong={"": WRONG + in_a_loop("dx", lambda c: c.dx, "image")},
    hints=(
        "Pixel h of a row is read by the kernel at place h with its weight 0, at place h - 1 with weight 1, and so on.",
        "So the weights run backwards over dy: flip the kernel, W[:, :, ::-1, ::-1], and slide it over dy.",
        "Near the edges some places do not exist: np.pad dy with kh - 1 zeros above and below, kw - 1 left and right.",
        "dx of map c is the sum over the output maps o of what kernel (o, c) makes of dy of map o.",
    ),
)
