"""The optimizers. step() changes the parameters in place, with the gradients of the last backward pass."""

import math
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scratchnet.errors import InputError
from scratchnet.kernels import adam, descend
from scratchnet.layers import Layer
from scratchnet.layers.expect import connected, described, expect_parameters, is_float_array, label
from scratchnet.losses import Loss
from scratchnet.parallel import Engine, ReadableEngine, leaves


class Optimizer:
    """The base class of all optimizers: it loops over the parameters. A subclass defines `move`, its formula.

    net: the network whose parameters change; lr: the learning rate, which `fit` sets before each epoch;
    t: the number of steps so far.
    """

    def __init__(self, net: Layer, lr: float) -> None:
        expect_parameters_to_change(type(self).__name__, net)
        self.net, self.lr, self.t = net, positive("lr", lr), 0

    def before_pass(self, engine: Engine, x: NDArray, labels: NDArray, order: NDArray) -> None:
        """Prepare an epoch over x[order]. Most optimizers have nothing to prepare."""

    @np.errstate(under="ignore")  # a step too small to be a number is 0
    def step(self) -> None:
        """Change every parameter in place, with its gradient."""
        self.t += 1
        for name, value, gradient, _ in self.net.parameters():
            expect_like(name, value, "gradient", "d", gradient)
            self.move(name, value, gradient)

    def move(self, name: str, w: NDArray, g: NDArray) -> None:
        """Change one parameter w in place, given its gradient g = dE/dw."""
        raise InputError(f"{type(self).__name__} has no move: write `def move(self, name, w, g)` in its class.")

    def remembers(self) -> bool:
        """Return whether a step depends on earlier steps."""
        return False

    def state(self) -> dict[str, NDArray]:
        """Return {name: array}: what the optimizer keeps between steps, to continue later."""
        return {}

    def restore(self, state: dict[str, NDArray]) -> None:
        """Restore the arrays that `state` returned. Raise InputError for those of another optimizer or network."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}(lr={self.lr:g})"


class SGD(Optimizer):
    """g = dE/dw + weight_decay w;  v <- momentum v + g;  w <- w - lr v, as in PyTorch.

    Without momentum and weight decay: w <- w - lr dE/dw (paper, eq. 18). The term weight_decay w is the
    gradient of weight_decay w^2 / 2, also for biases. nesterov: w <- w - lr (g + momentum v), with the new v.
    Raises InputError when lr is not positive, momentum is not in [0, 1), weight_decay is negative, a number
    is not finite, and for nesterov without momentum.
    """

    def __init__(
        self, net: Layer, lr: float, momentum: float = 0.0, weight_decay: float = 0.0, nesterov: bool = False
    ) -> None:
        super().__init__(net, lr)
        self.momentum, self.weight_decay = below_1("momentum", momentum), at_least_0("weight_decay", weight_decay)
        if nesterov and not momentum:
            raise InputError(f"nesterov needs momentum above 0, for example momentum=0.9, got momentum={momentum}.")
        self.nesterov = bool(nesterov)
        self.v: dict[str, NDArray] = {}

    def move(self, name: str, w: NDArray, g: NDArray) -> None:
        if self.weight_decay:
            g = g + self.weight_decay * w
        if self.momentum:
            v = self.v[name] = self.momentum * self.v.get(name, 0) + g
            g = g + self.momentum * v if self.nesterov else v
        w -= self.lr * g

    def remembers(self) -> bool:
        return self.momentum > 0

    def state(self) -> dict[str, NDArray]:
        return {f"v.{name}": v for name, v in self.v.items()}

    def restore(self, state: dict[str, NDArray]) -> None:
        self.v = arrays_like("v.", state, self.net)
        expect_no_more(state, self.net, "v.")

    def __repr__(self) -> str:
        text = f"lr={self.lr:g}" + f", momentum={self.momentum:g}" * (self.momentum > 0)
        text += ", nesterov=True" * self.nesterov
        return f"SGD({text}" + f", weight_decay={self.weight_decay:g}" * (self.weight_decay > 0) + ")"


class Adam(Optimizer):
    """Adam: step sizes from running means of the gradient and of its square (D. Kingma, J. Ba, 2015).

    g = dE/dw + weight_decay w
    m <- m + (1 - beta1) (g - m);  v <- v + (1 - beta2) (g^2 - v)
    w <- w - lr m' / (sqrt(v') + eps)  with  m' = m / (1 - beta1^t),  v' = v / (1 - beta2^t) in step t:
    m and v start at 0, and the divisions correct for that.

    Raises InputError when lr or eps is not positive, a beta is not in [0, 1), weight_decay is negative, or a
    number is not finite.
    """

    def __init__(
        self,
        net: Layer,
        lr: float,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        if not (
            isinstance(betas, tuple | list) and len(betas) == 2 and all(is_number(b) and 0 <= b < 1 for b in betas)
        ):
            raise InputError(f"Adam needs two betas from 0 to below 1, got {betas}.")
        super().__init__(net, lr)
        self.betas, self.eps = (float(betas[0]), float(betas[1])), positive("eps", eps)
        self.weight_decay = at_least_0("weight_decay", weight_decay)
        self.m: dict[str, NDArray] = {}
        self.v: dict[str, NDArray] = {}

    def move(self, name: str, w: NDArray, g: NDArray) -> None:
        in_place(name, w)
        if name not in self.m:
            self.m[name], self.v[name] = np.zeros_like(w), np.zeros_like(w)
        if self.weight_decay:
            g = g + self.weight_decay * w
        beta1, beta2 = self.betas
        rate, scale = self.lr / (1 - beta1**self.t), 1 / math.sqrt(1 - beta2**self.t)
        # flat arrays, so that Numba compiles one kernel, and not one for each number of axes
        m, v = self.m[name].ravel(), self.v[name].ravel()
        adam(w.ravel(), m, v, g.ravel(), rate, beta1, beta2, scale, self.eps)

    def remembers(self) -> bool:
        return True

    def state(self) -> dict[str, NDArray]:
        moments = {f"{key}.{name}": a for key, arrays in (("m", self.m), ("v", self.v)) for name, a in arrays.items()}
        return {"t": np.array(self.t)} | moments

    def restore(self, state: dict[str, NDArray]) -> None:
        t = state.get("t", np.array(None))
        if t.shape != () or t.dtype.kind not in "iu" or t < 1:
            raise InputError(f"Expected the number of steps in t, a whole number of at least 1, got {t}.")
        m, v = (arrays_like(key, state, self.net) for key in ("m.", "v."))
        if any(array.min(initial=0) < 0 for array in v.values()):
            raise InputError("Expected running means of squares in v, got numbers below 0.")
        expect_no_more(state, self.net, "m.", "v.")
        self.t, self.m, self.v = int(t), m, v

    def __repr__(self) -> str:
        return f"Adam(lr={self.lr:g}" + f", weight_decay={self.weight_decay:g}" * (self.weight_decay > 0) + ")"


class SDLM(Optimizer):
    """Stochastic diagonal Levenberg-Marquardt: w_k <- w_k - eps_k dE/dw_k, one step size for every
    parameter, eps_k = lr / (mu + h_kk) (paper, appendix C, eqs 18 and 21).

    h_kk is the second derivative of E with respect to w_k, averaged over samples (diagonal and
    Gauss-Newton; shared weights are summed, eqs 23-27). It is estimated before each epoch and kept for
    the whole epoch (III.B; the paper says pass). mu = 0.02 limits the step where the curvature is small.

    eps: {(leaf, name): the step sizes of the parameter leaf.name}, empty before the first estimate.
    Raises InputError when lr or mu is not positive, and for a step before the first estimate.
    """

    SAMPLES = 500  # patterns in an estimate: paper, III.B

    def __init__(self, net: Layer, lr: float, mu: float = 0.02) -> None:
        super().__init__(net, lr)
        self.mu = positive("mu", mu)
        self.eps: dict[tuple[Layer, str], NDArray] = {}

    def estimate(self, loss: Loss, x: NDArray, labels: NDArray) -> None:
        """Set every step size from the curvature over these samples, x (N, ...), and the current lr."""
        self.estimate_by(ReadableEngine(self.net, loss), x, labels)

    def estimate_by(self, engine: Engine, x: NDArray, labels: NDArray) -> None:
        """Set every step size from curvatures that an engine computes; the engine has the loss."""
        for name, value, _, _ in self.net.parameters():
            in_place(name, value)
        engine.curvatures(x, labels)
        self.eps = {
            (leaf, name): self.lr / (self.mu + getattr(leaf, "h" + name))
            for leaf in leaves(self.net)
            for name in leaf.params
        }

    def before_pass(self, engine: Engine, x: NDArray, labels: NDArray, order: NDArray) -> None:
        """Estimate the step sizes over the first SAMPLES patterns of a random order."""
        some = order[: self.SAMPLES]
        self.estimate_by(engine, x[some], labels[some])

    def step(self) -> None:
        """Change every parameter in place, with its own step sizes."""
        if not self.eps:
            raise InputError("SDLM has no step sizes yet: call estimate(loss, x, labels) before the first step.")
        for (leaf, name), eps in self.eps.items():
            arrays = leaf.__dict__
            in_place(f"{label(leaf).partition(':')[0]}.{name}", arrays[name])
            expect_like(f"{label(leaf)}.{name}", eps, "value", "", arrays[name])
            expect_like(f"{label(leaf)}.{name}", eps, "gradient", "d", arrays.get("d" + name))
            descend(arrays[name].ravel(), eps.ravel(), arrays["d" + name].ravel())  # flat: one kernel for all shapes

    def step_sizes(self) -> dict[tuple[Layer, str], NDArray]:
        """Return {(leaf, name): its step sizes as a flat array}, without the blanks of a connection table."""
        return {(leaf, name): eps[connected(leaf, name)] for (leaf, name), eps in self.eps.items()}

    def __repr__(self) -> str:
        return f"SDLM(lr={self.lr:g}, mu={self.mu:g})"


def expect_parameters_to_change(name: str, net: Any) -> None:
    """Raise InputError unless net is a network whose parameters are float arrays."""
    if not isinstance(net, Layer):
        raise InputError(
            f"{name} expects the network itself, got {described(net)}. Write {name}(net, lr=...), not "
            f"{name}(net.parameters(), ...): it finds the parameters in the network."
        )
    for leaf in leaves(net):
        expect_parameters(leaf)


def expect_like(name: str, value: NDArray, what: str, letter: str, array: Any) -> None:
    """Raise InputError unless array is a float array of the shape of value, as compiled code expects it."""
    if not is_float_array(array) or array.shape != value.shape:
        got = f"shape {array.shape}" if is_float_array(array) else described(array)
        *_, short = name.rpartition(".")
        raise InputError(
            f"The {what} of {name} should be an array of shape {value.shape}, got {got}. "
            + (f"backward should store it in self.{letter}{short}; call backward before step." if letter else "")
        )


def arrays_like(key: str, state: dict[str, NDArray], net: Any) -> dict[str, NDArray]:
    """Return {name: the array state[key + name]} for every parameter of a network.

    Raise InputError unless each is there, of the parameter's shape and dtype, finite and C-contiguous.
    """
    found = {}
    for name, value, _, _ in net.parameters():
        array = state.get(key + name)
        if array is None or array.shape != value.shape or array.dtype != value.dtype or not np.isfinite(array).all():
            got = (
                "none"
                if array is None
                else f"{array.dtype} {array.shape}"
                + " with numbers that are not finite" * (array.shape == value.shape and array.dtype == value.dtype)
            )
            raise InputError(f"Expected an array {key}{name} of {value.dtype} {value.shape}, got {got}.")
        found[name] = np.ascontiguousarray(array)
    return found


def expect_no_more(state: dict[str, NDArray], net: Any, *keys: str) -> None:
    """Raise InputError for an array that is neither t nor one for a parameter of the network."""
    others = state.keys() - {key + name for key in keys for name, *_ in net.parameters()} - {"t"}
    if others:
        raise InputError(f"Expected no array {', '.join(sorted(others))}: it belongs to another optimizer or network.")


def is_number(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value)


def positive(name: str, value: float) -> float:
    if not is_number(value) or not value > 0:
        finite = " and finite" if value == math.inf else ""
        raise InputError(f"{name} must be positive{finite}, got {value!r}.")
    return value


def at_least_0(name: str, value: float) -> float:
    if not is_number(value) or not value >= 0:
        finite = " and finite" if value == math.inf else ""
        raise InputError(f"{name} must be at least 0{finite}, got {value!r}.")
    return value


def below_1(name: str, value: float) -> float:
    if not is_number(value) or not 0 <= value < 1:
        raise InputError(f"{name} must be at least 0 and below 1, got {value!r}.")
    return value


def in_place(name: str, value: NDArray) -> None:
    if not value.flags.c_contiguous:
        raise InputError(f"{name} is not C-contiguous. Replace it with np.ascontiguousarray({name}).")
    if not value.flags.writeable or not value.flags.aligned:
        raise InputError(f"{name} is read-only or not aligned. Replace it with {name}.copy().")
