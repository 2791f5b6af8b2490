"""How the parameters move. step() changes them in place, from the gradients of the last backward."""

from scratchnet.errors import InputError
from scratchnet.kernels import descend


class SGD:
    """v <- momentum v + dE/dw;  w <- w - lr v. Without momentum: w <- w - lr dE/dw (paper, eq. 18)."""

    def __init__(self, net, lr, momentum=0.0):
        self.net, self.lr, self.momentum = net, positive("lr", lr), momentum
        self.velocity = {}

    def before_pass(self, loss, x, labels, order):
        """Nothing to prepare."""

    def step(self):
        for name, value, gradient, _ in self.net.parameters():
            if self.momentum:
                gradient = self.velocity[name] = self.momentum * self.velocity.get(name, 0) + gradient
            value -= self.lr * gradient


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
        for name, value, _, _ in self.net.parameters():
            if not value.flags.c_contiguous:
                raise InputError(f"{name} is not C-contiguous. Make it so: np.ascontiguousarray(W).")
        loss.forward(self.net.forward(x), labels)
        self.net.backward2(loss.backward2())
        self.eps = {
            (leaf, name): self.lr / (self.mu + getattr(leaf, "h" + name))
            for leaf in self.net.leaves()
            for name in leaf.params
        }

    def before_pass(self, loss, x, labels, order):
        """Estimates over the first SAMPLES patterns of a random order."""
        some = order[: self.SAMPLES]
        self.estimate(loss, x[some], labels[some])

    def step(self):
        if not self.eps:
            raise InputError("SDLM has no step sizes yet: call estimate(loss, x, labels) before the first step.")
        for (leaf, name), eps in self.eps.items():
            arrays = leaf.__dict__
            descend(arrays[name], eps, arrays["d" + name])

    def step_sizes(self):
        """{(layer, parameter name): its step sizes, flat}, without the blanks of a connection table."""
        return {(leaf, name): eps[leaf.connected(name)] for (leaf, name), eps in self.eps.items()}


def positive(name, value):
    if not value > 0:
        raise InputError(f"{name} must be positive, got {value}.")
    return value
