"""The base class of all layers."""

from collections.abc import Iterator
from typing import Any, TypeVar

from numpy.typing import NDArray

from scratchnet.layers.expect import label
from scratchnet.parallel import leaves

L = TypeVar("L", bound="Layer")
Parameter = tuple[str, NDArray, Any, Any]

PASSES = {"forward": "x", "backward": "dy", "backward2": "hy"}  # the methods that your own layer has to define


HABITS = {  # what people write who come from another library, and what it is called here
    **dict.fromkeys(
        ("weight", "weights", "kernel"), "Its weights are in W, and after backward their gradient is in dW."
    ),
    **dict.fromkeys(("bias", "biases"), "Its biases are in b, and after backward their gradient is in db."),
    "grad": "The gradient of W is in dW, after backward.",
    "zero_grad": "backward overwrites the gradients, so there is nothing to set to 0.",
    **dict.fromkeys(("fit", "compile"), "Write fit(net, loss, optimizer, (x, labels), epochs=20)."),
    "evaluate": "Write evaluate(net, (x, labels)).",
    **dict.fromkeys(("predict", "predict_proba"), "Write predict(net, x), which returns classes and scores."),
    "summary": "Write print(net).",
    **dict.fromkeys(("add", "append"), "A Sequential gets all of its layers when it is made: Sequential(a, b, ...)."),
    **dict.fromkeys(("state_dict", "get_weights"), "Write net.state(), or net.save(path)."),
    **dict.fromkeys(("load_state_dict", "set_weights"), "Write net.load(path), or net['C1'].W[...] = an array."),
    **dict.fromkeys(("to", "cuda", "cpu"), "The library runs on the CPU."),
}


class Layer:
    """A differentiable function of an array, with its parameters as plain arrays.

    forward(x)      y = f(x), a new array; stores on self what the backward pass needs
    backward(dy)    dE/dy -> dE/dx; stores dE/dW in `dW` for every name W in `params`
    backward2(hy)   d2E/dy2 -> d2E/dx2, diagonal and Gauss-Newton; stores d2E/dW2 in `hW`

    The batch axis is first: (N, C, H, W) or (N, F). Each pass overwrites what an earlier pass stored,
    changes no argument and no parameter, and sums over the batch (the 1/N is in the loss). All arrays
    that a pass returns or stores have the dtype of its input.

    params: names of the parameters; buffers: names of arrays that belong to a trained layer and have no
    gradient; name: its name in a Sequential; training: True in training mode (see `train` and `eval`).
    compiled: may be defined in your own layer without parameters that is a function of one number, y = f(x): the pair
    (f, slope), two functions of a number that Numba can compile. The fast path then runs the layer too.
    """

    params: tuple[str, ...] = ()
    buffers: tuple[str, ...] = ()
    name = ""
    network: Any  # the Sequential that contains this layer; undefined for a layer alone
    training = False  # only Dropout and BatchNorm2d use it

    def __call__(self, x: NDArray) -> NDArray:
        return self.forward(x)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"

    def parameters(self) -> Iterator[Parameter]:
        """Yield (name, value, gradient, curvature); the last two are None before backward and backward2."""
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
        """Set every layer inside to training mode, or to evaluation mode with False, and return self."""
        for leaf in leaves(self):
            leaf.training = training
        return self

    def eval(self: L) -> L:
        """Set evaluation mode, which is also the mode of a new network, and return self."""
        return self.train(False)

    def scores(self, y: NDArray) -> NDArray:
        """Return a score per class from y (N, classes): the logarithm of its probability, up to a constant."""
        return y

    def decide(self, y: NDArray) -> NDArray:
        """Return the class with the largest score for each row of the output y (N, classes)."""
        return self.scores(y).argmax(axis=1)

    def _shapes(self):
        """Return {name: shape} of the parameters and buffers that a layer of the library has."""
        return {}

    def _misfit(self, shape):
        """Return in words what a layer expects in place of x of this shape (batch axis first); None if it fits."""

    def __getattr__(self, name: str) -> Any:
        if name in PASSES:
            raise AttributeError(f"{label(self)} has no {name}: write `def {name}(self, {PASSES[name]})` in its class.")
        if name in HABITS and name[1:] not in self.params:
            raise AttributeError(f"{label(self)} has no {name!r}. {HABITS[name]}")
        call = {"d": "backward", "h": "backward2"}.get(name[:1], "forward") if name[1:] in self.params else "forward"
        raise AttributeError(f"{label(self)} has no {name!r}. If {call} stores it, call {call} first.")
