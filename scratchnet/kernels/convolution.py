"""A convolution as im2col, one matrix product, col2im (K. Chellapilla, S. Puri, P. Simard, 2006).

im2col copies each receptive field into one column, so that the whole convolution is Y = W X.
col2im adds each column back to the pixels that it was copied from. It is the adjoint of im2col
(not its inverse): <im2col x, c> = <x, col2im c>.

Notation: N images of C maps of H x W pixels, kernels of kh x kw, O output maps of OH x OW pixels.
Convolutions here do not flip the kernel, as in the paper.

Numba compiles these functions at their first call and keeps the result on disk. `im2col.py_func` is
the plain Python function; with NUMBA_DISABLE_JIT=1 the plain function runs.
"""

import numpy as np
from numpy.typing import NDArray

from scratchnet.kernels.jit import jit, overload

# The columns of a 5x5 convolution are 25 times as large as its input: for a whole batch they would leave
# the cache. So a batch is cut into tiles, each with as many images as have columns that fit the L2 cache.
TILE_BYTES = 256 * 1024


Size = int | tuple[int, int]


def both(size: Size) -> tuple[int, int]:
    """Return (size, size) for a number, and a pair for height and width as it is."""
    return size if isinstance(size, tuple) else (size, size)


@overload(both)
def _(size):  # the same in compiled code, where the type of size is known
    from numba import types

    return (lambda size: size) if isinstance(size, types.BaseTuple) else (lambda size: (size, size))


@jit
def output_size(size: int, kernel: int, stride: int, padding: int) -> int:
    """Return the number of kernel positions along one axis: floor((size + 2 padding - kernel) / stride) + 1."""
    return (size + 2 * padding - kernel) // stride + 1


@jit
def pad(x: NDArray, ph: int, pw: int) -> NDArray:
    """Add a border of zeros to x: (N, C, H, W) -> (N, C, H + 2 ph, W + 2 pw)."""
    N, C, H, W = x.shape
    padded = np.zeros((N, C, H + 2 * ph, W + 2 * pw), x.dtype)
    for n in range(N):  # loops, because compiling padded[:, :, ph : ph + H, ...] = x takes longer than all the rest
        for c in range(C):
            for h in range(H):
                for w in range(W):
                    padded[n, c, ph + h, pw + w] = x[n, c, h, w]
    return padded


@jit
def im2col(x: NDArray, kh: int, kw: int, stride: Size, padding: Size) -> NDArray:
    """Return all receptive fields of x as columns.

    x: (N, C, H, W), floats. Returns (C*kh*kw, N*OH*OW), same dtype:
    columns[(c, i, j), (n, h, w)] = x[n, c, h*stride + i, w*stride + j], x with its border.
    """
    (N, C, H, W), (sh, sw), (ph, pw) = x.shape, both(stride), both(padding)
    OH, OW = output_size(H, kh, sh, ph), output_size(W, kw, sw, pw)
    if ph or pw:
        x = pad(x, ph, pw)
    columns = np.empty((C, kh, kw, N, OH, OW), x.dtype)
    for c in range(C):
        for i in range(kh):
            for j in range(kw):
                for n in range(N):
                    for h in range(OH):
                        if sw == 1:  # a separate loop, so that the compiler copies whole vectors
                            for w in range(OW):
                                columns[c, i, j, n, h, w] = x[n, c, h * sh + i, w + j]
                        else:
                            for w in range(OW):
                                columns[c, i, j, n, h, w] = x[n, c, h * sh + i, w * sw + j]
    return columns.reshape(C * kh * kw, N * OH * OW)


@jit
def col2im(
    columns: NDArray, shape: tuple[int, int, int, int], kh: int, kw: int, stride: Size, padding: Size
) -> NDArray:
    """Add every column to the pixels that it was copied from: the adjoint of im2col.

    columns: (C*kh*kw, N*OH*OW), floats; shape: (N, C, H, W). Returns that shape, same dtype:
    x[n, c, h*stride + i, w*stride + j] += columns[(c, i, j), (n, h, w)], then the border is cut off.
    """
    (N, C, H, W), (sh, sw), (ph, pw) = shape, both(stride), both(padding)
    OH, OW = output_size(H, kh, sh, ph), output_size(W, kw, sw, pw)
    x = np.zeros((N, C, H + 2 * ph, W + 2 * pw), columns.dtype)
    columns = np.ascontiguousarray(columns).reshape(C, kh, kw, N, OH, OW)  # Numba misreads other layouts
    for c in range(C):
        for i in range(kh):
            for j in range(kw):
                for n in range(N):
                    for h in range(OH):
                        if sw == 1:
                            for w in range(OW):
                                x[n, c, h * sh + i, w + j] += columns[c, i, j, n, h, w]
                        else:
                            for w in range(OW):
                                x[n, c, h * sh + i, w * sw + j] += columns[c, i, j, n, h, w]
    if ph or pw:
        x = x[:, :, ph : ph + H, pw : pw + W].copy()
    return x


@jit
def maps_as_rows(y: NDArray) -> NDArray:
    """Put all images of a map in one row: (N, O, P) -> (O, N*P)."""
    N, O, P = y.shape
    if N == 1:
        return y.reshape(O, P)
    Y = np.empty((O, N * P), y.dtype)
    for o in range(O):
        for n in range(N):
            for p in range(P):
                Y[o, n * P + p] = y[n, o, p]
    return Y


@jit
def tile_images(x: NDArray, W: NDArray, P: int) -> int:
    """Return the number of images of a tile."""
    return max(1, TILE_BYTES // (W.shape[1] * P * x.itemsize))


@jit
def convolve(x: NDArray, W: NDArray, b: NDArray, stride: Size, padding: Size) -> tuple[NDArray, NDArray]:
    """Return Y = W X + b with X = im2col(x), and the X of the last tile: (N, C, H, W) -> (N, O, OH, OW).

    W: (O, C, kh, kw), b: (O,), all of one dtype; stride, padding: a number, or a pair for height and width.
    """
    N, (O, C, kh, kw), (sh, sw), (ph, pw) = len(x), W.shape, both(stride), both(padding)
    OH, OW = output_size(x.shape[2], kh, sh, ph), output_size(x.shape[3], kw, sw, pw)
    P, W = OH * OW, np.ascontiguousarray(W).reshape(O, C * kh * kw)
    y = np.empty((N, O, P), x.dtype)
    X, size = np.empty((0, 0), x.dtype), tile_images(x, W, P)
    for first in range(0, N, size):
        X = im2col(x[first : first + size], kh, kw, stride, padding)
        Y = W @ X
        for o in range(O):
            for n in range(min(size, N - first)):
                for p in range(P):
                    y[first + n, o, p] = Y[o, n * P + p] + b[o]
    return y.reshape(N, O, OH, OW), X


@jit
def convolve_back(
    dy: NDArray, x: NDArray, X: NDArray, W: NDArray, stride: Size, padding: Size, input_gradient: bool = True
) -> tuple[NDArray, NDArray, NDArray]:
    """Return dE/dx, dE/dW, dE/db from dy = dE/dy (N, O, OH, OW), all of one dtype: the backward pass.

    dE/dW = dY X'    dE/db = sum dY    dE/dX = W' dY, back to pixels by col2im

    X: what `convolve` returned, so that a batch of one tile needs no second im2col.
    input_gradient: with False, dE/dx is not computed, and its values are undefined.
    All three are linear in dy. With x^2, X^2 and W^2 they give second derivatives.
    """
    N, (O, C, kh, kw) = len(x), W.shape
    P, W = dy.shape[2] * dy.shape[3], np.ascontiguousarray(W).reshape(O, C * kh * kw)
    dy = np.ascontiguousarray(dy).reshape(N, O, P)
    dx, dW, db = np.empty(x.shape, x.dtype), np.empty(W.shape, x.dtype), np.zeros(O, x.dtype)
    size = tile_images(x, W, P)
    for first in range(0, N, size):
        tile = slice(first, first + size)
        if size < N:
            X = im2col(x[tile], kh, kw, stride, padding)
        dY = maps_as_rows(dy[tile])
        if N * P == 1:  # C5 at batch 1: an outer product, for which BLAS takes twice as long
            for o in range(O):
                for k in range(len(X)):
                    dW[o, k] = dY[o, 0] * X[k, 0]
        elif first == 0:
            np.dot(dY, X.T, dW)
        else:
            dW += dY @ X.T
        db += dY @ np.ones(dY.shape[1], x.dtype)
        if input_gradient:
            pixels, back = dx[tile].ravel(), col2im(W.T @ dY, x[tile].shape, kh, kw, stride, padding).ravel()
            for i in range(len(back)):  # a loop, as in pad
                pixels[i] = back[i]
    return dx, dW.reshape(O, C, kh, kw), db
