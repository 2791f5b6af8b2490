"""Guess the mistake in a wrong array, and describe it in a sentence.

Each function in SYMPTOMS recognises one symptom. It takes the array that was got, the expected array (of the same
shape) and {what is counted: how many}, and returns a sentence or "". `diagnose` returns the first sentence.
"""

import itertools
import math
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray


def diagnose(got: NDArray, expected: NDArray, sizes: dict[str, int] | None = None) -> str:
    """Return a sentence on the likely mistake in `got`, or "" if no known symptom fits.

    got, expected: arrays. sizes: {"images": 32, ...}, the numbers that a wrong factor or length may be.
    """
    if got.shape != expected.shape:
        return shape(got, expected, sizes or {})
    if got.dtype.kind in "fiub" and expected.dtype.kind in "fiub":
        got, expected = got.astype(float), expected.astype(float)
        with np.errstate(all="ignore"):
            return next(filter(None, (symptom(got, expected, sizes or {}) for symptom in SYMPTOMS)), "")
    return ""


def alike(a, b, tolerance=1e-6):
    """Return whether two arrays are equal up to rounding, and not all 0."""
    return a.shape == b.shape and bool(np.abs(a - b).max() <= tolerance * np.abs(b).max() > 0)


def shape(got, expected, sizes):
    mine, right = got.shape, expected.shape
    if len(mine) == len(right) and sorted(mine) == sorted(right):
        return "Yours has its axes in another order. Is a transpose missing, or is there one too many?"
    if [n for n in mine if n != 1] == [n for n in right if n != 1]:
        if len(mine) > len(right):
            return "Yours has extra axes of length 1. Did you write keepdims=True?"
        return "Yours lacks axes of length 1. Did you forget keepdims=True?"
    if got.size == math.prod(right):
        return "Yours has the right number of entries, but another shape. Did you forget a reshape?"
    for count in range(1, len(mine)):
        for axes in itertools.combinations(range(len(mine)), count):
            if np.delete(mine, axes).tolist() == list(right):
                which = " and ".join(f"axis {axis} (of length {mine[axis]})" for axis in axes)
                return f"Yours has too many axes. It should be summed over {which}."
    if len(mine) == len(right):
        off = [axis for axis in range(len(mine)) if mine[axis] != right[axis]]
        if all(abs(mine[axis] - right[axis]) == 1 for axis in off):
            return f"Yours has a length that is off by one along axis {' and '.join(map(str, off))}."
        for name, n in sizes.items():
            if [mine[axis] for axis in off] == [n]:
                return f"Yours has length {n}, as many as there are {name}. Did you sum over the wrong axis?"
    if len(mine) < len(right):
        return "Yours has too few axes. Did you sum over one axis too many, or over the wrong axis?"
    return ""


def not_finite(got, expected, sizes):
    nan, infinite = np.count_nonzero(np.isnan(got)), np.count_nonzero(np.isinf(got))
    if nan:
        return f"Yours has NaN in {nan} of {got.size} entries. Did you compute 0 / 0, infinity - infinity or 0 log 0?"
    if infinite:
        return f"Yours is infinite in {infinite} of {got.size} entries. Did e^x overflow, or did you divide by 0?"
    return ""


def nothing(got, expected, sizes):
    return "" if got.any() else "Yours is 0 in every entry. Did you compute it, and return it (or store it on self)?"


def rounded(got, expected, sizes):
    error = np.abs(got - expected).max() / np.abs(expected).max()
    if error < 1e-5:
        return "Yours is right to about seven digits only. Did you compute in float32? Keep the dtype of the input."
    return ""


def factor(got, expected, sizes):
    where = expected != 0
    ratio = float(np.median(got[where] / expected[where])) if where.any() else 0
    named = next((name for name, n in sizes.items() if n > 1 and ratio in near(n, 1 / n)), None)
    if not alike(got, ratio * expected) or (np.count_nonzero(where) < 2 and not named and ratio != -1):
        return ""
    if abs(ratio + 1) < 1e-6:
        return "Yours has the wrong sign in every entry. Is there a minus too many, or is one missing?"
    number = Fraction(ratio).limit_denominator(64)
    text = str(number) if abs(float(number) - ratio) < 1e-9 * abs(ratio) else f"{ratio:.6g}"
    sentence = f"Yours is {text} {'times' if abs(ratio) > 1 else 'of'} what it should be"
    if named == "images" and ratio < 1:
        return f"{sentence}. Did you average over the batch? The 1/N is in the loss; layers sum."
    if named and ratio < 1:
        return f"{sentence}, and there are {sizes[named]} {named}. Did you average over them?"
    if named:
        return f"{sentence}, and there are {sizes[named]} {named}. Did you forget to average over them?"
    return f"{sentence}. Is a factor wrong or missing{', and is the sign wrong' if ratio < 0 else ''}?"


class near:
    """`ratio in near(...)` tells whether ratio is one of these numbers, up to rounding."""

    def __init__(self, *numbers):
        self.numbers = numbers

    def __contains__(self, ratio):
        return any(abs(ratio - n) <= 1e-6 * abs(n) for n in self.numbers)


def squared(got, expected, sizes):
    if got.size > 1 and alike(got, expected**2):
        return "Yours is the square of what it should be."
    if got.size > 1 and (expected >= 0).all() and alike(got**2, expected):
        return "Yours is the square root of what it should be. Did you forget a square?"
    return ""


def transposed(got, expected, sizes):
    for i, j in itertools.combinations(range(got.ndim), 2):
        if alike(got, expected.swapaxes(i, j)):
            return f"Yours has axes {i} and {j} swapped. Is a transpose missing, or is there one too many?"
    return ""


def flipped(got, expected, sizes):
    for count in range(got.ndim, 0, -1):
        for axes in itertools.combinations(range(got.ndim), count):
            if min(got.shape[axis] for axis in axes) > 1 and alike(got, np.flip(expected, axes)):
                which = " and ".join(map(str, axes))
                return f"Yours is flipped along axis {which}. Did you flip a kernel, or reverse an order?"
    return ""


def shifted(got, expected, sizes):
    for axis in range(got.ndim):
        a, b = np.moveaxis(got, axis, 0), np.moveaxis(expected, axis, 0)
        if len(a) > 2 and (alike(a[1:], b[:-1]) or alike(a[:-1], b[1:])):
            return f"Yours is shifted by one along axis {axis}. Is an index off by one?"
    return ""


def one_end(got, expected, sizes):
    for axis in range(got.ndim):
        a, b = np.moveaxis(got, axis, 0), np.moveaxis(expected, axis, 0)
        if len(a) > 2:
            for end, rest, name in ((-1, slice(None, -1), "last"), (0, slice(1, None), "first")):
                if alike(a[rest], b[rest]) and np.count_nonzero(~np.isclose(a[end], b[end], 1e-6)) > 1:
                    return f"Yours is wrong only at the {name} index along axis {axis}. Is a loop or slice off by one?"
    return ""


def offset(got, expected, sizes):
    difference = got - expected
    for kept in (None, *range(got.ndim)):
        same = difference.mean(axis=tuple(axis for axis in range(got.ndim) if axis != kept), keepdims=True)
        if 2 * same.size <= got.size and alike(difference, np.broadcast_to(same, got.shape)):
            amount = "the same amount everywhere" if kept is None else f"an amount that depends only on axis {kept}"
            return f"Yours is off by {amount}. Did you add a term (such as a bias) twice, or forget one?"
    return ""


def shuffled(got, expected, sizes):
    if got.size > 2 and alike(np.sort(got, None), np.sort(expected, None)):
        return "Yours has the right numbers in the wrong places. Check the order of axes in a reshape or transpose."
    return ""


SYMPTOMS = (
    not_finite,
    nothing,
    rounded,
    factor,
    squared,
    transposed,
    flipped,
    shifted,
    one_end,
    offset,
    shuffled,
)
