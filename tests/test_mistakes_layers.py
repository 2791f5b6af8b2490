"""Mistakes as learners write them are found, and named, in the exercises on layers and losses."""

import mistakes_layers
import mistakes_losses
import mistakes_modern
import mistakes_more
import mistakes_paper
import pytest
from answers import ANSWERS
from attempts import filled
from right_layers import RIGHT

from scratchnet.exercises.catalogue import EXERCISES, find_exercise
from scratchnet.exercises.checker import check_answer

FILES = (mistakes_layers, mistakes_modern, mistakes_losses, mistakes_paper, mistakes_more)
MISTAKES = [mistake for file in FILES for mistake in file.MISTAKES]
NAMES = {exercise for exercise, *_ in MISTAKES}


def result_of(exercise, bodies, folder):
    exercise = find_exercise(exercise)
    bodies = [right if mine is None else mine for mine, right in zip(bodies, ANSWERS[exercise.name])]
    path = folder / exercise.file
    path.write_text(filled(exercise, bodies), encoding="utf-8")
    return check_answer(exercise, path)


@pytest.mark.planted
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("exercise, bodies, words, name", [pytest.param(*m, id=f"{m[0]}: {m[3]}") for m in MISTAKES])
def test_a_mistake_is_named(exercise, bodies, words, name, tmp_path):
    result = result_of(exercise, bodies, tmp_path)
    text = " ".join(str(result).split())
    assert result.state == "wrong" and words and words in text, str(result)


@pytest.mark.parametrize("exercise", [e for e in EXERCISES if e.name in NAMES], ids=lambda exercise: exercise.name)
def test_a_sentence_says_what_yours_does_and_what_it_should_do(exercise):
    for wrongs in exercise.wrong.values():
        for wrong in wrongs:
            assert wrong.sentence.startswith("Yours") and "should" in wrong.sentence, wrong.sentence


@pytest.mark.parametrize("exercise, name, bodies", [pytest.param(*r, id=f"{r[0]}: {r[1]}") for r in RIGHT])
def test_a_right_answer_of_another_form_passes(exercise, name, bodies, tmp_path):
    result = result_of(exercise, bodies, tmp_path)
    assert result.state == "right", str(result)
