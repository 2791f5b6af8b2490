"""The functions for pixels give what torchvision's transforms give on the same images."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from scratchnet import InputError, datasets


@pytest.fixture(scope="module")
def test_set():
    return datasets.load("mnist", "test")


def through_torchvision(images, *transforms):
    from torchvision import transforms as T

    chain = T.Compose([*transforms])
    return np.stack([chain(Image.fromarray(image)).numpy() for image in images])


def test_normalise_is_that_of_torchvision(test_set):
    from torchvision import transforms as T

    images = test_set[0][:50]
    assert np.allclose(datasets.grey(images), through_torchvision(images, T.ToTensor()), rtol=1e-6)
    expected = through_torchvision(images, T.ToTensor(), T.Normalize((0.1307,), (0.3081,)))
    assert np.allclose(datasets.normalise(images, 0.1307, 0.3081), expected, rtol=1e-5, atol=1e-6)


def test_pad_is_that_of_torchvision(test_set):
    from torchvision import transforms as T

    images = test_set[0][:50]
    expected = through_torchvision(images, T.Pad(2), T.ToTensor())
    assert np.allclose(datasets.grey(datasets.pad(images, 32)), expected, rtol=1e-6)


def test_resize_is_that_of_torchvision(test_set):
    from torchvision import transforms as T

    images = test_set[0][:200]
    expected = through_torchvision(images, T.Resize((32, 32)), T.PILToTensor())[:, 0]
    assert np.array_equal(datasets.resize(images, 32), expected)
    expected = through_torchvision(images, T.Resize((16, 16)), T.PILToTensor())[:, 0]
    assert np.array_equal(datasets.resize(images, 16), expected), "and to a smaller size"


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 2**32))
def test_resize_of_squares_gives_the_bytes_of_pillow(old, new, seed):
    image = np.random.default_rng(seed).integers(0, 256, (1, old, old)).astype("u1")
    expected = np.array(Image.fromarray(image[0]).resize((new, new), Image.Resampling.BILINEAR))
    assert np.array_equal(datasets.resize(image, new)[0], expected)


@given(st.integers(1, 30), st.integers(1, 30), st.integers(1, 30), st.integers(0, 2**32))
def test_resize_of_anything_is_within_one_level_of_pillow(height, width, new, seed):
    """Pillow's order of rows and columns depends on the sizes; the bytes are rounded in between."""
    image = np.random.default_rng(seed).integers(0, 256, (1, height, width)).astype("u1")
    expected = np.array(Image.fromarray(image[0]).resize((new, new), Image.Resampling.BILINEAR))
    assert np.abs(datasets.resize(image, new)[0].astype(int) - expected).max() <= 1


def test_pixels_of_something_else():
    for function in (datasets.grey, lambda x: datasets.pad(x, 32), lambda x: datasets.resize(x, 32)):
        with pytest.raises(InputError, match=r"expects uint8 images \(N, H, W\), got float64"):
            function(np.zeros((2, 28, 28)))
    with pytest.raises(InputError, match="at most 20 x 20 pixels, got 28 x 28"):
        datasets.pad(np.zeros((2, 28, 28), "u1"), 20)
    with pytest.raises(InputError, match="at least 1 pixel, got 0"):
        datasets.resize(np.zeros((2, 28, 28), "u1"), 0)


def test_paper_input(test_set):
    x = datasets.paper_input(test_set[0][:100])
    assert x.shape == (100, 1, 32, 32) and x.dtype == np.float32
    assert x.min() == np.float32(-0.1) and x.max() == np.float32(1.175)
    assert (x[:, :, :2] == np.float32(-0.1)).all() and (x[..., -2:] == np.float32(-0.1)).all()
    expected = -0.1 + 1.275 * test_set[0][:100] / 255
    assert np.allclose(x[:, 0, 2:30, 2:30], expected, atol=1e-6)


def test_the_mean_is_roughly_zero_the_variance_is_not_one():
    """The paper says (II.B) that its pixels make the mean roughly 0 and the variance roughly 1."""
    x = datasets.paper_input(datasets.load("mnist", "train")[0])
    assert x.mean(dtype=float) == pytest.approx(0.028, abs=0.0005)
    assert x.var(dtype=float) == pytest.approx(0.123, abs=0.0005)


@pytest.mark.parametrize("images", [np.zeros((2, 28, 28)), np.zeros((28, 28), np.uint8), np.zeros((1, 40, 28), "u1")])
def test_paper_input_of_something_else(images):
    with pytest.raises(InputError, match=r"expects (uint8 images|images of at most 32 x 32)"):
        datasets.paper_input(images)
