"""Columns under a wrong number: what im2col and col2im are when two fields get one column, or none."""

from types import SimpleNamespace

import numpy as np

from scratchnet.errors import CheckFailed
from scratchnet.exercises.definition import Wrong
from scratchnet.exercises.kinds import Function, line_of
from scratchnet.exercises.topics.fields import geometry
from scratchnet.kernels import col2im

RIGHT = "it should be column (n * OH + h) * OW + w."
NUMBERS = (  # what n, h and w are multiplied by
    ("takes OH for the number of positions in a row", lambda g: (g.OH * g.OH, g.OH, 1)),
    ("takes OH for the number of positions in a row", lambda g: (g.OH * g.OW, g.OH, 1)),
    ("takes OW for the number of rows", lambda g: (g.OW * g.OW, g.OW, 1)),
    ("takes H and W for OH and OW", lambda g: (g.H * g.W, g.W, 1)),
    ("takes W for OW", lambda g: (g.OH * g.OW, g.W, 1)),
    ("multiplies n by OW alone", lambda g: (g.OW, g.OW, 1)),
    ("multiplies n by OH alone", lambda g: (g.OH, g.OW, 1)),
    ("does not multiply n", lambda g: (1, g.OW, 1)),
    ("does not multiply h", lambda g: (g.OH * g.OW, 1, 1)),
    ("leaves out h", lambda g: (g.OH * g.OW, 0, 1)),
    ("leaves out w", lambda g: (g.OH * g.OW, g.OW, 0)),
)


def numbers(c, times):
    """Return a wrong column number for each column, in the right order."""
    g = geometry(c)
    n, h, w = np.indices((g.N, g.OH, g.OW)).reshape(3, -1)
    a, b, d = times(g)
    return a * n + b * h + d * w


def written(c, times):
    """im2col with these numbers: the last field of a number stays."""
    columns = np.zeros_like(c.columns)
    for right, number in enumerate(numbers(c, times)):
        columns[:, number] = c.columns[:, right]
    return columns


def read(c, times):
    """col2im with these numbers."""
    columns = np.ascontiguousarray(c.columns[:, numbers(c, times)])
    return col2im(columns, c.shape, c.kh, c.kw, c.stride, c.padding)


def wrong_numbers(result, make, does):
    """Return the known wrong answers of these column numbers."""
    return tuple(
        Wrong(result, f"Yours {mistake} in the number of a column, and {does}; {RIGHT}", lambda c, t=t: make(c, t))
        for mistake, t in NUMBERS
    )


INTO_ONE = wrong_numbers("columns", written, "puts several fields into one")
FROM_ONE = wrong_numbers("x", read, "reads one column for several fields")


class OfColumns(Function):
    """A function with columns, which says so when it looks for one behind the last."""

    def prepare(self, function, case, method):
        run = super().prepare(function, case, method)

        def result():
            try:
                return run()
            except IndexError as why:
                g = geometry(shaped(case))
                if f"out of bounds for axis 1 with size {g.N * g.OH * g.OW}" not in str(why):
                    raise
                raise CheckFailed(
                    f"{line_of(why)}IndexError: {why}. For N = {g.N}, OH = {g.OH}, OW = {g.OW}.",
                    f"Yours has a column number that is too large; {RIGHT} Such a row of positions has OW of them.",
                ) from None

        return result


def shaped(case):
    """Return the arguments by name; x has the right shape."""
    a = case.arrays
    return SimpleNamespace(**a | {"x": a["x"] if "x" in a else np.empty(a["shape"])})
