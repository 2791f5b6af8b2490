"""Dropout."""

import numpy as np
from numpy.typing import NDArray

from scratchnet.errors import InputError
from scratchnet.layers.expect import expect_gradient, expect_input, like
from scratchnet.layers.layer import Layer


class Dropout(Layer):
    """While training, y = m x with a fresh m each time: 0 with probability p, else 1 / (1 - p), so that
    the mean of y is x. Otherwise y = x (N. Srivastava et al., 2014). x, y: any shape.

    dE/dx = m dE/dy        d2E/dx2 = m^2 d2E/dy2

    rng: a numpy Generator, from which m is drawn. Raises InputError unless 0 <= p < 1.
    """

    whole_batch = True  # one stream of random numbers, in one order, whatever the number of cores

    def __init__(self, p: float = 0.5, *, rng: np.random.Generator | None = None) -> None:
        if not 0 <= p < 1:
            raise InputError(f"Dropout needs 0 <= p < 1, the share that is dropped, got {p}.")
        self.p = p
        self.rng = rng or np.random.default_rng()

    def forward(self, x: NDArray) -> NDArray:
        expect_input(self, x)
        kept = self.rng.random(x.shape, np.float32) >= self.p if self.training else np.ones(x.shape, bool)
        self.m = kept.astype(x.dtype) / x.dtype.type(1 - self.p if self.training else 1)
        return self.m * x

    def backward(self, dy: NDArray) -> NDArray:
        expect_gradient(self, dy, self.m.shape)
        return self.m * like(self.m, dy)

    def backward2(self, hy: NDArray) -> NDArray:
        expect_gradient(self, hy, self.m.shape)
        return self.m**2 * like(self.m, hy)

    def __repr__(self) -> str:
        return f"Dropout({self.p:g})"
