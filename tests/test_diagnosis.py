"""Every mark that a mistake leaves is recognised, and none is seen where there is none."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scratchnet.checks.diagnosis import diagnose

WANTED = np.random.default_rng(0).normal(size=(3, 4, 4))
SIZES = {"images": 32, "pixels of a window": 4}


@pytest.mark.parametrize(
    "wrong, words",
    [
        (lambda w: w / 32, "1/32 of what it should be: did you average over the batch"),
        (lambda w: 32 * w, "32 times what it should be, and there are 32 images: is a mean missing"),
        (lambda w: w / 4, "there are 4 pixels of a window: did you average over them"),
        (lambda w: w * 2 / 3, "2/3 of what it should be"),
        (lambda w: 1.7159 * w, "1.7159 times what it should be"),
        (lambda w: -w, "wrong sign"),
        (lambda w: w**2, "the square of what it should be"),
        (lambda w: w.swapaxes(1, 2), "Axes 1 and 2 are swapped"),
        (lambda w: w[:, ::-1, ::-1], "flipped along axis 1 and 2"),
        (lambda w: w[::-1], "flipped along axis 0"),
        (lambda w: np.roll(w, 1, axis=1), "moved by one along axis 1"),
        (lambda w: np.where(np.arange(4) == 3, 0, w), "Only the last along axis 2"),
        (lambda w: np.where(np.arange(4) == 0, 9, w), "Only the first along axis 2"),
        (lambda w: w + 3, "off by the same amount everywhere"),
        (lambda w: w + np.array([1, 2, 3, 4.0]), "same amount but for axis 2"),
        (lambda w: w.transpose(1, 2, 0).reshape(w.shape), "right numbers in the wrong places"),
        (lambda w: np.zeros_like(w), "Every entry is 0"),
        (lambda w: np.where(w > 0, np.nan, w), "are NaN"),
        (lambda w: np.where(w > 0, np.inf, w), "are infinite"),
        (lambda w: w.astype("f"), "about seven digits"),
        (lambda w: w.reshape(4, 4, 3), "another order"),
        (lambda w: w[None], "leave out keepdims"),
        (lambda w: np.broadcast_to(w, (5, 3, 4, 4)), "sum over axis 0 (of length 5) is missing"),
        (lambda w: w[:, :, 1:], "off by one along axis 2"),
        (lambda w: w.sum(axis=0), "An axis is missing"),
    ],
)
def test_a_mark_is_recognised(wrong, words):
    assert words in diagnose(wrong(WANTED), WANTED, SIZES)


def test_a_square_root_and_a_number():
    assert "is a square missing" in diagnose(np.sqrt(np.abs(WANTED)), np.abs(WANTED))
    assert diagnose(np.array(3.0), np.array(5.0), {"images": 4}) == "", "any two numbers have some ratio"
    assert "is a mean missing" in diagnose(np.array(20.0), np.array(5.0), {"images": 4})
    assert "wrong sign" in diagnose(np.array(-5.0), np.array(5.0))


def test_a_sum_over_the_wrong_axis():
    dy = np.random.default_rng(0).normal(size=(32, 7))
    assert "wrong axis" in diagnose(dy.sum(axis=1), dy.sum(axis=0), SIZES)


@given(st.integers(0, 2**32), st.lists(st.integers(2, 5), min_size=1, max_size=4))
def test_other_numbers_have_no_mark(seed, shape):
    rng = np.random.default_rng(seed)
    got, wanted = rng.normal(size=(3, *shape)), rng.normal(size=(3, *shape))
    assert diagnose(got, wanted, SIZES) == ""


@given(st.integers(0, 2**32), st.sampled_from([1e-300, 1e-12, 1, 1e12]))
def test_scale_does_not_matter(seed, scale):
    wanted = scale * np.random.default_rng(seed).normal(size=(3, 4))
    assert "1/32" in diagnose(wanted / 32, wanted, SIZES)
    assert "wrong sign" in diagnose(-wanted, wanted)


def test_nothing_wanted_but_zeros():
    assert "off by the same amount" in diagnose(np.ones((2, 2)), np.zeros((2, 2)))
    assert diagnose(np.array([[1.0, 2], [3, 5]]), np.zeros((2, 2)), SIZES) == ""
