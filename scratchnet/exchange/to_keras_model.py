"""A network as a Keras model of standard layers, with the channels last."""

import contextlib
import importlib.util
import json
import os
import tempfile
from functools import singledispatch
from pathlib import Path
from typing import Any

from scratchnet.errors import InputError
from scratchnet.exchange.keras_arrays import keras_weights
from scratchnet.exchange.needs import expect_network, function_for, needed
from scratchnet.layers import (
    RBF,
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    Dropout,
    Flatten,
    LastAxisLinear,
    Layer,
    Linear,
    MaxPool2d,
    ReLU,
    Scale,
    ScaledTanh,
    Sequential,
    Sigmoid,
    Softmax,
    Subsampling,
    Tanh,
)
from scratchnet.layers.expect import label, pair
from scratchnet.layers.squash import A, S
from scratchnet.storage import atomic_write

BACKENDS = ("torch", "jax", "tensorflow")


def keras() -> Any:
    """Import Keras, with a backend that is installed if the one that it would take is not."""
    chosen, settings = "tensorflow", Path.home() / ".keras" / "keras.json"
    with contextlib.suppress(OSError, ValueError, AttributeError):
        chosen = json.loads(settings.read_text("utf-8")).get("backend", chosen)
    installed = [name for name in BACKENDS if importlib.util.find_spec(name)]
    if "KERAS_BACKEND" in os.environ or chosen in installed or not installed:
        return needed("keras")
    os.environ["KERAS_BACKEND"] = installed[0]  # Keras reads it when it is imported
    try:
        return needed("keras")
    finally:
        del os.environ["KERAS_BACKEND"]


@singledispatch
def keras_output(layer: Layer, x: Any, name: str) -> Any:
    """Return the output of a layer in Keras. x: a KerasTensor, with the channels last; name: of the Keras layer.

    Register a function for your own layer: `@keras_output.register`.
    Raises InputError for a layer that is not registered.
    """
    return function_for(keras_output, layer)(layer, x, name)


@keras_output.register
def _(layer: Sequential, x, name):
    for key, inside in layer.layers.items():
        x = function_for(keras_output, inside)(inside, x, f"{name}_{key}" if name else key)
    return x


@keras_output.register
def _(layer: Conv2d, x, name):
    (ph, pw), (kh, kw) = pair(layer, layer.padding), layer.kernel_size
    strides = pair(layer, layer.stride)
    same = (any(layer.extra) or (ph, pw) == ((kh - 1) / 2, (kw - 1) / 2)) and strides == (1, 1) and (ph or pw)
    if (ph or pw) and not same:
        x = keras().layers.ZeroPadding2D((ph, pw), data_format="channels_last")(x)
    mode = "same" if same or any(layer.extra) else "valid"
    make = keras().layers.Conv2D
    return make(layer.out_channels, (kh, kw), strides, mode, data_format="channels_last", name=name)(x)


@keras_output.register
def _(layer: Linear, x, name):
    return keras().layers.Dense(layer.out_features, name=name)(x)


@keras_output.register
def _(layer: LastAxisLinear, x, name):
    bias = "b" in layer.params
    if len(x.shape) == 2:
        return keras().layers.Dense(layer.out_features, use_bias=bias, name=name)(x)
    _, H, _, C = x.shape
    shape = (H, layer.out_features, C)
    return keras().layers.EinsumDense("bhwc,wv->bhvc", shape, bias_axes="v" if bias else None, name=name)(x)


@keras_output.register
def _(layer: Subsampling, x, name):
    x = rescaled(keras().layers.AveragePooling2D(2, data_format="channels_last", name=f"{name}_mean")(x), 4.0)
    return keras().layers.EinsumDense("bhwc,c->bhwc", x.shape[1:], bias_axes="c", name=name)(x)


@keras_output.register
def _(layer: Scale, x, name):
    x = keras().layers.Dense(1, name=name)(keras().ops.expand_dims(x, -1))
    return keras().ops.squeeze(x, -1)


@keras_output.register
def _(layer: BatchNorm2d, x, name):
    make = keras().layers.BatchNormalization
    return make(axis=-1, momentum=1 - layer.momentum, epsilon=layer.eps, name=name)(x)


@keras_output.register
def _(layer: RBF, x, name):
    ops = keras().ops
    return ops.sum(ops.square(ops.subtract(ops.expand_dims(x, 1), layer.codes.astype("float32"))), axis=2)


@keras_output.register
def _(layer: ScaledTanh, x, name):
    return rescaled(keras().layers.Activation("tanh", name=name)(rescaled(x, S)), A)


@keras_output.register
def _(layer: Tanh, x, name):
    return rescaled(keras().layers.Activation("tanh", name=name)(x), layer.A)


def rescaled(x: Any, factor: float) -> Any:
    return x if factor == 1 else keras().layers.Rescaling(factor)(x)


@keras_output.register
def _(layer: MaxPool2d, x, name):
    if any(layer.padding):
        raise InputError(f"{label(layer)} has padding, and Keras' max pooling has none of this kind.")
    return keras().layers.MaxPooling2D(layer.window, layer.stride, data_format="channels_last", name=name)(x)


@keras_output.register
def _(layer: AvgPool2d, x, name):
    if any(layer.padding):
        x = keras().layers.ZeroPadding2D(layer.padding, data_format="channels_last")(x)
    x = keras().layers.AveragePooling2D(layer.window, layer.stride, data_format="channels_last", name=name)(x)
    return rescaled(x, layer.share * layer.window[0] * layer.window[1])


@keras_output.register
def _(layer: Flatten, x, name):
    return keras().layers.Flatten(data_format="channels_last", name=name)(x)


@keras_output.register
def _(layer: Dropout, x, name):
    return keras().layers.Dropout(layer.p, name=name)(x)


@keras_output.register
def _(layer: ReLU, x, name):
    return keras().layers.Activation("relu", name=name)(x)


@keras_output.register
def _(layer: Sigmoid, x, name):
    return keras().layers.Activation("sigmoid", name=name)(x)


@keras_output.register
def _(layer: Softmax, x, name):
    return keras().layers.Softmax(name=name)(x)


def to_keras(net: Sequential) -> Any:
    """Return the network as a keras.Model of standard layers, with the same outputs: (N, H, W, C) -> (N, classes).

    Weights are copied; layers have our names. Where Keras has no such layer, a few of its layers together compute the
    same: subsampling is an average, a factor 4 and an EinsumDense with a weight and a bias for each map. Missing
    connections are zeros, which training in Keras would change.
    Raises InputError without Keras and a backend for it, for a network without input_shape, and for a layer that
    `keras_output` does not know.
    """
    if not expect_network(net).input_shape:
        raise InputError("to_keras expects a network with input_shape: Sequential(..., input_shape=(1, 28, 28)).")
    weights = keras_weights(net)
    shape = net.input_shape
    x = keras().Input((*shape[1:], shape[0]) if len(shape) == 3 else shape, name="image")
    model = keras().Model(x, function_for(keras_output, net)(net, x, ""))
    if weights:
        model.set_weights([w.reshape(v.shape) for w, v in zip(weights, model.weights, strict=True)])
    return model


def write_keras(net: Sequential, path: str | Path) -> None:
    """Write the network as a Keras model to a .keras file, which keras.models.load_model reads without scratchnet.

    The file is written atomically. Errors are those of `to_keras`; also InputError for another ending than .keras.
    """
    if Path(path).suffix != ".keras":
        raise InputError(f"Keras reads only files that end in .keras, got {str(path)!r}.")
    model = to_keras(net)
    with tempfile.TemporaryDirectory() as folder:
        model.save(Path(folder) / "model.keras")
        content = (Path(folder) / "model.keras").read_bytes()
    with atomic_write(path) as file:
        file.write(content)
