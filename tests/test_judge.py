"""The judge: check_gradients and its kin fail wrong layers, pass right ones, say what they cannot judge."""

import numpy as np
import pytest

from scratchnet import (
    RBF,
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    CrossEntropyLoss,
    Dropout,
    InputError,
    Layer,
    Linear,
    MaxPool2d,
    ReLU,
    ScaledTanh,
    Sigmoid,
    Softmax,
    Subsampling,
    Tanh,
    check_against,
    check_curvature,
    check_gradients,
    check_loss,
    datasets,
)

RNG = np.random.default_rng(11)
IMAGES = RNG.normal(size=(3, 2, 6, 6)).astype(np.float32)
ROWS = RNG.normal(size=(3, 6)).astype(np.float32)


def test_a_backward_that_ignores_dy_fails_whatever_drew_x():
    class Wrong(ReLU):
        def forward(self, x):
            self.seen = x
            return super().forward(x)

        def backward(self, dy):
            return self.seen * (self.seen > 0)

    for seed in (0, 1, 2):
        x = np.random.default_rng(seed).normal(size=(4, 5))
        for rng in (None, seed, np.random.default_rng(seed)):
            with pytest.raises(AssertionError):
                check_gradients(Wrong(), x, rng=rng)
            with pytest.raises(AssertionError):
                check_against(Wrong(), ReLU(), x, rng=rng)


def test_batch_norm_passes_whatever_drew_x():
    for seed in range(3):
        x = np.random.default_rng(seed).normal(size=(4, 2, 3, 3))
        for rng in (None, seed, np.random.default_rng(seed)):
            check_gradients(BatchNorm2d(2, dtype=float).train(), x, rng=rng)


IN_FLOAT64 = {
    "conv": (lambda: Conv2d(2, 3, 3, rng=0, dtype=float), IMAGES),
    "linear": (lambda: Linear(6, 4, rng=0, dtype=float), ROWS),
    "subsampling": (lambda: Subsampling(2, dtype=float), IMAGES),
    "batchnorm": (lambda: BatchNorm2d(2, dtype=float).train(), IMAGES),
    "max pool": (lambda: MaxPool2d(2), IMAGES),
    "avg pool": (lambda: AvgPool2d(3, 2, 1), IMAGES),
    "relu": (ReLU, IMAGES),
    "tanh": (Tanh, IMAGES),
    "scaled tanh": (ScaledTanh, IMAGES),
    "sigmoid": (Sigmoid, IMAGES),
    "softmax": (Softmax, ROWS),
    "rbf": (lambda: RBF(np.ones((4, 6))), ROWS),
}


@pytest.mark.parametrize("scale", [1e-6, 1e-3, 1, 1e3, 1e6])
@pytest.mark.parametrize("make, x", IN_FLOAT64.values(), ids=IN_FLOAT64)
def test_right_layers_pass_at_any_scale(make, x, scale):
    check_gradients(make(), scale * x.astype(float))


@pytest.mark.parametrize("make", [ReLU, lambda: MaxPool2d(2), lambda: MaxPool2d(3, 2, 1)], ids=["relu", "2x2", "3x3"])
def test_right_layers_pass_at_kinks(make):
    """Digits have a background of exactly 0."""
    x = datasets.grey(datasets.load("mnist", "test")[0][:2]).astype(float)
    check_gradients(make(), x, entries=400)


def test_a_wrong_layer_fails_beside_kinks():
    class Half(ReLU):
        def backward(self, dy):
            return 0.5 * super().backward(dy)

    x = datasets.grey(datasets.load("mnist", "test")[0][:2]).astype(float)
    with pytest.raises(AssertionError):
        check_gradients(Half(), x, entries=400)


def test_a_check_says_what_it_met():
    with pytest.raises(InputError, match=r"Every checked entry of x lies on a kink.*Move x a little"):
        check_gradients(ReLU(), np.zeros((3, 4)))
    with pytest.raises(InputError, match=r"another y each time.*Dropout.*call eval\(\)"):
        check_gradients(Dropout().train(), np.ones((3, 40)))

    class Steep(Layer):
        def forward(self, x):
            return np.sin(1e3 * x) + 1e13

        def backward(self, dy):
            return dy

    with pytest.raises(InputError, match="too large to judge"):
        check_gradients(Steep(), np.ones((2, 2)))


def test_float32_is_refused_with_advice_that_can_be_followed():
    class Mine(Layer):
        params = ("a",)

        def __init__(self):
            self.a = np.ones(1, np.float32)

        def forward(self, x):
            self.x = x
            return self.a * x

        def backward(self, dy):
            self.da = np.sum(dy * self.x).reshape(1)
            return self.a * dy

    layer, x = Mine(), np.ones((2, 3))
    with pytest.raises(InputError, match=r"Convert it after you have made the layer: layer\.a = layer\.a\.astype"):
        check_gradients(layer, x)
    layer.a = layer.a.astype(float)
    check_gradients(layer, x)
    with pytest.raises(InputError, match="Make the layer with dtype=float"):
        check_gradients(Linear(3, 2), x)
    with pytest.raises(InputError, match=r"check_loss expects y of float64, got float32.*y\.astype\(float\)"):
        check_loss(CrossEntropyLoss(), np.ones((2, 3), np.float32), np.zeros(2, int))
    with pytest.raises(InputError, match="check_curvature expects x of float64"):
        check_curvature(ReLU(), np.ones((2, 3), np.float32))
