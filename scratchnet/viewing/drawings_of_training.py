"""Drawings of training: steps in a valley, and the two losses as springs."""

import itertools
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from scratchnet.errors import InputError
from scratchnet.losses import MAPLoss, MLELoss
from scratchnet.viewing.strokes import (
    arrow,
    canvas,
    caption,
    disc,
    frame,
    heading,
    label,
    line,
    number,
)
from scratchnet.viewing.svg import BLUE, INK, ORANGE, PALE_BLUE, PALE_ORANGE, PAPER, QUIET, RULE

COLOURS, DASHES = (ORANGE, BLUE, INK), ("-", "--", ":")


def valley(H: ArrayLike, paths: Mapping[str, ArrayLike], names: Sequence[str] = ("u", "v")) -> Figure:
    """Draw the lines of equal E = w' H w / 2 around its minimum at 0, and paths of steps: zig-zag and straight.

    H: the curvature, (2, 2) and positive definite, or its diagonal (2,). paths: {name: (steps + 1, 2) places}, at most
    three; names: of the two coordinates. The flatter coordinate lies across.
    Raises InputError for another shape of H or of a path, and for a valley without a minimum.
    """
    H = np.diag(H) if np.ndim(H) == 1 else np.asarray(H, float)
    places = {name: np.asarray(path, float) for name, path in paths.items()}
    if H.shape != (2, 2) or np.linalg.eigvalsh(H).min() <= 0:
        raise InputError(f"valley expects H of shape (2, 2) or (2,) and positive definite, got {H.tolist()}.")
    if not 1 <= len(places) <= 3 or any(p.ndim != 2 or p.shape[1] != 2 for p in places.values()):
        raise InputError("valley expects one to three paths, each of shape (steps + 1, 2).")
    flat = int(H[1, 1] < H[0, 0])  # the coordinate that lies across
    order = [flat, 1 - flat]
    low, high, scale = region(np.concatenate([*places.values(), [[0, 0]]])[:, order])
    top = 24 + 15 * len(places)
    height = scale[1] * (high - low)[1]
    figure, ax = canvas(
        f"A valley with curvatures {number(H[0, 0])} and {number(H[1, 1])}, and paths.", top + height + 45
    )

    def at(w):
        """Return the place on the canvas, (steps + 1, 2), of places (steps + 1, 2)."""
        x, y = ((np.asarray(w)[:, order] - low) * scale).T
        return np.stack([32 + x, top + height - y], axis=1)

    for E in levels(H, next(iter(places.values()))[0]):
        ring = at(ellipse(H, E))
        outside = (ring < (32, top)).any(axis=1) | (ring > (316, top + height)).any(axis=1)
        line(ax, *np.where(outside[:, None], np.nan, ring), colour=RULE, width=1)
    frame(ax, 32, top, 284, height, QUIET, 0.8)
    ticks(ax, low, high, at, order, top + height)
    x, y = at([[0, 0]])[0]
    disc(ax, x, y, 5, fill=PAPER)
    for i, (name, path) in enumerate(places.items()):
        draw_path(ax, at(path), COLOURS[i], DASHES[i])
        E = [energy(H, w) for w in (path[0], path[-1])]
        line(ax, (8, 12 + 15 * i), (30, 12 + 15 * i), colour=COLOURS[i], linestyle=DASHES[i])
        text = f"{name}: E from {number(E[0])} to {number(E[1])} in {len(path) - 1} steps"
        label(ax, 36, 12 + 15 * i, text, ha="left", colour=COLOURS[i])
    across, up = order
    label(ax, 174, top + height + 21, f"{names[across]}, curvature {number(H[across, across])}")
    label(ax, 4, top - 8, f"{names[up]}, curvature {number(H[up, up])}", ha="left")
    caption(ax, top + height + 36, "ring: the minimum.  lines: equal E, each a quarter of the next")
    return figure


def energy(H, w):
    return float(w @ H @ w) / 2


def levels(H, start):
    """Return values of E from that of the start downward, and two above it."""
    return energy(H, start) * 4.0 ** np.arange(2, -5, -1)


def ellipse(H, E):
    """Return points (n, 2) with w' H w / 2 = E."""
    curvatures, directions = np.linalg.eigh(H)
    angle = np.linspace(0, 2 * np.pi, 241)
    return (np.sqrt(2 * E / curvatures) * np.stack([np.cos(angle), np.sin(angle)], axis=1)) @ directions.T


def region(points):
    """Return the lowest and highest coordinates that are drawn, and the points of a unit in both directions."""
    low, high = points.min(axis=0), points.max(axis=0)
    size = np.maximum(high - low, 1e-6 * max(1, np.abs(points).max()))
    low, high = low - 0.12 * size, high + 0.12 * size
    scale = np.full(2, 284 / (high - low)[0])
    scale[1] = np.clip(scale[1] * (high - low)[1], 110, 240) / (high - low)[1]
    return low, high, scale


def ticks(ax, low, high, at, order, bottom):
    """Write a few numbers at both axes."""
    for axis in (0, 1):
        for value in MaxNLocator(5 if axis == 0 else 4).tick_values(low[axis], high[axis]):
            if low[axis] < value < high[axis]:
                w = np.zeros((1, 2))
                w[0, order[axis]] = value
                x, y = at(w)[0]
                ends = ((x, bottom), (x, bottom + 3)) if axis == 0 else ((29, y), (32, y))
                line(ax, *ends, colour=QUIET, width=0.8)
                place = (x, bottom + 9) if axis == 0 else (27, y)
                label(ax, *place, number(value), ha="center" if axis == 0 else "right")


def draw_path(ax, points, colour, dash):
    """Draw steps: a line, a dot at each place, and an arrowhead on each step that is long enough."""
    for before, after in itertools.pairwise(points):
        if np.linalg.norm(after - before) > 14:
            arrow(ax, tuple(before), tuple(after), colour=colour, linestyle=dash)
        else:
            line(ax, tuple(before), tuple(after), colour=colour, linestyle=dash)
    for x, y in points:
        disc(ax, x, y, 1.8, fill=colour, edge=colour)


def springs(penalties: ArrayLike, right: int, j: float) -> Figure:
    """Draw the penalties of one image as balls on springs: the pull of MLE, and the pull and pushes of MAP.

    penalties: y, one for each class (2 to 10 of them); right: the right class; j: the penalty of the class "none of
    these". A spring's force is -dE/dy, from MLELoss and MAPLoss(j); a class with a force below 0.005 has no spring.
    Raises InputError for another number of classes, and for a class that does not exist.
    """
    y = np.asarray(penalties, float)
    if y.ndim != 1 or not 2 <= len(y) <= 10 or not 0 <= right < len(y):
        raise InputError(f"springs expects 2 to 10 penalties and a right class among them, got {y.shape} and {right}.")
    figure, ax = canvas(f"The forces on {len(y)} penalties, by MLE and by MAP.", 324)
    highest = 1.15 * max(y.max(), j if np.isfinite(j) else 0, 1e-9)
    for top, loss, title in (
        (22, MLELoss(), "MLE (equation 8)"),
        (168, MAPLoss(j=j), f"MAP (equation 9), j = {number(j)}"),
    ):
        loss.forward(y[None], np.array([right]))
        draw_panel(ax, top, title, y, -loss.backward()[0], right, highest)
    if np.isfinite(j):
        line(ax, *((x, 268 - 100 * j / highest) for x in (30, 320)), colour=QUIET, width=0.9, linestyle=":")
    caption(ax, 300, "height: the penalty y of each class.  below: the force -dE/dy on it")
    caption(ax, 314, f'blue: the right class, {right}.  dotted: j, the penalty of "none of these"')
    return figure


def draw_panel(ax, top, title, y, force, right, highest):
    """Draw the balls and springs of one loss on a floor at penalty 0, 100 points below `top`."""
    heading(ax, 175, top - 10, title)
    frame(ax, 30, top, 290, 100, QUIET, 0.8)
    for value in MaxNLocator(4).tick_values(0, highest):
        if 0 <= value < highest:
            label(ax, 27, top + 100 - 100 * value / highest, number(value), ha="right")
    for i in range(len(y)):
        x = 30 + 290 * (i + 0.5) / len(y)
        draw_ball(ax, x, top + 100 - 100 * y[i] / highest, top, i, force[i], i == right)


def draw_ball(ax, x, y, top, i, force, right):
    """Draw a class at its penalty, its force below, and the spring that pulls it down to the floor or up."""
    colour, floor = BLUE if right else ORANGE, top + 100
    if abs(force) >= 0.005:
        long = 6 + 16 * abs(force)
        if force < 0:
            spring(ax, x, y + 6, floor, colour)
            end = min(y + long, floor - 2)
        else:
            spring(ax, x, y - 6, top, colour)
            end = max(y - long, top + 2)
        arrow(ax, (x + 10, end + np.sign(force) * long), (x + 10, end), colour=colour, width=1.6)
    disc(ax, x, y, 6.5, str(i), fill=PALE_BLUE if right else PALE_ORANGE)
    label(ax, x, floor + 11, f"{force:.2f}" if abs(force) >= 0.005 else "0", colour=colour)


def spring(ax, x, ball, wall, colour):
    """Draw a spring from a ball to a wall, with turns that are further apart the longer it is."""
    turns = int(np.clip(abs(wall - ball) / 5, 2, 9))
    heights = np.linspace(ball, wall, 2 * turns + 1)
    sideways = np.where(np.arange(2 * turns + 1) % 2, 4, -4) * np.r_[0, np.ones(2 * turns - 1), 0]
    line(ax, *zip(x + sideways, heights), colour=colour)
