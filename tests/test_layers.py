import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from shapes import conv_cases, conv_pairs
from torch.nn import functional as F
from torch_reference import TorchLayer

from scratchnet import (
    RBF,
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    Dropout,
    Flatten,
    InputError,
    LastAxisLinear,
    Layer,
    Linear,
    MaxPool2d,
    ReLU,
    Scale,
    ScaledTanh,
    Sequential,
    Sigmoid,
    Softmax,
    Subsampling,
    Tanh,
    check_against,
    check_curvature,
    check_gradients,
)


def conv(case, rng):
    layer = Conv2d(*case.arguments, **case.options, connections=case.connections, rng=rng, dtype=float)
    layer.b[:] = rng.normal(size=layer.b.shape)
    return layer


def subsampling(channels, rng):
    layer = Subsampling(channels, dtype=float)
    layer.W[:], layer.b[:] = rng.normal(size=(2, channels))
    return layer


sizes = st.integers(1, 6)
seeds = st.integers(0, 2**32).map(np.random.default_rng)


@given(conv_cases(), seeds)
def test_conv_gradients(case, rng):
    check_gradients(conv(case, rng), case.x, entries=15)


@given(conv_cases(), seeds)
def test_conv_curvature(case, rng):
    check_curvature(conv(case, rng), case.x)


@given(conv_cases(), seeds)
def test_conv_against_pytorch(case, rng):
    layer = conv(case, rng)
    mask = torch.as_tensor(layer.connections[:, :, None, None].astype(float))
    reference = TorchLayer(lambda x, W, b: F.conv2d(x, W * mask, b, **case.options), W=layer.W, b=layer.b)
    check_against(layer, reference, case.x)


@given(conv_pairs(), seeds)
def test_conv_with_pairs(case, rng):
    layer = conv(case, rng)
    mask = torch.as_tensor(layer.connections[:, :, None, None].astype(float))
    reference = TorchLayer(lambda x, W, b: F.conv2d(x, W * mask, b, **case.options), W=layer.W, b=layer.b)
    check_against(layer, reference, case.x)
    check_gradients(layer, case.x, entries=10)
    if case.x.size < 200:
        check_curvature(layer, case.x)
    assert layer.output_shape(case.x.shape[1:]) == layer.forward(case.x).shape[1:]


@given(sizes, sizes, sizes, seeds)
def test_linear(N, inputs, outputs, rng):
    layer = Linear(inputs, outputs, rng=rng, dtype=float)
    layer.b[:] = rng.normal(size=outputs)
    x = rng.normal(size=(N, inputs))
    check_gradients(layer, x, entries=15)
    check_curvature(layer, x)
    check_against(layer, TorchLayer(F.linear, W=layer.W, b=layer.b), x)


@given(sizes, sizes, sizes, sizes, seeds)
def test_subsampling(N, C, H, W, rng):
    layer = subsampling(C, rng)
    x = rng.normal(size=(N, C, 2 * H, 2 * W))
    check_gradients(layer, x, entries=15)
    if x.size < 200:
        check_curvature(layer, x)

    def reference(x, W, b):
        return F.avg_pool2d(x, 2, divisor_override=1) * W[:, None, None] + b[:, None, None]

    check_against(layer, TorchLayer(reference, W=layer.W, b=layer.b), x)


@given(sizes, sizes, seeds)
def test_scaled_tanh(N, features, rng):
    layer, x = ScaledTanh(), 2 * rng.normal(size=(N, features))
    check_gradients(layer, x)
    check_curvature(layer, x)
    check_against(layer, TorchLayer(lambda x: 1.7159 * torch.tanh(x * (2 / 3))), x)


def test_scaled_tanh_maps_one_to_one():
    y = ScaledTanh().forward(np.array([[-1.0, 0.0, 1.0]]))
    assert np.allclose(y, [[-1, 0, 1]], atol=3e-6)  # 0.9999973: the paper's 1.7159 is rounded


@given(sizes, sizes, sizes, seeds)
def test_rbf(N, classes, features, rng):
    layer, x = RBF(rng.choice([-1.0, 1.0], size=(classes, features))), rng.normal(size=(N, features))
    codes = torch.as_tensor(layer.codes)
    check_gradients(layer, x)
    check_against(layer, TorchLayer(lambda x: ((x[:, None] - codes) ** 2).sum(2)), x)


def test_rbf_curvature_is_two_for_the_right_class_whatever_x_is(rng):
    layer = RBF(rng.choice([-1.0, 1.0], size=(10, 84)))
    layer.forward(rng.normal(size=(4, 84)))
    right = np.eye(10)[[3, 1, 4, 1]]
    assert np.array_equal(layer.backward2(right / 4), np.full((4, 84), 2 / 4))


def test_rbf_decides_for_the_smallest_penalty():
    layer = RBF(np.array([[1.0, 1.0], [-1.0, -1.0]]))
    assert layer.decide(layer.forward(np.array([[0.9, 0.8], [-1.0, -0.5]]))).tolist() == [0, 1]


def test_flatten(rng):
    layer, x = Flatten(), rng.normal(size=(2, 3, 2, 2))
    check_gradients(layer, x)
    check_curvature(layer, x)
    assert np.array_equal(layer.forward(x), x.reshape(2, 12))


TABLE = np.array([[True, False, True], [False, True, True]])


def every_layer(rng=None, dtype=float):
    """Return one layer of each kind with the shape of an input. Add a line here for a new layer."""
    rng = rng or np.random.default_rng(0)
    return [
        (Conv2d(3, 4, 3, rng=rng, dtype=dtype), (2, 3, 5, 6)),
        (Conv2d(3, 2, 2, stride=2, padding=1, connections=TABLE, rng=rng, dtype=dtype), (3, 3, 5, 4)),
        (Subsampling(3, dtype=dtype), (2, 3, 4, 6)),
        (Linear(5, 4, rng=rng, dtype=dtype), (3, 5)),
        (ScaledTanh(), (2, 3, 4, 4)),
        (Flatten(), (2, 3, 4, 4)),
        (RBF(rng.choice([-1.0, 1.0], size=(4, 6)).astype(dtype)), (2, 6)),
        (Sequential(a=Linear(5, 4, rng=rng, dtype=dtype), b=ScaledTanh()), (3, 5)),
        (ReLU(), (2, 3, 4, 4)),
        (Tanh(), (2, 3, 4, 4)),
        (Sigmoid(), (2, 3, 4, 4)),
        (MaxPool2d(2), (2, 3, 4, 6)),
        (MaxPool2d((3, 2), 1, 1), (2, 3, 4, 6)),
        (AvgPool2d(2), (2, 3, 4, 6)),
        (AvgPool2d(3, (2, 1), 1), (2, 3, 4, 6)),
        (Dropout(0.4), (2, 6)),
        (Dropout(0.4).train(), (2, 6)),
        (BatchNorm2d(3, dtype=dtype), (2, 3, 4, 6)),
        (BatchNorm2d(3, dtype=dtype).train(), (2, 3, 4, 6)),
        (LastAxisLinear(6, 4, rng=rng, dtype=dtype), (2, 3, 4, 6)),
        (LastAxisLinear(6, 4, bias=False, rng=rng, dtype=dtype), (2, 6)),
        (Scale(dtype=dtype), (2, 3, 4, 6)),
        (Softmax(), (3, 5)),
    ]


def has_curvature(layer):
    """Return whether the layer has a curvature pass."""
    return not (isinstance(layer, Softmax) or (isinstance(layer, BatchNorm2d) and layer.training))


@pytest.mark.parametrize("i", range(len(every_layer())))
def test_the_contract(i, rng):
    layer, shape = every_layer(rng)[i]
    x = rng.normal(size=shape)
    x.flags.writeable = False
    y = layer(x)
    assert y.shape == (len(x), *layer.output_shape(shape[1:]))
    assert not np.shares_memory(y, x)
    dy, hy = rng.normal(size=y.shape), rng.random(y.shape)
    dy.flags.writeable = hy.flags.writeable = False
    values = [value.copy() for _, value, _, _ in layer.parameters()]

    def passes():
        return [layer.backward(dy), *(d.copy() for _, _, d, _ in layer.parameters())]

    first, second = passes(), passes()
    assert all(np.array_equal(a, b) for a, b in zip(first, second)), "backward gives the same result twice"
    assert first[0].shape == x.shape
    if has_curvature(layer):
        hx = layer.backward2(hy)
        assert hx.shape == x.shape and (hx >= 0).all()
        assert all(h.shape == value.shape and (h >= 0).all() for _, value, _, h in layer.parameters())
    else:
        with pytest.raises(InputError, match="no curvature pass"):
            layer.backward2(hy)
    for (_, value, gradient, _), before in zip(layer.parameters(), values):
        assert gradient.shape == value.shape
        assert np.array_equal(value, before), "no pass changes a parameter"
    assert "\n" not in repr(layer)


def test_a_layer_of_ones_own_shows_its_name():
    class Swish(Layer):
        pass

    assert repr(Swish()) == "Swish()"
    assert "Swish()" in str(Sequential(act=Swish()))


@pytest.mark.parametrize("i", range(len(every_layer())))
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_dtype_follows_the_input(i, dtype, rng):
    layer, shape = every_layer(rng, dtype)[i]
    y = layer(rng.normal(size=shape).astype(dtype))
    assert y.dtype == dtype
    assert layer.backward(y).dtype == dtype
    if has_curvature(layer):
        assert layer.backward2(np.abs(y)).dtype == dtype
    assert all(a.dtype == dtype for _, *arrays in layer.parameters() for a in arrays if a is not None)


@pytest.mark.parametrize("i", range(len(every_layer())))
def test_a_view_with_odd_strides_is_as_good_as_an_array(i, rng):
    layer, shape = every_layer(rng)[i]
    x = rng.normal(size=shape[::-1]).T
    y = layer(x)
    dy = rng.normal(size=y.shape[::-1]).T
    assert not x.flags.c_contiguous and not dy.flags.c_contiguous
    dx, hx = layer.backward(dy), layer.backward2(dy**2) if has_curvature(layer) else None
    if not (isinstance(layer, Dropout) and layer.training):  # which draws a new mask
        assert np.allclose(y, layer(x.copy("C")), rtol=1e-13)
    assert np.allclose(dx, layer.backward(dy.copy("C")), rtol=1e-13)
    if has_curvature(layer):
        assert np.allclose(hx, layer.backward2(dy.copy("C") ** 2), rtol=1e-13)


def test_blanks_of_a_connection_table_are_exactly_zero(rng):
    layer = Conv2d(3, 2, 3, connections=TABLE, rng=rng)
    layer(rng.normal(size=(2, 3, 6, 6)).astype("f"))
    layer.backward(np.ones((2, 2, 4, 4), "f"))
    layer.backward2(np.ones((2, 2, 4, 4), "f"))
    for array in (layer.W, layer.dW, layer.hW):
        assert not array[~TABLE].any() and array[TABLE].all()
    assert layer.n_parameters() == 4 * 9 + 2


def test_fan_in_follows_the_connection_table():
    table = np.zeros((2, 64), bool)
    table[0, :2], table[1] = True, True
    layer = Conv2d(64, 2, 5, connections=table, rng=np.random.default_rng(0))
    for o, fan_in in ((0, 50), (1, 1600)):
        largest = np.abs(layer.W[o]).max()
        assert 0.9 < largest * np.sqrt(fan_in) <= 1


# Mistakes of users.


@pytest.mark.parametrize(
    "make, words",
    [
        (lambda: Conv2d(1, 1, 5, stride=0), ["stride 0", "at least 1"]),
        (lambda: Conv2d(0, 1, 5), ["channels 0"]),
        (lambda: Conv2d(1, 1, 0), ["kernel_size 0"]),
        (lambda: Conv2d(1, 1, 3, padding=-1), ["padding -1"]),
        (lambda: Conv2d(2, 2, 3, connections=np.ones((2, 2))), ["boolean", "float64"]),
        (lambda: Conv2d(2, 3, 3, connections=np.ones((2, 3), bool)), ["(3, 2)", "(2, 3)"]),
        (lambda: Conv2d(2, 2, 3, connections=np.array([[True, True], [False, False]])), ["output map 1"]),
        (lambda: Linear(0, 3), ["at least one"]),
        (lambda: Subsampling(0), ["at least one"]),
        (lambda: RBF(np.ones(84)), ["(classes, features)", "(84,)"]),
    ],
)
def test_wrong_sizes_get_a_sentence(make, words):
    with pytest.raises(InputError) as error:
        make()
    assert all(word in str(error.value) for word in words), error.value


@pytest.mark.parametrize(
    "layer, x, words",
    [
        (Conv2d(6, 16, 5), np.ones((2, 16, 9, 9), "f"), ["6 input maps", "got 16", "(2, 16, 9, 9)"]),
        (Conv2d(1, 6, 5), np.ones((2, 1, 4, 9), "f"), ["at least 5 x 5", "(2, 1, 4, 9)"]),
        (Conv2d(1, 6, 5), np.ones((28, 28), "f"), ["(N, 1, H, W)", "(28, 28)"]),
        (Conv2d(1, 6, 5), np.ones((2, 1, 9, 9), np.uint8), ["float32", "uint8", "np.asarray(x, np.float32)"]),
        (Conv2d(1, 6, 5), [[1.0]], ["an array", "list"]),
        (Conv2d(1, 6, 5), np.ones((0, 1, 9, 9), "f"), ["at least one", "(0, 1, 9, 9)"]),
        (Subsampling(6), np.ones((1, 6, 5, 4), "f"), ["even", "(1, 6, 5, 4)"]),
        (Subsampling(6), np.ones((1, 5, 4, 4), "f"), ["6 input maps", "got 5"]),
        (Linear(3, 2), np.ones((1, 4), "f"), ["(N, 3)", "(1, 4)"]),
        (RBF(np.ones((10, 84))), np.ones((1, 10), "f"), ["(N, 84)", "(1, 10)"]),
        (Sequential(a=ScaledTanh()), np.array([[1.0, np.nan]]), ["NaN", "1 of 2"]),
        (Sequential(a=ScaledTanh()), np.array([[np.inf, 1.0]]), ["infinity", "1 of 2"]),
    ],
)
def test_wrong_input_gets_a_sentence(layer, x, words):
    with pytest.raises(InputError) as error:
        layer(x)
    assert all(word in str(error.value) for word in words), error.value


@pytest.mark.parametrize("i", range(len(every_layer())))
def test_backward_with_another_shape_or_before_forward(i, rng):
    layer, shape = every_layer(rng)[i]
    with pytest.raises(AttributeError, match="call forward first"):
        layer.backward(np.ones(3))
    y = layer(rng.normal(size=shape))
    with pytest.raises(InputError, match="expects the shape of the output"):
        layer.backward(np.ones((y.shape[0] + 1, *y.shape[1:])))
    with pytest.raises(InputError, match="expects the shape of the output"):
        layer.backward(np.ones((*y.shape[:-1], y.shape[-1] + 1)))
    if has_curvature(layer):
        with pytest.raises(InputError, match="expects the shape of the output"):
            layer.backward2(np.ones((*y.shape[:-1], y.shape[-1] + 1)))


def test_large_but_finite_input_passes():
    assert np.isfinite(Sequential(a=ScaledTanh())(np.full((1, 3), 1e30, "f"))).all()


def test_sequential_names_its_layers(rng):
    net = Sequential(Linear(3, 2, rng=rng), ScaledTanh())
    assert [name for name, *_ in net.parameters()] == ["0.W", "0.b"]
    assert net["0"].name == "0"
    with pytest.raises(InputError, match=r"no layer 'C3'. The layers are 0, 1"):
        net["C3"]


@pytest.mark.parametrize("i", range(len(every_layer())))
@pytest.mark.parametrize("dtypes", [("f", "d"), ("d", "f")], ids=["float32 input", "float64 input"])
def test_a_layer_computes_in_the_dtype_of_its_input(dtypes, i, rng):
    """In each pass, for any dtype of the parameters, also in the gradients and curvatures that it stores."""
    dtype, of_parameters = dtypes
    layer, shape = every_layer(rng, dtype=np.dtype(of_parameters))[i]
    y = layer.forward(rng.normal(size=shape).astype(dtype))
    assert y.dtype == dtype
    assert layer.backward(rng.normal(size=y.shape).astype(dtype)).dtype == dtype
    assert {gradient.dtype for _, _, gradient, _ in layer.parameters()} <= {np.dtype(dtype)}
    if has_curvature(layer):
        assert layer.backward2(rng.random(y.shape).astype(dtype)).dtype == dtype
        assert {curvature.dtype for _, _, _, curvature in layer.parameters()} <= {np.dtype(dtype)}


@pytest.mark.parametrize("method", ["forward", "backward", "backward2"])
def test_a_pass_that_is_not_written_says_so(method):
    class Mine(Layer):
        pass

    with pytest.raises(AttributeError, match=rf"Mine has no .*write `def {method}\(self, .*\)`"):
        getattr(Mine(), method)(np.ones((1, 2)))
