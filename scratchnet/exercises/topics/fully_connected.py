"""The exercises on Linear: forward and backward, and the first curvature pass."""

import numpy as np

from scratchnet.exercises.cases import gaps, layer_case, whole
from scratchnet.exercises.definition import Exercise
from scratchnet.exercises.kinds import LayerPass
from scratchnet.exercises.topics.families import in_a_loop, wrongs
from scratchnet.layers import Linear
from scratchnet.layers.squash import A, S


def linear_case(rng, dtype, images, inputs, outputs):
    return layer_case(Linear, rng, dtype, (images, int(inputs)), int(inputs), int(outputs))


def y_of(c):
    return c.x @ c.W.T + c.b


FORWARD = wrongs(
    "y",
    {
        "Yours has no bias; it should add b.": lambda c: c.x @ c.W.T,
        "Yours subtracts the bias b; it should add it.": lambda c: c.x @ c.W.T - c.b,
        "Yours multiplies by b; it should add b.": lambda c: c.x @ c.W.T * c.b,
        "Yours adds the sum of b to every output; it should add b[o] to output o: + self.b.": (
            lambda c: c.x @ c.W.T + c.b.sum()
        ),
        "Yours adds the mean of b to every output; it should add b[o] to output o: + self.b.": (
            lambda c: c.x @ c.W.T + c.b.mean()
        ),
        "Yours adds b[0] to every output; it should add b[o] to output o: + self.b.": lambda c: c.x @ c.W.T + c.b[0],
        "Yours adds b to W; it should add b to the product x W'.": lambda c: c.x @ (c.W.T + c.b),
        "Yours adds b twice; it should add it once.": lambda c: c.x @ c.W.T + 2 * c.b,
        "Yours adds b once for every input; it should add it once for every output, after the sum.": (
            lambda c: c.x @ c.W.T + c.x.shape[1] * c.b
        ),
        "Yours uses the last input only; it should sum over all inputs: `+=` in the inner loop.": (
            lambda c: c.x[:, -1:] * c.W[:, -1] + c.b,
            lambda c: c.x[:, -1:] * c.W[:, -1],
        ),
        "Yours has tanh in it; it should not: squashing is a layer of its own.": (
            lambda c: np.tanh(y_of(c)),
            lambda c: A * np.tanh(S * y_of(c)),
        ),
        "Yours reshapes W; it should transpose it: self.W.T.": (
            lambda c: c.x @ c.W.reshape(c.W.shape[::-1]) + c.b,
            lambda c: c.x @ c.W.reshape(c.W.shape[::-1]),
        ),
        "Yours is the mean over the inputs; it should be the sum of W[o, i] x[n, i].": (
            lambda c: c.x @ c.W.T / c.x.shape[1] + c.b
        ),
        "Yours uses |W|; it should use W.": lambda c: c.x @ np.abs(c.W.T) + c.b,
        "Yours squares W; it should not.": lambda c: c.x @ c.W.T**2 + c.b,
        "Yours multiplies by b, as a matrix; it should add b: + self.b.": lambda c: c.x @ c.W.T @ c.b,
        "Yours sums over the images too; it should have a row for each image.": lambda c: c.x.sum(axis=0) @ c.W.T + c.b,
        "Yours has max(y, 0) in it; it should not: a rectifier is a layer of its own.": lambda c: np.maximum(
            y_of(c), 0
        ),
    },
)
STORED = wrongs(
    "self.x",
    {
        "Yours stores y; self.x should be x, the input of forward.": y_of,
        "Yours stores the mean image; self.x should be x, all of it.": (
            lambda c: c.x.mean(axis=0, keepdims=True),
            lambda c: c.x.mean(axis=0),
        ),
        "Yours stores one image; self.x should be x, all of it.": (lambda c: c.x[0], lambda c: c.x[-1]),
        "Yours stores the sum over the images; self.x should be x, all of it.": lambda c: c.x.sum(axis=0),
    },
)

DX = wrongs(
    "dx",
    {
        "Yours uses the transpose of W; it should use W: dx[n, i] = sum_o dy[n, o] W[o, i].": lambda c: c.dy @ c.W.T,
        "Yours multiplies dx by x; it should not: dx is dy W.": lambda c: c.dy @ c.W * c.x,
        "Yours adds b to dx; it should not: b does not depend on x.": (
            lambda c: c.dy @ c.W + c.b.sum(),
            lambda c: (c.dy + c.b) @ c.W,
        ),
        "Yours uses dW for W; it should use W: dx is dy W.": lambda c: c.dy @ (c.dy.T @ c.x),
        "Yours is the product of dx with a slope of x; it should not be: squashing is a layer of its own.": (
            lambda c: c.dy @ c.W * (1 - c.x**2),
            lambda c: c.dy @ c.W * c.x * (1 - c.x),
            lambda c: c.dy @ c.W * (c.x > 0),
        ),
        "Yours has the sum of dy over the outputs; it should weigh dy[n, o] by W[o, i] and then sum.": (
            lambda c: c.dy.sum(axis=1, keepdims=True) * c.W.sum(axis=0)
        ),
        "Yours uses |W|; it should use W.": lambda c: c.dy @ np.abs(c.W),
        "Yours is dy itself; it should be the product dy W: dy @ self.W.": lambda c: c.dy,
        "Yours is x; it should be the product dy W: dy @ self.W.": lambda c: c.x,
        "Yours adds x; it should be dy W alone.": lambda c: c.dy @ c.W + c.x,
        "Yours has the wrong sign; it should be dy @ self.W.": lambda c: -c.dy @ c.W,
        "Yours reshapes W; it should use W as it is: dy @ self.W.": lambda c: c.dy @ c.W.reshape(c.W.shape[::-1]).T,
        "Yours uses y for dy; it should use the dy that backward is given.": lambda c: y_of(c) @ c.W,
        "Yours squares W; it should not: backward2 does.": lambda c: c.dy @ c.W**2,
    },
)
DW = wrongs(
    "dW",
    {
        "Yours divides dW by the number of outputs or of inputs; it should be the sum over the images alone.": (
            lambda c: c.dW / c.dy.shape[1],
            lambda c: c.dW / c.x.shape[1],
            lambda c: c.dW / c.dW.size,
        ),
        "Yours averages dW over the batch; it should sum: the 1/N is in the loss.": lambda c: c.dW / len(c.x),
        "Yours is dW of the last image alone; it should sum over all images.": lambda c: np.outer(c.dy[-1], c.x[-1]),
        "Yours is dW of the first image alone; it should sum over all images.": lambda c: np.outer(c.dy[0], c.x[0]),
        "Yours makes dW from W; it should use the x of forward: dE/dW = dy' x.": lambda c: c.W * c.db[:, None],
        "Yours is np.outer of the whole batch; it should be the product dy' x: dy.T @ self.x.": (
            lambda c: np.outer(c.dy, c.x)
        ),
        "Yours sums dy and x over the images first; it should multiply first, and then sum: dy.T @ self.x.": [
            lambda c, p=p: np.outer(c.dy.sum(axis=0), c.x.sum(axis=0)) / len(c.x) ** p for p in (0, 1, 2)
        ],
        "Yours adds W to dW; it should not: weight decay is in the optimizer.": (
            lambda c: c.dW + c.W,
            lambda c: c.dW / len(c.x) + c.W,
        ),
        "Yours squares x; it should not: backward2 does.": lambda c: c.dy.T @ c.x**2,
        "Yours has the wrong sign; it should be dy.T @ self.x: the optimizer subtracts.": lambda c: -c.dW,
        "Yours has the factor 1/2; it should not: dE/dW = dy' x.": lambda c: c.dW / 2,
        "Yours reshapes x' dy; it should be the product dy' x: dy.T @ self.x.": (
            lambda c: (c.x.T @ c.dy).reshape(c.W.shape)
        ),
        "Yours multiplies dW by W; it should not: dE/dW = dy' x.": lambda c: c.dW * c.W,
        "Yours sums over one axis more; dW should have the shape of W.": (
            lambda c: c.dW.sum(axis=0),
            lambda c: c.dW.sum(axis=1),
        ),
        "Yours uses dx for dy; it should be the product dy' x: dy.T @ self.x.": lambda c: (c.dy @ c.W).T @ c.x,
        "Yours uses dx for x; it should be the product dy' x: dy.T @ self.x.": lambda c: c.dy.T @ (c.dy @ c.W),
        "Yours squares dy; it should not: dE/dW = dy' x.": lambda c: (c.dy**2).T @ c.x,
        "Yours uses y for dy; it should use the dy that backward is given.": lambda c: y_of(c).T @ c.x,
        "Yours has dy alone; it should be dE/dW = dy' x.": lambda c: np.broadcast_to(c.db[:, None], c.W.shape),
    },
)
DB = wrongs(
    "db",
    {
        "Yours divides db by the number of outputs; it should be the sum over the images alone.": (
            lambda c: c.db / c.dy.shape[1]
        ),
        "Yours averages db over the batch; it should sum: the 1/N is in the loss.": lambda c: c.db / len(c.x),
        "Yours is dy of the last image alone; db should be the sum over all images.": lambda c: c.dy[-1],
        "Yours is dy of the first image alone; db should be the sum over all images.": lambda c: c.dy[0],
        "Yours makes db from dW; it should be the sum of dy over the images.": lambda c: c.dW.sum(axis=1),
        "Yours multiplies db by b; it should not: b has the slope 1.": lambda c: c.b * c.db,
        "Yours adds b to db; it should be the sum of dy alone.": lambda c: c.b + c.db,
        "Yours is 1 everywhere; db should be the sum of dy over the images.": lambda c: np.ones_like(c.b),
        "Yours is N everywhere; db should be the sum of dy over the images.": lambda c: np.full_like(c.b, len(c.x)),
        "Yours has the wrong sign; it should be the sum of dy: the optimizer subtracts.": lambda c: -c.db,
        "Yours squares dy; it should be the sum of dy itself.": lambda c: (c.dy**2).sum(axis=0),
        "Yours sums x; it should be the sum of dy over the images.": lambda c: c.x.sum(axis=0),
        "Yours sums dx; it should be the sum of dy over the images.": lambda c: c.dx.sum(axis=0),
        "Yours sums |dy|; it should be the sum of dy itself.": lambda c: np.abs(c.dy).sum(axis=0),
        "Yours is the largest dy; db should be the sum of dy over the images.": lambda c: c.dy.max(axis=0),
        "Yours is the sum of all dy; db should have one number for each output: sum over axis 0.": (
            lambda c: np.full_like(c.b, c.dy.sum())
        ),
    },
)

LINEAR = Exercise(
    name="linear",
    title="the fully connected layer, forward and backward",
    target=Linear,
    methods=("forward", "backward"),
    task="forward returns y and stores x as self.x. backward takes dE/dy, sets self.dW and self.db, and returns dE/dx. "
    "The shapes show where the transposes go.",
    contract={
        "": "A fully connected layer: every output is a weighted sum of all inputs and a bias (paper, "
        "II.B, F6).\n"
        "x: (N, in); y: (N, out); W: (out, in); b: (out,). A row of x is an image.\n"
        "The gradients of W and b are sums over the images. If E, which lesson 4 calls the loss, is an average over N "
        "images, the 1/N is in dy already.",
        "forward": "Return y, and store x as self.x.",
        "backward": "Take dE/dy, set self.dW (like W) and self.db (like b), and return dE/dx (like x).",
    },
    kind=LayerPass(leaves=("x",)),
    tiny=lambda rng, dtype: layer_case(Linear, rng, dtype, (2, 3), 3, 2, draw=whole),
    draw=lambda rng, dtype: linear_case(rng, dtype, 5, *rng.permutation([2, 3, 4, 6, 7])[:2]),
    real=lambda rng, dtype: [linear_case(rng, dtype, 32, 120, 84)],
    odd=lambda rng, dtype: [
        linear_case(rng, dtype, 1, 4, 3),
        linear_case(rng, dtype, 4, 1, 3),
        linear_case(rng, dtype, 4, 3, 1),
        linear_case(rng, dtype, 1, 1, 1),
        linear_case(rng, dtype, 4, 4, 4),
        linear_case(rng, dtype, 3, 5, 3),
        linear_case(rng, dtype, 3, 3, 5),
        layer_case(Linear, rng, dtype, (3, 5), 5, 2, memory=gaps),
    ],
    wrong={
        "forward": FORWARD + in_a_loop("y", y_of) + STORED,
        "backward": DX + in_a_loop("dx", lambda c: c.dy @ c.W) + DW + DB,
    },
    hints=(
        "forward: x is (N, in), W is (out, in), y is (N, out). Only one product of x and W, or W.T, has that shape.",
        "backward: dW has the shape of W, (out, in), and is made of dy (N, out) and x (N, in), summed over the images.",
        "A matrix product sums over the inner axis: for dW that must be the images, so dy is transposed.",
        "db is dy summed over the images, axis 0. dx is (N, in), from dy (N, out) and W (out, in).",
    ),
)

HY_SQUARED = "Yours squares hy; it should not, because hy is a second derivative already."
HX = wrongs(
    "hx",
    {
        "Yours does not square W; it should, for hx (eq. 27).": lambda c: c.hy @ c.W,
        "Yours squares the product; it should square W alone: hy @ W**2, not (hy @ W)**2.": (
            lambda c: (c.hy @ c.W) ** 2
        ),
        HY_SQUARED: lambda c: c.hy**2 @ c.W**2,
        "Yours squares hy and not W; it should square W, not hy: hy is a second derivative already.": (
            lambda c: c.hy**2 @ c.W
        ),
        "Yours has 2 W; it should have W^2, entry by entry: self.W**2.": lambda c: c.hy @ (2 * c.W),
        "Yours takes |W|; it should take W^2, entry by entry: self.W**2.": lambda c: c.hy @ np.abs(c.W),
        "Yours takes e^W; it should take W^2: self.W**2.": lambda c: c.hy @ np.exp(c.W),
        "Yours takes the square root of hy; it should take hy as it is.": lambda c: np.sqrt(c.hy) @ c.W**2,
        "Yours takes W^4; it should take W^2: square once.": lambda c: c.hy @ c.W**4,
        "Yours is the matrix product of W with itself; it should square entry by entry: self.W**2.": (
            lambda c: c.hy @ c.W @ c.W.T,
            lambda c: c.hy @ (c.W @ c.W.T) @ c.W,
        ),
        "Yours is hy itself; it should be hy @ self.W**2.": lambda c: c.hy,
        "Yours multiplies hx by x; it should not: hx is hy W^2.": (
            lambda c: c.hy @ c.W**2 * c.x,
            lambda c: c.hy @ c.W**2 * c.x**2,
        ),
        "Yours adds the rows of W first; it should square each W[o, i] and then sum.": (
            lambda c: c.hy.sum(axis=1, keepdims=True) * c.W.sum(axis=0) ** 2,
            lambda c: c.hy.sum(axis=1, keepdims=True) * (c.W**2).sum(axis=0),
        ),
        "Yours has the wrong sign; it should be hy @ self.W**2.": lambda c: -c.hy @ c.W**2,
        "Yours uses dy for hy; it should use the hy that backward2 is given.": lambda c: c.dy @ c.W**2,
    },
)
HW = wrongs(
    "hW",
    {
        "Yours does not square x; it should, for hW (eq. 25).": lambda c: c.hy.T @ c.x,
        "Yours squares the product; it should square x alone, which leaves the cross terms out.": (
            lambda c: (c.hy.T @ c.x) ** 2
        ),
        HY_SQUARED: lambda c: (c.hy**2).T @ c.x**2,
        "Yours squares hy and not x; it should square x, not hy: hy is a second derivative already.": (
            lambda c: (c.hy**2).T @ c.x
        ),
        "Yours has 2 x; it should have x^2, entry by entry: self.x**2.": lambda c: c.hy.T @ (2 * c.x),
        "Yours takes |x|; it should take x^2, entry by entry: self.x**2.": lambda c: c.hy.T @ np.abs(c.x),
        "Yours is the average over the batch; hW should be the sum: the 1/N is in the loss.": lambda c: c.hW / len(c.x),
        "Yours is hW of the last image alone; it should sum over all images.": lambda c: np.outer(
            c.hy[-1], c.x[-1] ** 2
        ),
        "Yours is hW of the first image alone; it should sum over all images.": lambda c: np.outer(
            c.hy[0], c.x[0] ** 2
        ),
        "Yours sums hy and x^2 over the images first; it should multiply first, and then sum: hy.T @ self.x**2.": (
            lambda c: np.outer(c.hy.sum(axis=0), (c.x**2).sum(axis=0)),
            lambda c: np.outer(c.hy.sum(axis=0), c.x.sum(axis=0) ** 2),
            lambda c: np.outer(c.hy.sum(axis=0), (c.x**2).mean(axis=0)),
        ),
        "Yours takes x^4; it should take x^2: square once.": lambda c: c.hy.T @ c.x**4,
        "Yours has the factor 2 or 1/2; it should not: hW is hy' x^2.": (lambda c: 2 * c.hW, lambda c: c.hW / 2),
        "Yours is the matrix product of x with itself; it should square entry by entry: self.x**2.": (
            lambda c: c.hy.T @ (c.x @ c.x.T),
            lambda c: c.hy.T @ (c.x @ c.x.T) @ c.x,
        ),
        "Yours squares W; it should square x, for hW (eq. 25).": lambda c: c.hb[:, None] * c.W**2,
        "Yours multiplies hW by W; it should not: hW is hy' x^2.": (
            lambda c: c.hW * c.W,
            lambda c: c.hW * c.W**2,
        ),
    },
)
HB = wrongs(
    "hb",
    {
        HY_SQUARED: lambda c: (c.hy**2).sum(axis=0),
        "Yours squares the sum of hy; it should not: hb is the sum itself.": lambda c: c.hy.sum(axis=0) ** 2,
        "Yours is the average over the batch; hb should be the sum: the 1/N is in the loss.": lambda c: c.hb / len(c.x),
        "Yours is hy of the last image alone; hb should be the sum over all images.": lambda c: c.hy[-1],
        "Yours is hy of the first image alone; hb should be the sum over all images.": lambda c: c.hy[0],
        "Yours multiplies hb by b; it should not: b has the slope 1.": lambda c: c.hb * c.b,
        "Yours is 1 everywhere; hb should be the sum of hy over the images.": lambda c: np.ones_like(c.b),
        "Yours makes hb from hW; it should be the sum of hy over the images.": lambda c: c.hW.sum(axis=1),
    },
)

LINEAR_BACKWARD2 = Exercise(
    name="linear-backward2",
    title="the third pass: curvatures of the fully connected layer",
    target=Linear,
    methods=("backward2",),
    task="backward2 takes d2E/dy2, sets self.hW and self.hb, and returns d2E/dx2. self.x is the x of forward.",
    contract={
        "": "A fully connected layer: every output is a weighted sum of all inputs and a bias (paper, "
        "II.B, F6).\n"
        "x: (N, in); y: (N, out); W: (out, in); b: (out,).\n"
        "The pass is diagonal and drops f'', like the paper's (appendix C).",
        "backward2": "Take d2E/dy2, set self.hW (like W) and self.hb (like b), and return d2E/dx2 (like x).",
    },
    kind=LayerPass(),
    tiny=LINEAR.tiny,
    draw=LINEAR.draw,
    real=LINEAR.real,
    odd=LINEAR.odd,
    wrong={"backward2": HX + in_a_loop("hx", lambda c: c.hy @ c.W**2) + HW + HB},
    hints=(
        "backward2 is backward with hy instead of dy, and with every factor squared. Start from backward.",
        "A factor multiplies the derivative in backward: x for hW, W for hx, 1 for hb.",
        "Square entry by entry: self.x**2, self.W**2. hy itself stays as it is.",
    ),
)
