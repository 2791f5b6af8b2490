"""How a method is run and judged: a layer's pass, a loss, a function, an optimizer, a network.

Of each kind: prepare(thing, case, method) -> a function that runs the pass and returns {name: result}, the same
when it is called again; judge(thing, case, method) raises CheckFailed when it is not what mathematics says.
"""

from functools import partial

import numpy as np

from scratchnet.checks import check_curvature, check_gradients, check_loss, compare
from scratchnet.errors import CheckFailed
from scratchnet.layers import Linear, Sequential
from scratchnet.parallel import ReadableEngine

MANY = 10**6  # entries to look at: all


class Function:
    """A function of arrays. result: the name of what it returns."""

    repeats, generic = True, True
    judged = ()

    def __init__(self, result):
        self.result = result

    def prepare(self, function, case, method):
        return lambda: {self.result: function(*case.arrays.values())}


class LayerPass:
    """A pass of a layer, on x, and dy or hy. leaves: what forward has to leave on self for passes of the library."""

    repeats, generic = True, True
    judged = ("backward", "backward2")

    def __init__(self, leaves=()):
        self.leaves = leaves

    def prepare(self, kind, case, method):
        layer = layer_of(kind, case)

        def forward():
            return {"y": layer.forward(case.arrays["x"])} | left(layer, self.leaves)

        def back():
            d = "d" if method == "backward" else "h"
            dx = getattr(layer, method)(case.arrays[f"{d}y"])
            return {f"{d}x": dx} | {d + name: vars(layer).get(d + name) for name in layer.params}

        if method == "forward":
            return forward
        forward()
        return back

    def unread(self, method):
        """Arrays of a case that this pass does not see."""
        return {"forward": ("dy", "hy"), "backward": ("hy",), "backward2": ("dy",)}[method]

    def judge(self, kind, case, method):
        check = check_curvature if method == "backward2" else partial(check_gradients, entries=MANY)
        check(layer_of(kind, case), case.arrays["x"])


def layer_of(kind, case):
    layer = kind(*case.args, **case.options)
    for name, value in case.parameters.items():
        setattr(layer, name, value)
    return layer


def left(thing, names):
    """{"self.x": what a pass left there}; sizes as arrays. Raises CheckFailed for what it did not leave."""
    for name in names:
        if vars(thing).get(name) is None:
            raise CheckFailed(f"forward stores nothing in self.{name}.", "Store it: the other passes read it.")
    found = {f"self.{name}": getattr(thing, name) for name in names}
    return {name: np.array(value) if isinstance(value, tuple) else value for name, value in found.items()}


class LossPass:
    """A pass of a loss, on y and labels. leaves: as for a layer."""

    repeats, generic = True, True
    judged = ("backward",)

    def __init__(self, leaves=()):
        self.leaves = leaves

    def prepare(self, kind, case, method):
        loss = kind(*case.args, **case.options)
        y, labels = case.arrays.values()
        if method == "forward":
            return lambda: {"E": loss.forward(y, labels)} | left(loss, self.leaves)
        loss.forward(y, labels)
        return lambda: {"dE/dy": loss.backward()}

    def judge(self, kind, case, method):
        check_loss(kind(*case.args, **case.options), *case.arrays.values())


class Steps:
    """Three steps of an optimizer on W and b of a layer, with gradients g1, g2, g3 of W and d1, d2, d3 of b."""

    repeats, generic = False, True
    judged = ()

    def prepare(self, kind, case, method):
        a = case.arrays
        layer = Linear(3, 2, dtype=a["W"].dtype)
        W, b = layer.W, layer.b = a["W"].copy(), a["b"].copy()
        optimizer = kind(Sequential(F=layer), **case.options)

        def three_steps():
            results = {}
            for step in (1, 2, 3):
                layer.dW, layer.db = a[f"g{step}"], a[f"d{step}"]
                optimizer.step()
                after = "in " + ("step 1" if step == 1 else f"{step} steps")
                results |= {f"change of W {after}": W - a["W"], f"change of b {after}": b - a["b"]}
            return results

        return three_steps


class Levenberg:
    """The two halves of SDLM: step sizes from curvatures, and a step with them."""

    repeats, generic = False, True
    judged = ()

    def unread(self, method):
        """Arrays of a case that say nothing here."""
        return ("x", "labels") + (("W", "b", "dW", "db") if method == "estimate_by" else ())

    def prepare(self, kind, case, method):
        a = case.arrays
        layer = Linear(*a["W"].shape[::-1], dtype=a["W"].dtype)
        W, b = layer.W, layer.b = a["W"].copy(), a["b"].copy()
        net = Sequential(F=layer)
        optimizer = kind(net, **case.options)

        def estimate():
            optimizer.estimate_by(GivenCurvatures(net, a), a["x"], a["labels"])
            found = by_leaf("self.eps", optimizer.eps, layer)
            return {"eps of W": found["W"], "eps of b": found["b"]}

        def step():
            estimate()
            layer.dW, layer.db = a["dW"], a["db"]
            optimizer.step()
            return {"change of W": W - a["W"], "change of b": b - a["b"]}

        return estimate if method == "estimate_by" else step


class GivenCurvatures(ReadableEngine):
    """An engine whose curvatures are those of the case."""

    def __init__(self, net, case):
        self.net, self.hW, self.hb, self.x, self.labels = net, *(case[name] for name in ("hW", "hb", "x", "labels"))

    def curvatures(self, x, labels):
        if x is not self.x or labels is not self.labels:
            raise CheckFailed("engine.curvatures was not called with x and labels.", "It takes both, in that order.")
        layer = self.net["F"]
        layer.hW, layer.hb = self.hW, self.hb


class Network:
    """A function that assembles a network: what every layer of it makes of an image, with our parameters."""

    repeats, generic = False, True
    judged = ()

    def prepare(self, function, case, method):
        from scratchnet.models import lenet5

        reference = lenet5(np.random.default_rng(0), float)

        def activations():
            net = function(np.random.default_rng(0), float)
            if not isinstance(net, Sequential):
                raise CheckFailed(f"The function should return a Sequential, got {type(net).__name__}.")
            if list(net.layers) != list(reference.layers):
                raise CheckFailed(
                    f"The layers are called {' '.join(net.layers)}, they should be {' '.join(reference.layers)}.",
                    named(list(net.layers), list(reference.layers)),
                )
            passed_on(function)
            results, x = {}, case.arrays["x"]
            for name, ours in reference.layers.items():
                for key, value, _, _ in ours.parameters():
                    if vars(net[name]).get(key, np.empty(0)).shape != value.shape:
                        raise CheckFailed(f"{name} should be {ours!r}, got {net[name]!r}.")
                    getattr(net[name], key)[...] = value
                table = getattr(ours, "connections", None)
                wired = table is None or np.array_equal(getattr(net[name], "connections", None), table)
                if type(net[name]) is not type(ours) or not wired:
                    few = "Does it have the connections of Table I?" if name == "C3" else ""
                    raise CheckFailed(f"{name} should be {ours!r}, got {net[name]!r}.", few)
                x = net[name].forward(x)
                results[f"the output of {name}"] = x
            return results

        return activations


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


class Pruning:
    """The two halves of Optimal Brain Damage: saliencies from curvatures, and pruning by them."""

    repeats, generic = False, False
    judged = ()

    def unread(self, method):
        """Arrays of a case that say nothing here."""
        return ("x", "labels", "dW", "db") + (("share",) if method == "estimate_by" else ())

    def prepare(self, kind, case, method):
        a = case.arrays
        layer = Linear(*a["W"].shape[::-1], dtype=a["W"].dtype)
        W = layer.W = a["W"].copy()
        layer.b = a["b"].copy()
        net = Sequential(F=layer)
        damage = kind(net)

        def estimate():
            damage.estimate_by(GivenCurvatures(net, a), a["x"], a["labels"])
            found = by_leaf("self.saliency", damage.saliency, layer)
            return {"saliency of W": found["W"], "saliency of b": found["b"]}

        def prune():
            estimate()
            damage.prune(a["share"])
            return {"W after pruning": W.copy(), "b after pruning": layer.b.copy()}

        return estimate if method == "estimate_by" else prune


def by_leaf(what, found, layer):
    """{"W": array, "b": array} from a dict with the keys (layer, "W") and (layer, "b")."""
    if not isinstance(found, dict) or set(found) != {(layer, "W"), (layer, "b")}:
        keys = list(found) if isinstance(found, dict) else type(found).__name__
        raise CheckFailed(
            f"{what} has the keys {keys}, it should have {[(layer, 'W'), (layer, 'b')]}.",
            "A key is a pair: a layer of self.net.leaves(), and the name of one of its params.",
        )
    return {name: value for (_, name), value in found.items()}


def agree(got, right, tolerance, source, sizes):
    """compare for every result, numbers too."""
    for name, expected in right.items():
        compare(name, numbers(got[name]), numbers(expected), tolerance, source, sizes=sizes)


def numbers(result):
    """An array that can be subtracted: True and False become 1 and 0."""
    result = np.asarray(result)
    return result.astype(float) if result.dtype == bool else result
