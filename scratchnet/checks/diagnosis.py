"""What a wrong array looks like: the mistakes that leave a mark, and a sentence for each.

Each mark takes what was got, what was expected (arrays of one shape) and {what is counted: how many}, and returns
a sentence or "". `diagnose` takes the first that says something.
"""

import itertools
import math
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray


def diagnose(got: NDArray, wanted: NDArray, sizes: dict[str, int] | None = None) -> str:
    """A sentence on how `got` differs from `wanted`, or "" when none of the known marks is there.

    got, wanted: arrays. sizes: {"images": 32, ...}, to recognise a factor by.
    """
    if got.shape != wanted.shape:
        return shape(got, wanted, sizes or {})
    if got.dtype.kind in "fiub" and wanted.dtype.kind in "fiub":
        got, wanted = got.astype(float), wanted.astype(float)
        with np.errstate(all="ignore"):
            return next(filter(None, (mark(got, wanted, sizes or {}) for mark in MARKS)), "")
    return ""


def alike(a, b, tolerance=1e-6):
    """Whether two arrays are the same but for rounding; never for zeros alone."""
    return a.shape == b.shape and bool(np.abs(a - b).max() <= tolerance * np.abs(b).max() > 0)


def shape(got, wanted, sizes):
    """For arrays of different shapes."""
    mine, right = got.shape, wanted.shape
    if len(mine) == len(right) and sorted(mine) == sorted(right):
        return "The axes are in another order: is it transposed?"
    if [n for n in mine if n != 1] == [n for n in right if n != 1]:
        return f"Only axes of length 1 differ: {'leave out keepdims' if len(mine) > len(right) else 'keep them'}?"
    if got.size == math.prod(right):
        return "It has as many numbers: is a reshape missing?"
    for count in range(1, len(mine)):
        for axes in itertools.combinations(range(len(mine)), count):
            if np.delete(mine, axes).tolist() == list(right):
                which = " and ".join(f"{axis} (of length {mine[axis]})" for axis in axes)
                return f"The sum over axis {which} is missing."
    if len(mine) == len(right):
        off = [axis for axis in range(len(mine)) if mine[axis] != right[axis]]
        if all(abs(mine[axis] - right[axis]) == 1 for axis in off):
            return f"It is off by one along axis {' and '.join(map(str, off))}."
        for name, n in sizes.items():
            if [mine[axis] for axis in off] == [n]:
                return f"It has the length of the {name}, {n}: was the sum over the wrong axis?"
    if len(mine) < len(right):
        return "An axis is missing: is there a sum too many, or over the wrong axis?"
    return ""


def not_finite(got, wanted, sizes):
    nan, infinite = np.count_nonzero(np.isnan(got)), np.count_nonzero(np.isinf(got))
    if nan:
        return f"{nan} of {got.size} entries are NaN: is there 0 / 0, infinity - infinity or the logarithm of 0?"
    if infinite:
        return (
            f"{infinite} of {got.size} entries are infinite: did an exponential overflow, or is there a division by 0?"
        )
    return ""


def nothing(got, wanted, sizes):
    return "" if got.any() else "Every entry is 0: was it computed, and where it is returned or kept?"


def rounded(got, wanted, sizes):
    error = np.abs(got - wanted).max() / np.abs(wanted).max()
    if error < 1e-5:
        return "It is right to about seven digits: is there float32 on the way? Keep the dtype of what came in."
    return ""


def factor(got, wanted, sizes):
    where = wanted != 0
    ratio = float(np.median(got[where] / wanted[where])) if where.any() else 0
    named = next((name for name, n in sizes.items() if n > 1 and ratio in near(n, 1 / n)), None)
    if not alike(got, ratio * wanted) or (np.count_nonzero(where) < 2 and not named and ratio != -1):
        return ""
    if abs(ratio + 1) < 1e-6:
        return "Every entry has the wrong sign: is there a minus too many, or one too few?"
    number = Fraction(ratio).limit_denominator(64)
    text = str(number) if abs(float(number) - ratio) < 1e-9 * abs(ratio) else f"{ratio:.6g}"
    sentence = f"Every entry is {text} {'times' if abs(ratio) > 1 else 'of'} what it should be"
    if named == "images" and ratio < 1:
        return f"{sentence}: did you average over the batch? The 1/N is in the loss, layers sum."
    if named and ratio < 1:
        return f"{sentence}, and there are {sizes[named]} {named}: did you average over them?"
    if named:
        return f"{sentence}, and there are {sizes[named]} {named}: is a mean missing?"
    return f"{sentence}: look for a factor that is too many or missing{', and a sign' if ratio < 0 else ''}."


class near:
    """`ratio in near(...)`: it is one of these numbers but for rounding."""

    def __init__(self, *numbers):
        self.numbers = numbers

    def __contains__(self, ratio):
        return any(abs(ratio - n) <= 1e-6 * abs(n) for n in self.numbers)


def squared(got, wanted, sizes):
    if got.size > 1 and alike(got, wanted**2):
        return "Every entry is the square of what it should be."
    if got.size > 1 and (wanted >= 0).all() and alike(got**2, wanted):
        return "Every entry is the square root of what it should be: is a square missing?"
    return ""


def transposed(got, wanted, sizes):
    for i, j in itertools.combinations(range(got.ndim), 2):
        if alike(got, wanted.swapaxes(i, j)):
            return f"Axes {i} and {j} are swapped: is there a transpose too many or one too few?"
    return ""


def flipped(got, wanted, sizes):
    for count in range(got.ndim, 0, -1):
        for axes in itertools.combinations(range(got.ndim), count):
            if min(got.shape[axis] for axis in axes) > 1 and alike(got, np.flip(wanted, axes)):
                which = " and ".join(map(str, axes))
                return f"It is flipped along axis {which}: is a kernel or an order turned round?"
    return ""


def shifted(got, wanted, sizes):
    for axis in range(got.ndim):
        a, b = np.moveaxis(got, axis, 0), np.moveaxis(wanted, axis, 0)
        if len(a) > 2 and (alike(a[1:], b[:-1]) or alike(a[:-1], b[1:])):
            return f"It is moved by one along axis {axis}: is an index off by one?"
    return ""


def one_end(got, wanted, sizes):
    """All right but the first or the last along one axis."""
    for axis in range(got.ndim):
        a, b = np.moveaxis(got, axis, 0), np.moveaxis(wanted, axis, 0)
        if len(a) > 2:
            for end, rest, name in ((-1, slice(None, -1), "last"), (0, slice(1, None), "first")):
                if alike(a[rest], b[rest]) and np.count_nonzero(~np.isclose(a[end], b[end], 1e-6)) > 1:
                    return f"Only the {name} along axis {axis} is wrong: is a loop or slice off by one?"
    return ""


def offset(got, wanted, sizes):
    difference = got - wanted
    for kept in (None, *range(got.ndim)):
        same = difference.mean(axis=tuple(axis for axis in range(got.ndim) if axis != kept), keepdims=True)
        if 2 * same.size <= got.size and alike(difference, np.broadcast_to(same, got.shape)):
            where = "everywhere" if kept is None else f"but for axis {kept}"
            return (
                f"It is off by the same amount {where}: is something added once too often or left out, such as a bias?"
            )
    return ""


def shuffled(got, wanted, sizes):
    if got.size > 2 and alike(np.sort(got, None), np.sort(wanted, None)):
        return "They are the right numbers in the wrong places: look at the order of axes in a reshape or transpose."
    return ""


MARKS = (
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
