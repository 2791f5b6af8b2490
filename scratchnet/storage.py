"""Atomic writes, and .npz files of named arrays (never pickle)."""

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


def here(path: str | Path) -> Path:
    """Return a path with `~` as the home folder, which a shell may have left to us."""
    return Path(os.path.expanduser(path))


@contextlib.contextmanager
def atomic_write(path: str | Path) -> Iterator[BinaryIO]:
    """Yield a temporary binary file, and replace path with it at the end; after an error path is unchanged."""
    path = here(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            yield file
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def write_arrays(path: str | Path, arrays: dict[str, NDArray], about: str = "") -> None:
    """Write {name: array} and a short description, about."""
    contents: dict[str, Any] = {"format": np.array(FORMAT), "about": np.array(about)} | arrays
    with atomic_write(path) as file:
        np.savez(file, **contents)


def read_about(path: str | Path) -> str:
    """Return the description in a file of write_arrays. Raise ModelError for any other file."""
    return _read(path)[1]


def read_arrays(path: str | Path) -> dict[str, NDArray]:
    """Return {name: array} from a file of write_arrays. Raise ModelError for any other file."""
    return _read(path)[0]


def _read(path):
    path = here(path)
    if path.is_dir():
        raise ModelError(f"{path} is a folder, expected a model file. The model of a run is {path / 'last.npz'}.")
    if not path.is_file():
        raise ModelError(f"There is no model file {path}. `python -m scratchnet train` writes runs/paper/last.npz.")
    if not zipfile.is_zipfile(path):
        raise ModelError(f"{path} is damaged, or it is not a model file. Train or copy it again.")
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
    except Exception as why:  # a damaged file makes zipfile, zlib and NumPy raise many kinds of errors
        raise ModelError(f"{path} is damaged ({why}). Train or copy it again.") from None
    if str(arrays.pop("format", "")) != FORMAT:
        raise ModelError(f"{path} has arrays, but it is not a scratchnet model. Did another program write it?")
    return arrays, str(arrays.pop("about", ""))
