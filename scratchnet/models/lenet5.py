"""LeNet-5 as the paper prints it (LeCun, Bottou, Bengio and Haffner, 1998, section II.B)."""

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from scratchnet.layers import RBF, Conv2d, Flatten, Linear, ScaledTanh, Sequential, Subsampling
from scratchnet.layers.initial import Init, Seed, generator, uniform_over_sqrt_fan_in
from scratchnet.models.codes import DIGIT_CODES

# Which maps of S2 (rows 0 to 5) each map of C3 (columns 0 to 15) reads: paper, Table I.
TABLE_I = """
X . . . X X X . . X X X X . X X
X X . . . X X X . . X X X X . X
X X X . . . X X X . . X . X X X
. X X X . . X X X X . . X . X X
. . X X X . . X X X X . X X . X
. . . X X X . . X X X X . X X X
"""


def connection_table(drawing: str) -> NDArray[np.bool_]:
    """Return a boolean array (out, in) from a drawing: a row is an input map, a column an output map."""
    rows = [line.split() for line in drawing.split("\n") if line.strip()]
    return np.array([[mark == "X" for mark in row] for row in rows]).T


def lenet5(
    rng: Seed = None,
    dtype: DTypeLike = np.float32,
    *,
    init: Init = uniform_over_sqrt_fan_in,
    coefficient: float = 0.5,
) -> Sequential:
    """Return the network of Fig. 2: (N, 1, 32, 32) -> penalties (N, 10), the smallest wins.

    It has 60,000 trainable parameters and 340,908 connections. A squashing function follows every layer up to F6.
    init: draws the initial weights, see layers/initial.py. The default is not the paper's uniform_over_fan_in:
    with that, the first updates saturate every unit of F6 for good (docs/REPRODUCTION.md). coefficient: the initial W
    of S2 and S4.
    """
    options: dict[str, Any] = {"rng": generator(rng), "dtype": dtype}
    weights = options | {"init": init}
    return Sequential(
        input_shape=(1, 32, 32),
        C1=Conv2d(1, 6, 5, **weights),
        C1_squash=ScaledTanh(),
        S2=Subsampling(6, coefficient=coefficient, **options),
        S2_squash=ScaledTanh(),
        C3=Conv2d(6, 16, 5, connections=connection_table(TABLE_I), **weights),
        C3_squash=ScaledTanh(),
        S4=Subsampling(16, coefficient=coefficient, **options),
        S4_squash=ScaledTanh(),
        C5=Conv2d(16, 120, 5, **weights),
        C5_squash=ScaledTanh(),
        flatten=Flatten(),
        F6=Linear(120, 84, **weights),
        F6_squash=ScaledTanh(),
        OUTPUT=RBF(DIGIT_CODES.astype(dtype)),
    )
