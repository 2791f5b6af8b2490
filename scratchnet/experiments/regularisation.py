"""III.C.5: do the weights first shrink, and does the network begin quasi-linear and grow in capacity as it learns?"""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from scratchnet.datasets import paper_input
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
from scratchnet.experiments.saturation import activations, norm, saturated, slope, with_weights
from scratchnet.experiments.trainings import digits
from scratchnet.layers import Sequential
from scratchnet.losses import MAPLoss
from scratchnet.models import lenet5
from scratchnet.optimizers import SDLM
from scratchnet.runs.recipes import ETA_SCALE, J
from scratchnet.schedules import paper
from scratchnet.training import Callback, History, fit

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LOOKED_AT = 500  # training digits
WITHIN = (0.01, 0.03, 0.1, 0.3)  # shares of the first pass after which there is a look, too


class Watch(Callback):
    """Records, within the first pass and after every pass, the weights' norms and what the units do with images x.

    at: the passes before each look, from 0; norms: (looks, layers with weights); saturated, slopes: (looks, squashed
    layers).
    """

    def __init__(self, net: Sequential, x: NDArray) -> None:
        self.net, self.x, self.passes = net, x, 0
        self.at: list[float] = []
        self.norms: list[list[float]] = []
        self.saturated: list[list[float]] = []
        self.slopes: list[list[float]] = []
        self.look(0.0)

    def look(self, at: float) -> None:
        outputs = activations(self.net, self.x).values()
        self.at.append(at)
        self.norms.append([norm(layer) for layer in with_weights(self.net).values()])
        self.saturated.append([saturated(y) for y in outputs])
        self.slopes.append([slope(y) for y in outputs])

    def batch(self, done: int, total: int, loss: float) -> None:
        due = [share for share in WITHIN if self.at[-1] < share <= done / total]
        if self.passes == 0 and due and done < total:
            self.look(done / total)

    def epoch(self, history: History) -> None:
        self.passes = len(history)
        self.look(float(self.passes))


def watched(plan: Plan, seed: int) -> Task:
    sizes = {"images": plan.images(), "epochs": plan.epochs()}
    return Task(f"watched-seed{seed}", watch_training, {"seed": seed} | sizes)


def watch_training(seed: int, images: int, epochs: int) -> dict[str, Any]:
    """Train LeNet-5 by the default recipe, and return what Watch recorded, as arrays, and the names of the layers."""
    rng = np.random.default_rng(seed)
    net = lenet5(rng)
    (pixels, labels), _ = digits(images, 1)
    x = paper_input(pixels)
    watch = Watch(net, x[:LOOKED_AT])
    fit(net, MAPLoss(J), SDLM(net, 1, mu=0.02), (x, labels), epochs=epochs, rng=rng, train_error=False, verbose=False,
        schedule=lambda epoch: paper(epoch, ETA_SCALE), callback=watch)  # fmt: skip
    return {
        "layers": list(with_weights(net)),
        "at": np.array(watch.at),
        "norms": np.array(watch.norms),
        "saturated": np.array(watch.saturated),
        "slopes": np.array(watch.slopes),
    }


def tasks(plan: Plan) -> list[Task]:
    return of_seeds(plan, lambda seed: watched(plan, seed))


def findings(plan: Plan, results: Results) -> Findings:
    runs = [results[task] for task in tasks(plan)]
    layers, at = runs[0]["layers"], runs[0]["at"]
    curves = {name: np.array([run[name] for run in runs]) for name in ("norms", "saturated", "slopes")}
    curves["norms"] = curves["norms"] / curves["norms"][:, :1]  # (seeds, looks, layers), of the initial ones
    rows = [
        (layer, *(with_interval(curves[name][:, look, i], digits) for name, digits in (("norms", 2), ("saturated", 1),
         ("slopes", 3)) for look in looks_of(name)), f"{shrunk(curves['norms'][:, :, i], at)}")
        for i, layer in enumerate(layers)
    ]  # fmt: skip
    columns = ("layer", "norm at the end / at the start", "saturated at the start, %", "at the end, %",
               "slope at the start", "at the end", "lowest mean norm / at the start")  # fmt: skip
    return Findings(
        [Drawing("regularisation", drawn(curves, layers, at), CAPTION)],
        [Table("Weights and units before and after the training: mean (95 % interval)", columns, rows, NOTE)],
        [about_weights(curves["norms"], layers, at), about_units(curves, layers)],
    )


CAPTION = (
    "Above: the norm of a layer's weights, as a part of that at the start. Middle: units with |y| > 1.7, in percent. "
    "Below: the mean slope f'(a) / f'(0), which is 1 for a linear unit. Means over the seeds, in bands from the lowest "
    "to the highest."
)
NOTE = (
    f"Saturated: |y| > 1.7. Slope: the mean of f'(a) / f'(0), 1 for linear units. Both on {LOOKED_AT} training digits, "
    "before the first pass and after the last."
)


def looks_of(name: str) -> tuple[int, ...]:
    """Return which looks the table shows: the norms are 1 at the start."""
    return (-1,) if name == "norms" else (0, -1)


def shrunk(norms: NDArray, at: NDArray) -> str:
    """Return the lowest mean norm (seeds, looks) and when it is reached."""
    path = norms.mean(axis=0)
    return f"{path.min():.3f}, after {at[path.argmin()]:.2g} passes"


def about_weights(norms: NDArray, layers: list[str], at: NDArray) -> str:
    """Return whether the weights shrink first: the claim for each layer, and for how long."""
    paths = norms.mean(axis=0).T
    shrink = [layer for layer, path in zip(layers, paths) if path.min() < 0.99]
    lowest = min(float(path.min()) for path in paths)
    after_one = [layer for layer, path in zip(layers, paths) if path[list(at).index(1.0)] < 1]
    verdict = "does not hold here" if not shrink else "holds here" if len(shrink) == len(layers) else "holds in part"
    return (
        "The paper: in the first passes the weights shrink, towards the saddle at the origin, and grow later. That "
        f"{verdict}: below 99 % of their initial norm fall the weights of {', '.join(shrink) or 'no layer'}; the "
        f"lowest mean norm of any layer is {100 * lowest:.1f} % of the initial one. After the first pass the norm is "
        f"below the initial one in {', '.join(after_one) or 'no layer'}."
    )


def about_units(curves: dict[str, NDArray], layers: list[str]) -> str:
    """Return whether the network begins quasi-linear, and how it ends."""
    slopes = curves["slopes"].mean(axis=2)
    flat = curves["saturated"].mean(axis=2)
    lowest = layers[int(curves["slopes"][:, 0].mean(axis=0).argmin())]
    grows = curves["slopes"][:, -1].mean(axis=0) < curves["slopes"][:, 0].mean(axis=0)
    return (
        "The paper: the network begins quasi-linear, and its capacity grows with the weights. At the start the mean "
        f"slope of the units is {mean(slopes[:, 0]):.2f} of that at 0 (lowest in {lowest}) and {mean(flat[:, 0]):.1f} "
        f"% of them are saturated, means over the layers; at the end they are {mean(slopes[:, -1]):.2f} and "
        f"{mean(flat[:, -1]):.1f} %. The slope falls in {int(grows.sum())} of {len(layers)} layers."
    )


def drawn(curves: dict[str, NDArray], layers: list[str], at: NDArray) -> "Figure":
    from matplotlib.ticker import MaxNLocator

    from scratchnet.viewing.figures import COLOURS, MARKERS
    from scratchnet.viewing.pieces import bare, new_figure

    figure = new_figure(None, 7.5, 8)
    axes = figure.subplots(3, 1, sharex=True)
    names = {"norms": "norm / norm at the start", "saturated": "saturated units (%)", "slopes": "slope / slope at 0"}
    for ax, (name, what) in zip(axes, names.items()):
        for i, layer in enumerate(layers):
            values = curves[name][:, :, i]
            ax.fill_between(at, values.min(axis=0), values.max(axis=0), color=COLOURS[i], alpha=0.2, linewidth=0)
            ax.plot(at, values.mean(axis=0), color=COLOURS[i], marker=MARKERS[i], markersize=3.5, label=layer)
        ax.set_ylabel(what)
    axes[0].axhline(1, color="#999999", linewidth=0.8, zorder=0)
    axes[2].set_xlabel("passes over the training set")
    axes[2].xaxis.set_major_locator(MaxNLocator(integer=True))
    axes[0].legend(frameon=False, ncols=2)
    bare(*axes)
    return figure


EXPERIMENT = Experiment("regularisation", "Do the weights shrink first, and is the network linear then?", "III.C.5",
                        tasks, findings)  # fmt: skip
