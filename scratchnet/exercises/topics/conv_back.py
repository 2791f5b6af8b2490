"""The exercises on the backward passes of a convolution."""

import numpy as np

from scratchnet.exercises.cases import whole
from scratchnet.exercises.definition import Exercise, Wrong
from scratchnet.exercises.kinds import LayerPass
from scratchnet.exercises.topics.conv_layer import CONV_FORWARD, c1_and_c3, conv_case
from scratchnet.exercises.topics.conv_mistakes import letters, of_all, order_of_maps, turned
from scratchnet.exercises.topics.fields import added, cut, fields, geometry, orders, read_as, strides, transposed
from scratchnet.kernels import convolve_back
from scratchnet.layers import Conv2d


class Back:
    """The results of backward (d) or backward2 (h) in plain NumPy, to make mistakes in."""

    def __init__(self, letter):
        self.letter, self.power = letter, {"d": 1, "h": 2}[letter]

    def dy(self, c):
        return vars(c)[f"{self.letter}y"]

    def dx(self, c, W=None, dy=None, keep=None, border=False, **changes):
        W, dy = c.W**self.power if W is None else W, self.dy(c) if dy is None else dy
        x = added(c, np.einsum("ocij,nohw->nchwij", W, dy), keep, **changes)
        return x if border else cut(c, x)

    def dW(self, c, x=None, dy=None, mask=True, **changes):
        x, dy = c.x**self.power if x is None else x, self.dy(c) if dy is None else dy
        dW = np.einsum("nohw,nchwij->ocij", dy, fields(c, x, **changes))
        return masked(c, dW) if mask else dW


def masked(c, dW):
    table = vars(c).get("connections")
    return dW if table is None else dW * table[:, :, None, None]


def only(array, at, axis=0):
    """Return the array with 0 everywhere but at one index of an axis."""
    left = np.zeros_like(array)
    np.moveaxis(left, axis, 0)[at] = np.moveaxis(array, axis, 0)[at]
    return left


def last_wins(x, at, values):
    """Put values at these places: the last one stays."""
    x[at] = values


def rows_of_dy(c, order, dy):
    """Return dy, reshaped to (maps, N*OH*OW) from another order of its axes, and back to (N, maps, OH, OW)."""
    maps = transposed(dy, "nohw", order).reshape([letters(c)[name] for name in "onhw"])
    return maps.swapaxes(0, 1)


def minus_padding(c):
    """Return what [p:-p] leaves of an image."""
    p = geometry(c).p
    return c.x if p else c.x[:, :, :0, :0]


def in_columns(c, back):
    values = np.einsum("ocij,nohw->cijnhw", c.W**back.power, back.dy(c))
    return values.reshape(int(np.prod(values.shape[:3])), -1)


def read_W(c, order, W):
    return read_as(W, "ocij", order, letters(c))


def reshaped_W(c, order, W):
    return transposed(W, "ocij", order).reshape(W.shape)


def of_dx(back):
    """Return the known wrong answers of dx (or hx)."""
    dx, dW = back.letter + "x", back.letter + "W"
    return (
        Wrong(
            dx,
            "Yours flips the kernel; it should take W as it is in W' dY, because col2im does the rest.",
            lambda c: back.dx(c, turned(c.W**back.power)),
        ),
        *(
            Wrong(
                dx,
                f"Yours flips the {what} of the kernel; it should take W as it is in W' dY.",
                lambda c, axis=axis: back.dx(c, np.flip(c.W**back.power, axis)),
            )
            for what, axis in (("rows", 2), ("columns", 3))
        ),
        Wrong(
            dx,
            "Yours uses W[0] for every output map; it should use W[o] with map o of the gradient.",
            lambda c: back.dx(c, of_all(c.W**back.power, 0)),
        ),
        *strides(dx, back.dx),
        Wrong(
            dx,
            "Yours keeps the last field of a pixel only; it should add where fields and maps overlap: '+=', not '='.",
            lambda c: back.dx(c, dy=only(back.dy(c), -1, 1), keep=last_wins),
        ),
        Wrong(
            dx,
            f"Yours is {dx} of the last output map alone; it should sum over all output maps.",
            lambda c: back.dx(c, dy=only(back.dy(c), -1, 1)),
        ),
        Wrong(
            dx,
            f"Yours has no W; {dx} should be W' dY, back to pixels.",
            lambda c: back.dx(c, np.ones_like(c.W)),
        ),
        Wrong(
            dx,
            f"Yours uses {dW} for W; {dx} should be W' dY, back to pixels.",
            lambda c: back.dx(c, vars(c)[dW]),
        ),
        Wrong(
            dx,
            "Yours still has the border of the padding; it should be cut off: [:, :, p : p + H, p : p + W].",
            lambda c: back.dx(c, border=True),
        ),
        Wrong(
            dx,
            "Yours cuts the border off at the far end only; it should cut off `padding` rows and columns at each end.",
            lambda c: back.dx(c, border=True)[:, :, : c.x.shape[2], : c.x.shape[3]],
        ),
        Wrong(
            dx,
            "Yours cuts the border off with [p:-p], which is empty where padding is 0; it should be [p : p + H].",
            minus_padding,
        ),
        Wrong(
            dx,
            "Yours is still in columns; it should go back to pixels, by col2im, to the shape of x.",
            lambda c: in_columns(c, back),
        ),
        *(
            Wrong(
                dx,
                f"Yours has W in the order {said}; it should be (o, c, i, j): W.reshape(out, -1), and the .T of that.",
                lambda c, order=order, make=make: back.dx(c, make(c, order, c.W**back.power)),
            )
            for make in (read_W, reshaped_W)
            for order, said in orders("ocij")
        ),
    )


def of_dW(back):
    """Return the known wrong answers of dW (or hW)."""
    dW = back.letter + "W"
    return (
        Wrong(
            dW,
            f"Yours lacks the mask of the connection table. {dW} should be 0 where self.connections is False: "
            f"self._mask({dW}) returns such an array. It does not change {dW} itself.",
            lambda c: back.dW(c, mask=False),
        ),
        Wrong(dW, f"Yours flips {dW}; it should not.", lambda c: turned(vars(c)[dW])),
        *strides(dW, back.dW),
        *(
            Wrong(
                dW,
                f"Yours is {dW} of the {end} image alone; it should sum over all images: '+=', or one product for all.",
                lambda c, n=n: back.dW(c, dy=only(back.dy(c), n)),
            )
            for end, n in (("first", 0), ("last", -1))
        ),
        Wrong(
            dW,
            f"Yours reads image 0 for every n; {dW} should use x[n].",
            lambda c: back.dW(c, of_all(c.x**back.power, 0)),
        ),
        Wrong(
            dW,
            f"Yours is {dW} of the last field of the last image; it should sum over all: '+=', not '='.",
            lambda c: back.dW(c, dy=only(only(only(back.dy(c), -1), -1, 2), -1, 3)),
        ),
        *(
            Wrong(
                dW,
                f"Yours has {dW} in the order {said}; it should be (o, c, i, j): reshape dY X' to self.W.shape.",
                lambda c, order=order, make=make: masked(c, make(c, order, back.dW(c, mask=False))),
            )
            for make in (read_W, reshaped_W)
            for order, said in orders("ocij")
        ),
    )


DIVISORS = (
    ("positions, OH * OW", lambda g, maps: g.OH * g.OW),
    ("columns, N * OH * OW", lambda g, maps: g.N * g.OH * g.OW),
    ("output maps", lambda g, maps: maps),
    ("input maps", lambda g, maps: g.C),
    ("places of the kernel, kh * kw", lambda g, maps: g.kh * g.kw),
    ("weights of a filter, C * kh * kw", lambda g, maps: g.C * g.kh * g.kw),
    ("pixels of an image, H * W", lambda g, maps: g.H * g.W),
)


def of_both(back):
    """Return the known wrong answers that spoil dx and dW, or that spoil db."""
    dx, dW, db, dy = (back.letter + name for name in ("x", "W", "b", "y"))
    both = ((dx, back.dx), (dW, back.dW))
    return (
        *(
            Wrong(
                name,
                f"Yours averages {name} over the batch; it should sum: the 1/N is in the loss.",
                lambda c, name=name: vars(c)[name] / len(c.x),
            )
            for name in (dx, dW, db)
        ),
        Wrong(
            db,
            f"Yours is the mean over images and positions; {db} should be their sum.",
            lambda c: back.dy(c).mean(axis=(0, 2, 3)),
        ),
        *(
            Wrong(
                name,
                f"Yours divides {name} by the number of {what}; it should be the sum, without a division.",
                lambda c, name=name, count=count: vars(c)[name] / count(geometry(c), len(c.W)),
            )
            for name in (dx, dW, db)
            for what, count in DIVISORS
        ),
        *(
            Wrong(
                result,
                f"Yours leaves out the {end} {what} of {dy}; it should use all. Check the ends of your loops.",
                lambda c, make=make, n=n, axis=axis: make(c, dy=back.dy(c) - only(back.dy(c), n, axis)),
            )
            for result, make in both
            for end, n in (("first", 0), ("last", -1))
            for what, axis in (("row", 2), ("column", 3))
        ),
        *(
            Wrong(
                result,
                f"Yours reshapes {dy} in the order {order_of_maps(order)}; it should swap the first two axes of {dy}, "
                "to (maps, N, OH, OW), and then reshape to (maps, N*OH*OW).",
                lambda c, make=make, order=order: make(c, dy=rows_of_dy(c, order, back.dy(c))),
            )
            for result, make in both
            for order, _ in orders("onhw")
        ),
        Wrong(
            db,
            f"Yours sums {db} over the images only, or averages over the positions; it should sum over both.",
            lambda c: back.dy(c).sum(axis=0).mean(axis=(1, 2)),
        ),
        *(
            Wrong(
                db,
                f"Yours sums {dy} over axes {', '.join(map(str, axes))}; it should sum over 0, 2 and 3: axis 1 of "
                "(N, maps, OH, OW) counts the maps.",
                lambda c, axes=axes: back.dy(c).sum(axis=axes),
            )
            for axes in ((0, 1, 2), (0, 1, 3), (0, 1))
        ),
        Wrong(
            db,
            f"Yours sums over the maps, and has an entry for each image; {db} should have one for each map: the sum "
            "over axes 0, 2 and 3 of (N, maps, OH, OW).",
            lambda c: back.dy(c).sum(axis=(1, 2, 3)),
        ),
        Wrong(
            db,
            f"Yours is {db} of the last image alone; it should sum over all: '+=', not '='.",
            lambda c: back.dy(c)[-1].sum(axis=(1, 2)),
        ),
        Wrong(
            db,
            f"Yours keeps the last entry of {dy} only; {db} should be the sum: '+=', not '='.",
            lambda c: back.dy(c)[-1, :, -1, -1],
        ),
    )


def first_map_alone(c):
    """dx with the sum over all input maps in the first one."""
    dx = np.zeros_like(c.dx)
    dx[:, 0] = c.dx.sum(axis=1)
    return dx


BACK, BACK2 = Back("d"), Back("h")
BACKWARD_WRONG = (
    Wrong("dx", "Yours is W^2' dY; it should be W' dY. The squares belong to backward2.", lambda c: BACK.dx(c, c.W**2)),
    Wrong("dx", "Yours takes |W|; it should take W, with its sign.", lambda c: BACK.dx(c, np.abs(c.W))),
    Wrong("dW", "Yours squares X; it should not: dW is dY X'.", lambda c: BACK.dW(c, c.x**2)),
    Wrong("dx", "Yours adds all to input map 0; it should give every input map its own.", first_map_alone),
    *of_dx(BACK),
    *of_dW(BACK),
    *of_both(BACK),
)

SQUARED = "Yours squares hy; it should not, because hy is a second derivative already."
BACKWARD2_WRONG = (
    Wrong("hx", "Yours does not square W; it should, for hx (eq. 27).", lambda c: BACK2.dx(c, c.W)),
    Wrong("hx", "Yours takes |W|; it should be W^2, for hx (eq. 27).", lambda c: BACK2.dx(c, np.abs(c.W))),
    Wrong("hx", "Yours takes 2 W; it should be W^2, for hx (eq. 27).", lambda c: BACK2.dx(c, 2 * c.W)),
    Wrong("hx", "Yours takes W^4; it should be W^2, for hx (eq. 27).", lambda c: BACK2.dx(c, c.W**4)),
    Wrong("hx", SQUARED, lambda c: BACK2.dx(c, dy=c.hy**2)),
    Wrong(
        "hx",
        "Yours squares the sum; it should square W alone and then add: col2im(...)**2 has cross terms.",
        lambda c: BACK2.dx(c, c.W) ** 2,
    ),
    Wrong(
        "hx",
        "Yours squares the product W' hY; it should square W alone, which leaves the cross terms out.",
        lambda c: cut(c, added(c, np.einsum("ocij,nohw->nchwij", c.W, c.hy) ** 2)),
    ),
    Wrong("hW", "Yours does not square X; it should, for hW (eq. 25).", lambda c: BACK2.dW(c, c.x)),
    Wrong("hW", "Yours takes |X|; it should be X^2, for hW (eq. 25).", lambda c: BACK2.dW(c, np.abs(c.x))),
    Wrong("hW", "Yours takes X^4; it should be X^2, for hW (eq. 25).", lambda c: BACK2.dW(c, c.x**4)),
    Wrong(
        "hW",
        "Yours squares the product; it should square X alone, which leaves the cross terms out.",
        lambda c: BACK2.dW(c, c.x) ** 2,
    ),
    Wrong("hW", SQUARED, lambda c: BACK2.dW(c, dy=c.hy**2)),
    Wrong("hb", SQUARED, lambda c: (c.hy**2).sum(axis=(0, 2, 3))),
    Wrong("hb", "Yours squares the sum; it should not: hb is the sum of hy.", lambda c: c.hb**2),
    *of_dx(BACK2),
    *of_dW(BACK2),
    *of_both(BACK2),
)

CONV_BACKWARD = Exercise(
    name="conv-backward",
    title="the backward pass of a convolution",
    target=Conv2d,
    methods=("backward",),
    task="backward takes dE/dy, sets self.dW and self.db, returns dE/dx. forward set self.x and self.X, its columns; "
    "self.kernel_size is (kh, kw). self._mask(dW) returns dW with 0 at the blanks of the connection table.",
    contract={
        "": "A convolution: every output map is a sum of filtered input maps and a bias (paper, II.A).\n"
        "x: (N, in, H, W); W: (out, in, kh, kw); b: (out,); y: (N, out, OH, OW).\n"
        "X, set by forward: (in*kh*kw, N*OH*OW), a column for each place of the kernel, a row for "
        "each weight of a filter.\n"
        "connections: None, or a table (out, in) of which maps are connected.",
        "backward": "Take dE/dy, set self.dW (like W) and self.db (like b), and return dE/dx (like x).",
    },
    gives=("from scratchnet.kernels import col2im",),
    shows=(Conv2d._back, convolve_back),
    kind=LayerPass(),
    tiny=lambda rng, dtype: conv_case(rng, dtype, 2, 1, 2, 2, 3, 2, sparse=False, draw=whole),
    draw=CONV_FORWARD.draw,
    real=c1_and_c3,
    odd=CONV_FORWARD.odd,
    wrong={"backward": BACKWARD_WRONG},
    hints=(
        "Go through forward in reverse. dy is (N, out, OH, OW); as a matrix dY it is (out, N*OH*OW), like Y.",
        "dY = dy.swapaxes(0, 1).reshape(out, -1): the images must come after the maps, or rows get mixed.",
        "The class docstring has the three products: dW = dY X', db = sum dY, dX = W' dY, W as (out, C*kh*kw).",
        "dX has columns: col2im(dX, self.x.shape, kh, kw, self.stride, self.padding) adds them back to pixels.",
    ),
)

CONV_BACKWARD2 = Exercise(
    name="conv-backward2",
    title="curvatures of shared weights",
    target=Conv2d,
    methods=("backward2",),
    task="backward2 takes d2E/dy2, sets self.hW and self.hb, and returns d2E/dx2. forward set self.x and self.X, its "
    "columns; self._mask(hW) returns hW with 0 at the blanks of the connection table.",
    contract={
        "": "A convolution: every output map is a sum of filtered input maps and a bias (paper, II.A).\n"
        "x: (N, in, H, W); W: (out, in, kh, kw); b: (out,); y: (N, out, OH, OW).\n"
        "X, set by forward: (in*kh*kw, N*OH*OW), a column for each place of the kernel, a row for "
        "each weight of a filter.\n"
        "The pass is diagonal and drops f'', like the paper's (appendix C).",
        "backward2": "Take d2E/dy2, set self.hW (like W) and self.hb (like b), and return d2E/dx2 (like x).",
    },
    gives=("from scratchnet.kernels import col2im",),
    shows=(Conv2d._back, convolve_back),
    kind=LayerPass(),
    tiny=CONV_BACKWARD.tiny,
    draw=lambda rng, dtype: conv_case(rng, dtype, 3, 2, 4, 3, 5, 4, stride=int(rng.integers(1, 3)), padding=1),
    real=c1_and_c3,
    odd=CONV_FORWARD.odd,
    wrong={"backward2": BACKWARD2_WRONG},
    hints=(
        "backward2 is backward with hy instead of dy, and with every factor squared. Start from backward.",
        "The factors are X for hW and W for hX. For hb there is no factor.",
        "hW = hY (X^2)', hX = (W^2)' hY, entry by entry: self.X**2, self.W**2; then col2im, and the mask.",
    ),
)
