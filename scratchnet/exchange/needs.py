"""What every format needs: other libraries, imported late; the function of a layer; arrays put into a network."""

import importlib
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scratchnet.errors import InputError, ModelError
from scratchnet.layers import Layer, Sequential
from scratchnet.layers.expect import connected, described, label
from scratchnet.parallel import leaves

EXPORT = 'pip install "scratchnet-lenet[export]"'
SOURCES = {"torch": "pip install torch", "keras": "pip install keras", "h5py": "pip install h5py"}


def needed(module: str) -> Any:
    """Import a library that is not among those of the core. Raise InputError, with the line that installs it."""
    try:
        return importlib.import_module(module)
    except ImportError as why:
        name = module.partition(".")[0]
        install = SOURCES.get(name, EXPORT)
        raise InputError(f"This needs {name}, which cannot be imported ({why}). Install it: {install}") from None


def expect_network(net: Any) -> Sequential:
    """Return the network. Raise InputError for anything that is no Sequential."""
    if not isinstance(net, Sequential):
        raise InputError(f"scratchnet.exchange expects a Sequential, such as lenet5(), got {described(net)}.")
    return net


def function_for(dispatch: Any, layer: Layer) -> Callable:
    """Return the function that a format (a `functools.singledispatch`) has for a layer.

    Raises InputError if it has none, and for a subclass with a forward pass of its own: the base class's function
    would export another network.
    """
    kind: Any = type(layer)
    owner: Any = next((base for base in kind.__mro__[:-1] if base in dispatch.registry), None)
    if owner is None or kind.forward is not owner.forward:
        why = "is not known to" if owner is None else f"has a forward pass of its own, so it is no {owner.__name__} for"
        raise InputError(
            f"{label(layer)} {why} scratchnet.exchange.{dispatch.__name__}. Write a function for it: "
            f"@{dispatch.__name__}.register (docs/reference/exchange.md has an example)."
        )
    return dispatch.registry[owner]


def named_leaves(net: Layer, name: str = "") -> list[tuple[str, Layer]]:
    """Return (name, layer) of the layers that compute, in order; inside a nested Sequential the name is 'S2.sum'."""
    if not isinstance(net, Sequential):
        return [(name, net)]
    pairs = [(f"{name}.{key}" if name else key, layer) for key, layer in net.layers.items()]
    return [pair for key, layer in pairs for pair in named_leaves(layer, key)]


def fill(net: Sequential, arrays: Mapping[str, NDArray], source: Any) -> Sequential:
    """Copy arrays {name: array} into the parameters and buffers of the same names, in place, and return net.

    Raises ModelError, and changes nothing, for missing and additional names, other shapes, numbers that are no floats
    or not finite, and weights where the network has no connection.
    """
    expected = net.state()
    if arrays.keys() != expected.keys():
        missing, additional = sorted(expected.keys() - arrays.keys()), sorted(arrays.keys() - expected.keys())
        raise ModelError(
            f"{source} belongs to another network: expected {listed(expected)}; "
            f"missing: {listed(missing)}; additional: {listed(additional)}."
        )
    new = {name: fitting(name, arrays[name], value, source) for name, value in expected.items()}
    for name, layer in named_leaves(net):
        if "W" in layer.params and np.any(new[f"{name}.W"][~connected(layer, "W")]):
            raise ModelError(
                f"{source} has weights in {name}.W where {name} has no connection. It belongs to a network with more "
                "connections, or its connection table is not the same."
            )
    for name, value in expected.items():
        value[...] = new[name]
    return net


def fitting(name: str, array: Any, value: NDArray, source: Any) -> NDArray:
    """Return the array in the dtype of value. Raise ModelError unless it has its shape and finite numbers."""
    if array.shape != value.shape:
        raise ModelError(
            f"{source} belongs to another network: expected {name} of shape {value.shape}, got {tuple(array.shape)}."
        )
    if array.dtype.kind != "f":
        raise ModelError(f"{source}: {name} should have floating-point numbers, got {array.dtype}.")
    with np.errstate(over="ignore"):
        array = array.astype(value.dtype)
    if not np.isfinite(array).all():
        raise ModelError(f"{source}: {name} has entries that are not finite numbers. Train or copy it again.")
    return array


def listed(names: Any, most: int = 8) -> str:
    """Return names with commas, not more than a line of them; "nothing" for none."""
    names = list(names)
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return (", ".join(map(str, names[:most])) or "nothing") + more


def float_type(net: Layer) -> np.dtype:
    """Return the dtype of a network's first parameter, float32 if it has none."""
    return next((value.dtype for leaf in leaves(net) for _, value, _, _ in leaf.parameters()), np.dtype(np.float32))
