"""Check whether a layer is right: one set of checks for the library's tests, the exercises and your own layers.

Each check returns {array name: relative error}, and raises CheckFailed with a sentence if one is too large.
The relative error of two arrays is max |got - expected| / max |expected|. In float64, a right result has 1e-6 or
less against central differences, and 1e-12 or less against another exact computation; 1e-2 means a mistake.
"""

from numbers import Number
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scratchnet.checks.diagnosis import diagnose
from scratchnet.checks.differences import Judge, central_differences, expect_float64, forward_twice, independent
from scratchnet.errors import CheckFailed
from scratchnet.layers import Layer
from scratchnet.layers.expect import connected
from scratchnet.layers.initial import Seed
from scratchnet.losses import Loss
from scratchnet.parallel import leaves

Errors = dict[str, float]

NOT_THERE = "Did you forget a `return`, or the line that stores it on self?"


def check_gradients(
    layer: Layer,
    x: NDArray,
    *,
    tolerance: float = 1e-6,
    step: float = 1e-5,
    entries: int = 50,
    rng: Seed = None,
) -> Errors:
    """Compare backward with central differences (E(w + step) - E(w - step)) / (2 step).

    E = sum of r y with a fixed random r, so that dE/dy = r. It checks up to `entries` random entries of x
    and of each parameter. The gradient at the blanks of a connection table has to be exactly 0.
    rng: a Generator or an integer seed; r is independent of what the same seed draws elsewhere.
    x and the parameters must be float64: differences in float32 have only two or three right digits.

    Where the slope of E jumps (a kink: ReLU at 0, equal pixels in a max pooling), every number between the slopes
    on both sides is right. Raises InputError where no difference can judge: float32, a forward with other results
    each time (Dropout in training mode), kinks at every checked entry, numbers so large that rounding hides E.
    """
    arrays = {"x": x} | {name: value for name, value, _, _ in layer.parameters()}
    for name, array in arrays.items():
        expect_float64("check_gradients", name, array, layer)
    rng = independent(rng)
    x = arrays["x"] = x.copy()
    y = forward_twice(layer, x)
    judge = Judge(layer, x, y, rng.normal(size=y.shape), arrays)
    got = judge.got
    tables = [connected(leaf, name) for leaf in leaves(layer) for name in leaf.params]
    free = dict(zip(arrays, [np.ones(x.shape, bool), *tables]))

    errors = {}
    for name, array in arrays.items():
        expect_array(f"d{name}", got[name], array, {"images": len(x)})
        if got[name][~free[name]].any():
            raise CheckFailed(f"d{name} should be 0 at the blanks of the connection table. Did you forget the mask?")
        chosen = rng.permutation(np.flatnonzero(free[name]))[:entries]
        expected = judge.slopes(name, step, chosen, tolerance)
        looked_at = ~free[name]
        looked_at.flat[chosen] = True
        source, sizes = "central differences", {"images": len(x)}
        errors[name] = compare(f"d{name}", got[name], expected, tolerance, source, looked_at, sizes)
    return errors


def check_loss(loss: Loss, y: NDArray, labels: NDArray, *, tolerance: float = 1e-6, step: float = 1e-5) -> Errors:
    """Compare backward of a loss with central differences of forward; y (N, classes) float64, labels (N,).

    Raises InputError unless y is float64.
    """
    expect_float64("check_loss", "y", y)
    y = y.copy()
    loss.forward(y, labels)
    got = loss.backward()
    expected = central_differences(lambda: loss.forward(y, labels), y, step)
    return {"y": compare("dE/dy", got, expected, tolerance, "central differences", sizes={"images": len(y)})}


def check_curvature(layer: Layer, x: NDArray, *, tolerance: float = 1e-12) -> Errors:
    """Compare backward2 with the exact diagonal.

    With E = sum y^2 / 2, d2E/dy2 = 1 and d2E/dw2 = sum over outputs k of (dy_k/dw)^2, where each dy_k/dw comes
    from `backward` on a unit vector. This holds for a single layer and its parameters (paper, eqs 23 and 25).
    Several layers in a row omit the cross terms on purpose. RBF is an exception, see RBF.
    Raises InputError unless x and the parameters are float64.
    """
    for name, array in [("x", x), *((name, value) for name, value, _, _ in layer.parameters())]:
        expect_float64("check_curvature", name, array, layer)
    y = forward_twice(layer, x)
    expected = {"x": np.zeros_like(x)} | {name: np.zeros_like(value) for name, value, _, _ in layer.parameters()}
    for k in range(y.size):
        unit = np.zeros_like(y)
        unit.flat[k] = 1
        expected["x"] += layer.backward(unit) ** 2
        for name, _, gradient, _ in layer.parameters():
            expected[name] += gradient**2
    got = {"x": layer.backward2(np.ones_like(y))} | {name: h for name, _, _, h in layer.parameters()}
    source = "the squared derivatives of the outputs"
    return {name: compare(f"h{name}", got[name], expected[name], tolerance, source) for name in expected}


def check_against(layer: Layer, reference: Any, x: NDArray, *, tolerance: float = 1e-9, rng: Seed = None) -> Errors:
    """Compare forward and backward with a reference that has the same methods and parameter names.

    rng: a Generator or an integer seed; dy is independent of what the same seed draws elsewhere.
    """
    rng = independent(rng)
    y, expected = layer.forward(x), reference.forward(x)
    errors = {"y": compare("y", y, expected, tolerance, "the reference")}
    dy = rng.normal(size=y.shape).astype(y.dtype)
    errors["x"] = compare("dx", layer.backward(dy), reference.backward(dy), tolerance, "the reference")
    expected = {name: gradient for name, _, gradient, _ in reference.parameters()}
    for name, _, gradient, _ in layer.parameters():
        errors[name] = compare(f"d{name}", gradient, expected[name], tolerance, "the reference")
    return errors


def expect_array(name: str, got: Any, expected: NDArray, sizes: dict[str, int] | None = None) -> None:
    """Raise CheckFailed unless got is an array of the shape of expected. sizes: see `diagnose`."""
    if not isinstance(got, np.ndarray):
        what = "None" if got is None else type(got).__name__
        why = NOT_THERE if got is None else ""
        if isinstance(got, Number):
            why = "Yours is a single number. Did you sum over too many axes?"
        if isinstance(got, tuple):
            why = f"Yours is a tuple; it should return {name} alone, and store the others on self."
        raise CheckFailed(f"{name}: expected an array of shape {expected.shape}, got {what}.", why)
    if got.shape != expected.shape:
        why = diagnose(got, expected, sizes)
        raise CheckFailed(f"{name}: expected shape {expected.shape}, got {got.shape}.", why)


def compare(
    name: str,
    got: Any,
    expected: NDArray,
    tolerance: float,
    source: str,
    looked_at: NDArray[np.bool_] | None = None,
    sizes: dict[str, int] | None = None,
) -> float:
    """Return the relative error, or raise CheckFailed with a diagnosis if it is above tolerance.

    looked_at: boolean, True at the entries to compare; all by default. sizes: see `diagnose`.
    """
    expect_array(name, got, expected, sizes)
    if not got.size:
        return 0.0
    looked_at = np.ones(got.shape, bool) if looked_at is None else looked_at
    with np.errstate(invalid="ignore"):  # infinity - infinity is NaN, which counts as wrong
        difference, scale = np.abs(got - expected), np.abs(expected[looked_at]).max()
        error = difference[looked_at].max() / max(scale, np.finfo(float).tiny)
    if error <= tolerance:
        return float(error)
    off = looked_at & ~(difference <= tolerance * scale)
    first = np.unravel_index(np.argmax(off), got.shape)
    where = f"{np.count_nonzero(off)} of {np.count_nonzero(looked_at)} checked entries are wrong. The first is "
    where += f"[{', '.join(map(str, first))}]: "
    mine, right = f"{got[first]:.6g}", f"{expected[first]:.6g}"
    if mine == right:
        mine, right = f"{got[first]:.15g}", f"{expected[first]:.15g}"
    raise CheckFailed(
        f"{name} differs from {source}: {where if got.ndim else ''}expected {right}, got {mine}. "
        f"The relative error is {error:.1e} (largest difference / largest entry); "
        f"it should be at most {tolerance:.0e}.",
        diagnose(got, expected, sizes) if looked_at.all() else "",
    )
