"""Dropout."""

import numpy as np
from numpy.typing import NDArray

from scratchnet.errors import InputError
from scratchnet.layers.expect import expect_gradient, expect_input, is_finite, like
from scratchnet.layers.initial import Seed, generator
from scratchnet.layers.layer import Layer


class Dropout(Layer):
    """y = m x in training mode, otherwise y = x (N. Srivastava et al., 2014). x, y: any shape.

    Each forward pass draws a new m: 0 with probability p, else 1 / (1 - p), so that the mean of y is x.

    dE/dx = m dE/dy        d2E/dx2 = m^2 d2E/dy2

    rng: the numpy Generator that draws m, or an integer seed. Raises InputError unless 0 <= p < 1.
    """

    whole_batch = True  # the random numbers are drawn in one order, however many cores there are

    def __init__(self, p: float = 0.5, *, rng: Seed = None) -> None:
        if not is_finite(p) or not 0 <= p < 1:
            raise InputError(f"Dropout expects 0 <= p < 1 (p is the share of entries that become 0), got {p}.")
        self.p = p
        self.rng = generator(rng)

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
