"""RankEngine: training on several ranks of MPI, each with its share of every batch."""

import contextlib
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from scratchnet.layers import Dropout
from scratchnet.optimizers import expect_like
from scratchnet.parallel import Engine, leaves, one_ends_all, own_cores
from scratchnet.training.callbacks import interrupts


class RankEngine:
    """The Engine of one rank. It runs its share of the images with another engine, and adds up the shares of all.

    All ranks have the same network, data and optimizer, and make the same calls. After `gradients` all have the
    same dW, that of the whole batch, so they take the same step, and nobody has to send parameters. (Processors of
    different kinds may round a step differently. They still share each gradient, so the copies do not run apart.)

    One sum over the ranks makes an update: of one flat array with the gradients, E, the outputs y, and how often
    Ctrl-C was pressed. So Ctrl-C on any rank stops all of them before the same step.
    """

    def __init__(self, engine: Engine, comm: Any) -> None:
        self.engine, self.comm, self.net, self.loss = engine, comm, engine.net, engine.loss
        self.slots = [(leaf, name) for leaf in leaves(self.net) for name in leaf.params]
        self.n = sum(getattr(*slot).size for slot in self.slots)
        self.dropouts = [leaf for leaf in leaves(self.net) if isinstance(leaf, Dropout)]
        self.sent = self.sums = np.zeros(0)

    def __enter__(self) -> "RankEngine":
        with contextlib.ExitStack() as stack:
            for context in (one_ends_all(self.comm), own_cores(self.comm)):
                stack.enter_context(context)
            self.pressed = stack.enter_context(stops_together(self.comm))
            stack.enter_context(self.engine)
            self.stack = stack.pop_all()
        return self

    def __exit__(self, *exception: Any) -> None:
        self.stack.__exit__(*exception)

    def classes(self, x: NDArray) -> int:
        return self.engine.classes(x)

    def forward(self, x: NDArray, batch_size: int = 100) -> NDArray:
        mine = x[self.share(len(x))]
        if len(x) < self.comm.size:
            return self.engine.forward(x, batch_size)
        return np.concatenate(self.comm.allgather(self.engine.forward(mine, batch_size)))

    def gradients(self, x: NDArray, labels: NDArray, batch: Any = slice(None)) -> tuple[float, NDArray]:
        batch = np.arange(len(x))[batch]
        mine = self.share(len(batch))
        part = batch[mine] if mine.stop > mine.start else batch[:1]  # a rank without a share: an image of weight 0
        with rows_of_masks(self.dropouts, mine):
            E, y = self.engine.gradients(x, labels, part)
        ys = np.zeros((len(batch), y.shape[1]), y.dtype)
        ys[mine] = y[: mine.stop - mine.start]  # zeros elsewhere, so that the sum is what each rank has put in
        weight = self.weight(labels[batch], mine)
        E, pressed, *_ = rest = self.sum("d", weight, (weight and weight * E, len(self.pressed)), ys)
        if pressed:
            raise KeyboardInterrupt
        return float(E), rest[2:].reshape(ys.shape)

    def curvatures(self, x: NDArray, labels: NDArray) -> None:
        mine = self.share(len(x))
        part = mine if mine.stop > mine.start else slice(1)
        self.engine.curvatures(x[part], labels[part])
        self.sum("h", self.weight(labels, mine), (), np.zeros(0, x.dtype))

    def fused(self, optimizer: Any, batch_size: int) -> int:
        return 0

    def updates(self, optimizer: Any, x: NDArray, labels: NDArray, batch: NDArray) -> tuple[float, NDArray]:
        raise NotImplementedError("RankEngine has no fused updates: call gradients, then optimizer.step().")

    def share(self, images: int) -> slice:
        """Return which of the images of a batch are this rank's: one more or less than the other ranks'."""
        rank, size = self.comm.rank, self.comm.size
        return slice(images * rank // size, images * (rank + 1) // size)

    def weight(self, labels: NDArray, mine: slice) -> float:
        """Return the share of the batch as a weight, because the loss averages over the share only."""
        size = getattr(self.loss, "size", len)  # what the loss divides by
        return size(labels[mine]) / (size(labels) or 1) if mine.stop > mine.start else 0

    def sum(self, letter: str, weight: float, numbers: tuple[float, ...], y: NDArray) -> NDArray:
        """Set dW or hW to the weighted sum over the ranks, and return the sums of the numbers and of y, in one row."""
        self.keep_arrays(self.n + len(numbers) + y.size, y.dtype)
        for (leaf, name), view in zip(self.slots, self.views(self.sent)):
            value, array = getattr(leaf, name), getattr(leaf, letter + name)
            expect_like(name, value, {"d": "gradient", "h": "curvature"}[letter], letter, array)
            np.multiply(array, weight, out=view) if weight else view.fill(0)
        self.sent[self.n :] = np.concatenate([numbers, y.ravel()])
        self.comm.Allreduce(self.sent, self.sums)
        for (leaf, name), view in zip(self.slots, self.views(self.sums)):
            setattr(leaf, letter + name, view.copy() if letter == "h" else view)
        return self.sums[self.n :].copy()

    def keep_arrays(self, size: int, dtype: DTypeLike) -> None:
        """Make the arrays that are sent and received, unless those of the last sum fit."""
        if self.sent.size != size or self.sent.dtype != dtype:
            self.sent, self.sums = np.zeros(size, dtype), np.zeros(size, dtype)

    def views(self, flat: NDArray) -> Iterator[NDArray]:
        """Yield the parts of a flat array, in the shapes of the parameters."""
        first = 0
        for leaf, name in self.slots:
            value = getattr(leaf, name)
            yield flat[first : first + value.size].reshape(value.shape)
            first += value.size


@contextlib.contextmanager
def stops_together(comm: Any) -> Iterator[list[int]]:
    """Yield the list that Ctrl-C adds to. In the end Ctrl-C on one rank is KeyboardInterrupt on all."""
    with interrupts() as pressed:
        yield pressed
        if comm.allreduce(len(pressed)):
            raise KeyboardInterrupt


@contextlib.contextmanager
def rows_of_masks(dropouts: list, mine: slice) -> Iterator[None]:
    """Return a context in which these layers draw this rank's rows of the masks of a whole batch."""
    for leaf in dropouts:
        leaf.first = mine.start
    try:
        yield
    finally:
        for leaf in dropouts:
            leaf.first = 0
