"""Trainings for test_ranks.py, the same in one process and on several ranks: `python trained_on_ranks.py OUT`."""

import sys

import numpy as np

from scratchnet import (
    SDLM,
    SGD,
    Adam,
    Callback,
    CrossEntropyLoss,
    Dropout,
    Linear,
    MAPLoss,
    Sequential,
    Tanh,
    datasets,
    fit,
    models,
)

N, BATCH = 50, 16  # the last batch has 2 images: fewer than four ranks


class Counting:
    """A communicator that counts the sums."""

    def __init__(self, comm):
        self.comm, self.sums = comm, 0

    def Allreduce(self, *arrays):
        self.sums += 1
        self.comm.Allreduce(*arrays)

    def __getattr__(self, name):
        return getattr(self.comm, name)


class Ends(Callback):
    """Counts the ends of trainings."""

    count = 0

    def end(self, history):
        self.count += 1


def grey(n):
    images, labels = datasets.load("mnist", "train")
    return datasets.grey(images[:n]), labels[:n].astype(int)


def cases():
    """Return {name: (network, loss, optimizer of a network, data, more for fit)}."""
    images, few = grey(530), tuple(part[:N] for part in grey(N))
    x = np.random.default_rng(1).normal(size=(N, 6))
    points = x, (x[:, 0] > x[:, 1]).astype(int) + (x[:, 2] > 1)
    float32 = points[0].astype(np.float32), points[1]
    held = {"validation": (few[0][:7], few[1][:7]), "validate_every": 2, "test": (few[0][:3], few[1][:3])}
    weights = CrossEntropyLoss(weights=[1.0, 5.0, 0.5])

    def small(*between, dtype=np.float32):
        layers = (Linear(6, 8, rng=0, dtype=dtype), *between, Tanh(), Linear(8, 3, rng=1, dtype=dtype))
        return Sequential(*layers, input_shape=(6,))

    fast, readable = {"fast": True}, {"fast": False}
    padded = np.pad(images[0], [(0, 0), (0, 0), (2, 2), (2, 2)]), images[1]
    return {
        "SGD": (models.tutorial_28(0), CrossEntropyLoss(), lambda net: SGD(net, 0.05), few, fast),
        "Adam": (models.tutorial_28(0), CrossEntropyLoss(), lambda net: Adam(net, 1e-3), few, fast | held),
        "SDLM": (models.lenet5(0), MAPLoss(10), lambda net: SDLM(net, 1e-4), padded, fast | {"batch_size": 128}),
        "SDLM, readable": (small(), CrossEntropyLoss(), lambda net: SDLM(net, 0.01), float32, readable),
        "momentum": (small(), CrossEntropyLoss(), lambda net: SGD(net, 0.1, momentum=0.9), float32, readable),
        "weights": (small(dtype=float), weights, lambda net: Adam(net, 1e-2), points, readable),
        "Dropout": (small(Dropout(0.4, rng=3)), CrossEntropyLoss(), lambda net: SGD(net, 0.1), float32, readable),
    }


def trained(comm=None):
    """Return {"case name": array} of every case: parameters, step sizes and history, and the number of sums."""
    found = {}
    for case, (net, loss, optimizer_of, data, more) in cases().items():
        optimizer, counting = optimizer_of(net), comm and Counting(comm)
        options = {"epochs": 2, "batch_size": BATCH, "rng": 0, "constant_order": False} | more
        history = fit(net, loss, optimizer, data, comm=counting, callback=(ends := Ends()), **options)
        if ends.count != (comm is None or comm.rank == 0):
            print("the callback runs on rank 0, once", flush=True)
            (comm.Abort if comm else sys.exit)(1)  # the other ranks go on
        arrays = {f"W {name}": array for name, array in net.state().items()}
        if isinstance(optimizer, SDLM):
            arrays |= {f"eps {leaf.name}.{name}": eps for (leaf, name), eps in optimizer.eps.items()}
        arrays |= {f"history {name}": np.array(values) for name, values in history.columns().items()}
        arrays["history validations"] = np.array(history.validations)
        arrays["sums"] = np.array(counting.sums if counting else 0)
        found |= {f"{case}: {name}": array for name, array in arrays.items()}
    return found


if __name__ == "__main__":
    from mpi4py import MPI

    comm = MPI.COMM_WORLD
    mine = trained(comm)
    times = [name for name in mine if name.endswith("seconds")]
    bits = [b"".join(array.tobytes() for name, array in mine.items() if name not in times)]
    if comm.gather(bits[0]) not in (None, bits * comm.size):
        sys.exit("the ranks differ")
    if comm.rank == 0:
        np.savez(sys.argv[1], **mine)
