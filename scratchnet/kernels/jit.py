"""How the kernels are compiled."""

from numba import njit


def kept(decorator, function, **options):
    """The function compiled by a decorator of Numba and kept on disk, or not kept where Numba finds no folder that it
    may write to."""
    try:
        return decorator(cache=True, **options)(function)
    except RuntimeError:
        return decorator(**options)(function)


def jit(function):
    """Numba's `njit`: compiled at the first call, for the types of that call, and kept on disk.

    The compiled function releases the interpreter lock. `jit(f).py_func` is f; with
    NUMBA_DISABLE_JIT=1 f itself runs. Uncached where Numba finds no folder that it may write to.
    """
    return kept(njit, function, nogil=True, error_model="numpy")
