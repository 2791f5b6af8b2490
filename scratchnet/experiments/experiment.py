"""What an experiment is: its runs, and what is found in their results."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from scratchnet.experiments.many import Results, Task

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from scratchnet.layers import Sequential


@dataclass(frozen=True)
class Plan:
    """How much is run. seeds: how many of each training; tiny: a slice that shows in seconds that everything runs."""

    seeds: int = 5
    tiny: bool = False

    def images(self, count: int = 60_000) -> int:
        """Return how many training images are used where the paper uses `count`."""
        return max(40, count // 400) if self.tiny else count

    def tested(self, count: int = 10_000) -> int:
        """Return how many test images are used."""
        return min(100, count) if self.tiny else count

    def epochs(self, count: int = 20) -> int:
        """Return how many epochs stand for `count`."""
        return min(2, count) if self.tiny else count


@dataclass(frozen=True)
class Table:
    """A table: its title, the names of the columns, rows of texts, and a sentence on how to read it."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""


@dataclass(frozen=True)
class Drawing:
    """A figure, the name of its file, and a sentence on how to read it, which is its text for who does not see it."""

    name: str
    figure: "Figure"
    caption: str


@dataclass(frozen=True)
class Model:
    """A trained network for other commands, the name of its file, and what the file records about it (JSON)."""

    name: str
    net: "Sequential"
    about: dict[str, Any]


@dataclass(frozen=True)
class Findings:
    """What an experiment found: figures, tables, and sentences that compare them with the paper; perhaps a model."""

    drawings: Sequence[Drawing] = ()
    tables: Sequence[Table] = ()
    sentences: Sequence[str] = ()
    models: Sequence[Model] = ()


@dataclass(frozen=True)
class Experiment:
    """An experiment of the paper, or on what it does not say.

    name: on the command line; title; source: where it is in the paper; tasks: Plan -> its runs; findings: (Plan,
    Results) -> Findings, when all runs are done.
    """

    name: str
    title: str
    source: str
    tasks: Callable[[Plan], list[Task]]
    findings: Callable[[Plan, Results], Findings]
    needs: Sequence[str] = field(default=())


def mean(values: ArrayLike) -> float:
    return float(np.mean(np.asarray(values, float)))


def spread(values: ArrayLike) -> float:
    """Return the standard deviation of a sample, nan for fewer than two values."""
    values = np.asarray(values, float)
    return float(values.std(ddof=1)) if len(values) > 1 else math.nan


def interval(values: ArrayLike) -> tuple[float, float]:
    """Return the 95 % confidence interval of the mean of a sample (Student's t), nan for fewer than two values."""
    from scipy.stats import t

    values = np.asarray(values, float)
    if len(values) < 2:
        return math.nan, math.nan
    half = t.ppf(0.975, len(values) - 1) * spread(values) / math.sqrt(len(values))
    return mean(values) - half, mean(values) + half


def with_interval(values: ArrayLike, digits: int = 2) -> str:
    """Return 'mean (lower to upper)' of a sample, as text."""
    lower, upper = interval(values)
    text = f"{mean(values):.{digits}f}"
    return text if math.isnan(lower) else f"{text} ({lower:.{digits}f} to {upper:.{digits}f})"


def of_seeds(plan: Plan, task: Callable[[int], Any]) -> list[Any]:
    """Return [task(seed) for each seed of the plan]."""
    return [task(seed) for seed in range(plan.seeds)]
