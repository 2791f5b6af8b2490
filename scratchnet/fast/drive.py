"""Run a program on images, one or sixteen at a time, on every core."""

import numpy as np
from numba import njit, prange

from scratchnet.fast.blocks import transpose
from scratchnet.fast.operation import STAMP, data, run
from scratchnet.fast.vector import LANES
from scratchnet.kernels.jit import jit, kept


@jit
def load_group(memory, images, starts, to):
    """Copy pixel p of the image that starts at starts[l] to memory[to + p LANES + l]."""
    pixels = images.shape[1]
    whole = pixels - pixels % LANES
    flat = images.ravel()
    for p in range(0, whole, LANES):
        transpose(data(flat), data(starts), 0, p, data(memory), to + p * LANES, LANES)
    for l in range(LANES):
        for p in range(whole, pixels):
            memory[to + p * LANES + l] = flat[starts[l] + p]


@jit
def load_one(memory, image, maps, step, to):
    """Copy pixel p of map c to memory[to + c step + p]."""
    pixels = image.size // maps
    for c in range(maps):
        for p in range(pixels):
            memory[to + c * step + p] = image[c * pixels + p]


@jit
def take_in(memory, where, batch, starts, n, last, weight):
    """Copy the group of images from rows[n] on to memory, with its labels and weights. batch, where: as in `work`;
    starts: room for LANES integers."""
    lanes, _, _, x, _, label, weights, _, maps, step, first_image = where
    images, rows, labels = batch
    count = min(lanes, last - n)
    memory[first_image] = n
    for l in range(lanes):
        image = rows[n + min(l, count - 1)]  # lanes without an image take the last one, with weight 0
        starts[l] = image * images.shape[1]
        memory[label + l] = labels[n + min(l, count - 1)]
        memory[weights + l] = weight if l < count else 0
    if lanes > 1:
        load_group(memory, images, starts, x)
    else:
        load_one(memory, images[rows[n]], maps, step, x)


@jit
def give_out(memory, where, n, last, results):
    """Copy the results of the group from image n on out of memory."""
    lanes, y, E, (ys, Es) = where[0], where[4], where[7], results
    for l in range(min(lanes, last - n)):
        Es[n + l] = memory[E + l]
        for i in range(ys.shape[1]):
            ys[n + l, i] = memory[y + i * lanes + l]


@jit
def work(program, where, memory, parameters, gradients, batch, first, last, weight, results):
    """Run a program on images[rows[first:last]], and copy the results from memory.

    batch: (images, rows, labels of those rows); results: (ys (N, classes), Es (N,)).
    where: the images at a time, the numbers of all operations and of the forward ones, and offsets; see Plan.program.
    parameters: those of the forward operations and those of the others, which are the squares for curvatures.
    """
    lanes, end, forward = where[0], where[1], where[2]
    starts = np.empty(LANES, np.int64)
    for n in range(first, last, lanes):
        take_in(memory, where, batch, starts, n, last, weight)
        run(program, 0, forward, memory, parameters[0], gradients)
        run(program, forward, end, memory, parameters[1], gradients)
        give_out(memory, where, n, last, results)


def parallel(function):
    """Compile a function as kernels.jit does, with prange on Numba's threads."""
    return kept(njit, function, STAMP, parallel=True, nogil=True, error_model="numpy")


@parallel
def work_on_cores(program, where, memories, parameters, gradients, batch, cuts, weight, results):
    """Run `work` on every core with its own workspace and gradients; core t takes rows[cuts[t]:cuts[t + 1]]."""
    for t in prange(len(cuts) - 1):
        gradients[t, :] = 0
        work(
            program, where, memories[t], parameters, gradients[t], batch, cuts[t], cuts[t + 1], weight, results
        )  # fmt: skip


@jit
def add_up(memories, first, n):
    """Make the n floats at `first` the sums over all groups, in every memory. It adds in the order of the groups."""
    for i in range(first, first + n):
        s = 0.0
        for g in range(len(memories)):
            s += memories[g, i]
        for g in range(len(memories)):
            memories[g, i] = s


@parallel
def work_together(program, where, meetings, memories, parameters, gradients, batch, cuts, weight, results):
    """As work_on_cores, for layers that need the whole batch: each group has a memory, and all groups do the rows of
    the program up to the next meeting. Core t has the groups from cuts[t] on. meetings: see Plan.program."""
    lanes, forward, last = where[0], where[2], len(batch[1])
    gradients[:, :] = 0
    for m in range(len(meetings)):
        begin, end = meetings[m - 1, 0] if m else 0, meetings[m, 0]
        for t in prange(len(cuts) - 1):
            for g in range(cuts[t], cuts[t + 1]):
                if m == 0:
                    take_in(memories[g], where, batch, np.empty(LANES, np.int64), g * lanes, last, weight)
                run(program, begin, min(end, forward), memories[g], parameters[0], gradients[t])
                run(program, max(begin, forward), end, memories[g], parameters[1], gradients[t])
                if m == len(meetings) - 1:
                    give_out(memories[g], where, g * lanes, last, results)
        add_up(memories, meetings[m, 1], meetings[m, 2])
