"""Distortions move a pixel where the formula says, are seeded, keep the image in range, and train."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from scratchnet import SDLM, InputError, MAPLoss, datasets, fit, kernels
from scratchnet.cli import main
from scratchnet.datasets import Ranges, affine, distort
from scratchnet.datasets.distortions import draw
from scratchnet.models import lenet5
from scratchnet.runs.folder import Run


@pytest.fixture(scope="module")
def digits():
    images, labels = datasets.load("mnist", "train")
    return images[:200], labels[:200]


small = st.floats(-0.4, 0.4)


@given(small, small, small, st.floats(-3, 3), st.floats(-3, 3), st.integers(-6, 6), st.integers(-6, 6))
def test_a_pixel_moves_where_the_formula_says(s, q, k, a, b, x, y):
    rows, columns = np.mgrid[-30:31, -30:31]
    spot = np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / 18)  # smooth: its centre survives the sampling
    moved = affine((250 * spot).astype(np.uint8)[None], a, b, s, q, k)[0].astype(float)
    centre = np.array([(columns * moved).sum(), (rows * moved).sum()]) / moved.sum()
    assert np.allclose(centre, [np.exp(s + q) * x + k * y + a, np.exp(s - q) * y + b], atol=0.05)


@given(st.integers(0, 10**6), st.integers(1, 9), st.integers(1, 9))
def test_the_levels_are_those_of_scipy(seed, H, W):
    rng = np.random.default_rng(seed)
    image = rng.integers(0, 256, (1, H, W)).astype(np.uint8)
    matrix, shift = rng.normal(size=(2, 2)), rng.normal(size=2)
    got = kernels.warp(image, np.concatenate([matrix, shift[:, None]], axis=1)[None])[0]
    centre = np.array([H - 1, W - 1]) / 2
    flipped = matrix[::-1, ::-1]  # SciPy has rows first
    offset = centre - flipped @ centre + shift[::-1]
    framed = np.pad(image[0], 2).astype(float)  # SciPy blends the border with nothing outside of it
    expected = ndimage.affine_transform(framed, flipped, offset + 2 - flipped @ [2, 2], order=1)[2:-2, 2:-2]
    assert np.abs(got - expected).max() <= 0.51


def test_whole_shifts_and_right_angles_are_exact(digits):
    images, _ = digits
    assert np.array_equal(affine(images), images)
    assert np.array_equal(affine(images, right=2)[:, :, 2:], images[:, :, :-2])
    assert np.array_equal(affine(images, down=3)[:, 3:], images[:, :-3])
    assert np.array_equal(affine(images, turn=90), np.rot90(images, -1, axes=(1, 2)))


def test_nothing_comes_from_outside(digits):
    images = np.full((1, 28, 28), 255, np.uint8)
    assert not affine(images, right=3)[0, :, :3].any()
    assert not affine(images, down=-30).any()
    assert not affine(images, right=1e9).any() and not affine(images, scale=-40)[0, :13].any()


def test_distortions_are_seeded_and_stay_bytes(digits):
    images, _ = digits
    assert np.array_equal(distort(images, 1), distort(images, 1))
    assert not np.array_equal(distort(images, 1), distort(images, 2))
    assert distort(images, 1).dtype == np.uint8 and distort(images, 1).shape == images.shape
    assert np.array_equal(distort(images, 0, Ranges(0, 0, 0, 0)), images)


def test_the_draws_fill_their_ranges():
    numbers = draw(20_000, 0, Ranges(shift=3, scale=0.2, squeeze=0.1, shear=0.4))
    assert np.allclose(np.abs(numbers).max(axis=0), [3, 3, 0.2, 0.1, 0.4], rtol=1e-3)
    assert np.allclose(numbers.mean(axis=0), 0, atol=0.04)
    assert np.abs(np.corrcoef(numbers.T) - np.eye(5)).max() < 0.03


@pytest.mark.parametrize("wrong", [np.zeros((2, 28, 28)), np.zeros((28, 28), np.uint8), np.ones((1, 4, 4), np.uint8)])
def test_other_arrays_are_refused(wrong):
    with pytest.raises(InputError, match="distort expects"):
        distort(wrong, 0)


def test_other_numbers_are_refused(digits):
    with pytest.raises(InputError, match="scale of at least 0, got -1"):
        Ranges(scale=-1)
    with pytest.raises(InputError, match="shear of at least 0, got nan"):
        Ranges(shear=float("nan"))
    with pytest.raises(InputError, match="finite"):
        affine(digits[0], right=float("nan"))
    with pytest.raises(InputError, match="a map"):
        kernels.warp(digits[0], np.zeros((1, 2, 3)))


# In training.


def test_every_epoch_may_have_fresh_data(digits):
    images, labels = digits
    x, seen = datasets.paper_input(images), []

    def fresh(epoch):
        seen.append(epoch)
        return datasets.paper_input(distort(images, epoch)), labels

    def trained(**options):
        net = lenet5(0)
        fit(net, MAPLoss(10), SDLM(net, 1e-4), (x, labels), epochs=3, rng=0, train_error=False, **options)
        return net

    distorted = trained(fresh=fresh)
    assert seen == [0, 1, 2]
    assert not np.array_equal(distorted["C1"].W, trained()["C1"].W)
    assert np.array_equal(trained(fresh=lambda epoch: (x, labels))["C1"].W, trained()["C1"].W)


def test_fresh_data_is_checked(digits):
    images, labels = digits
    x = datasets.paper_input(images)
    net = lenet5(0)
    wrong = {
        "as many images as train": (x[:9], labels[:9]),
        "labels from 0 to 9": (x, labels + 5),
        "NaN": (np.full_like(x, np.nan), labels),
    }
    for sentence, data in wrong.items():
        with pytest.raises(InputError, match=sentence):
            fit(net, MAPLoss(10), SDLM(net, 1e-4), (x, labels), epochs=1, fresh=lambda epoch, data=data: data)


@pytest.mark.planted
def test_train_distort(tmp_path, monkeypatch):
    from scratchnet.runs import folder

    monkeypatch.setattr(folder, "QUICK", 300)
    monkeypatch.chdir(tmp_path)
    assert main(["train", "--quick", "--distort"]) == 0
    assert main(["train", "--quick", "--distort", "--epochs", "2", "--out", "whole"]) == 0
    assert main(["train", "--resume", "runs/quick-distorted", "--epochs", "2"]) == 0
    resumed, whole = (Run.read(folder).history for folder in ("runs/quick-distorted", "whole"))
    assert resumed.running_error == whole.running_error and resumed.loss == whole.loss
    assert main(["train", "--quick", "--out", "plain"]) == 0
    assert Run.read("plain").history.loss[0] != whole.loss[0]


def test_each_core_takes_a_share(monkeypatch):
    images, _ = datasets.load("mnist", "train")
    many = images[:4100]
    answers = []
    for cores in ("1", "3"):
        monkeypatch.setenv("SCRATCHNET_THREADS", cores)
        answers.append(distort(many, 0))
    assert np.array_equal(*answers)
    assert np.array_equal(affine(many, right=1.5)[4000:], affine(many[4000:], right=1.5))
