"""The layers: each file has one subject, each layer has three passes (forward, backward, backward2).

The paper has Conv2d, Subsampling, ScaledTanh, Linear and RBF. The others are newer.
"""

from scratchnet.layers.batchnorm import BatchNorm2d
from scratchnet.layers.conv import Conv2d
from scratchnet.layers.dropout import Dropout
from scratchnet.layers.flatten import Flatten
from scratchnet.layers.last_axis import LastAxisLinear
from scratchnet.layers.layer import Layer
from scratchnet.layers.linear import Linear
from scratchnet.layers.pooling import AvgPool2d, MaxPool2d
from scratchnet.layers.rbf import RBF
from scratchnet.layers.relu import ReLU
from scratchnet.layers.scale import Scale
from scratchnet.layers.sequential import Sequential
from scratchnet.layers.softmax import Softmax
from scratchnet.layers.squash import ScaledTanh, Sigmoid, Tanh
from scratchnet.layers.subsampling import Subsampling

__all__ = [
    "RBF",
    "AvgPool2d",
    "BatchNorm2d",
    "Conv2d",
    "Dropout",
    "Flatten",
    "LastAxisLinear",
    "Layer",
    "Linear",
    "MaxPool2d",
    "ReLU",
    "Scale",
    "ScaledTanh",
    "Sequential",
    "Sigmoid",
    "Softmax",
    "Subsampling",
    "Tanh",
]
