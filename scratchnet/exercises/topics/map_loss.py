"""The exercise on the MAP loss (eq. 9)."""

from types import SimpleNamespace

import numpy as np

from scratchnet.exercises.cases import loss_case
from scratchnet.exercises.definition import Exercise
from scratchnet.exercises.kinds import LossPass
from scratchnet.exercises.topics.families import wrongs
from scratchnet.exercises.topics.loss_families import (
    SMALL,
    SMALL_NUMBER,
    SWAPPED,
    apart,
    counted,
    divided,
    drawn,
    far,
    fixed_case,
    large,
    odd_losses,
    of_right,
    of_small_numbers,
    right_class,
    swapped,
)
from scratchnet.exercises.topics.map_slopes import MAP_BACKWARD, least, p_of, rubbish, shifted_terms, shifted_totals
from scratchnet.exercises.topics.penalties import GIVES_ONE_HOT, TINY, WITH_ONE_HOT, hard_penalties
from scratchnet.losses import MAPLoss


def large_j(rng, dtype):
    """j as large as the penalties. The first case fails answers without a minimum, the second that of the batch."""
    return [
        loss_case(rng, dtype, 4, 10, draw=far, j=1e4),
        fixed_case(large(dtype) + apart(dtype), [0, 1, 1, 2], dtype, j=1e4),
        loss_case(rng, dtype, 4, 10, scale=1e4, j=1e4),
    ]


def E_with(c, total, sign=1):
    """Return the mean of y_D + log(total), total: one number for each image."""
    return (of_right(c) + sign * np.log(total)).mean()


def sums(c):
    return np.exp(-c.y).sum(axis=1)


def shifted(c, m):
    """E with m taken out of the sum, as it is in floating point."""
    m = np.broadcast_to(m, (len(c.y), 1))
    total = np.exp(m[:, 0] - c.j) + np.exp(m - c.y).sum(axis=1)
    return (of_right(c) - m[:, 0] + np.log(total)).mean()


def E_of(c):
    """E of each image."""
    return of_right(c) + np.log(rubbish(c) + sums(c))


UNDERFLOW = (
    "Yours takes log 0: e^-y is 0 for large y. It should factor the largest exponent out of the sum: "
    "log sum e^-y = -m + log sum e^(m - y), where m is the smallest of the y_i and j."
)
INFINITE = {  # in this order: see hard_penalties and large_j
    "Yours takes the smallest penalty of the whole batch; it should take the smallest of each row: axis=1.": (
        lambda c: shifted(c, np.minimum(c.y.min(), c.j))
    ),
    "Yours leaves j out of m, so that e^(m - j) overflows; m should be the smallest of the y_i and j.": (
        lambda c: shifted(c, c.y.min(axis=1, keepdims=True))
    ),
    UNDERFLOW: (
        lambda c: E_with(c, rubbish(c) + sums(c)),
        lambda c: -np.log(p_of(c)[np.arange(len(c.y)), c.labels]).mean(),
    ),
    "Yours takes the largest penalty for m, so that e^(m - y) overflows; m should be the smallest of the y_i and j.": (
        lambda c: shifted(c, c.y.max(axis=1, keepdims=True)),
        lambda c: shifted(c, np.minimum(c.y.max(axis=1, keepdims=True), c.j)),
    ),
}
MAP_FORWARD = wrongs("E", INFINITE, overflow=True) + wrongs(
    "E",
    {
        "Yours is the sum over the images; it should be their mean.": lambda c: c.E * len(c.y),
        "Yours has a number for each image; it should be their mean, one number.": lambda c: (
            of_right(c) + np.log(rubbish(c) + sums(c))
        ),
        **divided(lambda c: c.E),
        "Yours has no rubbish class; it should have e^-j in the sum in the logarithm.": lambda c: E_with(c, sums(c)),
        "Yours is the logarithm alone; it should have y_D too.": lambda c: np.log(rubbish(c) + sums(c)).mean(),
        "Yours has the exponents y; it should have -y: penalties, the smallest wins.": (
            lambda c: E_with(c, rubbish(c) + np.exp(c.y).sum(axis=1)),
            lambda c: E_with(c, np.exp(c.j) + np.exp(c.y).sum(axis=1)),
            lambda c: E_with(c, np.exp(c.y).sum(axis=1)),
        ),
        "Yours is softmax cross entropy, with y as scores; it should be y_D + log(e^-j + sum e^-y_i).": (
            lambda c: (np.log(np.exp(c.y).sum(axis=1)) - of_right(c)).mean()
        ),
        "Yours subtracts the logarithm; it should add it (eq. 9).": lambda c: E_with(c, rubbish(c) + sums(c), -1),
        "Yours has -y_D; it should have y_D: the penalty of the right class becomes small.": (
            lambda c: (np.log(rubbish(c) + sums(c)) - of_right(c)).mean()
        ),
        "Yours has j in the sum; it should be e^-j.": lambda c: E_with(c, c.j + sums(c)),
        "Yours has e^+j in the sum; it should be e^-j.": (
            lambda c: E_with(c, np.exp(c.j) + sums(c)),
            lambda c: (
                of_right(c) - least(c) + np.log(np.exp(least(c) + c.j) + np.exp(least(c)[:, None] - c.y).sum(axis=1))
            ).mean(),
        ),
        "Yours has 1 in the sum; it should be e^-j.": (
            lambda c: E_with(c, 1 + sums(c)),
            lambda c: E_with(c, (np.exp(-least(c)) + sums(c))),
        ),
        "Yours has j outside of the logarithm; it should be e^-j in the sum in it.": [
            lambda c, k=k: E_with(c, sums(c)) + k(c) for k in (lambda c: c.j, lambda c: -c.j, lambda c: rubbish(c))
        ],
        "Yours adds e^-j once for each class; it should add it once to the sum.": (
            lambda c: E_with(c, c.y.shape[1] * rubbish(c) + sums(c))
        ),
        "Yours has e^-j unchanged in the shifted sum; it should be e^(m - j), as each term is shifted.": lambda c: (
            of_right(c) - least(c) + np.log(rubbish(c) + np.exp(least(c)[:, None] - c.y).sum(axis=1))
        ).mean(),
        "Yours adds m; it should subtract m: log sum e^-y = -m + log sum e^(m - y).": lambda c: (
            c.E + 2 * least(c).mean()
        ),
        "Yours does not take m off again; it should subtract m: log sum e^-y = -m + log sum e^(m - y).": (
            lambda c: c.E + least(c).mean()
        ),
        "Yours sums e^-y over the whole batch; it should sum over each row: axis=1.": (
            lambda c: E_with(c, rubbish(c) + np.exp(-c.y).sum()),
            lambda c: E_with(c, np.exp(-c.y).sum()),
        ),
        "Yours adds y_D of the whole batch to each image; it should add y_D of the image: sum over axis=1.": lambda c: (
            of_right(c).sum() + np.log(rubbish(c) + sums(c)).mean()
        ),
        "Yours sums over the wrong classes only; it should sum e^-y over all classes, D too.": (
            lambda c: E_with(c, rubbish(c) + ((1 - right_class(c)) * np.exp(-c.y)).sum(axis=1)),
            lambda c: E_with(c, ((1 - right_class(c)) * np.exp(-c.y)).sum(axis=1)),
        ),
        "Yours sums over the right class only; it should sum e^-y over all classes.": (
            lambda c: E_with(c, rubbish(c) + np.exp(-of_right(c)))
        ),
        "Yours has no logarithm; it should be y_D + log(e^-j + sum e^-y_i).": (
            lambda c: (of_right(c) + rubbish(c) + sums(c)).mean()
        ),
        "Yours takes the logarithm of each term; it should take the logarithm of the sum.": (
            lambda c: (of_right(c) - c.j - c.y.sum(axis=1)).mean(),
            lambda c: (of_right(c) + np.log(rubbish(c) + np.exp(-c.y)).sum(axis=1)).mean(),
        ),
        "Yours takes log2 or log10; it should be the natural logarithm, np.log.": [
            f
            for b in (2, 10)
            for f in (
                lambda c, b=b: (of_right(c) + np.log(rubbish(c) + sums(c)) / np.log(b)).mean(),
                lambda c, b=b: (of_right(c) - least(c) + (np.log(rubbish(c) + sums(c)) + least(c)) / np.log(b)).mean(),
            )
        ],
        "Yours takes the rows that the labels number, y[labels]; it should be y[np.arange(N), labels].": (
            lambda c: (c.y[c.labels].sum(axis=1) + np.log(rubbish(c) + sums(c))).mean(),
            lambda c: (c.y[c.labels] + np.log(rubbish(c) + sums(c))[:, None]).mean(),
        ),
        "Yours is the loss of eq. 8, y_D alone; it should have the logarithm of eq. 9 too.": lambda c: of_right(
            c
        ).mean(),
        "Yours takes the smallest penalty for y_D; it should take that of the label.": (
            lambda c: (c.y.min(axis=1) + np.log(rubbish(c) + sums(c))).mean()
        ),
        "Yours subtracts the logarithm; it should add it: y_D - m + log(e^(m - j) + sum e^(m - y_i)).": lambda c: (
            of_right(c) - least(c) - np.log(shifted_totals(c))
        ).mean(),
        "Yours has e^(y - m) in the sum; it should be e^(m - y): no exponent is positive.": lambda c: (
            of_right(c) - least(c) + np.log(np.exp(least(c) - c.j) + (1 / shifted_terms(c)).sum(axis=1))
        ).mean(),
        "Yours has e^(j - m) in the sum; it should be e^(m - j): no exponent is positive.": lambda c: (
            of_right(c) - least(c) + np.log(np.exp(c.j - least(c)) + shifted_terms(c).sum(axis=1))
        ).mean(),
        "Yours takes the mean or the largest of the e^-y_i; it should take their sum.": [
            lambda c, f=f: (
                of_right(c) - least(c) + np.log(np.exp(least(c) - c.j) + f(shifted_terms(c), axis=1))
            ).mean()
            for f in (np.mean, np.max)
        ],
        "Yours has the mean over the classes for y_D; it should have the sum of [i = D] y_i.": lambda c: (
            E_of(c) - of_right(c) + of_right(c) / c.y.shape[1]
        ).mean(),
        "Yours shifts the y_i by m and not j, and does not subtract m; it should be -m + log(e^(m - j) + sum e^(m - "
        "y_i)).": lambda c: E_with(c, rubbish(c) + shifted_terms(c).sum(axis=1)),
        "Yours cuts off y; it should not: take the smallest of the y_i and j out of the sum instead.": [
            lambda c, top=top, low=low: E_of(SimpleNamespace(y=np.clip(c.y, low, top), j=c.j, labels=c.labels)).mean()
            for top in (10, 20, 30, 50, 80, 88, 100, 500, 600, 700, 709, 745, 1000)
            for low in (0, -top)
        ],
        "Yours adds a small number in the logarithm; it should not: take m out of the sum instead.": [
            lambda c, small=small: E_with(c, rubbish(c) + sums(c) + small) for small in SMALL
        ],
        "Yours has j and no e^-j, and no logarithm; it should be y_D + log(e^-j + sum e^-y_i).": (
            lambda c: (of_right(c) + c.j + sums(c)).mean()
        ),
        SWAPPED: lambda c: (swapped(c, c.y) + np.log(rubbish(c) + sums(c))).mean(),
        **counted(lambda c: c.y.argmin(axis=1)),
        "Yours uses the last image only; it should add up all images: `+=` in the loop.": [
            lambda c, n=n: E_of(c)[-1] / (len(c.y) if n else 1) for n in (0, 1)
        ],
        "Yours uses the first image only; it should add up all images: is `return` inside of the loop?": [
            lambda c, n=n: E_of(c)[0] / (len(c.y) if n else 1) for n in (0, 1)
        ],
        SMALL_NUMBER + "E is y_D - m + log(e^(m - j) + sum e^(m - y_i)).": of_small_numbers(p_of),
    },
)

MAP_LOSS = Exercise(
    name="map-loss",
    title="the right class near, the others far, and no overflow",
    target=MAPLoss,
    methods=("forward", "backward"),
    task="forward returns E, a number, and stores one_hot(labels, y) as self.right: the library's backward2 reads it. "
    "backward has no arguments and returns dE/dy. self.j is j. Penalties of 10,000 must not give infinity or NaN.",
    contract={
        "": "The paper's second loss, which also pushes the wrong classes away (eq. 9).\n"
        "y: (N, classes), penalties; labels: (N,), integers. j, above 0, is the penalty of one more "
        'class, "none of these".\n'
        "E is the mean over the patterns.",
        "forward": "Return E, a number, and store one_hot(labels, y) as self.right.",
        "backward": "Return dE/dy, like y.",
    },
    gives=GIVES_ONE_HOT,
    kind=LossPass(leaves=("right",)),
    tiny=lambda rng, dtype: fixed_case(TINY, [1, 0], dtype, j=2.0),
    draw=lambda rng, dtype: drawn(rng, dtype, j=2.0),
    real=lambda rng, dtype: [
        loss_case(rng, dtype, 64, 10, scale=84, j=2.0),
        *hard_penalties(rng, dtype, j=2.0),
    ],
    odd=lambda rng, dtype: [
        *odd_losses(rng, dtype, j=2.0),
        loss_case(rng, dtype, 3, 1, j=2.0),
        *hard_penalties(rng, dtype, j=2.0),
        *large_j(rng, dtype),
    ],
    wrong={"forward": MAP_FORWARD + wrongs("self.right", WITH_ONE_HOT), "backward": MAP_BACKWARD},
    hints=(
        "Start from the formula: right = one_hot(labels, y), E = mean of (right * y).sum(axis=1) + log(...).",
        "p_i is e^-y_i divided by the sum in the logarithm. Store p in forward for backward.",
        "For y = 10,000, e^-y is 0 and log 0 is infinite. Let m be the smallest of all y_i of a row and j, and "
        "factor e^-m out.",
        "log(e^-j + sum e^-y_i) = -m + log(e^(m-j) + sum e^(m-y_i)): no exponent is positive, one is 0.",
    ),
)
