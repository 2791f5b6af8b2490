"""The mistakes in the sums of 2x2 windows, for the exercise on Subsampling."""

from itertools import combinations

import numpy as np

from scratchnet.exercises.topics.families import wrongs
from scratchnet.layers.squash import A, S


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


def only(s, at):
    """s at one index, and 0 elsewhere."""
    alone = np.zeros_like(s)
    alone[at] = s[at]
    return alone


FIRST = (np.s_[0], np.s_[0, 0], np.s_[0, 0, 0], np.s_[0, 0, 0, 0], np.s_[:, 0], np.s_[:, :, 0, 0])
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
            lambda c: line(c, only(window_sums(c.x), np.s_[:, :, :1]))
        ),
        "Yours sums the first image or map only, or one window; it should do all: is `return` inside of the loops?": [
            lambda c, at=at: line(c, only(window_sums(c.x), at)) for at in FIRST
        ],
        "Yours takes half of the sum; it should take the sum of the window.": lambda c: line(c, window_sums(c.x) / 2),
        "Yours has the logistic function in it; it should not: squashing is a layer of its own.": (
            lambda c: 1 / (1 + np.exp(-line(c, window_sums(c.x))))
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
