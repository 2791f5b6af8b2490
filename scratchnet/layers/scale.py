"""One coefficient and one bias for all maps."""

import numpy as np
from numpy.typing import DTypeLike, NDArray

from scratchnet.errors import InputError
from scratchnet.layers.expect import expect_gradient, expect_input, is_finite, like
from scratchnet.layers.initial import Init, Seed, generator, zeros
from scratchnet.layers.layer import Layer


class Scale(Layer):
    """y = W x + b with two numbers, the same for all maps. x, y: any shape; W: (1,); b: (1,), 0 at the start.

    dE/dW = sum dy x       d2E/dW2 = sum hy x^2
    dE/db = sum dy         d2E/db2 = sum hy
    dE/dx = W dy           d2E/dx2 = W^2 hy

    Some tutorials use it after AvgPool2d for the paper's subsampling; in the paper, every map has its own
    two numbers (Subsampling). coefficient: the initial W. init, init_bias: draw the initial W and b, see
    initial.py; init replaces coefficient.
    """

    params = ("W", "b")

    def __init__(
        self,
        *,
        coefficient: float = 1.0,
        rng: Seed = None,
        dtype: DTypeLike = np.float32,
        init: Init | None = None,
        init_bias: Init = zeros,
    ) -> None:
        if not is_finite(coefficient):
            raise InputError(f"Scale expects a finite coefficient, got {coefficient!r}.")
        rng = generator(rng)
        self.W = np.full(1, coefficient, dtype) if init is None else init(rng, (1,), 1).astype(dtype)
        self.b = init_bias(rng, (1,), 1).astype(dtype)

    def forward(self, x: NDArray) -> NDArray:
        expect_input(self, x)
        self.x = x
        W, b = like(x, self.W, self.b)
        return W * x + b

    def backward(self, dy: NDArray) -> NDArray:
        expect_gradient(self, dy, self.x.shape)
        dy, W = like(self.x, dy, self.W)
        self.dW, self.db = np.sum(dy * self.x, keepdims=True).reshape(1), dy.sum(keepdims=True).reshape(1)
        return W * dy

    def backward2(self, hy: NDArray) -> NDArray:
        expect_gradient(self, hy, self.x.shape)
        hy, W = like(self.x, hy, self.W)
        self.hW, self.hb = np.sum(hy * self.x**2, keepdims=True).reshape(1), hy.sum(keepdims=True).reshape(1)
        return W**2 * hy

    def _shapes(self):
        return {"W": (1,), "b": (1,)}

    def n_connections(self, shape: tuple[int, ...]) -> int:
        return 2 * int(np.prod(shape))

    def __repr__(self) -> str:
        return "Scale(one coefficient and bias)"
