"""The mistakes in p and in its slope, for the exercise on cross entropy."""

import numpy as np

from scratchnet.exercises.topics.families import with_and_without_mean, wrongs
from scratchnet.exercises.topics.loss_families import (
    SMALL_IN_A_SUM,
    columns_of_labels,
    divided,
    log_p,
    over_classes,
    p_of,
    right_class,
    rows_of_labels,
    softmax,
    top,
)

OVERFLOW = (
    "Yours overflows: e^y is infinite for large y; it should use z = y - the largest score of the row: E is "
    "log(sum e^z) - z_D."
)
OF_BATCH = "Yours subtracts the largest score of the whole batch; it should subtract the largest of each row: axis=1."


def dE(c):
    return (p_of(c) - right_class(c)) / len(c.y)


STORED = wrongs(
    "self.p", {OF_BATCH: lambda c: softmax(c.y - c.y.max()), OVERFLOW: lambda c: softmax(c.y)}, overflow=True
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
        "Yours adds a small number to the sum, or to p; it should not: no sum is 0.": [
            lambda c, small=small, f=f: f(c, small)
            for small in SMALL_IN_A_SUM
            for f in (
                lambda c, small: np.exp(c.y - top(c)) / (np.exp(c.y - top(c)).sum(axis=1, keepdims=True) + small),
                lambda c, small: p_of(c) + small,
                lambda c, small: np.clip(p_of(c), small, 1 - small),
                lambda c, small: np.maximum(p_of(c), small),
            )
        ],
        "Yours stores the logistic function of each score; self.p should be the softmax, with rows that add up to 1.": (
            lambda c: 1 / (1 + np.exp(-c.y))
        ),
        "Yours divides y by the largest score; it should subtract it: z = y - y.max(axis=1, keepdims=True).": (
            lambda c: softmax(c.y / c.y.max(axis=1, keepdims=True)),
            lambda c: softmax(c.y / c.y.max()),
        ),
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
        **over_classes(dE),
        "Yours divides one term by N; it should divide both: brackets.": (
            lambda c: p_of(c) - right_class(c) / len(c.y),
            lambda c: p_of(c) / len(c.y) - right_class(c),
        ),
        "Yours squares p - [i = D]; it should not.": with_and_without_mean(lambda c: (p_of(c) - right_class(c)) ** 2),
        "Yours multiplies by p too; it should be p - [i = D] alone.": with_and_without_mean(
            lambda c: (p_of(c) - right_class(c)) * p_of(c)
        ),
        "Yours divides by p too; it should be p - [i = D] alone.": with_and_without_mean(
            lambda c: (p_of(c) - right_class(c)) / p_of(c)
        ),
        "Yours is a matrix of classes, or of all entries; it should be p - [i = D], entry by entry, (N, classes).": [
            lambda c, f=f, n=n: f(c) / (len(c.y) if n else 1)
            for n in (0, 1)
            for f in (
                lambda c: p_of(c).T @ right_class(c),
                lambda c: right_class(c).T @ p_of(c),
                lambda c: p_of(c) @ right_class(c).T,
                lambda c: np.diagflat(p_of(c)) - np.outer(p_of(c), p_of(c)),
                lambda c: p_of(c)[:, :, None] * (np.eye(c.y.shape[1]) - p_of(c)[:, None, :]),
            )
        ],
        "Yours is p - the largest p; it should be p - [i = D].": with_and_without_mean(
            lambda c: p_of(c) - p_of(c).max(axis=1, keepdims=True)
        ),
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
