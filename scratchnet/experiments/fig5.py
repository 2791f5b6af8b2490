"""Fig. 5: the training and the test error of LeNet-5 over 20 passes."""

import numpy as np

from scratchnet.experiments.experiment import (
    Drawing,
    Experiment,
    Findings,
    Plan,
    Table,
    of_seeds,
    spread,
    with_interval,
)
from scratchnet.experiments.many import Results, Task
from scratchnet.experiments.trainings import plain

PAPER = {"test": 0.95, "on the fly": 0.35}  # III.B; +- 0.1


def tasks(plan: Plan) -> list[Task]:
    return of_seeds(plan, lambda seed: plain(plan, seed))


def findings(plan: Plan, results: Results) -> Findings:
    runs = [results[task] for task in tasks(plan)]
    curves = {
        "test": np.array([run["test_error"] for run in runs]),
        "on the fly": np.array([run["running_error"] for run in runs]),
        "after the pass": np.array([run["train_error"] for run in runs]),
    }
    rows = [
        (str(seed), *(f"{errors[seed, -1]:.2f}" for errors in curves.values()), f"{curves['test'][seed].min():.2f}")
        for seed in range(len(runs))
    ]
    rows.append(("mean (95 %)", *(with_interval(errors[:, -1]) for errors in curves.values()), ""))
    rows.append(("paper", "0.95 (+- 0.1)", "0.35", "", ""))
    test, path = curves["test"][:, -1], curves["test"].mean(axis=0)
    lowest = path.argmin()
    return Findings(
        [
            Drawing(
                "fig5",
                drawn(curves),
                "Means over the seeds, in bands from the lowest to the highest. Lines: the paper.",
            )
        ],
        [
            Table(
                f"Errors after {len(curves['test'][0])} passes, %",
                ("seed", "test", "training, on the fly", "training, after", "lowest test of all passes"),
                rows,
                "The last column chooses the pass by the test set, so it is no result: it shows what the end loses.",
            )
        ],
        [
            f"Test error {test.mean():.2f} % +- {spread(test):.2f} over {len(runs)} seeds; the paper has 0.95 +- 0.1.",
            f"Training error on the fly {curves['on the fly'][:, -1].mean():.2f} %; the paper has 0.35 in pass 19. Our "
            "loss is eq. 9; `silences` has eq. 8 beside it.",
            f"The paper sees no over-training. Here the mean test error is lowest after pass {lowest + 1}, "
            f"{path[lowest]:.2f} %, and {path[-1]:.2f} % at the end.",
        ],
    )


def drawn(curves):
    from matplotlib.ticker import MaxNLocator

    from scratchnet.viewing.figures import BLUE, GREY, ORANGE, PINK
    from scratchnet.viewing.pieces import bare, new_figure

    figure = new_figure(None, 7, 4.2)
    ax = figure.subplots()
    styles = zip((BLUE, ORANGE, PINK), "os^", ("-", "--", ":"))
    for (name, errors), (colour, marker, line) in zip(curves.items(), styles):
        passes = range(1, errors.shape[1] + 1)
        what = name if name == "test" else f"training, {name}"
        ax.fill_between(passes, errors.min(axis=0), errors.max(axis=0), color=colour, alpha=0.2, linewidth=0)
        ax.plot(passes, errors.mean(axis=0), color=colour, marker=marker, linestyle=line, markersize=4, label=what)
    for name, error in PAPER.items():
        ax.axhline(error, color=GREY, linewidth=0.8)
        ax.annotate(f"paper, {name}: {error} %", (1, error), xycoords=("axes fraction", "data"), xytext=(5, 0),
                    textcoords="offset points", va="center", color=GREY, fontsize=8)  # fmt: skip
    top = max(errors.max() for errors in curves.values())
    ax.set(xlabel="passes over the training set", ylabel="error (%)", ylim=(0, min(top * 1.05, 5) if top < 50 else top))
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.legend(frameon=False)
    bare(ax)
    return figure


EXPERIMENT = Experiment("fig5", "Training and test error over 20 passes", "III.B, Fig. 5", tasks, findings)
