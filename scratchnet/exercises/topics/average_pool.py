"""The exercise on average pooling with windows that may overlap."""

import numpy as np

from scratchnet.exercises.cases import gaps, layer_case, whole
from scratchnet.exercises.definition import Exercise
from scratchnet.exercises.kinds import LayerPass
from scratchnet.exercises.topics.families import in_a_loop, wrongs
from scratchnet.kernels import average_pool, average_pool_back
from scratchnet.layers import AvgPool2d


def pool_case(rng, dtype, shape, window, stride=None, padding=0, **options):
    """Return a Case of windows."""
    kh, kw = np.broadcast_to(window, 2).tolist()
    sizes = {"pixels of a window": kh * kw}
    return layer_case(AvgPool2d, rng, dtype, shape, window, stride, padding, sizes=sizes, **options)


def layer(c, **changes):
    """Return the library's layer of a case, with other windows, strides or paddings."""
    given = dict(zip(("window", "stride", "padding"), c.args)) | changes
    return AvgPool2d(**given)


def pair(value):
    return tuple(np.broadcast_to(value, 2).tolist())


def settings(c):
    """Return the pairs window, stride, padding."""
    made = layer(c)
    return made.window, made.stride, made.padding


def windows(c, x=None, border=0.0):
    """Return the pixels of each window, (N, C, OH, OW, kh, kw)."""
    (kh, kw), (sh, sw), (ph, pw) = settings(c)
    x = np.pad(c.x if x is None else x, ((0, 0), (0, 0), (ph, ph), (pw, pw)), constant_values=border)
    OH, OW = (x.shape[2] - kh) // sh + 1, (x.shape[3] - kw) // sw + 1
    rows = sh * np.arange(OH)[:, None, None, None] + np.arange(kh)[:, None]
    columns = sw * np.arange(OW)[:, None, None] + np.arange(kw)
    return x[:, :, rows, columns]


def spread(c, share, store=False, cut=True):
    """Return dx. share: what each pixel gets of the dy of a window, as an array like dy; store: '=' for '+='."""
    (kh, kw), (sh, sw), (ph, pw) = settings(c)
    N, C, H, W = c.x.shape
    dx = np.zeros((N, C, H + 2 * ph, W + 2 * pw))
    for h, w in np.ndindex(share.shape[2:]):
        at = np.s_[:, :, sh * h : sh * h + kh, sw * w : sw * w + kw]
        dx[at] = share[:, :, h, w, None, None] + (0 if store else dx[at])
    return dx[:, :, ph : ph + H, pw : pw + W] if cut else dx[:, :, :H, :W]


def pixels(c):
    return np.prod(settings(c)[0])


def other(c, **changes):
    return layer(c, **changes).forward(np.ascontiguousarray(c.x))


def overlapping(c):
    """Return how many pixels of windows a pixel of x is in."""
    return spread(c, np.ones_like(c.dy))


Y = wrongs(
    "y",
    {
        "Yours is the sum of each window; it should be the mean.": lambda c: c.y * pixels(c),
        "Yours is the largest of each window; it should be the mean.": lambda c: windows(c).max(axis=(4, 5)),
        "Yours is the smallest of each window; it should be the mean.": lambda c: windows(c).min(axis=(4, 5)),
        "Yours is the median of each window; it should be the mean.": lambda c: np.median(windows(c), axis=(4, 5)),
        "Yours has no stride; window h should begin at row h * stride.": (
            lambda c: other(c, stride=1),
            lambda c: other(c, stride=1)[:, :, : c.dy.shape[2], : c.dy.shape[3]],
        ),
        "Yours takes the window for the stride; window h should begin at row h * stride.": lambda c: other(
            c, stride=settings(c)[0]
        ),
        "Yours has the two strides in each other's place; the first should be that of the rows.": lambda c: other(
            c, stride=settings(c)[1][::-1]
        ),
        "Yours has the height and the width of the window in each other's place; the height should be first.": (
            lambda c: other(c, window=settings(c)[0][::-1], stride=settings(c)[1])
        ),
        "Yours has no padding; x should get a border of zeros.": lambda c: other(c, padding=0, stride=settings(c)[1]),
        "Yours leaves the padding out of the mean; its zeros should count as pixels.": lambda c: (
            c.y * pixels(c) / windows(c, np.ones_like(c.x)).sum(axis=(4, 5))
        ),
        "Yours divides by the height of the window only; it should divide by all of its pixels.": lambda c: (
            c.y * settings(c)[0][1]
        ),
        "Yours divides by the width of the window only; it should divide by all of its pixels.": lambda c: (
            c.y * settings(c)[0][0]
        ),
        "Yours takes the first pixel of each window; it should take the mean of all.": lambda c: windows(c)[..., 0, 0],
        "Yours means over the maps too; each map should be by itself.": lambda c: np.broadcast_to(
            c.y.mean(axis=1, keepdims=True), c.y.shape
        ),
        "Yours divides by 4 whatever the window; it should divide by its number of pixels.": lambda c: (
            c.y * pixels(c) / 4
        ),
    },
)
DX = wrongs(
    "dx",
    {
        "Yours does not divide; each pixel should get dy / K, with K pixels in a window.": lambda c: c.dx * pixels(c),
        "Yours divides by K twice; it should divide once.": lambda c: c.dx / pixels(c),
        "Yours keeps the last window of a pixel only; it should add up where windows overlap: '+=' and not '='.": (
            lambda c: spread(c, c.dy / pixels(c), store=True)
        ),
        "Yours does not cut the border off; it should: rows padding to padding + H.": lambda c: spread(
            c, c.dy / pixels(c), cut=False
        ),
        "Yours divides by the number of windows a pixel is in; it should add their shares up.": lambda c: (
            c.dx / np.maximum(overlapping(c), 1)
        ),
        "Yours gives all of dy to one pixel; each pixel of the window should get dy / K.": lambda c: corner(c),
        "Yours multiplies by x; the slope of a mean should be 1 / K.": lambda c: c.dx * c.x,
        "Yours divides by the height of the window only; it should divide by all of its pixels.": lambda c: (
            c.dx * settings(c)[0][1]
        ),
        "Yours divides by the width of the window only; it should divide by all of its pixels.": lambda c: (
            c.dx * settings(c)[0][0]
        ),
        "Yours gives dy to the largest pixel of a window, as in max-pooling; each should get dy / K.": lambda c: winner(
            c
        ),
        "Yours divides by 4 whatever the window; it should divide by its number of pixels.": lambda c: (
            c.dx * pixels(c) / 4
        ),
        "Yours is 1 / K everywhere; it should be multiplied by dy.": lambda c: overlapping(c) / pixels(c),
        "Yours has the other sign; it should be dy / K.": lambda c: -c.dx,
    },
)


def corner(c):
    """Return dx where the first pixel of a window gets all of dy."""
    (_, _), (sh, sw), (ph, pw) = settings(c)
    N, C, H, W = c.x.shape
    dx = np.zeros((N, C, H + 2 * ph, W + 2 * pw))
    OH, OW = c.dy.shape[2:]
    dx[:, :, : sh * OH : sh, : sw * OW : sw] = c.dy
    return dx[:, :, ph : ph + H, pw : pw + W]


def winner(c):
    """Return dx of max-pooling, where the padding is 0."""
    (_, kw), (sh, sw), (ph, pw) = settings(c)
    N, C, H, W = c.x.shape
    dx = np.zeros((N, C, H + 2 * ph, W + 2 * pw))
    best = windows(c).reshape(*c.dy.shape, -1).argmax(axis=-1)
    for n, m, h, w in np.ndindex(c.dy.shape):
        i, j = divmod(int(best[n, m, h, w]), kw)
        dx[n, m, sh * h + i, sw * w + j] += c.dy[n, m, h, w]
    return dx[:, :, ph : ph + H, pw : pw + W]


AVERAGE_POOLING = Exercise(
    name="average-pooling",
    title="the mean of each window, with any window, stride and padding",
    target=AvgPool2d,
    methods=("forward", "backward"),
    task="Subsampling without its coefficient, for windows that may overlap and may leave pixels out. self.window, "
    "self.stride and self.padding are pairs: rows, columns. OH is output_size(H, kh, sh, ph), and OW likewise.",
    contract={
        "": "Average pooling: each output is the mean of a window of one map.\n"
        "x, dx: (N, C, H, W); y, dy: (N, C, OH, OW). Around each map is a border of `padding` zeros, which count as "
        "pixels. Windows begin `stride` pixels apart; one that does not fit any more is left out.",
        "forward": "Return y, in the dtype of x, and store on self what backward needs.",
        "backward": "Take dE/dy and return dE/dx, in the dtype of dy.",
    },
    gives=("from scratchnet.kernels import output_size",),
    kind=LayerPass(),
    shows=(average_pool, AvgPool2d._back, average_pool_back),
    tiny=lambda rng, dtype: pool_case(rng, dtype, (1, 1, 3, 4), 2, 1, draw=whole),
    draw=lambda rng, dtype: pool_case(rng, dtype, (3, 2, 7, 8), (3, 2), (2, 1), 1),
    real=lambda rng, dtype: [pool_case(rng, dtype, (2, 6, 28, 28), 2)],
    odd=lambda rng, dtype: [
        pool_case(rng, dtype, (1, 1, 2, 2), 2),
        pool_case(rng, dtype, (2, 3, 7, 7), 2, 3),
        pool_case(rng, dtype, (2, 3, 5, 6), 3, 2),
        pool_case(rng, dtype, (2, 2, 6, 5), (4, 3), 2, (2, 1)),
        pool_case(rng, dtype, (2, 2, 4, 4), 1),
        pool_case(rng, dtype, (3, 2, 6, 6), 3, 1, memory=gaps),
    ],
    wrong={
        "forward": Y + in_a_loop("y", lambda c: windows(c).mean(axis=(4, 5)), "image"),
        "backward": DX + in_a_loop("dx", lambda c: c.dx, "image"),
    },
    hints=(
        "np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw))), then window (h, w) is [:, :, sh*h : sh*h + kh, sw*w : sw*w "
        "+ kw].",
        "Two loops over h and w, or over the places i and j inside a window: x[:, :, i : i + sh*OH : sh, j : j + "
        "sw*OW : sw].",
        "Each pixel of a window has the weight 1 / K in its mean, so it gets dy / K; in several windows it gets a sum.",
        "Backward fills an array with the border, by +=, and cuts the border off at the end.",
    ),
)
