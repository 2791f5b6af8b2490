"""The weights in a .keras or .weights.h5 file, read without Keras: nothing of the file's configuration is used."""

import io
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scratchnet.errors import ModelError
from scratchnet.exchange.keras_arrays import keras_axes
from scratchnet.exchange.needs import expect_network, function_for, named_leaves, needed
from scratchnet.layers import BatchNorm2d, Conv2d, LastAxisLinear, Layer, Linear, Scale, Sequential, Subsampling
from scratchnet.storage import here

MOST = 2**28  # bytes; LeNet-5 has 240,000
INSIDE = "model.weights.h5"
GROUPS: dict[type, str] = {
    Conv2d: "conv2d",
    Linear: "dense",
    Scale: "dense",
    LastAxisLinear: "einsum_dense",
    Subsampling: "einsum_dense",
    BatchNorm2d: "batch_normalization",
}


def read_keras(net: Sequential, path: str | Path) -> list[NDArray]:
    """Return the weights that a .keras or .weights.h5 file of Keras 3 has for a network, for `from_keras`.

    The layers with weights have to be those of `to_keras(net)`, in this order: Conv2D for Conv2d, Dense for Linear.
    The file is read by h5py, without Keras; its configuration is not used, so nothing in it is run.
    Raises ModelError for a file that is damaged, compressed or of another network; InputError without h5py.
    """
    file = opened(here(path))
    with file:
        return [array_at(file, place, path) for place in places(expect_network(net))]


def opened(path: Path) -> Any:
    """Return the h5py.File. Raise ModelError for a file that is none, or whose archive becomes larger when read."""
    if not path.is_file():
        raise ModelError(f"There is no file {path}.")
    if path.stat().st_size > MOST:
        raise ModelError(f"{path} has more than {MOST // 2**20} MB, expected a small network.")
    content = path.read_bytes()
    h5py = needed("h5py")
    try:
        if path.suffix == ".keras":
            content = weights_in(content)
        return h5py.File(io.BytesIO(content), "r")
    except Exception as why:  # a damaged file makes zipfile and h5py raise many kinds of errors
        raise ModelError(f"{path} is damaged, or it is not a file of Keras 3 ({why}). Save it again.") from None


def weights_in(content: bytes) -> bytes:
    """Return the file of weights in an archive. Raise ValueError if it is compressed."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        member = archive.getinfo(INSIDE)
        if member.compress_type != zipfile.ZIP_STORED or member.file_size > len(content):
            raise ValueError("its weights are compressed")
        return archive.read(member)


def places(net: Sequential) -> list[str]:
    """Return where the file has the arrays of each layer: Keras counts the layers of each class."""
    found, seen = [], Counter[str]()
    for layer, flat in flat_or_not(net):
        if not layer.params:
            continue
        count, group = len(function_for(keras_axes, layer)(layer, None)), group_of(layer, flat)
        name = f"{group}_{seen[group]}" if seen[group] else group
        seen[group] += 1
        found += [f"layers/{name}/vars/{n}" for n in range(count)]
    return found


def flat_or_not(net: Sequential) -> list[tuple[Layer, bool]]:
    """Return (layer, whether its input is one row of features)."""
    pairs, shape = [], net.input_shape
    for _, layer in named_leaves(net):
        pairs.append((layer, len(shape) == 1))
        shape = layer.output_shape(shape)
    return pairs


def group_of(layer: Layer, flat: bool) -> str:
    kind = next((kind for kind in type(layer).__mro__ if kind in GROUPS), None)
    group = GROUPS[kind] if kind else type(layer).__name__.lower()
    return "dense" if flat and group == "einsum_dense" else group


def array_at(file: Any, place: str, path: Any) -> NDArray:
    """Return an array of the file. Raise ModelError unless it is there, plain numbers in the file itself."""
    h5py = needed("h5py")
    steps = place.split("/")
    try:
        links = ["/".join(steps[: n + 1]) for n in range(len(steps))]
        inside = all(isinstance(file.get(link, getlink=True), h5py.HardLink) for link in links)
        found: Any = file[place] if inside else None
        plain = isinstance(found, h5py.Dataset) and found.chunks is None and not found.external and not found.is_virtual
        if not plain or found.dtype.kind != "f" or found.nbytes > MOST:
            raise ModelError(f"{path} belongs to another network: it has no plain array {place}.")
        return np.asarray(found[()])
    except ModelError:
        raise
    except Exception as why:  # a damaged file makes h5py raise many kinds of errors
        raise ModelError(f"{path} belongs to another network, or it is damaged: no array {place} ({why}).") from None
