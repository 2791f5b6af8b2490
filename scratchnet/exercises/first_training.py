"""How a training loop is run: on a small network, with a generator of its own."""

import numpy as np

from scratchnet.errors import CheckFailed
from scratchnet.exercises.kinds import Kind
from scratchnet.layers import Linear, ScaledTanh, Sequential
from scratchnet.losses import CrossEntropyLoss
from scratchnet.optimizers import SGD

LAYERS = ("F1", "F2")


class TrainingLoop(Kind):
    """A function of (net, loss, optimizer, x, labels, epochs, batch_size, rng) that trains the network."""

    def prepare(self, function, case, method):
        a, options = case.arrays, case.options

        def trained():
            net = two_layers(case.parameters)
            optimizer, rng = SGD(net, options["lr"]), np.random.default_rng(options["seed"])
            parts = net, CrossEntropyLoss(), optimizer, a["x"], a["labels"]
            found = function(*parts, options["epochs"], options["batch_size"], rng)
            return {"mean losses": as_losses(found, options["epochs"])} | {
                f"change of {name}": value - case.parameters[name] for name, value, _, _ in net.parameters()
            }

        return trained


def two_layers(parameters):
    """Return linear layers F1 and F2 with copies of these parameters, and a squashing function between."""
    layers = {}
    for name in LAYERS:
        W = parameters[f"{name}.W"].copy()
        layers[name] = Linear(*W.shape[::-1], dtype=W.dtype)
        layers[name].W, layers[name].b = W, parameters[f"{name}.b"].copy()
    return Sequential(F1=layers["F1"], squash=ScaledTanh(), F2=layers["F2"])


def as_losses(found, epochs):
    """Return the losses of the epochs as an array. Raise CheckFailed if it is not so many numbers."""
    try:
        losses = np.asarray(found, float)
    except (TypeError, ValueError):
        losses = None
    if losses is None or losses.shape != (epochs,):
        what = f"{losses.shape}" if losses is not None and found is not None else type(found).__name__
        raise CheckFailed(
            f"The function should return {epochs} numbers for {epochs} epochs, got {what}.",
            "Return the mean loss of each epoch, in a list or an array: one number for an epoch, not one for a batch.",
        )
    return losses
