"""The number that a student owns: one error, which lesson 4 measures first, and which later lessons try to lower.

Every lesson trains its network on the same digits, for as many epochs, and counts the wrong answers on the same other
digits. The rows are in my/own_number.csv, so that each lesson can run alone.
"""

import csv
import functools
import io
import sys

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from scratchnet.datasets import load, paper_input
from scratchnet.errors import InputError
from scratchnet.layers import Sequential
from scratchnet.losses import Loss
from scratchnet.optimizers import Optimizer
from scratchnet.storage import atomic_write, cell, here
from scratchnet.training import fit, predict
from scratchnet.training.evaluation import Data
from scratchnet.viewing.sketches import bars

FILE = "my/own_number.csv"
HEAD = ("lesson", "change", "error")
DIGITS, HELD_OUT, EPOCHS = 5_000, 5_000, 3
TARGETS = (2 * np.eye(10) - 1).astype(np.float32)  # +1 for the right class, -1 for the nine others

Rows = dict[int, tuple[str, float]]
_unwritten: Rows = {}  # where the folder cannot be written to


class SquaredError:
    """E = (1/N) sum_n sum_k (y_nk - t_nk)^2, with +1 for the right class and -1 for the nine others as targets t.

    y: (N, 10); labels: (N,).
    """

    def forward(self, y: NDArray, labels: NDArray) -> float:
        self.difference = y - TARGETS[labels]
        return float(np.sum(self.difference**2) / len(y))

    def backward(self) -> NDArray:
        return 2 * self.difference / len(self.difference)


@functools.cache
def digits() -> tuple[Data, Data]:
    """Return (x, labels) to train on and (x, labels) held out, the first and the last 5,000 of MNIST's training set.

    x: (5000, 1, 32, 32), float32, as `paper_input` makes it.
    """
    images, labels = load("mnist", "train")
    parts = slice(None, DIGITS), slice(-HELD_OUT, None)
    train, held_out = ((paper_input(images[part]), labels[part]) for part in parts)
    return train, held_out


def learn(
    net: Sequential, loss: Loss, optimizer: Optimizer, *, batch_size: int = 10, seed: int = 0, **more: object
) -> NDArray[np.intp]:
    """Train the network on the digits for three epochs. Return the classes (5000,) that it reads in those held out.

    seed: of the order of the digits. more: other arguments of `fit`, for example schedule= or fresh=.
    """
    train, (x, _) = digits()
    options: dict = {"epochs": EPOCHS, "batch_size": batch_size, "rng": seed, "constant_order": False}
    fit(net, loss, optimizer, train, train_error=False, verbose=False, **(options | more))
    return predict(net, x)[0]


def error_of(read: ArrayLike) -> float:
    """Return how many percent of the held-out digits are wrong in read (5000,), the classes that a network reads.

    Raises InputError for anything but a class for each held-out digit.
    """
    read, labels = np.asarray(read), digits()[1][1]
    if read.shape != labels.shape or read.dtype.kind not in "iu":
        raise InputError(
            f"Expected the class read of each of the {len(labels):,} held-out digits, as integers, got {read.dtype} "
            f"of shape {read.shape}. For scores y, write y.argmax(axis=1)."
        )
    return float(100 * np.mean(read != labels))


def record(lesson: int, change: str, read: ArrayLike) -> float:
    """Write a lesson's row, in place of an earlier one of that lesson. Return its error in percent.

    change: what is different from the row before; read: see `error_of`, which counts.
    Where the folder cannot be written to, a line on stderr says so, and the row is there until Python ends.
    """
    error = error_of(read)
    kept = rows() | {int(lesson): (" ".join(change.split()), error)}
    text = io.StringIO(newline="")
    table = csv.writer(text, lineterminator="\n")
    table.writerow(HEAD)
    table.writerows((number, cell(what), repr(value)) for number, (what, value) in sorted(kept.items()))
    try:
        with atomic_write(FILE) as file:
            file.write(text.getvalue().encode("utf-8"))
    except OSError as why:
        _unwritten[int(lesson)] = kept[int(lesson)]
        print(f"{FILE} cannot be written ({why.strerror}). The row is lost when Python ends.", file=sys.stderr)
    return error


def rows() -> Rows:
    """Return {lesson: (change, error in percent)} in the order of the lessons. Other lines of the file are left out."""
    path, found = here(FILE), dict(_unwritten)
    if path.is_file():
        for line in csv.DictReader(path.read_text("utf-8", "replace").splitlines()):
            try:
                found.setdefault(int(line["lesson"]), (str(line["change"]), float(line["error"])))
            except (KeyError, TypeError, ValueError):  # somebody edited the file
                continue
    return dict(sorted(found.items()))


def table() -> str:
    """Return the rows as text: the lesson, what it changed, and the error on the held-out digits."""
    lines = [f"{lesson:6}  {error:13.2f} %  {change}" for lesson, (change, error) in rows().items()]
    return "\n".join(["lesson  wrong, held out  what changed", *lines])


def chart() -> Figure:
    """Return a Figure with a bar for each row, in the order of the lessons. Raise InputError without any row."""
    found = rows()
    if not found:
        raise InputError(
            f"There is no row in {FILE} yet. Lesson 4 writes the first: python -m scratchnet lessons run 4"
        )
    named = {f"{lesson}: {change}": error for lesson, (change, error) in found.items()}
    return bars(named, xlabel=f"wrong, % of {HELD_OUT:,} held-out digits", form="{:.1f} %")
