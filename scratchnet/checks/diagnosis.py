"""Guess the mistake in a wrong array, and describe it in a sentence.

Each function in SYMPTOMS recognises one symptom. It takes the array that was got, the expected array (of the same
shape) and {what is counted: how many}, and returns a sentence or "". `diagnose` returns the first sentence.
"""

import itertools
import math
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from scratchnet.checks.places import places

TRANSPOSE = "Is a transpose missing, or is there one too many?"


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
        return f"Yours has its axes in another order; its shape should be {right}. {TRANSPOSE}"
    if [n for n in mine if n != 1] == [n for n in right if n != 1]:
        if len(mine) > len(right):
            return "Yours has extra axes of length 1; it should not. Did you write keepdims=True?"
        return "Yours lacks axes of length 1; it should keep them. Did you forget keepdims=True?"
    if got.size == math.prod(right):
        other = "Yours has the right number of entries, but another shape. Did you forget a reshape?"
        return f"{other} It should be {right}."
    for count in range(1, len(mine)):
        for axes in itertools.combinations(range(len(mine)), count):
            if np.delete(mine, axes).tolist() == list(right):
                which = " and ".join(f"axis {axis} (of length {mine[axis]})" for axis in axes)
                return f"Yours has too many axes. It should be summed over {which}."
    if len(mine) == len(right):
        return lengths(mine, right, sizes)
    if len(mine) < len(right):
        why = "Did you sum over one axis too many, or over the wrong axis?"
        return f"Yours has too few axes; it should have {len(right)}. {why}"
    return ""


def lengths(mine, right, sizes):
    """As many axes as there should be, but of other lengths."""
    off = [axis for axis in range(len(mine)) if mine[axis] != right[axis]]
    which = f"axis {' and '.join(map(str, off))}"
    more = {mine[axis] - right[axis] for axis in off}
    for name, n in sizes.items():
        if [mine[axis] for axis in off] == [n]:
            length = f"Yours has length {n}, as many as there are {name}; it should be {right[off[0]]}."
            return f"{length} Did you sum over the wrong axis?"
    if more <= {1, -1}:
        return f"Yours has a length that is off by one along {which}; its shape should be {right}."
    if off == [2, 3] and len(more) == 1 and (n := more.pop()) > 1:
        why = "Did you leave a border on it, or forget the stride?"
        return f"Yours is larger by {n} along {which}; its shape should be {right}. {why}"
    if len(off) == 1 and len(mine) > 1 and mine[off[0]] % max(right[off[0]], 1) == 0:
        times = mine[off[0]] // max(right[off[0]], 1)
        named = next((f", and there are {n} {name}" for name, n in sizes.items() if n == times), "")
        return f"Yours is {times} times as long as it should be along {which}{named}."
    if len(mine) == 1:
        return f"Yours has length {mine[0]}; it should be {right[0]}. Did you sum over the wrong axis?"
    return ""


def not_finite(got, expected, sizes):
    nan, infinite = np.count_nonzero(np.isnan(got)), np.count_nonzero(np.isinf(got))
    if nan:
        why = "Did you compute 0 / 0, infinity - infinity or 0 log 0?"
        return f"Yours has NaN in {nan} of {got.size} entries; it should have none. {why}"
    if infinite:
        why = "Did e^x overflow, or did you divide by 0?"
        return f"Yours is infinite in {infinite} of {got.size} entries; it should be finite. {why}"
    return ""


def nothing(got, expected, sizes):
    why = "Did you compute it, and return it (or store it on self)?"
    return "" if got.any() else f"Yours is 0 in every entry; it should not be. {why}"


def rounded(got, expected, sizes):
    error = np.abs(got - expected).max() / np.abs(expected).max()
    if error < 1e-5:
        why = "Did you compute in float32? Keep the dtype of the input."
        return f"Yours is right to about seven digits only; it should be right to 15. {why}"
    return ""


def factor(got, expected, sizes):
    ratio, names = ratio_of(got, expected, sizes)
    if not ratio or (np.count_nonzero(expected) < 2 and not names and ratio != -1):
        return ""
    if abs(ratio + 1) < 1e-6:
        why = "Is there a minus too many, or is one missing?"
        return f"Yours has the wrong sign in every entry; it should have the other one. {why}"
    number = Fraction(ratio).limit_denominator(64)
    text = str(number) if abs(float(number) - ratio) < 1e-9 * abs(ratio) else f"{ratio:.6g}"
    sentence = f"Yours is {text} {'times' if abs(ratio) > 1 else 'of'} what it should be"
    if len(names) > 1:
        counted = " and ".join(f"{sizes[name]} {name}" for name in names)
        of_these = "average over one of these" if ratio < 1 else "forget to average over one of these"
        return f"{sentence}, and there are {counted}. Did you {of_these}, or is it another factor?"
    if names == ["images"] and ratio < 1:
        return f"{sentence}. Did you average over the batch? The 1/N is in the loss; layers sum."
    if names and ratio < 1:
        return f"{sentence}, and there are {sizes[names[0]]} {names[0]}. Did you average over them?"
    if names:
        return f"{sentence}, and there are {sizes[names[0]]} {names[0]}. Did you forget to average over them?"
    return f"{sentence}. Is a factor wrong or missing{', and is the sign wrong' if ratio < 0 else ''}?"


def ratio_of(got, expected, sizes):
    """Return the factor between two arrays, 0 if there is none, and the names of the sizes that it may come from."""
    where = expected != 0
    ratio = float(np.median(got[where] / expected[where])) if where.any() and got.shape == expected.shape else 0
    if not alike(got, ratio * expected):
        return 0, []
    return ratio, [name for name, n in sizes.items() if n > 1 and ratio in near(n, 1 / n)]


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
            return f"Yours has axes {i} and {j} swapped; it should not. {TRANSPOSE}"
    return ""


def flipped(got, expected, sizes):
    for count in range(got.ndim, 0, -1):
        for axes in itertools.combinations(range(got.ndim), count):
            if min(got.shape[axis] for axis in axes) > 1 and alike(got, np.flip(expected, axes)):
                which = " and ".join(map(str, axes))
                why = "Did you flip a kernel, or reverse an order?"
                return f"Yours is flipped along axis {which}; it should not be. {why}"
    return ""


def shifted(got, expected, sizes):
    for axis in range(got.ndim):
        a, b = np.moveaxis(got, axis, 0), np.moveaxis(expected, axis, 0)
        if len(a) > 2 and (alike(a[1:], b[:-1]) or alike(a[:-1], b[1:])):
            return f"Yours is shifted by one along axis {axis}; it should not be. Is an index off by one?"
    return ""


def one_end(got, expected, sizes):
    for axis in range(got.ndim):
        a, b = np.moveaxis(got, axis, 0), np.moveaxis(expected, axis, 0)
        if len(a) > 2:
            for end, rest, name in ((-1, slice(None, -1), "last"), (0, slice(1, None), "first")):
                if alike(a[rest], b[rest]) and np.count_nonzero(~np.isclose(a[end], b[end], 1e-6)) > 1:
                    why = "it should be right there too. Is a loop or slice off by one?"
                    return f"Yours is wrong only at the {name} index along axis {axis}; {why}"
    return ""


def offset(got, expected, sizes):
    difference = got - expected
    for kept in (None, *range(got.ndim)):
        same = difference.mean(axis=tuple(axis for axis in range(got.ndim) if axis != kept), keepdims=True)
        if 2 * same.size <= got.size and alike(difference, np.broadcast_to(same, got.shape)):
            amount = "the same amount everywhere" if kept is None else f"an amount that depends only on axis {kept}"
            why = "Did you add a term (such as a bias) twice, or forget one?"
            return f"Yours is off by {amount}; it should not be. {why}"
    return ""


def shuffled(got, expected, sizes):
    if got.size > 2 and alike(np.sort(got, None), np.sort(expected, None)):
        why = "Check the order of axes in a reshape or transpose."
        return f"Yours has the right numbers in the wrong places; it should have them in another order. {why}"
    return ""


def running_sum(got, expected, sizes):
    for axis in range(got.ndim):
        if got.shape[axis] > 2 and alike(got, expected.cumsum(axis)):
            why = "Is a total set outside of its loop?"
            return f"Yours adds up along axis {axis}; each entry should start again. {why}"
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
    running_sum,
    places,
)
