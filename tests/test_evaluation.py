"""What a trained network is worth: evaluate, and the metrics."""

import numpy as np
import pytest

from scratchnet import (
    evaluate,
    fit,
)
from scratchnet.metrics import confidence, confusion_matrix, probabilities, top_k_error
from scratchnet.models import lenet5
from scratchnet.runs.recipes import RECIPES

PAPER = RECIPES["paper"]


def paper_schedule(epoch):
    return PAPER.scale * PAPER.schedule(epoch)


@pytest.fixture(scope="module")
def trained(digits, test_digits):
    rng = np.random.default_rng(0)
    net = lenet5(rng)
    history = fit(
        net,
        PAPER.loss(),
        PAPER.optimizer(net, 1),
        digits,
        test=test_digits,
        epochs=2,
        schedule=paper_schedule,
        rng=rng,
    )
    return net, history


def test_it_learns(trained):
    _, history = trained
    assert len(history) == 2
    assert history.test_error[-1] < 9, "4,000 digits, two epochs"
    assert history.loss[1] < history.loss[0] and history.running_error[1] < history.running_error[0]
    assert history.train_error[0] < history.running_error[0], "measured on the fly, the error lags behind (Fig. 5)"
    assert history.lr == [paper_schedule(0), paper_schedule(1)]
    assert all(s > 0 for s in history.seconds)


def test_blanks_of_table_1_are_exactly_zero_after_training(trained):
    c3 = trained[0]["C3"]
    assert not c3.W[~c3.connections].any() and c3.W[c3.connections].all()


def test_evaluate_counts(trained, test_digits):
    net, history = trained
    result = evaluate(net, test_digits)
    assert result.error == history.test_error[-1]
    assert result.confusion.sum() == 2000
    assert result.error == pytest.approx(100 * (1 - result.confusion.trace() / 2000))
    assert np.array_equal(result.confusion, confusion_matrix(test_digits[1], result.predictions))
    x, _ = test_digits
    assert np.array_equal(result.predictions[:50], [net.forward(x[i : i + 1]).argmin() for i in range(50)])


def test_confusion_matrix():
    assert confusion_matrix([0, 1, 1, 2], [0, 2, 1, 2], classes=3).tolist() == [[1, 0, 0], [0, 1, 1], [0, 0, 1]]


def test_top_k_error(rng):
    scores, labels = rng.normal(size=(50, 10)).round(), rng.integers(0, 10, 50)
    order = np.argsort(-scores, axis=1, kind="stable")
    for k in (1, 3, 10):
        expected = 100 * np.mean([label not in row[:k] for label, row in zip(labels, order)])
        assert top_k_error(labels, scores, k) == pytest.approx(expected)


def test_confidence_is_the_logit_of_the_largest_probability(rng):
    scores = rng.normal(size=(20, 10))
    p = probabilities(scores).max(axis=1)
    assert np.allclose(probabilities(scores).sum(axis=1), 1)
    assert np.allclose(confidence(scores), np.log(p / (1 - p)))
    assert confidence(np.array([[0, 800.0]], np.float32)).tolist() == [800]
