"""Engines run a network: the protocol, and the readable engine, which calls the layers."""

from functools import partial
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from scratchnet.parallel.replicas import leaves, outputs, replica, shares, weighted_passes
from scratchnet.parallel.threads import cores, in_parallel, one_blas_thread

ALL = slice(None)


class Engine(Protocol):
    """The methods that `fit` and `evaluate` need to run a network; ReadableEngine and fast.FastEngine have them.

    net: the network; loss: the loss for training, or None to run forward only.
    Training needs `with engine:`. x: images (N, ...); labels: (N,) integers; batch: the indices of a batch.
    """

    net: Any
    loss: Any

    def __enter__(self) -> "Engine": ...

    def __exit__(self, *exception: object) -> None: ...

    def classes(self, x: NDArray) -> int:
        """Return the number of outputs for an image. Raise InputError if x does not fit the network."""

    def forward(self, x: NDArray, batch_size: int = 100) -> NDArray:
        """Return the network's output y for all of x."""

    def gradients(self, x: NDArray, labels: NDArray, batch: Any = ALL) -> tuple[float, NDArray]:
        """Run forward, loss and backward; return E and y of the batch, and store dE/dW of every parameter in its dW."""

    def curvatures(self, x: NDArray, labels: NDArray) -> None:
        """Store d2E/dW2 of every parameter in its hW."""

    def fused(self, optimizer: Any, batch_size: int) -> int:
        """Return how many updates one call of `updates` does; 0 if each update is `gradients`, then `step`."""

    def updates(self, optimizer: Any, x: NDArray, labels: NDArray, batch: NDArray) -> tuple[float, NDArray]:
        """Do one update for each image of the batch; return the mean E, and for each image the y before its update."""


class ReadableEngine:
    """The Engine that calls the layers. It runs a large batch on all cores.

    A small batch goes through the network itself. A large one is cut into parts that fit the cache; every replica
    of the network takes some of them, and the gradients are added up. The result differs from the network's own
    passes only by rounding. The layers do not use threads.
    """

    FEWEST = 8  # images in a part: about 1 ms for LeNet-5; to wake a thread takes 0.1 ms
    MOST = 64  # images in a part: a batch of 256 in parts of 64 is faster than in two of 128

    def __init__(self, net: Any, loss: Any = None) -> None:
        self.net, self.loss = net, loss
        self.replicas = [replica(net) for _ in range(cores())]

    def __enter__(self) -> "ReadableEngine":
        self.blas = one_blas_thread()
        self.blas.__enter__()
        return self

    def __exit__(self, *exception: object) -> None:
        self.blas.__exit__(*exception)

    def classes(self, x: NDArray) -> int:
        return self.net.forward(x[:1]).shape[1]

    def forward(self, x: NDArray, batch_size: int = 100) -> NDArray:
        if len(x) > batch_size:
            parts = [self.forward(x[first : first + batch_size]) for first in range(0, len(x), batch_size)]
            return np.concatenate(parts)
        parts = self._parts(len(x))
        if not parts:
            return self.net.forward(x)
        jobs = [partial(outputs, net, [x[part] for part in mine]) for net, mine in zip(self.replicas, parts)]
        with one_blas_thread():
            return np.concatenate(in_parallel(jobs))

    def gradients(self, x: NDArray, labels: NDArray, batch: Any = ALL) -> tuple[float, NDArray]:
        x, labels = x[batch], labels[batch]
        parts = self._parts(len(x))
        if parts:
            return self._gradients_on_cores(x, labels, parts)
        y = self.net.forward(x)
        E = self.loss.forward(y, labels)
        self.net.backward(self.loss.backward())
        return E, y

    def _gradients_on_cores(self, x, labels, parts):
        jobs = [partial(weighted_passes, net, self.loss, x, labels, mine) for net, mine in zip(self.replicas, parts)]
        with one_blas_thread():
            Es, ys, gradients = zip(*in_parallel(jobs))
        slots = [(leaf, "d" + name) for leaf in leaves(self.net) for name in leaf.params]
        for (leaf, name), *terms in zip(slots, *gradients):
            setattr(leaf, name, sum(terms))
        return sum(Es), np.concatenate(ys)

    def curvatures(self, x: NDArray, labels: NDArray) -> None:
        self.loss.forward(self.net.forward(x), labels)
        self.net.backward2(self.loss.backward2())

    def fused(self, optimizer: Any, batch_size: int) -> int:
        return 0

    def updates(self, optimizer: Any, x: NDArray, labels: NDArray, batch: NDArray) -> tuple[float, NDArray]:
        raise NotImplementedError("ReadableEngine has no fused updates: call gradients, then optimizer.step().")

    def _parts(self, images):
        """Return for every replica its slices of the batch, in order; none if the batch is too small to share, or if
        a layer needs the whole batch (`whole_batch`)."""
        workers = min(len(self.replicas), images // self.FEWEST)
        if images < 2 * self.FEWEST or (workers == 1 and images <= self.MOST):
            return []
        if any(leaf.training and getattr(leaf, "whole_batch", False) for leaf in leaves(self.net)):
            return []
        return shares(images, workers, self.MOST)
