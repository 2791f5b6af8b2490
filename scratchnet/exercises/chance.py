"""Functions and layers that draw: what they draw differs from one right answer to the next, its mean and spread do not.

A measured number is put on the nearest of some numbers that it may be, if it is so near that chance explains it.
"""

import numpy as np

from scratchnet.errors import CheckFailed
from scratchnet.exercises.kinds import Kind

MEANS = (0, 1, 0.5, 2**0.5 / 2, 2 / np.pi**0.5, (2 / np.pi) ** 0.5)  # those of weights on one side of 0
SIGMAS = 6  # a right answer is farther away once in 500 million draws


def settled(measured, sigma, *candidates):
    """Return the nearest candidate that is within some standard deviations, else the number as it was measured.

    sigma: the standard deviation of `measured`, as a function of the candidate.
    """
    near = [c for c in candidates if abs(measured - c) <= SIGMAS * sigma(c) + 1e-12]
    return float(min(near, key=lambda c: abs(measured - c))) if near else float(measured)


class Weights(Kind):
    """A function of (rng, shape, fan_in) that draws initial weights."""

    generic = False

    def prepare(self, function, case, method):
        def drawn():
            shape, fan_in = tuple(int(n) for n in case.arrays["shape"]), case.arrays["fan_in"]
            rng = np.random.default_rng(case.arrays["seed"])
            W, more = function(rng, shape, fan_in), function(rng, shape, fan_in)
            again = function(np.random.default_rng(case.arrays["seed"]), shape, fan_in)
            expect_weights(W, shape)
            expect_draws(W, more, again)
            return measured_weights(W, fan_in)

        return drawn


def expect_weights(W, shape):
    if not isinstance(W, np.ndarray) or W.shape != shape or W.dtype.kind != "f":
        what = f"{W.dtype} of shape {W.shape}" if isinstance(W, np.ndarray) else type(W).__name__
        raise CheckFailed(
            f"The function should return floats of shape {shape}, got {what}.", "Draw size=shape numbers."
        )
    if not np.isfinite(W).all():
        raise CheckFailed("Some weights are inf or nan.", "Do you divide by 0?")


def expect_draws(W, more, again):
    """Raise CheckFailed unless the weights come from rng, which gives others the next time."""
    if not np.array_equal(W, again):
        raise CheckFailed(
            "The same seed gives other weights the second time.",
            "Yours draws from another generator; it should draw from rng, so that a run can be repeated.",
        )
    if np.array_equal(W, more):
        raise CheckFailed(
            "The same weights come twice from one rng.",
            "Yours gives the same numbers each time; it should draw new ones from rng in each call: layers of equal "
            "weights learn the same.",
        )


def measured_weights(W, fan_in):
    """Return {"mean ...", "variance ...", "equal ..."} of weights."""
    n, scaled = W.size, W * np.sqrt(fan_in)
    candidates = (2, 1, 4, 1 / 2, 1 / 3, 2 / 3, 1 / 6, 6, 1 / 4, 0, *others(fan_in))
    spread = settled(float(np.var(scaled)), lambda v: v * np.sqrt(2 / n), *candidates)
    centre = settled(float(np.mean(scaled)), lambda m: np.sqrt(np.var(scaled) / n), *MEANS)
    equal = len(W) - 1 if same_rows(W.reshape(len(W), -1)) else 0
    return {"equal rows": float(equal), "mean of W sqrt(fan-in)": centre, "variance of W, times fan-in": spread}


def others(fan_in):
    """Return what the variance times the fan-in is with the commonest other formulas, if the fan-in is one number."""
    F = float(np.max(fan_in))
    return () if np.size(fan_in) > 1 else (4 / F, 1 / F, 2 * F, F, 2.4**2 / 3 / F, F / 3, 1e-4 * F)


class Dropping(Kind):
    """A pass of Dropout: what every right mask has in common."""

    generic = False

    def unread(self, method):
        """Arrays of a case that this pass does not see."""
        return ("dy",) if method == "forward" else ()

    def prepare(self, kind, case, method):
        x, dy, p = case.arrays["x"], case.arrays["dy"], case.options["p"]

        def layer(training=True):
            made = kind(p, rng=case.arrays["seed"])
            made.training = training
            return made

        def forward():
            made = layer()
            y, more, again = made.forward(x), made.forward(x), layer().forward(x)
            expect_like("y", y, x)
            expect_masks(y, more, again, p)
            results = measured_dropout(y, x, p) | {"factor of what is kept": factor("y", y, x, y != 0)}
            return results | {"y in evaluation": all_of_it("y", layer(False).forward(x))}

        def backward():
            made, still = layer(), layer(False)
            y = made.forward(x)
            dx = made.backward(dy)
            expect_like("dx", dx, x)
            expect_same_mask(dx, y)
            results = {"dx times 0": 0 * dx, "factor of dy": factor("dx", dx, dy, y != 0)}
            still.forward(x)
            return results | {"dx in evaluation": all_of_it("dx", still.backward(dy))}

        return forward if method == "forward" else backward


def expect_like(name, found, x):
    """Raise CheckFailed unless it is an array of the shape of x."""
    if not isinstance(found, np.ndarray) or found.shape != x.shape:
        what = f"an array of shape {found.shape}" if isinstance(found, np.ndarray) else type(found).__name__
        raise CheckFailed(f"{name} should be an array of shape {x.shape}, got {what}.", "Is a `return` missing?")


def all_of_it(name, found):
    """Return what a pass gives in evaluation. Raise CheckFailed if some of it, and not all, is 0."""
    if isinstance(found, np.ndarray) and (found == 0).any() and (found != 0).any():
        raise CheckFailed(
            f"In evaluation some entries of {name} are 0.",
            "Yours drops entries in evaluation too; it should drop them in training mode only: "
            "self.training says which.",
        )
    return found


def expect_masks(y, more, again, p):
    """Raise CheckFailed unless each call draws from the layer's own generator."""
    if p and not np.array_equal(y == 0, again == 0):
        raise CheckFailed(
            "The same seed drops other entries the second time.",
            "Yours draws from another generator; it should draw from self.rng, so that a run can be repeated.",
        )
    if p and y.size > 50 and (y == 0).any() and np.array_equal(y == 0, more == 0):
        raise CheckFailed(
            "The second forward drops the same entries as the first.",
            "Yours draws once; it should draw a new mask in every forward pass in training mode.",
        )


def expect_same_mask(dx, y):
    """Raise CheckFailed unless dx is 0 exactly where y is."""
    if np.array_equal(dx == 0, y == 0):
        return
    why = "Yours draws a new mask in backward; it should use the one of forward: store it on self."
    if (dx != 0).all():
        why = "Yours passes dy on everywhere; it should be 0 where forward has dropped x."
    elif not dx.any():
        why = "Yours is 0 everywhere; it should be dy times the factor, where forward has kept x."
    raise CheckFailed("dx is 0 at other entries than y.", why)


def factor(name, found, given, kept):
    """Return the one factor by which entries that are kept were multiplied. Raise CheckFailed if there are several."""
    if not kept.any():
        return 0.0
    ratios = found[kept].astype(float) / given[kept]
    middle = float(np.median(ratios))
    if np.abs(ratios - middle).max() > 1e-5 * abs(middle) + 1e-9:
        raise CheckFailed(
            f"{name}: what is kept is multiplied by different factors, such as {ratios.min():.5g} and "
            f"{ratios.max():.5g}.",
            f"Yours does not multiply all entries that are kept by one factor; it should, whatever their "
            f"values. Is {name} "
            "made of something else than x, dy and the mask?",
        )
    return float(np.float32(middle))


def measured_dropout(y, x, p):
    """Return what is the same for every right mask."""
    kept, n = y != 0, y.size
    share = settled(float(np.mean(kept)), lambda s: np.sqrt(s * (1 - s) / n), 1 - p, p, 1.0)
    rows = kept.reshape(len(kept), -1)
    alike = n > 50 and not kept.all() and (same_rows(rows) or same_rows(rows.T))
    return {"y times 0": 0 * y, "share that is kept": share, "masks that are alike": float(alike)}


def same_rows(array):
    return len(np.unique(array, axis=0)) == 1
