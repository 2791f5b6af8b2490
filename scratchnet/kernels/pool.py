"""Pooling: the largest or the mean of windows, which may overlap and reach into the padding.

A window is cut off at the border of the image. Windows of 2x2 without padding, which are in every
LeNet-5, have loops of their own: their size is then known to the compiler, which unrolls the loops over
the window: a sixth to a third of the time (benchmarks/kernels.py).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from scratchnet.kernels.convolution import output_size
from scratchnet.kernels.jit import jit


@jit
def largest(pixels: NDArray, top: int, left: int, kh: int, kw: int) -> Any:
    """The largest of a window of kh x kw pixels and its place, row * W + column; the first of equals."""
    W = pixels.shape[1]
    best, winner = pixels[top, left], top * W + left
    for i in range(kh):
        for j in range(kw):
            pixel = pixels[top + i, left + j]
            larger = (pixel > best) | (pixel != pixel)  # NaN wins, so that it is not lost
            best = pixel if larger else best  # two selects and no branch: which one wins cannot be predicted
            winner = (top + i) * W + left + j if larger else winner
    return best, winner


@jit
def total(pixels: NDArray, top: int, left: int, kh: int, kw: int) -> Any:
    """The sum of a window of kh x kw pixels."""
    s = pixels.dtype.type(0)
    for i in range(kh):
        for j in range(kw):
            s += pixels[top + i, left + j]
    return s


@jit
def spread(pixels: NDArray, top: int, left: int, kh: int, kw: int, d: Any) -> None:
    """The adjoint of `total`: d is added to every pixel of the window."""
    for i in range(kh):
        for j in range(kw):
            pixels[top + i, left + j] += d


@jit
def cut(first: int, window: int, size: int) -> tuple[int, int]:
    """Where a window that starts at `first` begins inside an axis of this size, and how long it is there."""
    inside = max(0, first)
    return inside, min(size, first + window) - inside


@jit
def max_pool(x: NDArray, kh: int, kw: int, sh: int, sw: int, ph: int, pw: int) -> tuple[NDArray, NDArray]:
    """y = the largest of each window, and its place in its map: both (N, C, OH, OW).

    x: (N, C, H, W); windows kh x kw, strides sh, sw, paddings ph, pw.
    """
    N, C, H, W = x.shape
    OH, OW = output_size(H, kh, sh, ph), output_size(W, kw, sw, pw)
    y, winner = np.empty((N, C, OH, OW), x.dtype), np.empty((N, C, OH, OW), np.int32)
    plain = kh == 2 and kw == 2 and ph == 0 and pw == 0
    for n in range(N):
        for c in range(C):
            pixels = x[n, c]
            for h in range(OH):
                if plain:
                    for w in range(OW):
                        y[n, c, h, w], winner[n, c, h, w] = largest(pixels, h * sh, w * sw, 2, 2)
                else:
                    top, height = cut(h * sh - ph, kh, H)
                    for w in range(OW):
                        left, width = cut(w * sw - pw, kw, W)
                        y[n, c, h, w], winner[n, c, h, w] = largest(pixels, top, left, height, width)
    return y, winner


@jit
def max_pool_back(dy: NDArray, winner: NDArray, H: int, W: int) -> NDArray:
    """The adjoint: every dy (N, C, OH, OW) is added to the pixel that won. Returns (N, C, H, W)."""
    N, C, OH, OW = dy.shape
    dx = np.zeros((N, C, H * W), dy.dtype)
    for n in range(N):
        for c in range(C):
            for h in range(OH):
                for w in range(OW):
                    dx[n, c, winner[n, c, h, w]] += dy[n, c, h, w]
    return dx.reshape(N, C, H, W)


@jit
def average_pool(x: NDArray, share: float, kh: int, kw: int, sh: int, sw: int, ph: int, pw: int) -> NDArray:
    """y = share times the sum of each window, zeros in the padding: (N, C, H, W) -> (N, C, OH, OW)."""
    N, C, H, W = x.shape
    OH, OW = output_size(H, kh, sh, ph), output_size(W, kw, sw, pw)
    y, share = np.empty((N, C, OH, OW), x.dtype), x.dtype.type(share)
    plain = kh == 2 and kw == 2 and ph == 0 and pw == 0
    for n in range(N):
        for c in range(C):
            pixels = x[n, c]
            for h in range(OH):
                if plain:
                    for w in range(OW):
                        y[n, c, h, w] = share * total(pixels, h * sh, w * sw, 2, 2)
                else:
                    top, height = cut(h * sh - ph, kh, H)
                    for w in range(OW):
                        left, width = cut(w * sw - pw, kw, W)
                        y[n, c, h, w] = share * total(pixels, top, left, height, width)
    return y


@jit
def average_pool_back(
    dy: NDArray, share: float, H: int, W: int, kh: int, kw: int, sh: int, sw: int, ph: int, pw: int
) -> NDArray:
    """The adjoint: share dy is added to every pixel of the window. (N, C, OH, OW) -> (N, C, H, W)."""
    N, C, OH, OW = dy.shape
    dx, share = np.zeros((N, C, H, W), dy.dtype), dy.dtype.type(share)
    plain = kh == 2 and kw == 2 and ph == 0 and pw == 0
    for n in range(N):
        for c in range(C):
            pixels = dx[n, c]
            for h in range(OH):
                if plain:
                    for w in range(OW):
                        spread(pixels, h * sh, w * sw, 2, 2, share * dy[n, c, h, w])
                else:
                    top, height = cut(h * sh - ph, kh, H)
                    for w in range(OW):
                        left, width = cut(w * sw - pw, kw, W)
                        spread(pixels, top, left, height, width, share * dy[n, c, h, w])
    return dx
