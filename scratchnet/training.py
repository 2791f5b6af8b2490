"""fit, evaluate, History."""

import contextlib
import csv
import math
import signal
import threading
import time
from dataclasses import dataclass, field, fields

import numpy as np

from scratchnet.errors import Diverged, InputError
from scratchnet.kernels import one_blas_thread
from scratchnet.metrics import confusion_matrix
from scratchnet.team import Team


@dataclass
class History:
    """What each pass brought; one entry per pass in every list. Errors are in percent.

    loss, running_error: means over the pass, measured on the fly while the weights move (as the
    training error of the paper's Fig. 5); train_error, test_error: measured after the pass, nan
    where there was nothing to measure; lr: the learning rate; seconds: of the pass, measuring included.
    """

    loss: list = field(default_factory=list)
    running_error: list = field(default_factory=list)
    train_error: list = field(default_factory=list)
    test_error: list = field(default_factory=list)
    lr: list = field(default_factory=list)
    seconds: list = field(default_factory=list)

    def __len__(self):
        return len(self.loss)

    def append(self, **values):
        for name, value in values.items():
            getattr(self, name).append(value)

    def write(self, path):
        """Writes a .csv with one row per pass."""
        names = [f.name for f in fields(self)]
        with open(path, "w", newline="", encoding="ascii") as file:
            writer = csv.writer(file)
            writer.writerow(["pass", *names])
            writer.writerows([i + 1, *row] for i, row in enumerate(zip(*(getattr(self, name) for name in names))))

    @classmethod
    def read(cls, path):
        """The History in a file of `write`."""
        history = cls()
        with open(path, newline="", encoding="ascii") as file:
            for row in csv.DictReader(file):
                history.append(**{f.name: float(row[f.name]) for f in fields(cls)})
        return history


@dataclass
class Evaluation:
    """error: percent; confusion: (classes, classes), row the true class; predictions: (N,)."""

    error: float
    confusion: np.ndarray
    predictions: np.ndarray


class Callback:
    """Three hooks into `fit`; this one does nothing.

    batch(done, total, loss): after every update, with the patterns seen in this pass
    epoch(history): after every pass
    end(history): after the last
    """

    def batch(self, done, total, loss):
        pass

    def epoch(self, history):
        pass

    def end(self, history):
        pass


def fit(
    net,
    loss,
    optimizer,
    train,
    *,
    test=None,
    epochs=20,
    batch_size=1,
    schedule=None,
    rng=None,
    constant_order=True,
    train_error=True,
    history=None,
    callback=None,
):
    """Trains the network in place and returns the History.

    train, test: (x, labels) with x (N, ...) floats and labels (N,) integers.
    schedule: pass, counted from 0 -> learning rate; without it the optimizer keeps its own.
    constant_order: one random order for all passes (paper, appendix C), else a new one each pass.
    train_error: measure the training error after each pass too (it costs a forward pass over it all).
    history: of the passes that were done before, to go on after them.
    Ctrl-C raises KeyboardInterrupt between two updates; the history then ends with the last whole pass.
    Raises InputError for data that does not fit, and Diverged as soon as the loss is not finite.
    """
    x, labels = check_data(train, "training")
    if test is not None:
        check_data(test, "test")
    rng = rng or np.random.default_rng()
    history, callback = History() if history is None else history, callback or Callback()
    order, team = rng.permutation(len(x)), Team(net)
    # what overflows is seen in the loss, and said in a sentence
    with one_blas_thread(), np.errstate(over="ignore", invalid="ignore"), interrupts() as interrupt:
        for epoch in range(len(history), epochs):
            start = time.perf_counter()
            if not constant_order:
                order = rng.permutation(len(x))
            if schedule:
                optimizer.lr = schedule(epoch)
            optimizer.before_pass(loss, x, labels, order)
            total, predictions = 0.0, np.empty(len(x), np.intp)
            for first in range(0, len(x), batch_size):
                batch = order[first : first + batch_size]
                E, y = team.gradients(loss, x[batch], labels[batch])
                if not math.isfinite(E):
                    raise Diverged(
                        f"The loss became {E} in pass {epoch + 1} after {first} patterns. "
                        f"Lower the learning rate, now {optimizer.lr:g}."
                    )
                optimizer.step()
                if interrupt:
                    raise KeyboardInterrupt
                total += E * len(batch)
                predictions[batch] = net.decide(y)
                callback.batch(first + len(batch), len(x), E)
            history.append(
                loss=total / len(x),
                running_error=100 * float(np.mean(predictions != labels)),
                train_error=evaluate(net, train).error if train_error else math.nan,
                test_error=evaluate(net, test).error if test is not None else math.nan,
                lr=optimizer.lr,
                seconds=time.perf_counter() - start,
            )
            callback.epoch(history)
    callback.end(history)
    return history


@contextlib.contextmanager
def interrupts():
    """A list that Ctrl-C adds to, so that it takes effect between two updates. Inside a compiled kernel it
    would come out as a SystemError. The second Ctrl-C takes effect at once."""
    pressed = []

    def press(number, frame):
        if pressed:
            signal.default_int_handler(number, frame)
        pressed.append(number)

    if threading.current_thread() is not threading.main_thread():
        yield pressed
        return
    before = signal.signal(signal.SIGINT, press)
    try:
        yield pressed
    finally:
        signal.signal(signal.SIGINT, before)


def evaluate(net, data, batch_size=100):
    """The Evaluation of a network on data (x, labels), on all cores. batch_size: 100 images of LeNet-5 are about
    what the L2 cache holds."""
    x, labels = check_data(data, "evaluation")
    team = Team(net)
    y = np.concatenate([team.forward(x[first : first + batch_size]) for first in range(0, len(x), batch_size)])
    predictions = net.decide(y)
    return Evaluation(
        error=100 * np.count_nonzero(predictions != labels) / len(x),
        confusion=confusion_matrix(labels, predictions, y.shape[1]),
        predictions=predictions,
    )


def check_data(data, what):
    """(x, labels) as they are, or an InputError that says what does not fit."""
    try:
        x, labels = map(np.asarray, data)
    except (TypeError, ValueError):
        raise InputError(
            f"The {what} data should be a pair (x, labels) of arrays, got {type(data).__name__}."
        ) from None
    if len(x) == 0 or labels.shape != (len(x),) or labels.dtype.kind not in "iu":
        raise InputError(
            f"The {what} data should be x (N, ...) with N integer labels, got x of shape {x.shape} "
            f"and {labels.dtype} labels of shape {labels.shape}."
        )
    return x, labels
