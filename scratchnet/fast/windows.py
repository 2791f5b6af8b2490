"""Pooling and subsampling, for sixteen images (L: LANES long) or for one (L: 1 long).

KH, KW: the window; SH, SW: its stride; PH, PW: the padding around the maps, which is skipped.
"""

import numpy as np

from scratchnet.fast.operation import arguments, operation
from scratchnet.fast.vector import (
    LANES,
    evens,
    first_lanes,
    fma,
    high_pairs,
    if_equal,
    if_greater,
    if_unequal,
    load,
    low_pairs,
    odds,
    splat,
    store,
    total,
)
from scratchnet.kernels.jit import inner

LEAST = np.float32(-np.inf)


@inner
def clear(memory, first, n):
    for i in range(first, first + n):
        memory[i] = 0


@operation
def max_pool(L, KH, KW, SH, SW, PH, PW):
    """y = the largest of each window."""

    def max_pool(memory, parameters, gradients, a):
        x, y, maps, H, W, OH, OW, x_map, x_row, y_map, y_row = arguments(a, 11)
        for c in range(maps):
            for h in range(OH):
                for w in range(OW):
                    best = splat(LEAST, L)
                    for i in range(len(KH)):
                        for j in range(len(KW)):
                            r, s = h * len(SH) + i - len(PH), w * len(SW) + j - len(PW)
                            if (not len(PH) or 0 <= r < H) and (not len(PW) or 0 <= s < W):
                                v = load(memory, x + c * x_map + r * x_row + s * len(L), L)
                                best = if_unequal(v, v, v, if_greater(v, best, v, best))  # a NaN stays
                    store(memory, y + c * y_map + h * y_row + w * len(L), best)

    return max_pool


@operation
def max_pool_back(L, KH, KW, SH, SW, PH, PW, SHARED):
    """dx = dy where x was the largest of its window, the first of equals.

    SHARED: not every pixel is in exactly one window, so dx starts at 0 and the parts are added.
    """

    def max_pool_back(memory, parameters, gradients, a):
        x, y, maps, H, W, OH, OW, x_map, x_row, y_map, y_row, dx, d = arguments(a, 13)
        zero = splat(np.float32(0), L)
        if len(SHARED):
            clear(memory, dx, maps * x_map)
        for c in range(maps):
            for h in range(OH):
                for w in range(OW):
                    q = c * y_map + h * y_row + w * len(L)
                    best, rest = load(memory, y + q, L), load(memory, d + q, L)
                    for i in range(len(KH)):
                        for j in range(len(KW)):
                            r, s = h * len(SH) + i - len(PH), w * len(SW) + j - len(PW)
                            if (not len(PH) or 0 <= r < H) and (not len(PW) or 0 <= s < W):
                                p = c * x_map + r * x_row + s * len(L)
                                v = load(memory, x + p, L)
                                mine = if_equal(v, best, rest, zero)
                                rest = if_equal(v, best, zero, rest)
                                store(memory, dx + p, mine + load(memory, dx + p, L) if len(SHARED) else mine)

    return max_pool_back


@operation
def sum_pool(L, KH, KW, SH, SW, PH, PW, LEARNED):
    """y = K s, s the sum of each window; or LEARNED, y = W s + b with one W and one b for each map."""

    def sum_pool(memory, parameters, gradients, a):
        x, y, maps, H, W, OH, OW, x_map, x_row, y_map, y_row, coefficient, bias = arguments(a, 13)
        for c in range(maps):
            K = splat(parameters[coefficient + c] if len(LEARNED) else memory[coefficient], L)
            b = splat(parameters[bias + c] if len(LEARNED) else np.float32(0), L)
            for h in range(OH):
                for w in range(OW):
                    s = splat(np.float32(0), L)
                    for i in range(len(KH)):
                        for j in range(len(KW)):
                            r, q = h * len(SH) + i - len(PH), w * len(SW) + j - len(PW)
                            if (not len(PH) or 0 <= r < H) and (not len(PW) or 0 <= q < W):
                                s = s + load(memory, x + c * x_map + r * x_row + q * len(L), L)
                    store(memory, y + c * y_map + h * y_row + w * len(L), K * s + b)

    return sum_pool


@operation
def sum_pool_back(L, KH, KW, SH, SW, PH, PW, SHARED, LEARNED, SQUARED):
    """dx = K dy in every pixel of the window. LEARNED: also dW += sum dy s and db += sum dy.

    SQUARED: s^2 instead of s, for the curvature.
    """

    def sum_pool_back(memory, parameters, gradients, a):
        x, _, maps, H, W, OH, OW, x_map, x_row, y_map, y_row, dx, d, coefficient, bias = arguments(a, 15)
        if len(SHARED):
            clear(memory, dx, maps * x_map)
        for c in range(maps):
            K = splat(parameters[coefficient + c] if len(LEARNED) else memory[coefficient], L)
            dK = db = splat(np.float32(0), L)
            for h in range(OH):
                for w in range(OW):
                    v = load(memory, d + c * y_map + h * y_row + w * len(L), L)
                    share, s = K * v, splat(np.float32(0), L)
                    for i in range(len(KH)):
                        for j in range(len(KW)):
                            r, q = h * len(SH) + i - len(PH), w * len(SW) + j - len(PW)
                            if (not len(PH) or 0 <= r < H) and (not len(PW) or 0 <= q < W):
                                p = c * x_map + r * x_row + q * len(L)
                                store(memory, dx + p, share + load(memory, dx + p, L) if len(SHARED) else share)
                                if len(LEARNED):
                                    s = s + load(memory, x + p, L)
                    if len(LEARNED):
                        dK, db = dK + v * (s * s if len(SQUARED) else s), db + v
            if len(LEARNED):
                gradients[coefficient + c] += total(dK)
                gradients[bias + c] += total(db)

    return sum_pool_back


@operation
def sum_pairs(ALL, LEARNED):
    """y = K s + b, as sum_pool, for windows of 2 x 2 in one image: a row of windows at a time.

    What a vector writes beyond the end of a row is overwritten by the next row, or lies behind the map.
    """

    def sum_pairs(memory, parameters, gradients, a):
        x, y, maps, _, _, OH, OW, x_map, x_row, y_map, y_row, coefficient, bias = arguments(a, 13)
        for c in range(maps):
            K = splat(parameters[coefficient + c] if len(LEARNED) else memory[coefficient], ALL)
            b = splat(parameters[bias + c] if len(LEARNED) else np.float32(0), ALL)
            for h in range(OH):
                for w in range(0, OW, LANES):
                    s = pair_sums(memory, x + c * x_map + 2 * h * x_row + 2 * w, x_row, ALL)
                    store(memory, y + c * y_map + h * y_row + w, fma(K, s, b))

    return sum_pairs


@inner
def pair_sums(memory, p, row, ALL):
    """Return the sums of 2 x 2 numbers at p, p + 2, p + 4, ..."""
    left = load(memory, p, ALL) + load(memory, p + row, ALL)
    right = load(memory, p + LANES, ALL) + load(memory, p + LANES + row, ALL)
    return evens(left, right) + odds(left, right)


@operation
def sum_pairs_back(ALL, LEARNED):
    """dx = K dy, as sum_pool_back, for windows of 2 x 2 in one image.

    Beyond the end of a row of windows dy counts as 0, and dx becomes 0: a guard of zeros may be there.
    """

    def sum_pairs_back(memory, parameters, gradients, a):
        x, _, maps, _, _, OH, OW, x_map, x_row, y_map, y_row, dx, d, coefficient, bias = arguments(a, 15)
        for c in range(maps):
            K = splat(parameters[coefficient + c] if len(LEARNED) else memory[coefficient], ALL)
            dK = db = splat(np.float32(0), ALL)
            for h in range(OH):
                e, p = d + c * y_map + h * y_row, c * x_map + 2 * h * x_row
                for q in (p, p + x_row):
                    for w in range(0, OW, LANES):
                        share = K * first_lanes(load(memory, e + w, ALL), OW - w)
                        store(memory, dx + q + 2 * w, low_pairs(share, share))
                        store(memory, dx + q + 2 * w + LANES, high_pairs(share, share))
                if len(LEARNED):
                    for w in range(0, OW, LANES):
                        v = first_lanes(load(memory, e + w, ALL), OW - w)
                        dK, db = fma(v, pair_sums(memory, x + p + 2 * w, x_row, ALL), dK), db + v
            if len(LEARNED):
                gradients[coefficient + c] += total(dK)
                gradients[bias + c] += total(db)

    return sum_pairs_back
