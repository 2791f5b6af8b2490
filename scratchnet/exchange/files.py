"""Every format by its name: how a model leaves, and how parameters come in, chosen by the ending of the file."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from scratchnet.errors import InputError, ModelError, nearest
from scratchnet.exchange.from_onnx_file import from_onnx
from scratchnet.exchange.from_pytorch import from_torch, read_torch
from scratchnet.exchange.keras_arrays import from_keras
from scratchnet.exchange.keras_files import read_keras
from scratchnet.exchange.meaning import meaning_of
from scratchnet.exchange.needs import fill, named_leaves
from scratchnet.exchange.safe_tensors import from_safetensors, to_safetensors
from scratchnet.exchange.to_keras_model import write_keras
from scratchnet.exchange.to_onnx_file import to_onnx
from scratchnet.exchange.torch_source import write_torch
from scratchnet.layers import Layer, Sequential
from scratchnet.layers.sequential import arrays_of
from scratchnet.runs.recipes import Recipe
from scratchnet.storage import here


@dataclass(frozen=True)
class Format:
    """A format that a model can leave in. suffix: the ending of its files; write: (net, path, recipe, data, pixels)."""

    suffix: str
    about: str
    write: Callable[..., None]


def _torch(net, path, recipe, data, pixels):
    write_torch(net, path, recipe=recipe, data=data)


def _onnx(net, path, recipe, data, pixels):
    to_onnx(net, path, pixels, recipe=recipe, data=data)


def _safetensors(net, path, recipe, data, pixels):
    to_safetensors(net, path, meaning_of(net, recipe, data).facts(net))


def _keras(net, path, recipe, data, pixels):
    write_keras(net, path)


FORMATS = {
    "torch": Format(".py", "a Python file that needs only PyTorch", _torch),
    "onnx": Format(".onnx", "an ONNX file, for onnxruntime and browsers", _onnx),
    "safetensors": Format(".safetensors", "the parameters alone, as C1.W", _safetensors),
    "keras": Format(".keras", "a Keras model of standard layers", _keras),
}


def export_model(
    net: Sequential,
    path: str | Path,
    to: str,
    *,
    recipe: Recipe | str | None = None,
    data: str | None = None,
    pixels: bool = False,
) -> Path:
    """Write the network to a file in the format `to`, "torch", "onnx", "safetensors" or "keras", and return its path.

    recipe, data: what the file says of its input and its classes, see `to_onnx`. pixels: for ONNX alone, see there.
    Raises InputError for another format, for another ending than the format's, and for what the format's own function
    refuses.
    """
    if to not in FORMATS:
        raise InputError(f"There is no format {to!r}.{nearest(to, FORMATS)}")
    path = here(path)
    if path.suffix != FORMATS[to].suffix:
        raise InputError(
            f"{path} should end in {FORMATS[to].suffix}, for {FORMATS[to].about}: {path.stem}{FORMATS[to].suffix}"
        )
    if pixels and to != "onnx":
        raise InputError(f"pixels= is for to=onnx only, got to={to}.")
    FORMATS[to].write(net, path, recipe, data, pixels)
    return path


def import_model(net: Sequential, path: str | Path) -> Sequential:
    """Read parameters from a file of another library into the network, in place, and return net.

    .safetensors: by name, as `from_safetensors`; .pt, .pth: a state dict, as `from_torch`; .keras, .weights.h5: as
    `from_keras`; .onnx: the file's network has to compute the same as ours, which is tried on random images.
    Raises ModelError, and changes nothing, for a file that is damaged or of another network; InputError for another
    ending, and if the library that reads the format is missing.
    """
    path = here(path)
    readers: dict[str, Callable[[Sequential, Path], Any]] = {
        ".safetensors": from_safetensors,
        ".pt": lambda net, path: from_torch(net, read_torch(path)),
        ".pth": lambda net, path: from_torch(net, read_torch(path)),
        ".keras": lambda net, path: from_keras(net, read_keras(net, path)),
        ".h5": lambda net, path: from_keras(net, read_keras(net, path)),
        ".onnx": like_onnx,
    }
    if path.suffix.lower() not in readers:
        raise InputError(f"{path} has an ending that is not known, expected one of {', '.join(readers)}.")
    readers[path.suffix.lower()](net, path)
    return net


def like_onnx(net: Sequential, path: Path) -> Sequential:
    """Copy the parameters of an ONNX file into a network that computes the same. Raise ModelError if it does not."""
    found = from_onnx(path)
    if found.input_shape != net.input_shape:
        raise ModelError(
            f"{path} belongs to another network: expected images of shape {net.input_shape}, got {found.input_shape}."
        )
    before = {name: value.copy() for name, value in net.state().items()}
    fill(net, in_order(net, found, path), path)
    x = np.random.default_rng(0).normal(size=(4, *net.input_shape)).astype(np.float32)
    ours, theirs = net(x), found(x)
    if ours.shape != theirs.shape or np.abs(ours - theirs).max() > 1e-4 * np.abs(theirs).max():
        fill(net, before, path)
        raise ModelError(
            f"{path} belongs to another network: its parameters fit, but it computes something else. Compare its "
            "squashing functions and its pooling with those of the network."
        )
    return net


def in_order(net: Sequential, found: Sequential, path: Path) -> dict[str, np.ndarray]:
    """Return {our name: array of the other network}, layer by layer. Raise ModelError for the first misfit."""
    ours, theirs = ([pair for pair in named_leaves(one) if pair[1].params] for one in (net, found))
    if len(ours) != len(theirs):
        raise ModelError(
            f"{path} belongs to another network: expected {len(ours)} layers with parameters, got {len(theirs)}."
        )
    arrays = {}
    for (name, mine), (other_name, other) in zip(ours, theirs):
        for key, array in arrays_of(mine).items():
            arrays[f"{name}.{key}"] = counterpart(key, array, other, f"{path}: {name}.{key}", other_name)
        spare = arrays_of(other).keys() - arrays_of(mine).keys()
        if any(np.any(arrays_of(other)[key]) for key in spare):
            raise ModelError(f"{path} belongs to another network: {other_name} has {', '.join(spare)}, {name} has not.")
    return arrays


def counterpart(key: str, mine: np.ndarray, other: Layer, place: str, other_name: str) -> np.ndarray:
    """Return the array of this name in the other layer; zeros for a bias that exporters leave out when it is 0."""
    array = arrays_of(other).get(key, np.zeros_like(mine) if key == "b" else None)
    if array is None or array.shape != mine.shape:
        got = "nothing" if array is None else array.shape
        raise ModelError(f"{place} should have shape {mine.shape}, got {got} in {other_name}. It is another network.")
    return array
