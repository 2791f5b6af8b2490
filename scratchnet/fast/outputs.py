"""The end of a network: penalties or probabilities, and the loss. For sixteen images (L: LANES long) or one.

A loss writes dE/dy, and its value for every image at E. Every image has a label and a weight, 1/N. In lanes
without an image the weight is 0, so that they add nothing to the gradients.
"""

import math

import numpy as np

from scratchnet.fast.operation import arguments, operation, stamped
from scratchnet.fast.vector import load, splat, store
from scratchnet.kernels.jit import jit


@jit
@stamped
def exp(x):
    """e^x, or 0 where e^x is below 1e-30: numbers below 1e-38 would make the rest a hundred times slower."""
    return np.float32(0) if x <= np.float32(-69) else math.exp(x)


@operation
def rbf(L):
    """y_i = sum_j (x_j - w_ij)^2 (eq. 7)."""

    def rbf(memory, parameters, gradients, a):
        x, y, codes, features, classes = arguments(a, 5)
        for i in range(classes):
            s = splat(np.float32(0), L)
            for j in range(features):
                v = load(memory, x + j * len(L), L) - splat(memory[codes + i * features + j], L)
                s = s + v * v
            store(memory, y + i * len(L), s)

    return rbf


@operation
def rbf_back(L, SECOND):
    """dx_j = 2 sum_i dy_i (x_j - w_ij); SECOND: 2 sum_i dy_i, as RBF.backward2."""

    def rbf_back(memory, parameters, gradients, a):
        x, dx, d, codes, features, classes = arguments(a, 6)
        n = len(L)
        for j in range(features):
            store(memory, dx + j * n, splat(np.float32(0), L))
        for i in range(classes):
            v = load(memory, d + i * n, L)
            v = v + v
            for j in range(features):
                slope = v
                if not len(SECOND):
                    slope = v * (load(memory, x + j * n, L) - splat(memory[codes + i * features + j], L))
                store(memory, dx + j * n, load(memory, dx + j * n, L) + slope)

    return rbf_back


@operation
def softmax(L):
    """y_i = exp(x_i) / sum_k exp(x_k)."""

    def softmax(memory, parameters, gradients, a):
        x, y, classes = arguments(a, 3)
        n = len(L)
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
def mle(L, SECOND):
    """E = y_D; dE/dy_i = [i = D] (eq. 8). SECOND: the same."""

    def mle(memory, parameters, gradients, a):
        y, d, classes, labels, weights, E = arguments(a, 6)
        n = len(L)
        for l in range(n):
            D = int(memory[labels + l])
            for i in range(classes):
                memory[d + i * n + l] = memory[weights + l] if i == D else 0
            memory[E + l] = memory[y + D * n + l]

    return mle


@operation
def map_(L, SECOND):
    """E = y_D + log(e^-j + sum_i e^-y_i); dE/dy_i = [i = D] - p_i (eq. 9). SECOND: [i = D]."""

    def map_(memory, parameters, gradients, a):
        y, d, classes, labels, weights, E, constant = arguments(a, 7)
        n, j = len(L), memory[constant]
        for l in range(n):
            D, weight = int(memory[labels + l]), memory[weights + l]
            least = j
            for i in range(classes):
                least = min(least, memory[y + i * n + l])
            s = math.exp(least - j)
            for i in range(classes):
                p = exp(least - memory[y + i * n + l])
                memory[d + i * n + l] = p
                s += p
            memory[E + l] = memory[y + D * n + l] - least + math.log(s)
            for i in range(classes):
                p = np.float32(0) if len(SECOND) else memory[d + i * n + l] / s
                memory[d + i * n + l] = weight * ((np.float32(1) if i == D else np.float32(0)) - p)

    return map_


@operation
def cross_entropy(L, SECOND):
    """E = log(sum_i e^y_i) - y_D; dE/dy_i = p_i - [i = D]. SECOND: p_i (1 - p_i)."""

    def cross_entropy(memory, parameters, gradients, a):
        y, d, classes, labels, weights, E = arguments(a, 6)
        n = len(L)
        for l in range(n):
            D, weight = int(memory[labels + l]), memory[weights + l]
            most = memory[y + l]
            for i in range(1, classes):
                most = max(most, memory[y + i * n + l])
            s = np.float32(0)
            for i in range(classes):
                p = exp(memory[y + i * n + l] - most)
                memory[d + i * n + l] = p
                s += p
            memory[E + l] = math.log(s) - (memory[y + D * n + l] - most)
            for i in range(classes):
                p = memory[d + i * n + l] / s
                change = p * (1 - p) if len(SECOND) else p - (np.float32(1) if i == D else np.float32(0))
                memory[d + i * n + l] = weight * change

    return cross_entropy


@operation
def binary_cross_entropy(L, SECOND):
    """E = - mean over i of t_i log y_i + (1 - t_i) log(1 - y_i), t_i = [i = D], with the bounds of BCELoss."""

    def binary_cross_entropy(memory, parameters, gradients, a):
        y, d, classes, labels, weights, E = arguments(a, 6)
        n = len(L)
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
                if len(SECOND):
                    memory[d + i * n + l] = weight / max(right * right, np.float32(1e-12))
                else:
                    change = v - (np.float32(1) if i == D else np.float32(0))
                    memory[d + i * n + l] = weight * change / max(v * (1 - v), np.float32(1e-12))
            memory[E + l] = s / np.float32(classes)

    return binary_cross_entropy
