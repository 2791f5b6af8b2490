"""How an operation is compiled, and how a program of them runs."""

import sys

from numba import cfunc

from scratchnet.fast.vector import OPERATION, call, data
from scratchnet.kernels.jit import jit

ROW = 32  # integers of one step of a program: the address of its operation, then its arguments

said = False


def operation(make):
    """Turns make(*sizes), which returns a function of (memory, parameters, gradients, a), into
    address(*sizes): that function compiled for these sizes, when first asked for, and kept on disk.

    Sizes are numbers that the compiler has to know, given to make as tuples of that length. a: the row of
    the program that calls it, integers after its address.
    """
    known = {}

    def address(*sizes):
        if sizes not in known:
            function = make(*((0,) * size for size in sizes))
            options = {"error_model": "numpy", "fastmath": {"reassoc", "contract", "nsz", "arcp"}}
            try:
                known[sizes] = cfunc(OPERATION, cache=True, **options)(function)
            except RuntimeError:  # Numba finds no folder that it may write to
                known[sizes] = cfunc(OPERATION, **options)(function)
            if not known[sizes].cache_hits:
                announce()
        return known[sizes].address

    address.__doc__, address.known = make.__doc__, known
    return address


def announce():
    """Says once that the wait is for the compiler."""
    global said
    if not said:
        print("Compiling the fast path for this network: some seconds, once on this machine.", file=sys.stderr)
    said = True


@jit
def run(program, first, last, memory, parameters, gradients):
    """Rows first to last of a program, one operation after the other."""
    for row in range(first, last):
        call(data(program), row * ROW, data(memory), data(parameters), data(gradients))
