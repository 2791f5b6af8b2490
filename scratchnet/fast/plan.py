"""A network as a program: a row of integers for every operation, and where everything is in memory.

`Plan` goes through the layers once, forward. Each layer adds its forward rows and returns a function that
makes its backward rows, for gradients or (second=True) for curvatures. Two layouts, by lanes:

LANES   sixteen images at once: a number of the network is a vector, map c row h column w at
        map c + row h + LANES w
1       one image: the vectors of a convolution are pixels in a row, across the ends of rows. A map of its
        output therefore keeps the row length of its input, and is followed by a guard of zeros, which stand
        for the pixels beyond the edge.
"""

import math
from dataclasses import dataclass

import numpy as np

from scratchnet.fast import conv, linear, outputs, pointwise, windows
from scratchnet.fast.operation import ROW
from scratchnet.fast.vector import LANES, REGISTERS
from scratchnet.layers import (
    RBF,
    AvgPool2d,
    Conv2d,
    Flatten,
    LastAxisLinear,
    Linear,
    MaxPool2d,
    ReLU,
    Scale,
    ScaledTanh,
    Sigmoid,
    Softmax,
    Subsampling,
    Tanh,
)
from scratchnet.layers.squash import A, S
from scratchnet.losses import BCELoss, CrossEntropyLoss, MAPLoss, MLELoss

SQUASH = {  # (S, steep, shift) of y = steep tanh(S x) + shift, and (c0, c1, c2) of f' = c0 + c1 y + c2 y^2
    ScaledTanh: lambda layer: ((S, A, 0), (S * A, 0, -S / A)),
    Tanh: lambda layer: ((1, layer.A, 0), (layer.A, 0, -1 / layer.A)),
    Sigmoid: lambda layer: ((0.5, 0.5, 0.5), (0, 1, -1)),
}
LOSSES = {
    MLELoss: outputs.mle,
    MAPLoss: outputs.map_,
    CrossEntropyLoss: outputs.cross_entropy,
    BCELoss: outputs.binary_cross_entropy,
}
# (filters, pixels) of a block of sums, which with P vectors and a weight has to fit the registers: few, since each that
# is used is compiled
BLOCKS = [(6, 4), (4, 5), (3, 7), (2, 9), (2, 7), (1, 14), (6, 2), (4, 3), (2, 5), (2, 4), (1, 7), (4, 1), (1, 1)]
BLOCKS = [(F, P) for F, P in BLOCKS if F * P + P + 1 <= REGISTERS]


class Unsupported(Exception):
    """The reason, as the end of a sentence."""


@dataclass
class Maps:
    """Where the output of a layer is, and dE/d of it: `map` floats from map to map, `row` from row to row."""

    shape: tuple
    value: int
    gradient: int
    map: int
    row: int
    vectors: int  # all of it, guards included
    kept: bool = False  # its layer needs it on the way back: nobody may write over it


class Plan:
    """The programs of one network, for `lanes` images at once.

    memory: floats of a workspace; constants: {offset: what has to be in it}.
    Raises Unsupported.
    """

    def __init__(self, net, shape, loss, offsets, far, lanes):
        self.lanes, self.offsets, self.constants = lanes, offsets, {}
        self.size = 0
        self.far = far
        self.labels, self.weights, self.E = (self.take(lanes) for _ in range(3))
        self.x = x = self.maps(shape)
        self.forward, self.back = [], []
        for leaf in net.leaves():
            if type(leaf) not in LAYERS:
                raise Unsupported(f"{leaf.label()} has no operation there")
            leaf.check(np.zeros((1, *x.shape), np.float32))
            x, back = LAYERS[type(leaf)](self, leaf, x)
            self.back.append(back)
        if len(x.shape) != 1:
            raise Unsupported(f"the output has shape {x.shape}, not one number for each class")
        self.y = x
        if loss is not None:
            if type(loss) not in LOSSES:
                raise Unsupported(f"{loss!r} has no operation there")
            if isinstance(loss, MAPLoss):
                self.j = self.constant([loss.j])
        self.loss = loss
        self.squares = None
        self.programs = {}

    def program(self, kind):
        """The program, int64, and `where` of drive.work, for "forward", "gradients", "curvatures" or "steps", in
        which every parameter takes its step at once."""
        if kind not in self.programs:
            rows = list(self.forward)
            if kind != "forward":
                self.steps, self.stepped = kind == "steps", set()
                rows += self.backward(second=kind == "curvatures")
            maps = self.x.shape[0] if len(self.x.shape) == 3 else 1
            places = self.x.value, self.y.value, self.labels, self.weights, self.E, maps, self.x.map
            where = np.array([self.lanes, len(rows), len(self.forward), *places])
            self.programs[kind] = assemble(rows), where
        return self.programs[kind]

    def backward(self, second):
        """The loss, the layers in reverse, and where they step the parameters that have not stepped yet."""
        j = [self.j] if isinstance(self.loss, MAPLoss) else []
        arguments = self.y.value, self.y.gradient, self.y.shape[0], self.labels, self.weights, self.E
        rows = [(LOSSES[type(self.loss)], (self.lanes, int(second)), *arguments, *j)]
        for back in reversed(self.back):
            rows += back(second)
        if self.steps:
            left = [slot for slot in self.offsets.values() if slot[0] not in self.stepped]
            rows += [(linear.descend, (LANES,), first, n, self.far) for first, n in merged(left)]
        return rows

    def take(self, n):
        """The offset of n new floats, a multiple of 16."""
        first = self.size
        self.size += -(-n // 16) * 16
        return first

    def constant(self, values):
        values = np.asarray(values, np.float32).ravel()
        offset = self.take(values.size)
        self.constants[offset] = values
        return offset

    def maps(self, shape, row=None, guard=0, kept=False):
        """New Maps of this shape. For one image: rows of `row` floats, and a guard behind (and before) each map."""
        C, H, W = shape if len(shape) == 3 else (1, 1, math.prod(shape))
        if self.lanes > 1:
            row = W * self.lanes
            step, before = H * row, 0
        else:
            row = row or W
            slack = LANES if H * W > 1 and len(shape) == 3 else 0  # the last vector of a map sticks out
            step, before = H * row + slack + guard, guard
        floats = C * step + LANES
        value = self.take(floats)
        gradient = self.take(floats + before) + -(-before // LANES) * LANES
        self.size += LANES
        return Maps(shape, value, gradient, step, row, -(-C * step // LANES), kept)

    def like(self, x):
        """New Maps laid out as x, with room for any guard in front."""
        front = -(-x.map // LANES) * LANES
        value, gradient = self.take((x.vectors + 1) * LANES), self.take((x.vectors + 1) * LANES + front) + front
        return Maps(x.shape, value, gradient, x.map, x.row, x.vectors)

    def parameter(self, leaf, name):
        return self.offsets[leaf, name][0]

    def squared(self, second, at, vectors):
        """(rows, offset): at itself, or its square for the curvature pass."""
        if not second:
            return [], at
        if self.squares is None or self.squares[1] < vectors:
            self.squares = self.take((vectors + 1) * LANES), vectors
        return [(pointwise.square, (LANES,), at, self.squares[0], vectors)], self.squares[0]


def merged(slots):
    """(first, n) of parameters, those that follow each other as one; between them there is padding."""
    result = []
    for first, n in slots:
        if result and first - sum(result[-1]) < 16:
            first, n = result[-1][0], first + n - result.pop()[0]
        result.append((first, n))
    return result


def assemble(rows):
    """int64 (n ROW + tables): rows of (operation, sizes, *arguments). A tuple among the arguments is a table; it
    goes behind the rows, and its place, counted from its row, stands for it."""
    program, tables, where = [], [], {}
    for n, (operation, sizes, *arguments) in enumerate(rows):
        row = [operation(*sizes)]
        for argument in arguments:
            if isinstance(argument, tuple):
                if argument not in where:
                    where[argument] = len(rows) * ROW + len(tables)
                    tables += argument
                argument = where[argument] - n * ROW
            row.append(argument)
        program += row + [0] * (ROW - len(row))
    return np.array(program + tables, np.int64)


def table(connections):
    """For every output map the input maps that it reads: one past the last, where they start, then they."""
    outs, lists, at = len(connections), [], []
    for reads in connections:
        at.append(outs + 1 + len(lists))
        lists += np.flatnonzero(reads).tolist()
    return (*at, outs + 1 + len(lists), *lists)


def together(connections, F):
    """For every output map what it and the F - 1 maps after it read."""
    return [connections[o : o + F].any(axis=0) for o in range(len(connections))]


def block(connections, pixels):
    """(F, P) of the blocks that do the least work for this convolution, and the table of what they read.

    Work: multiplications, or loads at twice the price, or the 8 multiplications that a core has under way.
    F neighbouring maps together read every map that one of them reads: W is 0 at the blanks.
    """

    def work(size):
        F, P = size
        starts = [min(o, len(connections) - F) for o in range(0, len(connections), F)]
        readers = sum(together(connections, F)[o].sum() for o in starts)
        return readers * -(-pixels // P) * max(F * P, F + 2 * P, 8), -F * P

    F, P = min((size for size in BLOCKS if size[0] <= len(connections) and size[1] <= pixels), key=work)
    return (F, P), table(together(connections, F))


def plan_conv(plan, layer, x):
    C, H, W = x.shape
    kh, kw = layer.kernel_size
    s, pad, O = layer.stride, layer.padding, layer.out_channels
    _, OH, OW = shape = layer.output_shape(x.shape)
    connections = layer.connections
    if OH == OW == 1 and pad == 0 and layer.dense and (kh, kw) == (H, W):
        flat, unflatten = plan_flatten(plan, None, x)
        y, back = plan_linear(plan, layer, flat, shape=shape)
        return y, lambda second: back(second) + unflatten(second)
    if kh <= pad or kw <= pad:
        raise Unsupported(f"{layer.label()}: the padding is as large as the kernel")
    weight, bias = plan.parameter(layer, "W"), plan.parameter(layer, "b")
    one = plan.lanes == 1
    if one and s != 1:
        raise Unsupported("a stride other than 1, one image at a time")
    source, rows_in = x, []
    if pad:
        source = plan.maps((C, H + 2 * pad, W + 2 * pad))
        inside = pad * source.row + pad * plan.lanes
        rows_in.append(
            (
                conv.copy_rows,
                (),
                x.value,
                source.value + inside,
                C,
                H,
                W * plan.lanes,
                x.map,
                x.row,
                source.map,
                source.row,
            )
        )
    if one:
        y = plan.maps(shape, row=source.row, guard=(kh - 1) * source.row + kw - 1 + LANES)
        rows, pixels, x_row, x_pixel, x_i, x_j = 1, -(-((OH - 1) * y.row + OW) // LANES), 0, LANES, source.row, 1
    else:
        y = plan.maps(shape)
        rows, pixels, x_row, x_pixel, x_i, x_j = OH, OW, s * source.row, s * LANES, source.row, LANES
    size, reads = block(connections, pixels)
    kernel = kh * kw
    plan.forward += rows_in
    plan.forward.append(
        (conv.convolve, size, source.value, y.value, weight, bias, reads, O, rows, pixels, kh, kw, 0, 10**6,
         source.map, x_row, x_pixel, x_i, x_j, y.map, y.row, C * kernel, kernel, kw, 1)
    )  # fmt: skip
    framed = None

    def back(second):
        nonlocal framed
        result, squares = plan.squared(second, source.value, source.vectors)
        filters, KH, lists = 1, kh, connections
        if kernel + 3 > REGISTERS or (one and pixels > LANES):  # rows of several kernels: fewer loads, more sums
            most = max(1, (REGISTERS - 2) // (kw + 1))
            filters, KH = max(n for n in range(1, most + 1) if O % n == 0), 1
            lists = together(connections, filters)
        result.append(
            (conv.kernel_gradients, (filters, KH, kw), squares, y.gradient, weight, table(lists), O, rows, pixels, kh,
             source.map, x_row, x_pixel, x_i, x_j, y.map, y.row, C * kernel, kernel)
        )  # fmt: skip
        if filters > 1 and not layer.dense:
            result.append((conv.clear_blanks, (), weight, table(connections), O, C, kernel))
        result.append((conv.bias_gradients, (LANES,), y.gradient, bias, O, rows, pixels, y.map, y.row))
        if x is plan.x:
            return result
        last = weight + kernel - 1
        if s != 1:
            result.append(
                (conv.scatter, (LANES,), source.gradient, y.gradient, weight, table(connections), O, OH, OW, kh, kw,
                 C, source.map, source.row, s, C * kernel)
            )  # fmt: skip
        elif one:
            lines = -(-(source.shape[1] * source.row) // LANES)
            size, reads = block(connections.T, lines)
            start = y.gradient - (kh - 1) * y.row - (kw - 1)
            result.append(
                (conv.convolve, size, start, source.gradient, last, -1, reads, C, 1,
                 lines, kh, kw, 0, 10**6, y.map, 0, LANES, y.row, 1, source.map, 0, kernel, C * kernel, -kw, -1)
            )  # fmt: skip
        else:
            frame, d = kw - 1 - pad, y
            if frame:
                framed = d = framed or plan.maps((O, OH, OW + 2 * frame))
                result.append(
                    (
                        conv.copy_rows,
                        (),
                        y.gradient,
                        d.gradient + frame * LANES,
                        O,
                        OH,
                        OW * LANES,
                        y.map,
                        y.row,
                        d.map,
                        d.row,
                    )
                )
            size, reads = block(connections.T, W)
            result.append(
                (conv.convolve, size, d.gradient - (kh - 1 - pad) * d.row, x.gradient, last, -1, reads, C, H, W,
                 kh, kw, kh - 1 - pad, OH,
                 d.map, d.row, LANES, d.row, LANES, x.map, x.row, kernel, C * kernel, -kw, -1)
            )  # fmt: skip
        if source is not x and (one or s != 1):
            result.append(
                (
                    conv.copy_rows,
                    (),
                    source.gradient + inside,
                    x.gradient,
                    C,
                    H,
                    W * plan.lanes,
                    source.map,
                    source.row,
                    x.map,
                    x.row,
                )
            )
        return result

    return y, back


def plan_linear(plan, layer, x, shape=None):
    """Linear and LastAxisLinear; and a convolution whose kernel is as large as its maps."""
    outputs = len(layer.W)
    inputs = layer.W.size // outputs
    rows = math.prod(x.shape) // inputs
    y = plan.maps(shape or (*x.shape[:-1], outputs))
    W = plan.parameter(layer, "W")
    b = plan.parameter(layer, "b") if "b" in layer.params else -1
    if plan.lanes == 1:
        if rows != 1:
            raise Unsupported("rows of features, one image at a time")
        F = max(n for n in (8, 4, 2, 1) if outputs % n == 0)
        plan.forward.append((linear.multiply_one, (F, 1), x.value, y.value, W, b, inputs, outputs))

        def back_one(second):
            if plan.steps:
                plan.stepped |= {W, b}
            sizes = max(n for n in (4, 2, 1) if outputs % n == 0), int(plan.steps), LANES
            arguments = x.value, x.gradient, y.gradient, W, b, inputs, outputs, plan.far
            return [(linear.multiply_one_back, sizes, *arguments)]

        return y, back_one

    def product(source, to, b, n, m, W_o, W_k):
        F = max(n for n in (12, 8, 4, 1) if n <= min(m, REGISTERS - 4))
        return (linear.multiply, (F, 1), source, to, W, b, rows, n, m, W_o, W_k)

    plan.forward.append(product(x.value, y.value, b, inputs, outputs, inputs, 1))
    P = 4 if inputs > LANES else 1
    F = max(n for n in (4, 2, 1) if outputs % n == 0 and n <= REGISTERS // 8)
    width = -(-inputs // (P * LANES)) * P * LANES
    turned = plan.take(width * LANES)

    def back(second):
        result, squares = plan.squared(second, x.value, x.vectors)
        result.append(
            (
                linear.weight_gradients,
                (F, P, LANES),
                squares,
                y.gradient,
                W,
                b,
                rows,
                inputs,
                outputs,
                turned,
                width,
                tuple(range(0, LANES * LANES, LANES)),
            )
        )
        if x is not plan.x:
            result.append(product(y.gradient, x.gradient, -1, outputs, inputs, 1, inputs))
        return result

    return y, back


def plan_flatten(plan, layer, x):
    """The same memory, by another name; for one image maps lose their guards."""
    C, H, W = x.shape if len(x.shape) == 3 else (1, 1, math.prod(x.shape))
    n = C * H * W
    if plan.lanes > 1 or (x.row == W and (C == 1 or x.map == H * W)):
        y = Maps((n,), x.value, x.gradient, n * plan.lanes, n * plan.lanes, -(-n * plan.lanes // LANES), x.kept)
        if x is plan.x:
            plan.x = y
        return y, lambda second: []
    y = plan.maps((n,))
    plan.forward.append((conv.copy_rows, (), x.value, y.value, C, H, W, x.map, x.row, H * W, W))
    copy_back = (conv.copy_rows, (), y.gradient, x.gradient, C, H, W, H * W, W, x.map, x.row)
    return y, lambda second: [] if x is plan.x else [copy_back]


def pointwise_maps(plan, x):
    """Where y = f(x) goes: over x, unless x's layer needs it on the way back."""
    y = plan.like(x) if x.kept else x
    y.kept = True
    return y


def plan_squash(plan, layer, x):
    y = pointwise_maps(plan, x)
    curve, steepness = (plan.constant(numbers) for numbers in SQUASH[type(layer)](layer))
    plan.forward.append((pointwise.squash, (LANES,), x.value, y.value, y.vectors, curve))
    slope = (pointwise.slope, (LANES,), y.value, y.gradient, x.gradient, y.vectors, steepness)
    again = (pointwise.slope, (LANES,), y.value, x.gradient, x.gradient, y.vectors, steepness)
    return y, lambda second: [slope, again] if second else [slope]


def plan_relu(plan, layer, x):
    y = pointwise_maps(plan, x)
    plan.forward.append((pointwise.rectify, (LANES,), x.value, y.value, y.vectors))
    return y, lambda second: [(pointwise.where_positive, (LANES,), y.value, y.gradient, x.gradient, y.vectors)]


def plan_scale(plan, layer, x):
    y = plan.like(x)
    W, b = plan.parameter(layer, "W"), plan.parameter(layer, "b")
    plan.forward.append((pointwise.scale, (LANES,), x.value, y.value, y.vectors, W, b))

    def back(second):
        result, squares = plan.squared(second, x.value, x.vectors)
        return [*result, (pointwise.scale_back, (LANES,), squares, x.gradient, y.gradient, y.vectors, W, b)]

    return y, back


def pool(plan, layer, x, window, stride, padding):
    """y, sizes and arguments that all poolings share, and whether windows share pixels or leave some out."""
    shape = C, OH, OW = layer.output_shape(x.shape)
    y = plan.maps(shape, kept=isinstance(layer, MaxPool2d))
    sizes = (plan.lanes, *window, *stride, *padding)
    arguments = (x.value, y.value, C, *x.shape[1:], OH, OW, x.map, x.row, y.map, y.row)
    covered = tuple(size * n for size, n in zip(window, (OH, OW)))
    shared = int(window != stride or padding != (0, 0) or covered != x.shape[1:])
    return y, sizes, arguments, shared


def plan_max_pool(plan, layer, x):
    y, sizes, arguments, shared = pool(plan, layer, x, layer.window, layer.stride, layer.padding)
    plan.forward.append((windows.max_pool, sizes, *arguments))
    return y, lambda second: [(windows.max_pool_back, (*sizes, shared), *arguments, x.gradient, y.gradient)]


def plan_avg_pool(plan, layer, x):
    y, sizes, arguments, shared = pool(plan, layer, x, layer.window, layer.stride, layer.padding)
    share, share2 = plan.constant([layer.share]), plan.constant([layer.share**2])
    return y, pool_sums(plan, sizes, arguments, shared, x, y, 0, (share, share2), 0)


def plan_subsampling(plan, layer, x):
    y, sizes, arguments, shared = pool(plan, layer, x, (2, 2), (2, 2), (0, 0))
    W, b = plan.parameter(layer, "W"), plan.parameter(layer, "b")
    return y, pool_sums(plan, sizes, arguments, shared, x, y, 1, (W, W), b)


def pool_sums(plan, sizes, arguments, shared, x, y, learned, coefficients, bias):
    gradients, (K, K2) = (x.gradient, y.gradient), coefficients
    if sizes == (1, 2, 2, 2, 2, 0, 0) and not shared:
        plan.forward.append((windows.sum_pairs, (LANES, learned), *arguments, K, bias))
        return lambda second: [(windows.sum_pairs_back, (LANES, learned), *arguments, *gradients, K, bias)]
    plan.forward.append((windows.sum_pool, (*sizes, learned), *arguments, K, bias))
    return lambda second: [
        (
            windows.sum_pool_back,
            (*sizes, shared, learned, int(second)),
            *arguments,
            *gradients,
            K2 if second else K,
            bias,
        )
    ]


def plan_rbf(plan, layer, x):
    y = plan.maps(layer.output_shape(x.shape))
    codes = plan.constant(layer.codes)
    classes, features = layer.codes.shape
    plan.forward.append((outputs.rbf, (plan.lanes,), x.value, y.value, codes, features, classes))
    arguments = x.value, x.gradient, y.gradient, codes, features, classes
    return y, lambda second: [(outputs.rbf_back, (plan.lanes, int(second)), *arguments)]


def plan_softmax(plan, layer, x):
    y = plan.maps(x.shape, kept=True)
    classes = x.shape[0]
    plan.forward.append((outputs.softmax, (plan.lanes,), x.value, y.value, classes))

    def back(second):
        if second:
            layer.backward2(None)  # raises the sentence that says why there is none
        return [(outputs.softmax_back, (plan.lanes,), y.value, x.gradient, y.gradient, classes)]

    return y, back


LAYERS = {
    Conv2d: plan_conv,
    Linear: plan_linear,
    LastAxisLinear: plan_linear,
    Flatten: plan_flatten,
    ScaledTanh: plan_squash,
    Tanh: plan_squash,
    Sigmoid: plan_squash,
    ReLU: plan_relu,
    MaxPool2d: plan_max_pool,
    AvgPool2d: plan_avg_pool,
    Subsampling: plan_subsampling,
    Scale: plan_scale,
    RBF: plan_rbf,
    Softmax: plan_softmax,
}
