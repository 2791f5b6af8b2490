"""Images and labels. MNIST is in the package; torchvision downloads the other sets."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scratchnet.datasets.deslant import deslant
from scratchnet.datasets.distortions import Ranges, affine, distort
from scratchnet.datasets.idx import read_idx
from scratchnet.datasets.lines import prepare_string
from scratchnet.datasets.pixels import grey, normalise, pad, paper_input, resize
from scratchnet.datasets.prepare import prepare
from scratchnet.datasets.sets import SETS, fetch
from scratchnet.datasets.strings import digit_strings, string_windows
from scratchnet.errors import DataError, expect_count, nearest
from scratchnet.layers.initial import Seed, generator
from scratchnet.storage import here

__all__ = [
    "SETS",
    "Ranges",
    "affine",
    "class_names",
    "deslant",
    "digit_strings",
    "distort",
    "grey",
    "hold_out",
    "load",
    "normalise",
    "pad",
    "paper_input",
    "prepare",
    "prepare_string",
    "read_idx",
    "resize",
    "string_windows",
]


def load(name: str, split: str, folder: str | Path | None = None) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return images uint8 (N, 28, 28) and labels uint8 (N,) of a data set, split "train" or "test".

    name: "mnist", which is in the package, or "fashion-mnist", "kmnist", "emnist-digits", "qmnist", which
    torchvision downloads once (`pip install "scratchnet-lenet[datasets]"`). The files lie in the folder that the
    environment variable SCRATCHNET_DATA names, or else in the user's cache folder, in the layout of
    torchvision.datasets. After the download, they are read without torchvision.
    folder: the folder of this set's files, if they lie elsewhere.
    Raises DataError for an unknown set or split, and for files that are missing or damaged.
    """
    if name not in SETS:
        raise DataError(f"There is no data set {name!r}.{nearest(name, SETS)}")
    if split not in ("train", "test"):
        raise DataError(f"{name} has no split {split!r}. There are 'train' and 'test'.")
    chosen = SETS[name]
    if folder is None and name != "mnist":
        fetch(name)
    folder = here(folder) if folder else chosen.folder()
    images, labels = (read_idx(chosen.file(folder, split, what), axes) for what, axes in chosen.axes.items())
    if images.dtype != np.uint8:
        raise DataError(f"{folder}: expected {split} images of uint8, got {images.dtype}. Copy the file again.")
    if labels.ndim == 2:
        labels = labels[:, 0]  # QMNIST: the class, then seven columns about the writer
    if images.shape[1:] != (28, 28):
        size = " x ".join(map(str, images.shape[1:]))
        raise DataError(f"{folder}: expected {split} images of 28 x 28 pixels, got {size}. Copy the file again.")
    if len(images) != len(labels):
        raise DataError(
            f"{folder}: expected a label for each image, got {len(images)} {split} images and {len(labels)} labels. "
            "Copy the files again."
        )
    if labels.min(initial=0) < 0 or labels.max(initial=0) >= len(chosen.classes):
        wrong = labels.min() if labels.min() < 0 else labels.max()
        raise DataError(
            f"{folder}: expected {split} labels from 0 to {len(chosen.classes) - 1}, got {wrong}. Copy the file again."
        )
    if chosen.transposed:
        images = images.transpose(0, 2, 1)
    return np.array(images, order="C"), labels.astype(np.uint8)


def class_names(name: str) -> tuple[str, ...]:
    """Return the names of the classes of a data set, in the order of its labels.

    Raises DataError for an unknown set.
    """
    if name not in SETS:
        raise DataError(f"There is no data set {name!r}.{nearest(name, SETS)}")
    return SETS[name].classes


def hold_out(
    images: NDArray, labels: NDArray, count: int, rng: Seed
) -> tuple[tuple[NDArray, NDArray], tuple[NDArray, NDArray]]:
    """Return two pairs (images, labels): the rest for training, and `count` held out for validation.

    rng: a Generator or an integer seed, which draws the held-out images at random; without it, they are the last ones.
    Raises DataError unless count is at least 1 and some images are left, and InputError unless it is a whole number.
    """
    if not 0 < count < len(images):
        raise DataError(
            f"{count:,} of {len(images):,} images cannot be held out. Hold out at least 1, and leave some for training."
        )
    count = expect_count("count", count)
    if rng is None:
        return (images[:-count], labels[:-count]), (images[-count:], labels[-count:])
    order = generator(rng).permutation(len(images))
    return (images[order[count:]], labels[order[count:]]), (images[order[:count]], labels[order[:count]])
