"""Is a prepared picture a digit, or rather a letter or another sign? A small network, trained by benchmarks/letters.py.

A network that was trained on digits alone reads many letters with a small penalty. This one was trained on MNIST and on
digits and letters of fonts, drawn in the same way, so that it has to tell them apart by their shape.
"""

import functools
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scratchnet.layers import Conv2d, Flatten, Linear, MaxPool2d, ReLU, Sequential
from scratchnet.layers.initial import Seed

FILE = Path(__file__).with_name("letters.npz")
NO_DIGIT = 1  # the class of letters and other signs; 0 are the digits


def digit_or_letter(rng: Seed = None) -> Sequential:
    """Return the network: x (N, 1, 28, 28) -> scores (N, 2) of digits and of letters."""
    return Sequential(
        C1=Conv2d(1, 8, 5, rng=rng),
        C1_relu=ReLU(),
        S2=MaxPool2d(2),
        C3=Conv2d(8, 16, 5, rng=rng),
        C3_relu=ReLU(),
        S4=MaxPool2d(2),
        flatten=Flatten(),
        F5=Linear(256, 64, rng=rng),
        F5_relu=ReLU(),
        F6=Linear(64, 2, rng=rng),
    )


def looks_like_a_letter(pixels: NDArray) -> NDArray:
    """Return for each of the pictures (N, 28, 28) of uint8, as `prepare` makes them, whether it is perhaps no digit."""
    return trained().forward(as_input(pixels)).argmax(axis=1) == NO_DIGIT


def as_input(pixels: NDArray) -> NDArray:
    return pixels[:, None].astype(np.float32) / 255


@functools.cache
def trained() -> Sequential:
    return digit_or_letter(0).load(FILE)
