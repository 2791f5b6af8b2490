"""Why the printed initial weights fail, what helps, and what explains the factor on eta: two searches of `silences`."""

from typing import Any

from scratchnet.experiments.changed import changed_task, ends
from scratchnet.experiments.experiment import Findings, Plan, Table, mean
from scratchnet.experiments.first_updates import Case, case_findings, case_task
from scratchnet.experiments.many import Results, Task

PRINTED: dict[str, Any] = {"init": "2.4/F", "S": 0.6, "j": 0, "eta": 1}  # appendix A, eq. 8 and III.B
SEEDS = 2  # of each row
HOPELESS = 50.0  # percent: above it a network has not learned

# What is done with the printed recipe -> what it changes.
REMEDIES: dict[str, dict[str, Any]] = {
    "as printed": {},
    "eta/4": {"eta": 0.25},
    "mu 0.1": {"mu": 0.1},
    "mu 0.2": {"mu": 0.2},
    "pass 1: a new estimate every 500 patterns": {"every": 500},
    "pass 1: a new estimate every 100 patterns": {"every": 100},
    "pass 1: a new estimate every 5 patterns": {"every": 5},
    "pass 1: a running estimate, 0.9 old + 0.1 new, every 5 patterns": {"every": 5, "memory": 0.9},
    "warm-up of 2,000 patterns at eta/10, a new estimate, then eta": {"warm_up": 2000},
    "the same warm-up, then eta/2": {"warm_up": 2000, "eta": 0.5},
    "the same warm-up, then eta/4": {"warm_up": 2000, "eta": 0.25},
    "warm-up of 20,000 patterns, then eta": {"warm_up": 20_000},
}

# With weights from U(+-1/sqrt F), what is done at the printed eta in place of a quarter of it.
FACTORS: dict[str, dict[str, Any]] = {
    "eta as printed": {"eta": 1},
    "eta as printed, the 1/2 (mu 0.04)": {"eta": 1, "mu": 0.04},
    "eta as printed, mu 0.1": {"eta": 1, "mu": 0.1},
    "eta as printed, mu 0.2": {"eta": 1, "mu": 0.2},
    "eta/2, the 1/2 (mu 0.04)": {"eta": 0.5, "mu": 0.04},
    "eta as printed, warm-up of 2,000 patterns at eta/10": {"eta": 1, "warm_up": 2000},
    "eta as printed, pass 1: a new estimate every 500 patterns": {"eta": 1, "every": 500},
    "eta/4: the default": {},
}
CASES = {
    "2.4/F from the start": Case("start"),
    "2,000 patterns at eta/10, a new estimate, eta": Case("warmed", 2000),
    "2,000 patterns at eta/10, a new estimate, eta/4": Case("warmed-quarter", 2000, 0.25),
}


def of_remedy(plan: Plan, remedy: str) -> list[Task]:
    return [changed_task(plan, seed, **PRINTED | REMEDIES[remedy]) for seed in seeds(plan)]


def of_factor(plan: Plan, factor: str) -> list[Task]:
    return [changed_task(plan, seed, **FACTORS[factor]) for seed in seeds(plan)]


def seeds(plan: Plan) -> range:
    return range(1 if plan.tiny else min(SEEDS, plan.seeds))


def tasks(plan: Plan) -> list[Task]:
    """Return the runs of both searches; some are the same as in `silences`."""
    runs = [task for remedy in REMEDIES for task in of_remedy(plan, remedy)]
    runs += [task for factor in FACTORS for task in of_factor(plan, factor)]
    return [*(case_task(plan, case) for case in CASES.values()), *runs]


def findings(plan: Plan, results: Results) -> Findings:
    first = case_findings(plan, results, CASES)
    remedies = {remedy: of_remedy(plan, remedy) for remedy in REMEDIES}
    factors = {factor: of_factor(plan, factor) for factor in FACTORS}
    return Findings(
        first.drawings,
        [
            *first.tables,
            table(results, remedies, "The printed recipe (2.4/F, S 0.6, eq. 8, eta), and what was tried with it"),
            table(results, factors, "The default recipe at the printed eta, and what was tried with it"),
        ],
        [*first.sentences, *about_remedies(results, remedies), *about_factors(results, factors)],
    )


def table(results: Results, tried: dict[str, list[Task]], title: str) -> Table:
    """Return a table of what was tried: the errors of each seed."""
    rows = [
        (what, by_seed(ends(results, some)), by_seed(ends(results, some, "running_error")),
         ", ".join(sorted({results[task]["outcome"] for task in some})), passes(results, some))
        for what, some in tried.items()
    ]  # fmt: skip
    return Table(title, ("what was tried", "held-out error, %", "training, on the fly, %", "outcome", "passes"), rows,
                 "Errors by seed.")  # fmt: skip


def passes(results: Results, some: list[Task]) -> str:
    return ", ".join(str(len(results[task]["errors"])) for task in some)


def by_seed(errors: Any) -> str:
    return ", ".join(f"{error:.2f}" for error in errors)


def about_remedies(results: Results, remedies: dict[str, list[Task]]) -> list[str]:
    worst = {remedy: float(ends(results, some).max()) for remedy, some in remedies.items()}
    learned = {remedy: error for remedy, error in worst.items() if error < HOPELESS}
    lost = [remedy for remedy in worst if remedy not in learned]
    sentences = [f"With the printed recipe these do not learn with every seed: {'; '.join(lost) or 'none'}."]
    if learned:
        best = min(learned, key=lambda remedy: mean(ends(results, remedies[remedy])))
        errors, running = (mean(ends(results, remedies[best], name)) for name in ("error", "running_error"))
        sentences.append(
            f"With every seed learn: {'; '.join(learned)}. The lowest held-out error among them is that of "
            f"'{best}', {errors:.2f} %, with {running:.2f} % on the fly; the paper has 0.35 % on the fly."
        )
    return sentences


def about_factors(results: Results, factors: dict[str, list[Task]]) -> list[str]:
    means = {factor: mean(ends(results, some)) for factor, some in factors.items()}
    best, *_, worst = sorted(means, key=means.__getitem__)
    return [
        f"With weights from U(-1/sqrt F, 1/sqrt F) the printed eta has {means['eta as printed']:.2f} % held-out error, "
        f"and a quarter of it {means['eta/4: the default']:.2f} %; at the printed eta, mu 0.1 has "
        f"{means['eta as printed, mu 0.1']:.2f} %, mu 0.2 {means['eta as printed, mu 0.2']:.2f} %, and the factor 1/2 "
        f"{means['eta as printed, the 1/2 (mu 0.04)']:.2f} %. The lowest of this table is '{best}', {means[best]:.2f} "
        f"%, the highest '{worst}', {means[worst]:.2f} %, means of {len(factors[best])} seeds."
    ]
