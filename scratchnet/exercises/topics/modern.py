"""The exercises on layers newer than the paper: the rectifier, max pooling."""

import numpy as np

from scratchnet.exercises.cases import gaps, layer_case, normal, whole
from scratchnet.exercises.definition import Exercise
from scratchnet.exercises.kinds import LayerPass
from scratchnet.exercises.topics.families import in_a_loop, one_row, wrongs
from scratchnet.exercises.topics.first_layers import any_shape
from scratchnet.kernels import max_pool_back, where_positive
from scratchnet.layers import MaxPool2d, ReLU


def with_zeros(rng, shape, dtype):
    return rng.choice([-2, -1, 0, 0, 1, 2, 3], size=shape).astype(dtype)


def zero_case(rng, dtype):
    case = layer_case(ReLU, rng, dtype, (2, 4), draw=with_zeros)
    case.arrays["x"].flat[:3] = [0, 2, -1]
    case.arrays["dy"].flat[:3] = [5, 3, 4]
    return case


CUT_OFF = "Yours cuts off large x; it should not: y = x for every positive x."
LEAKY = "Yours is the leaky rectifier; it should be 0 for negative x."
LEAKY_SLOPE = "Yours has the slope of the leaky rectifier; it should be 0 where x < 0."
RELU_FORWARD = wrongs(
    "y",
    {
        "Yours is |x|; it should be 0 for negative x.": lambda c: np.abs(c.x),
        "Yours is min(x, 0); it should be max(x, 0).": lambda c: np.minimum(c.x, 0),
        "Yours is the larger of x and another number than 0; it should be max(x, 0).": [
            lambda c, low=low: np.maximum(c.x, low) for low in (1, 0.1, 0.01, 0.5, -1)
        ],
        "Yours leaves x unchanged; negative entries should become 0.": lambda c: c.x,
        "Yours is -x for negative x and 0 else; it should be max(x, 0).": lambda c: np.maximum(-c.x, 0),
        "Yours is 1 where x > 0; it should be x there.": lambda c: (c.x > 0) * 1.0,
        "Yours is the sign of x; it should be x where x > 0, and 0 else.": lambda c: np.sign(c.x),
        "Yours squares x; it should be x where x > 0.": lambda c: c.x * np.maximum(c.x, 0),
        LEAKY: [lambda c, a=a: np.where(c.x > 0, c.x, a * c.x) for a in (0.001, 0.01, 0.02, 0.1, 0.2, 0.25, 0.3)],
        "Yours is the exponential unit; it should be 0 for negative x.": lambda c: np.where(
            c.x > 0, c.x, np.exp(c.x) - 1
        ),
        "Yours is the smooth log(1 + e^x); it should be max(x, 0).": lambda c: np.log(1 + np.exp(c.x)),
        "Yours is the logistic function; it should be max(x, 0).": lambda c: 1 / (1 + np.exp(-c.x)),
        "Yours is tanh; it should be max(x, 0).": lambda c: np.tanh(c.x),
        CUT_OFF: [lambda c, top=top: np.clip(c.x, 0, top) for top in (1, 6, 10)],
        "Yours is np.max(x, 0), the largest along axis 0; it should be np.maximum(x, 0), entry by entry.": (
            lambda c: c.x.max(axis=0)
        ),
        "Yours leaves out the negative entries; it should keep their places, with 0 there.": lambda c: c.x[c.x > 0],
    },
)
RELU_STORED = wrongs(
    "self.y",
    {
        "Yours stores where x > 0; self.y should be y, which forward returns.": lambda c: c.x > 0,
        "Yours stores x; self.y should be y, which forward returns.": lambda c: c.x,
    },
)
RELU_BACKWARD = wrongs(
    "dx",
    {
        "Yours has slope 1 at x = 0; it should be 0 there: x > 0, not x >= 0.": lambda c: c.dy * (c.x >= 0),
        "Yours looks at the sign of dy; it should look at the sign of x.": (
            lambda c: np.maximum(c.dy, 0),
            lambda c: (c.dy > 0) * 1.0,
        ),
        "Yours is the slope alone; it should be multiplied by dy.": (lambda c: (c.x > 0) * 1.0, lambda c: c.x > 0),
        "Yours passes dy on everywhere; it should only where x > 0.": lambda c: c.dy,
        "Yours multiplies dy by x; it should multiply by the slope, 1 where x > 0.": (
            lambda c: c.dy * np.maximum(c.x, 0),
            lambda c: c.dy * c.x,
        ),
        "Yours multiplies dy by the sign of x; it should multiply by 1 where x > 0, and by 0 else.": (
            lambda c: c.dy * np.sign(c.x),
            lambda c: np.where(c.x > 0, c.dy, -c.dy),
        ),
        "Yours passes dy on where x < 0; it should where x > 0.": (
            lambda c: c.dy * (c.x < 0),
            lambda c: c.dy * (c.x <= 0),
        ),
        "Yours is 1 where it should be dy, or dy where it should be 0; it should be dy where x > 0, and 0 else.": (
            lambda c: np.where(c.x > 0, 1, c.dy),
            lambda c: np.where(c.x > 0, c.dy, 1),
            lambda c: np.where(c.x > 0, np.maximum(c.x, 0), c.dy),
        ),
        "Yours has the wrong sign; it should be dy where x > 0, and 0 else.": lambda c: -c.dy * (c.x > 0),
        "Yours leaves out entries; it should keep their places, with 0 where x <= 0.": lambda c: c.dy[c.x > 0],
        "Yours adds the slope to dy; it should multiply the two.": lambda c: c.dy + (c.x > 0),
        "Yours passes dy on where x > 1; it should where x > 0.": lambda c: c.dy * (c.x > 1),
        "Yours is y; it should be dy where x > 0, and 0 else.": lambda c: np.maximum(c.x, 0),
        "Yours has dy and y in each other's place; it should be dy where y > 0.": (
            lambda c: np.maximum(c.x, 0) * (c.dy > 0)
        ),
        "Yours cuts off negative dy; it should pass on every dy where x > 0.": (
            lambda c: np.maximum(c.dy, 0) * (c.x > 0),
            lambda c: np.abs(c.dy) * (c.x > 0),
        ),
        LEAKY_SLOPE: [
            lambda c, a=a: np.where(c.x > 0, c.dy, a * c.dy) for a in (0.001, 0.01, 0.02, 0.1, 0.2, 0.25, 0.3)
        ],
    },
)

RELU = Exercise(
    name="relu",
    title="the rectifier",
    target=ReLU,
    methods=("forward", "backward"),
    task="forward returns y and stores it as self.y. backward takes dE/dy and returns dE/dx.",
    contract={
        "": "The rectifier: negative numbers become 0.\n"
        "x, y, dy, dx: any shape, all of them the same. At 0 there is no slope; take 0, as PyTorch "
        "does.",
        "forward": "Return y, and store it as self.y.",
        "backward": "Take dE/dy and return dE/dx.",
    },
    shows=(where_positive,),
    kind=LayerPass(leaves=("y",)),
    **any_shape(ReLU) | {"tiny": lambda rng, dtype: zero_case(rng, dtype)},
    wrong={
        "forward": RELU_FORWARD + in_a_loop("y", lambda c: np.maximum(c.x, 0)) + RELU_STORED,
        "backward": RELU_BACKWARD + in_a_loop("dx", lambda c: c.dy * (c.x > 0)),
    },
    hints=(
        "forward: np.maximum(x, 0) compares entry by entry. np.max would give one number.",
        "backward: dE/dx is dE/dy where x > 0, else 0. y > 0 exactly where x > 0, so you can use self.y.",
        "A comparison gives True and False, which multiply as 1 and 0: dy * (self.y > 0).",
    ),
)


def pool_case(
    rng, dtype, images, maps, height, width, window, stride=None, padding=0, draw=normal, memory=np.ascontiguousarray
):
    shape = (images, maps, height, width)
    sizes = {"window": window, "stride": stride, "padding": padding}
    return layer_case(MaxPool2d, rng, dtype, shape, draw=draw, memory=memory, **sizes)


def tie_case(rng, dtype):
    case = pool_case(rng, dtype, 1, 1, 3, 3, 2, 1, draw=whole)
    case.arrays["x"][...] = np.array([[1, 3, 2], [3, 0, 3], [0, 1, 2]])
    return case


def wide_case(rng, dtype):
    """Wider than high, with winners whose place, divided by the height, is no index out of bounds."""
    case = pool_case(rng, dtype, 2, 2, 4, 6, (2, 3), (2, 3))
    case.arrays["x"][:, :, ::2, ::3] = 9
    return case


def layer_of(c):
    layer = MaxPool2d(c.window, c.stride, c.padding)
    layer.forward(c.x)
    return layer


def given_out(c, dy, add=np.add, place=None, image=1, map=1):
    """Return dx of max pooling with another dy, another way to add, or other places for it.

    place: of a pixel in its map, by default the winner's; image, map: 0 for the first one only.
    """
    n, channel = np.indices(dy.shape)[:2]
    dx = np.zeros((*c.x.shape[:2], c.x[0, 0].size), c.x.dtype)
    add.at(dx, (n * image, channel * map, layer_of(c).winner if place is None else place), dy)
    return dx.reshape(c.x.shape)


def assigned(c):
    """With '=': the last window of a pixel counts."""
    dx = np.zeros((*c.x.shape[:2], c.x[0, 0].size), c.x.dtype)
    for n, channel, h, w in np.ndindex(c.dy.shape):
        dx[n, channel, layer_of(c).winner[n, channel, h, w]] = c.dy[n, channel, h, w]
    return dx.reshape(c.x.shape)


def corners(c):
    """The places of the first pixels of the windows."""
    h, w = np.ogrid[: c.dy.shape[2], : c.dy.shape[3]]
    down, right = layer_of(c).stride
    return np.broadcast_to(h * down * c.x.shape[3] + w * right, c.dy.shape)


def windows(c, row=None):
    """The places of the windows themselves, h W + w; row: another length for W."""
    h, w = np.ogrid[: c.dy.shape[2], : c.dy.shape[3]]
    return np.broadcast_to(h * (row or c.x.shape[3]) + w, c.dy.shape)


def spread(c, share=1, equal=False):
    """Every pixel of a window, or every one that is as large as the largest, gets a share of dy; without padding."""
    (kh, kw), (down, right) = layer_of(c).window, layer_of(c).stride
    dx = np.zeros_like(c.x)
    for h, w in np.ndindex(c.dy.shape[2:]):
        field = np.s_[:, :, h * down : h * down + kh, w * right : w * right + kw]
        pixels = c.x[field]
        won = pixels == pixels.max(axis=(2, 3), keepdims=True) if equal else 1
        dx[field] += c.dy[:, :, h : h + 1, w : w + 1] * won * share
    return dx


def flat(c, add):
    """The winners as indices of all of dx: everything lands in the first map."""
    dx = np.zeros_like(c.x)
    if add:
        np.add.at(dx.reshape(-1), layer_of(c).winner, c.dy)
    else:
        dx.reshape(-1)[layer_of(c).winner] = c.dy
    return dx


def one_window(c, at=(0, 0, 0, 0)):
    dy = np.zeros_like(c.dy)
    dy[at] = c.dy[at]
    return given_out(c, dy)


def without_last(dy, rows, columns):
    dy = dy.copy()
    dy[:, :, dy.shape[2] - rows :] = 0
    dy[:, :, :, dy.shape[3] - columns :] = 0
    return dy


def one_map(c):
    alone = np.zeros_like(c.dx)
    alone[0, 0] = c.dx[0, 0]
    return alone


def row_after(c, by):
    """With row and column from divmod(winner, by), the wrong length."""
    row, column = np.divmod(layer_of(c).winner, by)
    if row.max() >= c.x.shape[2] or column.max() >= c.x.shape[3]:
        raise IndexError
    return given_out(c, c.dy, place=row * c.x.shape[3] + column)


POOLING = wrongs(
    "dx",
    {
        "Yours gives a pixel one share; it should add up the shares of all windows that it won: '+=' (or np.add.at).": (
            assigned
        ),
        "Yours keeps the largest of the shares of a pixel; it should add them up.": (
            lambda c: np.maximum(given_out(c, c.dy, np.maximum), 0)
        ),
        "Yours gives all pixels of a window a share; it should give one to the winner only.": spread,
        "Yours gives all pixels of a window a part, which is for the mean; it should give all to the winner.": (
            lambda c: spread(c, 1 / np.prod(layer_of(c).window))
        ),
        "Yours gives all equal pixels a share; it should give one to the first only: use self.winner.": (
            lambda c: spread(c, equal=True)
        ),
        "Yours repeats dy over the windows; it should give dy to the winner of a window alone: self.winner.": (
            lambda c: np.repeat(np.repeat(c.dy, 2, axis=2), 2, axis=3)
        ),
        "Yours gives everything to the first map of the first image; it should use n and c too: self.winner is a place "
        "in its own map.": (lambda c: flat(c, add=True), lambda c: flat(c, add=False)),
        "Yours gives everything to the first image; it should use n: dx[n, c, ...].": (
            lambda c: given_out(c, c.dy, image=0)
        ),
        "Yours gives everything to the first map; it should use c: dx[n, c, ...].": lambda c: given_out(c, c.dy, map=0),
        "Yours pairs dy[n, c, h, w] with the winner of window (w, h); it should use the same indices, h and w, for "
        "both.": lambda c: given_out(c, c.dy.swapaxes(2, 3)),
        "Yours counts the windows that a pixel won; it should add their dy.": lambda c: given_out(
            c, np.ones_like(c.dy)
        ),
        "Yours multiplies dy by the place of the winner; it should add dy at that place.": (
            lambda c: given_out(c, c.dy * layer_of(c).winner)
        ),
        "Yours adds the place of the winner; it should add dy at that place.": (
            lambda c: given_out(c, layer_of(c).winner.astype(c.dy.dtype))
        ),
        "Yours uses the place of the window; it should use the place of its winner: self.winner[n, c, h, w].": (
            lambda c: given_out(c, c.dy, place=windows(c)),
            lambda c: given_out(c, c.dy, place=windows(c, c.dy.shape[3])),
        ),
        "Yours gives dy to the first pixel of each window; it should give it to the winner: self.winner.": (
            lambda c: given_out(c, c.dy, place=corners(c))
        ),
        "Yours does the first window only; it should do all: is `return` inside of the loops?": one_window,
        "Yours does the first map only; it should do all: is `return` inside of the loops?": one_map,
        "Yours does the first image only; it should do all: is `return` inside of the loops?": lambda c: one_row(
            c.dx, 0
        ),
        "Yours does the last image only; it should do all: is dx made anew in the loop?": lambda c: one_row(c.dx, -1),
        "Yours divides the place of the winner by H; it should divide by W: row * W + column.": (
            lambda c: row_after(c, c.x.shape[2])
        ),
        "Yours divides the place of the winner by the width of y; it should divide by W, the width of x.": (
            lambda c: row_after(c, c.dy.shape[3])
        ),
        "Yours has the wrong sign; it should add dy, not subtract it.": lambda c: -c.dx,
        "Yours has the last window only; it should have all: is dx made anew in the loop?": lambda c: one_window(
            c, (-1, -1, -1, -1)
        ),
        "Yours leaves out the last row or column of windows; it should do all: range(OH), range(OW).": (
            lambda c: given_out(c, without_last(c.dy, 1, 1)),
            lambda c: given_out(c, without_last(c.dy, 1, 0)),
            lambda c: given_out(c, without_last(c.dy, 0, 1)),
        ),
        "Yours is dy itself; it should have the shape of x, with each dy at its winner.": lambda c: c.dy,
        "Yours gives each winner the sum of dy; it should give it the dy of its window.": (
            lambda c: given_out(c, np.full_like(c.dy, c.dy.sum()))
        ),
        "Yours is 1 at the winners; it should be dy there.": lambda c: np.minimum(given_out(c, np.ones_like(c.dy)), 1),
        "Yours swaps row and column; it should be row = winner // W, column = winner % W.": lambda c: c.dx.swapaxes(
            2, 3
        ),
        "Yours uses winner // W twice; it should be row = winner // W, column = winner % W.": (
            lambda c: given_out(c, c.dy, place=layer_of(c).winner // c.x.shape[3] * (c.x.shape[3] + 1))
        ),
        "Yours uses winner % W twice; it should be row = winner // W, column = winner % W.": (
            lambda c: given_out(c, c.dy, place=layer_of(c).winner % c.x.shape[3] * (c.x.shape[3] + 1))
        ),
    },
)

MAX_POOL_BACKWARD = Exercise(
    name="max-pool-backward",
    title="only the winner of a window gets a gradient",
    target=MaxPool2d,
    methods=("backward",),
    task="forward stored self.shape, the shape of x, and self.winner (N, C, OH, OW): the place of each window's "
    "largest pixel in its map, row * W + column. Windows may overlap.",
    contract={
        "": "The largest pixel of each window; of equal ones the first, row by row.\n"
        "x: (N, C, H, W); y, winner: (N, C, OH, OW).",
        "backward": "Take dE/dy and return dE/dx, in the shape of x and the dtype of dy.",
    },
    shows=(max_pool_back,),
    kind=LayerPass(),
    tiny=lambda rng, dtype: tie_case(rng, dtype),
    draw=lambda rng, dtype: pool_case(rng, dtype, 3, 2, 7, 7, 3, 2),
    real=lambda rng, dtype: [pool_case(rng, dtype, 2, 6, 28, 28, 2, 2), pool_case(rng, dtype, 2, 16, 10, 10, 2, 2)],
    odd=lambda rng, dtype: [
        pool_case(rng, dtype, 1, 1, 1, 1, 1, 1),
        wide_case(rng, dtype),
        pool_case(rng, dtype, 2, 3, 5, 8, (2, 3), (1, 2)),
        pool_case(rng, dtype, 2, 3, 8, 5, (3, 2), (2, 1)),
        pool_case(rng, dtype, 2, 2, 2, 4, 1, 1),
        pool_case(rng, dtype, 2, 2, 6, 5, 3, 1, 1),
        pool_case(rng, dtype, 2, 2, 4, 6, 2, 2, memory=gaps),
    ],
    wrong={"backward": POOLING},
    hints=(
        "Start from zeros of shape (N, C, H*W): self.winner is the index of each dy in the last axis.",
        "Loop over n, c, h, w and add dy[n, c, h, w] at [n, c, self.winner[n, c, h, w]]; np.ndindex gives all four.",
        "Add, +=, since a pixel may have won several windows. Reshape to self.shape at the end.",
    ),
)
