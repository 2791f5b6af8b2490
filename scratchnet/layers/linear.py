"""The fully connected layer: F6."""

import numpy as np
from numpy.typing import DTypeLike, NDArray

from scratchnet.errors import InputError
from scratchnet.layers.expect import expect_gradient, expect_input, like, whole
from scratchnet.layers.initial import Init, Seed, generator, uniform_over_sqrt_fan_in, zeros
from scratchnet.layers.layer import Layer


class Linear(Layer):
    """y = x W' + b: every output is a weighted sum of all inputs (paper, II.B, F6).

    x: (N, in_features); y: (N, out_features); W: (out, in); b: (out,).

    dE/dW = dy' x        d2E/dW2 = hy' x^2      (paper, eq. 25)
    dE/db = sum_n dy     d2E/db2 = sum_n hy
    dE/dx = dy W         d2E/dx2 = hy W^2       (paper, eq. 27)

    init, init_bias: draw the initial W and b, see initial.py.
    Raises InputError when x is not (N, in_features) or a size is below 1.
    """

    params = ("W", "b")

    def __init__(
        self,
        in_features: int,
        out_features: int,
        *,
        rng: Seed = None,
        dtype: DTypeLike = np.float32,
        init: Init = uniform_over_sqrt_fan_in,
        init_bias: Init = zeros,
    ) -> None:
        in_features, out_features = whole(self, in_features=in_features, out_features=out_features)
        if in_features < 1 or out_features < 1:
            raise InputError(f"Linear needs at least one input and one output, got {in_features} and {out_features}.")
        self.in_features, self.out_features = in_features, out_features
        rng = generator(rng)
        self.W = init(rng, (out_features, in_features), in_features).astype(dtype)
        self.b = init_bias(rng, (out_features,), in_features).astype(dtype)

    def forward(self, x: NDArray) -> NDArray:
        expect_input(self, x)
        self.x = x
        W, b = like(x, self.W, self.b)
        return x @ W.T + b

    def backward(self, dy: NDArray) -> NDArray:
        expect_gradient(self, dy, (len(self.x), self.out_features))
        dy, W = like(self.x, dy, self.W)
        self.dW = np.dot(dy.T, self.x)  # dot, not @: at batch 1, an outer product takes a fifth of the time
        self.db = dy.sum(axis=0)
        return dy @ W

    def backward2(self, hy: NDArray) -> NDArray:
        expect_gradient(self, hy, (len(self.x), self.out_features))
        hy, W = like(self.x, hy, self.W)
        self.hW = np.dot(hy.T, self.x**2)
        self.hb = hy.sum(axis=0)
        return hy @ W**2

    def _shapes(self):
        return {"W": (self.out_features, self.in_features), "b": (self.out_features,)}

    def _misfit(self, shape):
        if len(shape) != 2 or shape[1] != self.in_features:
            return f"(N, {self.in_features})"

    def output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        return (self.out_features,)

    def n_connections(self, shape: tuple[int, ...]) -> int:
        return self.W.size + self.b.size

    def __repr__(self) -> str:
        return f"Linear({self.in_features} -> {self.out_features})"
