"""Mistakes for test_ranks.py: `python errors_on_ranks.py NAME...` prints what each rank is told."""

import sys

import numpy as np
from mpi4py import MPI

from scratchnet import SGD, BatchNorm2d, Callback, CrossEntropyLoss, Flatten, Linear, Sequential, fit
from scratchnet.errors import ScratchnetError
from scratchnet.parallel import together

comm = MPI.COMM_WORLD
x = np.random.default_rng(1).normal(size=(20, 3)).astype(np.float32)
labels = (x[:, 0] > 0).astype(int)


class Fails(Callback):
    def epoch(self, history):
        raise IndexError("a callback of rank 0 fails")


def attempt(name):
    """Train with this mistake."""
    different = comm.rank if name in ("net", "train", "rng", "batch_size") else 0
    net = Sequential(Linear(3, 2, rng=different if name == "net" else 0), input_shape=(3,))
    data = (x + different if name == "train" else x), labels
    more = {"batch_size": 8 + (different if name == "batch_size" else 0), "rng": 0}
    if name == "rng":
        more["rng"] = np.random.default_rng(different)
    if name == "no seed":
        more["rng"] = None
    if name == "too many":
        more["batch_size"] = 1
    if name == "labels":
        data = x, labels + 5
    if name == "BatchNorm2d":
        net = Sequential(BatchNorm2d(3), Flatten(), Linear(3, 2, rng=0), input_shape=(3, 1, 1))
        data = x[:, :, None, None], labels
    if name == "one rank":
        more["callback"] = Fails()
    fit(net, CrossEntropyLoss(), SGD(net, 1e39 if name == "diverges" else 0.1), data, epochs=2, fast=False, comm=comm,
        **more)  # fmt: skip


if __name__ == "__main__":
    together.GRACE = 0.5
    for name in sys.argv[1:]:
        try:
            attempt(name)
        except ScratchnetError as why:
            said = comm.gather(str(why))
            if said:
                print(f"{name}: {said[0] if said == said[:1] * comm.size else said}", flush=True)
