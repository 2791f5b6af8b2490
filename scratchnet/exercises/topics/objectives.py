"""The exercises on losses: the paper's two, and softmax cross entropy."""

import numpy as np

from scratchnet.exercises.cases import gaps, loss_case, whole
from scratchnet.exercises.definition import Exercise, Wrong
from scratchnet.exercises.kinds import LossPass
from scratchnet.losses import CrossEntropyLoss, MAPLoss, MLELoss


def losses(large=None, **named):
    """Return tiny, draw, real, odd for a loss; named: options of its class, large: those for penalties of 10,000."""
    return {
        "tiny": lambda rng, dtype: loss_case(rng, dtype, 2, 3, draw=whole, **named),
        "draw": lambda rng, dtype: loss_case(rng, dtype, 5, 4, **named),
        "real": lambda rng, dtype: [loss_case(rng, dtype, 64, 10, scale=84, **named)],
        "odd": lambda rng, dtype: [
            loss_case(rng, dtype, 1, 2, **named),
            loss_case(rng, dtype, 6, 2, **named),
            loss_case(rng, dtype, 3, 10, memory=gaps, **named),
            loss_case(rng, dtype, 4, 10, draw=far, **named),
            loss_case(rng, dtype, 4, 10, draw=far, **named | (large or {})),
            loss_case(rng, dtype, 4, 10, scale=1e4, **named | (large or {})),
        ],
    }


def far(rng, shape, dtype):
    return (1e4 + 10 * rng.random(shape)).astype(dtype)


def right_class(c):
    return (c.labels[:, None] == np.arange(c.y.shape[1])).astype(c.y.dtype)


def of_right(c):
    return c.y[np.arange(len(c.y)), c.labels]


GIVES_ONE_HOT = ("from scratchnet.losses import one_hot",)

MLE_LOSS = Exercise(
    number=0,
    name="mle-loss",
    lesson=11,
    title="the penalty of the right class",
    target=MLELoss,
    methods=("forward", "backward"),
    task="forward returns E, a number. It stores one_hot(labels, y), which is 1 at the label of each row and "
    "0 elsewhere, as self.right: the library's backward2 reads it. backward has no arguments and returns dE/dy.",
    gives=GIVES_ONE_HOT,
    kind=LossPass(leaves=("right",)),
    **losses(),
    wrong={
        "forward": (
            Wrong("E", "Yours is the sum over the images; it should be their mean.", lambda c: of_right(c).sum()),
            Wrong(
                "E",
                "Yours is the mean of all penalties; it should take that of the right class only.",
                lambda c: c.y.mean(),
            ),
            Wrong(
                "E",
                "Yours is the mean over all entries; it should divide by N, not by N x classes.",
                lambda c: (right_class(c) * c.y).mean(),
            ),
            Wrong(
                "E",
                "Yours takes the smallest penalty; it should take that of the label.",
                lambda c: c.y.min(axis=1).mean(),
            ),
            Wrong(
                "E",
                "Yours has the other sign; it should be the penalty itself, which training makes small.",
                lambda c: -of_right(c).mean(),
            ),
        ),
        "backward": (
            Wrong("dE/dy", "Yours has no 1/N; it should be a mean.", right_class),
            Wrong(
                "dE/dy",
                "Yours divides by the number of entries of y; it should divide by the N images.",
                lambda c: right_class(c) / c.y.size,
            ),
            Wrong(
                "dE/dy",
                "Yours is 1/N everywhere; it should be 0 but at the label.",
                lambda c: np.full(c.y.shape, 1 / len(c.y)),
            ),
            Wrong(
                "dE/dy",
                "Yours is y at the label; it should be its derivative, 1.",
                lambda c: right_class(c) * c.y / len(c.y),
            ),
        ),
    },
    hints=(
        "one_hot(labels, y) * y is y at the label of each row and 0 elsewhere.",
        "E = sum of that, divided by len(y): one number for the batch, float(...).",
        "backward: E depends on y[n, D] alone, with slope 1/N. Store one_hot in forward.",
    ),
)


def p_of(c, j=None):
    """The p of MAPLoss, with its rubbish class unless j is infinite."""
    with np.errstate(over="ignore"):
        e = np.exp(-c.y)
    return e / (np.exp(-(c.j if j is None else j)) + e.sum(axis=1, keepdims=True))


def as_printed(c):
    """Eq. 9 as printed."""
    return float((of_right(c) + np.log(np.exp(-c.j) + np.exp(-c.y).sum(axis=1))).mean())


UNDERFLOW = (
    "Yours takes log 0: e^-y is 0 for large y. It should factor the largest exponent out of the sum: "
    "log sum e^-y = -m + log sum e^(m - y), where m is the smallest of the y_i and j."
)

MAP_LOSS = Exercise(
    number=0,
    name="map-loss",
    lesson=11,
    title="the right class near, the others far, and no overflow",
    target=MAPLoss,
    methods=("forward", "backward"),
    task="forward returns E, a number, and stores one_hot(labels, y) as self.right: the library's backward2 reads it. "
    "backward has no arguments and returns dE/dy. self.j is j. Penalties of 10,000 must not give infinity or NaN.",
    gives=GIVES_ONE_HOT,
    kind=LossPass(leaves=("right",)),
    **losses(j=2.0, large={"j": 1e4}),
    wrong={
        "forward": (
            Wrong("E", UNDERFLOW, as_printed, overflow=True),
            Wrong("E", "Yours is the sum over the images; it should be their mean.", lambda c: c.E * len(c.y)),
            Wrong(
                "E",
                "Yours has no rubbish class; it should have e^-j in the sum in the logarithm.",
                lambda c: (of_right(c) + np.log(np.exp(-c.y).sum(axis=1))).mean(),
            ),
            Wrong(
                "E",
                "Yours is the logarithm alone; it should have y_D too.",
                lambda c: np.log(np.exp(-c.j) + np.exp(-c.y).sum(axis=1)).mean(),
            ),
            Wrong(
                "E",
                "Yours has the exponents y; it should have -y: penalties, the smallest wins.",
                lambda c: (of_right(c) + np.log(np.exp(-c.j) + np.exp(c.y).sum(axis=1))).mean(),
            ),
            Wrong(
                "E",
                "Yours subtracts the logarithm; it should add it (eq. 9).",
                lambda c: (of_right(c) - np.log(np.exp(-c.j) + np.exp(-c.y).sum(axis=1))).mean(),
            ),
            Wrong(
                "E",
                "Yours has j in the sum; it should be e^-j.",
                lambda c: (of_right(c) + np.log(c.j + np.exp(-c.y).sum(axis=1))).mean(),
            ),
        ),
        "backward": (
            Wrong(
                "dE/dy",
                "Yours has the other sign; it should lower the penalty of the right class and raise the others.",
                lambda c: (p_of(c) - right_class(c)) / len(c.y),
            ),
            Wrong("dE/dy", "Yours has no 1/N; it should be a mean.", lambda c: right_class(c) - p_of(c)),
            Wrong(
                "dE/dy",
                "Yours has no rubbish class in p; it should have e^-j in the sum that it divides by.",
                lambda c: (right_class(c) - p_of(c, np.inf)) / len(c.y),
            ),
            Wrong(
                "dE/dy", "Yours is the slope of eq. 8 alone; it should have p too.", lambda c: right_class(c) / len(c.y)
            ),
            Wrong(
                "dE/dy",
                "Yours is the slope of the logarithm alone; it should have [i = D] too.",
                lambda c: -p_of(c) / len(c.y),
            ),
            Wrong("dE/dy", UNDERFLOW, lambda c: (right_class(c) - p_of(c)) / len(c.y), overflow=True),
        ),
    },
    hints=(
        "Start from the formula: right = one_hot(labels, y), E = mean of (right * y).sum(axis=1) + log(...).",
        "p_i is e^-y_i divided by the sum in the logarithm. Store p in forward for backward.",
        "For y = 10,000, e^-y is 0 and log 0 is infinite. Let m be the smallest of all y_i of a row and j, and "
        "factor e^-m out.",
        "log(e^-j + sum e^-y_i) = -m + log(e^(m-j) + sum e^(m-y_i)): no exponent is positive, one is 0.",
    ),
)


def softmax(c):
    e = np.exp(c.y)
    return e / e.sum(axis=1, keepdims=True)


def logarithm_of_softmax(c):
    """The formula as printed."""
    return float((np.log(np.exp(c.y).sum(axis=1)) - of_right(c)).mean())


OVERFLOW = (
    "Yours overflows: e^y is infinite for large y, and log p is infinite where p is 0. It should use z = y - the "
    "largest score of the row: E is log(sum e^z) - z_D."
)

CROSS_ENTROPY = Exercise(
    number=0,
    name="cross-entropy",
    lesson=17,
    title="softmax and its logarithm in one, without overflow",
    target=CrossEntropyLoss,
    methods=("forward", "backward"),
    task="forward returns E, a number, and stores p as self.p: the library's backward2 reads "
    "it. backward has no arguments and returns dE/dy. Scores of 10,000 must not give infinity or NaN.",
    gives=GIVES_ONE_HOT,
    kind=LossPass(leaves=("p",)),
    **losses(),
    wrong={
        "forward": (
            Wrong("E", OVERFLOW, logarithm_of_softmax, overflow=True),
            Wrong("E", "Yours is the sum over the images; it should be their mean.", lambda c: c.E * len(c.y)),
            Wrong("E", "Yours has the other sign; it should be minus the logarithm of p at the label.", lambda c: -c.E),
            Wrong(
                "E",
                "Yours is the logarithm of the sum alone; it should have y_D too.",
                lambda c: np.log(np.exp(c.y).sum(axis=1)).mean(),
            ),
            Wrong(
                "E",
                "Yours is the mean of -p at the label; it should take the logarithm.",
                lambda c: -(right_class(c) * softmax(c)).sum(axis=1).mean(),
            ),
            Wrong(
                "E",
                "Yours has the exponents -y; it should have y: these are scores, and the largest wins.",
                lambda c: (of_right(c) + np.log(np.exp(-c.y).sum(axis=1))).mean(),
            ),
            Wrong(
                "E",
                "Yours is the mean over all entries; it should divide by N, not by N x classes.",
                lambda c: c.E / c.y.shape[1],
            ),
        ),
        "backward": (
            Wrong(
                "dE/dy",
                "Yours has the other sign; it should lower E for a larger score of the right class.",
                lambda c: (right_class(c) - softmax(c)) / len(c.y),
            ),
            Wrong("dE/dy", "Yours has no 1/N; it should be a mean.", lambda c: softmax(c) - right_class(c)),
            Wrong("dE/dy", "Yours has no [i = D]; it should subtract 1 at the label.", lambda c: softmax(c) / len(c.y)),
            Wrong(
                "dE/dy", "Yours is the slope of -y_D alone; it should have p too.", lambda c: -right_class(c) / len(c.y)
            ),
        ),
    },
    hints=(
        "p = e^y / sum e^y, row by row: axis=1, keepdims=True. E = - mean of log p at the label.",
        "Subtracting the same number from all scores of a row changes neither p nor E: subtract the largest.",
        "With z = y - max: E = mean of log(sum e^z) - z_D. No exponent is positive, one is 0.",
        "backward: (p - one_hot(labels, y)) / N; store both in forward.",
    ),
)
