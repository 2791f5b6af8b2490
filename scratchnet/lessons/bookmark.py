"""Where one stopped in a lesson: a small file for each lesson, in the user's folder for such states."""

import contextlib
import os

import platformdirs

from scratchnet.storage import atomic_write, here


class Bookmark:
    """The cell of a lesson that is shown, from 1. It is 1 in a lesson that was not begun, or that was finished.

    keeps: whether to write it to the file. A folder that cannot be written to ends no lesson: nothing is kept then.
    """

    def __init__(self, lesson, keeps=True):
        self.path, self.keeps, self.cell = folder() / f"{lesson.name}.cell", keeps, 1
        with contextlib.suppress(OSError, ValueError):  # there is none, or it is damaged
            found = int(self.path.read_text("ascii"))
            self.cell = found if 1 <= found <= len(lesson.cells) else 1

    def move(self, cell):
        """Remember a cell. The first one needs no file."""
        self.cell = cell
        with contextlib.suppress(OSError):
            if self.keeps and cell > 1:
                with atomic_write(self.path) as file:
                    file.write(b"%d" % cell)
            elif self.keeps:
                self.path.unlink(missing_ok=True)


def folder():
    """Return the folder of the bookmarks: SCRATCHNET_STATE, or else the user's folder for states of programs."""
    return here(os.environ.get("SCRATCHNET_STATE") or platformdirs.user_state_dir("scratchnet", appauthor=False))
