"""fit, evaluate, History."""

import contextlib
import csv
import io
import math
import signal
import sys
import threading
import time
from dataclasses import dataclass, field, fields
from functools import partial

import numpy as np

from scratchnet.errors import Diverged, InputError
from scratchnet.metrics import confusion_matrix, top_k_error
from scratchnet.storage import whole_file
from scratchnet.team import Team, quiet_overflow


@dataclass
class History:
    """What each pass brought; one entry per pass in every list. Errors are in percent.

    loss, running_error: means over the pass, measured on the fly while the weights move (as the
    training error of the paper's Fig. 5); train_error, validation_error, test_error: measured after the
    pass, nan where there was nothing to measure; test_top3_error: the right class is not among the first
    three; lr: the learning rate; seconds: of the curvature and the updates, without measuring.
    validations: (passes, error) of every look at the held-out data, within passes too.
    """

    loss: list = field(default_factory=list)
    running_error: list = field(default_factory=list)
    train_error: list = field(default_factory=list)
    validation_error: list = field(default_factory=list)
    test_error: list = field(default_factory=list)
    test_top3_error: list = field(default_factory=list)
    lr: list = field(default_factory=list)
    seconds: list = field(default_factory=list)
    validations: list = field(default_factory=list)

    def __len__(self):
        return len(self.loss)

    def append(self, **values):
        for name, value in values.items():
            getattr(self, name).append(value)

    def write(self, path):
        """Writes a .csv with one row per pass."""
        write_table(path, ["pass", *self.columns()], zip(range(1, len(self) + 1), *self.columns().values()))

    @classmethod
    def read(cls, path):
        """The History in a file of `write`; what it does not have is nan."""
        history = cls()
        for row in read_table(path):
            if "loss" not in row:
                raise ValueError(f"{path} has no column 'loss'")
            history.append(**{name: float(row.get(name, "nan")) for name in history.columns()})
        return history

    def write_validations(self, path):
        """Writes a .csv with one row for every look at the held-out data."""
        write_table(path, ["passes", "error"], self.validations)

    def read_validations(self, path):
        """Takes what `write_validations` wrote."""
        self.validations = [(float(row["passes"]), float(row["error"])) for row in read_table(path)]

    def cut(self, passes):
        """Forgets what came after this many passes."""
        for values in self.columns().values():
            del values[passes:]
        self.validations[:] = [look for look in self.validations if look[0] <= passes]

    def columns(self):
        """{name: list with one entry per pass}."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name != "validations"}


def write_table(path, names, rows):
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(names)
    writer.writerows(rows)
    with whole_file(path) as file:
        file.write(text.getvalue().encode("ascii"))


def read_table(path):
    """Rows as {name: text}. Raises ValueError for what is no table."""
    try:
        with open(path, newline="", encoding="ascii") as file:
            rows = list(csv.DictReader(file))
    except csv.Error as why:
        raise ValueError(f"{path} is no table: {why}") from None
    if any(None in row or None in row.values() for row in rows):
        raise ValueError(f"{path} has rows of different lengths")
    return rows


@dataclass
class Evaluation:
    """error, top3_error: percent; confusion: (classes, classes), row the true class; predictions: (N,);
    scores: (N, classes), the largest wins."""

    error: float
    top3_error: float
    confusion: np.ndarray
    predictions: np.ndarray
    scores: np.ndarray


class Callback:
    """Three hooks into `fit`; this one does nothing. It is all that logging elsewhere needs.

    batch(done, total, loss): after every update, with the patterns seen in this pass; at batch size 1 on the fast
        path once for up to 128 updates, with their mean loss
    epoch(history): after every pass
    end(history): after the last

    Weights & Biases:

        class ToWandb(Callback):
            def __init__(self, **config):
                self.run = wandb.init(project="scratchnet", config=config)

            def epoch(self, history):
                last = {name: values[-1] for name, values in history.columns().items()}
                self.run.log(last, step=len(history))

            def end(self, history):
                self.run.finish()

    TensorBoard:

        class ToTensorBoard(Callback):
            def __init__(self, folder):
                self.writer = SummaryWriter(folder)  # torch.utils.tensorboard, or tensorboardX

            def epoch(self, history):
                for name, values in history.columns().items():
                    self.writer.add_scalar(name, values[-1], len(history))

            def end(self, history):
                self.writer.close()
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
    validation=None,
    validate_every=None,
    epochs=20,
    batch_size=1,
    schedule=None,
    rng=None,
    constant_order=True,
    train_error=True,
    history=None,
    callback=None,
    fast=True,
):
    """Trains the network in place and returns the History.

    train, test, validation: (x, labels) with x (N, ...) floats and labels (N,) integers. validation:
    held-out data, to choose by; measured after every pass, and every validate_every updates, counted
    from the first pass on.
    schedule: pass, counted from 0 -> learning rate; without it the optimizer keeps its own.
    constant_order: one random order for all passes (paper, appendix C), else a new one each pass.
    train_error: measure the training error after each pass too (it costs a forward pass over it all).
    history: of the passes that were done before, to go on after them; with the same seed, and with what the
    optimizer remembers (`state`, `restore`), exactly as if there had been no interruption.
    fast: by the programs of scratchnet.fast, where they know every layer and the loss: the same updates but for
    rounding. Where not, a line on stderr says why.
    Ctrl-C raises KeyboardInterrupt between two updates; the history then ends with the last whole pass.
    Raises InputError for data that does not fit, and Diverged as soon as the loss is not finite.
    """
    train = check_data(train, "training", net)
    test = test and check_data(test, "test", net)
    validation = validation and check_data(validation, "validation", net)
    with mode(net, training=False):
        team = team_of(net, loss, train[0], fast)
        for data, what in ((train, "training"), (test, "test"), (validation, "validation")):
            if data:
                check_labels(data[1], what, team.classes(data[0]))
    if batch_size < 1:
        raise InputError(f"batch_size has to be at least 1, got {batch_size}.")
    if validate_every is not None and (validate_every < 1 or not validation):
        raise InputError(f"validate_every={validate_every} has to be at least 1, and needs validation data.")
    rng = rng or np.random.default_rng()
    history, callback = History() if history is None else history, callback or Callback()
    order = rng.permutation(len(train[0]))
    for _ in range(0 if constant_order else len(history)):
        order = rng.permutation(len(order))  # those of the passes that were done before
    history.cut(len(history))  # an interrupted pass may have left looks at the held-out data
    looks = Looks(net, validation, validate_every, history, fast, len(order), batch_size)

    with quiet_overflow(), without_input_gradient(net), team, interrupts() as interrupt:

        def after_update(epoch, done, E):
            stop_if(interrupt)
            looks.after_update(epoch, done)
            callback.batch(done, len(order), E)

        for epoch in range(len(history), epochs):
            start, looks.seconds = time.perf_counter(), 0.0
            if not constant_order:
                order = rng.permutation(len(order))
            if schedule:
                optimizer.lr = schedule(epoch)
            where = f"pass {epoch + 1}, learning rate {optimizer.lr:g}"
            optimizer.before_pass(team, *train, order)
            E, running_error = one_epoch(
                team,
                optimizer,
                train,
                order,
                batch_size,
                partial(looks.ahead, epoch),
                partial(after_update, epoch),
                where,
            )
            seconds = time.perf_counter() - start - looks.seconds
            looks.look(epoch + 1.0)
            tested = evaluate(net, test, fast=fast) if test else None
            history.append(
                loss=E,
                running_error=running_error,
                train_error=evaluate(net, train, fast=fast).error if train_error else math.nan,
                validation_error=history.validations[-1][1] if validation else math.nan,
                test_error=tested.error if tested else math.nan,
                test_top3_error=tested.top3_error if tested else math.nan,
                lr=optimizer.lr,
                seconds=seconds,
            )
            callback.epoch(history)
            stop_if(interrupt)
    callback.end(history)
    return history


def team_of(net, loss, x, fast):
    """A FastTeam for images like x, if it is wanted and possible; else a Team, with one line that says why."""
    if fast:
        from scratchnet.fast import FastTeam, Unsupported  # which is above this file, and imports a compiler

        try:
            return FastTeam(net, loss, x.shape[1:], x.dtype)
        except Unsupported as why:
            line = f"scratchnet: on the readable path, since the fast one cannot take this: {why}."
            if line not in said:
                print(line, file=sys.stderr)
            said.add(line)
    return Team(net, loss)


said = set()


def one_epoch(team, optimizer, train, order, batch_size, ahead, after_update, where):
    """An update for every batch in this order; the mean loss, and the error in percent, both on the fly.

    ahead(done): the number of images before the caller next has to see the network.
    """
    (x, labels), net = train, team.net
    total, predictions, first = 0.0, np.empty(len(x), np.intp), 0
    with mode(net, training=True):
        at_once = team.at_once(optimizer, batch_size)
        while first < len(x):
            rows = order[first : first + min(at_once, ahead(first))]
            E, y = team.update(optimizer, x, labels, rows)
            if not math.isfinite(E):
                raise Diverged(f"The loss became {E} after {first} patterns of {where}. Lower it (--eta).")
            total += E * len(rows)
            predictions[rows] = net.decide(y)
            first += len(rows)
            after_update(first, E)
    if not all(np.isfinite(value).all() for _, value, _, _ in net.parameters()):
        raise Diverged(f"A parameter is not finite after {where}. Lower it (--eta).")
    return total / len(x), 100 * float(np.mean(predictions != labels))


class Looks:
    """Looks at the held-out data: after every pass, and every `every` updates. Without data, none.

    total: images in a pass; seconds: what the looks have taken.
    """

    def __init__(self, net, data, every, history, fast, total, batch_size):
        self.net, self.data, self.every, self.history, self.fast = net, data, every, history, fast
        self.total, self.batch_size = total, batch_size
        self.seconds = 0.0

    def look(self, passes):
        """Adds (passes, error) to the history."""
        if self.data:
            start = time.perf_counter()
            self.history.validations.append((passes, evaluate(self.net, self.data, fast=self.fast).error))
            self.seconds += time.perf_counter() - start

    def updates(self, epoch, done):
        return epoch * -(-self.total // self.batch_size) + done // self.batch_size

    def ahead(self, epoch, done):
        """The number of images before the next look."""
        return (self.every - self.updates(epoch, done) % self.every) * self.batch_size if self.every else self.total

    def after_update(self, epoch, done):
        """A look if it is time; not at the end of a pass, when there is one anyway."""
        if self.every and done < self.total and self.updates(epoch, done) % self.every == 0:
            self.look(epoch + done / self.total)


@contextlib.contextmanager
def mode(net, training):
    """Every layer in this mode, and afterwards in its own again."""
    before = [(leaf, leaf.training) for leaf in net.leaves()]
    net.train(training)
    try:
        yield
    finally:
        for leaf, was in before:
            leaf.training = was


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


def evaluate(net, data, batch_size=100, fast=True):
    """The Evaluation of a network on data (x, labels), on all cores, as after training (`net.eval()`).

    batch_size: of the readable path; 64 to 200 were the fastest of 32 to 1,000 for LeNet-5. fast: see `fit`.
    Raises InputError for data that does not fit.
    """
    x, labels = check_data(data, "evaluation", net)
    with mode(net, training=False), quiet_overflow():
        team = team_of(net, None, x, fast)
        check_labels(labels, "evaluation", team.classes(x))
        scores = net.scores(team.forward(x, batch_size))
    predictions = scores.argmax(axis=1)
    return Evaluation(
        error=100 * np.count_nonzero(predictions != labels) / len(x),
        top3_error=top_k_error(labels, scores, 3),
        confusion=confusion_matrix(labels, predictions, scores.shape[1]),
        predictions=predictions,
        scores=scores,
    )


def check_data(data, what, net):
    """(x, labels) as arrays, or an InputError that says what does not fit this network."""
    try:
        x, labels = map(np.ascontiguousarray, data)
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
    wanted = getattr(net, "input_shape", None)
    if wanted and x.shape[1:] != tuple(wanted):
        raise InputError(
            f"The {what} data has inputs of shape {x.shape[1:]}, the network is made for {tuple(wanted)}. Prepare the "
            "images as for its training: pad or resize them."
        )
    return x, labels


def check_labels(labels, what, classes):
    """Raises InputError for a label that is no class."""
    if labels.min() < 0 or labels.max() >= classes:
        raise InputError(
            f"The {what} data should have labels from 0 to {classes - 1}, got {labels.min()} to {labels.max()}."
        )
