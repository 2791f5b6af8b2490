"""One network on several cores: each core takes a part of the batch."""

import copy
from functools import partial
from itertools import pairwise

import numpy as np

from scratchnet.kernels import cores, in_parallel, one_blas_thread


class Team:
    """Replicas of a network that share its parameter arrays, one for each core.

    A small batch goes through the network itself. A large one is cut in parts, one for each replica,
    and the gradients are added up: by rounding only different from the network's own passes. Layers
    know nothing of threads.
    """

    FEWEST = 8  # images in a part: about 0.7 ms of LeNet-5, where waking a thread takes 0.1 ms

    def __init__(self, net):
        self.net = net
        self.replicas = [net.replica() for _ in range(cores())]

    def forward(self, x):
        """The network's output y for x (N, ...)."""
        parts = self._parts(len(x))
        if len(parts) == 1:
            return self.net.forward(x)
        jobs = [partial(net.forward, x[part]) for net, part in zip(self.replicas, parts)]
        with one_blas_thread():
            return np.concatenate(in_parallel(jobs))

    def gradients(self, loss, x, labels):
        """E and y of a batch; leaves dE/dW of every parameter on the network's layers."""
        parts = self._parts(len(x))
        if len(parts) == 1:
            return one_pass(self.net, loss, x, labels)
        jobs = [
            partial(one_pass, net, copy.copy(loss), x[part], labels[part]) for net, part in zip(self.replicas, parts)
        ]
        with one_blas_thread():
            Es, ys = zip(*in_parallel(jobs))
        shares = [(part.stop - part.start) / len(x) for part in parts]  # each is averaged over its own part
        for leaf, *working in zip(self.net.leaves(), *(net.leaves() for net in self.replicas)):
            for name in leaf.params:
                parts_of_it = (share * getattr(layer, "d" + name) for share, layer in zip(shares, working))
                setattr(leaf, "d" + name, sum(parts_of_it))
        return sum(share * E for share, E in zip(shares, Es)), np.concatenate(ys)

    def _parts(self, images):
        if images < 2 * self.FEWEST:
            return [slice(0, images)]
        parts = min(len(self.replicas), images // self.FEWEST)
        cuts = [images * i // parts for i in range(parts + 1)]
        return [slice(first, last) for first, last in pairwise(cuts)]


def one_pass(net, loss, x, labels):
    y = net.forward(x)
    E = loss.forward(y, labels)
    net.backward(loss.backward())
    return E, y
