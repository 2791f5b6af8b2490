"""How a method is run and judged: a layer's pass, a loss, a function, an optimizer, a network.

Of each kind: prepare(thing, case, method) -> a function that runs the pass and returns {name: result}, the same
when it is called again. It runs on what the learner wrote in the learner's process, on the library in the checker's.
judge(thing, case, method) raises CheckFailed when it is not what mathematics says. The checker runs it on a class of
the library that asks the learner's process for one method (`asked`).
"""

import traceback
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from scratchnet.checks import check_curvature, check_gradients, check_loss, compare
from scratchnet.errors import CheckFailed
from scratchnet.exercises.unpacking import arranged
from scratchnet.layers import Linear, Sequential
from scratchnet.parallel import ReadableEngine

MANY = 10**6  # entries to look at: all
SECOND = "change of a second layer's W in 3 steps"
HALF_RATE = "change of W in 4 steps, the last at half the rate"


class Kind:
    """repeats: whether a second call gives the same; generic: whether symptoms of arrays say something; judged: the
    methods that `judge` can judge; tolerance: the relative error that rounding may make in the cases of float64;
    of_inputs: what to say of the inputs to who changes them; unpacks: whether the learner unpacks parameters;
    trains: whether a check takes its time; fields: whether the learner writes numbers and not code (own_numbers.py)."""

    repeats, generic, tolerance, of_inputs, unpacks = True, True, 1e-9, "", False
    trains, fields = False, False
    judged: tuple = ()

    def given(self, case):
        """The case as the learner's process gets it."""
        return case

    def unread(self, method):
        """Names in a case that this method does not see."""
        return ()

    def load_kernels(self, thing, case):
        """Call kernels for types that the library's own answer does not give them, so that no check compiles them."""


class Function(Kind):
    """A function of arrays. result: the name of what it returns."""

    def __init__(self, result, tolerance=Kind.tolerance):
        self.result, self.tolerance = result, tolerance

    def prepare(self, function, case, method):
        return lambda: {self.result: function(*case.arrays.values())}


class LayerPass(Kind):
    """A pass of a layer, on x, and dy or hy. leaves: what forward has to leave on self for passes of the library.
    kernels: (layer, x) -> calls the kernels as a learner does, who gives them x as it comes, with gaps too."""

    judged = ("backward", "backward2")

    def __init__(self, leaves=(), kernels=None):
        self.leaves, self.kernels = leaves, kernels

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

    def load_kernels(self, kind, case):
        if self.kernels:
            self.kernels(layer_of(kind, case), case.arrays["x"])

    def unread(self, method):
        """Arrays of a case that this pass does not see."""
        return {"forward": ("dy", "hy"), "backward": ("hy",), "backward2": ("dy",)}[method]

    def judge(self, kind, case, method):
        check = check_curvature if method == "backward2" else partial(check_gradients, entries=MANY)
        check(layer_of(kind, case), case.arrays["x"])

    def asked(self, kind, answer, method, case):
        """A subclass of the library's layer that has one pass of the learner's."""
        d = {"backward": "d", "backward2": "h"}[method]

        def forward(layer, x):
            layer.seen = x
            return kind.forward(layer, x)

        def learners(layer, dy):
            arrays = case.arrays | {"x": layer.seen, f"{d}y": dy}
            parameters = {name: getattr(layer, name) for name in case.parameters}
            (results,) = answer.run(method, replace(case, arrays=arrays, parameters=parameters))
            for name in layer.params:
                setattr(layer, d + name, results.get(d + name))
            return results.get(f"{d}x")

        return type(kind.__name__, (kind,), {"forward": forward, method: learners})


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
    return {name: np.array(value) if isinstance(value, tuple | list) else value for name, value in found.items()}


class LossPass(Kind):
    """A pass of a loss, on y and labels. leaves: as for a layer."""

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

    def asked(self, kind, answer, method, case):
        """A subclass of the library's loss that has the learner's backward."""

        def forward(loss, y, labels):
            loss.seen = {"y": y, "labels": labels}
            return kind.forward(loss, y, labels)

        def learners(loss):
            (results,) = answer.run(method, replace(case, arrays=loss.seen))
            return results.get("dE/dy")

        return type(kind.__name__, (kind,), {"forward": forward, method: learners})


class Steps(Kind):
    """Three steps of an optimizer on W and b of a layer, with gradients g1, g2, g3 of W and d1, d2, d3 of b; then a
    fourth at half the rate, with g1. A second layer has the gradients in another order."""

    repeats, unpacks = False, True
    of_inputs = " self.net.parameters() yields (name, value, gradient, curvature), in that order."

    def prepare(self, kind, case, method):
        a = case.arrays
        layer, second = (Linear(*a["W"].shape[::-1], dtype=a["W"].dtype) for _ in range(2))
        W, b = layer.W, layer.b = a["W"].copy(), a["b"].copy()
        second.W, second.b = -a["W"], -a["b"]
        optimizer = kind(arranged(Sequential(F=layer, G=second), a), **case.options)

        def step(mine, others):
            layer.dW, layer.db = a[f"g{mine}"], a[f"d{mine}"]
            second.dW, second.db = a[f"g{others}"].copy(), a[f"d{others}"].copy()
            optimizer.step()

        def steps():
            results = {}
            for number in (1, 2, 3):
                step(number, 4 - number)
                after = "in " + ("step 1" if number == 1 else f"{number} steps")
                results |= {f"change of W {after}": W - a["W"], f"change of b {after}": b - a["b"]}
            results[SECOND] = second.W + a["W"]
            optimizer.lr = optimizer.lr / 2
            step(1, 1)
            return results | {HALF_RATE: W - a["W"]}

        return steps


class Levenberg(Kind):
    """The two halves of SDLM: step sizes from curvatures, and a step with them."""

    repeats, unpacks = False, True

    def unread(self, method):
        """Arrays of a case that say nothing here."""
        return ("x", "labels") + (("W", "b", "dW", "db") if method == "estimate_by" else ())

    def prepare(self, kind, case, method):
        a = case.arrays
        layer, second = (Linear(*a["W"].shape[::-1], dtype=a["W"].dtype) for _ in range(2))
        W, b = layer.W, layer.b = a["W"].copy(), a["b"].copy()
        second.W, second.b = -a["W"], -a["b"]
        net = arranged(Sequential(F=layer, G=second), a)
        optimizer = kind(net, **case.options)

        def estimate():
            estimate_twice(optimizer, net, a, "the step sizes")
            found = by_leaf("self.eps", optimizer.eps, (layer, second))
            return {"eps of W": found[layer, "W"], "eps of b": found[layer, "b"]} | {
                f"eps of {name} of a second layer": found[second, name] for name in second.params
            }

        def step():
            estimate()
            layer.dW, layer.db, second.dW, second.db = a["dW"], a["db"], 2 * a["dW"], 2 * a["db"]
            optimizer.step()
            changes = {"change of W": W - a["W"], "change of b": b - a["b"]}
            return changes | {"change of W of a second layer": second.W + a["W"]}

        return estimate if method == "estimate_by" else step


class GivenCurvatures(ReadableEngine):
    """An engine whose curvatures are those of the case."""

    def __init__(self, net, case):
        self.net, self.hW, self.hb, self.x, self.labels = net, *(case[name] for name in ("hW", "hb", "x", "labels"))
        self.called = False

    def curvatures(self, x, labels):
        self.called = True
        if x is not self.x or labels is not self.labels:
            raise CheckFailed("engine.curvatures was not called with x and labels.", "It takes both, in that order.")
        for number, layer in enumerate(self.net.leaves(), start=1):
            layer.hW, layer.hb = number * self.hW, number * self.hb


def earlier(h):
    """Return the curvatures of the estimate before."""
    return 2 * h + 1


def estimate_twice(estimator, net, a, what):
    """Run estimate_by with other curvatures, when there are none yet, and then with those of the case.

    Raise CheckFailed if the first of these fails only because the curvatures are not there.
    """
    x, labels = a["x"], a["labels"]
    first = GivenCurvatures(net, a | {name: earlier(a[name]) for name in ("hW", "hb")})
    try:
        estimator.estimate_by(first, x, labels)
    except Exception as why:
        if first.called:
            raise
        first.curvatures(x, labels)
        try:
            estimator.estimate_by(first, x, labels)
        except Exception:
            raise why from None
        raise CheckFailed(
            f"{line_of(why)}{type(why).__name__}: {why}",
            f"Yours computes {what} before the curvatures are there; it should call engine.curvatures first, which "
            "stores h + name beside every parameter.",
        ) from None
    estimator.estimate_by(GivenCurvatures(net, a), x, labels)


def line_of(why):
    """Return "line 3: ..." for the last line of an error that is not in the library."""
    home = str(Path(__file__).parents[1])
    lines = [
        f"line {at.lineno}: {at.line}\n"
        for at in traceback.extract_tb(why.__traceback__)
        if not at.filename.startswith(home)
    ]
    return lines[-1] if lines else ""


class Pruning(Kind):
    """The two halves of Optimal Brain Damage: saliencies from curvatures, and pruning by them."""

    repeats, generic, unpacks = False, False, True

    def unread(self, method):
        """Arrays of a case that say nothing here."""
        return ("x", "labels", "dW", "db") + (("share",) if method == "estimate_by" else ())

    def prepare(self, kind, case, method):
        a = case.arrays
        layer = Linear(*a["W"].shape[::-1], dtype=a["W"].dtype)
        W = layer.W = a["W"].copy()
        layer.b = a["b"].copy()
        net = arranged(Sequential(F=layer), a)
        damage = kind(net)

        def estimate():
            estimate_twice(damage, net, a, "the saliencies")
            found = by_leaf("self.saliency", damage.saliency, [layer])
            return {"saliency of W": found[layer, "W"], "saliency of b": found[layer, "b"]}

        def prune():
            estimate()
            damage.prune(a["share"])
            return {"W after pruning": W.copy(), "b after pruning": layer.b.copy()}

        return estimate if method == "estimate_by" else prune


def by_leaf(what, found, layers):
    """Return a dict with the keys (layer, "W") and (layer, "b") of every layer. Raise CheckFailed for another."""
    expected = [(layer, name) for layer in layers for name in layer.params]
    if isinstance(found, dict) and set(found) == set(expected):
        return found
    keys = list(found) if isinstance(found, dict) else type(found).__name__
    why = "A key is a pair: a layer of self.net.leaves(), and the name of one of its params."
    missing = [key for key in expected if key not in found] if isinstance(found, dict) else []
    if missing and len(missing) < len(expected) and all(key in expected for key in found):
        layer, name = missing[0]
        why = (
            f"Yours has no entry for {name} of {layer.name}; it should have one for every leaf and each of its params."
        )
    raise CheckFailed(f"{what} has the keys {keys}, it should have {expected}.", why)


def agree(got, right, tolerance, source, sizes):
    """compare for every result, numbers too."""
    for name, expected in right.items():
        compare(name, numbers(got[name]), numbers(expected), tolerance, source, sizes=sizes)


def numbers(result):
    """An array that can be subtracted: True and False become 1 and 0."""
    result = np.asarray(result)
    return result.astype(float) if result.dtype == bool else result
