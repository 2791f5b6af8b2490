"""The losses, which training makes small. forward(y, labels) returns E, a float; backward() returns dE/dy.

Both average over the batch: the 1/N is in the loss and in no layer.
"""

from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scratchnet.errors import InputError


class Loss(Protocol):
    """The methods that `fit` needs in a loss. Your own loss defines them too; only SDLM needs backward2."""

    def forward(self, y: NDArray, labels: NDArray) -> float:
        """Return E, the mean over the batch, for y (N, classes) and labels (N,) of integers."""

    def backward(self) -> NDArray:
        """Return dE/dy with the 1/N."""

    def backward2(self) -> NDArray:
        """Return the diagonal of d2E/dy2 with the 1/N."""


class MLELoss:
    """E = mean over patterns of y_D, the penalty of the right class D (paper, eq. 8).

    y: (N, classes) penalties; labels D: (N,) integers. dE/dy is 1/N at D and 0 elsewhere.

    backward2() returns the same numbers, as weights for `RBF.backward2`: E is linear in y, so all the
    curvature of E comes from the penalties.
    Raises InputError for labels that are not N integers from 0 to classes - 1.
    """

    def forward(self, y: NDArray, labels: NDArray) -> float:
        self.right = one_hot(labels, y)
        return float(np.vdot(self.right, y)) / len(y)

    def backward(self) -> NDArray:
        return self.right / len(self.right)

    def backward2(self) -> NDArray:
        return self.right / len(self.right)

    def __repr__(self) -> str:
        return "MLELoss()"


class MAPLoss:
    """E = mean over patterns of y_D + log(e^-j + sum_i e^-y_i) (paper, eq. 9).

    The logarithm raises the penalties of wrong classes as long as they are small. j > 0 is the penalty
    of the rubbish class ("none of these"): penalties far above j hardly change. The paper does not give
    j. With j near 0 almost no penalty is raised, because penalties start near 84.

    dE/dy_i = ([i = D] - p_i) / N with p_i = e^-y_i / (e^-j + sum_k e^-y_k).
    The largest exponent is factored out, so that no penalty overflows or loses all digits.
    backward2() returns the weights of eq. 8, as the authors' code does: see RBF.
    Raises InputError for j <= 0, and for labels that are not N integers from 0 to classes - 1.
    """

    def __init__(self, j: float = 10.0) -> None:
        if not j > 0:
            raise InputError(f"MAPLoss needs j > 0, got {j}. Use infinity for no rubbish class.")
        self.j = float(j)

    @np.errstate(under="ignore")  # what is far behind counts as 0
    def forward(self, y: NDArray, labels: NDArray) -> float:
        self.right = one_hot(labels, y)
        least = np.minimum(y.min(axis=1, keepdims=True), y.dtype.type(self.j))
        above = y - least
        e = np.exp(np.hstack([-above, least - y.dtype.type(self.j)]))  # the last column is the rubbish class
        self.p = e / e.sum(axis=1, keepdims=True)
        return float(np.vdot(self.right, above) + log_of_sums(e).sum()) / len(y)

    @np.errstate(under="ignore")  # what is far behind counts as 0
    def backward(self) -> NDArray:
        p = self.p[:, :-1]
        others = self.p @ (1 - np.eye(self.p.shape[1], dtype=p.dtype))  # 1 - p, right to the last digit
        return (self.right * others[:, :-1] - (1 - self.right) * p) / len(p)

    def backward2(self) -> NDArray:
        return self.right / len(self.right)

    def __repr__(self) -> str:
        return f"MAPLoss(j={self.j:g})"


class CrossEntropyLoss:
    """E = mean over patterns of log(sum_i e^y_i) - y_D, from scores y (logits), not from probabilities.

    y: (N, classes); labels D: (N,) integers. E is the mean of -log p_D, where p is the softmax of y.

    dE/dy_i = (p_i - [i = D]) / N with p_i = e^y_i / sum_k e^y_k
    d2E/dy_i2 = p_i (1 - p_i) / N, the exact diagonal

    weights: a weight w_i >= 0 for each class; E is then the weighted mean, sum_n w_D (...) / sum_n w_D.
    label_smoothing: with s, the target [i = D] becomes (1 - s) [i = D] + s / classes. Both are as in PyTorch.

    The largest exponent is factored out, so that no score overflows.
    Raises InputError for labels that are not N integers from 0 to classes - 1, for weights below 0 or of another
    number than the classes, and for label_smoothing outside 0 to 1.
    """

    def __init__(self, weights: ArrayLike | None = None, label_smoothing: float = 0.0) -> None:
        self.weights = None if weights is None else class_weights(weights)
        if not 0 <= label_smoothing <= 1:
            raise InputError(f"CrossEntropyLoss expects label_smoothing from 0 to 1, got {label_smoothing}.")
        self.label_smoothing = float(label_smoothing)

    @np.errstate(under="ignore")  # what is far behind counts as 0
    def forward(self, y: NDArray, labels: NDArray) -> float:
        self.t, self.N = self.targets(labels, y), self.size(labels)
        below = y - y.max(axis=1, keepdims=True)
        e = np.exp(below)
        self.p = e / e.sum(axis=1, keepdims=True)
        minus_log_p = np.where(self.t > 0, log_of_sums(e)[:, None] - below, 0)  # infinity may stand where t is 0
        return float(np.vdot(self.t, minus_log_p)) / self.N

    @np.errstate(under="ignore")  # what is far behind counts as 0
    def backward(self) -> NDArray:
        others = 1 - np.eye(self.p.shape[1], dtype=self.p.dtype)
        return (self.p * (self.t @ others) - self.t * (self.p @ others)) / self.N  # p - t, right to the last digit

    @np.errstate(under="ignore")  # what is far behind counts as 0
    def backward2(self) -> NDArray:
        others = 1 - np.eye(self.p.shape[1], dtype=self.p.dtype)
        share = 1 / len(self.p) if self.weights is None else self.t.sum(axis=1, keepdims=True) / self.N
        return self.p * (self.p @ others) * share

    def targets(self, labels: NDArray, y: NDArray) -> NDArray:
        """Return the target of every class, times its weight: (N, classes)."""
        t, s, classes = one_hot(labels, y), self.label_smoothing, y.shape[1]
        if s:
            t = (1 - s) * t + y.dtype.type(s / classes)
        if self.weights is not None and len(self.weights) != classes:
            raise InputError(f"CrossEntropyLoss has {len(self.weights)} weights, but y has {classes} classes.")
        return t if self.weights is None else t * self.weights.astype(y.dtype)

    def size(self, labels: NDArray) -> float:
        """Return what E is divided by: the number of labels, or the sum of their weights."""
        return len(labels) if self.weights is None else float(self.weights[labels].sum()) or 1.0

    def __repr__(self) -> str:
        text = [f"weights={self.weights.tolist()}"] if self.weights is not None else []
        text += [f"label_smoothing={self.label_smoothing:g}"] if self.label_smoothing else []
        return f"CrossEntropyLoss({', '.join(text)})"


class BCELoss:
    """E = - mean over patterns and classes i of t_i log y_i + (1 - t_i) log(1 - y_i): yes or no for each class.

    y: (N, classes) probabilities, for example from Softmax or Sigmoid; labels: (N,) integers; t is 1 at
    the label and 0 elsewhere. The mean is over N K numbers (K classes), as in PyTorch and Keras.

    dE/dy_i = (y_i - t_i) / (y_i (1 - y_i)) / (N K)
    d2E/dy_i2 = (t_i / y_i^2 + (1 - t_i) / (1 - y_i)^2) / (N K)

    As in PyTorch, a logarithm is never below -100 and a denominator is never below 1e-12.
    Raises InputError for y outside 0 to 1, and for labels that are not N integers from 0 to classes - 1.
    """

    def forward(self, y: NDArray, labels: NDArray) -> float:
        self.t, self.y = one_hot(labels, y), y
        if y.min() < 0 or y.max() > 1:
            raise InputError(
                f"BCELoss expects probabilities from 0 to 1, got {y.min():.3g} to {y.max():.3g}. End the network with "
                "Softmax or Sigmoid, or train with CrossEntropyLoss, which takes any scores."
            )
        with np.errstate(divide="ignore"):
            log, log_not = np.maximum(np.log(y), -100), np.maximum(np.log1p(-y), -100)
        return -float(np.mean(self.t * log + (1 - self.t) * log_not))

    def backward(self) -> NDArray:
        return (self.y - self.t) / np.maximum(self.y * (1 - self.y), 1e-12) / self.y.size

    def backward2(self) -> NDArray:
        right = np.where(self.t == 1, self.y, 1 - self.y)  # the probability of the right answer
        return 1 / np.maximum(right**2, 1e-12) / self.y.size

    def __repr__(self) -> str:
        return "BCELoss()"


def log_of_sums(e: NDArray) -> NDArray:
    """Return the logarithm of each row sum of e (N, K), whose largest entry in a row is 1, right to the last digit."""
    return np.log1p(np.sort(e, axis=1)[:, :-1].sum(axis=1))


def class_weights(weights: ArrayLike) -> NDArray:
    """Return the weights as an array. Raise InputError unless they are finite numbers >= 0, one of them above 0."""
    try:
        w = np.asarray(weights, float)
    except (TypeError, ValueError):
        w = np.empty(0)
    if w.ndim != 1 or not w.size or not np.isfinite(w).all() or w.min() < 0 or w.max() == 0:
        raise InputError(f"weights should be a number of at least 0 for each class, and not all 0, got {weights!r}.")
    return w


def one_hot(labels: ArrayLike, y: NDArray) -> NDArray:
    """Return 1 where the class is the label, else 0, in the shape and dtype of y (N, classes).

    Raises InputError for y of another number of axes, and for labels that are not N integers from 0 to classes - 1.
    """
    if np.ndim(y) != 2:
        raise InputError(
            f"The loss expects y of shape (N, classes), got {np.shape(y)}."
            + (" Put a Flatten layer before the last Linear layer." if np.ndim(y) > 2 else "")
        )
    labels = np.asarray(labels)
    if labels.shape != y.shape[:1] or labels.dtype.kind not in "iu":
        raise InputError(
            f"The loss expects {len(y)} integer labels for y of shape {y.shape}, "
            f"got {labels.dtype} of shape {labels.shape}."
        )
    right = labels[:, None] == np.arange(y.shape[1])
    if np.count_nonzero(right) != len(y):
        raise InputError(f"The loss expects labels from 0 to {y.shape[1] - 1}, got {labels.min()} to {labels.max()}.")
    return right.astype(y.dtype)
