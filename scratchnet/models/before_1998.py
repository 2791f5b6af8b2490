"""LeNet-5's ancestors: the network of 1989, and that of 1990, which the paper calls LeNet-1.

Their last layer has ten squashed units, with the target 1 for the right class and -1 for the others; the largest wins.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from scratchnet.kernels import convolve
from scratchnet.layers import Conv2d, Flatten, Linear, ScaledTanh, Sequential, Subsampling
from scratchnet.layers.expect import expect_input, like, packed
from scratchnet.layers.initial import Init, Seed, generator, uniform_over_fan_in, uniform_over_sqrt_fan_in, zeros
from scratchnet.models.lenet5 import connection_table

BACKGROUND = -1.0  # of the images, and of what lies beyond the border of a map

# Which maps of H2 (rows) each map of H3 (columns) reads in the network of 1990.
TABLE_1990 = """
X X X . X X . . . . . .
. X X X X X . . . . . .
. . . . . . X X X . X X
. . . . . . . X X X X X
"""

# Which maps of H1 (rows) each map of H2 (columns) reads in the network of 1989. The article says that each reads eight
# of the twelve, and not which; here they are eight in a row, from one map further on for each map, in a circle.
EIGHT_OF_TWELVE = "\n".join(
    " ".join("X" if (source - target) % 12 < 8 else "." for target in range(12)) for source in range(12)
)


class UnsharedBiasConv2d(Conv2d):
    """y[n,o,i,j] = b[o,i,j] + sum_c W[o,c] * x[n,c]: the units of a map share weights, and each has its own bias.

    The images have a border of two pixels of -1. With stride 2, 5x5 and an even size, the border is used up on the left
    and above alone: the last row and column are not read.
    x: (N, in, size, size); W: (out, in, 5, 5); b: (out, size/2, size/2); y: (N, out, size/2, size/2). (Y. LeCun et al.,
    Neural Computation 1, 1989.)

    dE/dW = dY X'    dE/db = sum over n of dY    dE/dx = W' dY    d2E/dW2 = hY (X^2)'  and so on, as in Conv2d
    """

    BORDER = 2

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        size: int,
        *,
        connections: ArrayLike | None = None,
        rng: Seed = None,
        dtype: DTypeLike = np.float32,
        init: Init = uniform_over_sqrt_fan_in,
    ) -> None:
        super().__init__(
            in_channels, out_channels, 5, stride=2, connections=connections, rng=rng, dtype=dtype, init=init
        )
        self.size = size
        self.b = zeros(rng, self._shapes()["b"], None).astype(dtype)

    def forward(self, x: NDArray) -> NDArray:
        expect_input(self, x)
        self.x = self._with_border(x)
        W, b = like(x, self.W, self.b)
        y, self.X = convolve(self.x, W, np.zeros(len(W), x.dtype), self.stride, 0)
        self.y_shape = y.shape
        return y + b

    def _with_border(self, x):
        (N, C, H, W), n = x.shape, self.BORDER
        bordered = np.full((N, C, H + 2 * n, W + 2 * n), BACKGROUND, x.dtype)
        bordered[:, :, n:-n, n:-n] = x
        return bordered

    def _back(self, dy, x, X, W):
        dx, dW, _ = super()._back(dy, x, X, W)
        n = self.BORDER
        return dx if dx is None else dx[:, :, n:-n, n:-n].copy(), dW, packed(dy, x.dtype).sum(axis=0)

    def _shapes(self):
        half = self.size // 2
        return super()._shapes() | {"b": (self.out_channels, half, half)}

    def _misfit(self, shape):
        if len(shape) != 4 or shape[1:] != (self.in_channels, self.size, self.size):
            return f"(N, {self.in_channels}, {self.size}, {self.size})"

    def output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        return self._shapes()["b"]

    def n_connections(self, shape: tuple[int, ...]) -> int:
        """Return the number of connections: each place has the weights of the kernels, and each unit its bias."""
        places = self.b[0].size
        return (self.n_parameters() - self.b.size) * places + self.b.size

    def __repr__(self) -> str:
        text = super().__repr__().removesuffix(")")
        return f"{type(self).__name__}({text.removeprefix('Conv2d(')}, a bias for each unit)"


def lenet_1989(rng: Seed = None, dtype: DTypeLike = np.float32) -> Sequential:
    """Return the network of 1989: (N, 1, 16, 16), -1 for the background -> ten outputs (N, 10), the largest wins.

    It has 9,760 parameters and 64,660 connections (Y. LeCun et al., Neural Computation 1, 1989). Weights are drawn from
    U(-2.4/F, 2.4/F), as there. Which eight maps of H1 a map of H2 reads is not published: see EIGHT_OF_TWELVE.
    """
    options: dict[str, Any] = {"rng": generator(rng), "dtype": dtype, "init": uniform_over_fan_in}
    return Sequential(
        input_shape=(1, 16, 16),
        H1=UnsharedBiasConv2d(1, 12, 16, **options),
        H1_squash=ScaledTanh(),
        H2=UnsharedBiasConv2d(12, 12, 8, connections=connection_table(EIGHT_OF_TWELVE), **options),
        H2_squash=ScaledTanh(),
        flatten=Flatten(),
        H3=Linear(192, 30, **options),
        H3_squash=ScaledTanh(),
        OUTPUT=Linear(30, 10, **options),
        OUTPUT_squash=ScaledTanh(),
    )


def lenet1(rng: Seed = None, dtype: DTypeLike = np.float32, *, init: Init = uniform_over_sqrt_fan_in) -> Sequential:
    """Return LeNet-1, the network of 1990: (N, 1, 28, 28), -1 for the background -> ten outputs (N, 10).

    The largest output wins. It has 2,578 parameters and 98,442 connections (Y. LeCun et al., NIPS 2, 1990). The digit
    has 16 x 16 pixels, in a field of 28 x 28. init: draws the initial weights, see layers/initial.py.
    """
    options: dict[str, Any] = {"rng": generator(rng), "dtype": dtype}
    weights = options | {"init": init}
    return Sequential(
        input_shape=(1, 28, 28),
        H1=Conv2d(1, 4, 5, **weights),
        H1_squash=ScaledTanh(),
        H2=Subsampling(4, **options),
        H2_squash=ScaledTanh(),
        H3=Conv2d(4, 12, 5, connections=connection_table(TABLE_1990), **weights),
        H3_squash=ScaledTanh(),
        H4=Subsampling(12, **options),
        H4_squash=ScaledTanh(),
        flatten=Flatten(),
        OUTPUT=Linear(192, 10, **weights),
        OUTPUT_squash=ScaledTanh(),
    )
