"""The convolution of one image with sixteen output maps in the lanes: a vector is one pixel of LANES maps.

With pixels in the lanes (convolutions.py), a map of 10 x 10 lies in 9 vectors of 16, a kernel gradient ends in sums
over lanes, and vectors begin anywhere, so most loads touch two cache lines. Here no lane is idle, the loads of y, dy
and W are aligned, and only dE/dx is a sum over lanes. For this, W, y and dy are transposed for each image, and a blank
of Table I counts as W = 0.

C3 takes 4.3 us forward instead of 5.5, 4.3 instead of 6.6 for dE/dW and 4.5 instead of 8.3 for dE/dx, on one core of
an AMD EPYC with AVX-512 (`python benchmarks/fast.py profile`, before and after).
"""

from typing import NamedTuple

from scratchnet.fast.blocks import copies, full_row, put, put_totals, spread, tap, transpose, zeros
from scratchnet.fast.operation import arguments, operation
from scratchnet.fast.vector import LANES, REGISTERS, load, store
from scratchnet.kernels.convolution import both

ROWS = tuple(range(0, LANES * LANES, LANES))  # where LANES rows of LANES numbers begin


@operation
def turn(PARAMETERS):
    """t[k, l] = x[l, k], in squares of LANES x LANES numbers; the last one is moved back.

    rows: where the LANES rows of x begin, `step`: from row to row of t. x_k, t_k: from k to k + 1 in x and in t.
    """

    def turn(memory, parameters, gradients, a):
        x, t, n, x_k, t_k, step, rows = arguments(a, 7)
        source = parameters if len(PARAMETERS) else memory
        for k in range(0, n, LANES):
            k = min(k, n - LANES)
            transpose(source, a, rows, x + k * x_k, memory, t + k * t_k, step)

    return turn


@operation
def convolve_across(P, KW, ONE, ALL):
    """y[h, w, o] = b[o] + sum_c sum_ij W[c, i, j, o] x[c, h + i, w + j]: a row of P pixels at a time."""

    def convolve_across(memory, parameters, gradients, a):
        x, y, W, b, channels, rows, kh, x_map, x_row = arguments(a, 9)
        for h in range(rows):
            block = copies(load(parameters, b, ALL), P)
            for c in range(channels):
                for i in range(kh):
                    p, k = x + c * x_map + (h + i) * x_row, W + (c * kh + i) * len(KW) * LANES
                    for j in range(len(KW)):
                        block = tap(block, memory, k + j * LANES, 0, memory, p + j, 1, P, ONE)
            put(block, memory, y + h * len(P) * LANES, LANES, 0, P, ONE)

    return convolve_across


@operation
def gradients_across(KH, KW, ALL):
    """dW[c, i, j, o] = the sum over pixels of dy[h, w, o] x[c, h + i, w + j], 0 at the blanks; db[o] += that of dy.

    KH rows of the kernels of an input map are in registers. reads: 1 where map o reads map c, else 0.
    """

    def gradients_across(memory, parameters, gradients, a):
        x, d, W, b, reads, channels, rows, pixels, kh, x_map, x_row = arguments(a, 11)
        for c in range(channels):
            r = load(memory, reads + c * LANES, ALL)
            for i in range(0, kh, len(KH)):
                block = zeros(KH, KW)
                for h in range(rows):
                    p, e = x + c * x_map + (h + i) * x_row, d + h * pixels * LANES
                    for w in range(pixels):
                        block = spread(block, r * load(memory, e + w * LANES, ALL), memory, p + w, x_row, KH, KW)
                put(block, memory, W + (c * kh + i) * len(KW) * LANES, len(KW) * LANES, LANES, KH, KW)
        s = load(gradients, b, ALL)
        for p in range(d, d + rows * pixels * LANES, LANES):
            s = s + load(memory, p, ALL)
        store(gradients, b, s)

    return gradients_across


@operation
def back_across(P, KW, WIDTH):
    """dx[c, h, w] = sum_o sum_ij W[c, i, j, o] dy[h - i, w - j, o]: a row of WIDTH pixels at a time.

    groups: of LANES output maps, whose lanes are summed together at the end.
    """

    def back_across(memory, parameters, gradients, a):
        dx, d, W, groups, channels, rows, height, kh, x_map, x_row, d_group, W_group = arguments(a, 12)
        for c in range(channels):
            for h in range(height):
                block = zeros(WIDTH, (0,))
                for g in range(groups):
                    for i in range(max(0, h - rows + 1), min(kh, h + 1)):
                        k = W + g * W_group + (c * kh + i) * len(KW) * LANES
                        e = d + g * d_group + (h - i) * len(P) * LANES
                        block = full_row(block, memory, k, memory, e, KW, P)
                put_totals(block, memory, dx + c * x_map + h * x_row, WIDTH)

    return back_across


@operation
def add_kernels(ALL, STEP):
    """dW += t for n numbers. STEP: W takes its step at once, W -= eps t, with eps `far` floats behind W."""

    def add_kernels(memory, parameters, gradients, a):
        t, W, n, far = arguments(a, 4)
        for k in range(0, n, LANES):
            v = load(memory, t + k, ALL)
            if len(STEP):
                step = load(parameters, far + W + k, ALL) * v
                store(parameters, W + k, load(parameters, W + k, ALL) - step)
            else:
                store(gradients, W + k, load(gradients, W + k, ALL) + v)

    return add_kernels


def suits(plan, layer, x):
    """Return whether this is a convolution of one image whose maps and rows fit the lanes."""
    (C, H, W), (kh, kw) = x.shape, layer.kernel_size
    plain = both(layer.stride) == (1, 1) and both(layer.padding) == (0, 0) and layer.extra == (0, 0)
    fits = kh <= H and kw <= W == x.row <= LANES and (H - kh + 1) * (W - kw + 1) >= LANES and C * kh * kw >= LANES
    return plan.lanes == 1 and plain and fits and len(layer.W) % LANES == 0


class Group(NamedTuple):
    """Where LANES output maps are: W, b, y, dE/dy; with maps in the lanes, their pixels, kernels and gradients."""

    W: int
    b: int
    y: int
    dy: int
    pixels: int
    kernels: int
    sums: int
    reads: int


def plan_across(plan, layer, x):
    """Plan a convolution that `suits`. There is nothing between the rows of y. (Curvatures have no program for one
    image.)"""
    (C, H, W), (kh, kw), O = x.shape, layer.kernel_size, len(layer.W)
    OH, OW, n, layout = H - kh + 1, W - kw + 1, C * kh * kw, (x.map, x.row)
    y, size, weight = plan.maps((O, OH, OW)), OH * OW, plan.parameter(layer, "W")
    pixels, kernels, sums = (plan.take(O * m) for m in (size, n, n))
    groups = [
        Group(weight + o * n, plan.parameter(layer, "b") + o, y.value + o * y.map, y.gradient + o * y.map,
              pixels + o * size, kernels + o * n, sums + o * n, plan.constant(layer.connections[o : o + LANES].T))
        for o in range(0, O, LANES)
    ]  # fmt: skip
    kernel_rows, map_rows = (tuple(range(0, LANES * step, step)) for step in (n, y.map))
    for g in groups:
        plan.forward += [
            (turn, (1,), g.W, g.kernels, n, 1, LANES, LANES, kernel_rows),
            (convolve_across, (OW, kw, 1, LANES), x.value, g.pixels, g.kernels, g.b, C, OH, kh, *layout),
            (turn, (0,), g.pixels, g.y, size, LANES, 1, y.map, ROWS),
        ]
    rows = kh if kh * kw + 4 <= REGISTERS else 1

    def back(second):
        result = []
        for g in groups:
            to_weights = x.value, g.pixels, g.sums, g.b, g.reads, C, OH, OW, kh, *layout
            result.append((turn, (0,), g.dy, g.pixels, size, 1, LANES, LANES, map_rows))
            result.append((gradients_across, (rows, kw, LANES), *to_weights))
        if x is not plan.x:
            to_input = x.gradient, pixels, kernels, len(groups), C, OH, H, kh, *layout, LANES * size, LANES * n
            result.append((back_across, (OW, kw, W), *to_input))
        result += [(turn, (0,), g.sums, g.kernels, n, LANES, 1, n, ROWS) for g in groups]
        if plan.steps:
            plan.stepped |= {weight}
        return [*result, (add_kernels, (LANES, int(plan.steps)), kernels, weight, O * n, plan.far)]

    return y, back
