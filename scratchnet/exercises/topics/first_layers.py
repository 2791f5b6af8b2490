"""ScaledTanh, Linear: the first bodies to write, and the first third pass."""

import numpy as np

from scratchnet.exercises.cases import gaps, layer_case, whole
from scratchnet.exercises.definition import Exercise, Wrong
from scratchnet.exercises.kinds import LayerPass
from scratchnet.layers import Linear, ScaledTanh
from scratchnet.layers.squash import A, S


def any_shape(kind):
    """tiny, draw, real, odd for a layer that takes any shape."""
    return {
        "tiny": lambda rng, dtype: layer_case(kind, rng, dtype, (2, 3), draw=whole),
        "draw": lambda rng, dtype: layer_case(kind, rng, dtype, (5, *rng.integers(2, 6, 2))),
        "real": lambda rng, dtype: [layer_case(kind, rng, dtype, (2, 6, 28, 28))],
        "odd": lambda rng, dtype: [
            layer_case(kind, rng, dtype, (1, 1)),
            layer_case(kind, rng, dtype, (3, 2, 4, 5)),
            layer_case(kind, rng, dtype, (4, 6), memory=gaps),
        ],
    }


def squash(c):
    return A * np.tanh(S * c.x)


SCALED_TANH = Exercise(
    number=0,
    name="scaled-tanh",
    lesson=2,
    title="the paper's squashing function, and its slope",
    target=ScaledTanh,
    methods=("forward", "backward"),
    task="forward returns y and keeps on self what backward will need. backward takes dE/dy and returns dE/dx.",
    gives=("from scratchnet.layers.squash import A, S",),
    kind=LayerPass(),
    **any_shape(ScaledTanh),
    wrong={
        "forward": (
            Wrong("y", "The factor A in front of tanh is missing.", lambda c: np.tanh(S * c.x)),
            Wrong("y", "The factor S inside of tanh is missing.", lambda c: A * np.tanh(c.x)),
            Wrong("y", "A and S are missing: that is tanh x.", lambda c: np.tanh(c.x)),
            Wrong("y", "A and S have changed places.", lambda c: S * np.tanh(A * c.x)),
            Wrong("y", "A belongs in front of tanh, not inside.", lambda c: np.tanh(A * S * c.x)),
        ),
        "backward": (
            Wrong("dx", "That is the slope f'(x) alone: multiply it by dy.", lambda c: S * A - S / A * squash(c) ** 2),
            Wrong("dx", "It is a minus: f' is S A - (S/A) y^2.", lambda c: c.dy * (S * A + S / A * squash(c) ** 2)),
            Wrong("dx", "A and S have changed places in S/A.", lambda c: c.dy * (S * A - A / S * squash(c) ** 2)),
            Wrong("dx", "y is squared in f'.", lambda c: c.dy * (S * A - S / A * squash(c))),
            Wrong("dx", "All of f' is multiplied by dy: brackets.", lambda c: S * A - S / A * squash(c) ** 2 * c.dy),
            Wrong("dx", "dy is missing its factor f'(x): this is dy as it came.", lambda c: c.dy),
            Wrong("dx", "1 - y^2 is the slope of tanh, but y is A tanh(S x).", lambda c: c.dy * (1 - squash(c) ** 2)),
            Wrong(
                "dx",
                "y^2 is not tanh^2: it has a factor A^2 in it.",
                lambda c: c.dy * S * A * (1 - squash(c) ** 2),
            ),
            Wrong(
                "dx",
                "The inner derivative is missing: S x has the slope S.",
                lambda c: c.dy * (A - squash(c) ** 2 / A),
            ),
            Wrong(
                "dx",
                "The slope is taken from x where the formula has y: let forward keep self.y.",
                lambda c: c.dy * (S * A - S / A * c.x**2),
            ),
        ),
    },
    hints=(
        "forward is one formula and one `self.` line: y = A tanh(S x), with np.tanh for whole arrays.",
        "backward: dE/dx = f'(x) dE/dy, entry by entry, so `*` and no matrix product. f' is in the docstring.",
        "The docstring gives f' in terms of y, so keep y in forward: self.y = ...; return self.y.",
        "f'(x) = S A - (S/A) y^2. The result is dy times that; do not change dy itself.",
    ),
)

LINEAR = Exercise(
    number=0,
    name="linear",
    lesson=3,
    title="the fully connected layer, there and back",
    target=Linear,
    methods=("forward", "backward"),
    task="forward returns y and keeps x as self.x. backward takes dE/dy, sets self.dW and self.db, and returns dE/dx. "
    "The shapes alone tell where the transposes go.",
    kind=LayerPass(leaves=("x",)),
    tiny=lambda rng, dtype: layer_case(Linear, rng, dtype, (2, 3), 3, 2, draw=whole),
    draw=lambda rng, dtype: linear_case(rng, dtype, 5, *rng.permutation([2, 3, 4, 6, 7])[:2]),
    real=lambda rng, dtype: [linear_case(rng, dtype, 32, 120, 84)],
    odd=lambda rng, dtype: [
        linear_case(rng, dtype, 1, 4, 3),
        linear_case(rng, dtype, 4, 1, 3),
        linear_case(rng, dtype, 4, 3, 1),
        linear_case(rng, dtype, 4, 4, 4),
        layer_case(Linear, rng, dtype, (3, 5), 5, 2, memory=gaps),
    ],
    wrong={
        "forward": (
            Wrong("y", "The bias b is missing.", lambda c: c.x @ c.W.T),
            Wrong("y", "The bias b is subtracted.", lambda c: c.x @ c.W.T - c.b),
            Wrong("y", "b multiplies here; it is added.", lambda c: c.x @ c.W.T * c.b),
        ),
        "backward": (
            Wrong("dx", "W itself, not its transpose: dx[n, i] = sum_o dy[n, o] W[o, i].", lambda c: c.dy @ c.W.T),
            Wrong("dW", "dW averages over the batch: layers sum, the 1/N is in the loss.", lambda c: c.dW / len(c.x)),
            Wrong("db", "db averages over the batch: layers sum, the 1/N is in the loss.", lambda c: c.db / len(c.x)),
            Wrong("dW", "dW is that of the last image alone: sum over all.", lambda c: np.outer(c.dy[-1], c.x[-1])),
            Wrong("db", "db is dy of the last image alone: sum over all.", lambda c: c.dy[-1]),
            Wrong("dW", "dW is made from W; dE/dW = dy' x needs the x of forward.", lambda c: c.W * c.db[:, None]),
        ),
    },
    hints=(
        "forward: x is (N, in), W is (out, in), y is (N, out). Only one product of x and W, or W.T, has that shape.",
        "backward: dW has the shape of W, (out, in), and is made of dy (N, out) and x (N, in), summed over the images.",
        "A matrix product sums over the inner axis: for dW that has to be the images, so dy comes transposed.",
        "db is dy summed over the images, axis 0. dx is (N, in), from dy (N, out) and W (out, in).",
    ),
)


def linear_case(rng, dtype, images, inputs, outputs):
    return layer_case(Linear, rng, dtype, (images, int(inputs)), int(inputs), int(outputs))


LINEAR_BACKWARD2 = Exercise(
    number=0,
    name="linear-backward2",
    lesson=13,
    title="the third pass: curvatures of the fully connected layer",
    target=Linear,
    methods=("backward2",),
    task="backward2 takes d2E/dy2, sets self.hW and self.hb, and returns d2E/dx2. self.x is that of forward.",
    kind=LayerPass(),
    tiny=LINEAR.tiny,
    draw=LINEAR.draw,
    real=LINEAR.real,
    odd=LINEAR.odd,
    wrong={
        "backward2": (
            Wrong("hx", "W has to be squared for hx (eq. 27).", lambda c: c.hy @ c.W),
            Wrong("hx", "Square W, not the product: hy @ W**2, not (hy @ W)**2.", lambda c: (c.hy @ c.W) ** 2),
            Wrong("hW", "x has to be squared for hW (eq. 25).", lambda c: c.hy.T @ c.x),
            Wrong("hW", "Square x, not the product: the cross terms are left out.", lambda c: (c.hy.T @ c.x) ** 2),
            Wrong("hW", "hy is not squared: it is a second derivative already.", lambda c: (c.hy**2).T @ c.x**2),
            Wrong("hx", "hy is not squared: it is a second derivative already.", lambda c: c.hy**2 @ c.W**2),
            Wrong("hb", "hy is not squared: it is a second derivative already.", lambda c: (c.hy**2).sum(axis=0)),
        ),
    },
    hints=(
        "It is backward with hy for dy, and every factor squared. Begin with backward.",
        "A factor is what multiplies the derivative on its way: x for hW, W for hx, 1 for hb.",
        "Square entry by entry: self.x**2, self.W**2. hy itself stays as it is.",
    ),
)
