"""An ONNX file as steps in a row. The file is not believed: what is no such row, or does not fit, gets a sentence."""

import math
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scratchnet.errors import ModelError
from scratchnet.exchange.needs import needed
from scratchnet.storage import here

MOST = 2**28  # bytes of a file; LeNet-5 has 240,000
NUMBERS = 2**26  # of an array
NCHW, CHANNELS_LAST = (0, 1, 2, 3), (0, 2, 3, 1)
SKIPPED = ("Identity", "Cast", "Dropout")
MAPS = ("Conv", "MaxPool", "AveragePool", "BatchNormalization")  # they expect the axes N, C, H, W
SIZES = ("Shape", "Gather", "Unsqueeze", "Concat", "Cast", "Slice", "Squeeze", "Mul", "ReduceProd")  # of sizes


@dataclass
class Step:
    """A node on the way from the input to the output.

    arrays: its constant inputs; first: whether the data come before them; axes: where the axes N, C, H, W of the data
    are; label: what a file says of its name, "" for nothing.
    """

    op: str
    name: str
    arrays: list[NDArray] = field(default_factory=list)
    attributes: dict[str, Any] = field(default_factory=dict)
    first: bool = True
    axes: tuple[int, ...] = NCHW
    label: str = ""


@dataclass
class Steps:
    """The steps of a file, the shape of its input (C, H, W) or (F,), and the name of the program that wrote it."""

    path: Path
    writer: str
    shape: tuple[int, ...]
    steps: list[Step]


def read_steps(path: str | Path) -> Steps:
    """Return the steps of an ONNX file. Raise ModelError for a file that is damaged or is not layers in a row."""
    path = here(path)
    model = load(path)
    return Reader(path, model).read()


def load(path: Path) -> Any:
    """Return the onnx.ModelProto. Raise ModelError for any other file."""
    onnx = needed("onnx")
    if not path.is_file():
        raise ModelError(f"There is no file {path}.")
    if path.stat().st_size > MOST:
        raise ModelError(f"{path} has more than {MOST // 2**20} MB, expected a small network.")
    try:
        model = onnx.load_model_from_string(path.read_bytes())
    except Exception as why:  # protobuf has errors of its own
        raise ModelError(f"{path} is damaged, or it is not an ONNX file ({why}). Copy it again.") from None
    if not model.graph.node:
        raise ModelError(f"{path} has no network in it.")
    names = [name for node in model.graph.node for name in (node.name, node.op_type, *node.input, *node.output)]
    if not all(isinstance(name, str) for name in (*names, *(tensor.name for tensor in model.graph.initializer))):
        raise ModelError(f"{path} is damaged: it has names that are no text. Copy it again.")
    return model


class Reader:
    """Follows the data through the nodes of a file."""

    def __init__(self, path: Path, model: Any) -> None:
        self.path, self.model, self.graph = path, model, model.graph
        self.constants: dict[str, NDArray] = {}
        self.sizes: set[str] = set()
        self.seen: set[str] = set()
        self.steps: list[Step] = []
        self.axes: tuple[int, ...] = NCHW
        self.maps = False  # whether a layer of maps was there: it says which axes are N, C, H, W

    def read(self) -> Steps:
        for tensor in self.graph.initializer:
            self.constants[tensor.name] = self.array(tensor)
        data, self.shape = self.start()
        self.seen.add(data)
        for node in self.graph.node:
            data = self.follow(node, data)
        if data not in [output.name for output in self.graph.output]:
            raise ModelError(f"{self.path}: the output does not come from the last layer. Layers in a row are read.")
        return Steps(self.path, self.model.producer_name, self.shape, self.steps)

    def start(self) -> tuple[str, tuple[int, ...]]:
        """Return the name and the shape of the input: of floats, or what our own nodes make of pixels."""
        given = [value for value in self.graph.input if value.name not in self.constants]
        if len(given) != 1:
            raise ModelError(f"{self.path} has {len(given)} inputs, expected one.")
        types = needed("onnx").TensorProto
        value = given[0]
        if value.type.tensor_type.elem_type == types.UINT8 and self.model.producer_name == "scratchnet":
            value = next((one for one in self.inferred() if one.name == "image"), value)
            self.skip_until("image")
        if value.type.tensor_type.elem_type not in (types.FLOAT, types.DOUBLE):
            raise ModelError(f"{self.path} expects no floating-point numbers. Export it for float32 images.")
        shape = tuple(axis.dim_value for axis in value.type.tensor_type.shape.dim)[1:]
        if len(shape) not in (1, 3) or min(shape) < 1 or math.prod(shape) > NUMBERS:
            raise ModelError(f"{self.path} has an input of shape (N, {', '.join(map(str, shape))}), expected "
                             "(N, C, H, W) or (N, F) with known sizes.")  # fmt: skip
        return value.name, shape

    def inferred(self) -> Any:
        """Return the shapes of what the nodes compute."""
        try:
            return needed("onnx.shape_inference").infer_shapes(self.model).graph.value_info
        except Exception as why:  # onnx has errors of its own
            raise ModelError(f"{self.path} is damaged: its shapes do not fit ({type(why).__name__}).") from None

    def skip_until(self, name: str) -> None:
        """Leave out the nodes that prepare pixels."""
        outputs = [node.output[0] if node.output else "" for node in self.graph.node]
        if name in outputs:
            del self.graph.node[: outputs.index(name) + 1]

    def follow(self, node: Any, data: str) -> str:
        """Read one node, and return the name of the data after it."""
        inputs = [name for name in node.input if name]
        output = node.output[0] if node.output else ""
        attributes = self.attributes(node)
        if node.op_type == "Constant":
            self.constants[output] = self.array(attributes.get("value"))
        elif inputs and all(name in self.constants for name in inputs):
            self.constants[output] = self.folded(node, inputs, attributes)
        elif self.is_size(node, inputs):
            self.sizes.add(output)
        elif data in inputs:
            self.step(node, inputs, data, attributes)
            self.seen.add(output)
            return output
        else:
            raise ModelError(
                f"{self.path}: {self.called(node)} does not read the layer before it. Layers in a row are read, as in "
                "a Sequential."
            )
        return data

    def is_size(self, node: Any, inputs: list[str]) -> bool:
        """Return whether a node computes with sizes of arrays and not with the data."""
        if node.op_type == "Shape":
            return inputs[:1] != [] and inputs[0] in self.seen
        known = self.sizes | self.constants.keys()
        return node.op_type in SIZES and bool(inputs) and all(name in known for name in inputs)

    def step(self, node: Any, inputs: list[str], data: str, attributes: dict[str, Any]) -> None:
        """Add a node that reads the data to the steps, or note where it moves the axes."""
        others = [name for name in inputs if name != data]
        self.expect_known(node, others)
        op, axes = node.op_type, self.axes
        if op == "Transpose":
            self.axes = self.moved(node, attributes)
        if op in (*SKIPPED, "Transpose"):
            return
        if op == "Mul" and inputs == [data, data]:
            op = "Square"
        if op == "Einsum":
            op, axes = self.product(node, attributes, inputs[0] == data)
        if op in MAPS and not self.maps:
            self.begin_maps()
            axes = self.axes
        arrays = [self.constants[name] for name in others if name in self.constants]
        label = next((name.rpartition(".")[0] for name in others if name.endswith((".weight", ".bias"))), "")
        self.steps.append(Step(op, node.name or node.output[0], arrays, attributes, inputs[0] == data, axes, label))
        if op in ("Flatten", "Reshape"):
            self.axes = NCHW

    def expect_known(self, node: Any, names: list[str]) -> None:
        """Raise ModelError if a node reads anything but the data, constants and sizes."""
        unknown = [name for name in names if name not in self.constants and name not in self.sizes]
        if unknown:
            raise ModelError(
                f"{self.path}: {self.called(node)} reads {unknown[0]} beside the layer before it. Layers in a row are "
                "read, as in a Sequential."
            )

    def product(self, node: Any, attributes: dict[str, Any], first: bool) -> tuple[str, tuple[int, ...]]:
        """Return which other operator an Einsum is, and the axes of its data: Keras' EinsumDense is one."""
        equation = str(attributes.get("equation", b""), "ascii", "replace").replace(" ", "")
        data, weights, result = [*re.split(",|->", equation), "", "", ""][:3]
        plain = first and len(data) == len(set(data)) > 1
        if plain and result == data and weights == data[-1]:
            return "Mul", self.axes  # a number for each place on the last axis
        along = len(data) == 4 and len(weights) == 2 and weights[0] == data[2]  # the width, with the channels last
        if (
            plain
            and along
            and weights[1] not in data
            and self.axes == CHANNELS_LAST
            and result == data[:2] + weights[1] + data[3]
        ):
            return "MatMul", NCHW
        raise ModelError(f"{self.path}: {self.called(node)} is a product that no layer has: {equation}.")

    def begin_maps(self) -> None:
        """Call the axes of the data N, C, H, W from here on, and say of the steps before it where these axes were."""
        where = {axis: place for place, axis in enumerate(self.axes)}
        for step in self.steps:
            step.axes = tuple(where[axis] for axis in step.axes)
        if len(self.shape) == 3:
            self.shape = tuple(self.shape[axis - 1] for axis in self.axes[1:])
        self.axes, self.maps = NCHW, True

    def moved(self, node: Any, attributes: dict[str, Any]) -> tuple[int, ...]:
        """Return where the axes are after a Transpose."""
        order = attributes.get("perm")
        if not isinstance(order, list) or sorted(order) != [0, 1, 2, 3] or order[0]:
            raise ModelError(f"{self.path}: {self.called(node)} moves the axes by {order}, expected maps to be moved.")
        return tuple(self.axes[axis] for axis in order)

    def folded(self, node: Any, inputs: list[str], attributes: dict[str, Any]) -> NDArray:
        """Return what a node makes of constants, for the few operators that exporters leave there."""
        arrays = [self.constants[name] for name in inputs]
        first = arrays[0]
        try:
            if node.op_type in SKIPPED:
                return first
            if node.op_type == "Transpose":
                return first.transpose(attributes.get("perm"))
            if node.op_type in ("Mul", "Add") and math.prod(np.broadcast_shapes(*(a.shape for a in arrays))) < NUMBERS:
                return first * arrays[1] if node.op_type == "Mul" else first + arrays[1]
            if node.op_type == "Reshape":
                return first.reshape(arrays[1].tolist())
            if node.op_type == "Unsqueeze":
                return np.expand_dims(first, tuple(int(axis) for axis in arrays[1]))
        except (ValueError, IndexError, TypeError) as why:
            raise ModelError(f"{self.path}: {self.called(node)} does not fit its constants ({why}).") from None
        raise ModelError(f"{self.path}: {self.called(node)} computes with constants in a way that is not known here.")

    def attributes(self, node: Any) -> dict[str, Any]:
        value = needed("onnx.helper").get_attribute_value
        try:
            return {attribute.name: value(attribute) for attribute in node.attribute}
        except ValueError as why:
            raise ModelError(f"{self.path}: {self.called(node)} is damaged ({why}).") from None

    def called(self, node: Any) -> str:
        return f"{node.op_type} {node.name!r}"

    def array(self, tensor: Any) -> NDArray:
        """Return a constant as an array: floats as float32, the others as they are."""
        types = needed("onnx").TensorProto
        if tensor is None or math.prod(tensor.dims) > NUMBERS or any(size < 0 for size in tensor.dims):
            raise ModelError(f"{self.path} has a constant that is no array, or a very large one.")
        if tensor.data_location == types.EXTERNAL:
            return self.outside(tensor)
        try:
            array = needed("onnx.numpy_helper").to_array(tensor)
        except Exception as why:  # the size or the type does not fit the data
            raise ModelError(f"{self.path}: the constant {tensor.name!r} is damaged ({why}).") from None
        return array.astype(np.float32) if array.dtype.kind == "f" else array

    def outside(self, tensor: Any) -> NDArray:
        """Return a constant whose numbers are in a second file in the same folder, as torch.onnx writes it."""
        place = {entry.key: entry.value for entry in tensor.external_data}
        name = place.get("location", "")
        beside = self.path.parent / name
        if tensor.data_type != needed("onnx").TensorProto.FLOAT or not name or Path(name).name != name:
            raise ModelError(f"{self.path}: the numbers of {tensor.name!r} are in {name!r}, expected float32 in a file "
                             "in the same folder.")  # fmt: skip
        if beside.is_symlink() or not beside.is_file():
            raise ModelError(f"{self.path} needs the file {name} in the same folder: copy both.")
        offset, length = (place.get(key, "0") for key in ("offset", "length"))
        count = math.prod(tensor.dims)
        fits = offset.isdecimal() and length.isdecimal() and int(length) in (0, 4 * count)
        if not fits or int(offset) + 4 * count > beside.stat().st_size:
            raise ModelError(f"{beside} does not have the {count:,} numbers of {tensor.name!r}. Copy it again.")
        with beside.open("rb") as file:
            file.seek(int(offset))
            return np.frombuffer(file.read(4 * count), "<f4").astype(np.float32).reshape(tuple(tensor.dims))
