"""Mistakes beside those that were collected are named, and no two known mistakes of these exercises are alike."""

import numpy as np
import pytest
from answers import ANSWERS
from attempts import filled
from mistakes_neighbours import MISTAKES

from scratchnet.exercises.catalogue import find_exercise
from scratchnet.exercises.checker import cases, check_answer, right_results

NAMES = ("paper-input", "im2col", "col2im", "central-differences", "rejection", "erase", "sdlm", "optimal-brain-damage")


@pytest.mark.planted
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("mistake", MISTAKES, ids=[f"{m[0]}: {m[1]}" for m in MISTAKES])
def test_a_neighbour_is_named(mistake, tmp_path):
    name, _, words, *bodies = mistake
    exercise = find_exercise(name)
    bodies = [right if mine is None else mine for mine, right in zip(bodies, ANSWERS[name], strict=True)]
    path = tmp_path / exercise.file
    path.write_text(filled(exercise, bodies), encoding="utf-8")
    result = check_answer(exercise, path)
    assert result.state == "wrong" and words in " ".join(str(result).split()), str(result)


def what_it_gives(exercise, method, wrong):
    """Return what a known mistake gives in the cases of this seed, None where it does not apply, as a key."""
    found = [wrong.result]
    for which, what in (("tiny", "by hand"), ("draw", "larger"), ("draw", "random 0"), ("odd", "odd")):
        for case in cases(exercise, which, 0, what):
            try:
                made = np.round(wrong.answer(case, right_results(exercise, method, case)).astype(float), 6) + 0.0
                found.append((made.shape, made.tobytes()))
            except (ValueError, IndexError, TypeError):
                found.append(None)
    return tuple(found)


@pytest.mark.planted
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", NAMES)
def test_no_two_known_mistakes_are_alike(name):
    exercise = find_exercise(name)
    for method, wrongs in exercise.wrong.items():
        sentences = {}
        for wrong in wrongs:
            sentences.setdefault(what_it_gives(exercise, method, wrong), set()).add(wrong.sentence)
        assert not [same for same in sentences.values() if len(same) > 1]
