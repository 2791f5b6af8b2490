"""How a function that assembles a network is run and judged."""

import functools
from dataclasses import replace

import numpy as np

from scratchnet.errors import CheckFailed
from scratchnet.exercises.kinds import Kind
from scratchnet.layers import Sequential
from scratchnet.models import lenet5


@functools.cache
def reference():
    """Return {layer: what it looks like, its parameters and its connection table} of the library's LeNet-5."""
    net = lenet5(np.random.default_rng(0), float)
    return {
        name: {
            "text": repr(layer),
            "parameters": {key: value for key, value, _, _ in layer.parameters()},
            "table": getattr(layer, "connections", None),
        }
        for name, layer in net.layers.items()
    }


class Network(Kind):
    """A function that assembles LeNet-5: what every layer of it makes of an image, with our parameters."""

    repeats = False

    def given(self, case):
        return replace(case, options={"reference": reference()})

    def prepare(self, function, case, method):
        layers = case.options.get("reference") or reference()

        def activations():
            net = function(np.random.default_rng(0), float)
            if not isinstance(net, Sequential):
                raise CheckFailed(f"The function should return a Sequential, got {type(net).__name__}.")
            if list(net.layers) != list(layers):
                raise CheckFailed(
                    f"The layers are called {' '.join(net.layers)}, they should be {' '.join(layers)}.",
                    named(list(net.layers), list(layers)),
                )
            for name, ours in layers.items():
                expect_like(name, net[name], ours)
            passed_on(function)
            results, x = {}, case.arrays["x"]
            for name, ours in layers.items():
                fit_in(name, net[name], ours)
                x = net[name].forward(x)
                results[f"the output of {name}"] = x
            return results

        return activations


def expect_like(name, layer, ours):
    """Raise CheckFailed if a layer is another one than ours."""
    table = ours["table"]
    wired = table is None or np.array_equal(getattr(layer, "connections", None), table)
    if repr(layer) == ours["text"] and wired:
        return
    why = f"Yours has {layer!r} for {name}; it should be {ours['text']}."
    if name == "C3":
        why += " Does it have the connections of Table I?"
    raise CheckFailed(f"{name} should be {ours['text']}, got {layer!r}.", why)


def fit_in(name, layer, ours):
    """Put our parameters into a layer."""
    for key, value in ours["parameters"].items():
        if vars(layer).get(key, np.empty(0)).shape != value.shape:
            raise CheckFailed(f"{name} should be {ours['text']}, got {layer!r}.")
        getattr(layer, key)[...] = value


def passed_on(function):
    """Raises CheckFailed when rng, dtype, init or coefficient do not reach the layers."""

    def built(dtype=np.float32, **options):
        net = function(np.random.default_rng(0), dtype, **options)
        return {name: value for name, value, _, _ in net.parameters()}

    first, again, doubles = built(), built(), built(dtype=np.float64)
    for name, value in first.items():
        if not np.array_equal(value, again[name]):
            raise CheckFailed(
                f"{name} differs from call to call with the same rng.", "Give rng= to every layer that takes it."
            )
        if (value.dtype, doubles[name].dtype) != (np.float32, np.float64):
            raise CheckFailed(
                f"{name} is {doubles[name].dtype} for dtype=float.", "Give dtype= to every layer that takes it."
            )
    if built(coefficient=0.25)["S2.W"][0] != 0.25 or built(coefficient=0.25)["S4.W"][0] != 0.25:
        raise CheckFailed("S2.W or S4.W is not 0.25 for coefficient=0.25.", "Give coefficient= to Subsampling.")
    if not all((built(init=ones)[f"{name}.W"].max() == 1) for name in ("C1", "C3", "C5", "F6")):
        raise CheckFailed("Not all weights are 1 for an init that returns ones.", "Give init= to Conv2d and Linear.")


def ones(rng, shape, fan_in):
    return np.ones(shape)


def named(mine, right):
    missing, extra = [n for n in right if n not in mine], [n for n in mine if n not in right]
    if missing:
        return f"{missing[0]} is missing." + (
            " A squashing function follows every layer up to F6." if "squash" in missing[0] else ""
        )
    return f"{extra[0]} is too many." if extra else "They are in another order."
