"""Disturbed digits: how the error grows when the test images are moved, turned, resized, thickened or noisy (III.E)."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from scratchnet.datasets import affine, pad, paper_input
from scratchnet.layers import Sequential
from scratchnet.training import evaluate

FIELD = 32  # pixels: the digits are padded first, so that they may move further


def thickened(images: NDArray[np.uint8], radius: float) -> NDArray[np.uint8]:
    """Return images with strokes that are wider by `radius` pixels on each side, or thinner for a negative radius.

    Each pixel becomes the brightest (darkest) pixel within that distance: a grey dilation (erosion) by a disk.
    """
    if radius == 0:
        return images
    reach = int(abs(radius))
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    disk = (x**2 + y**2 <= radius**2)[None]
    change = ndimage.grey_dilation if radius > 0 else ndimage.grey_erosion
    return change(images, footprint=disk)


def inverted_pixels(images: NDArray[np.uint8], share: float, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return the images with this share of their pixels inverted: 0 becomes 255, 255 becomes 0."""
    return np.where(rng.random(images.shape, np.float32) < share, 255 - images, images)


Disturbance = Callable[[NDArray[np.uint8], float], NDArray[np.uint8]]
DISTURBANCES: dict[str, tuple[tuple[float, ...], Disturbance]] = {
    "shift to the right (pixels)": (tuple(range(-8, 9, 2)), lambda images, a: affine(images, right=a)),
    "shift downwards (pixels)": (tuple(range(-8, 9, 2)), lambda images, a: affine(images, down=a)),
    "rotation, clockwise (degrees)": (tuple(range(-60, 61, 15)), lambda images, a: affine(images, turn=a)),
    "size (factor)": ((0.5, 0.6, 0.7, 0.85, 1, 1.15, 1.3, 1.5), lambda images, a: affine(images, scale=np.log(a))),
    "squeeze: width / height": ((0.4, 0.55, 0.75, 1, 1.35, 1.8, 2.5), lambda images, a: affine(
        images, squeeze=np.log(a) / 2)),
    "stroke: wider on each side (pixels)": ((-1, 0, 1, 1.5, 2), thickened),
    "inverted pixels (share)": ((0, 0.05, 0.1, 0.15, 0.2, 0.3), lambda images, a: inverted_pixels(
        images, a, np.random.default_rng(0))),
}  # fmt: skip


def disturbed_errors(net: Sequential, images: NDArray[np.uint8], labels: NDArray) -> dict[str, list[float]]:
    """Return {disturbance: error in percent for each of its strengths} of a network for images of 32 x 32."""
    padded = pad(images, FIELD)
    return {
        name: [evaluate(net, (paper_input(disturb(padded, strength)), labels)).error for strength in strengths]
        for name, (strengths, disturb) in DISTURBANCES.items()
    }
