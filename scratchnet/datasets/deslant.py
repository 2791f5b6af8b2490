"""Deslanting: digits that lean are sheared until they stand upright (III.A)."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scratchnet.datasets.distortions import affine
from scratchnet.datasets.pixels import check_images

FOREGROUND = 128  # a pixel of at least this counts as 1, the others as 0


def deslant(images: ArrayLike) -> NDArray[np.uint8]:
    """Return the images with their strokes upright: uint8 (N, H, W) -> uint8 (N, H, W) (paper, III.A).

    With the second moments of the foreground around its centre (x0, y0),

        u = sum (x - x0) (y - y0)        v = sum (y - y0)^2

    a row at height y moves to the side by -(u / v) (y - y0). Then u is 0: the principal axis is vertical. An image with
    foreground in fewer than two rows stays as it is.
    Raises InputError for another dtype or number of axes.

    >>> import numpy as np
    >>> from scratchnet import datasets
    >>> slanted = np.zeros((1, 5, 5), np.uint8)
    >>> slanted[0, [1, 2, 3], [3, 2, 1]] = 255
    >>> datasets.deslant(slanted)[0, :, 2]
    array([  0, 255, 255, 255,   0], dtype=uint8)
    """
    images = check_images("deslant", images)
    _, H, W = images.shape
    m = (images >= FOREGROUND).astype(float)
    mass = np.maximum(m.sum(axis=(1, 2)), 1)
    y, x = np.mgrid[:H, :W] - np.array([(H - 1) / 2, (W - 1) / 2])[:, None, None]
    x0, y0 = (np.einsum("nhw,hw->n", m, at) / mass for at in (x, y))
    dx, dy = x - x0[:, None, None], y - y0[:, None, None]
    u, v = (m * dx * dy).sum(axis=(1, 2)), (m * dy**2).sum(axis=(1, 2))
    slant = np.divide(u, v, out=np.zeros_like(u), where=v > 0)
    return affine(images, right=slant * y0, shear=-slant)
