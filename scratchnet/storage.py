"""Files whole or not at all, and named arrays in them: .npz, never pickle."""

import contextlib
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from scratchnet.errors import ModelError

FORMAT = "scratchnet 1"


@contextlib.contextmanager
def whole_file(path: str | Path) -> Iterator[BinaryIO]:
    """A binary file to write to; it takes the place of path when all is written, else nothing changes."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            yield file
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def write_arrays(path: str | Path, arrays: dict[str, NDArray], about: str = "") -> None:
    """Writes {name: array}, and a word on what they are."""
    contents: dict[str, Any] = {"format": np.array(FORMAT), "about": np.array(about)} | arrays
    with whole_file(path) as file:
        np.savez(file, **contents)


def read_about(path: str | Path) -> str:
    """The word in a file of write_arrays. Raises ModelError for anything else."""
    return _read(path)[1]


def read_arrays(path: str | Path) -> dict[str, NDArray]:
    """{name: array} from a file of write_arrays. Raises ModelError for anything else."""
    return _read(path)[0]


def _read(path):
    path = Path(path)
    if path.is_dir():
        raise ModelError(f"{path} is a folder. The model of a run is {path / 'last.npz'}.")
    if not path.is_file():
        raise ModelError(f"There is no model file {path}. `python -m scratchnet train` makes one.")
    if not zipfile.is_zipfile(path):
        raise ModelError(f"{path} is damaged or no model file. Train or copy it again.")
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
    except Exception as why:  # a damaged file makes zipfile, zlib and NumPy raise a dozen kinds
        raise ModelError(f"{path} is damaged ({why}). Train or copy it again.") from None
    if str(arrays.pop("format", "")) != FORMAT:
        raise ModelError(f"{path} holds arrays, but not a scratchnet model. Is it another program's file?")
    return arrays, str(arrays.pop("about", ""))
