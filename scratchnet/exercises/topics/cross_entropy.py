"""The exercise on softmax cross entropy."""

import numpy as np

from scratchnet.exercises.cases import loss_case
from scratchnet.exercises.definition import Exercise
from scratchnet.exercises.kinds import LossPass
from scratchnet.exercises.topics.families import with_and_without_mean, wrongs
from scratchnet.exercises.topics.loss_families import (
    SMALL,
    SMALL_NUMBER,
    apart,
    columns_of_labels,
    divided,
    drawn,
    far,
    fixed_case,
    large,
    odd_losses,
    of_right,
    of_small_numbers,
    right_class,
    rows_of_labels,
    softmax,
    wide,
)
from scratchnet.losses import CrossEntropyLoss

# Small enough to follow by hand. log(p + 1e-12) is plainly wrong in the first row.
TINY = [[3, -27, 2], [4, 2, 5]]


def hard_scores(rng, dtype):
    """Each fails one more kind of answer: no maximum, the smallest for it, log p, the maximum of the batch."""
    return [
        loss_case(rng, dtype, 4, 10, draw=far),
        fixed_case(wide(dtype), [0, 1, 2], dtype),
        fixed_case(wide(dtype), [1, 2, 0], dtype),
        fixed_case(apart(dtype), [0, 1, 1, 2], dtype),
        loss_case(rng, dtype, 4, 10, scale=large(dtype)),
    ]


def E_of(c):
    """Cross entropy, with the largest score of each row taken out."""
    z = c.y - c.y.max(axis=1, keepdims=True)
    return np.log(np.exp(z).sum(axis=1)) - (right_class(c) * z).sum(axis=1)


def log_p(c):
    z = c.y - c.y.max(axis=1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=1, keepdims=True))


def p_of(c):
    return np.exp(log_p(c))


def dE(c):
    return (p_of(c) - right_class(c)) / len(c.y)


def E_with(c, largest):
    """Cross entropy as it is with another number than the largest score taken out."""
    z = c.y - largest
    return (np.log(np.exp(z).sum(axis=1)) - (right_class(c) * z).sum(axis=1)).mean()


def of_label(c, p):
    return -np.log(p[np.arange(len(c.y)), c.labels]).mean()


def binary(c):
    p, right = p_of(c), right_class(c)
    return -(right * np.log(p) + (1 - right) * np.log(1 - p))


def squared_error(c, y):
    return (y - right_class(c)) ** 2


OVERFLOW = (
    "Yours overflows: e^y is infinite for large y, and log p is infinite where p is 0. It should use z = y - the "
    "largest score of the row: E is log(sum e^z) - z_D."
)
OF_BATCH = "Yours subtracts the largest score of the whole batch; it should subtract the largest of each row: axis=1."
SMALLEST = "Yours subtracts the smallest score, so that e^z overflows; it should subtract the largest of each row."
INFINITE = (  # in this order: see hard_scores
    {
        OF_BATCH: lambda c: E_with(c, c.y.max()),
        OVERFLOW: lambda c: of_label(c, p_of(c)),
        "Yours is the logarithm of the score; it should be the logarithm of p, the softmax of y.": (
            lambda c: -np.log(of_right(c)).mean()
        ),
        SMALLEST: lambda c: E_with(c, c.y.min(axis=1, keepdims=True)),
    },
    {OVERFLOW: lambda c: E_with(c, 0)},
)
FORWARD = sum((wrongs("E", table, overflow=True) for table in INFINITE), ()) + wrongs(
    "E",
    {
        "Yours is the sum over the images; it should be their mean.": lambda c: E_of(c).sum(),
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
STORED = wrongs(
    "self.p", {OVERFLOW: lambda c: softmax(c.y), OF_BATCH: lambda c: softmax(c.y - c.y.max())}, overflow=True
) + wrongs(
    "self.p",
    {
        "Yours stores e^z, not divided by its sum; self.p should be the softmax, with rows that add up to 1.": (
            lambda c: np.exp(c.y),
            lambda c: np.exp(c.y - c.y.max(axis=1, keepdims=True)),
        ),
        "Yours divides by the sum over the whole batch; self.p should be divided by the sum of each row.": (
            lambda c: softmax(c.y, axis=None),
            lambda c: softmax(c.y - c.y.max(axis=1, keepdims=True), axis=None),
        ),
        "Yours divides by the sum over the images; self.p should be divided by the sum of each row: axis=1.": (
            lambda c: softmax(c.y, axis=0),
            lambda c: softmax(c.y - c.y.max(axis=1, keepdims=True), axis=0),
        ),
        "Yours stores log p; self.p should be p.": log_p,
        "Yours stores y; self.p should be the softmax of y.": lambda c: c.y,
        "Yours stores z = y - the largest; self.p should be the softmax of y.": (
            lambda c: c.y - c.y.max(axis=1, keepdims=True)
        ),
        "Yours stores p at the label; self.p should have p of every class, (N, classes).": lambda c: p_of(c)[
            np.arange(len(c.y)), c.labels
        ],
        "Yours stores the argmax; self.p should have p of every class, (N, classes).": lambda c: c.y.argmax(axis=1),
        "Yours stores p - [i = D]; self.p should be p.": lambda c: p_of(c) - right_class(c),
        "Yours stores [i = D]; self.p should be the softmax of y.": right_class,
        "Yours takes softmax of -y; self.p should be the softmax of y.": lambda c: softmax(-c.y),
        "Yours subtracts the largest score of each class; it should subtract the largest of each row: axis=1.": (
            lambda c: softmax(c.y - c.y.max(axis=0))
        ),
    },
)
BACKWARD = wrongs(
    "dE/dy",
    {
        "Yours has the other sign; it should lower E for a larger score of the right class.": with_and_without_mean(
            lambda c: right_class(c) - p_of(c)
        ),
        "Yours has no 1/N; it should be a mean.": lambda c: p_of(c) - right_class(c),
        "Yours has no [i = D]; it should subtract 1 at the label.": with_and_without_mean(p_of),
        "Yours is the slope of -y_D alone; it should have p too.": with_and_without_mean(lambda c: -right_class(c)),
        **divided(dE),
        "Yours subtracts 1 from every class; it should subtract 1 at the label only.": with_and_without_mean(
            lambda c: p_of(c) - 1
        ),
        "Yours adds 1 at the label; it should subtract it.": with_and_without_mean(lambda c: p_of(c) + right_class(c)),
        "Yours subtracts 1 in the rows that the labels number, d[labels]; it should be d[np.arange(N), labels].": (
            with_and_without_mean(lambda c: rows_of_labels(c, p_of(c), -1))
        ),
        "Yours subtracts 1 at every label in every row, d[:, labels]; it should be d[np.arange(N), labels].": (
            with_and_without_mean(lambda c: columns_of_labels(c, p_of(c), -1))
        ),
        "Yours subtracts the labels themselves; it should subtract 1 at the label: one_hot(labels, y).": (
            with_and_without_mean(lambda c: p_of(c) - c.labels[:, None])
        ),
        "Yours is p (1 - p), the diagonal of the softmax's slope; it should be p - [i = D].": with_and_without_mean(
            lambda c: p_of(c) * (1 - p_of(c))
        ),
        "Yours has the factor p (1 - p) too; it should be p - [i = D] alone.": with_and_without_mean(
            lambda c: (p_of(c) - right_class(c)) * p_of(c) * (1 - p_of(c))
        ),
        "Yours is the slope with respect to p; it should be that with respect to y: p - [i = D].": [
            f
            for make in (
                lambda c: -right_class(c) / p_of(c),
                lambda c: -1 / p_of(c),
                lambda c: right_class(c) / p_of(c),
            )
            for f in with_and_without_mean(make)
        ],
        "Yours is right at the label only; it should be p at the other classes, and not 0.": with_and_without_mean(
            lambda c: right_class(c) * (p_of(c) - 1)
        ),
        "Yours is 0 at the label; it should be p - 1 there.": with_and_without_mean(
            lambda c: p_of(c) * (1 - right_class(c))
        ),
        "Yours is the mean over the images; it should have a row for each image.": (
            lambda c: dE(c).sum(axis=0),
            lambda c: dE(c).mean(axis=0),
        ),
        "Yours is a part of E itself; it should be its slope, p - [i = D].": with_and_without_mean(
            lambda c: -right_class(c) * log_p(c)
        ),
        "Yours has y for p; it should be p - [i = D], with the softmax p.": with_and_without_mean(
            lambda c: c.y - right_class(c)
        ),
        "Yours has log p for p; it should be p - [i = D].": with_and_without_mean(lambda c: log_p(c) - right_class(c)),
        "Yours has e^z for p, not divided by its sum; it should be p - [i = D].": with_and_without_mean(
            lambda c: np.exp(c.y - c.y.max(axis=1, keepdims=True)) - right_class(c)
        ),
        "Yours takes the largest score for the label; it should take labels, as they are given.": with_and_without_mean(
            lambda c: p_of(c) - (c.y == c.y.max(axis=1, keepdims=True))
        ),
        "Yours is 2 times what it should be: the 2 is that of a squared error.": lambda c: 2 * dE(c),
        "Yours is |p - [i = D]|; it should keep the sign.": with_and_without_mean(
            lambda c: np.abs(p_of(c) - right_class(c))
        ),
    },
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
