"""To ONNX and back: two runtimes, bytes as input, files of PyTorch, files that are damaged or are no such network."""

import json

import numpy as np
import pytest
from exchanged import ALL, OTHERS, apart, inputs, network, states_equal

from scratchnet import InputError, Linear, ReLU, Sequential, datasets, exchange
from scratchnet.runs.recipes import RECIPES

onnx = pytest.importorskip("onnx")
ort = pytest.importorskip("onnxruntime")


def runtime(path, name, x):
    return ort.InferenceSession(str(path), providers=["CPUExecutionProvider"]).run(None, {name: x})[0]


def reference(path, name, x):
    from onnx.reference import ReferenceEvaluator

    return ReferenceEvaluator(str(path)).run(None, {name: x})[0]


@pytest.mark.parametrize("run", [runtime, reference])
@pytest.mark.parametrize("name", ALL)
def test_both_runtimes_agree(name, run, tmp_path):
    net, path = network(name), tmp_path / "net.onnx"
    exchange.to_onnx(net, path)
    for count in (1, 7):  # a batch of any size
        x = inputs(net, count)
        assert apart(net(x), run(path, "image", x)) < 2e-6


def images(count=6):
    drawn = np.random.default_rng(0).integers(0, 256, (count, 28, 28), dtype=np.uint8)
    drawn[0], drawn[1] = 0, 255
    return drawn


@pytest.mark.parametrize("run", [runtime, reference])
@pytest.mark.parametrize("name", RECIPES)
def test_bytes_go_in_with_pixels(name, run, tmp_path):
    net, path = network(name), tmp_path / "net.onnx"
    exchange.to_onnx(net, path, pixels=True)
    y = run(path, "pixels", images())
    assert apart(net(RECIPES[name].prepare(images(), "test")), y) < 2e-6


@pytest.mark.parametrize("name", RECIPES)
def test_the_prepared_pixels_are_the_same_bit_for_bit(name, tmp_path):
    path = tmp_path / "net.onnx"
    exchange.to_onnx(network(name), path, pixels=True)
    model = onnx.load(path)
    model.graph.output.append(onnx.helper.make_tensor_value_info("image", onnx.TensorProto.FLOAT, None))
    onnx.save(model, path)
    session = ort.InferenceSession(str(path))
    assert np.array_equal(session.run(["image"], {"pixels": images()})[0], RECIPES[name].prepare(images(), "test"))


def test_what_the_file_says_of_itself(tmp_path):
    path = tmp_path / "net.onnx"
    exchange.to_onnx(network("paper"), path, pixels=True)
    model = onnx.load(path)
    assert (model.ir_version, model.opset_import[0].version, len(model.opset_import)) == (8, 17, 1)
    facts = {entry.key: entry.value for entry in model.metadata_props}
    assert facts["input"] == "uint8 (N, 28, 28), bright on black"
    assert facts["decision"] == "argmin" and "the smallest wins" in facts["output"] and facts["recipe"] == "paper"
    assert json.loads(facts["classes"]) == list("0123456789")
    names = [node.name for node in model.graph.node]
    assert set(network("paper").layers) <= set(names) and len(names) == len(set(names))
    assert model.graph.output[0].name == "OUTPUT"
    assert [d.dim_param or d.dim_value for d in model.graph.output[0].type.tensor_type.shape.dim] == ["N", 10]
    exchange.to_onnx(network("fashion-relu"), path)
    facts = {entry.key: entry.value for entry in onnx.load(path).metadata_props}
    assert facts["decision"] == "argmax" and json.loads(facts["classes"])[9] == "Ankle boot"
    assert "0 ... 255 becomes -0.9549324 ... 1.548823" in facts["input"]
    exchange.to_onnx(network("strings"), path, recipe="paper")
    assert json.loads({entry.key: entry.value for entry in onnx.load(path).metadata_props}["classes"])[10] == "blank"


def test_a_layer_called_as_the_input_gets_a_name(tmp_path):
    net = Sequential(image=Linear(3, 3, rng=0), pixels=Linear(3, 2, rng=0), input_shape=(3,))
    exchange.to_onnx(net, tmp_path / "net.onnx")
    x = inputs(net)
    assert apart(net(x), runtime(tmp_path / "net.onnx", "image", x)) < 1e-6


def test_pixels_need_a_recipe_that_fits(tmp_path):
    with pytest.raises(InputError, match="pixels=True needs to know how images are prepared"):
        exchange.to_onnx(network("modern"), tmp_path / "net.onnx", pixels=True)
    with pytest.raises(InputError, match=r"'tutorial-28' makes images of shape \(1, 28, 28\), and the network expects"):
        exchange.to_onnx(network("paper"), tmp_path / "net.onnx", pixels=True, recipe="tutorial-28")
    with pytest.raises(InputError, match="no recipe 'papers'"):
        exchange.to_onnx(network("paper"), tmp_path / "net.onnx", recipe="papers")
    with pytest.raises(InputError, match="input_shape"):
        exchange.to_onnx(Sequential(Linear(2, 2)), tmp_path / "net.onnx")
    assert list(tmp_path.iterdir()) == []


def test_an_own_layer_registers_itself(tmp_path):
    class Elu(ReLU):
        def forward(self, x):
            return np.where(x > 0, x, np.exp(np.minimum(x, 0)) - 1).astype(x.dtype)

    net = Sequential(linear=Linear(4, 3, rng=0), elu=Elu(), input_shape=(4,))
    with pytest.raises(InputError, match="elu: Elu has a forward pass of its own"):
        exchange.to_onnx(net, tmp_path / "net.onnx")

    @exchange.onnx_nodes.register
    def _(layer: Elu, graph, x, name):
        return graph.add("Elu", x, output=name)

    exchange.to_onnx(net, tmp_path / "net.onnx")
    x = inputs(net)
    assert apart(net(x), runtime(tmp_path / "net.onnx", "image", x)) < 1e-6


# Back.


@pytest.mark.parametrize("pixels", [False, True])
@pytest.mark.parametrize("name", ALL)
def test_our_own_file_comes_back(name, pixels, tmp_path):
    """The same layers, with the same names and numbers; a linear map of features comes back as Linear."""
    if pixels and name not in RECIPES:
        return
    net, path = network(name), tmp_path / "net.onnx"
    exchange.to_onnx(net, path, pixels)
    back = exchange.from_onnx(path)
    x = inputs(net)
    assert np.array_equal(net(x), back(x)) or (name in OTHERS and apart(net(x), back(x)) < 1e-6)
    assert back.input_shape == net.input_shape
    if name not in (*OTHERS, "notebook-learned-slope"):
        assert states_equal(net, back)
        assert [repr(leaf) for leaf in back.leaves()] == [repr(leaf) for leaf in net.leaves()]


def exported_by_torch(net, path, dynamo):
    torch = pytest.importorskip("torch")
    x = torch.zeros(2, *net.input_shape)
    if dynamo:
        pytest.importorskip("onnxscript")
        shapes = ({0: torch.export.Dim("N")},)
        torch.onnx.export(exchange.to_torch(net), (x,), str(path), dynamo=True, dynamic_shapes=shapes, verbose=False)
    else:
        axes = {"dynamo": False, "input_names": ["x"], "dynamic_axes": {"x": {0: "N"}}}
        torch.onnx.export(exchange.to_torch(net), (x,), str(path), **axes)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("dynamo", [pytest.param(True, marks=pytest.mark.planted), False])
@pytest.mark.parametrize("name", [*RECIPES, "lenet1", "strings", "modern", "pooled"])
def test_what_pytorch_exports_comes_back(name, dynamo, tmp_path):
    """By both of its exporters; the new one puts the weights into a second file."""
    net, path = network(name), tmp_path / "net.onnx"
    exported_by_torch(net, path, dynamo)
    back = exchange.from_onnx(path)
    x = inputs(net)
    assert apart(net(x), back(x)) < 1e-6
    if name in RECIPES:
        ours = exchange.import_model(RECIPES[name].network(0), path)
        assert apart(net(x), ours(x)) < 1e-6


def channels_last(path):
    """A network as Keras exports it: channels last, biases apart, the flattening by a computed size."""
    helper, rng = onnx.helper, np.random.default_rng(0)
    shapes = {"W": (3, 2, 3, 2), "b": (1, 1, 1, 3), "D": (24, 4), "e": (4,)}
    shapes |= {"maps": (3,), "wide": (3, 4), "v": (4, 1)}
    constants = {name: rng.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}
    constants |= {"zero": np.array(0), "first": np.array([0]), "rest": np.array([-1])}
    rows = [
        ("Cast", "x", "c", {"to": 1}),
        ("Transpose", "c", "x1", {"perm": [0, 3, 1, 2]}),
        ("Conv", "x1 W", "x2", {"strides": [1, 2]}),
        ("Transpose", "x2", "x3", {"perm": [0, 2, 3, 1]}),
        ("Add", "x3 b", "x4", {}),
        ("Tanh", "x4", "x5", {}),
        ("Transpose", "x5", "x6", {"perm": [0, 3, 1, 2]}),
        ("MaxPool", "x6", "x7", {"kernel_shape": [2, 1], "strides": [2, 1]}),
        ("Transpose", "x7", "x8", {"perm": [0, 2, 3, 1]}),
        ("Einsum", "x8 maps", "x81", {"equation": "abcd,d->abcd"}),
        ("Einsum", "x81 wide", "x82", {"equation": "abcd,ce->abed"}),
        ("Add", "x82 v", "x83", {}),
        ("Shape", "x83", "s", {}),
        ("Gather", "s zero", "s0", {"axis": 0}),
        ("Unsqueeze", "s0 first", "s1", {}),
        ("Concat", "s1 rest", "s2", {"axis": 0}),
        ("Reshape", "x83 s2", "x9", {}),
        ("MatMul", "x9 D", "y0", {}),
        ("Add", "e y0", "y", {}),
    ]
    nodes = [helper.make_node(op, given.split(), [made], **more) for op, given, made, more in rows]
    given = helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, ["N", 6, 7, 2])
    made = helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, ["N", 4])
    arrays = [onnx.numpy_helper.from_array(array, name) for name, array in constants.items()]
    graph = helper.make_graph(nodes, "g", [given], [made], arrays)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)


def test_channels_last_come_back(tmp_path):
    path = tmp_path / "net.onnx"
    channels_last(path)
    back = exchange.from_onnx(path)
    assert back.input_shape == (2, 6, 7)
    x = inputs(back)
    assert apart(runtime(path, "x", x.transpose(0, 2, 3, 1)), back(x)) < 1e-6


@pytest.mark.planted
def test_the_paper_makes_the_same_errors(tmp_path):
    """On 10,000 digits, with bytes as input, after a little training."""
    from scratchnet import SDLM, MAPLoss, evaluate, fit, models

    images, labels = datasets.load("mnist", "train")
    net = models.lenet5(0)
    data = datasets.paper_input(images[:10_000]), labels[:10_000]
    fit(net, MAPLoss(j=10), SDLM(net, 0.000125), data, epochs=1, rng=0, train_error=False)
    exchange.to_onnx(net, tmp_path / "net.onnx", pixels=True)
    tests, answers = datasets.load("mnist", "test")
    result = evaluate(net, (datasets.paper_input(tests), answers))
    y = runtime(tmp_path / "net.onnx", "pixels", tests)
    assert np.array_equal(y.argmin(axis=1), result.predictions)
    assert 0 < np.count_nonzero(y.argmin(axis=1) != answers) < 1000
    assert apart(-result.scores, y) < 2e-6
