"""Is this layer right? The same checks for the library's tests, for the exercises and for your own layers.

Each returns {array name: relative error} and raises CheckFailed with a sentence when one is too large.
The relative error of two arrays is max |got - wanted| / max |wanted|. In float64, right is 1e-6 or
less against central differences, and 1e-12 or less against another exact computation; 1e-2 is wrong.
"""

import numpy as np

from scratchnet.errors import InputError


class CheckFailed(AssertionError):
    """What differs, where and by how much."""


def check_gradients(layer, x, *, tolerance=1e-6, step=1e-5, entries=50, rng=None):
    """backward against central differences (E(w + step) - E(w - step)) / (2 step).

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
    got = {"x": layer.backward(r)} | {name: gradient for name, _, gradient, _ in layer.parameters()}
    connected = [leaf.connected(name) for leaf in layer.leaves() for name in leaf.params]
    free = dict(zip(arrays, [np.ones(x.shape, bool), *connected]))

    def E():
        return np.vdot(r, layer.forward(x))

    errors = {}
    for name, array in arrays.items():
        there(f"d{name}", got[name], array.shape)
        if got[name][~free[name]].any():
            raise CheckFailed(f"d{name} is not 0 at the blanks of the connection table: is the mask missing?")
        chosen = np.unravel_index(rng.permutation(np.flatnonzero(free[name]))[:entries], array.shape)
        wanted = np.empty(len(chosen[0]))
        for i, at in enumerate(zip(*chosen)):
            value = array[at]
            array[at] = value + step
            above = E()
            array[at] = value - step
            below = E()
            array[at] = value
            wanted[i] = (above - below) / (2 * step)
        errors[name] = compare(f"d{name}", got[name][chosen], wanted, tolerance, "central differences", chosen)
    return errors


def check_curvature(layer, x, *, tolerance=1e-12):
    """backward2 against the exact diagonal: with E = sum y^2 / 2, d2E/dy2 = 1 and
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


def check_against(layer, reference, x, *, tolerance=1e-9, rng=None):
    """forward and backward against a reference with the same methods and parameter names."""
    rng = rng or np.random.default_rng(0)
    y, wanted = layer.forward(x), reference.forward(x)
    errors = {"y": compare("y", y, wanted, tolerance, "the reference")}
    dy = rng.normal(size=y.shape).astype(y.dtype)
    errors["x"] = compare("dx", layer.backward(dy), reference.backward(dy), tolerance, "the reference")
    wanted = {name: gradient for name, _, gradient, _ in reference.parameters()}
    for name, _, gradient, _ in layer.parameters():
        errors[name] = compare(f"d{name}", gradient, wanted[name], tolerance, "the reference")
    return errors


def there(name, got, shape):
    """CheckFailed unless got is an array of this shape."""
    if not isinstance(got, np.ndarray):
        raise CheckFailed(f"{name} is {got!r}, not an array: does the pass leave it on self?")
    if got.shape != shape:
        raise CheckFailed(f"{name} has shape {got.shape}, it should have {shape}.")


def compare(name, got, wanted, tolerance, source, places=None):
    """The relative error, or CheckFailed. places: where the entries of got and wanted come from."""
    there(name, got, wanted.shape)
    if not got.size:
        return 0.0
    difference, scale = np.abs(got - wanted), np.abs(wanted).max()
    error = difference.max() / max(scale, np.finfo(float).tiny)
    if error <= tolerance:
        return float(error)
    worst = np.unravel_index(np.argmax(difference), got.shape)  # a NaN counts as the largest
    at = worst if places is None else [axis[worst[0]] for axis in places]
    off = np.count_nonzero(~(difference <= tolerance * scale))
    raise CheckFailed(
        f"{name} differs from {source} by {error:.1e}, at most {tolerance:.0e} is right; {off} of {got.size} entries "
        f"looked at are off, most of all [{', '.join(map(str, at))}]: got {got[worst]:.6g}, wanted {wanted[worst]:.6g}."
    )
