"""The one archive that a learning platform gives a teacher, written to a folder, from which the class is graded."""

import contextlib
import tarfile
import zipfile
import zlib
from pathlib import Path

from scratchnet.errors import InputError, visible
from scratchnet.exercises.bags import ARCHIVE, ARCHIVES, LONGEST, inside, wanted

LARGEST = 4 * 2**30  # bytes of all files together
MOST = 500_000  # files
BROKEN = (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError)


def is_archive(path):
    """Return whether a path is a file with the name of an archive."""
    return path.is_file() and path.name.lower().endswith(ARCHIVES)


def unpack_class(archive, folder):
    """Write the regular files of an archive below `folder`, and return sentences on what was left out.

    No path leaves the folder; links and devices are left out, and files of more than 100 MB.
    Raises InputError for an archive that is damaged, locked or too large.
    """
    notes, size = [], 0
    try:
        for count, (name, length, contents) in enumerate(members(archive), 1):
            path = inside(name)
            size += length
            if size > LARGEST or count > MOST:
                raise InputError(
                    f"{archive} holds more than {LARGEST // 2**30} GB or {MOST:,} files. Is it the archive of a class?"
                )
            if contents is None:
                notes.append(f"{visible(name[:LONGEST])} is left out: it is a link or a device.")
            elif path is None:
                notes.append(f"{visible(name[:LONGEST])} is left out: its name leads out of the folder, or is no name.")
            elif length > ARCHIVE:
                notes.append(f"{path} is left out: it has more than {ARCHIVE // 2**20} MB.")
            elif wanted(path):
                notes += write(Path(folder, path), contents, length, path)
    except BROKEN as why:
        raise InputError(f"{archive} cannot be unpacked ({why}). Unpack it yourself, and name the folder.") from None
    return notes


def members(archive):
    """Yield (name, bytes, function that opens it) of the files of an archive; None for what is no regular file."""
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as opened:
            for info in opened.infolist():
                kind = info.external_attr >> 28  # 8 a regular file, 10 a link, 0 not said
                if not info.is_dir():
                    yield (
                        info.filename,
                        info.file_size,
                        (lambda info=info: opened.open(info)) if kind in (0, 8) else None,
                    )
    else:
        with tarfile.open(archive) as opened:
            for member in opened:
                if not member.isdir():
                    reads = (lambda member=member: opened.extractfile(member)) if member.isreg() else None
                    yield member.name, member.size, reads


def write(path, contents, length, name):
    """Write at most as many bytes as the archive promises. Return a sentence if the file is damaged, as a list."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with contents() as source:
            path.write_bytes(source.read(length))
    except BROKEN as why:
        with contextlib.suppress(OSError):
            path.unlink()
        return [f"{name} is left out: it cannot be unpacked ({why})."]
    return []
