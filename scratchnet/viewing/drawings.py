"""Drawings that explain: each function takes real numbers or layers, computes what it writes, and returns a Figure.

`picture` shows them as SVG. They follow a light and a dark page.
"""

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from scratchnet.errors import InputError
from scratchnet.layers import Layer, Linear, ScaledTanh
from scratchnet.viewing.drawings_of_networks import lenet5_plan as lenet5_plan
from scratchnet.viewing.drawings_of_training import springs as springs
from scratchnet.viewing.drawings_of_training import valley as valley
from scratchnet.viewing.drawings_of_windows import columns_to_image as columns_to_image
from scratchnet.viewing.drawings_of_windows import image_to_columns as image_to_columns
from scratchnet.viewing.drawings_of_windows import pooling_variants as pooling_variants
from scratchnet.viewing.drawings_of_windows import sliding_window as sliding_window
from scratchnet.viewing.strokes import (
    arrow,
    box,
    canvas,
    caption,
    disc,
    heading,
    label,
    number,
    two_decimals,
)
from scratchnet.viewing.svg import (
    BLUE,
    INK,
    ORANGE,
    PALE_BLUE,
    PALE_ORANGE,
    PAPER,
    QUIET,
)

__all__ = [
    "columns_to_image",
    "image_to_columns",
    "lenet5_plan",
    "linear_layer",
    "neuron",
    "pooling_variants",
    "sliding_window",
    "springs",
    "two_layer_graph",
    "valley",
]


def neuron(x: ArrayLike, w: ArrayLike, b: float, squash: Layer | None = None) -> Figure:
    """Draw one unit: its inputs, weights, products, their sum a, and y = f(a).

    x, w: n numbers; of more than five the first three and the last are drawn, and all are summed. b: the bias.
    squash: the layer f, by default ScaledTanh. Raises InputError if x and w do not have the same number of entries.
    """
    x, w = np.ravel(np.asarray(x, float)), np.ravel(np.asarray(w, float))
    if x.shape != w.shape or not x.size:
        raise InputError(f"neuron expects as many inputs as weights, got {x.size} and {w.size}.")
    f = ScaledTanh() if squash is None else squash
    a = float(x @ w + b)
    y = float(f(np.array([[a]])).item())
    shown = list(range(len(x))) if len(x) <= 5 else [0, 1, 2, None, len(x) - 1]
    high = max(40 * len(shown), 104)
    figure, ax = canvas(f"A neuron with {len(x):,} input{'s' * (len(x) > 1)}.", high + 34)
    middle = high / 2 + 4
    for row, i in enumerate(shown):
        at = middle + 40 * (row - (len(shown) - 1) / 2)
        if i is None:
            for place in (-7, 0, 7):
                disc(ax, 42, at + place, 1.5, fill=INK)
            label(ax, 60, at, f"n = {len(x):,} inputs", ha="left", colour=QUIET)
        else:
            draw_input(ax, i + 1 if None not in shown or i < 3 else "n", x[i], w[i], at, middle)
    disc(ax, 176, middle, 13, fill=PALE_BLUE)
    label(ax, 176, middle, "sum")
    arrow(ax, (176, middle + 46), (176, middle + 14))
    label(ax, 181, middle + 38, f"b = {number(b)}", ha="left")
    arrow(ax, (189, middle), (241, middle))
    label(ax, 215, middle - 9, f"a = {number(a)}")
    box(ax, 242, middle - 11, 20, 22, fill=PALE_ORANGE)
    label(ax, 252, middle, "f")
    label(ax, 252, middle + 20, type(f).__name__, colour=QUIET)
    arrow(ax, (262, middle), (321, middle))
    label(ax, 292, middle - 9, f"y = {number(y)}")
    caption(ax, high + 22, "a: the sum of the products, and the bias.  y = f(a)")
    return figure


def draw_input(ax, i, x, w, at, middle):
    """Draw one input of a neuron, its weight above its line and their product below."""
    label(ax, 3, at, f"x{i}", ha="left")
    disc(ax, 42, at, 14, two_decimals(x), fill=PAPER)
    slant = np.arctan2(middle - at, 40)
    end = 176 - 14 * np.cos(slant), middle - 14 * np.sin(slant)
    arrow(ax, (56, at), (136, at), end)
    label(ax, 98, at - 8, f"w{i} = {w:.2g}")
    label(ax, 98, at + 8, f"w{i} x{i} = {w * x:.2g}", colour=QUIET)


def linear_layer(layer: Linear, N: int) -> Figure:
    """Draw a linear layer with the shapes of what goes in and comes out, forward and backward, for a batch of N."""
    if not isinstance(layer, Linear):
        raise InputError(f"linear_layer expects a Linear, got {type(layer).__name__}.")
    (n_out,) = layer.output_shape((layer.in_features,))
    x, y, W, b = (N, layer.in_features), (N, n_out), layer.W.shape, layer.b.shape
    figure, ax = canvas(f"{layer!r} with the shapes of its arrays, for {N} examples.", 178)
    box(ax, 112, 26, 100, 86)
    heading(ax, 162, 41, type(layer).__name__)
    label(ax, 162, 55, f"{layer.in_features} inputs, {n_out} units")
    label(ax, 162, 78, f"W {W}")
    label(ax, 162, 94, f"b {b}")
    for height, colour, word, left, right, turn in (
        (48, BLUE, "forward", f"x {x}", f"y {y}", 1),
        (90, ORANGE, "backward", f"dx {x}", f"dy {y}", -1),
    ):
        for ends, text in (((4, 110), left), ((214, 320), right)):
            arrow(ax, *((at, height) for at in ends[::turn]), colour=colour, width=1.8)
            label(ax, sum(ends) / 2, height - 9, text)
        label(ax, 57, height + 10, word, colour=colour)
    for at, text in ((137, f"dW {W}"), (187, f"db {b}")):
        arrow(ax, (at, 112), (at, 133), colour=ORANGE, width=1.8)
        label(ax, at + (-8 if text[1] == "W" else 8), 142, text, ha="right" if text[1] == "W" else "left")
    caption(ax, 165, f"A gradient has the shape of what it belongs to.  N = {N}")
    return figure


# The graph of lesson 4: where each number begins, how far its arrow is flat (its number stands there), where it leads.
FLAT = 26
INPUTS: dict[str, tuple] = {
          "w1": (4, 44, "p"), "x": (4, 140, "p", "q"), "w2": (4, 236, "q"), "v1": (96, 44, "r"), "v2": (96, 236, "s"),
          "t": (190, 236, "d")}  # fmt: skip
NODES: dict[str, tuple] = {
         "p": (50, 90, "*", "h1"), "q": (50, 190, "*", "h2"), "h1": (95, 90, "max", "r"), "h2": (95, 190, "max", "s"),
         "r": (140, 90, "*", "y"), "s": (140, 190, "*", "y"), "y": (190, 140, "+", "d"), "d": (232, 140, "-", "E"),
         "E": (280, 140, "*")}  # fmt: skip
HALF = {"max": 11}  # of the width of a node; a disc has 8


def two_layer_graph(values: Mapping[str, float], gradients: Mapping[str, float]) -> Figure:
    """Draw E = (v1 max(w1 x, 0) + v2 max(w2 x, 0) - t)^2 as a graph: each value above its edge, dE/d(value) below.

    values: {name: number} for x, w1, w2, v1, v2, t and for the results p = w1 x, q = w2 x, h1 = max(p, 0),
    h2 = max(q, 0), r = v1 h1, s = v2 h2, y = r + s, d = y - t and E = d d. gradients: {the same names: dE/d(name)}, and
    "x-p" and "x-q" for the two edges of x.
    Raises InputError for a name that is missing or unknown, and for a number that the others contradict.
    """
    expect_right_graph(values, gradients)
    figure, ax = canvas("The graph of a network of two layers, with values and gradients.", 296)
    for at, text in ((71, "first layer"), (161, "second layer"), (264, "loss")):
        label(ax, at, 10, text, colour=QUIET)
    for key, (x, y, *to) in INPUTS.items():
        draw_number(ax, x, y, key, values, gradients)
        for end in to:
            arrow(ax, (x, y), (x + FLAT, y), border(end, x + FLAT, y))
    for height, gradient in ((121, gradients["x-p"]), (159, gradients["x-q"])):
        label(ax, 45, height, two_decimals(gradient), colour=ORANGE, ha="left")
    for key, (x, y, text, *to) in NODES.items():
        half = HALF.get(text, 8)
        start = x + half
        draw_number(ax, start, y, key, values, gradients)
        points = [(start, y), (start + FLAT, y)]
        if key == "d":  # it is both factors of E
            for turn in (-1, 1):
                arrow(ax, *points, (start + FLAT + 4, y + 16 * turn), (NODES["E"][0], y + 8 * turn))
                label(ax, start + FLAT + 4, y + 23 * turn, two_decimals(gradients["d"] / 2), colour=ORANGE)
        else:
            arrow(ax, *points, *(border(end, *points[-1]) for end in to if NODES[end][1] != y))
        box(ax, x - half, y - 8, 2 * half, 16, fill=PAPER) if text in HALF else disc(ax, x, y, 8, fill=PAPER)
        label(ax, x, y, text)
    label(ax, 92, 268, "above an arrow: its value", colour=BLUE)
    label(ax, 236, 268, "below: the gradient dE/d(value)", colour=ORANGE)
    caption(ax, 284, "Values are computed from left to right, gradients from right to left.")
    return figure


def draw_number(ax, x, y, key, values, gradients):
    """Write a name and its value above the arrow that begins at (x, y), and its gradient below."""
    heading(ax, x + FLAT / 2, y - 20, key)
    label(ax, x + FLAT / 2, y - 8, two_decimals(values[key]), colour=BLUE)
    label(ax, x + FLAT / 2, y + 9, two_decimals(gradients[key]), colour=ORANGE)


def border(node, x, y):
    """Return the point of a disc's border that is nearest to (x, y)."""
    middle = np.array(NODES[node][:2], float)
    away = np.array([x, y]) - middle
    return tuple(middle + 8 * away / np.linalg.norm(away))


def expect_right_graph(values, gradients):
    """Raise InputError unless the values and gradients are those of the graph, or these rounded to two decimals."""
    v, right = dict(values), {}
    for given, names in ((values, [*INPUTS, *NODES]), (gradients, [*INPUTS, *NODES, "x-p", "x-q"])):
        if given.keys() != set(names):
            odd = ", ".join(sorted(given.keys() ^ set(names)))
            raise InputError(f"two_layer_graph expects the numbers {', '.join(names)}; missing or unknown: {odd}.")
    right |= {"p": v["w1"] * v["x"], "q": v["w2"] * v["x"], "h1": max(v["p"], 0), "h2": max(v["q"], 0)}
    right |= {"r": v["v1"] * v["h1"], "s": v["v2"] * v["h2"], "y": v["r"] + v["s"], "d": v["y"] - v["t"]}
    expect_close("values", values, right | {"E": v["d"] ** 2})
    g = dict(gradients)
    slopes = {"E": 1, "d": 2 * v["d"] * g["E"], "y": g["d"], "t": -g["d"], "r": g["y"], "s": g["y"]}
    for h, path, weight, product, w in (("h1", "p", "v1", "r", "w1"), ("h2", "q", "v2", "s", "w2")):
        slopes |= {weight: g[product] * v[h], h: g[product] * v[weight], path: g[h] * (v[path] > 0)}
        slopes |= {w: g[path] * v["x"], f"x-{path}": g[path] * v[w]}
    expect_close("gradients", gradients, slopes | {"x": g["x-p"] + g["x-q"]})


def expect_close(what, given, right):
    for name, value in right.items():
        if not np.isclose(given[name], value, rtol=0.01, atol=0.01):
            raise InputError(f"two_layer_graph got {what}[{name!r}] = {given[name]:g}; the others make {value:g}.")
