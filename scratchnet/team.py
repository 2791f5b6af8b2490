"""One network on several cores: each core takes a part of the batch."""

import copy
import math
from functools import partial
from itertools import pairwise

import numpy as np

from scratchnet.kernels import cores, in_parallel, one_blas_thread


class Team:
    """Replicas of a network that share its parameter arrays, one for each core; loss: what it trains with.

    A small batch goes through the network itself. A large one is cut in parts that fit the cache;
    every replica takes some of them, and the gradients are added up: by rounding only different from
    the network's own passes. Layers know nothing of threads. `with` it, `update` may be used.
    """

    FEWEST = 8  # images in a part: about 1 ms of LeNet-5, where waking a thread takes 0.1 ms
    MOST = 64  # images in a part: a batch of 256 in parts of 64 is faster than in two of 128

    def __init__(self, net, loss=None):
        self.net, self.loss = net, loss
        self.replicas = [net.replica() for _ in range(cores())]

    def __enter__(self):
        self.blas = one_blas_thread()
        self.blas.__enter__()
        return self

    def __exit__(self, *exception):
        self.blas.__exit__(*exception)

    def classes(self, x):
        """How many outputs there are for an image. Raises InputError when x does not fit the network."""
        return self.net.forward(x[:1]).shape[1]

    def forward(self, x, batch_size=100):
        """The network's output y for x (N, ...), batch_size at a time."""
        if len(x) > batch_size:
            parts = [self.forward(x[first : first + batch_size]) for first in range(0, len(x), batch_size)]
            return np.concatenate(parts)
        shares = self._shares(len(x))
        if not shares:
            return self.net.forward(x)
        jobs = [partial(outputs, net, [x[part] for part in parts]) for net, parts in zip(self.replicas, shares)]
        with one_blas_thread():
            return np.concatenate(in_parallel(jobs))

    def gradients(self, x, labels, rows=slice(None)):
        """E and y of the batch x[rows]; leaves dE/dW of every parameter on the network's layers."""
        x, labels = x[rows], labels[rows]
        shares = self._shares(len(x))
        if not shares:
            return one_pass(self.net, self.loss, x, labels)
        jobs = [
            partial(weighted_passes, net, copy.copy(self.loss), x, labels, parts)
            for net, parts in zip(self.replicas, shares)
        ]
        with one_blas_thread():
            Es, ys, gradients = zip(*in_parallel(jobs))
        slots = [(leaf, "d" + name) for leaf in self.net.leaves() for name in leaf.params]
        for (leaf, name), *parts in zip(slots, *gradients):
            setattr(leaf, name, sum(parts))
        return sum(Es), np.concatenate(ys)

    def curvatures(self, x, labels):
        """Leaves d2E/dW2 of every parameter on the network's layers."""
        self.loss.forward(self.net.forward(x), labels)
        self.net.backward2(self.loss.backward2())

    def at_once(self, optimizer, batch_size):
        """How many images `update` takes."""
        return batch_size

    def update(self, optimizer, x, labels, rows):
        """One update by the batch x[rows], if its loss is finite; E and y from before it."""
        E, y = self.gradients(x, labels, rows)
        if math.isfinite(E):
            optimizer.step()
        return E, y

    def _shares(self, images):
        """For every replica its slices of the batch, in order; nothing if the batch is too small to share,
        or a layer has to see it whole."""
        helpers = min(len(self.replicas), images // self.FEWEST)
        if any(leaf.training and leaf.whole_batch for leaf in self.net.leaves()):
            return []
        if images < 2 * self.FEWEST or (helpers == 1 and images <= self.MOST):
            return []
        each = -(-images // (helpers * self.MOST))  # parts for one replica
        cuts = [images * i // (helpers * each) for i in range(helpers * each + 1)]
        parts = [slice(first, last) for first, last in pairwise(cuts)]
        return [parts[i * each : (i + 1) * each] for i in range(helpers)]


def quiet_overflow():
    """NumPy does not warn: what overflows is seen in the loss, and said in a sentence. Needed in every thread."""
    return np.errstate(over="ignore", invalid="ignore")


@quiet_overflow()
def outputs(net, parts):
    return np.concatenate([net.forward(part) for part in parts])


def one_pass(net, loss, x, labels):
    y = net.forward(x)
    E = loss.forward(y, labels)
    net.backward(loss.backward())
    return E, y


@quiet_overflow()
def weighted_passes(net, loss, x, labels, parts):
    """E, y and the gradients over these parts, each part weighted by its share of the batch: the loss
    has averaged over the part alone."""
    E, ys, gradients = 0.0, [], []
    for part in parts:
        share = (part.stop - part.start) / len(x)
        part_E, y = one_pass(net, loss, x[part], labels[part])
        E += share * part_E
        ys.append(y)
        mine = [share * gradient for _, _, gradient, _ in net.parameters()]
        gradients = [a + b for a, b in zip(gradients, mine)] if gradients else mine
    return E, np.concatenate(ys), gradients
