"""Waiting for Numba is announced before it is waited for."""

import copy
import sys
import time

import numpy as np

from scratchnet.losses import MLELoss
from scratchnet.optimizers import SDLM
from scratchnet.training import fit


def prepare_kernels(net, training):
    """Has Numba compile every kernel of a forward pass or of a training step, or load it, on a copy of the network."""
    start = time.perf_counter()
    say("Preparing the kernels (compiled once, up to 20 s, then cached) ...", end=" ")
    net, x = copy.deepcopy(net), np.zeros((1, *net.input_shape), np.float32)
    net.forward(x)
    if training:
        fit(net, MLELoss(), SDLM(net, 1e-6), (x, np.zeros(1, np.uint8)), epochs=1)
    say(f"{time.perf_counter() - start:.1f} s")


def say(text, end="\n"):
    """A message to the user: to stderr, results go to stdout."""
    print(text, file=sys.stderr, end=end, flush=True)
