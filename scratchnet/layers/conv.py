"""The convolution: C1, C3 and C5."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from scratchnet.errors import InputError
from scratchnet.kernels import convolve, convolve_back, output_size
from scratchnet.layers.expect import expect_gradient, expect_input, label, like, packed, pair, whole
from scratchnet.layers.initial import Init, Seed, generator, uniform_over_sqrt_fan_in, zeros
from scratchnet.layers.layer import Layer


class Conv2d(Layer):
    """y[n,o] = b[o] + sum_c W[o,c] * x[n,c]: every output map is a sum of filtered input maps
    (paper, II.A; the kernel is not flipped).

    x: (N, in_channels, H, W); W: (out, in, kh, kw); b: (out,);
    y: (N, out, OH, OW) with OH = floor((H + 2 padding - kh) / stride) + 1, and OW likewise.

    As matrices, with one column per position of the kernel and one row per weight of a filter:

    Y = W X + b            with X = im2col(x)
    dE/dW = dY X'          d2E/dW2 = hY (X^2)'     (paper, eqs 19-20 and 25: shared weights add up)
    dE/db = sum dY         d2E/db2 = sum hY
    dE/dX = W' dY          d2E/dX2 = (W^2)' hY     (paper, eq. 27), and back to pixels by col2im

    kernel_size, stride: a whole number, or a pair for height and width. padding: the width of a border of
    zeros, a number or a pair; "same": an output of the size of the input, for stride 1 (with an even kernel
    the border is wider by 1 at the bottom and on the right); "valid": 0. connections: a boolean array
    (out, in), True where an output map reads an input map (paper, Table I); elsewhere W, dW and hW are
    exactly 0, and the fan-in and the counts leave them out. init, init_bias: draw the initial W and b, see
    initial.py.
    Raises InputError for sizes below 1, negative padding, an output map that reads no input map, a wrong
    number of input maps, and an image smaller than the kernel.
    """

    params = ("W", "b")
    input_gradient = True  # False: backward returns None, because training does not use dE/dx of a network's input

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | tuple[int, int],
        *,
        stride: int | tuple[int, int] = 1,
        padding: int | tuple[int, int] | str = 0,
        connections: ArrayLike | None = None,
        rng: Seed = None,
        dtype: DTypeLike = np.float32,
        init: Init = uniform_over_sqrt_fan_in,
        init_bias: Init = zeros,
    ) -> None:
        in_channels, out_channels = whole(self, in_channels=in_channels, out_channels=out_channels)
        kh, kw = pair(self, kernel_size)
        strides = pair(self, stride)
        borders = self._borders(padding, (kh, kw), strides)
        if min(in_channels, out_channels, kh, kw, *strides) < 1 or min(borders) < 0:
            raise InputError(
                "Conv2d needs channels, kernel_size and stride of at least 1 and padding of at least 0, got "
                f"channels {in_channels} -> {out_channels}, kernel_size {kernel_size}, stride {stride}, "
                f"padding {padding}."
            )
        self.in_channels, self.out_channels, self.kernel_size = in_channels, out_channels, (kh, kw)
        self.stride, self.padding = one_if_equal(strides), one_if_equal(borders)
        self.extra = ((kh - 1) % 2, (kw - 1) % 2) if padding == "same" else (0, 0)  # rows and columns of zeros
        self.connections = self._table(connections)
        self.dense = bool(self.connections.all())
        fan_in = kh * kw * self.connections.sum(axis=1)[:, None, None, None]
        rng = generator(rng)
        self.W = self._mask(init(rng, (out_channels, in_channels, kh, kw), fan_in)).astype(dtype)
        self.b = init_bias(rng, (out_channels,), fan_in[:, 0, 0, 0]).astype(dtype)

    def forward(self, x: NDArray) -> NDArray:
        expect_input(self, x)
        self.x = packed(np.pad(x, [(0, 0), (0, 0), (0, self.extra[0]), (0, self.extra[1])]) if any(self.extra) else x)
        W, b = like(x, self.W, self.b)
        y, self.X = convolve(self.x, W, b, self.stride, self.padding)
        self.y_shape = y.shape
        return y

    def backward(self, dy: NDArray) -> Any:
        dx, self.dW, self.db = self._back(dy, self.x, self.X, self.W)
        return dx

    def backward2(self, hy: NDArray) -> Any:
        hx, self.hW, self.hb = self._back(hy, self.x**2, self.X**2, self.W**2)
        return hx

    def _back(self, dy, x, X, W):
        expect_gradient(self, dy, tuple(self.y_shape))
        dy, W = packed(dy, x.dtype), like(x, W)
        dx, dW, db = convolve_back(dy, x, X, W, self.stride, self.padding, self.input_gradient)
        if any(self.extra):
            dx = dx[:, :, : dx.shape[2] - self.extra[0], : dx.shape[3] - self.extra[1]].copy()
        return dx if self.input_gradient else None, self._mask(dW), db

    def _borders(self, padding, kernel, strides):
        """Return the padding as a pair of whole numbers."""
        if isinstance(padding, str) and padding not in ("same", "valid"):
            raise InputError(f"{label(self)} expects padding as a number, a pair, 'same' or 'valid', got {padding!r}.")
        if padding == "same" and strides != (1, 1):
            raise InputError(f"{label(self)} has padding='same' for stride 1 only, got stride {strides}.")
        if padding == "same":
            return (kernel[0] - 1) // 2, (kernel[1] - 1) // 2
        return (0, 0) if padding == "valid" else pair(self, padding)

    def _mask(self, W):
        return W if self.dense else W * self.connections[:, :, None, None]

    def _table(self, connections):
        shape = (self.out_channels, self.in_channels)
        table = np.ones(shape, bool) if connections is None else np.array(connections)
        if table.shape != shape or table.dtype != bool:
            raise InputError(
                f"Conv2d expects connections as a boolean array (out, in) = {shape}, "
                f"got {table.dtype} of shape {table.shape}."
            )
        if not table.any(axis=1).all():
            row = int(table.any(axis=1).argmin())
            raise InputError(
                f"Conv2d: output map {row} reads no input map. Set an entry of connections[{row}] to True."
            )
        return table

    def _shapes(self):
        return {"W": (self.out_channels, self.in_channels, *self.kernel_size), "b": (self.out_channels,)}

    def _misfit(self, shape):
        if len(shape) != 4:
            return f"(N, {self.in_channels}, H, W)"
        if shape[1] != self.in_channels:
            return f"{self.in_channels} input maps, got {shape[1]} in"
        if min(self.output_shape(shape[1:])) < 1:
            (kh, kw), (ph, pw) = self.kernel_size, pair(self, self.padding)
            return f"images of at least {max(1, kh - 2 * ph)} x {max(1, kw - 2 * pw)} pixels"

    def n_parameters(self) -> int:
        return int(self.connections.sum()) * self.kernel_size[0] * self.kernel_size[1] + self.b.size

    def output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        sizes = (shape[1] + self.extra[0], shape[2] + self.extra[1])
        axes = zip(sizes, self.kernel_size, pair(self, self.stride), pair(self, self.padding))
        return self.out_channels, *(output_size(*axis) for axis in axes)

    def n_connections(self, shape: tuple[int, ...]) -> int:
        _, OH, OW = self.output_shape(shape)
        return self.n_parameters() * OH * OW

    def __repr__(self) -> str:
        kh, kw = self.kernel_size
        text = f"{self.in_channels} -> {self.out_channels} maps, {kh}x{kw}"
        text += f", stride {self.stride}" * (self.stride != 1) + f", padding {self.padding}" * (self.padding != 0)
        text += ", same size" * any(self.extra)
        if not self.dense:
            text += f", {self.connections.sum()} of {self.connections.size} connections"
        return f"Conv2d({text})"


def one_if_equal(sizes: tuple[int, int]) -> int | tuple[int, int]:
    """Return the number if both are equal, else the pair."""
    return sizes[0] if sizes[0] == sizes[1] else sizes
