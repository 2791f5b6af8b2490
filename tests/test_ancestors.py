"""The networks of 1989 and 1990: their published counts, the layer with a bias for each unit, and their digits."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from scratchnet import RBF, InputError, MLELoss, Sequential, check_curvature, check_gradients
from scratchnet.experiments.ancestors import ANCESTORS, boxed, prepared, trained
from scratchnet.experiments.changed_network import ONE_OF_10
from scratchnet.experiments.trainings import digits
from scratchnet.models import lenet1, lenet_1989
from scratchnet.models.before_1998 import EIGHT_OF_TWELVE, TABLE_1990, UnsharedBiasConv2d
from scratchnet.models.lenet5 import connection_table

COUNTS = {  # parameters and connections of each layer, as published
    lenet_1989: {"H1": (1_068, 19_968), "H2": (2_592, 38_592), "H3": (5_790, 5_790), "OUTPUT": (310, 310)},
    lenet1: {"H1": (104, 59_904), "H2": (8, 2_880), "H3": (512, 32_768), "H4": (24, 960), "OUTPUT": (1_930, 1_930)},
}
TOTALS = {lenet_1989: (9_760, 64_660), lenet1: (2_578, 98_442)}


@pytest.mark.parametrize("network", COUNTS)
def test_counts_are_those_published(network):
    net = network(0)
    shape = net.input_shape
    for name, layer in net.layers.items():
        assert (layer.n_parameters(), layer.n_connections(shape)) == COUNTS[network].get(name, (0, 0)), name
        shape = layer.output_shape(shape)
    assert (net.n_parameters(), net.n_connections(net.input_shape)) == TOTALS[network]
    assert net(np.zeros((2, *net.input_shape), np.float32)).shape == (2, 10)


def test_units_of_1989():
    """1,256 units, with the 256 of the input."""
    net = lenet_1989(0)
    units = {name: int(np.prod(shape)) for name, shape in net.shapes().items()}
    assert 256 + sum(units[name] for name in ("H1", "H2", "H3", "OUTPUT")) == 1_256
    assert units["H1"] == 768 == net["H1"].b.size and units["H2"] == 192 == net["H2"].b.size


def test_tables():
    eight = connection_table(EIGHT_OF_TWELVE)
    assert (eight.sum(axis=0) == 8).all() and (eight.sum(axis=1) == 8).all()
    assert len({row.tobytes() for row in eight}) == 12, "no two maps of H2 read the same maps"
    table = connection_table(TABLE_1990)
    assert table.shape == (12, 4) and table.sum() == 20
    assert (table[:, :2].any(axis=1) != table[:, 2:].any(axis=1)).all(), "each reads the first two maps or the last two"


def unshared(rng, **options):
    layer = UnsharedBiasConv2d(2, 3, 6, rng=rng, dtype=float, **options)
    layer.b[:] = rng.normal(size=layer.b.shape)
    return layer


SPARSE = np.array([[True, False], [True, True], [False, True]])


@pytest.mark.parametrize("connections", [None, SPARSE], ids=["full", "sparse"])
def test_a_bias_for_each_unit(connections, rng):
    layer, x = unshared(rng, connections=connections), rng.normal(size=(3, 2, 6, 6))
    padded = F.pad(torch.as_tensor(x), (2, 2, 2, 2), value=-1.0)
    expected = F.conv2d(padded, torch.as_tensor(layer.W), stride=2) + torch.as_tensor(layer.b)
    assert np.allclose(layer(x), expected.numpy(), rtol=1e-12)
    check_gradients(layer, x)
    check_curvature(layer, x)


def test_a_wrong_input_gets_a_sentence(rng):
    with pytest.raises(InputError, match=r"UnsharedBiasConv2d expects \(N, 2, 6, 6\), got x of shape \(1, 2, 8, 8\)"):
        unshared(rng)(np.zeros((1, 2, 8, 8)))


@pytest.mark.parametrize("network", COUNTS)
def test_gradients_of_the_whole_network(network, rng):
    net = network(rng, dtype=float)
    check_gradients(net, rng.normal(size=(2, *net.input_shape)), entries=8)


def test_eq_8_with_1_of_10_codes_is_the_squared_error(rng):
    x, labels = rng.normal(size=(5, 10)), np.array([3, 0, 9, 9, 1])
    net, targets = Sequential(RBF(ONE_OF_10)), np.where(np.arange(10) == labels[:, None], 1, -1)
    assert MLELoss().forward(net(x), labels) == pytest.approx(((x - targets) ** 2).sum(axis=1).mean())
    assert np.array_equal(net.decide(net(x)), x.argmax(axis=1))


def test_a_digit_in_its_box():
    (images, _), _ = digits(300, 1)
    small = boxed(images)
    assert small.shape == (300, 20, 20)
    assert np.array_equal(small.sum(axis=(1, 2), dtype=int), images.sum(axis=(1, 2), dtype=int)), "no ink is lost"
    for image in small:
        for axis in (0, 1):
            rows = np.flatnonzero(image.any(axis=axis))
            assert abs(rows[0] - (19 - rows[-1])) <= 1, "in the middle"
    x = prepared(images, 28)
    assert x.shape == (300, 1, 28, 28) and x.dtype == np.float32 and x.min() == -1 and x.max() <= 1
    assert (x[:, :, :6] == -1).all() and (x[:, :, 22:] == -1).all(), "16 x 16 in a field of 28 x 28"
    assert np.array_equal(prepared(images, 16), x[:, :, 6:22, 6:22])
    blank = np.zeros((1, 28, 28), np.uint8)
    assert (boxed(blank) == 0).all()


@pytest.mark.planted
@pytest.mark.parametrize("name, eta", [("1989", 0.25), ("1998", 1)])
def test_they_learn(name, eta):
    ancestor = ANCESTORS[name]
    (images, labels), (others, more) = digits(800, 200)
    data = [(prepared(pixels, ancestor.field), classes) for pixels, classes in ((images, labels), (others, more))]
    _, history = trained(ancestor, 0, eta, *data, epochs=2)
    assert history.running_error[-1] < 60


def test_a_training_that_diverges_is_a_result():
    ancestor = ANCESTORS["1998"]
    (images, labels), _ = digits(60, 1)
    data = prepared(images, 28), labels
    with np.errstate(all="ignore"):
        _, history = trained(ancestor, 0, 1e30, data, data, epochs=1)
    from scratchnet.experiments.ancestors import end

    assert end(history, "test_error") >= 50
