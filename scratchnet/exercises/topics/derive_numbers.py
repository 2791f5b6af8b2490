"""Derived by hand, with numbers of one's own: gradients, step sizes, and how sure an error is."""

import math

from scratchnet.exercises import by_hand
from scratchnet.exercises.definition import Exercise
from scratchnet.exercises.own_numbers import BY_HAND, OwnNumbers, one_of, slips


def graph(rng):
    """Return the numbers of the graph, with a > 0 and E > 0."""
    while True:
        x, w, v, u = (one_of(rng, -3, -2, 2, 3, 4) for _ in range(4))
        b, t = one_of(rng, -2, -1, 1, 2), one_of(rng, -5, -3, 3, 5)
        if w * x + b > 1 and 2 < abs(v * (w * x + b) + u * x - t) < 20:
            return {"X": x, "W": w, "B": b, "V": v, "U": u, "T": t}


def y(n):
    return n.v * (n.w * n.x + n.b) + n.u * n.x


TWO_LAYERS = Exercise(
    name="backpropagation",
    title="a graph of two layers, by hand",
    target=by_hand.two_layers,
    methods=("E", "DE_DV", "DE_DW", "DE_DX"),
    levels=BY_HAND,
    task="w times x, plus b, goes through a rectifier (negative numbers become 0). The result times v, plus u times x, "
    "is y. E is half of the square of y - t. So x is used in two places. Draw the graph, write the values on its edges "
    "from the left to the right, and then the gradients from the right to the left.",
    contract={
        "": "A graph with six numbers",
        "E": "the value at the end",
        "DE_DV": "the gradient of E with respect to v",
        "DE_DW": "the gradient of E with respect to w",
        "DE_DX": "the gradient of E with respect to x",
    },
    kind=OwnNumbers(graph, {"X": "x", "W": "w", "B": "b", "V": "v", "U": "u", "T": "t"}),
    wrong={
        "E": slips(
            "E",
            {
                "Yours has no factor 1/2; E should be half of the square.": lambda n: (y(n) - n.t) ** 2,
                "Yours does not square y - t; E should be half of the square.": lambda n: (y(n) - n.t) / 2,
                "Yours is the square of y + t; it should be that of y - t.": lambda n: (y(n) + n.t) ** 2 / 2,
                "Yours leaves out u x; y should have it too.": lambda n: (y(n) - n.u * n.x - n.t) ** 2 / 2,
                "Yours leaves out b; it should be added before the rectifier.": lambda n: (
                    (n.v * n.w * n.x + n.u * n.x - n.t) ** 2 / 2
                ),
            },
        ),
        "DE_DV": slips(
            "DE_DV",
            {
                "Yours is h alone, which is dy/dv; it should be multiplied by dE/dy.": lambda n: n.w * n.x + n.b,
                "Yours is dE/dy alone; it should be multiplied by h, the other factor.": lambda n: y(n) - n.t,
                "Yours has the other sign; dE/dy should be y - t.": lambda n: -n.DE_DV,
                "Yours has the factor 2; the 1/2 in E should take it away.": lambda n: 2 * n.DE_DV,
                "Yours is dE/dy times v; it should be dE/dy times h: a product swaps its factors.": lambda n: (
                    (y(n) - n.t) * n.v
                ),
            },
        ),
        "DE_DW": slips(
            "DE_DW",
            {
                "Yours does not go through v; dE/dh should be dE/dy times v.": lambda n: (y(n) - n.t) * n.x,
                "Yours has no x; it should be multiplied by x, the other factor.": lambda n: (y(n) - n.t) * n.v,
                "Yours has no dE/dy; the chain should begin with it.": lambda n: n.v * n.x,
                "Yours has the other sign; dE/dy should be y - t.": lambda n: -n.DE_DW,
                "Yours has the factor 2; the 1/2 in E should take it away.": lambda n: 2 * n.DE_DW,
                "Yours is multiplied by w; it should be by x: a product swaps its factors.": lambda n: (
                    (y(n) - n.t) * n.v * n.w
                ),
            },
        ),
        "DE_DX": slips(
            "DE_DX",
            {
                "Yours goes through w only; x is used twice, and both gradients should be added.": lambda n: (
                    (y(n) - n.t) * n.v * n.w
                ),
                "Yours goes through u only; x is used twice, and both gradients should be added.": lambda n: (
                    (y(n) - n.t) * n.u
                ),
                "Yours multiplies the two paths; their gradients should be added.": lambda n: (
                    (y(n) - n.t) ** 2 * n.v * n.w * n.u
                ),
                "Yours has the other sign; dE/dy should be y - t.": lambda n: -n.DE_DX,
                "Yours has no dE/dy; both paths should begin with it.": lambda n: n.v * n.w + n.u,
                "Yours leaves v out of the path through w; it should be dE/dy v w.": lambda n: (
                    (y(n) - n.t) * (n.w + n.u)
                ),
            },
        ),
    },
    hints=(
        "Values first: a, then h, then y, then E. The rectifier lets a through, because yours is above 0.",
        "Gradients from the right: dE/dy is y - t. At a product, each factor gets dE/dy times the other factor.",
        "At a sum, every summand gets the same gradient. Where one value goes two ways, its two gradients are added.",
    ),
)


STEP_SIZE = Exercise(
    name="step-size",
    title="how far one weight moves, by hand",
    target=by_hand.step_sizes,
    methods=("EPS", "CHANGE", "ONE_STEP", "LARGEST"),
    levels=BY_HAND,
    task="First for the paper's method (appendix C): the step size of a weight of this curvature, and how much the "
    "weight changes for this gradient. Then for plain gradient descent on a parabola of this curvature, without mu. "
    "Four digits are enough.",
    contract={
        "": "One weight",
        "EPS": "its step size in the paper's method",
        "CHANGE": "what is added to the weight; mind the sign",
        "ONE_STEP": "the rate with which plain descent is at the minimum after one step",
        "LARGEST": "the rate above which plain descent runs away",
    },
    kind=OwnNumbers(
        lambda rng: {
            "ETA": one_of(rng, 0.01, 0.02, 0.05),
            "MU": one_of(rng, 0.02, 0.03, 0.1),
            "H": round(float(rng.uniform(0.2, 0.9)), 2),
            "G": round(float(rng.uniform(1.2, 3.0)), 2),
        },
        {"ETA": "the global learning rate", "MU": "mu", "H": "curvature d2E/dw2", "G": "gradient dE/dw"},
    ),
    wrong={
        "EPS": slips(
            "EPS",
            {
                "Yours has no mu; it should be added to the curvature.": lambda n: n.eta / n.h,
                "Yours divides by mu and adds h: brackets are missing; it should be eta / (mu + h).": lambda n: (
                    n.eta / n.mu + n.h
                ),
                "Yours multiplies; it should divide by mu + h: a large curvature asks for small steps.": lambda n: (
                    n.eta * (n.mu + n.h)
                ),
                "Yours has no curvature; it should be eta / (mu + h).": lambda n: n.eta / n.mu,
                "Yours has no eta; it should be eta / (mu + h).": lambda n: 1 / (n.mu + n.h),
                "Yours divides by the square of the curvature; it should be eta / (mu + h).": lambda n: (
                    n.eta / (n.mu + n.h**2)
                ),
                "Yours takes the root; it should be eta / (mu + h).": lambda n: n.eta / (n.mu + math.sqrt(n.h)),
            },
        ),
        "CHANGE": slips(
            "CHANGE",
            {
                "Yours has the other sign; descent should go against the gradient.": lambda n: -n.CHANGE,
                "Yours is eta times g; it should be the weight's own step size times g.": lambda n: -n.eta * n.g,
                "Yours divides by the curvature alone; the step size should have mu.": lambda n: -n.eta / n.h * n.g,
                "Yours is the step size; it should be multiplied by the gradient.": lambda n: -n.EPS,
                "Yours squares the gradient; it should not.": lambda n: -n.EPS * n.g**2,
            },
        ),
        "ONE_STEP": slips(
            "ONE_STEP",
            {
                "Yours is the largest rate; with that the weight should jump to the other side.": lambda n: 2 / n.h,
                "Yours is h; a larger curvature should ask for a smaller rate.": lambda n: n.h,
                "Yours is half of it; rate times h times the distance should be the distance.": lambda n: 1 / (2 * n.h),
                "Yours has mu; plain descent should have none.": lambda n: 1 / (n.h + n.mu),
            },
        ),
        "LARGEST": slips(
            "LARGEST",
            {
                "Yours is the rate of one step; up to twice of it the distance should still shrink.": lambda n: 1 / n.h,
                "Yours is 2 h; a larger curvature should ask for a smaller rate.": lambda n: 2 * n.h,
                "Yours is 1 / (2 h); 1 - rate h should stay above -1.": lambda n: 1 / (2 * n.h),
                "Yours is 4 / h; |1 - rate h| should stay below 1.": lambda n: 4 / n.h,
            },
        ),
    },
    hints=(
        "In eq. 21 each step size is a rate divided by a sum; a weight of large curvature moves less.",
        "On the parabola E is h (w - w0)^2 / 2, so the gradient is h (w - w0). Write down w after one step.",
        "The distance w - w0 is multiplied by 1 - rate h in each step. When is that 0, and when is it below -1?",
    ),
)

ERROR_BAR = Exercise(
    name="error-bar",
    title="how sure a measured error is, by hand",
    target=by_hand.error_bar,
    methods=("ERROR", "DEVIATION", "ENOUGH"),
    levels=BY_HAND,
    task="A network reads some digits of a test set wrong. Take each digit as one draw that is wrong with probability "
    "p, and p as what was measured. The share of wrong ones would differ from test set to test set. Four digits are "
    "enough.",
    contract={
        "": "A network on a test set",
        "ERROR": "its error in percent",
        "DEVIATION": "the standard deviation of that error, in percent of the digits",
        "ENOUGH": "digits that are needed for a deviation that is TIMES times as small",
    },
    kind=OwnNumbers(
        lambda rng: {
            "WRONG": int(rng.integers(60, 180)),
            "DIGITS": one_of(rng, 2000, 4000, 5000),
            "TIMES": one_of(rng, 3, 4, 5),
        },
        {"WRONG": "digits read wrong", "DIGITS": "digits in the test set", "TIMES": "how many times as small"},
    ),
    wrong={
        "ERROR": slips(
            "ERROR",
            {
                "Yours is a share; it should be in percent.": lambda n: n.wrong / n.digits,
                "Yours is the share of right answers; it should be that of wrong ones.": lambda n: (
                    100 - 100 * n.wrong / n.digits
                ),
                "Yours divides by the right answers; it should divide by all digits.": lambda n: (
                    100 * n.wrong / (n.digits - n.wrong)
                ),
            },
        ),
        "DEVIATION": slips(
            "DEVIATION",
            {
                "Yours is a share; it should be in percent.": lambda n: n.DEVIATION / 100,
                "Yours is the variance; the deviation should be its root.": lambda n: (
                    n.ERROR * (1 - n.ERROR / 100) / n.digits
                ),
                "Yours is that of one digit; it should be divided by the root of the number of digits.": lambda n: (
                    n.DEVIATION * math.sqrt(n.digits)
                ),
                "Yours divides by the number of digits; it should divide by its root.": lambda n: (
                    n.DEVIATION / math.sqrt(n.digits)
                ),
                "Yours counts digits; it should be in percent of them.": lambda n: n.DEVIATION * n.digits / 100,
                "Yours is an interval of 95 %; it should be one standard deviation.": lambda n: 1.96 * n.DEVIATION,
                "Yours has no factor 1 - p; the variance of one draw should be p (1 - p).": lambda n: (
                    100 * math.sqrt(n.wrong) / n.digits
                ),
            },
        ),
        "ENOUGH": slips(
            "ENOUGH",
            {
                "Yours is TIMES times as many; the deviation should go with 1 over the root of the number.": lambda n: (
                    n.digits * n.times
                ),
                "Yours multiplies by the root; it should be by the square.": lambda n: n.digits * math.sqrt(n.times),
                "Yours is fewer; a smaller deviation should need more digits.": lambda n: n.digits / n.times**2,
                "Yours is how many more; it should be how many in all.": lambda n: n.digits * (n.times**2 - 1),
            },
        ),
    },
    hints=(
        "One draw that is 1 with probability p, else 0, has the mean p and the variance p (1 - p).",
        "Variances of independent draws add up; the mean of n draws has the variance of one, divided by n.",
        "The standard deviation is the root of the variance. So it goes with one over the root of n.",
    ),
)
