"""The kernels in NumPy, for a Python without Numba: a browser (Pyodide), or a processor without LLVM.

A second way to compute the same, for one reason: uncompiled, the loops of the other files take about a hundred times
as long (forward and backward of LeNet-5, ten images), so a lesson that trains would take up to an hour. `jit` puts a
function of this file in the place of the loops of the same name, if Numba is missing. A loop that is not here runs as
it is: it is short, or no lesson up to 13 needs it. The results differ from those of the loops by rounding only;
arguments and results are described there.
"""

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from scratchnet.errors import InputError


def expect_one_shape(kernel: str, *arrays: NDArray) -> None:
    """Raise InputError for arrays of different shapes: NumPy would repeat the smaller one."""
    if len({array.shape for array in arrays}) > 1:
        raise InputError(f"{kernel} expects arrays of one shape.")


# A convolution.


def windows(x: NDArray, kh: int, kw: int, stride: Any, padding: Any, border: float = 0) -> NDArray:
    """Return a view of all windows of x with its border: (N, C, H, W) -> (N, C, OH, OW, kh, kw)."""
    (sh, sw), (ph, pw) = np.broadcast_to(stride, 2), np.broadcast_to(padding, 2)
    if ph or pw:
        x = np.pad(x, [(0, 0), (0, 0), (ph, ph), (pw, pw)], constant_values=border)
    return sliding_window_view(x, (kh, kw), axis=(2, 3))[:, :, ::sh, ::sw]


def as_columns(fields: NDArray) -> NDArray:
    """Return the windows as columns: (N, C, OH, OW, kh, kw) -> (C*kh*kw, N*OH*OW)."""
    N, C, OH, OW, kh, kw = fields.shape
    return fields.transpose(1, 4, 5, 0, 2, 3).copy().reshape(C * kh * kw, N * OH * OW)  # never a view of x


def im2col(x: NDArray, kh: int, kw: int, stride: Any, padding: Any) -> NDArray:
    return as_columns(windows(x, kh, kw, stride, padding))


def col2im(columns: NDArray, shape: Any, kh: int, kw: int, stride: Any, padding: Any) -> NDArray:
    (N, C, H, W), (sh, sw), (ph, pw) = shape, np.broadcast_to(stride, 2), np.broadcast_to(padding, 2)
    x = np.zeros((N, C, H + 2 * ph, W + 2 * pw), columns.dtype)
    OH, OW = (H + 2 * ph - kh) // sh + 1, (W + 2 * pw - kw) // sw + 1
    columns = columns.reshape(C, kh, kw, N, OH, OW)
    for i in range(kh):
        for j in range(kw):
            x[:, :, i : i + sh * OH : sh, j : j + sw * OW : sw] += columns[:, i, j].swapaxes(0, 1)
    return x[:, :, ph : ph + H, pw : pw + W].copy() if ph or pw else x


def convolve(x: NDArray, W: NDArray, b: NDArray, stride: Any, padding: Any) -> tuple[NDArray, NDArray]:
    O, _, kh, kw = W.shape
    fields = windows(x, kh, kw, stride, padding)
    X = as_columns(fields)
    Y = W.reshape(O, -1) @ X + b[:, None]
    return np.ascontiguousarray(Y.reshape(O, len(x), *fields.shape[2:4]).swapaxes(0, 1)), X


def convolve_back(
    dy: NDArray, x: NDArray, X: NDArray, W: NDArray, stride: Any, padding: Any, input_gradient: bool = True
) -> tuple[NDArray, NDArray, NDArray]:
    """X: all columns of x, as `convolve` of this file returns them: there are no tiles."""
    O, _, kh, kw = W.shape
    dY = dy.swapaxes(0, 1).reshape(O, -1)
    dW, db = (dY @ X.T).reshape(W.shape), dY.sum(axis=1)
    if not input_gradient:
        return np.empty_like(x), dW, db
    return col2im(W.reshape(O, -1).T @ dY, x.shape, kh, kw, stride, padding), dW, db


# Windows of 2x2, and other windows.


def subsample(x: NDArray, W: NDArray, b: NDArray) -> tuple[NDArray, NDArray]:
    if W.shape != (x.shape[1],) or b.shape != W.shape:
        raise InputError("subsample expects one W and one b for each map.")
    s = x[:, :, ::2, ::2] + x[:, :, ::2, 1::2] + x[:, :, 1::2, ::2] + x[:, :, 1::2, 1::2]
    return W[:, None, None] * s + b[:, None, None], s


def subsample_back(dy: NDArray, s: NDArray, W: NDArray) -> tuple[NDArray, NDArray, NDArray]:
    expect_one_shape("subsample_back", dy, s)
    if W.shape != (dy.shape[1],):
        raise InputError("subsample_back expects one W for each map.")
    dx = (W[:, None, None] * dy).repeat(2, axis=2).repeat(2, axis=3)
    return dx, (dy * s).sum(axis=(0, 2, 3)), dy.sum(axis=(0, 2, 3))


def max_pool(x: NDArray, kh: int, kw: int, sh: int, sw: int, ph: int, pw: int) -> tuple[NDArray, NDArray]:
    fields, W = windows(x, kh, kw, (sh, sw), (ph, pw), -np.inf), x.shape[3]
    top, left = sh * np.arange(fields.shape[2])[:, None] - ph, sw * np.arange(fields.shape[3]) - pw
    best = np.full(fields.shape[:4], -np.inf, x.dtype)
    winner = np.broadcast_to(np.maximum(top, 0) * W + np.maximum(left, 0), best.shape)
    for i in range(kh):
        for j in range(kw):
            pixel = fields[..., i, j]
            larger = (pixel > best) | (pixel != pixel)  # NaN counts as the largest, as in `largest`
            best, winner = np.where(larger, pixel, best), np.where(larger, (top + i) * W + left + j, winner)
    return best, winner.astype(np.int32)


def max_pool_back(dy: NDArray, winner: NDArray, H: int, W: int) -> NDArray:
    maps = dy.shape[0] * dy.shape[1]
    place = winner.reshape(maps, -1) + H * W * np.arange(maps)[:, None]
    dx = np.bincount(place.ravel(), weights=dy.ravel(), minlength=maps * H * W)
    return dx.astype(dy.dtype).reshape(*dy.shape[:2], H, W)


def average_pool(x: NDArray, share: float, kh: int, kw: int, sh: int, sw: int, ph: int, pw: int) -> NDArray:
    return x.dtype.type(share) * windows(x, kh, kw, (sh, sw), (ph, pw)).sum(axis=(4, 5))


def average_pool_back(
    dy: NDArray, share: float, H: int, W: int, kh: int, kw: int, sh: int, sw: int, ph: int, pw: int
) -> NDArray:
    (N, C), each = dy.shape[:2], dy.dtype.type(share) * dy.swapaxes(0, 1)
    columns = np.broadcast_to(each[:, None, None], (C, kh, kw, *each.shape[1:]))  # a window's pixels have the same
    return col2im(columns, (N, C, H, W), kh, kw, (sh, sw), (ph, pw))


# Slopes, and steps in place.


def times_slope(dy: NDArray, y: NDArray, steepest: float, bend: float) -> NDArray:
    expect_one_shape("times_slope", dy, y)
    return dy * (y.dtype.type(steepest) - y.dtype.type(bend) * y * y)


def where_positive(dy: NDArray, y: NDArray) -> NDArray:
    expect_one_shape("where_positive", dy, y)
    return np.where(y > 0, dy, y.dtype.type(0))


def descend(value: NDArray, eps: NDArray, gradient: NDArray) -> None:
    expect_one_shape("descend", value, eps, gradient)
    value -= eps * gradient


def adam(
    value: NDArray,
    m: NDArray,
    v: NDArray,
    gradient: NDArray,
    rate: float,
    beta1: float,
    beta2: float,
    scale: float,
    eps: float,
) -> None:
    expect_one_shape("adam", value, m, v, gradient)
    number = value.dtype.type
    m += number(1 - beta1) * (gradient - m)
    m[abs(m) <= number(1e-30)] = 0
    v += number(1 - beta2) * (gradient * gradient - v)
    value -= number(rate) * m / (number(scale) * np.sqrt(v) + number(eps))
