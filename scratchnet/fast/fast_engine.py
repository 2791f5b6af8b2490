"""FastEngine: the Engine that runs programs for `fit` and `evaluate`."""

import contextlib
import math
import os
import platform
import threading

import numba
import numpy as np

from scratchnet.errors import InputError, Unsupported
from scratchnet.fast import modes
from scratchnet.fast.drive import Desk, Job, address
from scratchnet.fast.plan import STRETCH, Plan
from scratchnet.fast.vector import LANES, has
from scratchnet.layers import Sequential
from scratchnet.layers.expect import expect_parameters, label
from scratchnet.losses import one_hot
from scratchnet.optimizers import SDLM, SGD
from scratchnet.parallel import cores, leaves, let_waiting_threads_sleep

SLACK = 256  # floats behind the gradients: the last block of a row adds zeros to them

AT_ONCE = 4096  # images of inference in one call, so that Python runs again

forked = False  # a forked child lacks the OpenMP threads of its parent: it does the same parts one after the other
one_at_a_time = threading.Lock()  # some of Numba's thread pools cannot serve two Python threads at a time


class FastEngine:
    """The Engine that runs a network by programs, on images of one shape and with a loss (None: forward only).

    Inside `with`, the layers have other arrays: net["C3"].W is a view of one flat array, which the programs and
    any optimizer change in place. Afterwards net["C3"].W is the same array as before, with the new values.
    Everything else (codes, j, A, divisor) is read when the engine is made. dW stays until the next gradients.
    Raises Unsupported, with the reason, if a layer or the loss has no compiled operation.
    """

    def __init__(self, net, loss, shape, dtype=np.float32):
        let_waiting_threads_sleep()
        self.net, self.loss, self.shape = net, loss, tuple(shape)
        for leaf in leaves(net):
            expect_parameters(leaf)
        why = reason(net, dtype)
        if why:
            raise Unsupported(why)
        self.slots = [(leaf, name) for leaf in leaves(net) for name in leaf.params]
        self.offsets, n = {}, 0
        for leaf, name in self.slots:
            size = getattr(leaf, name).size
            self.offsets[leaf, name] = n, size
            n += -(-size // 16) * 16  # every parameter starts on a cache line
        self.n = n
        self.parameters = aligned(1, 2 * n + SLACK)[0]  # and a step size for each
        self.batches = Plan(net, shape, loss, self.offsets, n, LANES)
        try:
            self.single = Plan(net, shape, loss, self.offsets, n, 1)
        except Unsupported:
            self.single = None
        self.lent = None
        self.known, self.desks, self.gradients_ = {}, {}, aligned(1, n + SLACK)

    def __enter__(self):
        self.own = [getattr(leaf, name) for leaf, name in self.slots]
        self.lent = self.views(self.parameters)
        self.take_parameters()
        return self

    def __exit__(self, *exception):
        try:
            self.take_parameters()
        finally:
            for (leaf, name), array, view in zip(self.slots, self.own, self.lent, strict=True):
                array[...] = view
                setattr(leaf, name, array)
            self.lent = None

    def take_parameters(self):
        """Copy the layers' parameters to the flat array: all of them, or inside `with` those that were replaced."""
        for (leaf, name), view in zip(self.slots, self.lent or self.views(self.parameters), strict=True):
            if (array := leaf.__dict__[name]) is not view:
                if np.shape(array) != view.shape:
                    raise InputError(
                        f"{label(leaf)}: {name} should keep its shape {view.shape}, got {np.shape(array)}."
                    )
                view[...] = array
                if self.lent:
                    setattr(leaf, name, view)

    def classes(self, x):
        self.expect_images(x)
        return self.batches.y.shape[0]

    def expect_images(self, x):
        """Raise InputError unless x is float32 images of the shape that the programs are for."""
        if x.shape[1:] != self.shape or x.dtype != np.float32 or len(x) == 0:
            raise InputError(f"The images should be float32 of shape {self.shape}, got {x.dtype} of {x.shape}.")

    def forward(self, x, batch_size=100):
        self.expect_images(x)
        size = batch_size if self.batches.meets() else AT_ONCE
        parts = [np.arange(first, min(first + size, len(x))) for first in range(0, len(x), size)]
        return np.concatenate([self.run("forward", x, np.zeros(len(part), int), part)[1] for part in parts])

    def gradients(self, x, labels, batch=slice(None)):
        self.expect_images(x)
        batch = numbers(batch, len(x))
        E, y, gradient = self.run("gradients", x, labels[batch], batch)
        self.leave("d", gradient)
        return E, y

    def curvatures(self, x, labels):
        self.expect_images(x)
        gradients, self.gradients_ = self.gradients_, aligned(1, self.n + SLACK)  # dW stays what it is
        *_, curvature = self.run("curvatures", x, labels, np.arange(len(x)))
        self.leave("h", curvature)
        self.gradients_ = gradients

    def leave(self, letter, flat):
        """Set dW or hW on the layers, for every parameter W."""
        for (leaf, name), view in zip(self.slots, self.views(flat), strict=True):
            setattr(leaf, letter + name, view)

    def fused(self, optimizer, batch_size):
        """Return STRETCH at batch size 1 if the programs can take the optimizer's steps, else 0."""
        plain = type(optimizer) is SGD and not optimizer.momentum and not optimizer.weight_decay
        diagonal = isinstance(optimizer, SDLM) and type(optimizer).step is SDLM.step
        known = optimizer.net is self.net and (plain or diagonal)
        known = known and getattr(self.loss, "weights", None) is None  # each image would have its own 1 / w
        return STRETCH if batch_size == 1 and self.single and known else 0

    def updates(self, optimizer, x, labels, batch):
        """Make an update for each image of the batch. It sets no dW."""
        self.expect_images(x)
        if isinstance(optimizer, SDLM) and not optimizer.eps:
            optimizer.step()  # raises the InputError
        for slot, view in zip(self.slots, self.views(self.parameters[self.n :]), strict=True):
            view[...] = optimizer.eps[slot] if isinstance(optimizer, SDLM) else optimizer.lr
        batch = numbers(batch, len(x))
        parts = [batch[first : first + STRETCH] for first in range(0, len(batch), STRETCH)]
        Es, ys, _ = zip(*(self.run("steps", x, labels[part], part) for part in parts))
        return sum(E * len(part) for E, part in zip(Es, parts)) / len(batch), np.concatenate(ys)

    def run(self, kind, x, labels, images):
        """Run the program of this kind on x[images] with these labels, and return E, y and the flat gradient."""
        self.take_parameters()
        classes = self.batches.y.shape[0]
        if labels.dtype.kind not in "iu" or labels.min() < 0 or labels.max() >= classes:
            one_hot(labels, np.empty((len(images), classes)))  # raises the InputError
        alone = kind == "steps" or (len(images) == 1 and kind != "curvatures" and self.single)
        plan = self.single if alone else self.batches
        N, size = len(images), getattr(self.loss, "size", len)(labels) or 1  # what the loss divides by
        workers = 1 if alone else min(cores(), -(-N // LANES))
        desk, meetings = self.desk(plan, kind, N, workers)
        x, squares = np.ascontiguousarray(x), self.parameters**2 if kind == "curvatures" else None
        desk.set("images", address(x))
        if squares is not None:
            desk.set("others", address(squares))
        desk.rows[:], desk.labels[:], desk.share[0] = images, labels, 1 if kind == "steps" else 1 / size
        modes.before(plan, desk.memories, N)
        with one_at_a_time if workers > 1 else contextlib.nullcontext():
            desk.work(meetings, on_threads=workers > 1 and not forked)
        modes.after(plan, desk.memories[0])
        gradients = self.gradients_
        for other in gradients[1:workers] if kind != "forward" else ():
            gradients[0] += other
        return float(desk.Es.sum(dtype=float)) / (N if kind == "steps" else size), desk.ys.copy(), gradients[0]

    def desk(self, plan, kind, N, workers):
        """Return a Desk for N images on so many cores, the last one of this kind if it fits, and the meetings."""
        program, where, meetings = plan.program(kind)  # may enlarge the workspace
        groups, together = -(-N // plan.lanes), len(meetings) > 1  # then each group needs a workspace
        arrays = program, *self.memories(plan, groups if together else workers, workers)
        of = N, workers, *map(id, arrays)
        if (plan.lanes, kind) not in self.desks or self.desks[plan.lanes, kind][0] != of:
            (_, memories, gradients), start = arrays, address(self.parameters)
            first = [groups * t // workers for t in range(workers + 1)]
            fields = dict(zip(Job._fields, (address(program), *where)), parameters=start, others=start)
            fields["apart"] = memories.strides[0] if together else 0
            fields["n"] = 0 if kind == "forward" else gradients.shape[1]  # so the gradients of the last step stay
            fields |= {"pixels": math.prod(self.shape), "classes": plan.y.shape[0]}
            cuts = [min(group * plan.lanes, N) for group in first]
            mine = memories[:groups] if together else memories
            desk = Desk(cuts, mine, first if together else range(workers), gradients, fields)
            self.desks[plan.lanes, kind] = of, desk, arrays
        return self.desks[plan.lanes, kind][1], meetings

    def memories(self, plan, groups, workers):
        """Return workspaces (at least groups, ...) and gradients (at least workers, n), rows on 64-byte boundaries."""
        known = self.known.get(plan.lanes)
        if known is None or len(known) < groups or known.shape[1] < plan.size:
            known = self.known[plan.lanes] = aligned(groups, plan.size)
            for offset, values in plan.constants.items():
                known[:, offset : offset + values.size] = values
        if len(self.gradients_) < workers:
            self.gradients_ = aligned(workers, self.n + SLACK)
        return known, self.gradients_

    def views(self, flat):
        """Return the parts of a flat array, in the shapes of the parameters."""
        places = [(self.offsets[slot][0], getattr(*slot)) for slot in self.slots]
        return [flat[first : first + array.size].reshape(array.shape) for first, array in places]


def numbers(batch, n):
    """Return the indices of a batch among n images. Raise InputError for indices that do not exist."""
    if isinstance(batch, slice) or batch.dtype == bool:
        return np.arange(n)[batch]
    if len(batch) == 0 or batch.min() < 0 or batch.max() >= n:
        raise InputError(f"The images of a batch should be from 0 to {n - 1}, got {batch}.")
    return batch


def aligned(rows, n):
    """Return zeros (rows, at least n), rows on 64-byte boundaries, so that no vector lies in two cache lines."""
    n = -(-n // 16) * 16
    raw = np.zeros(rows * n + 16, np.float32)
    start = -raw.ctypes.data // 4 % 16
    return raw[start : start + rows * n].reshape(rows, n)


def reason(net, dtype):
    """Return why a network cannot take the fast path, whatever its layers are, or None."""
    if numba.config.DISABLE_JIT:
        return "NUMBA_DISABLE_JIT is set"
    if platform.machine().lower() in ("x86_64", "amd64") and not (has("fma") or numba.config.CPU_NAME):
        return "this processor has no fused multiply-add"
    if dtype != np.float32:
        return f"the images are {np.dtype(dtype)}, not float32"
    arrays = [value for _, value, _, _ in net.parameters()]
    if any(np.may_share_memory(a, b) for n, a in enumerate(arrays) for b in arrays[:n]):
        return "two parameters share their memory"
    for container in containers(net):
        if type(container) is not Sequential:
            return f"{label(container)} is a container, but not a plain Sequential"
    for name, value, _, _ in net.parameters():
        if value.dtype != np.float32:
            return f"{name} is {value.dtype}, not float32"


def containers(net):
    if leaves(net) != [net]:
        yield net
        for layer in getattr(net, "layers", {}).values():
            yield from containers(layer)


def _after_fork():
    global forked, one_at_a_time
    forked, one_at_a_time = True, threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
