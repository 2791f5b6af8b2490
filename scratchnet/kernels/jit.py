"""How the kernels are compiled."""

from numba import njit


def jit(function):
    """Numba's `njit`: compiled at the first call, for the types of that call, and kept on disk.

    The compiled function releases the interpreter lock. `jit(f).py_func` is f; with
    NUMBA_DISABLE_JIT=1 f itself runs. Uncached where Numba finds no folder that it may write to.
    """
    options = {"nogil": True, "error_model": "numpy"}
    try:
        return njit(cache=True, **options)(function)
    except RuntimeError:
        return njit(**options)(function)
