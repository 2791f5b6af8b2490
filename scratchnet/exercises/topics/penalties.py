"""The exercises on the paper's two losses."""

import numpy as np

from scratchnet.exercises.cases import loss_case
from scratchnet.exercises.definition import Exercise
from scratchnet.exercises.kinds import LossPass
from scratchnet.exercises.topics.families import with_and_without_mean, wrongs
from scratchnet.exercises.topics.loss_families import (
    SWAPPED,
    columns_of_labels,
    counted,
    divided,
    drawn,
    far,
    fixed_case,
    large,
    odd_losses,
    of_right,
    over_classes,
    right_class,
    rows_of_labels,
    softmax,
    swapped,
    wide,
)
from scratchnet.losses import MLELoss

GIVES_ONE_HOT = ("from scratchnet.losses import one_hot",)
TINY = [[3, 27, 4], [5, 2, 7]]  # penalties; log(p + 1e-12) is plainly wrong in the first row


def hard_penalties(rng, dtype, **named):
    """Large penalties. Each case fails one more kind of answer: the largest for the smallest, log p, no j in the
    minimum."""
    return [
        fixed_case(large(dtype) - wide(dtype), [0, 1, 2], dtype, **named),
        fixed_case(large(dtype) - wide(dtype), [1, 2, 0], dtype, **named),
        loss_case(rng, dtype, 4, 10, draw=far, **named),
    ]


WITH_ONE_HOT = {
    "Yours stores the labels; self.right should be one_hot(labels, y).": lambda c: c.labels,
    "Yours stores y at the label; self.right should be one_hot(labels, y).": (
        of_right,
        lambda c: of_right(c)[:, None],
        lambda c: right_class(c) * c.y,
    ),
    "Yours stores 1 at the smallest penalty; self.right should be 1 at the label: one_hot(labels, y).": (
        lambda c: (c.y == c.y.min(axis=1, keepdims=True)).astype(c.y.dtype)
    ),
    "Yours stores 1 in the rows that the labels number; self.right should be one_hot(labels, y).": (
        lambda c: np.minimum(rows_of_labels(c, np.zeros_like(c.y), 1), 1)
    ),
    "Yours stores 1 at every label in every row, right[:, labels]; self.right should be one_hot(labels, y).": (
        lambda c: np.minimum(columns_of_labels(c, np.zeros_like(c.y), 1), 1)
    ),
    "Yours has ten classes for every y; self.right should have the shape of y: one_hot(labels, y).": (
        lambda c: np.eye(10)[c.labels]
    ),
    "Yours is transposed; self.right should have the shape of y, a row for each image.": lambda c: right_class(c).T,
    "Yours stores 0 at the label and 1 elsewhere; self.right should be one_hot(labels, y).": lambda c: (
        1 - right_class(c)
    ),
}


def squared_error(c):
    return (c.y - right_class(c)) ** 2


MLE_LOGARITHM = "Yours takes a logarithm; it should not: y is a penalty, and no probability (eq. 8)."
MLE_SOFTMAX = "Yours is a softmax with its logarithm; it should be the penalty at the label alone (eq. 8)."
MLE_FORWARD = wrongs(
    "E", {MLE_LOGARITHM: (lambda c: -np.log(of_right(c)).mean(), lambda c: np.log(of_right(c)).mean())}, overflow=True
) + wrongs(
    "E",
    {
        "Yours is the sum over the images; it should be their mean.": lambda c: of_right(c).sum(),
        "Yours has a number for each image; it should be their mean, one number.": (
            of_right,
            lambda c: of_right(c) / len(c.y),
        ),
        "Yours is the mean of all penalties; it should take that of the right class only.": (
            lambda c: c.y.mean(),
            lambda c: c.y.sum() / len(c.y),
        ),
        "Yours is the mean over all entries; it should divide by N, not by N x classes.": (
            lambda c: (right_class(c) * c.y).mean()
        ),
        "Yours takes the smallest penalty; it should take that of the label.": lambda c: c.y.min(axis=1).mean(),
        "Yours takes the largest penalty; it should take that of the label.": lambda c: c.y.max(axis=1).mean(),
        "Yours has the other sign; it should be the penalty itself, which training makes small.": (
            lambda c: -of_right(c).mean()
        ),
        **divided(lambda c: c.E),
        "Yours takes the rows that the labels number, y[labels]; it should be y[np.arange(N), labels].": (
            lambda c: c.y[c.labels].mean(),
            lambda c: c.y[c.labels].sum() / len(c.y),
        ),
        "Yours takes every label in every row, y[:, labels]; it should be y[np.arange(N), labels].": (
            lambda c: c.y[:, c.labels].mean(),
            lambda c: c.y[:, c.labels].sum() / len(c.y),
        ),
        "Yours is a squared error; it should be the penalty at the label alone (eq. 8).": [
            lambda c, f=f, n=n: f * squared_error(c).sum() / (len(c.y) if n else c.y.size)
            for f in (1, 0.5)
            for n in (0, 1)
        ],
        "Yours is the square of the penalty; it should be the penalty itself, which is a square already.": (
            lambda c: (of_right(c) ** 2).mean()
        ),
        "Yours sums the penalties of the wrong classes; it should take that of the right class.": (
            lambda c: ((1 - right_class(c)) * c.y).sum() / len(c.y),
            lambda c: ((1 - right_class(c)) * c.y).mean(),
        ),
        "Yours subtracts the penalties of the other classes; it should take that of the right class only (eq. 8).": (
            lambda c: (2 * of_right(c) - c.y.sum(axis=1)).mean()
        ),
        "Yours takes the largest or smallest of [i = D] y, which may be 0; it should sum over the classes.": (
            lambda c: (right_class(c) * c.y).max(axis=1).mean(),
            lambda c: (right_class(c) * c.y).min(axis=1).mean(),
        ),
        SWAPPED: lambda c: swapped(c, c.y).mean(),
        "Yours takes e^-y; it should be the penalty y itself (eq. 8).": (
            lambda c: np.exp(-of_right(c)).mean(),
            lambda c: -np.exp(-of_right(c)).mean(),
        ),
        **counted(lambda c: c.y.argmin(axis=1)),
        "Yours uses the last image only; it should add up all images: `+=` in the loop.": (
            lambda c: of_right(c)[-1],
            lambda c: of_right(c)[-1] / len(c.y),
        ),
        "Yours uses the first image only; it should add up all images: is `return` inside of the loop?": (
            lambda c: of_right(c)[0],
            lambda c: of_right(c)[0] / len(c.y),
        ),
        MLE_SOFTMAX: (
            lambda c: -np.log(softmax(-c.y)[np.arange(len(c.y)), c.labels]).mean(),
            lambda c: -np.log(softmax(c.y)[np.arange(len(c.y)), c.labels]).mean(),
        ),
    },
)
MLE_BACKWARD = wrongs(
    "dE/dy",
    {
        "Yours has no 1/N; it should be a mean.": right_class,
        "Yours divides by the number of entries of y; it should divide by the N images.": (
            lambda c: right_class(c) / c.y.size
        ),
        **divided(lambda c: right_class(c) / len(c.y)),
        **over_classes(lambda c: right_class(c) / len(c.y)),
        "Yours divides by the number of images of each class; it should divide by N, all of them.": (
            lambda c: right_class(c) / right_class(c).sum(axis=0)
        ),
        "Yours is 1/N everywhere; it should be 0 but at the label.": with_and_without_mean(lambda c: np.ones_like(c.y)),
        "Yours is y at the label; it should be its derivative, 1.": with_and_without_mean(
            lambda c: right_class(c) * c.y
        ),
        "Yours is y; it should be its derivative: 1/N at the label.": with_and_without_mean(lambda c: c.y),
        "Yours has the other sign; it should be 1/N at the label.": with_and_without_mean(lambda c: -right_class(c)),
        "Yours is y - [i = D], the slope of a squared error; it should be 1/N at the label.": [
            f for k in (1, 2, -1, -2) for f in with_and_without_mean(lambda c, k=k: k * (c.y - right_class(c)))
        ],
        "Yours is p - [i = D], the slope of cross entropy; it should be 1/N at the label.": [
            f for k in (1, -1) for f in with_and_without_mean(lambda c, k=k: softmax(k * c.y) - right_class(c))
        ],
        "Yours is the slope of a logarithm, 1 / y; it should be 1/N at the label.": [
            f for k in (1, -1) for f in with_and_without_mean(lambda c, k=k: k * right_class(c) / c.y)
        ],
        "Yours uses the labels themselves; it should use one_hot(labels, y).": with_and_without_mean(
            lambda c: c.labels
        ),
        "Yours is the mean over the images; it should have a row for each image.": (
            lambda c: right_class(c).mean(axis=0),
            lambda c: right_class(c).mean(axis=0) / len(c.y),
        ),
        "Yours is 1/N at the wrong classes; it should be 1/N at the label.": with_and_without_mean(
            lambda c: 1 - right_class(c)
        ),
        "Yours is 1/N at the smallest penalty; it should be 1/N at the label.": with_and_without_mean(
            lambda c: (c.y == c.y.min(axis=1, keepdims=True)) * 1.0
        ),
    },
)

MLE_LOSS = Exercise(
    name="mle-loss",
    title="the penalty of the right class",
    target=MLELoss,
    methods=("forward", "backward"),
    task="forward returns E, a number. It stores one_hot(labels, y), which is 1 at the label of each row and "
    "0 elsewhere, as self.right: the library's backward2 reads it. backward has no arguments and returns dE/dy.",
    contract={
        "": "The mean penalty of the right class (paper, eq. 8).\n"
        "y: (N, classes), penalties; labels: (N,), integers from 0 to classes - 1.",
        "forward": "Return E, a number, and store one_hot(labels, y) as self.right.",
        "backward": "Return dE/dy, like y.",
    },
    gives=GIVES_ONE_HOT,
    kind=LossPass(leaves=("right",)),
    tiny=lambda rng, dtype: fixed_case(TINY, [1, 0], dtype),
    draw=lambda rng, dtype: drawn(rng, dtype),
    real=lambda rng, dtype: [loss_case(rng, dtype, 64, 10, scale=84), *hard_penalties(rng, dtype)],
    odd=lambda rng, dtype: [
        *odd_losses(rng, dtype),
        loss_case(rng, dtype, 3, 1),
        *hard_penalties(rng, dtype),
    ],
    wrong={"forward": MLE_FORWARD + wrongs("self.right", WITH_ONE_HOT), "backward": MLE_BACKWARD},
    hints=(
        "one_hot(labels, y) * y is y at the label of each row and 0 elsewhere.",
        "E = sum of that, divided by len(y): one number for the batch, float(...).",
        "backward: E depends on y[n, D] alone, with slope 1/N. Store one_hot in forward.",
    ),
)
