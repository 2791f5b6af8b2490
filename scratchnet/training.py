"""fit, evaluate, History."""

import contextlib
import csv
import io
import math
import signal
import threading
import time
from dataclasses import dataclass, field, fields

import numpy as np

from scratchnet.errors import Diverged, InputError
from scratchnet.kernels import one_blas_thread
from scratchnet.metrics import confusion_matrix
from scratchnet.storage import whole_file
from scratchnet.team import Team


@dataclass
class History:
    """What each pass brought; one entry per pass in every list. Errors are in percent.

    loss, running_error: means over the pass, measured on the fly while the weights move (as the
    training error of the paper's Fig. 5); train_error, test_error: measured after the pass, nan
    where there was nothing to measure; lr: the learning rate; seconds: of the curvature and the
    updates, without measuring.
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
        text = io.StringIO(newline="")
        writer = csv.writer(text)
        writer.writerow(["pass", *names])
        writer.writerows([i + 1, *row] for i, row in enumerate(zip(*(getattr(self, name) for name in names))))
        with whole_file(path) as file:
            file.write(text.getvalue().encode("ascii"))

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
    history: of the passes that were done before, to go on after them; with the same seed and a
    constant order, exactly as if there had been no interruption.
    Ctrl-C raises KeyboardInterrupt between two updates; the history then ends with the last whole pass.
    Raises InputError for data that does not fit, and Diverged as soon as the loss is not finite.
    """
    train = check_data(train, "training", net)
    test = test and check_data(test, "test", net)
    if batch_size < 1:
        raise InputError(f"batch_size has to be at least 1, got {batch_size}.")
    rng = rng or np.random.default_rng()
    history, callback = History() if history is None else history, callback or Callback()
    order = rng.permutation(len(train[0]))
    with one_blas_thread(), quiet_overflow(), without_input_gradient(net), interrupts() as interrupt:
        for epoch in range(len(history), epochs):
            start = time.perf_counter()
            if not constant_order:
                order = rng.permutation(len(order))
            if schedule:
                optimizer.lr = schedule(epoch)
            where = f"pass {epoch + 1}, learning rate {optimizer.lr:g}"
            optimizer.before_pass(loss, *train, order)
            E, running_error = one_epoch(
                Team(net), loss, optimizer, train, order, batch_size, callback, interrupt, where
            )
            seconds = time.perf_counter() - start
            history.append(
                loss=E,
                running_error=running_error,
                train_error=evaluate(net, train).error if train_error else math.nan,
                test_error=evaluate(net, test).error if test else math.nan,
                lr=optimizer.lr,
                seconds=seconds,
            )
            callback.epoch(history)
            stop_if(interrupt)
    callback.end(history)
    return history


def one_epoch(team, loss, optimizer, train, order, batch_size, callback, interrupt, where):
    """An update for every batch in this order; the mean loss, and the error in percent, both on the fly."""
    x, labels = train
    total, predictions = 0.0, np.empty(len(x), np.intp)
    for first in range(0, len(x), batch_size):
        batch = order[first : first + batch_size]
        E, y = team.gradients(loss, x[batch], labels[batch])
        if not math.isfinite(E):
            raise Diverged(f"The loss became {E} after {first} patterns of {where}. Lower it (--eta).")
        optimizer.step()
        stop_if(interrupt)
        total += E * len(batch)
        predictions[batch] = team.net.decide(y)
        callback.batch(first + len(batch), len(x), E)
    if not all(np.isfinite(value).all() for _, value, _, _ in team.net.parameters()):
        raise Diverged(f"A parameter is not finite after {where}. Lower it (--eta).")
    return total / len(x), 100 * float(np.mean(predictions != labels))


def quiet_overflow():
    """NumPy does not warn: what overflows is seen in the loss, and said in a sentence."""
    return np.errstate(over="ignore", invalid="ignore")


@contextlib.contextmanager
def without_input_gradient(net):
    """Nobody needs dE/dx of the images: the first layer does not compute it."""
    first = net.leaves()[0]
    first.input_gradient = False
    try:
        yield
    finally:
        first.input_gradient = True


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


def stop_if(interrupt):
    if interrupt:
        raise KeyboardInterrupt


def evaluate(net, data, batch_size=100):
    """The Evaluation of a network on data (x, labels), on all cores.

    batch_size: 64 to 200 were the fastest of 32 to 1,000 for LeNet-5.
    Raises InputError for data that does not fit.
    """
    x, labels = check_data(data, "evaluation", net)
    team = Team(net)
    y = np.concatenate([team.forward(x[first : first + batch_size]) for first in range(0, len(x), batch_size)])
    predictions = net.decide(y)
    return Evaluation(
        error=100 * np.count_nonzero(predictions != labels) / len(x),
        confusion=confusion_matrix(labels, predictions, y.shape[1]),
        predictions=predictions,
    )


def check_data(data, what, net):
    """(x, labels) as arrays, or an InputError that says what does not fit this network."""
    try:
        x, labels = map(np.asarray, data)
    except (TypeError, ValueError):
        raise InputError(f"The {what} data should be a pair (x, labels), got {type(data).__name__}.") from None
    if x.ndim < 2 or len(x) == 0 or labels.shape != (len(x),) or labels.dtype.kind not in "iu":
        raise InputError(
            f"The {what} data should be x (N, ...) with N integer labels, got x of shape {x.shape} "
            f"and {labels.dtype} labels of shape {labels.shape}."
        )
    if not np.isfinite(x).all():
        images = np.flatnonzero(~np.isfinite(x).reshape(len(x), -1).all(axis=1))
        raise InputError(
            f"The {what} data has NaN or infinity in {len(images)} of {len(x)} inputs, first in {images[0]}."
        )
    classes = net.forward(x[:1]).shape[1]
    if labels.min() < 0 or labels.max() >= classes:
        raise InputError(
            f"The {what} data should have labels from 0 to {classes - 1}, got {labels.min()} to {labels.max()}."
        )
    return x, labels
