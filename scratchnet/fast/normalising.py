"""BatchNorm2d, for sixteen images or for one. The sums over a map are sums over the whole batch: each group of images
has its own part, and the groups meet between two operations (Plan.Meeting).

map_, row: the strides of all maps here; n: floats in a row. alive: where the vector is that is above 0 in the lanes
that count: a last group of fewer images repeats an image in the others.
"""

import math

import numpy as np

from scratchnet.fast.operation import arguments, operation
from scratchnet.fast.vector import LANES, first_lanes, fma, if_greater, load, splat, store, total
from scratchnet.kernels.jit import jit


@jit
def living(memory, alive, ALL):
    """Return 1 in the lanes that count, 0 in the others."""
    zero, one = splat(np.float32(0), ALL), splat(np.float32(1), ALL)
    return if_greater(load(memory, alive, ALL), zero, one, zero)


@operation
def map_sums(ALL):
    """sums[c] = the sum of map c."""

    def map_sums(memory, parameters, gradients, a):
        x, maps, rows, n, map_, row, alive, sums = arguments(a, 8)
        live = living(memory, alive, ALL)
        for c in range(maps):
            s = splat(np.float32(0), ALL)
            for h in range(rows):
                for i in range(0, n, LANES):
                    s = s + first_lanes(live * load(memory, x + c * map_ + h * row + i, ALL), n - i)
            memory[sums + c] = total(s)

    return map_sums


@operation
def map_squares(ALL):
    """mean[c] = sums[c] / N; squares[c] = the sum of (x - mean)^2 over map c. N: the pixels of a map in the batch."""

    def map_squares(memory, parameters, gradients, a):
        x, maps, rows, n, map_, row, alive, sums, mean, squares, pixels = arguments(a, 11)
        live = living(memory, alive, ALL)
        for c in range(maps):
            memory[mean + c] = memory[sums + c] / memory[pixels]
            m, s = splat(memory[mean + c], ALL), splat(np.float32(0), ALL)
            for h in range(rows):
                for i in range(0, n, LANES):
                    v = first_lanes(live * (load(memory, x + c * map_ + h * row + i, ALL) - m), n - i)
                    s = fma(v, v, s)
            memory[squares + c] = total(s)

    return map_squares


@operation
def statistics():
    """slope[c] = 1 / sqrt(var + eps) with var = squares[c] / N, and the running values take their step."""

    def statistics(memory, parameters, gradients, a):
        maps, mean, squares, slope, running, pixels, options = arguments(a, 7)
        N, eps, momentum = memory[pixels], memory[options], memory[options + 1]
        for c in range(maps):
            var = memory[squares + c] / N
            memory[slope + c] = np.float32(1) / math.sqrt(var + eps)
            memory[running + c] += momentum * (memory[mean + c] - memory[running + c])
            unbiased = var * (N / (N - np.float32(1)))
            memory[running + maps + c] += momentum * (unbiased - memory[running + maps + c])

    return statistics


@operation
def normalise(ALL):
    """y = W z + b with z = slope (x - mean)."""

    def normalise(memory, parameters, gradients, a):
        x, maps, rows, n, map_, row, y, mean, slope, W, b = arguments(a, 11)
        for c in range(maps):
            m, s = splat(memory[mean + c], ALL), splat(parameters[W + c] * memory[slope + c], ALL)
            bias = splat(parameters[b + c], ALL)
            for h in range(rows):
                p = c * map_ + h * row
                for i in range(0, n, LANES):
                    store(memory, y + p + i, fma(s, load(memory, x + p + i, ALL) - m, bias))

    return normalise


@operation
def normalise_sums(ALL, SQUARED):
    """dW[c] += the sum of dy z, db[c] += the sum of dy. The two sums are also at sums[c] and sums[maps + c].

    SQUARED: z^2 instead of z, for the curvature.
    """

    def normalise_sums(memory, parameters, gradients, a):
        x, maps, rows, n, map_, row, d, mean, slope, W, b, sums = arguments(a, 12)
        for c in range(maps):
            m, s = splat(memory[mean + c], ALL), splat(memory[slope + c], ALL)
            dW = db = splat(np.float32(0), ALL)
            for h in range(rows):
                p = c * map_ + h * row
                for i in range(0, n, LANES):
                    v, z = first_lanes(load(memory, d + p + i, ALL), n - i), s * (load(memory, x + p + i, ALL) - m)
                    dW, db = fma(v, z * z if len(SQUARED) else z, dW), db + v
            memory[sums + c], memory[sums + maps + c] = total(dW), total(db)
            gradients[W + c] += memory[sums + c]
            gradients[b + c] += memory[sums + maps + c]

    return normalise_sums


@operation
def normalise_back(ALL, SQUARED):
    """dx = W slope (dy - db / N - z dW / N), with the dW and db at `sums`: those of the whole batch, or 0 where mean
    and slope do not depend on x. SQUARED: slope^2, for the curvature; W is squared already."""

    def normalise_back(memory, parameters, gradients, a):
        x, maps, rows, n, map_, row, d, mean, slope, W, sums, dx, alive, pixels = arguments(a, 14)
        live = living(memory, alive, ALL)
        for c in range(maps):
            m, s = splat(memory[mean + c], ALL), splat(memory[slope + c], ALL)
            factor = splat(parameters[W + c], ALL) * live * (s * s if len(SQUARED) else s)
            by_z = splat(memory[sums + c] / memory[pixels], ALL)
            rest = splat(memory[sums + maps + c] / memory[pixels], ALL)
            for h in range(rows):
                p = c * map_ + h * row
                for i in range(0, n, LANES):
                    v = load(memory, d + p + i, ALL) - rest - by_z * (s * (load(memory, x + p + i, ALL) - m))
                    store(memory, dx + p + i, first_lanes(factor * v, n - i))

    return normalise_back
