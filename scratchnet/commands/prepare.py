"""Waiting for Numba is announced before it is waited for."""

import copy
import sys
import time

import numpy as np

from scratchnet.training import evaluate, fit


def prepare_kernels(net, loss=None, optimizer=None):
    """Has Numba compile every kernel, or load it, on a copy of the network: those of a forward pass, and with a
    loss and an optimizer (net -> optimizer) those of a training step."""
    start = time.perf_counter()
    say("Preparing the kernels (compiled once, up to 20 s, then cached) ...", end=" ")
    net, data = copy.deepcopy(net), (np.zeros((1, *net.input_shape), np.float32), np.zeros(1, np.uint8))
    if loss:
        fit(net, loss, optimizer(net), data, epochs=1)
    else:
        evaluate(net, data)
    say(f"{time.perf_counter() - start:.1f} s")


def say(text, end="\n"):
    """A message to the user: to stderr, results go to stdout."""
    print(text, file=sys.stderr, end=end, flush=True)
