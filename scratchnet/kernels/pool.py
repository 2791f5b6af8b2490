"""Pooling: the largest or the mean of windows, which may overlap and extend into the padding.

A window is cut off at the border of the image. Every LeNet-5 has windows of 2x2 without padding, so these
have separate loops: the compiler knows their size and unrolls the loops over the window, which takes a
sixth to a third of the time (benchmarks/kernels.py).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from scratchnet.kernels.convolution import output_size
from scratchnet.kernels.jit import jit


@jit
def largest(pixels: NDArray, top: int, left: int, kh: int, kw: int) -> Any:
    """Return the largest of a window of kh x kw pixels and its place, row * W + column; of equals, the first."""
    W = pixels.shape[1]
    best, winner = pixels[top, left], top * W + left
    for i in range(kh):
        for j in range(kw):
            pixel = pixels[top + i, left + j]
            larger = (pixel > best) | (pixel != pixel)  # NaN counts as the largest, so that it is not lost
            best = pixel if larger else best  # two selects and no branch: a branch could not be predicted
            winner = (top + i) * W + left + j if larger else winner
    return best, winner


@jit
def total(pixels: NDArray, top: int, left: int, kh: int, kw: int) -> Any:
    """Return the sum of a window of kh x kw pixels."""
    s = pixels.dtype.type(0)
    for i in range(kh):
        for j in range(kw):
            s += pixels[top + i, left + j]
    return s


@jit
def spread(pixels: NDArray, top: int, left: int, kh: int, kw: int, d: Any) -> None:
    """Add d to every pixel of the window: the adjoint of `total`."""
    for i in range(kh):
        for j in range(kw):
            pixels[top + i, left + j] += d


@jit
def cut(first: int, window: int, size: int) -> tuple[int, int]:
    """Return the start and the length of the part of a window that lies inside an axis of this size."""
    inside = max(0, first)
    return inside, min(size, first + window) - inside


@jit
def max_pool(x: NDArray, kh: int, kw: int, sh: int, sw: int, ph: int, pw: int) -> tuple[NDArray, NDArray]:
    """Return the largest of each window, and its place in its map: both (N, C, OH, OW).

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
    """Add every dy (N, C, OH, OW) to the pixel that was the largest, and return (N, C, H, W)."""
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
    """Return share times the sum of each window, with 0 in the padding: (N, C, H, W) -> (N, C, OH, OW)."""
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
    """Add share dy to every pixel of each window: (N, C, OH, OW) -> (N, C, H, W)."""
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
