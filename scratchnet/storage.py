"""Atomic writes, .npz files of named arrays (never pickle), and cells of tables."""

import contextlib
import math
import os
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from scratchnet.errors import ModelError

FORMAT = "scratchnet 1"
HEADERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
TEMPORARY = ".tmp"
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def here(path: str | Path) -> Path:
    """Return a path with `~` as the home folder, which a shell may have left to us."""
    return Path(os.path.expanduser(path))


@contextlib.contextmanager
def atomic_write(path: str | Path) -> Iterator[BinaryIO]:
    """Yield a temporary binary file, and replace path with it at the end; after an error path is unchanged.

    The file is on the disk before it gets its name. An OSError names the path.
    """
    path = here(path)
    # JupyterLite decides by the first name of a file whether its editor shows text.
    ending = path.suffix if sys.platform == "emscripten" else ""
    temporary = path.with_name(f"{path.name}.{os.getpid()}{TEMPORARY}{ending}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError as why:
        raise type(why)(why.errno, why.strerror, str(path)) from None
    finally:
        with contextlib.suppress(OSError):  # a folder that vanished, or that cannot be written to any longer
            temporary.unlink(missing_ok=True)


def remove_leftovers(folder: Path) -> None:
    """Remove what `atomic_write` left in a folder when its process was killed."""
    for path in folder.glob(f"*{TEMPORARY}"):
        with contextlib.suppress(OSError):
            path.unlink()


def cell(value: Any) -> Any:
    """Return a value for a cell of a .csv. A text never begins as a formula does: spreadsheets would compute it."""
    return f"'{value}" if isinstance(value, str) and value[:1] in FORMULA else value


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
    try:
        if not zipfile.is_zipfile(path):
            raise ModelError(f"{path} is damaged, or it is not a model file. Train or copy it again.")
        with zipfile.ZipFile(path) as archive:
            arrays = {name.removesuffix(".npy"): array_in(archive, name) for name in names_in(archive, path)}
    except ModelError:
        raise
    except Exception as why:  # a damaged file makes zipfile, zlib and NumPy raise many kinds of errors
        raise ModelError(f"{path} is damaged ({why}). Train or copy it again.") from None
    if str(arrays.pop("format", "")) != FORMAT:
        raise ModelError(f"{path} has arrays, but it is not a scratchnet model. Did another program write it?")
    return arrays, str(arrays.pop("about", ""))


def names_in(archive, path):
    """Return the names of the members of a file of `write_arrays`, which are stored as they are: nothing in it becomes
    larger than the file. Raise ValueError for any other file, before anything is read."""
    members = archive.infolist()
    if any(member.compress_type != zipfile.ZIP_STORED or not member.filename.endswith(".npy") for member in members):
        raise ValueError("it is compressed, or has members that are no arrays")
    if sum(member.file_size for member in members) > path.stat().st_size or len(set(archive.namelist())) < len(members):
        raise ValueError("its members overlap")
    return archive.namelist()


def array_in(archive, name):
    """Return an array of the file. Raise ValueError for one of objects, and if its header promises another size."""
    with archive.open(name) as file:
        read_header = HEADERS[np.lib.format.read_magic(file)]
        shape, fortran, dtype = read_header(file)
        if dtype.hasobject or math.prod(shape) * dtype.itemsize != archive.getinfo(name).file_size - file.tell():
            raise ValueError(f"the header of {name} does not fit its data")
        array = np.frombuffer(file.read(), dtype).copy()
    return array.reshape(shape, order="F" if fortran else "C")
