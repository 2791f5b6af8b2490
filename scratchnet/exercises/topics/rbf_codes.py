"""The exercise on RBF, the codes and penalties of the output layer."""

import numpy as np

from scratchnet.exercises.cases import gaps, layer_case, normal, whole
from scratchnet.exercises.definition import Case, Exercise
from scratchnet.exercises.kinds import LayerPass
from scratchnet.exercises.topics.families import in_a_loop, wrongs
from scratchnet.layers import RBF
from scratchnet.models import DIGIT_CODES


def codes_case(rng, dtype, images, classes, features, draw=normal, memory=np.ascontiguousarray):
    codes = rng.choice([-1, 1], (classes, features)).astype(dtype)
    case = layer_case(RBF, rng, dtype, (images, features), codes, draw=draw, memory=memory, sizes={"classes": classes})
    return Case(case.arrays | {"codes": codes}, case.args, sizes=case.sizes)


def digit_codes_case(rng, dtype):
    case = layer_case(RBF, rng, dtype, (8, 84), DIGIT_CODES.astype(dtype), sizes={"classes": 10})
    return Case(case.arrays | {"codes": DIGIT_CODES.astype(dtype)}, case.args, sizes=case.sizes)


def differences(c):
    return c.x[:, None, :] - c.codes


def y_of(c):
    return (differences(c) ** 2).sum(axis=2)


def dx_of(c):
    return 2 * (c.dy[:, :, None] * differences(c)).sum(axis=1)


def nearest(c):
    """dx of the nearest class alone."""
    n, near = np.arange(len(c.x)), y_of(c).argmin(axis=1)
    return 2 * c.dy[n, near][:, None] * differences(c)[n, near]


RBF_FORWARD = wrongs(
    "y",
    {
        "Yours sums the differences; it should sum their squares.": lambda c: differences(c).sum(axis=2),
        "Yours is the sum of |x - w|; it should be the sum of squares.": lambda c: np.abs(differences(c)).sum(axis=2),
        "Yours is the distance; it should be its square (eq. 7).": lambda c: np.sqrt(y_of(c)),
        "Yours is the mean over the features; it should be the sum.": lambda c: (differences(c) ** 2).mean(axis=2),
        "Yours has a factor 1/2; it should not (eq. 7).": lambda c: y_of(c) / 2,
        "Yours is the product x w'; it should be a squared distance.": lambda c: c.x @ c.codes.T,
        "Yours has the other sign; it should be the penalty itself, which is never negative.": lambda c: -y_of(c),
        "Yours sums over the classes; it should sum over the features, the last axis.": (
            lambda c: (differences(c) ** 2).sum(axis=1),
            lambda c: (differences(c) ** 2).mean(axis=1),
        ),
        "Yours sums over the images; it should sum over the features, the last axis.": (
            lambda c: (differences(c) ** 2).sum(axis=0)
        ),
        "Yours is the square of the sum; it should be the sum of the squares.": lambda c: (
            differences(c).sum(axis=2) ** 2
        ),
        "Yours is e^-y, a Gaussian; it should be the penalty y itself.": (
            lambda c: np.exp(-y_of(c)),
            lambda c: np.exp(-y_of(c) / 2),
        ),
        "Yours is the largest square; it should be the sum of the squares.": (
            lambda c: (differences(c) ** 2).max(axis=2),
            lambda c: np.abs(differences(c)).max(axis=2),
        ),
        "Yours is x^2 - w^2; it should square the difference: (x - w)^2.": (
            lambda c: (c.x**2).sum(axis=1, keepdims=True) - (c.codes**2).sum(axis=1)
        ),
        "Yours is x^2 + w^2 without -2 x w; it should be (x - w)^2.": (
            lambda c: (c.x**2).sum(axis=1, keepdims=True) + (c.codes**2).sum(axis=1)
        ),
        "Yours has x w once; it should be x^2 - 2 x w + w^2.": lambda c: y_of(c) + c.x @ c.codes.T,
        "Yours has + 2 x w, which is (x + w)^2; it should be (x - w)^2.": lambda c: y_of(c) + 4 * c.x @ c.codes.T,
        "Yours is the product of the squares; it should be their sum.": lambda c: (differences(c) ** 2).prod(axis=2),
        "Yours doubles x - w; it should square it: ** 2.": lambda c: 2 * differences(c).sum(axis=2),
        "Yours takes the third or fourth power; it should square x - w: ** 2.": (
            lambda c: (differences(c) ** 3).sum(axis=2),
            lambda c: (differences(c) ** 4).sum(axis=2),
        ),
        "Yours multiplies x by w; it should subtract: (x - w)^2.": (
            lambda c: ((c.x[:, None, :] * c.codes) ** 2).sum(axis=2)
        ),
        "Yours is the number of the nearest class; it should be the penalties of all classes, (N, classes).": (
            lambda c: y_of(c).argmin(axis=1)
        ),
        "Yours is the smallest penalty; it should be the penalties of all classes, (N, classes).": (
            lambda c: y_of(c).min(axis=1)
        ),
        "Yours is the penalty of the last class; it should be the penalties of all classes, (N, classes).": (
            lambda c: y_of(c)[:, -1]
        ),
        "Yours is the penalty of the first class; it should be the penalties of all classes, (N, classes).": (
            lambda c: y_of(c)[:, 0]
        ),
        "Yours uses the last feature only; it should sum over all: `+=` in the inner loop.": (
            lambda c: differences(c)[:, :, -1] ** 2
        ),
        "Yours uses the first feature only; it should sum over all: is `return` inside of the loop?": (
            lambda c: differences(c)[:, :, 0] ** 2
        ),
    },
)
RBF_STORED = wrongs(
    "self.difference",
    {
        "Yours stores w - x; self.difference should be x - w.": lambda c: -differences(c),
        "Yours stores the squares; self.difference should be x - w.": lambda c: differences(c) ** 2,
        "Yours stores |x - w|; self.difference should be x - w.": lambda c: np.abs(differences(c)),
        "Yours stores 2 (x - w); self.difference should be x - w.": lambda c: 2 * differences(c),
        "Yours stores y; self.difference should be x - w, of shape (N, classes, F).": y_of,
        "Yours stores the sum of x - w; self.difference should be x - w, of shape (N, classes, F).": (
            lambda c: differences(c).sum(axis=2),
            lambda c: differences(c).sum(axis=1),
        ),
    },
)
RBF_BACKWARD = wrongs(
    "dx",
    {
        "Yours has no factor 2; it should, since the derivative of a square is 2 (x - w).": lambda c: c.dx / 2,
        "Yours has 2 (w - x); it should be 2 (x - w).": lambda c: -c.dx,
        "Yours has w - x and no factor 2; it should be 2 (x - w).": lambda c: -c.dx / 2,
        "Yours reshapes dy', which mixes the images; it should be dy[:, :, None], with the images first.": (
            lambda c: 2 * (c.dy.T.reshape(c.dy.shape)[:, :, None] * differences(c)).sum(axis=1)
        ),
        "Yours has no dy; it should weigh each class by dE/dy_i.": (
            lambda c: 2 * differences(c).sum(axis=1),
            lambda c: differences(c).sum(axis=1),
        ),
        "Yours averages over the classes; it should sum over them.": (
            lambda c: (2 * c.dy[:, :, None] * differences(c)).mean(axis=1)
        ),
        "Yours sums over the features; it should sum over the classes, axis 1.": (
            lambda c: (2 * c.dy[:, :, None] * differences(c)).sum(axis=2),
            lambda c: (c.dy[:, :, None] * differences(c)).sum(axis=2),
        ),
        "Yours sums over the images; it should sum over the classes, axis 1.": (
            lambda c: (2 * c.dy[:, :, None] * differences(c)).sum(axis=0)
        ),
        "Yours squares x - w; it should not: the derivative of a square is 2 (x - w).": (
            lambda c: 2 * (c.dy[:, :, None] * differences(c) ** 2).sum(axis=1),
            lambda c: (c.dy[:, :, None] * differences(c) ** 2).sum(axis=1),
        ),
        "Yours has |x - w|; it should be x - w, with its sign.": (
            lambda c: 2 * (c.dy[:, :, None] * np.abs(differences(c))).sum(axis=1)
        ),
        "Yours has the factor 4; it should be 2 (x - w): the 2 is there twice.": lambda c: 2 * c.dx,
        "Yours adds dy to x - w; it should multiply the two.": (
            lambda c: 2 * (c.dy[:, :, None] + differences(c)).sum(axis=1)
        ),
        "Yours takes the largest over the classes; it should sum over them.": (
            lambda c: (2 * c.dy[:, :, None] * differences(c)).max(axis=1)
        ),
        "Yours sums x - w over the features first; it should sum over the classes, and leave (N, F).": (
            lambda c: 2 * (c.dy * differences(c).sum(axis=2)).sum(axis=1),
            lambda c: 2 * c.dy * differences(c).sum(axis=2),
        ),
        "Yours squares dy; it should not.": lambda c: 2 * (c.dy[:, :, None] ** 2 * differences(c)).sum(axis=1),
        "Yours is the product of two sums; it should multiply dy and x - w first, and then sum over the classes.": [
            lambda c, k=k: k * c.dy.sum(axis=1, keepdims=True) * differences(c).sum(axis=1) for k in (1, 2)
        ],
        "Yours has w alone; it should have x - w: self.difference.": [
            lambda c, k=k: k * c.dy @ c.codes for k in (-2, -1, 1, 2)
        ],
        "Yours has x alone; it should have x - w: self.difference.": [
            lambda c, k=k: k * c.dy.sum(axis=1, keepdims=True) * c.x for k in (1, 2)
        ],
        "Yours pairs every image with every image, as the product `@` of dy and self.difference does; it should be "
        "dy[:, :, None] * self.difference, summed over axis 1.": [
            lambda c, k=k: k * c.dy @ differences(c) for k in (1, 2)
        ],
        "Yours uses the first class only; it should sum over all classes.": (
            lambda c: 2 * c.dy[:, :1] * differences(c)[:, 0]
        ),
        "Yours uses the last class only; it should sum over all classes: `+=` in the loop.": (
            lambda c: 2 * c.dy[:, -1:] * differences(c)[:, -1]
        ),
        "Yours uses the nearest class only; it should sum over all classes.": nearest,
        "Yours multiplies by y too; it should be dy times 2 (x - w).": (
            lambda c: 2 * ((c.dy * y_of(c))[:, :, None] * differences(c)).sum(axis=1)
        ),
        "Yours has y for dy; it should be dy times 2 (x - w).": (
            lambda c: 2 * (y_of(c)[:, :, None] * differences(c)).sum(axis=1)
        ),
        "Yours divides by the distance; it should not: y is the square, with the slope 2 (x - w).": (
            lambda c: ((c.dy / np.sqrt(y_of(c)))[:, :, None] * differences(c)).sum(axis=1)
        ),
    },
)

RBF_LAYER = Exercise(
    name="rbf",
    title="how far an answer is from each code",
    target=RBF,
    methods=("forward", "backward"),
    task="self.codes is (classes, F). forward returns the penalties y (N, classes) and stores x - w for every pair as "
    "self.difference (N, classes, F). backward takes dE/dy and returns dE/dx.",
    contract={
        "": "The output layer: y_i is the squared distance of x to the code of class i (paper, eq. 7).\n"
        "x: (N, F); y: (N, classes), penalties, the smallest wins; codes: (classes, F), fixed: no "
        "gradient for them.",
        "forward": "Return y, and store the differences as self.difference.",
        "backward": "Take dE/dy and return dE/dx.",
    },
    kind=LayerPass(leaves=("difference",)),
    tiny=lambda rng, dtype: codes_case(rng, dtype, 2, 2, 3, draw=whole),
    draw=lambda rng, dtype: codes_case(rng, dtype, 5, 3, 6),
    real=lambda rng, dtype: [digit_codes_case(rng, dtype)],
    odd=lambda rng, dtype: [
        codes_case(rng, dtype, 1, 1, 1),
        codes_case(rng, dtype, 1, 7, 2),
        codes_case(rng, dtype, 4, 1, 3),
        codes_case(rng, dtype, 4, 4, 4),
        codes_case(rng, dtype, 3, 3, 5),
        codes_case(rng, dtype, 5, 2, 5),
        codes_case(rng, dtype, 2, 4, 4),
        codes_case(rng, dtype, 4, 2, 5, memory=gaps),
    ],
    wrong={
        "forward": RBF_FORWARD + in_a_loop("y", y_of) + RBF_STORED,
        "backward": RBF_BACKWARD + in_a_loop("dx", dx_of),
    },
    hints=(
        "x is (N, F), codes (classes, F). x[:, None, :] is (N, 1, F); x[:, None, :] - codes is (N, classes, F).",
        "y is the sum of the squares over the last axis.",
        "backward: y_i = sum_k (x_k - w_ik)^2 has the derivative 2 (x_k - w_ik) with respect to x_k.",
        "Each class i adds dy_i times that: dy[:, :, None] * self.difference, summed over axis 1, times 2.",
    ),
)
