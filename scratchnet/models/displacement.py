"""The space displacement neural network: LeNet-5 at every place of a wide image (paper, VII).

A convolution does not ask how wide its input is. Where the image is wider than 32 pixels, C1 to S4 get wider maps, and
C5, which the paper calls a convolution for this reason (II.B), gives a row of outputs in place of one. F6 and the RBF
layer then answer at each of these positions. S2 and S4 halve the maps, so the positions are 4 pixels apart.
"""

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from scratchnet.errors import InputError
from scratchnet.layers import RBF, Conv2d, Flatten, Sequential
from scratchnet.layers.expect import described
from scratchnet.layers.initial import Seed
from scratchnet.models.codes import BLANK, DIGIT_CODES, STRING_CODES
from scratchnet.models.lenet5 import lenet5

WINDOW = 32  # what the network sees at one position
STEP = 4  # pixels from one position to the next


def space_displacement(net: Sequential, x: NDArray) -> NDArray:
    """Return the penalties of LeNet-5 at every position: x (N, 1, 32, W) -> (N, classes, positions).

        y[n, :, k] = net(x[n, :, :, 4k : 4k + 32])        positions = (W - 32) / 4 + 1

    It is computed once for all positions, not once for each: neighbouring windows share all maps up to S4.
    W: at least 32, and a multiple of 4.
    Raises InputError for another shape, and for a network that is not built as LeNet-5 is.

    >>> import numpy as np
    >>> from scratchnet.models import lenet5, space_displacement
    >>> space_displacement(lenet5(0), np.zeros((1, 1, 32, 96), np.float32)).shape
    (1, 10, 17)
    """
    expect_lenet5(net)
    expect_strip(x)
    N, positions = len(x), (x.shape[3] - WINDOW) // STEP + 1
    for layer in net.layers.values():  # at Flatten, each position of C5 (N, 120, 1, positions) becomes a pattern for F6
        flat = isinstance(layer, Flatten)
        x = x.transpose(0, 3, 1, 2).reshape(N * positions, -1) if flat else layer.forward(x)
    return x.reshape(N, positions, -1).transpose(0, 2, 1)


def knows_blanks(net: Sequential) -> bool:
    """Return whether the network has the class of the blank between two digits."""
    output = net[-1]
    return isinstance(output, RBF) and len(output.codes) > BLANK


def between_codes() -> float:
    """Return the squared distance of the two digit codes that are nearest to each other, 6 and 8.

    A network without a blank class is compared with it: farther from every code than this, an output is no digit.
    """
    distances = ((DIGIT_CODES[:, None] - DIGIT_CODES) ** 2).sum(axis=2)
    return float(distances[~np.eye(len(DIGIT_CODES), dtype=bool)].min())


def expect_lenet5(net: Any) -> None:
    """Raise InputError unless the network is C1 to C5 without padding, then F6, then RBF, for images of 32 x 32."""
    if not isinstance(net, Sequential):
        raise InputError(f"space_displacement expects a network such as lenet5(), got {described(net)}.")
    layers = list(net.layers.values())
    convolutions = [layer for layer in layers if isinstance(layer, Conv2d)]
    flat = [place for place, layer in enumerate(layers) if isinstance(layer, Flatten)]
    if (
        net.input_shape != (1, WINDOW, WINDOW)
        or len(flat) != 1
        or list(net.shapes().values())[flat[0] - 1][1:] != (1, 1)
        or any(layer.padding for layer in convolutions)
        or not isinstance(layers[-1], RBF)
    ):
        raise InputError(
            "space_displacement expects LeNet-5: convolutions without padding, the last one with one output for an "
            f"image of {WINDOW} x {WINDOW} pixels, then F6 and RBF. This network has {', '.join(net.layers)}."
        )


def expect_strip(x: NDArray) -> None:
    """Raise InputError unless x is (N, 1, 32, W) with a W that has whole positions."""
    if x.ndim != 4 or x.shape[1:3] != (1, WINDOW):
        raise InputError(f"space_displacement expects x of shape (N, 1, {WINDOW}, W), got {x.shape}.")
    if x.shape[3] < WINDOW or x.shape[3] % STEP:
        raise InputError(
            f"space_displacement expects a width of at least {WINDOW} pixels that is a multiple of {STEP}, got "
            f"{x.shape[3]}. Add background on the right."
        )


def string_lenet5(rng: Seed = None, dtype: DTypeLike = np.float32) -> Sequential:
    """Return LeNet-5 with an 11th output class, the blank between the digits of a string (VII): STRING_CODES.

    rng: a numpy Generator or an integer seed.
    """
    net = lenet5(rng, dtype)
    return Sequential(input_shape=net.input_shape, **net.layers | {"OUTPUT": RBF(STRING_CODES.astype(dtype))})
