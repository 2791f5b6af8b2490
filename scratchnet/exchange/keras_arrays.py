"""The weights of a network in Keras' order of axes: a convolution is (height, width, in, out) there."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import singledispatch
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scratchnet.errors import InputError, ModelError
from scratchnet.exchange.needs import expect_network, fill, function_for, named_leaves
from scratchnet.layers import (
    BatchNorm2d,
    Conv2d,
    Flatten,
    LastAxisLinear,
    Layer,
    Linear,
    Scale,
    Sequential,
    Subsampling,
)
from scratchnet.layers.expect import described, label
from scratchnet.layers.sequential import arrays_of

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Axes:
    """How an array is laid out in Keras: cut into `parts`, its axes in `order`, and put together as `shape`."""

    parts: Shape
    order: Shape
    shape: Shape

    def there(self, array: NDArray) -> NDArray:
        """Return our array as Keras has it."""
        return np.ascontiguousarray(array.reshape(self.parts).transpose(self.order).reshape(self.shape))

    def back(self, array: NDArray, shape: Shape) -> NDArray:
        """Return Keras' array in our shape."""
        moved = array.reshape([self.parts[axis] for axis in self.order])
        return moved.transpose(np.argsort(self.order)).reshape(shape)


def same(array: NDArray) -> Axes:
    """Return the Axes of an array that Keras has as we have it."""
    return Axes(array.shape, tuple(range(array.ndim)), array.shape)


@singledispatch
def keras_axes(layer: Layer, maps: Shape | None) -> dict[str, Axes]:
    """Return {name: Axes} for the parameters and buffers of a layer, in the order of Keras' `get_weights`.

    maps: (C, H, W) if the layer is the first one with weights after a Flatten of such maps, else None. Register a
    function for your own layer: `@keras_axes.register`.
    Raises InputError for a layer that is not registered.
    """
    return function_for(keras_axes, layer)(layer, maps)


@keras_axes.register
def _(layer: Conv2d, maps):
    O, C, kh, kw = layer.W.shape
    return {"W": Axes((O, C, kh, kw), (2, 3, 1, 0), (kh, kw, C, O)), "b": same(layer.b)}


@keras_axes.register(Linear)
@keras_axes.register(LastAxisLinear)
def _(layer: Any, maps):
    out, features = layer.W.shape
    parts = (out, *maps) if maps else (out, features)  # Keras flattens (H, W, C)
    order = (2, 3, 1, 0) if maps else (1, 0)
    axes = {"W": Axes(parts, order, (features, out)), "b": same(layer.b)}
    return {name: axes[name] for name in layer.params}


@keras_axes.register(Subsampling)
@keras_axes.register(BatchNorm2d)
@keras_axes.register(Scale)
def _(layer: Any, maps):
    return {name: same(array) for name, array in arrays_of(layer).items()}


def all_axes(net: Sequential) -> Iterator[tuple[str, Axes]]:
    """Yield (name, Axes) of all parameters and buffers, in Keras' order."""
    shapes = expect_network(net).input_shape
    if not shapes:
        raise InputError("Keras' weights depend on input_shape: Sequential(..., input_shape=(1, 28, 28)).")
    shape, maps = net.input_shape, None
    for name, layer in named_leaves(net):
        if isinstance(layer, Flatten) and len(shape) == 3:
            maps = shape
        if layer.params or not isinstance(layer, Layer):
            if maps and math.prod(maps[1:]) > 1 and not isinstance(layer, Linear | LastAxisLinear):
                raise InputError(f"{label(layer)} follows a Flatten. In Keras, only a linear layer can follow one.")
            for key, axes in function_for(keras_axes, layer)(layer, maps).items():
                yield f"{name}.{key}", axes
            maps = None
        shape = layer.output_shape(shape)


def keras_weights(net: Sequential) -> list[NDArray]:
    """Return the parameters and buffers as `set_weights` of the same network in Keras takes them.

    A convolution is (height, width, in, out), a linear layer (in, out); after a Flatten its rows are in the order of
    Keras' channels-last maps, (H, W, C). Needs no Keras.
    Raises InputError for a network without input_shape, and for a layer that `keras_axes` does not know.
    """
    state = expect_network(net).state()
    return [axes.there(state[name]) for name, axes in all_axes(net)]


def from_keras(net: Sequential, weights: Any) -> Sequential:
    """Copy the weights of a Keras model into the network, in place, and return net.

    weights: `model.get_weights()`, a list of arrays, or the model itself. They are taken in order, and each has to have
    the shape that ours has in Keras; axes of length 1 do not count. Needs no Keras.
    Raises ModelError, and changes nothing, for the first array that does not fit, for other types than floating-point
    numbers, and for weights where the network has no connection; InputError for something that has no weights.
    """
    arrays = weights.get_weights() if hasattr(weights, "get_weights") else weights
    if not isinstance(arrays, Sequence) or isinstance(arrays, str):
        raise InputError(f"from_keras expects model.get_weights(), got {described(weights)}.")
    state, expected = expect_network(net).state(), list(all_axes(net))
    if len(arrays) != len(expected):
        raise ModelError(f"The Keras model has {len(arrays)} arrays of weights, expected {len(expected)}: "
                         f"{', '.join(name for name, _ in expected)}.")  # fmt: skip
    back = {}
    for (name, axes), array in zip(expected, map(np.asarray, arrays)):
        if without_ones(array.shape) != without_ones(axes.shape):
            raise ModelError(
                f"The Keras model is another network: expected {name}, of shape {axes.shape} in Keras, got "
                f"{array.shape}. What comes before {name} fitted."
            )
        back[name] = axes.back(array, state[name].shape)
    return fill(net, back, "The Keras model")


def without_ones(shape: Shape) -> Shape:
    return tuple(size for size in shape if size != 1)
