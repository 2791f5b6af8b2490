"""How the parameters move. step() changes them in place, from the gradients of the last backward."""

import math

import numpy as np

from scratchnet.errors import InputError
from scratchnet.kernels import adam, descend
from scratchnet.team import Team


class SGD:
    """g = dE/dw + weight_decay w;  v <- momentum v + g;  w <- w - lr v, as in PyTorch.

    With neither momentum nor weight decay: w <- w - lr dE/dw (paper, eq. 18). Weight decay is the
    gradient of weight_decay w^2 / 2, biases included. Raises InputError when lr is not positive, or
    momentum or weight_decay are negative.
    """

    def __init__(self, net, lr, momentum=0.0, weight_decay=0.0):
        self.net, self.lr = net, positive("lr", lr)
        self.momentum, self.weight_decay = at_least_0("momentum", momentum), at_least_0("weight_decay", weight_decay)
        self.v = {}

    def before_pass(self, team, x, labels, order):
        """Nothing to prepare."""

    def step(self):
        for name, value, gradient, _ in self.net.parameters():
            if self.weight_decay:
                gradient = gradient + self.weight_decay * value
            if self.momentum:
                gradient = self.v[name] = self.momentum * self.v.get(name, 0) + gradient
            value -= self.lr * gradient

    def remembers(self):
        """Whether its steps depend on the steps before."""
        return self.momentum > 0

    def state(self):
        """{name: array} of what it remembers from step to step, to go on later."""
        return {f"v.{name}": v for name, v in self.v.items()}

    def restore(self, state):
        """Takes what `state` gave."""
        self.v = {name.removeprefix("v."): v for name, v in state.items()}

    def __repr__(self):
        text = f"lr={self.lr:g}" + f", momentum={self.momentum:g}" * (self.momentum > 0)
        return f"SGD({text}" + f", weight_decay={self.weight_decay:g}" * (self.weight_decay > 0) + ")"


class Adam:
    """Step sizes from running means of the gradient and of its square (D. Kingma, J. Ba, 2015).

    g = dE/dw + weight_decay w
    m <- m + (1 - beta1) (g - m);  v <- v + (1 - beta2) (g^2 - v)
    w <- w - lr m' / (sqrt(v') + eps)  with  m' = m / (1 - beta1^t),  v' = v / (1 - beta2^t) in step t:
    m and v start at 0, and the divisions take that back.

    Raises InputError when lr or eps is not positive, a beta is not in [0, 1), or weight_decay is negative.
    """

    def __init__(self, net, lr, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        if not all(0 <= beta < 1 for beta in betas):
            raise InputError(f"Adam needs betas from 0 to below 1, got {betas}.")
        self.net, self.lr, self.betas, self.eps = net, positive("lr", lr), betas, positive("eps", eps)
        self.weight_decay = at_least_0("weight_decay", weight_decay)
        self.t, self.m, self.v = 0, {}, {}

    def before_pass(self, team, x, labels, order):
        """Nothing to prepare."""

    def step(self):
        self.t += 1
        beta1, beta2 = self.betas
        rate, scale = self.lr / (1 - beta1**self.t), 1 / math.sqrt(1 - beta2**self.t)
        for name, value, gradient, _ in self.net.parameters():
            if name not in self.m:
                in_place(name, value)
                self.m[name], self.v[name] = np.zeros_like(value), np.zeros_like(value)
            if self.weight_decay:
                gradient = gradient + self.weight_decay * value
            adam(value, self.m[name], self.v[name], gradient, rate, beta1, beta2, scale, self.eps)

    def remembers(self):
        """Whether its steps depend on the steps before."""
        return True

    def state(self):
        """{name: array} of what it remembers from step to step, to go on later."""
        moments = {f"{key}.{name}": a for key, arrays in (("m", self.m), ("v", self.v)) for name, a in arrays.items()}
        return {"t": np.array(self.t)} | moments

    def restore(self, state):
        """Takes what `state` gave."""
        self.t = int(state["t"])
        self.m, self.v = ({name[2:]: a for name, a in state.items() if name.startswith(key)} for key in ("m.", "v."))

    def __repr__(self):
        return f"Adam(lr={self.lr:g}" + f", weight_decay={self.weight_decay:g}" * (self.weight_decay > 0) + ")"


class SDLM:
    """Stochastic diagonal Levenberg-Marquardt: w_k <- w_k - eps_k dE/dw_k, one step size for every
    parameter, eps_k = lr / (mu + h_kk) (paper, appendix C, eqs 18 and 21).

    h_kk is the second derivative of E with respect to w_k, averaged over samples: diagonal,
    Gauss-Newton, shared weights summed (eqs 23-27). It is estimated before each pass and kept for
    the whole pass (III.B). mu = 0.02 bounds the step where the curvature is small.
    Raises InputError when lr or mu is not positive, and for a step without an estimate.
    """

    SAMPLES = 500  # patterns in an estimate: paper, III.B

    def __init__(self, net, lr, mu=0.02):
        self.net, self.lr, self.mu = net, positive("lr", lr), positive("mu", mu)
        self.eps = {}

    def estimate(self, loss, x, labels):
        """Sets every step size from the curvature over these samples, x (N, ...), and the current lr."""
        self.estimate_by(Team(self.net, loss), x, labels)

    def estimate_by(self, team, x, labels):
        """The same, the curvature by a team, which knows the loss."""
        for name, value, _, _ in self.net.parameters():
            in_place(name, value)
        team.curvatures(x, labels)
        self.eps = {
            (leaf, name): self.lr / (self.mu + getattr(leaf, "h" + name))
            for leaf in self.net.leaves()
            for name in leaf.params
        }

    def before_pass(self, team, x, labels, order):
        """Estimates over the first SAMPLES patterns of a random order."""
        some = order[: self.SAMPLES]
        self.estimate_by(team, x[some], labels[some])

    def step(self):
        if not self.eps:
            raise InputError("SDLM has no step sizes yet: call estimate(loss, x, labels) before the first step.")
        for (leaf, name), eps in self.eps.items():
            arrays = leaf.__dict__
            descend(arrays[name], eps, arrays["d" + name])

    def remembers(self):
        """Nothing that outlives a pass."""
        return False

    def state(self):
        """Nothing."""
        return {}

    def restore(self, state):
        """Nothing to take."""

    def step_sizes(self):
        """{(layer, parameter name): its step sizes, flat}, without the blanks of a connection table."""
        return {(leaf, name): eps[leaf.connected(name)] for (leaf, name), eps in self.eps.items()}

    def __repr__(self):
        return f"SDLM(lr={self.lr:g}, mu={self.mu:g})"


def positive(name, value):
    if not value > 0:
        raise InputError(f"{name} must be positive, got {value}.")
    return value


def at_least_0(name, value):
    if not value >= 0:
        raise InputError(f"{name} must be at least 0, got {value}.")
    return value


def in_place(name, value):
    if not value.flags.c_contiguous:
        raise InputError(f"{name} is not C-contiguous. Make it so: np.ascontiguousarray(W).")
