"""The last exercise: the learner's own network, judged on held-out digits."""

import numpy as np

from scratchnet.errors import CheckFailed
from scratchnet.losses import MAPLoss
from scratchnet.models import lenet5
from scratchnet.optimizers import SDLM
from scratchnet.schedules import paper
from scratchnet.training import evaluate, fit

PARAMETERS, ERROR, HELD_OUT = 60_000, 1.5, 5_000


def small_network(x, labels, rng):
    """A network of at most 60,000 parameters, trained on x (N, 1, 32, 32), float32, and labels (N,).

    rng: for everything that is drawn. Returns the network. On digits that it has not seen its error has
    to be at most 1.5 %.
    """
    net = lenet5(rng)
    optimizer = SDLM(net, lr=paper(0, 0.25))
    fit(
        net,
        MAPLoss(10),
        optimizer,
        (x, labels),
        epochs=4,
        schedule=lambda epoch: paper(3 * epoch, 0.25),
        rng=rng,
        train_error=False,
    )
    return net


def on_held_out_digits(exercise, function, method, seed):
    """Trains on 55,000 digits of the training set, by the function, and reads the other 5,000."""
    from scratchnet.datasets import load, paper_input
    from scratchnet.layers import Layer

    rng = np.random.default_rng(seed)
    images, labels = load("mnist", "train")
    order = np.arange(len(images)) if seed == 0 else rng.permutation(len(images))
    x, labels = paper_input(images)[order], labels[order]
    net = function(x[:-HELD_OUT].copy(), labels[:-HELD_OUT].copy(), rng)
    if not isinstance(net, Layer):
        raise CheckFailed(
            f"The function should return a network, got {type(net).__name__}.",
            "Is `return net` missing?" if net is None else "Return the network itself, not its history.",
        )
    size = net.n_parameters()
    if size > PARAMETERS:
        raise CheckFailed(
            f"The network has {size:,} parameters, {size - PARAMETERS:,} more than {PARAMETERS:,}.",
            "print(net) shows how many each layer has. Most are in the linear layer after the maps.",
        )
    if not all(np.isfinite(value).all() for _, value, _, _ in net.parameters()):
        raise CheckFailed("The parameters are not finite.", "Training diverged: lower the learning rate.")
    error = evaluate(net, (x[-HELD_OUT:], labels[-HELD_OUT:])).error
    if error > ERROR:
        raise CheckFailed(
            f"{error:.2f} % of {HELD_OUT:,} held-out digits are read wrong; it should be at most {ERROR} %.",
            advice(error, evaluate(net, (x[:HELD_OUT], labels[:HELD_OUT])).error),
        )
    return f"{error:.2f} % of {HELD_OUT:,} digits that it has not seen are read wrong, with {size:,} parameters."


def advice(error, seen):
    """Return advice from the errors on held-out digits and on training digits."""
    if error > 80:
        return "That is as good as guessing: was it trained, and is the learning rate right?"
    if error > 2 * seen:
        return f"Of those it was trained on it reads {seen:.2f} % wrong: it learns by heart, use fewer "
        "parameters or passes."
    return (
        f"Of those it was trained on it reads {seen:.2f} % wrong too: train longer, or choose another rate or network."
    )
