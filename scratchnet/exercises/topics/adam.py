"""The exercise on Adam."""

import numpy as np

from scratchnet.exercises.definition import Exercise
from scratchnet.exercises.kinds import Steps
from scratchnet.exercises.topics.steps import mistaken, steps, unmoved
from scratchnet.kernels import adam
from scratchnet.optimizers import Adam

RIGHT = {
    "g": lambda s: s.d + s.weight_decay * s.w,
    "m": lambda s: s.m + (1 - s.betas[0]) * (s.g - s.m),
    "v": lambda s: s.v + (1 - s.betas[1]) * (s.g**2 - s.v),
    "m1": lambda s: s.m / (1 - s.betas[0] ** s.t),
    "v1": lambda s: s.v / (1 - s.betas[1] ** s.t),
    "w": lambda s: s.w - s.lr * s.m1 / (np.sqrt(s.v1) + s.eps),
}


def wrong(sentence, first=1, name="W", **changes):
    return mistaken(RIGHT, sentence, first, name, **changes)


def given(s):
    """The gradient without weight decay."""
    return s.d


def running(mean, beta, new):
    return mean + (1 - beta) * (new - mean)


G = "it should be g = dE/dw + weight_decay w."
FOR_EACH = "Yours counts t for every parameter; it should count once in a step: self.t += 1 stands before the loop."
STARTS = "Yours starts {0} again at every step; it should keep {1}."
SWAPPED = "Yours has beta and 1 - beta in each other's place; it should be beta of the old and 1 - beta of the new."
CORRECTION = (
    wrong(
        SWAPPED,
        m=lambda s: s.m + s.betas[0] * (s.g - s.m),
        v=lambda s: s.v + s.betas[1] * (s.g**2 - s.v),
    ),
    wrong(
        "Yours averages the squares of the weights in v; it should average the squares of the gradients, g^2.",
        v=lambda s: running(s.v, s.betas[1], s.w**2),
    ),
    wrong("Yours corrects v by beta1; it should be 1 - beta2^t.", v1=lambda s: s.v / (1 - s.betas[0] ** s.t)),
    wrong("Yours corrects m by beta2; it should be 1 - beta1^t.", m1=lambda s: s.m / (1 - s.betas[1] ** s.t)),
    wrong(
        "Yours does not divide by 1 - beta^t; it should: m and v start at 0 and are too small at first.",
        m1=lambda s: s.m,
        v1=lambda s: s.v,
    ),
    wrong("Yours does not divide m by 1 - beta1^t; it should.", m1=lambda s: s.m),
    wrong(
        "Yours has v' = (1 - beta2) g^2 in step 1; it should be g^2. Divide v by 1 - beta2^t, and take 1 - beta2 once.",
        v1=lambda s: s.v,
    ),
    wrong(
        "Yours divides by 1 - beta in every step, as if t were 1; it should be 1 - beta^t: take the power t, and count "
        "the steps with self.t += 1.",
        2,
        m1=lambda s: s.m / (1 - s.betas[0]),
        v1=lambda s: s.v / (1 - s.betas[1]),
    ),
    wrong(
        "Yours divides m by 1 - beta1; it should be 1 - beta1^t: take the power t.",
        2,
        m1=lambda s: s.m / (1 - s.betas[0]),
    ),
    wrong(
        "Yours divides v by 1 - beta2; it should be 1 - beta2^t: take the power t.",
        2,
        v1=lambda s: s.v / (1 - s.betas[1]),
    ),
    wrong(
        "Yours divides by 1 - beta * t; it should be 1 - beta^t, beta**t in Python.",
        2,
        m1=lambda s: s.m / (1 - s.betas[0] * s.t),
        v1=lambda s: s.v / (1 - s.betas[1] * s.t),
    ),
    wrong(
        "Yours has t = 0 in the first step, where 1 - beta^t is 0; it should count first: self.t += 1 stands before "
        "the loop.",
        m1=lambda s: s.m / (1 - s.betas[0] ** (s.t - 1)),
        v1=lambda s: s.v / (1 - s.betas[1] ** (s.t - 1)),
    ),
    wrong(
        "Yours is one step ahead in beta^t; it should have t = 1 in the first step.",
        m1=lambda s: s.m / (1 - s.betas[0] ** (s.t + 1)),
        v1=lambda s: s.v / (1 - s.betas[1] ** (s.t + 1)),
    ),
    wrong(
        FOR_EACH,
        name="b",
        m1=lambda s: s.m / (1 - s.betas[0] ** (2 * s.t)),
        v1=lambda s: s.v / (1 - s.betas[1] ** (2 * s.t)),
    ),
    wrong(
        "Yours keeps m' in self.m; it should keep m: the correction is for this step alone.",
        2,
        m=lambda s: running(s.m1, s.betas[0], s.g),
    ),
    wrong(
        "Yours keeps v' in self.v; it should keep v: the correction is for this step alone.",
        2,
        v=lambda s: running(s.v1, s.betas[1], s.g**2),
    ),
    wrong(
        "Yours keeps m' and v' in self.m and self.v; it should keep m and v: the corrections are for this step alone.",
        2,
        m=lambda s: running(s.m1, s.betas[0], s.g),
        v=lambda s: running(s.v1, s.betas[1], s.g**2),
    ),
    wrong(
        "Yours multiplies m by 1 - beta1^t; it should divide.",
        m1=lambda s: s.m * (1 - s.betas[0] ** s.t),
    ),
    wrong(
        "Yours multiplies v by 1 - beta2^t; it should divide.",
        v1=lambda s: s.v * (1 - s.betas[1] ** s.t),
    ),
    wrong(
        "Yours divides by beta^t; it should divide by 1 - beta^t.",
        m1=lambda s: s.m / s.betas[0] ** s.t,
        v1=lambda s: s.v / s.betas[1] ** s.t,
    ),
    wrong(
        "Yours has the corrections in each other's place; it should be beta1 for m and beta2 for v.",
        m1=lambda s: s.m / (1 - s.betas[1] ** s.t),
        v1=lambda s: s.v / (1 - s.betas[0] ** s.t),
    ),
    wrong(
        "Yours has v' = g^2 / (1 - beta2) in step 1; it should be g^2: v is the mean beta2 v + (1 - beta2) g^2, and "
        "the correction stands inside of the root: sqrt(v / (1 - beta2^t)).",
        v1=lambda s: s.g**2 / (1 - s.betas[1]),
    ),
)
MEANS = (
    wrong(
        STARTS.format("m and v", "them in self.m[name] and self.v[name]"),
        2,
        m=lambda s: (1 - s.betas[0]) * s.g,
        v=lambda s: (1 - s.betas[1]) * s.g**2,
    ),
    wrong(STARTS.format("m", "it in self.m[name]"), 2, m=lambda s: (1 - s.betas[0]) * s.g),
    wrong(STARTS.format("v", "it in self.v[name]"), 2, v=lambda s: (1 - s.betas[1]) * s.g**2),
    wrong(
        "Yours has beta1 and beta2 in each other's place; it should be beta1, beta2 = self.betas.",
        m=lambda s: running(s.m, s.betas[1], s.g),
        v=lambda s: running(s.v, s.betas[0], s.g**2),
    ),
    wrong(
        "Yours has beta1 and beta2 in each other's place; it should be beta1, beta2 = self.betas.",
        2,
        m=lambda s: running(s.m, s.betas[1], s.g),
        v=lambda s: running(s.v, s.betas[0], s.g**2),
        m1=lambda s: s.m / (1 - s.betas[1] ** s.t),
        v1=lambda s: s.v / (1 - s.betas[0] ** s.t),
    ),
    wrong(
        "Yours uses beta1 for v too; it should use beta2.",
        2,
        v=lambda s: running(s.v, s.betas[0], s.g**2),
        v1=lambda s: s.v / (1 - s.betas[0] ** s.t),
    ),
    wrong(
        "Yours uses beta2 for m too; it should use beta1.",
        2,
        m=lambda s: running(s.m, s.betas[1], s.g),
        m1=lambda s: s.m / (1 - s.betas[1] ** s.t),
    ),
    wrong(
        "Yours averages g or |g| in v; it should be the running mean of g^2.",
        v=lambda s: running(s.v, s.betas[1], np.abs(s.g)),
    ),
    wrong(
        "Yours averages g or |g| in v; it should be the running mean of g^2.", v=lambda s: running(s.v, s.betas[1], s.g)
    ),
    wrong(
        "Yours averages m^2 in v; it should be the running mean of g^2.", v=lambda s: running(s.v, s.betas[1], s.m**2)
    ),
    wrong(
        "Yours averages (g - m)^2 in v; it should be the running mean of g^2.",
        v=lambda s: running(s.v, s.betas[1], (s.g - s.m) ** 2),
    ),
    wrong(
        "Yours adds g to m without 1 - beta1; it should be beta1 m + (1 - beta1) g.", m=lambda s: s.betas[0] * s.m + s.g
    ),
    wrong(
        "Yours has beta1 and 1 - beta1 in each other's place; it should be beta1 m + (1 - beta1) g.",
        m=lambda s: running(s.m, 1 - s.betas[0], s.g),
    ),
    wrong(
        "Yours has beta2 and 1 - beta2 in each other's place; it should be beta2 v + (1 - beta2) g^2.",
        v=lambda s: running(s.v, 1 - s.betas[1], s.g**2),
    ),
    *(
        wrong(
            "Yours lets m and v start with g and g^2; it should start them with 0.",
            m=lambda s, first=first: running(s.m if s.t > 1 else first(s), s.betas[0], s.g),
            v=lambda s, first=first: running(s.v if s.t > 1 else first(s) ** 2, s.betas[1], s.g**2),
        )
        for first in (lambda s: s.g, lambda s: s.d)
    ),
    wrong(
        "Yours starts v with ones; it should start it with 0.",
        v=lambda s: running(s.v if s.t > 1 else 1, s.betas[1], s.g**2),
    ),
)
THE_STEP = (
    wrong(
        "Yours adds eps inside of the root; it should add it outside.",
        w=lambda s: s.w - s.lr * s.m1 / np.sqrt(s.v1 + s.eps),
    ),
    wrong(
        "Yours adds eps before the correction of v; it should add it to sqrt(v'): sqrt(v / (1 - beta2^t)) + eps.",
        w=lambda s: s.w - s.lr * s.m1 / (np.sqrt(s.v) + s.eps) * np.sqrt(1 - s.betas[1] ** s.t),
    ),
    wrong("Yours has no eps; it should divide by sqrt(v') + eps.", w=lambda s: s.w - s.lr * s.m1 / np.sqrt(s.v1)),
    wrong(
        "Yours lacks brackets: it adds eps to the step; it should divide by (sqrt(v') + eps).",
        w=lambda s: s.w - (s.lr * s.m1 / np.sqrt(s.v1) + s.eps),
    ),
    wrong(
        "Yours divides by v; it should divide by the square root of v.", w=lambda s: s.w - s.lr * s.m1 / (s.v1 + s.eps)
    ),
    wrong("Yours goes up the slope; it should go down.", w=lambda s: s.w + s.lr * s.m1 / (np.sqrt(s.v1) + s.eps)),
    wrong(
        "Yours has no learning rate; it should multiply the step by lr.",
        w=lambda s: s.w - s.m1 / (np.sqrt(s.v1) + s.eps),
    ),
    wrong(
        "Yours divides lr by sqrt(t); it should not: lr m' / (sqrt(v') + eps).",
        2,
        w=lambda s: s.w - s.lr / np.sqrt(s.t) * s.m1 / (np.sqrt(s.v1) + s.eps),
    ),
    wrong(
        "Yours uses one v for all entries; each should have its own.",
        w=lambda s: s.w - s.lr * s.m1 / (np.sqrt(s.v1.mean()) + s.eps),
    ),
    wrong(
        "Yours uses one v for all entries; each should have its own.",
        w=lambda s: s.w - s.lr * s.m1 / (np.sqrt(s.v1.max()) + s.eps),
    ),
    wrong(
        "Yours takes the step before it updates v; it should update m and v first.",
        v1=lambda s: s.old.v / (1 - s.betas[1] ** s.t),
    ),
    wrong(
        "Yours takes the step before it updates m; it should update m and v first.",
        m1=lambda s: s.old.m / (1 - s.betas[0] ** s.t),
    ),
    wrong(
        "Yours takes the root of 1 - beta2^t too; it should be sqrt(v / (1 - beta2^t)).",
        v1=lambda s: s.v / np.sqrt(1 - s.betas[1] ** s.t),
    ),
    wrong(
        "Yours squares eps; it should be sqrt(v') + eps.",
        w=lambda s: s.w - s.lr * s.m1 / np.sqrt(s.v1 + s.eps**2),
    ),
    wrong("Yours takes g for m'; it should be lr m' / (sqrt(v') + eps).", 2, m1=lambda s: s.g),
)
THE_DECAY = (
    wrong(f"Yours has no weight decay; {G}", g=given),
    wrong(f"Yours subtracts the weight decay; {G}", g=lambda s: s.d - s.weight_decay * s.w),
    wrong(f"Yours multiplies the weight decay by lr; {G}", g=lambda s: s.d + s.lr * s.weight_decay * s.w),
    wrong(f"Yours has a factor 2 in the weight decay; {G}", g=lambda s: s.d + 2 * s.weight_decay * s.w),
    wrong(
        f"Yours lets w decay beside the step, as AdamW does; {G}",
        g=given,
        w=lambda s: s.w - s.lr * (s.m1 / (np.sqrt(s.v1) + s.eps) + s.weight_decay * s.w),
    ),
    wrong(
        f"Yours shrinks w after the step; {G}",
        g=given,
        w=lambda s: (s.w - s.lr * s.m1 / (np.sqrt(s.v1) + s.eps)) * (1 - s.lr * s.weight_decay),
    ),
    wrong(
        f"Yours subtracts the weight decay from w, and without lr; {G}",
        g=given,
        w=lambda s: s.w - s.lr * s.m1 / (np.sqrt(s.v1) + s.eps) - s.weight_decay * s.w,
    ),
    wrong(
        f"Yours puts the weight decay into m only; {G} It goes into m and v.",
        v=lambda s: running(s.v, s.betas[1], s.d**2),
    ),
    wrong(
        f"Yours puts the weight decay into v only; {G} It goes into m and v.",
        m=lambda s: running(s.m, s.betas[0], s.d),
    ),
    wrong("Yours has no weight decay for the biases; it should decay all parameters, also those.", name="b", g=given),
)

ADAM = Exercise(
    name="adam",
    title="step sizes from running means",
    target=Adam,
    methods=("step",),
    task="self.t counts the steps, 0 before the first. self.m and self.v are dicts, empty at first, for the "
    "m and v of each parameter, by its name.",
    contract={
        "": "Adam: step sizes from running means of the gradient and of its square (D. Kingma, J. Ba, "
        "2015).\n"
        "self.betas, self.eps, self.lr, self.weight_decay: as in PyTorch. The weight decay adds the "
        "slope of weight_decay w^2 / 2 to the gradient. m and v start at 0; each step corrects for "
        "that.\n"
        "self.t: steps so far; self.m, self.v: {name: running mean, like the parameter}.",
        "step": "Change every parameter in place, with its gradient.",
    },
    shows=(Adam.move, adam),
    kind=Steps(),
    **steps(
        lambda rng: {
            "lr": float(rng.choice([0.1, 0.05])),
            "betas": (float(rng.choice([0.5, 0.8])), float(rng.choice([0.75, 0.9]))),
            "eps": 0.01,
            "weight_decay": float(rng.choice([0.1, 0.25])),
        },
        lambda rng: {
            "lr": float(rng.choice([0.3, 0.15])),
            "betas": (float(rng.choice([0.55, 0.83])), float(rng.choice([0.7, 0.92]))),
            "eps": 0.01,
            "weight_decay": float(rng.choice([0.13, 0.27])),
        },
        "weight_decay",
    ),
    wrong={"step": (*unmoved(), *CORRECTION, *MEANS, *THE_STEP, *THE_DECAY)},
    hints=(
        "First self.t += 1; then for each parameter g, m, v and the step, by the docstring's three lines.",
        "m = self.m.get(name, 0): 0 before the first step. Store the new one: self.m[name] = m.",
        "m' = m / (1 - beta1**t), v' = v / (1 - beta2**t). Keep m and v for the next step, not m' and v'.",
        "value -= lr * m' / (np.sqrt(v') + eps).",
    ),
)
