"""The exercises on gradient descent, with and without momentum."""

import numpy as np

from scratchnet.exercises.definition import Exercise, Factors
from scratchnet.exercises.kinds import Steps
from scratchnet.exercises.topics.steps import RATE_INSIDE, mistaken, steps, unmoved
from scratchnet.optimizers import SGD

PLAIN = {"w": lambda s: s.w - s.lr * s.d}


def sgd(sentence, w, **more):
    return mistaken(PLAIN, sentence, w=w, **more)


SGD_WRONG = (
    *unmoved(),
    sgd("Yours goes up the slope; it should go down: w <- w - lr dE/dw.", lambda s: s.w + s.lr * s.d),
    sgd("Yours has no learning rate; it should multiply by lr.", lambda s: s.w - s.d),
    sgd("Yours uses only the sign of the gradient; it should use the gradient.", lambda s: s.w - s.lr * np.sign(s.d)),
    sgd("Yours divides by the learning rate; it should multiply.", lambda s: s.w - s.d / s.lr),
    sgd("Yours replaces the parameter; it should change it: -= and not =.", lambda s: -s.lr * s.d),
    sgd("Yours subtracts lr times the parameter; it should be lr times its gradient.", lambda s: s.w - s.lr * s.w),
    sgd(
        "Yours uses the mean of the gradient for all entries; each should have its own.",
        lambda s: s.w - s.lr * s.d.mean(),
    ),
    sgd(
        "Yours uses the sum of the gradient for all entries; each should have its own.",
        lambda s: s.w - s.lr * s.d.sum(),
    ),
    sgd(
        "Yours divides the gradient by its length; it should not: w <- w - lr dE/dw.",
        lambda s: s.w - s.lr * s.d / np.linalg.norm(s.d),
    ),
    sgd(
        "Yours clips the gradient to -1 .. 1; it should not: w <- w - lr dE/dw.",
        lambda s: s.w - s.lr * np.clip(s.d, -1, 1),
    ),
    sgd("Yours squares the gradient; it should not: w <- w - lr dE/dw.", lambda s: s.w - s.lr * s.d**2),
    sgd("Yours multiplies by lr twice; it should multiply once.", lambda s: s.w - s.lr**2 * s.d),
    sgd(
        "Yours multiplies the parameter by 1 - lr dE/dw; it should subtract: w <- w - lr dE/dw.",
        lambda s: s.w * (1 - s.lr * s.d),
    ),
    sgd(
        "Yours divides by t, so that lr falls from step to step; it should stay: `fit` sets lr.",
        lambda s: s.w - s.lr * s.d / s.t,
        first=2,
    ),
    mistaken(
        {"v": lambda s: s.v + s.d, "w": lambda s: s.w - s.lr * s.v},
        "Yours adds the gradients of all steps up; it should use that of this step: '=' and not '+='.",
        first=2,
    ),
)

SGD_STEP = Exercise(
    name="sgd",
    title="one step of gradient descent",
    target=SGD,
    methods=("step",),
    shows=(SGD.move,),
    task="Momentum and weight decay are 0 here; they are the next exercise. self.net.parameters() yields (name, value, "
    "gradient, curvature) of every parameter; the step changes value in place, by self.lr and the gradient.",
    contract={
        "": "Gradient descent (paper, eq. 18).\n"
        "self.net.parameters() yields (name, value, gradient, curvature); self.lr is the learning "
        "rate.",
        "step": "Change every parameter in place, with its gradient.",
    },
    kind=Steps(),
    **steps(
        lambda rng: {"lr": float(rng.choice([0.5, 0.25, 0.1]))},
        lambda rng: {"lr": float(rng.choice([0.3, 0.15, 0.7]))},
    ),
    wrong={"step": SGD_WRONG},
    hints=(
        "for name, value, gradient, _ in self.net.parameters(): value is the layer's own array.",
        "value -= ... changes it; value = ... would only give your variable another array.",
        "w <- w - lr dE/dw is one line in that loop.",
    ),
)

REMEMBERING = {
    "g": lambda s: s.d + s.weight_decay * s.w,
    "v": lambda s: s.momentum * s.v + s.g,
    "w": lambda s: s.w - s.lr * s.v,
}


def momentum(sentence, first=1, name="W", **changes):
    return mistaken(REMEMBERING, sentence, first, name, **changes)


def no_decay(s):
    return s.d


V = "it should be v <- momentum v + g."
G = "it should be g = dE/dw + weight_decay w."
MOMENTUM_WRONG = (
    RATE_INSIDE,
    *unmoved(
        "Yours does not change the layer's own array in step 1. It should change it in place, `value -= ...`, where "
        "`value = value - ...` makes a new array; and by the new v, not by the velocity of the step before."
    ),
    momentum(f"Yours has no weight decay; {G}", g=no_decay),
    momentum(
        "Yours subtracts the weight decay; it should add it: g = dE/dw + weight_decay w.",
        g=lambda s: s.d - s.weight_decay * s.w,
    ),
    momentum(
        "Yours multiplies the gradient by 1 - momentum; it should not: v <- momentum v + g.",
        v=lambda s: s.momentum * s.v + (1 - s.momentum) * s.g,
    ),
    momentum(f"Yours multiplies g by momentum; {V} The factor belongs to v alone.", v=lambda s: s.v + s.momentum * s.g),
    momentum("Yours forgets the velocity; it should keep it in self.v[name] for the next step.", 2, v=lambda s: s.g),
    momentum(f"Yours keeps v without its factor; {V}", 2, v=lambda s: s.v + s.g),
    momentum(f"Yours multiplies v by momentum^2; {V}", 2, v=lambda s: s.momentum**2 * s.v + s.g),
    momentum(f"Yours subtracts the velocity; {V}", 2, v=lambda s: s.g - s.momentum * s.v),
    momentum(
        "Yours goes up the slope; it should go down: v <- momentum v + g, then w <- w - lr v.",
        w=lambda s: s.w + s.lr * s.v,
    ),
    momentum("Yours has no learning rate; it should be w <- w - lr v.", w=lambda s: s.w - s.v),
    momentum(
        "Yours multiplies by lr twice, in v and in the step; it should multiply in the step: w <- w - lr v.",
        v=lambda s: s.momentum * s.v + s.lr * s.g,
    ),
    momentum(
        "Yours moves w by lr (1 + momentum) g in step 1, as Nesterov's step does; it should be w <- w - lr v, with one "
        "update of v.",
        w=lambda s: s.w - s.lr * (s.g + s.momentum * s.v),
    ),
    momentum(
        "Yours adds g and v; it should be w <- w - lr v, because v contains g.", w=lambda s: s.w - s.lr * (s.g + s.v)
    ),
    momentum(
        "Yours multiplies w: momentum w - lr g; it should multiply the velocity, v <- momentum v + g.",
        w=lambda s: s.momentum * s.w - s.lr * s.g,
    ),
    momentum(
        "Yours begins with g as the velocity; it should begin with 0.",
        v=lambda s: s.momentum * (s.d if s.t == 1 else s.v) + s.g,
    ),
    momentum(
        "Yours has the weight decay beside the velocity; it should be in g, and so in v: g = dE/dw + weight_decay w.",
        2,
        g=no_decay,
        w=lambda s: s.w - s.lr * (s.v + s.weight_decay * s.w),
    ),
    momentum(
        f"Yours subtracts the weight decay without lr; {G}",
        g=no_decay,
        w=lambda s: s.w - s.lr * s.v - s.weight_decay * s.w,
    ),
    momentum(
        f"Yours shrinks w after the step; {G}",
        g=no_decay,
        w=lambda s: (s.w - s.lr * s.v) * (1 - s.lr * s.weight_decay),
    ),
    momentum(f"Yours multiplies the weight decay by lr; {G}", g=lambda s: s.d + s.lr * s.weight_decay * s.w),
    momentum(
        "Yours adds the weight decay twice; it should add it once: g = dE/dw + weight_decay w.",
        g=lambda s: s.d + 2 * s.weight_decay * s.w,
    ),
    momentum(f"Yours uses the sign of w in the weight decay; {G}", g=lambda s: s.d + s.weight_decay * np.sign(s.w)),
    momentum(f"Yours uses w^2 in the weight decay; {G}", g=lambda s: s.d + s.weight_decay * s.w**2),
    momentum(
        "Yours adds the sum of w^2, the penalty itself; it should add its gradient: g = dE/dw + weight_decay w.",
        g=lambda s: s.d + s.weight_decay * np.sum(s.w**2),
    ),
    momentum(f"Yours multiplies the gradient by 1 - weight_decay; {G}", g=lambda s: s.d * (1 - s.weight_decay)),
    momentum("Yours uses only the sign of v; it should use v: w <- w - lr v.", w=lambda s: s.w - s.lr * np.sign(s.v)),
    momentum(
        "Yours uses momentum for the weight decay; it should be g = dE/dw + weight_decay w.",
        g=lambda s: s.d + s.momentum * s.w,
    ),
    momentum(
        "Yours uses weight_decay for momentum; it should be v <- momentum v + g.",
        2,
        v=lambda s: s.weight_decay * s.v + s.g,
    ),
    Factors(
        "change of W in step 1",
        "Yours has another factor at the gradient or at w; step 1 should change w by -lr (dE/dw + weight_decay w).",
        lambda c: np.stack([c.g1, c.W]),
    ),
    momentum(
        "Yours has no weight decay for the biases; it should decay all parameters, also those.", name="b", g=no_decay
    ),
)

MOMENTUM = Exercise(
    name="momentum",
    title="a step that remembers the ones before",
    target=SGD,
    methods=("step",),
    shows=(SGD.move,),
    task="Now with self.momentum and self.weight_decay; either may be 0. self.v is a dict, empty at first, for the "
    "velocity v of each parameter, by its name; v starts at 0.",
    contract={
        "": "Gradient descent with momentum and weight decay, as in PyTorch.\n"
        "self.net.parameters() yields (name, value, gradient, curvature); self.lr is the learning "
        "rate. The weight decay adds the slope of weight_decay w^2 / 2 to the gradient of every "
        "parameter w, also of biases.\n"
        "self.v: {name: velocity, like the parameter}; the learning rate is not in it.",
        "step": "Change every parameter in place, with its gradient, and keep its velocity.",
    },
    kind=Steps(),
    **steps(
        lambda rng: {
            "lr": float(rng.choice([0.5, 0.25])),
            "momentum": float(rng.choice([0.5, 0.8])),
            "weight_decay": float(rng.choice([0.1, 0.25])),
        },
        lambda rng: {
            "lr": float(rng.choice([0.35, 0.17])),
            "momentum": float(rng.choice([0.6, 0.85])),
            "weight_decay": float(rng.choice([0.13, 0.27])),
        },
        "momentum",
        "weight_decay",
    ),
    wrong={"step": MOMENTUM_WRONG},
    hints=(
        "First compute g = gradient + weight_decay * value, then v, then the step.",
        "self.v.get(name, 0) is the velocity before the step: 0 in the first step.",
        "self.v[name] = momentum * (that) + g, a new array; then value -= lr * self.v[name].",
    ),
)
