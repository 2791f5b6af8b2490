"""safetensors: a header of names, types and places, then the numbers. No code is in such a file."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scratchnet.errors import ModelError
from scratchnet.exchange.needs import expect_network, fill, needed
from scratchnet.layers import Sequential
from scratchnet.storage import atomic_write, here

TYPES = {"F16": np.float16, "F32": np.float32, "F64": np.float64}
MOST = 2**28  # bytes; LeNet-5 has 240,000
IN_PYTORCH = {"weight": "W", "bias": "b"}
COUNTER = "num_batches_tracked"  # PyTorch counts the batches of a BatchNorm2d; the count has no use afterwards


def to_safetensors(net: Sequential, path: str | Path, about: Mapping[str, str] | None = None) -> None:
    """Write all parameters and buffers to a .safetensors file, bit for bit, with names such as C1.W.

    about: {name: text}, for the metadata of the file. The file is written atomically.
    Raises InputError without the library safetensors (extra [export]), and for something that is no Sequential.
    """
    save = needed("safetensors.numpy").save
    facts = {"format": "np", "writer": "scratchnet"} | dict(about or {})
    content = save({name: np.ascontiguousarray(a) for name, a in expect_network(net).state().items()}, facts)
    with atomic_write(path) as file:
        file.write(content)


def from_safetensors(net: Sequential, path: str | Path) -> Sequential:
    """Read all parameters and buffers of a network from a .safetensors file, in place, and return net.

    Names are those of `net.state()`, such as C1.W; C1.weight and C1.bias, PyTorch's names for the same layers, are
    understood too. Types: F16, F32 and F64; equal types are copied bit for bit.
    Raises ModelError, and changes nothing, for a damaged file, for other names, shapes and types, and for numbers that
    are not finite; InputError without the library safetensors (extra [export]).
    """
    expect_network(net)
    return fill(net, read_safetensors(path), here(path))


def read_safetensors(path: str | Path) -> dict[str, NDArray]:
    """Return {name: array} of a .safetensors file, with the library's names. Raise ModelError for any other file."""
    module, path = needed("safetensors"), here(path)
    if not path.is_file():
        raise ModelError(f"There is no file {path}.")
    if path.stat().st_size > MOST:
        raise ModelError(f"{path} has more than {MOST // 2**20} MB, expected the parameters of a small network.")
    try:
        with module.safe_open(path, framework="numpy") as file:
            return dict(one(file, name, path) for name in file.keys() if not name.endswith(COUNTER))  # noqa: SIM118
    except ModelError:
        raise
    except Exception as why:  # SafetensorError, and what a damaged header makes NumPy raise
        raise ModelError(f"{path} is damaged, or it is not a safetensors file ({why}). Copy it again.") from None


def one(file: Any, name: str, path: Path) -> tuple[str, NDArray]:
    """Return (our name, array) of an entry."""
    kind = file.get_slice(name).get_dtype()
    if kind not in TYPES:
        raise ModelError(f"{path}: {name} has the type {kind}, expected {', '.join(TYPES)}. Convert it to F32 first.")
    layer, _, last = name.rpartition(".")
    return f"{layer}.{IN_PYTORCH.get(last, last)}" if layer else name, file.get_tensor(name)
