"""The exercise on SDLM: a step size for every parameter."""

import numpy as np

from scratchnet.exercises.cases import whole
from scratchnet.exercises.definition import Case, Exercise, Wrong
from scratchnet.exercises.kinds import Levenberg, earlier
from scratchnet.exercises.topics.steps import NOT_IN_PLACE, ONLY_FIRST
from scratchnet.kernels import descend
from scratchnet.optimizers import SDLM


def curvature_case(rng, dtype, shape=(2, 3), draw=None, share=None, **options):
    def some(*shape):
        return whole(rng, shape, dtype) if draw else rng.normal(size=shape).astype(dtype)

    b = shape[:1]
    arrays = {"W": some(*shape), "b": some(*b), "dW": some(*shape), "db": some(*b)}
    arrays |= {"hW": np.abs(some(*shape)), "hb": np.abs(some(*b))}
    arrays |= {"x": np.zeros((3, shape[1]), dtype), "labels": np.zeros(3, int)}
    if share is not None:
        arrays["share"] = share
    return Case(arrays, options=options)


def flat(case):
    """The case with curvatures 0 in some entries."""
    arrays = {
        name: case.arrays[name] * (np.arange(case.arrays[name].size) % 2).reshape(case.arrays[name].shape)
        for name in ("hW", "hb")
    }
    return Case(case.arrays | arrays, options=case.options)


def rates(rng):
    return {"lr": float(rng.choice([0.5, 0.25])), "mu": float(rng.choice([0.1, 0.5]))}


def other_rates(rng):
    return {"lr": float(rng.choice([0.3, 0.15])), "mu": float(rng.choice([0.13, 0.45]))}


def unusual(rng, dtype):
    shapes = ((1, 1), (1, 5), (5, 1), (2, 2), (3, 3))
    cases = [curvature_case(rng, dtype, shape, **other_rates(rng)) for shape in shapes]
    return [*cases, flat(cases[-1])]


def eps(sentence, make):
    return Wrong("eps of W", sentence, make)


def step(sentence, make):
    """make: c, eps -> the change of W."""
    return Wrong("change of W", sentence, lambda c: make(c, c.lr / (c.mu + c.hW)))


ONE_EACH = "Yours uses one curvature for the whole layer; each parameter should have its own."
MARQUARDT = "Yours multiplies the curvature by mu or 1 + mu, as Marquardt did; it should add mu: lr / (mu + h)."
EPS_WRONG = (
    eps(
        "Yours has the step sizes of the estimate before; it should call engine.curvatures first, and then compute all "
        "of them again.",
        lambda c: c.lr / (c.mu + earlier(c.hW)),
    ),
    eps("Yours has no mu; it should: where the curvature is small, the step would be huge.", lambda c: c.lr / c.hW),
    eps(
        "Yours has no h; it should be lr / (mu + h), another step for each parameter.",
        lambda c: np.full_like(c.hW, c.lr / c.mu),
    ),
    eps(
        "Yours has no h; it should be lr / (mu + h), an array with another step for each parameter.",
        lambda c: c.lr / c.mu,
    ),
    *(
        eps(
            MARQUARDT,
            make,
        )
        for make in (lambda c: c.lr / (c.hW + c.mu * c.hW), lambda c: c.lr / (c.mu + c.mu * c.hW))
    ),
    eps("Yours is lr / mu + h; it should be lr / (mu + h).", lambda c: c.lr / c.mu + c.hW),
    eps(
        "Yours multiplies by mu + h; it should divide: a large curvature means a small step.",
        lambda c: c.lr * (c.mu + c.hW),
    ),
    eps("Yours is upside down, (mu + h) / lr; it should be lr / (mu + h).", lambda c: (c.mu + c.hW) / c.lr),
    eps("Yours has no lr; it should be lr / (mu + h).", lambda c: 1 / (c.mu + c.hW)),
    *(
        eps("Yours takes a square root; it should not: eps = lr / (mu + h).", make)
        for make in (lambda c: c.lr / (c.mu + np.sqrt(c.hW)), lambda c: c.lr / np.sqrt(c.mu + c.hW))
    ),
    *(
        eps(ONE_EACH, lambda c, one=one: np.full_like(c.hW, c.lr / (c.mu + one(c.hW))))
        for one in (np.sum, np.mean, np.max)
    ),
    eps(
        "Yours divides by the larger of mu and h; it should divide by their sum.",
        lambda c: c.lr / np.maximum(c.mu, c.hW),
    ),
    eps("Yours multiplies mu with h; it should add them: lr / (mu + h).", lambda c: c.lr / (c.mu * c.hW)),
    eps("Yours subtracts h; it should add it: lr / (mu + h).", lambda c: c.lr / (c.mu - c.hW)),
    eps("Yours has 1 for mu; it should be self.mu: lr / (mu + h).", lambda c: c.lr / (1 + c.hW)),
    eps("Yours squares h; it should not: lr / (mu + h).", lambda c: c.lr / (c.mu + c.hW**2)),
    eps(
        "Yours uses the parameter for h; it should be its curvature, getattr(leaf, 'h' + name).",
        lambda c: c.lr / (c.mu + c.W),
    ),
    eps("Yours is h itself; it should be lr / (mu + h).", lambda c: c.hW),
    eps("Yours is mu + h; it should be lr / (mu + h).", lambda c: c.mu + c.hW),
)
STEP_WRONG = (
    step(NOT_IN_PLACE, lambda c, eps: 0 * c.W),
    step("Yours goes up the slope; it should go down: w <- w - eps dE/dw.", lambda c, eps: eps * c.dW),
    step("Yours has no step sizes; it should use the eps of each parameter.", lambda c, eps: -c.lr * c.dW),
    step("Yours has no step sizes; it should use the eps of each parameter.", lambda c, eps: -c.dW),
    step("Yours multiplies by lr twice; it should not: eps contains lr already.", lambda c, eps: -c.lr * eps * c.dW),
    step("Yours has no gradient; it should be w <- w - eps dE/dw.", lambda c, eps: -eps),
    step("Yours divides by eps; it should multiply: w <- w - eps dE/dw.", lambda c, eps: -c.dW / eps),
    step("Yours uses the mean of eps; each parameter should have its own.", lambda c, eps: -eps.mean() * c.dW),
    step("Yours uses the parameter for its gradient; it should be w <- w - eps dE/dw.", lambda c, eps: -eps * c.W),
    step("Yours uses the curvature for the gradient; it should be w <- w - eps dE/dw.", lambda c, eps: -eps * c.hW),
    step("Yours squares the gradient; it should not: w <- w - eps dE/dw.", lambda c, eps: -eps * c.dW**2),
    step(
        "Yours uses only the sign of the gradient; it should use it: w <- w - eps dE/dw.",
        lambda c, eps: -eps * np.sign(c.dW),
    ),
    step("Yours divides by h again; it should not: eps contains h already.", lambda c, eps: -eps * c.dW / c.hW),
    Wrong("change of b", ONLY_FIRST, lambda c: 0 * c.b),
)

SDLM_STEP = Exercise(
    name="sdlm",
    title="a step size for every parameter",
    target=SDLM,
    methods=("estimate_by", "step"),
    task="estimate_by first calls engine.curvatures, which takes x and labels and stores hW beside "
    "every parameter W. Then it sets self.eps, a dict with the keys (leaf, name), for every leaf of self.net.leaves() "
    'and every name of leaf.params; getattr(leaf, "h" + name) is the curvature. step moves every parameter in place.',
    contract={
        "": "Stochastic diagonal Levenberg-Marquardt: a step size for every parameter, from its "
        "curvature (appendix C).\n"
        "self.lr: the global learning rate eta; self.mu: limits the step where the curvature is "
        "small.\n"
        "self.eps: {(leaf, name): step sizes, like the parameter leaf.name}.",
        "estimate_by": "Set every step size from curvatures that an engine computes; the engine has the loss.",
        "step": "Change every parameter in place, with its own step sizes.",
    },
    shows=(descend,),
    kind=Levenberg(),
    tiny=lambda rng, dtype: curvature_case(rng, dtype, draw=whole, **rates(rng)),
    draw=lambda rng, dtype: curvature_case(rng, dtype, (3, 4), **other_rates(rng)),
    real=lambda rng, dtype: [curvature_case(rng, dtype, (84, 120), **other_rates(rng))],
    odd=unusual,
    wrong={"estimate_by": EPS_WRONG, "step": STEP_WRONG},
    hints=(
        "estimate_by: first engine.curvatures(x, labels). Then a dict over all leaves and all names of their params.",
        "eps = lr / (mu + h), with brackets, entry by entry: an array of the shape of the parameter.",
        "step: for (leaf, name), eps in self.eps.items(): the parameter is getattr(leaf, name), its gradient "
        "'d' + name.",
        "W = getattr(leaf, name); W -= eps * getattr(leaf, 'd' + name) changes it in place.",
    ),
)
