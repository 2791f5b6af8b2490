"""Read a digit from a file, a picture or an array."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from scratchnet.errors import InputError

SIZE = 28


def read_digit(path: str | Path, fills_the_frame: bool = False) -> NDArray[np.uint8]:
    """Return uint8 (28, 28), 0 for the background, from a picture of 28 x 28 pixels or a .npy array of that shape.

    Colours become grey, and transparent pixels become black. An array has uint8, bool, or floats from 0 to 1.
    The digit is bright on black, as in MNIST. fills_the_frame: more than half of the pixels may be bright,
    as in pictures of clothes. Raises InputError for anything else, and for a picture of one grey level.
    """
    path = Path(path)
    if path.is_dir():
        raise InputError(f"{path} is a folder, expected a picture. Name the pictures in it.")
    if not path.is_file():
        raise InputError(f"There is no file {path}.")
    pixels = _array(path) if path.suffix.lower() == ".npy" else _picture(path)
    if pixels.min() == pixels.max():
        grey = "black" if pixels.max() == 0 else "one grey"
        raise InputError(
            f"{path} is all {grey}: expected a bright digit on black, as in MNIST. On a transparent background, draw "
            "the digit in white."
        )
    if not fills_the_frame and np.median(pixels) > 127:
        raise InputError(f"{path} is dark on bright: expected a bright digit on black, as in MNIST. Invert it first.")
    return pixels


def _picture(path):
    try:
        with Image.open(path) as picture:
            check_size(path, picture.size)  # before the pixels are unpacked
            if picture.mode not in ("1", "L", "LA", "P", "RGB", "RGBA"):
                raise InputError(f"{path} has pixels of type {picture.mode}. Save it with 8 bits per channel.")
            black = Image.new("RGBA", picture.size, "black")
            return np.array(Image.alpha_composite(black, picture.convert("RGBA")).convert("L"))
    except InputError:
        raise
    except Exception as why:  # a damaged picture makes Pillow raise many kinds of errors
        raise InputError(f"{path} cannot be read as a picture ({why}). Use a PNG or a .npy array.") from None


def _array(path):
    try:
        pixels = np.load(path, allow_pickle=False)
    except Exception as why:
        raise InputError(f"{path} cannot be read as an array ({why}). Write it with np.save.") from None
    if not isinstance(pixels, np.ndarray):
        raise InputError(f"{path}: expected one array, got several. Write it with np.save.")
    check_size(path, pixels.shape)
    if pixels.dtype == np.uint8:
        return pixels
    if pixels.dtype.kind not in "fb" or not (pixels.min() >= 0 and pixels.max() <= 1):
        raise InputError(
            f"{path}: expected uint8 or floats from 0 to 1, got {pixels.dtype} that are not all from 0 to 1."
        )
    return np.round(255 * pixels.astype(np.float64)).astype(np.uint8)


def check_size(path: str | Path, shape: tuple[int, ...]) -> None:
    if tuple(shape) != (SIZE, SIZE):
        size = " x ".join(map(str, shape))
        raise InputError(f"{path}: expected {SIZE} x {SIZE} pixels, got {size}. Resize it first.")
