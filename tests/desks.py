"""What the tests of the Desk share: the exercise linear with its right answer, and a check of bodies on a Desk."""

import os
import sys
import time
from pathlib import Path

import pytest
from answers import ANSWERS
from attempts import filled

from scratchnet.exercises import grade as grading
from scratchnet.exercises.catalogue import find_exercise
from scratchnet.exercises.checker import check_answer
from scratchnet.exercises.syllabus import Syllabus

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")
LINEAR = find_exercise("linear")
RIGHT, BACK = ANSWERS["linear"]
MARKER = f"marker-of-a-test-{os.getpid()}"
SLEEPS = f"[sys.executable, '-c', 'import time; time.sleep(90)', '{MARKER}']"
STAYS = f"import os, subprocess, sys, time\nsubprocess.Popen({SLEEPS}"


def checking(desk):
    def run(bodies=(RIGHT, BACK), above="", exercise=LINEAR, seconds=20, end=""):
        files = {exercise.file: (filled(exercise, bodies, above) + end).encode()}
        return check_answer(exercise, exercise.file, 0, desk, files, seconds)

    return run


def graded(folder, bodies=(RIGHT, BACK)):
    """The Grade of a class of one."""
    place = folder / "class" / "student"
    place.mkdir(parents=True)
    (place / LINEAR.file).write_text(filled(LINEAR, bodies))
    (found,) = grading.grade(folder / "class", Syllabus(points={"linear": 2}))
    return found


def left_over():
    """Processes that a file has started and that run still."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if MARKER in path.read_bytes().decode(errors="replace"):
                found.append(path)
        except OSError:
            pass
    return found


def wait_until(condition, seconds=15):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)
