"""A network as data for the live page: its layers, its weights, and how a picture becomes its input."""

import base64
import functools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scratchnet.datasets import pad, resize
from scratchnet.errors import InputError
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
from scratchnet.layers.squash import A, S

SIZE = 28  # of a picture
PLAIN = (Dropout, Flatten, LastAxisLinear, Linear, MaxPool2d, ReLU, Sigmoid, Softmax, Scale, Subsampling)


def packed_array(array: NDArray) -> dict[str, Any]:
    """Return an array as its shape, its type and base64 of its little-endian numbers: uint8, else float32."""
    bytes_only = array.dtype == np.uint8
    data = np.ascontiguousarray(array, "u1" if bytes_only else "<f4")
    text = base64.b64encode(data.tobytes()).decode("ascii")
    return {"shape": list(data.shape), "type": "uint8" if bytes_only else "float32", "base64": text}


def both(value: Any) -> list[int]:
    """Return a whole number, or a pair, as a pair."""
    return list(value) if isinstance(value, tuple) else [value, value]


@functools.singledispatch
def layer_as_data(layer: Layer) -> dict[str, Any]:
    """Return what the page has to know of a layer beside its arrays."""
    return {}


@layer_as_data.register
def _(layer: Conv2d) -> dict[str, Any]:
    reads = [np.flatnonzero(row).tolist() for row in layer.connections]
    sizes = {"stride": both(layer.stride), "padding": both(layer.padding), "extra": list(layer.extra)}
    return sizes | {"reads": reads, "dense": layer.dense}


@layer_as_data.register
def _(layer: MaxPool2d) -> dict[str, Any]:
    return {"window": list(layer.window), "stride": list(layer.stride), "padding": list(layer.padding)}


@layer_as_data.register
def _(layer: AvgPool2d) -> dict[str, Any]:
    sizes = {"window": list(layer.window), "stride": list(layer.stride), "padding": list(layer.padding)}
    return sizes | {"share": float(layer.share)}


@layer_as_data.register
def _(layer: ScaledTanh) -> dict[str, Any]:
    return {"kind": "Tanh", "A": A, "S": S}


@layer_as_data.register
def _(layer: Tanh) -> dict[str, Any]:
    return {"A": float(layer.A), "S": 1.0}


@layer_as_data.register
def _(layer: RBF) -> dict[str, Any]:
    return {"codes": packed_array(layer.codes)}


@layer_as_data.register
def _(layer: BatchNorm2d) -> dict[str, Any]:
    return {"eps": float(layer.eps)}


KNOWN = (*PLAIN, *(kind for kind in layer_as_data.registry if kind is not object))


def kind_of(name: str, layer: Any) -> type:
    """Return the library's class of a layer. Raise InputError for an own layer: the page has no formula for it."""
    kind: Any = next((kind for kind in type(layer).__mro__ if kind in KNOWN), None)
    if kind and type(layer).forward is kind.forward:
        return kind
    raise InputError(
        f"The live page expects layers of scratchnet, got {type(layer).__name__} as layer {name!r}: it has no "
        "JavaScript for your forward pass. Replace the layer with one of the library's that computes the same."
    )


def all_layers(net: Any, before: str = "") -> Iterator[tuple[str, Layer]]:
    """Yield (name, layer) of every layer that computes, "S2.mean" for one inside a Sequential."""
    if not isinstance(net, Sequential):
        raise InputError(f"The live page expects a Sequential, got {type(net).__name__}. Write Sequential(...).")
    for name, layer in net.layers.items():
        if isinstance(layer, Sequential):
            yield from all_layers(layer, f"{before}{name}.")
        else:
            yield f"{before}{name}", layer


def layers_as_data(net: Any) -> list[dict[str, Any]]:
    """Return one entry a layer: name, stage (the layer whose output it belongs to), kind, sizes and arrays."""
    found = []
    for name, layer in all_layers(net):
        kind = kind_of(name, layer)
        arrays = {key: packed_array(vars(layer)[key]) for key in (*layer.params, *layer.buffers)}
        stage = "" if kind in (Flatten, Dropout) else name.split(".")[0].split("_")[0]
        entry = {"name": name, "stage": stage, "kind": kind.__name__, "repr": repr(layer)}
        found.append(entry | layer_as_data(layer) | arrays)
    return found


def input_as_data(prepare: Callable[[NDArray], NDArray], shape: tuple[int, ...] | None) -> dict[str, Any]:
    """Return how bytes become a network's input: its size, "pad", "resize" or "", and the number of each byte.

    It is found by trying: prepare gets uint8 (N, 28, 28). Raises InputError if the page cannot do the same.
    """
    flat = np.repeat(np.arange(256, dtype=np.uint8), SIZE * SIZE).reshape(256, SIZE, SIZE)
    try:
        x = np.asarray(prepare(flat))
    except ValueError as why:
        raise InputError(f"pixels= has to prepare uint8 images (N, {SIZE}, {SIZE}). It says: {why}") from None
    size = x.shape[-1]
    if x.shape != (256, 1, size, size) or (shape and tuple(shape) != (1, size, size)):
        expected = f"(N, {', '.join(map(str, shape))})" if shape else "(N, 1, size, size)"
        raise InputError(
            f"The live page expects pixels= to make x of shape {expected} from 256 images of {SIZE} x {SIZE}, got "
            f"{x.shape}."
        )
    levels = x[:, 0, size // 2, size // 2].astype(np.float32)
    trial = np.random.default_rng(0).integers(0, 256, (3, SIZE, SIZE), np.uint8)
    ways: dict[str, Callable] = {"": lambda images: images} if size == SIZE else {}
    if size > SIZE:
        ways = {"pad": lambda images: pad(images, size), "resize": lambda images: resize(images, size)}
    for how, way in ways.items():
        if np.allclose(levels[way(trial)], prepare(trial)[:, 0], atol=1e-6):
            return {"size": size, "how": how, "levels": packed_array(levels)}
    raise InputError(
        "The live page can pad or resize a picture and give each grey level a number; pixels= does something else. "
        "Use datasets.paper_input, normalise or grey."
    )
