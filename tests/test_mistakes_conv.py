"""Mistakes in convolution, optimizers and pruning are named, and right answers in any style pass."""

import mistakes_conv
import mistakes_steps
import pytest
import styles_conv
import styles_steps
from attempts import filled

from scratchnet.exercises.catalogue import find_exercise
from scratchnet.exercises.checker import check_answer

MISTAKES = mistakes_conv.MISTAKES + mistakes_steps.MISTAKES
STYLES = styles_conv.STYLES | styles_steps.STYLES
OTHER = 77  # a seed of a teacher


def checked(name, bodies, folder, seed):
    exercise = find_exercise(name)
    path = folder / exercise.file
    path.write_text(filled(exercise, bodies), encoding="utf-8")
    return check_answer(exercise, path, seed)


@pytest.mark.planted
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("number, mistake", enumerate(MISTAKES), ids=[f"{m[0]}-{m[3]}" for m in MISTAKES])
def test_a_mistake_is_named(number, mistake, tmp_path):
    name, bodies, words, _ = mistake
    result = checked(name, bodies, tmp_path, (0, OTHER)[number % 2])
    assert result.state == "wrong"
    assert words in str(result).replace("\n", " "), str(result)


@pytest.mark.planted
@pytest.mark.parametrize("name, style", [(name, style) for name, styles in STYLES.items() for style in styles])
def test_a_right_answer_passes_in_any_style(name, style, tmp_path):
    for seed in (0, OTHER):
        result = checked(name, STYLES[name][style], tmp_path, seed)
        assert result.state == "right", str(result)


@pytest.mark.parametrize("name", STYLES)
def test_every_known_mistake_says_what_it_should_be(name):
    for wrongs in find_exercise(name).wrong.values():
        for wrong in wrongs:
            assert wrong.sentence.startswith("Yours ") and "should" in wrong.sentence, wrong.sentence


def test_every_exercise_has_ten_mistakes():
    for name in STYLES:
        assert sum(mistake[0] == name for mistake in MISTAKES) >= 10, name
