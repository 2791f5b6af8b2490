"""Softmax: scores become probabilities."""

import numpy as np
from numpy.typing import NDArray

from scratchnet.errors import InputError
from scratchnet.layers.expect import expect_gradient, expect_input, label, like
from scratchnet.layers.layer import Layer


class Softmax(Layer):
    """y_i = exp(x_i) / sum_k exp(x_k): positive numbers with the sum 1. x, y: (N, classes).

    The largest x is subtracted first, so that nothing overflows.

    dE/dx_i = y_i (dE/dy_i - sum_k y_k dE/dy_k)

    There is no curvature pass: every output depends on every input, so a diagonal of d2E/dy2 does not
    determine one of d2E/dx2. CrossEntropyLoss takes the scores x and has the exact diagonal.
    """

    @np.errstate(under="ignore")  # what is far behind counts as 0
    def forward(self, x: NDArray) -> NDArray:
        expect_input(self, x)
        y = np.exp(x - x.max(axis=1, keepdims=True))
        self.y = y / y.sum(axis=1, keepdims=True)
        return self.y

    @np.errstate(under="ignore")  # what is far behind counts as 0
    def backward(self, dy: NDArray) -> NDArray:
        expect_gradient(self, dy, self.y.shape)
        dy = like(self.y, dy)
        return self.y * (dy - np.sum(self.y * dy, axis=1, keepdims=True))

    def backward2(self, hy: NDArray) -> NDArray:
        """Raise InputError: there is no curvature pass."""
        raise InputError(
            f"{label(self)} has no curvature pass: its outputs depend on each other, so no diagonal is right. "
            "Remove Softmax and train with CrossEntropyLoss, which takes scores and has a curvature pass."
        )

    def scores(self, y: NDArray) -> NDArray:
        """Return log y; a probability of 0 counts as the smallest positive number."""
        return np.log(np.maximum(y, np.finfo(y.dtype).tiny))

    def _misfit(self, shape):
        if len(shape) != 2:
            return "(N, classes)"
