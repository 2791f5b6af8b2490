"""`pytest -m exercise`: the checks of `python -m scratchnet exercise check`, for the files in the folder my, or in the
one that SCRATCHNET_MY names. What is not started is skipped."""

import os

import pytest

from scratchnet.exercises.checker import check
from scratchnet.exercises.folder import DEFAULT, Folder
from scratchnet.exercises.syllabus import Syllabus

MINE = Folder(os.environ.get("SCRATCHNET_MY", DEFAULT))


@pytest.mark.exercise
@pytest.mark.parametrize("exercise", Syllabus.nearby(MINE.path, ".").exercises, ids=lambda exercise: exercise.name)
def test_exercise(exercise):
    if not MINE.file(exercise).exists():
        pytest.skip(f"not started: python -m scratchnet exercise start {exercise.number:02}")
    result = check(exercise, MINE.file(exercise))
    if result.state != "right":
        pytest.fail(str(result), pytrace=False)
