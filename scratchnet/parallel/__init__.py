"""One network on several cores, or on several ranks of MPI.

engine.py    the engine that runs a network for `fit` and `evaluate`: the protocol, and the readable engine
replicas.py  copies of a network that share its parameters, for parts of a batch
together.py  ranks of MPI: they wait, end and share the cores together
threads.py   Python's threads, and BLAS limited to one thread
"""

from scratchnet.parallel.engine import Engine, ReadableEngine
from scratchnet.parallel.replicas import leaves, replica
from scratchnet.parallel.threads import cores, in_parallel, let_waiting_threads_sleep, one_blas_thread, quiet_overflow
from scratchnet.parallel.together import all_here, has_several, one_ends_all, own_cores

__all__ = [
    "Engine",
    "ReadableEngine",
    "all_here",
    "cores",
    "has_several",
    "in_parallel",
    "leaves",
    "let_waiting_threads_sleep",
    "one_blas_thread",
    "one_ends_all",
    "own_cores",
    "quiet_overflow",
    "replica",
]
