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
from scratchnet.layers.expect import label


def plan_own(plan, layer, x):
    """Plan y = f(x) and dx = slope(x) dy, for a layer with compiled = (f, slope)."""
    f, slope = expect_same(layer, x.shape)
    y, (maps, rows, width) = plan.like(x), sizes(x)
    layout = maps, rows, width * plan.lanes, x.map, x.row
    plan.forward.append((lambda: applied(f).address, (), x.value, y.value, *layout))
    once, again = (
        (lambda: times(slope).address, (), x.value, dy, x.gradient, *layout) for dy in (y.gradient, x.gradient)
    )
    return y, lambda second: [once, again] if second else [once]


def expect_same(layer, shape):
    """Return f and slope, compiled. Raise InputError if the passes of the layer are not these functions."""
    twin, x = copy.copy(layer), np.random.default_rng(0).normal(size=(1, *shape)).astype(np.float32)
    with np.errstate(all="ignore"):
        passes = ("forward", twin.forward(x)), ("backward", twin.backward(np.ones_like(x)))
    for n, (what, found) in enumerate(passes):
        function = expect_compiled(layer, n)
        for number, theirs in zip(x.ravel()[:64], np.asarray(found).ravel()):
            if abs(function(number) - theirs) > 1e-4 * (1 + abs(theirs)):
                raise InputError(
                    f"{label(layer)}: {what} gives {theirs:.6g} at x = {number:.6g}, and compiled[{n}] gives "
                    f"{function(number):.6g}. Both should be the same function of one number."
                )
    return [compiled(function) for function in layer.compiled]


def expect_compiled(layer, n):
    """Return compiled[n] of a layer, compiled. Raise InputError if Numba cannot compile it."""
    try:
        compiled(layer.compiled[n])(np.float32(0.5))
    except NumbaError as why:
        lines = [line for line in str(why).splitlines() if line and not line.startswith("Failed in")]
        raise InputError(
            f"{label(layer)}: compiled[{n}] should be a function of one number that Numba can compile. Numba says: "
            f"{lines[0]}"
        ) from why
    return compiled(layer.compiled[n])


@functools.cache
def compiled(function):
    """Return a function for use in compiled ones. It divides as NumPy does, without an error for 0."""
    return njit(error_model="numpy")(getattr(function, "py_func", function))


@functools.cache
def applied(f):
    """Return the operation y = f(x)."""

    @cfunc(OPERATION, error_model="numpy")
    def apply(memory, parameters, gradients, a):
        x, y, maps, rows, n, map_, row = arguments(a, 7)
        for c in range(maps):
            for h in range(rows):
                p = c * map_ + h * row
                for i in range(p, p + n):
                    memory[y + i] = np.float32(f(memory[x + i]))

    return apply


@functools.cache
def times(slope):
    """Return the operation dx = slope(x) dy."""

    @cfunc(OPERATION, error_model="numpy")
    def apply(memory, parameters, gradients, a):
        x, d, dx, maps, rows, n, map_, row = arguments(a, 8)
        for c in range(maps):
            for h in range(rows):
                p = c * map_ + h * row
                for i in range(p, p + n):
                    memory[dx + i] = memory[d + i] * np.float32(slope(memory[x + i]))

    return apply
