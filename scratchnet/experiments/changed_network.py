"""LeNet-5 with some of its choices changed: initial weights, subsampling, C3, and the output."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from scratchnet.layers import RBF, AvgPool2d, Conv2d, Linear, MaxPool2d, Sequential, Subsampling
from scratchnet.layers.initial import Init, generator, uniform_over_fan_in, uniform_over_sqrt_fan_in
from scratchnet.models import lenet5

if TYPE_CHECKING:
    from scratchnet.experiments.changed import Choice

ONE_OF_10 = (2 * np.eye(10) - 1).astype(np.float32)  # codes: 1 for the class, -1 for the others


def uniform_24_over_sqrt_fan_in(rng: Any, shape: tuple[int, ...], fan_in: Any) -> NDArray:
    """Draw from U(-2.4/sqrt F, 2.4/sqrt F): appendix A with a square root, as if the inputs were independent."""
    return generator(rng).uniform(-1, 1, shape) * (2.4 / np.sqrt(fan_in))


INITS: dict[str, Init] = {
    "1/sqrt F": uniform_over_sqrt_fan_in,
    "2.4/F": uniform_over_fan_in,
    "2.4/sqrt F": uniform_24_over_sqrt_fan_in,
}


def changed_network(choice: "Choice", rng: np.random.Generator) -> Sequential:
    """Return LeNet-5 with the choices of a run."""
    init = INITS[choice.init]
    net = lenet5(rng, init=init, coefficient=choice.S)
    layers: dict[str, Any] = dict(net.layers)
    if choice.C3 == "full":
        layers["C3"] = Conv2d(6, 16, 5, rng=rng, init=init)
    if choice.output == "one of 10":
        layers["F6"], layers["OUTPUT"] = Linear(120, 10, rng=rng, init=init), RBF(ONE_OF_10)
    if choice.output == "softmax":
        layers["OUTPUT"] = Linear(84, 10, rng=rng, init=init)
    if choice.pooling != "subsampling":
        layers = pooled(layers, {"average": AvgPool2d, "max": MaxPool2d}[choice.pooling])
    if choice.drawn:
        draw_coefficients(layers, choice.S, rng)
    if choice.biases == "drawn":
        draw_biases(layers, init, rng)
    return Sequential(input_shape=net.input_shape, **layers)


def pooled(layers: dict[str, Any], pool: Any) -> dict[str, Any]:
    """Return the layers with pooling in place of S2 and S4, and without their squashing functions."""
    return {
        name: pool(2) if isinstance(layer, Subsampling) else layer
        for name, layer in layers.items()
        if name not in ("S2_squash", "S4_squash")
    }


def draw_coefficients(layers: dict[str, Any], S: float, rng: np.random.Generator) -> None:
    """Draw every subsampling coefficient from U(-S, S)."""
    for name in ("S2", "S4"):
        layers[name].W[:] = rng.uniform(-S, S, layers[name].W.shape)


def draw_biases(layers: dict[str, Any], init: Init, rng: np.random.Generator) -> None:
    """Draw every bias as the weights of its unit were drawn."""
    for layer in layers.values():
        if layer.params:
            layer.b[:] = init(rng, layer.b.shape, fan_in(layer))


def fan_in(layer: Any) -> Any:
    """Return the number of inputs of a unit, without the bias; for a convolution, that of each map."""
    if isinstance(layer, Subsampling):
        return 4
    if isinstance(layer, Conv2d):
        return layer.connections.sum(axis=1) * layer.kernel_size[0] * layer.kernel_size[1]
    return layer.W.shape[1]
