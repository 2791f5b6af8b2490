"""The methods of Fig. 9 that are no networks, by scikit-learn: from the linear classifier to virtual support vectors.

Each takes training and test data (uint8 images, labels) and returns scores (N, 10), the largest wins; macs, how many
multiplications with additions one image takes; stored, how many numbers the method keeps; chosen, what was chosen on
the last tenth of the training digits. scikit-learn is the extra [peers].
"""

from collections.abc import Callable, Iterable
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scratchnet.datasets import affine
from scratchnet.errors import InputError
from scratchnet.training.evaluation import Data

Answer = dict[str, Any]
CLASSES = 10
NEIGHBOURS = 3  # k: the paper's for the deslanted digits
COMPONENTS = 40  # III.C.3
CENTRES = 100  # of each class: 1000 radial basis functions (III.C.4)
STEEP = 8  # of a pair's unit; 1, 2, 4, 8 and 20 read 10.9, 8.4, 7.6, 7.4 and 7.3 % of 5,000 held-out digits wrong
SLICE = 5_000  # training digits for the choice of a kernel


def sklearn_module(name: str) -> Any:
    """Return a module of scikit-learn. Raise InputError, with the command that installs it, if it is missing."""
    import importlib

    try:
        return importlib.import_module(f"sklearn.{name}")
    except ImportError:
        raise InputError('Fig. 9 needs scikit-learn: pip install "scratchnet-lenet[peers]"') from None


def flat(images: NDArray) -> NDArray[np.float32]:
    """Return the pixels from 0 to 1: (N, H, W) -> (N, H W)."""
    return (images.reshape(len(images), -1) / 255).astype(np.float32)


def signs(labels: NDArray) -> NDArray[np.float32]:
    """Return the targets (N, 10): 1 for the class, -1 for the others."""
    return np.where(labels[:, None] == np.arange(CLASSES), 1, -1).astype(np.float32)


def least_squares(x: NDArray, targets: NDArray) -> Any:
    """Return the linear units that are nearest to the targets. The 1 keeps the equations solvable (ridge)."""
    return sklearn_module("linear_model").Ridge(alpha=1.0).fit(x, targets)


def best(candidates: Iterable[Any], train: Data, error: Callable[[Any, Data, Data], float]) -> Any:
    """Return the candidate with the lowest error(candidate, some, others), the others being the last tenth."""
    count = max(1, len(train[1]) // 10)
    some, others = (train[0][:-count], train[1][:-count]), (train[0][-count:], train[1][-count:])
    return min(candidates, key=lambda candidate: error(candidate, some, others))


def linear(train: Data, test: Data) -> Answer:
    """Ten linear units, trained by least squares (III.C.1)."""
    x = flat(test[0])
    units = least_squares(flat(train[0]), signs(train[1]))
    return {"scores": units.predict(x), "macs": CLASSES * x.shape[1], "stored": CLASSES * (x.shape[1] + 1)}


def pairwise(train: Data, test: Data) -> Answer:
    """45 linear units, one for each pair of classes i < j; class i gets +f(y), class j -f(y) (III.C.1).

    f(y) = tanh(8 y) is nearly a vote. Without f, the sum of linear units would be one linear classifier.
    """
    x, x_test, labels = flat(train[0]), flat(test[0]), train[1]
    scores = np.zeros((len(x_test), CLASSES))
    pairs = list(combinations(range(CLASSES), 2))
    for i, j in pairs:
        both = (labels == i) | (labels == j)
        y = least_squares(x[both], np.where(labels[both] == i, 1.0, -1.0)).predict(x_test)
        votes = np.tanh(STEEP * y)
        scores[:, i] += votes
        scores[:, j] -= votes
    F = x.shape[1]
    return {"scores": scores, "macs": len(pairs) * F, "stored": len(pairs) * (F + 1)}


def neighbours(train: Data, test: Data) -> Answer:
    """The k = 3 nearest training images, by Euclidean distance d; each gives its class 1/d (III.C.2)."""
    x, x_test = flat(train[0]), flat(test[0])
    nearest = sklearn_module("neighbors").NearestNeighbors(n_neighbors=NEIGHBOURS, algorithm="brute").fit(x)
    d, which = nearest.kneighbors(x_test)
    scores = np.zeros((len(x_test), CLASSES))
    for column in range(NEIGHBOURS):
        np.add.at(scores, (np.arange(len(x_test)), train[1][which[:, column]]), 1 / np.maximum(d[:, column], 1e-6))
    return {"scores": scores, "macs": x.size, "stored": x.size}


def quadratic(train: Data, test: Data) -> Answer:
    """The 40 largest principal components, all 820 products of two of them, and a linear classifier (III.C.3)."""
    x = flat(train[0])
    components = sklearn_module("decomposition").PCA(min(COMPONENTS, len(x)), random_state=0).fit(x)
    rows, columns = np.triu_indices(components.n_components_)

    def products(images):
        a = components.transform(flat(images))
        return a[:, rows] * a[:, columns]

    units = least_squares(products(train[0]), signs(train[1]))
    count = components.n_components_ * x.shape[1]
    return {
        "scores": units.predict(products(test[0])),
        "macs": count + len(rows) * (1 + CLASSES),
        "stored": count + CLASSES * (len(rows) + 1),
    }


def radial(train: Data, test: Data) -> Answer:
    """1000 Gaussian units e^(-d^2 / (2 s)), 100 a class, placed by k-means, and a linear classifier (III.C.4).

    s: a factor, chosen, of the mean d^2 of a training image to the nearest centre of its class.
    """
    means, pairwise_distances = sklearn_module("cluster").MiniBatchKMeans, sklearn_module("metrics").pairwise_distances
    groups = [flat(train[0][train[1] == label]) for label in range(CLASSES)]
    fitted = [means(min(CENTRES, len(group)), random_state=0, n_init=3).fit(group) for group in groups]
    centres = np.concatenate([one.cluster_centers_ for one in fitted])
    s = sum(one.inertia_ for one in fitted) / len(train[1])

    def scores(factor, some, others):
        units = [np.exp(-pairwise_distances(flat(images), centres, metric="sqeuclidean") / (2 * factor * s))
                 for images in (some[0], others[0])]  # fmt: skip
        return least_squares(units[0], signs(some[1])).predict(units[1])

    factor = best((1, 2, 4, 8), train, lambda *case: wrong(scores(*case), case[2][1]))
    count = centres.size
    return {
        "scores": scores(factor, train, test),
        "macs": count + CLASSES * len(centres),
        "stored": count + CLASSES * (len(centres) + 1),
        "chosen": f"width {factor} times the mean squared distance to the nearest centre",
    }


def wrong(scores: NDArray, labels: NDArray) -> float:
    """Return the error in percent."""
    return 100 * float(np.mean(scores.argmax(axis=1) != labels))


def support_vectors(train: Data, test: Data) -> Answer:
    """A support vector machine with the kernel (1 + g x.y)^4, for each pair of classes (III.C.11)."""
    machine, chosen = machine_of(4, train)
    return of_machine(machine, test, chosen)


def virtual_support_vectors(train: Data, test: Data) -> Answer:
    """The same with the ninth power, trained again on its support vectors and these moved by a pixel (III.C.11)."""
    first, chosen = machine_of(9, train)
    images, labels = train[0][first.support_], train[1][first.support_]
    moves = ((0, 0), (1, 0), (-1, 0), (0, 1), (0, -1))
    moved = np.concatenate([affine(images, right=right, down=down) for right, down in moves])
    again = first.__class__(**first.get_params()).fit(flat(moved), np.tile(labels, len(moves)))
    return of_machine(again, test, chosen)


def machine_of(degree: int, train: Data) -> tuple[Any, str]:
    """Return a support vector machine, and what was chosen for it on a slice of the training digits: g and C."""
    SVC = sklearn_module("svm").SVC

    def machine(choice):
        g, C = choice
        return SVC(kernel="poly", degree=degree, gamma=g, coef0=1, C=C, cache_size=1500,
                   decision_function_shape="ovo")  # fmt: skip

    def error(choice, some, others):
        return wrong_answers(machine(choice).fit(flat(some[0]), some[1]).predict(flat(others[0])), others[1])

    slices = train[0][:SLICE], train[1][:SLICE]
    scales = (0.01, 0.02, 0.04) if degree == 4 else (0.003, 0.006, 0.012)
    g, C = best([(g, C) for g in scales for C in (1.0, 10.0)], slices, error)
    return machine((g, C)).fit(flat(train[0]), train[1]), f"g {g:g}, C {C:g}"


def wrong_answers(answers: NDArray, labels: NDArray) -> float:
    return 100 * float(np.mean(answers != labels))


def of_machine(machine: Any, test: Data, chosen: str) -> Answer:
    """Return the answers of a machine for each pair of classes: a class is as good as it is against its worst rival.

    With y_ij, positive for class i against class j, the score of class i is the smallest y_ij of all j.
    """
    x = flat(test[0])
    pairs = list(combinations(machine.classes_, 2))
    scores = np.full((len(x), CLASSES), np.inf)
    for (i, j), y in zip(pairs, machine.decision_function(x).reshape(len(x), -1).T):
        scores[:, i] = np.minimum(scores[:, i], y)
        scores[:, j] = np.minimum(scores[:, j], -y)
    scores[:, np.setdiff1d(np.arange(CLASSES), machine.classes_)] = scores.min(initial=0) - 1  # never seen: never won
    count = machine.support_vectors_.size
    return {"scores": scores, "macs": count, "stored": count, "chosen": chosen}
