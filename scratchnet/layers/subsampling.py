"""The subsampling layer: S2 and S4."""

import math

import numpy as np
from numpy.typing import DTypeLike, NDArray

from scratchnet.errors import InputError
from scratchnet.kernels import subsample, subsample_back
from scratchnet.layers.expect import expect_gradient, expect_input, is_finite, like, packed, whole
from scratchnet.layers.initial import Seed
from scratchnet.layers.layer import Layer


class Subsampling(Layer):
    """y = W s + b, where s is the SUM of a 2x2 window, stride 2 (paper, II.B, S2).

    One coefficient W and one bias b per map, both learned. x: (N, C, H, W) with even H and W;
    y: (N, C, H/2, W/2); W, b: (C,).

    dE/dW = sum dy s       d2E/dW2 = sum hy s^2
    dE/db = sum dy         d2E/db2 = sum hy
    dE/dx = W dy           d2E/dx2 = W^2 hy        for each of the four pixels of the window

    coefficient: the initial W of every map. The paper gives none; 1/2 = 1/sqrt(4) is from the authors'
    later demo, 0.6 = 2.4/4 is the bound of appendix A. b starts at 0. rng: not used; nothing is random here.
    Raises InputError for a wrong number of maps, and when H or W is odd.
    """

    params = ("W", "b")

    def __init__(
        self,
        channels: int,
        *,
        coefficient: float = 0.5,
        rng: Seed = None,
        dtype: DTypeLike = np.float32,
    ) -> None:
        (channels,) = whole(self, channels=channels)
        if channels < 1:
            raise InputError(f"Subsampling needs at least one map, got {channels}.")
        if not is_finite(coefficient):
            raise InputError(f"Subsampling expects a finite coefficient, got {coefficient!r}.")
        self.channels = channels
        self.W = np.full(channels, coefficient, dtype)
        self.b = np.zeros(channels, dtype)

    def forward(self, x: NDArray) -> NDArray:
        expect_input(self, x)
        W, b = like(x, self.W, self.b)
        y, self.s = subsample(packed(x), W, b)
        return y

    def backward(self, dy: NDArray) -> NDArray:
        dx, self.dW, self.db = self._back(dy, self.s, self.W)
        return dx

    def backward2(self, hy: NDArray) -> NDArray:
        hx, self.hW, self.hb = self._back(hy, self.s**2, self.W**2)
        return hx

    def _back(self, dy, s, W):
        expect_gradient(self, dy, s.shape)
        return subsample_back(packed(dy, s.dtype), s, like(s, W))

    def _shapes(self):
        return {"W": (self.channels,), "b": (self.channels,)}

    def _misfit(self, shape):
        if len(shape) != 4:
            return f"(N, {self.channels}, H, W)"
        if shape[1] != self.channels:
            return f"{self.channels} input maps, got {shape[1]} in"
        if shape[2] % 2 or shape[3] % 2:
            return "maps of even height and width (the 2x2 windows do not overlap)"

    def output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        C, H, W = shape
        return C, H // 2, W // 2

    def n_connections(self, shape: tuple[int, ...]) -> int:
        return math.prod(self.output_shape(shape)) * (4 + 1)

    def __repr__(self) -> str:
        return f"Subsampling({self.channels} maps, 2x2 sum, learned coefficient and bias)"
