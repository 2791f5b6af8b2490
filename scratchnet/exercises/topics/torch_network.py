"""The exercise in PyTorch: a network of a tutorial, with our parameters."""

import numpy as np

from scratchnet.exercises.definition import Case, Exercise, Wrong
from scratchnet.exercises.tasks import InTorch, ours, torch_tutorial_28
from scratchnet.layers import AvgPool2d, Tanh

STATE = {name: value.shape for name, value, _, _ in ours(None).parameters()}


def state_case(rng, images):
    """Return a Case of whole numbers: float32 holds all sums exactly, whatever their order."""
    state = {name: rng.integers(-1, 2, shape).astype(np.float32) for name, shape in STATE.items()}
    return Case({"x": rng.integers(-2, 4, (images, 1, 28, 28)).astype(np.float32)}, parameters=state)


def scores(c, without=(), other=None, flat=None):
    """Return the scores of a network with a mistake. other: {layer: what is in its place}; flat: of the maps."""
    net = ours({name: vars(c)[name] for name in STATE})
    x = c.x
    for name, layer in net.layers.items():
        if name == "flatten" and flat:
            x = flat(x)
        elif name not in without:
            x = (other or {}).get(name, layer).forward(x)
    return x


def softmax(y):
    e = np.exp(y - y.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


RELUS = ("C1_relu", "C3_relu", "C5_relu", "F6_relu")

PYTORCH = Exercise(
    name="pytorch",
    title="a network of a tutorial in PyTorch, with our parameters",
    target=torch_tutorial_28,
    task="All layers of tutorial_28 exist in PyTorch: Conv2d, ReLU, MaxPool2d, Flatten, Linear; print(tutorial_28(0)) "
    "lists them. Build it as a torch.nn.Sequential or as a class of your own, copy the parameters, and return it.",
    contract={
        "": "Return the network of the recipe tutorial-28 as a torch.nn.Module: (N, 1, 28, 28) -> scores "
        "(N, 10).\n"
        'state: {"C1.W": array, "C1.b": array, ...}, float32: its parameters, under the names and in '
        "the order of tutorial_28. The layouts are those of PyTorch.",
    },
    gives=("import torch", "", "from scratchnet.models import tutorial_28"),
    play="print(tutorial_28(0))",
    kind=InTorch(),
    needs="torch",
    tiny=lambda rng, dtype: state_case(rng, 1),
    draw=lambda rng, dtype: state_case(rng, int(rng.integers(2, 5))),
    real=lambda rng, dtype: [state_case(rng, 20)],
    odd=lambda rng, dtype: [state_case(rng, 1), state_case(rng, 7)],
    wrong={
        "": (
            Wrong(
                "scores", "Yours has no ReLU; it should have one after C1, C3, C5 and F6.", lambda c: scores(c, RELUS)
            ),
            Wrong(
                "scores",
                "Yours has no ReLU after C1 and C3; it should.",
                lambda c: scores(c, RELUS[:2]),
            ),
            Wrong(
                "scores",
                "Yours has no ReLU after C5 and F6; it should.",
                lambda c: scores(c, RELUS[2:]),
            ),
            *(
                Wrong(
                    "scores",
                    f"Yours has no ReLU after {name[:2]}; it should.",
                    lambda c, name=name: scores(c, (name,)),
                )
                for name in RELUS
            ),
            Wrong(
                "scores",
                "Yours has a ReLU after the last layer; it should have none: scores may be negative.",
                lambda c: np.maximum(c.scores, 0),
            ),
            Wrong(
                "scores",
                "Yours has Tanh in the place of ReLU; it should have ReLU.",
                lambda c: scores(c, other=dict.fromkeys(RELUS, Tanh())),
            ),
            Wrong(
                "scores",
                "Yours takes the mean of each window; it should take the largest: MaxPool2d.",
                lambda c: scores(c, other=dict.fromkeys(("S2", "S4"), AvgPool2d(2))),
            ),
            *(
                Wrong(
                    "scores",
                    f"Yours takes the mean of each window in {name}; it should take the largest: MaxPool2d.",
                    lambda c, name=name: scores(c, other={name: AvgPool2d(2)}),
                )
                for name in ("S2", "S4")
            ),
            Wrong(
                "scores",
                "Yours flattens (height, width, maps); it should flatten (maps, height, width), like torch.nn.Flatten.",
                lambda c: scores(c, flat=lambda x: x.transpose(0, 2, 3, 1).reshape(len(x), -1)),
            ),
            Wrong(
                "scores",
                "Yours flattens (maps, width, height); it should flatten (maps, height, width), like torch.nn.Flatten.",
                lambda c: scores(c, flat=lambda x: x.swapaxes(2, 3).reshape(len(x), -1)),
            ),
            Wrong(
                "scores",
                "Yours has a softmax at the end; it should return the scores before it.",
                lambda c: softmax(c.scores),
            ),
            Wrong(
                "scores",
                "Yours has a log-softmax at the end; it should return the scores before it.",
                lambda c: c.scores - c.scores.max(axis=1, keepdims=True),
            ),
            Wrong(
                "scores",
                "Yours has no biases; it should copy those of state too.",
                lambda c: without_biases(c),
            ),
        )
    },
    hints=(
        "torch.nn.Sequential(torch.nn.Conv2d(1, 6, 5, padding=2), torch.nn.ReLU(), torch.nn.MaxPool2d(2), ...): "
        "the same layers in the same order as print(tutorial_28(0)) shows.",
        "net.parameters() gives W and b of every layer with parameters, in order; so does state.values().",
        "with torch.no_grad(): for value, parameter in zip(state.values(), net.parameters()): "
        "parameter.copy_(torch.from_numpy(value)). Then return net.",
    ),
)


def without_biases(c):
    zeros = {name: np.zeros(shape, np.float32) for name, shape in STATE.items() if name.endswith(".b")}
    return ours({name: vars(c)[name] for name in STATE} | zeros).forward(c.x)
