"""History: the numbers of every epoch, in lists and as a .csv."""

import csv
import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scratchnet.errors import InputError
from scratchnet.storage import atomic_write, cell, here

if TYPE_CHECKING:
    from matplotlib.figure import Figure

OLDER_NAMES = {"pass": "epoch", "passes": "epochs"}  # of the columns and keys in the files of older runs


@dataclass(repr=False)
class History:
    """The numbers of every epoch: each list has one entry per epoch. Errors are in percent.

    loss, running_error: means over the epoch, measured on the fly while the weights move (as the
    training error of the paper's Fig. 5); train_error, validation_error, test_error: measured after the
    epoch, nan if there was nothing to measure; test_top3_error: the right class is not among the first
    three; lr: the learning rate; seconds: the time of the curvature and the updates, without measuring.
    validations: (epochs, error) of every validation on the held-out data, within epochs too.
    """

    loss: list[float] = field(default_factory=list)
    running_error: list[float] = field(default_factory=list)
    train_error: list[float] = field(default_factory=list)
    validation_error: list[float] = field(default_factory=list)
    test_error: list[float] = field(default_factory=list)
    test_top3_error: list[float] = field(default_factory=list)
    lr: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    validations: list[tuple[float, float]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.loss)

    def __repr__(self) -> str:
        return f"History({self.line() if self.loss else 'no epochs'})"

    def __str__(self) -> str:
        return "\n".join(self.line(epoch) for epoch in range(1, len(self) + 1)) or repr(self)

    def line(self, epoch: int | None = None, epochs: int | None = None) -> str:
        """Return the numbers of an epoch, by default the last one, as `fit` prints them after it.

        epochs: how many there will be, to print beside the number of this one. What was not measured is left out.
        """
        at = (epoch or len(self)) - 1
        number = f"epoch {at + 1:2}" + (f"/{epochs}" if epochs else "")
        errors = {
            "training error {:.2f} % on the fly": self.running_error[at],
            "{:.2f} % after": self.train_error[at],
            "held-out error {:.2f} %": self.validation_error[at],
            "test error {:.2f} %": self.test_error[at],
        }
        measured = [text.format(error) for text, error in errors.items() if not math.isnan(error)]
        numbers = [f"lr {self.lr[at]:.3g}", f"loss {self.loss[at]:.3f}", *measured, f"{self.seconds[at]:.1f} s"]
        return "  ".join([number, *numbers])

    def plot(self, title: str = "") -> "Figure":
        """Draw the error after each epoch and the learning rate, as `figures.training_curves`, and return the Figure.

        A notebook shows it. Elsewhere write it to a file with `figures.save(history.plot(), "curves.png")`.
        """
        from scratchnet.viewing.figures import training_curves  # Matplotlib takes a third of a second: only if asked

        return training_curves(self, title=title)

    def append(self, **values: float) -> None:
        """Add an epoch: a value for every column."""
        for name, value in values.items():
            getattr(self, name).append(value)

    def write(self, path: str | Path) -> None:
        """Write a .csv with one row per epoch."""
        columns = self.columns()
        write_table(path, ["epoch", *columns], zip(range(1, len(self) + 1), *columns.values()))

    @classmethod
    def read(cls, path: str | Path) -> "History":
        """Return the History in a file of `write`; a missing column is nan. Raise InputError for any other file."""
        history = cls()
        for row in read_table(path):
            if "loss" not in row:
                raise InputError(f"{path} has no column 'loss'")
            history.append(**{name: number(path, row, name) for name in history.columns()})
        return history

    def write_validations(self, path: str | Path) -> None:
        """Write a .csv with one row for every validation on the held-out data."""
        write_table(path, ["epochs", "error"], self.validations)

    def read_validations(self, path: str | Path) -> None:
        """Read a file of `write_validations`. Raise InputError for any other file."""
        self.validations = [(number(path, row, "epochs"), number(path, row, "error")) for row in read_table(path)]

    def cut(self, passes: int) -> None:
        """Remove everything after this many epochs."""
        for values in self.columns().values():
            del values[passes:]
        self.validations[:] = [(at, error) for at, error in self.validations if at <= passes]

    def columns(self) -> dict[str, list[float]]:
        """Return {name: list with one entry per epoch}."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name != "validations"}


def number(path: str | Path, row: dict[str, str], name: str) -> float:
    try:
        return float(row.get(name, "nan"))
    except ValueError:
        raise InputError(f"{path} has {row[name]!r} in its column {name!r}, not a number") from None


def write_table(path: str | Path, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write a .csv atomically."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerows([cell(value) for value in row] for row in (names, *rows))
    with atomic_write(path) as file:
        file.write(text.getvalue().encode("utf-8"))


def read_table(path: str | Path) -> list[dict[str, str]]:
    """Return the rows of a .csv as {name: text}. Raise InputError for a file that is not a table.

    A byte order mark, which spreadsheets put in front, is left out.
    """
    try:
        with open(here(path), newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
    except (csv.Error, UnicodeDecodeError) as why:
        raise InputError(f"{path} is not a table: {why}") from None
    if rows and len(rows[0]) == 1 and ";" in "".join(map(str, rows[0])):
        raise InputError(f"{path} has semicolons between its columns: save it with commas in your spreadsheet.")
    if any(None in row or None in row.values() for row in rows):
        raise InputError(f"{path} has rows of different lengths")
    return [with_current_names(row) for row in rows]


def with_current_names(values: dict[str, Any]) -> dict[str, Any]:
    """Return the {name: value} of a file with the names that new files have."""
    return {OLDER_NAMES.get(name, name): value for name, value in values.items()}
