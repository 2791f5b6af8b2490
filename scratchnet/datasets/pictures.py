"""Read a picture from a file, a Pillow image or an array."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from scratchnet.errors import InputError
from scratchnet.storage import here

SIZE = 28
MOST_PIXELS = 100_000_000  # a larger picture is refused before it is unpacked

NO_PICTURES = {  # what files begin with that are something else
    b"version https://git-lfs": "a pointer of Git LFS, not the file itself. Run `git lfs pull` where it comes from.",
    b"<": "a web page, not a picture. Download the picture itself.",
    b"%PDF": "a PDF, not a picture. Export the page as a PNG.",
}


def read_digit(path: str | Path, fills_the_frame: bool = False) -> NDArray[np.uint8]:
    """Return uint8 (28, 28), 0 for the background, from a picture of 28 x 28 pixels or a .npy array of that shape.

    Colours become grey, and transparent pixels become black. An array has uint8, bool, or floats from 0 to 1.
    The digit is bright on black, as in MNIST. fills_the_frame: more than half of the pixels may be bright,
    as in pictures of clothes. Raises InputError for anything else, and for a picture of one grey level.
    """
    path = existing(path)
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
    with opened(path) as picture:
        check_size(path, picture.size)  # before the pixels are unpacked
        if picture.mode.startswith(("I", "F")):
            raise InputError(f"{path} has pixels of type {picture.mode}. Save it with 8 bits per channel.")
        return np.round(grey_of(picture, path, paper="black")).astype(np.uint8)


def _array(path):
    pixels = loaded(path)
    check_size(path, pixels.shape)
    if pixels.dtype == np.uint8:
        return pixels * np.uint8(255 if pixels.max() <= 1 else 1)
    if pixels.dtype.kind not in "fb" or not (pixels.min() >= 0 and pixels.max() <= 1):
        raise InputError(
            f"{path}: expected uint8 or floats from 0 to 1, got {pixels.dtype} that are not all from 0 to 1."
        )
    return np.round(255 * pixels.astype(np.float64)).astype(np.uint8)


def grey_levels(picture: str | Path | Image.Image | NDArray, largest: int) -> NDArray[np.float64]:
    """Return float64 (H, W) from 0 to 255 of any picture, with at most `largest` pixels a side.

    Raises InputError for anything that is no picture.
    """
    if isinstance(picture, str | Path):
        path = existing(picture)
        if path.suffix.lower() != ".npy":
            with opened(path) as image:
                return reduced(grey_of(image, path), largest)
        return reduced(grey_of_array(loaded(path), str(path)), largest)
    if isinstance(picture, Image.Image):
        return reduced(grey_of(picture, "The picture"), largest)
    return reduced(grey_of_array(picture, "The picture"), largest)


def reduced(grey: NDArray, largest: int) -> NDArray[np.float64]:
    if max(grey.shape) <= largest:
        return grey
    height, width = (max(1, round(n * largest / max(grey.shape))) for n in grey.shape)
    small = Image.fromarray(grey.astype(np.float32)).resize((width, height), Image.Resampling.BOX)
    return np.asarray(small, float)


def existing(path: str | Path) -> Path:
    """Return the path of a file. Raise InputError for a folder, and if nothing is there."""
    path = here(path)
    if path.is_dir():
        raise InputError(f"{path} is a folder, expected a picture. Name the pictures in it.")
    if not path.is_file():
        raise InputError(f"There is no file {path}.")
    return path


def opened(path: Path) -> Image.Image:
    """Return the Pillow image of a file, not unpacked yet."""
    try:
        picture = Image.open(path)
    except Exception as why:  # a damaged picture makes Pillow raise many kinds of errors
        with path.open("rb") as file:
            start = file.read(100).lstrip()
        for begin, what in NO_PICTURES.items():
            if start.startswith(begin):
                raise InputError(f"{path} is {what}") from None
        raise InputError(f"{path} cannot be read as a picture ({why}). Use a PNG or a .npy array.") from None
    if picture.width * picture.height > MOST_PIXELS:
        size = f"{picture.width} x {picture.height}"
        picture.close()
        raise InputError(f"{path} has {size} pixels, more than any photo. Reduce it first.")
    return picture


def grey_of(picture: Image.Image, name: Any, paper: str = "") -> NDArray[np.float64]:
    """Return the grey levels of a Pillow image, 0 to 255, as a camera's orientation says (EXIF).

    paper: the colour under transparent pixels; by default white under dark ink and black under bright ink.
    """
    try:
        picture = ImageOps.exif_transpose(picture)
        if picture.mode.startswith(("I", "F")):
            return levels(np.asarray(picture), str(name))
        if picture.mode in ("LA", "PA", "RGBA", "La", "RGBa") or "transparency" in picture.info:
            picture = picture.convert("RGBA")
            ink, alpha = np.asarray(picture.convert("RGB").convert("L"), float), np.asarray(picture)[..., 3] / 255
            opaque = max(alpha.sum(), 1e-9)
            under = {"black": 0, "white": 255}.get(paper, 0 if (ink * alpha).sum() / opaque > 127 else 255)
            return ink * alpha + under * (1 - alpha)
        return np.asarray(picture.convert("RGB").convert("L"), float)
    except InputError:
        raise
    except Exception as why:
        raise InputError(f"{name} cannot be read as a picture ({why}). Use a PNG or a .npy array.") from None


def grey_of_array(picture: Any, name: str) -> NDArray[np.float64]:
    """Return the grey levels of an array (H, W) or (H, W, channels), 0 to 255."""
    array = np.asarray(picture)
    while array.ndim > 2 and array.shape[0] == 1:
        array = array[0]
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[..., 0]
    if array.ndim not in (2, 3) or array.size == 0 or (array.ndim == 3 and array.shape[2] not in (2, 3, 4)):
        raise InputError(f"{name}: expected pixels (H, W) or (H, W, channels), got an array of shape {array.shape}.")
    array = levels(array, name)
    if array.ndim == 2:
        return array
    modes = {2: "LA", 3: "RGB", 4: "RGBA"}
    return grey_of(Image.fromarray(np.round(array).astype(np.uint8), modes[array.shape[2]]), name)


def loaded(path: Path) -> NDArray:
    """Return the array in a .npy file."""
    try:
        array = np.load(path, allow_pickle=False)
    except Exception as why:
        raise InputError(f"{path} cannot be read as an array ({why}). Write it with np.save.") from None
    if not isinstance(array, np.ndarray):
        raise InputError(f"{path}: expected one array, got several. Write it with np.save.")
    return array


def levels(array: NDArray, name: str) -> NDArray[np.float64]:
    """Return the numbers of an array as levels from 0 to 255. Numbers from 0 to 1 are stretched, 16 bits reduced."""
    if array.dtype.kind not in "buif":
        raise InputError(f"{name}: expected numbers, got {array.dtype}.")
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise InputError(f"{name} has NaN or infinity in it, expected finite numbers.")
    array = array.astype(float)
    least, most = array.min(), array.max()
    if least < 0 or most > 65535:
        raise InputError(
            f"{name}: expected numbers from 0 to 1, from 0 to 255 or of 16 bits, got {least:g} to {most:g}."
        )
    return array * 255 if most <= 1 else array / 257 if most > 255 else array


def check_size(path: str | Path, shape: tuple[int, ...]) -> None:
    if tuple(shape) != (SIZE, SIZE):
        size = " x ".join(map(str, shape))
        raise InputError(f"{path}: expected {SIZE} x {SIZE} pixels, got {size}. Resize it first.")
