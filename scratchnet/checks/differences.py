"""Slopes measured by differences, and where differences cannot judge: float32, noise, kinks, numbers too large."""

import inspect
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scratchnet.errors import CheckFailed, InputError
from scratchnet.layers import Layer
from scratchnet.layers.expect import described, label
from scratchnet.layers.initial import Seed, generator
from scratchnet.parallel import leaves


def central_differences(
    E: Callable[[], float], w: NDArray, step: float = 1e-5, chosen: Iterable[int] | None = None
) -> NDArray:
    """Return dE/dw = (E(w + step) - E(w - step)) / (2 step), an array like w (float64); 0 where it is not computed.

    E: () -> a number that depends on the entries of w. Each entry of w is changed in turn, and then restored.
    chosen: flat indices of the entries to compute; all by default.
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


class Judge:
    """Measures slopes of E = sum r y by differences, and says where differences cannot judge.

    layer, x: y = layer.forward(x); arrays: {name: x or a parameter}; y, r: the output and its weights.
    """

    def __init__(self, layer: Any, x: NDArray, y: NDArray, r: NDArray, arrays: dict[str, NDArray]) -> None:
        self.layer, self.x, self.r, self.arrays = layer, x, r, arrays
        self.size = np.abs(r * y).sum()  # E is rounded to about eps times this
        self.got = self.backward(r)

    def backward(self, r: NDArray) -> dict[str, NDArray]:
        """Return {name: dE/d name} by the layer's own backward pass."""
        self.layer.forward(self.x)
        return {"x": self.layer.backward(r.copy())} | {name: g for name, _, g, _ in self.layer.parameters()}

    def E(self) -> float:
        return float(np.vdot(self.r, self.layer.forward(self.x)))

    def slopes(self, name: str, step: float, chosen: NDArray, tolerance: float) -> NDArray:
        """Return dE/dw at the chosen flat indices of w. Where it is not what backward says, other steps are tried.

        Raises InputError if every chosen entry lies on a kink, and if rounding is larger than the difference.
        """
        w, got = self.arrays[name], self.got[name]
        expected = central_differences(self.E, w, step, chosen)
        limit = tolerance * np.abs(expected.flat[chosen]).max(initial=0)
        rounding = np.finfo(float).eps * self.size / step
        kinks = 0
        for i in chosen:
            difference = abs(got.flat[i] - expected.flat[i])
            if not difference > limit:
                continue
            others = [step * max(1, abs(w.flat[i])), *(step * 10.0**k for k in (-1, -2, -4, 2, 4))]
            measured = [central_differences(self.E, w, s, [i]).flat[i] for s in others]
            if any(abs(got.flat[i] - slope) <= limit for slope in measured) or difference <= rounding < tolerance:
                expected.flat[i] = got.flat[i]
            elif self.at_a_kink(name, i, step):
                expected.flat[i], kinks = got.flat[i], kinks + 1
            elif difference < 100 * rounding:
                raise InputError(
                    f"E is too large to judge d{name} by differences: its terms add up to {self.size:.0e}, so with the "
                    f"step {step:g} rounding alone changes the slope by {rounding:.0e}. Make x smaller."
                )
        if len(chosen) and kinks == len(chosen):
            raise InputError(
                f"Every checked entry of {name} lies on a kink, where the slope jumps (ReLU at 0, equal pixels in a "
                "max pooling), so differences cannot judge. Move x a little: x + 0.1 * rng.normal(size=x.shape)."
            )
        return expected

    def at_a_kink(self, name: str, i: int, step: float) -> bool:
        """Return whether the slope jumps at w[i], and backward's answer there is one that is allowed.

        With |r| for r, all jumps of a ReLU or a max pooling go up, so that every right answer lies between the slopes
        on both sides.
        """
        signed, self.r = self.r, np.abs(self.r)
        try:
            mine = self.backward(self.r)[name].flat[i]
            step *= max(1, abs(self.arrays[name].flat[i])) / 100
            wide, (left, right) = self.sides(name, i, step), self.sides(name, i, step / 10)
        finally:
            self.r = signed
        jump, slack = right - left, 1e-4 * max(abs(left), abs(right))
        return jump > slack and jump > (wide[1] - wide[0]) / 2 and left - slack <= mine <= right + slack

    def sides(self, name: str, i: int, step: float) -> tuple[float, float]:
        """Return the slopes of E to the left and to the right of w[i]."""
        w, here = self.arrays[name], self.E()
        value = w.flat[i]
        w.flat[i] = value - step
        below = self.E()
        w.flat[i] = value + step
        above = self.E()
        w.flat[i] = value
        return (here - below) / step, (above - here) / step


def independent(rng: Seed) -> np.random.Generator:
    """Return a Generator that is fixed by rng but draws other numbers: x was perhaps drawn with the same seed."""
    return np.random.default_rng(generator(0 if rng is None else rng).integers(2**32, size=4))


def forward_twice(layer: Layer, x: NDArray) -> NDArray:
    """Return layer.forward(x). Raise CheckFailed if it is no array, InputError if the second time it is another."""
    y, again = layer.forward(x), layer.forward(x)
    if not isinstance(again, np.ndarray):
        raise CheckFailed(f"forward should return an array, got {described(again)}.", "Did you forget a `return`?")
    if y.shape != again.shape or not np.array_equal(y, again, equal_nan=True):
        raise InputError(
            f"{label(layer)} returns another y each time, so differences cannot judge. Dropout draws a new mask in "
            "training mode: call eval() first. Any other forward should give the same result twice."
        )
    return again


def expect_float64(check: str, name: str, array: Any, layer: Any = None) -> None:
    """Raise InputError, with what to do, unless array is float64."""
    if isinstance(array, np.ndarray) and array.dtype == np.float64:
        return
    if name in ("x", "y"):
        fix = f"Convert it: {name}.astype(float)."
    else:
        leaf = next((leaf for leaf in leaves(layer) if any(vars(leaf).get(n) is array for n in leaf.params)), layer)
        parameter = name.rpartition(".")[2]
        fix = f"Convert it after you have made the layer: layer.{parameter} = layer.{parameter}.astype(float)."
        if "dtype" in inspect.signature(type(leaf).__init__).parameters:
            fix = "Make the layer with dtype=float."
    raise InputError(
        f"{check} expects {name} of float64, got {array.dtype if hasattr(array, 'dtype') else described(array)}. {fix}"
    )
