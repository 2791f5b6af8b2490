"""Parameters from PyTorch: a state dict, by order and shape; a .pt file, read without running what is in it."""

import pickle
import struct
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from scratchnet.errors import InputError, ModelError
from scratchnet.exchange.needs import expect_network, fill, listed, named_leaves, needed
from scratchnet.layers import RBF, Conv2d, Layer, Sequential
from scratchnet.layers.expect import described
from scratchnet.storage import here

COUNTER = "num_batches_tracked"  # of a BatchNorm2d: how many batches it has seen; it has no use afterwards
FIXED = ("mask", "codes")  # what some networks keep in a state dict though it is not trained
SAFE = "torch.save(model.state_dict(), 'model.pt')"


def from_torch(net: Sequential, state_dict: Mapping[str, Any]) -> Sequential:
    """Copy the parameters of a PyTorch model into the network, in place, and return net.

    state_dict: {name: tensor}, as `model.state_dict()` returns it, or arrays. The names do not matter: parameters and
    buffers are taken in order, and each has to have the shape of ours. `num_batches_tracked` is left out. Entries
    called mask and codes, if there are any, have to equal the connection table and the RBF codes of the network.
    Raises ModelError, and changes nothing, for the first entry that does not fit, for other types than floating-point
    numbers, for numbers that are not finite, and for weights where the network has no connection; InputError for
    something that is no state dict.
    """
    expect_network(net)
    if not isinstance(state_dict, Mapping):
        fix = " Write model.state_dict()." if hasattr(state_dict, "state_dict") else ""
        raise InputError(f"from_torch expects a state dict, {{name: tensor}}, got {described(state_dict)}.{fix}")
    entries = [(name, as_array(name, entry)) for name, entry in state_dict.items() if not name.endswith(COUNTER)]
    trained = [entry for entry in entries if last_part(entry[0]) not in FIXED]
    names = in_order(net, trained)
    masked = compare_fixed(net, [entry for entry in entries if last_part(entry[0]) in FIXED])
    arrays = {mine: array for mine, (_, array) in zip(names, trained)}
    for name in masked:
        arrays[f"{name}.W"] = arrays[f"{name}.W"] * table_of(net, name)
    return fill(net, arrays, "The state dict")


def last_part(name: str) -> str:
    return name.rpartition(".")[2]


def as_array(name: str, entry: Any) -> np.ndarray:
    """Return a tensor or an array as an array; bfloat16 as float32. Raise ModelError for anything else."""
    try:
        if hasattr(entry, "detach"):
            entry = entry.detach().cpu()
            entry = (entry.float() if str(entry.dtype) == "torch.bfloat16" else entry).numpy()
        if isinstance(entry, np.ndarray) and entry.dtype.kind in "fiub":
            return entry
    except (TypeError, RuntimeError, NotImplementedError):  # a sparse or quantised tensor, or one without numbers
        pass
    raise ModelError(f"The state dict has no array of numbers in {name!r}, got {described(entry)}.")


def in_order(net: Sequential, entries: list[tuple[str, np.ndarray]]) -> list[str]:
    """Return our names for the entries. Raise ModelError that names the first one which does not fit."""
    expected = [(name, value.shape) for name, value in net.state().items()]
    for n, ((mine, shape), (name, array)) in enumerate(zip(expected, entries)):
        if array.shape != shape:
            raise ModelError(
                f"The state dict belongs to another network: expected {mine} of shape {shape}, got {name} of shape "
                f"{array.shape}. Before it, {listed(earlier for earlier, _ in entries[:n])} fitted."
            )
    missing, spare = expected[len(entries) :], entries[len(expected) :]
    if missing or spare:
        which = "nothing is there for" if missing else "the network has nothing for"
        raise ModelError(
            f"The state dict belongs to another network: expected {len(expected)} arrays, got {len(entries)}; {which} "
            f"{listed(name for name, _ in missing or spare)}."
        )
    return [mine for mine, _ in expected]


def compare_fixed(net: Sequential, entries: list[tuple[str, np.ndarray]]) -> list[str]:
    """Return the layers whose mask is in the state dict. Raise ModelError for one that differs from ours."""
    fixed = list(fixed_arrays(net))
    for kind in FIXED:
        ours = [(name, array) for name, what, array in fixed if what == kind]
        theirs = [entry for entry in entries if last_part(entry[0]) == kind]
        if theirs and len(theirs) != len(ours):
            raise ModelError(f"The state dict has {len(theirs)} entries {kind!r}, expected {len(ours)}.")
        for (name, mine), (key, array) in zip(ours, theirs):
            if array.size != mine.size or not np.array_equal(array.reshape(mine.shape), mine):
                raise ModelError(f"The state dict has another {kind} in {key!r} than {name}: it is another network.")
    has_masks = any(last_part(key) == "mask" for key, _ in entries)
    return [name for name, what, _ in fixed if what == "mask" and has_masks]


def fixed_arrays(net: Sequential) -> Iterator[tuple[str, str, np.ndarray]]:
    """Yield (layer, "mask" or "codes", array) for connection tables with blanks and for RBF codes."""
    for name, layer in named_leaves(net):
        if isinstance(layer, Conv2d) and not layer.dense:
            yield name, "mask", layer.connections
        if isinstance(layer, RBF):
            yield name, "codes", layer.codes


def table_of(net: Sequential, name: str) -> np.ndarray:
    layers: dict[str, Layer] = dict(named_leaves(net))
    return layers[name].connections[:, :, None, None]


def read_torch(path: str | Path) -> dict[str, Any]:
    """Return the state dict in a .pt file of `torch.save(model.state_dict(), path)`, {name: tensor}.

    The file is read with `weights_only=True`: nothing in it is run. A checkpoint, a dict with one state dict in it, is
    taken too. Raises ModelError for a file that is damaged, that holds a whole module, or that needs its pickle run.
    """
    torch, path = needed("torch"), here(path)
    expect_zip(path)
    try:
        found = torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, AttributeError):
        raise ModelError(
            f"{path} holds more than tensors, perhaps a whole model. To read it, its pickle would have to be run, and "
            f"that can run any program. Where the model was made, save its parameters alone: {SAFE}"
        ) from None
    except Exception as why:  # a damaged file makes PyTorch raise many kinds of errors
        fact = (str(why).splitlines() or [type(why).__name__])[0]
        raise ModelError(f"{path} is damaged ({fact}). Copy it again.") from None
    return the_state_dict(found, path)


def expect_zip(path: Path) -> None:
    """Raise ModelError unless the file is an archive that does not become larger when it is read."""
    if not path.is_file():
        raise ModelError(f"There is no file {path}.")
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, IndexError, struct.error) as why:
        raise ModelError(
            f"{path} is no file of PyTorch 1.6 or newer, or it is damaged ({why}). Save it again: {SAFE}"
        ) from None
    size = sum(member.file_size for member in members)
    if any(member.compress_type for member in members) or size > path.stat().st_size:
        raise ModelError(f"{path} is compressed, which torch.save does not do. Save it again: {SAFE}")


def the_state_dict(found: Any, path: Path) -> dict[str, Any]:
    """Return the state dict: what was loaded, or the only one inside a checkpoint."""

    def is_state(value: Any) -> bool:
        return isinstance(value, dict) and bool(value) and all(hasattr(entry, "detach") for entry in value.values())

    inside = [value for value in found.values() if is_state(value)] if isinstance(found, dict) else []
    if is_state(found):
        return found
    if len(inside) != 1:
        raise ModelError(f"{path} holds {described(found)}, expected a state dict. Save one: {SAFE}")
    return inside[0]
