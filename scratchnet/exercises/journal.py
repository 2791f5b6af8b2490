"""Grades as they come, in a file: after a crash only what is missing is graded again."""

import contextlib
import hashlib
import json
from dataclasses import asdict, replace

from scratchnet import __version__
from scratchnet.exercises.exports import unwritable
from scratchnet.exercises.results import STATES, Grade
from scratchnet.exercises.syllabus import points_for
from scratchnet.storage import here


class Journal:
    """A file with a line of JSON for each Grade, written as soon as it is there.

    resume: keep what the file has, and know it; otherwise the file is replaced. failure: the reason why the last line
    could not be written, or None; grading goes on without.
    """

    def __init__(self, path, resume=False):
        self.path, self.failure = here(path), None
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            before = self.path.read_bytes() if resume and self.path.exists() else b""
            self.known = dict(entries(before))
            self.file = self.path.open("ab" if resume else "wb")
        except OSError as why:
            raise unwritable(self.path, why) from None
        self.torn = b"\n" if before and not before.endswith(b"\n") else b""  # a crash left half a line

    def get(self, key):
        """Return the Grade that an earlier run made for this key, or None."""
        return self.known.get(key)

    def add(self, key, grade):
        """Write a Grade."""
        line = json.dumps({"key": key, "grade": asdict(grade)}).encode() + b"\n"
        try:
            self.file.write(self.torn + line)
            self.torn = b""
            self.file.flush()  # what a full disk did not take stays in the buffer for the next time
            self.failure = None
        except OSError as why:
            self.failure = why

    def close(self):
        with contextlib.suppress(OSError):
            self.file.close()


def keys_of(submissions, syllabus):
    """Return {(student, name of an exercise): key}."""
    keys = {}
    for submission in submissions:
        chosen = submission.chosen()
        for exercise in syllabus.exercises:
            files = submission.desk(exercise) if exercise.name in chosen.files else submission.bag().files
            keys[submission.student, exercise.name] = key_of(files, exercise, syllabus, submission.student)
    return keys


def known_grades(journal, keys, syllabus):
    """Return {(student, name of an exercise): Grade} of those that need not be made again, with today's points."""
    exercises = {exercise.name: exercise for exercise in syllabus.exercises}
    known = {}
    for (student, name), key in keys.items():
        found = journal.get(key)
        if found:
            points = points_for(syllabus, exercises[name], found.state, found.passed)
            known[student, name] = replace(found, points=points, of=syllabus.points[name])
    return known


def entries(data):
    """Yield (key, Grade) for each line that is whole. What has no grade yet is left out."""
    for line in data.split(b"\n"):
        with contextlib.suppress(ValueError, TypeError, KeyError):
            entry = json.loads(line)
            found = Grade(**entry["grade"])
            found.passed, found.methods, found.notes = tuple(found.passed), tuple(found.methods), tuple(found.notes)
            if found.state in STATES and found.state != "ungraded":
                yield entry["key"], found


def key_of(files, exercise, syllabus, student=""):
    """Return a hash of everything that a grade depends on. files: {path: bytes} of those that come along."""
    setting = [__version__, exercise.name, exercise.file, syllabus.seed, syllabus.seconds, syllabus.memory, student]
    digest = hashlib.sha256(json.dumps(setting).encode())
    for name in sorted(files):
        digest.update(json.dumps([name, len(files[name])]).encode())
        digest.update(files[name])
    return digest.hexdigest()
