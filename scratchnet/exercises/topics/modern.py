"""The exercises on layers newer than the paper: the rectifier, max pooling."""

import numpy as np

from scratchnet.exercises.cases import gaps, layer_case, normal, whole
from scratchnet.exercises.definition import Exercise, Wrong
from scratchnet.exercises.kinds import LayerPass
from scratchnet.exercises.topics.first_layers import any_shape
from scratchnet.kernels import max_pool_back, where_positive
from scratchnet.layers import MaxPool2d, ReLU


def with_zeros(rng, shape, dtype):
    return rng.choice([-2, -1, 0, 0, 1, 2, 3], size=shape).astype(dtype)


RELU = Exercise(
    number=0,
    name="relu",
    lesson=17,
    title="the rectifier",
    target=ReLU,
    methods=("forward", "backward"),
    task="forward returns y and stores it as self.y. backward takes dE/dy and returns dE/dx.",
    shows=(where_positive,),
    kind=LayerPass(leaves=("y",)),
    **any_shape(ReLU) | {"tiny": lambda rng, dtype: zero_case(rng, dtype)},
    wrong={
        "forward": (
            Wrong("y", "Yours is |x|; it should be 0 for negative x.", lambda c: np.abs(c.x)),
            Wrong("y", "Yours is min(x, 0); it should be max(x, 0).", lambda c: np.minimum(c.x, 0)),
            Wrong("y", "Yours leaves x unchanged; negative entries should become 0.", lambda c: c.x),
            Wrong("y", "Yours is 1 where x > 0; it should be x there.", lambda c: (c.x > 0) * 1.0),
        ),
        "backward": (
            Wrong(
                "dx",
                "Yours has slope 1 at x = 0; it should be 0 there: x > 0, not x >= 0.",
                lambda c: c.dy * (c.x >= 0),
            ),
            Wrong(
                "dx", "Yours looks at the sign of dy; it should look at the sign of x.", lambda c: np.maximum(c.dy, 0)
            ),
            Wrong("dx", "Yours is the slope alone; it should be multiplied by dy.", lambda c: (c.x > 0) * 1.0),
            Wrong("dx", "Yours passes dy on everywhere; it should only where x > 0.", lambda c: c.dy),
            Wrong(
                "dx",
                "Yours multiplies dy by x; it should multiply by the slope, 1 where x > 0.",
                lambda c: c.dy * np.maximum(c.x, 0),
            ),
            Wrong("dx", "Yours passes dy on where x < 0; it should where x > 0.", lambda c: c.dy * (c.x < 0)),
        ),
    },
    hints=(
        "forward: np.maximum(x, 0) compares entry by entry. np.max would give one number.",
        "backward: dE/dx is dE/dy where x > 0, else 0. y > 0 exactly where x > 0, so you can use self.y.",
        "A comparison gives True and False, which multiply as 1 and 0: dy * (self.y > 0).",
    ),
)


def zero_case(rng, dtype):
    case = layer_case(ReLU, rng, dtype, (2, 4), draw=with_zeros)
    case.arrays["x"].flat[:3] = [0, 2, -1]
    case.arrays["dy"].flat[:3] = [5, 3, 4]
    return case


def pool_case(
    rng, dtype, images, maps, height, width, window, stride=None, padding=0, draw=normal, memory=np.ascontiguousarray
):
    shape = (images, maps, height, width)
    sizes = {"window": window, "stride": stride, "padding": padding}
    return layer_case(MaxPool2d, rng, dtype, shape, draw=draw, memory=memory, **sizes)


def pooled_back(c, last=False, all_of_window=False):
    """Return dx of max pooling with a mistake, without padding."""
    window, stride = c.window, c.stride
    dx = np.zeros_like(c.x)
    for h in range(c.dy.shape[2]):
        for w in range(c.dy.shape[3]):
            field = (
                slice(None),
                slice(None),
                slice(h * stride, h * stride + window),
                slice(w * stride, w * stride + window),
            )
            pixels = c.x[field]
            won = pixels == pixels.max(axis=(2, 3), keepdims=True)
            d = c.dy[:, :, h : h + 1, w : w + 1]
            if last:
                dx[field] = np.where(won, d, dx[field])
            else:
                dx[field] += d * (1 if all_of_window else won)
    return dx


MAX_POOL_BACKWARD = Exercise(
    number=0,
    name="max-pool-backward",
    lesson=17,
    title="only the winner of a window gets a gradient",
    target=MaxPool2d,
    methods=("backward",),
    task="forward stored self.shape, the shape of x, and self.winner (N, C, OH, OW): the place of each window's "
    "largest pixel in its map, row * W + column. Windows may overlap.",
    shows=(max_pool_back,),
    kind=LayerPass(),
    tiny=lambda rng, dtype: tie_case(rng, dtype),
    draw=lambda rng, dtype: pool_case(rng, dtype, 3, 2, 7, 7, 3, 2),
    real=lambda rng, dtype: [pool_case(rng, dtype, 2, 6, 28, 28, 2, 2), pool_case(rng, dtype, 2, 16, 10, 10, 2, 2)],
    odd=lambda rng, dtype: [
        pool_case(rng, dtype, 1, 1, 1, 1, 1, 1),
        pool_case(rng, dtype, 2, 3, 5, 8, (2, 3), (1, 2)),
        pool_case(rng, dtype, 2, 2, 6, 5, 3, 1, 1),
        pool_case(rng, dtype, 2, 2, 4, 6, 2, 2, memory=gaps),
    ],
    wrong={
        "backward": (
            Wrong(
                "dx",
                "Yours gives a pixel one share; it should add up the shares of all windows that it won: '+=' (or "
                "np.add.at).",
                lambda c: pooled_back(c, last=True),
            ),
            Wrong(
                "dx",
                "Yours gives all pixels of a window a share; it should give one to the winner only.",
                lambda c: pooled_back(c, all_of_window=True),
            ),
            Wrong(
                "dx",
                "Yours gives all equal pixels a share; it should give one to the first only: use self.winner.",
                pooled_back,
            ),
        )
    },
    hints=(
        "Start from zeros of shape (N, C, H*W): self.winner is the index of each dy in the last axis.",
        "Loop over n, c, h, w and add dy[n, c, h, w] at [n, c, self.winner[n, c, h, w]]; np.ndindex gives all four.",
        "Add, +=, since a pixel may have won several windows. Reshape to self.shape at the end.",
    ),
)


def tie_case(rng, dtype):
    case = pool_case(rng, dtype, 1, 1, 3, 3, 2, 1, draw=whole)
    case.arrays["x"][...] = np.array([[1, 3, 2], [3, 0, 3], [0, 1, 2]])
    return case
