"""The first exercise: ScaledTanh."""

import numpy as np

from scratchnet.exercises.cases import gaps, layer_case, normal, whole
from scratchnet.exercises.definition import Exercise
from scratchnet.exercises.kinds import LayerPass
from scratchnet.exercises.topics.families import in_a_loop, wrongs
from scratchnet.layers import ScaledTanh
from scratchnet.layers.squash import A, S


def any_shape(kind):
    """Return tiny, draw, real, odd for a layer that takes any shape."""
    return {
        "tiny": lambda rng, dtype: layer_case(kind, rng, dtype, (2, 3), draw=whole),
        "draw": lambda rng, dtype: layer_case(kind, rng, dtype, (5, *rng.integers(2, 6, 2))),
        "real": lambda rng, dtype: [layer_case(kind, rng, dtype, (2, 6, 28, 28))],
        "odd": lambda rng, dtype: [
            layer_case(kind, rng, dtype, (1, 1)),
            layer_case(kind, rng, dtype, (1, 4)),
            layer_case(kind, rng, dtype, (4, 1)),
            layer_case(kind, rng, dtype, (3, 3)),
            layer_case(kind, rng, dtype, (3, 2, 4, 5)),
            layer_case(kind, rng, dtype, (4, 6), memory=gaps),
            layer_case(kind, rng, dtype, (3, 4), draw=with_large),
        ],
    }


def with_large(rng, shape, dtype):
    """Normal numbers, and a few whose exponential is infinite."""
    array = normal(rng, shape, dtype)
    array.flat[:2], array.flat[-2:] = (1200, -2000), (20, -30)
    return array


def squash(c):
    return A * np.tanh(S * c.x)


def slope(c):
    """f'(x), from y."""
    return S * A - S / A * squash(c) ** 2


FORWARD = wrongs(
    "y",
    {
        "Yours has no factor A in front of tanh; it should.": lambda c: np.tanh(S * c.x),
        "Yours has no factor S inside of tanh; it should.": lambda c: A * np.tanh(c.x),
        "Yours is tanh x; it should be A tanh(S x).": lambda c: np.tanh(c.x),
        "Yours has A and S in each other's place; it should be A tanh(S x).": lambda c: S * np.tanh(A * c.x),
        "Yours has A inside of tanh; it should be in front.": lambda c: np.tanh(A * S * c.x),
        "Yours has S in front of tanh; S should be inside of tanh: A tanh(S x).": (
            lambda c: A * S * np.tanh(c.x),
            lambda c: S * np.tanh(c.x),
        ),
        "Yours has x behind the brackets; it should be inside of the brackets: tanh(S x).": (
            lambda c: A * np.tanh(S) * c.x,
            lambda c: np.tanh(S) * c.x,
        ),
        "Yours divides x by S; it should multiply: tanh(S x).": lambda c: A * np.tanh(c.x / S),
        "Yours adds S to x; it should multiply: tanh(S x).": lambda c: A * np.tanh(S + c.x),
        "Yours adds A to tanh; it should multiply: A tanh(S x).": lambda c: A + np.tanh(S * c.x),
        "Yours has S / A or S A inside of tanh; it should be A tanh(S x).": (
            lambda c: np.tanh(S / A * c.x),
            lambda c: A * np.tanh(S / A * c.x),
            lambda c: A * np.tanh(S * A * c.x),
        ),
        "Yours has a rounded number for A or S; it should be A and S, which are imported.": [
            lambda c, a=a, s=s: a * np.tanh(s * c.x)
            for a in (A, 1.7, 1.71, 1.72, 1.716)
            for s in (S, 0.6, 0.66, 0.67, 0.666, 0.667, 0.6666, 0.6667, 0.66666, 0.66667, 0.666666, 0.666667)
            if (a, s) != (A, S)
        ],
        "Yours squares tanh; it should not: A tanh(S x).": lambda c: A * np.tanh(S * c.x) ** 2,
        "Yours has the wrong sign; it should be A tanh(S x).": lambda c: -squash(c),
        "Yours is a rectifier; it should be A tanh(S x).": [
            lambda c, a=a, s=s: a * np.maximum(s * c.x, 0) for a in (1, A) for s in (1, S)
        ],
        "Yours is A S x; it should have tanh: A tanh(S x).": lambda c: A * S * c.x,
        "Yours has arctan; it should have tanh, np.tanh.": lambda c: A * np.arctan(S * c.x),
        "Yours has tan; it should have tanh, np.tanh.": lambda c: A * np.tan(S * c.x),
        "Yours has sinh; it should have tanh, np.tanh.": lambda c: A * np.sinh(S * c.x),
        "Yours is the logistic function; it should be A tanh(S x).": [
            lambda c, a=a, s=s: a / (1 + np.exp(-s * c.x)) for a in (1, A) for s in (1, S, 2 * S)
        ],
        "Yours has e^(-S x) in the logistic form of tanh; it should be e^(-2 S x), or simply np.tanh.": (
            lambda c: A * (2 / (1 + np.exp(-S * c.x)) - 1)
        ),
    },
)
OVERFLOW = {
    "Yours overflows for large x, where e^(S x) is infinite; it should use np.tanh.": (
        lambda c: A * np.sinh(S * c.x) / np.cosh(S * c.x),
        lambda c: A * (np.exp(2 * S * c.x) - 1) / (np.exp(2 * S * c.x) + 1),
        lambda c: A * (1 - np.exp(-2 * S * c.x)) / (1 + np.exp(-2 * S * c.x)),
    )
}

BACKWARD = wrongs(
    "dx",
    {
        "Yours takes the slope from dy; it should take it from y, and multiply it by dy.": (
            lambda c: S * A - S / A * c.dy**2,
            lambda c: S * A * (1 - np.tanh(S * c.dy) ** 2),
            lambda c: 1 - np.tanh(S * c.dy) ** 2,
            lambda c: c.dy * (S * A - S / A * c.dy**2),
            lambda c: c.dy * S * A * (1 - np.tanh(S * c.dy) ** 2),
        ),
        "Yours squares S x, and not its tanh; it should take the slope from y: S A - (S/A) y^2.": (
            lambda c: c.dy * S * A * (1 - (S * c.x) ** 2),
            lambda c: c.dy * A * (1 - (S * c.x) ** 2),
            lambda c: c.dy * (1 - (S * c.x) ** 2),
            lambda c: c.dy * S * (1 - (S * c.x) ** 2),
        ),
        "Yours has no 1 in 1 - tanh^2; it should be S A - (S/A) y^2.": [
            lambda c, factor=factor, sign=sign: sign * factor * c.dy * squash(c) ** 2
            for factor in (S / A, 1, 1 / A, 1 / A**2, S * A, S)
            for sign in (-1, 1)
        ],
        "Yours is the slope f'(x) alone; it should be multiplied by dy.": slope,
        "Yours has a plus; it should be a minus: f' = S A - (S/A) y^2.": (
            lambda c: c.dy * (S * A + S / A * squash(c) ** 2)
        ),
        "Yours has the wrong sign; it should be S A - (S/A) y^2, not the other way round.": lambda c: -c.dy * slope(c),
        "Yours has A/S; it should be S/A.": lambda c: c.dy * (S * A - A / S * squash(c) ** 2),
        "Yours has S y^2 as the second term of f'; it should be (S/A) y^2.": (
            lambda c: c.dy * (S * A - S * squash(c) ** 2)
        ),
        "Yours has y^2 / A as the second term of f'; it should be (S/A) y^2.": (
            lambda c: c.dy * (S * A - squash(c) ** 2 / A)
        ),
        "Yours has A as the first term of f'; it should be S A.": lambda c: c.dy * (A - S / A * squash(c) ** 2),
        "Yours has S as the first term of f'; it should be S A.": lambda c: c.dy * (S - S / A * squash(c) ** 2),
        "Yours does not square y; it should, in f'.": lambda c: c.dy * (S * A - S / A * squash(c)),
        "Yours has 2 y where it should have y^2: f' = S A - (S/A) y^2.": (
            lambda c: c.dy * (S * A - 2 * S / A * squash(c))
        ),
        "Yours multiplies one term by dy; it should multiply all of f': brackets.": (
            lambda c: S * A - S / A * squash(c) ** 2 * c.dy,
            lambda c: S * A * c.dy - S / A * squash(c) ** 2,
        ),
        "Yours is dy itself; it should be multiplied by f'(x).": lambda c: c.dy,
        "Yours uses 1 - y^2, the slope of tanh; it should use the slope of A tanh(S x).": (
            lambda c: c.dy * (1 - squash(c) ** 2),
            lambda c: c.dy * S * (1 - squash(c) ** 2),
            lambda c: c.dy * A * (1 - squash(c) ** 2),
        ),
        "Yours squares all of S A - (S/A) y; it should square y alone.": (
            lambda c: c.dy * (S * A - S / A * squash(c)) ** 2
        ),
        "Yours squares S/A too; it should square y alone: (S/A) y^2.": (
            lambda c: c.dy * (S * A - (S / A * squash(c)) ** 2)
        ),
        "Yours has (A - y)^2; it should be A^2 - y^2: f' = (S/A) (A^2 - y^2).": (
            lambda c: c.dy * S / A * (A - squash(c)) ** 2
        ),
        "Yours is f(dy), the function itself; it should be dy times the slope f'.": (
            lambda c: A * np.tanh(S * c.dy),
            lambda c: c.dy * squash(c),
        ),
        "Yours takes y^2 for tanh^2; it should divide by A^2.": lambda c: c.dy * S * A * (1 - squash(c) ** 2),
        "Yours has no inner derivative; it should have the factor S, the slope of S x.": (
            lambda c: c.dy * (A - squash(c) ** 2 / A)
        ),
        "Yours has 1 - tanh^2(S x) alone; it should have the factor S A in front.": lambda c: c.dy * slope(c) / S / A,
        "Yours has the factor S alone in front of 1 - tanh^2(S x); it should have the factor A too.": (
            lambda c: c.dy * slope(c) / A
        ),
        "Yours does not square tanh(S x); it should square it: f' = S A (1 - tanh^2(S x)).": (
            lambda c: c.dy * S * (A - squash(c)),
            lambda c: c.dy * (1 - np.tanh(S * c.x)),
        ),
        "Yours squares tanh(S x); it should square y = A tanh(S x): does forward keep y in self.y?": (
            lambda c: c.dy * (S * A - S / A * np.tanh(S * c.x) ** 2)
        ),
        "Yours takes tanh of y, which is a tanh already; it should use y as it is: S A - (S/A) y^2.": [
            lambda c, a=a, s=s: c.dy * a * (1 - np.tanh(s * squash(c)) ** 2) for a in (1, A, S, S * A) for s in (1, S)
        ],
        "Yours uses 1 - tanh^2 x, the slope of tanh; it should use the slope of A tanh(S x).": (
            lambda c: c.dy * (1 - np.tanh(c.x) ** 2)
        ),
        "Yours has tanh x in the slope; S should stand inside of tanh in f' too: tanh(S x).": (
            lambda c: c.dy * S * A * (1 - np.tanh(c.x) ** 2),
            lambda c: c.dy * A * (1 - np.tanh(c.x) ** 2),
        ),
        "Yours takes the slope from x; it should take it from y: forward keeps self.y.": (
            lambda c: c.dy * (S * A - S / A * c.x**2),
            lambda c: c.dy * (1 - c.x**2),
        ),
        "Yours takes the slope from dy; it should take it from y.": (
            lambda c: c.dy * (S * A - S / A * c.dy**2),
            lambda c: c.dy * (1 - c.dy**2),
        ),
        "Yours squares f'; it should not: backward2 does.": lambda c: c.dy * slope(c) ** 2,
        "Yours divides by f'; it should multiply by it.": lambda c: c.dy / slope(c),
        "Yours adds f' to dy; it should multiply the two.": lambda c: c.dy + slope(c),
        "Yours multiplies f' by y; it should multiply it by dy.": lambda c: squash(c) * slope(c),
        "Yours multiplies f' by x; it should multiply it by dy.": lambda c: c.x * slope(c),
        "Yours uses y (1 - y), the slope of the logistic function; it should use the slope of A tanh(S x).": (
            lambda c: c.dy * squash(c) * (1 - squash(c))
        ),
    },
)

SCALED_TANH = Exercise(
    name="scaled-tanh",
    title="the paper's squashing function, and its slope",
    target=ScaledTanh,
    methods=("forward", "backward"),
    task="forward returns y and stores on self what backward needs. backward takes dE/dy and returns dE/dx.",
    contract={
        "": "The paper's squashing function f, a scaled hyperbolic tangent (paper, eq. 6 and appendix "
        "A).\n"
        "A is its amplitude, 1.7159; S is 2/3, the scale of x. They make f(1) equal to 1, and f(-1) "
        "to -1.\n"
        "x, y, dy, dx: any shape, all of them the same; f acts on each number alone.",
        "forward": "Return y, and store on self what backward needs.",
        "backward": "Take dE/dy and return dE/dx.",
    },
    gives=("from scratchnet.layers.squash import A, S",),
    kind=LayerPass(),
    **any_shape(ScaledTanh),
    wrong={
        "forward": FORWARD + wrongs("y", OVERFLOW, overflow=True) + in_a_loop("y", squash),
        "backward": BACKWARD + in_a_loop("dx", lambda c: c.dy * slope(c)),
    },
    hints=(
        "forward is one formula and one `self.` line: y = A tanh(S x), with np.tanh for whole arrays.",
        "backward: dE/dx = f'(x) dE/dy, entry by entry, so `*` and no matrix product. f' is in the docstring.",
        "The docstring gives f' in terms of y, so keep y in forward: self.y = ...; return self.y.",
        "f'(x) = S A - (S/A) y^2. The result is dy times that; do not change dy itself.",
    ),
)
