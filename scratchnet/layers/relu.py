"""The rectifier."""

import numpy as np
from numpy.typing import NDArray

from scratchnet.kernels import where_positive
from scratchnet.layers.expect import expect_gradient, expect_input, packed
from scratchnet.layers.layer import Layer


class ReLU(Layer):
    """y = max(x, 0). x, y: any shape.

    dE/dx = dE/dy where x > 0, else 0. At x = 0 the slope is not defined; we use 0, as PyTorch does.
    d2E/dx2 = d2E/dy2 where x > 0, else 0
    """

    def forward(self, x: NDArray) -> NDArray:
        expect_input(self, x)
        self.y = np.maximum(x, 0)
        return self.y

    def backward(self, dy: NDArray) -> NDArray:
        expect_gradient(self, dy, self.y.shape)
        return where_positive(packed(dy, self.y.dtype), self.y)

    def backward2(self, hy: NDArray) -> NDArray:
        return self.backward(hy)
