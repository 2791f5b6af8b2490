"""The last exercise: the learner's own network, judged on held-out digits."""

import numpy as np

from scratchnet.datasets import load, paper_input
from scratchnet.errors import CheckFailed
from scratchnet.exercises.definition import Case
from scratchnet.exercises.kinds import Kind
from scratchnet.layers import Layer
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


class Training(Kind):
    """A function that returns a trained network: what that network makes of digits it has seen, and of others."""

    repeats, trains = False, True

    def prepare(self, function, case, method):
        def trained():
            (x, labels), rng = digits(case.arrays["seed"])
            net = function(x[:-HELD_OUT].copy(), labels[:-HELD_OUT].copy(), rng)
            if not isinstance(net, Layer):
                raise CheckFailed(
                    f"The function should return a network, got {type(net).__name__}.",
                    "Is `return net` missing?" if net is None else "Return the network itself, not its history.",
                )
            expect_small_and_finite(net)
            read = {"others": (x[-HELD_OUT:], labels[-HELD_OUT:]), "seen": (x[:HELD_OUT], labels[:HELD_OUT])}
            answers = {name: np.asarray(evaluate(net, some).predictions) for name, some in read.items()}
            return answers | {"parameters": net.n_parameters()}

        return trained


def digits(seed):
    """Return (x, labels) of MNIST's training set in an order that belongs to the seed, and a generator."""
    rng = np.random.default_rng(seed)
    images, labels = load("mnist", "train")
    order = np.arange(len(images)) if seed == 0 else rng.permutation(len(images))
    return (paper_input(images)[order], labels[order]), rng


def expect_small_and_finite(net):
    size = net.n_parameters()
    if size > PARAMETERS:
        raise CheckFailed(
            f"The network has {size:,} parameters, {size - PARAMETERS:,} more than {PARAMETERS:,}.",
            "print(net) shows how many each layer has. Most are in the linear layer after the maps.",
        )
    if not all(np.isfinite(value).all() for _, value, _, _ in net.parameters()):
        raise CheckFailed("The parameters are not finite.", "Training diverged: lower the learning rate.")


def on_held_out_digits(exercise, answer, method, seed):
    """Trains on 55,000 digits of the training set, by the function, and reads the other 5,000."""
    labels = right_labels(seed)  # first: if the data are not there, it is not the learner's fault
    (results,) = answer.run(method, Case({"seed": seed}))
    error, seen = (wrong_share(results.get(name), labels[some]) for name, some in
                   (("others", slice(-HELD_OUT, None)), ("seen", slice(HELD_OUT))))  # fmt: skip
    if error > ERROR:
        raise CheckFailed(
            f"{error:.2f} % of {HELD_OUT:,} held-out digits are read wrong; it should be at most {ERROR} %.",
            advice(error, seen),
        )
    size = results["parameters"]
    return f"{error:.2f} % of {HELD_OUT:,} digits that it has not seen are read wrong, with {size:,} parameters."


def right_labels(seed):
    """Return the labels in the order of `digits`."""
    labels = load("mnist", "train")[1]
    return labels if seed == 0 else labels[np.random.default_rng(seed).permutation(len(labels))]


def wrong_share(predictions, labels):
    """Return how many percent are wrong. Raise CheckFailed unless there is a prediction for each label."""
    if not isinstance(predictions, np.ndarray) or predictions.shape != labels.shape:
        raise CheckFailed(f"Expected {len(labels):,} predictions of the network.")
    return 100 * float(np.mean(predictions != labels))


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
