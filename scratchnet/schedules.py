"""Learning rates: functions from the epoch, counted from 0, to a number."""

import math

from scratchnet.errors import InputError, expect_count


def constant(epoch: int, lr: float) -> float:
    """Return lr for every epoch."""
    return lr


def paper(epoch: int, scale: float = 1.0) -> float:
    """Return scale times the paper's eta of the epoch (III.B).

    eta is 0.0005 for two epochs, 0.0002 for three, 0.0001 for three, 0.00005 for four, then 0.00001.
    """
    for last, eta in ((2, 0.0005), (5, 0.0002), (8, 0.0001), (12, 0.00005)):
        if epoch < last:
            return scale * eta
    return scale * 0.00001


def exponential(epoch: int, lr: float, gamma: float) -> float:
    """Return lr gamma^epoch. Raise InputError unless gamma > 0."""
    if not gamma > 0:
        raise InputError(f"exponential needs gamma above 0, got {gamma}. With 0.9 the rate falls by 10 % each epoch.")
    return lr * gamma**epoch


def cosine(epoch: int, lr: float, epochs: int, least: float = 0.0) -> float:
    """Return a rate that falls from lr in the first epoch to `least` after `epochs` epochs, along half a cosine
    (I. Loshchilov, F. Hutter, 2017, eq. 5, without restarts). Raise InputError unless epochs is at least 1."""
    expect_count("epochs", epochs)
    return least + (lr - least) * (1 + math.cos(math.pi * epoch / epochs)) / 2
