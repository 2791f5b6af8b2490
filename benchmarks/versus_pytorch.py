"""Compare training and inference with PyTorch eager, and with other libraries that are installed.

    python benchmarks/versus_pytorch.py [--recipes paper tutorial-28] [--batches 1 8 32 64 128 256] [--rounds 11]

Networks: the paper's, with an update by one step size per parameter, and those of the tutorials with their own
loss and Adam. Every side runs in a process of its own, with all cores, and is idle while another is timed. A
training step is forward, backward and update, on images that are in memory; at batch size 1 the paper's network
is timed over stretches of 128 updates, as `fit` makes them. Before anything is timed, every side takes a step
from the same parameters on the same batch: the readable path and PyTorch in float64 have to agree to 1e-9, and
every side in float32 with that to 1e-2, where rounding may turn a ReLU or a maximum the other way (the worst is
printed). Times are of float32, medians over rounds in which the sides take turns; for PyTorch the faster of its
two memory formats counts. Its sparse C3 is a dense one whose weights are multiplied by the table in every step,
as one would write it there.

Sides: fast and readable (scratchnet), PyTorch, torch.compile, JAX (jit) and NumPy im2col (the readable path with
its kernels in plain NumPy, as courses write them); those that are not installed, or do not work here, are left out.
GFLOP/s: two for every connection that is not a bias, three times for a training step, since there are three
products in it, but twice in the first layer; beside them what NumPy's product of two 1024 x 1024 float32 matrices
reaches on this machine, in the same rounds.

On a machine with AVX-512, limited to AVX2:

    NUMBA_CPU_NAME=haswell NUMBA_CPU_FEATURES= ATEN_CPU_CAPABILITY=avx2 ONEDNN_MAX_CPU_ISA=AVX2 \\
        MKL_ENABLE_INSTRUCTIONS=AVX2 OPENBLAS_CORETYPE=Haswell python benchmarks/versus_pytorch.py
"""

import argparse
import math
import multiprocessing
import os
import platform
import statistics
import sys
import time

import numpy as np
from sides import SIDES

SECONDS = 0.15  # of one measurement
SETTLE = 0.1  # before it: threads of OpenMP and OpenBLAS wait busily for a while before they sleep


def serve(side, name, shape, dtype, pipe):
    """Answer (batch, what) with the seconds of one call, or for "check" with E and the gradients; None ends it."""
    try:
        maker = SIDES[side](name, dtype=dtype)
    except Exception as why:  # not installed, or not for this Python
        pipe.send(reported(side, why))
        return
    pipe.send(None)
    prepared = {}
    for batch, what in iter(pipe.recv, None):
        try:
            if batch not in prepared:
                rng = np.random.default_rng(batch)
                x = rng.normal(size=(batch, *shape)).astype(dtype)
                prepared = {batch: (maker.prepare(x, rng.integers(0, 10, batch)), maker.updates)}
            functions, updates = prepared[batch]
            result = functions[what]()
        except Exception as why:  # torch.compile without a C compiler, for one
            pipe.send(reported(side, why))
            return
        if what == "check":
            E, gradients = result
            pipe.send((E, [np.array(gradient) for gradient in gradients]))
            continue
        for _ in range(3):  # its threads wake, its memory comes back into the caches
            functions[what]()
        calls, start = 0, time.perf_counter()
        while calls < 2 or time.perf_counter() - start < SECONDS:
            functions[what]()
            calls += 1
        pipe.send((time.perf_counter() - start) / calls / (updates if what == "training" else 1))


def reported(side, why):
    return f"{side}: {type(why).__name__}: {(str(why) or '-').splitlines()[0]}"


def serve_product(pipe):
    a = np.random.default_rng(0).random((1024, 1024), np.float32)
    for _ in iter(pipe.recv, None):
        best = math.inf
        for _ in range(5):
            start = time.perf_counter()
            a @ a
            best = min(best, time.perf_counter() - start)
        pipe.send(2 * 1024**3 / best / 1e9)


class Process:
    """Another process that answers one question at a time; `failed` is the reason if it cannot."""

    def __init__(self, target, *arguments):
        spawn = multiprocessing.get_context("spawn")
        self.pipe, there = spawn.Pipe()
        spawn.Process(target=target, args=(*arguments, there), daemon=True).start()
        there.close()
        self.failed = self.pipe.recv() if target is serve else None

    def ask(self, *question):
        time.sleep(SETTLE)
        self.pipe.send(question)
        answer = self.pipe.recv()
        if isinstance(answer, str):
            self.failed = answer
        return answer

    def end(self):
        if not self.failed:
            self.pipe.send(None)


def main():
    from scratchnet.fast.vector import LANES
    from scratchnet.runs.recipes import RECIPES

    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--recipes", nargs="+", default=["paper", "tutorial-28"], choices=RECIPES)
    arguments.add_argument("--batches", type=int, nargs="+", default=[1, 8, 32, 64, 128, 256])
    arguments.add_argument("--rounds", type=int, default=11)
    arguments.add_argument("--sides", nargs="+", default=list(SIDES), choices=SIDES, help="fast and PyTorch always run")
    options = arguments.parse_args()
    width = "AVX-512" if LANES == 16 else "AVX2 or less"
    print(f"{os.cpu_count()} cores, {platform.machine()}, {processor()}; vectors of {LANES} floats ({width})")
    for name in options.recipes:
        compare(name, RECIPES[name].network(), options)


def processor():
    try:
        with open("/proc/cpuinfo") as file:
            return next(line.split(":")[1].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor()


def compare(name, net, options):
    always = ["fast", "PyTorch", "PyTorch, channels last"]
    own = name in ("paper", "tutorial-28")
    sides = [side for side in SIDES if side in options.sides or side in always if side != "JAX" or own]
    started = {side: Process(serve, side, name, net.input_shape, np.float32) for side in sides}
    product = Process(serve_product)
    if started["PyTorch"].failed:
        sys.exit(f"There is nothing to compare with: {started['PyTorch'].failed}")
    agree(name, net, started, options.batches)
    for process in started.values():
        if process.failed:
            print(f"left out: {process.failed}")
    sides = [side for side in sides if not started[side].failed]
    others = [side for side in sides if side not in always]
    macs = multiplications(net)

    head = "".join(f"{side:>16}" for side in others)
    print(f"\nPyTorch's time divided by that of{'':14}{'fast':>6}{head}    fast, us  PyTorch, us  fast, GFLOP/s")
    gemm = []
    for what in ("training", "inference"):
        work = 2 * (macs["inference"] if what == "inference" else macs["training"])
        for batch in options.batches:
            times = {side: [] for side in sides}
            for _ in range(options.rounds):
                for side in sides:
                    times[side].append(started[side].ask(batch, what))
                gemm.append(product.ask())
            median = {side: 1e6 * statistics.median(times[side]) for side in sides}
            theirs = min(median[side] for side in always[1:])
            ratios = "".join(f"{theirs / median[side]:16.2f}" for side in others)
            speed = work * batch / median["fast"] / 1e3
            print(
                f"{name:12} {what:10} batch {batch:4}{'':12}{theirs / median['fast']:6.2f}{ratios}"
                f"{median['fast']:12,.0f}{theirs:13,.0f}{speed:10.0f}",
                flush=True,
            )
    print(f"{'NumPy, product of matrices':>106} {statistics.median(gemm):10.0f}")
    for process in (*started.values(), product):
        process.end()


def largest(array):
    return np.abs(array).max()


def agree(name, net, started, batches, size=largest):
    """Print how well all sides agree; end the program if they do not. A gradient g' is size(g - g') / size(g) off."""
    exact = {
        side: Process(serve, side, name, net.input_shape, np.float64)
        for side in ("readable", "PyTorch", "PyTorch, channels last")
    }
    worst = {}
    for batch in batches:
        E, gradients = exact["readable"].ask(batch, "check")
        others = {f"{side} in float64": exact[side] for side in list(exact)[1:]} | started
        for side, process in others.items():
            if process.failed:
                continue
            answer = process.ask(batch, "check")
            if process.failed:
                continue
            errors = [abs(answer[0] - E) / abs(E)]
            errors += [size(a - b) / size(b) for a, b in zip(answer[1], gradients, strict=True)]
            worst[side] = max(worst.get(side, 0), *errors)
    for process in exact.values():
        process.end()
    print(f"\n{name}: losses and gradients agree to " + ", ".join(f"{worst[side]:.0e} ({side})" for side in worst))
    if any(not error < (1e-9 if "float64" in side else 1e-2) for side, error in worst.items()):
        sys.exit("They do not compute the same: nothing was timed.")


def multiplications(net):
    """{"inference", "training"}: multiplications of an image, without those of poolings and squashings."""
    shape, each = net.input_shape, []
    for leaf in net.leaves():
        after = leaf.output_shape(shape)
        if leaf.params and type(leaf).__name__ in ("Conv2d", "Linear", "LastAxisLinear"):
            each.append(leaf.n_connections(shape) - math.prod(after))
        shape = after
    return {"inference": sum(each), "training": 3 * sum(each) - each[0]}


if __name__ == "__main__":
    main()
