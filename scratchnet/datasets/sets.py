"""The data sets: where their files are, what their classes are called."""

import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from scratchnet.errors import DataError

DIGITS = tuple("0123456789")
CLOTHES = ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")
KANA = ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo")

IMAGES, LABELS = "images-idx3-ubyte", "labels-idx1-ubyte"


@dataclass(frozen=True)
class DataSet:
    """One data set. A file is called prefix-split-what, with or without .gz.

    torch: the class of torchvision.datasets and its options; also the name of the folder.
    axes: {what: number of axes} of the images and of the labels.
    transposed: the images lie on their side in the file (EMNIST; torchvision leaves them so, we do not).
    """

    torch: str
    classes: tuple
    prefix: str = ""
    test: str = "t10k"
    options: tuple = ()
    labels: str = LABELS
    transposed: bool = False

    @property
    def axes(self) -> dict[str, int]:
        return {IMAGES: 3, self.labels: 2 if "idx2" in self.labels else 1}

    def folder(self) -> Path:
        if self.torch == "MNIST":
            return Path(__file__).parent / "mnist"
        return data_folder() / self.torch / "raw"

    def file(self, folder: Path, split: str, what: str) -> Path:
        """The path of a file, unpacked if it is there, else packed."""
        path = folder / f"{self.prefix}{self.test if split == 'test' else split}-{what}"
        return path if path.is_file() else path.with_name(path.name + ".gz")

    def is_there(self) -> bool:
        files = (self.file(self.folder(), split, what) for split in ("train", "test") for what in self.axes)
        return all(path.is_file() for path in files)


SETS = {
    "mnist": DataSet("MNIST", DIGITS),
    "fashion-mnist": DataSet("FashionMNIST", CLOTHES),
    "kmnist": DataSet("KMNIST", KANA),
    "emnist-digits": DataSet(
        "EMNIST", DIGITS, "emnist-digits-", "test", options=(("split", "digits"),), transposed=True
    ),
    "qmnist": DataSet("QMNIST", DIGITS, "qmnist-", "test", labels="labels-idx2-int"),
}


def data_folder() -> Path:
    """The folder of all downloaded sets: SCRATCHNET_DATA, or else the user's cache folder."""
    return Path(os.environ.get("SCRATCHNET_DATA") or platformdirs.user_cache_dir("scratchnet", appauthor=False))


def fetch(name: str) -> None:
    """Has torchvision download, verify and unpack a set, unless its files are there.

    Raises DataError when torchvision is not installed or does not get the files.
    """
    wanted = SETS[name]
    if wanted.is_there():
        return
    try:
        import torchvision.datasets
    except Exception as why:  # missing, or it does not fit the installed torch: then anything is raised
        raise DataError(
            f"{name} is not in {wanted.folder()}, and torchvision, which downloads it, cannot be imported ({why}). "
            'Run pip install "scratchnet-lenet[datasets]" or name a folder that has the files in the environment '
            "variable SCRATCHNET_DATA."
        ) from None
    try:
        for train in (True, False):
            getattr(torchvision.datasets, wanted.torch)(
                data_folder(), train=train, download=True, **dict(wanted.options)
            )
    except Exception as why:  # urllib, zlib, torchvision's own
        reason = " ".join(str(why).split())  # in one line
        raise DataError(
            f"{name} could not be downloaded to {wanted.folder()} ({reason}). Try again with a network, or name a "
            "folder that has it in the environment variable SCRATCHNET_DATA."
        ) from None
