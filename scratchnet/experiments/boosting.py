"""Boosting (III.C.8): three networks, the second for what the first finds hard, the third for what divides the two."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scratchnet.datasets import Ranges, distort, paper_input
from scratchnet.experiments.experiment import Plan
from scratchnet.experiments.many import Task
from scratchnet.experiments.trainings import digits, train_lenet5, trained
from scratchnet.layers import Sequential
from scratchnet.losses import MAPLoss
from scratchnet.models import lenet5
from scratchnet.optimizers import SDLM
from scratchnet.runs.recipes import ETA_SCALE, J
from scratchnet.schedules import paper
from scratchnet.training import evaluate, fit
from scratchnet.training.evaluation import Data

COST = 6.0  # beside one training of LeNet-5
MOST = 200  # distorted copies of the training digits, at most, to find patterns in


def boosted_task(plan: Plan, seed: int) -> Task:
    sizes = {"images": plan.images(), "tested": plan.tested(), "epochs": plan.epochs()}
    return Task(f"boosted-seed{seed}", train_boosted, {"seed": seed, "ranges": vars(Ranges())} | sizes, COST)


def train_boosted(seed: int, ranges: dict[str, float], images: int, tested: int, epochs: int) -> dict[str, Any]:
    """Train three LeNet-5, and return their added scores on the test images.

    The first is the network trained on the paper's distorted set. Of new distorted digits, the second gets as many
    that the first reads wrong as that it reads right; the third gets those that the first two read differently.
    errors: of each network alone, in percent; drawn: how many digits were distorted to find the patterns of each.
    """
    train, test = digits(images, tested)
    x_test = paper_input(test[0]), test[1]
    one = trained(train_lenet5(seed, images, tested, epochs, ranges))
    hard, drawn_for_two = patterns(train, Ranges(**ranges), np.random.default_rng([seed, 5]), halves(one))
    two = fitted([seed, 6], hard, epochs)
    split, drawn_for_three = patterns(train, Ranges(**ranges), np.random.default_rng([seed, 7]), divided(one, two))
    nets = [one, two]
    if len(split[1]):  # after a training in seconds two networks may give the same answer to everything
        nets.append(fitted([seed, 8], split, epochs))
    looks = [evaluate(net, x_test) for net in nets]
    return {
        "scores": np.sum([look.scores for look in looks], axis=0, dtype=np.float32),
        "errors": [look.error for look in looks],
        "drawn": [drawn_for_two, drawn_for_three],
        "patterns": [len(hard[1]), len(split[1])],
        "macs": sum(net.n_connections(net.input_shape) for net in nets),
        "stored": sum(net.n_parameters() for net in nets),
    }


Choose = Callable[[NDArray, NDArray], NDArray[np.intp]]


def patterns(train: Data, ranges: Ranges, rng: np.random.Generator, choose: Choose) -> tuple[Data, int]:
    """Return as many distorted digits (x, labels) as there are training digits, those that `choose` takes.

    Returns how many were distorted for it, too. After 200 copies of the training digits it is content with fewer.
    """
    wanted, found, count = len(train[1]), [], 0
    for pixels, labels in batches(train, ranges, rng):
        x = paper_input(pixels)
        chosen = choose(x, labels)
        found.append((x[chosen], labels[chosen]))
        count += len(labels)
        if sum(len(y) for _, y in found) >= wanted:
            break
    x, labels = (np.concatenate(parts)[:wanted] for parts in zip(*found))
    order = rng.permutation(len(labels))
    return (x[order], labels[order]), count


def batches(train: Data, ranges: Ranges, rng: np.random.Generator, size: int = 5_000) -> Iterator[Data]:
    """Yield distorted copies of the training digits, in batches."""
    for _ in range(MOST):
        for start in range(0, len(train[1]), size):
            part = slice(start, start + size)
            yield distort(train[0][part], rng, ranges), train[1][part]


def halves(net: Sequential) -> Choose:
    """Return what chooses as many digits that the network reads wrong as it reads right."""

    def choose(x: NDArray, labels: NDArray) -> NDArray[np.intp]:
        right = evaluate(net, (x, labels)).predictions == labels
        count = min(right.sum(), len(right) - right.sum())
        return np.concatenate([np.flatnonzero(~right)[:count], np.flatnonzero(right)[:count]])

    return choose


def divided(one: Sequential, two: Sequential) -> Choose:
    """Return what chooses the digits that two networks read differently."""

    def choose(x: NDArray, labels: NDArray) -> NDArray[np.intp]:
        answers = [evaluate(net, (x, labels)).predictions for net in (one, two)]
        return np.flatnonzero(answers[0] != answers[1])

    return choose


def fitted(seed: Any, data: Data, epochs: int) -> Sequential:
    """Return LeNet-5 trained on these digits by the paper's recipe."""
    rng = np.random.default_rng(seed)
    net = lenet5(rng)
    fit(net, MAPLoss(J), SDLM(net, 1, mu=0.02), data, epochs=epochs, rng=rng, train_error=False, verbose=False,
        schedule=lambda epoch: paper(epoch, ETA_SCALE))  # fmt: skip
    return net
