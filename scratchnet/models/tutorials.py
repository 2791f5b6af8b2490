"""The networks that tutorials call LeNet-5: five versions of one paper, each as its author wrote it.

All of them have 5x5 convolutions with 6, 16 and (as maps or as units) 120 outputs, then 84, then 10.
They end in scores, and the largest wins; paper_softmax ends in probabilities.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from scratchnet.layers import (
    AvgPool2d,
    Conv2d,
    Flatten,
    LastAxisLinear,
    Layer,
    Linear,
    MaxPool2d,
    ReLU,
    Scale,
    ScaledTanh,
    Sequential,
    Softmax,
    Tanh,
)
from scratchnet.layers.initial import Seed, generator, kaiming_normal, pytorch_default, uniform_1, xavier_uniform
from scratchnet.models.lenet5 import TABLE_I, connection_table


def blog_relu_maxpool(rng: Seed = None, dtype: DTypeLike = np.float32) -> Sequential:
    """Return the network with ReLU for tanh and max pooling for subsampling: (N, 1, 32, 32) -> (N, 10).

    Every map of C3 reads all maps of S2.
    """
    options: dict[str, Any] = {"rng": generator(rng), "dtype": dtype}
    options |= {"init": kaiming_normal, "init_bias": pytorch_default}
    return Sequential(
        input_shape=(1, 32, 32),
        C1=Conv2d(1, 6, 5, **options),
        C1_relu=ReLU(),
        S2=MaxPool2d(2),
        C3=Conv2d(6, 16, 5, **options),
        C3_relu=ReLU(),
        S4=MaxPool2d(2),
        C5=Conv2d(16, 120, 5, **options),
        C5_relu=ReLU(),
        flatten=Flatten(),
        F6=Linear(120, 84, **options),
        F6_relu=ReLU(),
        OUTPUT=Linear(84, 10, **options),
    )


def tutorial_28(rng: Seed = None, dtype: DTypeLike = np.float32) -> Sequential:
    """Return the network with padding in C1 and a linear C5: (N, 1, 28, 28) -> (N, 10)."""
    options: dict[str, Any] = {"rng": generator(rng), "dtype": dtype}
    options |= {"init": pytorch_default, "init_bias": pytorch_default}
    return Sequential(
        input_shape=(1, 28, 28),
        C1=Conv2d(1, 6, 5, padding=2, **options),
        C1_relu=ReLU(),
        S2=MaxPool2d(2),
        C3=Conv2d(6, 16, 5, **options),
        C3_relu=ReLU(),
        S4=MaxPool2d(2),
        flatten=Flatten(),
        C5=Linear(400, 120, **options),
        C5_relu=ReLU(),
        F6=Linear(120, 84, **options),
        F6_relu=ReLU(),
        OUTPUT=Linear(84, 10, **options),
    )


def notebook_learned_slope(rng: Seed = None, dtype: DTypeLike = np.float32) -> Sequential:
    """Return the network with learned slopes, 1.7159 tanh(S x): (N, 1, 32, 32) -> (N, 10).

    S and the coefficient of subsampling are matrices along the last axis, the columns of an image.
    """
    options: dict[str, Any] = {"rng": generator(rng), "dtype": dtype}
    options |= {"init": pytorch_default, "init_bias": pytorch_default}

    def squash(features):
        return Sequential(slope=LastAxisLinear(features, features, bias=False, **options), tanh=Tanh(1.7159))

    def subsample(width):
        return Sequential(sum=AvgPool2d(2, divisor=1), coefficient=LastAxisLinear(width, width, **options))

    return Sequential(
        input_shape=(1, 32, 32),
        C1=Conv2d(1, 6, 5, **options),
        C1_squash=squash(28),
        S2=subsample(14),
        S2_squash=squash(14),
        C3=Conv2d(6, 16, 5, **options),
        C3_squash=squash(10),
        S4=subsample(5),
        S4_squash=squash(5),
        flatten=Flatten(),
        C5=Linear(400, 120, **options),
        C5_squash=squash(120),
        F6=Linear(120, 84, **options),
        F6_squash=squash(84),
        OUTPUT=Linear(84, 10, **options),
    )


def fashion(squash: type[Layer], rng: Seed = None, dtype: DTypeLike = np.float32) -> Sequential:
    """Return the network with average pooling and squash = Tanh or ReLU: (N, 1, 28, 28) -> (N, 10).

    No squashing function follows C3, as published.
    """
    options: dict[str, Any] = {"rng": generator(rng), "dtype": dtype}
    options |= {"init": pytorch_default, "init_bias": pytorch_default}
    return Sequential(
        input_shape=(1, 28, 28),
        C1=Conv2d(1, 6, 5, padding=2, **options),
        C1_squash=squash(),
        S2=AvgPool2d(2),
        C3=Conv2d(6, 16, 5, **options),
        S4=AvgPool2d(2),
        C5=Conv2d(16, 120, 5, **options),
        C5_squash=squash(),
        flatten=Flatten(),
        F6=Linear(120, 84, **options),
        F6_squash=squash(),
        OUTPUT=Linear(84, 10, **options),
    )


def fashion_tanh(rng: Seed = None, dtype: DTypeLike = np.float32) -> Sequential:
    """Return fashion(Tanh)."""
    return fashion(Tanh, rng, dtype)


def fashion_relu(rng: Seed = None, dtype: DTypeLike = np.float32) -> Sequential:
    """Return fashion(ReLU), with ReLU in place of each tanh."""
    return fashion(ReLU, rng, dtype)


def paper_softmax(
    rng: Seed = None, dtype: DTypeLike = np.float32, *, connections: ArrayLike | None = None
) -> Sequential:
    """Return the paper's network up to F6, then ten probabilities in place of penalties: (N, 1, 32, 32) -> (N, 10).

    Subsampling has one coefficient and one bias, on the mean of each window, where the paper has a pair for every
    map. Every map of C3 reads all maps of S2, as in the network that the tutorial trained; connections: see Conv2d.
    """
    options: dict[str, Any] = {"rng": generator(rng), "dtype": dtype}
    weights = options | {"init": xavier_uniform}
    coefficients = options | {"init": uniform_1, "init_bias": uniform_1}

    def subsample():
        return Sequential(mean=AvgPool2d(2), coefficient=Scale(**coefficients))

    return Sequential(
        input_shape=(1, 32, 32),
        C1=Conv2d(1, 6, 5, **weights),
        C1_squash=ScaledTanh(),
        S2=subsample(),
        S2_squash=ScaledTanh(),
        C3=Conv2d(6, 16, 5, connections=connections, **weights),
        C3_squash=ScaledTanh(),
        S4=subsample(),
        S4_squash=ScaledTanh(),
        C5=Conv2d(16, 120, 5, **weights),
        C5_squash=ScaledTanh(),
        flatten=Flatten(),
        F6=Linear(120, 84, **weights),
        F6_squash=ScaledTanh(),
        OUTPUT=Linear(84, 10, **weights),
        softmax=Softmax(),
    )


def paper_softmax_sparse(rng: Seed = None, dtype: DTypeLike = np.float32) -> Sequential:
    """Return paper_softmax with the sparse C3 of Table I, which the tutorial's text describes."""
    return paper_softmax(rng, dtype, connections=connection_table(TABLE_I))
