"""The output of a training while it runs: the wait for Numba, a bar, a line for each epoch."""

import atexit
import contextlib
import copy
import subprocess
import sys
import time

import numpy as np
from tqdm import tqdm

from scratchnet import schedules
from scratchnet.kernels import convolve
from scratchnet.kernels.jit import compiled_before, compiling_announced, njit
from scratchnet.optimizers import SDLM
from scratchnet.parallel import cores, quiet_overflow
from scratchnet.training import Callback, evaluate, fit

LAYERS = """
import sys
import numpy as np
from scratchnet.runs.recipes import RECIPES
net = RECIPES[sys.argv[1]].network(0)
net.forward(np.zeros((1, *net.input_shape), np.float32))
"""


def prepare_kernels(net, loss=None, optimizer=None, *, batch_size=1, images=40, fast=True, recipe=None):
    """Let Numba compile or load the kernels, on a copy of the network.

    It runs a forward pass of this many images. With a loss and an optimizer (net -> optimizer) it runs an epoch of
    training instead. recipe: the name of the network whose layers the report needs too. Without Numba there is nothing
    to wait for.
    """
    if njit is None:
        return
    start = time.perf_counter()
    say("Preparing the kernels (compiled once, up to 20 s, then cached) ...", end=" ")
    net, data = copy.deepcopy(net), (np.zeros((images, *net.input_shape), np.float32), np.zeros(images, np.uint8))
    with compiling_announced(), quiet_overflow():
        if loss:
            if fast and recipe and cores() > 1 and not compiled_before(convolve):
                compile_layers(recipe)
            fit(net, loss, optimizer(net), data, epochs=1, batch_size=batch_size, fast=fast, verbose=False)
        else:
            evaluate(net, data, fast=fast)
    say(f"{time.perf_counter() - start:.1f} s")


def compile_layers(recipe):
    """Let another process compile the layers, on another core: the report shows one image in all of them.

    If that process fails, the report compiles them.
    """
    with contextlib.suppress(OSError):
        quiet = subprocess.DEVNULL
        command = [sys.executable, "-c", LAYERS, recipe]
        atexit.register(subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet).wait)


def say(text, end="\n"):
    """Write a message to the user to stderr: results go to stdout."""
    print(text, file=sys.stderr, end=end, flush=True)


class Progress(Callback):
    """A bar with the time left on a terminal, a line for every epoch, and the files of the run."""

    def __init__(self, run, net, optimizer, verbose):
        self.run, self.net, self.optimizer, self.verbose = run, net, optimizer, verbose
        self.bar, self.done = None, 0

    def batch(self, done, total, loss):
        if self.bar is None:
            self.bar = tqdm(
                total=self.run.config["epochs"] * total,
                initial=len(self.run.history) * total,
                ascii=True,
                unit=" images",
                disable=None,  # no bar unless stderr is a terminal
                mininterval=0.5,
                smoothing=0.05,
                leave=False,
            )
            if self.verbose and isinstance(self.optimizer, SDLM):
                self.print(step_size_table(self.optimizer))
        self.bar.update(done - self.done if done > self.done else done)
        self.done = done
        self.run.save_best(self.net)

    def epoch(self, history):
        self.run.save_best(self.net)
        self.run.save(self.net, self.optimizer)
        self.print(history.line(epochs=self.run.config["epochs"]))

    def print(self, text):
        self.bar.clear()
        print(text, flush=True)
        self.bar.refresh()

    def close(self):
        if self.bar is not None:
            self.bar.close()


def step_size_table(optimizer):
    """Return a table of the smallest, median and largest step size of each parameter."""
    sizes = optimizer.step_sizes()
    rows = [(f"{layer.name}.{name}", eps) for (layer, name), eps in sizes.items()]
    rows.append(("all", np.concatenate(list(sizes.values()))))
    lines = [f"{'step sizes':10} {'smallest':>9} {'median':>9} {'largest':>9}"]
    lines += [f"{name:10} {eps.min():9.1e} {np.median(eps):9.1e} {eps.max():9.1e}" for name, eps in rows]
    scale = optimizer.lr / schedules.paper(0)  # of the first epoch
    lines.append(f"{'paper':10} {7e-5:9.1e} {'':9} {0.016:9.1e}   its learning rate was {1 / scale:g} x ours")
    return "\n".join(lines)
