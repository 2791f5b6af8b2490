"""How an operation is compiled, and how a program of operations runs."""

from functools import partial
from pathlib import Path

from llvmlite import ir
from numba import cfunc
from numba.core import types
from numba.extending import intrinsic

from scratchnet.fast.vector import LANES, constant
from scratchnet.kernels.jit import announce_compiling, digest, inner, kept

OPERATION = types.void(*[types.CPointer(types.float32)] * 3, types.CPointer(types.int64))
ROW = 32  # integers in a row of a program: the address of an operation, then its arguments

OPTIONS = {"error_model": "numpy", "fastmath": {"reassoc", "contract", "nsz", "arcp"}}  # how Numba compiles one

STAMP = f"{LANES}-{digest(Path(__file__).parent)}"  # part of the name of what is kept on disk


def operation(make):
    """Turn make(*sizes), which returns a function of (memory, parameters, gradients, a), into address(*sizes).

    address returns the address of that function, compiled for these sizes at the first call and kept on disk.
    Sizes are numbers that the compiler has to know: make gets them as tuples of that length. a: the row of the
    program that calls the function: its address, then integers.
    """
    known = {}

    def address(*sizes):
        if sizes not in known:
            function = make(*((0,) * size for size in sizes))
            known[sizes] = kept(partial(cfunc, OPERATION), function, STAMP, **OPTIONS)
            if not known[sizes].cache_hits:
                announce_compiling()
        return known[sizes].address

    address.__doc__, address.known, address.make = make.__doc__, known, make
    return address


@intrinsic(prefer_literal=True)
def arguments(typing, a, n):
    """Return (a[1], ..., a[n]), the arguments in a row of a program; n is a literal number."""
    kind = types.UniTuple(types.int64, n.literal_value)

    def code(context, builder, sig, args):
        values = [builder.load(builder.gep(args[0], [constant(i + 1)])) for i in range(len(kind))]
        return context.make_tuple(builder, kind, values)

    return kind(a, n), code


@intrinsic
def call(typing, program, row, memory, parameters, gradients):
    """Call program[row](memory, parameters, gradients, &program[row]), where program[row] is an address."""

    def code(context, builder, sig, args):
        here = builder.gep(args[0], [args[1]])
        pointers = [*args[2:], here]
        kind = ir.FunctionType(ir.VoidType(), [p.type for p in pointers])
        builder.call(builder.inttoptr(builder.load(here), kind.as_pointer()), pointers)
        return context.get_dummy_value()

    return types.void(program, types.intp, memory, parameters, gradients), code


@inner
def run(program, first, last, memory, parameters, gradients):
    """Run the rows first to last of a program, one operation after the other."""
    for row in range(first, last):
        call(program, row * ROW, memory, parameters, gradients)
