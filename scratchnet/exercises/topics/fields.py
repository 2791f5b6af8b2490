"""Receptive fields with a mistake: what a convolution is when it looks, adds or reshapes in the wrong places."""

import itertools
from types import SimpleNamespace

import numpy as np

from scratchnet.exercises.definition import Wrong
from scratchnet.kernels import output_size


def geometry(c, **changes):
    """Return the sizes of a case by name, with changes: N, C, H, W, kh, kw, p (the padding), OH, OW.

    sh, sw: steps from field to field; ih, iw: steps within a field; ah, aw: where the first field begins.
    """
    options = vars(c)
    N, C, H, W = c.x.shape
    kh, kw = (c.kh, c.kw) if "kh" in options else c.W.shape[2:]
    s, p = options.get("stride", 1), options.get("padding", 0)
    OH, OW = output_size(H, kh, s, p), output_size(W, kw, s, p)
    sizes = {"N": N, "C": C, "H": H, "W": W, "kh": kh, "kw": kw, "p": p, "OH": OH, "OW": OW}
    return SimpleNamespace(**sizes | {"sh": s, "sw": s, "ih": 1, "iw": 1, "ah": 0, "aw": 0} | changes)


def pixels(g):
    """Return the rows and the columns of x, with its border, that each field reads, as arrays to index by."""
    rows = g.ah + g.sh * np.arange(g.OH)[:, None] + g.ih * np.arange(g.kh)
    columns = g.aw + g.sw * np.arange(g.OW)[:, None] + g.iw * np.arange(g.kw)
    return rows[:, None, :, None], columns[None, :, None, :]


def fields(c, x=None, border=None, **changes):
    """Return the receptive fields of a case, (N, C, OH, OW, kh, kw). border: options of np.pad."""
    g = geometry(c, **changes)
    around = ((0, 0), (0, 0), (g.p, g.p), (g.p, g.p))
    x = np.pad(c.x if x is None else x, around, **border or {})
    rows, columns = pixels(g)
    return x[:, :, rows, columns]


def added(c, values, keep=None, **changes):
    """Add fields (N, C, OH, OW, kh, kw) back to their pixels, with the border. keep: what is done instead of adding."""
    g = geometry(c, **changes)
    x = np.zeros((g.N, g.C, g.H + 2 * g.p, g.W + 2 * g.p))
    at = (slice(None), slice(None), *pixels(g))
    (keep or np.add.at)(x, at, values)
    return x


def cut(c, x):
    """Return x without its border."""
    g = geometry(c)
    return x[:, :, g.p : g.p + g.H, g.p : g.p + g.W]


def strides(result, make):
    """Return the known wrong answers of a stride: make(c, **changes) gives the result with another geometry."""

    def wrong(sentence, changes):
        return Wrong(result, sentence, lambda c: make(c, **changes(geometry(c))))

    return (
        wrong(
            "Yours has no stride; each field should begin at row h * stride and at column w * stride.",
            lambda g: {"sh": 1, "sw": 1},
        ),
        wrong(
            "Yours has no stride for the rows; field h should begin at row h * stride.",
            lambda g: {"sh": 1},
        ),
        wrong(
            "Yours has no stride for the columns; field w should begin at column w * stride.",
            lambda g: {"sw": 1},
        ),
        wrong(
            "Yours multiplies i and j by the stride, for h and w; it should read row h * stride + i.",
            lambda g: {"sh": 1, "sw": 1, "ih": g.sh, "iw": g.sw},
        ),
        wrong(
            "Yours reads one row and one column too early; field h should begin at row h * stride, where i is 0.",
            lambda g: {"ah": -1, "aw": -1},
        ),
    )


def transposed(array, names, order):
    """Return an array whose axes have these names, one letter each, with its axes in another order."""
    return array.transpose([names.index(name) for name in order])


def read_as(array, names, order, sizes):
    """Return an array that was reshaped to another order of its axes, and then transposed to the right one."""
    return transposed(array.reshape([sizes[name] for name in order]), order, names)


def orders(names):
    """Yield every wrong order of the letters, and how it is written: "(h, w, n)"."""
    for order in itertools.permutations(names):
        if "".join(order) != names:
            yield "".join(order), f"({', '.join(order)})"
