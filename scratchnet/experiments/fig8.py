"""Fig. 8: the test digits that the network trained on distortions reads wrong, beside the paper's 82."""

from collections import Counter

import numpy as np

from scratchnet.datasets import load
from scratchnet.experiments.experiment import Drawing, Experiment, Findings, Plan, Table
from scratchnet.experiments.many import Results, Task
from scratchnet.experiments.trainings import distorted

# True digit and answer under each of the 82 pictures of Fig. 8, from left to right and downwards. 82 of 10,000 is
# 0.82 %: it is the network trained on distortions.
PAPER = """
46 35 82 21 53 48 28 35 65 73 94 80 78 53 87 06 37 27 83 94 82 53 48 39 60 98 49 61 94 91 94 20 61 35 32 95 60 60 60 68
46 73 94 46 27 97 43 94 94 94 87 42 84 35 84 65 85 38 38 98 15 98 63 02 65 95 07 16 49 21 28 85 49 72 72 65 97 61 56 50
49 28
"""
PAIRS = Counter(PAPER.split())


def tasks(plan: Plan) -> list[Task]:
    return [distorted(plan, seed) for seed in range(plan.seeds)]


def findings(plan: Plan, results: Results) -> Findings:
    images, labels = load("mnist", "test")
    images, labels = images[: plan.tested()], labels[: plan.tested()]
    answers = [results[task]["penalties"].argmin(axis=1) for task in tasks(plan)]
    ours = [Counter(f"{true}{read}" for true, read in zip(labels, some) if true != read) for some in answers]
    shared = [(pairs & PAIRS).total() for pairs in ours]
    rows = [(str(digit), str(of(PAIRS, digit)), *(str(of(pairs, digit)) for pairs in ours),
             str(of(ours[0] & PAIRS, digit))) for digit in range(10)]  # fmt: skip
    rows.append(("all", str(PAIRS.total()), *(str(pairs.total()) for pairs in ours), str(shared[0])))
    common = (PAIRS & sum(ours[1:], ours[0])).most_common(3)
    return Findings(
        [
            Drawing(
                "fig8",
                drawn(images, labels, answers[0], ours[0]),
                "The wrong answers of seed 0: true digit > answer, as in Fig. 8. Bold: the paper has such a pair too.",
            )
        ],
        [
            Table(
                "Wrong answers by true digit",
                ("digit", "paper", *(f"seed {seed}" for seed in range(plan.seeds)), "pairs of seed 0 in the paper's"),
                rows,
                "A pair is a true digit and an answer. The paper prints no numbers of images, so pairs are compared, "
                "each at most as often as the paper has it.",
            )
        ],
        [
            f"The paper has 82 wrong answers, we have {np.mean([pairs.total() for pairs in ours]):.0f} on average; "
            f"{np.mean(shared):.0f} of ours have a pair of the paper's. Most common of these: "
            + ", ".join(f"{pair[0]} read as {pair[1]}" for pair, _ in common) + ".",
            f"{np.all([some != labels for some in answers], axis=0).sum()} digits are read wrong with every seed.",
        ],
    )  # fmt: skip


def of(pairs: Counter, digit: int) -> int:
    """Return how many of the pairs have this true digit."""
    return sum(count for pair, count in pairs.items() if pair[0] == str(digit))


def drawn(images, labels, answers, ours):
    from scratchnet.viewing.figures import BLUE, misclassified
    from scratchnet.viewing.pieces import in_rows
    from scratchnet.viewing.tiles import Tile, fitted, tiles

    left, row = Counter(PAIRS), []
    for i in misclassified(labels, answers):
        pair = f"{labels[i]}{answers[i]}"
        known = left[pair] > 0
        left[pair] -= known
        letters = {"color": BLUE, "fontweight": "bold"} if known else {}
        row.append(Tile(images[i], fitted(images[i], 0.65, 0.65), f"{pair[0]}>{pair[1]}", letters=letters))
    return tiles(None, in_rows(row, 10), "")


EXPERIMENT = Experiment("fig8", "The wall of errors", "III.B, Fig. 8", tasks, findings)
