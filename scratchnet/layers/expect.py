"""The checks of a layer's input and gradient. A shape that fitted once is not checked again."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scratchnet.errors import InputError


def expect_input(layer: Any, x: NDArray) -> None:
    """Raise InputError unless x is an array of float32 or float64 that fits the layer."""
    if not isinstance(x, np.ndarray) or x.dtype.char not in "fd":
        got = f"an array of {x.dtype}" if isinstance(x, np.ndarray) else type(x).__name__
        raise InputError(
            f"{label(layer)} expects an array of float32 or float64, got {got}. Convert it: np.asarray(x, np.float32)."
        )
    if x.shape != vars(layer).get("_fitted"):
        expected = "at least one number" if x.size == 0 else layer._misfit(x.shape)
        if expected:
            got = " in" if expected.endswith(" in") else ", got"
            raise InputError(
                f"{label(layer)} expects {expected.removesuffix(' in')}{got} x of shape {x.shape}.{_guess(layer, x)}"
            )
        layer._fitted = x.shape


def expect_gradient(layer: Any, dy: NDArray, shape: tuple[int, ...]) -> None:
    """Raise InputError unless dy has the shape of the last output."""
    if dy.shape != shape:
        raise InputError(
            f"{label(layer)}: the backward pass expects the shape of the output, {shape}, got dy of shape {dy.shape}."
        )


def expect_finite(x: NDArray) -> None:
    """Raise InputError if x has NaN or infinity."""
    if not math.isfinite(np.vdot(x, x)) and not np.isfinite(x).all():  # vdot is fast and strict
        count = np.count_nonzero(~np.isfinite(x))
        raise InputError(f"x has NaN or infinity in {count} of {x.size} entries, expected finite numbers only.")


def label(layer: Any) -> str:
    """Return the name of a layer for messages: 'C3: Conv2d', or 'Conv2d' if it has no name."""
    kind = type(layer).__name__
    return f"{layer.name}: {kind}" if layer.name else kind


def like(x: NDArray, *arrays: NDArray) -> Any:
    """Return the arrays in the dtype of x, without a copy if they have it: a layer computes in its input's dtype."""
    found = [array.astype(x.dtype, copy=False) for array in arrays]
    return found if len(found) > 1 else found[0]


def connected(layer: Any, name: str) -> NDArray[np.bool_]:
    """Return a boolean array of a parameter's shape, False at the blanks of a connection table, where it stays 0."""
    parameter, table = getattr(layer, name), getattr(layer, "connections", None)
    if name != "W" or table is None:
        return np.ones(parameter.shape, bool)
    return np.broadcast_to(table[:, :, None, None], parameter.shape).copy()


def _guess(layer, x):
    """Return ' Is this S4's output?' if another layer of the same network has that output shape."""
    network = getattr(layer, "network", None)
    shapes = network.shapes() if network else {}
    sources = [name for name, shape in shapes.items() if shape == x.shape[1:] and name != layer.name]
    return f" Is this {sources[0]}'s output?" if sources else ""
