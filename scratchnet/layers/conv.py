"""The convolution: C1, C3 and C5."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from scratchnet.errors import InputError
from scratchnet.kernels import convolve, convolve_back, output_size
from scratchnet.layers.expect import expect_gradient, expect_input, like
from scratchnet.layers.initial import Init, uniform_over_sqrt_fan_in, zeros
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

    kernel_size: a number, or (kh, kw). padding: the width of a border of zeros. connections: a boolean
    array (out, in), True where an output map reads an input map (paper, Table I); elsewhere W, dW and hW
    are exactly 0, and the fan-in and the counts leave them out. init, init_bias: draw the initial W and b,
    see initial.py.
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
        stride: int = 1,
        padding: int = 0,
        connections: ArrayLike | None = None,
        rng: np.random.Generator | None = None,
        dtype: DTypeLike = np.float32,
        init: Init = uniform_over_sqrt_fan_in,
        init_bias: Init = zeros,
    ) -> None:
        kh, kw = (kernel_size, kernel_size) if isinstance(kernel_size, int) else kernel_size
        if min(in_channels, out_channels, kh, kw, stride) < 1 or padding < 0:
            raise InputError(
                "Conv2d needs channels, kernel_size and stride of at least 1 and padding of at least 0, got "
                f"channels {in_channels} -> {out_channels}, kernel_size {kernel_size}, stride {stride}, "
                f"padding {padding}."
            )
        self.in_channels, self.out_channels, self.kernel_size = in_channels, out_channels, (kh, kw)
        self.stride, self.padding = stride, padding
        self.connections = self._table(connections)
        self.dense = bool(self.connections.all())
        fan_in = kh * kw * self.connections.sum(axis=1)[:, None, None, None]
        rng = rng or np.random.default_rng()
        self.W = self._mask(init(rng, (out_channels, in_channels, kh, kw), fan_in)).astype(dtype)
        self.b = init_bias(rng, (out_channels,), fan_in[:, 0, 0, 0]).astype(dtype)

    def forward(self, x: NDArray) -> NDArray:
        expect_input(self, x)
        self.x = np.ascontiguousarray(x)
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
        expect_gradient(self, dy, self.y_shape)
        dy, W = np.ascontiguousarray(dy, x.dtype), like(x, W)
        dx, dW, db = convolve_back(dy, x, X, W, self.stride, self.padding, self.input_gradient)
        return dx if self.input_gradient else None, self._mask(dW), db

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

    def _misfit(self, shape):
        if len(shape) != 4:
            return f"(N, {self.in_channels}, H, W)"
        if shape[1] != self.in_channels:
            return f"{self.in_channels} input maps, got {shape[1]} in"
        if min(self.output_shape(shape[1:])) < 1:
            kh, kw = self.kernel_size
            return f"images of at least {kh - 2 * self.padding} x {kw - 2 * self.padding} pixels"

    def n_parameters(self) -> int:
        return int(self.connections.sum()) * self.kernel_size[0] * self.kernel_size[1] + self.b.size

    def output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        OH = output_size(shape[1], self.kernel_size[0], self.stride, self.padding)
        OW = output_size(shape[2], self.kernel_size[1], self.stride, self.padding)
        return self.out_channels, OH, OW

    def n_connections(self, shape: tuple[int, ...]) -> int:
        _, OH, OW = self.output_shape(shape)
        return self.n_parameters() * OH * OW

    def __repr__(self) -> str:
        kh, kw = self.kernel_size
        text = f"{self.in_channels} -> {self.out_channels} maps, {kh}x{kw}"
        text += f", stride {self.stride}" * (self.stride != 1) + f", padding {self.padding}" * (self.padding != 0)
        if not self.dense:
            text += f", {self.connections.sum()} of {self.connections.size} connections"
        return f"Conv2d({text})"
