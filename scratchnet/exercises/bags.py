"""What a student handed in, as {path: bytes}: from folders, zips and notebooks, none of which is believed.

Nothing is unpacked to the disk. Only regular files are opened, each up to a limit, and every path stays inside.
"""

import contextlib
import json
import os
import stat
import tarfile
import zipfile
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path, PurePosixPath

from scratchnet.errors import visible

MEMBERS, ONE_FILE, ALL = 5000, 2**20, 20 * 2**20  # how many, and bytes
ARCHIVE = 100 * 2**20  # bytes of a zip
CODE = (".py", ".ipynb", ".txt")
COME_ALONG = (*CODE, ".json", ".csv", ".npy", ".npz")  # what a learner's file may read
ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz")
LEFT_OUT = {"__MACOSX", "__pycache__", "node_modules", "site-packages", "venv", "env"}
LONGEST, DEEPEST = 200, 20  # letters of a path, folders in it


@dataclass
class Bag:
    """files: {path with /: bytes}; notes: sentences on what was left out; unread: sentences on what the system did not
    let us read, which is no fault of the student."""

    files: dict = field(default_factory=dict)
    notes: list = field(default_factory=list)
    unread: list = field(default_factory=list)
    size: int = 0
    members: int = 0

    def put(self, path, data):
        """Add a file, unless it is too much."""
        self.size += len(data)
        if self.size > ALL:
            self.note(path, f"is left out: all files together have more than {ALL // 2**20} MB")
        elif path.suffix.lower() in CODE and len(data) > ONE_FILE:
            self.note(path, f"is left out: it has more than {ONE_FILE // 2**20} MB")
        else:
            if self.files.get(str(path), data) != data:
                self.note(path, "is there twice; the later one is taken")
            self.files[str(path)] = data

    def note(self, path, what):
        self.notes.append(f"{visible(str(path))} {what}.")

    def counted(self):
        """Count one more member, and return whether there are not too many."""
        self.members += 1
        if self.members == MEMBERS + 1:
            self.notes.append(f"There are more than {MEMBERS:,} files; the others are left out.")
        return self.members <= MEMBERS


def inside(text):
    """Return a path that stays inside a folder, or None for one that does not, or that no file should have."""
    text = text.replace("\\", "/")
    parts = text.split("/")
    if text.startswith("/") or ".." in parts or ":" in parts[0] or len(text) > LONGEST or visible(text) != text:
        return None
    return PurePosixPath(text)


def wanted(path):
    """Return whether a file may be of use: no hidden one, no rubbish of a system, no environment of Python."""
    return not any(part in LEFT_OUT or part.startswith(".") for part in path.parts)


def from_folder(folder, bag, under):
    """Add the files of a folder, and of the archives in it, with paths under `under`. Links are not followed."""
    if len(under.parts) > DEEPEST:
        bag.note(under, "is left out: it is nested too deeply")
        return
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as why:
        bag.unread.append(f"{visible(str(folder))} cannot be read: {why.strerror}.")
        return
    for entry in entries:
        path = under / entry.name.encode("utf-8", "replace").decode()
        if not wanted(path) or not bag.counted():
            continue
        if entry.is_symlink():
            bag.note(path, "is a link; hand in a copy of the file itself")
        elif entry.is_dir(follow_symlinks=False):
            from_folder(entry.path, bag, path)
        elif path.name.lower().endswith(ARCHIVES):
            data = read(entry.path, path, ARCHIVE, bag)
            if data is not None:
                from_archive(data, bag, path.parent, path)
        elif path.suffix.lower() in COME_ALONG:
            data = read(entry.path, path, ALL, bag)
            if data is not None:
                bag.put(path, data)


def read(file, path, limit, bag):
    """Return the bytes of a regular file of at most `limit`, or None, with a note."""
    try:
        if not stat.S_ISREG(os.lstat(file).st_mode):
            bag.note(path, "is no file but a pipe, a socket or a device")
            return None
        number = os.open(file, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | BINARY)
        with open(number, "rb") as opened:
            data = opened.read(min(limit, os.fstat(number).st_size) + 1) if os.fstat(number).st_size <= limit else None
    except OSError as why:
        bag.unread.append(f"{visible(str(path))} cannot be read: {why.strerror}.")
        return None
    if data is None or len(data) > limit:
        bag.note(path, f"is left out: it has more than {limit // 2**20} MB")
        return None
    return data


BINARY = getattr(os, "O_BINARY", 0)  # Windows


def from_archive(data, bag, under, name, nested=False):
    """Add the files of a zip or a tar, and of archives in it, one level deep."""
    try:
        members = zipped(data, bag) if zipfile.is_zipfile(BytesIO(data)) else tarred(data, bag)
        for text, contents in members:
            path = inside(text)
            if path is None:
                bag.note(text[:LONGEST], f"in {name} is left out: its name leads out of the folder, or is no name")
            elif not wanted(path):
                continue
            elif path.name.lower().endswith(ARCHIVES) and not nested:
                archive = contents(ARCHIVE)
                if archive is not None:
                    from_archive(archive, bag, under / path.parent, path, nested=True)
            elif path.suffix.lower() in COME_ALONG:
                found = contents(ALL)
                if found is None:
                    bag.note(under / path, "is left out: it is too large")
                else:
                    bag.put(under / path, found)
    except Exception as why:  # a damaged archive makes zipfile, zlib and tarfile raise many kinds of errors
        bag.note(name, f"is damaged, or it is no archive ({type(why).__name__}); pack it again")


def zipped(data, bag):
    """Yield (name, function that reads it up to a limit) of each member that is a file and not encrypted."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        for member in archive.infolist():
            kind = stat.S_IFMT(member.external_attr >> 16)
            if member.is_dir() or not bag.counted():
                continue
            if member.flag_bits & 1:
                bag.note(member.filename[:LONGEST], "is encrypted; pack it without a password")
            elif kind and kind != stat.S_IFREG:
                bag.note(member.filename[:LONGEST], "is a link or no file; hand in the file itself")
            else:
                yield member.filename, lambda limit, member=member: first(archive.open(member), limit)


def tarred(data, bag):
    """The same for a tar."""
    with tarfile.open(fileobj=BytesIO(data)) as archive:
        for member in archive:
            if member.isdir() or not bag.counted():
                continue
            if member.isreg():
                yield member.name, lambda limit, member=member: first(archive.extractfile(member), limit)
            else:
                bag.note(member.name[:LONGEST], "is a link or no file; hand in the file itself")


def first(file, limit):
    """Return all of an open file, or None if it has more bytes than the limit, whatever its header says."""
    with contextlib.closing(file):
        data = file.read(limit + 1)
    return None if len(data) > limit else data


def code_cells(data):
    """Return the code of a notebook (nbformat 4) as a .py file. Raise ValueError if it is none.

    Lines for IPython alone (%, !, ?) become comments, so that the numbers of the lines stay.
    """
    try:
        cells = json.loads(data.decode("utf-8-sig"))
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if not isinstance(cells, dict) or not isinstance(cells.get("cells"), list):
        raise ValueError("it has no cells of nbformat 4")
    parts = []
    for cell in cells["cells"]:
        if isinstance(cell, dict) and cell.get("cell_type") == "code":
            source = cell.get("source", "")
            text = source if isinstance(source, str) else "".join(str(line) for line in source)
            lines = text.split("\n")
            whole = text.lstrip().startswith("%%")
            parts += [f"# {line}" if whole or line.lstrip()[:1] in ("%", "!", "?") else line for line in lines] + [""]
    return "\n".join(parts).encode()


def bag_of(places):
    """Return the Bag of some paths: folders, archives, and single files as (path, name)."""
    bag = Bag()
    for place in places:
        path, name = place if isinstance(place, tuple) else (place, None)
        if name is None and Path(path).is_dir() and not Path(path).is_symlink():
            from_folder(path, bag, PurePosixPath())
            continue
        inner = inside(name or Path(path).name) or PurePosixPath("file.py")
        if Path(path).is_symlink():
            bag.note(inner, "is a link; hand in a copy of the file itself")
        elif inner.name.lower().endswith(ARCHIVES):
            data = read(path, inner, ARCHIVE, bag)
            if data is not None:
                from_archive(data, bag, PurePosixPath(), inner)
        else:
            data = read(path, inner, ALL, bag)
            if data is not None:
                bag.put(inner, data)
    return bag
