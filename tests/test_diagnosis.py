"""Every symptom of a mistake is recognised, and arrays without one get no diagnosis."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scratchnet.checks.diagnosis import diagnose

EXPECTED = np.random.default_rng(0).normal(size=(3, 4, 4))
SIZES = {"images": 32, "pixels of a window": 4}


@pytest.mark.parametrize(
    "wrong, words",
    [
        (lambda w: w / 32, "Yours is 1/32 of what it should be. Did you average over the batch"),
        (lambda w: 32 * w, "Yours is 32 times what it should be, and there are 32 images. Did you forget to average"),
        (lambda w: w / 4, "there are 4 pixels of a window. Did you average over them"),
        (lambda w: w * 2 / 3, "2/3 of what it should be"),
        (lambda w: 1.7159 * w, "1.7159 times what it should be"),
        (lambda w: -w, "wrong sign"),
        (lambda w: w**2, "Yours is the square of what it should be"),
        (lambda w: w.swapaxes(1, 2), "Yours has axes 1 and 2 swapped"),
        (lambda w: w[:, ::-1, ::-1], "flipped along axis 1 and 2"),
        (lambda w: w[::-1], "flipped along axis 0"),
        (lambda w: np.roll(w, 1, axis=1), "shifted by one along axis 1"),
        (lambda w: np.where(np.arange(4) == 3, 0, w), "wrong only at the last index along axis 2"),
        (lambda w: np.where(np.arange(4) == 0, 9, w), "wrong only at the first index along axis 2"),
        (lambda w: w + 3, "off by the same amount everywhere"),
        (lambda w: w + np.array([1, 2, 3, 4.0]), "off by an amount that depends only on axis 2"),
        (lambda w: w.transpose(1, 2, 0).reshape(w.shape), "right numbers in the wrong places"),
        (lambda w: np.zeros_like(w), "Yours is 0 in every entry"),
        (lambda w: np.where(w > 0, np.nan, w), "Yours has NaN"),
        (lambda w: np.where(w > 0, np.inf, w), "Yours is infinite"),
        (lambda w: w.astype("f"), "about seven digits only"),
        (lambda w: w.reshape(4, 4, 3), "another order"),
        (lambda w: w[None], "Did you write keepdims=True"),
        (lambda w: np.broadcast_to(w, (5, 3, 4, 4)), "It should be summed over axis 0 (of length 5)"),
        (lambda w: w[:, :, 1:], "off by one along axis 2"),
        (lambda w: w.sum(axis=0), "Yours has too few axes"),
    ],
)
def test_a_symptom_is_recognised(wrong, words):
    assert words in diagnose(wrong(EXPECTED), EXPECTED, SIZES)


def test_a_square_root_and_a_number():
    assert "Did you forget a square" in diagnose(np.sqrt(np.abs(EXPECTED)), np.abs(EXPECTED))
    assert diagnose(np.array(3.0), np.array(5.0), {"images": 4}) == "", "any two numbers have some ratio"
    assert "Did you forget to average" in diagnose(np.array(20.0), np.array(5.0), {"images": 4})
    assert "wrong sign" in diagnose(np.array(-5.0), np.array(5.0))


def test_a_sum_over_the_wrong_axis():
    dy = np.random.default_rng(0).normal(size=(32, 7))
    assert "wrong axis" in diagnose(dy.sum(axis=1), dy.sum(axis=0), SIZES)


@given(st.integers(0, 2**32), st.lists(st.integers(2, 5), min_size=1, max_size=4))
def test_other_numbers_have_no_symptom(seed, shape):
    rng = np.random.default_rng(seed)
    got, expected = rng.normal(size=(3, *shape)), rng.normal(size=(3, *shape))
    assert diagnose(got, expected, SIZES) == ""


@given(st.integers(0, 2**32), st.sampled_from([1e-300, 1e-12, 1, 1e12]))
def test_scale_does_not_matter(seed, scale):
    expected = scale * np.random.default_rng(seed).normal(size=(3, 4))
    assert "1/32" in diagnose(expected / 32, expected, SIZES)
    assert "wrong sign" in diagnose(-expected, expected)


def test_only_zeros_are_expected():
    assert "off by the same amount" in diagnose(np.ones((2, 2)), np.zeros((2, 2)))
    assert diagnose(np.array([[1.0, 2], [3, 5]]), np.zeros((2, 2)), SIZES) == ""
