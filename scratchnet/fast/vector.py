"""A vector of floats that stays in a register: LLVM's <16 x float>, as a type of Numba.

In a plain loop over sixteen floats LLVM has to find the vector, and in a block of 24 sums it does not
find it. A value of type `Vec` is in a register from the start. This file has all that the operations
need; each function is one or a few instructions.

Memory is float32, by pointer and index; indices count floats. Blocks of registers are tuples of Vec,
and their sizes are the lengths of tuples of zeros: `filters = (0,) * 6` is a size that the compiler
knows. So every loop over a block is unrolled here, when the code is generated.

L, lanes: (0,) * LANES where a number of the network is a Vec, (0,) where it is one float. Operations
with L are written once for both.
"""

import operator

from llvmlite import ir
from llvmlite.binding import get_host_cpu_features
from numba.core import cgutils, config, types
from numba.core.typing.templates import ConcreteTemplate, infer_global, signature
from numba.extending import intrinsic, lower_builtin, models, register_model


def has(feature):
    """Return whether Numba compiles for a processor with this feature; NUMBA_CPU_NAME alone counts as no features."""
    if config.CPU_NAME is not None or config.CPU_FEATURES is not None:
        return f"+{feature}" in (config.CPU_FEATURES or "")
    try:
        return bool(get_host_cpu_features().get(feature))
    except RuntimeError:  # LLVM cannot tell on some ARM systems
        return False


LANES = 16 if has("avx512f") else 8  # with 8, 16 registers of AVX2, or pairs of the 32 of NEON
REGISTERS = 32 if LANES == 16 else 16
HAS_INVERSE = LANES == 16  # an instruction that guesses 1/v well
FLOAT, VECTOR = ir.FloatType(), ir.VectorType(ir.FloatType(), LANES)


class VecType(types.Type):
    def __init__(self):
        super().__init__(name=f"Vec{LANES}")


Vec = VecType()


@register_model(VecType)
class VecModel(models.PrimitiveModel):
    def __init__(self, manager, kind):
        super().__init__(manager, kind, VECTOR)


def arithmetic(symbol, instruction):
    """Define `a symbol b` for two Vec."""
    infer_global(symbol)(type(instruction, (ConcreteTemplate,), {"cases": [signature(Vec, Vec, Vec)]}))
    lower_builtin(symbol, Vec, Vec)(lambda context, builder, sig, args: getattr(builder, instruction)(*args))


for symbol, instruction in {"add": "fadd", "sub": "fsub", "mul": "fmul", "truediv": "fdiv"}.items():
    arithmetic(getattr(operator, symbol), instruction)


def constant(n):
    return ir.Constant(ir.IntType(64), n)


def element(builder, pointer, index, *steps):
    """Return the address pointer + index + the sum of step * n over (step, n) in steps."""
    for step, n in steps:
        index = builder.add(index, builder.mul(step, constant(n)))
    return builder.gep(pointer, [index])


def load_vector(builder, address):
    """Load a vector from any address of a float: an unaligned load of aligned memory costs nothing extra."""
    return builder.load(builder.bitcast(address, VECTOR.as_pointer()), align=4)


def store_vector(builder, value, address):
    builder.store(value, builder.bitcast(address, VECTOR.as_pointer()), align=4)


def broadcast(builder, x):
    one = builder.insert_element(ir.Constant(VECTOR, ir.Undefined), x, ir.Constant(ir.IntType(32), 0))
    return shuffle(builder, one, one, [0] * LANES)


def shuffle(builder, a, b, lanes):
    """Return a vector whose lane n is lane lanes[n] of a followed by b."""
    return builder.shuffle_vector(a, b, ir.Constant(ir.VectorType(ir.IntType(32), LANES), lanes))


def multiply_add(builder, a, b, c):
    kind = ir.FunctionType(a.type, [a.type] * 3)
    name = f"llvm.fma.v{LANES}f32" if a.type == VECTOR else "llvm.fma.f32"
    return builder.call(cgutils.get_or_insert_function(builder.module, kind, name), [a, b, c])


def lane_sum(builder, a):
    kind = ir.FunctionType(FLOAT, [FLOAT, VECTOR])
    function = cgutils.get_or_insert_function(builder.module, kind, f"llvm.vector.reduce.fadd.v{LANES}f32")
    return builder.call(function, [ir.Constant(FLOAT, 0.0), a], fastmath=("reassoc",))


def of_lanes(L):
    return Vec if len(L) > 1 else types.float32


# One number of the network: a Vec, or a float.


@intrinsic
def load(typing, p, i, L):
    """Return the number at p[i]."""
    kind = of_lanes(L)

    def code(context, builder, sig, args):
        address = element(builder, args[0], args[1])
        return load_vector(builder, address) if kind == Vec else builder.load(address)

    return kind(p, types.intp, L), code


@intrinsic
def store(typing, p, i, v):
    """p[i] = v."""

    def code(context, builder, sig, args):
        address = element(builder, args[0], args[1])
        store_vector(builder, args[2], address) if v == Vec else builder.store(args[2], address)
        return context.get_dummy_value()

    return types.void(p, types.intp, v), code


@intrinsic
def splat(typing, x, L):
    """Return x in every lane."""
    kind = of_lanes(L)

    def code(context, builder, sig, args):
        return broadcast(builder, args[0]) if kind == Vec else args[0]

    return kind(types.float32, L), code


@intrinsic
def fma(typing, a, b, c):
    """a b + c, rounded once."""
    return a(a, a, a), lambda context, builder, sig, args: multiply_add(builder, *args)


@intrinsic
def total(typing, v):
    """Return the sum over the lanes."""
    return types.float32(v), lambda context, builder, sig, args: lane_sum(builder, *args) if v == Vec else args[0]


@intrinsic
def guess_inverse(typing, v):
    """Return 1/v for normal v > 0: within 2^-14 by the instruction of AVX-512, elsewhere within a sixteenth.

    Elsewhere: the bits of a float are nearly its logarithm, so those of 1/v are nearly a constant minus those of v.
    """

    def instruction(context, builder, sig, args):
        mask = ir.IntType(LANES)
        kind = ir.FunctionType(VECTOR, [VECTOR, VECTOR, mask])
        rcp14 = cgutils.get_or_insert_function(builder.module, kind, "llvm.x86.avx512.rcp14.ps.512")
        return builder.call(rcp14, [args[0], ir.Constant(VECTOR, ir.Undefined), ir.Constant(mask, -1)])

    def code(context, builder, sig, args):
        whole = ir.VectorType(ir.IntType(32), LANES)
        magic = ir.Constant(whole, [0x7EF311C7] * LANES)
        return builder.bitcast(builder.sub(magic, builder.bitcast(args[0], whole)), VECTOR)

    return v(v), instruction if HAS_INVERSE else code


@intrinsic
def rounded(typing, v):
    """Return v rounded to a whole number."""

    def code(context, builder, sig, args):
        name = f"llvm.rint.v{LANES}f32"
        kind = ir.FunctionType(VECTOR, [VECTOR])
        return builder.call(cgutils.get_or_insert_function(builder.module, kind, name), [args[0]])

    return v(v), code


@intrinsic
def power_of_two(typing, n):
    """Return 2^n for whole numbers n from -126 to 127: the bits of the exponent are n + 127."""

    def code(context, builder, sig, args):
        whole = ir.VectorType(ir.IntType(32), LANES)
        exponent = builder.add(builder.fptosi(args[0], whole), ir.Constant(whole, [127] * LANES))
        return builder.bitcast(builder.shl(exponent, ir.Constant(whole, [23] * LANES)), VECTOR)

    return n(n), code


def rearranged(lanes):
    """Return a function (a, b) -> a vector whose lane n is lane lanes[n] of a followed by b."""

    @intrinsic
    def rearrange(typing, a, b):
        return a(a, b), lambda context, builder, sig, args: shuffle(builder, *args, lanes)

    return rearrange


evens, odds = rearranged(list(range(0, 2 * LANES, 2))), rearranged(list(range(1, 2 * LANES, 2)))
low_pairs = rearranged([n // 2 for n in range(LANES)])  # 0 0 1 1 2 2 ... of the first
high_pairs = rearranged([(LANES + n) // 2 for n in range(LANES)])  # the same for its second half


@intrinsic
def first_lanes(typing, v, n):
    """Return v in its first n lanes and 0 in the others."""

    def code(context, builder, sig, args):
        whole = ir.VectorType(ir.IntType(64), LANES)
        one = builder.insert_element(ir.Constant(whole, ir.Undefined), args[1], ir.Constant(ir.IntType(32), 0))
        count = shuffle(builder, one, one, [0] * LANES)
        inside = builder.icmp_signed("<", ir.Constant(whole, list(range(LANES))), count)
        return builder.select(inside, args[0], ir.Constant(VECTOR, [0.0] * LANES))

    return v(v, types.intp), code


def choice(test, ordered=True):
    @intrinsic
    def choose(typing, a, b, yes, no):
        def code(context, builder, sig, args):
            compare = builder.fcmp_ordered if ordered else builder.fcmp_unordered
            return builder.select(compare(test, args[0], args[1]), args[2], args[3])

        return a(a, a, a, a), code

    return choose


if_greater = choice(">")  # in each lane: yes where a > b, else no; with a NaN, no
if_equal = choice("==")
if_unequal = choice("!=", ordered=False)  # with a NaN, yes
if_greater_or_nan = choice(">", ordered=False)  # with a NaN, yes
