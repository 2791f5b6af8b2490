"""The paper's distortions: random planar affine transformations of the images (III.A and Fig. 7)."""

from dataclasses import astuple, dataclass
from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scratchnet.datasets.pixels import check_images
from scratchnet.errors import InputError
from scratchnet.kernels.warp import warp
from scratchnet.layers.expect import is_finite
from scratchnet.layers.initial import Seed, generator
from scratchnet.parallel import cores, in_parallel

SHARE = 1_000  # images at least for each core: 10 ms


@dataclass(frozen=True)
class Ranges:
    """How far `distort` goes. Each number is the end of a uniform distribution around 0 (0: never).

    shift: pixels, horizontally and vertically; scale: the logarithm of the factor on the size; squeeze: the logarithm
    of the factor on the width and, inverted, on the height; shear: pixels to the side for each pixel of height.
    The paper names the five transformations and not their ranges.
    Raises InputError for a number that is negative or not finite.
    """

    shift: float = 2.0
    scale: float = 0.15
    squeeze: float = 0.15
    shear: float = 0.3

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if not is_finite(value) or value < 0:
                raise InputError(f"distort expects {name} of at least 0, got {value!r}.")


def distort(images: ArrayLike, rng: Seed = None, ranges: Ranges | None = None) -> NDArray[np.uint8]:
    """Return a randomly distorted copy of each image: uint8 (N, H, W) -> uint8 (N, H, W) (paper, III.A).

    A pixel at (x, y) from the centre, x to the right and y downwards, moves to

        x' = e^(s + q) x + k y + a        y' = e^(s - q) y + b

    with scale s, squeeze q, shear k and shift (a, b), drawn for each image from U(-range, range). The pixels of the
    result are bilinear means, rounded; what comes from outside of the image is background, 0.
    rng: a Generator or an integer seed.
    Raises InputError for another dtype or number of axes.

    >>> from scratchnet import datasets
    >>> images, labels = datasets.load("mnist", "train")
    >>> datasets.distort(images[:8], rng=0).shape
    (8, 28, 28)
    """
    images = check_images("distort", images)
    return affine(images, *draw(len(images), rng, ranges or Ranges()).T)


def draw(count: int, rng: Seed, ranges: Ranges) -> NDArray[np.float64]:
    """Return (count, 5): shift to the right, shift downwards, scale, squeeze and shear of so many distortions."""
    shift, *others = astuple(ranges)
    return generator(rng).uniform(-1, 1, (count, 5)) * (shift, shift, *others)


def affine(
    images: ArrayLike,
    right: ArrayLike = 0.0,
    down: ArrayLike = 0.0,
    scale: ArrayLike = 0.0,
    squeeze: ArrayLike = 0.0,
    shear: ArrayLike = 0.0,
    turn: ArrayLike = 0.0,
) -> NDArray[np.uint8]:
    """Return the images moved by the formula of `distort`, and turned: uint8 (N, H, W) -> uint8 (N, H, W).

    Each argument is a number, or one for each image (N,). turn: degrees, clockwise, after scale, squeeze and shear.
    Raises InputError for another dtype or number of axes.
    """
    images = check_images("affine", images)
    numbers = np.broadcast_arrays(np.zeros(len(images)), right, down, scale, squeeze, shear, np.deg2rad(turn))
    _, a, b, s, q, k, angle = (np.asarray(number, float) for number in numbers)
    if not np.isfinite([a, b, s, q, k, angle]).all():
        raise InputError("affine expects finite numbers, got NaN or infinity.")
    zero, cos, sin = np.zeros(len(images)), np.cos(angle), np.sin(angle)
    forward = np.array([[cos, -sin], [sin, cos]]).transpose(2, 0, 1) @ np.array(
        [[np.exp(s + q), k], [zero, np.exp(s - q)]]
    ).transpose(2, 0, 1)
    inverse = np.linalg.inv(forward)
    back = -inverse @ np.stack([a, b], axis=1)[:, :, None]
    images, maps = np.ascontiguousarray(images), np.concatenate([inverse, back], axis=2)
    parts = min(cores(), 1 + len(images) // SHARE)
    shares = zip(np.array_split(images, parts), np.array_split(maps, parts))
    return np.concatenate(in_parallel([partial(warp, some, their_maps) for some, their_maps in shares]))
