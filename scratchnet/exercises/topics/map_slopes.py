"""The mistakes in p and in the slope, for the exercise on the MAP loss (eq. 9)."""

import numpy as np

from scratchnet.exercises.topics.families import with_and_without_mean, wrongs
from scratchnet.exercises.topics.loss_families import (
    columns_of_labels,
    divided,
    over_classes,
    right_class,
    rows_of_labels,
    softmax,
)


def p_of(c, j=None):
    """The p of MAPLoss, with its rubbish class unless j is infinite."""
    m = np.minimum(c.y.min(axis=1, keepdims=True), c.j)
    e = np.exp(m - c.y)
    return e / (np.exp(m - (c.j if j is None else j)) + e.sum(axis=1, keepdims=True))


def rubbish(c):
    return np.exp(-c.j)


def least(c):
    return np.minimum(c.y.min(axis=1), c.j)


def shifted_terms(c):
    return np.exp(least(c)[:, None] - c.y)


def shifted_totals(c):
    return np.exp(least(c) - c.j) + shifted_terms(c).sum(axis=1)


def as_printed(c):
    """The p of eq. 9 as printed."""
    e = np.exp(-c.y)
    return e / (rubbish(c) + e.sum(axis=1, keepdims=True))


def dE(c):
    return (right_class(c) - p_of(c)) / len(c.y)


E_MINUS_Y = "Yours has e^-y as it is, which is 0 for large y; it should have e^(m - y), with m as in forward."
MAP_BACKWARD = wrongs(
    "dE/dy", {E_MINUS_Y: lambda c: (right_class(c) - as_printed(c)) / len(c.y)}, overflow=True
) + wrongs(
    "dE/dy",
    {
        "Yours has the other sign; it should lower the penalty of the right class and raise the others.": (
            with_and_without_mean(lambda c: p_of(c) - right_class(c))
        ),
        "Yours has no 1/N; it should be a mean.": lambda c: right_class(c) - p_of(c),
        **divided(dE),
        "Yours has no rubbish class in p; it should have e^-j in the sum that it divides by.": with_and_without_mean(
            lambda c: right_class(c) - p_of(c, np.inf)
        ),
        "Yours is the slope of eq. 8 alone; it should have p too.": with_and_without_mean(right_class),
        "Yours is the slope of the logarithm alone; it should have [i = D] too.": with_and_without_mean(
            lambda c: -p_of(c)
        ),
        **over_classes(dE),
        "Yours divides one term by N; it should divide both: brackets.": (
            lambda c: right_class(c) / len(c.y) - p_of(c),
            lambda c: right_class(c) - p_of(c) / len(c.y),
        ),
        "Yours has the factor p (1 - p) too; it should be [i = D] - p alone.": with_and_without_mean(
            lambda c: (right_class(c) - p_of(c)) * p_of(c) * (1 - p_of(c))
        ),
        "Yours multiplies [i = D] by p; it should subtract p.": with_and_without_mean(
            lambda c: right_class(c) * p_of(c)
        ),
        "Yours squares [i = D] - p; it should not.": with_and_without_mean(lambda c: (right_class(c) - p_of(c)) ** 2),
        "Yours adds p; it should subtract it: [i = D] - p.": with_and_without_mean(lambda c: right_class(c) + p_of(c)),
        "Yours is 1 - p for every class; it should be -p where i is not D.": with_and_without_mean(
            lambda c: 1 - p_of(c)
        ),
        "Yours is p (1 - p), the diagonal of the softmax's slope; it should be [i = D] - p.": with_and_without_mean(
            lambda c: p_of(c) * (1 - p_of(c))
        ),
        "Yours is right at the label only; it should be -p at the other classes, and not 0.": (
            with_and_without_mean(lambda c: right_class(c) * (1 - p_of(c)))
        ),
        "Yours is 0 at the label; it should be 1 - p there.": with_and_without_mean(
            lambda c: -p_of(c) * (1 - right_class(c))
        ),
        "Yours divides e^-y by the sum over the whole batch; it should divide by the sum of each row.": [
            f
            for make in (
                lambda c: np.exp(-c.y) / (rubbish(c) + np.exp(-c.y).sum()),
                lambda c: shifted_terms(c) / (shifted_totals(c).sum()),
                lambda c: shifted_terms(c) / shifted_terms(c).sum(),
            )
            for f in with_and_without_mean(lambda c, make=make: right_class(c) - make(c))
        ],
        "Yours has e^(m - y) for p, not divided by the sum; it should be [i = D] - p.": with_and_without_mean(
            lambda c: right_class(c) - shifted_terms(c)
        ),
        "Yours has e^-y for p, not divided by the sum; it should be [i = D] - p.": with_and_without_mean(
            lambda c: right_class(c) - np.exp(-c.y)
        ),
        "Yours adds 1 in the rows that the labels number, d[labels]; it should be d[np.arange(N), labels].": (
            with_and_without_mean(lambda c: rows_of_labels(c, -p_of(c), 1))
        ),
        "Yours adds 1 at every label in every row, d[:, labels]; it should be d[np.arange(N), labels].": (
            with_and_without_mean(lambda c: columns_of_labels(c, -p_of(c), 1))
        ),
        "Yours takes softmax of y for p; it should be that of -y, with e^-j in the sum.": [
            f for k in (1, -1) for f in with_and_without_mean(lambda c, k=k: k * (softmax(c.y) - right_class(c)))
        ],
        "Yours is the mean over the images; it should have a row for each image.": (
            lambda c: dE(c).sum(axis=0),
            lambda c: dE(c).mean(axis=0),
        ),
        "Yours is the slope with respect to p; it should be that with respect to y: [i = D] - p.": [
            f for k in (1, -1) for f in with_and_without_mean(lambda c, k=k: k * right_class(c) / p_of(c))
        ],
    },
)
