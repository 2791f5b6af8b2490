"""The methods of Fig. 9, in its order: the paper's numbers, and the runs that give ours."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scratchnet.datasets import deslant
from scratchnet.experiments import peers
from scratchnet.experiments.ancestors import ancestor_task, boxed
from scratchnet.experiments.boosting import boosted_task
from scratchnet.experiments.experiment import Plan, of_seeds
from scratchnet.experiments.many import Results, Task
from scratchnet.experiments.multilayer import Multilayer, multilayer_task
from scratchnet.experiments.peers import wrong
from scratchnet.experiments.tangents import tangent_neighbours
from scratchnet.experiments.trainings import digits, distorted, plain
from scratchnet.layers import Sequential
from scratchnet.models import lenet1, lenet5

PEERS: dict[str, Callable[..., dict[str, Any]]] = {
    "linear": peers.linear,
    "pairwise": peers.pairwise,
    "neighbours": peers.neighbours,
    "quadratic": peers.quadratic,
    "radial": peers.radial,
    "tangent": tangent_neighbours,
    "svm": peers.support_vectors,
    "virtual": peers.virtual_support_vectors,
}
COSTS = {"neighbours": 0.5, "radial": 1.0, "tangent": 2.0, "svm": 6.0, "virtual": 20.0}


def peer_task(plan: Plan, method: str, deslanted: bool = False) -> list[Task]:
    """Return the task of a method without a seed, as a list."""
    arguments = {"method": method, "deslanted": deslanted, "images": plan.images(), "tested": plan.tested()}
    name = f"peer-{method}{'-deslanted' * deslanted}"
    return [Task(name, run_peer, arguments, COSTS.get(method, 0.2))]


def run_peer(method: str, deslanted: bool, images: int, tested: int) -> dict[str, Any]:
    """Return what the method of this name finds on the test images, see peers.py."""
    train, test = digits(images, tested)
    if deslanted:
        train, test = ((boxed(deslant(pixels)), labels) for pixels, labels in (train, test))
    found = PEERS[method](train, test)
    return found | {"scores": found["scores"].astype(np.float32)}


@dataclass(frozen=True)
class Method:
    """A bar of Fig. 9. paper: its test error in percent; macs, stored: of Figs 11 and 12, in thousands; rejected: of
    Fig. 10, in percent; tasks: Plan -> our runs, one for each seed; net: our network; why: it is not here."""

    name: str
    paper: float
    macs: float | None = None
    stored: float | None = None
    rejected: float | None = None
    tasks: Callable[[Plan], list[Task]] | None = None
    net: Callable[..., Sequential] | None = None
    why: str = ""


def with_seeds(task: Callable[[Plan, int], Task]) -> Callable[[Plan], list[Task]]:
    return lambda plan: of_seeds(plan, partial(task, plan))


def once(network: Multilayer) -> Callable[[Plan], list[Task]]:
    return lambda plan: [multilayer_task(plan, network, 0)]


def peer(method: str, deslanted: bool = False) -> Callable[[Plan], list[Task]]:
    return lambda plan: peer_task(plan, method, deslanted)


def lenet1_task(plan: Plan, seed: int) -> Task:
    return ancestor_task(plan, "1998", seed)


NOT_LENET4 = "its description cannot give its 17,000 parameters: the 120 units alone would have 48,120 weights"
METHODS = (
    Method("linear", 12.0, None, None, None, peer("linear")),
    Method("[deslanted] linear", 8.4, 4, 4, None, peer("linear", True)),
    Method("pairwise linear", 7.6, 36, 35, None, peer("pairwise")),
    Method("k nearest neighbours", 5.0, None, None, None, peer("neighbours")),
    Method("[deslanted] k nearest neighbours", 2.4, 24_000, 24_000, 8.1, peer("neighbours", True)),
    Method("40 PCA + quadratic", 3.3, 39, 40, None, peer("quadratic")),
    Method("1000 RBF + linear", 3.6, 794, 794, None, peer("radial")),
    Method("[16 x 16] tangent distance", 1.1, 20_000, 25_000, 1.9, peer("tangent")),
    Method("SVM, polynomial of degree 4", 1.1, 14_000, 14_000, 1.8, peer("svm")),
    Method("reduced set SVM, degree 5", 1.0, 650, 650, None, why="scikit-learn has no reduced sets of support vectors"),
    Method("[moved] virtual SVM, degree 9", 0.8, 28_000, 28_000, None, peer("virtual")),
    Method("28x28-300-10", 4.7, None, None, None, once(Multilayer((300,)))),
    Method("[distorted] 28x28-300-10", 3.6, None, None, None, once(Multilayer((300,), distorted=True))),
    Method("[deslanted] 20x20-300-10", 1.6, 123, 123, 3.2, once(Multilayer((300,), deslanted=True))),
    Method("28x28-1000-10", 4.5, 795, 795, None, once(Multilayer((1000,), cost=2.0))),
    Method("[distorted] 28x28-1000-10", 3.8, 795, 795, None, once(Multilayer((1000,), distorted=True, cost=2.0))),
    Method("28x28-300-100-10", 3.05, 267, 267, None, once(Multilayer((300, 100)))),
    Method("[distorted] 28x28-300-100-10", 2.5, 267, 267, None, once(Multilayer((300, 100), distorted=True))),
    Method("28x28-500-150-10", 2.95, 469, 469, None, once(Multilayer((500, 150), cost=1.0))),
    Method("[distorted] 28x28-500-150-10", 2.45, 469, 469, None, once(Multilayer((500, 150), False, True, cost=1.0))),
    Method("[16 x 16] LeNet-1", 1.7, 100, 3, 3.7, with_seeds(lenet1_task), lenet1),
    Method("LeNet-4", 1.1, 260, 17, 1.8, why=NOT_LENET4),
    Method("LeNet-4 with local learning", 1.1, 20_000, 24_000, 1.4, why=NOT_LENET4),
    Method("LeNet-4 with k nearest neighbours", 1.1, 10_000, 24_000, 1.6, why=NOT_LENET4),
    Method("LeNet-5", 0.95, 401, 60, None, with_seeds(plain), lenet5),
    Method("[distorted] LeNet-5", 0.8, 401, 60, None, with_seeds(distorted), lenet5),
    Method("[distorted] boosted LeNet-4 (ours: LeNet-5)", 0.7, 460, 51, 0.5,
           lambda plan: [boosted_task(plan, 0)]),
)  # fmt: skip


@dataclass(frozen=True)
class Found:
    """What the runs of a method found. errors: test errors in percent, one a run; scores: (N, 10), one array a run;
    macs, stored: how many multiplications an image takes, and how many numbers are kept; chosen: for a remark."""

    errors: list[float]
    scores: list[NDArray]
    macs: float
    stored: float
    chosen: str


def found(method: Method, plan: Plan, results: Results) -> Found | None:
    """Return what the runs of this method found, None for a method that is not rebuilt."""
    if method.tasks is None:
        return None
    runs = [results[task] for task in method.tasks(plan)]
    labels = digits(1, plan.tested())[1][1]
    scores = [-run["penalties"] if "penalties" in run else run["scores"] for run in runs]
    if method.net:
        net = method.net(0)
        counts = net.n_connections(net.input_shape), net.n_parameters()
    else:
        counts = runs[0]["macs"], runs[0]["stored"]
    return Found([wrong(some, labels) for some in scores], scores, *counts, str(runs[0].get("chosen", "")))
