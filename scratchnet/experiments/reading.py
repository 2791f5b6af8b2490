"""A network trained to read strings of digits, and how well it does (paper, VII)."""

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scratchnet.datasets import digit_strings, grey, string_windows
from scratchnet.datasets.pixels import BACKGROUND, FOREGROUND
from scratchnet.experiments.disturb import inverted_pixels
from scratchnet.experiments.experiment import Plan
from scratchnet.experiments.many import Task
from scratchnet.experiments.trainings import digits
from scratchnet.layers import Sequential
from scratchnet.losses import MAPLoss
from scratchnet.metrics import edit_distance
from scratchnet.models import Reading, read_string, space_displacement, string_lenet5
from scratchnet.optimizers import SDLM
from scratchnet.runs.doubt import limits
from scratchnet.runs.recipes import J
from scratchnet.schedules import exponential
from scratchnet.training import fit
from scratchnet.training.evaluation import Data

LENGTHS = (3, 5, 10)
STRINGS = 1_000  # of each length
INVERTED = 0.1  # the share of the pixels that noise inverts: 10 % salt and pepper noise (VII)
COST = 4.0  # how long a training takes, beside one of LeNet-5 for 20 epochs

# The paper does not say how long it trained, or at which learning rates; ours fall by the same factor in each epoch.
# Shorter trainings were compared on strings of held-out training digits: these rates, on digits without distortions,
# were the best of the few that were tried.
EPOCHS = 36
FIRST, LAST = 2.5e-4, 2.5e-6


def strings_task(plan: Plan, seed: int) -> Task:
    """Return the task of training a network on windows of strings, and of reading strings with it."""
    sizes = {"images": plan.images(), "tested": plan.tested(), "epochs": plan.epochs(EPOCHS)}
    sizes["strings"] = 20 if plan.tiny else STRINGS
    return Task(f"sdnn-seed{seed}", train_on_strings, {"seed": seed} | sizes, COST * sizes["images"] / 60_000)


def train_on_strings(
    seed: int, images: int, tested: int, epochs: int, strings: int, held_out: bool = False
) -> dict[str, Any]:
    """Train LeNet-5 with a blank class on windows of strings, and return its History, its state, and what it reads.

    For strings of each length, without noise ("clean_5") and with noise ("noisy_5"), it returns how many characters
    are wrong in each: the edit distance. Then the limits of doubt (runs/doubt.py).
    images, tested: how many digits are used; held_out: train on 55,000 digits, and test on the other 5,000.
    """
    net = string_lenet5(seed)
    train, test = digits(images, tested, held_out)
    fresh = partial(windows, *train, seed=seed)
    history = fit(
        net,
        MAPLoss(J),
        SDLM(net, 1, mu=0.02),
        fresh(0),
        epochs=epochs,
        schedule=lambda epoch: exponential(epoch, FIRST, (LAST / FIRST) ** (1 / max(epochs - 1, 1))),
        rng=np.random.default_rng(seed),
        fresh=fresh,
        train_error=False,
        verbose=False,
    )
    wrong = {}
    for length in LENGTHS:
        strips, true = digit_strings(*test, strings, length, np.random.default_rng([seed, 3, length]))
        noise = np.random.default_rng([seed, 4, length])
        for name, pictures in (("clean", strips), ("noisy", inverted_pixels(strips, INVERTED, noise))):
            penalties = outputs(net, pictures)
            read = [read_string(y) for y in penalties]
            wrong[f"{name}_{length}"] = np.array([edit_distance(list(t), r.string) for t, r in zip(true, read)])
            if name == "clean" and length == LENGTHS[0]:
                doubt = limits_of(net, penalties, true, read)
    return history.columns() | wrong | {"doubt": doubt} | net.state()


def windows(images: NDArray, labels: NDArray, epoch: int, seed: int) -> Data:
    """Return the training data of an epoch: windows on strings, with noise, all drawn anew."""
    rng = np.random.default_rng([seed, 2, epoch])
    pixels, targets = string_windows(images, labels, rng)
    return as_input(inverted_pixels(pixels, INVERTED, rng)), targets


def as_input(strips: NDArray) -> NDArray:
    """Return x (N, 1, 32, W) for strips uint8 (N, 32, W): the background -0.1, the foreground 1.175, as for digits."""
    return grey(strips, BACKGROUND, FOREGROUND)


def outputs(net: Sequential, strips: NDArray, batch_size: int = 50) -> NDArray:
    """Return the penalties (N, classes, positions) of strips (N, 32, W), in batches."""
    parts = range(0, len(strips), batch_size)
    return np.concatenate([space_displacement(net, as_input(strips[i : i + batch_size])) for i in parts])


def limits_of(net: Sequential, penalties: NDArray, true: NDArray, read: list[Reading]) -> dict[str, float]:
    """Return the limits of doubt: what the outputs reach where a character is read, in strings that are read right."""
    right = [(y, r) for y, t, r in zip(penalties, true, read) if r.string == tuple(t)]
    if not right:
        return {}
    scores = np.concatenate([-y[:, list(r.places)].T for y, r in right])
    return limits(net, scores, np.concatenate([r.string for _, r in right]))


def reader(result: dict[str, Any]) -> Sequential:
    """Return the network of a result of `train_on_strings`."""
    net = string_lenet5(0)
    for name, array in net.state().items():
        array[...] = result[name]
    return net
