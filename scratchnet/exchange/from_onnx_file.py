"""An ONNX file as a network: the first rule that fits makes a layer of the first steps, until no step is left."""

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from scratchnet.errors import InputError, ModelError
from scratchnet.exchange.onnx_rules import RULES, Made, is_neutral
from scratchnet.exchange.onnx_steps import CHANNELS_LAST, Step, Steps, read_steps
from scratchnet.layers import Flatten, Layer, Linear, Sequential


def from_onnx(path: str | Path) -> Sequential:
    """Return the network in an ONNX file: one that `to_onnx` wrote, or what PyTorch or Keras export of such networks.

    The file has to be layers in a row: convolutions, pooling, subsampling, linear layers, RBF, batch normalisation,
    ReLU, tanh, sigmoid, softmax, flatten, dropout. What is computed is what counts: an average of 2x2 pixels times a
    number for each map is Subsampling, a convolution with kernels that are zero gets a connection table. Networks for
    images with the channels last, as Keras has them, are read as (N, C, H, W). Layers have the names of the file,
    where it has names. Weights that are stored beside the file, as torch.onnx does, are read from the same folder.
    Raises ModelError for a file that is damaged or is no such network; InputError without the library onnx (extra
    [export]).
    """
    found = read_steps(path)
    layers: dict[str, Layer] = {}
    shape, steps, last = found.shape, [step for step in found.steps if not is_neutral(step)], None
    while steps:
        made = first_rule(found, steps, shape)
        used, steps = steps[: made.used], steps[made.used :]
        if isinstance(made.layer, Flatten) and len(shape) == 3 and used[0].axes == CHANNELS_LAST:
            last = shape  # the features are in the order H, W, C
        if isinstance(made.layer, Linear) and last:
            made.layer.W, last = features_moved(made.layer.W, last), None
        shape = shape_after(found, made, used, shape)
        layers[unused(name_of(found, made, used, layers), layers)] = made.layer
    if last and np.prod(last[1:]) > 1:
        raise ModelError(f"{found.path} flattens maps with the channels last, and no linear layer follows.")
    return Sequential(input_shape=found.shape, **layers)


def first_rule(found: Steps, steps: Sequence[Step], shape: tuple[int, ...]) -> Made:
    """Return what the first rule that fits makes. Raise ModelError if none does."""
    try:
        for rule in RULES:
            made = rule(steps, shape)
            if made:
                return made
    except (InputError, ValueError, TypeError, IndexError, OverflowError) as why:
        raise ModelError(f"{found.path}: {str(why).rstrip('.')}.") from None
    raise ModelError(f"{found.path}: there is no layer for {steps[0].op} ({steps[0].name!r}).")


def shape_after(found: Steps, made: Made, used: Sequence[Step], shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the shape of a layer's output. Raise ModelError if the layer does not fit its input, or has no numbers."""
    misfit = made.layer._misfit((1, *shape))
    if misfit:
        expected = misfit.removesuffix(" in")
        raise ModelError(f"{found.path}: {used[-1].name!r} expects {expected}, got {('N', *shape)}.")
    for name in (*made.layer.params, *made.layer.buffers):
        if not np.isfinite(getattr(made.layer, name)).all():
            raise ModelError(f"{found.path}: {name} of {used[-1].name!r} has entries that are not finite numbers.")
    return made.layer.output_shape(shape)


def features_moved(W: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Return W (out, H W C) of features that are flattened with the channels last as W (out, C H W)."""
    C, height, width = shape
    if W.shape[1] != C * height * width:
        return W  # the layer's own check says so
    return np.ascontiguousarray(W.reshape(-1, height, width, C).transpose(0, 3, 1, 2).reshape(len(W), -1))


def name_of(found: Steps, made: Made, used: Sequence[Step], layers: dict[str, Layer]) -> str:
    """Return how the file calls a layer: our own file by its last node, others by a weight or the path of a node."""
    label = next((step.label for step in used if step.label), "")
    path = re.fullmatch(r"/(.+)/\w+", used[-1].name)
    name = used[-1].name if found.writer == "scratchnet" else label or (path[1].replace("/", ".") if path else "")
    if re.fullmatch(r"[\w.-]{1,60}", name) and name not in ("self", "input_shape"):
        return name
    return f"{made.kind}{1 + sum(key.startswith(made.kind) for key in layers)}"


def unused(name: str, layers: dict[str, Layer]) -> str:
    """Return the name, with a number added if a layer has it already."""
    return name if name not in layers else next(f"{name}_{n}" for n in range(2, 9999) if f"{name}_{n}" not in layers)
