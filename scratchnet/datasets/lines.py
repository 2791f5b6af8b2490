"""A picture with a line of digits becomes a strip as `digit_strings` makes it: 32 pixels high, bright on black."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from scratchnet.datasets.pictures import grey_levels
from scratchnet.datasets.prepare import BOX, EIGHT_NEIGHBOURS, ink_on
from scratchnet.datasets.strings import STEP, WINDOW
from scratchnet.errors import InputError

LARGEST = 2000  # pixels along the longer side of a picture of a line; a larger one is reduced first
SMALLEST = 8  # pixels of either side
HIGHEST = 28  # pixels: digits of different heights have room for that
LONGEST = 100  # so many times as wide as high is no line of digits


def prepare_string(picture: str | Path | Image.Image | NDArray) -> NDArray[np.uint8]:
    """Return uint8 (32, W), 0 for the background, from any picture with a line of digits.

    The digits become 20 pixels high, as in MNIST, and the line has 16 pixels of background on both sides. W is a
    multiple of 4. picture: as for `prepare`, a path, a Pillow image or an array (H, W) or (H, W, channels).
    Raises InputError, with the reason, for a file that is no picture, and for a picture that is too small, has noise
    and nothing else on it, or nothing that could be a line of digits.

    >>> import numpy as np
    >>> from scratchnet import datasets
    >>> paper = np.full((60, 200), 230, np.uint8)
    >>> paper[10:50, 40:48] = paper[10:50, 90:98] = 30  # 1 1
    >>> datasets.prepare_string(paper).shape
    (32, 64)
    """
    return line_in(picture)[0]


def line_in(picture: Any) -> tuple[NDArray[np.uint8], str]:
    """Return what `prepare_string` returns, and a sentence if it is perhaps no single line of digits, else ""."""
    name = str(picture) if isinstance(picture, str | Path) else "The picture"
    grey = grey_levels(picture, LARGEST)
    if min(grey.shape) < SMALLEST:
        H, W = grey.shape
        raise InputError(f"{name} is too small for a string: {W} x {H} pixels. Expected at least {SMALLEST} a side.")
    ink, noise = ink_on(grey, name)
    ink, height = digits_on(ink, noise, name)
    doubt = "there are perhaps two lines: crop the picture to one" if two_lines(ink) else ""
    return strip_of(ink, BOX / height), doubt


def digits_on(ink: NDArray, noise: float, name: str) -> tuple[NDArray, float]:
    """Return the ink without specks, cropped, and the height of a digit on it: the median of the larger marks."""
    from scipy import ndimage  # here, because the import takes longer than all others, and a training needs none of it

    marks, count = ndimage.label(ink > max(0.25, 4 * noise), EIGHT_NEIGHBOURS)
    boxes = ndimage.find_objects(marks)
    heights = np.array([rows.stop - rows.start for rows, _ in boxes])
    widths = np.array([columns.stop - columns.start for _, columns in boxes])
    tall = heights >= 0.5 * heights.max()
    large = np.flatnonzero(tall | (np.maximum(heights, widths) >= 0.25 * heights.max()))  # a bar of a 5 is large too
    if len(large) > LONGEST:
        raise InputError(f"{name} has {count} marks. Expected one line of digits.")
    strokes = np.isin(marks, large + 1)
    around = ndimage.binary_dilation(strokes, EIGHT_NEIGHBOURS, iterations=max(1, round(heights.max() / 28)))
    ink = np.where(around & (ink > max(2.5 * noise, 0.02)), ink, 0)
    rows, columns = (np.flatnonzero(ink.any(axis=axis)) for axis in (1, 0))
    ink = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    if ink.shape[1] > LONGEST * ink.shape[0] or max(widths[tall]) > 20 * max(heights):
        raise InputError(f"{name} has a long stroke and no digit. Expected one line of digits, without a frame.")
    return ink, max(float(np.median(heights[tall])), BOX / HIGHEST * ink.shape[0])


def two_lines(ink: NDArray) -> bool:
    """Return whether a row without ink has a third of the ink or more above it, and as much below."""
    rows = ink.sum(axis=1)
    above = np.cumsum(rows) / rows.sum()
    return bool(((rows == 0) & (above > 1 / 3) & (above < 2 / 3)).any())


def strip_of(ink: NDArray, scale: float) -> NDArray[np.uint8]:
    """Return the ink on a strip (32, W), scaled, its centre of mass as near to the middle row as it fits."""
    height, width = (max(1, round(n * scale)) for n in ink.shape)
    how = Image.Resampling.BOX if scale < 1 else Image.Resampling.BILINEAR
    small = np.asarray(Image.fromarray(ink.astype(np.float32)).resize((width, height), how))
    centre = np.average(np.arange(height), weights=small.sum(axis=1, dtype=float))
    top = int(np.clip(round((WINDOW - 1) / 2 - centre), 0, WINDOW - height))
    strip = np.zeros((WINDOW, -(-(width + WINDOW) // STEP) * STEP), np.uint8)
    strip[top : top + height, WINDOW // 2 : WINDOW // 2 + width] = np.round(255 * small / small.max())
    return strip
