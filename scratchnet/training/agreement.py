"""What `fit` compares before it trains: network, loss, optimizer and settings have to belong together."""

import inspect
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from scratchnet.errors import InputError
from scratchnet.layers import RBF, Layer, Sigmoid, Softmax
from scratchnet.layers.expect import described, label
from scratchnet.losses import BCELoss, CrossEntropyLoss, MAPLoss, MLELoss
from scratchnet.optimizers import SDLM, SGD
from scratchnet.parallel import leaves

TAKES = {
    MLELoss: "penalties, the smallest wins",
    MAPLoss: "penalties, the smallest wins",
    CrossEntropyLoss: "scores, the largest wins",
    BCELoss: "probabilities",
}
INSTEAD = {
    "penalties, the smallest wins": "Train with MAPLoss or MLELoss.",
    "scores, the largest wins": "Train with CrossEntropyLoss, or end the network with RBF for a loss of penalties.",
    "probabilities": "Train with BCELoss, or remove {last} and train with CrossEntropyLoss, which has softmax in it.",
}
LOSS_NAMES = {"cross": "CrossEntropyLoss()", "binary": "BCELoss()", "bce": "BCELoss()", "nll": "CrossEntropyLoss()"}


def expect_agreement(net: Any, loss: Any, optimizer: Any) -> None:
    """Raise InputError unless `fit` can train this network with this loss and this optimizer."""
    expect_network(net)
    expect_loss(loss)
    expect_loss_takes_output(loss, leaves(net)[-1])
    expect_optimizer(optimizer)
    expect_optimizer_of(optimizer, net)
    if isinstance(optimizer, SDLM):
        expect_curvatures(net, loss)


def expect_network(net: Any) -> None:
    if not isinstance(net, Layer):
        raise InputError(
            f"fit expects a network first, got {described(net)}: fit(net, loss, optimizer, (x, labels), epochs=20)."
        )
    expect_one_place(net)


def expect_one_place(net: Layer) -> None:
    """Raise InputError if a layer object stands twice in the network."""
    all_leaves = leaves(net)
    for n, leaf in enumerate(all_leaves):
        if any(leaf is other for other in all_leaves[:n]):
            raise InputError(
                f"{label(leaf)} stands at two places of the network. A layer stores what its backward pass needs, so "
                "it can have one place only. Make a new one for each place."
            )


def expect_loss(loss: Any) -> None:
    if isinstance(loss, str):
        known = next((name for start, name in LOSS_NAMES.items() if start in loss.lower()), "CrossEntropyLoss()")
        raise InputError(f"loss should be a loss object, got the string {loss!r}. Write {known}.")
    if inspect.isclass(loss):
        raise InputError(f"loss should be a loss object, got the class {loss.__name__}. Write {loss.__name__}().")
    if not (hasattr(loss, "forward") and hasattr(loss, "backward")):
        raise InputError(
            f"loss should be an object with the methods forward(y, labels) and backward(), got {described(loss)}. "
            "For example CrossEntropyLoss()."
        )


def expect_loss_takes_output(loss: Any, last: Layer) -> None:
    """Raise InputError if the loss is for outputs of another kind. Layers and losses of your own are not judged."""
    takes, gives = TAKES.get(type(loss)), kind_of_output(last)
    if takes and gives and takes != gives:
        raise InputError(
            f"{loss!r} takes {takes}; {label(last)} puts out {gives}. {INSTEAD[gives].format(last=type(last).__name__)}"
        )


def kind_of_output(last: Layer) -> str:
    """Return what a layer of the library puts out, one of the values of TAKES, or "" for a layer of your own."""
    if isinstance(last, RBF):
        return TAKES[MLELoss]
    if isinstance(last, Softmax | Sigmoid):
        return TAKES[BCELoss]
    return TAKES[CrossEntropyLoss] if type(last).__module__.startswith("scratchnet.layers.") else ""


def expect_optimizer(optimizer: Any) -> None:
    if isinstance(optimizer, str):
        raise InputError(f"optimizer should be an optimizer, got the string {optimizer!r}. Write Adam(net, lr=1e-3).")
    if inspect.isclass(optimizer):
        name = optimizer.__name__
        raise InputError(f"optimizer should be an optimizer, got the class {name}. Write {name}(net, lr=...).")
    if not hasattr(optimizer, "step"):
        raise InputError(f"optimizer should be an optimizer such as SGD(net, lr=0.01), got {described(optimizer)}.")


def expect_optimizer_of(optimizer: Any, net: Layer) -> None:
    """Raise InputError unless every layer that the optimizer changes is in the network, and can be changed."""
    if not any(leaf.params for leaf in leaves(net)):
        raise InputError(f"{net!r} has no parameters, so there is nothing to train. Add a layer such as Linear.")
    mine = {id(leaf) for leaf in leaves(net)}
    changed = leaves(optimizer.net) if isinstance(getattr(optimizer, "net", None), Layer) else []
    if not all(id(leaf) in mine for leaf in changed):
        raise InputError(
            f"The optimizer {optimizer!r} belongs to another network, so it would change nothing in this one. "
            f"Make a new optimizer for this network: {type(optimizer).__name__}(net, ...)."
        )
    values = [(label(leaf), name, vars(leaf)[name]) for leaf in changed for name in leaf.params]
    for where, name, value in values:
        if isinstance(value, np.ndarray) and not value.flags.writeable:
            raise InputError(f"{where}: {name} is read-only and cannot be trained. Replace it with {name}.copy().")
    for n, (where, name, value) in enumerate(values):
        for other, other_name, shared in values[:n]:
            if type(optimizer) is not SGD and np.may_share_memory(value, shared):
                raise InputError(
                    f"{where}.{name} and {other}.{other_name} share their memory, and {type(optimizer).__name__} would "
                    "take two steps with half of the gradient each. Train with SGD, or give each its own copy."
                )


def expect_curvatures(net: Layer, loss: Any) -> None:
    """Raise InputError if a layer or the loss has no backward2, which SDLM needs."""
    for part in (*leaves(net), loss):
        if not callable(getattr(type(part), "backward2", None)):
            what = label(part) if isinstance(part, Layer) else type(part).__name__
            raise InputError(
                f"SDLM needs the curvature pass, and {what} has no backward2. Write `def backward2(self"
                f"{', hy' if isinstance(part, Layer) else ''})` in its class, or train with SGD or Adam."
            )


def rate_of(schedule: Callable[[int], float], epoch: int) -> float:
    """Return the learning rate of an epoch. Raise InputError unless it is a positive number."""
    if not callable(schedule):
        raise InputError(
            f"schedule should be a function from the epoch to the learning rate, got {schedule!r}. For one rate, "
            "leave the schedule out: the optimizer has lr."
        )
    rate = schedule(epoch)
    try:
        good = 0 < rate < math.inf
    except (TypeError, ValueError):
        good = False
    if not good:
        raise InputError(
            f"The schedule should return a positive learning rate, got {rate!r} for epoch {epoch}. "
            "With 0 nothing is learned, and below 0 the loss rises."
        )
    return float(rate)
