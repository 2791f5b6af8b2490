"""The exercises on honest choices: when to stop, and which number to print."""

import numpy as np

from scratchnet.exercises.definition import Case, Exercise
from scratchnet.exercises.later_tasks import early_stopping, honest_row
from scratchnet.exercises.several import Several
from scratchnet.exercises.topics.families import wrongs


def curve(rng, epochs, patience):
    """Return a Case of held-out errors that fall, rise for longer than `patience`, and fall again; some are equal."""
    errors = np.concatenate([[9, 10, 8, 9, 6, 8, 6], 6 + rng.integers(1, 4, patience + 1), rng.integers(2, 6, epochs)])
    return Case({"errors": errors.astype(float) + float(rng.integers(0, 3)) / 4, "patience": patience})


def stopped(c, better=np.less, since="best", least=1, all_of=False):
    """Return (epochs, best) with a mistake. better: what is an improvement; since: from where patience counts."""
    best, bad, epoch = 0, 0, 0
    for epoch, error in enumerate(c.errors):
        improves = epoch == 0 or better(error, c.errors[best if since != "last" else epoch - 1])
        bad = 0 if improves and since != "never" else bad + (not improves)
        if error < c.errors[best] or (epoch and better(error, c.errors[best])):
            best = epoch
        if bad == c.patience + least - 1 and not all_of:
            break
    return epoch + 1, best


EPOCHS = {
    "Yours trains all epochs; it should stop when the error has not fallen for `patience` epochs.": lambda c: float(
        len(c.errors)
    ),
    "Yours stops one epoch too late; it should stop after the epoch that is `patience` after the best.": (
        lambda c: float(stopped(c, least=2)[0])
    ),
    "Yours stops one epoch too early, or returns the last epoch and not their number; epochs are counted from 0, so "
    "there should be one more.": lambda c: c.epochs - 1,
    "Yours compares with the epoch before; it should compare with the best so far.": lambda c: float(
        stopped(c, since="last")[0]
    ),
    "Yours takes an equal error for a better one; it should be smaller: <, not <=.": lambda c: float(
        stopped(c, better=np.less_equal)[0]
    ),
    "Yours does not begin to count again after a better epoch; it should.": lambda c: float(
        stopped(c, since="never")[0]
    ),
    "Yours stops at the first error that rises; it should wait `patience` epochs.": lambda c: float(
        np.argmax(np.diff(c.errors) >= 0) + 2
    ),
    "Yours trains `patience` epochs; it should count from the best epoch on.": lambda c: float(c.patience),
}
BEST = {
    "Yours looks at epochs after the stop, which training never sees; it should choose from those before.": lambda c: (
        float(np.argmin(c.errors))
    ),
    "Yours keeps the last epoch; it should keep the best.": lambda c: c.epochs - 1,
    "Yours counts epochs from 1; it should count from 0.": lambda c: vars(c)["best epoch"] + 1,
    "Yours keeps the last of equal errors; it should keep the first: an equal error is no better one.": lambda c: float(
        stopped(c, better=np.less_equal)[1]
    ),
    "Yours is the smallest error; it should be its epoch.": lambda c: float(c.errors[int(vars(c)["best epoch"])]),
    "Yours goes back `patience` epochs from the end; where the errors run out, the best should be elsewhere.": (
        lambda c: c.epochs - 1 - c.patience
    ),
}

EARLY_STOPPING = Exercise(
    name="early-stopping",
    title="when to stop, and what to keep",
    target=early_stopping,
    task="After each epoch the error on held-out digits is measured. Training should end when it has not become "
    "smaller for `patience` epochs, and the parameters of the best epoch are kept. Errors after the end do not "
    "exist: they are in the array only so that the function can be checked.",
    contract={
        "": "Return (how many epochs are trained, the epoch whose parameters are kept).\n"
        "errors: (epochs,), held-out errors, at least one; epochs are counted from 0. patience: at least 1.\n"
        "Training ends after the first epoch that is `patience` epochs after the best so far, or with the last one. An "
        "equal error is no better one."
    },
    play="print(early_stopping(np.array([5, 3, 4, 2, 2, 3, 1.0]), 2))",
    kind=Several("epochs", "best epoch"),
    tiny=lambda rng, dtype: Case({"errors": np.array([5.0, 6, 4, 5, 2, 3, 2, 3, 4, 3, 4, 5, 6, 1]), "patience": 3}),
    draw=lambda rng, dtype: curve(rng, 6, int(rng.integers(3, 6))),
    real=lambda rng, dtype: [curve(rng, 20, 5)],
    odd=lambda rng, dtype: [
        Case({"errors": np.array([3.0, 2, 1]), "patience": 2}),
        Case({"errors": np.array([1.0]), "patience": 1}),
        Case({"errors": np.array([1.0, 2, 3, 4]), "patience": 1}),
        Case({"errors": np.array([2.0, 2, 2, 1]), "patience": 2}),
        Case({"errors": np.array([4.0, 3, 5, 5, 2]), "patience": 3}),
        curve(rng, 3, 1),
    ],
    wrong={"": wrongs("best epoch", BEST) + wrongs("epochs", EPOCHS)},
    hints=(
        "One loop over enumerate(errors), and one variable: best, the epoch of the smallest error so far.",
        "In the loop: if error < errors[best], best is this epoch. Then see whether this epoch is `patience` after it.",
        "break ends the loop. After it, return the number of epochs, which is the last one plus 1, and best.",
    ),
)


def errors_case(rng, choices, seeds, draw=None):
    """Return a Case in which another choice is best on the test set, and another by its best seed."""
    while True:
        held_out, test = (np.round(2 + rng.random((choices, seeds)) * 2, 2) for _ in range(2))
        by_mean, by_seed = held_out.mean(axis=1).argmin(), held_out.min(axis=1).argmin()
        others = {held_out.mean(axis=0).argmin(), held_out.argmin(), held_out[:, 0].argmin()}
        apart = by_mean not in others or choices < 3
        if apart and len({by_mean, by_seed, test.mean(axis=1).argmin()}) == min(3, choices):
            return Case({"held_out": held_out, "test": test, "t": float(rng.choice([2.26, 2.78, 4.3]))})


def row(c, choice=None, ddof=1, factor=None, root=np.sqrt, centre=np.mean):
    """Return (choice, mean, low, high) with a mistake."""
    choice = int(c.held_out.mean(axis=1).argmin()) if choice is None else int(choice)
    errors = c.test[choice]
    half = (c.t if factor is None else factor) * errors.std(ddof=ddof) / root(len(errors))
    return float(choice), float(centre(errors)), float(centre(errors) - half), float(centre(errors) + half)


def ends(field, place):
    """Return the mistakes of one end of the interval."""
    return wrongs(
        field,
        {
            "Yours is wide for one seed; the interval of the mean should be divided by sqrt(n).": lambda c: row(
                c, root=np.ones_like
            )[place],
            "Yours divides by n; the interval should be divided by sqrt(n).": lambda c: row(c, root=float)[place],
            "Yours divides the squares by n; s should have n - 1, since the mean comes from the same errors: ddof=1.": (
                lambda c: row(c, ddof=0)[place]
            ),
            "Yours has 1.96 for t; with few seeds it should be the t that is given.": lambda c: row(c, factor=1.96)[
                place
            ],
            "Yours has no factor t; it should be mean -+ t s / sqrt(n).": lambda c: row(c, factor=1)[place],
            "Yours has the variance; it should have its root, the standard deviation.": lambda c: (
                c.mean + (2 * place - 5) * c.t * c.test[int(c.choice)].var(ddof=1) / np.sqrt(len(c.test[int(c.choice)]))
            ),
            "Yours has low and high in each other's place; low should be the smaller.": lambda c: row(c)[5 - place],
            "Yours is the smallest or the largest seed; it should be an interval of the mean.": (
                lambda c: c.test[int(c.choice)].min() if place == 2 else c.test[int(c.choice)].max()
            ),
            "Yours is a percentile of the seeds; it should be an interval of their mean.": lambda c: float(
                np.percentile(c.test[int(c.choice)], 2.5 if place == 2 else 97.5)
            ),
            "Yours is half of the width alone; it should be subtracted from the mean, and added to it.": lambda c: (
                row(c)[3] - row(c)[1]
            ),
        },
    )


CHOICE = {
    "Yours chooses by the test errors, which then are too good; it should choose by the held-out ones.": lambda c: (
        float(c.test.mean(axis=1).argmin())
    ),
    "Yours chooses by the best seed; it should choose by the mean over the seeds.": lambda c: float(
        c.held_out.min(axis=1).argmin()
    ),
    "Yours chooses the largest error; it should choose the smallest.": lambda c: float(
        c.held_out.mean(axis=1).argmax()
    ),
    "Yours takes the mean over the choices; it should be over the seeds, axis 1.": lambda c: float(
        c.held_out.mean(axis=0).argmin()
    ),
    "Yours is a place among all numbers; it should be a row: the choice.": lambda c: float(c.held_out.argmin()),
    "Yours chooses by the first seed; it should choose by the mean over the seeds.": lambda c: float(
        c.held_out[:, 0].argmin()
    ),
}
MEAN = {
    "Yours is the held-out error, which the choice has made too good; it should be the test error of the choice.": (
        lambda c: c.held_out[int(c.choice)].mean()
    ),
    "Yours is the best seed; it should be the mean over the seeds.": lambda c: c.test[int(c.choice)].min(),
    "Yours is the mean over all choices; it should be that of the choice.": lambda c: c.test.mean(),
    "Yours is the smallest test error of all choices; it should be that of the choice.": lambda c: c.test.mean(
        axis=1
    ).min(),
    "Yours is the median; it should be the mean.": lambda c: float(np.median(c.test[int(c.choice)])),
    "Yours is the test error of the first seed; it should be the mean over the seeds.": lambda c: c.test[
        int(c.choice), 0
    ],
}

HONEST_TABLE = Exercise(
    name="honest-table",
    title="one honest row of a table: choice, error, interval",
    target=honest_row,
    task="Several settings were trained from several seeds each. Choose one setting, and say what its error is, and "
    "between which ends the mean over many seeds lies. What is chosen by its test error looks better than it is.",
    contract={
        "": "Return (choice, mean, low, high): a setting, its mean test error, the ends of its interval.\n"
        "held_out, test: (settings, seeds), errors in percent on held-out digits, which are there for choices, and on "
        "the test set. t: the factor of Student's distribution for 95 % and so many seeds, at least 2.\n"
        "The interval is that of the mean of independent draws whose spread is not known, around the mean."
    },
    play="print(honest_row(np.array([[3.0, 3.2], [2.0, 2.9]]), np.array([[2.8, 3.0], [2.9, 2.5]]), 12.7))",
    kind=Several("choice", "mean", "low", "high"),
    tiny=lambda rng, dtype: errors_case(rng, 3, 3),
    draw=lambda rng, dtype: errors_case(rng, int(rng.integers(7, 9)), int(rng.integers(5, 7))),
    real=lambda rng, dtype: [errors_case(rng, 5, 10)],
    odd=lambda rng, dtype: [errors_case(rng, 4, 4), errors_case(rng, 2, 2), errors_case(rng, 3, 2)],
    wrong={"": wrongs("choice", CHOICE) + wrongs("mean", MEAN) + ends("low", 2) + ends("high", 3)},
    hints=(
        "The choice first: held_out.mean(axis=1) is an error for each setting, and argmin() is the best.",
        "errors = test[choice] are its test errors, one for each seed. Their mean is the number for the table.",
        "errors.std(ddof=1) is s. The mean of n draws varies less than one of them, by sqrt(n).",
    ),
)
