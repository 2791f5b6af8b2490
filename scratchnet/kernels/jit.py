"""How the kernels are compiled."""

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
    """Return the function compiled by a decorator of Numba and kept on disk, or not kept where Numba finds no folder
    that it may write to."""
    try:
        return decorator(cache=True, **options)(function)
    except RuntimeError:
        return decorator(**options)(function)


def jit(function: F) -> F:
    """Return Numba's `njit` of a function: compiled at the first call, for the types of that call, and kept on disk.

    The compiled function releases the interpreter lock. `jit(f).py_func` is f; with
    NUMBA_DISABLE_JIT=1 f itself runs. Uncached where Numba finds no folder that it may write to.
    """
    return kept(njit, function, nogil=True, error_model="numpy")


@contextlib.contextmanager
def compiling_announced() -> Iterator[None]:
    """Inside, `announce_compiling` says nothing: the caller says that it may take a while."""
    token = _announced.set(True)
    try:
        yield
    finally:
        _announced.reset(token)


def announce_compiling() -> None:
    """Say on stderr, once, that the wait is for the compiler, unless the caller says so itself."""
    if not _announced.get():
        _say_compiling()


@functools.cache
def _say_compiling() -> None:
    print("Compiling the fast path for this network: some seconds, then they are kept.", file=sys.stderr)
