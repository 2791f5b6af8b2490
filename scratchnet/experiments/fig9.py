"""Fig. 9: LeNet-5 among other methods, from the linear classifier on; with the counts of Figs 11 and 12."""

from typing import TYPE_CHECKING

from scratchnet.experiments.boosting import boosted_task
from scratchnet.experiments.experiment import Drawing, Experiment, Findings, Plan, Table, mean, with_interval
from scratchnet.experiments.many import Results, Task
from scratchnet.experiments.methods import METHODS, Found, Method, found

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NEAR = 0.1  # percent: the paper's uncertainty (caption of Fig. 9)
CAPTION = "Filled bars: ours, means over the runs; open bars: the paper. A method without a filled bar is not rebuilt."
NOTE = (
    "One multiplication with one addition is one MAC; ours are those of the network or of the comparison with all that "
    "is stored. Methods without a seed run once, the fully connected networks with seed 0, and the convolutional "
    "networks with every seed: then it is the mean (95 % interval)."
)


Bars = dict[str, tuple[float | None, float | None]]  # method: ours, the paper's


def tasks(plan: Plan) -> list[Task]:
    return [task for method in METHODS if method.tasks for task in method.tasks(plan)]


def findings(plan: Plan, results: Results) -> Findings:
    ours = {method: found(method, plan, results) for method in METHODS}
    bars: Bars = {method.name: (mean(some.errors) if some else None, method.paper) for method, some in ours.items()}
    return Findings(
        [Drawing("fig9", paired_bars(bars, "test error (%)"), CAPTION)],
        [
            Table(
                "Test errors, multiplications of one image and stored numbers",
                ("method", "paper, error %", "ours, error %", "paper, 1000 MACs", "ours", "paper, 1000 stored", "ours",
                 "chosen on training digits"),
                [row(*pair) for pair in ours.items()],
                NOTE,
            )
        ],
        [*sentences(ours), about_boosting(plan, results), *not_rebuilt()],
    )  # fmt: skip


def row(method: Method, some: Found | None) -> tuple[str, ...]:
    """Return the row of a method in the table."""
    counts = thousands(method.macs), thousands(method.stored)
    if some is None:
        return method.name, f"{method.paper:g}", "", counts[0], "", counts[1], "", ""
    mine = thousands(some.macs / 1000), thousands(some.stored / 1000)
    return (method.name, f"{method.paper:g}", with_interval(some.errors), counts[0], mine[0], counts[1], mine[1],
            some.chosen)  # fmt: skip


def thousands(count: float | None) -> str:
    return "" if count is None else f"{count:,.0f}"


def not_rebuilt() -> list[str]:
    """Return a sentence for each reason why methods are not rebuilt."""
    reasons: dict[str, list[str]] = {}
    for method in METHODS:
        if method.tasks is None:
            reasons.setdefault(method.why, []).append(method.name)
    return [f"Not rebuilt: {', '.join(names)}. Why: {why}." for why, names in reasons.items()]


def sentences(ours: dict[Method, Found | None]) -> list[str]:
    """Return what differs from the paper, and what is alike."""
    pairs = [(method, mean(some.errors)) for method, some in ours.items() if some]
    lower = [f"{method.name} ({error:.2f} against {method.paper:g})" for method, error in pairs
             if error < method.paper - NEAR]  # fmt: skip
    higher = [f"{method.name} ({error:.2f} against {method.paper:g})" for method, error in pairs
              if error > method.paper + NEAR]  # fmt: skip
    order = sorted(pairs, key=lambda pair: pair[1])
    return [
        f"Of {len(pairs)} methods, {len(pairs) - len(lower) - len(higher)} end within {NEAR} points of the paper.",
        f"Lower than the paper: {', '.join(lower) or 'none'}.",
        f"Higher than the paper: {', '.join(higher) or 'none'}.",
        "The paper does not say how its linear classifiers and its fully connected networks were trained. Ours are "
        "trained by least squares, and by Adam with squared errors and batches of 64.",
        f"The lowest error of ours is that of {order[0][0].name}, {order[0][1]:.2f} %; then {order[1][0].name}, "
        f"{order[1][1]:.2f} %.",
        "The paper's 401,000 MACs of LeNet-5 are not explained there; its 340,908 connections are ours.",
    ]


def about_boosting(plan: Plan, results: Results) -> str:
    """Return what the three boosted networks do alone, and what they were trained on."""
    run = results[boosted_task(plan, 0)]
    alone = ", ".join(f"{error:.2f}" for error in run["errors"])
    sizes = " and ".join(f"{size:,}" for size in run["patterns"])
    count = " and ".join(f"{size:,}" for size in run["drawn"])
    return (
        f"Alone, the networks of the boosted ones read {alone} % wrong. The second and the third were trained on "
        f"{sizes} patterns, found among {count} distorted digits."
    )


def paired_bars(pairs: Bars, label: str) -> "Figure":
    """Draw two bars for each method, from the top down; None: no bar."""
    from scratchnet.viewing.figures import BLUE, GREY
    from scratchnet.viewing.pieces import bare, new_figure

    figure = new_figure(None, 8, 1.2 + 0.33 * len(pairs))
    ax = figure.subplots()
    filled, hollow = {"color": BLUE}, {"color": "none", "edgecolor": GREY, "linewidth": 0.9}
    for place, (ours, paper) in enumerate(pairs.values()):
        for value, at, style, colour in ((ours, -0.2, filled, BLUE), (paper, 0.2, hollow, GREY)):
            if value is not None:
                ax.barh(place + at, value, 0.36, **style)
                ax.annotate(f"{value:.3g}", (value, place + at), xytext=(3, 0), textcoords="offset points",
                            va="center", fontsize=7, color=colour)  # fmt: skip
    ax.set(xlabel=label, ylim=(len(pairs) - 0.4, -0.6))
    ax.set_yticks(range(len(pairs)), list(pairs), fontsize=8)
    ax.tick_params(axis="y", length=0)
    handles = [ax.barh(-9, 0, **style) for style in (filled, hollow)]
    ax.legend(handles, ["ours", "paper"], frameon=False, loc="lower right")
    bare(ax)
    return figure


EXPERIMENT = Experiment("fig9", "LeNet-5 beside other methods", "III.C, Figs 9, 11 and 12", tasks, findings)
