"""A sweep: a recipe with every combination of some settings, several seeds each, as one table with intervals."""

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from scratchnet.datasets import distort, hold_out, load
from scratchnet.errors import InputError, nearest
from scratchnet.experiments.experiment import Table, with_interval
from scratchnet.experiments.many import Results, Task
from scratchnet.losses import MAPLoss, MLELoss
from scratchnet.runs.recipes import find_recipe
from scratchnet.training import fit

SPLIT = 1998  # the seed of the held-out digits: the same in all runs


def positive(text: str) -> float:
    value = float(text)
    if not 0 < value < math.inf:
        raise ValueError
    return value


def whole(text: str) -> int:
    value = int(text)
    if value < 1:
        raise ValueError
    return value


def choice(*words: str) -> Callable[[str], str]:
    def chosen(text: str) -> str:
        if text not in words:
            raise ValueError
        return text

    return chosen


SETTINGS: dict[str, tuple[Callable[[str], Any], str]] = {
    "lr": (positive, "the learning rate of the first epoch; the recipe's schedule follows in proportion"),
    "eta": (positive, "a factor on all learning rates of the recipe"),
    "epochs": (whole, "how many epochs"),
    "batch_size": (whole, "images in an update"),
    "images": (whole, "how many training images"),
    "loss": (choice("map", "mle"), "map or mle, for the recipe paper"),
    "j": (positive, "j of the MAP loss, for the recipe paper"),
    "distort": (choice("yes", "no"), "yes: training images are distorted anew in each epoch"),
}


@dataclass(frozen=True)
class Sweep:
    """A recipe, the values of each setting that is varied, and how many seeds.

    held_out: the training images to measure the error on; 0: the test set, which is for reporting and not for choices.
    Raises InputError for a recipe, a setting or a value that does not exist.
    """

    recipe: str
    settings: Mapping[str, Sequence[Any]]
    seeds: int = 5
    held_out: int = 5_000

    def __post_init__(self) -> None:
        paper = find_recipe(self.recipe).name == "paper"
        for name in self.settings:
            if name not in SETTINGS:
                raise InputError(f"There is no setting {name!r}.{nearest(name, SETTINGS)}")
            if name in ("loss", "j") and not paper:
                raise InputError(f"{name} is a setting of the recipe 'paper' only, got {self.recipe!r}.")
        if {"lr", "eta"} <= self.settings.keys():
            raise InputError("lr and eta say the same thing in two ways: leave one out.")
        if self.held_out < 0:
            raise InputError(f"held_out={self.held_out} should be at least 0.")

    def combinations(self) -> list[dict[str, Any]]:
        """Return every combination of the settings, the last one changing first."""
        return [dict(zip(self.settings, values)) for values in itertools.product(*self.settings.values())]

    def task(self, values: dict[str, Any], seed: int) -> Task:
        words = "-".join(f"{name}={value:g}" if isinstance(value, float) else f"{name}={value}"
                         for name, value in values.items())  # fmt: skip
        arguments = {"recipe": self.recipe, "seed": seed, "held_out": self.held_out, "settings": values}
        name = "-".join(filter(None, (self.recipe, words, f"held{self.held_out}", f"seed{seed}")))
        return Task(name, train_recipe, arguments, values.get("epochs", find_recipe(self.recipe).epochs))

    def tasks(self) -> list[Task]:
        return [self.task(values, seed) for values in self.combinations() for seed in range(self.seeds)]

    def table(self, results: Results) -> Table:
        """Return a row for each combination: the errors of its seeds, and their mean with its interval."""
        measured = f"on {self.held_out:,} held-out training images" if self.held_out else "on the test set"
        rows = []
        for values in self.combinations():
            runs = [
                results[task] for task in (self.task(values, seed) for seed in range(self.seeds)) if task in results
            ]
            errors = [run["error"] for run in runs]
            cells = [f"{value:g}" if isinstance(value, float) else str(value) for value in values.values()]
            ends = (with_interval(errors), " ".join(f"{error:.2f}" for error in errors)) if runs else ("", "failed")
            rows.append((*cells, *ends, f"{np.mean([run['running_error'] for run in runs]):.2f}" if runs else ""))
        return Table(
            f"{self.recipe}: error {measured}, %",
            (*self.settings, "mean (95 %)", "each seed", "training, on the fly"),
            rows,
            "Intervals are those of the mean (Student's t): where two overlap, more seeds may change the order.",
        )


def parse(text: str) -> tuple[str, list[Any]]:
    """Return (name, values) of a text such as 'lr=1e-3,3e-3'. Raise InputError for any other."""
    name, equals, values = text.partition("=")
    if not equals or not values:
        raise InputError(f"Expected NAME=VALUE,VALUE, for example lr=1e-3,3e-3, got {text!r}.")
    if name not in SETTINGS:
        raise InputError(f"There is no setting {name!r}.{nearest(name, SETTINGS)}")
    read, about = SETTINGS[name]
    try:
        found = [read(value) for value in values.split(",")]
    except ValueError:
        raise InputError(f"{name} is {about}. {values!r} is not.") from None
    return name, list(dict.fromkeys(found))


def train_recipe(recipe: str, seed: int, held_out: int, settings: dict[str, Any]) -> dict[str, Any]:
    """Train a recipe with some settings changed, and return its error at the end, its History and these settings."""
    chosen, rng = find_recipe(recipe), np.random.default_rng(seed)
    train = load(chosen.data, "train")
    test = load(chosen.data, "test")
    if held_out:
        train, test = hold_out(*train, held_out, SPLIT)
    elif chosen.held_out:  # as the recipe does
        train, _ = hold_out(*train, chosen.held_out, None if chosen.holds_out_the_last else seed)
    images, labels = (part[: settings.get("images")] for part in train)
    factor = settings["lr"] / chosen.schedule(0) if "lr" in settings else settings.get("eta", chosen.scale)
    loss = {"mle": MLELoss, "map": lambda: MAPLoss(settings.get("j", 10.0))}.get(
        settings.get("loss", "map" if "j" in settings else ""), chosen.loss
    )()

    def distorted(epoch: int) -> Any:
        return chosen.prepare(distort(images, np.random.default_rng([seed, epoch])), "train"), labels

    net = chosen.network(rng)
    history = fit(
        net,
        loss,
        chosen.optimizer(net, factor * chosen.schedule(0)),
        (chosen.prepare(images, "train"), labels),
        test=(chosen.prepare(test[0], "train" if held_out else "test"), test[1]),
        epochs=settings.get("epochs", chosen.epochs),
        batch_size=settings.get("batch_size", chosen.batch_size),
        schedule=lambda epoch: factor * chosen.schedule(epoch),
        rng=rng,
        constant_order=chosen.constant_order,
        fresh=distorted if settings.get("distort") == "yes" else None,
        train_error=False,
        verbose=False,
    )
    ends = {"error": history.test_error[-1], "running_error": history.running_error[-1]}
    return history.columns() | ends
