"""Blocks of vectors, F filters times P pixels: they hold the sums of a convolution or a product in registers.

A block is a tuple of F P vectors, row after row; filters and pixels are tuples of F and P zeros.
"""

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

from scratchnet.fast.vector import (
    LANES,
    VECTOR,
    Vec,
    broadcast,
    constant,
    element,
    load_vector,
    multiply_add,
    shuffle,
    store_vector,
)


def in_this_order(builder):
    """Keep the compiler from loading what is needed after this place before it.

    Else it unrolls the loop around a block, loads the weights of the next turns early, and then has too few registers
    for the sums: they go to memory and back in every turn. C1 forward then takes 44 us instead of 35
    (benchmarks/fast.py tricks).
    """
    nothing = ir.FunctionType(ir.VoidType(), [])
    builder.call(ir.InlineAsm(nothing, "", "~{memory}", side_effect=True), [])


@intrinsic
def biases(typing, b, o, filters, pixels):
    """Return a block with b[o + f] in every lane of its row f."""
    F, P = len(filters), len(pixels)
    kind = types.UniTuple(Vec, F * P)

    def code(context, builder, sig, args):
        block = []
        for f in range(F):
            row = broadcast(builder, builder.load(element(builder, args[0], args[1], (constant(1), f))))
            block += [row] * P
        return context.make_tuple(builder, kind, block)

    return kind(b, types.intp, filters, pixels), code


@intrinsic
def zeros(typing, filters, pixels):
    """Return a block of zeros."""
    kind = types.UniTuple(Vec, len(filters) * len(pixels))

    def code(context, builder, sig, args):
        return context.make_tuple(builder, kind, [ir.Constant(VECTOR, [0.0] * LANES)] * len(kind))

    return kind(filters, pixels), code


@intrinsic
def copies(typing, v, filters):
    """Return a block with v in every row."""
    kind = types.UniTuple(Vec, len(filters))
    return kind(v, filters), lambda context, builder, sig, args: context.make_tuple(
        builder, kind, [args[0]] * len(kind)
    )


@intrinsic
def tap(typing, block, x, i, pixel, W, k, filter_, filters, pixels):
    """block[f, p] += W[k + f filter] x[i + p pixel]: one weight of every filter at every pixel.

    It needs F + P loads for F P multiplications: this is the reason for blocks. The P vectors stay in
    registers. A weight is broadcast from memory by the instruction that multiplies.
    """
    F, P = len(filters), len(pixels)

    def code(context, builder, sig, args):
        sums = cgutils.unpack_tuple(builder, args[0], F * P)
        vectors = [load_vector(builder, element(builder, args[1], args[2], (args[3], p))) for p in range(P)]
        for f in range(F):
            w = broadcast(builder, builder.load(element(builder, args[4], args[5], (args[6], f))))
            for p in range(P):
                sums[f * P + p] = multiply_add(builder, vectors[p], w, sums[f * P + p])
            if P > 1:
                in_this_order(builder)
        return context.make_tuple(builder, block, sums)

    return block(block, x, types.intp, types.intp, W, types.intp, types.intp, filters, pixels), code


@intrinsic
def taps(typing, block, d, e, map_, x, i, row, column, filters, kh, kw):
    """block[f, i', j'] += d[e + f map] x[i + i' row + j' column]: one pixel's part of the gradients of
    F kernels of kh x kw weights, lane by lane."""
    F, KH, KW = len(filters), len(kh), len(kw)

    def code(context, builder, sig, args):
        sums = cgutils.unpack_tuple(builder, args[0], F * KH * KW)
        deltas = [load_vector(builder, element(builder, args[1], args[2], (args[3], f))) for f in range(F)]
        for k in range(KH * KW):
            address = element(builder, args[4], args[5], (args[6], k // KW), (args[7], k % KW))
            v = load_vector(builder, address)
            for f in range(F):
                sums[f * KH * KW + k] = multiply_add(builder, deltas[f], v, sums[f * KH * KW + k])
        return context.make_tuple(builder, block, sums)

    step = types.intp
    return block(block, d, step, step, x, step, step, step, filters, kh, kw), code


@intrinsic
def spread(typing, block, v, x, i, row, kh, kw):
    """block[i', j'] += x[i + i' row + j'] v, a number times a vector: a pixel's part of the gradient of a kernel."""
    KH, KW = len(kh), len(kw)

    def code(context, builder, sig, args):
        sums = cgutils.unpack_tuple(builder, args[0], KH * KW)
        for k in range(KH * KW):
            address = element(builder, args[2], builder.add(args[3], constant(k % KW)), (args[4], k // KW))
            sums[k] = multiply_add(builder, args[1], broadcast(builder, builder.load(address)), sums[k])
        return context.make_tuple(builder, block, sums)

    return block(block, v, x, types.intp, types.intp, kh, kw), code


@intrinsic
def full_row_of(typing, block, W, k, d, e, kw, pixels):
    """block[p + j] += W[k + j] d[e + p], with numbers W and P vectors d: a row of the full convolution."""
    KW, P = len(kw), len(pixels)

    def code(context, builder, sig, args):
        sums = cgutils.unpack_tuple(builder, args[0], KW + P - 1)
        w = [broadcast(builder, builder.load(element(builder, args[1], args[2], (constant(1), j)))) for j in range(KW)]
        for p in range(P):
            v = load_vector(builder, element(builder, args[3], args[4], (constant(LANES), p)))
            for j in range(KW):
                sums[p + j] = multiply_add(builder, v, w[j], sums[p + j])
        in_this_order(builder)
        return context.make_tuple(builder, block, sums)

    return block(block, W, types.intp, d, types.intp, kw, pixels), code


@intrinsic
def full_row(typing, block, W, k, d, e, kw, pixels):
    """block[p + j] += W[k + j] d[e + p], counted in vectors: a row of the full convolution. Each is loaded once."""
    KW, P = len(kw), len(pixels)

    def vectors(builder, pointer, first, n):
        return [load_vector(builder, element(builder, pointer, first, (constant(LANES), m))) for m in range(n)]

    def code(context, builder, sig, args):
        sums = cgutils.unpack_tuple(builder, args[0], KW + P - 1)
        deltas = vectors(builder, args[3], args[4], P)
        for j, w in enumerate(vectors(builder, args[1], args[2], KW)):
            for p in range(P):
                sums[p + j] = multiply_add(builder, deltas[p], w, sums[p + j])
        return context.make_tuple(builder, block, sums)

    return block(block, W, types.intp, d, types.intp, kw, pixels), code


@intrinsic
def put(typing, block, y, i, filter_, pixel, filters, pixels):
    """y[i + f filter + p pixel] = block[f, p]."""
    F, P = len(filters), len(pixels)

    def code(context, builder, sig, args):
        sums = cgutils.unpack_tuple(builder, args[0], F * P)
        for n, value in enumerate(sums):
            store_vector(builder, value, element(builder, args[1], args[2], (args[3], n // P), (args[4], n % P)))
        return context.get_dummy_value()

    return types.void(block, y, types.intp, types.intp, types.intp, filters, pixels), code


@intrinsic
def add_to(typing, block, g, i, filter_, pixel, filters, pixels):
    """g[i + f filter + p pixel] += block[f, p], in this order."""
    F, P = len(filters), len(pixels)

    def code(context, builder, sig, args):
        sums = cgutils.unpack_tuple(builder, args[0], F * P)
        for n, value in enumerate(sums):
            address = element(builder, args[1], args[2], (args[3], n // P), (args[4], n % P))
            store_vector(builder, builder.fadd(load_vector(builder, address), value), address)
        return context.get_dummy_value()

    return types.void(block, g, types.intp, types.intp, types.intp, filters, pixels), code


def exchange(builder, a, b, half):
    """Return a and b with the off-diagonal blocks of `half` lanes swapped."""
    low = [n - half + LANES if n & half else n for n in range(LANES)]
    high = [n + LANES if n & half else n + half for n in range(LANES)]
    return shuffle(builder, a, b, low), shuffle(builder, a, b, high)


def totals(builder, vectors):
    """Return the sums of at most LANES vectors, each in its own lane.

    Every addition halves the number of vectors. This takes a fifth of the instructions of separate sums over lanes.
    """
    vectors = vectors + [ir.Constant(VECTOR, [0.0] * LANES)] * (LANES - len(vectors))
    half = LANES // 2
    while half:
        vectors = [builder.fadd(*exchange(builder, vectors[r], vectors[r + half], half)) for r in range(half)]
        half //= 2
    return vectors[0]


@intrinsic
def add_totals(typing, block, g, i, filter_, filters, weights):
    """g[i + f filter + k] += the sum over the lanes of block[f, k]; it adds 0 to up to LANES - 1 numbers behind."""
    F, K = len(filters), len(weights)

    def code(context, builder, sig, args):
        sums = cgutils.unpack_tuple(builder, args[0], F * K)
        for f in range(F):
            for k in range(0, K, LANES):
                address = element(builder, args[1], builder.add(args[2], constant(k)), (args[3], f))
                value = totals(builder, sums[f * K + k : min(f * K + k + LANES, (f + 1) * K)])
                store_vector(builder, builder.fadd(load_vector(builder, address), value), address)
        return context.get_dummy_value()

    return types.void(block, g, types.intp, types.intp, filters, weights), code


@intrinsic
def put_totals(typing, block, y, i, pixels):
    """y[i + p] = the sum over the lanes of block[p], for p up to LANES; y[i + p] = 0 behind the last."""

    def code(context, builder, sig, args):
        value = totals(builder, cgutils.unpack_tuple(builder, args[0], len(pixels)))
        store_vector(builder, value, element(builder, args[1], args[2]))
        return context.get_dummy_value()

    return types.void(block, y, types.intp, pixels), code


@intrinsic
def transpose(typing, x, rows, r0, i, y, j, step):
    """y[j + c step + r] = x[rows[r0 + r] + i + c] for r, c < LANES: a square of floats, with rows at any place.

    It takes log2(LANES) rounds of exchanges between pairs of registers. Each round exchanges blocks half as large.
    """

    def code(context, builder, sig, args):
        starts = [builder.load(element(builder, args[1], args[2], (constant(1), r))) for r in range(LANES)]
        square = [load_vector(builder, element(builder, args[0], builder.add(s, args[3]))) for s in starts]
        half = LANES // 2
        while half:
            for r in range(LANES):
                if not r & half:
                    square[r], square[r + half] = exchange(builder, square[r], square[r + half], half)
            half //= 2
        for c, value in enumerate(square):
            store_vector(builder, value, element(builder, args[4], args[5], (args[6], c)))
        return context.get_dummy_value()

    return types.void(x, rows, types.intp, types.intp, y, types.intp, types.intp), code
