"""Any picture of a digit becomes what MNIST has: 28 x 28 bytes, bright ink on black (paper, III.A).

The paper under the ink is fitted and taken away, noise and specks too. The rest is cropped, its longer side becomes
20 pixels, and its centre of mass goes to the middle.
"""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from scratchnet.datasets.letters import looks_like_a_letter
from scratchnet.datasets.pictures import SIZE, grey_levels
from scratchnet.errors import InputError

BOX = 20  # the longer side of the ink
LARGEST = 560  # pixels along the longer side; a larger picture is reduced first
EIGHT_NEIGHBOURS = np.ones((3, 3))


def prepare(picture: str | Path | Image.Image | NDArray) -> NDArray[np.uint8]:
    """Return uint8 (28, 28), 0 for the background, from any picture of one digit, as MNIST was prepared (III.A).

    picture: a path, a Pillow image or an array (H, W) or (H, W, channels). It may be a photo or a drawing, of any
    size, dark on bright or bright on dark, with transparency, unevenly lit.
    Raises InputError, with the reason, for a file that is no picture, and for a picture with nothing but noise on it.
    """
    return digit_in(picture)[0]


def find_digit(picture: Any) -> tuple[NDArray[np.uint8], str]:
    """Return what `prepare` returns, and a sentence if it is perhaps not one digit, else ""."""
    pixels, doubt = digit_in(picture)
    if not doubt and looks_like_a_letter(pixels[None])[0]:
        doubt = "perhaps no digit: it looks more like a letter or another sign"
    return pixels, doubt


def digit_in(picture: Any) -> tuple[NDArray[np.uint8], str]:
    """Return the digit, and a sentence if there is perhaps more than one piece of ink, else ""."""
    name = str(picture) if isinstance(picture, str | Path) else "The picture"
    ink, noise = ink_on(grey_levels(picture, LARGEST), name)
    ink, doubt = without_specks(ink, noise, name)
    return in_the_middle(fitted_to_box(ink)), doubt


def ink_on(grey: NDArray, name: str) -> tuple[NDArray, float]:
    """Return the ink on each pixel, from 0 to 1, and its noise: the difference from the paper, without sign."""
    if grey.max() - grey.min() < 8:
        level = "all black" if grey.max() == 0 else "of one grey, or nearly"
        raise InputError(f"{name} is blank: it is {level}. Expected a digit.")
    difference = grey - paper_under(grey)
    size = np.abs(difference)
    noise = 1.4826 * np.median(size[size <= 0.2 * np.percentile(size, 99.5)])
    ink = np.maximum(difference * np.sign(np.sum(difference**3)), 0)  # noise goes both ways, ink only one
    peak = np.median(ink[ink >= ink.max() / 2])
    if peak < 5.5 * noise or peak < 8:
        raise InputError(f"{name} has noise and nothing else: no pixel stands out from the rest. Expected a digit.")
    return np.minimum(ink / peak, 1), noise / peak


def paper_under(grey: NDArray) -> NDArray:
    """Return the grey level of the paper at each pixel: one level, or a curved surface where the light is uneven.

    The corners and the border tell the level, because a digit rarely fills them. If most of the border has it, it is
    the level everywhere. Else it is the surface of second order that most pixels are near to.
    """
    from scipy import ndimage  # here, because the import takes long

    H, W = grey.shape
    n = max(1, round(0.06 * min(H, W)))
    corners = [grey[:n, :n], grey[:n, -n:], grey[-n:, :n], grey[-n:, -n:]]
    border = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    contrast = np.percentile(grey, 99) - np.percentile(grey, 1)
    level = np.median([*border, *np.repeat([corner.mean() for corner in corners], len(border) // 8 + 1)])
    if np.mean(np.abs(border - level) < 0.1 * contrast) > 0.6 or min(H, W) < 16:
        return np.full(grey.shape, level)
    stroke = max(3, max(H, W) // 4)  # wider than a stroke: a closing of this size removes dark strokes
    dark, bright = ndimage.grey_closing(grey, stroke) - grey, grey - ndimage.grey_opening(grey, stroke)
    starts = (np.ones(grey.shape, bool), dark <= np.median(dark), bright <= np.median(bright))
    surfaces = [surface_through(grey, start, contrast) for start in starts]
    return max(surfaces, key=lambda surface: np.count_nonzero(np.abs(grey - surface) < 0.08 * contrast))


def surface_through(grey: NDArray, inside: NDArray[np.bool_], contrast: float) -> NDArray:
    """Fit a surface of second order to the pixels inside, then again and again to all pixels that are near it."""
    H, W = grey.shape
    y, x = np.mgrid[-1 : 1 : H * 1j, -1 : 1 : W * 1j]
    terms = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=-1)
    for near in (0.3, 0.2, 0.15, 0.1, 0.1):
        if np.count_nonzero(inside) < 12:
            break
        surface = terms @ np.linalg.lstsq(terms[inside], grey[inside], rcond=None)[0]
        inside = np.abs(grey - surface) < near * contrast
    return surface


def without_specks(ink: NDArray, noise: float, name: str) -> tuple[NDArray, str]:
    """Return the ink of the marks that are large enough for a stroke, and a sentence if they are perhaps two digits."""
    from scipy import ndimage  # here, because the import takes long

    marks, count = ndimage.label(ink > max(0.25, 4 * noise), EIGHT_NEIGHBOURS)
    sizes = ndimage.sum_labels(ink, marks, np.arange(1, count + 1))
    large = np.flatnonzero(sizes >= 0.06 * sizes.max())
    if len(large) > 6 or sizes[large].sum() < 0.5 * sizes.sum():
        raise InputError(f"{name} has {count} small marks and no large one. Expected one digit.")
    strokes = np.isin(marks, large + 1)
    around = ndimage.binary_dilation(strokes, EIGHT_NEIGHBOURS, iterations=max(1, round(max(ink.shape) / 56)))
    ink = np.where(around & (ink > max(2.5 * noise, 0.02)), ink, 0)
    rows, columns = (np.flatnonzero(ink.any(axis=axis)) for axis in (1, 0))
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1], two_digits(marks, large, sizes)


def two_digits(marks: NDArray, large: NDArray, sizes: NDArray) -> str:
    """Return a sentence if two marks of similar size stand side by side, else ""."""
    first = np.argmax(sizes)
    for other in large:
        if other != first and sizes[other] > 0.3 * sizes[first]:
            spans = [np.flatnonzero((marks == n + 1).any(axis=0)) for n in (first, other)]
            if spans[0][0] > spans[1][-1] + 1 or spans[1][0] > spans[0][-1] + 1:
                return "there are perhaps two digits side by side: crop the picture to one"
    return ""


def fitted_to_box(ink: NDArray) -> NDArray[np.uint8]:
    """Return the ink as bytes, its longer side BOX pixels long: each pixel is the mean over its area, as in MNIST."""
    scale = BOX / max(ink.shape)
    height, width = (max(1, round(n * scale)) for n in ink.shape)
    if (height, width) != ink.shape:
        how = Image.Resampling.BOX if scale < 1 else Image.Resampling.BILINEAR
        ink = np.asarray(Image.fromarray(ink.astype(np.float32)).resize((width, height), how))
    return np.round(255 * ink / ink.max()).astype(np.uint8)


def in_the_middle(ink: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return uint8 (28, 28) with the centre of mass of the ink as near to the middle as whole pixels allow."""
    picture = np.zeros((SIZE, SIZE), np.uint8)
    starts = []
    for axis, n in enumerate(ink.shape):
        centre = np.average(np.arange(n), weights=ink.sum(axis=1 - axis, dtype=float))
        starts.append(int(np.clip(round(SIZE / 2 - centre), 0, SIZE - n)))
    top, left = starts
    picture[top : top + ink.shape[0], left : left + ink.shape[1]] = ink
    return picture
