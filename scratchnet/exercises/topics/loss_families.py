"""What the exercises on losses have in common: cases that are hard, and mistakes."""

import numpy as np

from scratchnet.exercises.cases import gaps, loss_case
from scratchnet.exercises.definition import Case


def large(dtype):
    """A number whose exponential is infinite, and to which enough digits are left in a float32."""
    return 9000 if np.dtype(dtype) == np.float64 else 300


def wide(dtype):
    """Scores with large differences within each row; the largest are on the diagonal."""
    return large(dtype) * np.array([[1, 0, 0.4], [0.1, 1, 0.5], [0, 0.3, 1]])


def apart(dtype):
    """Scores with rows that are far from each other; N = classes."""
    near = np.array([[3, 1, 2, 0], [1, 3, 0, 2], [3, 1, 2, 0], [1, 0, 2, 3]])
    return near + large(dtype) * np.array([[0], [1], [-1], [0]])


def fixed_case(y, labels, dtype, **named):
    sizes = {"images": len(y), "classes": len(y[0])}
    return Case({"y": np.array(y, dtype), "labels": np.array(labels)}, (), named, {}, sizes)


def drawn(rng, dtype, **named):
    """A random case where neither the labels nor what they number are all: [labels] and [:, labels] have a name."""
    case = loss_case(rng, dtype, 5, 6, **named)
    case.arrays["labels"][:] = rng.permutation([0, 1, 2, 2, 4])
    return case


def far(rng, shape, dtype):
    return (large(dtype) + 10 * rng.random(shape)).astype(dtype)


def odd_losses(rng, dtype, **named):
    """Unusual shapes, for every loss."""
    return [
        loss_case(rng, dtype, 1, 2, **named),
        loss_case(rng, dtype, 6, 2, **named),
        loss_case(rng, dtype, 4, 4, **named),
        loss_case(rng, dtype, 1, 4, **named),
        loss_case(rng, dtype, 3, 10, memory=gaps, **named),
        fixed_case([[-1, 2, 0.5], [1, -2, 3], [0, -1, -3], [2, 1, -1]], [0, 1, 2, 1], dtype, **named),
    ]


def right_class(c):
    return (c.labels[:, None] == np.arange(c.y.shape[1])).astype(c.y.dtype)


def of_right(c):
    return c.y[np.arange(len(c.y)), c.labels]


def rows_of_labels(c, d, change):
    """d[labels] += change: the rows that the labels number."""
    d = d.copy()
    d[c.labels] += change
    return d


def columns_of_labels(c, d, change):
    """d[:, labels] += change: the columns of all labels, in every row."""
    d = d.copy()
    d[:, c.labels] += change
    return d


def softmax(y, axis=1):
    """The formula as printed. axis: what to sum over."""
    e = np.exp(y)
    return e / e.sum(axis=axis, keepdims=True)


def top(c):
    return c.y.max(axis=1, keepdims=True)


def log_p(c):
    """The logarithm of softmax, with the largest score of each row taken out."""
    z = c.y - top(c)
    return z - np.log(np.exp(z).sum(axis=1, keepdims=True))


def p_of(c):
    return np.exp(log_p(c))


SMALL = [10.0**-k for k in (*range(2, 21), 24, 30, 32, 37, 38, 45, 50, 100, 150, 200, 300, 308)]
SMALL += [np.finfo(kind).eps for kind in (float, "f")] + [np.finfo(kind).tiny for kind in (float, "f")]


SMALL_IN_A_SUM = [small for small in SMALL if small > 5e-9]  # beside 1, smaller ones are rounding


def of_small_numbers(p):
    """The functions -mean log of p_D with a small number added, or with p cut off. p: a function of the case."""
    kinds = (
        lambda p, small: p + small,
        np.maximum,
        lambda p, small: np.clip(p, small, 1 - small),
        lambda p, small: np.where(p == 0, small, p),
    )
    return [
        lambda c, small=small, kind=kind, f=f: -np.log(kind(p(c)[np.arange(len(c.y)), c.labels], small)).sum() / f(c.y)
        for small in SMALL
        for kind in kinds
        for f in (len, np.size, lambda y: 1)
    ]


SMALL_NUMBER = (
    "Yours adds a small number to p, or cuts p off, before the logarithm, which changes E; it should have no such "
    "number: "
)


def divided(right, what="it should divide by N once, len(y)"):
    """The table of wrong divisors and factors. right: a function of the case that returns the right result."""
    return {
        f"Yours divides by N twice; {what}.": lambda c: right(c) / len(c.y),
        f"Yours divides by the number of classes too; {what}.": lambda c: right(c) / c.y.shape[1],
        f"Yours divides by the number of classes; {what}.": lambda c: right(c) * len(c.y) / c.y.shape[1],
        f"Yours divides by the number of entries and N; {what}.": lambda c: right(c) / c.y.size,
        f"Yours divides by N - 1; {what}.": lambda c: right(c) * len(c.y) / (len(c.y) - 1),
        "Yours has the factor 1/2; it should not: that is for a squared error.": lambda c: right(c) / 2,
        "Yours has the factor 2; it should not: that is for a squared error.": lambda c: 2 * right(c),
    }


def counted(best):
    """The table of answers that count images. best: a function of the case for the class that wins in each image."""

    def share(hits):
        return hits.mean() if 0 < hits.mean() < 1 else np.nan  # 0 and 1 may be anything

    return {
        "Yours is the share of wrong answers; it should be the loss, which has a slope.": (
            lambda c: share(best(c) != c.labels)
        ),
        "Yours is the share of right answers; it should be the loss, which has a slope.": (
            lambda c: share(best(c) == c.labels)
        ),
    }


SWAPPED = "Yours has the two indices in each other's place; it should be [np.arange(N), labels]."


def swapped(c, a):
    """a[labels, np.arange(N)]."""
    return a[c.labels, np.arange(len(c.y))]


def over_classes(right):
    """The table of slopes that are summed over the classes."""
    return {
        "Yours is summed over the classes; it should have a number for each class, (N, classes).": (
            lambda c: right(c).sum(axis=1),
            lambda c: right(c).sum(axis=1, keepdims=True),
            lambda c: right(c).mean(axis=1),
        )
    }
