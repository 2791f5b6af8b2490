"""Compute the coefficients of the rational tanh in scratchnet/fast/pointwise.py.

    python benchmarks/fit_tanh.py

tanh x = x P(z) / Q(z) with z = x^2 and Q(0) = 1, six and four coefficients, on [0, 8]. Least squares of
x P(z) / tanh x - Q(z), which is linear in the coefficients; points are weighted again and again by 1/Q, so that it
is the relative error that is squared, and by how far they are off (Lawson), so that it is the largest that falls.
"""

import numpy as np

BOUND, NUMERATOR, DENOMINATOR = 8.0, 6, 4


def fit():
    """Return P, Q in powers of x^2, and the largest relative error."""
    x = BOUND / 2 * (1 + np.cos(np.linspace(0, np.pi, 4001)))
    x = x[x > 1e-6]
    y, z = np.tanh(x), (x / BOUND) ** 2
    p = np.stack([x * z**k / y for k in range(NUMERATOR)], axis=1)
    q = np.stack([z**k for k in range(1, DENOMINATOR)], axis=1)
    weight, lawson, best = np.ones_like(x), np.ones_like(x), (np.inf, None)
    for _ in range(400):
        w = weight * np.sqrt(lawson)
        c = np.linalg.lstsq(np.hstack([p, -q]) * w[:, None], w, rcond=None)[0]
        Q = 1 + q @ c[NUMERATOR:]
        error = np.abs(p @ c[:NUMERATOR] / Q - 1)
        best = min(best, (error.max(), tuple(c)))
        weight, lawson = 1 / np.abs(Q), lawson * np.sqrt(error / error.max()) + 1e-12
        lawson /= lawson.max()
    c = np.array(best[1])
    scale = BOUND ** (-2.0 * np.arange(10))
    return c[:NUMERATOR] * scale[:NUMERATOR], np.r_[1, c[NUMERATOR:] * scale[1:DENOMINATOR]], best[0]


if __name__ == "__main__":
    P, Q, error = fit()
    print("P", *(f"{c:.9g}" for c in P), "\nQ", *(f"{c:.9g}" for c in Q), f"\nlargest relative error {error:.1e}")
