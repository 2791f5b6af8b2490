"""What every layer has in common."""

import copy

import numpy as np

from scratchnet.errors import InputError


class Layer:
    """A differentiable function of an array, with its parameters as plain arrays.

    forward(x)     y = f(x), a new array; keeps on self what the way back needs
    backward(dy)   dE/dy -> dE/dx; leaves dE/dW in `dW` for every name W in `params`
    backward2(hy)  d2E/dy2 -> d2E/dx2, diagonal and Gauss-Newton; leaves d2E/dW2 in `hW`

    Batches come first: (N, C, H, W) or (N, F). Passes overwrite what the last one left, change no
    argument and no parameter, and sum over the batch (the 1/N is in the loss).
    """

    params = ()
    buffers = ()  # arrays that belong to a trained layer, and no gradient changes: saved with the parameters
    training = False  # `fit` turns it on for its updates; only Dropout and BatchNorm2d look at it
    whole_batch = False  # True: in training it must see the whole batch at once, not a part on each core
    name = ""  # its name in a Sequential
    network = None  # that Sequential
    input_gradient = True  # False lets backward return None: nobody needs dE/dx of a network's input
    fitted = None  # the last shape of x that `check` found to fit

    def __call__(self, x):
        return self.forward(x)

    def parameters(self):
        """Yields (name, value, gradient, curvature); the last two are None before their pass."""
        mine = self.__dict__
        for name in self.params:
            yield name, mine[name], mine.get("d" + name), mine.get("h" + name)

    def state(self):
        """{name: array} of parameters and buffers: what a file of it holds."""
        return {name: self.__dict__[name] for name in (*self.params, *self.buffers)}

    def leaves(self):
        """The layers that compute: itself, or those inside it."""
        return [self]

    def connected(self, name):
        """Boolean, of the shape of a parameter: False at the blanks of a connection table, which stay 0."""
        return np.ones(getattr(self, name).shape, bool)

    def replica(self):
        """A layer with the same parameter arrays and a memory of its own, for another thread."""
        return copy.copy(self)

    def n_parameters(self):
        """Number of trainable parameters."""
        return sum(value.size for _, value, _, _ in self.parameters())

    def output_shape(self, shape):
        """Shape of one output for one input of this shape, both without the batch axis."""
        return shape

    def n_connections(self, shape):
        """Number of connections for one input of this shape, biases included, as the paper counts."""
        return 0

    def train(self, training=True):
        """Sets the mode of every layer inside: training, or else as it is used afterwards. Returns self."""
        for leaf in self.leaves():
            leaf.training = training
        return self

    def eval(self):
        """The mode of a finished network, which is also that of a new one. Returns self."""
        return self.train(False)

    def scores(self, y):
        """What the output y (N, classes) says for each class: a logarithm of its probability, up to a constant."""
        return y

    def decide(self, y):
        """The class for each row of the output y (N, classes): that of the largest score."""
        return self.scores(y).argmax(axis=1)

    def misfit(self, shape):
        """What x of this shape (batch axis first) should have been, or None if it fits."""

    def check(self, x):
        """Raises InputError unless x fits. A shape that fitted once is not looked at again."""
        if not isinstance(x, np.ndarray) or x.dtype.char not in "fd":
            got = f"an array of {x.dtype}" if isinstance(x, np.ndarray) else type(x).__name__
            raise InputError(
                f"{self.label()} expects an array of float32 or float64, got {got}. Convert it: x.astype(np.float32)."
            )
        if x.shape != self.fitted:
            wanted = "at least one number" if x.size == 0 else self.misfit(x.shape)
            if wanted:
                got = " in" if wanted.endswith(" in") else ", got"
                raise InputError(
                    f"{self.label()} expects {wanted.removesuffix(' in')}{got} x of shape {x.shape}.{self._guess(x)}"
                )
            self.fitted = x.shape

    def check_finite(self, x):
        """Raises InputError for NaN or infinity in the input of a network; a layer by itself takes them."""

    def check_back(self, dy, shape):
        """Raises InputError unless dy has the shape of the last output."""
        if dy.shape != shape:
            raise InputError(f"{self.label()}: the way back expects the shape of the output, {shape}, got {dy.shape}.")

    def __getattr__(self, name):
        raise AttributeError(f"{self.label()} has no {name!r}. If it is left by a pass: was that pass called?")

    def label(self):
        kind = type(self).__name__
        return f"{self.name}: {kind}" if self.name else kind

    def _guess(self, x):
        """'Is this S4's output?' when another layer of the same network makes that shape."""
        shapes = self.network.shapes() if self.network else {}
        sources = [name for name, shape in shapes.items() if shape == x.shape[1:] and name != self.name]
        return f" Is this {sources[0]}'s output?" if sources else ""
