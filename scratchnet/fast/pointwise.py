"""Functions of one number, applied to n vectors. It does not matter here which numbers are in a vector."""

import math

import numpy as np

from scratchnet.fast.operation import arguments, operation
from scratchnet.fast.vector import (
    HAS_INVERSE,
    LANES,
    fma,
    guess_inverse,
    if_greater,
    if_greater_or_nan,
    load,
    power_of_two,
    rounded,
    splat,
    store,
    total,
)
from scratchnet.kernels.jit import inner

# tanh x = x P(x^2) / Q(x^2) on [-8, 8]. This is a fit with a largest relative error of 2e-8 (benchmarks/fit_tanh.py),
# 3e-7 when it is rounded to float32. For x > 8, tanh x is at least 1 - 2e-7.
BOUND = np.float32(8)
P0, P1, P2, P3, P4, P5 = map(
    np.float32, (1.0, 0.129792258, 0.00298586371, 9.87867679e-06, -1.47042725e-08, 2.35087453e-11)
)
Q0, Q1, Q2, Q3 = map(np.float32, (1.0, 0.463125408, 0.0240279324, 0.000237203494))


@inner
def inverse(q, ALL):
    """1/q for normal q > 0. A division takes as long as the twenty multiplications of tanh. So 1/q is guessed, and each
    Newton step r <- r (2 - q r) squares the error: one step after a guess within 2^-14, three after one within 1/16."""
    r, two = guess_inverse(q), splat(np.float32(2), ALL)
    for _ in range(1 if HAS_INVERSE else 3):
        r = r * (two - q * r)
    return r


@inner
def tanh(x, ALL):
    """tanh x, in about twenty multiplications for sixteen numbers; math.tanh needs a call for each number."""
    high, low = splat(BOUND, ALL), splat(-BOUND, ALL)
    x = if_greater(x, high, high, if_greater(low, x, low, x))
    z = x * x
    p = fma(z, fma(z, fma(z, splat(P5, ALL), splat(P4, ALL)), splat(P3, ALL)), splat(P2, ALL))
    p = fma(z, fma(z, p, splat(P1, ALL)), splat(P0, ALL))
    q = fma(z, fma(z, fma(z, splat(Q3, ALL), splat(Q2, ALL)), splat(Q1, ALL)), splat(Q0, ALL))
    return x * p * inverse(q, ALL)


@operation
def squash(ALL):
    """y = steep tanh(S x) + shift."""

    def squash(memory, parameters, gradients, a):
        x, y, n, c = arguments(a, 4)
        S, steep, shift = splat(memory[c], ALL), splat(memory[c + 1], ALL), splat(memory[c + 2], ALL)
        for i in range(0, n * LANES, LANES):
            store(memory, y + i, fma(steep, tanh(load(memory, x + i, ALL) * S, ALL), shift))

    return squash


# 2^f = 1 + f P(f) on [-1/2, 1/2]: the Taylor series of e^(f log 2), whose next term is below 3e-8.
SERIES = [np.float32(np.log(2) ** k / math.factorial(k)) for k in range(7)]
C1, C2, C3, C4, C5, C6 = SERIES[1:]
LOG2E = np.float32(1 / np.log(2))


@inner
def exp_minus_size(x, ALL):
    """e^-|x|, 0 for |x| above 86: 2^n 2^f with a whole number n, the exponent of a float, and f from -1/2 to 1/2."""
    zero, limit = splat(np.float32(0), ALL), splat(np.float32(-86), ALL)
    x = if_greater(x, zero, zero - x, x)
    t = if_greater(limit, x, limit, x)
    n = rounded(t * splat(LOG2E, ALL))
    f = fma(t, splat(LOG2E, ALL), zero - n)
    p = fma(f, fma(f, splat(C6, ALL), splat(C5, ALL)), splat(C4, ALL))
    p = fma(f, fma(f, fma(f, p, splat(C3, ALL)), splat(C2, ALL)), splat(C1, ALL))
    return if_greater(limit, x, zero, fma(f, p, splat(np.float32(1), ALL)) * power_of_two(n))


@operation
def sigmoid(ALL):
    """y = 1 / (1 + z) for x >= 0, else z / (1 + z), with z = e^-|x|."""

    def sigmoid(memory, parameters, gradients, a):
        x, y, n = arguments(a, 3)
        zero, one = splat(np.float32(0), ALL), splat(np.float32(1), ALL)
        for i in range(0, n * LANES, LANES):
            v = load(memory, x + i, ALL)
            z = exp_minus_size(v, ALL)
            store(memory, y + i, if_greater(zero, v, z, one) * inverse(one + z, ALL))

    return sigmoid


@operation
def sigmoid_slope(ALL):
    """dx = dy z / (1 + z)^2 with z = e^-|x|."""

    def sigmoid_slope(memory, parameters, gradients, a):
        x, d, dx, n = arguments(a, 4)
        one = splat(np.float32(1), ALL)
        for i in range(0, n * LANES, LANES):
            z = exp_minus_size(load(memory, x + i, ALL), ALL)
            r = inverse(one + z, ALL)
            store(memory, dx + i, load(memory, d + i, ALL) * z * r * r)

    return sigmoid_slope


@operation
def slope(ALL):
    """dx = dy f' with f' = c0 + c1 y + c2 y^2."""

    def slope(memory, parameters, gradients, a):
        y, d, dx, n, c = arguments(a, 5)
        c0, c1, c2 = splat(memory[c], ALL), splat(memory[c + 1], ALL), splat(memory[c + 2], ALL)
        for i in range(0, n * LANES, LANES):
            v = load(memory, y + i, ALL)
            store(memory, dx + i, load(memory, d + i, ALL) * fma(v, fma(v, c2, c1), c0))

    return slope


@operation
def rectify(ALL):
    """y = max(x, 0); a NaN stays a NaN, so that divergence is noticed."""

    def rectify(memory, parameters, gradients, a):
        x, y, n = arguments(a, 3)
        zero = splat(np.float32(0), ALL)
        for i in range(0, n * LANES, LANES):
            v = load(memory, x + i, ALL)
            store(memory, y + i, if_greater_or_nan(v, zero, v, zero))

    return rectify


@operation
def where_positive(ALL):
    """dx = dy where y > 0, else 0."""

    def where_positive(memory, parameters, gradients, a):
        y, d, dx, n = arguments(a, 4)
        zero = splat(np.float32(0), ALL)
        for i in range(0, n * LANES, LANES):
            store(memory, dx + i, if_greater(load(memory, y + i, ALL), zero, load(memory, d + i, ALL), zero))

    return where_positive


@operation
def square(ALL):
    """y = x^2, for the curvature pass."""

    def square(memory, parameters, gradients, a):
        x, y, n = arguments(a, 3)
        for i in range(0, n * LANES, LANES):
            v = load(memory, x + i, ALL)
            store(memory, y + i, v * v)

    return square


@operation
def scale(ALL):
    """y = W x + b with one W and one b."""

    def scale(memory, parameters, gradients, a):
        x, y, n, W, b = arguments(a, 5)
        W, b = splat(parameters[W], ALL), splat(parameters[b], ALL)
        for i in range(0, n * LANES, LANES):
            store(memory, y + i, fma(W, load(memory, x + i, ALL), b))

    return scale


@operation
def scale_back(ALL):
    """dx = W dy; dW += the sum of dy x, db += the sum of dy."""

    def scale_back(memory, parameters, gradients, a):
        x, dx, d, n, W, b = arguments(a, 6)
        w = splat(parameters[W], ALL)
        dW = db = splat(np.float32(0), ALL)
        for i in range(0, n * LANES, LANES):
            v = load(memory, d + i, ALL)
            dW, db = fma(v, load(memory, x + i, ALL), dW), db + v
            store(memory, dx + i, w * v)
        gradients[W] += total(dW)
        gradients[b] += total(db)

    return scale_back
