"""The tasks of the lessons that are no part of the library: the functions to write, and how they are run."""

import contextlib
import io

import numpy as np

from scratchnet.errors import CheckFailed
from scratchnet.exercises.kinds import Kind
from scratchnet.layers import RBF, Conv2d, Flatten, ScaledTanh, Sequential
from scratchnet.models import tutorial_28
from scratchnet.training import evaluate

E = "sum(a * x**3) + sum(a * x)**2"  # the function whose gradient is measured


def paper_input(images):
    """Return what LeNet-5 sees of images: 2 pixels of background on every side, and 0 ... 255 as -0.1 ... 1.175.

    images: uint8 (N, 28, 28). Returns float32 (N, 1, 32, 32).
    x = -0.1 + 1.275 pixel / 255 for each pixel, those of the border too.
    """
    padded = np.pad(images, ((0, 0), (2, 2), (2, 2)))
    x = -0.1 + 1.275 * padded / 255
    return x[:, None].astype(np.float32)


def measured_gradient(E, x, h=1e-5):
    """Return dE/dx by central differences, an array like x: for each entry (E(x + h) - E(x - h)) / (2 h).

    E: a function of an array like x that returns a number; x: float64, any number of axes.
    In each difference one entry of x is moved, by h to both sides. x is left as it was.
    """
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[index] += h
        down[index] -= h
        gradient[index] = (E(up) - E(down)) / (2 * h)
    return gradient


def errors_without_each_map(net, name, x, labels):
    """Return the error in percent that the network has without map 0, 1, 2, ... of a convolution: (maps,).

    net: a Sequential; name: of the convolution in it. To erase map o is to set W[o] and b[o] to 0.
    x (N, 1, H, W), labels (N,): the images to measure the error on. The network is left as it was.
    """
    layer, errors = net[name], []
    for o in range(len(layer.W)):
        W, b = layer.W[o].copy(), layer.b[o]
        layer.W[o], layer.b[o] = 0, 0
        errors.append(evaluate(net, (x, labels)).error)
        layer.W[o], layer.b[o] = W, b
    return np.array(errors)


def torch_tutorial_28(state):
    """Return the network of the recipe tutorial-28 as a torch.nn.Module: (N, 1, 28, 28) -> scores (N, 10).

    state: {"C1.W": array, "C1.b": array, ...}, float32: its parameters, under the names and in the order of
    tutorial_28. The layouts are those of PyTorch.
    """
    from torch import from_numpy, nn, no_grad

    net = nn.Sequential(
        *(nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()),
        *(nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)),
    )
    with no_grad():
        for value, parameter in zip(state.values(), net.parameters(), strict=True):
            parameter.copy_(from_numpy(value))
    return net


def polynomial(a):
    """Return the function E of an array like a; its central differences are exact but for rounding, for any h."""

    def energy(x):
        if np.shape(x) != a.shape:
            raise ValueError(f"E takes an array of shape {a.shape}, got one of shape {np.shape(x)}")
        return float(np.sum(a * x**3) + np.sum(a * x) ** 2)

    return energy


class Measured(Kind):
    """A function that measures the gradient of E at x, with the step h if the case has one."""

    def prepare(self, function, case, method):
        x, energy = case.arrays["x"], polynomial(case.parameters["a"])

        def measured():
            before, calls = x.copy(), []

            def seen(moved):
                if np.shape(moved) == x.shape and len(calls) < 2:
                    calls.append((np.array(moved, float), np.shares_memory(moved, x)))
                return energy(moved)

            gradient = function(seen, *case.arrays.values())
            expect_two_arrays(calls, before, x)
            left_as_it_was(x, before)
            return {"gradient": gradient}

        return measured


def expect_two_arrays(calls, before, x):
    """Raise CheckFailed if both of the first calls of E got x itself, and the second move takes the first back."""
    if len(calls) < 2 or not all(own for _, own in calls):
        return
    (first, _), (second, _) = calls
    cancel = np.array_equal(first, second) and np.allclose(first, before, 1e-12, 1e-12)
    back = not np.allclose(first, before, 1e-12, 1e-12) and np.allclose(second, before, 1e-12, 1e-12)
    if cancel or (back and not np.array_equal(x, before)):
        got = "the same numbers twice" if cancel else "x as it was"
        raise CheckFailed(
            f"The second move takes the first back, so that E gets {got}.",
            "Yours moves one entry of one array up and down: `up = x` and `x[:]` make no copy. It should begin with "
            "x.copy(), once for each of the two.",
        )


def left_as_it_was(x, before):
    changed = np.argwhere(x != before)
    if not len(changed):
        return
    at = tuple(int(i) for i in changed[0])
    fact = f"x has changed: x{list(at)} was {float(before[at])!r} and is now {float(x[at])!r}."
    if np.allclose(x, before, 1e-12, 1e-12):
        raise CheckFailed(
            fact,
            "Yours moves an entry back by adding or subtracting h, which is rounded; it should keep the value before, "
            "and store that one again.",
        )
    raise CheckFailed(fact, "Yours does not put an entry of x back; it should, before it moves the next one.")


class Erasing(Kind):
    """A function of a small network that is made of the case's parameters, the name of a layer, x and labels."""

    def prepare(self, function, case, method):
        net = small_network(case.parameters)
        with contextlib.redirect_stderr(io.StringIO()):  # evaluate says once that float64 takes the readable path
            evaluate(net, tuple(case.arrays.values()))

        def errors():
            before = {name: value.copy() for name, value, _, _ in net.parameters()}
            found = function(net, case.options["name"], *case.arrays.values())
            for name, value, _, _ in net.parameters():
                if not np.array_equal(value, before[name]):
                    raise CheckFailed(
                        f"{name} of the network has changed.",
                        "Yours changes the network; it should put back what it erases, or work on copy.deepcopy(net). "
                        "copy.copy(net) still has the same arrays.",
                    )
            if isinstance(found, np.ndarray) and found.dtype == np.float32:  # it holds these percentages too
                found = np.round(found.astype(float), 5)
            return {"errors": found}

        return errors

    def unread(self, method):
        """Names of the parameters: the function gets them as a network."""
        return ("C1.W", "C1.b", "C3.W", "C3.b", "codes")


def small_network(parameters):
    """Return convolutions C1 and C3, and OUTPUT with penalties, with these parameters."""
    layers = {name: Conv2d(*parameters[f"{name}.W"].shape[1::-1], 3, dtype=float) for name in ("C1", "C3")}
    for name, layer in layers.items():
        layer.W, layer.b = parameters[f"{name}.W"], parameters[f"{name}.b"]
    squash = {"C1_squash": ScaledTanh(), "C3_squash": ScaledTanh()}
    return Sequential(
        **{name: (layers | squash)[name] for name in ("C1", "C1_squash", "C3", "C3_squash")},
        flatten=Flatten(),
        OUTPUT=RBF(parameters["codes"]),
    )


class InTorch(Kind):
    """A function that returns a network of PyTorch: its scores. The right ones are those of ours, without PyTorch."""

    tolerance = 1e-5

    def prepare(self, function, case, method):
        if function is torch_tutorial_28:
            return lambda: {"scores": ours(case.parameters).forward(case.arrays["x"])}

        def scores():
            found = [scores_of(function(dict(case.parameters)), case.arrays["x"]) for _ in range(2)]
            if not np.array_equal(*found):
                raise CheckFailed(
                    "The same parameters give other scores the second time.",
                    "Yours leaves some parameters as PyTorch draws them; it should copy all of state, weights and "
                    "biases, into the network.",
                )
            return {"scores": found[0]}

        return scores

    def unread(self, method):
        """Names of the parameters, which are too many to print."""
        return tuple(name for name, _, _, _ in ours(None).parameters())


def ours(state):
    """Return the library's network with these parameters; with its own if state is None."""
    net = tutorial_28(0)
    for name, value, _, _ in net.parameters() if state else ():
        value[...] = state[name]
    return net


def scores_of(module, x):
    """Return what a torch.nn.Module makes of x. Raise CheckFailed for what is none, or does not fit together."""
    import torch

    if not isinstance(module, torch.nn.Module):
        raise CheckFailed(
            f"The function should return a torch.nn.Module, got {type(module).__name__}.",
            "Yours returns something else than the network; it should return the network itself, for example a "
            "torch.nn.Sequential.",
        )
    try:
        with torch.no_grad():
            y = module(torch.from_numpy(x.copy()))
    except RuntimeError as why:
        raise CheckFailed(
            f"PyTorch cannot run the network on x of shape {x.shape} ({x.dtype}): {why}",
            "Yours has layers that do not fit together; it should make 28 x 28 pixels 14 x 14, 10 x 10 and 5 x 5 "
            "(C1 has padding=2), 16 x 5 x 5 = 400 features, and stay in float32.",
        ) from None
    if not isinstance(y, torch.Tensor):
        raise CheckFailed(f"The network should return a tensor, got {type(y).__name__}.", "Is a `return` missing?")
    return y.numpy()
