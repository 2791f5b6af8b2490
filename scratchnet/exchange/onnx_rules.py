"""Which layer a few steps of an ONNX file are: one rule a layer. A rule returns None if it does not fit."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scratchnet.errors import InputError
from scratchnet.exchange.onnx_steps import NCHW, Step
from scratchnet.layers import (
    RBF,
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    Flatten,
    LastAxisLinear,
    Layer,
    Linear,
    MaxPool2d,
    ReLU,
    Scale,
    ScaledTanh,
    Sigmoid,
    Softmax,
    Subsampling,
    Tanh,
)
from scratchnet.layers.squash import A, S
from scratchnet.models.before_1998 import BACKGROUND, UnsharedBiasConv2d


@dataclass
class Made:
    """A layer, and how many steps it is made of; kind: how it is called if the file has no name for it."""

    layer: Layer
    used: int
    kind: str


Shape = tuple[int, ...]
Rule = Callable[[Sequence[Step], Shape], Made | None]


def ops(steps: Sequence[Step], *expected: str) -> bool:
    """Return whether the first steps are these operators. Mul and Div are one, and so are Add and Sub."""
    same = {"Div": "Mul", "Sub": "Add"}
    return [same.get(step.op, step.op) for step in steps[: len(expected)]] == list(expected)


def constant(step: Step) -> NDArray:
    """Return what a Mul or Div multiplies by, or what an Add or Sub adds. Raise InputError for anything else."""
    if len(step.arrays) != 1 or not (step.first or step.op in ("Mul", "Add")):
        raise InputError(f"{step.op} {step.name!r} is not with one constant after the data")
    array = step.arrays[0]
    with np.errstate(all="ignore"):
        return {"Div": lambda: 1 / array, "Sub": lambda: -array}.get(step.op, lambda: array)()


def number(step: Step) -> float | None:
    """Return the number that a step multiplies by or adds, None if it is not the same for all."""
    array = constant(step)
    return float(array.ravel()[0]) if array.size == 1 else None


def per_map(step: Step, shape: Shape) -> NDArray | None:
    """Return (C,), one number for each map of (C, H, W), None if a step has anything else."""
    array = on_axes(step)
    return array.reshape(-1) if len(shape) == 3 and array.shape == (1, shape[0], 1, 1) else None


def on_axes(step: Step) -> NDArray:
    """Return the constant of a step with four axes, in the order N, C, H, W."""
    array = constant(step)
    array = array.reshape((1,) * (4 - array.ndim) + array.shape) if array.ndim < 4 else array
    return array.transpose([step.axes.index(axis) for axis in NCHW]) if array.ndim == 4 else array


def near(a: float | None, b: float) -> bool:
    return a is not None and abs(a - b) <= 1e-6 * abs(b)


def filled(layer: Any, **arrays: Any) -> Any:
    """Return the layer with these arrays copied into it."""
    for name, array in arrays.items():
        getattr(layer, name)[...] = array
    return layer


# Squashing, penalties.


def is_neutral(step: Step) -> bool:
    """Return whether a step is a product with 1 or a sum with 0."""
    neutral = {"Mul": 1, "Div": 1, "Add": 0, "Sub": 0}.get(step.op)
    one = neutral is not None and len(step.arrays) == 1 and step.arrays[0].size == 1
    return one and step.first and bool(step.arrays[0].ravel()[0] == neutral)


def scaled_tanh(steps: Sequence[Step], shape: Shape) -> Made | None:
    if ops(steps, "Mul", "Tanh", "Mul") and near(number(steps[0]), S) and near(number(steps[2]), A):
        return Made(ScaledTanh(), 3, "squash")
    return None


def tanh(steps: Sequence[Step], shape: Shape) -> Made | None:
    if ops(steps, "Tanh", "Mul") and number(steps[1]):
        return Made(Tanh(simple(steps[1])), 2, "squash")
    return Made(Tanh(), 1, "tanh") if ops(steps, "Tanh") else None


def simple(step: Step) -> float:
    """Return the number of a step as the shortest decimal fraction that is the same in float32: 1.7159."""
    return float(str(np.float32(number(step))))


def rbf(steps: Sequence[Step], shape: Shape) -> Made | None:
    """The sum of (x - codes)^2."""
    ends = (("Unsqueeze", "Add", "ReduceSumSquare"), ("Unsqueeze", "Add", "Pow", "ReduceSum"),
            ("Unsqueeze", "Add", "Square", "ReduceSum"))  # fmt: skip
    end = next((end for end in ends if ops(steps, *end)), None)
    if end is None or len(shape) != 1:
        return None
    if "Pow" in end and not np.array_equal(steps[2].arrays, [2]):
        raise InputError(f"Pow {steps[2].name!r} is no square")
    codes = -constant(steps[1])
    total = steps[len(end) - 1]
    axes = total.attributes.get("axes", [int(n) for array in total.arrays for n in array.ravel()])
    if total.attributes.get("keepdims", 1) or list(axes) not in ([2], [-1]):
        raise InputError(f"{total.op} {total.name!r} is no sum over the features")
    return Made(RBF(codes.reshape(codes.shape[-2:]).copy()), len(end), "output")


# Layers with weights.


def convolution(steps: Sequence[Step], shape: Shape) -> Made | None:
    """A Conv, with a Pad before it and a sum after it if there are such; a depthwise one is a Subsampling."""
    pad, rest = (steps[0], steps[1:]) if steps[0].op == "Pad" else (None, steps)
    if not ops(rest, "Conv"):
        return None
    conv, (W, b, used) = rest[0], weights_of(rest)
    used += pad is not None
    if pad and border_value(pad):
        return unshared(pad, conv, W, b, shape, used)
    if conv.attributes.get("group", 1) != 1:
        return depthwise(conv, W, b.reshape(-1), used)
    strides = conv.attributes.get("strides", [1, 1])
    padding = padding_of(conv, W.shape[2:], strides, border(pad) if pad else (0, 0, 0, 0))
    sizes = W.shape[1], W.shape[0], W.shape[2:]
    layer = Conv2d(*sizes, stride=tuple(strides), padding=padding, connections=table_of(W))
    return Made(filled(layer, W=W, b=b.reshape(-1)), used, "conv")


def weights_of(steps: Sequence[Step]) -> tuple[NDArray, NDArray, int]:
    """Return W, b and how many steps they are: b is in the Conv, or added after it, or zeros."""
    conv, W = steps[0], steps[0].arrays[0]
    if W.ndim != 4 or conv.axes != NCHW or any(n != 1 for n in conv.attributes.get("dilations", [])):
        raise InputError(f"Conv {conv.name!r} is not a plain convolution over maps")
    if len(conv.arrays) > 1:
        return W, conv.arrays[1], 1
    if ops(steps[1:], "Add") and on_axes(steps[1]).shape[:2] == (1, len(W)):
        return W, on_axes(steps[1])[0], 2
    return W, np.zeros(len(W), np.float32), 1


def table_of(W: NDArray) -> NDArray | None:
    """Return which output maps read which input maps, None if all do or if one reads none."""
    reads = np.any(W, axis=(2, 3))
    return None if reads.all() or not reads.any(axis=1).all() else reads


def unshared(pad: Step, conv: Step, W: NDArray, b: NDArray, shape: Shape, used: int) -> Made:
    """The convolution of 1989: a border of -1, and a bias for each unit."""
    size = shape[-1]
    fits = border(pad) == (2, 2, 2, 2) and border_value(pad) == BACKGROUND and list(W.shape[2:]) == [5, 5]
    if not fits or conv.attributes.get("strides") != [2, 2] or b.shape != (len(W), size // 2, size // 2):
        raise InputError(f"Pad {pad.name!r} has a border that no layer has")
    layer = UnsharedBiasConv2d(W.shape[1], W.shape[0], size, connections=table_of(W))
    return Made(filled(layer, W=W, b=b), used, "conv")


def depthwise(conv: Step, W: NDArray, b: NDArray, used: int) -> Made:
    """A convolution of each map by itself, with four equal weights."""
    equal = W.shape[1:] == (1, 2, 2) and np.array_equal(W, np.broadcast_to(W[:, :, :1, :1], W.shape))
    plain = conv.attributes.get("group") == len(W) and not any(conv.attributes.get("pads", []))
    if not equal or not plain or conv.attributes.get("strides") != [2, 2]:
        raise InputError(f"Conv {conv.name!r} has groups, and it is no subsampling")
    return Made(filled(Subsampling(len(W)), W=W[:, 0, 0, 0], b=b), used, "subsampling")


def border(pad: Step) -> tuple[int, ...]:
    """Return the widths of a Pad: top, left, bottom, right."""
    widths = pad.attributes.get("pads") or (pad.arrays[0].ravel().tolist() if pad.arrays else [])
    if len(widths) != 8 or len(pad.arrays) > 2 or pad.attributes.get("mode", b"constant") != b"constant":
        raise InputError(f"Pad {pad.name!r} is not a border of numbers around maps")
    first, last = ([int(half[pad.axes.index(axis)]) for axis in NCHW] for half in (widths[:4], widths[4:]))
    if any(first[:2] + last[:2]):
        raise InputError(f"Pad {pad.name!r} adds maps")
    return first[2], first[3], last[2], last[3]


def border_value(pad: Step) -> float:
    return float(pad.arrays[1].ravel()[0]) if len(pad.arrays) > 1 and pad.arrays[1].size else 0.0


def padding_of(step: Step, kernel: Sequence[int], strides: Sequence[int], more: tuple[int, ...]) -> Any:
    """Return the padding of a layer for a Conv: a pair, or "same" if there is one more row at the end."""
    mode, pads = step.attributes.get("auto_pad", b"NOTSET"), step.attributes.get("pads", [0, 0, 0, 0])
    if mode == b"SAME_UPPER" and list(strides) == [1, 1]:
        return "same"
    if mode not in (b"NOTSET", b"VALID") or len(pads) != 4:
        raise InputError(f"{step.op} {step.name!r} has a border that no layer has")
    top, left, bottom, right = (a + b for a, b in zip(pads, more))
    if (top, left) == (bottom, right) and max(top, left) < 1000:
        return top, left
    same = [(k - 1) // 2 for k in kernel]
    if [top, left] == same and [bottom, right] == [k // 2 for k in kernel] and list(strides) == [1, 1]:
        return "same"
    raise InputError(f"{step.op} {step.name!r} has another border on the left and above than on the right and below")


def linear(steps: Sequence[Step], shape: Shape) -> Made | None:
    """A Gemm, or a MatMul with a sum after it if there is one: on features, or along the last axis of maps."""
    step = steps[0]
    if step.op not in ("Gemm", "MatMul"):
        return None
    plain = all(step.attributes.get(name, 1) == 1 for name in ("alpha", "beta")) and not step.attributes.get("transA")
    if not plain or not step.first or not step.arrays or step.arrays[0].ndim != 2 or step.axes != NCHW:
        raise InputError(f"{step.op} {step.name!r} is not a product of the data with a matrix")
    W = step.arrays[0] if step.attributes.get("transB") else step.arrays[0].T
    b, used = step.arrays[1] if len(step.arrays) > 1 else None, 1
    if b is None and ops(steps[1:], "Add") and on_axes(steps[1]).shape == (1, 1, 1, len(W)):
        b, used = on_axes(steps[1]), 2
    more = {} if b is None else {"b": b.reshape(-1)}
    if len(shape) == 1:
        return Made(filled(Linear(W.shape[1], len(W)), W=W, **more), used, "linear")
    return Made(filled(LastAxisLinear(W.shape[1], len(W), bias=b is not None), W=W, **more), used, "linear")


def batch_norm(steps: Sequence[Step], shape: Shape) -> Made | None:
    step = steps[0]
    if step.op != "BatchNormalization":
        return None
    if len(step.arrays) != 4 or step.axes != NCHW or step.attributes.get("training_mode"):
        raise InputError(f"BatchNormalization {step.name!r} is not one for maps, in evaluation")
    layer = BatchNorm2d(step.arrays[0].size, eps=step.attributes.get("epsilon", 1e-5))
    names = ("W", "b", "running_mean", "running_var")
    return Made(filled(layer, **dict(zip(names, step.arrays))), 1, "norm")


# Pooling, products and sums.


def pooling(steps: Sequence[Step], shape: Shape) -> Made | None:
    """MaxPool and AveragePool; an average with a product after it is a Subsampling or has a divisor."""
    step = steps[0]
    if step.op not in ("MaxPool", "AveragePool"):
        return None
    kernel, pads = step.attributes.get("kernel_shape", []), step.attributes.get("pads", [0, 0, 0, 0])
    sizes = tuple(kernel), tuple(step.attributes.get("strides", [1, 1])), tuple(pads[:2])
    odd = step.attributes.get("ceil_mode") or any(n != 1 for n in step.attributes.get("dilations", []))
    counted = step.op == "MaxPool" or step.attributes.get("count_include_pad") or not any(pads)
    mode = step.attributes.get("auto_pad", b"NOTSET")
    if len(kernel) != 2 or pads[:2] != pads[2:] or odd or not counted or step.axes != NCHW or mode == b"SAME_LOWER":
        raise InputError(f"{step.op} {step.name!r} has windows that no layer has")
    if mode == b"SAME_UPPER" and (sizes[0] != sizes[1] or any(n % k for n, k in zip(shape[1:], kernel))):
        raise InputError(f"{step.op} {step.name!r} has a border that no layer has")
    if step.op == "MaxPool":
        return Made(MaxPool2d(*sizes), 1, "pool")
    return subsampling(steps, shape, sizes) or average(steps, sizes)


def subsampling(steps: Sequence[Step], shape: Shape, sizes: tuple) -> Made | None:
    """The average of 2x2 pixels, times a number for each map, plus a number for each map."""
    if sizes != ((2, 2), (2, 2), (0, 0)):
        return None
    used, share = 1, 0.25
    if ops(steps[1:], "Mul", "Mul") and number(steps[1]) is not None:
        used, share = 2, 0.25 * number(steps[1])  # type: ignore[operator]
    W = per_map(steps[used], shape) if ops(steps[used:], "Mul") else None
    if W is None:
        return None
    b = per_map(steps[used + 1], shape) if ops(steps[used + 1 :], "Add") else None
    layer = filled(Subsampling(shape[0]), W=W * np.float32(share), b=np.zeros(1) if b is None else b)
    return Made(layer, used + (1 if b is None else 2), "subsampling")


def average(steps: Sequence[Step], sizes: tuple) -> Made:
    after = steps[1:]
    alone = ops(after, "Mul") and number(after[0]) and not ops(after, "Mul", "Add") and not scaled_tanh(after, ())
    if not alone:
        return Made(AvgPool2d(*sizes), 1, "pool")
    count = sizes[0][0] * sizes[0][1]
    return Made(AvgPool2d(*sizes, divisor=count / number(after[0])), 2, "pool")  # type: ignore[operator]


def scale(steps: Sequence[Step], shape: Shape) -> Made | None:
    """A product and a sum, or one of them: with two numbers, or two for each map."""
    product = steps[0] if ops(steps, "Mul") else None
    total = steps[0] if ops(steps, "Add") else steps[1] if ops(steps, "Mul", "Add") else None
    if product is None and total is None:
        return None
    W, b = (number(step) if step else default for step, default in ((product, 1.0), (total, 0.0)))
    if W is not None and b is not None:
        return Made(filled(Scale(), W=W, b=b), 1 + (product is not None and total is not None), "scale")
    if W is not None and product is not None:
        return Made(filled(Scale(), W=W), 1, "scale")
    maps = [per_map(step, shape) if step else None for step in (product, total)]
    if (product is not None and maps[0] is None) or (product is None and maps[1] is None):
        raise InputError(f"{steps[0].op} {steps[0].name!r} has numbers that no layer has")
    layer = filled(BatchNorm2d(shape[0], eps=0.0), W=1.0 if maps[0] is None else maps[0])
    return Made(filled(layer, b=0.0 if maps[1] is None else maps[1]), sum(a is not None for a in maps), "scale")


def column(steps: Sequence[Step], shape: Shape) -> Made | None:
    """A Scale as `to_keras` has it: a linear layer of one number, for every number by itself."""
    if not ops(steps, "Unsqueeze", "MatMul") or [array.shape for array in steps[1].arrays] != [(1, 1)]:
        return None
    b = number(steps[2]) if ops(steps[2:], "Add") else None
    used = 2 if b is None else 3
    if not ops(steps[used:], "Squeeze"):
        raise InputError(f"Unsqueeze {steps[0].name!r} adds an axis that no layer has")
    return Made(filled(Scale(), W=steps[1].arrays[0].ravel(), b=b or 0.0), used + 1, "scale")


# Layers without numbers.


def flatten(steps: Sequence[Step], shape: Shape) -> Made | None:
    step = steps[0]
    if step.op not in ("Flatten", "Reshape"):
        return None
    if step.attributes.get("axis", 1) != 1:
        raise InputError(f"Flatten {step.name!r} does not keep the images apart")
    if step.op == "Reshape" and step.arrays and (step.arrays[0].size != 2 or step.arrays[0].ravel()[1] == 0):
        raise InputError(f"Reshape {step.name!r} does not make a row of features of each image")
    return Made(Flatten(), 1, "flatten")


def pointwise(steps: Sequence[Step], shape: Shape) -> Made | None:
    step = steps[0]
    kind = {"Relu": ReLU, "Sigmoid": Sigmoid, "Softmax": Softmax}.get(step.op)
    if kind is Softmax and (step.attributes.get("axis", -1) not in (1, -1) or len(shape) != 1):
        raise InputError(f"Softmax {step.name!r} is not over the classes")
    return Made(kind(), 1, step.op.lower()) if kind else None


RULES: tuple[Rule, ...] = (
    *(scaled_tanh, tanh, rbf, column, convolution, linear, batch_norm, pooling, scale, flatten, pointwise),
)
