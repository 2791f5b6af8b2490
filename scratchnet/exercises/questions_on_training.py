"""Short questions on lessons 14 to 25: training, and what came later. The library computes the answers that it has."""

import math

import numpy as np

from scratchnet.exercises.own_numbers import one_of
from scratchnet.exercises.questions import Question, tenths, whole
from scratchnet.layers import BatchNorm2d
from scratchnet.losses import CrossEntropyLoss


def softmax(n):
    loss = CrossEntropyLoss()
    loss.forward(np.array([[n.s0, n.s1, n.s2]], float), np.array([0]))
    return loss.backward()[0]


def normalised(n):
    """The first of four numbers, as BatchNorm2d in training makes it, without eps."""
    layer = BatchNorm2d(1, eps=1e-30)
    layer.training = True
    return layer(np.array([n.a, n.b, n.c, n.d], float).reshape(4, 1, 1, 1))[0].item()


def spread(n, ddof):
    return np.std([n.a, n.b, n.c, n.d], ddof=ddof).item()


ON_TRAINING = (
    Question(
        "first-deviation",
        14,
        "A layer of ReLU units has {F} inputs. Which standard deviation should its first weights have, so that the "
        "mean square is the same after the layer?",
        lambda rng: {"F": whole(rng, 50, 900)},
        lambda n: math.sqrt(2 / n.f),
        {
            "Yours is the variance; it should be its root.": lambda n: 2 / n.f,
            "Yours is that of units without ReLU, which loses half of the mean square.": lambda n: math.sqrt(1 / n.f),
            "Yours is the bound that the paper prints, 2.4 / F.": lambda n: 2.4 / n.f,
        },
    ),
    Question(
        "variance-after-layers",
        14,
        "Each layer multiplies the variance of its input by {G}. By which factor is it multiplied after {L} layers?",
        lambda rng: {"G": one_of(rng, 0.4, 0.6, 0.7, 1.3, 1.5, 1.8), "L": whole(rng, 4, 10)},
        lambda n: n.g**n.l,
        {
            "Yours adds; each layer should multiply again.": lambda n: n.g * n.l,
            "Yours has one layer too few.": lambda n: n.g ** (n.l - 1),
            "Yours is the factor of the deviation; the variance should be its square.": lambda n: n.g ** (n.l / 2),
        },
    ),
    Question(
        "distance-left",
        15,
        "On a parabola of curvature {H} gradient descent with eta = {ETA} begins {D} from the minimum. How far from"
        " it is it after {N} steps (without a sign)?",
        lambda rng: {
            "H": one_of(rng, 2, 4, 5),
            "ETA": one_of(rng, 0.05, 0.1, 0.15, 0.3),
            "D": one_of(rng, 2, 3, 5),
            "N": whole(rng, 3, 5),
        },
        lambda n: n.d * abs(1 - n.eta * n.h) ** n.n,
        {
            "Yours goes the same way in each step; the gradient should shrink with the distance.": lambda n: abs(
                n.d - n.n * n.eta * n.h * n.d
            ),
            "Yours leaves the curvature out; the gradient should be h times the distance.": lambda n: (
                n.d * abs(1 - n.eta) ** n.n
            ),
            "Yours has one step too few.": lambda n: n.d * abs(1 - n.eta * n.h) ** (n.n - 1),
        },
    ),
    Question(
        "updates",
        16,
        "{DIGITS} digits, batches of {BATCH}, {EPOCHS} epochs; the last batch may be smaller. How many updates are "
        "that?",
        lambda rng: {
            "DIGITS": whole(rng, 1001, 60_000),
            "BATCH": one_of(rng, 16, 32, 64, 100),
            "EPOCHS": whole(rng, 3, 20),
        },
        lambda n: math.ceil(n.digits / n.batch) * n.epochs,
        {
            "Yours leaves out the last batch of each epoch; it should count too.": lambda n: (
                n.digits // n.batch * n.epochs
            ),
            "Yours is one epoch.": lambda n: math.ceil(n.digits / n.batch),
            "Yours counts digits; a batch should be one update.": lambda n: n.digits * n.epochs,
        },
    ),
    Question(
        "error-of-the-rest",
        18,
        "Of {DIGITS} digits a network refuses {REFUSED}. Of those that it reads, {WRONG} are wrong. What is the "
        "error of those that it reads, in percent?",
        lambda rng: {
            "DIGITS": 1000 * whole(rng, 2, 10),
            "REFUSED": 10 * whole(rng, 20, 60),
            "WRONG": whole(rng, 10, 60),
        },
        lambda n: 100 * n.wrong / (n.digits - n.refused),
        {
            "Yours divides by all digits; it should divide by those that are read.": lambda n: 100 * n.wrong / n.digits,
            "Yours counts a refusal as an error.": lambda n: 100 * (n.wrong + n.refused) / n.digits,
            "Yours is a share; it should be in percent.": lambda n: n.wrong / (n.digits - n.refused),
        },
    ),
    Question(
        "kept-entries",
        19,
        "Dropout drops each entry with probability {P}. An entry of {X} is kept. Which number does the next layer "
        "get in training?",
        lambda rng: {"P": one_of(rng, 0.1, 0.2, 0.25, 0.3, 0.4), "X": tenths(rng, 0.5, 4)},
        lambda n: n.x / (1 - n.p),
        {
            "Yours is not scaled; the mean should stay as it is without dropout.": lambda n: n.x,
            "Yours is multiplied by 1 - p; kept entries should become larger.": lambda n: n.x * (1 - n.p),
            "Yours divides by p, the share that is dropped.": lambda n: n.x / n.p,
        },
    ),
    Question(
        "score-gradient",
        20,
        "One image, three classes, scores {S0}, {S1}, {S2}; the first class is right. What is dE/d(first score) of "
        "softmax and cross-entropy?",
        lambda rng: {name: tenths(rng, -1.5, 2) for name in ("S0", "S1", "S2")},
        lambda n: softmax(n)[0].item(),
        {
            "Yours is the probability; 1 should be subtracted for the right class.": lambda n: softmax(n)[0].item() + 1,
            "Yours has the wrong sign: a larger right score should make E smaller.": lambda n: -softmax(n)[0].item(),
            "Yours is E itself; it should be its gradient.": lambda n: -math.log(softmax(n)[0].item() + 1),
        },
    ),
    Question(
        "normalised",
        21,
        "A unit gives {A}, {B}, {C} and {D} for the four images of a batch. What does batch normalisation make of "
        "the first in training (gamma 1, beta 0, no eps)?",
        lambda rng: dict(zip("ABCD", (tenths(rng, -3, 3) for _ in range(4)))),
        normalised,
        {
            "Yours divides by the deviation with n - 1; in training it should be n.": lambda n: (
                (n.a - (n.a + n.b + n.c + n.d) / 4) / (spread(n, 1) or 1)
            ),
            "Yours divides by the variance; it should be its root.": lambda n: (
                (n.a - (n.a + n.b + n.c + n.d) / 4) / (spread(n, 0) ** 2 or 1)
            ),
            "Yours does not subtract the mean.": lambda n: n.a / (spread(n, 0) or 1),
        },
    ),
    Question(
        "ring-traffic",
        24,
        "{P} machines in a ring sum arrays of {N} numbers by all-reduce, each array cut in {P} parts. How many "
        "numbers does each machine send?",
        lambda rng: {"P": (p := whole(rng, 4, 16)), "N": p * whole(rng, 100, 4000)},
        lambda n: 2 * (n.p - 1) * n.n // n.p,
        {
            "Yours is the first half; the sums should go around too.": lambda n: (n.p - 1) * n.n // n.p,
            "Yours sends whole arrays; each step should send one part.": lambda n: (n.p - 1) * n.n,
            "Yours has one step too many in each half.": lambda n: 2 * n.n,
        },
    ),
    Question(
        "error-of-a-mean",
        25,
        "The test errors of four seeds are {A}, {B}, {C} and {D} percent. What is the standard error of their mean,"
        " in percent?",
        lambda rng: dict(zip("ABCD", (one_of(rng, *(n / 100 for n in range(80, 130))) for _ in range(4)))),
        lambda n: spread(n, 1) / 2,
        {
            "Yours is the deviation of one seed; that of the mean should be half of it.": lambda n: spread(n, 1),
            "Yours has the deviation with n; with so few seeds it should be n - 1.": lambda n: spread(n, 0) / 2,
            "Yours divides by 4; it should be the root of 4.": lambda n: spread(n, 1) / 4,
        },
    ),
)
