"""Initial weights: functions of (rng, shape, fan_in) that return float64.

rng: a numpy Generator, or an integer seed.
shape: (out, in, ...) of weights, or (out,) of biases. fan_in: the number of inputs of a unit without the
bias; one number, or an array that broadcasts against `shape` when the units differ (C3's maps read 3, 4
or 6 maps of S2). Below, F is the fan-in.
"""

import contextlib
import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scratchnet.errors import InputError

Seed = np.random.Generator | int | None
Init = Callable[[Any, tuple[int, ...], Any], NDArray]


def generator(rng: Seed) -> np.random.Generator:
    """Return the numpy Generator that rng is, or a new one from the integer seed rng; None draws a random seed.

    Raises InputError for anything else.
    """
    with contextlib.suppress(TypeError, ValueError):
        if not isinstance(rng, bool | float | np.bool_ | np.floating):
            return np.random.default_rng(rng)
    raise InputError(f"rng should be an integer seed of at least 0 or a numpy.random.Generator, got {rng!r}.")


def zeros(rng: Seed, shape: tuple[int, ...], fan_in: Any) -> NDArray:
    """Return zeros, the default for the biases of every layer."""
    return np.zeros(shape)


def uniform_1(rng: Seed, shape: tuple[int, ...], fan_in: Any) -> NDArray:
    """Draw from U(-1, 1), for any fan-in."""
    return generator(rng).uniform(-1, 1, shape)


def uniform_over_fan_in(rng: Seed, shape: tuple[int, ...], fan_in: Any) -> NDArray:
    """Draw from U(-2.4/F, 2.4/F), as the paper's appendix A says."""
    return generator(rng).uniform(-1, 1, shape) * (2.4 / fan_in)


def uniform_over_sqrt_fan_in(rng: Seed, shape: tuple[int, ...], fan_in: Any) -> NDArray:
    """Draw from U(-1/sqrt F, 1/sqrt F), as the authors' later demo of the same network does."""
    return generator(rng).uniform(-1, 1, shape) / np.sqrt(fan_in)


pytorch_default = uniform_over_sqrt_fan_in  # the same bounds, for weights and biases alike


def kaiming_normal(rng: Seed, shape: tuple[int, ...], fan_in: Any) -> NDArray:
    """Draw from N(0, 2/F), which keeps the variance through ReLU layers (K. He et al., 2015, eq. 10)."""
    return generator(rng).normal(size=shape) * np.sqrt(2 / fan_in)


def xavier_uniform(rng: Seed, shape: tuple[int, ...], fan_in: Any) -> NDArray:
    """Draw from U(-a, a) with a = sqrt(6 / (fan-in + fan-out)) (X. Glorot, Y. Bengio, 2010, eq. 16).

    fan-out: the number of outputs that one input reaches, out x kh x kw.
    """
    fan_out = shape[0] * math.prod(shape[2:])
    return generator(rng).uniform(-1, 1, shape) * np.sqrt(6 / (fan_in + fan_out))
