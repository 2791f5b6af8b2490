"""Evaluation of a network: evaluate, and the checks of its data."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scratchnet.errors import Diverged, InputError
from scratchnet.layers import Layer
from scratchnet.layers.expect import packed
from scratchnet.metrics import confusion_matrix, top_k_error
from scratchnet.parallel import Engine, leaves, quiet_overflow
from scratchnet.training.engines import engine_for

Data = tuple[NDArray, NDArray]


@dataclass
class Evaluation:
    """The result of `evaluate`.

    error, top3_error: percent; confusion: (classes, classes), row the true class; predictions: (N,);
    scores: (N, classes), the largest wins.
    """

    error: float
    top3_error: float
    confusion: NDArray
    predictions: NDArray
    scores: NDArray


def evaluate(net: Layer, data: Data, batch_size: int = 100, fast: bool = True) -> Evaluation:
    """Return the Evaluation of a network on data (x, labels), on all cores and in evaluation mode (`net.eval()`).

    batch_size: the images at a time on the readable path; for LeNet-5, 64 to 200 were the fastest of 32 to 1,000.
    fast: see `fit`.
    Raises InputError for data that does not fit.
    """
    data = x, labels = expect_data(data, "evaluation", net)
    with mode(net, training=False), quiet_overflow():
        engine = engine_for(net, None, x, fast)
        expect_labels(labels, "evaluation", engine.classes(x))
    return measure(engine, data, batch_size)


def measure(engine: Engine, data: Data, batch_size: int = 100) -> Evaluation:
    """Return the Evaluation of the engine's network in evaluation mode, on data that was checked before."""
    x, labels = data
    scores = finite_scores(engine, x, batch_size)
    predictions = scores.argmax(axis=1)
    return Evaluation(
        error=float(100 * np.count_nonzero(predictions != labels) / len(x)),
        top3_error=top_k_error(labels, scores, 3),
        confusion=confusion_matrix(labels, predictions, scores.shape[1]),
        predictions=predictions,
        scores=scores,
    )


def predict(net: Layer, x: NDArray, batch_size: int = 100, fast: bool = True) -> tuple[NDArray[np.intp], NDArray]:
    """Return the classes (N,) and the scores (N, classes) of x (N, ...), in evaluation mode and in batches.

    The largest score wins; minus a score of RBF is a penalty. batch_size, fast: see `evaluate`.
    Raises InputError for x that does not fit, and Diverged for scores that are not finite.
    """
    x, _ = expect_data((x, np.zeros(np.shape(x)[:1], int)), "input", net)
    with mode(net, training=False), quiet_overflow():
        engine = engine_for(net, None, x, fast)
        engine.classes(x)
    scores = finite_scores(engine, x, batch_size)
    return scores.argmax(axis=1), scores


def finite_scores(engine: Engine, x: NDArray, batch_size: int = 100) -> NDArray:
    """Return the scores of x in evaluation mode. Raise Diverged if one is not finite."""
    with mode(engine.net, training=False), quiet_overflow():
        scores = engine.net.scores(engine.forward(x, batch_size))
    wrong = np.count_nonzero(~np.isfinite(scores).all(axis=1))
    if wrong:
        raise Diverged(
            f"The network's scores are not finite for {wrong} of {len(x)} images. Its parameters are too large or not "
            "finite. Lower the learning rate."
        )
    return scores


@contextlib.contextmanager
def mode(net: Layer, training: bool) -> Iterator[None]:
    """Set every layer to this mode, and restore the layer's own mode afterwards."""
    before = [(leaf, leaf.training) for leaf in leaves(net)]
    net.train(training)
    try:
        yield
    finally:
        for leaf, training_before in before:
            leaf.training = training_before


def expect_data(data: Any, what: str, net: Layer) -> Data:
    """Return (x, labels) as arrays. Raise InputError, with the reason, if they do not fit this network."""
    try:
        x, labels = map(np.asanyarray, data)
    except (TypeError, ValueError):
        raise InputError(f"The {what} data should be a pair (x, labels), got {type(data).__name__}.") from None
    if isinstance(x, np.ma.MaskedArray) or isinstance(labels, np.ma.MaskedArray):
        raise InputError(f"The {what} data has masked entries. Fill them, or leave these images out.")
    x, labels = (packed(array, array.dtype.newbyteorder("=")) for array in (x, labels))
    if x.ndim < 2 or len(x) == 0 or labels.shape != (len(x),) or labels.dtype.kind not in "iu":
        raise InputError(
            f"The {what} data should be x (N, ...) with N integer labels, got x of shape {x.shape} "
            f"and {labels.dtype} labels of shape {labels.shape}."
        )
    if x.dtype.char not in "fd":
        raise InputError(
            f"The {what} data should have inputs of float32, got {x.dtype}. Prepare the images, for example with "
            "datasets.grey or datasets.paper_input, or convert them: x.astype(np.float32)."
        )
    if not np.isfinite(x).all():
        images = np.flatnonzero(~np.isfinite(x).reshape(len(x), -1).all(axis=1))
        raise InputError(
            f"The {what} data has NaN or infinity in {len(images)} of {len(x)} inputs. The first is input {images[0]}."
        )
    expected = getattr(net, "input_shape", None)
    if expected and x.shape[1:] != tuple(expected):
        raise InputError(
            f"The {what} data should have inputs of shape {tuple(expected)}, got {x.shape[1:]}. "
            + (
                "Add the batch axis: x[None]."
                if x.shape == tuple(expected)
                else "Pad or resize the images as for the training of the network."
            )
        )
    return x, labels


def expect_labels(labels: NDArray, what: str, classes: int) -> None:
    """Raise InputError for a label that is not a class."""
    if labels.min() < 0 or labels.max() >= classes:
        raise InputError(
            f"The {what} data should have labels from 0 to {classes - 1}, got {labels.min()} to {labels.max()}."
        )
