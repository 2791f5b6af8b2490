"""Subsampling: sums over 2x2 windows that do not overlap."""

import numpy as np
from numpy.typing import NDArray

from scratchnet.errors import InputError
from scratchnet.kernels.jit import jit


@jit
def subsample(x: NDArray, W: NDArray, b: NDArray) -> tuple[NDArray, NDArray]:
    """Return y = W s + b and s, where s is the sum of each window: (N, C, 2H, 2W) -> two arrays (N, C, H, W).

    W, b: (C,), one coefficient and one bias per map, all of one dtype.
    """
    if W.shape != (x.shape[1],) or b.shape != W.shape:
        raise InputError("subsample expects one W and one b for each map.")
    N, C, H, width = len(x), x.shape[1], x.shape[2] // 2, x.shape[3] // 2
    y, s = np.empty((N, C, H, width), x.dtype), np.empty((N, C, H, width), x.dtype)
    for n in range(N):
        for c in range(C):
            for h in range(H):
                for w in range(width):
                    top = x[n, c, 2 * h, 2 * w] + x[n, c, 2 * h, 2 * w + 1]
                    s[n, c, h, w] = top + x[n, c, 2 * h + 1, 2 * w] + x[n, c, 2 * h + 1, 2 * w + 1]
                    y[n, c, h, w] = W[c] * s[n, c, h, w] + b[c]
    return y, s


@jit
def subsample_back(dy: NDArray, s: NDArray, W: NDArray) -> tuple[NDArray, NDArray, NDArray]:
    """Return dE/dx (N, C, 2H, 2W), dE/dW and dE/db (C,) from dy = dE/dy (N, C, H, W): the backward pass.

    dE/dW = sum dy s    dE/db = sum dy    dE/dx = W dy, for each of the four pixels of a window

    All three are linear in dy. With s^2 for s and W^2 for W they give second derivatives.
    """
    if s.shape != dy.shape or W.shape != (dy.shape[1],):
        raise InputError("subsample_back expects dy and s of one shape, and one W for each map.")
    N, C, H, width = dy.shape
    dx = np.empty((N, C, 2 * H, 2 * width), dy.dtype)
    dW, db = np.zeros(C, dy.dtype), np.zeros(C, dy.dtype)
    for n in range(N):
        for c in range(C):
            for h in range(H):
                for w in range(width):
                    d = dy[n, c, h, w]
                    dW[c] += d * s[n, c, h, w]
                    db[c] += d
                    dx[n, c, 2 * h, 2 * w] = dx[n, c, 2 * h, 2 * w + 1] = W[c] * d
                    dx[n, c, 2 * h + 1, 2 * w] = dx[n, c, 2 * h + 1, 2 * w + 1] = W[c] * d
    return dx, dW, db
