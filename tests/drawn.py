"""Drawings for their tests: each with the numbers of the lessons, and with others."""

import numpy as np
import pytest
from matplotlib.colors import to_hex

from scratchnet import (
    AvgPool2d,
    Conv2d,
    Flatten,
    Linear,
    ScaledTanh,
    Sequential,
    models,
)
from scratchnet.viewing import drawings

PHONE = 328  # pixels that a page of 360 has for a picture


def texts(figure):
    return [text.get_text() for text in figure.axes[0].texts]


def areas(figure, colour):
    """How many areas have this colour."""
    return sum(patch.get_fill() and to_hex(patch.get_facecolor()) == colour for patch in figure.axes[0].patches)


def has(figure, *expected):
    missing = [text for text in expected if text not in texts(figure)]
    assert not missing, (missing, texts(figure))


# Two layers as a graph, with gradients from measured slopes.


def graph_values(x, w1, w2, v1, v2, t):
    p, q = w1 * x, w2 * x
    h1, h2 = max(p, 0.0), max(q, 0.0)
    r, s = v1 * h1, v2 * h2
    y = r + s
    d = y - t
    E = d * d
    return locals()


def after(cut, v):
    """E, if the numbers of v are as given and those that are computed from `cut` follow."""
    made = {"p": lambda v: v["w1"] * v["x-p"], "q": lambda v: v["w2"] * v["x-q"], "h1": lambda v: max(v["p"], 0)}
    made |= {"h2": lambda v: max(v["q"], 0), "r": lambda v: v["v1"] * v["h1"], "s": lambda v: v["v2"] * v["h2"]}
    made |= {"y": lambda v: v["r"] + v["s"], "d": lambda v: v["y"] - v["t"], "E": lambda v: v["d"] ** 2}
    v = dict(v)
    for name, rule in made.items():
        if name != cut:
            v[name] = rule(v)
    return v["E"]


def graph_gradients(values, h=1e-6):
    v = values | {"x-p": values["x"], "x-q": values["x"]}
    slopes = {}
    for name in v.keys() - {"x"}:
        slopes[name] = (after(name, v | {name: v[name] + h}) - after(name, v | {name: v[name] - h})) / (2 * h)
    return slopes | {"x": slopes["x-p"] + slopes["x-q"], "E": 1.0}


SIX = [(2.0, 1.5, 0.5, 1.0, -4.0, -2.0), (-1.25, 0.5, -2.0, 0.75, 1.5, 0.3), (0.4, 2.0, 1.1, -0.6, 0.9, 1.7)]


def graph(six=SIX[0]):
    values = graph_values(*six)
    return drawings.two_layer_graph(values, graph_gradients(values))


# All of them, each with other numbers than in the lessons too.

SOME = np.random.default_rng(0)
H = np.array([20.0, 1.0])
STEPS = np.arange(25)[:, None]
PATHS = {"one step size, 0.095": (1 - 0.095 * H) ** STEPS * (1, 4), "a step size each": 0.5 ** STEPS[:9] * (1.0, 4.0)}
ALL = {
    "neuron": lambda: drawings.neuron([0.5, -1.0, 2.0], [0.8, 0.3, -0.2], 0.1),
    "neuron of 1024": lambda: drawings.neuron(SOME.normal(size=1024), 0.02 * SOME.normal(size=1024), -0.123),
    "neuron of one": lambda: drawings.neuron([-0.5], [0.25], 0),
    "linear": lambda: drawings.linear_layer(Linear(3, 2), 4),
    "F6": lambda: drawings.linear_layer(Linear(120, 84), 500),
    "graph": graph,
    "another graph": lambda: graph(SIX[1]),
    "window": lambda: drawings.sliding_window(np.eye(4), [[-1, 1], [1, -1]], (1, 2)),
    "large window": lambda: drawings.sliding_window(SOME.integers(0, 3, (7, 6)), SOME.integers(-1, 2, (3, 3)), (2, 3)),
    "columns": lambda: drawings.image_to_columns(np.arange(16).reshape(4, 4), 2, 4),
    "other columns": lambda: drawings.image_to_columns(np.arange(20).reshape(4, 5) - 9, (3, 2), 7),
    "col2im": lambda: drawings.columns_to_image(SOME.normal(size=(4, 9)), (4, 4), 2, (1, 2)),
    "col2im of nine": lambda: drawings.columns_to_image(SOME.normal(size=(9, 9)), (5, 5), 3, (2, 2)),
    "col2im of one": lambda: drawings.columns_to_image(SOME.normal(size=(4, 6)), (3, 4), 2, (0, 0)),
    "pooling": lambda: drawings.pooling_variants([[0.2, -0.5], [1.0, 0.4]], 0.5, 0.1),
    "valley": lambda: drawings.valley(H, PATHS),
    "turned valley": lambda: drawings.valley([[3.0, 1.0], [1.0, 2.0]], {"a path": [[2, 1], [-1.5, 0.5], [0, 0.1]]}),
    "springs": lambda: drawings.springs([50.0, 12.0, 12.5, 90.0], 2, 20),
    "ten springs": lambda: drawings.springs(np.linspace(2, 90, 10), 3, 10),
    "without rubbish": lambda: drawings.springs([3.0, 2.0], 1, np.inf),
    "LeNet-5": lambda: drawings.lenet5_plan(models.lenet5(0)),
    "another network": lambda: drawings.lenet5_plan(small_network()),
}
every_drawing = pytest.mark.parametrize("make", ALL.values(), ids=ALL)


def small_network():
    return Sequential(
        input_shape=(3, 20, 17),
        C1=Conv2d(3, 4, (3, 5), stride=(2, 1), dtype=float, rng=0),
        C1_squash=ScaledTanh(),
        S2=AvgPool2d((2, 3), stride=2),
        C3=Conv2d(4, 5, 3, padding="same", dtype=float, rng=1),
        flatten=Flatten(),
        F4=Linear(5 * 4 * 6, 7, dtype=float, rng=2),
    )
