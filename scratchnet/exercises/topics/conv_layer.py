"""The exercises on convolution: by loops, and as a matrix product."""

import numpy as np

from scratchnet.exercises.cases import gaps, layer_case, normal, whole
from scratchnet.exercises.definition import Exercise
from scratchnet.exercises.kinds import LayerPass
from scratchnet.exercises.topics.conv_mistakes import FORWARD_WRONG, LOOPS_WRONG
from scratchnet.kernels import convolve, im2col
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


def equal_sizes(rng, dtype, padding):
    """Sizes that hide mixed axes or let them broadcast: as many images as maps, rows and columns, or half as many."""
    return [
        conv_case(rng, dtype, 2, 2, 2, 3, 4, 4, sparse=False),
        conv_case(rng, dtype, 3, 3, 3, (3, 2), 5, 4, sparse=False),
        conv_case(rng, dtype, 1, 2, 4, (2, 3), 5, 4, sparse=False, padding=padding),
        conv_case(rng, dtype, 4, 2, 2, 2, 8, 5, sparse=False, stride=2, padding=padding),
        conv_case(rng, dtype, 2, 1, 3, 2, 7, 4, sparse=False, stride=3),
    ]


def c1_and_c3(rng, dtype):
    return [
        conv_case(rng, dtype, 2, 1, 6, 5, 32, 32, sparse=False),
        conv_case(rng, dtype, 2, 6, 16, 5, 14, 14),
    ]


LOOPS = Exercise(
    name="convolution-by-loops",
    title="a convolution as the paper's formula defines it",
    target=Conv2d,
    methods=("forward",),
    task="Write forward by loops over images, output maps, rows and columns, input maps, and the places of the kernel; "
    "it need not be fast. The sizes of the output are self.output_shape(x.shape[1:]); self.stride may be 1 or more, "
    "padding is 0 here.",
    contract={
        "": "A convolution: every output map is a sum of filtered input maps and a bias (paper, II.A).\n"
        "x: (N, in, H, W); W: (out, in, kh, kw); b: (out,); y: (N, out, OH, OW).\n"
        "The kernel is not flipped: its first row meets the first row of a receptive field.",
        "forward": "Return y, in the dtype of x.",
    },
    kind=LayerPass(),
    tiny=lambda rng, dtype: conv_case(rng, dtype, 1, 2, 1, 2, 3, 3, sparse=False, draw=whole),
    draw=lambda rng, dtype: conv_case(rng, dtype, 2, 3, 2, 3, 6, 6, sparse=False, stride=int(rng.integers(1, 3))),
    real=lambda rng, dtype: [conv_case(rng, dtype, 1, 6, 16, 5, 14, 14)],
    odd=lambda rng, dtype: [
        conv_case(rng, dtype, 1, 1, 1, 1, 1, 1, sparse=False),
        conv_case(rng, dtype, 2, 2, 3, (2, 4), 5, 7, sparse=False),
        conv_case(rng, dtype, 2, 2, 2, 3, 8, 6, sparse=False, stride=3),
        conv_case(rng, dtype, 2, 2, 2, 2, 5, 4, sparse=False, memory=gaps),
        *equal_sizes(rng, dtype, padding=0),
    ],
    wrong={"forward": LOOPS_WRONG},
    hints=(
        "Make y first: np.zeros((N, out maps, OH, OW), x.dtype), then fill it entry by entry.",
        "y[n, o, h, w] is b[o] plus a sum over the input maps c and the places i, j of the kernel.",
        "Row h of the output reads the rows from h * stride on: x[n, c, h * stride + i, w * stride + j].",
        "The innermost line is y[n, o, h, w] += W[o, c, i, j] * (that pixel); b[o] is added outside of those loops.",
    ),
)


CONV_FORWARD = Exercise(
    name="conv-forward",
    title="a convolution as one matrix product",
    target=Conv2d,
    methods=("forward",),
    task="Use im2col and one matrix product. Store on self what the library's backward reads: x as self.x, the columns "
    "of the whole batch as self.X, and the shape of y as self.y_shape. self.kernel_size is (kh, kw).",
    contract={
        "": "A convolution: every output map is a sum of filtered input maps and a bias (paper, II.A).\n"
        "x: (N, in, H, W); W: (out, in, kh, kw); b: (out,); y: (N, out, OH, OW).\n"
        "In columns: X (in*kh*kw, N*OH*OW), a column for each place of the kernel. The kernel is not "
        "flipped.",
        "forward": "Return y, and store self.x, self.X and self.y_shape.",
    },
    gives=("from scratchnet.kernels import im2col",),
    shows=(convolve,),
    kind=LayerPass(
        leaves=("x", "X", "y_shape"),
        kernels=lambda conv, x: im2col(x, *conv.kernel_size, conv.stride, conv.padding),
    ),
    tiny=lambda rng, dtype: conv_case(rng, dtype, 2, 1, 2, 2, 3, 2, sparse=False, draw=whole),
    draw=lambda rng, dtype: conv_case(
        rng, dtype, 2, 4, 6, (3, 2), 9, 9, stride=int(rng.integers(1, 3)), padding=int(rng.integers(0, 2))
    ),
    real=c1_and_c3,
    odd=lambda rng, dtype: [
        conv_case(rng, dtype, 1, 1, 1, 1, 1, 1, sparse=False),
        conv_case(rng, dtype, 2, 3, 2, (2, 4), 7, 5, stride=2, padding=1),
        conv_case(rng, dtype, 1, 2, 3, 5, 5, 5),
        conv_case(rng, dtype, 2, 2, 2, 2, 5, 4, memory=gaps),
        *equal_sizes(rng, dtype, padding=2),
    ],
    wrong={"forward": FORWARD_WRONG},
    hints=(
        "X = im2col(x, kh, kw, self.stride, self.padding) is (C*kh*kw, N*OH*OW): a column for every position.",
        "self.W.reshape(out, C*kh*kw) has a filter in each row. Then W X is (out, N*OH*OW); add b to every row.",
        "To get (N, out, OH, OW): reshape W X to (out, N, OH, OW), then swap the first two axes.",
        "b is (out,): b[:, None] goes with (out, N*OH*OW). OH and OW are self.output_shape(x.shape[1:])[1:].",
    ),
)
