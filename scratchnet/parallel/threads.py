"""Work on several cores.

The threads are Python's own: compiled kernels and NumPy release the interpreter lock, and a thread
sleeps when there is nothing to do. To wake a thread takes about 0.1 ms, so a thread gets only whole
passes over parts of a large batch. Meanwhile BLAS is limited to one thread: two thread pools on the
same cores wait for each other.
"""

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np

_pool = _blas = None


def cores() -> int:
    """Return the number of cores to use: SCRATCHNET_THREADS in the environment, or those of this process."""
    threads = os.environ.get("SCRATCHNET_THREADS", "")
    if threads.isdigit() and int(threads) > 0:
        return int(threads)
    if hasattr(os, "sched_getaffinity"):  # not on macOS and Windows
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def quiet_overflow():
    """Return a context in which NumPy does not warn of overflow, because training checks the loss for it.

    Every thread needs its own context.
    """
    return np.errstate(over="ignore", invalid="ignore")


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
