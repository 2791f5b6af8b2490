"""Measure where the time of the fast path goes, and how much each of its tricks saves.

    python benchmarks/fast.py tricks                      each trick beside the same work without it
    python benchmarks/fast.py profile [--recipe paper]    every operation of a training step
    python benchmarks/fast.py memory                      peak of a process, by batch size, beside PyTorch

Times are medians of 31, on one core unless it says otherwise.
"""

import argparse
import math
import statistics
import subprocess
import sys
import time
from functools import partial

import numpy as np
from numba import cfunc, njit

from scratchnet.fast import (
    FastEngine,
    across_maps,
    blocks,
    convolutions,
    lowering,
    outputs,
    pointwise,
    products,
    windows,
)
from scratchnet.fast.drive import SIZE, Job, address, floats, integers, share_out, worker
from scratchnet.fast.fast_engine import aligned
from scratchnet.fast.operation import OPERATION, OPTIONS, ROW
from scratchnet.fast.operation import run as run_rows
from scratchnet.fast.plan import assemble
from scratchnet.fast.vector import LANES
from scratchnet.parallel import in_parallel
from scratchnet.runs.recipes import RECIPES


def us(call, repeats=10):
    times = []
    call()
    for _ in range(31):
        start = time.perf_counter()
        for _ in range(repeats):
            call()
        times.append((time.perf_counter() - start) / repeats)
    return 1e6 * statistics.median(times)


@njit
def run_at(program, first, last, memory, parameters, gradients):
    run_rows(integers(program), first, last, floats(memory), floats(parameters), floats(gradients))


def runner(program, *arrays):
    """Return a function of (first, last) that runs these rows of a program. The caller keeps the arrays."""
    program, arrays = address(program), [address(array) for array in arrays]
    return lambda first, last: run_at(program, first, last, *arrays)


def row_us(row, floats=400_000, start=0):
    """Return the time of one operation, as a row of a program."""
    program, memory = assemble([row]), aligned(1, floats)[0][start:]
    memory[:] = np.random.default_rng(0).normal(size=memory.size)
    parameters, gradients = memory[: floats // 2].copy(), np.zeros(floats // 2, np.float32)
    run = runner(program, memory, parameters, gradients)
    return us(lambda: run(0, 1))


def group_conv(size, reads):
    """C3 of sixteen images: 6 maps of 14 x 14 -> 16 maps of 10 x 10."""
    y = 6 * 196 * LANES
    return (convolutions.convolve, size, 0, y, 0, 2400, reads, 16, 10, 10, 5, 5, 0, 99,
            196 * LANES, 14 * LANES, LANES, 14 * LANES, LANES, 100 * LANES, 10 * LANES, 150, 25, 5, 1)  # fmt: skip


def first_conv(operation):
    """C1 of sixteen images: 32 x 32 pixels -> 6 maps of 28 x 28."""
    reads = lowering.table(lowering.together(np.ones((6, 1), bool), 6))
    return (operation, (6, 4), 0, 1024 * LANES, 0, 150, reads, 6, 28, 28, 5, 5, 0, 99,
            1024 * LANES, 32 * LANES, LANES, 32 * LANES, LANES, 784 * LANES, 28 * LANES, 25, 25, 5, 1)  # fmt: skip


def in_any_order(F, P):
    """Return the address of `convolve` as LLVM compiles it when it may load early."""
    kept, blocks.in_this_order = blocks.in_this_order, lambda builder: None
    try:
        compiled = cfunc(OPERATION, **OPTIONS)(convolutions.convolve.make((0,) * F, (0,) * P))
    finally:
        blocks.in_this_order = kept
    COMPILED.append(compiled)  # its code lives as long as it does
    return compiled.address


COMPILED = []


def input_gradients():
    """Yield (what, row) of dE/dx of a dense C3: dy in a frame of zeros, and a row of dx at a time."""
    size, reads = lowering.block(np.ones((6, 16), bool), 14)
    start, y = 4 * 18 * LANES, 17 * 180 * LANES
    yield "  a convolution of dE/dy in a frame of zeros", (
        convolutions.convolve, size, start - 4 * 18 * LANES, y, 24, -1, reads, 6, 14, 14, 5, 5, 4, 10,
        180 * LANES, 18 * LANES, LANES, 18 * LANES, LANES, 196 * LANES, 14 * LANES, 25, 150, -5, -1)  # fmt: skip
    yield "  a whole row of sums, without the zeros", (
        convolutions.convolve_full, (14, 5, 10, 1), y, 0, 0, lowering.table(np.ones((6, 16), bool)), 6, 14, 5, 10,
        196 * LANES, 14 * LANES, 100 * LANES, 10 * LANES, 150, 25)  # fmt: skip


def small_kernels(F):
    """The gradients of 64 x 64 kernels of 3 x 3, from maps of 16 x 16 in a border, F kernels at a time."""
    reads = lowering.table(lowering.together(np.ones((64, 64), bool), F))
    return (convolutions.kernel_gradients, (F, 3, 3), 0, 64 * 324 * LANES, 0, reads, 64, 16, 16, 3,
            324 * LANES, 18 * LANES, LANES, 18 * LANES, LANES, 256 * LANES, 16 * LANES, 576, 9)  # fmt: skip


@njit(fastmath=True, error_model="numpy")
def plain_conv(x, W, b, y):
    for o in range(16):
        for h in range(10):
            for w in range(10):
                for l in range(LANES):
                    y[o, h, w, l] = b[o]
                for c in range(6):
                    for i in range(5):
                        for j in range(5):
                            for l in range(LANES):
                                y[o, h, w, l] += W[o, c, i, j] * x[c, h + i, w + j, l]


@njit(fastmath=True, error_model="numpy")
def plain_tanh(x, y):
    for i in range(x.size):
        y[i] = 1.7159 * math.tanh(x[i] * np.float32(2 / 3))


def tricks(options):
    rng = np.random.default_rng(0)
    dense, sparse = np.ones((16, 6), bool), RECIPES["paper"].network()["C3"].connections
    flop = 2 * 16 * 6 * 25 * 100 * LANES

    def speed(text, time_us, work=flop):
        print(f"{text:66}{time_us:9.1f} us{work / time_us / 1e3:8.0f} GFLOP/s")

    print(f"C3 forward, {LANES} images")
    x, W = rng.random((6, 14, 14, LANES), np.float32), rng.random((16, 6, 5, 5), np.float32)
    b, y = rng.random(16, np.float32), np.empty((16, 10, 10, LANES), np.float32)
    speed("  plain Numba loops over (C, H, W, lanes)", us(lambda: plain_conv(x, W, b, y)))
    best, reads = lowering.block(dense, 10)
    for size in ((1, 1), (1, 7), (4, 1), best):
        F, P = size
        every = lowering.table(lowering.together(dense, F))
        speed(f"  blocks of {F} filters x {P} pixels", row_us(group_conv(size, every)))
    speed("  the same, memory 4 bytes off its 64-byte boundary", row_us(group_conv(best, reads), start=1))
    size, reads = lowering.block(sparse, 10)
    speed(f"  Table I, {size[0]} x {size[1]}, skipping blanks", row_us(group_conv(size, reads)), flop * 60 // 96)

    print(f"\nC1 forward, {LANES} images, in blocks of 6 x 4")
    for text, operation in (("  loads in any order", in_any_order), ("  in this order", convolutions.convolve)):
        speed(text, row_us(first_conv(operation)), 2 * 6 * 25 * 784 * LANES)

    print(f"\ndE/dx of a dense C3, {LANES} images")
    for text, row in input_gradients():
        speed(text, row_us(row))

    print(f"\nGradients of 64 x 64 kernels of 3 x 3, 16 x 16 pixels, {LANES} images")
    for F in (1, 2):
        speed(f"  {F} at a time", row_us(small_kernels(F), floats=1_400_000), 2 * 64 * 64 * 9 * 256 * LANES)

    n = 4704 * LANES
    print(f"\n1.7159 tanh(2x/3) of C1's maps, {LANES} images: {n:,} numbers")
    a, z = rng.normal(size=n).astype("f"), np.empty(n, np.float32)
    for text, time_us in (
        ("  math.tanh in a Numba loop", us(lambda: plain_tanh(a, z), 1)),
        ("  NumPy", us(lambda: 1.7159 * np.tanh(a * np.float32(2 / 3)))),
        ("  rational, guessed reciprocal", row_us((pointwise.squash, (LANES,), 16, n + 16, n // LANES, 0))),
    ):
        print(f"{text:66}{time_us:9.1f} us{1e3 * time_us / n:8.2f} ns a number")

    print("\nC5 of one image: back, and the step of 48,120 parameters")
    far = 60_000
    fused = row_us((products.multiply_one_back, (4, 1, LANES), 0, 500, 1000, 0, 48_000, 400, 120, far))
    apart = row_us((products.multiply_one_back, (4, 0, LANES), 0, 500, 1000, 0, 48_000, 400, 120, far))
    apart += row_us((products.descend, (LANES,), 0, 48_120, far))
    print(f"{'  gradients, then a step':66}{apart:9.1f} us\n{'  in one':66}{fused:9.1f} us")

    print("\nto start work on two cores")
    jobs, call = np.zeros((2, SIZE), np.int64), worker().address
    jobs[:, 1 + Job._fields.index("lanes")] = 1
    print(f"{'  threads of Python':66}{us(lambda: in_parallel([int, int])):9.1f} us")
    print(f"{'  OpenMP, by prange':66}{us(lambda: share_out(call, address(jobs), 2)):9.1f} us")


def profile(options):
    recipe = RECIPES[options.recipe]
    net = recipe.network(np.random.default_rng(0))
    engine = FastEngine(net, recipe.loss(), net.input_shape)
    engine.take_parameters()
    for plan, kind, what in (
        (engine.batches, "gradients", f"a training step of {LANES} images"),
        (engine.single, "steps", "an update of batch size 1"),
    ):
        if plan is None:
            continue
        program, (_, rows, *_), _ = plan.program(kind)
        memories, gradients = engine.memories(plan, 1, 1)
        memories[0, plan.x.value : plan.x.value + plan.x.vectors * LANES] = np.random.default_rng(1).normal()

        once = runner(program, memories[0], engine.parameters, gradients[0])

        def time_row(row, rows=rows, once=once):
            """Medians of one call, with everything fresh before it: an operation in place changes what it reads."""
            times = []
            for _ in range(31):
                once(0, rows)
                start = time.perf_counter()
                once(row, row + 1)
                middle = time.perf_counter()
                once(row, row)
                times.append(2 * middle - start - time.perf_counter())
            return 1e6 * statistics.median(times)

        print(f"\n{options.recipe}: {what}")
        for row in range(rows):
            print(f"  {name_of(program[row * ROW]):44}{time_row(row):9.2f} us")
        print(f"  {'all of it':44}{us(partial(once, 0, rows)):9.2f} us")


def name_of(address):
    for room in (across_maps, convolutions, products, outputs, pointwise, windows):
        for name, operation in vars(room).items():
            for sizes, function in getattr(operation, "known", {}).items():
                if function.address == address:
                    return f"{room.__name__.split('.')[-1]}.{name}{sizes}"


MEMORY = """
import resource, sys
import numpy as np
side, batch = sys.argv[1], int(sys.argv[2])
x, labels = np.zeros((8192, 1, 28, 28), "f"), np.zeros(8192, int)
if side == "scratchnet":
    from scratchnet import SGD, CrossEntropyLoss, fit
    from scratchnet.models import tutorial_28
    net = tutorial_28()
    fit(net, CrossEntropyLoss(), SGD(net, 1e-3), (x, labels), epochs=1, batch_size=batch)
else:
    import torch
    sys.path.insert(0, "tests")
    from torch_tutorials import TWINS
    net, x, labels = TWINS["tutorial-28"](), torch.as_tensor(x), torch.as_tensor(labels)
    optimizer = torch.optim.SGD(net.parameters(), 1e-3)
    for rows in torch.randperm(8192).split(batch):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(net(x[rows]), labels[rows]).backward()
        optimizer.step()
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def memory(options):
    print("tutorial-28, an epoch of 8,192 images: peak of the process, MB")
    for side in ("scratchnet", "PyTorch"):
        peaks = []
        for batch in (64, 256, 1024, 4096):
            run = subprocess.run([sys.executable, "-c", MEMORY, side, str(batch)], capture_output=True, text=True)
            peaks.append(f"batch {batch}: {float(run.stdout):.0f}" if run.returncode == 0 else run.stderr)
        print(f"  {side:12}" + "   ".join(peaks))


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("what", choices=("tricks", "profile", "memory"))
    arguments.add_argument("--recipe", default="paper", choices=RECIPES)
    options = arguments.parse_args()
    globals()[options.what](options)


if __name__ == "__main__":
    main()
