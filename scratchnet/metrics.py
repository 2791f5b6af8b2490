"""Counting answers."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def confusion_matrix(labels: ArrayLike, predictions: ArrayLike, classes: int = 10) -> NDArray[np.intp]:
    """(classes, classes) counts: row the true class, column the predicted one."""
    cells = np.asarray(labels, np.intp) * classes + np.asarray(predictions)
    return np.bincount(cells, minlength=classes**2).reshape(classes, classes)


def top_k_error(labels: ArrayLike, scores: NDArray, k: int) -> float:
    """Percent of the rows of scores (N, classes) whose label is not among the k largest.

    Of equal scores the lower class counts first, as with argmax.
    """
    mine = np.take_along_axis(scores, np.asarray(labels)[:, None], axis=1)
    before = np.arange(scores.shape[1]) < np.asarray(labels)[:, None]
    rank = np.count_nonzero((scores > mine) | ((scores == mine) & before), axis=1)
    return 100 * float(np.mean(rank >= k))


def probabilities(scores: NDArray) -> NDArray:
    """(N, classes): softmax of the scores, in float64."""
    p = np.exp(scores - scores.max(axis=1, keepdims=True), dtype=float)
    return p / p.sum(axis=1, keepdims=True)


def confidence(scores: NDArray) -> NDArray:
    """(N,): log(p / (1 - p)) of the largest probability p, in float64, which tells p = 1 - 1e-20 from 1 - 1e-30."""
    below = np.sort(scores.astype(float) - scores.max(axis=1, keepdims=True), axis=1)[:, :-1]
    return -np.logaddexp.reduce(below, axis=1)
