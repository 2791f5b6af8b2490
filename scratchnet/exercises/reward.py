"""LeNet-5 on the learner's own layers."""

import contextlib
import sys
import time
import warnings
from dataclasses import dataclass

import numpy as np
from tqdm import tqdm

from scratchnet.errors import InputError
from scratchnet.exercises.checker import check_answer
from scratchnet.exercises.learner import explained, load
from scratchnet.layers import RBF, Conv2d, Linear, ScaledTanh, Subsampling
from scratchnet.losses import MAPLoss
from scratchnet.models import lenet5
from scratchnet.optimizers import SDLM
from scratchnet.schedules import paper
from scratchnet.training import Callback, evaluate, fit

PARTS = (ScaledTanh, Conv2d, Subsampling, Linear, RBF, MAPLoss, SDLM, lenet5)
PASSES = ("forward", "backward", "backward2")
SLOW = {"convolution-by-loops"}  # conv-forward does the same in a thousandth of the time
IMAGES, TEST, MINUTES = 10_000, 2_000, 3


@dataclass
class Own:
    """classes: {what LeNet-5 needs: what is used for it}; names: exercises that are right; missing: the others."""

    classes: dict
    names: list
    missing: list


def own_parts(folder, exercises):
    """For each part of LeNet-5 a class of all right answers to its exercises, else the library's.

    Raises InputError when there is none at all.
    """
    found, names, missing = {part: [] for part in PARTS}, [], []
    for exercise in exercises:
        if exercise.target not in PARTS or exercise.name in SLOW:
            continue
        path = folder.file(exercise)
        if check_answer(exercise, path).state == "right":
            found[exercise.target].insert(0, load(exercise, path))
            names.append(exercise.name)
        else:
            missing.append(exercise.name)
    if not names:
        raise InputError(
            f"None of the exercises that LeNet-5 is made of is right yet: {', '.join(missing)}. Begin with one of them."
        )
    return Own({part: combined(part, mine) for part, mine in found.items()}, names, missing)


def combined(part, mine):
    """Return one class made of several exercises on the same layer; the library's if there is none."""
    if not mine:
        return part
    return type(f"My{part.__name__}", tuple(mine), {}) if isinstance(part, type) else mine[0]


def own_network(own, rng):
    """LeNet-5 with the learner's classes in the place of the library's; its arrays stay."""
    net = own.classes[lenet5](rng)
    for leaf in net.leaves():
        leaf.__class__ = own.classes.get(type(leaf), type(leaf))
    return net


def whose(net):
    """Return {layer: names of the passes that the learner wrote}, and how many layers have their forward."""
    passes = {}
    for name, layer in net.layers.items():
        mine = [kind for kind in type(layer).__mro__ if not kind.__module__.startswith("scratchnet")]
        passes[name] = [p for p in PASSES if any(p in vars(kind) for kind in mine)]
    return passes, sum("forward" in mine for mine in passes.values())


class TimeIsUp(Exception):
    """Raised when the time for the training is over."""


class Bar(Callback):
    """A progress bar on a terminal; ends the training after some minutes. done: digits learnt."""

    def __init__(self, total):
        self.bar = tqdm(total=total, ascii=True, unit=" digits", disable=None, leave=False, file=sys.stderr)
        self.end_at, self.done = time.monotonic() + 60 * MINUTES, 0

    def batch(self, done, total, loss):
        self.bar.update(done - self.done)
        self.done = done
        if time.monotonic() > self.end_at:
            raise TimeIsUp


def train_own_layers(own, folder, train_set, test_set, seed=0):
    """One pass over train_set, or as much of it as a few minutes allow. Returns the number of digits, and the
    Evaluation on test_set."""
    net, bar = own_network(own, np.random.default_rng(seed)), Bar(len(train_set[0]))
    warnings.filterwarnings("ignore", ".*is faster on contiguous arrays")  # Numba's, for arrays of the learner
    with explained(folder.path / "my.py"), contextlib.suppress(TimeIsUp), contextlib.closing(bar.bar):
        optimizer, rng = own.classes[SDLM](net, paper(0, 0.25)), np.random.default_rng(seed)
        loss = own.classes[MAPLoss](10)
        fit(
            net,
            loss,
            optimizer,
            train_set,
            epochs=1,
            rng=rng,
            train_error=False,
            fast=False,
            callback=bar,
            verbose=False,
        )
    with explained(folder.path / "my.py"):
        return bar.done, evaluate(net, test_set, fast=False)
