"""Flatten: maps become one row of features."""

import math

from numpy.typing import NDArray

from scratchnet.layers.expect import expect_gradient, expect_input
from scratchnet.layers.layer import Layer


class Flatten(Layer):
    """(N, C, H, W) -> (N, C*H*W), in C order. The entries and their derivatives do not change."""

    def forward(self, x: NDArray) -> NDArray:
        expect_input(self, x)
        self.shape, self.dtype = x.shape, x.dtype
        return x.reshape(len(x), -1).copy()

    def backward(self, dy: NDArray) -> NDArray:
        expect_gradient(self, dy, (self.shape[0], math.prod(self.shape[1:])))
        return dy.reshape(self.shape).astype(self.dtype)

    def backward2(self, hy: NDArray) -> NDArray:
        return self.backward(hy)

    def _misfit(self, shape):
        if len(shape) < 2:
            return "(N, ...)"

    def output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        return (math.prod(shape),)
