"""From a stored digit to the network's input."""

import numpy as np

from scratchnet.errors import InputError

BACKGROUND, FOREGROUND = -0.1, 1.175


def paper_input(images, size=32, dtype=np.float32):
    """Pads to size x size with background and maps 0 ... 255 to -0.1 ... 1.175 (paper, III.A and II.B).

    images: uint8 (N, H, W). Returns (N, 1, size, size).
    x = -0.1 + 1.275 p / 255, which makes the mean of MNIST about 0.
    Raises InputError for another type or number of axes, and for images larger than size.
    """
    images = np.asarray(images)
    if images.ndim != 3 or images.dtype != np.uint8 or max(images.shape[1:]) > size:
        raise InputError(
            f"paper_input expects uint8 images (N, H, W) of at most {size} x {size} pixels, "
            f"got {images.dtype} of shape {images.shape}."
        )
    N, H, W = images.shape
    top, left = (size - H) // 2, (size - W) // 2
    x = np.full((N, 1, size, size), BACKGROUND, dtype)
    grey = np.linspace(BACKGROUND, FOREGROUND, 256).astype(dtype)
    x[:, 0, top : top + H, left : left + W] = grey[images]
    return x
