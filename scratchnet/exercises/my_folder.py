"""The learner's folder: a file for each started exercise. Checks tell what is done; it is not stored."""

import json
import os

from scratchnet.errors import InputError, Missing
from scratchnet.exercises.blank import blank_file
from scratchnet.exercises.learner import attempted, shown
from scratchnet.exercises.own_numbers import login
from scratchnet.storage import atomic_write, here

HINTS = ".hints.json"  # how many hints of each exercise were shown
NAME = ".student"  # from which the numbers of exercises to derive by hand are drawn


class Folder:
    """path: of the folder, which need not exist yet."""

    def __init__(self, path):
        self.path = here(path)

    def file(self, exercise):
        """Return the path of the learner's answer to an exercise."""
        return self.path / exercise.file

    def started(self, exercises):
        return [exercise for exercise in exercises if self.file(exercise).exists()]

    def latest(self, exercises):
        """The started exercise whose file was saved last. Raises InputError when none is started."""
        started = self.started(exercises)
        if not started:
            raise InputError(
                f"No exercise is started in {shown(self.path)}. Begin: python -m scratchnet exercise start 0"
            )
        return max(started, key=lambda exercise: self.file(exercise).stat().st_mtime_ns)

    def start(self, exercise):
        """Writes the blank file. Raises InputError when there is one already."""
        path = self.file(exercise)
        if os.path.lexists(path):
            raise InputError(
                f"{shown(path)} exists already. `exercise reset {exercise.number:02}` keeps a copy and begins again."
            )
        self.write(exercise)
        return path

    def write(self, exercise):
        try:
            with atomic_write(self.file(exercise)) as file:
                file.write(blank_file(exercise, self.student()).encode("ascii"))
        except (FileExistsError, NotADirectoryError):
            raise InputError(f"{shown(self.path)} is not a folder. Name another one with folder=.") from None
        except OSError as why:
            reason = f"{shown(self.path)} cannot be written to ({why.strerror})"
            raise InputError(f"{reason}. Name another folder with folder=.") from None

    def student(self):
        """Return the learner's name: the one that was told, else the login of this machine."""
        try:
            return (self.path / NAME).read_text("utf-8").strip() or login()
        except (OSError, UnicodeDecodeError):
            return login()

    def called(self, student):
        """Keep the learner's name."""
        with atomic_write(self.path / NAME) as file:
            file.write(student.encode())

    def reset(self, exercise):
        """Begins again; returns the path of a copy of what was there. Raises Missing when there is nothing."""
        path = self.file(exercise)
        self.need(exercise)
        number = 1
        while (copy := path.with_name(f"{path.stem}.backup-{number}.py")).exists():
            number += 1
        path.rename(copy)
        self.write(exercise)
        self.save_hints({name: count for name, count in self.hints().items() if name != exercise.name})
        return copy

    def need(self, exercise):
        """Raises Missing unless the exercise is started; says so if a file has been renamed."""
        path = self.file(exercise)
        if path.exists():
            return
        words = (f"{exercise.number:02}", exercise.name.replace("-", "_"))
        others = sorted(
            file.name for word in words for file in self.path.glob(f"*{word}*") if "backup" not in file.name
        )
        hint = f" Is it {others[0]}? Rename it." if others else ""
        raise Missing(f"There is no {shown(path)}.{hint} `exercise start {exercise.number:02}` writes a new one.")

    def attempted(self, exercise):
        return attempted(exercise, self.file(exercise))

    def out_of_hints(self, exercise):
        """Return whether the learner has read every hint."""
        return self.hints().get(exercise.name, 0) >= len(exercise.ladder)

    def next_hint(self, exercise):
        """Return the hints so far, and one more than the last time."""
        counts = self.hints()
        count = min(counts.get(exercise.name, 0) + 1, len(exercise.ladder))
        self.save_hints(counts | {exercise.name: count})
        return exercise.ladder[:count]

    def hints(self):
        try:
            counts = json.loads((self.path / HINTS).read_text("utf-8"))
            return {name: count for name, count in counts.items() if isinstance(count, int) and count >= 0}
        except (OSError, ValueError, AttributeError):
            return {}

    def save_hints(self, counts):
        if self.path.is_dir():
            with atomic_write(self.path / HINTS) as file:
                file.write(json.dumps(counts).encode())
