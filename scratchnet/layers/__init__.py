"""The layers of LeNet-5: one file each, three passes each (forward, backward, backward2)."""

from scratchnet.layers.conv import Conv2d
from scratchnet.layers.flatten import Flatten
from scratchnet.layers.layer import Layer
from scratchnet.layers.linear import Linear
from scratchnet.layers.rbf import RBF
from scratchnet.layers.sequential import Sequential
from scratchnet.layers.squash import ScaledTanh
from scratchnet.layers.subsampling import Subsampling

__all__ = ["RBF", "Conv2d", "Flatten", "Layer", "Linear", "ScaledTanh", "Sequential", "Subsampling"]
