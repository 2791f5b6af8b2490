"""Layers that do something else in training, as rows of a program: Dropout and BatchNorm2d. A program is made for one
mode. What changes from batch to batch is put into memory before a run (`before`), and taken out after it (`after`)."""

import math
from typing import NamedTuple

import numpy as np

from scratchnet.fast import convolutions, dropping, normalising
from scratchnet.fast.vector import LANES


class Meeting(NamedTuple):
    """Between two rows of a program: every group of images has reached it, and the n floats at `first` become the sums
    over all groups."""

    first: int
    n: int


class Norm(NamedTuple):
    """Where the numbers of a BatchNorm2d are in memory, one for each map; running: the means, then the variances."""

    sums: int
    mean: int
    squares: int
    slope: int
    running: int
    back: int  # the sums of the backward pass, dW and db
    pixels: int  # how many of them a batch has


def sizes(x):
    """Return the maps, rows and columns of Maps."""
    return x.shape if len(x.shape) == 3 else (1, 1, math.prod(x.shape))


def plan_dropout(plan, layer, x):
    y, m, one = plan.like(x), plan.take((x.vectors + 1) * LANES), int(plan.lanes == 1)
    keys, factor = plan.take(2 * plan.passes), plan.constant([1 / (1 - layer.p)])
    dropped = math.ceil(np.float32(layer.p) * 2.0**24)  # of the 2^24 numbers of `uniform`
    plan.keys.append((layer, keys, math.prod(x.shape)))

    def copied(source, to):
        return [(convolutions.copy_rows, (), source, to, 1, 1, x.vectors * LANES, 0, 0, 0, 0)]

    def forward():
        if not layer.training:
            return copied(x.value, y.value)
        places = x.value, y.value, m, *sizes(x), x.map, x.row, keys, plan.first_image, dropped, factor
        return [(dropping.drop, (LANES, one), *places)]

    def back(second):
        if not layer.training:
            return copied(y.gradient, x.gradient)
        times = (dropping.times, (LANES,), m, y.gradient, x.gradient, x.vectors)
        again = (dropping.times, (LANES,), m, x.gradient, x.gradient, x.vectors)
        return [times, again] if second else [times]

    plan.forward.append(forward)
    return y, back


def plan_batchnorm(plan, layer, x):
    y, (C, H, W), b = plan.like(x), x.shape, plan.parameter(layer, "b")
    places = Norm(*(plan.take(n) for n in (C, C, C, C, 2 * C, 2 * C, 1)))
    plan.norms.append((layer, x, places))
    weight, nothing = plan.parameter(layer, "W"), plan.take(2 * C)
    options = plan.constant([layer.eps, layer.momentum])
    alive = plan.weights if plan.lanes > 1 else plan.constant(np.ones(LANES))
    maps = x.value, C, H, W * plan.lanes, x.map, x.row

    def meeting(first, n):
        return [Meeting(first, n)] if plan.lanes > 1 else []

    def forward():
        sums, mean, squares, slope, running, _, pixels = places
        result = [(normalising.normalise, (LANES,), *maps, y.value, mean, slope, weight, b)]
        if not layer.training:
            return result
        return [
            (normalising.map_sums, (LANES,), *maps, alive, sums),
            *meeting(sums, C),
            (normalising.map_squares, (LANES,), *maps, alive, sums, mean, squares, pixels),
            *meeting(squares, C),
            (normalising.statistics, (), C, mean, squares, slope, running, pixels, options),
            *result,
        ]

    def back(second):
        if second and layer.training:
            layer.refuse_curvature()
        size, arguments = (LANES, int(second)), (*maps, y.gradient, places.mean, places.slope, weight)
        result = [(normalising.normalise_sums, size, *arguments, b, places.back)]
        if x is plan.x:
            return result
        more = x.gradient, alive, places.pixels
        if not layer.training:
            return [*result, (normalising.normalise_back, size, *arguments, nothing, *more)]
        result += meeting(places.back, 2 * C)
        return [*result, (normalising.normalise_back, size, *arguments, places.back, *more)]

    plan.forward.append(forward)
    return y, back


def before(plan, memories, images):
    """Put the keys of Dropout and the numbers of BatchNorm2d into the memory of every group, for a run on `images`."""
    if not plan.with_modes:
        return
    passes, batch = (images, 1) if plan.lanes == 1 else (1, images)
    dropping_now = [(layer, *places) for layer, *places in plan.keys if layer.training]
    drawn = draw_keys([layer for layer, *_ in dropping_now], passes)
    for layer, at, entries in dropping_now:
        memories[:, at : at + 2 * passes] = layer.of_first(drawn[layer], entries).view(np.float32)
    for layer, x, places in plan.norms:
        C, H, W = x.shape
        running = np.stack([layer.running_mean, layer.running_var])
        if layer.training:
            layer.expect_pixels((batch, C, H, W))
            memories[:, places.running : places.running + 2 * C] = running.ravel()
            memories[:, places.pixels] = batch * H * W
        else:
            memories[:, places.mean : places.mean + C] = layer.running_mean
            memories[:, places.slope : places.slope + C] = 1 / np.sqrt(layer.running_var + layer.eps)
            memories[:, places.pixels] = 1


def after(plan, memory):
    """Give the layers their new running values."""
    for layer, _, places in plan.norms:
        if layer.training:
            means, variances = memory[places.running : places.running + 2 * layer.channels].reshape(2, -1)
            layer.running_mean[...], layer.running_var[...] = means, variances


def draw_keys(layers, passes):
    """Return {layer: (passes,) keys}, in the order in which the layers draw: pass by pass, layer by layer."""
    drawn = {}
    for bits in {id(layer.rng.bit_generator): layer.rng.bit_generator for layer in layers}.values():
        mine = [layer for layer in layers if layer.rng.bit_generator is bits]
        keys = mine[0].rng.integers(2**64, size=(passes, len(mine)), dtype=np.uint64)
        drawn.update(zip(mine, np.ascontiguousarray(keys.T)))
    return drawn
