"""A network as a Python file that needs only PyTorch: its layers, its weights, and how images are prepared."""

import ast
import base64
from pathlib import Path
from typing import Any

import numpy as np

from scratchnet import __version__
from scratchnet.errors import InputError
from scratchnet.exchange.meaning import Meaning, Preparation, meaning_of
from scratchnet.exchange.needs import expect_network, function_for
from scratchnet.exchange.to_pytorch import Call, torch_call
from scratchnet.layers import Layer, Sequential
from scratchnet.layers.expect import label
from scratchnet.runs.recipes import Recipe
from scratchnet.storage import atomic_write, here

MODULES = Path(__file__).with_name("torch_modules.py")
INDENT = 4 * " "
WIDTH = 120


def write_torch(
    net: Sequential, path: str | Path, *, recipe: Recipe | str | None = None, data: str | None = None
) -> None:
    """Write the network, with its weights, to a Python file that needs only PyTorch; nothing of scratchnet.

    It has `network()`, which returns the trained torch.nn.Sequential in evaluation mode, and, if the recipe is known,
    `prepare(images)`, which makes its input of uint8 images (N, 28, 28). The weights are float32, as text in the last
    line. recipe: how images are prepared, by default as the recipe does whose network has the same layers; data: the
    data set, for the names of the classes. To write it needs no PyTorch.
    Raises InputError for a layer that `torch_call` does not know or makes no Call of, and for something that is no
    Sequential.
    """
    text = source_of(expect_network(net), here(path).stem, meaning_of(net, recipe, data))
    with atomic_write(path) as file:
        file.write(text.encode("ascii", "backslashreplace"))


def source_of(net: Sequential, module: str, meaning: Meaning) -> str:
    """Return the text of the file."""
    numbers = np.concatenate([np.zeros(0), *(value.ravel() for value in net.state().values())]).astype("<f4")
    called: set[str] = set()
    layers = drawn(net, 1, called)
    images = meaning.images
    imports = IMPORTS + "\nfrom torch.nn import functional as F" * bool(called or images)
    parts = [
        f"{head(net, module, meaning)}\n\n{imports}",
        *definitions(called | functions_of(images)),
        f"def network():\n{INDENT}net = {layers}\n{LOAD}",
        *([preparation(images)] if images else []),
        f'WEIGHTS = "{base64.b64encode(numbers.tobytes()).decode("ascii")}"',
    ]
    return "\n\n\n".join(parts) + "\n"


IMPORTS = "import base64\nfrom collections import OrderedDict\n\nimport torch\nfrom torch import nn"

LOAD = """    numbers = torch.frombuffer(bytearray(base64.b64decode(WEIGHTS)), dtype=torch.float32)
    trained = [tensor for tensor in net.state_dict().values() if tensor.is_floating_point()]
    for tensor, part in zip(trained, numbers.split([tensor.numel() for tensor in trained])):
        tensor.copy_(part.view_as(tensor))
    return net.eval()"""


def head(net: Sequential, module: str, meaning: Meaning) -> str:
    shape = ", ".join(map(str, net.input_shape)) if net.input_shape else "..."
    given = "images: uint8 (N, 28, 28), bright on black" if meaning.images else f"x: float32 (N, {shape})"
    call = "network()(prepare(images))" if meaning.images else "network()(x)"
    classes = f" Classes: {', '.join(meaning.classes)}." if meaning.classes else ""
    what = f"{meaning.recipe or 'A network'}, {net.n_parameters():,} parameters"
    return (
        f'"""{what}. scratchnet {__version__} wrote this file; it needs only PyTorch.\n\n'
        f"    from {module} import {'network, prepare' if meaning.images else 'network'}\n"
        f"    y = {call}  # {given}\n\ny: {meaning.reading()}.{classes}\n"
        '"""'
    )


def drawn(layer: Layer, depth: int, called: set[str]) -> str:
    """Return the expression that makes a layer. called: gets the names that are not PyTorch's."""
    if isinstance(layer, Sequential) and type(layer).forward is Sequential.forward:
        inside = [(name, drawn(one, depth + 1, called)) for name, one in layer.layers.items()]
        lines = "".join(f"{indent(depth + 1)}({name!r}, {text}),\n" for name, text in inside)
        return f"nn.Sequential(OrderedDict([\n{lines}{indent(depth)}]))"
    call = function_for(torch_call, layer)(layer)
    if not isinstance(call, Call):
        raise InputError(
            f"{label(layer)} cannot be in a file that needs only PyTorch: its torch_call returns a module, expected a "
            "Call. Use to_torch."
        )
    called |= set() if call.name.startswith("nn.") else {call.name}
    text = repr(call)
    return text if len(text) + 4 * depth < WIDTH - 20 else longer(call, depth)


def longer(call: Call, depth: int) -> str:
    """Return a call with a line for each text, and for each entry of a list."""
    if call.named:
        short = [repr(value) for value in call.args]
        named = [f"{name}={listing(value, depth)}" for name, value in call.named.items() if isinstance(value, list)]
        others = [f"{name}={value!r}" for name, value in call.named.items() if not isinstance(value, list)]
        return f"{call.name}({', '.join(short + others + named)})"
    return f"{call.name}(*{listing(call.args, depth)})"


def listing(values: Any, depth: int) -> str:
    """Return a list with a line for each entry."""
    return f"[\n{''.join(f'{indent(depth + 1)}{value!r},{chr(10)}' for value in values)}{indent(depth)}]"


def indent(depth: int) -> str:
    return depth * INDENT


def functions_of(images: Preparation | None) -> set[str]:
    return set() if images is None else {"grey", *([images.how] if images.how else [])}


def preparation(images: Preparation) -> str:
    inner = f"{images.how}(images, {images.size})" if images.how else "images"
    return f"def prepare(images):\n{INDENT}return grey({inner}, {images.black!r}, {images.white!r})"


def definitions(names: set[str]) -> list[str]:
    """Return the live source of these classes and functions of torch_modules.py, with the classes that they need."""
    text = MODULES.read_text("utf-8")
    nodes: dict[str, Any] = {node.name: node for node in ast.parse(text).body if hasattr(node, "name")}
    names = names | {base.id for name in names for base in getattr(nodes[name], "bases", ()) if hasattr(base, "id")}
    return [ast.get_source_segment(text, node) or "" for name, node in nodes.items() if name in names]
