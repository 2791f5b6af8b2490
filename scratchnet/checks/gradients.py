"""Is this layer right? The same checks for the library's tests, for the exercises and for your own layers.

Each returns {array name: relative error} and raises CheckFailed with a sentence when one is too large.
The relative error of two arrays is max |got - wanted| / max |wanted|. In float64, right is 1e-6 or
less against central differences, and 1e-12 or less against another exact computation; 1e-2 is wrong.
"""

from collections.abc import Callable, Iterable
from numbers import Number
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scratchnet.checks.diagnosis import diagnose
from scratchnet.errors import CheckFailed, InputError
from scratchnet.layers import Layer
from scratchnet.layers.expect import connected
from scratchnet.losses import Loss
from scratchnet.parallel import leaves

Errors = dict[str, float]

NOT_THERE = "Is a `return` missing, or the line that keeps it on self?"


def check_gradients(
    layer: Layer,
    x: NDArray,
    *,
    tolerance: float = 1e-6,
    step: float = 1e-5,
    entries: int = 50,
    rng: np.random.Generator | None = None,
) -> Errors:
    """Compare backward with central differences (E(w + step) - E(w - step)) / (2 step).

    E = sum of r y with a fixed random r, so that dE/dy = r. Looks at up to `entries` randomly chosen
    entries of x and of each parameter; blanks of a connection table have to be exactly 0.
    x and the parameters must be float64: differences of float32 have two or three digits left.
    """
    arrays = {"x": x} | {name: value for name, value, _, _ in layer.parameters()}
    for name, array in arrays.items():
        if array.dtype != np.float64:
            raise InputError(
                f"check_gradients needs float64, {name} is {array.dtype}. Make the layer with dtype=float."
            )
    rng = rng or np.random.default_rng(0)
    x = arrays["x"] = x.copy()
    r = rng.normal(size=layer.forward(x).shape)
    got = {"x": layer.backward(r.copy())} | {name: gradient for name, _, gradient, _ in layer.parameters()}
    tables = [connected(leaf, name) for leaf in leaves(layer) for name in leaf.params]
    free = dict(zip(arrays, [np.ones(x.shape, bool), *tables]))

    def E():
        return np.vdot(r, layer.forward(x))

    errors = {}
    for name, array in arrays.items():
        expect_array(f"d{name}", got[name], array, {"images": len(x)})
        if got[name][~free[name]].any():
            raise CheckFailed(f"d{name} is not 0 at the blanks of the connection table: is the mask missing?")
        chosen = rng.permutation(np.flatnonzero(free[name]))[:entries]
        wanted = central_differences(E, array, step, chosen)
        looked_at = ~free[name]
        looked_at.flat[chosen] = True
        source, sizes = "central differences", {"images": len(x)}
        errors[name] = compare(f"d{name}", got[name], wanted, tolerance, source, looked_at, sizes)
    return errors


def central_differences(
    E: Callable[[], float], w: NDArray, step: float = 1e-5, chosen: Iterable[int] | None = None
) -> NDArray:
    """Return dE/dw = (E(w + step) - E(w - step)) / (2 step), an array like w (float64); 0 where it is not looked at.

    E: () -> a number, a function of the entries of w, which are moved one at a time and put back.
    chosen: flat indices of the entries to look at, all if not given.
    """
    gradient = np.zeros_like(w)
    for i in range(w.size) if chosen is None else chosen:
        value = w.flat[i]
        w.flat[i] = value + step
        above = E()
        w.flat[i] = value - step
        below = E()
        w.flat[i] = value
        gradient.flat[i] = (above - below) / (2 * step)
    return gradient


def check_loss(loss: Loss, y: NDArray, labels: NDArray, *, tolerance: float = 1e-6, step: float = 1e-5) -> Errors:
    """Compare backward of a loss with central differences of its forward; y (N, classes) float64, labels (N,)."""
    y = y.copy()
    loss.forward(y, labels)
    got = loss.backward()
    wanted = central_differences(lambda: loss.forward(y, labels), y, step)
    return {"y": compare("dE/dy", got, wanted, tolerance, "central differences", sizes={"images": len(y)})}


def check_curvature(layer: Layer, x: NDArray, *, tolerance: float = 1e-12) -> Errors:
    """Compare backward2 with the exact diagonal: with E = sum y^2 / 2, d2E/dy2 = 1 and
    d2E/dw2 = sum over outputs k of (dy_k/dw)^2, each dy_k/dw from `backward` on a unit vector.

    For a single layer, parameters included (paper, eqs 23 and 25); several layers in a row drop the
    cross terms on purpose. RBF is the exception, see there.
    """
    y = layer.forward(x)
    wanted = {"x": np.zeros_like(x)} | {name: np.zeros_like(value) for name, value, _, _ in layer.parameters()}
    for k in range(y.size):
        unit = np.zeros_like(y)
        unit.flat[k] = 1
        wanted["x"] += layer.backward(unit) ** 2
        for name, _, gradient, _ in layer.parameters():
            wanted[name] += gradient**2
    got = {"x": layer.backward2(np.ones_like(y))} | {name: h for name, _, _, h in layer.parameters()}
    source = "the squared derivatives of the outputs"
    return {name: compare(f"h{name}", got[name], wanted[name], tolerance, source) for name in wanted}


def check_against(
    layer: Layer, reference: Any, x: NDArray, *, tolerance: float = 1e-9, rng: np.random.Generator | None = None
) -> Errors:
    """Compare forward and backward with a reference with the same methods and parameter names."""
    rng = rng or np.random.default_rng(0)
    y, wanted = layer.forward(x), reference.forward(x)
    errors = {"y": compare("y", y, wanted, tolerance, "the reference")}
    dy = rng.normal(size=y.shape).astype(y.dtype)
    errors["x"] = compare("dx", layer.backward(dy), reference.backward(dy), tolerance, "the reference")
    wanted = {name: gradient for name, _, gradient, _ in reference.parameters()}
    for name, _, gradient, _ in layer.parameters():
        errors[name] = compare(f"d{name}", gradient, wanted[name], tolerance, "the reference")
    return errors


def expect_array(name: str, got: Any, wanted: NDArray, sizes: dict[str, int] | None = None) -> None:
    """CheckFailed unless got is an array of the shape of wanted. sizes: see `diagnose`."""
    if not isinstance(got, np.ndarray):
        what = "None" if got is None else f"of type {type(got).__name__}"
        number = "It is one number: was the sum over too many axes?" if isinstance(got, Number) else ""
        why = NOT_THERE if got is None else number
        raise CheckFailed(f"{name} is {what}, it should be an array of shape {wanted.shape}.", why)
    if got.shape != wanted.shape:
        raise CheckFailed(f"{name} has shape {got.shape}, it should have {wanted.shape}.", diagnose(got, wanted, sizes))


def compare(
    name: str,
    got: Any,
    wanted: NDArray,
    tolerance: float,
    source: str,
    looked_at: NDArray[np.bool_] | None = None,
    sizes: dict[str, int] | None = None,
) -> float:
    """The relative error, or CheckFailed with a diagnosis.

    looked_at: boolean, which entries of wanted are known; all if not given. sizes: see `diagnose`.
    """
    expect_array(name, got, wanted, sizes)
    if not got.size:
        return 0.0
    looked_at = np.ones(got.shape, bool) if looked_at is None else looked_at
    with np.errstate(invalid="ignore"):  # infinity - infinity is NaN, and counted as off
        difference, scale = np.abs(got - wanted), np.abs(wanted[looked_at]).max()
        error = difference[looked_at].max() / max(scale, np.finfo(float).tiny)
    if error <= tolerance:
        return float(error)
    off = looked_at & ~(difference <= tolerance * scale)
    first = np.unravel_index(np.argmax(off), got.shape)
    where = f"{np.count_nonzero(off)} of {np.count_nonzero(looked_at)} entries looked at are off, the first is "
    where += f"[{', '.join(map(str, first))}]: "
    mine, right = f"{got[first]:.6g}", f"{wanted[first]:.6g}"
    if mine == right:
        mine, right = f"{got[first]:.15g}", f"{wanted[first]:.15g}"
    raise CheckFailed(
        f"{name} differs from {source}: {where if got.ndim else ''}got {mine}, wanted {right}. "
        f"Relative error {error:.1e} (largest difference / largest entry), at most {tolerance:.0e} is right.",
        diagnose(got, wanted, sizes) if looked_at.all() else "",
    )
