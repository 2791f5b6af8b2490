"""Short questions on lessons 1 to 13: layers and losses. The library computes the answers that it has."""

import math

import numpy as np

from scratchnet.exercises.own_numbers import one_of
from scratchnet.exercises.questions import Question, tenths, whole
from scratchnet.layers import Conv2d, Linear, ScaledTanh
from scratchnet.layers.squash import A, S
from scratchnet.losses import MAPLoss


def slope(y):
    """The slope of the paper's squashing function where it gives y, as the layer's backward pass has it."""
    f = ScaledTanh()
    f.forward(np.array([[math.atanh(y / A) / S]]))
    return f.backward(np.ones((1, 1))).item()


def convolved(n, flip=False):
    """The middle one of three places where a row of three weights lies on five pixels."""
    kernel = [n.k1, n.k2, n.k3][:: -1 if flip else 1]
    return np.correlate([n.x1, n.x2, n.x3, n.x4, n.x5], kernel).tolist()[1]


def five_and_three(rng):
    names = [f"X{i}" for i in range(1, 6)] + ["K1", "K2", "K3"]
    return {name: one_of(rng, *range(-5, 0), *range(1, 6)) for name in names}


def uses(n):
    """How many places of a kernel on a row of pixels cover one of them."""
    return min(n.kernel - 1, n.at, n.width - n.kernel, n.width - 1 - n.at) + 1


def map_loss(n, j=None):
    return MAPLoss(n.j if j is None else j).forward(np.array([[n.y0, n.y1, n.y2]], float), np.array([0]))


ON_LAYERS = (
    Question(
        "grey-value",
        1,
        "A pixel of MNIST is {GREY} (0 is background, 255 is ink). Which number does the network of the paper get, "
        "where background is -0.1 and ink is 1.175?",
        lambda rng: {"GREY": whole(rng, 20, 235)},
        lambda n: n.grey / 255 * 1.275 - 0.1,
        {
            "Yours is the share of 255; it should be stretched to the range from -0.1 to 1.175.": lambda n: (
                n.grey / 255
            ),
            "Yours stretches by 1.175; the range should have the length 1.175 + 0.1.": lambda n: (
                n.grey / 255 * 1.175 - 0.1
            ),
            "Yours does not begin at -0.1; background should be -0.1.": lambda n: n.grey / 255 * 1.275,
            "Yours divides by 256; ink should be 255.": lambda n: n.grey / 256 * 1.275 - 0.1,
        },
    ),
    Question(
        "border-pixels",
        1,
        "An image of {SIZE} x {SIZE} pixels gets a border, the same on all sides, until it is {LARGE} x {LARGE}. "
        "How many pixels has the border?",
        lambda rng: {"SIZE": (size := whole(rng, 18, 40)), "LARGE": size + 2 * whole(rng, 1, 6)},
        lambda n: n.large**2 - n.size**2,
        {
            "Yours is the width of the border, squared; it should count all around.": lambda n: (n.large - n.size) ** 2,
            "Yours counts the four corners twice; each pixel should count once.": lambda n: (
                2 * (n.large - n.size) * n.large
            ),
            "Yours leaves the corners out; they should belong to the border.": lambda n: (
                2 * (n.large - n.size) * n.size
            ),
        },
    ),
    Question(
        "unit-output",
        2,
        "A unit has the inputs {X1} and {X2}, the weights {W1} and {W2}, the bias {B}, and the squashing function "
        "of the paper, 1.7159 tanh(2/3 a). What is its output?",
        lambda rng: {name: tenths(rng, -1.5, 1.5) for name in ("X1", "X2", "W1", "W2", "B")},
        lambda n: ScaledTanh()(np.array([[n.x1 * n.w1 + n.x2 * n.w2 + n.b]])).item(),
        {
            "Yours is the weighted sum; it should be squashed.": lambda n: n.x1 * n.w1 + n.x2 * n.w2 + n.b,
            "Yours has no bias; it should be added before squashing.": lambda n: (
                A * math.tanh(S * (n.x1 * n.w1 + n.x2 * n.w2))
            ),
            "Yours adds the bias after squashing; it should be added before.": lambda n: (
                A * math.tanh(S * (n.x1 * n.w1 + n.x2 * n.w2)) + n.b
            ),
            "Yours is tanh(a); it should be 1.7159 tanh(2/3 a).": lambda n: math.tanh(n.x1 * n.w1 + n.x2 * n.w2 + n.b),
        },
    ),
    Question(
        "slope-from-output",
        2,
        "The squashing function of the paper, y = 1.7159 tanh(2/3 a), gives y = {Y}. What is dy/da there?",
        lambda rng: {"Y": one_of(rng, *(n / 100 for n in range(15, 140, 5)))},
        lambda n: slope(n.y),
        {
            "Yours is 1 - y^2, the slope of tanh; it should be that of A tanh(S a).": lambda n: 1 - n.y**2,
            "Yours is the slope at 0; it should be smaller where y is larger.": lambda n: A * S,
            "Yours forgets the factor S; the inner function has a slope too.": lambda n: A - n.y**2 / A,
            "Yours puts y where a should be.": lambda n: A * S * (1 - math.tanh(S * n.y) ** 2),
        },
    ),
    Question(
        "linear-parameters",
        3,
        "A fully connected layer has {IN} inputs and {OUT} units, each with a bias. How many parameters does it have?",
        lambda rng: {"IN": whole(rng, 30, 400), "OUT": whole(rng, 10, 120)},
        lambda n: Linear(getattr(n, "in"), n.out).n_parameters(),
        {
            "Yours has no biases; it should have one for each unit.": lambda n: getattr(n, "in") * n.out,
            "Yours has one bias for the layer; it should have one for each unit.": lambda n: (
                getattr(n, "in") * n.out + 1
            ),
            "Yours has a bias for each input; it should have one for each unit.": lambda n: (
                getattr(n, "in") * n.out + getattr(n, "in")
            ),
        },
    ),
    Question(
        "weight-gradient",
        3,
        "A batch of two images: one input of a linear layer is {X1} for the first and {X2} for the second, and "
        "dE/dy of one unit is {D1} and {D2}. What is dE/dW of the weight between them?",
        lambda rng: {name: tenths(rng, -2, 2) for name in ("X1", "X2", "D1", "D2")},
        lambda n: n.x1 * n.d1 + n.x2 * n.d2,
        {
            "Yours is the mean; layers should sum, and the 1/N is in the loss.": lambda n: (
                (n.x1 * n.d1 + n.x2 * n.d2) / 2
            ),
            "Yours has the first image only; both should count.": lambda n: n.x1 * n.d1,
            "Yours multiplies the sums; it should sum the products.": lambda n: (n.x1 + n.x2) * (n.d1 + n.d2),
            "Yours takes the images crosswise; each x belongs to its own dE/dy.": lambda n: n.x1 * n.d2 + n.x2 * n.d1,
        },
    ),
    Question(
        "two-paths",
        4,
        "E = {W} x + {V} x^2, with x used in both terms. What is dE/dx at x = {X}?",
        lambda rng: {"W": tenths(rng, 0.5, 3), "V": tenths(rng, 0.5, 3), "X": tenths(rng, -2, 2)},
        lambda n: n.w + 2 * n.v * n.x,
        {
            "Yours has the first path only; gradients of two paths should be added.": lambda n: n.w,
            "Yours has the second path only; gradients of two paths should be added.": lambda n: 2 * n.v * n.x,
            "Yours multiplies the paths; gradients of two paths should be added.": lambda n: n.w * 2 * n.v * n.x,
            "Yours is E itself; it should be its slope.": lambda n: n.w * n.x + n.v * n.x**2,
        },
    ),
    Question(
        "measured-slope",
        5,
        "You measure the slope of E = x^3 at x = {X} by central differences with h = {H}. Which number do you get "
        "(not the exact slope)?",
        lambda rng: {"X": tenths(rng, 0.5, 2), "H": one_of(rng, 0.2, 0.3, 0.4, 0.5)},
        lambda n: ((n.x + n.h) ** 3 - (n.x - n.h) ** 3) / (2 * n.h),
        {
            "Yours is the exact slope; the measured one should be off by h^2 here.": lambda n: 3 * n.x**2,
            "Yours is the difference to one side; it should go from x - h to x + h.": lambda n: (
                ((n.x + n.h) ** 3 - n.x**3) / n.h
            ),
            "Yours divides by h; from x - h to x + h it is 2 h.": lambda n: ((n.x + n.h) ** 3 - (n.x - n.h) ** 3) / n.h,
        },
    ),
    Question(
        "passes-to-measure",
        5,
        "How many forward passes do central differences need to measure the gradient of all {P} parameters of a "
        "network?",
        lambda rng: {"P": whole(rng, 500, 60_000)},
        lambda n: 2 * n.p,
        {
            "Yours has one pass for each parameter; it should go up and down.": lambda n: n.p,
            "Yours counts the pass without a change; central differences do not need it.": lambda n: 2 * n.p + 1,
            "Yours is that of differences to one side.": lambda n: n.p + 1,
        },
    ),
    Question(
        "sum-under-kernel",
        6,
        "A row of pixels is ({X1}, {X2}, {X3}, {X4}, {X5}), the kernel of a convolutional layer is ({K1}, {K2}, "
        "{K3}), there is no bias. What is the second of the three outputs?",
        five_and_three,
        convolved,
        {
            "Yours flips the kernel; the layers of networks do not.": lambda n: convolved(n, flip=True),
            "Yours is the first output.": lambda n: n.k1 * n.x1 + n.k2 * n.x2 + n.k3 * n.x3,
            "Yours is the third output.": lambda n: n.k1 * n.x3 + n.k2 * n.x4 + n.k3 * n.x5,
        },
    ),
    Question(
        "conv-parameters",
        6,
        "A convolution reads {C} maps, gives {O} maps, and has kernels of {K} x {K}; all maps are connected. How "
        "many parameters does it have?",
        lambda rng: {"C": whole(rng, 3, 16), "O": whole(rng, 4, 32), "K": one_of(rng, 3, 5, 7)},
        lambda n: Conv2d(n.c, n.o, n.k).n_parameters(),
        {
            "Yours has no biases; it should have one for each output map.": lambda n: n.c * n.o * n.k**2,
            "Yours has one kernel for each output map; it should have one for each pair of maps.": lambda n: (
                n.o * (n.k**2 + 1)
            ),
            "Yours has a bias for each kernel; it should have one for each output map.": lambda n: (
                n.c * n.o * (n.k**2 + 1)
            ),
        },
    ),
    Question(
        "copies-in-columns",
        7,
        "im2col of one map of {SIZE} x {SIZE} pixels, kernel {K} x {K}, stride 1, no padding: how many numbers are "
        "in its matrix?",
        lambda rng: {"SIZE": whole(rng, 10, 32), "K": one_of(rng, 3, 5, 7)},
        lambda n: n.k**2 * (n.size - n.k + 1) ** 2,
        {
            "Yours is the number of columns; each should have K x K pixels.": lambda n: (n.size - n.k + 1) ** 2,
            "Yours has a place for each pixel; a kernel that leaves the map has none.": lambda n: n.k**2 * n.size**2,
            "Yours has one place too few in each direction.": lambda n: n.k**2 * (n.size - n.k) ** 2,
        },
    ),
    Question(
        "added-back",
        8,
        "A kernel of {KERNEL} weights moves over a row of {WIDTH} pixels, one at a time. How many of its outputs "
        "send a gradient to pixel {AT}, counted from 0?",
        lambda rng: {
            "KERNEL": whole(rng, 6, 11),
            "WIDTH": (w := whole(rng, 25, 40)),
            "AT": one_of(rng, *range(1, 10), w - 2),
        },
        uses,
        {
            "Yours is that of a pixel in the middle; near the border fewer outputs read it.": lambda n: n.kernel,
            "Yours counts pixels from 1.": lambda n: min(n.at, n.width - 1 - n.at),
            "Yours is the number of all outputs; each reads only as many pixels as the kernel has.": lambda n: (
                n.width - n.kernel + 1
            ),
        },
    ),
    Question(
        "subsampled",
        9,
        "A window of S2 has the pixels {P1}, {P2}, {P3}, {P4}; its coefficient is {W} and its bias {B}. What does "
        "the squashing function get?",
        lambda rng: {name: tenths(rng, -1, 1.5) for name in ("P1", "P2", "P3", "P4", "W", "B")},
        lambda n: n.w * (n.p1 + n.p2 + n.p3 + n.p4) + n.b,
        {
            "Yours has the mean; the paper's window should be summed.": lambda n: (
                n.w * (n.p1 + n.p2 + n.p3 + n.p4) / 4 + n.b
            ),
            "Yours has the largest pixel; the paper's window should be summed.": lambda n: (
                n.w * max(n.p1, n.p2, n.p3, n.p4) + n.b
            ),
            "Yours adds the bias to the sum before the coefficient.": lambda n: n.w * (n.p1 + n.p2 + n.p3 + n.p4 + n.b),
        },
    ),
    Question(
        "penalty",
        11,
        "F6 gives the right code, all entries +1 or -1, but in {OFF} entries it gives {PART} times the entry. What is "
        "the penalty of this code?",
        lambda rng: {"OFF": whole(rng, 5, 40), "PART": one_of(rng, 0.1, 0.2, 0.3, 0.6, 0.7)},
        lambda n: n.off * (1 - n.part) ** 2,
        {
            "Yours is the distance; a penalty should be its square.": lambda n: math.sqrt(n.off) * (1 - n.part),
            "Yours does not square the differences.": lambda n: n.off * (1 - n.part),
            "Yours squares the entries; it should square how far they are from the code.": lambda n: n.off * n.part**2,
            "Yours is a mean over the 84 entries; a penalty should be a sum.": lambda n: n.off * (1 - n.part) ** 2 / 84,
        },
    ),
    Question(
        "map-loss",
        12,
        "Three classes have the penalties {Y0}, {Y1} and {Y2}; the first is right, j = {J}. What is E by equation 9"
        " of the paper?",
        lambda rng: {
            "Y0": tenths(rng, 0.3, 1.5),
            "Y1": tenths(rng, 0.3, 3),
            "Y2": tenths(rng, 0.3, 3),
            "J": one_of(rng, 1, 2, 3),
        },
        map_loss,
        {
            "Yours leaves out e^-j.": lambda n: map_loss(n, math.inf),
            "Yours is equation 8, the penalty of the right class alone.": lambda n: n.y0,
            "Yours is the logarithm alone; the penalty of the right class should be added.": lambda n: (
                map_loss(n) - n.y0
            ),
            "Yours sums over the wrong classes only; the sum of the paper has all of them.": lambda n: (
                n.y0 + math.log(math.exp(-n.j) + math.exp(-n.y1) + math.exp(-n.y2))
            ),
        },
    ),
    Question(
        "conv-connections",
        13,
        "A convolution with {P} parameters, biases included, gives maps of {OUT} x {OUT} units. How many "
        "connections does it have, as the paper counts?",
        lambda rng: {"P": whole(rng, 100, 3000), "OUT": whole(rng, 6, 28)},
        lambda n: n.p * n.out**2,
        {
            "Yours is the number of parameters; each should count at every place.": lambda n: n.p,
            "Yours has one row of places; a map should have OUT rows.": lambda n: n.p * n.out,
        },
    ),
)
