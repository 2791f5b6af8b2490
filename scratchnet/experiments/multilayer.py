"""The fully connected networks of Fig. 9 (III.C.5 and 6), on plain, deslanted or distorted digits."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scratchnet.datasets import Ranges, deslant, grey
from scratchnet.datasets.pixels import BACKGROUND, FOREGROUND
from scratchnet.experiments.ancestors import boxed
from scratchnet.experiments.changed_network import ONE_OF_10
from scratchnet.experiments.experiment import Plan
from scratchnet.experiments.many import Task
from scratchnet.experiments.trainings import digits, first_of, paper_set
from scratchnet.layers import RBF, Flatten, Linear, ScaledTanh, Sequential
from scratchnet.layers.initial import Seed, generator
from scratchnet.losses import MLELoss
from scratchnet.optimizers import Adam
from scratchnet.schedules import paper
from scratchnet.training import evaluate, fit
from scratchnet.training.evaluation import Data

TRIAL_EPOCHS = 3
TRIED = 20_000  # training digits for the choice of the learning rate: the last quarter of them to test


@dataclass(frozen=True)
class Multilayer:
    """A network: the units of its hidden layers; whether the digits are deslanted, in 20 x 20 pixels, or distorted.

    batch_size: of its training; candidates: first learning rates, to choose from; cost: of a training.
    """

    hidden: tuple[int, ...]
    deslanted: bool = False
    distorted: bool = False
    batch_size: int = 64
    candidates: tuple[float, ...] = (0.001, 0.003, 0.01)
    cost: float = 0.5

    def name(self) -> str:
        kind = "deslanted-" if self.deslanted else "distorted-" if self.distorted else ""
        return kind + "-".join(map(str, self.hidden))


def multilayer_task(plan: Plan, network: Multilayer, seed: int) -> Task:
    sizes = {"images": plan.images(), "tested": plan.tested(), "epochs": plan.epochs()}
    arguments = vars(network) | {"ranges": vars(Ranges())} | sizes
    del arguments["cost"]
    return Task(f"multilayer-{network.name()}-seed{seed}", train_multilayer, {"seed": seed} | arguments, network.cost)


def train_multilayer(
    seed: int,
    hidden: tuple[int, ...],
    deslanted: bool,
    distorted: bool,
    batch_size: int,
    candidates: tuple[float, ...],
    ranges: dict[str, float],
    images: int,
    tested: int,
    epochs: int,
) -> dict[str, Any]:
    """Train a fully connected network, and return its History, its scores on the test images, and its counts.

    Squared errors, Adam, and learning rates that fall as the paper's. The first one is that with the lowest error in
    short trials: three passes over 15,000 training digits, tested on 5,000 others.
    """
    train, test = digits(images, tested)
    prepare = upright if deslanted else as_input
    ready, x_test = (prepare(train[0]), train[1]), (prepare(test[0]), test[1])
    tried = first_of(ready, TRIED)
    count = len(tried[1]) // 4
    some, others = first_of(tried, len(tried[1]) - count), (tried[0][-count:], tried[1][-count:])

    def run(lr: float, data: Data, passes: int, fresh: Any = None) -> tuple[Sequential, Any]:
        net = multilayer(data[0].shape[-1], hidden, seed)
        history = fit(
            net,
            MLELoss(),
            Adam(net, lr),
            data,
            epochs=passes,
            batch_size=batch_size,
            schedule=lambda epoch: paper(20 * epoch // passes, lr / paper(0)),
            rng=np.random.default_rng(seed),
            constant_order=False,
            fresh=fresh,
            train_error=False,
            verbose=False,
        )
        return net, history

    def trial(lr: float) -> float:
        return evaluate(run(lr, some, TRIAL_EPOCHS)[0], others).error

    lr = min(candidates, key=trial)
    rng = np.random.default_rng([seed, 1])
    fresh = paper_set(*train, rng, Ranges(**ranges), prepare) if distorted else None
    net, history = run(lr, ready, epochs, fresh)
    weights = net["net"]
    return history.columns() | {
        "scores": evaluate(net, x_test).scores.astype(np.float32),
        "macs": weights.n_connections(weights.input_shape),
        "stored": weights.n_parameters(),
        "chosen": f"learning rate {lr:g}",
    }


def multilayer(size: int, hidden: tuple[int, ...], rng: Seed) -> Sequential:
    """Return the network (N, 1, size, size) -> penalties (N, 10).

    A penalty is the squared distance from 1 for the class and -1 for the others. Every layer is squashed, the last one
    too; weights are drawn as those of LeNet-5.
    """
    rng = generator(rng)
    layers: dict[str, Any] = {"flatten": Flatten()}
    for number, (fan_in, fan_out) in enumerate(pairwise((size * size, *hidden, 10)), 1):
        layers |= {f"H{number}": Linear(fan_in, fan_out, rng=rng), f"H{number}_squash": ScaledTanh()}
    return Sequential(net=Sequential(input_shape=(1, size, size), **layers), penalties=RBF(ONE_OF_10))


def as_input(images: NDArray) -> NDArray:
    """Return x (N, 1, 28, 28): the background -0.1, the foreground 1.175, as for LeNet-5."""
    return grey(images, BACKGROUND, FOREGROUND)


def upright(images: NDArray) -> NDArray:
    """Return x (N, 1, 20, 20): deslanted, and cut to the digit's box (III.A)."""
    return as_input(boxed(deslant(images)))
