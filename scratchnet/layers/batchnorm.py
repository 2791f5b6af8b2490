"""Batch normalisation."""

import math

import numpy as np
from numpy.typing import DTypeLike, NDArray

from scratchnet.errors import InputError
from scratchnet.layers.expect import expect_gradient, expect_input, is_finite, label, like, whole
from scratchnet.layers.initial import Seed
from scratchnet.layers.layer import Layer


class BatchNorm2d(Layer):
    """y = W z + b with z = (x - mean) / sqrt(var + eps), for each map separately (S. Ioffe, C. Szegedy, 2015).

    x, y: (N, C, H, W); W: (C,), 1 at the start; b: (C,), 0 at the start.
    In training mode, mean and var come from the batch, over n = N H W pixels. They also update the running
    values: running += momentum (batch - running), with var n / (n - 1) there. Otherwise the running values
    are used, so that the output for an image does not depend on the rest of the batch.

    With s = W / sqrt(var + eps):
    dE/dW = sum dy z       dE/db = sum dy
    dE/dx = s dy                                    otherwise
    dE/dx = s (dy - mean dy - z mean(dy z))         in training mode: mean and var depend on x too
    d2E/dW2 = sum hy z^2   d2E/db2 = sum hy   d2E/dx2 = s^2 hy        not in training mode

    In training mode there is no curvature pass: each output depends on the whole batch, so no diagonal is right.
    Raises InputError for a wrong number of maps, for a training batch with one pixel per map, and for
    backward2 in training mode.
    """

    params = ("W", "b")
    buffers = ("running_mean", "running_var")
    whole_batch = True  # mean and var need the whole batch

    def __init__(
        self,
        channels: int,
        *,
        eps: float = 1e-5,
        momentum: float = 0.1,
        rng: Seed = None,
        dtype: DTypeLike = np.float32,
    ) -> None:
        (channels,) = whole(self, channels=channels)
        if channels < 1:
            raise InputError(f"BatchNorm2d needs at least one map, got {channels}.")
        if not is_finite(eps) or eps < 0 or not is_finite(momentum) or not 0 <= momentum <= 1:
            raise InputError(
                f"BatchNorm2d expects eps of at least 0 and momentum from 0 to 1, got {eps!r} and {momentum!r}."
            )
        self.channels, self.eps, self.momentum = channels, eps, momentum
        self.W, self.b = np.ones(channels, dtype), np.zeros(channels, dtype)
        self.running_mean, self.running_var = np.zeros(channels, dtype), np.ones(channels, dtype)

    def forward(self, x: NDArray) -> NDArray:
        expect_input(self, x)
        mean, var = self.running_mean, self.running_var
        self.trained = self.training
        if self.training:
            mean, var = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
            n = self.expect_pixels(x.shape)
            self.running_mean += self.momentum * (mean - self.running_mean)
            self.running_var += self.momentum * (var * (n / (n - 1)) - self.running_var)
        slope = 1 / np.sqrt(var + self.eps)
        self.z, self.s = like(x, (x - over_maps(mean)) * over_maps(slope), self.W * slope)
        W, b = like(x, self.W, self.b)
        return over_maps(W) * self.z + over_maps(b)

    def backward(self, dy: NDArray) -> NDArray:
        expect_gradient(self, dy, self.z.shape)
        dy = like(self.z, dy)
        self.dW, self.db = np.sum(dy * self.z, axis=(0, 2, 3)), dy.sum(axis=(0, 2, 3))
        if self.trained:
            n = dy.size // self.channels
            dy = dy - over_maps(self.db / n) - self.z * over_maps(self.dW / n)
        return over_maps(self.s) * dy

    def backward2(self, hy: NDArray) -> NDArray:
        expect_gradient(self, hy, self.z.shape)
        hy = like(self.z, hy)
        if self.trained:
            self.refuse_curvature()
        self.hW, self.hb = np.sum(hy * self.z**2, axis=(0, 2, 3)), hy.sum(axis=(0, 2, 3))
        return over_maps(self.s**2) * hy

    def expect_pixels(self, shape: tuple[int, ...]) -> int:
        """Return the number of pixels of a map in a batch x of this shape. Raise InputError if there is only one."""
        n = math.prod(shape) // self.channels
        if n == 1:
            raise InputError(f"{label(self)} needs more than one pixel per map to train, got x of shape {shape}.")
        return n

    def refuse_curvature(self) -> None:
        """Raise InputError: there is no curvature pass in training mode."""
        raise InputError(
            f"{label(self)} has no curvature pass in training mode: each output depends on the whole batch, so no "
            "diagonal is right. Call eval() on the network first: it makes mean and variance constant."
        )

    def _shapes(self):
        return dict.fromkeys((*self.params, *self.buffers), (self.channels,))

    def _misfit(self, shape):
        if len(shape) != 4:
            return f"(N, {self.channels}, H, W)"
        if shape[1] != self.channels:
            return f"{self.channels} input maps, got {shape[1]} in"

    def n_connections(self, shape: tuple[int, ...]) -> int:
        return 2 * int(np.prod(shape))

    def __repr__(self) -> str:
        return f"BatchNorm2d({self.channels} maps)"


def over_maps(a: NDArray) -> NDArray:
    """Return a (C,) as (C, 1, 1), which broadcasts against (N, C, H, W)."""
    return a[:, None, None]
