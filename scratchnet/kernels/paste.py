"""Put several images side by side into one picture."""

import numpy as np
from numpy.typing import NDArray

from scratchnet.errors import InputError
from scratchnet.kernels.jit import jit


@jit
def paste(
    images: NDArray[np.uint8],
    chosen: NDArray[np.int64],
    tops: NDArray[np.int64],
    lefts: NDArray[np.int64],
    H: int,
    W: int,
) -> NDArray[np.uint8]:
    """Return N pictures (N, H, W), each with K of the images on it: where two overlap, the brighter pixel stays.

    images: uint8 (M, h, w); chosen: (N, K) indices of images, -1 for none; tops: (N,) and lefts: (N, K), the row and
    the column of the image's first pixel. What is outside of the picture is cut off.
    """
    if tops.shape != chosen.shape[:1] or lefts.shape != chosen.shape:
        raise InputError("paste expects a row for each picture, and a column for each image on it.")
    if chosen.size and (chosen.min() < -1 or chosen.max() >= len(images)):
        raise InputError("paste expects indices of images, or -1.")
    h, w = images.shape[1:]
    pictures = np.zeros((len(chosen), H, W), np.uint8)
    for n in range(len(chosen)):
        for k in range(chosen.shape[1]):
            if chosen[n, k] < 0:
                continue
            image, top, left = images[chosen[n, k]], tops[n], lefts[n, k]
            for i in range(max(0, -top), min(h, H - top)):
                for j in range(max(0, -left), min(w, W - left)):
                    pictures[n, top + i, left + j] = max(pictures[n, top + i, left + j], image[i, j])
    return pictures
