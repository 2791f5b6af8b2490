"""The checks of a layer's input, parameters and gradient, before any compiled code sees them.

A shape or a parameter array that fitted once is not checked again.
"""

import math
from numbers import Integral, Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scratchnet.errors import InputError


def expect_input(layer: Any, x: NDArray) -> None:
    """Raise InputError unless x is an array of float32 or float64 that fits the layer, and so are its parameters."""
    if not is_float_array(x):
        raise InputError(
            f"{label(layer)} expects an array of float32 or float64, got {described(x)}. "
            "Convert it: np.asarray(x, np.float32)."
        )
    if x.shape != vars(layer).get("_fitted"):
        expected = "at least one number" if x.size == 0 else layer._misfit(x.shape)
        if x.ndim == 0:
            expected = "a batch axis first, (N, ...)"
        if expected:
            got = " in" if expected.endswith(" in") else ", got"
            raise InputError(
                f"{label(layer)} expects {expected.removesuffix(' in')}{got} x of shape {x.shape}.{_guess(layer, x)}"
            )
        layer._fitted = x.shape
    expect_parameters(layer)


def expect_parameters(layer: Any) -> None:
    """Raise InputError unless every parameter and buffer is an array of float32 or float64 with the layer's shape."""
    known = vars(layer).setdefault("_known", {})
    for name in (*layer.params, *layer.buffers):
        array = vars(layer).get(name)
        if array is None or array is not known.get(name):
            expect_parameter(layer, name, array)
            known[name] = array


def expect_parameter(layer: Any, name: str, array: Any) -> None:
    if not is_float_array(array):
        raise InputError(
            f"{label(layer)}: {name} should be an array of float32 or float64, got {described(array)}. "
            f"Convert it: np.array({name}, np.float32)."
        )
    shape = layer._shapes().get(name, array.shape)
    if array.shape != shape:
        raise InputError(f"{label(layer)}: {name} should have shape {shape}, got {array.shape}.")


def is_float_array(x: Any) -> bool:
    """Return whether x is an ordinary array of float32 or float64, in the byte order of this machine."""
    return (
        isinstance(x, np.ndarray)
        and x.dtype.char in "fd"
        and x.dtype.isnative
        and not isinstance(x, np.matrix | np.ma.MaskedArray)
    )


def described(x: Any) -> str:
    """Return in words what x is."""
    if not isinstance(x, np.ndarray):
        return "None" if x is None else f"{'an' if type(x).__name__[0] in 'aeio' else 'a'} {type(x).__name__}"
    if isinstance(x, np.matrix | np.ma.MaskedArray):
        return f"a {type(x).__name__}"
    if not x.dtype.isnative:
        return f"an array of {x.dtype.name} with the byte order of another machine"
    return f"an array of {x.dtype}"


def is_finite(value: Any) -> bool:
    """Return whether value is a finite number."""
    return isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value)


def whole(layer: Any, **sizes: Any) -> list[int]:
    """Return the sizes as ints. Raise InputError for one that is not a whole number of at least 1."""
    for name, value in sizes.items():
        if isinstance(value, bool) or not isinstance(value, Integral):
            fix = f" Write {name}={int(value)}." if isinstance(value, float) and value.is_integer() else ""
            raise InputError(f"{label(layer)} expects {name} as a whole number, got {value!r}.{fix}")
    return [int(value) for value in sizes.values()]


def pair(layer: Any, size: Any) -> tuple[int, int]:
    """Return (size, size) for a whole number, and a pair of them as it is. Raise InputError for anything else."""
    two = (size, size) if isinstance(size, Integral) else size
    if isinstance(size, bool) or not (
        isinstance(two, tuple | list) and len(two) == 2 and all(isinstance(n, Integral) for n in two)
    ):
        raise InputError(f"{label(layer)} expects each size as a whole number or a pair of them, got {size!r}.")
    return int(two[0]), int(two[1])


def packed(x: NDArray, dtype: Any = None) -> NDArray:
    """Return x as compiled code takes it: C-contiguous, aligned and in the machine's byte order; else a copy."""
    x = np.ascontiguousarray(x, dtype)
    return x if x.flags.aligned else x.copy()


def expect_gradient(layer: Any, dy: NDArray, shape: tuple[int, ...]) -> None:
    """Raise InputError unless dy is an array of float32 or float64 with the shape of the last output."""
    if not is_float_array(dy):
        raise InputError(
            f"{label(layer)}: the backward pass expects an array of float32 or float64, got {described(dy)}."
        )
    if dy.shape != shape:
        raise InputError(
            f"{label(layer)}: the backward pass expects the shape of the output, {shape}, got dy of shape {dy.shape}."
        )
    expect_parameters(layer)


def expect_finite(x: NDArray) -> None:
    """Raise InputError if the array x has NaN or infinity."""
    if is_float_array(x) and not math.isfinite(np.vdot(x, x)) and not np.isfinite(x).all():  # vdot is fast and strict
        count = np.count_nonzero(~np.isfinite(x))
        raise InputError(f"x has NaN or infinity in {count} of {x.size} entries, expected finite numbers only.")


def label(layer: Any) -> str:
    """Return the name of a layer for messages: 'C3: Conv2d', or 'Conv2d' if it has no name."""
    kind = type(layer).__name__
    return f"{layer.name}: {kind}" if layer.name else kind


def like(x: NDArray, *arrays: NDArray) -> Any:
    """Return the arrays packed and in the dtype of x: a layer computes in its input's dtype. No copy if they are."""
    found = [packed(array, x.dtype) for array in arrays]
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
