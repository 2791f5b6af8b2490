"""Compare choices that the paper leaves open, on held-out training digits.

    python benchmarks/choices.py --out benchmarks/choices.csv [--seed N] [NAME ...]

Trains LeNet-5 for 20 epochs over 55,000 training digits and measures the error on the other 5,000.
The test set is not read. Appends a row for every run; about 5 minutes each. Without NAME all run.

The paper's eq. 7 has no factor 1/2. With one on the loss, gradient and curvature are halved, which is
the same as twice the mu: eps dE = eta (dE/2) / (mu + h/2) = eta dE / (2 mu + h). "half" below is that.
"""

import argparse
import csv
import dataclasses
import math
import sys
from pathlib import Path

import numpy as np

from scratchnet import SDLM, MAPLoss, MLELoss, ScratchnetError, datasets, fit, schedules
from scratchnet.layers.initial import uniform_over_fan_in, uniform_over_sqrt_fan_in
from scratchnet.models import lenet5


@dataclasses.dataclass
class Choice:
    loss: object = dataclasses.field(default_factory=lambda: MAPLoss(10))
    eta: float = 1.0  # times the paper's schedule
    mu: float = 0.02
    init: object = uniform_over_sqrt_fan_in
    coefficient: float = 0.5  # of S2 and S4; 0 draws U(-1/2, 1/2)
    random_biases: bool = False


CHOICES = {
    "literal": Choice(loss=MLELoss(), init=uniform_over_fan_in, coefficient=0.6),
    "literal, MAP": Choice(init=uniform_over_fan_in, coefficient=0.6),
    "2.4/F, eta/4": Choice(init=uniform_over_fan_in, coefficient=0.6, eta=0.25),
    "eta": Choice(),
    "eta/2": Choice(eta=0.5),
    "eta/4": Choice(eta=0.25),
    "eta/2, half": Choice(eta=0.5, mu=0.04),
    "MLE, eta": Choice(loss=MLELoss()),
    "MLE, eta/2": Choice(loss=MLELoss(), eta=0.5),
    "MLE, eta/4": Choice(loss=MLELoss(), eta=0.25),
    "j=1, eta/4": Choice(loss=MAPLoss(1), eta=0.25),
    "j=40, eta/4": Choice(loss=MAPLoss(40), eta=0.25),
    "j=inf, eta/4": Choice(loss=MAPLoss(math.inf), eta=0.25),
    "random S, eta/4": Choice(coefficient=0, eta=0.25),
    "random b, eta/4": Choice(random_biases=True, eta=0.25),
}


def run(choice, seed):
    """Return the History of one training; its test_error is the error on the held-out digits."""
    rng = np.random.default_rng(seed)
    net = lenet5(rng, init=choice.init, coefficient=choice.coefficient or 0.5)
    if not choice.coefficient:
        for name in ("S2", "S4"):
            net[name].W[:] = rng.uniform(-0.5, 0.5, net[name].W.shape)
    if choice.random_biases:
        for name, fan_in in {"C1": 25, "S2": 4, "C3": 100, "S4": 4, "C5": 400, "F6": 120}.items():
            net[name].b[:] = choice.init(rng, net[name].b.shape, fan_in)
    images, labels = datasets.load("mnist", "train")
    x = datasets.paper_input(images)
    part = np.random.default_rng(1998).permutation(len(x))  # the same split in all runs
    train, held_out = part[:55000], part[55000:]
    return fit(
        net,
        choice.loss,
        SDLM(net, 1, mu=choice.mu),
        (x[train], labels[train]),
        test=(x[held_out], labels[held_out]),
        schedule=lambda epoch: choice.eta * schedules.paper(epoch),
        rng=rng,
        train_error=False,
    )


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(CHOICES)}")
    arguments.add_argument("--seed", type=int, default=0)
    arguments.add_argument("--out", type=Path, required=True)
    options = arguments.parse_args()
    unknown = [name for name in options.names if name not in CHOICES]
    if unknown:
        arguments.error(f"no choice {unknown[0]!r}; there are {', '.join(CHOICES)}")
    for name in options.names or CHOICES:
        try:
            history = run(CHOICES[name], options.seed)
            errors = [f"{history.test_error[-1]:.2f}", f"{min(history.test_error):.2f}"]
            row = [name, options.seed, *errors, f"{history.running_error[-1]:.2f}", f"{sum(history.seconds):.0f}"]
        except ScratchnetError as why:
            row = [name, options.seed, str(why), "", "", ""]
        new = not options.out.exists()
        with options.out.open("a", newline="", encoding="ascii") as file:
            writer = csv.writer(file)
            if new:
                writer.writerow(["choice", "seed", "held-out %", "lowest of 20 %", "train on the fly %", "seconds"])
            writer.writerow(row)
        print(*row, file=sys.stderr, sep="  ")


if __name__ == "__main__":
    main()
