"""Mistakes in the later exercises are found and named; right answers of another form pass."""

import pytest
from answers import ANSWERS
from attempts import filled
from mistakes_later import MISTAKES
from right_later import RIGHT

from scratchnet.exercises.catalogue import find_exercise
from scratchnet.exercises.checker import check_answer


def result_of(name, bodies, imports, folder, seed=0):
    exercise = find_exercise(name)
    bodies = [right if mine is None else f"{mine}\n" for mine, right in zip(bodies, ANSWERS[name], strict=True)]
    path = folder / exercise.file
    path.write_text(filled(exercise, bodies, imports), encoding="utf-8")
    return check_answer(exercise, path, seed)


@pytest.mark.planted
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("mistake", MISTAKES, ids=[f"{m[0]}: {m[1]}" for m in MISTAKES])
def test_a_mistake_is_named(mistake, tmp_path):
    name, _, imports, words, bodies = mistake
    result = result_of(name, bodies, imports, tmp_path)
    assert result.state == "wrong" and words in " ".join(str(result).split()), str(result)


def test_a_mistake_that_explains_the_other_results_stands_alone(tmp_path):
    loop = "for layer in self.layers.values():\n    dy = layer.backward(dy)\nreturn dy"
    diagnosis = result_of("sequential", [None, loop], "", tmp_path).diagnosis
    assert "backward should begin with the last" in diagnosis and "Then dW" not in diagnosis, diagnosis


@pytest.mark.parametrize("name, form, bodies, imports", [pytest.param(*r, id=f"{r[0]}: {r[1]}") for r in RIGHT])
def test_a_right_answer_of_another_form_passes(name, form, bodies, imports, tmp_path):
    for seed in (0, 1998):
        result = result_of(name, bodies, imports, tmp_path, seed)
        assert result.state == "right", str(result)


def test_a_sentence_says_what_yours_does_and_what_it_should_do():
    for name in {name for name, *_ in MISTAKES}:
        for wrongs in find_exercise(name).wrong.values():
            for wrong in wrongs:
                assert wrong.sentence.startswith("Yours") and "should" in wrong.sentence, wrong.sentence
