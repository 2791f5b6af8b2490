"""Copies of a network that share its parameters: parts of a batch go through them at the same time."""

import copy
from itertools import pairwise
from typing import Any

import numpy as np

from scratchnet.parallel.threads import quiet_overflow


def leaves(net: Any) -> list:
    """Return the layers that compute: those inside a network, in order, or the layer itself."""
    return net.leaves() if hasattr(type(net), "leaves") else [net]  # type(net): hasattr(net, ...) is slow if it fails


def replica(net: Any) -> Any:
    """Return a network with the same parameter arrays and its own other arrays, for another thread."""
    twin = copy.copy(net)
    if hasattr(net, "layers"):
        twin.layers = {name: replica(layer) for name, layer in net.layers.items()}
        for layer in twin.layers.values():
            layer.network = twin
    return twin


def shares(images, workers, most):
    """Return for every worker its slices of a batch, in order, of at most `most` images each."""
    each = -(-images // (workers * most))  # parts for one worker
    cuts = [images * i // (workers * each) for i in range(workers * each + 1)]
    parts = [slice(first, last) for first, last in pairwise(cuts)]
    return [parts[i * each : (i + 1) * each] for i in range(workers)]


@quiet_overflow()
def outputs(net, parts):
    """Return the network's output for these parts of a batch."""
    return np.concatenate([net.forward(part) for part in parts])


@quiet_overflow()
def weighted_passes(net, loss, x, labels, parts):
    """Return E, y and the gradients over these parts. Each part has its share of the batch as weight, because the
    loss averages over the part only."""
    loss = copy.copy(loss)  # a copy that stores its own arrays
    size = getattr(loss, "size", len)  # what the loss divides by
    E, ys, gradients = 0.0, [], []
    for part in parts:
        share = size(labels[part]) / size(labels)
        y = net.forward(x[part])
        E += share * loss.forward(y, labels[part])
        net.backward(loss.backward())
        ys.append(y)
        mine = [share * gradient for _, _, gradient, _ in net.parameters()]
        gradients = [a + b for a, b in zip(gradients, mine)] if gradients else mine
    return E, np.concatenate(ys), gradients
