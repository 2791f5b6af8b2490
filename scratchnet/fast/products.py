"""Fully connected layers: the lanes hold sixteen images, or the features of one image."""

import numpy as np

from scratchnet.fast.blocks import add_to, add_totals, biases, put, tap, taps, transpose, zeros
from scratchnet.fast.operation import arguments, operation
from scratchnet.fast.vector import LANES, fma, load, splat, store, total


@operation
def multiply(F, ONE):
    """y[r, o] = b[o] + sum_k W[o, k] x[r, k], sixteen images at once, in blocks of F outputs.

    With the strides of W exchanged and without b, it computes dx = W' dy.
    """

    def multiply(memory, parameters, gradients, a):
        x, y, W, b, rows, inputs, outputs, W_o, W_k = arguments(a, 9)
        for r in range(rows):
            p, q = x + r * inputs * LANES, y + r * outputs * LANES
            for o in range(0, outputs, len(F)):
                o = min(o, outputs - len(F))
                block = biases(parameters, b + o, F, ONE) if b >= 0 else zeros(F, ONE)
                for k in range(inputs):
                    block = tap(block, memory, p + k * LANES, 0, parameters, W + o * W_o + k * W_k, W_o, F, ONE)
                put(block, memory, q + o * LANES, LANES, 0, F, ONE)

    return multiply


@operation
def weight_gradients(F, P, ALL):
    """dW[o, k] += sum over rows and images of dy[o] x[k]; db[o] += sum of dy[o] (b < 0: no bias).

    x is transposed first, so that its features are in the lanes. Then F x P blocks of dW are sums over
    sixteen images, without a sum over lanes. The transposed rows end in zeros up to a whole block, so the
    last block of a row of dW adds zeros to the numbers behind it.
    """

    def weight_gradients(memory, parameters, gradients, a):
        # steps: 0, LANES, 2 LANES, ...
        x, d, W, b, rows, inputs, outputs, turned, width, steps = arguments(a, 10)
        for r in range(rows):
            p, q = x + r * inputs * LANES, d + r * outputs * LANES
            whole = inputs - inputs % LANES
            for k in range(0, whole, LANES):
                transpose(memory, a, steps, p + k * LANES, memory, turned + k, width)
            for k in range(whole, inputs):
                for l in range(LANES):
                    memory[turned + l * width + k] = memory[p + k * LANES + l]
            for o in range(0, outputs, len(F)):
                for k in range(0, inputs, len(P) * LANES):
                    block = zeros(F, P)
                    for l in range(LANES):
                        block = tap(
                            block, memory, turned + l * width + k, LANES, memory, q + o * LANES + l, LANES, F, P
                        )
                    add_to(block, gradients, W + o * inputs + k, inputs, LANES, F, P)
            if b >= 0:
                for o in range(outputs):
                    gradients[b + o] += total(load(memory, q + o * LANES, ALL))

    return weight_gradients


@operation
def multiply_one(F, ONE):
    """y[o] = b[o] + sum_k W[o, k] x[k] for one image, F outputs at a time: x is read once for all of them.

    x ends in zeros up to a whole vector, so that the numbers behind a row of W do not count.
    """

    def multiply_one(memory, parameters, gradients, a):
        x, y, W, b, inputs, outputs = arguments(a, 6)
        for k in range(inputs, inputs + -inputs % LANES):
            memory[x + k] = 0
        for o in range(outputs):
            memory[y + o] = parameters[b + o] if b >= 0 else 0
        for o in range(0, outputs, len(F)):
            block = zeros(F, ONE)
            for k in range(0, inputs, LANES):
                block = taps(block, parameters, W + o * inputs + k, inputs, memory, x + k, 0, 0, F, ONE, ONE)
            add_totals(block, memory, y + o, 0, ONE, F)

    return multiply_one


@operation
def multiply_one_back(F, STEP, ALL):
    """dx = W' dy, and dW += dy x', db += dy for one image, F rows of W at a time.

    STEP: W and b take their step at once, W -= eps dy x', with the step sizes eps `far` floats behind W.
    So W is read and written once, and dW is never stored. C5 has 48,120 of the paper's 60,000 parameters.
    """

    def multiply_one_back(memory, parameters, gradients, a):
        x, dx, d, W, b, inputs, outputs, far = arguments(a, 8)
        zero = splat(np.float32(0), ALL)
        for k in range(0, inputs, LANES):
            store(memory, dx + k, zero)
        for o in range(outputs if b >= 0 else 0):
            if len(STEP):
                parameters[b + o] -= parameters[far + b + o] * memory[d + o]
            else:
                gradients[b + o] += memory[d + o]
        for o in range(0, outputs, len(F)):
            for k in range(0, inputs, LANES):
                v, sum_ = load(memory, x + k, ALL), load(memory, dx + k, ALL)
                for f in range(len(F)):
                    delta, p = splat(memory[d + o + f], ALL), W + (o + f) * inputs + k
                    w = load(parameters, p, ALL)
                    sum_ = fma(w, delta, sum_)
                    if len(STEP):
                        store(parameters, p, w - load(parameters, far + p, ALL) * (delta * v))
                    else:
                        store(gradients, p, fma(delta, v, load(gradients, p, ALL)))
                store(memory, dx + k, sum_)
        for k in range(inputs, inputs + -inputs % LANES):
            memory[dx + k] = 0

    return multiply_one_back


@operation
def descend(ALL):
    """w -= eps dE/dw for n parameters, with eps `far` floats behind w; then dE/dw = 0 for the next image."""

    def descend(memory, parameters, gradients, a):
        first, n, far = arguments(a, 3)
        zero = splat(np.float32(0), ALL)
        for k in range(first, first + n, LANES):
            step = load(parameters, far + k, ALL) * load(gradients, k, ALL)
            store(parameters, k, load(parameters, k, ALL) - step)
            store(gradients, k, zero)

    return descend
