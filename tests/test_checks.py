"""The checks find every mistake that these tests make on purpose."""

import numpy as np
import pytest

from scratchnet import Conv2d, InputError, Linear, check_against, check_curvature, check_gradients
from scratchnet.errors import CheckFailed


class WrongSign(Linear):
    def backward(self, dy):
        return -super().backward(dy)


class MeanForSum(Linear):
    def backward(self, dy):
        dx = super().backward(dy)
        self.dW = self.dW / len(dy)
        return dx


class ForgottenBias(Linear):
    def backward(self, dy):
        dx = super().backward(dy)
        self.db = np.zeros_like(self.db)
        return dx


class Transposed(Linear):
    def backward(self, dy):
        return dy @ self.W.T


class NotANumber(Linear):
    def backward(self, dy):
        return super().backward(dy) * np.nan


class BiasOfTwoAxes(Linear):
    def backward(self, dy):
        dx = super().backward(dy)
        self.db = dy.sum(axis=0, keepdims=True)
        return dx


class NoBias(Linear):
    def backward(self, dy):
        dx = super().backward(dy)
        del self.db
        return dx


class LastEntry(Linear):
    def backward(self, dy):
        dx = super().backward(dy)
        self.dW[-1, -1] *= 1.001
        return dx


@pytest.mark.parametrize(
    "broken, name",
    [(WrongSign, "dx"), (MeanForSum, "dW"), (ForgottenBias, "db"), (NotANumber, "dx"), (LastEntry, "dW")],
)
def test_check_gradients_sees_a_mistake(broken, name, rng):
    with pytest.raises(CheckFailed, match=f"^{name} differs from central differences"):
        check_gradients(broken(4, 4, rng=rng, dtype=float), rng.normal(size=(3, 4)))


@pytest.mark.parametrize("broken", [WrongSign, MeanForSum, ForgottenBias, Transposed, NotANumber, LastEntry])
def test_check_against_sees_a_mistake(broken, rng):
    layer, right = broken(4, 4, rng=rng, dtype=float), Linear(4, 4, dtype=float)
    right.W, right.b = layer.W, layer.b
    with pytest.raises(CheckFailed):
        check_against(layer, right, rng.normal(size=(3, 4)))
    check_against(right, right, rng.normal(size=(3, 4)))


@pytest.mark.parametrize(
    "broken, words",
    [
        (BiasOfTwoAxes, r"db: expected shape \(4,\), got \(1, 4\)"),
        (NoBias, r"db: expected an array of shape \(4,\), got None"),
    ],
)
def test_an_array_that_is_missing_or_of_another_shape(broken, words, rng):
    layer, x = broken(4, 4, rng=rng, dtype=float), rng.normal(size=(3, 4))
    right = Linear(4, 4, dtype=float)
    right.W, right.b = layer.W, layer.b
    with pytest.raises(CheckFailed, match=words):
        check_gradients(layer, x)
    with pytest.raises(CheckFailed, match=words):
        check_against(layer, right, x)


def test_a_nan_is_counted(rng):
    with pytest.raises(CheckFailed, match="12 of 12 checked entries are wrong"):
        check_gradients(NotANumber(4, 4, rng=rng, dtype=float), rng.normal(size=(3, 4)))


def test_a_failure_says_where_and_how_much(rng):
    layer = LastEntry(4, 4, rng=rng, dtype=float)
    with pytest.raises(CheckFailed, match=r"1 of 16 checked entries.*\[3, 3\]: expected [-\d.e]+, got [-\d.e]+"):
        check_gradients(layer, rng.normal(size=(3, 4)))


class WeightsNotSquared(Conv2d):
    def backward2(self, hy):
        return self.backward(hy)


class QuarterForSixteenth(Conv2d):
    def backward2(self, hy):
        hx = super().backward2(hy)
        self.hW = self.hW / 4
        return hx


class MissingMask(Conv2d):
    def _mask(self, W):
        return W


@pytest.mark.parametrize("broken", [WeightsNotSquared, QuarterForSixteenth])
def test_check_curvature_sees_a_mistake(broken, rng):
    layer = broken(2, 3, 2, rng=rng, dtype=float)
    with pytest.raises(CheckFailed, match="squared derivatives"):
        check_curvature(layer, rng.normal(size=(2, 2, 4, 4)))


def test_check_gradients_sees_a_missing_mask(rng):
    table = np.array([[True, False], [True, True]])
    layer = MissingMask(2, 2, 2, connections=table, rng=rng, dtype=float)
    with pytest.raises(CheckFailed, match="should be 0 at the blanks"):
        check_gradients(layer, rng.normal(size=(2, 2, 4, 4)))


def test_check_against_sees_a_missing_mask(rng):
    table = np.array([[True, False], [True, True]])
    layer = MissingMask(2, 2, 2, connections=table, rng=rng, dtype=float)
    right = Conv2d(2, 2, 2, connections=table, dtype=float)
    right.W, right.b = layer.W, layer.b
    with pytest.raises(CheckFailed, match=r"^dW"):
        check_against(layer, right, rng.normal(size=(2, 2, 4, 4)))


def test_float32_is_refused_where_it_would_mislead(rng):
    with pytest.raises(InputError, match="expects W of float64, got float32"):
        check_gradients(Linear(2, 2), rng.normal(size=(1, 2)))
    with pytest.raises(InputError, match="expects x of float64, got float32"):
        check_gradients(Linear(2, 2, dtype=float), np.ones((1, 2), "f"))


def test_checks_leave_x_and_the_parameters_alone(rng):
    layer, x = Linear(3, 2, rng=rng, dtype=float), rng.normal(size=(2, 3))
    W, x_before = layer.W.copy(), x.copy()
    errors = check_gradients(layer, x)
    assert errors.keys() == {"x", "W", "b"} and max(errors.values()) < 1e-7
    assert np.array_equal(layer.W, W) and np.array_equal(x, x_before)
