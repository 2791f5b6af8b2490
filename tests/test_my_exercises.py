"""`pytest -m exercise`: the checks of `python -m scratchnet exercise check`, for the files in the folder my, or in the
one that SCRATCHNET_MY names. What is not started is skipped."""

import os

import pytest

from scratchnet.exercises.checker import check_answer
from scratchnet.exercises.my_folder import Folder
from scratchnet.exercises.syllabus import Syllabus

MINE = Folder(os.environ.get("SCRATCHNET_MY", "my"))


@pytest.mark.exercise
@pytest.mark.parametrize("exercise", Syllabus.nearby(MINE.path, ".").exercises, ids=lambda exercise: exercise.name)
def test_exercise(exercise):
    if not MINE.file(exercise).exists():
        pytest.skip(f"not started: python -m scratchnet exercise start {exercise.number:02}")
    result = check_answer(exercise, MINE.file(exercise))
    if result.state != "right":
        pytest.fail(str(result), pytrace=False)
