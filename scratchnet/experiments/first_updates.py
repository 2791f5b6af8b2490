"""The first 200 updates with the printed initial weights: which units saturate, and how long the steps are."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from scratchnet.datasets import paper_input
from scratchnet.experiments.experiment import Drawing, Findings, Plan, Table
from scratchnet.experiments.many import Results, Task
from scratchnet.experiments.saturation import activations, saturated, spread_over_patterns
from scratchnet.experiments.trainings import digits
from scratchnet.layers import Sequential
from scratchnet.layers.initial import uniform_over_fan_in
from scratchnet.losses import MLELoss
from scratchnet.models import lenet5
from scratchnet.optimizers import SDLM
from scratchnet.schedules import paper
from scratchnet.training import fit

if TYPE_CHECKING:
    from matplotlib.figure import Figure

UPDATES = 200
EVERY = 5  # updates between two looks
LOOKED_AT = 200  # held-out patterns
ESTIMATED = 500  # patterns of the curvature


@dataclass(frozen=True)
class Case:
    """What comes before the 200 updates. name: of its task; warm_up: so many patterns at a tenth of eta; eta: a factor
    on the paper's, in the 200 updates."""

    name: str
    warm_up: int = 0
    eta: float = 1.0


def case_task(plan: Plan, case: Case) -> Task:
    warm_up, updates = (case.warm_up // 50, UPDATES // 10) if plan.tiny else (case.warm_up, UPDATES)
    return Task(
        f"first-updates-{case.name}",
        watch_updates,
        {"seed": 0, "warm_up": warm_up, "eta": case.eta, "updates": updates},
        0.1,
    )


def watch_updates(seed: int, warm_up: int, eta: float, updates: int) -> dict[str, Any]:
    """Make some updates by the printed recipe, and return what the layers did.

    saturated, in percent, and spread: (looks, layers); at: the updates before each look; steps: (parameters, 3), the
    smallest, the median and the largest step size of each parameter; all_steps: (3,) of all of them.

    warm_up: so many patterns come before, at a tenth of the paper's eta; then the curvature is estimated again. eta: a
    factor on the paper's, afterwards.
    """
    rng = np.random.default_rng(seed)
    net = lenet5(rng, init=uniform_over_fan_in, coefficient=0.6)
    (images, labels), (others, _) = digits(warm_up + updates + ESTIMATED, LOOKED_AT, held_out=True)
    x, looked_at = paper_input(images), paper_input(others)
    loss, optimizer = MLELoss(), SDLM(net, paper(0) / 10)
    if warm_up:
        fit(net, loss, optimizer, (x[:warm_up], labels[:warm_up]), epochs=1, rng=rng, train_error=False, verbose=False)
    optimizer.lr = paper(0, eta)
    optimizer.estimate(loss, x[-ESTIMATED:], labels[-ESTIMATED:])
    looks = [look(net, looked_at)]
    for i in range(updates):
        image, label = x[warm_up + i : warm_up + i + 1], labels[warm_up + i : warm_up + i + 1]
        loss.forward(net(image), label)
        net.backward(loss.backward())
        optimizer.step()
        if (i + 1) % EVERY == 0:
            looks.append(look(net, looked_at))
    every = {f"{leaf.name}.{name}": eps for (leaf, name), eps in optimizer.step_sizes().items()}
    return {
        "layers": list(activations(net, looked_at)),
        "saturated": np.array([[shares for shares, _ in one] for one in looks]),
        "spread": np.array([[spreads for _, spreads in one] for one in looks]),
        "at": np.arange(0, updates + 1, EVERY),
        "parameters": list(every),
        "steps": np.array([[eps.min(), np.median(eps), eps.max()] for eps in every.values()]),
        "all_steps": three_of(np.concatenate(list(every.values()))),
    }


def look(net: Sequential, x: NDArray) -> list[tuple[float, float]]:
    """Return the share of saturated units and the spread over patterns, for each layer."""
    return [(saturated(y), spread_over_patterns(y)) for y in activations(net, x).values()]


def three_of(eps: NDArray) -> NDArray:
    return np.array([eps.min(), np.median(eps), eps.max()])


def case_findings(plan: Plan, results: Results, cases: dict[str, Case]) -> Findings:
    found = {name: results[case_task(plan, case)] for name, case in cases.items()}
    rows = [
        (name, parameter, *(f"{eps:.1e}" for eps in steps))
        for name, result in found.items()
        for parameter, steps in zip([*result["parameters"], "all"], [*result["steps"], result["all_steps"]])
    ]
    caption = (
        "Above: the share of saturated units, |y| > 1.7, on 200 held-out digits, in percent. Below: the standard "
        "deviation of an output over these digits. A line for each layer; the printed recipe, seed 0."
    )
    return Findings(
        [Drawing("silences-first-updates", drawn(found), caption)],
        [Table("Step sizes before the first of the 200 updates", ("case", "parameter", "smallest", "median", "largest"),
               rows, "The paper: 'approximately 7e-5 and 0.016' in the first pass (III.B).")],
        [sentence(name, result) for name, result in found.items()],
    )  # fmt: skip


def sentence(name: str, result: dict[str, Any]) -> str:
    """Return what 200 updates did, in words."""
    smallest, median, largest = result["all_steps"]
    ends = {layer: (result["saturated"][-1, i], result["spread"][-1, i]) for i, layer in enumerate(result["layers"])}
    most = max(ends, key=lambda layer: ends[layer][0])
    dead = [layer for layer, (_, spread) in ends.items() if spread < 1e-3]
    return (
        f"{name}: the step sizes are {smallest:.1e} to {largest:.1e}, with a median of {median:.1e}. "
        f"{when_flat(result)} After {result['at'][-1]} updates {ends[most][0]:.0f} % of the units of {most} are "
        f"saturated, the most of all layers, and the outputs of F6 have a spread of {ends['F6'][1]:.4f} over patterns. "
        "Layers that answer the same to every pattern: "
        f"{', '.join(dead) or 'none'}."
    )


def when_flat(result: dict[str, Any]) -> str:
    """Return after how many updates half of the units of a layer are saturated."""
    reached = result["at"][(result["saturated"] > 50).any(axis=1)]
    if not len(reached):
        return "No layer ever has half of its units saturated."
    return f"Half of the units of a layer are saturated after {reached[0]} updates or before."


def drawn(found: dict[str, dict[str, Any]]) -> "Figure":
    from scratchnet.viewing.figures import COLOURS, MARKERS
    from scratchnet.viewing.pieces import bare, new_figure

    figure = new_figure(None, 10, 5.2)
    axes = figure.subplots(2, len(found), sharex=True, sharey="row", squeeze=False)
    for column, (name, result) in zip(axes.T, found.items()):
        for i, layer in enumerate(result["layers"]):
            for ax, what in zip(column, ("saturated", "spread")):
                ax.plot(result["at"], result[what][:, i], color=COLOURS[i], marker=MARKERS[i], markevery=(i, 8),
                        markersize=4, linewidth=1.2, label=layer)  # fmt: skip
        column[0].set_title(name.replace(", ", "\n", 1), fontsize=9)
        column[1].set_xlabel("updates")
    axes[0, 0].set_ylabel("saturated units (%)")
    axes[1, 0].set_ylabel("spread over patterns")
    axes[0, -1].legend(frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    bare(*axes.flat)
    return figure
