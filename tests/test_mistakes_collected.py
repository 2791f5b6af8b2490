"""Mistakes of the kinds that people ask about in public, collected before the checker knew them, are named."""

import pytest
from attempts import filled
from mistakes_collected import MISTAKES

from scratchnet.exercises.catalogue import find_exercise
from scratchnet.exercises.checker import check_answer


@pytest.mark.planted
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("mistake", MISTAKES, ids=[f"{m[0]}: {m[1]}" for m in MISTAKES])
def test_a_collected_mistake_is_named(mistake, tmp_path):
    name, _, imports, words, bodies = mistake
    exercise = find_exercise(name)
    path = tmp_path / exercise.file
    path.write_text(filled(exercise, bodies, imports), encoding="utf-8")
    result = check_answer(exercise, path)
    assert result.state == "wrong" and words in " ".join(result.diagnosis.split()), str(result)
