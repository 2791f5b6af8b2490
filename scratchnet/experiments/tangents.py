"""The tangent distance classifier of Fig. 9 (III.C.10): the nearest training image, each moved a little at will."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from scratchnet.datasets import resize
from scratchnet.experiments.ancestors import SIZE, boxed
from scratchnet.experiments.peers import CLASSES, best, sklearn_module, wrong
from scratchnet.kernels import tangent_distances
from scratchnet.training.evaluation import Data

CANDIDATES = 200  # the nearest by Euclidean distance; the tangent distance chooses among them
SMOOTHING = (0.3, 0.6, 0.9)  # pixels: the images are smoothed, so that they have derivatives
CHUNK = 5_000  # images at once: a set of 60,000 with all that is computed on the way would fill the memory
TRIED = 10_000  # training digits for the choice of the smoothing


def tangent_neighbours(train: Data, test: Data) -> dict[str, Any]:
    """The nearest training image by tangent distance, among the 200 nearest by Euclidean distance, on 16 x 16 pixels.

    A class gets minus the distance of its nearest candidate; without one, minus that of the farthest of all.
    """
    tried = train[0][:TRIED], train[1][:TRIED]
    smoothing = best(SMOOTHING, tried, lambda s, some, others: wrong(scores(s, some, others), others[1]))
    M, D, T = len(train[1]), SIZE**2, 7
    return {
        "scores": scores(smoothing, train, test),
        "macs": M * D + min(CANDIDATES, M) * (T * T + 3 * T) * D,
        "stored": M * D * (1 + T),
        "chosen": f"smoothed by {smoothing:g} pixels",
    }


def scores(smoothing: float, train: Data, test: Data) -> NDArray:
    """Return the scores (N, 10) of the test images."""
    (x, Qx), (y, Qy) = (with_tangents(small(images), smoothing) for images in (test[0], train[0]))
    count = min(CANDIDATES, len(y))
    nearest = sklearn_module("neighbors").NearestNeighbors(n_neighbors=count, algorithm="brute").fit(y)
    which = nearest.kneighbors(x, return_distance=False)
    d = tangent_distances(x, Qx, y, Qy, which.astype(np.int64))
    result = np.repeat(-d.max(axis=1, keepdims=True), CLASSES, axis=1)
    for label in range(CLASSES):
        mine = train[1][which] == label
        result[:, label] = np.where(mine.any(axis=1), -np.where(mine, d, np.inf).min(axis=1), result[:, label])
    return result


def small(images: NDArray) -> NDArray[np.float32]:
    """Return each digit in its box, brought to 16 x 16 pixels, from 0 to 1."""
    return (resize(boxed(images), SIZE) / 255).astype(np.float32)


def with_tangents(images: NDArray, smoothing: float) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the smoothed images (N, D), and seven orthonormal tangents of each (N, 7, D).

    With the derivatives fx and fy, and x and y from the centre: what a small shift to the right (fx) and downwards
    (fy), a scaling (x fx + y fy), a turn (y fx - x fy), a squeeze along the axes (x fx - y fy) and along the diagonals
    (y fx + x fy), and a thicker stroke (fx^2 + fy^2) change.
    """
    if len(images) > CHUNK:
        parts = [with_tangents(images[n : n + CHUNK], smoothing) for n in range(0, len(images), CHUNK)]
        return np.concatenate([f for f, _ in parts]), np.concatenate([Q for _, Q in parts])
    N, H, W = images.shape
    framed = np.pad(images, [(0, 0), (2, 2), (2, 2)])
    f = gaussian_filter1d(gaussian_filter1d(framed, smoothing, axis=1), smoothing, axis=2)
    fy, fx = np.gradient(f, axis=(1, 2))
    centre = np.array([(H + 3) / 2, (W + 3) / 2])[:, None, None]
    y, x = (np.mgrid[: H + 4, : W + 4] - centre).astype(np.float32)
    tangents = np.stack([fx, fy, x * fx + y * fy, y * fx - x * fy, x * fx - y * fy, y * fx + x * fy, fx**2 + fy**2], 1)
    inner = slice(2, -2)
    T = tangents[..., inner, inner].reshape(N, 7, H * W)
    Q = np.linalg.qr(T.transpose(0, 2, 1))[0].transpose(0, 2, 1)
    return np.ascontiguousarray(f[:, inner, inner].reshape(N, -1), np.float32), np.ascontiguousarray(Q, np.float32)
