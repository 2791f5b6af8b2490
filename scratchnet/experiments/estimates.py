"""SDLM with other readings of "the 500 patterns": the same ones, fresh ones in each epoch, a running estimate."""

import numpy as np
from numpy.typing import NDArray

from scratchnet.layers import Layer
from scratchnet.optimizers import SDLM
from scratchnet.parallel import Engine


class SamePatterns(SDLM):
    """SDLM that estimates over the first 500 patterns of the first epoch, also when the order is shuffled."""

    first: NDArray | None = None

    def before_pass(self, engine: Engine, x: NDArray, labels: NDArray, order: NDArray) -> None:
        if self.first is None:
            self.first = order[: self.SAMPLES].copy()
        self.estimate_by(engine, x[self.first], labels[self.first])


class FreshPatterns(SDLM):
    """SDLM that draws other patterns for each estimate, although the order of the training is constant."""

    def __init__(self, net: Layer, lr: float, mu: float, rng: np.random.Generator) -> None:
        super().__init__(net, lr, mu)
        self.rng = rng

    def before_pass(self, engine: Engine, x: NDArray, labels: NDArray, order: NDArray) -> None:
        some = self.rng.choice(order, min(self.SAMPLES, len(order)), replace=False)
        self.estimate_by(engine, x[some], labels[some])


class RunningEstimate(SDLM):
    """SDLM with h <- memory h + (1 - memory) h', where h' is a new estimate, and eps = lr / (mu + h)."""

    def __init__(self, net: Layer, lr: float, mu: float, memory: float) -> None:
        super().__init__(net, lr, mu)
        self.memory = memory
        self.h: dict[tuple[Layer, str], NDArray] = {}

    def estimate_by(self, engine: Engine, x: NDArray, labels: NDArray) -> None:
        super().estimate_by(engine, x, labels)
        for leaf, name in self.eps:
            new = getattr(leaf, "h" + name)
            old = self.h.get((leaf, name), new)
            self.h[leaf, name] = self.memory * old + (1 - self.memory) * new
        self.eps = {slot: self.lr / (self.mu + h) for slot, h in self.h.items()}


def optimizer_of(kind: str, net: Layer, mu: float, memory: float, rng: np.random.Generator) -> SDLM:
    """Return the SDLM of this kind: "same" or "fresh" patterns, or with memory above 0 a running estimate."""
    if memory:
        return RunningEstimate(net, 1, mu, memory)
    return FreshPatterns(net, 1, mu, rng) if kind == "fresh" else SamePatterns(net, 1, mu)
