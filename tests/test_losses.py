import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F
from torch_twin import map_loss, mle

from scratchnet import (
    BCELoss,
    CrossEntropyLoss,
    InputError,
    MAPLoss,
    MLELoss,
    ReLU,
    Sequential,
    Sigmoid,
    Softmax,
    check_loss,
)

LOSSES = [MLELoss(), MAPLoss(0.1), MAPLoss(10), MAPLoss(1e3), MAPLoss(math.inf)]
TORCH = [mle, map_loss(0.1), map_loss(10), map_loss(1e3), map_loss(math.inf)]


@pytest.mark.parametrize("loss, reference", list(zip(LOSSES, TORCH)), ids=map(repr, LOSSES))
@given(st.integers(1, 5), st.integers(1, 12), st.sampled_from([1.0, 30.0, 300.0, 1e4]), st.integers(0, 2**32))
def test_against_pytorch(loss, reference, N, classes, scale, seed):
    rng = np.random.default_rng(seed)
    y, labels = scale * rng.random((N, classes)), rng.integers(0, classes, N)
    t = torch.tensor(y, requires_grad=True)
    E = reference(t, torch.as_tensor(labels))
    E.backward()
    assert loss.forward(y, labels) == pytest.approx(E.item(), rel=1e-12, abs=1e-12)
    assert np.allclose(loss.backward(), t.grad.numpy(), rtol=1e-10, atol=1e-15)


@pytest.mark.parametrize("loss", LOSSES, ids=repr)
def test_against_central_differences(loss, rng):
    check_loss(loss, 20 * rng.random((3, 10)), np.array([4, 0, 9]))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("j", [1e-3, 10, 1e4, math.inf])
def test_map_has_no_overflow_up_to_1e4(j, dtype):
    loss = MAPLoss(j)
    y = np.array([[1e4, 0, 1e4], [1e4, 1e4, 1e4], [0, 1e4, 5], [1e4, 2e3, 1e4 - 1]], dtype)
    labels = np.array([0, 1, 2, 0])
    E = loss.forward(y, labels)
    dy = loss.backward()
    assert dy.dtype == dtype
    assert np.isfinite(dy).all()
    assert np.abs(4 * dy).max() <= 1 + 1e-6
    exact = map_loss(j)(torch.as_tensor(y.astype(float)), torch.as_tensor(labels)).item()
    assert pytest.approx(exact, rel=1e-6, abs=1e-6) == E


def test_map_keeps_its_digits_in_float32():
    y, label = np.array([[9999.5, 1e4]]), np.array([0])
    assert MAPLoss(math.inf).forward(y.astype("f"), label) == pytest.approx(
        MAPLoss(math.inf).forward(y, label), rel=1e-6
    )


def test_map_at_a_hand_computed_point():
    """y = (1, 2), right class 0, j = 3: E = 1 + log(e^-3 + e^-1 + e^-2)."""
    loss = MAPLoss(3)
    total = math.exp(-3) + math.exp(-1) + math.exp(-2)
    assert loss.forward(np.array([[1.0, 2.0]]), np.array([0])) == pytest.approx(1 + math.log(total))
    assert np.allclose(loss.backward(), [[1 - math.exp(-1) / total, -math.exp(-2) / total]])


def test_map_with_small_j_is_mle():
    """The loss raises the penalty of a wrong class only when the penalties are near j (II.C)."""
    y, labels = np.full((1, 10), 84.0), np.array([3])
    mle, small = MLELoss(), MAPLoss(0.1)
    mle.forward(y, labels), small.forward(y, labels)
    assert np.allclose(mle.backward(), small.backward())


def test_losses_average_over_the_batch(rng):
    y, labels = 9 * rng.random((4, 10)), rng.integers(0, 10, 4)
    for loss in LOSSES:
        one = [loss.forward(y[n : n + 1], labels[n : n + 1]) for n in range(4)]
        assert loss.forward(y, labels) == pytest.approx(np.mean(one))


@pytest.mark.parametrize(
    "labels, words",
    [
        (np.array([0, 1, 10]), ["0 to 9", "0 to 10"]),
        (np.array([0, 1, -1]), ["0 to 9", "-1 to 1"]),
        (np.array([0, 1]), ["3 integer labels", "(2,)"]),
        (np.array([0.0, 1.0, 2.0]), ["3 integer labels", "float64"]),
    ],
)
@pytest.mark.parametrize("loss", LOSSES[:3], ids=repr)
def test_wrong_labels_get_a_sentence(loss, labels, words):
    with pytest.raises(InputError) as error:
        loss.forward(np.zeros((3, 10)), labels)
    assert all(word in str(error.value) for word in words), error.value


# The losses of the tutorials.


def bce(y, labels):
    return F.binary_cross_entropy(y, F.one_hot(labels, y.shape[1]).to(y.dtype))


def probabilities(rng, N, classes):
    return 0.01 + 0.98 * rng.random((N, classes))


def scores(rng, N, classes):
    return 5 * rng.normal(size=(N, classes))


MODERN = [(CrossEntropyLoss(), F.cross_entropy, scores), (BCELoss(), bce, probabilities)]


@pytest.mark.parametrize("loss, reference, draw", MODERN, ids=["cross entropy", "BCE"])
@given(st.integers(1, 5), st.integers(1, 12), st.integers(0, 2**32))
def test_modern_losses_against_pytorch(loss, reference, draw, N, classes, seed):
    rng = np.random.default_rng(seed)
    y, labels = draw(rng, N, classes), rng.integers(0, classes, N)
    t, D = torch.tensor(y, requires_grad=True), torch.as_tensor(labels)
    E = reference(t, D)
    E.backward()
    assert loss.forward(y, labels) == pytest.approx(E.item(), rel=1e-12, abs=1e-12)
    assert np.allclose(loss.backward(), t.grad.numpy(), rtol=1e-10, atol=1e-15)
    H = torch.func.hessian(lambda flat: reference(flat.reshape(N, classes), D))(torch.as_tensor(y).reshape(-1))
    assert np.allclose(loss.backward2().ravel(), H.diagonal().numpy(), rtol=1e-9, atol=1e-15)
    assert (loss.backward2() >= 0).all()


@pytest.mark.parametrize("loss, _, draw", MODERN, ids=["cross entropy", "BCE"])
def test_modern_losses_against_central_differences(loss, _, draw, rng):
    check_loss(loss, draw(rng, 3, 10), np.array([4, 0, 9]), step=1e-6)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_cross_entropy_has_no_overflow_up_to_1e4(dtype):
    loss, y = CrossEntropyLoss(), np.array([[1e4, 0, -1e4], [-1e4, -1e4, -1e4]], dtype)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        assert loss.forward(y, np.array([1, 2])) == pytest.approx((1e4 + math.log(3)) / 2)
        assert loss.backward().dtype == dtype and np.isfinite(loss.backward()).all()
    assert loss.forward(np.array([[0, -np.inf]], dtype), np.array([0])) == 0


def test_bce_at_0_and_1_is_that_of_pytorch():
    y, labels = np.array([[0.0, 1.0], [1.0, 0.0]]), np.array([0, 0])
    loss, t = BCELoss(), torch.tensor(y, requires_grad=True)
    E = bce(t, torch.as_tensor(labels))
    E.backward()
    assert loss.forward(y, labels) == pytest.approx(E.item()) == 50
    assert np.allclose(loss.backward(), t.grad.numpy(), rtol=1e-7)  # its 1e-12 is a float32


def test_bce_expects_probabilities():
    for y in ([[0.5, 1.1]], [[-0.1, 0.5]]):
        with pytest.raises(InputError, match=r"from 0 to 1.*Softmax or Sigmoid"):
            BCELoss().forward(np.array(y), np.array([0]))


def test_cross_entropy_is_softmax_and_the_logarithm(rng):
    y, labels = scores(rng, 4, 10), rng.integers(0, 10, 4)
    p = Softmax()(y)
    expected = -np.log(p[np.arange(4), labels]).mean()
    assert CrossEntropyLoss().forward(y, labels) == pytest.approx(expected, rel=1e-12)


def test_modern_losses_average_over_the_batch(rng):
    labels = rng.integers(0, 10, 4)
    for loss, _, draw in MODERN:
        y = draw(rng, 4, 10)
        one = [loss.forward(y[n : n + 1], labels[n : n + 1]) for n in range(4)]
        assert loss.forward(y, labels) == pytest.approx(np.mean(one))
    with pytest.raises(InputError, match="0 to 9"):
        CrossEntropyLoss().forward(np.zeros((1, 10)), np.array([10]))


def test_the_third_pass_of_a_modern_network(rng):
    """Cross entropy through ReLU and sigmoid: the exact second derivative, for one layer of each."""
    for squash in (ReLU(), Sigmoid()):
        x, labels = rng.normal(size=(2, 4)), np.array([1, 3])
        net, loss = Sequential(squash=squash), CrossEntropyLoss()
        loss.forward(net(x), labels)
        h, slope = loss.backward2(), net.backward(np.ones((2, 4)))
        assert np.allclose(net.backward2(h), slope**2 * h, rtol=1e-12)


@pytest.mark.parametrize("j", [0, -1, math.nan])
def test_j_is_positive(j):
    with pytest.raises(InputError, match="j > 0"):
        MAPLoss(j)
