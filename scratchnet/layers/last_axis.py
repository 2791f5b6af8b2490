"""A linear map along the last axis only."""

import numpy as np
from numpy.typing import DTypeLike, NDArray

from scratchnet.errors import InputError
from scratchnet.layers.expect import expect_gradient, expect_input, like, whole
from scratchnet.layers.initial import Init, Seed, generator, uniform_over_sqrt_fan_in, zeros
from scratchnet.layers.layer import Layer


class LastAxisLinear(Layer):
    """y[..., o] = sum_i W[o, i] x[..., i] + b[o]: the same map for every row of every image.

    x: (N, ..., in_features); y: (N, ..., out_features); W: (out, in); b: (out,), none with bias=False.
    torch.nn.Linear does the same to maps (N, C, H, W): it mixes the columns of each row, but not the
    maps or the rows. For x (N, in_features) it is the same as Linear.

    With x and dy as matrices, where each row of an image is one row of the matrix:
    dE/dW = dy' x        d2E/dW2 = hy' x^2
    dE/db = sum dy       d2E/db2 = sum hy
    dE/dx = dy W         d2E/dx2 = hy W^2

    Raises InputError when the last axis is not in_features long, and for a size below 1.
    """

    params: tuple[str, ...] = ("W", "b")

    def __init__(
        self,
        in_features: int,
        out_features: int,
        *,
        bias: bool = True,
        rng: Seed = None,
        dtype: DTypeLike = np.float32,
        init: Init = uniform_over_sqrt_fan_in,
        init_bias: Init = zeros,
    ) -> None:
        in_features, out_features = whole(self, in_features=in_features, out_features=out_features)
        if in_features < 1 or out_features < 1:
            raise InputError(
                f"LastAxisLinear needs at least one input and one output, got {in_features} and {out_features}."
            )
        self.in_features, self.out_features = in_features, out_features
        rng = generator(rng)
        self.W = init(rng, (out_features, in_features), in_features).astype(dtype)
        self.b = init_bias(rng, (out_features,), in_features).astype(dtype)
        if not bias:
            self.params, self.b = ("W",), np.zeros(out_features, dtype)

    def forward(self, x: NDArray) -> NDArray:
        expect_input(self, x)
        self.x = x.reshape(-1, self.in_features)
        self.y_shape = (*x.shape[:-1], self.out_features)
        W, b = like(x, self.W, self.b)
        return (self.x @ W.T + b).reshape(self.y_shape)

    def backward(self, dy: NDArray) -> NDArray:
        dx, self.dW, self.db = self._back(dy, self.x, self.W)
        return dx

    def backward2(self, hy: NDArray) -> NDArray:
        hx, self.hW, self.hb = self._back(hy, self.x**2, self.W**2)
        return hx

    def _back(self, dy, x, W):
        expect_gradient(self, dy, self.y_shape)
        dy, W = like(x, dy.reshape(-1, self.out_features), W)
        return (dy @ W).reshape(*self.y_shape[:-1], self.in_features), dy.T @ x, dy.sum(axis=0)

    def _shapes(self):
        return {"W": (self.out_features, self.in_features), "b": (self.out_features,)}

    def _misfit(self, shape):
        if len(shape) < 2 or shape[-1] != self.in_features:
            return f"(N, ..., {self.in_features})"

    def output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        return *shape[:-1], self.out_features

    def n_connections(self, shape: tuple[int, ...]) -> int:
        return int(np.prod(shape[:-1])) * self.n_parameters()

    def __repr__(self) -> str:
        text = f"{self.in_features} -> {self.out_features} along the last axis" + ", no bias" * (self.params == ("W",))
        return f"LastAxisLinear({text})"
