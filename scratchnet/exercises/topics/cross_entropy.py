"""The exercise on softmax cross entropy."""

from types import SimpleNamespace

import numpy as np

from scratchnet.exercises.cases import loss_case
from scratchnet.exercises.definition import Exercise
from scratchnet.exercises.kinds import LossPass
from scratchnet.exercises.topics.families import wrongs
from scratchnet.exercises.topics.loss_families import (
    SMALL,
    SMALL_IN_A_SUM,
    SMALL_NUMBER,
    SWAPPED,
    apart,
    counted,
    divided,
    drawn,
    far,
    fixed_case,
    large,
    log_p,
    odd_losses,
    of_right,
    of_small_numbers,
    p_of,
    right_class,
    softmax,
    swapped,
    wide,
)
from scratchnet.exercises.topics.softmax_slopes import BACKWARD, OF_BATCH, OVERFLOW, STORED
from scratchnet.losses import CrossEntropyLoss

# Small enough to follow by hand. log(p + 1e-12) is plainly wrong in the first row.
TINY = [[29, 2, 28], [4, 2, 5]]


def hard_scores(rng, dtype):
    """Each fails one more kind of answer: no maximum, the smallest for it, the maximum of the batch, log p."""
    return [
        loss_case(rng, dtype, 4, 10, draw=far),
        fixed_case(wide(dtype), [0, 1, 2], dtype),
        fixed_case(apart(dtype), [0, 1, 1, 2], dtype),
        fixed_case(wide(dtype), [1, 2, 0], dtype),
        loss_case(rng, dtype, 4, 10, scale=large(dtype)),
    ]


def E_of(c):
    """Cross entropy, with the largest score of each row taken out."""
    z = c.y - c.y.max(axis=1, keepdims=True)
    return np.log(np.exp(z).sum(axis=1)) - (right_class(c) * z).sum(axis=1)


def E_with(c, largest):
    """Cross entropy as it is with another number than the largest score taken out."""
    z = c.y - largest
    return (np.log(np.exp(z).sum(axis=1)) - (right_class(c) * z).sum(axis=1)).mean()


def E_of_small(c, small):
    """With a number added to the sum."""
    z = c.y - c.y.max(axis=1, keepdims=True)
    return (np.log(np.exp(z).sum(axis=1) + small) - (right_class(c) * z).sum(axis=1)).mean()


def of_label(c, p):
    return -np.log(p[np.arange(len(c.y)), c.labels]).mean()


def binary(c):
    p, right = p_of(c), right_class(c)
    return -(right * np.log(p) + (1 - right) * np.log(1 - p))


def squared_error(c, y):
    return (y - right_class(c)) ** 2


NOT_LARGEST = "Yours subtracts not the largest of the row, so that e^z overflows; it should be y.max(axis=1, ...)."
LOG_P = "Yours takes log p, and log p is infinite where p is 0; it should be log(sum e^z) - z_D, without p."
LOG_0 = "Yours takes the logarithm of 0, as in log([i = D] p); it should be [i = D] log p."
INFINITE = (  # in this order: see hard_scores
    {
        OF_BATCH: lambda c: E_with(c, c.y.max()),
        LOG_P: lambda c: of_label(c, p_of(c)),
        NOT_LARGEST: (
            lambda c: E_with(c, c.y.min(axis=1, keepdims=True)),
            lambda c: E_with(c, c.y.mean(axis=1, keepdims=True)),
        ),
    },
    {OVERFLOW: lambda c: E_with(c, 0), LOG_0: lambda c: np.inf if np.abs(c.y).max() < 100 else 0},
)


def divided_exponent(c, z):
    """E with the sum inside of the exponent."""
    return of_label(c, np.exp(z / np.exp(z).sum(axis=1, keepdims=True)))


FORWARD = sum((wrongs("E", table, overflow=True) for table in INFINITE), ()) + wrongs(
    "E",
    {
        "Yours is the sum over the images; it should be their mean. Did you divide by N? Then look at shapes: (N, 1) "
        "minus (N,) has N x N entries.": lambda c: E_of(c).sum(),
        "Yours divides the exponent by the sum, exp(y / sum); it should divide e^y by the sum.": (
            lambda c: divided_exponent(c, c.y - c.y.max(axis=1, keepdims=True)),
            lambda c: divided_exponent(c, c.y),
        ),
        "Yours has a number for each image; it should be their mean, one number.": E_of,
        "Yours has the other sign; it should be minus the logarithm of p at the label.": lambda c: -c.E,
        "Yours is the logarithm of the sum alone; it should have y_D too.": lambda c: (E_of(c) + of_right(c)).mean(),
        "Yours is the mean of -p at the label; it should take the logarithm.": lambda c: (
            -(right_class(c) * p_of(c)).sum(axis=1).mean()
        ),
        "Yours is the mean of p at the label; it should be minus its logarithm.": lambda c: (
            (right_class(c) * p_of(c)).sum(axis=1).mean()
        ),
        "Yours is 1 - p at the label; it should be minus the logarithm of p.": lambda c: (
            1 - (right_class(c) * p_of(c)).sum(axis=1)
        ).mean(),
        "Yours has the exponents -y; it should have y: these are scores, and the largest wins.": (
            lambda c: (of_right(c) + np.log(np.exp(-c.y).sum(axis=1))).mean(),
            lambda c: (np.log(np.exp(-c.y).sum(axis=1)) - of_right(c)).mean(),
        ),
        "Yours is the mean over all entries; it should divide by N, not by N x classes.": lambda c: c.E / c.y.shape[1],
        **divided(lambda c: c.E),
        "Yours divides by the sum over the whole batch; it should divide by the sum of each row: axis=1, keepdims.": (
            lambda c: of_label(c, softmax(c.y, axis=None)),
            lambda c: of_label(c, softmax(c.y - c.y.max(axis=1, keepdims=True), axis=None)),
        ),
        "Yours divides by the sum over the images; it should divide by the sum of each row: axis=1, keepdims.": (
            lambda c: of_label(c, softmax(c.y, axis=0)),
            lambda c: of_label(c, softmax(c.y - c.y.max(axis=1, keepdims=True), axis=0)),
        ),
        "Yours subtracts the largest score of each class; it should subtract the largest of each row: axis=1.": (
            lambda c: E_with(c, c.y.max(axis=0))
        ),
        SMALL_NUMBER + "E is log(sum e^z) - z_D.": of_small_numbers(p_of),
        "Yours adds a small number to sum e^z; it should not: the largest e^z is 1, so that the sum is never 0.": [
            lambda c, small=small: E_of_small(c, small) for small in SMALL_IN_A_SUM
        ],
        "Yours takes log2 or log10; it should be the natural logarithm, np.log.": (
            lambda c: c.E / np.log(2),
            lambda c: c.E / np.log(10),
        ),
        "Yours takes log(1 + p); it should be minus log p.": lambda c: (
            -np.log1p((right_class(c) * p_of(c)).sum(axis=1)).mean()
        ),
        "Yours takes the rows that the labels number, [labels]; it should take [np.arange(N), labels].": (
            lambda c: -log_p(c)[c.labels].mean(),
            lambda c: -log_p(c)[c.labels].sum() / len(c.y),
        ),
        "Yours takes every label in every row, [:, labels]; it should take [np.arange(N), labels].": (
            lambda c: -log_p(c)[:, c.labels].mean(),
            lambda c: -log_p(c)[:, c.labels].sum() / len(c.y),
        ),
        "Yours sums over all classes; it should take the label of each row: one_hot(labels, y).": (
            lambda c: -log_p(c).sum() / len(c.y),
            lambda c: -log_p(c).mean(),
            lambda c: -log_p(c).sum(),
        ),
        "Yours takes the largest score for the label; it should take labels, as they are given.": (
            lambda c: -log_p(c).max(axis=1).mean()
        ),
        "Yours takes the smallest score for the label; it should take labels, as they are given.": (
            lambda c: -log_p(c).min(axis=1).mean()
        ),
        "Yours asks yes or no for each class, with (1 - t) log(1 - p); it should be -log p at the label alone.": (
            lambda c: binary(c).sum() / len(c.y),
            lambda c: binary(c).mean(),
            lambda c: binary(c).sum(),
        ),
        "Yours is a squared error; it should be -log p at the label.": [
            lambda c, f=f, n=n, y=y: f * squared_error(c, y(c)).sum() / (len(c.y) if n else c.y.size)
            for f in (1, 0.5)
            for n in (0, 1)
            for y in (p_of, lambda c: c.y)
        ],
        "Yours is the entropy of p, - sum p log p; it should have one_hot(labels, y) for the first p.": (
            lambda c: -(p_of(c) * log_p(c)).sum() / len(c.y),
            lambda c: -(p_of(c) * log_p(c)).mean(),
        ),
        "Yours has p and [i = D] in each other's place; it should be -[i = D] log p.": [
            lambda c, small=small, n=n: (
                -(p_of(c) * np.log(right_class(c) + small)).sum() / (len(c.y) if n else c.y.size)
            )
            for small in SMALL
            for n in (0, 1)
        ],
        "Yours takes softmax twice; it should take it once.": lambda c: of_label(c, softmax(p_of(c))),
        "Yours is e^-z_D without the sum; it should be log(sum e^z) - z_D.": lambda c: (
            c.y.max(axis=1) - of_right(c)
        ).mean(),
        "Yours is y at the label; it should be log(sum e^y) - y_D.": (
            lambda c: of_right(c).mean(),
            lambda c: -of_right(c).mean(),
        ),
        "Yours is the logarithm of the score; it should be the logarithm of p, the softmax of y.": (
            lambda c: -np.log(of_right(c)).mean()
        ),
        "Yours takes the largest or smallest of [i = D] log p; it should sum over the classes.": (
            lambda c: -(right_class(c) * log_p(c)).max(axis=1).mean(),
            lambda c: (right_class(c) * log_p(c)).max(axis=1).mean(),
        ),
        "Yours divides y by the largest score; it should subtract it: z = y - y.max(axis=1, keepdims=True).": (
            lambda c: of_label(c, softmax(c.y / c.y.max(axis=1, keepdims=True))),
            lambda c: of_label(c, softmax(c.y / c.y.max())),
        ),
        "Yours has the logistic function of each score; it should be softmax, with the sum over the classes.": (
            lambda c: of_label(c, 1 / (1 + np.exp(-c.y)))
        ),
        "Yours cuts off y; it should not: subtract the largest score of each row instead.": [
            lambda c, top=top, low=low: E_with(SimpleNamespace(y=np.clip(c.y, low, top), labels=c.labels), 0)
            for top in (10, 20, 30, 50, 80, 88, 100, 500, 600, 700)
            for low in (0, -top)
        ],
        SWAPPED: lambda c: -swapped(c, log_p(c)).mean(),
        **counted(lambda c: c.y.argmax(axis=1)),
        "Yours uses the last image only; it should add up all images: `+=` in the loop.": (
            lambda c: E_of(c)[-1],
            lambda c: E_of(c)[-1] / len(c.y),
        ),
        "Yours uses the first image only; it should add up all images: is `return` inside of the loop?": (
            lambda c: E_of(c)[0],
            lambda c: E_of(c)[0] / len(c.y),
        ),
        "Yours subtracts the largest score in the sum and not from y_D; it should subtract it from both.": lambda c: (
            E_of(c) - c.y.max(axis=1)
        ).mean(),
        "Yours subtracts the largest score from y_D and not in the sum; it should subtract it from both.": lambda c: (
            E_of(c) + c.y.max(axis=1)
        ).mean(),
        "Yours is sum e^z - z_D without the logarithm; it should be log(sum e^z) - z_D.": (
            lambda c: (np.exp(E_of(c) + of_right(c)) - of_right(c)).mean(),
            lambda c: (np.exp(E_of(c) + of_right(c) - c.y.max(axis=1)) - of_right(c) + c.y.max(axis=1)).mean(),
        ),
    },
)
CROSS_ENTROPY = Exercise(
    name="cross-entropy",
    title="softmax and its logarithm in one, without overflow",
    target=CrossEntropyLoss,
    methods=("forward", "backward"),
    task="forward returns E, a number, and stores p as self.p: the library's backward2 reads "
    "it. backward has no arguments and returns dE/dy. Scores of 10,000 must not give infinity or NaN.",
    contract={
        "": "Cross-entropy: the mean of -log p_D over the patterns, where p is the softmax of the scores "
        "y.\n"
        "y: (N, classes), scores (logits), not probabilities; labels D: (N,), integers from 0 to "
        "classes - 1.\n"
        "Class weights and label smoothing are left out here.",
        "forward": "Return E, a number, and store p (N, classes) as self.p.",
        "backward": "Return dE/dy, like y.",
    },
    gives=("from scratchnet.losses import one_hot",),
    kind=LossPass(leaves=("p",)),
    tiny=lambda rng, dtype: fixed_case(TINY, [1, 0], dtype),
    draw=lambda rng, dtype: drawn(rng, dtype),
    real=lambda rng, dtype: [loss_case(rng, dtype, 64, 10, scale=84), *hard_scores(rng, dtype)],
    odd=lambda rng, dtype: [*odd_losses(rng, dtype), *hard_scores(rng, dtype)],
    wrong={"forward": FORWARD + STORED, "backward": BACKWARD},
    hints=(
        "p = e^y / sum e^y, row by row: axis=1, keepdims=True. E = - mean of log p at the label.",
        "Subtracting the same number from all scores of a row changes neither p nor E: subtract the largest.",
        "With z = y - max: E = mean of log(sum e^z) - z_D. No exponent is positive, one is 0.",
        "backward: (p - one_hot(labels, y)) / N; store both in forward.",
    ),
)
