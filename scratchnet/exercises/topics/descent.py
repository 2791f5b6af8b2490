"""The exercises on optimizers: how the parameters move."""

import numpy as np

from scratchnet.exercises.cases import whole
from scratchnet.exercises.definition import Case, Exercise, Wrong
from scratchnet.exercises.kinds import Levenberg, Steps
from scratchnet.kernels import adam, descend
from scratchnet.optimizers import SDLM, SGD, Adam


def steps_case(rng, dtype, draw=None, **options):
    def some(*shape):
        return whole(rng, shape, dtype) if draw else rng.normal(size=shape).astype(dtype)

    names = {"W": (2, 3), "b": (2,)} | {f"g{n}": (2, 3) for n in (1, 2, 3)} | {f"d{n}": (2,) for n in (1, 2, 3)}
    return Case({name: some(*shape) for name, shape in names.items()}, options=options)


def steps(draw_options):
    """Return tiny, draw, real, odd; draw_options: rng -> options of the optimizer."""
    return {
        "tiny": lambda rng, dtype: steps_case(rng, dtype, draw=whole, **draw_options(rng)),
        "draw": lambda rng, dtype: steps_case(rng, dtype, **draw_options(rng)),
        "real": lambda rng, dtype: [steps_case(rng, dtype, **draw_options(rng))],
        "odd": lambda rng, dtype: [steps_case(rng, dtype, **draw_options(rng)) for _ in range(3)],
    }


def moved(result, sentence, make):
    """Return a known wrong answer, given as W after the steps."""
    return Wrong(result, sentence, lambda c: make(c) - c.W)


NOT_IN_PLACE = (
    "Yours does not change the layer's own array. It should change it in place: `value -= ...`. `value = value - ...` "
    "and setattr make a new array."
)

SGD_STEP = Exercise(
    number=0,
    name="sgd",
    lesson=14,
    title="one step of gradient descent",
    target=SGD,
    methods=("step",),
    shows=(SGD.move,),
    task="Momentum and weight decay are 0 here; they are the next exercise. self.net.parameters() yields (name, value, "
    "gradient, curvature) of every parameter; the step changes value in place, by self.lr and the gradient.",
    kind=Steps(),
    **steps(lambda rng: {"lr": float(rng.choice([0.5, 0.25, 0.1]))}),
    wrong={
        "step": (
            moved("change of W in step 1", NOT_IN_PLACE, lambda c: c.W),
            moved(
                "change of W in step 1",
                "Yours goes up the slope; it should go down: w <- w - lr dE/dw.",
                lambda c: c.W + c.lr * c.g1,
            ),
            moved(
                "change of W in step 1", "Yours has no learning rate; it should multiply by lr.", lambda c: c.W - c.g1
            ),
            moved(
                "change of W in step 1",
                "Yours uses only the sign of the gradient; it should use the gradient.",
                lambda c: c.W - c.lr * np.sign(c.g1),
            ),
            moved(
                "change of W in step 1",
                "Yours divides by the learning rate; it should multiply.",
                lambda c: c.W - c.g1 / c.lr,
            ),
            moved(
                "change of W in step 1",
                "Yours replaces the parameter; it should change it: -= and not =.",
                lambda c: -c.lr * c.g1,
            ),
        )
    },
    hints=(
        "for name, value, gradient, _ in self.net.parameters(): value is the layer's own array.",
        "value -= ... changes it; value = ... would only give your variable another array.",
        "w <- w - lr dE/dw is one line in that loop.",
    ),
)

MOMENTUM = Exercise(
    number=0,
    name="momentum",
    lesson=14,
    title="a step that remembers the ones before",
    target=SGD,
    methods=("step",),
    shows=(SGD.move,),
    task="Now with self.momentum and self.weight_decay; either may be 0. self.v is a dict, empty at first, for the "
    "velocity v of each parameter, by its name; v starts at 0.",
    kind=Steps(),
    **steps(
        lambda rng: {
            "lr": float(rng.choice([0.5, 0.25])),
            "momentum": float(rng.choice([0.5, 0.8])),
            "weight_decay": float(rng.choice([0.1, 0.25])),
        }
    ),
    wrong={
        "step": (
            moved("change of W in step 1", NOT_IN_PLACE, lambda c: c.W),
            moved(
                "change of W in step 1",
                "Yours has no weight decay; it should be g = dE/dw + weight_decay w.",
                lambda c: c.W - c.lr * c.g1,
            ),
            moved(
                "change of W in step 1",
                "Yours subtracts the weight decay; it should add it: g = dE/dw + weight_decay w.",
                lambda c: c.W - c.lr * (c.g1 - c.weight_decay * c.W),
            ),
            moved(
                "change of W in step 1",
                "Yours multiplies the gradient by 1 - momentum; it should not: v <- momentum v + g.",
                lambda c: c.W - c.lr * (1 - c.momentum) * (c.g1 + c.weight_decay * c.W),
            ),
            moved(
                "change of W in 2 steps",
                "Yours forgets the velocity; it should keep it in self.v[name] for the next step.",
                lambda c: plain(c, 2),
            ),
            moved(
                "change of W in 2 steps",
                "Yours keeps v without its factor; it should be v <- momentum v + g.",
                lambda c: with_velocity(c, 2, 1.0),
            ),
            moved(
                "change of W in step 1",
                "Yours goes up the slope; it should go down: w <- w - lr v.",
                lambda c: c.W + c.lr * (c.g1 + c.weight_decay * c.W),
            ),
        )
    },
    hints=(
        "First compute g = gradient + weight_decay * value, then v, then the step.",
        "self.v.get(name, 0) is the velocity before the step: 0 in the first step.",
        "self.v[name] = momentum * (that) + g, a new array; then value -= lr * self.v[name].",
    ),
)


def plain(c, count):
    return with_velocity(c, count, 0.0)


def with_velocity(c, count, momentum):
    W, v = c.W.copy(), 0
    for g in (c.g1, c.g2, c.g3)[:count]:
        v = momentum * v + g + c.weight_decay * W
        W = W - c.lr * v
    return W


ADAM = Exercise(
    number=0,
    name="adam",
    lesson=17,
    title="step sizes from running means",
    target=Adam,
    methods=("step",),
    task="self.t counts the steps, 0 before the first. self.m and self.v are dicts, empty at first, for the "
    "m and v of each parameter, by its name. self.betas, self.eps, self.lr, self.weight_decay are as in the "
    "docstring.",
    shows=(Adam.move, adam),
    kind=Steps(),
    **steps(
        lambda rng: {
            "lr": float(rng.choice([0.1, 0.05])),
            "betas": (float(rng.choice([0.5, 0.8])), float(rng.choice([0.75, 0.9]))),
            "eps": 0.01,
            "weight_decay": float(rng.choice([0.1, 0.25])),
        }
    ),
    wrong={
        "step": (
            moved("change of W in step 1", NOT_IN_PLACE, lambda c: c.W),
            moved(
                "change of W in step 1",
                "Yours does not divide by 1 - beta^t; it should: m and v start at 0 and are too small at first.",
                lambda c: adam_step(c, corrected=()),
            ),
            moved(
                "change of W in step 1",
                "Yours has no weight decay; it should be g = dE/dw + weight_decay w.",
                lambda c: adam_step(c, decay=0),
            ),
            moved(
                "change of W in step 1",
                "Yours does not divide m by 1 - beta1^t; it should.",
                lambda c: adam_step(c, corrected=(2,)),
            ),
            moved(
                "change of W in step 1",
                "Yours does not divide v by 1 - beta2^t; it should.",
                lambda c: adam_step(c, corrected=(1,)),
            ),
            moved(
                "change of W in 2 steps",
                "Yours starts m again at every step; it should keep it in self.m[name].",
                lambda c: adam_step(c, 2, keep="v"),
            ),
            moved(
                "change of W in 2 steps",
                "Yours starts v again at every step; it should keep it in self.v[name].",
                lambda c: adam_step(c, 2, keep="m"),
            ),
            moved(
                "change of W in step 1",
                "Yours adds eps inside of the root; it should add it outside.",
                lambda c: adam_step(c, eps_inside=True),
            ),
            moved(
                "change of W in step 1",
                "Yours divides by v; it should divide by the square root of v.",
                lambda c: adam_step(c, root=False),
            ),
            moved(
                "change of W in step 1",
                "Yours goes up the slope; it should go down.",
                lambda c: 2 * c.W - adam_step(c),
            ),
            moved(
                "change of W in step 1",
                "Yours has beta1 and beta2 in each other's place.",
                lambda c: adam_step(c, betas=c.betas[::-1], t_betas=c.betas),
            ),
            moved(
                "change of W in step 1",
                "Yours averages g or |g| in v; it should be the running mean of g^2.",
                lambda c: adam_step(c, power=1),
            ),
            moved(
                "change of W in 2 steps",
                "Yours leaves t at 1; it should count the steps: self.t += 1.",
                lambda c: adam_step(c, count=2, t=1),
            ),
            moved(
                "change of W in 2 steps",
                "Yours starts m and v again at every step; it should keep them in self.m[name] and self.v[name].",
                lambda c: adam_step(c, count=2, keep=()),
            ),
        )
    },
    hints=(
        "First self.t += 1; then for each parameter g, m, v and the step, by the docstring's three lines.",
        "m = self.m.get(name, 0): 0 before the first step. Store the new one: self.m[name] = m.",
        "m' = m / (1 - beta1**t), v' = v / (1 - beta2**t). Keep m and v for the next step, not m' and v'.",
        "value -= lr * m' / (np.sqrt(v') + eps).",
    ),
)


def adam_step(
    c,
    count=1,
    corrected=(1, 2),
    decay=None,
    eps_inside=False,
    root=True,
    betas=None,
    t_betas=None,
    power=2,
    t=None,
    keep=("m", "v"),
):
    """Return W after `count` steps of Adam with a mistake."""
    decay = c.weight_decay if decay is None else decay
    (beta1, beta2), W, m, v = betas or c.betas, c.W.copy(), 0, 0
    for step, gradient in enumerate((c.g1, c.g2, c.g3)[:count], start=1):
        g, step = gradient + decay * W, t or step
        m, v = m if "m" in keep else 0, v if "v" in keep else 0
        m, v = m + (1 - beta1) * (g - m), v + (1 - beta2) * (np.abs(g) ** power - v)
        one, two = (1 - beta**step if n in corrected else 1 for n, beta in enumerate(t_betas or c.betas, start=1))
        size = v / two
        size = np.sqrt(size + c.eps) if eps_inside else (np.sqrt(size) if root else size) + c.eps
        W = W - c.lr * m / one / size
    return W


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


def rates(rng):
    return {"lr": float(rng.choice([0.5, 0.25])), "mu": float(rng.choice([0.1, 0.5]))}


SDLM_STEP = Exercise(
    number=0,
    name="sdlm",
    lesson=13,
    title="a step size for every parameter",
    target=SDLM,
    methods=("estimate_by", "step"),
    task="estimate_by first calls engine.curvatures, which takes x and labels and stores hW beside "
    "every parameter W. Then it sets self.eps = {(leaf, name): step sizes}, for every leaf of self.net.leaves() and "
    'every name of leaf.params; getattr(leaf, "h" + name) is the curvature. step moves every parameter in place.',
    shows=(descend,),
    kind=Levenberg(),
    tiny=lambda rng, dtype: curvature_case(rng, dtype, draw=whole, **rates(rng)),
    draw=lambda rng, dtype: curvature_case(rng, dtype, (3, 4), **rates(rng)),
    real=lambda rng, dtype: [curvature_case(rng, dtype, (84, 120), **rates(rng))],
    odd=lambda rng, dtype: [curvature_case(rng, dtype, shape, **rates(rng)) for shape in ((1, 1), (1, 5), (5, 1))],
    wrong={
        "estimate_by": (
            Wrong(
                "eps of W",
                "Yours has no mu; it should: where the curvature is small, the step would be huge.",
                lambda c: c.lr / c.hW,
            ),
            Wrong(
                "eps of W",
                "Yours has no h; it should be lr / (mu + h), another step for each parameter.",
                lambda c: np.full_like(c.hW, c.lr / c.mu),
            ),
            Wrong(
                "eps of W",
                "Yours is lr / mu + h; it should be lr / (mu + h).",
                lambda c: c.lr / c.mu + c.hW,
            ),
            Wrong(
                "eps of W",
                "Yours multiplies by mu + h; it should divide: a large curvature means a small step.",
                lambda c: c.lr * (c.mu + c.hW),
            ),
            Wrong("eps of W", "Yours has no lr; it should be lr / (mu + h).", lambda c: 1 / (c.mu + c.hW)),
            Wrong(
                "eps of W",
                "Yours takes a square root; it should not: eps = lr / (mu + h).",
                lambda c: c.lr / (c.mu + np.sqrt(c.hW)),
            ),
            Wrong(
                "eps of W",
                "Yours uses one curvature for the whole layer; each parameter should have its own.",
                lambda c: np.full_like(c.hW, c.lr / (c.mu + c.hW.sum())),
            ),
            Wrong(
                "eps of W",
                "Yours uses one curvature for the whole layer; each parameter should have its own.",
                lambda c: np.full_like(c.hW, c.lr / (c.mu + c.hW.mean())),
            ),
        ),
        "step": (
            moved("change of W", NOT_IN_PLACE, lambda c: c.W),
            moved(
                "change of W",
                "Yours goes up the slope; it should go down: w <- w - eps dE/dw.",
                lambda c: c.W + c.lr / (c.mu + c.hW) * c.dW,
            ),
            moved(
                "change of W",
                "Yours has no step sizes; it should use the eps of each parameter.",
                lambda c: c.W - c.lr * c.dW,
            ),
            moved(
                "change of W",
                "Yours multiplies by lr twice; it should not: eps contains lr already.",
                lambda c: c.W - c.lr**2 / (c.mu + c.hW) * c.dW,
            ),
            moved(
                "change of W",
                "Yours has no gradient; it should be w <- w - eps dE/dw.",
                lambda c: c.W - c.lr / (c.mu + c.hW),
            ),
        ),
    },
    hints=(
        "estimate_by: first engine.curvatures(x, labels). Then a dict over all leaves and all names of their params.",
        "eps = lr / (mu + h), with brackets, entry by entry: an array of the shape of the parameter.",
        "step: for (leaf, name), eps in self.eps.items(): the parameter is getattr(leaf, name), its gradient "
        "'d' + name.",
        "W = getattr(leaf, name); W -= eps * getattr(leaf, 'd' + name) changes it in place.",
    ),
)
