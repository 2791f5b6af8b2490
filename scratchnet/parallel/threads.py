"""Work on several cores.

The threads are Python's own: compiled kernels and NumPy release the interpreter lock, and a thread
sleeps when there is nothing to do. To wake a thread takes about 0.1 ms, so a thread gets only whole
passes over parts of a large batch. Meanwhile BLAS is limited to one thread: two thread pools on the
same cores wait for each other.
"""

import contextlib
import functools
import importlib
import math
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from scratchnet.errors import InputError

THREADS = sys.platform != "emscripten"  # a browser (Pyodide) has one thread and one process

_pool = _blas = None


def cores() -> int:
    """Return the number of cores to use: SCRATCHNET_THREADS in the environment, or those that this process may use.

    These are the cores that it may run on (`taskset`), and in a container no more than its quota, rounded up; one
    where Python cannot start threads.
    Raises InputError if SCRATCHNET_THREADS is not a whole number of at least 1.
    """
    threads = os.environ.get("SCRATCHNET_THREADS", "").strip()
    if threads:
        if not (threads.isascii() and threads.isdigit() and int(threads) > 0):
            raise InputError(
                f"The environment variable SCRATCHNET_THREADS should be a whole number of at least 1, got {threads!r}."
            )
        return int(threads)
    if not THREADS:
        return 1
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, math.ceil(min(available, quota())))


@functools.cache
def quota(root: str = "/sys/fs/cgroup") -> float:
    """Return how many cores the container of this process may use, infinity without a container (cgroups 2 and 1)."""
    with contextlib.suppress(OSError, ValueError, ZeroDivisionError):
        limit, period = Path(root, "cpu.max").read_text("ascii").split()
        return math.inf if limit == "max" else int(limit) / int(period)
    with contextlib.suppress(OSError, ValueError, ZeroDivisionError):
        paths = (Path(root, "cpu", f"cpu.cfs_{name}_us") for name in ("quota", "period"))
        most, each = (int(path.read_text("ascii")) for path in paths)
        return most / each if most > 0 else math.inf
    return math.inf


@functools.cache
def let_waiting_threads_sleep() -> None:
    """Make the threads of GNU's OpenMP (libgomp) wait for 10,000 turns before they sleep, if they are not loaded yet.

    Waiting threads turn in a loop, by default for milliseconds: beside other busy programs that takes the core from a
    thread that has work (docs/SPEED.md has the times). libgomp reads its settings when it is loaded. So they are in the
    environment for that moment only. What the user has set stays, and other OpenMP libraries are left alone.
    """
    mine = {"GOMP_SPINCOUNT", "OMP_WAIT_POLICY", "NUMBA_THREADING_LAYER"} & os.environ.keys()
    if mine or sys.platform != "linux":
        return
    os.environ["GOMP_SPINCOUNT"] = "10000"
    try:
        importlib.import_module("numba.np.ufunc.omppool")
    except ImportError:
        pass  # Numba has another threading layer here
    finally:
        del os.environ["GOMP_SPINCOUNT"]


def quiet_overflow():
    """Return a context in which NumPy is silent about overflow (training checks the loss) and underflow.

    Every thread needs its own context.
    """
    return np.errstate(over="ignore", invalid="ignore", under="ignore")


def one_blas_thread():
    """Return a context in which matrix products use one thread."""
    global _blas
    if _blas is None:  # the import takes 0.2 s, and the fast path has no matrix products
        import scipy.linalg.cython_blas  # noqa: F401  the BLAS of Numba's matrix products, found by the next line
        from threadpoolctl import ThreadpoolController

        _blas = ThreadpoolController()
    return _blas.limit(limits=1, user_api="blas")


def in_parallel(jobs):
    """Return [job() for job in jobs]: the first runs on this thread, each of the others on its own thread."""
    global _pool
    if len(jobs) > 1 and _pool is None:
        _pool = ThreadPoolExecutor(thread_name_prefix="scratchnet")
    away = [_pool.submit(job) for job in jobs[1:]]
    return [jobs[0](), *(job.result() for job in away)]


def _forget_pool():
    global _pool
    _pool = None


if hasattr(os, "register_at_fork"):  # a forked child process has only its own thread
    os.register_at_fork(after_in_child=_forget_pool)
