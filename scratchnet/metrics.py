"""Error rates, confusions and probabilities, from labels and scores."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scratchnet.errors import InputError, expect_count


def _expect_pairs(labels: ArrayLike, others: ArrayLike) -> None:
    """Raise InputError unless there are as many labels (N,) as predictions or rows of scores."""
    if np.ndim(labels) != 1 or len(np.asarray(labels)) != len(np.asarray(others)):
        raise InputError(
            f"Expected labels (N,) and as many predictions, got shapes {np.shape(labels)} and {np.shape(others)}."
        )


def confusion_matrix(labels: ArrayLike, predictions: ArrayLike, classes: int = 10) -> NDArray[np.intp]:
    """Return (classes, classes) counts: the row is the true class, the column the predicted class.

    Raises InputError for labels or predictions that are not from 0 to classes - 1.
    """
    _expect_pairs(labels, predictions)
    for name, values in (("labels", np.asarray(labels)), ("predictions", np.asarray(predictions))):
        if values.size and not (values.min() >= 0 and values.max() < classes):
            raise InputError(f"{name} should be from 0 to {classes - 1}, got {values.min()} to {values.max()}.")
    cells = np.asarray(labels, np.intp) * classes + np.asarray(predictions)
    return np.bincount(cells, minlength=classes**2).reshape(classes, classes)


def top_k_error(labels: ArrayLike, scores: NDArray, k: int) -> float:
    """Return the percent of rows of scores (N, classes) where the label is not among the k largest scores.

    Among equal scores the lower class counts first, as in argmax. Raises InputError for labels that are no class, and
    for scores that are NaN.
    """
    _expect_pairs(labels, scores)
    expect_count("k", k)
    if np.size(labels) and not (np.min(labels) >= 0 and np.max(labels) < scores.shape[1]):
        raise InputError(f"labels should be from 0 to {scores.shape[1] - 1}, got {np.min(labels)} to {np.max(labels)}.")
    if np.isnan(scores).any():
        raise InputError("scores should be numbers, got NaN.")
    mine = np.take_along_axis(scores, np.asarray(labels)[:, None], axis=1)
    before = np.arange(scores.shape[1]) < np.asarray(labels)[:, None]
    rank = np.count_nonzero((scores > mine) | ((scores == mine) & before), axis=1)
    return 100 * float(np.mean(rank >= k))


def edit_distance(true: Sequence[Any], read: Sequence[Any]) -> int:
    """Return how many characters have to be inserted, deleted or replaced to make one string of the other.

    D[i, j] = min(D[i - 1, j] + 1, D[i, j - 1] + 1, D[i - 1, j - 1] + [true_i != read_j])        (Levenshtein, 1965)
    """
    distances = list(range(len(read) + 1))
    for i, character in enumerate(true, 1):
        diagonal, distances[0] = distances[0], i
        for j, other in enumerate(read, 1):
            replaced = diagonal + (character != other)
            diagonal, distances[j] = distances[j], min(distances[j] + 1, distances[j - 1] + 1, replaced)
    return distances[-1]


def share_to_refuse(doubt: NDArray, wrong: NDArray, error: float) -> float:
    """Return the smallest share of digits (%) to refuse, so that of those that are read at most `error` % are wrong.

    doubt: (N,), larger for a less sure answer; wrong: (N,) bool, whether the answer is wrong.
    The most doubtful are refused first, digits of equal doubt together. If all are refused, none is read wrong.
    """
    order = np.argsort(doubt)  # surest first
    read = np.arange(1, len(doubt) + 1)
    allowed = 100 * np.cumsum(wrong[order]) / read <= error
    allowed[:-1] &= doubt[order][:-1] < doubt[order][1:]
    return float(100 * (1 - read[allowed].max(initial=0) / len(doubt)))


@np.errstate(under="ignore")  # what is far behind counts as 0
def probabilities(scores: NDArray) -> NDArray:
    """Return the softmax of scores (N, classes), in float64."""
    p = np.exp(scores - scores.max(axis=1, keepdims=True), dtype=float)
    return p / p.sum(axis=1, keepdims=True)


def confidence(scores: NDArray) -> NDArray:
    """Return log(p / (1 - p)) of the largest probability p of each row: (N,), float64.

    It differs for p = 1 - 1e-20 and p = 1 - 1e-30, which are the same float64.
    """
    below = np.sort(scores.astype(float) - scores.max(axis=1, keepdims=True), axis=1)[:, :-1]
    return -np.logaddexp.reduce(below, axis=1)
