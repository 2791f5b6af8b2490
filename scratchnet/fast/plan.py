"""A network as a program: a row of integers for every operation, and a place in memory for every array.

There are two layouts. They differ in what the lanes of a vector hold:

LANES   sixteen images at once: every number of the network is a vector. Map c, row h, column w is at
        map c + row h + LANES w
1       one image: a vector of a convolution holds neighbouring pixels, across the ends of rows. So a map of
        the output keeps the row length of the input. A guard of zeros follows it, for the pixels beyond the
        edge.
"""

import math

import numpy as np

from scratchnet.errors import Unsupported
from scratchnet.fast import ends, lowering, pointwise, products
from scratchnet.fast.maps import Maps
from scratchnet.fast.modes import Meeting
from scratchnet.fast.operation import ROW
from scratchnet.fast.vector import LANES
from scratchnet.layers.expect import expect_input
from scratchnet.parallel import leaves

STRETCH = 128  # images of batch size 1 in one call: 4 ms of LeNet-5, then Python runs again (callbacks, Ctrl-C)


class Plan:
    """The programs of one network, for `lanes` images at once.

    It goes through the layers once, forward. Each layer adds its forward rows, and a function that makes its backward
    rows, for gradients or (second=True) for curvatures. offsets: {(layer, name): (first, n)} of the parameters; far:
    the distance from a parameter to its step size. size: floats in a workspace; constants: {offset: values to put
    there}. Raises Unsupported for a layer or loss without an operation.
    """

    def __init__(self, net, shape, loss, offsets, far, lanes):
        self.lanes, self.offsets, self.far = lanes, offsets, far
        self.size, self.constants, self.programs, self.squares = 0, {}, {}, None
        self.labels, self.weights, self.E = (self.take(lanes) for _ in range(3))
        self.passes = STRETCH if lanes == 1 else 1  # forward passes in one call, each with a key of Dropout
        self.keys, self.norms = [], []
        self.with_modes = [leaf for leaf in leaves(net) if getattr(leaf, "whole_batch", False)]
        self.x = x = self.maps(shape)
        self.forward, self.back = [], []
        for leaf in lowering.in_order(leaves(net)):
            expect_input(leaf, np.zeros((1, *x.shape), np.float32))
            x, back = lowering.plan_layer(self, leaf, x)
            self.back.append(back)
        if len(x.shape) != 1:
            raise Unsupported(f"the output has shape {x.shape}, not one number for each class")
        self.y, self.first_image = x, self.take(1)
        self.loss = ends.plan_loss(self, loss, leaves(net)[-1])

    def program(self, kind):
        """Return the program (int64), `where` of drive.Job and `meetings` of drive.Desk.

        kind: "forward", "gradients", "curvatures" or "steps"; with "steps" every parameter takes its step at once.
        """
        key = kind, *[leaf.training for leaf in self.with_modes]
        if key not in self.programs:
            forward, back = self.instructions(kind)
            instructions = forward + back
            maps = self.x.shape[0] if len(self.x.shape) == 3 else 1
            places = self.x.value, self.y.value, self.labels, self.weights, self.E, maps, self.x.map
            where = np.array([self.lanes, count_rows(instructions), count_rows(forward), *places, self.first_image])
            rows = [row for row in instructions if not isinstance(row, Meeting)]
            self.programs[key] = assemble(rows), where, meetings(instructions)
        return self.programs[key]

    def instructions(self, kind):
        """Return the forward and the backward rows of this kind of program, as `assemble` takes them, and meetings."""
        forward = [row for rows in self.forward for row in (rows() if callable(rows) else [rows])]
        self.steps, self.stepped = kind == "steps", set()
        return forward, [] if kind == "forward" else self.backward(second=kind == "curvatures")

    def meets(self):
        """Return whether a layer needs the whole batch now: its groups of images cannot run one after the other."""
        return any(leaf.training for leaf in self.with_modes)

    def backward(self, second):
        """Return the rows of the loss, of the layers in reverse, and of the steps that no layer has taken."""
        instructions = [self.loss(second)]
        for back in reversed(self.back):
            instructions += back(second)
        if self.steps:
            left = [slot for slot in self.offsets.values() if slot[0] not in self.stepped]
            instructions += [(products.descend, (LANES,), first, n, self.far) for first, n in merged(left)]
        return instructions

    def take(self, n):
        """Reserve n floats and return their offset, a multiple of 16."""
        first = self.size
        self.size += -(-n // 16) * 16
        return first

    def constant(self, values):
        values = np.asarray(values, np.float32).ravel()
        offset = self.take(values.size)
        self.constants[offset] = values
        return offset

    def maps(self, shape, row=None, guard=0):
        """Return new Maps of this shape. For one image: rows of `row` floats, a guard before and behind each map."""
        C, H, W = shape if len(shape) == 3 else (1, 1, math.prod(shape))
        if self.lanes > 1:
            row = W * self.lanes
            step, before = H * row, 0
        else:
            row = row or W
            slack = LANES if H * W > 1 and len(shape) == 3 else 0  # the last vector reaches beyond the map
            step, before = H * row + slack + guard, guard
        value = self.take(C * step + LANES)
        gradient = self.take(C * step + 2 * LANES + before) + -(-before // LANES) * LANES
        return Maps(shape, value, gradient, step, row, -(-C * step // LANES))

    def frame(self, shape):
        """Return new Maps in a frame of zeros that nothing overwrites; value and gradient are the same place."""
        C, H, W = shape
        at, row = self.take(C * H * W * self.lanes), W * self.lanes
        return Maps(shape, at, at, H * row, row, -(-C * H * row // LANES))

    def like(self, x):
        """Return new Maps with the layout of x."""
        value, gradient = (self.take((x.vectors + 1) * LANES) for _ in range(2))
        return Maps(x.shape, value, gradient, x.map, x.row, x.vectors)

    def parameter(self, leaf, name):
        return self.offsets[leaf, name][0]

    def squared(self, second, at, vectors):
        """Return (rows, offset) of what is at `at`, or of its square for the curvature pass."""
        if not second:
            return [], at
        if self.squares is None or self.squares[1] < vectors:
            self.squares = self.take((vectors + 1) * LANES), vectors
        return [(pointwise.square, (LANES,), at, self.squares[0], vectors)], self.squares[0]


def merged(slots):
    """Return (first, n) of the parameters, with neighbours joined: there is only padding between them."""
    result = []
    for first, n in slots:
        if result and first - sum(result[-1]) < 16:
            first, n = result[-1][0], first + n - result.pop()[0]
        result.append((first, n))
    return result


def count_rows(instructions):
    return sum(not isinstance(row, Meeting) for row in instructions)


def meetings(instructions):
    """Return (rows before it, first, n) of every Meeting, int64 (M, 3); the end of the program counts as the last."""
    found = [(count_rows(instructions[:at]), *row) for at, row in enumerate(instructions) if isinstance(row, Meeting)]
    return np.array([*found, (count_rows(instructions), 0, 0)])


def assemble(instructions):
    """Return the program, int64: a row for each of the instructions (operation, sizes, *arguments), then the tables.

    A tuple among the arguments is a table. Its row has its place instead, counted from the row.
    """
    program, tables, where = [], [], {}
    for n, (operation, sizes, *arguments) in enumerate(instructions):
        row = [operation(*sizes)]
        for argument in arguments:
            if isinstance(argument, tuple):
                if argument not in where:
                    where[argument] = len(instructions) * ROW + len(tables)
                    tables += argument
                argument = where[argument] - n * ROW
            row.append(argument)
        program += row + [0] * (ROW - len(row))
    return np.array(program + tables, np.int64)
