"""One network on several cores.

engine.py    the engine that runs a network for `fit` and `evaluate`: the protocol, and the readable engine
replicas.py  copies of a network that share its parameters, for parts of a batch
threads.py   Python's threads, and BLAS limited to one thread
"""

from scratchnet.parallel.engine import Engine, ReadableEngine
from scratchnet.parallel.replicas import leaves, replica
from scratchnet.parallel.threads import cores, in_parallel, let_waiting_threads_sleep, one_blas_thread, quiet_overflow

__all__ = [
    "Engine",
    "ReadableEngine",
    "cores",
    "in_parallel",
    "leaves",
    "let_waiting_threads_sleep",
    "one_blas_thread",
    "quiet_overflow",
    "replica",
]
