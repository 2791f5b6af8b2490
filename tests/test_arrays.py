"""Whatever array people bring: the right answer, or a sentence at once, before compiled code sees it."""

import mpmath
import numpy as np
import pytest

from scratchnet import (
    RBF,
    SGD,
    Adam,
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    CrossEntropyLoss,
    Diverged,
    Dropout,
    Flatten,
    InputError,
    LastAxisLinear,
    Linear,
    MAPLoss,
    MaxPool2d,
    ReLU,
    Scale,
    ScaledTanh,
    Sequential,
    Sigmoid,
    Softmax,
    Subsampling,
    Tanh,
    datasets,
    evaluate,
    fit,
    predict,
)
from scratchnet.models import lenet5, tutorial_28
from scratchnet.training import engine_for

RNG = np.random.default_rng(11)
IMAGES = RNG.normal(size=(3, 2, 6, 6)).astype(np.float32)
ROWS = RNG.normal(size=(3, 6)).astype(np.float32)
LAYERS = {
    "conv": (lambda: Conv2d(2, 3, 3, rng=0), IMAGES),
    "linear": (lambda: Linear(6, 4, rng=0), ROWS),
    "last axis": (lambda: LastAxisLinear(6, 4, rng=0), IMAGES),
    "subsampling": (lambda: Subsampling(2), IMAGES),
    "scale": (Scale, IMAGES),
    "batchnorm": (lambda: BatchNorm2d(2), IMAGES),
    "max pool": (lambda: MaxPool2d(2), IMAGES),
    "max pool, overlapping": (lambda: MaxPool2d(3, 2, 1), IMAGES),
    "avg pool": (lambda: AvgPool2d(2), IMAGES),
    "relu": (ReLU, IMAGES),
    "tanh": (Tanh, IMAGES),
    "scaled tanh": (ScaledTanh, IMAGES),
    "sigmoid": (Sigmoid, IMAGES),
    "flatten": (Flatten, IMAGES),
    "dropout": (Dropout, IMAGES),
    "softmax": (Softmax, ROWS),
    "rbf": (lambda: RBF(np.ones((4, 6), np.float32)), ROWS),
}
layers = pytest.mark.parametrize("make, x", LAYERS.values(), ids=LAYERS)


def unaligned(a):
    raw = np.zeros(a.nbytes + 1, np.uint8)
    view = raw[1:].view(a.dtype).reshape(a.shape)
    view[...] = a
    assert not view.flags.aligned
    return view


def read_only(a):
    a = a.copy()
    a.flags.writeable = False
    return a


LAYOUTS = {
    "transposed": lambda a: a.T.copy().T,
    "every second": lambda a: np.repeat(a, 2, axis=0)[::2],
    "reversed": lambda a: a[::-1].copy()[::-1],
    "unaligned": unaligned,
    "read-only": read_only,
    "broadcast": lambda a: np.broadcast_to(a, a.shape),
}
layouts = pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)


@layers
@layouts
def test_inputs_and_gradients_of_any_layout(make, x, layout):
    plain, other = make(), make()
    y, got = plain.forward(x), other.forward(layout(x))
    assert np.allclose(y, got, rtol=1e-6, atol=1e-6)
    dy = np.linspace(-1, 1, y.size, dtype=np.float32).reshape(y.shape)
    assert np.allclose(plain.backward(dy), other.backward(layout(dy)), rtol=1e-6, atol=1e-6)
    for (name, _, gradient, _), (_, _, mine, _) in zip(plain.parameters(), other.parameters()):
        assert np.allclose(gradient, mine, rtol=1e-6, atol=1e-6), name


@layers
@layouts
def test_parameters_of_any_layout(make, x, layout):
    plain, other = make(), make()
    for name in other.params:
        setattr(other, name, layout(getattr(other, name)))
    y = plain.forward(x)
    assert np.allclose(y, other.forward(x), rtol=1e-6, atol=1e-6)
    assert np.allclose(plain.backward(np.ones_like(y)), other.backward(np.ones_like(y)), rtol=1e-6, atol=1e-6)


STRANGE = {
    "big-endian": lambda a: a.astype(a.dtype.newbyteorder()),
    "float16": lambda a: a.astype(np.float16),
    "integers": lambda a: a.astype(int),
    "objects": lambda a: a.astype(object),
    "complex": lambda a: a.astype(complex),
    "a list": lambda a: a.tolist(),
    "masked": lambda a: np.ma.masked_array(a),
    "none": lambda a: None,
}
strange = pytest.mark.parametrize("strange", STRANGE.values(), ids=STRANGE)


@layers
@strange
def test_an_array_of_another_kind_gets_a_sentence(make, x, strange):
    with pytest.raises(InputError, match="expects an array of float32 or float64, got"):
        make().forward(strange(x))
    layer = make()
    y = layer.forward(x)
    with pytest.raises(InputError, match="backward pass expects an array of float32 or float64, got"):
        layer.backward(strange(y))
    for name in layer.params:
        layer = make()
        setattr(layer, name, strange(getattr(layer, name)))
        with pytest.raises(InputError, match=f"{name} should be an array of float32 or float64, got"):
            layer.forward(x)


@layers
def test_no_axis_and_other_shapes_get_a_sentence(make, x):
    with pytest.raises(InputError, match="expects"):
        make().forward(np.array(1.0, np.float32))
    for name in make().params:
        for wrong in (np.ones(7, np.float32), np.float32(3), np.ones((1, 1), np.float32)):
            layer = make()
            setattr(layer, name, wrong)
            with pytest.raises(InputError, match=f"{name} should"):
                layer.forward(x)
            layer = make()
            y = layer.forward(x)
            setattr(layer, name, wrong)  # between the passes
            with pytest.raises(InputError, match=f"{name} should"):
                layer.backward(y)


@layers
def test_a_gradient_has_the_dtype_of_the_input(make, x):
    layer = make()
    y = layer.forward(x)
    assert layer.backward(y.astype(float)).dtype == np.float32


@pytest.mark.parametrize("fast", [True, False])
def test_parameters_are_checked_before_a_training_or_an_evaluation(fast):
    x, labels = np.zeros((64, 1, 28, 28), np.float32), np.zeros(64, int)
    for name, parameter, wrong in (("C3", "b", np.full(3, 7, "f")), ("C1", "W", np.ones((4, 1, 5, 5), "f"))):
        net = tutorial_28(0)
        setattr(net[name], parameter, wrong)
        words = rf"{name}: Conv2d: {parameter} should have shape \({16 if name == 'C3' else 6},"
        for call in (
            lambda net=net: evaluate(net, (x, labels), fast=fast),
            lambda net=net: predict(net, x, fast=fast),
            lambda net=net: fit(net, CrossEntropyLoss(), SGD(net, 0.1), (x, labels), epochs=1, fast=fast),
        ):
            with pytest.raises(InputError, match=words):
                call()


@pytest.mark.parametrize("fast", [True, False])
def test_a_read_only_parameter_is_refused_before_the_first_epoch(fast):
    net = Sequential(Linear(6, 3, rng=0))
    net[0].W.flags.writeable = False
    for make in (lambda n: SGD(n, 0.1), lambda n: Adam(n, 0.1)):
        with pytest.raises(InputError, match=r"W is read-only.*Replace it with W\.copy\(\)"):
            fit(net, CrossEntropyLoss(), make(net), (ROWS, np.arange(3)), epochs=1, fast=fast)


@pytest.mark.parametrize("fast", [True, False])
@pytest.mark.parametrize("layout", [*LAYOUTS.values(), STRANGE["big-endian"]], ids=[*LAYOUTS, "big-endian"])
def test_data_of_any_layout_trains_the_same(layout, fast):
    labels = np.arange(3)
    histories = []
    for x, y in ((ROWS, labels), (layout(ROWS), labels.astype(">i4"))):
        net = Sequential(Linear(6, 3, rng=0))
        histories.append(fit(net, CrossEntropyLoss(), SGD(net, 0.1), (x, y), epochs=2, batch_size=2, rng=0, fast=fast))
    assert histories[0].loss == histories[1].loss


def test_keras_weights_are_taken_as_they_are(rng):
    hwio = rng.normal(size=(5, 5, 1, 6)).astype(np.float32)
    layers = Conv2d(1, 6, 5), Conv2d(1, 6, 5)
    layers[0].W, layers[1].W = hwio.transpose(3, 2, 0, 1), np.ascontiguousarray(hwio.transpose(3, 2, 0, 1))
    x = rng.normal(size=(2, 1, 28, 28)).astype(np.float32)
    assert np.array_equal(layers[0].forward(x), layers[1].forward(x))


# The ends of the number line, against mpmath.

mpmath.mp.dps = 60
FAR = np.array([-100, -86, -50, -30, -17, -10, -3, -0.1, 0, 0.1, 3, 10, 17, 30, 50, 86], np.float32)


def logistic(x):
    return 1 / (1 + mpmath.exp(-mpmath.mpf(float(x))))


def relative(got, expected):
    return max(abs(float(g) - float(e)) / max(abs(float(e)), 1.2e-37) for g, e in zip(np.ravel(got), expected))


@pytest.mark.parametrize("fast", [True, False])
def test_sigmoid_keeps_its_digits_at_both_ends(fast):
    net = Sequential(Scale(), Flatten(), Sigmoid(), Linear(len(FAR), 2, rng=0))
    net["3"].W[:] = [[1] * len(FAR), [0] * len(FAR)]
    x = FAR.reshape(1, 1, 4, 4)
    y = engine_for(Sequential(Flatten(), Sigmoid()), None, x, fast).forward(np.repeat(x, 20, axis=0))
    assert relative(y[7], [logistic(v) for v in FAR]) < 3e-6
    layer = Sigmoid()
    layer.forward(FAR)
    slopes = [logistic(v) * logistic(-mpmath.mpf(float(v))) for v in FAR]
    assert relative(layer.backward(np.ones_like(FAR)), slopes) < 3e-6
    engine = engine_for(net, CrossEntropyLoss(), x, fast)
    for v, slope in zip(FAR, slopes):  # dW of a Scale before it: dE/dy x slope x
        one = np.full_like(x, v)
        net["0"].W[:] = 1
        with engine:
            engine.gradients(np.repeat(one, 17, axis=0), np.ones(17, int))
            z = len(FAR) * logistic(v)
            p = 1 / (1 + mpmath.exp(-z))
            assert relative(net["0"].db, [len(FAR) * slope * p]) < 1e-5, v


@pytest.mark.parametrize("fast", [True, False])
@pytest.mark.parametrize("gap", [0, 1, 8, 17, 40, 60])
def test_losses_keep_their_digits_where_one_class_is_nearly_certain(gap, fast):
    """E, dE/dy and d2E/dy2 of a batch of scores, by the loss alone and by the fast path."""
    y = np.array([[0.5, gap, 1]], np.float32)
    e = [mpmath.exp(mpmath.mpf(float(v))) for v in y[0]]
    for label in range(3):
        total = mpmath.fsum(e)
        p = [v / total for v in e]
        others = [mpmath.fsum(e[:i] + e[i + 1 :]) / total for i in range(3)]
        slope = [-others[i] if i == label else p[i] for i in range(3)]
        agree(CrossEntropyLoss(), y, label, mpmath.log(total / e[label]), slope, fast)
        loss = CrossEntropyLoss()
        loss.forward(y, [label])
        assert relative(loss.backward2(), [a * b for a, b in zip(p, others)]) < 1e-5
        penalties, j = np.float32(70) - y, 65.0
        f = [mpmath.exp(-mpmath.mpf(float(v))) for v in penalties[0]]
        total = mpmath.fsum([*f, mpmath.exp(-j)])
        others = [(total - v) / total for v in f]
        slope = [others[i] if i == label else -f[i] / total for i in range(3)]
        E = mpmath.mpf(float(penalties[0, label])) + mpmath.log(total)
        agree(MAPLoss(j), penalties, label, E, slope, fast)


def agree(loss, y, label, E, slope, fast):
    if not fast:
        assert relative([loss.forward(y, np.array([label]))], [E]) < 1e-5
        assert relative(loss.backward(), slope) < 1e-5
        return
    net = Sequential(Flatten(), Linear(3, 3, rng=0))  # y is what Linear puts out: its bias
    net["1"].W[:], net["1"].b[:] = 0, y[0]
    engine = engine_for(net, loss, np.zeros((1, 1, 1, 3), np.float32), True)
    for images in (1, 5):
        with engine:
            got, _ = engine.gradients(np.zeros((images, 1, 1, 3), np.float32), np.full(images, label))
        assert relative([got], [E]) < 1e-5
        assert relative(net["1"].db, slope) < 1e-5


# Scores that are not finite are no answer.


@pytest.mark.parametrize("fast", [True, False])
@pytest.mark.parametrize("value", [np.nan, np.inf, 3e38])
def test_scores_that_are_not_finite_are_no_answer(value, fast):
    net = lenet5(0)
    net["F6"].W[:] = value if np.isnan(value) else 1e5
    net["OUTPUT"].codes = net["OUTPUT"].codes * np.float32(1 if np.isnan(value) else 1e30)
    x = datasets.paper_input(np.full((5, 28, 28), 200, np.uint8))
    for call in (lambda: evaluate(net, (x, np.zeros(5, int)), fast=fast), lambda: predict(net, x, fast=fast)):
        with pytest.raises(Diverged, match=r"scores are not finite for 5 of 5 images.*Lower the learning rate"):
            call()


@pytest.mark.parametrize("fast", [True, False])
@pytest.mark.parametrize("batch_size", [1, 3])
def test_the_last_update_of_all_may_not_make_parameters_infinite(fast, batch_size):
    net = Sequential(Linear(6, 3, rng=0))
    data = 1e3 * ROWS[:batch_size], np.arange(3)[:batch_size]
    with pytest.raises(Diverged, match="not finite"):
        fit(
            net, CrossEntropyLoss(), SGD(net, 3e38), data, epochs=1, batch_size=batch_size, fast=fast, train_error=False
        )


def test_predict_gives_classes_and_scores(digits):
    net, (x, labels) = lenet5(0), digits
    classes, scores = predict(net, x[:300], batch_size=64)
    result = evaluate(net, (x[:300], labels[:300]))
    assert np.array_equal(classes, result.predictions) and np.array_equal(scores, result.scores)
    with pytest.raises(InputError, match=r"Add the batch axis: x\[None\]"):
        predict(net, x[0])
    with pytest.raises(InputError, match="inputs of float32, got uint8"):
        predict(net, np.zeros((2, 1, 32, 32), np.uint8))
