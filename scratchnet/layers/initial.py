"""Initial weights: functions of (rng, shape, fan_in) that return float64.

shape: (out, in, ...) of weights, or (out,) of biases. fan_in: the number of inputs of a unit without the
bias; one number, or an array that broadcasts against `shape` when the units differ (C3's maps read 3, 4
or 6 maps of S2). Below, F is the fan-in.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Init = Callable[[np.random.Generator, tuple[int, ...], Any], NDArray]


def zeros(rng: np.random.Generator, shape: tuple[int, ...], fan_in: Any) -> NDArray:
    """Return zeros, the default for the biases of every layer."""
    return np.zeros(shape)


def uniform_1(rng: np.random.Generator, shape: tuple[int, ...], fan_in: Any) -> NDArray:
    """Draw from U(-1, 1), for any fan-in."""
    return rng.uniform(-1, 1, shape)


def uniform_over_fan_in(rng: np.random.Generator, shape: tuple[int, ...], fan_in: Any) -> NDArray:
    """Draw from U(-2.4/F, 2.4/F), as the paper's appendix A says."""
    return rng.uniform(-1, 1, shape) * (2.4 / fan_in)


def uniform_over_sqrt_fan_in(rng: np.random.Generator, shape: tuple[int, ...], fan_in: Any) -> NDArray:
    """Draw from U(-1/sqrt F, 1/sqrt F), as the authors' later demo of the same network does."""
    return rng.uniform(-1, 1, shape) / np.sqrt(fan_in)


pytorch_default = uniform_over_sqrt_fan_in  # the same bounds, for weights and biases alike


def kaiming_normal(rng: np.random.Generator, shape: tuple[int, ...], fan_in: Any) -> NDArray:
    """Draw from N(0, 2/F), which keeps the variance through ReLU layers (K. He et al., 2015, eq. 10)."""
    return rng.normal(size=shape) * np.sqrt(2 / fan_in)


def xavier_uniform(rng: np.random.Generator, shape: tuple[int, ...], fan_in: Any) -> NDArray:
    """Draw from U(-a, a) with a = sqrt(6 / (fan-in + fan-out)) (X. Glorot, Y. Bengio, 2010, eq. 16).

    fan-out: the number of outputs that one input reaches, out x kh x kw.
    """
    fan_out = shape[0] * math.prod(shape[2:])
    return rng.uniform(-1, 1, shape) * np.sqrt(6 / (fan_in + fan_out))
