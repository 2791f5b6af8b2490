"""How a network works while it learns: saturated units, the spread of their outputs, and the size of the weights."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from scratchnet.layers import Layer, ScaledTanh, Sequential
from scratchnet.layers.squash import A

SATURATED = 1.7  # |y| of a unit that is flat: f'(a) is below 2 % of f'(0)


def activations(net: Sequential, x: NDArray) -> dict[str, NDArray]:
    """Return {layer: the outputs y of its squashing function, (N, units)} for images x (N, ...).

    The layers themselves compute them, one after the other.
    """
    found = {}
    for name, layer in net.layers.items():
        x = layer.forward(x)
        if isinstance(layer, ScaledTanh):
            found[name.removesuffix("_squash")] = x.reshape(len(x), -1)
    return found


def saturated(y: NDArray) -> float:
    """Return the share of the outputs y (N, units) with |y| > 1.7, in percent."""
    return 100 * float(np.mean(np.abs(y) > SATURATED))


def spread_over_patterns(y: NDArray) -> float:
    """Return the standard deviation of a unit's output y (N, units) over the patterns, as the mean of all units."""
    return float(y.std(axis=0, dtype=float).mean())


def slope(y: NDArray) -> float:
    """Return the mean of f'(a) / f'(0) = 1 - (y / A)^2 over the outputs y: 1 for a linear unit, 0 for a flat one."""
    return 1 - float(np.mean((y / A) ** 2, dtype=float))


def norm(layer: Any) -> float:
    """Return the root of the sum of the squares of a layer's weights, without its biases."""
    return float(np.linalg.norm(layer.W.astype(float)))


def with_weights(net: Sequential) -> dict[str, Layer]:
    """Return {name: layer} of the layers that have weights."""
    return {name: layer for name, layer in net.layers.items() if layer.params}
