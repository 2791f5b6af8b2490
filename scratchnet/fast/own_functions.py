"""Layers of your own that are a function of one number: their `compiled` functions, applied to every number. They are
compiled in each process anew, because a kept version could be that of an older source."""

import copy
import functools

import numpy as np
from numba import cfunc, njit
from numba.core.errors import NumbaError

from scratchnet.errors import InputError
from scratchnet.fast.modes import sizes
from scratchnet.fast.operation import OPERATION, arguments
from scratchnet.kernels.jit import announce_compiling
from scratchnet.layers.expect import label


def plan_own(plan, layer, x):
    """Plan y = f(x) and dx = slope(x) dy, for a layer with compiled = (f, slope)."""
    f, slope = expect_same(layer, x.shape)
    y, (maps, rows, width) = plan.like(x), sizes(x)
    layout = maps, rows, width * plan.lanes, x.map, x.row
    plan.forward.append((functools.partial(applied, f, label(layer)), (), x.value, y.value, *layout))

    def times(source):
        return functools.partial(slopes, slope, label(layer)), (), x.value, source, x.gradient, *layout

    return y, lambda second: [times(y.gradient), times(x.gradient)] if second else [times(y.gradient)]


def expect_same(layer, shape):
    """Return the functions f and slope. Raise InputError if the layer's passes are not these functions."""
    f, slope = layer.compiled
    twin, x = copy.copy(layer), np.random.default_rng(0).normal(size=(1, *shape)).astype(np.float32)
    with np.errstate(all="ignore"):
        for what, place, found, function in (
            ("forward", 0, twin.forward(x), f),
            ("backward", 1, twin.backward(np.ones_like(x)), slope),
        ):
            for number, theirs in zip(x.ravel()[:64].tolist(), np.asarray(found).ravel().tolist()):
                mine = float(function(number))
                if abs(mine - theirs) > 1e-4 * (1 + abs(theirs)):
                    raise InputError(
                        f"{label(layer)}: {what} gives {theirs:.6g} at x = {number:.6g}, and compiled[{place}] gives "
                        f"{mine:.6g}. Both should be the same function of one number."
                    )
    return f, slope


def inner(function):
    """Return the function compiled for use in another one; it divides as NumPy does, without an error for 0."""
    return njit(error_model="numpy")(getattr(function, "py_func", function))


@functools.cache
def applied(f, name):
    """Return the address of y = f(x)."""
    f = inner(f)

    def apply(memory, parameters, gradients, a):
        x, y, maps, rows, n, map_, row = arguments(a, 7)
        for c in range(maps):
            for h in range(rows):
                p = c * map_ + h * row
                for i in range(p, p + n):
                    memory[y + i] = np.float32(f(memory[x + i]))

    return compiled(apply, f"{name}: compiled[0]")


@functools.cache
def slopes(slope, name):
    """Return the address of dx = slope(x) dy."""
    slope = inner(slope)

    def apply(memory, parameters, gradients, a):
        x, d, dx, maps, rows, n, map_, row = arguments(a, 8)
        for c in range(maps):
            for h in range(rows):
                p = c * map_ + h * row
                for i in range(p, p + n):
                    memory[dx + i] = memory[d + i] * np.float32(slope(memory[x + i]))

    return compiled(apply, f"{name}: compiled[1]")


kept_alive = []  # an address is valid as long as its function


def compiled(function, what):
    announce_compiling()
    try:
        kept_alive.append(cfunc(OPERATION, error_model="numpy")(function))
    except NumbaError as why:
        lines = [line for line in str(why).splitlines() if line and not line.startswith("Failed in")]
        raise InputError(
            f"{what} should be a function of one number that Numba can compile. Numba says: {lines[0]}"
        ) from why
    return kept_alive[-1].address
