"""Run a program on images, one or sixteen at a time, on every core.

What a core has to do is a Job: a row of integers, addresses among them. So each compiled function here takes a number
or two. Numba takes longer to compile the entry of a function of ten arrays than to compile all of this file.
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
    """Run the operations from `begin` to `until` on images[rows[first:last]]. What is before `begin` is Plan's `where`.

    Operation 0 is preceded by taking the images in, the last one is followed by giving the results out.
    """

    program: int  # the address of its rows
    lanes: int  # images at a time: a group
    end: int  # operations,
    forward: int  # and those of the forward pass
    x: int  # offsets in memory
    y: int
    label: int
    weight: int
    E: int
    maps: int  # of an image, and floats from one to the next
    step: int
    first_image: int  # an offset in memory too
    begin: int
    until: int
    memory: int  # addresses: float32, the workspace of the first group,
    apart: int  # bytes to that of the next group, 0 if all groups have the same,
    parameters: int  # float32, of the forward operations,
    others: int  # and of the others: the squares for curvatures,
    gradients: int  # float32 (n,), which become 0 first,
    n: int
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


FIELDS = 1 + len(Job._fields)  # `arguments` begins at 1; behind them are LANES integers that `work` uses
SIZE = FIELDS + LANES


class Desk:
    """The jobs of the cores, and places for what changes with a call: rows, labels, share, and results Es, ys.

    It is kept while batches have one size, because to ask NumPy for the address of an array takes 2 us. cuts: core t
    has the images cuts[t]:cuts[t + 1] and memories[starts[t]]; fields: those of a Job that are the same for all.
    """

    def __init__(self, cuts, memories, starts, gradients, fields):
        self.memories, N = memories, cuts[-1]
        self.rows, self.labels = np.empty((2, N), np.int64)
        self.share, self.Es, self.ys = (np.empty(shape, np.float32) for shape in (1, N, (N, fields["classes"])))
        places = {name: address(getattr(self, name)) for name in ("rows", "labels", "share", "Es", "ys")}
        fields = fields | places | {"begin": 0, "until": fields["end"], "images": 0}  # images: set for every call
        self.jobs = np.zeros((len(cuts) - 1, SIZE), np.int64)
        for t, row in enumerate(self.jobs):
            mine = {"first": cuts[t], "last": cuts[t + 1]}
            mine |= {"memory": address(memories[starts[t]]), "gradients": address(gradients[t])}
            row[1:FIELDS] = Job(**fields, **mine)
        self.start, self.columns = address(self.jobs), dict(zip(Job._fields, self.jobs.T[1:]))

    def set(self, name, value):
        self.columns[name][:] = value

    def work(self, meetings, on_threads):
        """Do the jobs: on Numba's threads, or one after the other.

        meetings: see Plan.program. All groups of images do the operations up to the next meeting. There n floats become
        their sums over all groups, in the order of the groups.
        """
        begin = 0
        with numba_threads(len(self.jobs)) if on_threads else contextlib.nullcontext():
            for until, first, n in meetings.tolist():
                if len(meetings) > 1:  # else the jobs are for the whole program already
                    self.set("begin", begin)
                    self.set("until", until)
                self.call(on_threads)
                if n:
                    sums = self.memories[:, first : first + n]
                    sums[:] = np.add.reduce(sums, axis=0, dtype=float)
                begin = until

    def call(self, on_threads):
        if on_threads:
            return share_out(worker().address, self.start, len(self.jobs))
        for job in range(self.start, self.start + self.jobs.nbytes, 8 * SIZE):
            worker().ctypes(job)  # releases the interpreter lock


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
    (program, lanes, end, forward, x, y, label, weight, E, maps, step, first_image, begin, until, place, apart,
     parameters, others, gradients, n, images, pixels, rows, labels, share, Es, ys, classes, first,
     last) = arguments(a, 30)  # fmt: skip
    middle = forward if begin < forward < until else (until if until <= forward else begin)
    for k in range(0 if begin else n):
        floats(gradients)[k] = 0
    for image in range(first, last, lanes):
        memory, count = floats(place), lanes if last - image > lanes else last - image
        if begin == 0:
            memory[first_image] = image
            for l in range(lanes):
                row = image + (l if l < count else count - 1)  # lanes without an image take the last one, with weight 0
                a[FIELDS + l] = integers(rows)[row] * pixels
                memory[label + l] = integers(labels)[row]
                memory[weight + l] = floats(share)[0] if l < count else 0
            if lanes > 1:
                load_group(memory, floats(images), a, FIELDS, pixels, x)
            else:
                load_one(memory, floats(images), a[FIELDS], pixels, maps, step, x)
        run(integers(program), begin, middle, memory, floats(parameters), floats(gradients))
        run(integers(program), middle, until, memory, floats(others), floats(gradients))
        for l in range(count if until == end else 0):
            floats(Es)[image + l] = memory[E + l]
            for i in range(classes):
                floats(ys)[(image + l) * classes + i] = memory[y + i * lanes + l]
        place += apart


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
