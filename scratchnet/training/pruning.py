"""Pruning: remove weights by their curvature."""

import numpy as np
from numpy.typing import NDArray

from scratchnet.errors import InputError
from scratchnet.layers import Layer
from scratchnet.losses import Loss
from scratchnet.parallel import Engine, ReadableEngine, leaves


class OptimalBrainDamage:
    """Remove the weights that matter least (Y. LeCun, J. Denker, S. Solla, 1990).

    At a minimum of E, setting w_k to 0 adds about s_k = h_kk w_k^2 / 2 to E: this is its saliency. h_kk
    is the curvature of SDLM, diagonal and Gauss-Newton, averaged over samples. Weights of small saliency
    can be 0 with little harm; small weights of large curvature cannot.

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
        """Set every saliency from the curvatures of an engine, which has the loss."""
        engine.curvatures(x, labels)
        self.saliency = {
            (leaf, name): getattr(leaf, "h" + name) * getattr(leaf, name) ** 2 / 2
            for leaf in leaves(self.net)
            for name in leaf.params
        }

    def prune(self, share: float) -> None:
        """Set this share of all parameters to 0, in place: those of the smallest saliency, in all layers together.

        Parameters that are 0 already have saliency 0 and count too, also the blanks of a connection table.
        """
        if not self.saliency:
            raise InputError("prune needs the saliencies. Call estimate(loss, x, labels) first.")
        if not 0 <= share <= 1:
            raise InputError(f"prune expects a share from 0 to 1, got {share}.")
        saliency = np.concatenate([s.ravel() for s in self.saliency.values()])
        least = np.argsort(saliency, kind="stable")[: round(share * saliency.size)]
        gone = np.zeros(saliency.size, bool)
        gone[least] = True
        for (leaf, name), s in self.saliency.items():
            mine, gone = gone[: s.size], gone[s.size :]
            getattr(leaf, name)[mine.reshape(s.shape)] = 0
