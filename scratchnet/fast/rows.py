"""LastAxisLinear for one image: the same W for every row, so a block holds F rows of an image, and the lanes the
outputs. x is copied to rows that end in zeros up to a whole vector, so that what lies behind a row does not count."""

import math

from scratchnet.fast.blocks import add_to, put, tap, zeros
from scratchnet.fast.convolutions import copy_rows
from scratchnet.fast.operation import arguments, operation
from scratchnet.fast.vector import LANES, first_lanes, load, store


@operation
def turn():
    """t[k, o] = W[o, k], and b[o] as a last row of t."""

    def turn(memory, parameters, gradients, a):
        t, W, b, inputs, outputs, width = arguments(a, 6)
        for o in range(outputs):
            for k in range(inputs):
                memory[t + k * width + o] = parameters[W + o * inputs + k]
            memory[t + inputs * width + o] = parameters[b + o] if b >= 0 else 0

    return turn


@operation
def row_products(F, ONE, BACK):
    """y[r, j] = b[j] + sum_k x[r, k] t[k, j], in blocks of F rows. BACK: t is W, and there is no b: this is dx.

    A vector that reaches beyond the end of a row writes zeros on the next row, or on the floats behind the map. The
    next row is written later; so the vectors of a row come from right to left.
    """

    def row_products(memory, parameters, gradients, a):
        x, y, t, one, maps, rows, inputs, outputs, width, x_map, x_row, y_map, y_row = arguments(a, 13)
        source = parameters if len(BACK) else memory
        for c in range(maps):
            for h in range(0, rows, len(F)):
                h = min(h, rows - len(F))
                for j in range((outputs - 1) // LANES * LANES, -1, -LANES):
                    block = zeros(F, ONE)
                    if not len(BACK):
                        block = tap(block, memory, t + inputs * width + j, 0, memory, one, 0, F, ONE)
                    for k in range(inputs):
                        p = x + c * x_map + h * x_row + k
                        block = tap(block, source, t + k * width + j, 0, memory, p, x_row, F, ONE)
                    put(block, memory, y + c * y_map + h * y_row + j, y_row, 0, F, ONE)

    return row_products


@operation
def row_gradients(F, ONE, ALL):
    """dW[o, k] += the sum over rows of dy[r, o] x[r, k]; db[o] += the sum of dy[r, o] (b < 0: no bias)."""

    def row_gradients(memory, parameters, gradients, a):
        x, d, W, b, maps, rows, inputs, outputs, x_map, x_row, d_map, d_row = arguments(a, 12)
        for o in range(0, outputs, len(F)):
            for k in range(0, inputs, LANES):
                block = zeros(F, ONE)
                for c in range(maps):
                    for h in range(rows):
                        p, e = x + c * x_map + h * x_row + k, d + c * d_map + h * d_row + o
                        block = tap(block, memory, p, 0, memory, e, 1, F, ONE)
                add_to(block, gradients, W + o * inputs + k, inputs, LANES, F, ONE)
        for o in range(0, outputs if b >= 0 else 0, LANES):
            s = load(gradients, b + o, ALL)
            for c in range(maps):
                for h in range(rows):
                    s = s + first_lanes(load(memory, d + c * d_map + h * d_row + o, ALL), outputs - o)
            store(gradients, b + o, s)

    return row_gradients


def plan_rows(plan, x, y, W, b, inputs, outputs):
    """Plan y = x W' + b for the rows of one image, and return the function that makes the backward rows."""
    maps, rows = x.shape[:2] if len(x.shape) == 3 else (1, math.prod(x.shape) // inputs)
    (x_map, x_row), (y_map, y_row) = ((z.map, z.row) if len(z.shape) == 3 else (0, z.shape[-1]) for z in (x, y))
    wide, width = (-(-n // LANES) * LANES for n in (inputs, outputs))
    own, d, t = plan.take(maps * rows * wide), plan.take(maps * rows * wide), plan.take((inputs + 1) * width)
    F, one = max(n for n in (8, 4, 2, 1) if n <= rows), plan.constant([1])
    own_layout, sizes = (rows * wide, wide), (maps, rows, inputs)
    plan.forward += [
        (copy_rows, (), x.value, own, *sizes, x_map, x_row, *own_layout),
        (turn, (), t, W, b, inputs, outputs, width),
        (row_products, (F, 1, 0), own, y.value, t, one, *sizes, outputs, width, *own_layout, y_map, y_row),
    ]

    def back(second):
        result, squares = plan.squared(second, own, -(-maps * rows * wide // LANES))
        G = max(n for n in (8, 4, 2, 1) if outputs % n == 0)
        result.append(
            (row_gradients, (G, 1, LANES), squares, y.gradient, W, b, *sizes, outputs, *own_layout, y_map, y_row)
        )
        if x is plan.x:
            return result
        back_sizes = maps, rows, outputs, inputs, inputs
        return [
            *result,
            (row_products, (F, 1, 1), y.gradient, d, W, one, *back_sizes, y_map, y_row, *own_layout),
            (copy_rows, (), d, x.gradient, *sizes, *own_layout, x_map, x_row),
        ]

    return back
