"""Compile the kernels with Numba, and keep the compiled code on disk. Without Numba, take them from plain.py.

Numba drops what it kept when the file of a function changes, but not when a file changes whose functions are compiled
into it. So a digest of all sources of a folder is part of the name of what is kept. A damaged file, a full disk or a
folder that cannot be written to costs the time of compiling, never the program.
"""

import contextlib
import contextvars
import functools
import hashlib
import importlib
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

try:
    from numba import njit
    from numba.core.caching import FunctionCache
    from numba.extending import overload
except ImportError:  # in a browser, for example
    njit, FunctionCache, overload = None, object, lambda function: lambda other: other  # type: ignore

F = TypeVar("F", bound=Callable[..., Any])

before_compiling: list[Callable[[], None]] = []  # called when a kernel is compiled, and not loaded from the disk
_announced = contextvars.ContextVar("announced", default=False)


class CarefulCache(FunctionCache):
    """Numba's cache of one function. What cannot be read is dropped and compiled again; what cannot be kept is not."""

    def load_overload(self, sig, target_context):
        found = None
        try:
            found = super().load_overload(sig, target_context)
        except Exception as why:  # a damaged file makes pickle raise many kinds of errors
            with contextlib.suppress(OSError):
                os.unlink(self._cache_file._index_path)
            say_uncached(f"has a damaged file ({type(why).__name__}), which is dropped")
        if found is None:
            for call in before_compiling:
                call()
        return found

    def save_overload(self, sig, data):
        try:
            super().save_overload(sig, data)
        except Exception as why:  # a full disk, or one that became read-only
            say_uncached(f"cannot be written to ({why})")


@functools.cache
def say_uncached(what: str) -> None:
    """Print on stderr, once, that something has to be compiled again."""
    print(f"scratchnet: the cache of compiled code {what}. Compiling again takes some seconds.", file=sys.stderr)


@contextlib.contextmanager
def careful_cache() -> Iterator[None]:
    """Return a context in which the decorators of Numba use CarefulCache."""
    modules = [importlib.import_module(f"numba.core.{name}") for name in ("ccallback", "dispatcher")]
    for module in modules:
        vars(module)["FunctionCache"] = CarefulCache
    try:
        yield
    finally:
        for module in modules:
            vars(module)["FunctionCache"] = FunctionCache


@functools.cache
def digest(folder: Path) -> str:
    """Return a digest of all Python sources in a folder."""
    return hashlib.sha256(b"".join(file.read_bytes() for file in sorted(folder.glob("*.py")))).hexdigest()[:12]


def kept(decorator: Callable[..., Any], function: F, stamp: str = "", **options: Any) -> Any:
    """Return the function compiled by a decorator of Numba, kept on disk if Numba finds a folder to write to.

    stamp: a text that is part of the name under which it is kept.
    """
    name, function.__qualname__ = function.__qualname__, f"{function.__qualname__}-{stamp}"
    try:
        with careful_cache():
            return decorator(cache=True, **options)(function)
    except (RuntimeError, OSError):
        return decorator(**options)(function)
    finally:
        function.__qualname__ = name


def jit(function: F) -> F:
    """Return Numba's `njit` of a function: compiled at the first call, for the types of that call, and kept on disk.

    The compiled function releases the interpreter lock. `jit(f).py_func` is f; with NUMBA_DISABLE_JIT=1
    f itself runs. It is not kept if Numba finds no folder to write to. Without Numba, the function of that name in
    plain.py is returned, with f as its py_func, or f itself if there is none.
    """
    if njit is None:
        return in_numpy(function)
    stamp = digest(Path(function.__code__.co_filename).parent)
    return kept(njit, function, stamp, nogil=True, error_model="numpy")


def in_numpy(function: Any) -> Any:
    """Return what stands in plain.py for a kernel, or the kernel itself."""
    from scratchnet.kernels import plain

    stand_in = getattr(plain, function.__name__, None)
    if stand_in is None or os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0"):
        return function
    stand_in.py_func, stand_in.__doc__ = function, function.__doc__
    return stand_in


def inner(function: F) -> F:
    """Return `jit` of a function that only compiled code calls: without an entry for Python, it compiles faster."""
    if njit is None:
        return function
    stamp = digest(Path(function.__code__.co_filename).parent)
    return kept(njit, function, stamp, error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True)


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


@functools.cache
def say_compiling() -> None:
    """Print once, on the screen also where sys.stderr is another stream, that kernels are compiled."""
    print("Compiling kernels: up to 20 s, only the first time.", file=sys.__stderr__ or sys.stderr, flush=True)
