"""The exercise on Sequential: layers in a row."""

import numpy as np

from scratchnet.exercises.cases import normal, whole
from scratchnet.exercises.definition import Case, Exercise
from scratchnet.exercises.kinds import Kind
from scratchnet.exercises.topics.families import wrongs
from scratchnet.layers import Linear, ScaledTanh, Sequential
from scratchnet.layers.squash import A, S

NAMES = ("F1", "F2", "F3")


class InARow(Kind):
    """A pass of a Sequential of square linear layers and squashing functions."""

    def unread(self, method):
        """Arrays of a case that this pass does not see."""
        return ("dy",) if method == "forward" else ()

    def prepare(self, kind, case, method):
        net = built(kind, case)

        def forward():
            return {"y": net.forward(case.arrays["x"])}

        def backward():
            dx = net.backward(case.arrays["dy"])
            linear = [leaf for leaf in net.leaves() if isinstance(leaf, Linear)]
            gradients = {f"dW of {name}": vars(leaf).get("dW", 0 * leaf.W) for name, leaf in zip(NAMES, linear)}
            return {"dx": dx} | gradients

        if method == "forward":
            return forward
        forward()
        return backward


def built(kind, case):
    """Return the network of a case; with the option nested, its last two layers are in a network of their own."""
    layers = {}
    for name in [name for name in NAMES if f"{name}.W" in case.parameters]:
        W, b = (case.parameters[f"{name}.{key}"] for key in "Wb")
        layers[name] = Linear(*W.shape[::-1], dtype=W.dtype)
        layers[name].W, layers[name].b = W, b
        layers[f"{name}_squash"] = ScaledTanh()
    if case.options.get("nested"):
        last = [name for name in layers if name.startswith("F3")]
        layers["inside"] = kind(**{name: layers.pop(name) for name in last})
    return kind(**layers)


def row_case(rng, dtype, images, size, layers=3, draw=normal, nested=False):
    """Return a Case of square layers."""
    parameters = {}
    for name in NAMES[:layers]:
        parameters |= {f"{name}.W": draw(rng, (size, size), dtype) / 2, f"{name}.b": draw(rng, (size,), dtype) / 4}
    arrays = {"x": draw(rng, (images, size), dtype), "dy": draw(rng, (images, size), dtype)}
    return Case(arrays, options={"nested": True} if nested else {}, parameters=parameters)


class Line:
    """One layer of the row as formulas: name, or its squashing function."""

    def __init__(self, c, name, squash):
        self.W, self.b, self.squash = vars(c)[f"{name}.W"], vars(c)[f"{name}.b"], squash

    def forward(self, x):
        self.x = x
        self.y = A * np.tanh(S * x) if self.squash else x @ self.W.T + self.b
        return self.y

    def backward(self, dy):
        return dy * (S * A - S / A * self.y**2) if self.squash else dy @ self.W


def lines(c):
    names = [name for name in NAMES if f"{name}.W" in vars(c)]
    return [Line(c, name, squash) for name in names for squash in (False, True)]


def through(c, chosen):
    """Return x after the layers that `chosen` takes of all of them."""
    x = c.x
    for line in chosen(lines(c)):
        x = line.forward(x)
    return x


def back(c, chosen, dy=None):
    """Return dy after the backward passes of the layers that `chosen` takes, in that order."""
    row, x = lines(c), c.x
    for line in row:
        x = line.forward(x)
    dy = c.dy if dy is None else dy
    for line in chosen(row):
        dy = line.backward(dy)
    return dy


def some_dW(c, chosen):
    """Return dW of F1 for a dy that comes after the layers that `chosen` takes."""
    return back(c, chosen).T @ c.x


FORWARD = wrongs(
    "y",
    {
        "Yours gives x itself to every layer; each should get the output of the one before: x = layer.forward(x).": (
            lambda c: through(c, lambda row: row[-1:])
        ),
        "Yours returns after the first layer; it should return after the last: is `return` inside of the loop?": (
            lambda c: through(c, lambda row: row[:1])
        ),
        "Yours goes through the layers from the last to the first; it should go forward.": lambda c: through(
            c, lambda row: row[::-1]
        ),
        "Yours leaves out the last layer; it should go through all of them.": lambda c: through(
            c, lambda row: row[:-1]
        ),
        "Yours leaves out the first layer; it should go through all of them.": lambda c: through(
            c, lambda row: row[1:]
        ),
        "Yours returns x as it came; it should return the output of the last layer.": lambda c: c.x,
        "Yours adds the outputs of all layers; it should be the output of the last one.": lambda c: sum(
            through(c, lambda row, n=n: row[: n + 1]) for n in range(len(lines(c)))
        ),
        "Yours goes through the linear layers only; it should go through all.": lambda c: through(
            c, lambda row: row[::2]
        ),
        "Yours adds the input of each layer to its output; it should be the output alone.": lambda c: with_shortcuts(c),
    },
)


def with_shortcuts(c):
    x = c.x
    for line in lines(c):
        x = x + line.forward(x)
    return x


FROM_THE_FIRST = "Yours goes from the first layer to the last; backward should begin with the last: reversed(...)."
BACKWARD = (
    wrongs("dx", {FROM_THE_FIRST: lambda c: back(c, lambda row: row)}, alone=True)
    + wrongs(
        "dx",
        {
            "Yours gives dy itself to every layer; each should get what the one after it returns: dy = "
            "layer.backward(dy).": (lambda c: back(c, lambda row: row[:1])),
            "Yours returns after the last layer; it should go back to the first: is `return` inside of the loop?": (
                lambda c: back(c, lambda row: row[-1:])
            ),
            "Yours leaves out the last layer; it should go back through all of them.": lambda c: back(
                c, lambda row: row[-2::-1]
            ),
            "Yours leaves out the first layer; it should go back through all of them.": lambda c: back(
                c, lambda row: row[:0:-1]
            ),
            "Yours returns dy as it came; it should return what the first layer returns.": lambda c: c.dy,
            "Yours goes back through the linear layers only; it should go through all.": lambda c: back(
                c, lambda row: row[-2::-2]
            ),
            "Yours adds what all layers return; it should be what the first layer returns.": lambda c: sum(
                back(c, lambda row, n=n: row[: -n - 2 : -1]) for n in range(len(lines(c)))
            ),
        },
    )
    + wrongs(
        "dW of F1",
        {
            "Yours does not call backward of this layer; it should call that of every one.": lambda c: (
                0 * vars(c)["F1.W"]
            ),
            "Yours gives dy itself to every layer; each should get what the one after it returns: dy = "
            "layer.backward(dy).": (lambda c: some_dW(c, lambda row: [])),
        },
    )
)

for _name in NAMES[1:]:
    BACKWARD += wrongs(
        f"dW of {_name}",
        {
            "Yours does not call backward of this layer; it should call that of every one.": (
                lambda c, name=_name: 0 * vars(c)[f"{name}.W"]
            )
        },
    )

SEQUENTIAL = Exercise(
    name="sequential",
    title="layers in a row, forward and back",
    target=Sequential,
    methods=("forward", "backward"),
    task="self.layers is a dict {name: layer}, in order. Every layer has forward(x) and backward(dy), and stores "
    "what it needs itself. A layer may be a Sequential too.",
    contract={
        "": "A network: layers in a row, the output of each is the input of the next.\n"
        "x, y, and what is between: arrays whose first axis is the images. A Sequential has no parameters of its own; "
        "each layer stores its gradients. In the check F1, F2 and F3 are linear layers, and a ScaledTanh follows each.",
        "forward": "Return y, the output of the last layer.",
        "backward": "Take dE/dy, let every layer store its gradients, and return dE/dx.",
    },
    open=True,
    kind=InARow(),
    tiny=lambda rng, dtype: row_case(rng, dtype, 1, 2, draw=whole),
    draw=lambda rng, dtype: row_case(rng, dtype, int(rng.integers(3, 6)), 4),
    real=lambda rng, dtype: [row_case(rng, dtype, 8, 84, 2)],
    odd=lambda rng, dtype: [
        row_case(rng, dtype, 1, 3, 1),
        row_case(rng, dtype, 4, 3, 2),
        row_case(rng, dtype, 3, 3, 3, nested=True),
    ],
    wrong={"forward": FORWARD, "backward": BACKWARD},
    hints=(
        "for layer in self.layers.values(): goes through the layers in order. x = layer.forward(x) keeps one name "
        "for all that is between.",
        "The chain rule begins at the end: the last layer gets dE/dy, the one before gets what the last returns.",
        "reversed(self.layers.values()) goes from the last to the first. Return after the loop, not inside.",
    ),
)
