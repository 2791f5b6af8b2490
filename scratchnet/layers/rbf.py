"""The output layer: Euclidean radial basis functions."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scratchnet.errors import InputError
from scratchnet.layers.expect import expect_gradient, expect_input, like
from scratchnet.layers.layer import Layer


class RBF(Layer):
    """y_i = sum_k (x_k - w_ik)^2: how far x is from the code of class i (paper, eq. 7).

    The outputs are penalties: the smallest wins. x: (N, F); y: (N, classes); codes w: (classes, F),
    fixed, so there is no trainable parameter.

    dE/dx_k = sum_i dE/dy_i 2 (x_k - w_ik)
    d2E/dx_j2 = sum_i 2 dE/dy_i

    The second line is the only exception in the library: Gauss-Newton would drop the curvature of y
    itself, and then nothing would be left, because eq. 8 is linear in y. So backward2 takes the weight
    of each penalty, dE/dy of eq. 8 (1/N for the right class, else 0), and returns 2/N. For eq. 9 the
    authors' code uses the same constant, because the exact value can be negative.
    """

    def __init__(self, codes: ArrayLike) -> None:
        self.codes = np.asarray(codes)
        if self.codes.ndim != 2 or self.codes.size == 0:
            raise InputError(f"RBF expects codes of shape (classes, features), got {self.codes.shape}.")

    def forward(self, x: NDArray) -> NDArray:
        expect_input(self, x)
        self.difference = x[:, None, :] - like(x, self.codes)
        return np.einsum("nik,nik->ni", self.difference, self.difference)

    def backward(self, dy: NDArray) -> NDArray:
        expect_gradient(self, dy, self.difference.shape[:2])
        return 2 * np.einsum("ni,nik->nk", like(self.difference, dy), self.difference)

    def backward2(self, hy: NDArray) -> NDArray:
        expect_gradient(self, hy, self.difference.shape[:2])
        hy = like(self.difference, hy)
        return np.repeat(2 * hy.sum(axis=1, keepdims=True), self.codes.shape[1], axis=1)

    def scores(self, y: NDArray) -> NDArray:
        """Return -y: the smallest penalty wins. exp(-y) is the density of a Gaussian around the code (paper, II.C)."""
        return -y

    def _misfit(self, shape):
        if len(shape) != 2 or shape[1] != self.codes.shape[1]:
            return f"(N, {self.codes.shape[1]})"

    def output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        return (len(self.codes),)

    def n_connections(self, shape: tuple[int, ...]) -> int:
        return self.codes.size

    def __repr__(self) -> str:
        return f"RBF({self.codes.shape[1]} -> {len(self.codes)} penalties, fixed codes)"
