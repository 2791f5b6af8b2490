"""The squashing functions: the paper's, and two that other networks use."""

import numpy as np
from numpy.typing import NDArray

from scratchnet.errors import InputError
from scratchnet.kernels import times_slope
from scratchnet.layers.expect import expect_gradient, expect_input, is_finite, like, packed
from scratchnet.layers.layer import Layer

A = 1.7159
S = 2 / 3


class ScaledTanh(Layer):
    """y = A tanh(S x) with A = 1.7159 and S = 2/3 (paper, eq. 6 and appendix A).

    A and S make f(1) = 1 and f(-1) = -1: targets of +-1 lie inside the range, where the unit does not
    saturate.

    f'(x) = S A (1 - tanh^2) = S A - (S/A) y^2
    dE/dx = f'(x) dE/dy        d2E/dx2 = f'(x)^2 d2E/dy2   (paper, eq. 27: f'' is dropped)

    x, y: any shape.
    """

    def forward(self, x: NDArray) -> NDArray:
        expect_input(self, x)
        self.y = A * np.tanh(S * x)
        return self.y

    def backward(self, dy: NDArray) -> NDArray:
        expect_gradient(self, dy, self.y.shape)
        return times_slope(packed(dy, self.y.dtype), self.y, S * A, S / A)

    def backward2(self, hy: NDArray) -> NDArray:
        return self.backward(self.backward(hy))

    def __repr__(self) -> str:
        return "ScaledTanh(1.7159 tanh(2x/3))"


class Tanh(Layer):
    """y = A tanh(x), by default with A = 1. x, y: any shape.

    f'(x) = A (1 - tanh^2) = A - y^2 / A
    dE/dx = f'(x) dE/dy        d2E/dx2 = f'(x)^2 d2E/dy2
    """

    def __init__(self, A: float = 1.0) -> None:
        if not is_finite(A) or A == 0:
            raise InputError(f"Tanh expects a finite A other than 0, got {A!r}.")
        self.A = A

    def forward(self, x: NDArray) -> NDArray:
        expect_input(self, x)
        self.y = np.tanh(x) if self.A == 1 else self.A * np.tanh(x)
        return self.y

    def backward(self, dy: NDArray) -> NDArray:
        expect_gradient(self, dy, self.y.shape)
        return times_slope(packed(dy, self.y.dtype), self.y, self.A, 1 / self.A)

    def backward2(self, hy: NDArray) -> NDArray:
        return self.backward(self.backward(hy))

    def __repr__(self) -> str:
        return "Tanh()" if self.A == 1 else f"Tanh({self.A:g} tanh(x))"


class Sigmoid(Layer):
    """y = 1 / (1 + e^-x). x, y: any shape.

    f'(x) = y (1 - y)
    dE/dx = f'(x) dE/dy        d2E/dx2 = f'(x)^2 d2E/dy2

    With z = e^-|x|, which does not overflow: y = 1 / (1 + z) for x >= 0, else z / (1 + z); f' = z / (1 + z)^2.
    So neither y near 0 nor the slope at either end loses its digits.
    """

    @np.errstate(under="ignore")  # far from 0, z and the slope are 0
    def forward(self, x: NDArray) -> NDArray:
        expect_input(self, x)
        z = np.exp(-np.abs(x))
        self.y = np.where(x < 0, z, np.ones_like(z)) / (1 + z)
        self.slope = z / (1 + z) ** 2
        return self.y

    @np.errstate(under="ignore")  # far from 0, z and the slope are 0
    def backward(self, dy: NDArray) -> NDArray:
        expect_gradient(self, dy, self.y.shape)
        return self.slope * like(self.y, dy)

    def backward2(self, hy: NDArray) -> NDArray:
        return self.backward(self.backward(hy))

    def scores(self, y: NDArray) -> NDArray:
        """Return log y; a probability of 0 counts as the smallest positive number."""
        return np.log(np.maximum(y, np.finfo(y.dtype).tiny))
