"""Mistakes beside those that were collected are named, and no two known mistakes of these exercises are alike."""

import itertools

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


def wrong_answers(exercise, method, wrong):
    """Return what a known mistake gives in all cases with this seed, None where it does not apply."""
    found = []
    for which, what in (("tiny", "by hand"), ("draw", "larger"), ("draw", "random 0"), ("odd", "odd")):
        for case in cases(exercise, which, 0, what):
            right = right_results(exercise, method, case)
            try:
                found.append((np.asarray(wrong.answer(case, right), float), np.asarray(right[wrong.result], float)))
            except (ValueError, IndexError, TypeError):
                found.append(None)
    return found


def alike(one, other):
    return one.shape == other.shape and np.allclose(one, other, 1e-7, 1e-9, equal_nan=True)


@pytest.mark.planted
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", NAMES)
def test_no_two_known_mistakes_are_alike(name):
    exercise = find_exercise(name)
    for method, wrongs in exercise.wrong.items():
        made = [(wrong, wrong_answers(exercise, method, wrong)) for wrong in wrongs]
        for (one, mine), (other, others) in itertools.combinations(made, 2):
            if one.result != other.result or one.sentence == other.sentence:
                continue
            both = [(a, b) for a, b in zip(mine, others) if a and b]
            seen = [(a, b) for a, b in both if not alike(a[0], a[1]) or not alike(b[0], b[1])]
            same = bool(seen) and len(both) == len(mine) and all(alike(a[0], b[0]) for a, b in seen)
            assert not same, f"{one.sentence}\n{other.sentence}"
