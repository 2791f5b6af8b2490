"""Every symptom of a mistake is recognised, and arrays without one get no diagnosis."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scratchnet.checks.diagnosis import diagnose
from scratchnet.checks.places import places

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
        (lambda w: np.repeat(w, 2, axis=1), "2 times as long as it should be along axis 1"),
        (lambda w: w.cumsum(axis=1), "Yours adds up along axis 1"),
        (lambda w: np.abs(w), "right only where it should be positive"),
        (
            lambda w: np.where(np.arange(48).reshape(w.shape) < 20, w, 0),
            "as far as the first index along axis 1 of index 1 along axis 0",
        ),
    ],
)
def test_a_symptom_is_recognised(wrong, words):
    sentence = diagnose(wrong(EXPECTED), EXPECTED, SIZES)
    assert words in sentence
    assert sentence.startswith("Yours ") and "should" in sentence


MAPS = np.random.default_rng(1).normal(size=(5, 3, 6, 6))
OTHERS = np.random.default_rng(2).normal(size=MAPS.shape)
N, C, H, W = np.ix_(*map(np.arange, MAPS.shape))


@pytest.mark.parametrize(
    "where, words",
    [
        (N == 0, "right for the first image only; it should be right for all 5"),
        (N == 4, "right for the last image only"),
        (N == 2, "right for image 2 only"),
        (N < 2, "right for the first 2 images only"),
        (N > 1, "right for the last 3 images only"),
        (N % 2 == 0, "right for every second image only"),
        (C == 0, "right for the first map only; it should be right for all 3"),
        (C != 1, "right for all maps but map 1"),
        (H % 2 == 0, "right for every second row only"),
        (W < 3, "right for the first 3 columns only"),
        ((H > 0) & (H < 5) & (W > 0) & (W < 5), "right inside, but wrong at the border"),
        ((H == 0) | (H == 5) | (W == 0) | (W == 5), "right at the border, but wrong inside"),
        (MAPS > 0, "right only where it should be positive"),
        (MAPS < 0, "right only where it should be negative"),
    ],
)
def test_it_says_where_the_numbers_are_right(where, words):
    sentence = diagnose(np.where(where, MAPS, OTHERS), MAPS, {"images": 5})
    assert words in sentence and "should" in sentence, sentence


def test_what_stands_in_the_other_places():
    def told(got):
        return diagnose(got, MAPS, {"images": 5})

    assert "The others are copies of it" in told(np.broadcast_to(MAPS[:1], MAPS.shape))
    assert "as far as the first map of the first image, and 0 after that" in told(MAPS * (N == 0) * (C == 0))
    assert "as far as image 1, and 0 after that" in told(MAPS * (N < 2))
    assert "The others are 0" in told(MAPS * (C == 2))
    assert "the wrong sign there" in told(np.abs(MAPS))
    assert "It is 0 there" in told(np.maximum(MAPS, 0))


def test_squares_and_axes_without_names():
    square, other = MAPS[0, 0], OTHERS[0, 0]
    assert "in the diagonal only" in diagnose(np.where(np.eye(6) > 0, square, other), square)
    assert "wrong in the diagonal only" in diagnose(np.where(np.eye(6) > 0, other, square), square)
    assert "the first index along axis 0 only" in diagnose(np.where(N == 0, MAPS, OTHERS), MAPS, {"images": 4})
    assert "the first 3 entries only" in diagnose(np.r_[square[0, :3], other[0, 3:]], square[0])


@given(st.integers(0, 2**32), st.lists(st.integers(1, 3), min_size=1, max_size=4))
def test_small_whole_numbers_that_agree_by_accident_have_no_place(seed, shape):
    """Two draws of -1, 0, 1, 2: a quarter of the entries agree, and say nothing about a loop."""
    rng = np.random.default_rng(seed)
    got, expected = rng.integers(-1, 3, size=(2, 4, *shape)).astype(float)
    if places(got, expected, {"images": 4}):
        assert np.count_nonzero((got == expected) & (expected != 0)) >= 1
        assert np.count_nonzero(got != expected) >= 2


def test_too_little_is_no_place():
    assert places(np.array([1.0, 5]), np.array([1.0, 2]), {}) == "", "one entry is right, one is wrong"
    assert places(np.zeros((3, 3)), np.eye(3), {}) == "", "0 is right too easily"
    assert places(np.array([0.0, 0, 7, 8]), np.array([0.0, 0, 1, 2]), {}) == ""


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
