"""Trained networks that several experiments look at: LeNet-5, plain, on distorted digits, and on noise."""

from collections.abc import Callable
from functools import cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scratchnet.datasets import Ranges, affine, load, paper_input
from scratchnet.datasets.distortions import draw
from scratchnet.experiments.disturb import disturbed_errors, inverted_pixels
from scratchnet.experiments.experiment import Plan
from scratchnet.experiments.many import Task
from scratchnet.layers import Sequential
from scratchnet.losses import MAPLoss
from scratchnet.models import lenet5
from scratchnet.optimizers import SDLM
from scratchnet.runs.recipes import ETA_SCALE, J
from scratchnet.schedules import paper
from scratchnet.training import evaluate, fit
from scratchnet.training.evaluation import Data

HELD_OUT = 5_000  # training digits, for choices: the test set is for reporting
SPLIT = 1998  # the seed of that split, the same in all runs
COPIES = 10  # the paper's set: every image, and 9 distorted copies of it


def lenet5_task(plan: Plan, seed: int, name: str = "", **choices: Any) -> Task:
    """Return the task of training LeNet-5 by the paper's recipe; choices: other arguments of `train_lenet5`."""
    sizes = {"images": plan.images(choices.pop("images", 60_000)), "tested": plan.tested(), "epochs": plan.epochs()}
    what = "lenet5" + (f"-{name}" if name else "")
    cost = sizes["images"] * sizes["epochs"] / 1.2e6 * (1.3 if choices.get("training_error") else 1)
    return Task(f"{what}-seed{seed}", train_lenet5, {"seed": seed} | sizes | choices, cost)


def plain(plan: Plan, seed: int) -> Task:
    """Return the task of the paper's network on the paper's 60,000 digits."""
    return lenet5_task(plan, seed, "plain", training_error=True, disturbed=True)


def distorted(plan: Plan, seed: int) -> Task:
    """Return the task of the network trained on the paper's 600,000 digits, 540,000 of them distorted."""
    return lenet5_task(plan, seed, "distorted", ranges=vars(Ranges()), disturbed=True)


def train_lenet5(
    seed: int,
    images: int,
    tested: int,
    epochs: int,
    ranges: dict[str, float] | None = None,
    inverted: float = 0.0,
    held_out: bool = False,
    training_error: bool = False,
    disturbed: bool = False,
) -> dict[str, Any]:
    """Train LeNet-5 by the paper's recipe, and return its History, its penalties on the test images, and its state.

    images, tested: how many; ranges: of the paper's set of 600,000 images; inverted: the share of the pixels that are
    inverted, anew in each epoch (III.E); held_out: train on 55,000 digits, and test on the other 5,000;
    training_error: measure it after each epoch; disturbed: measure the error on disturbed test images too.
    """
    rng = np.random.default_rng(seed)
    net = lenet5(rng)
    train, test = digits(images, tested, held_out)
    fresh = None
    if ranges:
        fresh = paper_set(*train, np.random.default_rng([seed, 1]), Ranges(**ranges))
    elif inverted:
        fresh = partial(noisy, *train, seed=seed, share=inverted)
    x_test = paper_input(test[0]), test[1]
    history = fit(
        net,
        MAPLoss(J),
        SDLM(net, 1, mu=0.02),
        (paper_input(train[0]), train[1]),
        test=x_test,
        epochs=epochs,
        schedule=lambda epoch: paper(epoch, ETA_SCALE),
        rng=rng,
        fresh=fresh,
        train_error=training_error,
        verbose=False,
    )
    penalties = -evaluate(net, x_test).scores
    result = history.columns() | {"penalties": penalties.astype(np.float32)} | net.state()
    return result | {"disturbed": disturbed_errors(net, *test)} if disturbed else result


def digits(images: int, tested: int, held_out: bool = False) -> tuple[Data, Data]:
    """Return the first images and labels to train on, and those to test on: of the test set, or held out."""
    if not held_out:
        return first_of(mnist("train"), images), first_of(mnist("test"), tested)
    train_images, labels = mnist("train")
    order = np.random.default_rng(SPLIT).permutation(len(labels))
    parts = order[HELD_OUT:][:images], order[:HELD_OUT][:tested]
    train, test = ((train_images[part], labels[part]) for part in parts)
    return train, test


@cache
def mnist(split: str) -> Data:
    """Return the images and labels of a split; they are read once in a process."""
    return load("mnist", split)


def first_of(data: Data, count: int) -> Data:
    return data[0][:count], data[1][:count]


def paper_set(
    images: NDArray,
    labels: NDArray,
    rng: np.random.Generator,
    ranges: Ranges,
    prepare: Callable[[NDArray], NDArray] = paper_input,
) -> Callable[[int], Data]:
    """Return epoch -> its share of the paper's set: all images, and nine distorted copies of each, in random order.

    As the paper trains on it (III.B), the length of an epoch stays that of the images: ten epochs show the whole set
    once, so that in twenty "the network effectively sees each individual sample only twice".
    prepare: makes x of the images.
    """
    N = len(images)
    order, numbers = rng.permutation(COPIES * N), draw((COPIES - 1) * N, rng, ranges)

    def fresh(epoch: int) -> Data:
        first = epoch % COPIES * N
        part = order[first : first + N]
        copy = part >= N
        moves = np.zeros((N, numbers.shape[1]))
        moves[copy] = numbers[part[copy] - N]
        return prepare(affine(images[part % N], *moves.T)), labels[part % N]

    return fresh


def noisy(images: NDArray, labels: NDArray, epoch: int, seed: int, share: float) -> Data:
    """Return the images with this share of their pixels inverted, drawn anew for each epoch (III.E)."""
    return paper_input(inverted_pixels(images, share, np.random.default_rng([seed, 2, epoch]))), labels


def trained(result: dict[str, Any]) -> Sequential:
    """Return the network of a result of `train_lenet5`."""
    net = lenet5(0)
    for name, array in net.state().items():
        array[...] = result[name]
    return net
