"""The exercise on Subsampling."""

from itertools import combinations

import numpy as np

from scratchnet.exercises.cases import gaps, layer_case, whole
from scratchnet.exercises.definition import Exercise
from scratchnet.exercises.kinds import LayerPass
from scratchnet.exercises.topics.families import in_a_loop, wrongs
from scratchnet.kernels import subsample, subsample_back
from scratchnet.layers import Subsampling
from scratchnet.layers.squash import A, S


def maps_case(rng, dtype, images, maps, height, width, **options):
    sizes = {"pixels of a window": 4, "outputs of a map": height * width // 4}
    return layer_case(Subsampling, rng, dtype, (images, maps, height, width), maps, sizes=sizes, **options)


def each_map(a):
    return a[:, None, None]


def grouped(x):
    """Return x with the rows of a window on axis 3, and its columns on axis 5."""
    N, C, H, W = x.shape
    return x.reshape(N, C, H // 2, 2, W // 2, 2)


def window_sums(x):
    return grouped(x).sum(axis=(3, 5))


def line(c, s):
    """W s + b, for other sums s."""
    return each_map(c.W) * s + each_map(c.b)


def repeated(a):
    return np.repeat(np.repeat(a, 2, axis=2), 2, axis=3)


def in_turn(c, sums):
    """Fill s window by window with sums(h, w)."""
    s = np.zeros_like(window_sums(c.x))
    for h, w in np.ndindex(s.shape[2:]):
        s[:, :, h, w] = sums(h, w)
    return s


def of_last_axes(x):
    N, C, H, W = x.shape
    return x.reshape(N, C, H // 2, W // 2, 2, 2).sum(axis=(4, 5))


def running(c):
    sums = window_sums(c.x)
    return sums.reshape(*sums.shape[:2], -1).cumsum(axis=2).reshape(sums.shape)


def quarters(x):
    """The pixels half an image apart, instead of neighbours."""
    h, w = x.shape[2] // 2, x.shape[3] // 2
    return x[:, :, :h, :w] + x[:, :, h:, :w] + x[:, :, :h, w:] + x[:, :, h:, w:]


def pixels(x, *places):
    """The sum of some pixels of each window: (row, column) of each."""
    return sum(grouped(x)[:, :, :, i, :, j] for i, j in places)


def in_first_rows(s, n):
    alone = np.zeros_like(s)
    alone[:, :, :n] = s[:, :, :n]
    return alone


OTHER_AXES = [axes for n in (1, 2) for axes in combinations((2, 3, 4, 5), n) if axes != (3, 5)]
FORWARD = wrongs(
    "y",
    {
        "Yours takes the mean of the window; it should take the sum (paper, II.B).": (
            lambda c: line(c, window_sums(c.x) / 4)
        ),
        "Yours has no bias; it should add b.": lambda c: each_map(c.W) * window_sums(c.x),
        "Yours subtracts the bias b; it should add it.": lambda c: each_map(c.W) * window_sums(c.x) - each_map(c.b),
        "Yours has no coefficient; it should be W s + b.": lambda c: window_sums(c.x) + each_map(c.b),
        "Yours is W (s + b); it should be W s + b.": lambda c: each_map(c.W) * (window_sums(c.x) + each_map(c.b)),
        "Yours is W + s + b; it should be W s + b.": lambda c: each_map(c.W) + window_sums(c.x) + each_map(c.b),
        "Yours has W and b in each other's place; it should be W s + b.": (
            lambda c: each_map(c.b) * window_sums(c.x) + each_map(c.W)
        ),
        "Yours adds b four times, once for each pixel; it should add it once, after the sum.": (
            lambda c: line(c, window_sums(c.x)) + 3 * each_map(c.b)
        ),
        "Yours takes the largest of the window; it should take the sum.": lambda c: line(
            c, grouped(c.x).max(axis=(3, 5))
        ),
        "Yours takes the smallest of the window; it should take the sum.": (
            lambda c: line(c, grouped(c.x).min(axis=(3, 5)))
        ),
        "Yours uses one pixel of each window; it should sum all four.": [
            lambda c, place=place: line(c, pixels(c.x, place)) for place in np.ndindex(2, 2)
        ],
        "Yours uses two pixels of each window; it should sum all four.": [
            lambda c, two=two: line(c, pixels(c.x, *two)) for two in combinations(np.ndindex(2, 2), 2)
        ],
        "Yours uses three pixels of each window; it should sum all four.": [
            lambda c, three=three: line(c, pixels(c.x, *three)) for three in combinations(np.ndindex(2, 2), 3)
        ],
        "Yours adds pixels half an image apart; it should add neighbours: reshape(N, C, H // 2, 2, W // 2, 2).": (
            lambda c: line(c, quarters(c.x))
        ),
        "Yours mixes pixels, with 2, 2 as the last axes; it should be reshape(N, C, H // 2, 2, W // 2, 2).": lambda c: (
            line(c, of_last_axes(c.x))
        ),
        "Yours sums over other axes; it should sum over axes 3 and 5, the two rows and the two columns of a window.": [
            lambda c, axes=axes: line(c, grouped(c.x).sum(axis=axes)) for axes in OTHER_AXES
        ],
        "Yours has no stride of 2, so that windows overlap; it should begin at row 2 h and column 2 w.": (
            lambda c: line(c, in_turn(c, lambda h, w: c.x[:, :, h : h + 2, w : w + 2].sum(axis=(2, 3))))
        ),
        "Yours goes on with the sum of the window before; it should start again at 0 for each window.": (
            lambda c: line(c, running(c))
        ),
        "Yours sums over the images and maps too; it should sum over the rows and columns of a window: axis=(2, 3).": (
            lambda c: line(c, np.broadcast_to(window_sums(c.x).sum(axis=(0, 1)), window_sums(c.x).shape))
        ),
        "Yours does the first row of windows only; it should do all: is `return` inside of the loop?": (
            lambda c: line(c, in_first_rows(window_sums(c.x), 1))
        ),
        "Yours spreads W and b along the columns of y; it should give each map its own: self.W[:, None, None].": (
            lambda c: c.W * window_sums(c.x) + c.b
        ),
        "Yours spreads W and b along the rows of y; it should give each map its own: self.W[:, None, None].": (
            lambda c: c.W[:, None] * window_sums(c.x) + c.b[:, None]
        ),
        "Yours spreads b along the columns or rows of y; it should give each map its own: self.b[:, None, None].": (
            lambda c: each_map(c.W) * window_sums(c.x) + c.b,
            lambda c: each_map(c.W) * window_sums(c.x) + c.b[:, None],
        ),
        "Yours spreads W along the columns or rows of y; it should give each map its own: self.W[:, None, None].": (
            lambda c: c.W * window_sums(c.x) + each_map(c.b),
            lambda c: c.W[:, None] * window_sums(c.x) + each_map(c.b),
        ),
        "Yours spreads W and b along the images; it should give each map its own: self.W[:, None, None].": (
            lambda c: c.W[:, None, None, None] * window_sums(c.x) + c.b[:, None, None, None]
        ),
        "Yours gives every map the W and b of the first map; it should give each map its own.": (
            lambda c: c.W[0] * window_sums(c.x) + c.b[0]
        ),
        "Yours uses the sum of W for every map; it should give each map its own: self.W[:, None, None].": (
            lambda c: c.W.sum() * window_sums(c.x) + c.b.sum(),
            lambda c: c.W.sum() * window_sums(c.x) + each_map(c.b),
        ),
        "Yours has tanh in it; it should not: squashing is a layer of its own.": (
            lambda c: np.tanh(line(c, window_sums(c.x))),
            lambda c: A * np.tanh(S * line(c, window_sums(c.x))),
        ),
        "Yours sums the squares; it should sum the pixels.": lambda c: line(c, window_sums(c.x**2)),
    },
)
STORED = wrongs(
    "self.s",
    {
        "Yours stores W s; self.s should be the sums alone.": lambda c: each_map(c.W) * window_sums(c.x),
        "Yours stores y; self.s should be the sums alone.": lambda c: line(c, window_sums(c.x)),
        "Yours stores the mean of each window; self.s should be the sum.": lambda c: window_sums(c.x) / 4,
        "Yours stores x; self.s should be the sums.": lambda c: c.x,
    },
)

DX = wrongs(
    "dx",
    {
        "Yours divides dx by 4; it should not: the window was summed, so each pixel gets all of W dy.": (
            lambda c: c.dx / 4
        ),
        "Yours has no coefficient W in dx; it should.": lambda c: repeated(c.dy),
        "Yours divides by W; it should multiply: each pixel gets W dy.": lambda c: repeated(c.dy / each_map(c.W)),
        "Yours gives one pixel of each window its share; it should give all four theirs.": [
            lambda c, i=i, j=j: at_one_pixel(c.dx, i, j) for i, j in np.ndindex(2, 2)
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
        "Yours has no dy; it should be W dy for each pixel.": lambda c: repeated(each_map(c.W) + 0 * c.dy),
        "Yours gives W dy to the largest pixel only, as max pooling does; it should give it to all four.": (
            lambda c: c.dx * (c.x == repeated(grouped(c.x).max(axis=(3, 5))))
        ),
        "Yours squares W; it should not: backward2 does.": lambda c: repeated(each_map(c.W) ** 2 * c.dy),
    },
)


def at_one_pixel(dx, i, j):
    alone = np.zeros_like(dx)
    alone[:, :, i::2, j::2] = dx[:, :, i::2, j::2]
    return alone


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
    number=0,
    name="subsampling",
    lesson=8,
    title="a learned coefficient for the sum of each 2x2 window",
    target=Subsampling,
    methods=("forward", "backward"),
    task="forward returns y and stores the sums as self.s (N, C, H/2, W/2). backward sets self.dW and "
    "self.db, one number for each map, and returns dE/dx.",
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
