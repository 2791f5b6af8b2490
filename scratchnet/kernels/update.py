"""One step of gradient descent with a step size for every parameter."""

from scratchnet.kernels.jit import jit


@jit
def descend(value, eps, gradient):
    """value -= eps gradient, in place, all of one shape; one pass over memory where NumPy makes two.

    value has to be C-contiguous: ravel() would be a copy of anything else.
    """
    value, eps, gradient = value.ravel(), eps.ravel(), gradient.ravel()
    for i in range(value.size):
        value[i] -= eps[i] * gradient[i]
