"""Images and labels. MNIST is in the package."""

from pathlib import Path

import numpy as np

from scratchnet.datasets.idx import read_idx
from scratchnet.datasets.pixels import paper_input
from scratchnet.errors import DataError

__all__ = ["load", "paper_input", "read_idx"]

FILES = {"train": "train", "test": "t10k"}


def load(name, split, folder=None):
    """Images uint8 (N, 28, 28) and labels uint8 (N,) of "mnist", "train" (60,000) or "test" (10,000).

    folder: where the four published files are, if not those of the package.
    Raises DataError for an unknown set or split, and for files that are missing or damaged.
    """
    if name != "mnist" or split not in FILES:
        raise DataError(f"There is no data set {name!r} with a split {split!r}; there is 'mnist', 'train' or 'test'.")
    folder = Path(folder or Path(__file__).parent / "mnist")
    images = read_idx(folder / f"{FILES[split]}-images-idx3-ubyte.gz", axes=3)
    labels = read_idx(folder / f"{FILES[split]}-labels-idx1-ubyte.gz", axes=1)
    if len(images) != len(labels):
        raise DataError(f"{folder} holds {len(images)} {split} images but {len(labels)} labels. Copy the files again.")
    if labels.max(initial=0) > 9:
        raise DataError(f"{folder}: the {split} labels go up to {labels.max()}, digits end at 9. Copy the file again.")
    return np.array(images), np.array(labels)
