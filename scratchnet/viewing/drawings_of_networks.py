"""A drawing of a whole network, as the paper's Fig. 2: sizes, parameters, connections and receptive fields."""

import math
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from scratchnet.errors import InputError
from scratchnet.layers import Conv2d, Flatten, Sequential, Subsampling
from scratchnet.layers.pooling import Pool2d
from scratchnet.parallel import leaves
from scratchnet.viewing.strokes import WIDTH, canvas, caption, heading, label, line, rectangle
from scratchnet.viewing.svg import BLUE, INK, PALE_BLUE, PALE_ORANGE, QUIET, RULE

COLUMNS = (150, 210, 276, 320)  # right ends of the table's columns of numbers
KINDS = {"Conv2d": "convolution", "Linear": "full connection", "RBF": "distances to codes"}


def lenet5_plan(net: Sequential) -> Figure:
    """Draw a network as the paper's Fig. 2, with a table: size, parameters, connections and receptive field.

    net: a Sequential with an input_shape (C, H, W), such as LeNet-5; a layer and its squashing are one row. The numbers
    are the layers' own. The receptive field is the part of the input that one unit of a layer reads.
    Raises InputError for a network without input_shape, and for more than ten rows.
    """
    if not isinstance(net, Sequential) or not net.input_shape:
        raise InputError("lenet5_plan expects a Sequential with an input_shape, as models.lenet5() has one.")
    rows = stages_of(net)
    if len(rows) > 10:
        raise InputError(f"lenet5_plan draws at most ten layers, got {len(rows)}.")
    figure, ax = canvas(f"The network {' '.join(row['name'] for row in rows)}.", 172 + 15 * (len(rows) + 2))
    draw_stacks(ax, rows)
    draw_table(ax, rows, 166)
    caption(ax, 162 + 15 * (len(rows) + 2), "6@28x28: 6 maps of 28 x 28.  sees: pixels of the input for one unit")
    return figure


def stages_of(net):
    """Return a row {name, kind, shape, parameters, connections, sees, window} for the input and for each stage."""
    rows: list[dict[str, Any]] = [
        {"name": "INPUT", "kind": "", "shape": net.input_shape, "parameters": 0, "connections": 0, "sees": (1, 1)}
    ]
    rows[0]["window"] = None
    shape, sees, jump = net.input_shape, (1, 1), (1, 1)
    for stage, layer in parts(net):
        window, stride = window_of(layer, shape)
        limit = net.input_shape[-2:]
        sees = tuple(min(n, s + (k - 1) * d) for n, s, k, d in zip(limit, sees, window, jump))
        jump = tuple(d * s for d, s in zip(jump, stride))
        counts = layer.n_parameters(), layer.n_connections(shape)
        shape = layer.output_shape(shape)
        if isinstance(layer, Flatten):
            continue
        if stage != rows[-1]["name"]:
            kind = KINDS.get(type(layer).__name__, type(layer).__name__.lower())
            kind += f" {window[0]}x{window[1]}" * (isinstance(layer, Conv2d | Pool2d | Subsampling))
            rows.append({"name": stage, "kind": kind, "parameters": 0, "connections": 0})
            rows[-1]["window"] = window if len(shape) == 3 else None
        rows[-1] |= {"shape": shape, "sees": sees}
        rows[-1]["parameters"] += counts[0]
        rows[-1]["connections"] += counts[1]
    return rows


def parts(net):
    """Yield (stage, layer) for every layer that computes: C1_squash belongs to C1, and so do layers inside a C1."""
    for name, layer in net.layers.items():
        for leaf in leaves(layer):
            yield name.split("_")[0], leaf


def window_of(layer, shape):
    """Return the window (height, width) of its input that one unit reads, and the stride of the windows."""
    if isinstance(layer, Flatten):  # a unit behind it reads all
        return shape[1:], (1, 1)
    if isinstance(layer, Conv2d):
        return layer.kernel_size, tuple(np.broadcast_to(layer.stride, 2).tolist())
    if isinstance(layer, Pool2d):
        return layer.window, layer.stride
    if isinstance(layer, Subsampling):
        return (2, 2), (2, 2)
    return (1, 1), (1, 1)


def size(shape):
    return f"{shape[0]}@{shape[1]}x{shape[2]}" if len(shape) == 3 else f"{shape[0]}"


def draw_stacks(ax, rows):
    """Draw the maps of each stage as a stack of squares, and how one unit of the next stage reads them."""
    largest = max(max(row["shape"][1:], default=1) for row in rows)
    bodies = [body(row["shape"], largest) for row in rows]
    gap = (WIDTH - 8 - sum(wide + spread for wide, _, spread, _ in bodies)) / (len(rows) - 1)
    left, middle, before, feet = 4.0, 84.0, None, []
    for i, (row, (wide, high, spread, count)) in enumerate(zip(rows, bodies)):
        top = middle - (high + spread) / 2
        for k in range(count):
            away = spread * k / max(count - 1, 1)
            rectangle(
                ax, left + away, top + away, wide, high, PALE_BLUE if len(row["shape"]) == 3 else PALE_ORANGE, INK, 0.6
            )
        front = left + spread, top + spread
        if before and row["window"]:
            draw_window(ax, before, row, front, wide, high)
        foot = left + (wide + spread) / 2
        feet.append((foot, top + high + spread + 2 if i % 2 == 0 else top - 2))
        before = {"row": row, "front": front, "wide": wide, "high": high}
        left += wide + spread + gap
    for row in (0, 1):  # names and sizes below and above in turn, as there is little room
        draw_names(ax, rows[row::2], feet[row::2], (144, 155, 137) if row == 0 else (12, 24, 31))


def draw_names(ax, rows, feet, heights):
    """Write names and sizes at their stacks, side by side; one that has no room moves to the left."""
    end = WIDTH - 2.0
    for row, (x, y) in reversed([*zip(rows, feet)]):
        half = 0.5 * max(6.8 * len(row["name"]), 6.1 * len(size(row["shape"])))
        at = max(min(x, end - half), half + 2)
        end = at - half - 4
        heading(ax, at, heights[0], row["name"])
        label(ax, at, heights[1], size(row["shape"]))
        line(ax, (x, y), (at, heights[2]), colour=RULE, width=0.7)


def body(shape, largest):
    """Return width, height, spread of the stack, and how many maps are drawn."""
    if len(shape) == 3 and max(shape[1:]) > 1:
        high, wide = (5 + 41 * n / largest for n in shape[1:])
        return wide, high, min(16, 1.6 * (shape[0] - 1)), min(shape[0], 16)
    return 5, min(76, 16 + 0.5 * math.prod(shape)), 0, 1


def draw_window(ax, before, row, front, wide, high):
    """Draw the window that one unit reads in the maps before, and two lines from it to the unit."""
    (_, H, W), (kh, kw) = before["row"]["shape"], row["window"]
    w, h = before["wide"] * kw / W, before["high"] * kh / H
    x = before["front"][0] + 0.62 * (before["wide"] - w)
    y = before["front"][1] + 0.3 * (before["high"] - h)
    to = front[0] + 0.5 * min(wide, 8), front[1] + 0.35 * high
    rectangle(ax, x, y, w, h, PALE_ORANGE, BLUE, 0.8)
    for corner in (y, y + h):
        line(ax, (x + w, corner), to, colour=BLUE, width=0.7)


def draw_table(ax, rows, top):
    for x, text in zip(COLUMNS[1:], ("parameters", "connections", "sees")):
        label(ax, x, top + 8, text, ha="right", colour=QUIET)
    label(ax, 4, top + 8, "layer", ha="left", colour=QUIET)
    line(ax, (4, top + 15), (320, top + 15), colour=RULE, width=0.8)
    for i, row in enumerate(rows[1:]):
        y = top + 23 + 15 * i
        heading(ax, 4, y, row["name"], ha="left")
        label(ax, 50, y, row["kind"], ha="left")
        high, wide = row["sees"]
        values = f"{row['parameters']:,}", f"{row['connections']:,}", f"{high}x{wide}"
        for x, text in zip(COLUMNS[1:], values):
            label(ax, x, y, text, ha="right")
    y = top + 23 + 15 * (len(rows) - 1)
    line(ax, (4, y - 8), (320, y - 8), colour=RULE, width=0.8)
    heading(ax, 4, y, "all", ha="left")
    for x, key in zip(COLUMNS[1:], ("parameters", "connections")):
        heading(ax, x, y, f"{sum(row[key] for row in rows):,}", ha="right")
