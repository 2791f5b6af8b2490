"""An ONNX file that is no such network, or damaged, ends in a sentence: files are not believed."""

import numpy as np
import pytest
from exchanged import fresh, network

from scratchnet import ModelError, exchange

onnx = pytest.importorskip("onnx")


def parts(name="paper", pixels=False, tmp=None):
    path = tmp / "net.onnx"
    exchange.to_onnx(network(name), path, pixels)
    return onnx.load(path), path


def node(model, name):
    return next(node for node in model.graph.node if node.name == name)


def tensor(model, name):
    return next(tensor for tensor in model.graph.initializer if tensor.name == name)


def huge(model):
    del tensor(model, "F6.W").dims[:]
    tensor(model, "F6.W").dims.extend([10**9, 10**9])


def negative(model):
    tensor(model, "F6.W").dims[0] = -84


def short(model):
    tensor(model, "F6.W").raw_data = tensor(model, "F6.W").raw_data[:-4]


def not_finite(model):
    raw = np.full(84, np.nan, np.float32).tobytes()
    tensor(model, "F6.b").raw_data = raw


def other_operator(model):
    node(model, "C1_squash.tanh").op_type = "LeakyRelu"


def branch(model):
    node(model, "S2_squash.tanh").input[0] = "C1_squash"


def residual(model):
    node(model, "F6_squash").op_type = "Add"
    node(model, "F6_squash").input[1] = "F6"


def two_inputs(model):
    model.graph.input.append(onnx.helper.make_tensor_value_info("more", onnx.TensorProto.FLOAT, [1]))


def other_output(model):
    model.graph.output[0].name = "F6"


def outside(location, **more):
    def change(model):
        one = tensor(model, "F6.W")
        one.ClearField("raw_data")
        one.data_location = onnx.TensorProto.EXTERNAL
        for key, value in ({"location": location} | more).items():
            one.external_data.add(key=key, value=str(value))

    return change


def grouped(model):
    node(model, "C5").attribute.append(onnx.helper.make_attribute("group", 2))


def dilated(model):
    node(model, "C5").attribute.append(onnx.helper.make_attribute("dilations", [2, 2]))


def crooked(model):
    attribute = next(a for a in node(model, "C1").attribute if a.name == "pads")
    attribute.ints[:] = [1, 0, 0, 0]


def wide_border(model):
    attribute = next(a for a in node(model, "C1").attribute if a.name == "pads")
    attribute.ints[:] = [10**9] * 4


def transposed(model):
    node(model, "F6").attribute.append(onnx.helper.make_attribute("transA", 1))


def scaled(model):
    node(model, "F6").attribute.append(onnx.helper.make_attribute("alpha", 2.0))


def no_shape(model):
    model.graph.input[0].type.tensor_type.shape.dim[2].ClearField("dim_value")


def unequal(model):
    raw = bytearray(tensor(model, "S2.W").raw_data)
    raw[0:4] = np.float32(3).tobytes()
    tensor(model, "S2.W").raw_data = bytes(raw)


def fewer_maps(model):
    tensor(model, "C1.W").dims[0] = 3
    tensor(model, "C1.W").raw_data = tensor(model, "C1.W").raw_data[:300]


def cubes(model):
    node(model, "OUTPUT").op_type = "ReduceL1"


def no_nodes(model):
    del model.graph.node[:]


def einsum(model):
    node(model, "OUTPUT.difference").op_type = "Einsum"


def loop(model):
    node(model, "C1_squash.tanh").op_type = "Loop"


@pytest.mark.parametrize(
    "change, word",
    [
        (huge, "very large"),
        (negative, "no array"),
        (short, "'F6.W' is damaged"),
        (not_finite, "not finite"),
        (other_operator, "there is no layer for"),
        (branch, "does not read the layer before it"),
        (residual, "reads F6 beside the layer before it"),
        (two_inputs, "has 2 inputs"),
        (other_output, "the output does not come from the last layer"),
        (outside("../secret"), "in a file in the same folder"),
        (outside("/etc/passwd"), "in a file in the same folder"),
        (outside("gone.data"), "copy both"),
        (outside("link.data"), "copy both"),
        (outside("net.onnx", offset=10**9), "does not have the 10,080 numbers"),
        (outside("net.onnx", offset=-1), "does not have the 10,080 numbers"),
        (outside("net.onnx", length=3), "does not have the 10,080 numbers"),
        (grouped, "has groups"),
        (dilated, "not a plain convolution"),
        (crooked, "another border on the left and above"),
        (wide_border, "another border"),
        (transposed, "not a product of the data with a matrix"),
        (scaled, "not a product of the data with a matrix"),
        (no_shape, "expected (N, C, H, W)"),
        (unequal, "no subsampling"),
        (fewer_maps, ""),
        (cubes, ""),
        (no_nodes, "no network in it"),
        (loop, "there is no layer for"),
        (einsum, "is a product that no layer has"),
    ],
)
def test_a_file_that_is_no_such_network_gets_a_sentence(change, word, tmp_path):
    model, path = parts(tmp=tmp_path)
    (tmp_path / "link.data").symlink_to(path)
    change(model)
    path.write_bytes(model.SerializeToString())
    with pytest.raises(ModelError) as why:
        exchange.from_onnx(path)
    assert word in str(why.value) and "\n" not in str(why.value), why.value


def test_a_file_that_is_none(tmp_path):
    for name, content in (("text.onnx", b"hello, this is text"), ("empty.onnx", b"")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ModelError, match=r"not an ONNX file|no network in it"):
            exchange.from_onnx(tmp_path / name)
    with pytest.raises(ModelError, match="There is no file"):
        exchange.from_onnx(tmp_path / "gone.onnx")


def test_damaged_bytes_end_in_a_sentence(tmp_path):
    """Cut anywhere, a bit turned anywhere: a sentence, or a network with other numbers."""
    _, path = parts("tutorial-28", tmp=tmp_path)
    content, rng = path.read_bytes(), np.random.default_rng(0)
    head = [n for n in range(len(content)) if n < 3000 or n > len(content) - 500]
    refused = 0
    for n in range(300):
        damaged = bytearray(content)
        if n % 3:
            damaged[rng.choice(head)] ^= 1 << rng.integers(8)
        else:
            del damaged[rng.integers(len(content)) :]
        path.write_bytes(damaged)
        try:
            exchange.from_onnx(path)
        except ModelError as why:
            refused += 1
            assert str(path) in str(why)
    assert refused > 130


def test_the_same_parameters_in_another_network_are_refused(tmp_path):
    """fashion-tanh and fashion-relu have the same parameters. Before the comparison they were taken for each other."""
    exchange.to_onnx(network("fashion-tanh"), tmp_path / "net.onnx")
    net = fresh("fashion-relu")
    before = {name: value.copy() for name, value in net.state().items()}
    with pytest.raises(ModelError, match="its parameters fit, but it computes something else"):
        exchange.import_model(net, tmp_path / "net.onnx")
    assert all(np.array_equal(before[name], value) for name, value in net.state().items())
    with pytest.raises(ModelError, match="expected images of shape"):
        exchange.import_model(fresh("paper"), tmp_path / "net.onnx")
    with pytest.raises(ModelError, match="another network"):
        exchange.import_model(fresh("tutorial-28"), tmp_path / "net.onnx")
