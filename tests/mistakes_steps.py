"""Mistakes in the exercises on optimizers and pruning, as learners make them.

Each is a right answer of styles_steps.py with an edit: (style, name, words that the learner must read, find, put, ...).
"""

from mistakes_adam import ADAM, DAMAGE, SDLM
from mistakes_conv import edited
from styles_steps import STYLES

STEP = "w -= self.lr * g"
SGD = [
    ("plain", "not in place", "does not change the layer's own array", STEP, "w = w - self.lr * g"),
    ("plain", "setattr", "does not change the layer's own array", STEP, "setattr(self.net, name, w - self.lr * g)"),
    ("plain", "uphill", "up the slope", "w -= self.lr", "w += self.lr"),
    ("plain", "no lr", "no learning rate", "self.lr * g", "g"),
    ("plain", "divides", "divides by the learning rate", "self.lr * g", "g / self.lr"),
    ("plain", "return in the loop", "only the first parameter", STEP, STEP + "\n    return"),
    ("leaves", "return in the loop", "only the first parameter", '"d" + name)', '"d" + name)\n        return'),
    ("plain", "weights only", "only the first parameter", STEP, 'if name.endswith("W"):\n        ' + STEP),
    ("plain", "the parameter for the gradient", "lr times the parameter", "self.lr * g", "self.lr * w"),
    ("plain", "sign", "sign of the gradient", "self.lr * g", "self.lr * np.sign(g)"),
    ("plain", "mean", "mean of the gradient", "self.lr * g", "self.lr * g.mean()"),
    ("plain", "sum", "sum of the gradient", "self.lr * g", "self.lr * g.sum()"),
    ("plain", "normalised", "by its length", "self.lr * g", "self.lr * g / np.linalg.norm(g)"),
    ("plain", "clipped", "clips the gradient", "self.lr * g", "self.lr * np.clip(g, -1, 1)"),
    ("slice", "replaces", "replaces the parameter", "value - self.lr * gradient", "-self.lr * gradient"),
    ("plain", "squared", "squares the gradient", "self.lr * g", "self.lr * g**2"),
    ("plain", "lr squared", "lr twice", "self.lr * g", "self.lr**2 * g"),
    ("plain", "twice", "2 times", STEP, STEP + "\n    " + STEP),
    ("plain", "multiplies", "multiplies the parameter", STEP, "w *= 1 - self.lr * g"),
    ("plain", "lr falls", "divides by t", STEP, "w -= self.lr * g / self.t", "for name", "self.t += 1\nfor name"),
    (
        "plain",
        "gradients add up",
        "adds the gradients",
        STEP,
        "self.v[name] = self.v.get(name, 0) + g\n    w -= self.lr * self.v[name]",
    ),
    ("plain", "gradient is scaled in place", "Other code still needs g1", STEP, "g *= self.lr\n    w -= g"),
    ("plain", "averaged over rows", "of what it should be", "self.lr * g", "self.lr * g / len(g)"),
]

V = "self.v[name] = self.momentum * self.v[name] + grad"
MOVE = "w -= self.lr * self.v[name]"
DECAY = " + self.weight_decay * w"
MOMENTUM = [
    ("plain", "not in place", "does not change the layer's own array", MOVE, "w = w - self.lr * self.v[name]"),
    ("plain", "the old velocity", "velocity of the step before", f"    {V}\n    {MOVE}", f"    {MOVE}\n    {V}"),
    ("plain", "no decay", "no weight decay", DECAY, ""),
    ("plain", "decay with a minus", "subtracts the weight decay", "g + self.weight_decay", "g - self.weight_decay"),
    (
        "plain",
        "decay beside the velocity",
        "beside the velocity",
        DECAY,
        "",
        "self.lr * self.v[name]",
        "self.lr * (self.v[name] + self.weight_decay * w)",
    ),
    ("plain", "decay without lr", "decay without lr", DECAY, "", MOVE, MOVE + DECAY),
    (
        "plain",
        "decay after the step",
        "after the step",
        DECAY,
        "",
        MOVE,
        f"{MOVE}\n    w -= self.lr * self.weight_decay * w",
    ),
    ("plain", "decay with lr", "decay by lr", "self.weight_decay * w", "self.lr * self.weight_decay * w"),
    ("plain", "weight decay twice", "weight decay twice", "self.weight_decay * w", "2 * self.weight_decay * w"),
    ("plain", "decay of the sign", "sign of w", "self.weight_decay * w", "self.weight_decay * np.sign(w)"),
    ("plain", "decay of w^2", "w^2", "self.weight_decay * w", "self.weight_decay * w**2"),
    ("plain", "decay of the sum", "sum of w^2", "self.weight_decay * w", "self.weight_decay * np.sum(w**2)"),
    ("plain", "decay of weights only", "biases", "self.weight_decay * w", 'self.weight_decay * w * name.endswith("W")'),
    ("plain", "decay is a factor", "1 - weight_decay", "g" + DECAY, "g * (1 - self.weight_decay)"),
    ("plain", "dampening", "1 - momentum", "self.v[name] + grad", "self.v[name] + (1 - self.momentum) * grad"),
    (
        "plain",
        "factors exchanged",
        "multiplies g by momentum",
        V,
        V.replace("self.momentum * self.v[name] + grad", "(1 - self.momentum) * self.v[name] + self.momentum * grad"),
    ),
    (
        "plain",
        "factor on the gradient",
        "multiplies g by momentum",
        "self.momentum * self.v[name] + grad",
        "self.v[name] + self.momentum * grad",
    ),
    (
        "plain",
        "factor on both",
        "multiplies g by momentum",
        "self.momentum * self.v[name] + grad",
        "self.momentum * (self.v[name] + grad)",
    ),
    ("plain", "no factor", "without its factor", "self.momentum * self.v[name] + grad", "self.v[name] + grad"),
    ("plain", "forgotten", "forgets the velocity", "if name not in self.v:", "if True:"),
    (
        "plain",
        "not stored",
        "forgets the velocity",
        f"{V}\n    {MOVE}",
        V.replace("self.v[name] =", "v =") + "\n    w -= self.lr * v",
    ),
    ("plain", "lr in v and in the step", "lr twice", "self.v[name] + grad", "self.v[name] + self.lr * grad"),
    ("plain", "Nesterov", "Nesterov", "self.lr * self.v[name]", "self.lr * (grad + self.momentum * self.v[name])"),
    ("plain", "velocity and gradient", "g and v", "self.lr * self.v[name]", "self.lr * (grad + self.v[name])"),
    ("plain", "minus in v alone", "up the slope", "self.v[name] + grad", "self.v[name] - grad"),
    (
        "plain",
        "minus in v and in w",
        "up the slope",
        "self.v[name] + grad",
        "self.v[name] - self.lr * grad",
        MOVE,
        "w -= self.v[name]",
    ),
    (
        "plain",
        "v pulls back",
        "subtracts the velocity",
        "= self.momentum * self.v[name] + grad",
        "= grad - self.momentum * self.v[name]",
    ),
    ("plain", "uphill", "up the slope", "w -= self.lr", "w += self.lr"),
    (
        "torch",
        "no decay without momentum",
        "momentum 0.0",
        "    if self.momentum != 0:\n        if name",
        "    if self.momentum == 0:\n        d_p = grad\n    if self.momentum != 0:\n        if name",
    ),
    (
        "torch",
        "no step without momentum",
        "momentum 0.0",
        "    if self.momentum != 0:\n        if name",
        "    if self.momentum == 0:\n        continue\n    if self.momentum != 0:\n        if name",
    ),
    (
        "torch",
        "elif",
        "forgets the velocity",
        "    if self.momentum != 0:\n        if name",
        "    elif self.momentum != 0:\n        if name",
    ),
    (
        "in place",
        "v is the gradient's own array",
        "Other code still needs g1",
        "np.zeros_like(value))",
        "gradient)",
        "v += gradient\n",
        "v += 0\n",
    ),
    ("plain", "one velocity for all parameters", "all", "[name]", '["all"]', "name not in", '"all" not in'),
    ("plain", "return in the loop", "only the first parameter", MOVE, MOVE + "\n    return"),
    ("plain", "momentum on w", "momentum w", MOVE, "w *= self.momentum\n    w -= self.lr * grad"),
    ("plain", "no lr", "no learning rate", "self.lr * self.v[name]", "self.v[name]"),
    ("plain", "velocity begins with the gradient", "begins with g", "np.zeros_like(w)", "g.copy()"),
    ("plain", "squared factor", "momentum^2", "self.momentum * self.v[name]", "self.momentum**2 * self.v[name]"),
    (
        "plain",
        "decay in v and beside",
        "weight decay twice",
        "self.lr * self.v[name]",
        "self.lr * (self.v[name] + self.weight_decay * w)",
    ),
    (
        "plain",
        "decay in the velocity alone",
        "no weight decay",
        "g + self.weight_decay * w",
        "g + self.weight_decay * self.v[name]",
    ),
]

EDITS = {"sgd": SGD, "momentum": MOMENTUM, "adam": ADAM, "sdlm": SDLM, "optimal-brain-damage": DAMAGE}

MISTAKES = [
    (exercise, edited(STYLES[exercise][style], pairs), words, f"{style}: {name}")
    for exercise, edits in EDITS.items()
    for style, name, words, *pairs in edits
]
