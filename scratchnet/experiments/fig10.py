"""Fig. 10: how many test digits have to be rejected, so that of the others 0.5 % are read wrong."""

import numpy as np
from numpy.typing import NDArray

from scratchnet.experiments import fig9
from scratchnet.experiments.experiment import Drawing, Experiment, Findings, Plan, Table, mean, with_interval
from scratchnet.experiments.many import Results
from scratchnet.experiments.methods import METHODS, Method, found
from scratchnet.experiments.trainings import digits
from scratchnet.metrics import share_to_refuse

ERROR = 0.5  # percent
CAPTION = "Filled bars: ours; open bars: the paper. Without a bar of the paper: it has none of that method."


def rejected(scores: NDArray, labels: NDArray) -> float:
    """Return the share of digits (%) to reject, those first whose two largest scores are nearest to each other."""
    ordered = np.sort(scores.astype(float), axis=1)
    return share_to_refuse(ordered[:, -2] - ordered[:, -1], scores.argmax(axis=1) != labels, ERROR)


def findings(plan: Plan, results: Results) -> Findings:
    labels = digits(1, plan.tested())[1][1]
    shares: dict[Method, list[float]] = {}
    for method in METHODS:
        some = found(method, plan, results)
        shares[method] = [rejected(scores, labels) for scores in some.scores] if some else []
    rows = [
        (method.name, "" if method.rejected is None else f"{method.rejected:g}", with_interval(some) if some else "")
        for method, some in shares.items()
    ]
    mine = {method.name: mean(some) for method, some in shares.items() if some}
    bars: fig9.Bars = {
        method.name: (mine.get(method.name), method.rejected)
        for method, some in shares.items()
        if some or method.rejected is not None
    }
    return Findings(
        [Drawing("fig10", fig9.paired_bars(bars, f"test digits to reject (%) for {ERROR} % errors"), CAPTION)],
        [
            Table(
                f"Share of the test digits to reject for {ERROR} % errors among the others, %: mean (95 % interval)",
                ("method", "paper", "ours"),
                rows,
                "The two largest scores decide: the digits where they are nearest are rejected first (III).",
            )
        ],
        [
            f"LeNet-5 is not in the paper's chart. Ours has to reject {mine['LeNet-5']:.2f} % of the digits, and "
            f"{mine['[distorted] LeNet-5']:.2f} % when it was trained on distorted digits."
        ],
    )


EXPERIMENT = Experiment("fig10", "What has to be rejected", "III.C, Fig. 10", fig9.tasks, findings)
