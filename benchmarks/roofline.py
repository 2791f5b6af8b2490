"""The roofline of a training step: for each operation its work for a byte, and the speed that it reaches.

    python benchmarks/roofline.py [--rounds 31]

An operation can be no faster than the multiplications of a core, and no faster than its numbers come from memory.
Both limits are lines in the picture: the first is NumPy's product of two matrices on one core, the second is changing
numbers in place, within the second-level cache and in main memory. Each operation of a training step of sixteen
images (the paper's network and tutorial-28) is a point: the multiplications and additions that it carries out,
divided by its bytes, every number that is read or written counted once, against its GFLOP/s. Below that, C3 forward
as each trick makes it (benchmarks/fast.py tricks has the numbers).

Medians of 31, on one core; limits and operations take turns. It writes docs/roofline.png and prints the points.
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = os.environ["SCRATCHNET_THREADS"] = "1"  # before NumPy is imported

import argparse
import statistics
import time
from pathlib import Path

import numpy as np
from fast import group_conv, plain_conv, row_us, runner, us

from scratchnet.fast import FastEngine, lowering
from scratchnet.fast.convolutions import Convolve, KernelGradients
from scratchnet.fast.vector import LANES
from scratchnet.runs.recipes import RECIPES

PICTURE = Path(__file__).parents[1] / "docs" / "roofline.png"
KINDS = ("convolution", "product", "squashing", "pooling", "rest")
TANH, SLOPE = 24, 5  # multiplications, additions and comparisons for a number, in scratchnet/fast/pointwise.py


def taps(table, maps):
    """Return how many pairs of an output map and an input map a table has."""
    return len(table) - maps - 1


def work(name, a):
    """Return (kind, what it is called, flop, floats) of an operation with the arguments a; floats: read and written."""
    if name == "convolve":
        c = Convolve(*a)
        weights = taps(c.table, c.maps) * c.kh * c.kw
        inputs = len(set(c.table[c.maps + 1 :])) * c.x_map
        return "convolution", "dx" if c.W_j < 0 else "y", 2 * weights * c.rows * c.pixels * LANES, (
            inputs + c.maps * c.y_map + weights
        )  # fmt: skip
    if name == "convolve_full":
        table, maps, _, kh, height, x_map, x_row, d_map, d_row, *_ = a[3:]
        kw = (x_row - d_row) // LANES + 1
        weights, outputs = taps(table, maps) * kh * kw, len(set(table[maps + 1 :]))
        return "convolution", "dx", 2 * weights * height * d_row, maps * x_map + outputs * d_map + weights
    if name == "kernel_gradients":
        k = KernelGradients(*a)
        weights = taps(k.table, k.maps) * k.W_c
        inputs = len(set(k.table[k.maps + 1 :])) * k.x_map
        return "convolution", "dW", 2 * weights * k.rows * k.pixels * LANES, inputs + k.maps * k.d_map + 2 * weights
    if name in ("multiply", "weight_gradients"):
        _, _, _, _, rows, n, m, *_ = a
        what = ("y" if a[3] >= 0 else "dx") if name == "multiply" else "dW"
        return "product", what, 2 * rows * n * m * LANES, (n + m) * LANES * rows + n * m * (1 + (what == "dW"))
    if name in ("squash", "slope", "rectify", "where_positive"):
        arrays, flop = {"squash": (2, TANH), "slope": (3, SLOPE), "rectify": (2, 1), "where_positive": (3, 1)}[name]
        n = a[arrays]  # after their places
        return "squashing", name, flop * n * LANES, arrays * n * LANES
    if name in ("sum_pool", "max_pool", "sum_pool_back", "max_pool_back"):
        _, _, maps, H, W, OH, OW, *_ = a
        return "pooling", name, 5 * maps * OH * OW * LANES, maps * (H * W + OH * OW) * LANES
    return "rest", name, 0, 0


def layer_of(engine, a, name):
    """Return the name of the layer whose weights an operation has."""
    if name not in ("convolve", "convolve_full", "kernel_gradients", "multiply", "weight_gradients"):
        return ""
    for (leaf, parameter), (first, n) in engine.offsets.items():
        if parameter == "W" and first <= a[2] < first + n:
            return next(key for key, layer in engine.net.layers.items() if layer is leaf)


def points(recipe, rounds):
    """Yield (kind, label, flop for a byte, GFLOP/s, us) of every operation of a training step with arithmetic."""
    net = RECIPES[recipe].network(np.random.default_rng(0))
    engine = FastEngine(net, RECIPES[recipe].loss(), net.input_shape)
    engine.take_parameters()
    plan = engine.batches
    program, (_, rows, *_), _ = plan.program("gradients")
    memories, gradients = engine.memories(plan, 1, 1)
    x = memories[0, plan.x.value : plan.x.value + plan.x.vectors * LANES]
    x[:] = np.random.default_rng(1).normal(size=x.size)
    run = runner(program, memories[0], engine.parameters, gradients[0])
    times = [[] for _ in range(rows)]
    for _ in range(rounds):
        for row in range(rows):
            start = time.perf_counter()
            run(row, row + 1)
            middle = time.perf_counter()
            run(row, row)
            times[row].append(2 * middle - start - time.perf_counter())
    forward, back = plan.instructions("gradients")
    for row, (operation, _, *a) in enumerate(forward + back):
        name = operation.make.__name__
        kind, what, flop, floats = work(name, a)
        if flop:
            seconds = statistics.median(times[row])
            label = f"{layer_of(engine, a, name)} {what}".strip()
            yield kind, label, flop / (4 * floats), flop / seconds / 1e9, 1e6 * seconds


def limits():
    """Return GFLOP/s of a product of matrices, and GB/s of changing 512 kB and 256 MB in place."""
    a, b = np.random.default_rng(0).random((2, 1024, 1024), np.float32)
    c = np.empty_like(a)
    peak = 2 * 1024**3 / us(lambda: np.dot(a, b, out=c), 1) / 1e3
    speeds = []
    for size in (2**17, 2**26):
        numbers = np.ones(size, np.float32)
        speeds.append(8 * size / us(lambda numbers=numbers: np.negative(numbers, out=numbers), 2**26 // size) / 1e3)
    return peak, *speeds


def tricks():
    """Return [(what, GFLOP/s)] of C3 forward, from plain loops to the blocks of the library."""
    rng = np.random.default_rng(0)
    x, W = rng.random((6, 14, 14, LANES), np.float32), rng.random((16, 6, 5, 5), np.float32)
    b, y = rng.random(16, np.float32), np.empty((16, 10, 10, LANES), np.float32)
    flop, dense = 2 * 16 * 6 * 25 * 100 * LANES, np.ones((16, 6), bool)
    best, _ = lowering.block(dense, 10)
    found = [("plain loops in Numba", us(lambda: plain_conv(x, W, b, y), 1))]
    for size in ((1, 1), (4, 1), (1, 7), best):
        reads = lowering.table(lowering.together(dense, size[0]))
        found.append((f"sums of {size[0]} filters x {size[1]} pixels", row_us(group_conv(size, reads))))
    return [(what, flop / time_us / 1e3) for what, time_us in found]


def draw(found, peak, cache, memory, bars):
    from matplotlib.figure import Figure

    from scratchnet.viewing.figures import BLUE, COLOURS, GREY, MARKERS, save

    figure = Figure((8, 9), layout="constrained")
    roof, bought = figure.subplots(2, 1, height_ratios=[2.4, 1])
    x = np.geomspace(0.05, 200, 400)
    for speed, text, style in ((cache, "numbers in place, 512 kB", "-"), (memory, "numbers in place, 256 MB", ":")):
        roof.plot(x, np.minimum(peak, speed * x), color=GREY, linestyle=style, label=f"{text}: {speed:.0f} GB/s")
    roof.axhline(peak, color="black", linewidth=1, label=f"product of matrices: {peak:.0f} GFLOP/s")
    for kind, colour, marker in zip(KINDS, COLOURS, MARKERS):
        mine = [point for point in found if point[0] == kind]
        if mine:
            roof.scatter([p[2] for p in mine], [p[3] for p in mine], color=colour, marker=marker, label=kind, zorder=3)
    roof.set(xscale="log", yscale="log", xlabel="multiplications and additions for a byte", ylabel="GFLOP/s, one core")
    roof.set(xlim=(0.05, 200), ylim=(4, 2 * peak))
    roof.yaxis.set_major_formatter("{x:g}")
    roof.xaxis.set_major_formatter("{x:g}")
    roof.grid(True, color="#dddddd")
    roof.legend(loc="lower right", fontsize=9)
    names, speeds = zip(*bars)
    bought.barh(names[::-1], speeds[::-1], color=BLUE)
    for place, speed in enumerate(speeds[::-1]):
        bought.text(speed, place, f" {speed:.0f}", va="center")
    bought.set(xlabel="GFLOP/s of C3 forward, 16 images, one core", xlim=(0, 1.15 * max(speeds)))
    save(figure, PICTURE)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rounds", type=int, default=31)
    options = arguments.parse_args()
    peak, cache, memory = limits()
    print(f"product of matrices {peak:.0f} GFLOP/s, in place {cache:.0f} GB/s in 512 kB, {memory:.0f} in 256 MB")
    found = []
    for recipe in ("paper", "tutorial-28"):
        for point in points(recipe, options.rounds):
            kind, label, intensity, speed, time_us = point
            print(f"{recipe:12} {kind:12} {label:16} {intensity:7.2f} flop/byte {speed:7.1f} GFLOP/s {time_us:7.1f} us")
            found.append(point)
    bars = tricks()
    for what, speed in bars:
        print(f"{what:30} {speed:7.1f} GFLOP/s")
    draw(found, peak, cache, memory, bars)


if __name__ == "__main__":
    main()
