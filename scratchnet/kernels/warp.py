"""Move the pixels of images by a planar affine map."""

import numpy as np
from numpy.typing import NDArray

from scratchnet.errors import InputError
from scratchnet.kernels.jit import jit


@jit
def warp(images: NDArray[np.uint8], inverses: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Return the images after an affine map of the plane: uint8 (N, H, W) -> uint8 (N, H, W).

    inverses: (N, 2, 3), for each image the map from a place in the result to a place in the image, in pixels from
    the centre, x to the right and y downwards: x = A00 x' + A01 y' + A02 and y = A10 x' + A11 y' + A12.
    A place between four pixels gets their bilinear mean, rounded; outside of the image all is 0.
    """
    if inverses.shape != (len(images), 2, 3):
        raise InputError("warp expects a map (2, 3) for each image.")
    N, H, W = images.shape
    cy, cx = (H - 1) / 2, (W - 1) / 2
    warped = np.empty_like(images)
    framed = np.zeros((H + 3, W + 3), np.float32)  # a frame of background: no place below needs a test of its own
    for n in range(N):
        A = inverses[n]
        for h in range(H):  # loops, because compiling the assignment of a slice takes seconds
            for w in range(W):
                framed[h + 1, w + 1] = images[n, h, w]
        for h in range(H):
            for w in range(W):
                x = A[0, 0] * (w - cx) + A[0, 1] * (h - cy) + A[0, 2] + cx + 1
                y = A[1, 0] * (w - cx) + A[1, 1] * (h - cy) + A[1, 2] + cy + 1
                x, y = min(max(x, 0.0), W + 1.0), min(max(y, 0.0), H + 1.0)
                j, i = np.uint64(np.int64(x)), np.uint64(np.int64(y))
                right, below = np.float32(x - j), np.float32(y - i)  # how far towards the next pixel
                upper = framed[i, j] + right * (framed[i, j + 1] - framed[i, j])
                lower = framed[i + 1, j] + right * (framed[i + 1, j + 1] - framed[i + 1, j])
                warped[n, h, w] = np.uint8(upper + below * (lower - upper) + np.float32(0.5))
    return warped
