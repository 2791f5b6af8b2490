"""The command line for test_ranks.py, on few images, without pictures: `python command_on_ranks.py SIGNAL train ...`.

SIGNAL: one that rank 1 sends itself during the second epoch, or none.
"""

import os
import signal
import sys

from scratchnet import datasets, evaluate
from scratchnet.cli import main
from scratchnet.runs import report
from scratchnet.training.rank_engine import RankEngine

load_all, gradients = datasets.load, RankEngine.gradients
updates = 0


def load(name, split):
    return tuple(part[:330] if split == "train" else part[:50] for part in load_all(name, split))


def no_pictures(folder, net, recipe, data, name, history=None, title=None, fast=True, pixels=None, **others):
    return evaluate(net, (pixels(data[0]), data[1]))


def with_a_signal(self, x, labels, batch):
    global updates
    updates += 1
    if updates == 8 and self.comm.rank == 1:  # there are six in an epoch
        os.kill(os.getpid(), getattr(signal, sys.argv[1]))
    return gradients(self, x, labels, batch)


if __name__ == "__main__":
    datasets.load, report.write_report = load, no_pictures
    if sys.argv[1] != "none":
        RankEngine.gradients = with_a_signal
    sys.exit(main(sys.argv[2:]))
