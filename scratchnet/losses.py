"""What training makes small. forward(y, labels) returns E, a float; backward() dE/dy; both average
over the batch, so that the 1/N is here and nowhere else."""

import numpy as np

from scratchnet.errors import InputError


class MLELoss:
    """E = mean over p of y_D, the penalty of the right class D (paper, eq. 8).

    y: (N, classes) penalties; labels D: (N,) integers. dE/dy is 1/N at D and 0 elsewhere.

    backward2() returns the same weights for `RBF.backward2`: E is linear in y, so all the curvature
    of E is that of the penalties.
    Raises InputError for labels that are not N integers from 0 to classes - 1.
    """

    def forward(self, y, labels):
        self.right = one_hot(labels, y)
        return float(np.vdot(self.right, y)) / len(y)

    def backward(self):
        return self.right / len(self.right)

    def backward2(self):
        return self.right / len(self.right)

    def __repr__(self):
        return "MLELoss()"


class MAPLoss:
    """E = mean over p of y_D + log(e^-j + sum_i e^-y_i) (paper, eq. 9).

    The logarithm pushes wrong classes away as long as their penalty is small. j > 0 is the penalty
    of a class "none of these": penalties far above j are left alone. The paper does not give j; with
    j near 0 almost nothing is pushed, since penalties start near 84.

    dE/dy_i = ([i = D] - p_i) / N with p_i = e^-y_i / (e^-j + sum_k e^-y_k).
    The largest exponent is factored out, so that no penalty overflows or loses all digits.
    backward2() returns the weights of eq. 8, as the authors' code does: see RBF.
    Raises InputError for j <= 0, and for labels that are not N integers from 0 to classes - 1.
    """

    def __init__(self, j=10.0):
        if not j > 0:
            raise InputError(f"MAPLoss needs j > 0 (infinity for no rubbish class), got {j}.")
        self.j = float(j)

    def forward(self, y, labels):
        self.right = one_hot(labels, y)
        least = np.minimum(y.min(axis=1, keepdims=True), self.j)
        above = y - least
        self.p = np.exp(-above)
        total = self.p.sum(axis=1, keepdims=True) + np.exp(least - self.j)
        self.p /= total
        return float(np.vdot(self.right, above) + np.log(total).sum()) / len(y)

    def backward(self):
        return (self.right - self.p) / len(self.p)

    def backward2(self):
        return self.right / len(self.right)

    def __repr__(self):
        return f"MAPLoss(j={self.j:g})"


def one_hot(labels, y):
    """1 where the class is the label, else 0, with the shape and dtype of y (N, classes)."""
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
