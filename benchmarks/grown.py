"""Networks of any size for benchmarks/growth.py: "width 4", "depth 6" or "images 128"."""

import numpy as np

from scratchnet import Adam, Conv2d, CrossEntropyLoss, Flatten, Linear, MaxPool2d, ReLU, Sequential
from scratchnet.runs.recipes import RECIPES


def lenet(maps, size, rng, dtype):
    """LeNet-5 with ReLU and max pooling, `maps` times as many maps and units, for images of size x size."""
    o = {"rng": rng, "dtype": dtype}
    last = ((size // 2) - 4) // 2
    return Sequential(
        input_shape=(1, size, size),
        C1=Conv2d(1, 6 * maps, 5, padding=2, **o),
        C1_relu=ReLU(),
        S2=MaxPool2d(2),
        C3=Conv2d(6 * maps, 16 * maps, 5, **o),
        C3_relu=ReLU(),
        S4=MaxPool2d(2),
        flatten=Flatten(),
        C5=Linear(16 * maps * last * last, 120 * maps, **o),
        C5_relu=ReLU(),
        F6=Linear(120 * maps, 84 * maps, **o),
        F6_relu=ReLU(),
        OUTPUT=Linear(84 * maps, 10, **o),
    )


def deep(layers, rng, dtype):
    """3 x 3 convolutions on colour images of 32 x 32: two of 32 maps, two of 64, and so on, pooling after each two."""
    o, net, maps, size = {"rng": rng, "dtype": dtype}, {}, 3, 32
    for n in range(layers):
        net[f"conv{n}"] = Conv2d(maps, (32, 64)[min(n // 2, 1)], 3, padding=1, **o)
        net[f"relu{n}"] = ReLU()
        maps = (32, 64)[min(n // 2, 1)]
        if n % 2 and size > 4:
            net[f"pool{n}"], size = MaxPool2d(2), size // 2
    return Sequential(input_shape=(3, 32, 32), **net, flatten=Flatten(), OUTPUT=Linear(maps * size * size, 10, **o))


class Grown:
    """What benchmarks/sides.py needs to know of a network: as a Recipe has it."""

    loss = CrossEntropyLoss
    optimizer = staticmethod(Adam)

    def __init__(self, name):
        self.kind, size = name.split()
        self.size = int(size)

    def network(self, rng=None, dtype=np.float32):
        rng = np.random.default_rng(0) if rng is None else rng
        if self.kind == "depth":
            return deep(self.size, rng, dtype)
        return lenet(self.size, 28, rng, dtype) if self.kind == "width" else lenet(1, self.size, rng, dtype)


def recipe_of(name):
    """Return the recipe of this name, or what stands for one."""
    return RECIPES[name] if name in RECIPES else Grown(name)
