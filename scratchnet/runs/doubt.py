"""When a model should doubt its answer: limits from its right answers on images that it did not train on.

Beyond the worst of 1,000 right answers, a picture is perhaps no digit; where the runner-up is as near as for the worst
of 1,000, it is perhaps the runner-up (the paper rejects by the same two numbers, III).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from scratchnet.layers import RBF
from scratchnet.metrics import probabilities
from scratchnet.parallel import leaves

SHARE = 0.1  # percent of the right answers that are doubted


def has_penalties(net: Any) -> bool:
    """Return whether the network puts out penalties (RBF); otherwise its scores become probabilities."""
    return isinstance(leaves(net)[-1], RBF)


def certainties(net: Any, scores: NDArray) -> tuple[NDArray, NDArray]:
    """Return for each row of scores (N, classes) how good the best answer is, and how far ahead of the runner-up.

    The first is minus the penalty, or the logarithm of the probability; the second the difference of two of them.
    """
    ordered = np.sort(goodness(net, scores), axis=1)
    return ordered[:, -1], ordered[:, -1] - ordered[:, -2]


def goodness(net: Any, scores: NDArray) -> NDArray:
    """Return minus the penalties, or the logarithms of the probabilities, for scores (N, classes)."""
    return scores.astype(float) if has_penalties(net) else np.log(np.maximum(probabilities(scores), 1e-300))


def limits(net: Any, scores: NDArray, labels: NDArray) -> dict[str, float]:
    """Return {"best": ..., "ahead": ...}: what all right answers but SHARE percent reach; {} without right answers."""
    right = scores.argmax(axis=1) == labels
    if not right.any():
        return {}
    best, ahead = certainties(net, scores[right])
    return {"best": float(np.percentile(best, SHARE)), "ahead": float(np.percentile(ahead, SHARE))}


def doubt(net: Any, scores: NDArray, limit: dict[str, float], names: tuple[str, ...], answer: int | None = None) -> str:
    """Return a sentence if an answer, scores (classes,), is beyond the limits, else "".

    answer: the class that is answered, where it is not always the best one: a grammar chooses it in a string.
    """
    (s,) = goodness(net, scores[None])
    order = np.argsort(s)
    answer = order[-1] if answer is None else answer
    other = order[-1] if answer != order[-1] else order[-2]
    best, ahead = s[answer], s[answer] - s[other]
    if limit and best < limit["best"]:
        if has_penalties(net):
            return f"perhaps no digit: 99.9 % of the right answers have a penalty below {-limit['best']:.1f}"
        least = 100 * np.exp(limit["best"])
        return f"perhaps no digit: 99.9 % of the right answers have a probability above {least:.1f} %"
    if limit and ahead < limit["ahead"]:
        return f"perhaps {names[other]}: for 99.9 % of the right answers the runner-up is farther away"
    return ""
