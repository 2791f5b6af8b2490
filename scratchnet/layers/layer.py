"""What every layer has in common."""

from collections.abc import Iterator
from typing import Any, TypeVar

from numpy.typing import NDArray

from scratchnet.layers.expect import label
from scratchnet.parallel import leaves

L = TypeVar("L", bound="Layer")
Parameter = tuple[str, NDArray, Any, Any]

PASSES = {"forward": "x", "backward": "dy", "backward2": "hy"}  # what a layer of your own has to have


class Layer:
    """A differentiable function of an array, with its parameters as plain arrays.

    forward(x)     y = f(x), a new array; keeps on self what the backward pass needs
    backward(dy)   dE/dy -> dE/dx; leaves dE/dW in `dW` for every name W in `params`
    backward2(hy)  d2E/dy2 -> d2E/dx2, diagonal and Gauss-Newton; leaves d2E/dW2 in `hW`

    Batches come first: (N, C, H, W) or (N, F). Passes overwrite what the last one left, change no
    argument and no parameter, and sum over the batch (the 1/N is in the loss). All arrays that a pass
    returns or leaves have the dtype of its input.

    params: names of the parameters; buffers: names of arrays that belong to a trained layer and have no
    gradient; name: its name in a Sequential; training: the mode, which `train` and `eval` set.
    """

    params: tuple[str, ...] = ()
    buffers: tuple[str, ...] = ()
    name = ""
    network: Any  # the Sequential that it is in; not there before it is in one
    training = False  # only Dropout and BatchNorm2d look at it

    def __call__(self, x: NDArray) -> NDArray:
        return self.forward(x)

    def parameters(self) -> Iterator[Parameter]:
        """Yield (name, value, gradient, curvature); the last two are None before their pass."""
        mine = self.__dict__
        for name in self.params:
            yield name, mine[name], mine.get("d" + name), mine.get("h" + name)

    def n_parameters(self) -> int:
        """Return the number of trainable parameters."""
        return sum(value.size for _, value, _, _ in self.parameters())

    def output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return the shape of the output for an input of this shape, both without the batch axis."""
        return shape

    def n_connections(self, shape: tuple[int, ...]) -> int:
        """Return the number of connections for an input of this shape, biases included, as the paper counts."""
        return 0

    def train(self: L, training: bool = True) -> L:
        """Set the mode of every layer inside: training, or else as used afterwards. Return self."""
        for leaf in leaves(self):
            leaf.training = training
        return self

    def eval(self: L) -> L:
        """Set the mode of a finished network, which is also that of a new one. Return self."""
        return self.train(False)

    def scores(self, y: NDArray) -> NDArray:
        """Return what y (N, classes) says for each class: the logarithm of its probability, up to a constant."""
        return y

    def decide(self, y: NDArray) -> NDArray:
        """Return the class for each row of the output y (N, classes): that of the largest score."""
        return self.scores(y).argmax(axis=1)

    def _misfit(self, shape):
        """What x of this shape (batch axis first) should have been, or None if it fits."""

    def __getattr__(self, name: str) -> Any:
        if name in PASSES:
            raise AttributeError(f"{label(self)} has no {name}: write `def {name}(self, {PASSES[name]})` in its class.")
        raise AttributeError(f"{label(self)} has no {name!r}. If a pass leaves it, was that pass called?")
