"""Networks to exchange: all recipes, the ancestors, and layers that no recipe has; no parameter is 0 or 1."""

import functools
import importlib.util

import numpy as np

from scratchnet import (
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    Dropout,
    Flatten,
    LastAxisLinear,
    Linear,
    MaxPool2d,
    ReLU,
    Scale,
    Sequential,
    Sigmoid,
    Softmax,
    Tanh,
    models,
)
from scratchnet.runs.recipes import RECIPES


def modern():
    """Everything that the recipes do not have: an even kernel, strides, borders, normalisation, dropout."""
    return Sequential(
        input_shape=(2, 12, 13),
        first=Conv2d(2, 4, (3, 2), padding="same", rng=0),
        norm=BatchNorm2d(4, eps=0.01, momentum=0.25),
        relu=ReLU(),
        drop=Dropout(0.5),
        mean=AvgPool2d(3, 2, 1),
        second=Conv2d(4, 5, 3, stride=(2, 1), padding=(1, 0), rng=1),
        one=Scale(coefficient=2.0),
        sigmoid=Sigmoid(),
        flatten=Flatten(),
        tanh=Tanh(2.0),
        last=Linear(75, 3, rng=2),
        inner=Sequential(slope=LastAxisLinear(3, 3, rng=3), softmax=Softmax()),
    )


def pooled():
    """Max pooling with a border, a sum of three times three, and no linear layer."""
    return Sequential(
        input_shape=(1, 9, 9),
        conv=Conv2d(1, 3, 3, padding=1, rng=0),
        max=MaxPool2d(3, 2, 1),
        sum=AvgPool2d(3, 1, 1, divisor=2.0),
        out=Conv2d(3, 4, 3, rng=1),
        flatten=Flatten(),
    )


def is_there(module):
    return importlib.util.find_spec(module) is not None


KERAS = is_there("keras") and any(map(is_there, ("torch", "jax", "tensorflow")))  # it needs a backend

ANCESTORS = {"lenet1": models.lenet1, "lenet-1989": models.lenet_1989, "strings": models.string_lenet5}
OTHERS = {"modern": modern, "pooled": pooled}
ALL = (*RECIPES, *ANCESTORS, *OTHERS)


def fresh(name):
    """A network in which every parameter and buffer is drawn, and is 0 only where there is no connection."""
    made = RECIPES[name].network(0) if name in RECIPES else ANCESTORS[name](0) if name in ANCESTORS else OTHERS[name]()
    rng = np.random.default_rng(7)
    for leaf in made.leaves():
        for key in (*leaf.params, *leaf.buffers):
            array = getattr(leaf, key)
            array += rng.uniform(0.02, 0.1, array.shape).astype(np.float32) * rng.choice([-1, 1], array.shape)
            if key == "running_var":
                array[...] = np.abs(array)
            if key == "W" and hasattr(leaf, "connections"):
                array *= leaf.connections[:, :, None, None]
    return made


network = functools.cache(fresh)


def inputs(net, count=16, seed=1):
    return np.random.default_rng(seed).normal(size=(count, *net.input_shape)).astype(np.float32)


def apart(y, other):
    """The largest difference, relative to the largest output."""
    assert y.shape == other.shape
    return float(np.abs(y - other).max() / np.abs(y).max())


def states_equal(a, b):
    return a.state().keys() == b.state().keys() and all(np.array_equal(v, b.state()[k]) for k, v in a.state().items())


def emptied(name):
    """The network with zeros in all parameters, to be filled."""
    net = fresh(name)
    for value in net.state().values():
        value[...] = 0
    return net
