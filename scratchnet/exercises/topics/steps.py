"""Cases for optimizers, and what three steps with a mistake give."""

from types import SimpleNamespace

from scratchnet.exercises.cases import whole
from scratchnet.exercises.definition import Case, Wrong
from scratchnet.exercises.kinds import HALF_RATE


def steps_case(rng, dtype, draw=None, **options):
    """Arrays for three steps: W, b, and the gradients g1 to g3 of W, d1 to d3 of b."""

    def some(*shape):
        return whole(rng, shape, dtype) if draw else rng.normal(size=shape).astype(dtype)

    shapes = {"W": (2, 3), "b": (2,)} | {f"g{n}": (2, 3) for n in (1, 2, 3)} | {f"d{n}": (2,) for n in (1, 2, 3)}
    return Case({name: some(*shape) for name, shape in shapes.items()}, options=options)


def without_gradient(case):
    """The case with gradients 0 in the first two steps."""
    return Case(case.arrays | {name: 0 * case.arrays[name] for name in ("g1", "g2", "d1", "d2")}, options=case.options)


def steps(by_hand, drawn, *off):
    """Return tiny, draw, real, odd. by_hand, drawn: rng -> options. off: options that may be 0, or off."""

    def odd(rng, dtype):
        zeros = ({}, *({name: 0.0} for name in off), dict.fromkeys(off, 0.0))
        cases = [steps_case(rng, dtype, **drawn(rng) | zero) for zero in zeros]
        return [*cases, without_gradient(cases[0]), without_gradient(cases[-1])]

    return {
        "tiny": lambda rng, dtype: steps_case(rng, dtype, draw=whole, **by_hand(rng)),
        "draw": lambda rng, dtype: steps_case(rng, dtype, **drawn(rng)),
        "real": lambda rng, dtype: [steps_case(rng, dtype, **drawn(rng))],
        "odd": odd,
    }


def walk(c, formulas, name="W", count=1):
    """Return the change of W or b in `count` steps by formulas, {name: s -> value}, in that order.

    s has the options, w, the gradient d, the count t, and what the formulas have set; old has them before the step.
    """
    start = getattr(c, name)
    s = SimpleNamespace(**vars(c) | dict.fromkeys(("m", "v", "m1", "v1", "g"), 0 * start) | {"w": start})
    for s.t, d in enumerate((c.g1, c.g2, c.g3) if name == "W" else (c.d1, c.d2, c.d3), start=1):
        if s.t <= count:
            s.d, s.old = d, SimpleNamespace(**vars(s))
            for key, formula in formulas.items():
                setattr(s, key, formula(s))
    return s.w - start


def mistaken(right, sentence, first=1, name="W", **changes):
    """Return the known wrong answer of formulas with changes. first: the step in which it shows."""
    formulas = right | changes
    after = "in step 1" if first == 1 else f"in {first} steps"
    return Wrong(f"change of {name} {after}", sentence, lambda c: walk(c, formulas, name, first))


NOT_IN_PLACE = (
    "Yours does not change the layer's own array. It should change it in place: `value -= ...`. `value = value - ...` "
    "and setattr make a new array."
)
ONLY_FIRST = (
    "Yours changes only the first parameter; it should change every one. Is a `return` in the loop, or an `if` too "
    "many?"
)


def unmoved(sentence=NOT_IN_PLACE):
    """Return the known wrong answers of a step that leaves all parameters as they are, or all but the first."""
    return (
        Wrong("change of W in step 1", sentence, lambda c: 0 * c.W),
        Wrong("change of b in step 1", ONLY_FIRST, lambda c: 0 * c.b),
    )


RATE_INSIDE = Wrong(
    HALF_RATE,
    "Yours has the learning rate in the velocity, where it stays when the rate changes; it should be in the step "
    "alone: v <- momentum v + g, w <- w - lr v.",
    lambda c: rate_inside(c),
)


def rate_inside(c):
    """Return the change of W in 4 steps, the last at half the rate, with v <- momentum v + lr g, w <- w - v."""
    W, v = c.W, 0
    for g, lr in ((c.g1, c.lr), (c.g2, c.lr), (c.g3, c.lr), (c.g1, c.lr / 2)):
        v = c.momentum * v + lr * (g + c.weight_decay * W)
        W = W - v
    return W - c.W
