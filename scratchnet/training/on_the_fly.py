"""Measurements while the weights move: the loss and error of an epoch, and the error on held-out data."""

import math
import time

import numpy as np

from scratchnet.errors import Diverged
from scratchnet.training.evaluation import measure


class Tally:
    """The loss and error of one epoch of n patterns; each pattern counts as it was read before its update.

    where: "epoch 3, learning rate 0.0002", for an error message.
    """

    def __init__(self, net, n, where):
        self.net, self.where = net, where
        self.done, self.total, self.predictions = 0, 0.0, np.empty(n, np.intp)

    def add(self, batch, E, y):
        """Add a batch with its mean loss E and outputs y. Raise Diverged if E is not finite."""
        if not math.isfinite(E):
            raise Diverged(f"The loss became {E} after {self.done} patterns of {self.where}. Lower the learning rate.")
        self.total += E * len(batch)
        self.predictions[batch] = self.net.decide(y)
        self.done += len(batch)

    def end(self, labels):
        """Return the mean loss and the error in percent. Raise Diverged if a parameter is not finite."""
        if not all(np.isfinite(value).all() for _, value, _, _ in self.net.parameters()):
            raise Diverged(f"A parameter is not finite after {self.where}. Lower the learning rate.")
        return self.total / len(labels), 100 * float(np.mean(self.predictions != labels))


class HeldOut:
    """Validation on the held-out data, after every epoch and every `every` updates. Without data it does nothing.

    n: patterns in an epoch; seconds: the time of the validations.
    """

    def __init__(self, engine, data, every, history, n, batch_size):
        self.engine, self.data, self.every, self.history = engine, data, every, history
        self.n, self.batch_size, self.seconds = n, batch_size, 0.0
        history.cut(len(history))  # an interrupted epoch may have left validations

    def validate(self, epochs):
        """Add (epochs, error) to the history."""
        if self.data:
            start = time.perf_counter()
            self.history.validations.append((epochs, measure(self.engine, self.data).error))
            self.seconds += time.perf_counter() - start

    def updates(self, epoch, done):
        """Return the number of updates since the first epoch, after `done` patterns of this one."""
        return epoch * -(-self.n // self.batch_size) + done // self.batch_size

    def ahead(self, epoch, done):
        """Return the number of patterns before the next validation."""
        return (self.every - self.updates(epoch, done) % self.every) * self.batch_size if self.every else self.n

    def after_update(self, epoch, done):
        """Validate if it is due, but not at the end of an epoch: `fit` validates there."""
        if self.every and done < self.n and self.updates(epoch, done) % self.every == 0:
            self.validate(epoch + done / self.n)
