"""The end of a network: penalties or probabilities, and the loss. For sixteen images (L: LANES long) or one.

A loss writes dE/dy, and its value for every image at E. Every image has a label and a weight, 1/N. In lanes
without an image the weight is 0, so that they add nothing to the gradients.
"""

import math

import numpy as np

from scratchnet.fast.operation import arguments, operation
from scratchnet.fast.vector import load, splat, store
from scratchnet.kernels.jit import inner


@inner
def exp(x):
    """e^x, or 0 where e^x is below 1e-30: numbers below 1e-38 would make the rest a hundred times slower."""
    return np.float32(0) if x <= np.float32(-69) else math.exp(x)


@inner
def minus(a, b):
    """a - b. Operations may add in any order (`fastmath`), but this comes first: a number near 0 keeps its digits."""
    return a - b


@inner
def exponentials(memory, y, d, classes, n, D):
    """Put e^(y_i - the largest y) at d for every class, n floats apart. Return the largest y, and the sums without the
    largest and without class D: 1 + the first is the sum of all, and neither loses digits where a class is certain."""
    best = 0
    for i in range(1, classes):
        if memory[y + i * n] > memory[y + best * n]:
            best = i
    rest = others = np.float32(0)
    most = memory[y + best * n]
    for i in range(classes):
        p = exp(memory[y + i * n] - most)
        memory[d + i * n] = p
        rest += p if i != best else np.float32(0)
        others += p if i != D else np.float32(0)
    return most, rest, others


@operation
def rbf(L):
    """y_i = sum_k (x_k - w_ik)^2 (eq. 7)."""

    def rbf(memory, parameters, gradients, a):
        x, y, codes, features, classes = arguments(a, 5)
        for i in range(classes):
            s = splat(np.float32(0), L)
            for k in range(features):
                v = load(memory, x + k * len(L), L) - splat(memory[codes + i * features + k], L)
                s = s + v * v
            store(memory, y + i * len(L), s)

    return rbf


@operation
def rbf_back(L, SECOND):
    """dx_k = 2 sum_i dy_i (x_k - w_ik); SECOND: 2 sum_i dy_i, as RBF.backward2."""

    def rbf_back(memory, parameters, gradients, a):
        x, dx, d, codes, features, classes = arguments(a, 6)
        n = len(L)
        for k in range(features):
            store(memory, dx + k * n, splat(np.float32(0), L))
        for i in range(classes):
            v = load(memory, d + i * n, L)
            v = v + v
            for k in range(features):
                slope = v
                if not len(SECOND):
                    slope = v * (load(memory, x + k * n, L) - splat(memory[codes + i * features + k], L))
                store(memory, dx + k * n, load(memory, dx + k * n, L) + slope)

    return rbf_back


@operation
def softmax():
    """y_i = exp(x_i) / sum_k exp(x_k)."""

    def softmax(memory, parameters, gradients, a):
        x, y, classes, n = arguments(a, 4)
        for l in range(n):
            most = memory[x + l]
            for i in range(1, classes):
                most = max(most, memory[x + i * n + l])
            s = np.float32(0)
            for i in range(classes):
                p = exp(memory[x + i * n + l] - most)
                memory[y + i * n + l] = p
                s += p
            for i in range(classes):
                memory[y + i * n + l] /= s

    return softmax


@operation
def softmax_back(L):
    """dx_i = y_i (dy_i - sum_k y_k dy_k)."""

    def softmax_back(memory, parameters, gradients, a):
        y, dx, d, classes = arguments(a, 4)
        s = splat(np.float32(0), L)
        for i in range(classes):
            s = s + load(memory, y + i * len(L), L) * load(memory, d + i * len(L), L)
        for i in range(classes):
            store(memory, dx + i * len(L), load(memory, y + i * len(L), L) * (load(memory, d + i * len(L), L) - s))

    return softmax_back


@operation
def mle():
    """E = y_D; dE/dy_i = [i = D] (eq. 8). second: the same."""

    def mle(memory, parameters, gradients, a):
        y, d, classes, n, _, labels, weights, E = arguments(a, 8)
        for l in range(n):
            D = int(memory[labels + l])
            for i in range(classes):
                memory[d + i * n + l] = memory[weights + l] if i == D else 0
            memory[E + l] = memory[y + D * n + l]

    return mle


@operation
def map_():
    """E = y_D + log(e^-j + sum_i e^-y_i); dE/dy_i = [i = D] - p_i (eq. 9). second: [i = D]."""

    def map_(memory, parameters, gradients, a):
        y, d, classes, n, second, labels, weights, E, constant = arguments(a, 9)
        j = memory[constant]
        for l in range(n):
            D, weight = int(memory[labels + l]), memory[weights + l]
            least, best = j, -1
            for i in range(classes):
                if memory[y + i * n + l] < least:
                    least, best = memory[y + i * n + l], i
            rubbish = np.float32(1) if best < 0 else exp(least - j)
            rest, others = (np.float32(0), rubbish) if best < 0 else (rubbish, rubbish)  # sums without best, without D
            for i in range(classes):
                p = exp(least - memory[y + i * n + l])
                memory[d + i * n + l] = p
                rest += p if i != best else np.float32(0)
                others += p if i != D else np.float32(0)
            memory[E + l] = minus(memory[y + D * n + l], least) + math.log1p(rest)
            s = 1 + rest
            for i in range(classes):
                if second:
                    change = np.float32(1) if i == D else np.float32(0)
                else:
                    change = (others if i == D else -memory[d + i * n + l]) / s
                memory[d + i * n + l] = weight * change

    return map_


@operation
def cross_entropy():
    """E = log(sum_i e^y_i) - y_D; dE/dy_i = p_i - [i = D]. second: p_i (1 - p_i)."""

    def cross_entropy(memory, parameters, gradients, a):
        y, d, classes, n, second, labels, weights, E = arguments(a, 8)
        for l in range(n):
            D, weight = int(memory[labels + l]), memory[weights + l]
            most, rest, others = exponentials(memory, y + l, d + l, classes, n, D)
            memory[E + l] = math.log1p(rest) - minus(memory[y + D * n + l], most)
            s = 1 + rest
            for i in range(classes):
                p = memory[d + i * n + l] / s
                rather = others / s if i == D else 1 - p  # 1 - p, right to the last digit
                change = p * rather if second else (-rather if i == D else p)
                memory[d + i * n + l] = weight * change

    return cross_entropy


@operation
def weighted_cross_entropy():
    """E = - sum_i t_i log p_i with t_i = w_i (s / K + (1 - s) [i = D]); dE/dy_i = p_i sum t - t_i.
    second: p_i (1 - p_i) sum t. K classes; constant: w, then s / K and 1 - s."""

    def weighted_cross_entropy(memory, parameters, gradients, a):
        y, d, classes, n, second, labels, weights, E, constant = arguments(a, 9)
        everywhere, more = memory[constant + classes], memory[constant + classes + 1]
        for l in range(n):
            D, weight = int(memory[labels + l]), memory[weights + l]
            most, rest, others = exponentials(memory, y + l, d + l, classes, n, D)
            log, s, e, total = np.float32(math.log1p(rest)), 1 + rest, np.float32(0), np.float32(0)
            for i in range(classes):
                t = memory[constant + i] * (everywhere + (more if i == D else np.float32(0)))
                total += t
                e += t * (log - minus(memory[y + i * n + l], most)) if t > 0 else np.float32(0)
            memory[E + l] = e
            for i in range(classes):
                t = memory[constant + i] * (everywhere + (more if i == D else np.float32(0)))
                p = memory[d + i * n + l] / s
                rather = others / s if i == D else 1 - p  # 1 - p, right to the last digit
                change = p * rather * total if second else p * (total - t) - t * rather
                memory[d + i * n + l] = weight * change

    return weighted_cross_entropy


@operation
def binary_cross_entropy():
    """E = - mean over i of t_i log y_i + (1 - t_i) log(1 - y_i), t_i = [i = D], with the bounds of BCELoss."""

    def binary_cross_entropy(memory, parameters, gradients, a):
        y, d, classes, n, second, labels, weights, E = arguments(a, 8)
        for l in range(n):
            D, weight = int(memory[labels + l]), memory[weights + l] / np.float32(classes)
            s = np.float32(0)
            for i in range(classes):
                v = memory[y + i * n + l]
                if i == D:
                    s -= max(math.log(v), np.float32(-100))
                    right = v
                else:
                    s -= max(math.log1p(-v), np.float32(-100))
                    right = 1 - v
                if second:
                    memory[d + i * n + l] = weight / max(right * right, np.float32(1e-12))
                else:
                    change = v - (np.float32(1) if i == D else np.float32(0))
                    memory[d + i * n + l] = weight * change / max(v * (1 - v), np.float32(1e-12))
            memory[E + l] = s / np.float32(classes)

    return binary_cross_entropy
