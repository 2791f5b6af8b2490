"""The squashing function."""

import numpy as np

from scratchnet.kernels import times_slope
from scratchnet.layers.layer import Layer

A = 1.7159
S = 2 / 3


class ScaledTanh(Layer):
    """y = A tanh(S x) with A = 1.7159 and S = 2/3 (paper, eq. 6 and appendix A).

    Chosen so that f(1) = 1 and f(-1) = -1: targets of +-1 lie inside the range, where the unit
    does not saturate.

    f'(x) = S A (1 - tanh^2) = S A - (S/A) y^2
    dE/dx = f'(x) dE/dy        d2E/dx2 = f'(x)^2 d2E/dy2   (paper, eq. 27: f'' is dropped)

    x, y: any shape.
    """

    def forward(self, x):
        self.check(x)
        self.y = A * np.tanh(S * x)
        return self.y

    def backward(self, dy):
        self.check_back(dy, self.y.shape)
        return times_slope(np.ascontiguousarray(dy, self.y.dtype), self.y, S * A, S / A)

    def backward2(self, hy):
        return self.backward(self.backward(hy))

    def __repr__(self):
        return "ScaledTanh(1.7159 tanh(2x/3))"
