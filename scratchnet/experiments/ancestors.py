"""LeNet-5's ancestors, the networks of 1989 and 1990, on MNIST brought to 16 x 16 pixels."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from scratchnet.datasets import grey, pad, resize
from scratchnet.errors import Diverged
from scratchnet.experiments.changed import CHANCE
from scratchnet.experiments.changed_network import ONE_OF_10
from scratchnet.experiments.experiment import (
    Drawing,
    Experiment,
    Findings,
    Plan,
    Table,
    mean,
    of_seeds,
    with_interval,
)
from scratchnet.experiments.many import Results, Task
from scratchnet.experiments.trainings import digits, first_of
from scratchnet.layers import RBF, Sequential
from scratchnet.losses import MLELoss
from scratchnet.models import lenet1, lenet_1989
from scratchnet.optimizers import SDLM
from scratchnet.schedules import paper
from scratchnet.training import History, evaluate, fit
from scratchnet.training.evaluation import Data

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BOX = 20  # the longer side of a digit of MNIST
SIZE = 16
TRIAL_EPOCHS = 3


@dataclass(frozen=True)
class Ancestor:
    """A network and its training. field: the size of its input; images: the training digits; candidates: factors on
    the paper's eta, to choose from; claimed: test error, in percent, and on which digits; cost: beside a training of
    LeNet-5."""

    what: str
    network: Callable[..., Sequential]
    field: int
    images: int
    epochs: int
    candidates: tuple[float, ...]
    claimed: float
    claimed_on: str
    cost: float


ANCESTORS = {
    "1989": Ancestor(
        "1989, 9,760 parameters", lenet_1989, 16, 7_291, 23, (0.0625, 0.25, 0.5), 5.0, "its own 2,007 digits", 3.0
    ),
    "1990": Ancestor("1990, 2,578 parameters", lenet1, 28, 7_291, 23, (0.25, 1, 4), 3.4, "its own digits", 0.15),
    "1998": Ancestor("the same as LeNet-1", lenet1, 28, 60_000, 20, (0.25, 1, 4), 1.7, "MNIST", 0.5),
}


def ancestor_task(plan: Plan, name: str, seed: int) -> Task:
    ancestor = ANCESTORS[name]
    sizes = {"images": plan.images(ancestor.images), "tested": plan.tested(), "epochs": plan.epochs(ancestor.epochs)}
    return Task(f"ancestor-{name}-seed{seed}", train_ancestor, {"name": name, "seed": seed} | sizes, ancestor.cost)


def train_ancestor(name: str, seed: int, images: int, tested: int, epochs: int) -> dict[str, Any]:
    """Train the ancestor of this name. Return its History, its scores on the test images, and eta, the factor on the
    paper's learning rates.

    The factor is the one with the lowest error in short trials: on three quarters of the training digits (at most
    15,000), three passes, tested on the last quarter (at most 5,000).
    """
    ancestor = ANCESTORS[name]
    train, test = ((prepared(pixels, ancestor.field), labels) for pixels, labels in digits(images, tested))
    count = min(images // 4, 5_000)
    some, others = first_of(train, min(images - count, 15_000)), (train[0][-count:], train[1][-count:])
    trials = {
        eta: end(trained(ancestor, seed, eta, some, others, TRIAL_EPOCHS)[1], "test_error")
        for eta in ancestor.candidates
    }
    eta = min(trials, key=lambda eta: trials[eta])
    net, history = trained(ancestor, seed, eta, train, test, epochs)
    errors = {"error": end(history, "test_error"), "left": end(history, "train_error")}
    return history.columns() | errors | {"eta": eta, "scores": evaluate(net, test).scores.astype(np.float32)}


def end(history: History, name: str) -> float:
    """Return the last number of a column; that of guessing, if the training diverged."""
    return getattr(history, name)[-1] if len(history) and np.isfinite(history.loss[-1]) else CHANCE


def trained(
    ancestor: Ancestor, seed: int, eta: float, train: Data, test: Data, epochs: int
) -> tuple[Sequential, History]:
    """Train the network as described: one pattern at a time, diagonal Newton steps, squared errors, constant order.

    Squared errors with the targets +-1 are eq. 8 with 1-of-10 codes: y_D = sum_k (x_k - t_k)^2.
    """
    rng = np.random.default_rng(seed)
    net = Sequential(net=ancestor.network(rng), penalties=RBF(ONE_OF_10))
    history = History()
    try:
        fit(net, MLELoss(), SDLM(net, 1, mu=0.02), train, test=test, epochs=epochs, rng=rng, history=history,
            schedule=lambda epoch: paper(20 * epoch // epochs, eta), verbose=False)  # fmt: skip
    except Diverged:
        history.append(loss=float("nan"))
    return net, history


def prepared(images: NDArray, field: int) -> NDArray:
    """Return the digits as 16 x 16 pixels, in a field of this size, from -1 to 1: (N, 1, field, field).

    uint8 (N, 28, 28). The longer side of a digit, at most 20 pixels in MNIST, becomes at most 16.
    """
    return grey(pad(resize(boxed(images), SIZE), field), -1, 1)


def boxed(images: NDArray) -> NDArray:
    """Return each digit in the middle of 20 x 20 pixels: uint8 (N, 28, 28) -> (N, 20, 20)."""
    found = np.zeros((len(images), BOX, BOX), np.uint8)
    for image, box in zip(pad(images, images.shape[1] + BOX), found):
        top, left = (start_of(image.any(axis=axis)) for axis in (1, 0))
        box[:] = image[top : top + BOX, left : left + BOX]
    return found


def start_of(inked: NDArray) -> int:
    """Return where a window of 20 begins that has the inked rows, or columns, in its middle."""
    rows = np.flatnonzero(inked) if inked.any() else np.arange(len(inked))
    return int(rows[0] + rows[-1] + 1 - BOX) // 2


def tasks(plan: Plan) -> list[Task]:
    return [ancestor_task(plan, name, seed) for name in ANCESTORS for seed in range(plan.seeds)]


def findings(plan: Plan, results: Results) -> Findings:
    runs = {name: [results[task] for task in of_seeds(plan, partial(ancestor_task, plan, name))] for name in ANCESTORS}
    errors = {name: np.array([run["error"] for run in some]) for name, some in runs.items()}
    left = {name: np.array([run["left"] for run in some]) for name, some in runs.items()}
    rows = [
        (ancestor.what, f"{plan.images(ancestor.images):,}", str(plan.epochs(ancestor.epochs)),
         with_interval(errors[name]), with_interval(left[name]), f"{ancestor.claimed} ({ancestor.claimed_on})",
         ", ".join(f"{run['eta']:g}" for run in runs[name]))
        for name, ancestor in ANCESTORS.items()
    ]  # fmt: skip
    columns = ("network of", "training digits", "passes", "test error", "training error, after", "published test error",
               "factors on eta")  # fmt: skip
    return Findings(
        [Drawing("ancestors", drawn(runs), CAPTION)],
        [
            Table(
                "Errors of LeNet-5's ancestors on MNIST at 16 x 16 pixels, %: mean (95 % interval)", columns, rows, NOTE
            )
        ],
        [
            f"The network of 1989 has {mean(errors['1989']):.2f} % test error and {mean(left['1989']):.2f} % training "
            "error; published are 5.0 and 0.14 %, on other digits. That of 1990 on as many digits has "
            f"{mean(errors['1990']):.2f} %; published are 3.4 %, on other digits.",
            f"Trained on MNIST, LeNet-1 has {mean(errors['1998']):.2f} % test error; the paper has 1.7 % (Fig. 9).",
        ],
    )


NOTE = (
    "The digits of MNIST, each in its box, brought to 16 x 16 pixels: the sets of 1989 and 1990 are not these digits. "
    "7,291 is the size of the set of 1989. The set of 1990 has 2,549 printed digits more. All have squared errors, "
    "one pattern at a time and diagonal Newton steps (SDLM); the factor on eta is chosen within the training digits. "
    "At a factor of 8 some runs of the network of 1990 never learn."
)
CAPTION = (
    "Test errors after each pass: means over the seeds, in bands from the lowest to the highest. Lines: published."
)


def drawn(runs: dict[str, list[dict[str, Any]]]) -> "Figure":
    from matplotlib.ticker import MaxNLocator

    from scratchnet.viewing.figures import BLUE, GREEN, ORANGE
    from scratchnet.viewing.pieces import bare, new_figure

    figure = new_figure(None, 7.5, 4.2)
    ax = figure.subplots()
    for (name, some), colour, marker, line in zip(runs.items(), (BLUE, ORANGE, GREEN), "os^", ("-", "--", ":")):
        length = min(len(run["test_error"]) for run in some)
        errors = np.array([run["test_error"][:length] for run in some])
        passes, ancestor = range(1, length + 1), ANCESTORS[name]
        label = f"{ancestor.what}, {ancestor.images:,} digits"
        ax.fill_between(passes, errors.min(axis=0), errors.max(axis=0), color=colour, alpha=0.2, linewidth=0)
        ax.plot(passes, errors.mean(axis=0), color=colour, marker=marker, markersize=4, linestyle=line, label=label)
        ax.axhline(ancestor.claimed, color=colour, linewidth=0.7, linestyle=line)
        ax.annotate(f"published: {ancestor.claimed} %", (1, ancestor.claimed), xycoords=("axes fraction", "data"),
                    xytext=(5, 0), textcoords="offset points", va="center", color=colour, fontsize=8)  # fmt: skip
    ax.set(xlabel="passes over the training set", ylabel="test error (%)")
    lowest_top = max(min(run["test_error"]) for some in runs.values() for run in some)
    ax.set_ylim(0, max(12.0, 1.2 * lowest_top))
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.legend(frameon=False)
    bare(ax)
    return figure


EXPERIMENT = Experiment("ancestors", "The networks of 1989 and 1990, and LeNet-1", "III.C.7", tasks, findings)
