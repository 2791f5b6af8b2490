"""Dropout."""

import math

import numpy as np
from numpy.typing import NDArray

from scratchnet.errors import InputError
from scratchnet.layers.expect import expect_gradient, expect_input, is_finite, like
from scratchnet.layers.initial import Seed, generator
from scratchnet.layers.layer import Layer


class Dropout(Layer):
    """y = m x in training mode, otherwise y = x (N. Srivastava et al., 2014). x, y: any shape.

    Each forward pass has a new m: 0 with probability p, else 1 / (1 - p), so that the mean of y is x.

    dE/dx = m dE/dy        d2E/dx2 = m^2 d2E/dy2

    rng: a numpy Generator, or an integer seed. Each forward pass in training mode draws a key from it, and the key
    decides the mask (see `uniform`). So the mask is the same on the fast path, on any number of cores.
    Raises InputError unless 0 <= p < 1.
    """

    whole_batch = True  # one key for each batch
    first = 0  # the number of the first image of x in its batch, which ranks of MPI share

    def __init__(self, p: float = 0.5, *, rng: Seed = None) -> None:
        if not is_finite(p) or not 0 <= p < 1:
            raise InputError(f"Dropout expects 0 <= p < 1 (p is the share of entries that become 0), got {p}.")
        self.p = float(p)
        self.rng = generator(rng)

    def forward(self, x: NDArray) -> NDArray:
        expect_input(self, x)
        if self.training:
            key = self.of_first(self.rng.integers(2**64, size=1, dtype=np.uint64), x[0].size)
            self.m = (uniform(key, x.shape) >= self.p).astype(x.dtype) / x.dtype.type(1 - self.p)
        else:
            self.m = np.ones_like(x)
        return self.m * x

    def backward(self, dy: NDArray) -> NDArray:
        expect_gradient(self, dy, self.m.shape)
        return self.m * like(self.m, dy)

    def backward2(self, hy: NDArray) -> NDArray:
        expect_gradient(self, hy, self.m.shape)
        return self.m**2 * like(self.m, hy)

    def of_first(self, keys: NDArray[np.uint64], entries: int) -> NDArray[np.uint64]:
        """Return the keys whose number 0 is the first number of image `first`; entries: the numbers of an image."""
        return keys + np.uint64(self.first * entries * STEP % 2**64)

    def __repr__(self) -> str:
        return f"Dropout({self.p:g})"


# SplitMix64 (G. Steele, D. Lea, C. Flood, Fast splittable pseudorandom number generators, 2014; mix 13 of D. Stafford).
STEP, FACTORS = 0x9E3779B97F4A7C15, (0xBF58476D1CE4E5B9, 0x94D049BB133111EB)


def uniform(key: NDArray[np.uint64], shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Return numbers from 0 to below 1. Number i depends on the key and on i alone, so each can be computed by itself.

    It is the upper 24 bits of z_i, modulo 2^64: z = key + (i + 1) STEP, then z <- (z ^ z >> 30) FACTORS[0],
    z <- (z ^ z >> 27) FACTORS[1], z <- z ^ z >> 31. The z_i are what SplitMix64 returns after the seed `key`.
    """
    z = key + np.arange(1, math.prod(shape) + 1, dtype=np.uint64) * np.uint64(STEP)
    for shift, factor in zip((30, 27), FACTORS):
        z = (z ^ z >> np.uint64(shift)) * np.uint64(factor)
    z ^= z >> np.uint64(31)
    return ((z >> np.uint64(40)) / np.float32(2**24)).astype(np.float32).reshape(shape)
