"""Run a program on images and return the results; on every core.

What a core has to do is a Job: a row of integers, addresses among them. So the compiled functions below take one
number each. Numba needs longer to compile the entry of a function that takes ten arrays than all of what is here.
"""

import contextlib
import functools
from functools import partial
from typing import NamedTuple

import numba
import numpy as np
from llvmlite import ir
from numba import cfunc, njit, prange
from numba.core import types
from numba.extending import intrinsic

from scratchnet.fast.blocks import transpose
from scratchnet.fast.operation import STAMP, arguments, run
from scratchnet.fast.vector import LANES
from scratchnet.kernels.jit import inner, kept


class Job(NamedTuple):
    """Run a program on images[rows[first:last]]. `where` of Plan.program begins with lanes and ends with step."""

    program: int  # the address of its rows; it has
    lanes: int  # images at a time,
    end: int  # this number of operations,
    forward: int  # and of these in the forward pass
    x: int  # offsets in memory
    y: int
    label: int
    weight: int
    E: int
    maps: int  # of an image, and floats from one to the next
    step: int
    memory: int  # addresses: float32, the workspace,
    parameters: int  # float32, of the forward operations,
    others: int  # and of the others: the squares for curvatures,
    gradients: int  # float32, which become 0 first,
    n: int  # how many;
    images: int  # float32 (M, pixels),
    pixels: int
    rows: int  # int64: which images,
    labels: int  # int64, of those rows,
    share: int  # float32: the weight of an image in the loss;
    Es: int  # float32 (N,), the results
    ys: int  # float32 (N, classes)
    classes: int
    first: int
    last: int


COLUMN = {name: n for n, name in enumerate(Job._fields, 1)}  # `arguments` begins at 1
FIELDS = 1 + len(COLUMN)  # behind them are LANES integers that `work` uses
SIZE = FIELDS + LANES


class Desk:
    """The jobs of `workers` cores, and places for what changes with a call: rows, labels, share, and results Es, ys.

    It is kept while batches have one size, because to ask NumPy for the address of an array takes 2 us. of: what it is
    for. fixed: the fields of a Job that do not depend on the core or the batch.
    """

    def __init__(self, of, cuts, memories, gradients, classes, **fixed):
        self.of, N, self.kept = of, cuts[-1], (memories, gradients)
        self.rows, self.labels = np.empty((2, N), np.int64)
        self.share, self.Es, self.ys = (np.empty(shape, np.float32) for shape in (1, N, (N, classes)))
        places = {name: address(getattr(self, name)) for name in ("rows", "labels", "share", "Es", "ys")}
        self.jobs = np.zeros((len(cuts) - 1, SIZE), np.int64)
        for t, row in enumerate(self.jobs):
            own = {"memory": address(memories[t]), "gradients": address(gradients[t])}
            own |= {"first": cuts[t], "last": cuts[t + 1], "images": 0, "classes": classes}
            row[1:FIELDS] = Job(**fixed, **places, **own)
        self.start = address(self.jobs)

    def set(self, name, value):
        self.jobs[:, COLUMN[name]] = value

    def work(self, on_threads):
        """Do the jobs: on Numba's threads, or one after the other."""
        if on_threads:
            with numba_threads(len(self.jobs)):
                share_out(worker().address, self.start, len(self.jobs))
        else:
            call = worker().ctypes  # releases the interpreter lock
            for job in range(self.start, self.start + self.jobs.nbytes, 8 * SIZE):
                call(job)


def pointer(kind):
    """Return a function that makes a pointer to numbers of this kind from an address."""

    @intrinsic
    def at(typing, address):
        def code(context, builder, sig, args):
            return builder.inttoptr(args[0], context.get_value_type(sig.return_type))

        return types.CPointer(kind)(types.int64), code

    return at


floats, integers = pointer(types.float32), pointer(types.int64)


@inner
def load_group(memory, images, starts, first, pixels, to):
    """Copy pixel p of the image that starts at starts[first + l] to memory[to + p LANES + l]."""
    whole = pixels - pixels % LANES
    for p in range(0, whole, LANES):
        transpose(images, starts, first, p, memory, to + p * LANES, LANES)
    for l in range(LANES):
        for p in range(whole, pixels):
            memory[to + p * LANES + l] = images[starts[first + l] + p]


@inner
def load_one(memory, images, start, pixels, maps, step, to):
    """Copy pixel p of map c of the image at `start` to memory[to + c step + p]."""
    size = pixels // maps
    for c in range(maps):
        for p in range(size):
            memory[to + c * step + p] = images[start + c * size + p]


def work(address):
    """Do the Job at this address."""
    a = integers(address)
    (program, lanes, end, forward, x, y, label, weight, E, maps, step, memory, parameters, others, gradients, n,
     images, pixels, rows, labels, share, Es, ys, classes, first, last) = arguments(a, 26)  # fmt: skip
    program, memory, gradients, images = integers(program), floats(memory), floats(gradients), floats(images)
    parameters, others, share, ys, Es = floats(parameters), floats(others), floats(share), floats(ys), floats(Es)
    rows, labels = integers(rows), integers(labels)
    for k in range(n):
        gradients[k] = 0
    for image in range(first, last, lanes):
        count = lanes if last - image > lanes else last - image
        for l in range(lanes):
            row = image + (l if l < count else count - 1)  # lanes without an image take the last one, with weight 0
            a[FIELDS + l] = rows[row] * pixels
            memory[label + l] = labels[row]
            memory[weight + l] = share[0] if l < count else 0
        if lanes > 1:
            load_group(memory, images, a, FIELDS, pixels, x)
        else:
            load_one(memory, images, a[FIELDS], pixels, maps, step, x)
        run(program, 0, forward, memory, parameters, gradients)
        run(program, forward, end, memory, others, gradients)
        for l in range(count):
            Es[image + l] = memory[E + l]
            for i in range(classes):
                ys[(image + l) * classes + i] = memory[y + i * lanes + l]


@functools.cache
def worker():
    """Return `work`, compiled."""
    return kept(partial(cfunc, types.void(types.int64)), work, STAMP, error_model="numpy")


@intrinsic
def call_at(typing, function, address):
    """Call the function at an address with one integer."""

    def code(context, builder, sig, args):
        kind = ir.FunctionType(ir.VoidType(), [ir.IntType(64)])
        builder.call(builder.inttoptr(args[0], kind.as_pointer()), [args[1]])
        return context.get_dummy_value()

    return types.void(types.int64, types.int64), code


@partial(kept, njit, stamp=STAMP, parallel=True, nogil=True, error_model="numpy")
def share_out(function, jobs, n):
    """Call the function at an address with the addresses of n jobs, on Numba's threads."""
    for t in prange(n):
        call_at(function, jobs + t * (8 * SIZE))


@contextlib.contextmanager
def numba_threads(n):
    """Return a context in which Numba uses n threads, or all if it has fewer."""
    before = numba.get_num_threads()
    numba.set_num_threads(min(n, numba.config.NUMBA_NUM_THREADS))
    try:
        yield
    finally:
        numba.set_num_threads(before)


def address(array):
    """Return the address of an array's first number."""
    return array.__array_interface__["data"][0]
