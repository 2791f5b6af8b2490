"""The output of every layer of a network for an input."""

import inspect
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from numpy.typing import NDArray

from scratchnet.errors import InputError
from scratchnet.viewing.show import docstring

if TYPE_CHECKING:
    from scratchnet.layers import Layer

BRACKETS = r"\((?:[^()]|\([^()]*\))*\)|\[[^\]]*\]"  # a comma or stop in them does not end a formula
FORMULA = re.compile(rf"((?:\by(?:_i|\[.+?\])? =|^\(N.+?->)(?:{BRACKETS}|[^,()\[\]])+?)(?:[:;.]? with |[:;.] |,|\.?$)")


@dataclass(frozen=True, eq=False)
class Step:
    """One layer's part in a forward pass.

    name, layer: as in the network, and its one-line description; formula: the first one of its docstring;
    x_shape, y_shape; parameters: {name: shape}; min, mean, max: of the output y; seconds: the time of the
    second of two calls, since the first one may compile (in training mode there is only one call).
    """

    name: str
    layer: str
    formula: str
    x_shape: tuple
    y_shape: tuple
    parameters: dict
    min: float
    mean: float
    max: float
    seconds: float
    y: object

    def __str__(self):
        parameters = ", ".join(f"{name} {shape}" for name, shape in self.parameters.items()) or "no parameters"
        return (
            f"{self.name}: {self.layer}\n    {self.formula}\n    {self.x_shape} -> {self.y_shape}; {parameters}\n"
            f"    min {self.min:.3f}  mean {self.mean:.3f}  max {self.max:.3f}  {1e6 * self.seconds:.0f} us"
        )


def trace(net: "Layer", x: NDArray) -> Iterator[Step]:
    """Yield a Step for each layer, in order: the layer, its input and its output. print(step) shows it.

    x: a batch, as for `net(x)`. Layers inside layers are called S2.mean and so on.
    Raises InputError if x does not fit.
    """
    from scratchnet.layers import Layer  # here, so that lessons can turn Numba off before it is imported
    from scratchnet.layers.expect import expect_finite

    if not isinstance(net, Layer):
        raise InputError(f"trace expects a network or layer, then x, got {type(net).__name__}.")
    if hasattr(net, "layers"):  # a single layer accepts NaN
        expect_finite(x)
    yield from _steps(net, x, "")


def _steps(net, x, prefix):
    if hasattr(net, "layers"):
        for name, layer in net.layers.items():
            x = yield from _steps(layer, x, f"{prefix}.{name}" if prefix else name)
        return x
    if not net.training:
        net(x)
    start = time.perf_counter()
    y = net(x)
    seconds = time.perf_counter() - start
    parameters = {name: value.shape for name, value, _, _ in net.parameters()}
    bounds = float(y.min()), float(y.mean()), float(y.max())
    name = prefix or type(net).__name__
    yield Step(name, repr(net), formula(net), x.shape, y.shape, parameters, *bounds, seconds, y)
    return y


def formula(layer: "Layer") -> str:
    """Return the formula at the beginning of a layer's docstring, or "" if there is none."""
    text = " ".join((inspect.getdoc(type(layer)) or docstring(type(layer))).split("\n\n")[0].split())
    found = FORMULA.search(text)
    return found[1] if found else ""
