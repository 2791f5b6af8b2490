"""The exercises on what is drawn: initial weights, and dropout."""

import numpy as np

from scratchnet.exercises.cases import gaps
from scratchnet.exercises.chance import MEANS, Dropping, Weights
from scratchnet.exercises.definition import Case, Exercise
from scratchnet.exercises.later_tasks import initial_weights
from scratchnet.exercises.topics.families import wrongs
from scratchnet.layers import Dropout


def weights_case(rng, *shape, fan_in=None):
    """Return a Case; the fan-in is that of the shape if none is given."""
    fan_in = int(np.prod(shape[1:])) if fan_in is None else fan_in
    return Case({"seed": int(rng.integers(1000)), "shape": np.array(shape), "fan_in": fan_in})


TIMES = "variance of W, times fan-in"
INITIAL = (
    wrongs(
        TIMES,
        {
            "Yours has the variance 1 / fan_in; a rectifier loses half of the mean square, so it should be 2 / "
            "fan_in.": (lambda c: 1.0),
            "Yours takes 2 / fan_in for the standard deviation; it should be the variance: a deviation of sqrt(2 / "
            "fan_in).": (lambda c: 4 / c.fan_in),
            "Yours takes 1 / fan_in for the standard deviation; the variance should be 2 / fan_in.": lambda c: (
                1 / c.fan_in
            ),
            "Yours is uniform between -sqrt(2 / fan_in) and sqrt(2 / fan_in), which has a third of that variance; "
            "the bound should be sqrt(6 / fan_in).": lambda c: 2 / 3,
            "Yours is uniform between -1 / sqrt(fan_in) and 1 / sqrt(fan_in), which has the variance 1 / (3 fan_in); "
            "it should be 2 / fan_in.": lambda c: 1 / 3,
            "Yours is uniform from 0, on one side; weights should have both signs.": lambda c: 1 / 6,
            "Yours has the variance 4 / fan_in; it should be 2 / fan_in: the root is taken once.": lambda c: 4.0,
            "Yours has the variance 1 / (2 fan_in); a half is lost, so it should be made up for by 2.": lambda c: 0.5,
            "Yours does not use fan_in; a unit with more inputs should have smaller weights.": (
                lambda c: 2.0 * c.fan_in,
                lambda c: 1.0 * c.fan_in,
                lambda c: c.fan_in / 3,
                lambda c: 1e-4 * c.fan_in,
            ),
            "Yours draws between -2.4 / fan_in and 2.4 / fan_in, as the paper does for its squashing function; the "
            "variance should be 2 / fan_in.": lambda c: 2.4**2 / 3 / c.fan_in,
            "Yours has the bound sqrt(3 / 4 / fan_in); the variance should be 2 / fan_in.": lambda c: 0.25,
            "Yours has the variance 6 / fan_in, which is the square of a bound; the variance of numbers between -a "
            "and a is a^2 / 3, and should be 2 / fan_in.": lambda c: 6.0,
            "Yours is the same number everywhere; weights should be drawn, or all units learn the same.": lambda c: 0.0,
        },
    )
    + wrongs(
        "mean of W sqrt(fan-in)",
        {
            "Yours has the mean 1 / sqrt(fan_in); it should be 0.": lambda c: 1.0,
            "Yours has weights of one sign; the mean should be 0.": [
                lambda c, m=m: float(m) for m in MEANS if m not in (0, 1)
            ],
        },
    )
    + wrongs(
        "equal rows",
        {
            "Yours gives all units the same weights; each should draw its own, or they learn the same.": lambda c: (
                float(c.shape[0] - 1)
            ),
        },
    )
)

INITIAL_WEIGHTS = Exercise(
    name="initial-weights",
    title="how large the first weights are, so that a deep network starts well",
    target=initial_weights,
    task="A layer of weights, then a rectifier (negative numbers become 0), and many of these in a row. Choose the "
    "variance of the weights so that the mean square of what goes out of rectifier after rectifier stays what goes in. "
    "The inputs of a unit and its weights are independent. Any distribution of mean 0 will do.",
    contract={
        "": "Return weights for a layer before a rectifier, floats of this shape, each drawn alone from rng.\n"
        "rng: a numpy.random.Generator; shape: (out, in, ...). fan_in: the number of inputs of a unit, or an array "
        "that broadcasts against the shape where units differ."
    },
    play="print(initial_weights(np.random.default_rng(0), (3, 4), 4))",
    kind=Weights(),
    tiny=lambda rng, dtype: weights_case(rng, 60, 50),
    draw=lambda rng, dtype: weights_case(rng, 90, int(rng.integers(90, 140))),
    real=lambda rng, dtype: [weights_case(rng, 120, 16, 5, 5), weights_case(rng, 84, 120)],
    odd=lambda rng, dtype: [
        weights_case(rng, 400, 9),
        weights_case(rng, 16, 6, 5, 5, fan_in=np.repeat([75.0, 100.0, 150.0], [6, 9, 1]).reshape(16, 1, 1, 1)),
        weights_case(rng, 60, 1000),
    ],
    wrong={"": INITIAL},
    hints=(
        "y is a sum of fan_in independent products w x of mean 0: its variance is fan_in times var(w) times mean(x^2).",
        "y is positive as often as negative, so half of the mean square is left after the rectifier.",
        "So fan_in var(w) / 2 has to be 1. rng.normal(size=shape) has the variance 1; times s it has the variance s^2.",
    ),
)


def drop_case(rng, dtype, shape, p, memory=np.ascontiguousarray):
    """Return a Case of arrays without 0."""
    x, dy = (memory((rng.uniform(0.5, 3, shape) * rng.choice([-1, 1], shape)).astype(dtype)) for _ in range(2))
    return Case({"x": x, "dy": dy, "seed": int(rng.integers(1000))}, options={"p": p})


def inverse(c):
    """Return 1 / (1 - p) as it is measured, in float32."""
    return float(np.float32(1 / (1 - c.p)))


def scale(name, of):
    """Return the known mistakes of the factor of what is kept."""
    return wrongs(
        name,
        {
            f"Yours does not multiply what is kept; {of} should be divided by 1 - p, so that the "
            f"mean stays.": lambda c: 1.0,
            f"Yours divides by p; {of} should be divided by 1 - p, the share that is kept.": lambda c: np.float32(
                1 / c.p
            ),
            f"Yours multiplies by 1 - p; {of} should be divided by it, so that the mean stays.": lambda c: np.float32(
                1 - c.p
            ),
            f"Yours multiplies by p; {of} should be divided by 1 - p.": lambda c: np.float32(c.p),
            f"Yours divides by 1 - p twice; {of} should be divided by it once: the mask may have it "
            f"already.": lambda c: np.float32(1 / (1 - c.p) ** 2),
            f"Yours multiplies by 1 + p; {of} should be divided by 1 - p.": lambda c: np.float32(1 + c.p),
        },
    )


SHARES = wrongs(
    "share that is kept",
    {
        "Yours keeps an entry with probability p; p should be the probability to drop it.": lambda c: c.p,
        "Yours drops nothing in training mode; it should drop each entry with probability p.": lambda c: 1.0,
    },
) + wrongs(
    "masks that are alike",
    {"Yours drops whole rows or whole columns; it should draw a number for each entry: size=x.shape.": lambda c: 1.0},
)
EVALUATION = wrongs(
    "y in evaluation",
    {
        "Yours multiplies by 1 - p in evaluation, as the first paper did; here y should be x, since training divides "
        "by 1 - p.": lambda c: (1 - c.p) * c.x,
        "Yours divides by 1 - p in evaluation too; there y should be x.": lambda c: c.x / (1 - c.p),
        "Yours multiplies by p in evaluation; there y should be x.": lambda c: c.p * c.x,
        "Yours is 0 in evaluation; there y should be x.": lambda c: 0 * c.x,
    },
)
BACK_EVALUATION = wrongs(
    "dx in evaluation",
    {
        "Yours divides by 1 - p in evaluation too; there dx should be dy.": lambda c: c.dy / (1 - c.p),
        "Yours multiplies by 1 - p in evaluation; there dx should be dy.": lambda c: c.dy * (1 - c.p),
        "Yours is 0 in evaluation; there dx should be dy.": lambda c: 0 * c.dy,
    },
)

DROPOUT = Exercise(
    name="dropout",
    title="drop entries at random, in training only",
    target=Dropout,
    methods=("forward", "backward"),
    task="self.training says whether the network trains. self.p is the probability that an entry is dropped; self.rng "
    "is a numpy.random.Generator. Each forward in training mode draws a new mask; backward belongs to the last "
    "forward. The mean of y, over many masks, has to be x: in evaluation y is x itself.",
    contract={
        "": "Dropout: in training mode each entry becomes 0 with probability p (N. Srivastava et al., 2014).\n"
        "x, y, dy, dx: any shape, all of them the same, and the same dtype. 0 <= p < 1.",
        "forward": "Return y, and store on self what backward needs.",
        "backward": "Take dE/dy and return dE/dx.",
    },
    kind=Dropping(),
    tiny=lambda rng, dtype: drop_case(rng, dtype, (6, 10), 0.25),
    draw=lambda rng, dtype: drop_case(rng, dtype, (40, int(rng.integers(50, 60))), float(rng.choice([0.2, 0.35, 0.7]))),
    real=lambda rng, dtype: [drop_case(rng, dtype, (32, 6, 14, 14), 0.3)],
    odd=lambda rng, dtype: [
        drop_case(rng, dtype, (3, 4), 0.0),
        drop_case(rng, dtype, (1, 200), 0.4),
        drop_case(rng, dtype, (200, 1), 0.4),
        drop_case(rng, dtype, (30, 3, 8), 0.6, memory=gaps),
    ],
    wrong={
        "forward": SHARES + scale("factor of what is kept", "x") + EVALUATION,
        "backward": scale("factor of dy", "dy") + BACK_EVALUATION,
    },
    hints=(
        "self.rng.random(x.shape) is a number between 0 and 1 for each entry; it is below p with probability p.",
        "A mask: 0 where x is dropped, else 1 / (1 - p). With the probability 1 - p to be kept, the mean is 1.",
        "self.m = mask; y = m x; dx = m dy. In evaluation the mask is 1 everywhere, in forward and in backward.",
        "Keep the dtype: (self.rng.random(x.shape) >= self.p).astype(x.dtype) / x.dtype.type(1 - self.p).",
    ),
)
