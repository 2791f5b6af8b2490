from itertools import pairwise

import numpy as np
import pytest
import torch
from torch_twin import copy_parameters, map_loss, mle, torch_lenet5

from scratchnet import InputError, Linear, MAPLoss, MLELoss, ModelError, ScaledTanh, Sequential, check_gradients
from scratchnet.layers.initial import uniform_over_fan_in
from scratchnet.models import DIGIT_CODES, lenet5

# What the paper says (II.B), layer by layer: parameters and connections.
PAPER = {
    "C1": (156, 122_304),
    "S2": (12, 5_880),
    "C3": (1_516, 151_600),
    "S4": (32, 2_000),
    "C5": (48_120, 48_120),
    "F6": (10_164, 10_164),
    "OUTPUT": (0, 840),
}

# Hamming distances between the codes, read from Fig. 3 by hand.
DISTANCES = """
    0 42 30 29 18 30 22 40 26 28
   42  0 30 35 50 32 44 28 50 42
   30 30  0 33 34 20 36 32 34 32
   29 35 33  0 29 29 25 27 21 29
   18 50 34 29  0 34 20 50 20 30
   30 32 20 29 34  0 26 34 28 24
   22 44 36 25 20 26  0 46 12 26
   40 28 32 27 50 34 46  0 40 34
   26 50 34 21 20 28 12 40  0 18
   28 42 32 29 30 24 26 34 18  0
"""

# The S2 maps that each C3 map reads, from Table I.
READS = "012 123 234 345 045 015 0123 1234 2345 0345 0145 0125 0134 1245 0235 012345".split()  # noqa: SIM905


def test_counts_are_those_of_the_paper():
    net = lenet5()
    shape = net.input_shape
    for name, layer in net.layers.items():
        parameters, connections = PAPER.get(name, (0, 0))
        assert (layer.n_parameters(), layer.n_connections(shape)) == (parameters, connections), name
        shape = layer.output_shape(shape)
    assert net.n_parameters() == 60_000
    assert net.n_connections(net.input_shape) == 340_908


def test_every_layer_up_to_f6_is_squashed():
    layers = list(lenet5().layers.items())
    for (name, _), (_, following) in pairwise(layers):
        if name in ("C1", "S2", "C3", "S4", "C5"):
            assert isinstance(following, ScaledTanh), name
    assert isinstance(dict(layers)["F6_squash"], ScaledTanh)


def test_table_1():
    connections = lenet5()["C3"].connections
    assert ["".join(map(str, np.flatnonzero(row))) for row in connections] == READS
    assert connections.sum() == 60


def test_print_shows_the_table():
    text = str(lenet5())
    for line in ("C3 ", "16x10x10", "1,516", "151,600", "60 of 96", "60,000", "340,908"):
        assert line in text
    assert text.isascii()
    assert repr(lenet5()).count("\n") == 0


def test_codes_of_figure_3():
    distances = (DIGIT_CODES[:, None] != DIGIT_CODES[None]).sum(axis=2)
    assert DIGIT_CODES.shape == (10, 84) and set(DIGIT_CODES.flat) == {-1, 1}
    assert np.array_equal(distances, [[int(n) for n in line.split()] for line in DISTANCES.strip().split("\n")])
    with_bar = [digit for digit in range(10) if (DIGIT_CODES[digit, 1:6] == 1).all() and DIGIT_CODES[digit, 8] == -1]
    assert set(with_bar) >= {0, 2, 4, 5}
    assert (DIGIT_CODES[7].reshape(12, 7)[1] == [-1, -1, -1, -1, -1, 1, 1]).all(), "not mirrored"
    zero = DIGIT_CODES[0].reshape(12, 7)
    assert (zero[0] == [-1, 1, 1, 1, 1, 1, -1]).all() and (zero[1] == -1).all(), "the bar above the 0"


@pytest.mark.parametrize("dtype, tolerance", [(np.float64, 1e-9), (np.float32, 1e-4)])
@pytest.mark.parametrize("loss, reference", [(MLELoss(), mle), (MAPLoss(10), map_loss(10))], ids=["MLE", "MAP"])
def test_against_the_pytorch_twin(loss, reference, dtype, tolerance, rng):
    net, twin = lenet5(rng, dtype=dtype), torch_lenet5().to(torch.float64 if dtype == np.float64 else torch.float32)
    for name, value, _, _ in net.parameters():
        if name != "C3.W":
            value += 0.05 * rng.normal(size=value.shape).astype(dtype)
    copy_parameters(net, twin)
    x, labels = rng.normal(size=(3, 1, 32, 32)).astype(dtype), rng.integers(0, 10, 3)
    t = torch.tensor(x, requires_grad=True)
    E = reference(twin(t), torch.as_tensor(labels))
    E.backward()
    assert loss.forward(net(x), labels) == pytest.approx(E.item(), rel=tolerance)
    dx = net.backward(loss.backward())
    pairs = [("x", dx, t.grad)]
    pairs += [(name, d, p.grad) for (name, _, d, _), p in zip(net.parameters(), twin.parameters(), strict=True)]
    for name, got, expected in pairs:
        expected = expected.numpy()
        assert got.dtype == dtype
        assert np.abs(got - expected).max() <= tolerance * np.abs(expected).max(), name


def test_gradients_of_the_whole_network(rng):
    check_gradients(lenet5(rng, dtype=float), rng.normal(size=(2, 1, 32, 32)), entries=8)


def test_c5_as_a_convolution_equals_c5_as_a_linear_layer(rng):
    conv, x = lenet5(rng, dtype=float)["C5"], rng.normal(size=(3, 16, 5, 5))
    conv.b[:] = rng.normal(size=120)
    full = Linear(400, 120, dtype=float)
    full.W[:], full.b[:] = conv.W.reshape(120, 400), conv.b
    assert np.allclose(conv(x)[:, :, 0, 0], full(x.reshape(3, 400)), rtol=1e-12)
    dy = rng.normal(size=(3, 120))
    assert np.allclose(conv.backward(dy[:, :, None, None]).reshape(3, 400), full.backward(dy), rtol=1e-12)
    assert np.allclose(conv.dW.reshape(120, 400), full.dW, rtol=1e-12)


def test_a_wider_input_gives_a_wider_output(rng):
    """C5 is a convolution: the output for a wide image contains the outputs for its parts."""
    net = lenet5(rng)
    wide = rng.normal(size=(1, 1, 32, 48)).astype("f")

    def up_to_c5(x):
        for name in list(net.layers)[:10]:
            x = net[name](x)
        return x

    maps = up_to_c5(wide)
    assert maps.shape == (1, 120, 1, 5)
    for i in range(5):
        assert np.allclose(maps[..., i : i + 1], up_to_c5(wide[..., 4 * i : 4 * i + 32].copy()), atol=1e-5)


def test_a_wrong_shape_names_the_layer_that_made_it(rng):
    net = lenet5(rng)
    s4 = np.zeros((32, 16, 5, 5), "f")
    with pytest.raises(InputError, match=r"C3: Conv2d expects 6 input maps, got 16 in x of shape \(32, 16, 5, 5\)"):
        net["C3"](s4)
    with pytest.raises(InputError, match=r"Is this S4's output\?"):
        net["C3"](s4)


def test_the_initial_weights_of_appendix_a(rng):
    """U(-2.4/F, 2.4/F): F = 25, 75 to 150, 400, 120."""
    net = lenet5(rng, init=uniform_over_fan_in, coefficient=0.6)
    bounds = {"C1": 2.4 / 25, "C5": 2.4 / 400, "F6": 2.4 / 120}
    for name, bound in bounds.items():
        assert 0.95 * bound < np.abs(net[name].W).max() <= bound
    for o, fan_in in ((0, 75), (6, 100), (15, 150)):
        assert 0.9 * 2.4 / fan_in < np.abs(net["C3"].W[o]).max() <= 2.4 / fan_in
    assert (np.float32(0.6) == net["S2"].W).all() and not net["F6"].b.any()


def test_the_seed_decides_the_weights():
    a, b, c = (lenet5(np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(a["C5"].W, b["C5"].W) and not np.array_equal(a["C5"].W, c["C5"].W)


# Model files.


def test_save_and_load(tmp_path, rng):
    net, path = lenet5(rng), tmp_path / "deep" / "model.npz"
    net.save(path)
    other = lenet5().load(path)
    assert all(np.array_equal(a, b) for (_, a, _, _), (_, b, _, _) in zip(net.parameters(), other.parameters()))
    assert [p.name for p in path.parent.iterdir()] == ["model.npz"], "no temporary file is left"


def broken(kind, path, rng):
    lenet5(rng).save(path)
    if kind == "truncated":
        path.write_bytes(path.read_bytes()[:-5000])
    elif kind == "cut in half":
        path.write_bytes(path.read_bytes()[:100_000])
    elif kind == "empty":
        path.write_bytes(b"")
    elif kind == "text":
        path.write_text("not a model")
    elif kind == "bits flipped":
        data = bytearray(path.read_bytes())
        data[100_000] ^= 255
        path.write_bytes(data)
    elif kind == "foreign arrays":
        np.savez(path, W=np.zeros(3))
    elif kind == "pickle":
        np.savez(path, format=np.array({"a": 1}, dtype=object))
    elif kind == "single array":
        with path.open("wb") as file:
            np.save(file, np.zeros(3))
    elif kind == "other layers":
        Sequential(C1=Linear(3, 2)).save(path)
    elif kind == "other sizes":
        net = lenet5(rng)
        net["F6"].W = net["F6"].W[:, :100]
        net.save(path)
    elif kind == "NaN":
        net = lenet5(rng)
        net["F6"].W[3, 4] = np.nan
        net.save(path)
    elif kind == "missing":
        path.unlink()
    elif kind == "folder":
        path.unlink()
        path.mkdir()


KINDS = [
    *("truncated", "cut in half", "empty", "text", "bits flipped", "foreign arrays", "pickle", "single array"),
    *("other layers", "other sizes", "NaN", "missing", "folder"),
]


@pytest.mark.parametrize("kind", KINDS)
def test_a_bad_model_file_gets_a_sentence_and_changes_nothing(kind, tmp_path, rng):
    path = tmp_path / "model.npz"
    broken(kind, path, rng)
    net = lenet5(rng)
    before = [value.copy() for _, value, _, _ in net.parameters()]
    with pytest.raises(ModelError, match=r"model\.npz") as error:
        net.load(path)
    assert "\n" not in str(error.value)
    assert all(np.array_equal(a, b) for a, (_, b, _, _) in zip(before, net.parameters()))
