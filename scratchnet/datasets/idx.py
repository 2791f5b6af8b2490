"""Read the IDX format of MNIST: two zero bytes, a type, a number of axes, the sizes, the data."""

import gzip
import math
import struct
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scratchnet.errors import DataError
from scratchnet.storage import here

TYPES = {8: np.dtype(np.uint8), 12: np.dtype(">i4")}  # bytes, and the integers of QMNIST's labels
OTHER_FILES = {  # what a file begins with that is something else
    b"version https://git-lfs": "a pointer of Git LFS, not the file itself. Run `git lfs pull` where it comes from.",
    b"<!": "a web page, not data. Download the file itself.",
    b"<htm": "a web page, not data. Download the file itself.",
    b"PK": "a zip archive. Unpack it first.",
}
LIMIT = 2**31  # bytes; the files that we read are much smaller
MOST_AXES = 8
RATIO = 50  # unpacked, MNIST's images are 5 times as large; those of a file made to fill the memory, 1,000 times


def read_idx(path: str | Path, axes: int | None = None) -> NDArray:
    """Return the array of uint8 or int32 in an IDX file, gzipped or not. axes: the expected number of axes.

    Raises DataError when the file is missing or damaged, when its format, type or number of axes is
    another one, and when it has fewer or more bytes than its header says.
    """
    path = here(path)
    if not path.is_file():
        raise DataError(
            f"There is no file {path}. Name another folder. MNIST comes with the package: install scratchnet again."
        )
    try:
        with path.open("rb") as file:
            zipped = file.read(2) == b"\x1f\x8b"
            file.seek(0)
            return _read(gzip.GzipFile(fileobj=file) if zipped else file, path, axes)
    except (OSError, EOFError, zlib.error) as why:
        raise DataError(f"{path} is damaged ({why}). Copy it again.") from None


def _read(file, path, axes):
    head = file.read(4)
    for begin, what in OTHER_FILES.items():
        if head and head.startswith(begin[:4]):
            raise DataError(f"{path} is {what}")
    if len(head) < 4 or head[:2] != bytes(2) or head[2] not in TYPES or (axes is not None and head[3] != axes):
        expected = "00 00 08 and the number of axes" if axes is None else f"00 00 08 {axes:02x}"
        raise DataError(
            f"{path}: expected an IDX file of bytes, which starts with {expected}, got {head.hex(' ') or 'nothing'}. "
            "Copy it again."
        )
    dtype = TYPES[head[2]]
    sizes = file.read(4 * head[3])
    if len(sizes) < 4 * head[3]:
        raise DataError(f"{path} ends inside its header. Copy it again.")
    shape = struct.unpack(f">{head[3]}I", sizes)
    largest = math.prod(max(size, 1) for size in shape) * dtype.itemsize  # 0 x 4294967295 x 4294967295 is no array
    if largest >= LIMIT or head[3] > MOST_AXES:
        raise DataError(
            f"{path}: the header says {' x '.join(map(str, shape[:MOST_AXES]))}, more than any data set here. "
            "Copy it again."
        )
    claimed = math.prod(shape) * dtype.itemsize
    data = file.read(min(claimed, RATIO * path.stat().st_size + 2**16) + 1)  # no more than its size can hold
    if len(data) != claimed:
        size = "more" if len(data) > claimed else f"only {len(data):,}"
        raise DataError(
            f"{path}: expected {' x '.join(map(str, shape))} = {claimed:,} bytes, got {size}. Copy it again."
        )
    return np.frombuffer(data, dtype).reshape(shape)
