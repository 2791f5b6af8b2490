"""A network as an ONNX file: its nodes, what it takes, and how its answer is read."""

from pathlib import Path
from typing import Any

import numpy as np

from scratchnet import __version__
from scratchnet.datasets.pixels import UNIT, triangle_weights
from scratchnet.errors import InputError
from scratchnet.exchange.meaning import PIXELS, Meaning, Preparation, meaning_of
from scratchnet.exchange.needs import expect_network, function_for, needed
from scratchnet.exchange.onnx_graph import Graph, onnx_nodes
from scratchnet.layers import Sequential
from scratchnet.runs.recipes import Recipe
from scratchnet.storage import atomic_write

IR, OPSET = 8, 17  # what onnxruntime reads since 1.12, and onnxruntime in a browser


def to_onnx(
    net: Sequential,
    path: str | Path,
    pixels: bool = False,
    *,
    recipe: Recipe | str | None = None,
    data: str | None = None,
) -> None:
    """Write the network to an ONNX file (IR 8, opset 17, float32), in standard operators, for a batch of any size.

    Nodes are called as the layers. The input is "image", float32 (N, C, H, W), or with pixels=True "pixels", uint8
    (N, 28, 28): the file then pads or resizes and scales the images itself, bit for bit as the recipe does. The output
    is called as the last layer. The metadata say what goes in ("input"), what comes out ("output"), how to decide
    ("decision": argmin or argmax) and what the classes are ("classes", JSON).
    recipe: how images are prepared, by default as the recipe does whose network has the same layers; data: the data
    set, for the names of the classes, by default the recipe's. The file is written atomically.
    Raises InputError without the library onnx (extra [export]), for a layer that `onnx_nodes` does not know, for a
    network without input_shape, and for pixels=True if no recipe says how images are prepared.
    """
    if not expect_network(net).input_shape:
        raise InputError("to_onnx expects a network with input_shape: Sequential(..., input_shape=(1, 28, 28)).")
    meaning = meaning_of(net, recipe, data)
    model = model_of(net, meaning, pixels)
    needed("onnx").checker.check_model(model, full_check=True)
    with atomic_write(path) as file:
        file.write(model.SerializeToString())


def model_of(net: Sequential, meaning: Meaning, pixels: bool) -> Any:
    """Return the onnx.ModelProto."""
    helper, floats = needed("onnx.helper"), needed("onnx").TensorProto.FLOAT
    graph = Graph()
    if pixels:
        x = graph.name("pixels")
        given = helper.make_tensor_value_info(x, needed("onnx").TensorProto.UINT8, ["N", PIXELS, PIXELS])
        x = prepared(graph, x, expect_preparation(net, meaning))
    else:
        x = graph.name("image")
        given = helper.make_tensor_value_info(x, floats, ["N", *net.input_shape])
    y = function_for(onnx_nodes, net)(net, graph, x, "")
    answer = helper.make_tensor_value_info(y, floats, ["N", *net.output_shape(net.input_shape)])
    body = helper.make_graph(graph.nodes, meaning.recipe or "scratchnet", [given], [answer], graph.constants)
    model = helper.make_model(body, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR)
    model.producer_name, model.producer_version = "scratchnet", __version__
    facts = meaning.facts(net)
    if pixels:
        facts["input"] = f"uint8 (N, {PIXELS}, {PIXELS}), bright on black"
    model.doc_string = f"{given.name}: {facts['input']}. {y}: {facts['output']}."
    helper.set_model_props(model, facts)
    return model


def expect_preparation(net: Sequential, meaning: Meaning) -> Preparation:
    """Return how images are prepared. Raise InputError if that is not known or gives another size."""
    images = meaning.images
    if images is None:
        raise InputError(
            "pixels=True needs to know how images are prepared, and no recipe of the library has this network. "
            "Name one that prepares them so: recipe='tutorial-28'."
        )
    if net.input_shape != (1, images.size, images.size):
        raise InputError(
            f"The recipe {meaning.recipe!r} makes images of shape {(1, images.size, images.size)}, and the network "
            f"expects {net.input_shape}. Name another recipe."
        )
    return images


def prepared(graph: Graph, x: str, images: Preparation) -> str:
    """Add the nodes that make the network's input of bytes, and return its name."""
    if images.how == "pad":
        first = (images.size - PIXELS) // 2
        last = images.size - PIXELS - first
        x = graph.add("Pad", x, graph.constant("border", [0, first, first, 0, last, last], np.int64), output="padded")
    if images.how == "resize":
        x = resized(graph, x, images.size)
    x = graph.add("Cast", x, output="bytes", to=needed("onnx").TensorProto.INT32)
    levels = graph.constant("levels", np.linspace(images.black, images.white, 256))
    x = graph.add("Gather", levels, x, output="grey")
    return graph.add("Unsqueeze", x, graph.constant("axis", [1], np.int64), output="image")


def resized(graph: Graph, x: str, size: int) -> str:
    """Add the nodes of `datasets.resize`: the rows, then the columns, each rounded to bytes, exact in float64."""
    x = graph.add("Cast", x, output="doubles", to=needed("onnx").TensorProto.DOUBLE)
    weights = triangle_weights(PIXELS, size) / UNIT
    x = graph.add("MatMul", x, graph.constant("columns", weights.T, np.float64), output="wide")
    x = rounded(graph, x, "wide_bytes")
    x = graph.add("MatMul", graph.constant("rows", weights, np.float64), x, output="high")
    return rounded(graph, x, "high_bytes")


def rounded(graph: Graph, x: str, name: str) -> str:
    half = graph.constant(f"{name}.half", 0.5, np.float64)
    ends = [graph.constant(f"{name}.{end}", end, np.float64) for end in (0.0, 255.0)]
    x = graph.add("Add", x, half, output=f"{name}.more")
    return graph.add("Clip", graph.add("Floor", x, output=f"{name}.floor"), *ends, output=name)
