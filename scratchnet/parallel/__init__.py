"""One network on several cores.

engine.py    what `fit` and `evaluate` run a network with: the protocol, and the readable engine
replicas.py  a network twice, with the same parameters; parts of a batch through each
threads.py   Python's threads, and BLAS held to one
"""

from scratchnet.parallel.engine import Engine, ReadableEngine
from scratchnet.parallel.replicas import leaves, replica
from scratchnet.parallel.threads import cores, in_parallel, one_blas_thread, quiet_overflow

__all__ = [
    "Engine",
    "ReadableEngine",
    "cores",
    "in_parallel",
    "leaves",
    "one_blas_thread",
    "quiet_overflow",
    "replica",
]
