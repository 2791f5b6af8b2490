"""Grade a class: each exercise of each student in its own process, with limits; a table, and feedback files.

Accidents are kept apart: endless loops, huge arrays, floods of output, processes that outlive the check. On Linux,
where the system offers user namespaces, a file runs in a closed room as well (sandbox.py); elsewhere it may do whatever
the user who runs this may do. Grade strangers' files in a container.
"""

import concurrent.futures
import csv
import io
import json
import re
import tempfile
import threading
import time
import xml.etree.ElementTree as ET
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from scratchnet.errors import InputError
from scratchnet.exercises.checker import Result, check_answer
from scratchnet.exercises.desk import Desk, Interrupted
from scratchnet.storage import atomic_write, cell, here


@dataclass
class Grade:
    """One exercise of one student."""

    student: str
    exercise: str
    state: str
    points: int
    of: int
    seconds: float
    fact: str
    diagnosis: str
    text: str


def astray(folder):
    """Return sentences on students whose files are in a place that is not read."""
    for name, place in students(folder).items():
        elsewhere = sorted(path.parent for path in Path(folder, name).rglob("ex[0-9][0-9]_*.py"))
        if elsewhere and not any(place.glob("ex*.py")):
            yield f"{name}: nothing in {place}, but there are files in {elsewhere[0]}. Move them up."


def students(folder):
    """{name: folder with files}: one for each student, sorted; the files may be in a folder `my` inside.

    Raises InputError when there is no folder, or none in it.
    """
    folder = here(folder)
    if not folder.is_dir():
        raise InputError(f"There is no folder {folder}. It should hold one folder for each student.")
    if any(folder.glob("ex[0-9][0-9]_*.py")) or any((folder / "my").glob("ex[0-9][0-9]_*.py")):
        raise InputError(f"{folder} is the folder of one student. Name the one that holds a folder for each.")
    found = {}
    for place in sorted(folder.iterdir()):
        if place.is_dir() and not place.name.startswith((".", "_")):
            inside = place / "my"
            found[place.name] = inside if inside.is_dir() and not any(place.glob("ex*.py")) else place
    if not found:
        raise InputError(
            f"{folder} holds no folders. It should hold one for each student, with files such as ex01_....py."
        )
    return found


def grade(folder, syllabus, jobs=1, progress=None):
    """Return the Grades of all students, in order. progress: called with each Grade."""
    tasks = [(name, place, exercise) for name, place in students(folder).items() for exercise in syllabus.exercises]
    desks = Desks(syllabus, here(folder))
    with concurrent.futures.ThreadPoolExecutor(max(1, jobs)) as pool:
        futures = [pool.submit(one, desks, syllabus, *task) for task in tasks]
        try:
            for future in concurrent.futures.as_completed(futures):
                if progress:
                    progress(future.result())
        except BaseException:  # Ctrl-C
            pool.shutdown(wait=False, cancel_futures=True)
            raise
        finally:
            desks.close()
        return [future.result() for future in futures]


class Desks:
    """A Desk for each thread."""

    def __init__(self, syllabus, folder):
        warm = [exercise.name for exercise in syllabus.exercises if exercise.tiny]
        self.make = lambda: Desk(strict=True, hidden=[str(folder.resolve())], memory=syllabus.memory, warm=warm)
        self.mine, self.all = threading.local(), []

    def get(self):
        if not hasattr(self.mine, "desk"):
            self.mine.desk = self.make()
            self.all.append(self.mine.desk)
        return self.mine.desk

    def close(self):
        for desk in self.all:
            desk.close()


def one(desks, syllabus, student, place, exercise):
    """The Grade of one exercise of one student."""
    start, of = time.perf_counter(), syllabus.points[exercise.name]
    if not (place / exercise.file).is_file():
        fact = f"{exercise.number:02} {exercise.name}: there is no {exercise.file}."
        return Grade(student, exercise.name, "missing", 0, of, 0.0, "missing", "", fact)
    result = checked(desks, syllabus, place, exercise)
    points = of if result.state == "right" else 0
    seconds = time.perf_counter() - start
    return Grade(student, exercise.name, result.state, points, of, seconds, result.fact, result.diagnosis, str(result))


def checked(desks, syllabus, place, exercise):
    """The Result of a file, in a process that sees copies of the student's files."""
    files = {path.name: path.read_bytes() for path in place.glob("*.py") if path.is_file()}
    seconds = max(syllabus.seconds, exercise.seconds if exercise.levels else 0)
    try:
        return check_answer(exercise, exercise.file, syllabus.seed, desks.get(), files, seconds)
    except Interrupted:
        return Result(exercise, Path(exercise.file), fact="Your code raises KeyboardInterrupt. Remove that line.")


# What comes out.


def by_student(grades):
    found = {}
    for one_grade in grades:
        found.setdefault(one_grade.student, []).append(one_grade)
    return found


def as_rows(grades, exercises):
    """Return a header, then for each student the points of every exercise, their sum, and the largest possible sum."""
    rows = [("student", *(exercise.name for exercise in exercises), "points", "of")]
    for student, mine in by_student(grades).items():
        rows.append((student, *(g.points for g in mine), sum(g.points for g in mine), sum(g.of for g in mine)))
    return rows


def write_csv(path, grades, exercises):
    text = io.StringIO(newline="")
    csv.writer(text).writerows([cell(value) for value in row] for row in as_rows(grades, exercises))
    write(path, "\ufeff" + text.getvalue())  # the mark by which Excel knows UTF-8


def write_json(path, grades):
    write(path, json.dumps([asdict(one_grade) for one_grade in grades], indent=1) + "\n")


def write_junit(path, grades):
    """A test suite for each student, a test for each exercise."""
    top = ET.Element("testsuites")
    for student, mine in by_student(grades).items():
        skipped = sum(g.state == "missing" for g in mine)
        wrong = sum(g.state != "right" for g in mine) - skipped
        counts = {"tests": len(mine), "failures": wrong, "skipped": skipped}
        suite = ET.SubElement(
            top, "testsuite", {"name": printable(student)} | {key: str(n) for key, n in counts.items()}
        )
        for g in mine:
            case = ET.SubElement(
                suite, "testcase", classname=printable(student), name=g.exercise, time=f"{g.seconds:.2f}"
            )
            if g.state == "missing":
                ET.SubElement(case, "skipped", message=g.text)
            elif g.state != "right":
                message = printable(g.diagnosis or g.fact).split("\n")[0]
                ET.SubElement(case, "failure", message=message, type=g.state).text = printable(g.text)
    write(path, ET.tostring(top, encoding="unicode", xml_declaration=True) + "\n")


def printable(text):
    """Without the characters that XML does not have."""
    return re.sub(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD]", "?", text)


def write_feedback(folder, grades):
    """A text for each student: points, and for every exercise that is not right what the learner would have seen."""
    for student, mine in by_student(grades).items():
        points, of = sum(g.points for g in mine), sum(g.of for g in mine)
        lines = [f"{student}: {points} of {of} points", ""]
        lines += [f"  {g.points:3} of {g.of:3}  {g.exercise:24} {g.state}" for g in mine]
        for g in mine:
            if g.state not in ("right", "missing"):
                lines += ["", "-" * 78, "", g.text]
        write(here(folder) / f"{student}.txt", "\n".join(lines) + "\n")


def can_be_written(path):
    """Raise InputError before minutes of grading if the file cannot be written, such as one that Excel holds."""
    path = here(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=path.parent).close()
        if path.exists():
            path.open("r+b").close()
    except OSError as why:
        raise unwritable(path, why) from None


def unwritable(path, why):
    return InputError(f"{path} cannot be written: {why.strerror}. Name another file, or close it if it is open.")


def write(path, text):
    try:
        with atomic_write(path) as file:
            file.write(text.encode("utf-8", "backslashreplace"))
    except OSError as why:
        raise unwritable(path, why) from None


def summary(grades, exercises):
    """Rows for a table: how many were right, wrong, not written, stopped, missing, for each exercise."""
    states = ("right", "wrong", "blank", "stopped", "missing")
    rows = [("exercise", *states)]
    for exercise in exercises:
        mine = [g.state for g in grades if g.exercise == exercise.name]
        rows.append((exercise.name, *(str(mine.count(state)) for state in states)))
    points = [sum(g.points for g in mine) for mine in by_student(grades).values()]
    return rows, float(np.mean(points))
