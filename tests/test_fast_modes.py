"""The fast path in training mode, where Dropout and BatchNorm2d do something else; options of layers; own functions."""

import copy
import itertools
import os

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from test_fast import check, error, in_float64, near_a_kink, well_conditioned

from scratchnet import (
    SDLM,
    SGD,
    Adam,
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    CrossEntropyLoss,
    Dropout,
    Flatten,
    InputError,
    LastAxisLinear,
    Layer,
    Linear,
    MaxPool2d,
    ReLU,
    Sequential,
    Tanh,
    fit,
)
from scratchnet.fast import FastEngine, Unsupported
from scratchnet.parallel import ReadableEngine
from scratchnet.training import mode


def softsign(x):
    return x / (1 + abs(x))


def softsign_slope(x):
    return 1 / (1 + abs(x)) ** 2


class Softsign(Layer):
    compiled = (softsign, softsign_slope)

    def forward(self, x):
        self.x = x
        return softsign(x)

    def backward(self, dy):
        return dy * softsign_slope(self.x)

    def backward2(self, hy):
        return hy * softsign_slope(self.x) ** 2


def batchnorm(channels, rng):
    layer = BatchNorm2d(channels, eps=1e-3, momentum=0.3)
    layer.W[:], layer.b[:] = rng.normal(size=channels), rng.normal(size=channels)
    layer.running_mean[:], layer.running_var[:] = rng.normal(size=channels), 0.5 + rng.random(channels)
    return layer


POOLS = [(2, None, 0), (3, 2, 1), ((2, 3), (1, 2), (1, 1)), (3, None, (0, 1))]


KINDS = {
    "norm": lambda draw, shape, rng: batchnorm(shape[0], rng),
    "dropout": lambda draw, shape, rng: Dropout(draw(st.sampled_from([0.0, 0.3, 0.9])), rng=rng),
    "convolution": lambda draw, shape, rng: Conv2d(shape[0], draw(st.integers(1, 7)), 3, padding=1, rng=rng),
    "pool": lambda draw, shape, rng: draw(st.sampled_from([MaxPool2d, AvgPool2d]))(*draw(st.sampled_from(POOLS))),
    "rows": lambda draw, shape, rng: LastAxisLinear(shape[2], draw(st.sampled_from([1, 5, 18])), rng=rng),
    "other": lambda draw, shape, rng: draw(st.sampled_from([Tanh, ReLU, Softsign]))(),
}


@st.composite
def networks(draw):
    """Draw (network, input shape): the layers that have modes, at any place among others. One generator for all."""
    rng = np.random.default_rng(draw(st.integers(0, 2**16)))
    shape = start = draw(st.integers(1, 3)), draw(st.integers(4, 11)), draw(st.integers(4, 11))
    layers = []
    for _ in range(draw(st.integers(1, 5))):
        kind = draw(st.sampled_from(["norm", "dropout", *KINDS]))
        layers.append(KINDS["norm" if kind == "pool" and min(shape[1:]) < 3 else kind](draw, shape, rng))
        shape = layers[-1].output_shape(shape)
    layers.append(Flatten())
    shape = layers[-1].output_shape(shape)
    if draw(st.booleans()):
        layers.append(Dropout(0.5, rng=draw(st.integers(0, 99))))
    return Sequential(*layers, Linear(shape[0], draw(st.integers(2, 9)), rng=rng)), start


@settings(max_examples=80)
@given(networks(), st.integers(1, 40), st.booleans(), st.integers(0, 2**16))
def test_any_network_in_both_modes(made, images, training, seed):
    net, shape = made
    loss, rng = CrossEntropyLoss(), np.random.default_rng(seed)
    x, labels = rng.normal(size=(images, *shape)).astype("f"), rng.integers(0, net.output_shape(shape)[0], images)
    net.train(training)
    shapes = Sequential(*net.leaves(), input_shape=shape).shapes()
    norms = [np.prod(shapes[str(n)][1:]) for n, leaf in enumerate(net.leaves()) if isinstance(leaf, BatchNorm2d)]
    assume(not training or min(norms, default=2) > 1)
    assume(not near_a_kink(net, x.astype(float)))
    assume(well_conditioned(net, loss, x, labels))
    check(net, loss, x, labels)
    assert FastEngine(net, loss, shape).single


def network(seed=0):
    """Two Dropouts that draw from one generator, and two BatchNorm2d, one of them on the images."""
    rng = np.random.default_rng(seed)
    return Sequential(
        norm=batchnorm(1, rng),
        C1=Conv2d(1, 6, 5, rng=rng),
        norm1=batchnorm(6, rng),
        squash=Tanh(),
        pool=AvgPool2d(3, 2, 1),
        drop=Dropout(0.3, rng=rng),
        flatten=Flatten(),
        hidden=Linear(6 * 25, 20, rng=rng),
        squash2=Softsign(),
        drop2=Dropout(0.5, rng=rng),
        scores=Linear(20, 4, rng=rng),
    )


def images(n, seed=1):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, 1, 14, 14)).astype("f"), rng.integers(0, 4, n)


OPTIMIZERS = {
    "plain": lambda net: SGD(net, 1e-2),
    "momentum": lambda net: SGD(net, 1e-2, momentum=0.9),
    "Adam": lambda net: Adam(net, 1e-3, eps=0.01),  # it divides by gradients that are 0: those of b before BatchNorm2d
    "SDLM": lambda net: SDLM(net, 1e-4),
}


@pytest.mark.parametrize("batch_size", [1, 24])
@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_training_ends_where_the_readable_path_does(kind, batch_size):
    """Parameters and running values, after two epochs in float32 and by the layers in float64."""
    net, data = network(), images(6 * batch_size + 1)
    twin, start = in_float64(net), copy.deepcopy(net.state())
    data = data if batch_size > 1 else (data[0][:6], data[1][:6])
    for leaf in twin.leaves():
        for name in leaf.buffers:
            setattr(leaf, name, getattr(leaf, name).astype(float))
    options = {"epochs": 2, "batch_size": batch_size, "verbose": False, "test": data}
    history = fit(net, CrossEntropyLoss(), OPTIMIZERS[kind](net), data, rng=3, **options)
    exact = data[0].astype(float), data[1]
    options["test"] = exact
    expected = fit(twin, CrossEntropyLoss(), OPTIMIZERS[kind](twin), exact, rng=3, fast=False, **options)
    assert history.loss == pytest.approx(expected.loss, rel=1e-4)
    assert history.test_error == pytest.approx(expected.test_error)
    for (name, got), exactly in zip(net.state().items(), twin.state().values(), strict=True):
        moved = max(np.abs(exactly - start[name]).max(), 1e-3)
        assert np.abs(got - exactly).max() <= 2e-3 * moved, name


def test_any_number_of_cores_gives_the_same(monkeypatch):
    x, labels = images(70)
    results = []
    for cores in ("1", "2", "3"):
        monkeypatch.setenv("SCRATCHNET_THREADS", cores)
        net = network().train()
        E, y = FastEngine(net, CrossEntropyLoss(), x.shape[1:]).gradients(x, labels)
        results.append((E, y, net.state(), [gradient for _, _, gradient, _ in net.parameters()]))
    for E, y, state, gradients in results[1:]:
        assert results[0][0] == E and np.array_equal(y, results[0][1])
        assert all(np.array_equal(array, results[0][2][name]) for name, array in state.items())
        for (name, *_), got, expected in zip(network().parameters(), gradients, results[0][3], strict=True):
            assert name == "C1.b" or error(got, expected) < 1e-5, name  # which is 0 but for rounding


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_forked_child_trains_too(monkeypatch):
    monkeypatch.setenv("SCRATCHNET_THREADS", "2")
    x, labels = images(40)
    net = network().train()
    twin = copy.deepcopy(net)
    E, _ = FastEngine(net, CrossEntropyLoss(), x.shape[1:]).gradients(x, labels)
    child = os.fork()
    if not child:
        try:
            code = 0 if FastEngine(twin, CrossEntropyLoss(), x.shape[1:]).gradients(x, labels)[0] == E else 1
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_inference_in_training_mode_takes_the_same_parts_as_the_layers():
    x, _ = images(50)
    net, twin = network().train(), network().train()
    got, expected = FastEngine(net, None, x.shape[1:]), ReadableEngine(twin)
    assert error(got.forward(x, batch_size=20), expected.forward(x, batch_size=20)) < 1e-5


def test_more_updates_than_a_stretch_draw_the_same_masks():
    x, labels = images(300)
    net, twin = network(), network()
    with mode(net, training=True), FastEngine(net, CrossEntropyLoss(), x.shape[1:]) as fast:
        fast.updates(SGD(net, 1e-4), x, labels, np.arange(300))
    with mode(twin, training=True), FastEngine(twin, CrossEntropyLoss(), x.shape[1:]) as fast:
        for first in range(0, 300, 50):
            fast.updates(SGD(twin, 1e-4), x, labels, np.arange(first, first + 50))
    assert all(np.array_equal(a, b) for a, b in zip(net.state().values(), twin.state().values(), strict=True))


def test_curvatures():
    x, labels = images(37)
    net = network()
    twin = in_float64(net)
    ReadableEngine(twin, CrossEntropyLoss()).curvatures(x.astype(float), labels)
    fast = FastEngine(net, CrossEntropyLoss(), x.shape[1:])
    fast.curvatures(x, labels)
    for (name, _, _, got), (_, _, _, expected) in zip(net.parameters(), twin.parameters(), strict=True):
        assert error(got, expected) < 1e-5, name
    net.train()
    with pytest.raises(InputError, match=r"norm1: BatchNorm2d has no curvature pass in training mode"):
        fast.curvatures(x, labels)


def test_one_pixel_is_too_little():
    net = Sequential(norm=BatchNorm2d(3), flatten=Flatten(), F=Linear(3, 2)).train()
    with pytest.raises(InputError, match=r"norm: BatchNorm2d needs more than one pixel per map"):
        FastEngine(net, CrossEntropyLoss(), (3, 1, 1)).gradients(np.zeros((1, 3, 1, 1), "f"), np.zeros(1, int))


# Options.

STRIDES = [1, 2, (1, 3), (3, 1)]
PADDINGS = [0, 1, (3, 3), (4, 0)]


@pytest.mark.parametrize("stride, padding", [*itertools.product(STRIDES, PADDINGS)])
def test_strides_and_paddings_of_any_size(stride, padding, rng):
    net = Sequential(Conv2d(2, 4, 3, rng=rng), Tanh(), Conv2d(4, 5, 3, stride=stride, padding=padding, rng=rng))
    net = Sequential(*net.leaves(), Flatten(), Linear(int(np.prod(net.output_shape((2, 11, 9)))), 3, rng=rng))
    for n in (1, 17):
        check(net, CrossEntropyLoss(), rng.normal(size=(n, 2, 11, 9)).astype("f"), rng.integers(0, 3, n))
    assert FastEngine(net, None, (2, 11, 9)).single


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("outputs", [1, 5, 18, 33])
def test_rows_of_any_length(outputs, bias, rng):
    """LastAxisLinear, alone and between convolutions, whose maps have other numbers between the rows of one image."""
    rows = LastAxisLinear(8, outputs, bias=bias, rng=rng, init_bias=lambda rng, shape, fan_in: rng.normal(size=shape))
    layers = [Conv2d(2, 3, 3, padding=1, rng=rng), rows, Tanh(), Conv2d(3, 2, 3, padding=1, rng=rng), Flatten()]
    net = Sequential(*layers, Linear(2 * 11 * outputs, 3, rng=rng))
    for n in (1, 17):
        check(net, CrossEntropyLoss(), rng.normal(size=(n, 2, 11, 8)).astype("f"), rng.integers(0, 3, n))
    assert FastEngine(net, None, (2, 11, 8)).single


# Own functions.


def made_with(layer):
    return Sequential(F=Linear(4, 4), own=layer, end=Linear(4, 2))


class Other(Softsign):
    compiled = (softsign, softsign)


class Helped(Softsign):
    compiled = (lambda x: softsign(x), softsign_slope)


class Learned(Softsign):
    params = ("W",)

    def __init__(self):
        self.W = np.ones(1, "f")


@pytest.mark.parametrize(
    "layer, kind, why",
    [
        (Other, InputError, r"own: Other: backward gives 0\.\d+ at x = .* compiled\[1\] gives 0\.\d+\. Both should"),
        (Helped, InputError, r"own: Helped: compiled\[0\] should be .* Numba says: Untyped global name 'softsign'"),
        (Learned, Unsupported, "own: Learned has no compiled operation"),
    ],
)
def test_own_functions_that_do_not_fit(layer, kind, why):
    with pytest.raises(kind, match=why):
        FastEngine(made_with(layer()), CrossEntropyLoss(), (4,)).forward(np.ones((3, 4), "f"))
