"""LeNet-5 by the default recipe with some of its choices changed: the error on held-out training digits.

A run that never learns, or diverges, is a result like the others.
"""

import re
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scratchnet.datasets import paper_input
from scratchnet.errors import Diverged
from scratchnet.experiments.changed_network import changed_network
from scratchnet.experiments.estimates import optimizer_of
from scratchnet.experiments.experiment import Plan
from scratchnet.experiments.many import Task
from scratchnet.experiments.trainings import digits, first_of
from scratchnet.layers import Sequential
from scratchnet.losses import CrossEntropyLoss, Loss, MAPLoss, MLELoss
from scratchnet.optimizers import SGD, Adam, Optimizer
from scratchnet.runs.recipes import ETA_SCALE, J
from scratchnet.schedules import paper
from scratchnet.training import Callback, History, evaluate, fit
from scratchnet.training.evaluation import Data

CHANCE = 90.0  # the error of a network that always gives the same answer, for ten classes of the same size
PATIENCE, HOPELESS = 5, 80.0  # a run whose error is above 80 % after 5 passes is stopped
ETA = paper(0)  # the paper's first eta
TRIAL_EPOCHS = 5  # of a trial of a learning rate


@dataclass(frozen=True)
class Choice:
    """The choices of a run; each default is that of the default recipe.

    j: of the MAP loss (eq. 9); 0: the MLE loss (eq. 8). eta: a factor on the paper's learning rates. mu: of SDLM.
    init: "1/sqrt F", "2.4/F" or "2.4/sqrt F". S: the initial subsampling coefficients, drawn: from U(-S, S).
    biases: "0", or "drawn" as the weights. patterns: of the curvature, "same" or "fresh". order: "constant" or
    "shuffled". optimizer: "SDLM", "SGD" or "Adam". output: "codes", "one of 10" or "softmax". C3: "Table I" or "full".
    pooling: "subsampling", "average" or "max".
    candidates: factors eta to choose from, by trials on other training digits.
    warm_up: so many patterns come first, at a tenth of the paper's eta; then the curvature is estimated again.
    every: in the first pass the curvature is estimated again after so many patterns. memory: see RunningEstimate.
    """

    j: float = J
    eta: float = ETA_SCALE
    mu: float = 0.02
    init: str = "1/sqrt F"
    S: float = 0.5
    drawn: bool = False
    biases: str = "0"
    patterns: str = "same"
    order: str = "constant"
    optimizer: str = "SDLM"
    batch_size: int = 1
    output: str = "codes"
    C3: str = "Table I"
    pooling: str = "subsampling"
    candidates: tuple[float, ...] = ()
    warm_up: int = 0
    every: int = 0
    memory: float = 0.0


def changed_task(plan: Plan, seed: int, cost: float = 1.0, **changes: Any) -> Task:
    """Return the task of a run with these changes, which name it. cost: its time beside that of the default."""
    what = " ".join(f"{name} {value}" for name, value in sorted(changes.items())) or "nothing"
    name = re.sub(r"[^a-z0-9.]+", "-", what.lower()).strip("-")
    sizes = {"images": plan.images(55_000), "tested": plan.tested(5_000), "epochs": plan.epochs()}
    return Task(f"changed-{name}-seed{seed}", train_changed, {"seed": seed} | sizes | changes, cost)


def train_changed(seed: int, images: int, tested: int, epochs: int, **changes: Any) -> dict[str, Any]:
    """Train LeNet-5 with these changes (see Choice), and return its errors in percent.

    error: on the held-out digits, after the last pass; errors: after each pass; running_error: on the training digits,
    on the fly, in the last pass; outcome: "trained", "stopped" or "diverged"; eta: the factor that was used.
    """
    choice = Choice(**changes)
    some, others = digits(images, tested, held_out=True)
    train, held_out = ((paper_input(pixels), labels) for pixels, labels in (some, others))
    if choice.candidates:
        choice = replace(choice, eta=best_eta(choice, seed, train))
    return Run(choice, seed, train, held_out, epochs).result()


def best_eta(choice: Choice, seed: int, train: Data) -> float:
    """Return the factor on eta with the lowest error in short trials, within the training digits.

    A trial is trained on the first quarter of the digits, five passes with the paper's schedule in a quarter of the
    time, and tested on the last eleventh.
    """
    N = len(train[1])
    others = train[0][-(N // 11) :], train[1][-(N // 11) :]
    trial = partial(Run, seed=seed, train=first_of(train, N // 4), held_out=others, epochs=TRIAL_EPOCHS, hurry=4)
    errors = {eta: trial(replace(choice, eta=eta)).result()["error"] for eta in choice.candidates}
    return min(errors, key=lambda eta: errors[eta])


class NeverLearns(Exception):
    """The error is still that of guessing."""


class GiveUp(Callback):
    """Stops a run whose error after 5 passes is above 80 %."""

    def epoch(self, history: History) -> None:
        if len(history) == PATIENCE and history.test_error[-1] > HOPELESS:
            raise NeverLearns


class Run:
    """One training. hurry: the schedule is so many times as fast as the paper's."""

    def __init__(self, choice: Choice, seed: int, train: Data, held_out: Data, epochs: int, hurry: int = 1) -> None:
        self.choice, self.train, self.held_out, self.epochs, self.hurry = choice, train, held_out, epochs, hurry
        self.rng = np.random.default_rng(seed)
        self.net = changed_network(choice, self.rng)
        self.loss, self.optimizer = loss_of(choice), optimizer_for(choice, self.net, self.rng)
        self.history = History()

    def result(self) -> dict[str, Any]:
        """Train, and return what `train_changed` returns."""
        outcome = "trained"
        try:
            self.first_steps()
            self.fit(self.train, self.epochs, history=self.history, test=self.held_out, callback=GiveUp(),
                     constant_order=self.choice.order == "constant", schedule=self.eta)  # fmt: skip
        except NeverLearns:
            outcome = "stopped"
        except Diverged:
            outcome = "diverged"
        errors = self.history.test_error if outcome != "diverged" else [*self.history.test_error, CHANCE]
        running = self.history.running_error if outcome != "diverged" else [CHANCE]
        return {"error": errors[-1], "errors": list(errors), "running_error": running[-1], "outcome": outcome,
                "eta": self.choice.eta}  # fmt: skip

    def fit(self, train: Data, epochs: int, **more: Any) -> History:
        return fit(self.net, self.loss, self.optimizer, train, epochs=epochs, batch_size=self.choice.batch_size,
                   rng=self.rng, train_error=False, verbose=False, **more)  # fmt: skip

    def eta(self, epoch: int) -> float:
        return paper(epoch * self.hurry, self.choice.eta)

    def first_steps(self) -> None:
        """Take the steps that come before the ordinary passes: a warm-up, and a first pass in parts."""
        if self.choice.warm_up:
            self.fit(first_of(self.train, self.choice.warm_up), 1, schedule=lambda _: ETA / 10)
        if self.choice.every:
            self.first_pass_in_parts()

    def first_pass_in_parts(self) -> None:
        """Make the first pass in parts, with a new estimate before each. An epoch of `fit` is a part."""
        x, labels = self.train
        count = max(1, len(labels) // self.choice.every)
        size = len(labels) // count

        def part(number: int) -> Data:
            return x[number * size : (number + 1) * size], labels[number * size : (number + 1) * size]

        parts = self.fit(part(0), count, fresh=part, schedule=lambda _: self.eta(0))
        error = evaluate(self.net, self.held_out).error
        columns = {name: float(np.mean(values)) for name, values in parts.columns().items()}
        self.history.append(**columns | {"test_error": error})


def loss_of(choice: Choice) -> Loss:
    if choice.output == "softmax":
        return CrossEntropyLoss()
    return MAPLoss(choice.j) if choice.j else MLELoss()


def optimizer_for(choice: Choice, net: Sequential, rng: np.random.Generator) -> Optimizer:
    if choice.optimizer == "SDLM":
        return optimizer_of(choice.patterns, net, choice.mu, choice.memory, rng)
    return {"SGD": SGD, "Adam": Adam}[choice.optimizer](net, 1)


def ends(results: Any, tasks: list[Task], name: str = "error") -> NDArray:
    """Return the number of this name of each task's result."""
    return np.array([results[task][name] for task in tasks])
