"""The fast path, compared with the readable path in float64."""

import copy
import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from shapes import digits_like

from scratchnet import (
    RBF,
    SDLM,
    SGD,
    Adam,
    AvgPool2d,
    BCELoss,
    Callback,
    Conv2d,
    CrossEntropyLoss,
    Flatten,
    InputError,
    LastAxisLinear,
    Linear,
    MAPLoss,
    MaxPool2d,
    MLELoss,
    ReLU,
    Scale,
    ScaledTanh,
    Sequential,
    Sigmoid,
    Softmax,
    Subsampling,
    Tanh,
    evaluate,
    fit,
)
from scratchnet.errors import Diverged
from scratchnet.fast import FastEngine, across_maps
from scratchnet.fast.vector import LANES
from scratchnet.layers.expect import connected
from scratchnet.models import lenet5, tutorial_28
from scratchnet.parallel import ReadableEngine
from scratchnet.runs.recipes import RECIPES


def in_float64(net):
    """Return a copy of the network with parameters in float64."""
    twin = copy.deepcopy(net)
    for leaf in twin.leaves():
        for name in leaf.params:
            setattr(leaf, name, getattr(leaf, name).astype(float))
        if isinstance(leaf, RBF):
            leaf.codes = leaf.codes.astype(float)
    return twin


def error(got, expected):
    return np.abs(got - expected).max() / max(np.abs(expected).max(), 1e-30)


def exact(net, loss, x, labels):
    """Return E, y and {parameter: (gradient, sum of the absolute values of its terms)} of the readable path in float64.

    Rounding errors are relative to that sum: the gradient itself may be much smaller.
    """
    leaves, xs = in_float64(net).leaves(), [x.astype(float)]
    for leaf in leaves:
        xs.append(leaf.forward(xs[-1]))
    E, dy, gradients = loss.forward(xs[-1], labels), loss.backward(), {}
    for n, leaf in reversed(list(enumerate(leaves))):
        dx = leaf.backward(dy)
        if leaf.params:
            expected = {name: getattr(leaf, "d" + name) for name in leaf.params}
            leaf.forward(np.abs(xs[n]))
            leaf.backward(np.abs(dy))
            gradients |= {(n, name): (expected[name], np.abs(getattr(leaf, "d" + name)).max()) for name in leaf.params}
        dy = dx
    return E, xs[-1], gradients


def check(net, loss, x, labels):
    """Compare E, y and every gradient of the fast path to 1e-5 with the readable path in float64."""
    E, y, gradients = exact(net, loss, x, labels)
    fast = FastEngine(net, loss, x.shape[1:])
    got_E, got_y = fast.gradients(x, labels)
    assert got_E == pytest.approx(E, rel=1e-5)
    assert np.abs(got_y - y).max() <= 1e-5 * max(1, np.abs(y).max())  # log probabilities: 1 is their unit
    leaves = net.leaves()
    for (n, name), (expected, terms) in gradients.items():
        got = getattr(leaves[n], "d" + name)
        assert got.shape == expected.shape and np.abs(got - expected).max() <= 1e-5 * max(terms, 1e-30), (n, name)
        assert not got[~connected(leaves[n], name)].any(), "blanks stay blank"
    if not any(leaf.training for leaf in leaves):
        assert np.array_equal(fast.forward(x), got_y), "inference is the same forward pass"
    if fast.single:
        check_step(net, loss, x[:1], labels[:1])


def check_step(net, loss, x, labels, lr=1e-2):
    """Compare the program in which every parameter steps at once with the gradients."""
    _, _, gradients = exact(net, loss, x, labels)
    before = [getattr(net.leaves()[n], name).copy() for n, name in gradients]
    with FastEngine(net, loss, x.shape[1:]) as fast:
        sgd = SGD(net, lr)
        if not fast.fused(sgd, 1):  # weights of the classes
            return
        fast.updates(sgd, x, labels, np.arange(1))
    for ((n, name), (expected, terms)), old in zip(gradients.items(), before):
        got = getattr(net.leaves()[n], name)
        allowed = 1e-5 * lr * max(terms, 1e-30) + 1e-6 * np.abs(old).max()
        assert np.abs(got - (old - lr * expected)).max() <= allowed, (n, name)
        got[...] = old


@pytest.mark.parametrize("images", [1, 16, 37])
@pytest.mark.parametrize("name", RECIPES)
def test_every_recipe(name, images, rng):
    recipe = RECIPES[name]
    net = recipe.network(rng)
    x = rng.normal(size=(images, *net.input_shape)).astype("f")
    check(net, recipe.loss(), x, rng.integers(0, 10, images))


ODD = {
    "one pixel": ((3, 1, 1), lambda: [Conv2d(3, 2, 1), Tanh(), Conv2d(2, 5, 1), Flatten(), Linear(5, 3)]),
    "one class": ((4,), lambda: [Linear(4, 1)]),
    "a thousand and more features": ((3,), lambda: [Linear(3, 1003), ReLU(), Linear(1003, 5)]),
    "a row too wide for the registers": (
        (2, 6, 40),
        lambda: [Conv2d(2, 4, 3), ReLU(), Conv2d(4, 3, 3), Flatten(), Linear(3 * 2 * 36, 3)],
    ),
    "a row that just fits": (
        (2, 6, 28),
        lambda: [Conv2d(2, 4, 3), ReLU(), Conv2d(4, 3, (3, 5)), Flatten(), Linear(3 * 2 * 22, 3)],
    ),
    "one feature": ((1,), lambda: [Linear(1, 1), Tanh(), Linear(1, 2)]),
    "no parameters": ((6,), lambda: [Tanh(), RBF(np.ones((3, 6), "f"))]),
    "squash first": ((1, 8, 8), lambda: [ScaledTanh(), ReLU(), Conv2d(1, 3, 3), Flatten(), Linear(108, 4)]),
    "scale first": ((1, 4, 4), lambda: [Scale(), Subsampling(1), Flatten(), Linear(4, 2)]),
    "convolutions in a row": (
        (2, 12, 9),
        lambda: [*(Conv2d(2, 3, 3), Conv2d(3, 4, 3), Conv2d(4, 5, 3)), Flatten(), Linear(90, 2)],
    ),
    "poolings in a row": ((1, 16, 16), lambda: [AvgPool2d(2), MaxPool2d(2), AvgPool2d(2, 1), Flatten(), Linear(9, 2)]),
    "a row": ((1, 1, 40), lambda: [Conv2d(1, 2, (1, 7)), Tanh(), Flatten(), Linear(68, 3)]),
    "a column": ((1, 40, 1), lambda: [Conv2d(1, 2, (7, 1)), Tanh(), Flatten(), Linear(68, 3)]),
    "softmax, then scores": ((5,), lambda: [Linear(5, 4), Softmax(), Linear(4, 3)]),
}


@pytest.mark.parametrize("images", range(1, 34))
def test_every_size_of_the_last_group(images, rng):
    shape, layers = ODD["convolutions in a row"]
    x = rng.normal(size=(images, *shape)).astype("f")
    check(Sequential(*layers()), CrossEntropyLoss(), x, rng.integers(0, 2, images))


@pytest.mark.parametrize("images", [1, 18])
@pytest.mark.parametrize("name", ODD)
def test_odd_networks(name, images, rng):
    shape, layers = ODD[name]
    net = Sequential(*layers())
    for _, value, _, _ in net.parameters():
        value[...] = rng.normal(size=value.shape) / np.sqrt(value[0].size)
    x = rng.normal(size=(images, *shape)).astype("f")
    check(net, MLELoss(), x, rng.integers(0, net.output_shape(shape)[0], images))


SQUASHES = [ReLU, Tanh, ScaledTanh, Sigmoid, lambda: Tanh(1.7)]


@st.composite
def networks(draw):
    """Draw (network, loss, input shape): all kinds of convolutions and pooling, then linear layers."""
    rng = np.random.default_rng(draw(st.integers(0, 2**16)))
    shape = start = draw(st.integers(1, 3)), draw(st.integers(5, 17)), draw(st.integers(5, 17))
    layers = []

    def add(layer):
        nonlocal shape
        layers.append(layer)
        shape = layer.output_shape(shape)

    for _ in range(draw(st.integers(0, 2))):
        C, H, W = shape
        k = draw(st.sampled_from([1, 3, 5]))
        padding = draw(st.integers(0, min(2, k - 1)))
        if min(H, W) + 2 * padding < k:
            break
        if draw(st.integers(0, 3)) == 0:  # a pair of each
            k = k, draw(st.integers(1, 4))
            padding = padding, draw(st.integers(0, k[1] - 1))
        out = draw(st.sampled_from([1, 2, 6, 7, 16]))
        table = rng.random((out, C)) < 0.7 if draw(st.booleans()) else np.ones((out, C), bool)
        table[np.arange(out), rng.integers(0, C, out)] = True
        stride = draw(st.sampled_from([1, 1, 1, 2, (1, 2), (3, 1)]))
        if draw(st.integers(0, 5)) == 0:
            stride, padding = 1, "same"
        add(Conv2d(C, out, k, stride=stride, padding=padding, connections=table, rng=rng))
        if draw(st.booleans()):
            add(draw(st.sampled_from(SQUASHES))())
        if min(shape[1:]) >= 3:
            pools = [lambda: MaxPool2d(2), lambda: AvgPool2d(2), lambda: MaxPool2d(3, 2, 1), lambda: AvgPool2d(2, 1)]
            if shape[1] % 2 == 0 and shape[2] % 2 == 0:
                pools.append(lambda C=shape[0]: Subsampling(C))
            add(draw(st.sampled_from(pools))())
        if draw(st.booleans()):
            add(draw(st.sampled_from([Scale, *SQUASHES]))())
    if draw(st.integers(0, 4)) == 0:
        add(LastAxisLinear(shape[-1], draw(st.integers(1, 9)), bias=draw(st.booleans()), rng=rng))
    add(Flatten())
    for _ in range(draw(st.integers(0, 2))):
        add(Linear(shape[0], draw(st.integers(1, 40)), rng=rng))
        add(draw(st.sampled_from(SQUASHES))())
    end = draw(st.sampled_from(["scores", "penalties", "probabilities"]))
    if end == "penalties":
        codes = rng.choice([-1, 1], (draw(st.integers(2, 12)), shape[0])).astype("f") / 4
        assume((codes != codes[0]).any())  # of equal codes the gradients cancel, and only their rounding is left
        add(RBF(codes))
        loss = draw(st.sampled_from([MLELoss(), MAPLoss(10), MAPLoss(math.inf)]))
    else:
        add(Linear(shape[0], draw(st.integers(2, 12)), rng=rng))
        weights = rng.uniform(0.2, 2, shape[0]) if draw(st.booleans()) else None
        loss = CrossEntropyLoss(weights, draw(st.sampled_from([0, 0, 0.1])))
        if end == "probabilities":
            add(Softmax())
            loss = BCELoss()
    return Sequential(*layers), loss, start


def near_a_kink(net, x):
    """Return whether rounding may decide on which side of a kink a number falls."""
    rng = np.random.default_rng(0)
    for layer in in_float64(net).layers.values():
        y = layer.forward(x)
        if isinstance(layer, ReLU | MaxPool2d):
            routes = []
            for noise in (0, 1e-5, 1e-5, 1e-5):
                layer.forward(x + noise * np.abs(x).max() * rng.uniform(-1, 1, x.shape))
                routes.append(layer.backward(np.ones_like(y)))
            if not all(np.array_equal(route, routes[0]) for route in routes):
                return True
        x = y
    return False


def well_conditioned(net, loss, x, labels):
    """Return whether float32 is enough here: the readable path agrees to 2e-6 with its own result in float64."""
    _, _, gradients = exact(net, loss, x, labels)
    twin = copy.deepcopy(net)
    loss.forward(twin.forward(x), labels)
    twin.backward(loss.backward())
    leaves = twin.leaves()
    return all(
        np.abs(getattr(leaves[n], "d" + name) - expected).max() <= 2e-6 * terms
        for (n, name), (expected, terms) in gradients.items()
    )


@settings(max_examples=20)  # each compiles its sizes
@given(networks(), st.integers(1, 70), st.integers(0, 2**16))
def test_any_network(made, images, seed):
    agrees_on_any(made, images, seed)


@pytest.mark.planted
@settings(max_examples=120)
@given(networks(), st.integers(1, 70), st.integers(0, 2**16))
def test_many_networks(made, images, seed):
    agrees_on_any(made, images, seed)


def agrees_on_any(made, images, seed):
    net, loss, shape = made
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(images, *shape)).astype("f")
    assume(not near_a_kink(net, x.astype(float)))
    scores = net.scores(net.forward(x))
    labels = rng.integers(0, scores.shape[1], images)
    labels = np.where(labels == scores.argmax(axis=1), scores.argmin(axis=1), labels)  # p - 1 keeps its digits
    assume(well_conditioned(net, loss, x, labels))
    check(net, loss, x, labels)


@pytest.mark.parametrize("make, loss", [(lenet5, MAPLoss(10)), (lenet5, MLELoss()), (tutorial_28, CrossEntropyLoss())])
def test_curvatures(make, loss, rng):
    net = make(rng)
    x, labels = digits_like(rng, 53, net.input_shape)
    twin = in_float64(net)
    ReadableEngine(twin, loss).curvatures(x.astype(float), labels)
    FastEngine(net, loss, x.shape[1:]).curvatures(x, labels)
    for (name, _, _, got), (_, _, _, expected) in zip(net.parameters(), twin.parameters(), strict=True):
        assert error(got, expected) < 1e-5, name


def test_a_network_without_a_curvature_pass_is_an_error(rng):
    net = RECIPES["paper-softmax"].network(rng)
    x, labels = digits_like(rng, 3)
    with pytest.raises(InputError, match="has no curvature pass"):
        FastEngine(net, BCELoss(), x.shape[1:]).curvatures(x, labels)


@pytest.mark.parametrize("cores", ["1", "2", "3"])
def test_cores_share_the_groups(cores, monkeypatch, rng):
    monkeypatch.setenv("SCRATCHNET_THREADS", cores)
    net = tutorial_28(rng)
    x, labels = digits_like(rng, 70, net.input_shape)
    check(net, CrossEntropyLoss(), x, labels)


OPTIMIZERS = {
    "plain": lambda net: SGD(net, 1e-3),
    "momentum": lambda net: SGD(net, 1e-3, momentum=0.9),
    "weight decay": lambda net: SGD(net, 1e-3, weight_decay=0.1),
    "Adam": lambda net: Adam(net, 1e-3),
    "SDLM": lambda net: SDLM(net, 1e-4),
}


@pytest.mark.parametrize("batch_size", [1, 24])
@pytest.mark.parametrize("kind", OPTIMIZERS)
@pytest.mark.parametrize("make, loss", [(lenet5, MAPLoss(10)), (tutorial_28, CrossEntropyLoss())])
def test_an_epoch_ends_where_the_readable_path_does(make, loss, kind, batch_size, rng):
    """Compare twelve updates in float32 with twelve in float64."""
    net = make(rng)
    twin = in_float64(net)
    x, labels = digits_like(rng, 12 * batch_size, net.input_shape)
    before = {name: value for name, value, _, _ in net.parameters()}
    start = {name: value.copy() for name, value in before.items()}
    options = {"epochs": 1, "batch_size": batch_size, "train_error": False}
    history = fit(net, loss, OPTIMIZERS[kind](net), (x, labels), rng=np.random.default_rng(1), **options)
    data = x.astype(float), labels
    expected = fit(twin, loss, OPTIMIZERS[kind](twin), data, rng=np.random.default_rng(1), fast=False, **options)
    assert history.loss == pytest.approx(expected.loss, rel=1e-4)
    assert history.running_error == pytest.approx(expected.running_error)
    for (name, value, _, _), (_, exactly, _, _) in zip(net.parameters(), twin.parameters(), strict=True):
        assert value is before[name], "trained in place"
        moved = np.abs(exactly - start[name]).max()
        assert np.abs(value - exactly).max() <= (0.05 if kind == "Adam" else 1e-3) * moved, name


@pytest.mark.parametrize(
    "channels, maps, size, kernel", [(2, 32, (9, 16), (3, 4)), (1, 16, (9, 8), (5, 5)), (3, 48, (6, 6), (3, 2))]
)
def test_maps_in_the_lanes(channels, maps, size, kernel, rng, monkeypatch):
    """One image, and as many maps as there are lanes, or a multiple: first in the network, and after a layer."""
    reads = rng.random((maps, channels)) < 0.6
    reads[:, 0] = True
    planned, plan = [], across_maps.plan_across
    monkeypatch.setattr(across_maps, "plan_across", lambda *made: planned.append(made) or plan(*made))
    for first in ([], [Conv2d(1, channels, 1, rng=rng), ScaledTanh()]):
        layers = [*first, Conv2d(channels, maps, kernel, connections=reads, rng=rng), ScaledTanh(), Flatten()]
        shape = (1 if first else channels, *size)
        layers.append(Linear(math.prod(Sequential(*layers).output_shape(shape)), 10, rng=rng))
        x, labels = digits_like(rng, 1, shape)
        check(Sequential(*layers), CrossEntropyLoss(), x, labels)
    assert LANES == 8 or planned, "this test is of another program"


def test_inside_the_parameters_are_those_that_train(rng):
    net = lenet5(rng)
    x, _ = digits_like(rng, 8)
    array = net["C3"].W
    with FastEngine(net, MAPLoss(10), x.shape[1:]) as fast:
        net["C3"].W *= 2
        y = fast.forward(x)
        assert np.allclose(y, net.forward(x), rtol=1e-4)
        net["C3"].W /= 2
    assert net["C3"].W is array


def test_what_happens_between_two_calls_counts(rng):
    net = lenet5(rng)
    x, _ = digits_like(rng, 8)
    fast = FastEngine(net, None, x.shape[1:])
    fast.forward(x)
    net["F6"].W[:] = 0
    assert np.allclose(fast.forward(x), net.forward(x), rtol=1e-4)


def test_an_interrupted_epoch_leaves_the_network_its_arrays(rng):
    class Stop(Callback):
        def batch(self, done, total, loss):
            raise KeyboardInterrupt

    net = lenet5(rng)
    x, labels = digits_like(rng, 300)
    before = net["C1"].W, net["C1"].W.copy()
    with pytest.raises(KeyboardInterrupt):
        fit(net, MAPLoss(10), SGD(net, 1e-4), (x, labels), epochs=1, callback=Stop())
    assert net["C1"].W is before[0] and not np.array_equal(net["C1"].W, before[1])


def test_validations_come_when_they_are_due(rng):
    net = tutorial_28(rng)
    x, labels = digits_like(rng, 300, net.input_shape)
    data = x, labels
    history = fit(net, CrossEntropyLoss(), SGD(net, 1e-4), data, validation=data, validate_every=50, epochs=2)
    assert [epochs for epochs, _ in history.validations] == pytest.approx([n / 6 for n in range(1, 13)])


@pytest.mark.parametrize("batch_size", [1, 32])
def test_divergence_is_reported(batch_size, rng):
    net = Sequential(flatten=Flatten(), F=Linear(16, 4, rng=rng), OUTPUT=RBF(np.eye(4, dtype="f")))
    x, labels = rng.normal(size=(200, 1, 4, 4)).astype("f"), rng.integers(0, 4, 200)
    with pytest.raises(Diverged, match="Lower the learning rate"):
        fit(net, MLELoss(), SGD(net, 10), (x, labels), epochs=30, batch_size=batch_size, rng=rng)


def test_evaluate_is_the_same(rng):
    net = tutorial_28(rng)
    data = digits_like(rng, 333, net.input_shape)
    fast, readable = evaluate(net, data), evaluate(net, data, fast=False)
    assert np.abs(fast.scores - readable.scores).max() < 1e-5
    assert (fast.predictions == readable.predictions).all() and fast.error == readable.error
