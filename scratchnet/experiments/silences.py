"""What the paper does not say, one change at a time from the default recipe, on held-out training digits."""

from functools import partial
from typing import Any

import numpy as np

from scratchnet.experiments import plateau
from scratchnet.experiments.changed import ETA, HOPELESS, PATIENCE, changed_task, ends
from scratchnet.experiments.experiment import (
    Drawing,
    Experiment,
    Findings,
    Plan,
    Table,
    interval,
    mean,
    of_seeds,
    with_interval,
)
from scratchnet.experiments.many import Results, Task
from scratchnet.experiments.silences_drawn import drawn

# Group -> choice -> what it changes; nothing: the default.
CHOICES: dict[str, dict[str, dict[str, Any]]] = {
    "loss (II.C)": {
        "MLE, eq. 8": {"j": 0},
        "MAP, j = 0.1": {"j": 0.1},
        "MAP, j = 1": {"j": 1},
        "MAP, j = 10": {},
        "MAP, j = 40": {"j": 40},
        "MAP, j = infinity": {"j": float("inf")},
    },
    "initial subsampling coefficients (II.B)": {
        "1/2": {},
        "0.6": {"S": 0.6},
        "drawn from U(-1/2, 1/2)": {"drawn": True},
        "drawn from U(-0.6, 0.6)": {"drawn": True, "S": 0.6},
    },
    "initial biases (appendix A)": {"0": {}, "drawn as the weights": {"biases": "drawn"}},
    "initial weights (appendix A)": {
        "2.4/F, as printed": {"init": "2.4/F"},
        "2.4/sqrt(F)": {"init": "2.4/sqrt F"},
        "1/sqrt(F)": {},
    },
    "a factor 1/2 on the loss (eq. 7)": {"none": {}, "1/2, which is mu doubled": {"mu": 0.04}},
    "a factor on eta (III.B)": {
        "1, as printed": {"eta": 1},
        "1/2": {"eta": 0.5},
        "1/4": {},
        "1/8": {"eta": 0.125},
    },
    "the 500 patterns (III.B)": {"the same": {}, "fresh in each pass": {"patterns": "fresh"}},
    "order (appendix C)": {"constant, as printed": {}, "shuffled in each pass": {"order": "shuffled"}},
    "optimizer (appendix C)": {
        "SDLM, batch 1": {},
        "SDLM, batch 64": {"batch_size": 64, "candidates": (1, 4, 16)},
        "SGD, batch 1": {"optimizer": "SGD", "candidates": (0.25, 0.5, 1, 2)},
        "SGD, batch 64": {"optimizer": "SGD", "batch_size": 64, "candidates": (2, 8, 32)},
        "Adam, batch 1": {"optimizer": "Adam", "candidates": (0.1, 0.4, 1.6)},
        "Adam, batch 64": {"optimizer": "Adam", "batch_size": 64, "candidates": (1, 4, 16)},
    },
    "output (II.B)": {
        "the codes of Fig. 3": {},
        "codes 1 of 10": {"output": "one of 10"},
        "softmax": {"output": "softmax"},
    },
    "C3 (Table I)": {"Table I": {}, "all maps of S2": {"C3": "full"}},
    "subsampling (II.B)": {
        "learned and squashed": {},
        "mean, no squashing": {"pooling": "average"},
        "maximum, no squashing": {"pooling": "max"},
    },
}
COSTS = {"Adam, batch 1": 5.0, "SDLM, batch 64": 0.7, "SGD, batch 64": 0.7, "Adam, batch 64": 0.7, "SGD, batch 1": 1.2}


CAPTION = (
    "Means over the seeds with their 95 % intervals, and a small dot for each seed. Bold and filled: the default, "
    "whose mean is the line. The scale is logarithmic."
)


def of_choice(plan: Plan, group: str, choice: str, seed: int) -> Task:
    changes = CHOICES[group][choice]
    return changed_task(plan, seed, COSTS.get(choice, 1.0), **changes)


def tasks(plan: Plan) -> list[Task]:
    runs = [
        of_choice(plan, group, choice, seed)
        for seed in range(plan.seeds)
        for group, choices in CHOICES.items()
        for choice in choices
    ]
    return list(dict.fromkeys([*runs, *plateau.tasks(plan)]))


def findings(plan: Plan, results: Results) -> Findings:
    runs = {
        (group, choice): of_seeds(plan, partial(of_choice, plan, group, choice))
        for group, choices in CHOICES.items()
        for choice in choices
    }
    errors = {choice: ends(results, some) for choice, some in runs.items()}
    default = errors["loss (II.C)", "MAP, j = 10"]
    note = (
        "Each row changes one choice of the default recipe. The difference is that of runs with the same seed; an "
        "interval without 0 is marked with *. One in twenty such marks would come by chance. A run whose error is "
        f"above {HOPELESS:g} % after {PATIENCE} passes is stopped there; one that diverges counts as an error of 90 %."
    )
    rows = [row(*choice, errors[choice], default, results, some) for choice, some in runs.items()]
    columns = ("choice of", "choice", "held-out error", "difference", "training, on the fly", "remarks")
    searches = plateau.findings(plan, results)
    drawing = Drawing("silences", drawn(errors, CHOICES), CAPTION)
    table = Table("Errors on held-out training digits, %: mean (95 % interval)", columns, rows, note)
    return Findings(
        [drawing, *searches.drawings],
        [table, *searches.tables],
        [*sentences(errors, default), *searches.sentences],
    )


def row(group: str, choice: str, errors: Any, default: Any, results: Results, some: list[Task]) -> list[str]:
    """Return the row of a choice in the table."""
    running = with_interval(ends(results, some, "running_error"))
    if not CHOICES[group][choice]:
        return [group, choice, with_interval(errors), "default", running, ""]
    mark = " *" if differs(errors, default) else ""
    return [group, choice, with_interval(errors), with_interval(errors - default) + mark, running,
            remarks(CHOICES[group][choice], [results[task] for task in some])]  # fmt: skip


def remarks(changes: dict[str, Any], runs: list[dict[str, Any]]) -> str:
    """Return what the numbers of a row do not say: runs that were stopped, and the learning rates that were chosen."""
    outcomes = [run["outcome"] for run in runs]
    parts = [f"{outcomes.count(what)} of {len(runs)} {what}" for what in ("stopped", "diverged") if what in outcomes]
    if "candidates" in changes:
        ends_of_list = [run["eta"] in (min(changes["candidates"]), max(changes["candidates"])) for run in runs]
        parts.append("first rates " + ", ".join(f"{ETA * run['eta']:.2g}" for run in runs))
        parts += [f"{sum(ends_of_list)} at an end of the candidates"] if any(ends_of_list) else []
    return "; ".join(parts)


def differs(errors: Any, default: Any) -> bool:
    """Return whether the 95 % interval of the mean difference, seed by seed, leaves out 0."""
    lower, upper = interval(errors - default)
    return bool(lower > 0 or upper < 0)


def sentences(errors: dict[tuple[str, str], Any], default: Any) -> list[str]:
    """Return what the table says about all choices together."""
    others = [choice for choice in errors if CHOICES[choice[0]][choice[1]]]
    apart = [choice for choice in others if differs(errors[choice], default)]
    worse = [choice for choice in apart if mean(errors[choice]) > mean(default)]
    better = [choice for choice in apart if choice not in worse]
    lost = [named(choice) for choice in others if np.median(errors[choice]) > HOPELESS]
    return [
        f"The default recipe has {with_interval(default)} % held-out error. {len(others)} choices change one thing of "
        f"it; {len(apart)} of them differ from it by more than the seeds do.",
        listed("Worse than the default", [named(choice) for choice in worse]),
        listed("Better than the default", [named(choice) for choice in better]),
        listed("Choices with which most runs never learn", lost),
    ]


def named(choice: tuple[str, str]) -> str:
    return f"{choice[0].partition(' (')[0]}: {choice[1]}"


def listed(what: str, names: list[str]) -> str:
    return f"{what}: {'; '.join(names) or 'none'}."


EXPERIMENT = Experiment("silences", "What the paper does not say, one change at a time", "II, III.B, A, C",
                        tasks, findings)  # fmt: skip
