"""A digit from a file: a picture or an array."""

from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from scratchnet.errors import InputError

SIZE = 28


def read_digit(path):
    """uint8 (28, 28), 0 the background, from a picture of 28 x 28 pixels or a .npy array of that shape.

    A picture in colour is turned to grey. An array is uint8, or floats from 0 to 1. The digit is
    bright on black, as in MNIST. Raises InputError for anything else, and for a blank picture.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f"There is no file {path}.")
    pixels = _array(path) if path.suffix.lower() == ".npy" else _picture(path)
    if pixels.shape != (SIZE, SIZE):
        shape = " x ".join(map(str, pixels.shape))
        raise InputError(f"{path} is {shape}, a digit is {SIZE} x {SIZE} pixels. Resize it first.")
    if pixels.max() == 0:
        raise InputError(f"{path} is all black: there is no digit in it. MNIST digits are bright on black.")
    if pixels.min() > 127 or np.median(pixels) > 127:
        raise InputError(f"{path} is dark on bright, MNIST digits are bright on black. Invert it first.")
    return pixels


def _picture(path):
    try:
        with Image.open(path) as picture:
            if picture.size != (SIZE, SIZE):  # before the pixels are unpacked
                raise InputError(
                    f"{path} is {picture.width} x {picture.height}, a digit is {SIZE} x {SIZE} pixels. Resize it first."
                )
            return np.asarray(picture.convert("L"))
    except (OSError, SyntaxError, UnidentifiedImageError, Image.DecompressionBombError) as why:
        raise InputError(f"{path} is no picture that can be read ({why}). A PNG or a .npy array will do.") from None


def _array(path):
    try:
        pixels = np.load(path, allow_pickle=False)
    except (OSError, EOFError, ValueError) as why:
        raise InputError(f"{path} is no array that can be read ({why}). Write it with np.save.") from None
    if not isinstance(pixels, np.ndarray):
        raise InputError(f"{path} holds several arrays, a digit is one. Write it with np.save.")
    if pixels.dtype == np.uint8:
        return pixels
    if pixels.dtype.kind != "f" or not pixels.size or not (pixels.min() >= 0 and pixels.max() <= 1):
        raise InputError(
            f"{path} holds {pixels.dtype} that are not all from 0 to 1. Save uint8, or floats from 0 to 1."
        )
    return np.round(255 * pixels).astype(np.uint8)
