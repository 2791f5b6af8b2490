"""Compile the kernels with Numba."""

import contextlib
import contextvars
import functools
import sys
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from numba import njit

F = TypeVar("F", bound=Callable[..., Any])

_announced = contextvars.ContextVar("announced", default=False)


def kept(decorator: Callable[..., Any], function: F, **options: Any) -> Any:
    """Return the function compiled by a decorator of Numba, kept on disk if Numba finds a folder to write to."""
    try:
        return decorator(cache=True, **options)(function)
    except RuntimeError:
        return decorator(**options)(function)


def jit(function: F) -> F:
    """Return Numba's `njit` of a function: compiled at the first call, for the types of that call, and kept on disk.

    The compiled function releases the interpreter lock. `jit(f).py_func` is f; with NUMBA_DISABLE_JIT=1
    f itself runs. It is not kept if Numba finds no folder to write to.
    """
    return kept(njit, function, nogil=True, error_model="numpy")


@contextlib.contextmanager
def compiling_announced() -> Iterator[None]:
    """Return a context in which `announce_compiling` prints nothing, because the caller announces the wait."""
    token = _announced.set(True)
    try:
        yield
    finally:
        _announced.reset(token)


def announce_compiling() -> None:
    """Print on stderr, once, that the compiler needs some seconds, unless the caller announces it."""
    if not _announced.get():
        _print_compiling()


@functools.cache
def _print_compiling() -> None:
    print("Compiling the fast path for this network. This takes some seconds, only the first time.", file=sys.stderr)
