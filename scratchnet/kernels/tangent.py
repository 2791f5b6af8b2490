"""Tangent distance: how far two images are from each other when both may be moved, turned and resized a little."""

import numpy as np
from numpy.typing import NDArray

from scratchnet.errors import InputError
from scratchnet.kernels.jit import jit

RIDGE = np.float32(1e-4)  # keeps the equations solvable where two tangents of x and y are parallel


@jit
def tangent_distances(
    x: NDArray[np.float32],
    Qx: NDArray[np.float32],
    y: NDArray[np.float32],
    Qy: NDArray[np.float32],
    candidates: NDArray[np.int64],
) -> NDArray[np.float32]:
    """Return the squared two-sided tangent distances (N, K) between images x and their candidates among y.

    min over a, b of |(x + Qx' a) - (y + Qy' b)|^2          (P. Simard, Y. LeCun, J. Denker, NIPS 5, 1993)

    x: (N, D), y: (M, D) images; Qx: (N, T, D), Qy: (M, T, D) their tangents, with orthonormal rows; candidates: (N, K)
    indices of y. With d = x - y and C = Qx Qy', taking out first what the tangents of x explain and then what those of
    y explain of the rest,

        r = Qy d - C' Qx d        |d|^2 - |Qx d|^2 - r' (I - C' C)^-1 r
    """
    if Qx.shape[0] != len(x) or Qy.shape[0] != len(y) or len(candidates) != len(x):
        raise InputError("tangent_distances expects tangents for each image, and a row of candidates for each x.")
    if candidates.size and (candidates.min() < 0 or candidates.max() >= len(y)):
        raise InputError("tangent_distances expects candidates that are indices of y.")
    if Qx.shape[1:] != Qy.shape[1:] or Qx.shape[2] != x.shape[1] or x.shape[1] != y.shape[1]:
        raise InputError("tangent_distances expects tangents and images of one size.")
    N, K = candidates.shape
    T = Qx.shape[1]
    distances = np.empty((N, K), np.float32)
    for n in range(N):
        for k in range(K):
            m = candidates[n, k]
            d = x[n] - y[m]
            C = np.dot(Qx[n], Qy[m].T)
            cx = np.dot(Qx[n], d)
            r = np.dot(Qy[m], d) - np.dot(cx, C)
            left = np.dot(d, d) - np.dot(cx, cx)
            rest = -np.dot(C.T, C)
            for t in range(T):
                rest[t, t] += 1 + RIDGE
            distances[n, k] = max(left - np.dot(r, np.linalg.solve(rest, r)), np.float32(0))
    return distances
