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
@pytest.mark.parametrize("number, mistake", list(enumerate(MISTAKES)), ids=[f"{m[0]}-{m[3]}" for m in MISTAKES])
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


# Wrong for some sizes only: a condition, and the exercises that have such a case whatever the seed.
SIZES = {
    "x.shape[0] == x.shape[1]": ("convolution-by-loops", "im2col", "conv-forward"),
    "x.shape[2] != x.shape[3]": ("convolution-by-loops", "im2col", "conv-forward"),
    "x.shape[1] == x.shape[3] // 2": ("convolution-by-loops", "im2col", "conv-forward"),
    "len(x) == 1": ("convolution-by-loops", "im2col", "conv-forward"),
    "len(x) == len(self.W) == x.shape[1]": ("convolution-by-loops", "conv-forward"),
    "self.W.shape[2] != self.W.shape[3]": ("convolution-by-loops", "conv-forward"),
    "(x.shape[2] - self.W.shape[2]) % self.stride": ("convolution-by-loops", "conv-forward"),
    "self.padding == 2": ("conv-forward",),
    "padding == 2 and stride == 2": ("im2col",),
    "kh == x.shape[2] and kw < kh": ("im2col",),
}


@pytest.mark.parametrize("condition, name", [(key, name) for key, names in SIZES.items() for name in names])
def test_no_size_is_left_to_luck(condition, name, tmp_path):
    (body,) = next(iter(STYLES[name].values()))
    result = checked(name, (f"if {condition}:\n    x = x + 1\n{body}",), tmp_path, OTHER)
    assert result.state == "wrong", str(result)


@pytest.mark.parametrize(
    "name, option", [("momentum", "momentum"), ("momentum", "weight_decay"), ("adam", "weight_decay")]
)
def test_no_option_is_always_on(name, option, tmp_path):
    body = STYLES[name]["plain"][0]
    result = checked(name, (f"if self.{option} == 0:\n    return\n{body}",), tmp_path, OTHER)
    assert result.state == "wrong", str(result)
