"""Say in which places of an array the numbers are right: in which images, maps, rows, at which end, inside."""

import numpy as np

NAMES = {4: ("image", "map", "row", "column"), 2: ("row", "column"), 1: ("entry",)}


def places(got, expected, sizes):
    """Return a sentence on where `got` is right, or "" if the right entries form no simple set."""
    right = np.abs(got - expected) <= 1e-6 * np.abs(expected).max()
    told = right & (expected != 0)  # a 0 is right too easily
    if np.count_nonzero(~right) < 2 or not told.any():
        return ""
    names = axis_names(got.shape, sizes)
    found = stopped(got, expected, right, names)
    if found or np.count_nonzero(told) < 2:
        return found
    return (
        along_an_axis(got, expected, right, names)
        or inside(right, told)
        or one_sign(got, expected, right)
        or diagonal(right, told)
    )


def axis_names(shape, sizes):
    """Return what the indices of each axis count: images first, if there are as many; rows and columns last."""
    names = NAMES.get(len(shape), tuple(f"index along axis {axis}" for axis in range(len(shape))))
    if len(shape) == 4 and shape[0] != sizes.get("images"):
        return ("index along axis 0", "index along axis 1", *names[2:])
    if len(shape) == 2 and shape[0] == sizes.get("images"):
        return ("image", names[1])
    return names


def stopped(got, expected, right, names):
    """A loop that ends too early: right up to some entry, and 0 after it."""
    first = np.argmin(right)
    before, after = expected.ravel()[:first], expected.ravel()[first:]
    if not before.any() or got.ravel()[first:].any() or np.count_nonzero(after) < 3:
        return ""
    at = [int(n) for n in np.unravel_index(first, right.shape)]
    depth = max(axis for axis, n in enumerate(at) if n)
    parts = [numbered(n, name) for n, name in zip([*at[:depth], at[depth] - 1], names)]
    return (
        f"Yours is right as far as {' of '.join(reversed(parts))}, and 0 after that; it should go on to the end. Is a "
        "`return` indented too far?"
    )


def numbered(n, name):
    """Return "the first image", "image 3" counted from 0, or "index 3 along axis 1"."""
    return f"the first {name}" if n == 0 else name.replace(" ", f" {n} ", 1) if " " in name else f"{name} {n}"


def mostly_wrong(right, told):
    """Return whether nearly all entries are wrong: at least two, and at most a quarter is right by accident."""
    return np.count_nonzero(~right) >= 2 and np.count_nonzero(told) <= right.size // 4


def along_an_axis(got, expected, right, names):
    """Right at some indices of one axis, and wrong at the others."""
    for axis, name in enumerate(names):
        a, e, mine = (np.moveaxis(array, axis, 0) for array in (right, expected, got))
        good = a.reshape(len(a), -1).all(axis=1)
        told = a & (e != 0)
        if good.any() and not good.all() and np.count_nonzero(told[good]) > 1 and mostly_wrong(a[~good], told[~good]):
            which = which_ones(good, name)
            if which:
                return f"Yours is right for {which}; it should be right for all {len(good)}.{hint(mine, e, good)}"
    return ""


def which_ones(good, name):
    """Return "the first row only", "every second row", ..., or "" for another set of indices."""
    count, n = np.count_nonzero(good), len(good)
    index, _, axis = name.partition(" ")
    many = {"entry": "entries", "index": "indices"}.get(index, f"{index}s") + f" {axis}" * bool(axis)
    if count == 1:
        at = np.argmax(good)
        return f"the last {name} only" if at == n - 1 else f"{numbered(at, name)} only"
    if count == n - 1:
        return f"all {many} but {numbered(np.argmin(good), name)}"
    if good[:count].all() or good[-count:].all():
        return f"the {'first' if good[0] else 'last'} {count} {many} only"
    if good[::2].all() and not good[1::2].any():
        return f"every second {name} only"
    return ""


def hint(got, expected, good):
    """What stands in the other places: zeros, or a copy of the only right one."""
    if not got[~good].any():
        return " The others are 0. Is a line indented too far, or not far enough?"
    one = expected[good]
    if len(one) == 1 and np.abs(got[~good] - one).max() <= 1e-6 * np.abs(one).max():
        return " The others are copies of it. Is an index fixed, or a line outside of its loop?"
    return ""


def inside(right, told):
    """Right inside and wrong at the border of the last two axes, or the other way round."""
    if right.ndim < 3 or min(right.shape[-2:]) < 3:
        return ""
    border = np.ones(right.shape, bool)
    border[..., 1:-1, 1:-1] = False
    for part, here, there in ((~border, "inside", "at the border"), (border, "at the border", "inside")):
        if right[part].all() and np.count_nonzero(told[part]) > 1 and mostly_wrong(right[~part], told[~part]):
            return f"Yours is right {here}, but wrong {there}; it should be right there too. Check the padding."
    return ""


def one_sign(got, expected, right):
    """Right where it should be positive and wrong where it should be negative, or the other way round."""
    above, below = expected > 0, expected < 0
    for here, there, name, other in ((above, below, "positive", "negative"), (below, above, "negative", "positive")):
        if min(np.count_nonzero(here), np.count_nonzero(there)) > 2 and right[here].all() and not right[there].any():
            opposite = np.allclose(got[there], -expected[there], rtol=1e-6, atol=0)
            why = " It has the wrong sign there." if opposite else " It is 0 there." * (not got[there].any())
            return f"Yours is right only where it should be {name}; it should be right where it is {other} too.{why}"
    return ""


def diagonal(right, told):
    """Right in the diagonal of a square and wrong elsewhere, or the other way round."""
    if right.ndim != 2 or right.shape[0] != right.shape[1] or len(right) < 3:
        return ""
    on = np.eye(len(right), dtype=bool)
    for part, here in ((on, "right in the diagonal only"), (~on, "wrong in the diagonal only")):
        if right[part].all() and np.count_nonzero(told[part]) > 2 and not told[~part].any() and not right[~part].all():
            return f"Yours is {here}; it should be right everywhere."
    return ""
