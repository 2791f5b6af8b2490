"""The network on the front page of the website: LeNet-5, trained in seconds, that reads what one draws."""

from pathlib import Path

from numpy.typing import NDArray

from scratchnet.datasets import load, paper_input
from scratchnet.exchange.live_page import ShownNetwork, live_page
from scratchnet.layers import Sequential
from scratchnet.losses import MAPLoss
from scratchnet.models import lenet5
from scratchnet.optimizers import SDLM
from scratchnet.runs.doubt import limits
from scratchnet.training import evaluate, fit

IMAGES = 20_000  # to train on
HELD_OUT = 2_000  # to say when the network should doubt its answer
J, RATE, MU = 10.0, 0.000125, 0.02  # as in lesson 16


def write_live_page(path: Path) -> None:
    """Train LeNet-5 for an epoch over some of the training digits, and write its live page."""
    net, images, labels = trained()
    last = evaluate(net, (paper_input(images[-HELD_OUT:]), labels[-HELD_OUT:]))
    doubts = limits(net, last.scores, labels[-HELD_OUT:])
    live_page([ShownNetwork(net, f"LeNet-5 after {IMAGES:,} digits", paper_input, "mnist", doubts)]).save(path)


def trained() -> tuple[Sequential, NDArray, NDArray]:
    """Return the network, and the images and labels of the training set."""
    images, labels = load("mnist", "train")
    net = lenet5(0)
    train = paper_input(images[:IMAGES]), labels[:IMAGES]
    fit(net, MAPLoss(J), SDLM(net, RATE, mu=MU), train, epochs=1, rng=0, train_error=False, verbose=False)
    return net, images, labels
