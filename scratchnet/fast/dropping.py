"""Dropout: a mask is a function of a key and of the number of each entry, as in `layers.dropout.uniform`. Every core
computes its own part of it, so the mask does not depend on the number of cores."""

from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic

from scratchnet.fast.operation import arguments, operation
from scratchnet.fast.vector import LANES, VECTOR, Vec, broadcast, element, load, shuffle, store
from scratchnet.layers.dropout import FACTORS, STEP

WHOLE = ir.VectorType(ir.IntType(64), LANES)


def whole(n):
    """Return a vector with the constant n in every lane."""
    return ir.Constant(WHOLE, [n] * LANES)


def spread(builder, n):
    """Return a vector with the integer n in every lane."""
    one = builder.insert_element(ir.Constant(WHOLE, ir.Undefined), n, ir.Constant(ir.IntType(32), 0))
    return shuffle(builder, one, one, [0] * LANES)


@intrinsic
def load_key(typing, p, i):
    """Return the 64 bits of p[i] and p[i + 1]."""

    def code(context, builder, sig, args):
        address = builder.bitcast(element(builder, args[0], args[1]), ir.IntType(64).as_pointer())
        return builder.load(address, align=4)

    return types.int64(p, types.intp), code


@intrinsic
def mask(typing, key, first, step, dropped, factor):
    """Return in lane l: 0 if the upper 24 bits of z are below `dropped`, else factor; z is that of number
    first + l step."""

    def code(context, builder, sig, args):
        key, first, step, dropped = (spread(builder, n) for n in args[:4])
        number = builder.add(first, builder.mul(step, ir.Constant(WHOLE, list(range(LANES)))))
        z = builder.add(key, builder.mul(builder.add(number, whole(1)), whole(STEP)))
        for shift, factor in zip((30, 27), FACTORS):
            z = builder.mul(builder.xor(z, builder.lshr(z, whole(shift))), whole(factor))
        z = builder.xor(z, builder.lshr(z, whole(31)))
        kept = builder.icmp_unsigned(">=", builder.lshr(z, whole(40)), dropped)
        return builder.select(kept, broadcast(builder, args[4]), ir.Constant(VECTOR, [0.0] * LANES))

    return Vec(*[types.int64] * 4, types.float32), code


@operation
def drop(ALL, ONE):
    """y = m x with a new mask m, which is kept. ONE: one image, and a key for each; else one key for the batch.

    Beyond the end of a row, the mask is that of numbers that the next row has too: dy is 0 there.
    """

    def drop(memory, parameters, gradients, a):
        x, y, m, maps, rows, width, map_, row, keys, place, dropped, factor = arguments(a, 12)
        image, size = int(memory[place]), maps * rows * width
        key = load_key(memory, keys + 2 * image if len(ONE) else keys)
        entry, step, each = (0, 1, LANES) if len(ONE) else (image * size, size, 1)
        n = width if len(ONE) else width * LANES
        for c in range(maps):
            for h in range(rows):
                first, p = entry + (c * rows + h) * width, c * map_ + h * row
                for i in range(0, n, LANES):
                    v = mask(key, first, step, dropped, memory[factor])
                    store(memory, m + p + i, v)
                    store(memory, y + p + i, v * load(memory, x + p + i, ALL))
                    first += each

    return drop


@operation
def times(ALL):
    """dx = m dy, for n vectors."""

    def times(memory, parameters, gradients, a):
        m, d, dx, n = arguments(a, 4)
        for i in range(0, n * LANES, LANES):
            store(memory, dx + i, load(memory, m + i, ALL) * load(memory, d + i, ALL))

    return times
