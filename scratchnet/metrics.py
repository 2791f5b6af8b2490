"""Counting answers."""

import numpy as np


def confusion_matrix(labels, predictions, classes=10):
    """(classes, classes) counts: row the true class, column the predicted one."""
    cells = np.asarray(labels, np.intp) * classes + predictions
    return np.bincount(cells, minlength=classes**2).reshape(classes, classes)
