"""Named arrays in a file: .npz, never pickle, whole or not at all."""

import os
import zipfile
import zlib
from pathlib import Path

import numpy as np

from scratchnet.errors import ModelError

FORMAT = "scratchnet 1"


def write_arrays(path, arrays):
    """Writes {name: array} to a temporary file beside path, then renames it: never half a file."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            np.savez(file, format=np.array(FORMAT), **arrays)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def read_arrays(path):
    """{name: array} from a file of write_arrays. Raises ModelError for anything else."""
    path = Path(path)
    if not path.is_file():
        raise ModelError(f"There is no model file {path}. `python -m scratchnet train` makes one.")
    if not zipfile.is_zipfile(path):
        raise ModelError(f"{path} is damaged or no model file. Train or copy it again.")
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
    except (OSError, EOFError, ValueError, zipfile.BadZipFile, zlib.error) as why:
        raise ModelError(f"{path} is damaged ({why}). Train or copy it again.") from None
    if str(arrays.pop("format", "")) != FORMAT:
        raise ModelError(f"{path} holds arrays, but not a scratchnet model. Is it another program's file?")
    return arrays
