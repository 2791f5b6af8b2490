"""Waiting for Numba is announced before it is waited for."""

import copy
import sys
import time

import numpy as np

from scratchnet.fast import operation
from scratchnet.team import quiet_overflow
from scratchnet.training import evaluate, fit


def prepare_kernels(net, loss=None, optimizer=None, *, batch_size=1, images=40, fast=True):
    """Has Numba compile what is needed, or load it, on a copy of the network: a forward pass of this many images,
    and with a loss and an optimizer (net -> optimizer) a training step, and what its report draws."""
    start = time.perf_counter()
    say("Preparing the kernels (compiled once, up to 20 s, then cached) ...", end=" ")
    operation.said = True  # that it takes a while
    net, data = copy.deepcopy(net), (np.zeros((images, *net.input_shape), np.float32), np.zeros(images, np.uint8))
    if loss:
        fit(net, loss, optimizer(net), data, epochs=1, batch_size=batch_size, fast=fast)
        with quiet_overflow():
            net.forward(data[0][:1])
    else:
        evaluate(net, data, fast=fast)
    say(f"{time.perf_counter() - start:.1f} s")


def say(text, end="\n"):
    """A message to the user: to stderr, results go to stdout."""
    print(text, file=sys.stderr, end=end, flush=True)
