"""What `fit` compares between the ranks of MPI before it trains: all of them should have the same arguments."""

import hashlib
import re
from typing import Any

import numpy as np

from scratchnet.errors import InputError
from scratchnet.layers import Dropout, Layer
from scratchnet.layers.expect import described, label
from scratchnet.optimizers import Optimizer
from scratchnet.parallel import has_several, leaves
from scratchnet.training.history import History

OWN = ("comm", "callback", "verbose", "fast")  # what may differ between ranks

HINTS = {
    "net": "Make the network with the same seed on all ranks, for example rng=0.",
    "rng": "Give all ranks the same seed, for example rng=0.",
}
HINT = "Give all ranks the same: each takes its share of every batch by itself."


def is_first(comm: Any) -> bool:
    """Return whether this is the rank that prints and runs the callback."""
    return comm is None or comm.rank == 0


def expect_agreement_of_ranks(arguments: dict[str, Any]) -> None:
    """Raise InputError, on all ranks the same, unless the arguments of `fit` are the same on all ranks of its comm."""
    comm = arguments["comm"]
    if comm is not None and not all(hasattr(comm, name) for name in ("Allreduce", "allgather", "rank", "size")):
        raise InputError(f"comm should be a communicator of mpi4py, for example MPI.COMM_WORLD, got {described(comm)}.")
    if not has_several(comm):
        return
    prints = comm.allgather({name: short(name, arguments) for name in arguments if name not in OWN})
    for name, mine in prints[0].items():
        for rank, its in enumerate(prints):
            if its[name] != mine:
                raise InputError(
                    f"fit got another {name}= on rank {rank} than on rank 0 ({its[name]} and {mine}). "
                    + HINTS.get(name, HINT)
                )
    expect_shares(arguments, comm.size)


def expect_shares(arguments: dict[str, Any], ranks: int) -> None:
    """Raise InputError if the batches are too small for all ranks, or a layer needs more than a share of a batch."""
    if arguments["rng"] is None:
        raise InputError("rng=None draws another order of the images on each rank. " + HINTS["rng"])
    batch_size = arguments["batch_size"]
    if isinstance(batch_size, int) and 0 < batch_size < ranks:
        raise InputError(
            f"batch_size={batch_size} leaves some of {ranks} ranks without an image. Start at most {batch_size} "
            f"rank{'s' * (batch_size > 1)}, or use a batch_size of at least {ranks}."
        )
    for leaf in leaves(arguments["net"]) if isinstance(arguments["net"], Layer) else ():
        if type(leaf) is not Dropout and (getattr(leaf, "whole_batch", False) or generators(leaf)):
            what = "draws random numbers" if generators(leaf) else "needs the whole batch"
            raise InputError(
                f"{label(leaf)} {what}, and each of {ranks} ranks has only its share of a batch: the result would "
                "depend on the number of ranks. Leave out comm=, or this layer."
            )


def short(name: str, arguments: dict[str, Any]) -> str:
    """Return a short text that differs where this argument differs."""
    value = arguments[name]
    try:
        if name == "schedule" and value is not None:
            value = [value(epoch) for epoch in range(arguments["epochs"])]
        text = "|".join(parts(value))
    except Exception as why:  # an argument that fit will refuse, on all ranks alike
        text = f"{type(value).__name__}: {why}"
    return text if len(text) <= 20 else "digest " + hashlib.sha256(text.encode()).hexdigest()[:8]


def parts(value: Any) -> list[str]:
    """Return texts for a value: numbers as they are, arrays by a digest, functions only as such."""
    if isinstance(value, np.ndarray):
        return [str(value.dtype), str(value.shape), hashlib.sha256(np.ascontiguousarray(value).data).hexdigest()]
    if isinstance(value, Layer):
        arrays = [vars(leaf)[name] for leaf in leaves(value) for name in (*leaf.params, *leaf.buffers)]
        return [repr(value), *parts(arrays), *(text for leaf in leaves(value) for text in parts(generators(leaf)))]
    if isinstance(value, Optimizer):
        return [repr(value), *parts(list(value.state().values()))]
    if isinstance(value, History):
        return parts([value.loss, value.validations])
    if isinstance(value, np.random.Generator):
        return [repr(value.bit_generator.state)]
    if isinstance(value, tuple | list):
        return [text for item in value for text in parts(item)]
    return ["a function"] if callable(value) else [re.sub(" at 0x[0-9A-Fa-f]+", "", repr(value))]


def generators(leaf: Any) -> list[np.random.Generator]:
    return [value for value in vars(leaf).values() if isinstance(value, np.random.Generator)]
