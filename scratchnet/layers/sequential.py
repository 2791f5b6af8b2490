"""A network: layers in a row."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scratchnet.errors import InputError, ModelError
from scratchnet.layers.expect import described, expect_finite
from scratchnet.layers.layer import Layer, Parameter
from scratchnet.parallel import leaves
from scratchnet.storage import read_arrays, write_arrays


class Sequential(Layer):
    """y = f_L(... f_2(f_1(x))): the output of each layer is the input of the next.

    Sequential(C1=Conv2d(1, 6, 5), ...) names the layers: `net["C1"].W` is then C1's weights, and
    `parameters()` yields "C1.W", .... Layers given without a name are called "0", "1", .... A list of layers
    is taken too. `net[0]` is the first layer, `net[-1]` the last.

    input_shape: (C, H, W) of one image, for the table of `print(net)`.
    Raises InputError when x has NaN or infinity in it, for a name that does not exist, for one layer object at two
    places, and for something that is no layer.
    """

    def __init__(self, *layers: Layer, input_shape: tuple[int, ...] | None = None, **named: Layer) -> None:
        if len(layers) == 1 and isinstance(layers[0], list | tuple):
            layers = tuple(layers[0])
        self.layers = {str(i): layer for i, layer in enumerate(layers)} | named
        expect_layers(self.layers)
        self.input_shape: Any = input_shape
        self.network = None
        for name, layer in self.layers.items():
            layer.name, layer.network = name, self

    def __getitem__(self, name: str | int) -> Layer:
        if isinstance(name, int | np.integer) and -len(self.layers) <= name < len(self.layers):
            return list(self.layers.values())[name]
        if name not in self.layers:
            raise InputError(f"There is no layer {name!r}. The layers are {', '.join(self.layers)}.")
        return self.layers[name]

    def __len__(self) -> int:
        return len(self.layers)

    def __getattr__(self, name: str) -> Any:
        if name in self.__dict__.get("layers", {}):
            raise AttributeError(f"Sequential has no attribute {name!r}. Write net[{name!r}].")
        return super().__getattr__(name)

    def forward(self, x: NDArray) -> NDArray:
        if self.network is None:  # inside another Sequential, NaN means divergence, which `fit` reports
            expect_finite(x)
        for layer in self.layers.values():
            x = layer.forward(x)
        return x

    def backward(self, dy: NDArray) -> NDArray:
        for layer in reversed(self.layers.values()):
            dy = layer.backward(dy)
        return dy

    def backward2(self, hy: NDArray) -> NDArray:
        for layer in reversed(self.layers.values()):
            hy = layer.backward2(hy)
        return hy

    def leaves(self) -> list[Layer]:
        """Return the layers that compute, in order, with those of nested Sequentials."""
        return [leaf for layer in self.layers.values() for leaf in leaves(layer)]

    def parameters(self) -> Iterator[Parameter]:
        for layer_name, layer in self.layers.items():
            for name, *arrays in layer.parameters():
                yield f"{layer_name}.{name}", *arrays

    def n_parameters(self) -> int:
        return sum(layer.n_parameters() for layer in self.layers.values())

    def scores(self, y: NDArray) -> NDArray:
        return list(self.layers.values())[-1].scores(y)

    def output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        for layer in self.layers.values():
            shape = layer.output_shape(shape)
        return shape

    def n_connections(self, shape: tuple[int, ...]) -> int:
        total = 0
        for layer in self.layers.values():
            total += layer.n_connections(shape)
            shape = layer.output_shape(shape)
        return total

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Return {layer: shape of its output for one image of `input_shape`}, empty without `input_shape`."""
        shapes: dict[str, tuple[int, ...]] = {}
        shape: Any = self.input_shape
        for name, layer in self.layers.items() if shape else ():
            shape = shapes[name] = layer.output_shape(shape)
        return shapes

    def state(self) -> dict[str, NDArray]:
        """Return {name: array} of all parameters and buffers; `save` writes these."""
        return {
            f"{name}.{key}": array for name, layer in self.layers.items() for key, array in arrays_of(layer).items()
        }

    def save(self, path: str | Path, about: str = "") -> None:
        """Write all parameters and buffers to an .npz file atomically. about: a short description of them."""
        write_arrays(path, self.state(), about)

    def load(self, path: str | Path) -> "Sequential":
        """Read the parameters and buffers from a file of `save`, and return self.

        Raises ModelError, and changes nothing, if the file is damaged or belongs to something else.
        """
        arrays = read_arrays(path)
        expected = self.state()
        if arrays.keys() != expected.keys():
            names = ", ".join(sorted(arrays.keys() ^ expected.keys()))
            raise ModelError(f"{path} belongs to another network: only one of the two has {names}.")
        for name, value in expected.items():
            if arrays[name].shape != value.shape:
                raise ModelError(
                    f"{path} belongs to another network: expected {name} of shape {value.shape}, "
                    f"got {arrays[name].shape}."
                )
            if arrays[name].dtype.kind != "f" or not np.isfinite(arrays[name]).all():
                raise ModelError(f"{path}: {name} has entries that are not finite numbers. Train or copy it again.")
        for name, value in expected.items():
            value[...] = arrays[name]
        return self

    def __repr__(self) -> str:
        return f"Sequential({' '.join(self.layers)}: {self.n_parameters():,} parameters)"

    def __str__(self) -> str:
        shapes: dict[str, Any] = self.shapes()
        shape: Any = self.input_shape
        table = [("layer", "", "output", "parameters", "connections")]
        for name, layer in self.layers.items():
            output, connections = "", ""
            if shapes:
                output, connections = "x".join(map(str, shapes[name])), f"{layer.n_connections(shape):,}"
                shape = shapes[name]
            table.append((name, repr(layer), output, f"{layer.n_parameters():,}", connections))
        total = f"{self.n_connections(self.input_shape):,}" if self.input_shape else ""
        table.append(("total", "", "", f"{self.n_parameters():,}", total))
        width = [max(map(len, column)) for column in zip(*table)]
        lines = [
            f"{a:{width[0]}}  {b:{width[1]}}  {c:>{width[2]}}  {d:>{width[3]}}  {e:>{width[4]}}"
            for a, b, c, d, e in table
        ]
        return "\n".join(line.rstrip() for line in lines)


def expect_layers(layers: dict[str, Any]) -> None:
    """Raise InputError for something that is no layer, and for one layer object at two places."""
    places: dict[int, str] = {}
    for name, layer in layers.items():
        if isinstance(layer, type):
            raise InputError(f"Sequential expects layers, got the class {layer.__name__}. Write {layer.__name__}(...).")
        if not isinstance(layer, Layer):
            raise InputError(f"Sequential expects layers, got {described(layer)} as layer {name!r}.")
        for leaf in leaves(layer):
            if id(leaf) in places:
                raise InputError(
                    f"Sequential got one {type(leaf).__name__} object at two places, {places[id(leaf)]!r} and "
                    f"{name!r}. A layer stores what its backward pass needs, so it can have one place only. "
                    "Make a new one for each place."
                )
            places[id(leaf)] = name


def arrays_of(layer: Any) -> dict[str, NDArray]:
    """Return {name: array} of a layer's parameters and buffers, with those of the layers inside it."""
    if hasattr(layer, "state"):
        return layer.state()
    return {name: vars(layer)[name] for name in (*layer.params, *layer.buffers)}
