"""The convolution and its two gradients. A pixel is a vector: the same pixel of sixteen images, or sixteen
pixels in a row of one image. Only the strides differ, so every operation here serves both."""

from typing import NamedTuple

from scratchnet.fast.blocks import add_totals, biases, full_row_of, put, tap, taps, zeros
from scratchnet.fast.operation import arguments, operation
from scratchnet.fast.vector import LANES, fma, load, splat, store, total


class Convolve(NamedTuple):
    """The arguments of `convolve`, in the order of its row. x, y, W, b: offsets in memory and parameters (b: -1
    for none); table: which input maps each output map reads; maps, rows, pixels: the size of the output."""

    x: int
    y: int
    W: int
    b: int
    table: tuple
    maps: int
    rows: int
    pixels: int
    kh: int
    kw: int
    top: int  # how many rows of the kernel lie above x in the first row of y
    height: int  # rows of x
    x_map: int  # strides: from map to map, row to row, pixel to pixel,
    x_row: int
    x_pixel: int
    x_i: int  # and from tap to tap of the kernel
    x_j: int
    y_map: int
    y_row: int
    W_o: int
    W_c: int
    W_i: int
    W_j: int


@operation
def convolve(F, P):
    """y[o, h, w] = b[o] + sum_c sum_ij W[o, c, i, j] x[c, h + i - top, w + j], in blocks of F filters and P pixels.

    A block that would reach beyond the end is moved back; a sum that is computed twice is the same both
    times. Rows of x that do not exist are skipped. With steps of -1 through W it is the transposed
    convolution.
    """

    def convolve(memory, parameters, gradients, a):
        (x, y, W, b, table, maps, rows, pixels, kh, kw, top, height, x_map, x_row, x_pixel, x_i, x_j, y_map, y_row,
         W_o, W_c, W_i, W_j) = arguments(a, 23)  # fmt: skip
        for h in range(rows):
            first, last = max(0, top - h), min(kh, height + top - h)
            for o in range(0, maps, len(F)):
                o = min(o, maps - len(F))
                for w in range(0, pixels, len(P)):
                    w = min(w, pixels - len(P))
                    block = biases(parameters, b + o, F, P) if b >= 0 else zeros(F, P)
                    for t in range(a[table + o], a[table + o + 1]):
                        c = a[table + t]
                        for i in range(first, last):
                            p = x + c * x_map + h * x_row + w * x_pixel + i * x_i
                            k = W + o * W_o + c * W_c + i * W_i
                            for j in range(kw):
                                block = tap(block, memory, p + j * x_j, x_pixel, parameters, k + j * W_j, W_o, F, P)
                    put(block, memory, y + o * y_map + h * y_row + w * LANES, y_map, LANES, F, P)

    return convolve


@operation
def convolve_full(W, KW, P, ONE):
    """dx[c, h, w + j] = sum_o sum_ij W[o, c, i, j] dy[o, h - i, w]: dE/dx without a border, a row of dx at a time.

    `convolve` with steps of -1 does the same, but it multiplies the zeros beside dy too: for 10 columns of dy and 5 x 5
    weights, 28 % of all. Here the row of P columns is spread over W = P + KW - 1 sums.
    """

    def convolve_full(memory, parameters, gradients, a):
        x, d, weights, table, maps, rows, kh, height, x_map, x_row, d_map, d_row, W_o, W_c = arguments(a, 14)
        for h in range(rows):
            first, last = max(0, h + 1 - height), min(kh, h + 1)
            for c in range(maps):
                block = zeros(ONE, W)
                for t in range(a[table + c], a[table + c + 1]):
                    o = a[table + t]
                    for i in range(first, last):
                        k, e = weights + o * W_o + c * W_c + i * len(KW), d + o * d_map + (h - i) * d_row
                        block = full_row_of(block, parameters, k, memory, e, KW, P)
                put(block, memory, x + c * x_map + h * x_row, 0, LANES, ONE, W)

    return convolve_full


class KernelGradients(NamedTuple):
    """The arguments of `kernel_gradients`, in the order of its row. x, d, W: offsets of x, dy and dW; d_map, d_row:
    strides of dy; the rest is as in Convolve."""

    x: int
    d: int
    W: int
    table: tuple
    maps: int
    rows: int
    pixels: int
    kh: int
    x_map: int
    x_row: int
    x_pixel: int
    x_i: int
    x_j: int
    d_map: int
    d_row: int
    W_o: int
    W_c: int


@operation
def kernel_gradients(F, KH, KW):
    """dW[o, c, i, j] += the sum over pixels and lanes of dy[o, h, w] x[c, h + i, w + j].

    For F output maps and one input map, KH rows of the kernel are in registers; the lanes are summed at the end.
    """
    weights = (0,) * (len(KH) * len(KW))

    def kernel_gradients(memory, parameters, gradients, a):
        (x, d, W, table, maps, rows, pixels, kh, x_map, x_row, x_pixel, x_i, x_j, d_map, d_row,
         W_o, W_c) = arguments(a, 17)  # fmt: skip
        for o in range(0, maps, len(F)):
            for t in range(a[table + o], a[table + o + 1]):
                c = a[table + t]
                for i in range(0, kh, len(KH)):
                    block = zeros(F, weights)
                    for h in range(rows):
                        e, p = d + o * d_map + h * d_row, x + c * x_map + h * x_row + i * x_i
                        for w in range(pixels):
                            block = taps(
                                block, memory, e + w * LANES, d_map, memory, p + w * x_pixel, x_i, x_j, F, KH, KW
                            )
                    add_totals(block, gradients, W + o * W_o + c * W_c + i * len(KW), W_o, F, weights)

    return kernel_gradients


@operation
def clear_blanks():
    """dW[o, c] = 0 where map o does not read map c."""

    def clear_blanks(memory, parameters, gradients, a):
        W, table, maps, channels, kernel = arguments(a, 5)
        for o in range(maps):
            c = 0
            for t in range(a[table + o], a[table + o + 1] + 1):
                end = a[table + t] if t < a[table + o + 1] else channels
                for k in range(W + (o * channels + c) * kernel, W + (o * channels + end) * kernel):
                    gradients[k] = 0
                c = end + 1

    return clear_blanks


@operation
def bias_gradients(ALL):
    """db[o] += the sum over rows, pixels and lanes of dy[o]."""

    def bias_gradients(memory, parameters, gradients, a):
        d, b, maps, rows, pixels, d_map, d_row = arguments(a, 7)
        for o in range(maps):
            even = odd = splat(0, ALL)  # two sums, since an addition takes four cycles
            for h in range(rows):
                p = d + o * d_map + h * d_row
                for w in range(0, pixels - 1, 2):
                    even = even + load(memory, p + w * LANES, ALL)
                    odd = odd + load(memory, p + (w + 1) * LANES, ALL)
                if pixels % 2:
                    even = even + load(memory, p + (pixels - 1) * LANES, ALL)
            gradients[b + o] += total(even + odd)

    return bias_gradients


@operation
def scatter(ALL):
    """dx[c, h sh + i, w sw + j] += W[o, c, i, j] dy[o, h, w]: for strides other than 1."""

    def scatter(memory, parameters, gradients, a):
        dx, d, W, table, maps, rows, pixels, kh, kw, channels, x_map, x_row, sh, sw, W_o = arguments(a, 15)
        for p in range(dx, dx + channels * x_map):
            memory[p] = 0
        for o in range(maps):
            for t in range(a[table + o], a[table + o + 1]):
                c = a[table + t]
                for h in range(rows):
                    for w in range(pixels):
                        v = load(memory, d + ((o * rows + h) * pixels + w) * LANES, ALL)
                        for i in range(kh):
                            p = dx + c * x_map + (h * sh + i) * x_row + w * sw * LANES
                            k = W + o * W_o + (c * kh + i) * kw
                            for j in range(kw):
                                q = p + j * LANES
                                store(memory, q, fma(splat(parameters[k + j], ALL), v, load(memory, q, ALL)))

    return scatter


@operation
def copy_places():
    """y[c, h, w] = x[c, h, w], with any strides between maps, rows and columns."""

    def copy_places(memory, parameters, gradients, a):
        x, y, maps, rows, columns, x_map, x_row, x_step, y_map, y_row, y_step = arguments(a, 11)
        for c in range(maps):
            for h in range(rows):
                p, q = x + c * x_map + h * x_row, y + c * y_map + h * y_row
                for w in range(columns):
                    memory[q + w * y_step] = memory[p + w * x_step]

    return copy_places


@operation
def copy_rows():
    """y[c, h, :n] = x[c, h, :n]: into a frame of zeros, or out of one."""

    def copy_rows(memory, parameters, gradients, a):
        x, y, maps, rows, n, x_map, x_row, y_map, y_row = arguments(a, 9)
        for c in range(maps):
            for h in range(rows):
                p, q = x + c * x_map + h * x_row, y + c * y_map + h * y_row
                for i in range(n):
                    memory[q + i] = memory[p + i]

    return copy_rows
