"""The data sets: the places of their files and the names of their classes."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from scratchnet.errors import DataError
from scratchnet.storage import here

DIGITS = tuple("0123456789")
CLOTHES = ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")
KANA = ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo")

IMAGES, LABELS = "images-idx3-ubyte", "labels-idx1-ubyte"


@dataclass(frozen=True)
class DataSet:
    """One data set. Its files have the names prefix-split-what, with or without .gz.

    torch: the class in torchvision.datasets, also the name of the folder; options: arguments of that class.
    axes: {what: number of axes} of the images and of the labels.
    transposed: rows and columns are swapped in the file (EMNIST). We swap them back; torchvision does not.
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
        """Return the path of a file, without .gz if that file exists, else with .gz.

        Some copies have a dot before idx: train-images.idx3-ubyte.
        """
        name = f"{self.prefix}{self.test if split == 'test' else split}-{what}"
        names = [name, name + ".gz", name.replace("-idx", ".idx"), name.replace("-idx", ".idx") + ".gz"]
        return next((folder / name for name in names if (folder / name).is_file()), folder / names[1])

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


SHA256 = {  # of the files that come with the package
    "train-images-idx3-ubyte.gz": "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
    "train-labels-idx1-ubyte.gz": "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
    "t10k-images-idx3-ubyte.gz": "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
    "t10k-labels-idx1-ubyte.gz": "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
}


def damaged() -> list[str]:
    """Return the files of MNIST that are missing, or that differ from those that came with the package."""
    folder = SETS["mnist"].folder()
    return [
        file
        for file, expected in SHA256.items()
        if not (folder / file).is_file() or hashlib.sha256((folder / file).read_bytes()).hexdigest() != expected
    ]


def data_folder() -> Path:
    """Return the folder of all downloaded sets: SCRATCHNET_DATA, or else the user's cache folder."""
    return here(os.environ.get("SCRATCHNET_DATA") or platformdirs.user_cache_dir("scratchnet", appauthor=False))


def fetch(name: str) -> None:
    """Download, verify and unpack a set with torchvision, unless its files exist.

    Raises DataError when torchvision is not installed, and when the download fails.
    """
    chosen = SETS[name]
    if chosen.is_there():
        return
    try:
        import torchvision.datasets
    except Exception as why:  # if it does not fit the installed torch, it can raise any error
        raise DataError(
            f"{name} is not in {chosen.folder()}, and torchvision, which downloads it, cannot be imported ({why}). "
            'Run pip install "scratchnet-lenet[datasets]" or set the environment variable SCRATCHNET_DATA to a '
            "folder that has the files."
        ) from None
    try:
        for train in (True, False):
            getattr(torchvision.datasets, chosen.torch)(
                data_folder(), train=train, download=True, **dict(chosen.options)
            )
    except Exception as why:  # errors of urllib, zlib and torchvision
        reason = " ".join(str(why).split())  # in one line
        raise DataError(
            f"{name} could not be downloaded to {chosen.folder()} ({reason}). Check the internet connection and try "
            "again, or set the environment variable SCRATCHNET_DATA to a folder that has the files."
        ) from None
