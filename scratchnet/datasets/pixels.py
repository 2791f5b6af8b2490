"""Turn stored pictures into a network's input: pad or resize the bytes, then choose numbers for black and white."""

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from scratchnet.errors import InputError, expect_count
from scratchnet.layers.expect import is_finite

BACKGROUND, FOREGROUND = -0.1, 1.175


def paper_input(images: ArrayLike, size: int = 32, dtype: DTypeLike = np.float32) -> NDArray:
    """Pad images to size x size with background, and map 0 ... 255 to -0.1 ... 1.175 (paper, III.A and II.B).

    images: uint8 (N, H, W). Returns (N, 1, size, size).
    x = -0.1 + 1.275 pixel / 255, which makes the mean of MNIST about 0.
    Raises InputError for another dtype or number of axes, and for images larger than size.
    """
    return grey(pad(images, size), BACKGROUND, FOREGROUND, dtype)


def normalise(images: ArrayLike, mean: float, std: float, dtype: DTypeLike = np.float32) -> NDArray:
    """Return x = (pixel / 255 - mean) / std: uint8 (N, H, W) -> (N, 1, H, W).

    mean, std: the mean and the standard deviation of all numbers pixel / 255 of a training set, 0.1307 and
    0.3081 for MNIST. Raises InputError unless both are finite and std is positive.
    """
    if not is_finite(mean) or not is_finite(std) or std <= 0:
        raise InputError(f"normalise expects a finite mean and a positive std, got mean {mean!r} and std {std!r}.")
    return grey(images, -mean / std, (1 - mean) / std, dtype)


def grey(images: ArrayLike, black: float = 0.0, white: float = 1.0, dtype: DTypeLike = np.float32) -> NDArray:
    """Return x = black + (white - black) pixel / 255: uint8 (N, H, W) -> (N, 1, H, W).

    Raises InputError for another dtype or number of axes, and for black and white that are equal or not finite.
    """
    if not is_finite(black) or not is_finite(white) or black == white:
        raise InputError(f"grey expects two finite numbers for black and white, got {black!r} and {white!r}.")
    levels = np.linspace(black, white, 256).astype(dtype)
    return levels[check_images("grey", images)][:, None]


def pad(images: ArrayLike, size: int) -> NDArray:
    """Add a border of 0 to each image, up to size x size: uint8 (N, H, W) -> (N, size, size).

    Raises InputError for another dtype or number of axes, and for images larger than size.
    """
    images, size = check_images("pad", images), expect_count("size", size)
    N, H, W = images.shape
    if max(H, W) > size:
        raise InputError(f"pad expects images of at most {size} x {size} pixels, got {H} x {W}.")
    top, left = (size - H) // 2, (size - W) // 2
    padded = np.zeros((N, size, size), np.uint8)
    padded[:, top : top + H, left : left + W] = images
    return padded


def resize(images: ArrayLike, size: int) -> NDArray:
    """Resize images to size x size, bilinear: uint8 (N, H, W) -> (N, size, size).

    Each output pixel is a weighted mean of input pixels. The weights form a triangle that is two input
    pixels wide, or two output pixels where the image becomes smaller. Rows are resized first, then
    columns; both results are rounded to bytes. For square images the bytes are those of Pillow.
    Raises InputError for another dtype or number of axes, and for size below 1 or not whole.
    """
    images = check_images("resize", images)
    if size < 1:
        raise InputError(f"resize needs a size of at least 1 pixel, got {size}.")
    size = expect_count("size", size)
    columns, rows = (triangle_weights(images.shape[axis], size) for axis in (2, 1))
    resized = np.empty((len(images), size, size), np.uint8)
    for first in range(0, len(images), 1000):  # in parts: float64 takes eight times the memory
        part = to_bytes(images[first : first + 1000].astype(float) @ columns.T)
        resized[first : first + 1000] = to_bytes(rows @ part)
    return resized


UNIT = 2.0**22  # Pillow rounds its weights to multiples of 1 / UNIT; float64 adds these exactly


def triangle_weights(old: int, new: int) -> NDArray:
    """Return the weight (new, old) of each old pixel in each new one, in units of 1 / UNIT."""
    scale = old / new
    centre = (np.arange(new) + 0.5) * scale
    distance = np.abs(np.arange(old) + 0.5 - centre[:, None]) / max(scale, 1)
    weights = np.maximum(1 - distance, 0)
    return np.floor(weights / weights.sum(axis=1, keepdims=True) * UNIT + 0.5)


def to_bytes(sums: NDArray) -> NDArray:
    return np.clip(np.floor(sums / UNIT + 0.5), 0, 255)


def check_images(what: str, images: ArrayLike) -> NDArray:
    images = np.asarray(images)
    if images.ndim != 3 or images.dtype != np.uint8:
        whole = images.dtype.kind in "iu" and images.size and images.min() >= 0 and 1 < images.max() <= 255
        fix = " Convert them: images.astype(np.uint8)." if whole and images.ndim == 3 else ""
        raise InputError(f"{what} expects uint8 images (N, H, W), got {images.dtype} of shape {images.shape}.{fix}")
    if images.max(initial=0) == 1:
        raise InputError(f"{what} expects bytes from 0 to 255, got only 0 and 1. Multiply the images by 255.")
    return images
