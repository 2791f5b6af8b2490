"""A network as nodes of ONNX: one function a layer, chosen by its type."""

from functools import singledispatch
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from scratchnet.exchange.needs import function_for, needed
from scratchnet.layers import (
    RBF,
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    Dropout,
    Flatten,
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
)
from scratchnet.layers.expect import pair
from scratchnet.layers.pooling import Pool2d
from scratchnet.layers.squash import A, S
from scratchnet.models.before_1998 import BACKGROUND, UnsharedBiasConv2d


class Graph:
    """The nodes and constants of an ONNX file while it is made. Every name stands once."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self.names: set[str] = set()

    def name(self, name: str) -> str:
        """Return the name, with a sign added if it is taken, and take it."""
        while name in self.names:
            name += "_"
        self.names.add(name)
        return name

    def constant(self, name: str, array: ArrayLike, dtype: Any = np.float32) -> str:
        """Add an array, as float32 or another dtype, and return its name."""
        name = self.name(name)
        packed = np.ascontiguousarray(array, dtype).reshape(np.shape(array))
        self.constants.append(needed("onnx.numpy_helper").from_array(packed, name))
        return name

    def add(self, operator: str, *inputs: str, output: str, **attributes: Any) -> str:
        """Add a node that is called as its output, and return the name of the output."""
        output = self.name(output)
        self.nodes.append(needed("onnx.helper").make_node(operator, list(inputs), [output], name=output, **attributes))
        return output


@singledispatch
def onnx_nodes(layer: Layer, graph: Graph, x: str, name: str) -> str:
    """Add a layer's nodes to the graph and return the name of its output. x: the name of its input; name: the layer's.

    Register a function for your own layer: `@onnx_nodes.register`. Its last node should have the layer's name:
    `return graph.add("Relu", x, output=name)`. Opset 17.
    Raises InputError for a layer that is not registered.
    """
    return function_for(onnx_nodes, layer)(layer, graph, x, name)


@onnx_nodes.register
def _(layer: Sequential, graph, x, name):
    for key, inside in layer.layers.items():
        x = function_for(onnx_nodes, inside)(inside, graph, x, f"{name}.{key}" if name else key)
    return x


@onnx_nodes.register
def _(layer: Conv2d, graph, x, name):  # the missing connections of C3 are zeros in W
    (ph, pw), (more_h, more_w) = pair(layer, layer.padding), layer.extra
    W, b = graph.constant(f"{name}.W", layer.W), graph.constant(f"{name}.b", layer.b)
    places = {"strides": pair(layer, layer.stride), "pads": [ph, pw, ph + more_h, pw + more_w]}
    return graph.add("Conv", x, W, b, output=name, kernel_shape=layer.kernel_size, **places)


@onnx_nodes.register
def _(layer: UnsharedBiasConv2d, graph, x, name):
    n = layer.BORDER
    border = graph.constant(f"{name}.border", [0, 0, n, n, 0, 0, n, n], np.int64)
    x = graph.add("Pad", x, border, graph.constant(f"{name}.background", BACKGROUND), output=f"{name}.with_border")
    x = graph.add("Conv", x, graph.constant(f"{name}.W", layer.W), output=f"{name}.sums", strides=[2, 2])
    return graph.add("Add", x, graph.constant(f"{name}.b", layer.b), output=name)


@onnx_nodes.register
def _(layer: Linear, graph, x, name):
    W, b = graph.constant(f"{name}.W", layer.W), graph.constant(f"{name}.b", layer.b)
    return graph.add("Gemm", x, W, b, output=name, transB=1)


@onnx_nodes.register
def _(layer: LastAxisLinear, graph, x, name):
    W = graph.constant(f"{name}.W", layer.W.T)
    if "b" not in layer.params:
        return graph.add("MatMul", x, W, output=name)
    x = graph.add("MatMul", x, W, output=f"{name}.sums")
    return graph.add("Add", x, graph.constant(f"{name}.b", layer.b), output=name)


@onnx_nodes.register
def _(layer: Subsampling, graph, x, name):  # a convolution of each map by itself, with four equal weights
    W = graph.constant(f"{name}.W", np.repeat(layer.W, 4).reshape(-1, 1, 2, 2))
    b = graph.constant(f"{name}.b", layer.b)
    return graph.add("Conv", x, W, b, output=name, group=layer.channels, strides=[2, 2], kernel_shape=[2, 2])


@onnx_nodes.register
def _(layer: Scale, graph, x, name):
    x = graph.add("Mul", x, graph.constant(f"{name}.W", layer.W), output=f"{name}.product")
    return graph.add("Add", x, graph.constant(f"{name}.b", layer.b), output=name)


@onnx_nodes.register
def _(layer: BatchNorm2d, graph, x, name):
    arrays = ("W", "b", "running_mean", "running_var")
    constants = [graph.constant(f"{name}.{key}", getattr(layer, key)) for key in arrays]
    return graph.add("BatchNormalization", x, *constants, output=name, epsilon=layer.eps)


@onnx_nodes.register
def _(layer: RBF, graph, x, name):
    x = graph.add("Unsqueeze", x, graph.constant(f"{name}.axis", [1], np.int64), output=f"{name}.row")
    x = graph.add("Sub", x, graph.constant(f"{name}.codes", layer.codes), output=f"{name}.difference")
    return graph.add("ReduceSumSquare", x, output=name, axes=[2], keepdims=0)


@onnx_nodes.register
def _(layer: ScaledTanh, graph, x, name):
    x = graph.add("Mul", x, graph.constant(f"{name}.S", S), output=f"{name}.product")
    return times(graph, graph.add("Tanh", x, output=f"{name}.tanh"), A, name)


@onnx_nodes.register
def _(layer: Tanh, graph, x, name):
    if layer.A == 1:
        return graph.add("Tanh", x, output=name)
    return times(graph, graph.add("Tanh", x, output=f"{name}.tanh"), layer.A, name)


@onnx_nodes.register
def _(layer: MaxPool2d, graph, x, name):
    return graph.add("MaxPool", x, output=name, **windows(layer))


@onnx_nodes.register
def _(layer: AvgPool2d, graph, x, name):
    share = layer.share * layer.window[0] * layer.window[1]
    if share == 1:
        return graph.add("AveragePool", x, output=name, count_include_pad=1, **windows(layer))
    x = graph.add("AveragePool", x, output=f"{name}.mean", count_include_pad=1, **windows(layer))
    return times(graph, x, share, name)


def times(graph, x, number, name):
    return graph.add("Mul", x, graph.constant(f"{name}.A", number), output=name)


def windows(layer: Pool2d) -> dict[str, Any]:
    return {"kernel_shape": layer.window, "strides": layer.stride, "pads": layer.padding * 2}


@onnx_nodes.register
def _(layer: Flatten, graph, x, name):
    return graph.add("Flatten", x, output=name)


@onnx_nodes.register
def _(layer: Dropout, graph, x, name):  # evaluation: nothing is dropped
    return graph.add("Identity", x, output=name)


@onnx_nodes.register
def _(layer: ReLU, graph, x, name):
    return graph.add("Relu", x, output=name)


@onnx_nodes.register
def _(layer: Sigmoid, graph, x, name):
    return graph.add("Sigmoid", x, output=name)


@onnx_nodes.register
def _(layer: Softmax, graph, x, name):
    return graph.add("Softmax", x, output=name, axis=1)
