"""The exercises on ScaledTanh and Linear: the first layers, and the first curvature pass."""

import numpy as np

from scratchnet.exercises.cases import gaps, layer_case, whole
from scratchnet.exercises.definition import Exercise, Wrong
from scratchnet.exercises.kinds import LayerPass
from scratchnet.layers import Linear, ScaledTanh
from scratchnet.layers.squash import A, S


def any_shape(kind):
    """Return tiny, draw, real, odd for a layer that takes any shape."""
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
    task="forward returns y and stores on self what backward needs. backward takes dE/dy and returns dE/dx.",
    gives=("from scratchnet.layers.squash import A, S",),
    kind=LayerPass(),
    **any_shape(ScaledTanh),
    wrong={
        "forward": (
            Wrong("y", "Yours has no factor A in front of tanh; it should.", lambda c: np.tanh(S * c.x)),
            Wrong("y", "Yours has no factor S inside of tanh; it should.", lambda c: A * np.tanh(c.x)),
            Wrong("y", "Yours is tanh x; it should be A tanh(S x).", lambda c: np.tanh(c.x)),
            Wrong("y", "Yours has A and S in each other's place.", lambda c: S * np.tanh(A * c.x)),
            Wrong("y", "Yours has A inside of tanh; it should be in front.", lambda c: np.tanh(A * S * c.x)),
        ),
        "backward": (
            Wrong(
                "dx",
                "Yours is the slope f'(x) alone; it should be multiplied by dy.",
                lambda c: S * A - S / A * squash(c) ** 2,
            ),
            Wrong(
                "dx",
                "Yours has a plus; it should be a minus: f' = S A - (S/A) y^2.",
                lambda c: c.dy * (S * A + S / A * squash(c) ** 2),
            ),
            Wrong("dx", "Yours has A/S; it should be S/A.", lambda c: c.dy * (S * A - A / S * squash(c) ** 2)),
            Wrong(
                "dx",
                "Yours does not square y; it should, in f'.",
                lambda c: c.dy * (S * A - S / A * squash(c)),
            ),
            Wrong(
                "dx",
                "Yours multiplies one term by dy; it should multiply all of f': brackets.",
                lambda c: S * A - S / A * squash(c) ** 2 * c.dy,
            ),
            Wrong("dx", "Yours is dy itself; it should be multiplied by f'(x).", lambda c: c.dy),
            Wrong(
                "dx",
                "Yours uses 1 - y^2, the slope of tanh; it should use the slope of A tanh(S x).",
                lambda c: c.dy * (1 - squash(c) ** 2),
            ),
            Wrong(
                "dx",
                "Yours takes y^2 for tanh^2; it should divide by A^2.",
                lambda c: c.dy * S * A * (1 - squash(c) ** 2),
            ),
            Wrong(
                "dx",
                "Yours has no inner derivative; it should have the factor S, the slope of S x.",
                lambda c: c.dy * (A - squash(c) ** 2 / A),
            ),
            Wrong(
                "dx",
                "Yours takes the slope from x; it should take it from y: forward keeps self.y.",
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
    title="the fully connected layer, forward and backward",
    target=Linear,
    methods=("forward", "backward"),
    task="forward returns y and stores x as self.x. backward takes dE/dy, sets self.dW and self.db, and returns dE/dx. "
    "The shapes show where the transposes go.",
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
            Wrong("y", "Yours has no bias; it should add b.", lambda c: c.x @ c.W.T),
            Wrong("y", "Yours subtracts the bias b; it should add it.", lambda c: c.x @ c.W.T - c.b),
            Wrong("y", "Yours multiplies by b; it should add b.", lambda c: c.x @ c.W.T * c.b),
        ),
        "backward": (
            Wrong(
                "dx",
                "Yours uses the transpose of W; it should use W: dx[n, i] = sum_o dy[n, o] W[o, i].",
                lambda c: c.dy @ c.W.T,
            ),
            Wrong(
                "dW",
                "Yours averages dW over the batch; it should sum: the 1/N is in the loss.",
                lambda c: c.dW / len(c.x),
            ),
            Wrong(
                "db",
                "Yours averages db over the batch; it should sum: the 1/N is in the loss.",
                lambda c: c.db / len(c.x),
            ),
            Wrong(
                "dW",
                "Yours is dW of the last image alone; it should sum over all images.",
                lambda c: np.outer(c.dy[-1], c.x[-1]),
            ),
            Wrong(
                "db", "Yours is dy of the last image alone; db should be the sum over all images.", lambda c: c.dy[-1]
            ),
            Wrong(
                "dW",
                "Yours makes dW from W; it should use the x of forward: dE/dW = dy' x.",
                lambda c: c.W * c.db[:, None],
            ),
        ),
    },
    hints=(
        "forward: x is (N, in), W is (out, in), y is (N, out). Only one product of x and W, or W.T, has that shape.",
        "backward: dW has the shape of W, (out, in), and is made of dy (N, out) and x (N, in), summed over the images.",
        "A matrix product sums over the inner axis: for dW that must be the images, so dy is transposed.",
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
    task="backward2 takes d2E/dy2, sets self.hW and self.hb, and returns d2E/dx2. self.x is the x of forward.",
    kind=LayerPass(),
    tiny=LINEAR.tiny,
    draw=LINEAR.draw,
    real=LINEAR.real,
    odd=LINEAR.odd,
    wrong={
        "backward2": (
            Wrong("hx", "Yours does not square W; it should, for hx (eq. 27).", lambda c: c.hy @ c.W),
            Wrong(
                "hx",
                "Yours squares the product; it should square W alone: hy @ W**2, not (hy @ W)**2.",
                lambda c: (c.hy @ c.W) ** 2,
            ),
            Wrong("hW", "Yours does not square x; it should, for hW (eq. 25).", lambda c: c.hy.T @ c.x),
            Wrong(
                "hW",
                "Yours squares the product; it should square x alone, which leaves the cross terms out.",
                lambda c: (c.hy.T @ c.x) ** 2,
            ),
            Wrong(
                "hW",
                "Yours squares hy; it should not, because hy is a second derivative already.",
                lambda c: (c.hy**2).T @ c.x**2,
            ),
            Wrong(
                "hx",
                "Yours squares hy; it should not, because hy is a second derivative already.",
                lambda c: c.hy**2 @ c.W**2,
            ),
            Wrong(
                "hb",
                "Yours squares hy; it should not, because hy is a second derivative already.",
                lambda c: (c.hy**2).sum(axis=0),
            ),
        ),
    },
    hints=(
        "backward2 is backward with hy instead of dy, and with every factor squared. Start from backward.",
        "A factor multiplies the derivative in backward: x for hW, W for hx, 1 for hb.",
        "Square entry by entry: self.x**2, self.W**2. hy itself stays as it is.",
    ),
)
