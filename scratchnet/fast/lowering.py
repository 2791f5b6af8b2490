"""Every layer as rows of a program. Each function takes the plan, the layer and the Maps of its input. It adds the
layer's forward rows, and returns the Maps of the output and a function that makes the backward rows."""

import math

import numpy as np

from scratchnet.errors import Unsupported
from scratchnet.fast import across_maps, convolutions, ends, modes, pointwise, products, windows
from scratchnet.fast.convolutions import Convolve, KernelGradients
from scratchnet.fast.maps import Maps
from scratchnet.fast.own_functions import plan_own
from scratchnet.fast.rows import plan_rows
from scratchnet.fast.vector import LANES, REGISTERS
from scratchnet.kernels.convolution import both
from scratchnet.layers import (
    RBF,
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    Dropout,
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
from scratchnet.layers.expect import label
from scratchnet.layers.squash import A, S

# (filters, pixels) of a block of sums. With P vectors and a weight it has to fit the registers. There are few sizes,
# since each one that is used is compiled.
BLOCKS = [(6, 4), (4, 5), (3, 7), (2, 10), (2, 9), (2, 7), (1, 14)]
BLOCKS += [(6, 2), (4, 3), (2, 5), (2, 4), (1, 7), (4, 1), (1, 1)]
BLOCKS = [(F, P) for F, P in BLOCKS if F * P + P + 1 <= REGISTERS]
EVERY_ROW = 10**6  # height of maps whose rows all exist


def in_order(leaves):
    """Return the layers, but with max pooling before the ReLU in front of it: ReLU then has a quarter of the numbers.

    The result is the same: the largest of a window stays the largest, and where it is not positive the gradient is 0.
    """
    leaves = list(leaves)
    for n in range(len(leaves) - 1):
        if type(leaves[n]) is ReLU and type(leaves[n + 1]) is MaxPool2d:
            leaves[n : n + 2] = leaves[n + 1], leaves[n]
    return leaves


def plan_layer(plan, layer, x):
    """Return y and back of a layer. Raise Unsupported if it has no operation."""
    if type(layer) in LAYERS:
        return LAYERS[type(layer)](plan, layer, x)
    if getattr(layer, "compiled", None) and not layer.params:
        return plan_own(plan, layer, x)
    raise Unsupported(f"{label(layer)} has no compiled operation")


def table(connections):
    """Return which input maps every output map reads: where each list starts and the last ends, then the lists."""
    lists = [np.flatnonzero(reads) for reads in connections]
    starts = np.cumsum([len(lists) + 1, *map(len, lists)])
    return (*starts.tolist(), *np.concatenate(lists).tolist())


def together(connections, F):
    """Return, for every output map, which input maps it or one of the F - 1 maps after it reads."""
    return [connections[o : o + F].any(axis=0) for o in range(len(connections))]


def block(connections, pixels):
    """Return the (F, P) with the least work for this convolution, and the table of what its blocks read.

    The work is the largest of three: the multiplications, the loads (those of pixels count twice), and 8, the
    multiplications that a core has in progress. A block reads every input map that one of its F output maps reads: W
    is 0 at the blanks.
    """
    O = len(connections)

    def work(size):
        F, P = size
        reads = together(connections, F)
        readers = sum(reads[min(o, O - F)].sum() for o in range(0, O, F))
        return readers * -(-pixels // P) * max(F * P, F + 2 * P, 8), -F * P

    F, P = min((size for size in BLOCKS if size[0] <= O and size[1] <= pixels), key=work)
    return (F, P), table(together(connections, F))


def copy(source, to, x, y, C, H, n):
    """Return the row that copies H rows of n floats of C maps, from the layout of x to the layout of y."""
    if n == x.row == y.row:
        H, n = 1, H * n
    return convolutions.copy_rows, (), source, to, C, H, n, x.map, x.row, y.map, y.row


def plan_conv(plan, layer, x):
    """Plan Conv2d. A stride other than 1 for one image: the convolution at every place, of which y takes some."""
    if across_maps.suits(plan, layer, x):
        return across_maps.plan_across(plan, layer, x)
    (sh, sw), (O, OH, OW) = both(layer.stride), layer.output_shape(x.shape)
    if plan.lanes > 1 or (sh, sw) == (1, 1):
        return plan_places(plan, layer, x, sh, sw)
    every, back = plan_places(plan, layer, x, 1, 1)
    y, step = plan.maps((O, OH, OW)), (every.map, sh * every.row, sw)
    plan.forward.append((convolutions.copy_places, (), every.value, y.value, O, OH, OW, *step, y.map, y.row, 1))
    spread = convolutions.copy_places, (), y.gradient, every.gradient, O, OH, OW, y.map, y.row, 1, *step
    return y, lambda second: [spread, *back(second)]  # dE/dy is 0 at the other places, where nothing writes


def plan_places(plan, layer, x, sh, sw):
    """Plan Conv2d with strides sh and sw."""
    (C, H, W), (kh, kw), O, (ph, pw), one = (
        x.shape,
        layer.kernel_size,
        len(layer.W),
        both(layer.padding),
        plan.lanes == 1,
    )
    tall, wide = H + 2 * ph + layer.extra[0], W + 2 * pw + layer.extra[1]  # with the border
    OH, OW = (tall - kh) // sh + 1, (wide - kw) // sw + 1
    pad, strided = (tall, wide) != (H, W), (sh, sw) != (1, 1)
    if (OH, OW) == (1, 1) and not pad and (kh, kw) == (H, W) and layer.dense:
        flat, unflatten = plan_flatten(plan, layer, x)
        y, back = plan_linear(plan, layer, flat, (O, 1, 1))
        return y, lambda second: back(second) + unflatten(second)

    weight, bias, kernel = plan.parameter(layer, "W"), plan.parameter(layer, "b"), kh * kw
    framed = x
    if pad:
        framed = (plan.maps if one or strided else plan.frame)((C, tall, wide))
        inside = ph * framed.row + pw * plan.lanes
        plan.forward.append(copy(x.value, framed.value + inside, x, framed, C, H, W * plan.lanes))
    if one:  # a map is one row of pixels, from its first to its last, with LANES pixels in a vector
        y = plan.maps((O, OH, OW), row=framed.row, guard=(kh - 1) * framed.row + kw - 1 + LANES)
        rows, pixels = 1, -(-((OH - 1) * y.row + OW) // LANES)
        x_row, x_pixel, x_j = 0, LANES, 1
    else:
        y = plan.maps((O, OH, OW))
        rows, pixels = OH, OW
        x_row, x_pixel, x_j = sh * framed.row, sw * LANES, LANES
    size, reads = block(layer.connections, pixels)
    forward = Convolve(
        x=framed.value, y=y.value, W=weight, b=bias, table=reads, maps=O, rows=rows, pixels=pixels, kh=kh, kw=kw,
        top=0, height=EVERY_ROW, x_map=framed.map, x_row=x_row, x_pixel=x_pixel, x_i=framed.row, x_j=x_j,
        y_map=y.map, y_row=y.row, W_o=C * kernel, W_c=kernel, W_i=kw, W_j=1,
    )  # fmt: skip
    plan.forward.append((convolutions.convolve, size, *forward))
    beyond = kw - 1 - pw  # columns beyond dE/dy that dE/dx at its first column reads
    left, right = max(0, beyond), max(0, kw - 1 - (wide - W - pw))  # columns of zeros beside dE/dy
    whole = not pad and W + kw + 1 <= REGISTERS  # a row of dE/dx fits the registers
    framed_dy = not (one or strided or whole or left + right == 0 or x is plan.x)
    dy = plan.frame((O, OH, left + OW + right)) if framed_dy else None

    def back(second):
        result, squares = plan.squared(second, framed.value, framed.vectors)
        KH = 1 if kernel + 3 > REGISTERS or (one and pixels > LANES) else kh  # rows of kernels, or whole kernels
        most = max(1, (REGISTERS - 2) // (KH * kw + 1))  # kernels at a time: fewer loads for each multiplication
        filters = max(n for n in range(1, most + 1) if O % n == 0)
        lists = together(layer.connections, filters)
        gradients = KernelGradients(
            x=squares, d=y.gradient, W=weight, table=table(lists), maps=O, rows=rows, pixels=pixels, kh=kh,
            x_map=framed.map, x_row=x_row, x_pixel=x_pixel, x_i=framed.row, x_j=x_j,
            d_map=y.map, d_row=y.row, W_o=C * kernel, W_c=kernel,
        )  # fmt: skip
        result.append((convolutions.kernel_gradients, (filters, KH, kw), *gradients))
        if filters > 1 and not layer.dense:
            result.append((convolutions.clear_blanks, (), weight, table(layer.connections), O, C, kernel))
        result.append((convolutions.bias_gradients, (LANES,), y.gradient, bias, O, rows, pixels, y.map, y.row))
        return result if x is plan.x else result + input_gradient()

    def input_gradient():
        """Return the rows for dE/dx: dE/dy in a frame of zeros, convolved with the kernels in reverse order."""
        result = []
        turned = {"W": weight + kernel - 1, "b": -1, "W_o": kernel, "W_c": C * kernel, "W_i": -kw, "W_j": -1}
        if strided:
            result.append(
                (convolutions.scatter, (LANES,), framed.gradient, y.gradient, weight, table(layer.connections), O, OH,
                 OW, kh, kw, C, framed.map, framed.row, sh, sw, C * kernel)
            )  # fmt: skip
        elif one:
            pixels = -(-framed.shape[1] * framed.row // LANES)
            size, reads = block(layer.connections.T, pixels)
            start = y.gradient - (kh - 1) * y.row - (kw - 1)
            arguments = Convolve(
                x=start, y=framed.gradient, table=reads, maps=C, rows=1, pixels=pixels, kh=kh, kw=kw,
                top=0, height=EVERY_ROW, x_map=y.map, x_row=0, x_pixel=LANES, x_i=y.row, x_j=1,
                y_map=framed.map, y_row=0, **turned,
            )  # fmt: skip
            result.append((convolutions.convolve, size, *arguments))
        elif whole:
            places = x.gradient, y.gradient, weight, table(layer.connections.T)
            strides = x.map, x.row, y.map, y.row, C * kernel, kernel
            result.append((convolutions.convolve_full, (W, kw, OW, 1), *places, C, H, kh, OH, *strides))
        else:
            d, top = dy or y, kh - 1 - ph
            if dy:
                result.append(copy(y.gradient, dy.gradient + left * LANES, y, dy, O, OH, OW * LANES))
            size, reads = block(layer.connections.T, W)
            arguments = Convolve(
                x=d.gradient - top * d.row + (left - beyond) * LANES, y=x.gradient, table=reads, maps=C, rows=H,
                pixels=W, kh=kh, kw=kw, top=top, height=OH, x_map=d.map, x_row=d.row, x_pixel=LANES, x_i=d.row,
                x_j=LANES, y_map=x.map, y_row=x.row, **turned,
            )  # fmt: skip
            return [*result, (convolutions.convolve, size, *arguments)]
        if pad:
            result.append(copy(framed.gradient + inside, x.gradient, framed, x, C, H, W * plan.lanes))
        return result

    return y, back


def plan_linear(plan, layer, x, shape=None):
    """Plan Linear, LastAxisLinear, or a convolution whose kernel is as large as its maps."""
    outputs = len(layer.W)
    inputs = layer.W.size // outputs
    rows = math.prod(x.shape) // inputs
    y = plan.maps(shape or (*x.shape[:-1], outputs))
    W = plan.parameter(layer, "W")
    b = plan.parameter(layer, "b") if "b" in layer.params else -1
    if plan.lanes == 1:
        return y, plan_linear_one(plan, x, y, W, b, rows, inputs, outputs)

    def product(source, to, b, n, m, W_o, W_k):
        most = 24 if m > 1000 and W_o == 1 else 12  # wide: each row of W is on a page of memory of its own
        F = max(n for n in (most, 12, 8, 4, 1) if n <= min(m, REGISTERS - 4))
        return products.multiply, (F, 1), source, to, W, b, rows, n, m, W_o, W_k

    plan.forward.append(product(x.value, y.value, b, inputs, outputs, inputs, 1))
    F, P = max(n for n in (4, 2, 1) if outputs % n == 0 and n <= REGISTERS // 8), 4 if inputs > LANES else 1
    width = -(-inputs // (P * LANES)) * P * LANES
    turned, steps = plan.take(width * LANES), tuple(range(0, LANES * LANES, LANES))

    def back(second):
        result, squares = plan.squared(second, x.value, x.vectors)
        arguments = squares, y.gradient, W, b, rows, inputs, outputs, turned, width, steps
        result.append((products.weight_gradients, (F, P, LANES), *arguments))
        if x is not plan.x:
            result.append(product(y.gradient, x.gradient, -1, outputs, inputs, 1, inputs))
        return result

    return y, back


def plan_linear_one(plan, x, y, W, b, rows, inputs, outputs):
    if rows != 1:
        return plan_rows(plan, x, y, W, b, inputs, outputs)
    F = max(n for n in (8, 4, 2, 1) if outputs % n == 0)
    plan.forward.append((products.multiply_one, (F, 1), x.value, y.value, W, b, inputs, outputs))

    def back(second):
        if plan.steps:
            plan.stepped |= {W, b}
        sizes = min(F, 4), int(plan.steps), LANES
        arguments = x.value, x.gradient, y.gradient, W, b, inputs, outputs, plan.far
        return [(products.multiply_one_back, sizes, *arguments)]

    return back


def plan_flatten(plan, _, x):
    """Plan Flatten: the same memory with another shape, or for one image a copy without the guards."""
    C, H, W = x.shape if len(x.shape) == 3 else (1, 1, math.prod(x.shape))
    n = C * H * W
    if plan.lanes > 1 or (x.row == W and (C == 1 or x.map == H * W)):
        step = n * plan.lanes
        y = Maps((n,), x.value, x.gradient, step, step, -(-step // LANES), x.kept)
        if x is plan.x:
            plan.x = y
        return y, lambda second: []
    y = plan.maps((n,))
    packed = Maps(x.shape, y.value, y.gradient, H * W, W, 0)
    plan.forward.append(copy(x.value, y.value, x, packed, C, H, W))
    return y, lambda second: [] if x is plan.x else [copy(y.gradient, x.gradient, packed, x, C, H, W)]


def over(plan, x):
    """Return the Maps for y = f(x): those of x, unless the backward pass of x's layer needs x."""
    y = plan.like(x) if x.kept else x
    y.kept = True
    return y


def plan_squash(plan, layer, x):
    y = over(plan, x)
    curve, steepness = (plan.constant(numbers) for numbers in SQUASH[type(layer)](layer))
    plan.forward.append((pointwise.squash, (LANES,), x.value, y.value, y.vectors, curve))
    slope = (pointwise.slope, (LANES,), y.value, y.gradient, x.gradient, y.vectors, steepness)
    again = (pointwise.slope, (LANES,), y.value, x.gradient, x.gradient, y.vectors, steepness)
    return y, lambda second: [slope, again] if second else [slope]


def plan_sigmoid(plan, layer, x):
    y = plan.like(x)  # not in the place of x, from which the slope is computed
    plan.forward.append((pointwise.sigmoid, (LANES,), x.value, y.value, y.vectors))
    slope = (pointwise.sigmoid_slope, (LANES,), x.value, y.gradient, x.gradient, y.vectors)
    again = (pointwise.sigmoid_slope, (LANES,), x.value, x.gradient, x.gradient, y.vectors)
    return y, lambda second: [slope, again] if second else [slope]


def plan_relu(plan, layer, x):
    y = over(plan, x)
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
    """Return y, the sizes and arguments of every pooling, and whether windows share pixels or leave some out."""
    C, OH, OW = shape = layer.output_shape(x.shape)
    y = plan.maps(shape)
    sizes = (plan.lanes, *window, *stride, *padding)
    arguments = (x.value, y.value, C, *x.shape[1:], OH, OW, x.map, x.row, y.map, y.row)
    covered = window[0] * OH, window[1] * OW
    return y, sizes, arguments, int(window != stride or padding != (0, 0) or covered != x.shape[1:])


def plan_max_pool(plan, layer, x):
    y, sizes, arguments, shared = pool(plan, layer, x, layer.window, layer.stride, layer.padding)
    y.kept = True
    plan.forward.append((windows.max_pool, sizes, *arguments))
    return y, lambda second: [(windows.max_pool_back, (*sizes, shared), *arguments, x.gradient, y.gradient)]


def plan_avg_pool(plan, layer, x):
    parts = pool(plan, layer, x, layer.window, layer.stride, layer.padding)
    return sums(plan, x, *parts, 0, plan.constant([layer.share]), plan.constant([layer.share**2]), 0)


def plan_subsampling(plan, layer, x):
    parts = pool(plan, layer, x, (2, 2), (2, 2), (0, 0))
    W = plan.parameter(layer, "W")
    return sums(plan, x, *parts, 1, W, W, plan.parameter(layer, "b"))


def sums(plan, x, y, sizes, arguments, shared, learned, K, K2, b):
    """Plan y = K s + b. K2: the square of K, for the curvature pass; learned parameters are squared there already."""
    d = x.gradient, y.gradient
    if sizes == (1, 2, 2, 2, 2, 0, 0) and not shared:
        plan.forward.append((windows.sum_pairs, (LANES, learned), *arguments, K, b))
        return y, lambda second: [(windows.sum_pairs_back, (LANES, learned), *arguments, *d, K, b)]
    plan.forward.append((windows.sum_pool, (*sizes, learned), *arguments, K, b))

    def back(second):
        more = shared, learned, int(second)
        return [(windows.sum_pool_back, (*sizes, *more), *arguments, *d, K2 if second else K, b)]

    return y, back


SQUASH = {  # (S, steep, shift) of y = steep tanh(S x) + shift, and (c0, c1, c2) of f' = c0 + c1 y + c2 y^2
    ScaledTanh: lambda layer: ((S, A, 0), (S * A, 0, -S / A)),
    Tanh: lambda layer: ((1, layer.A, 0), (layer.A, 0, -1 / layer.A)),
}
LAYERS = {
    Conv2d: plan_conv,
    Linear: plan_linear,
    LastAxisLinear: plan_linear,
    Flatten: plan_flatten,
    **dict.fromkeys(SQUASH, plan_squash),
    Sigmoid: plan_sigmoid,
    ReLU: plan_relu,
    MaxPool2d: plan_max_pool,
    AvgPool2d: plan_avg_pool,
    Subsampling: plan_subsampling,
    Scale: plan_scale,
    Dropout: modes.plan_dropout,
    BatchNorm2d: modes.plan_batchnorm,
    RBF: ends.plan_rbf,
    Softmax: ends.plan_softmax,
}
