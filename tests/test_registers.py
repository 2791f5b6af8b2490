"""The sums of a block stay in registers: no loop of the fast path writes vectors to the stack and reads them again.

LLVM decides that. Where it unrolls a loop, or loads too early, it runs out of registers and says nothing: the results
are right, and C1 takes a quarter longer (benchmarks/fast.py tricks).
"""

import platform
import re

import pytest
from numba import cfunc

from scratchnet.fast import convolutions, products
from scratchnet.fast.lowering import BLOCKS
from scratchnet.fast.operation import OPERATION, OPTIONS
from scratchnet.fast.vector import LANES


def on_the_stack(operation, sizes):
    """Return the lines that move vectors to or from the stack, in the blocks of instructions that multiply."""
    blocks = re.split(r"^\.LBB.*$", assembly(operation, *sizes), flags=re.MULTILINE)
    inner = [line for block in blocks if "vfmadd" in block for line in block.splitlines()]
    assert inner
    return [line for line in inner if "%rsp)" in line and re.search("%[yz]mm", line)]


def assembly(operation, *sizes):
    function = operation.make(*((0,) * size for size in sizes))
    return cfunc(OPERATION, **OPTIONS)(function)._library.get_asm_str()


@pytest.mark.planted
@pytest.mark.skipif(platform.machine().lower() not in ("x86_64", "amd64"), reason="reads the assembly of x86")
@pytest.mark.parametrize(
    "operation, sizes",
    [
        *[(convolutions.convolve, size) for size in BLOCKS],
        (convolutions.convolve_full, (14, 5, 10, 1) if LANES == 16 else (10, 5, 6, 1)),
        (convolutions.kernel_gradients, (1, 5, 5) if LANES == 16 else (2, 1, 5)),
        (convolutions.kernel_gradients, (2, 3, 3) if LANES == 16 else (1, 3, 3)),
        (products.multiply, (12, 1)),
        (products.weight_gradients, (4, 4, LANES) if LANES == 16 else (2, 4, LANES)),
    ],
    ids=lambda what: getattr(what, "make", what).__name__ if callable(what) else "x".join(map(str, what)),
)
def test_sums_stay_in_registers(operation, sizes):
    assert on_the_stack(operation, sizes) == []
