"""A trained network leaves the library, and comes back: PyTorch, ONNX, safetensors, Keras.

One function a format and direction. Each layer has one function a format too, chosen by its type with
`functools.singledispatch`, so the layers themselves know nothing of other libraries, and your own layer can register
itself. Other libraries are imported only when they are used.

to_pytorch.py      layers as PyTorch modules; torch_modules.py: those that PyTorch does not have; torch_source.py: a
                   network as a Python file that needs only PyTorch
from_pytorch.py    a state dict, and .pt files, without running what is in them
onnx_graph.py      layers as nodes of ONNX; to_onnx_file.py: the file
onnx_steps.py      an ONNX file as steps in a row; onnx_rules.py: which layer they are; from_onnx_file.py: the network
safe_tensors.py    safetensors, both ways
keras_arrays.py    weights in Keras' order of axes, both ways; to_keras_model.py: a network as a Keras model;
                   keras_files.py: the weights in a file of Keras
meaning.py         what a network takes, and how its output is read
files.py           every format by its name
"""

from scratchnet.exchange.files import FORMATS, Format, export_model, import_model
from scratchnet.exchange.from_onnx_file import from_onnx
from scratchnet.exchange.from_pytorch import from_torch, read_torch
from scratchnet.exchange.keras_arrays import Axes, from_keras, keras_axes, keras_weights
from scratchnet.exchange.keras_files import read_keras
from scratchnet.exchange.onnx_graph import Graph, onnx_nodes
from scratchnet.exchange.safe_tensors import from_safetensors, to_safetensors
from scratchnet.exchange.to_keras_model import keras_output, to_keras, write_keras
from scratchnet.exchange.to_onnx_file import to_onnx
from scratchnet.exchange.to_pytorch import Call, to_torch, torch_call
from scratchnet.exchange.torch_source import write_torch

__all__ = [
    "FORMATS",
    "Axes",
    "Call",
    "Format",
    "Graph",
    "export_model",
    "from_keras",
    "from_onnx",
    "from_safetensors",
    "from_torch",
    "import_model",
    "keras_axes",
    "keras_output",
    "keras_weights",
    "onnx_nodes",
    "read_keras",
    "read_torch",
    "to_keras",
    "to_onnx",
    "to_safetensors",
    "to_torch",
    "torch_call",
    "write_keras",
    "write_torch",
]
