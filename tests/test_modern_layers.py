"""The newer layers pass the same checks as the paper's: central differences, the exact curvature, PyTorch."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F
from torch_reference import TorchLayer

from scratchnet import (
    AvgPool2d,
    BatchNorm2d,
    CrossEntropyLoss,
    Dropout,
    Flatten,
    InputError,
    LastAxisLinear,
    Linear,
    MaxPool2d,
    ReLU,
    Scale,
    Sequential,
    Sigmoid,
    Softmax,
    Tanh,
    check_against,
    check_curvature,
    check_gradients,
)
from scratchnet.layers import initial
from scratchnet.layers.dropout import uniform
from scratchnet.parallel import ReadableEngine
from scratchnet.training import mode

sizes = st.integers(1, 5)
seeds = st.integers(0, 2**32).map(np.random.default_rng)


def apart(rng, shape):
    """Return numbers at least 0.01 from 0 and from each other, so that no central difference steps over a kink."""
    steps = np.arange(1, np.prod(shape) + 1) * rng.choice([-1, 1], np.prod(shape))
    return rng.permutation(0.01 * steps).reshape(shape)


@pytest.mark.parametrize(
    "make, reference",
    [
        (ReLU, torch.relu),
        (Tanh, torch.tanh),
        (lambda: Tanh(1.7159), lambda x: 1.7159 * torch.tanh(x)),
        (Sigmoid, torch.sigmoid),
    ],
)
@given(shape=st.lists(sizes, min_size=2, max_size=4), rng=seeds)
def test_squashing(make, reference, shape, rng):
    x = apart(rng, shape)
    check_gradients(make(), x, entries=15)
    check_against(make(), TorchLayer(reference), x)
    check_curvature(make(), x)


def test_relu_has_no_slope_at_zero():
    layer, x = ReLU(), np.array([[-1.0, 0.0, 2.0]])
    check_against(layer, TorchLayer(torch.relu), x)
    assert layer.backward(np.ones((1, 3))).tolist() == [[0, 0, 1]]


def test_sigmoid_does_not_overflow():
    with np.errstate(all="raise"):
        y = Sigmoid()(np.array([[-1e4, 0, 1e4]], np.float32))
    assert y.tolist() == [[0, 0.5, 1]]


@st.composite
def windows(draw):
    """Draw windows, strides and paddings that torch accepts, as a number or as a pair."""
    kh, kw = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    sh, sw = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    ph, pw = draw(st.integers(0, kh // 2)), draw(st.integers(0, kw // 2))
    if draw(st.booleans()):
        return kh, draw(st.sampled_from([None, sh])), ph
    return (kh, kw), draw(st.sampled_from([None, (sh, sw), sh])), (ph, pw)


def maps_for(options, rng, values=apart):
    """Return maps of a random size, at least as large as one window with its padding."""
    layer = MaxPool2d(*options)
    least = [max(1, k - 2 * p) for k, p in zip(layer.window, layer.padding)]
    return values(rng, (*rng.integers(1, 4, 2), *(rng.integers(size, size + 6) for size in least)))


@pytest.mark.parametrize("layer, function", [(MaxPool2d, F.max_pool2d), (AvgPool2d, F.avg_pool2d)])
@given(options=windows(), rng=seeds)
def test_pooling(layer, function, options, rng):
    x = maps_for(options, rng)
    check_gradients(layer(*options), x, entries=15)
    check_against(layer(*options), TorchLayer(lambda x: function(x, *options)), x)
    if x.size < 200:
        check_curvature(layer(*options), x)
    assert layer(*options)(x).shape[1:] == layer(*options).output_shape(x.shape[1:])


@given(options=windows(), rng=seeds)
def test_the_first_maximum_wins_a_tie_as_in_pytorch(options, rng):
    x = maps_for(options, rng, lambda rng, shape: rng.integers(-1, 2, shape).astype(float))
    check_against(MaxPool2d(*options), TorchLayer(lambda x: F.max_pool2d(x, *options)), x)


@given(options=windows(), divisor=st.integers(1, 9), rng=seeds)
def test_a_divisor_makes_sums(options, divisor, rng):
    x = maps_for(options, rng)
    reference = TorchLayer(lambda x: F.avg_pool2d(x, *options, divisor_override=divisor))
    check_against(AvgPool2d(*options, divisor=divisor), reference, x)


@given(sizes, sizes, seeds)
def test_softmax(N, classes, rng):
    x = 3 * rng.normal(size=(N, classes))
    check_gradients(Softmax(), x, tolerance=1e-5)
    check_against(Softmax(), TorchLayer(lambda x: torch.softmax(x, 1)), x)


def test_softmax_at_the_edge_of_the_numbers():
    layer = Softmax()
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        y = layer(np.array([[1e4, 0.0, -1e4]], np.float32))
        scores = layer.scores(y)
    assert y.tolist() == [[1, 0, 0]] and np.isfinite(scores).all()
    assert layer.decide(y).tolist() == [0]


def test_softmax_has_no_curvature(rng):
    layer = Softmax()
    layer(rng.normal(size=(2, 3)))
    with pytest.raises(InputError, match=r"depend on each other.*CrossEntropyLoss"):
        layer.backward2(np.ones((2, 3)))


@given(st.lists(sizes, min_size=1, max_size=3), sizes, sizes, st.booleans(), seeds)
def test_last_axis_linear(shape, inputs, outputs, bias, rng):
    layer = LastAxisLinear(inputs, outputs, bias=bias, rng=rng, dtype=float, init_bias=initial.pytorch_default)
    x = rng.normal(size=(*shape, inputs))
    check_gradients(layer, x, entries=15)
    check_curvature(layer, x)
    parameters = {name: getattr(layer, name) for name in layer.params}
    check_against(layer, TorchLayer(F.linear, **parameters), x)
    assert layer.n_parameters() == outputs * (inputs + bias)
    if bias and len(shape) == 1:
        same = Linear(inputs, outputs, dtype=float)
        same.W[:], same.b[:] = layer.W, layer.b
        assert np.array_equal(same(x), layer(x))


@given(st.lists(sizes, min_size=2, max_size=4), seeds)
def test_scale(shape, rng):
    layer, x = Scale(coefficient=1.5, dtype=float), rng.normal(size=shape)
    layer.b[:] = 0.3
    check_gradients(layer, x, entries=15)
    check_curvature(layer, x)
    check_against(layer, TorchLayer(lambda x, W, b: W * x + b, W=layer.W, b=layer.b), x)


def batchnorm(channels, rng):
    layer = BatchNorm2d(channels, dtype=float)
    for array in (layer.W, layer.b, layer.running_mean):
        array[:] = rng.normal(size=channels)
    layer.running_var[:] = 0.5 + rng.random(channels)
    return layer


@given(st.integers(2, 5), sizes, sizes, sizes, st.booleans(), seeds)
def test_batchnorm(N, C, H, W, training, rng):
    layer, x = batchnorm(C, rng), rng.normal(size=(N, C, H, W))
    twin = torch.nn.BatchNorm2d(C).double().train(training)
    twin.running_mean[:], twin.running_var[:] = torch.as_tensor(layer.running_mean), torch.as_tensor(layer.running_var)
    layer.train(training)

    def reference(x, W, b):
        return torch.func.functional_call(twin, {"weight": W, "bias": b}, x)

    check_against(layer, TorchLayer(reference, W=layer.W, b=layer.b), x)
    assert np.allclose(layer.running_mean, twin.running_mean, rtol=1e-12, atol=1e-14)
    assert np.allclose(layer.running_var, twin.running_var, rtol=1e-12, atol=1e-14)
    check_gradients(layer, x, entries=15, tolerance=2e-5 if training else 1e-6)
    if not training:
        check_curvature(layer, x)


def test_batchnorm_refuses_what_it_cannot_do(rng):
    layer, x = BatchNorm2d(3), rng.normal(size=(2, 3, 4, 4)).astype("f")
    layer.train()(x)
    with pytest.raises(InputError, match=r"no curvature pass in training mode.*eval\(\)"):
        layer.backward2(np.ones((2, 3, 4, 4), "f"))
    with pytest.raises(InputError, match="more than one pixel per map"):
        layer(x[:1, :, :1, :1])
    layer.eval()(x)
    layer.backward2(np.ones((2, 3, 4, 4), "f"))


class SameMask(Dropout):
    """Dropout with the same m in every pass, for central differences."""

    def forward(self, x):
        self.rng = np.random.default_rng(7)
        return super().forward(x)


@given(st.lists(sizes, min_size=2, max_size=4), st.sampled_from([0.0, 0.3, 0.9]), st.booleans(), seeds)
def test_dropout(shape, p, training, rng):
    layer, x = SameMask(p).train(training), rng.normal(size=shape)
    check_gradients(layer, x, entries=15)
    check_curvature(layer, x)
    y = layer(x)
    kept = y != 0
    assert np.allclose(y[kept], x[kept] / (1 - p if training else 1))
    assert training or kept.all()


@pytest.mark.parametrize(
    "layer, shape",
    [
        (BatchNorm2d(3, dtype=float), (2, 3, 4, 4)),
        (BatchNorm2d(3, dtype=float).train(), (2, 3, 4, 4)),
        (Scale(dtype=float), (2, 3)),
        (LastAxisLinear(3, 4, dtype=float), (2, 3)),
    ],
)
def test_the_dtype_follows_the_input_whatever_that_of_the_parameters(layer, shape, rng):
    y = layer(rng.normal(size=shape).astype("f"))
    assert y.dtype == layer.backward(y).dtype == np.float32


def test_nothing_hides_nan():
    """Pooling and ReLU pass NaN on, as in PyTorch, so that training sees divergence."""
    x = np.full((1, 1, 4, 4), np.nan)
    x[..., ::2, ::2] = 1
    assert np.isnan(MaxPool2d(2)(x)).all()
    assert np.isnan(AvgPool2d(2)(x)).all()
    assert np.isnan(ReLU()(x)).any()
    assert np.isinf(AvgPool2d(2)(np.full((1, 1, 2, 2), np.inf))).all()


def test_the_scores_of_probabilities_are_their_logarithms():
    for layer, x in ((Softmax(), np.array([[1.0, 3.0]])), (Sigmoid(), np.array([[-9.0, 9.0]]))):
        y = layer(x)
        assert np.allclose(layer.scores(y), np.log(y))
    assert np.isfinite(Sigmoid().scores(np.array([[0.0, 1.0]], "f"))).all()


def test_dropout_drops_the_share_it_says_and_keeps_the_mean():
    layer, x = Dropout(0.3, rng=np.random.default_rng(0)).train(), np.ones((100, 1000), np.float32)
    first, second = layer(x), layer(x)
    assert abs(np.mean(first == 0) - 0.3) < 0.01 and abs(first.mean() - 1) < 0.02
    assert not np.array_equal(first, second)
    again = Dropout(0.3, rng=np.random.default_rng(0)).train()
    assert np.array_equal(first, again(x))


def test_the_numbers_of_dropout_are_those_of_splitmix64():
    """The first outputs of SplitMix64 after the seed 1234567, as other implementations publish them."""
    published = [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431]
    numbers = uniform(np.uint64(1234567), (2, 2))
    assert numbers.dtype == np.float32 and (numbers * 2.0**24).ravel().tolist() == [z >> 40 for z in published]


def test_modes_reach_every_layer_and_come_back(rng):
    inner = Sequential(drop=Dropout())
    net = Sequential(a=inner, norm=BatchNorm2d(2))
    assert not net["norm"].training and net.train() is net
    assert inner["drop"].training and net["norm"].training
    net["norm"].eval()
    with mode(net, training=True):
        assert net["norm"].training
    assert inner["drop"].training and not net["norm"].training
    assert not any(leaf.training for leaf in net.eval().leaves())


@pytest.mark.parametrize("kind, arguments", [(Dropout, (0.5,)), (BatchNorm2d, (1,))])
def test_a_layer_that_has_to_see_the_batch_whole_does(kind, arguments, rng, monkeypatch):
    monkeypatch.setenv("SCRATCHNET_THREADS", "2")
    seen = []

    class Recorder(kind):
        def forward(self, x):
            seen.append(len(x))
            return super().forward(x)

    net = Sequential(layer=Recorder(*arguments), flatten=Flatten(), F=Linear(16, 4, rng=rng))
    x, labels = rng.normal(size=(64, 1, 4, 4)).astype("f"), np.zeros(64, int)
    with mode(net, training=True):
        ReadableEngine(net, CrossEntropyLoss()).gradients(x, labels)
    assert seen == [64]
    seen.clear()
    ReadableEngine(net, CrossEntropyLoss()).gradients(x, labels)
    assert seen == [32, 32], "in evaluation mode it gets parts of the batch"


def test_buffers_are_saved_and_are_not_parameters(tmp_path, rng):
    net = Sequential(norm=BatchNorm2d(2), inside=Sequential(more=BatchNorm2d(2)))
    for leaf in net.leaves():
        leaf.running_mean[:], leaf.running_var[:] = rng.normal(size=2), rng.random(2)
    assert [name for name, *_ in net.parameters()] == ["norm.W", "norm.b", "inside.more.W", "inside.more.b"]
    net.save(tmp_path / "net.npz", about="a word")
    twin = Sequential(norm=BatchNorm2d(2), inside=Sequential(more=BatchNorm2d(2))).load(tmp_path / "net.npz")
    assert np.array_equal(twin["inside"]["more"].running_mean, net["inside"]["more"].running_mean)
    assert np.array_equal(twin["norm"].running_var, net["norm"].running_var)


# Initial weights.


def test_initial_weights_have_the_spread_they_say():
    shape, F = (400, 300, 5, 5), 300 * 25
    rng = np.random.default_rng(0)
    for init, spread in (
        (initial.uniform_over_fan_in, 2.4 / F / np.sqrt(3)),
        (initial.pytorch_default, 1 / np.sqrt(F) / np.sqrt(3)),
        (initial.kaiming_normal, np.sqrt(2 / F)),
        (initial.xavier_uniform, np.sqrt(2 / (F + 400 * 25))),
    ):
        assert np.std(init(rng, shape, F)) == pytest.approx(spread, rel=3e-3), init.__name__


@pytest.mark.parametrize(
    "ours, theirs",
    [
        (initial.pytorch_default, lambda W: torch.nn.init.kaiming_uniform_(W, a=5**0.5)),
        (initial.kaiming_normal, lambda W: torch.nn.init.kaiming_normal_(W, nonlinearity="relu")),
        (initial.xavier_uniform, torch.nn.init.xavier_uniform_),
    ],
)
@pytest.mark.parametrize("shape", [(84, 120), (16, 6, 5, 5), (120, 16, 3, 2)])
def test_initial_weights_have_the_spread_of_pytorch(ours, theirs, shape):
    torch.manual_seed(0)
    fan_in = int(np.prod(shape[1:]))
    mine = [ours(np.random.default_rng(i), shape, fan_in) for i in range(20)]
    other = [theirs(torch.empty(shape, dtype=float)).numpy() for _ in range(20)]
    assert np.std(mine) == pytest.approx(np.std(other), rel=0.02)
    if ours is not initial.kaiming_normal:
        assert np.max(np.abs(mine)) == pytest.approx(np.max(np.abs(other)), rel=1e-3)


def test_biases_start_where_they_are_told():
    options = {"rng": np.random.default_rng(0), "init_bias": initial.pytorch_default}
    b = Linear(100, 2000, **options).b
    assert 0.09 < np.abs(b).max() <= 0.1 and not Linear(100, 20).b.any()


# Mistakes of users.


@pytest.mark.parametrize(
    "make, words",
    [
        (lambda: MaxPool2d(0), ["MaxPool2d", "at least 1", "got window 0"]),
        (lambda: AvgPool2d(2, 0), ["AvgPool2d", "at least 1"]),
        (lambda: MaxPool2d(3, padding=2), ["half the window", "padding 2"]),
        (lambda: MaxPool2d((2, 4), padding=(2, 0)), ["half the window"]),
        (lambda: AvgPool2d(2, padding=-1), ["padding -1"]),
        (lambda: MaxPool2d(2.5), ["MaxPool2d", "a whole number", "2.5"]),
        (lambda: MaxPool2d((2, 2, 2)), ["a pair", "(2, 2, 2)"]),
        (lambda: AvgPool2d(2, divisor=0), ["divisor other than 0", "divisor=1"]),
        (lambda: Dropout(1), ["0 <= p < 1", "got 1"]),
        (lambda: BatchNorm2d(0), ["at least one map"]),
        (lambda: LastAxisLinear(0, 3), ["at least one input"]),
    ],
)
def test_wrong_sizes_get_a_sentence(make, words):
    with pytest.raises(InputError) as error:
        make()
    assert all(word in str(error.value) for word in words), error.value


@pytest.mark.parametrize(
    "layer, x, words",
    [
        (MaxPool2d(3), np.ones((1, 2, 2, 5), "f"), ["at least 3 x 3", "(1, 2, 2, 5)"]),
        (AvgPool2d(2), np.ones((4, 4), "f"), ["(N, C, H, W)", "(4, 4)"]),
        (BatchNorm2d(3), np.ones((1, 2, 2, 5), "f"), ["3 input maps", "got 2"]),
        (Softmax(), np.ones((1, 2, 2, 5), "f"), ["(N, classes)"]),
        (LastAxisLinear(4, 3), np.ones((2, 3), "f"), ["(N, ..., 4)", "(2, 3)"]),
    ],
)
def test_wrong_input_gets_a_sentence(layer, x, words):
    with pytest.raises(InputError) as error:
        layer(x)
    assert all(word in str(error.value) for word in words), error.value
