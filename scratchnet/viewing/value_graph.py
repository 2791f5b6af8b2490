"""The graph of two layers with six numbers: lesson 4's, with a value above and a gradient below each edge."""

from typing import Any

from matplotlib.figure import Figure

from scratchnet.viewing.figures import BLUE, ORANGE
from scratchnet.viewing.pieces import new_figure

# Each number's place (x, y) where it is an input of the graph, each operation's place and sign.
INPUTS = {"w1": (0, 4), "x": (0, 2), "w2": (0, 0), "v1": (2, 4), "v2": (2, 0), "t": (4, 0.6)}
OPERATIONS = {
    "p": (1, 3, "*"),
    "q": (1, 1, "*"),
    "h1": (2, 3, "max"),
    "h2": (2, 1, "max"),
    "r": (3, 3, "*"),
    "s": (3, 1, "*"),
    "y": (4, 2, "+"),
    "d": (5, 2, "-"),
    "E": (6, 2, "d*d"),
}
EDGES = "w1-p x-p x-q w2-q p-h1 q-h2 v1-r h1-r v2-s h2-s r-y s-y y-d t-d d-E".split()
END = (7, 2)  # of the edge that carries E


def two_layer_graph(values: dict[str, float], gradients: dict[str, float]) -> Figure:
    """Draw E = (v1 max(w1 x, 0) + v2 max(w2 x, 0) - t)^2 as a graph: each value above its edge, dE/d(value) below.

    values, gradients: {name: number} for x, w1, w2, v1, v2, t and for the results p, q, h1, h2, r, s, y, d and E. x is
    used twice: gradients has "x-p" and "x-q" too, one for each edge.
    """
    figure = new_figure(None, 9, 4.6)
    ax = figure.subplots()
    ax.set_axis_off()
    ax.set(xlim=(-0.35, 7.2), ylim=(-0.5, 4.6))
    for edge in EDGES:
        start, end = edge.split("-")
        draw_edge(ax, start, OPERATIONS[end][:2], values[start], gradients.get(edge, gradients[start]))
    draw_edge(ax, "E", END, values["E"], gradients["E"])
    for name, place in INPUTS.items():
        draw_node(ax, place, name, "round")
    for x, y, sign in OPERATIONS.values():
        draw_node(ax, (x, y), sign, "square")
    ax.text(0, 1.55, f"sum\n{gradients['x']:g}", color=ORANGE, ha="center", va="top", fontsize=10)
    ax.text(3.3, 4.4, "above an edge: the value", color=BLUE, fontsize=10)
    ax.text(5.4, 4.4, "below: the gradient", color=ORANGE, fontsize=10)
    return figure


def draw_edge(ax: Any, start: str, end: tuple[float, float], value: float, gradient: float) -> None:
    """Draw an arrow from where `start` is made to end, with the value above its middle and the gradient below."""
    from_x, from_y = INPUTS[start] if start in INPUTS else OPERATIONS[start][:2]
    arrow = {"arrowstyle": "-|>", "color": "black", "linewidth": 0.8, "shrinkA": 14, "shrinkB": 14}
    ax.annotate("", end, (from_x, from_y), arrowprops=arrow)
    x, y = (from_x + end[0]) / 2, (from_y + end[1]) / 2
    box = {"facecolor": "white", "edgecolor": "none", "pad": 0.6}
    name = f"{start} = " if start in OPERATIONS else ""
    ax.text(x, y + 0.06, f"{name}{value:g}", color=BLUE, ha="center", va="bottom", fontsize=10, bbox=box)
    ax.text(x, y - 0.06, f"{gradient:g}", color=ORANGE, ha="center", va="top", fontsize=10, bbox=box)


def draw_node(ax: Any, place: tuple[float, float], text: str, style: str) -> None:
    face = "#EEEEEE" if style == "square" else "white"
    box = {"boxstyle": f"{style},pad=0.4", "facecolor": face, "edgecolor": "black", "linewidth": 0.8}
    ax.text(*place, text, ha="center", va="center", fontsize=10, bbox=box)
