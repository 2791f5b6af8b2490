"""The exercise on Subsampling."""

from itertools import combinations

import numpy as np

from scratchnet.exercises.cases import gaps, layer_case, whole
from scratchnet.exercises.definition import Exercise
from scratchnet.exercises.kinds import LayerPass
from scratchnet.exercises.topics.families import in_a_loop, wrongs
from scratchnet.exercises.topics.summed_windows import (
    FORWARD,
    STORED,
    each_map,
    grouped,
    line,
    only,
    pixels,
    repeated,
    window_sums,
)
from scratchnet.kernels import subsample, subsample_back
from scratchnet.layers import Subsampling


def maps_case(rng, dtype, images, maps, height, width, **options):
    sizes = {"pixels of a window": 4, "outputs of a map": height * width // 4}
    return layer_case(Subsampling, rng, dtype, (images, maps, height, width), maps, sizes=sizes, **options)


DX = wrongs(
    "dx",
    {
        "Yours divides dx by 4; it should not: the window was summed, so each pixel gets all of W dy.": (
            lambda c: c.dx / 4
        ),
        "Yours has no coefficient W in dx; it should.": lambda c: repeated(c.dy),
        "Yours divides by W; it should multiply: each pixel gets W dy.": lambda c: repeated(c.dy / each_map(c.W)),
        "Yours gives one pixel of each window its share; it should give all four theirs.": [
            lambda c, i=i, j=j: only(c.dx, np.s_[:, :, i::2, j::2]) for i, j in np.ndindex(2, 2)
        ],
        "Yours repeats the whole map; it should repeat each entry: np.repeat, not np.tile.": (
            lambda c: np.tile(each_map(c.W) * c.dy, (1, 1, 2, 2))
        ),
        "Yours repeats each entry four times in a row; it should repeat it twice along the rows and twice along the "
        "columns: axis=2, then axis=3.": lambda c: (each_map(c.W) * c.dy).repeat(4).reshape(c.dx.shape),
        "Yours repeats along one axis only; it should repeat once along the rows too: axis=2, and then axis=3.": (
            lambda c: np.repeat(each_map(c.W) * c.dy, 2, axis=3),
            lambda c: np.repeat(each_map(c.W) * c.dy, 2, axis=2),
        ),
        "Yours repeats twice along one axis; it should repeat along axis 2, and then along axis 3.": (
            lambda c: np.repeat(each_map(c.W) * c.dy, 4, axis=3),
            lambda c: np.repeat(each_map(c.W) * c.dy, 4, axis=2),
        ),
        "Yours repeats all entries in one row; it should repeat along axis 2, and then along axis 3: axis=.": (
            lambda c: np.repeat(each_map(c.W) * c.dy, 2),
            lambda c: np.repeat(each_map(c.W) * c.dy, 4),
            lambda c: np.repeat(np.repeat(each_map(c.W) * c.dy, 2, axis=2), 2),
        ),
        "Yours is W dy, one number for each window; it should have the shape of x: np.repeat along axes 2 and 3.": (
            lambda c: each_map(c.W) * c.dy
        ),
        "Yours spreads W along the columns of dy; it should give each map its own: self.W[:, None, None].": (
            lambda c: repeated(c.W * c.dy)
        ),
        "Yours spreads W along the rows of dy; it should give each map its own: self.W[:, None, None].": (
            lambda c: repeated(c.W[:, None] * c.dy)
        ),
        "Yours uses the first map's W for all; it should give each map its own: self.W[:, None, None].": (
            lambda c: repeated(c.W[0] * c.dy)
        ),
        "Yours uses the sum of W for every map; it should give each map its own: self.W[:, None, None].": (
            lambda c: repeated(c.W.sum() * c.dy)
        ),
        "Yours adds b to dx; it should not: b does not depend on x.": (
            lambda c: repeated(each_map(c.W) * c.dy + each_map(c.b))
        ),
        "Yours multiplies dx by x; it should not: dx is W dy.": lambda c: c.dx * c.x,
        "Yours multiplies dx by s; it should not: dx is W dy.": (
            lambda c: repeated(each_map(c.W) * c.dy * window_sums(c.x))
        ),
        "Yours does the first row of windows only; it should do all: is `return` inside of the loop?": (
            lambda c: only(c.dx, np.s_[:, :, :2])
        ),
        "Yours repeats the whole map along one axis; it should repeat each entry: np.repeat, not np.tile.": (
            lambda c: np.tile(np.repeat(each_map(c.W) * c.dy, 2, axis=3), (1, 1, 2, 1)),
            lambda c: np.tile(np.repeat(each_map(c.W) * c.dy, 2, axis=2), (1, 1, 1, 2)),
        ),
        "Yours repeats along the maps or images; it should repeat along axis 2, and then along axis 3.": (
            lambda c: np.repeat(np.repeat(each_map(c.W) * c.dy, 2, axis=1), 2, axis=2),
            lambda c: np.repeat(np.repeat(each_map(c.W) * c.dy, 2, axis=0), 2, axis=1),
            lambda c: np.repeat(np.repeat(each_map(c.W) * c.dy, 2, axis=1), 2, axis=3),
        ),
        "Yours has no stride of 2, so that windows overlap; it should begin at row 2 h and column 2 w.": (
            lambda c: without_stride(c, add=False),
            lambda c: without_stride(c, add=True),
        ),
        "Yours has s for dy; it should be W dy for each pixel.": lambda c: repeated(each_map(c.W) * window_sums(c.x)),
        "Yours gives each pixel 4 W dy; it should be W dy for each pixel.": lambda c: 4 * c.dx,
        "Yours has no dy; it should be W dy for each pixel.": lambda c: repeated(each_map(c.W) + 0 * c.dy),
        "Yours gives W dy to the largest pixel only, as max pooling does; it should give it to all four.": (
            lambda c: c.dx * (c.x == repeated(grouped(c.x).max(axis=(3, 5))))
        ),
        "Yours squares W; it should not: backward2 does.": lambda c: repeated(each_map(c.W) ** 2 * c.dy),
    },
)


def without_stride(c, add):
    dx = np.zeros_like(c.dx)
    for h, w in np.ndindex(c.dy.shape[2:]):
        share = (each_map(c.W) * c.dy)[:, :, h : h + 1, w : w + 1]
        field = np.s_[:, :, h : h + 2, w : w + 2]
        dx[field] = share + add * dx[field]
    return dx


def sums_of(result, products):
    """The mistakes in dW and db, which sum products over the images, rows and columns."""
    others = [axes for n in (1, 2, 3) for axes in combinations(range(4), n) if axes not in ((0, 2, 3), (2, 3))]
    sentences = {
        f"Yours averages {result} over the batch; it should sum: the 1/N is in the loss.": (
            lambda c: products(c).sum(axis=(0, 2, 3)) / len(c.x)
        ),
        f"Yours is the mean; {result} should be the sum over images, rows and columns.": (
            lambda c: products(c).mean(axis=(0, 2, 3)),
            lambda c: products(c).mean(axis=(2, 3)).sum(axis=0),
        ),
        f"Yours sums over the wrong axes; {result} should be the sum over axes 0, 2 and 3, one number for each map.": [
            lambda c, axes=axes: products(c).sum(axis=axes) for axes in others
        ],
        f"Yours is not summed; {result} should be the sum over axes 0, 2 and 3, one number for each map.": products,
        f"Yours is {result} of the last image alone; it should be the sum over all images.": (
            lambda c: products(c)[-1].sum(axis=(1, 2))
        ),
        f"Yours is {result} of the first image alone; it should be the sum over all images.": (
            lambda c: products(c)[0].sum(axis=(1, 2))
        ),
        f"Yours multiplies {result} by W; it should not.": lambda c: c.W * products(c).sum(axis=(0, 2, 3)),
        f"Yours is {result} of all maps together; it should have one number for each map: axes 0, 2 and 3.": (
            lambda c: np.full_like(c.W, products(c).sum())
        ),
    }
    return wrongs(result, sentences)


DW = sums_of("dW", lambda c: c.dy * window_sums(c.x)) + wrongs(
    "dW",
    {
        "Yours has no sums s; it should be dW = sum dy s, with the s of forward.": lambda c: c.dy.sum(axis=(0, 2, 3)),
        "Yours has the mean of the window for s; it should be dW = sum dy s, with the sums of forward.": (
            lambda c: c.dW / 4
        ),
        "Yours has y for s; it should be dW = sum dy s, with the s of forward.": (
            lambda c: (c.dy * line(c, window_sums(c.x))).sum(axis=(0, 2, 3))
        ),
        "Yours uses one pixel of each window for s; it should be dW = sum dy s, with the sum of all four.": [
            lambda c, i=i, j=j: (c.dy * pixels(c.x, (i, j))).sum(axis=(0, 2, 3)) for i, j in np.ndindex(2, 2)
        ],
        "Yours has W for s; it should be dW = sum dy s, with the s of forward.": (
            lambda c: (c.dy * each_map(c.W)).sum(axis=(0, 2, 3))
        ),
        "Yours has the wrong sign; it should be dW = sum dy s.": lambda c: -c.dW,
        "Yours has no dy; it should be dW = sum dy s.": lambda c: window_sums(c.x).sum(axis=(0, 2, 3)),
        "Yours is the product of two sums; it should multiply dy and s first, and then sum.": (
            lambda c: c.db * window_sums(c.x).sum(axis=(0, 2, 3))
        ),
        "Yours squares s; it should not: backward2 does.": (
            lambda c: (c.dy * window_sums(c.x) ** 2).sum(axis=(0, 2, 3))
        ),
    },
)
DB = sums_of("db", lambda c: c.dy) + wrongs(
    "db",
    {
        "Yours counts each dy 4 times; db should be the sum of dy: b is added once to each y.": lambda c: 4 * c.db,
        "Yours multiplies by s; db should be the sum of dy alone.": lambda c: c.dW,
        "Yours is 1 everywhere; db should be the sum of dy.": lambda c: np.ones_like(c.b),
    },
)

SUBSAMPLING = Exercise(
    name="subsampling",
    title="a learned coefficient for the sum of each 2x2 window",
    target=Subsampling,
    methods=("forward", "backward"),
    task="forward returns y and stores the sums as self.s (N, C, H/2, W/2). backward sets self.dW and "
    "self.db, one number for each map, and returns dE/dx.",
    contract={
        "": "The paper's subsampling: the sum of each 2x2 window, times a coefficient, plus a bias "
        "(II.B, S2).\n"
        "x: (N, C, H, W) with even H and W; y, s: (N, C, H/2, W/2); W, b: (C,), a coefficient and a "
        "bias for each map. Windows do not overlap.",
        "forward": "Return y, and store the sums as self.s.",
        "backward": "Take dE/dy, set self.dW and self.db, and return dE/dx.",
    },
    shows=(subsample, Subsampling._back, subsample_back),
    kind=LayerPass(leaves=("s",)),
    tiny=lambda rng, dtype: maps_case(rng, dtype, 2, 1, 2, 4, draw=whole),
    draw=lambda rng, dtype: maps_case(rng, dtype, 5, 3, 6, 6),  # C = H/2 = W/2: what broadcasts wrongly has a name
    real=lambda rng, dtype: [maps_case(rng, dtype, 2, 6, 28, 28), maps_case(rng, dtype, 2, 16, 10, 10)],
    odd=lambda rng, dtype: [
        maps_case(rng, dtype, 1, 1, 2, 2),
        maps_case(rng, dtype, 2, 3, 4, 6),
        maps_case(rng, dtype, 2, 3, 6, 4),
        maps_case(rng, dtype, 3, 3, 2, 4),
        maps_case(rng, dtype, 4, 4, 4, 4),
        maps_case(rng, dtype, 2, 2, 4, 4),
        maps_case(rng, dtype, 3, 2, 4, 10),
        maps_case(rng, dtype, 3, 2, 8, 2, memory=gaps),
    ],
    wrong={
        "forward": FORWARD + in_a_loop("y", lambda c: line(c, window_sums(c.x)), "image") + STORED,
        "backward": DX + in_a_loop("dx", lambda c: c.dx, "image") + DW + DB,
    },
    hints=(
        "x.reshape(N, C, H/2, 2, W/2, 2) has the two rows of a window on axis 3 and its two columns on axis 5.",
        "W and b are (C,). To multiply (N, C, H, W), W needs two more axes: W[:, None, None]; b likewise.",
        "backward: dW and db are sums over axes 0, 2 and 3; one number for each map remains.",
        "dx: each pixel of a window gets W dy of its window. np.repeat(..., 2, axis=2), then along axis 3.",
    ),
)
