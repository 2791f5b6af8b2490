"""Layers to judge: some are right, some have a mistake in backward. A judge sees no more of them than their arrays."""

import numpy as np

from scratchnet.errors import CheckFailed
from scratchnet.exercises.kinds import Kind
from scratchnet.layers import Layer


class Suspect(Layer):
    """y = s f(x W' + b), with f the identity or tanh. flaw: what spoils the gradients {"dx", "dW", "db"}."""

    def __init__(self, W, b, scale=1.0, bend=False, flaw=None):
        self.W, self.b, self._scale, self._bend, self._flaw = W, b, scale, bend, flaw
        self.params = ("W", "b")

    def forward(self, x):
        self._x = x.copy()
        a = x @ self.W.T + self.b
        self._y = self._scale * (np.tanh(a) if self._bend else a)
        return self._y.copy()

    def backward(self, dy):
        da = self._scale * dy * (1 - (self._y / self._scale) ** 2 if self._bend else 1)
        right = {"dx": da @ self.W, "dW": da.T @ self._x, "db": da.sum(axis=0)}
        if self._flaw:
            right |= self._flaw(self, dy, right)
        self.dW, self.db = right["dW"], right["db"]
        return right["dx"]


def first_image(layer, dy, g):
    """db of the first image alone."""
    return {"db": layer._scale * dy[0] * (1 - (layer._y[0] / layer._scale) ** 2 if layer._bend else 1)}


def one_entry(name):
    """One entry of a gradient that is half of what it should be."""

    def flaw(layer, dy, g):
        spoiled = g[name].copy()
        spoiled[(-1,) * spoiled.ndim] *= 0.5
        return {name: spoiled}

    return flaw


def flat(layer, dy, g):
    """Gradients of E = sum(y), whatever dy is."""
    ones = np.ones_like(dy)
    return {"dx": ones @ layer.W, "dW": ones.T @ layer._x, "db": ones.sum(axis=0)}


SUSPECTS = {  # name: (options, whether it is right)
    "a right linear layer": ({}, True),
    "a right layer with tanh": ({"bend": True}, True),
    "a right layer of large outputs": ({"scale": 1e8}, True),
    "a right layer of small outputs": ({"scale": 1e-8}, True),
    "a wrong dx": ({"flaw": lambda layer, dy, g: {"dx": dy @ layer.W**2}}, False),
    "a wrong dW": ({"bend": True, "flaw": lambda layer, dy, g: {"dW": dy.T @ layer._x}}, False),
    "db of the first image only": ({"flaw": first_image}, False),
    "gradients that are averaged": ({"flaw": lambda layer, dy, g: {k: v / len(dy) for k, v in g.items()}}, False),
    "a sign": ({"bend": True, "flaw": lambda layer, dy, g: {"dx": -g["dx"]}}, False),
    "one wrong entry of dW": ({"flaw": one_entry("dW")}, False),
    "one wrong entry of dx": ({"bend": True, "flaw": one_entry("dx")}, False),
    "a backward that ignores dy": ({"flaw": flat}, False),
    "gradients that are 1 % too large": ({"flaw": lambda layer, dy, g: {k: 1.01 * v for k, v in g.items()}}, False),
    "a wrong dW of small outputs": (
        {"scale": 1e-8, "flaw": lambda layer, dy, g: {"dW": 0.5 * g["dW"]}},
        False,
    ),
    "a wrong dx of large outputs": ({"scale": 1e8, "flaw": one_entry("dx")}, False),
}


class Judging(Kind):
    """A function of (layer, x) that says whether backward is right: its verdict on each suspect, 1 or 0."""

    generic = False

    def prepare(self, function, case, method):
        return lambda: {name: verdict_on(function, name, case) for name in SUSPECTS}

    def unread(self, method):
        """Parameters of the suspects."""
        return ("W", "b")


def verdict_on(function, name, case):
    """Return 1.0 or 0.0. Raise CheckFailed for what is neither True nor False, and for a layer that has changed."""
    W, b = (case.parameters[key].copy() for key in ("W", "b"))
    layer = Suspect(W, b, **SUSPECTS[name][0])
    layer.name = "suspect"
    found = function(layer, case.arrays["x"])
    if not isinstance(found, bool | np.bool_):
        raise CheckFailed(
            f"The function should return True or False, got {found!r}"[:200] + ".",
            "Return True if all gradients are right, else False; an array of verdicts becomes one by np.all.",
        )
    for key in ("W", "b"):
        if not np.array_equal(getattr(layer, key), case.parameters[key]):
            raise CheckFailed(
                f"{key} of the layer has changed.",
                "Yours does not put a parameter back; it should keep the value before, and store that one again.",
            )
    return float(found)
