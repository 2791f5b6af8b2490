"""Fewer weights by the same curvatures."""

import numpy as np
from numpy.typing import NDArray

from scratchnet.errors import InputError
from scratchnet.layers import Layer
from scratchnet.losses import Loss
from scratchnet.parallel import Engine, ReadableEngine, leaves


class OptimalBrainDamage:
    """Remove the weights that matter least (Y. LeCun, J. Denker, S. Solla, 1990).

    At a minimum of E, setting w_k to 0 adds about s_k = h_kk w_k^2 / 2: its saliency. h_kk is the
    curvature of SDLM, diagonal and Gauss-Newton, averaged over samples. Weights of small saliency
    can be 0 with little harm, small weights of large curvature cannot.

    saliency: {(leaf, name): s, an array like the parameter}, of every parameter, biases included.
    Raises InputError for a share that is not from 0 to 1, and for prune without an estimate.
    """

    def __init__(self, net: Layer) -> None:
        self.net = net
        self.saliency: dict[tuple[Layer, str], NDArray] = {}

    def estimate(self, loss: Loss, x: NDArray, labels: NDArray) -> None:
        """Set every saliency from the curvature over these samples, x (N, ...); then `prune` may be called."""
        self.estimate_by(ReadableEngine(self.net, loss), x, labels)

    def estimate_by(self, engine: Engine, x: NDArray, labels: NDArray) -> None:
        """Set every saliency, the curvatures computed by an engine, which knows the loss."""
        engine.curvatures(x, labels)
        self.saliency = {
            (leaf, name): getattr(leaf, "h" + name) * getattr(leaf, name) ** 2 / 2
            for leaf in leaves(self.net)
            for name in leaf.params
        }

    def prune(self, share: float) -> None:
        """Set that share of all parameters to 0, in place: those of the smallest saliency, of all layers together.

        What is 0 already has saliency 0 and counts, the blanks of a connection table too.
        """
        if not self.saliency or not 0 <= share <= 1:
            raise InputError(f"prune takes a share from 0 to 1, after estimate(loss, x, labels); got {share}.")
        saliency = np.concatenate([s.ravel() for s in self.saliency.values()])
        least = np.argsort(saliency, kind="stable")[: round(share * saliency.size)]
        gone = np.zeros(saliency.size, bool)
        gone[least] = True
        for (leaf, name), s in self.saliency.items():
            mine, gone = gone[: s.size], gone[s.size :]
            getattr(leaf, name)[mine.reshape(s.shape)] = 0
