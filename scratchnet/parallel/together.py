"""Ranks of MPI that work together: waiting without a busy core, ending together, the cores of each.

comm: a communicator of mpi4py. Nothing here imports mpi4py: whoever has a comm has imported it.
"""

import contextlib
import math
import os
import platform
import sys
import time
import traceback
from collections.abc import Iterator
from typing import Any

from scratchnet.errors import ScratchnetError
from scratchnet.parallel.threads import cores

GRACE = 5.0  # seconds: ranks that have the same error have it within this time
NAP = 0.005  # seconds between two looks: MPI's own waiting keeps a core busy


def has_several(comm: Any) -> bool:
    """Return whether comm has several ranks. One rank, or None, works as ever."""
    return comm is not None and comm.size > 1


def all_here(comm: Any, seconds: float = math.inf) -> bool:
    """Sleep until all ranks have called this, and return True, or False if that takes longer than these seconds.

    Ctrl-C takes effect afterwards: all ranks get it, and those that are not asleep come here when they end.
    """
    start, request, pressed = time.monotonic(), comm.Ibarrier(), False
    while not request.Test():
        if time.monotonic() - start > seconds:
            return False
        try:
            time.sleep(NAP)
        except KeyboardInterrupt:
            pressed = True
    if pressed:
        raise KeyboardInterrupt
    return True


@contextlib.contextmanager
def one_ends_all(comm: Any) -> Iterator[None]:
    """Return a context that all ranks enter and leave together.

    An error that all ranks have is raised on all. One that only some ranks have is printed, and it ends the processes
    of all ranks: the others wait for a sum to which this rank adds nothing any more.
    """
    meeting = comm.Dup()  # apart from the sums, in which the others may be waiting
    try:
        yield
    except BaseException as why:
        if all_here(meeting, GRACE):
            meeting.Free()
        else:
            tell_end(comm, why)
            comm.Abort(getattr(why, "exit_code", 1))
        raise
    all_here(meeting)
    meeting.Free()


def tell_end(comm: Any, why: BaseException) -> None:
    """Print why a rank has ended. An error that is not the user's is printed with its lines."""
    lines = "" if isinstance(why, ScratchnetError | OSError | KeyboardInterrupt) else traceback.format_exc()
    reason = str(why) or type(why).__name__
    text = f"{lines}scratchnet: rank {comm.rank} of {comm.size} has ended, so all ranks end: {reason}"
    with contextlib.suppress(OSError):
        print(text, file=sys.__stderr__ or sys.stderr, flush=True)  # sys.stderr may lead nowhere on this rank


def cores_of_rank(comm: Any) -> int:
    """Return how many cores this rank should use: its share of those that it and other ranks may run on.

    All ranks have to call it. SCRATCHNET_THREADS in the environment is the number for each rank.
    """
    affinity = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else ()
    mine = platform.node(), sorted(affinity)
    sharing = comm.allgather(mine).count(mine)
    return cores() if os.environ.get("SCRATCHNET_THREADS", "").strip() else max(1, cores() // sharing)


@contextlib.contextmanager
def own_cores(comm: Any) -> Iterator[None]:
    """Return a context in which this rank uses its share of the cores. With one rank, or None, it changes nothing."""
    if not has_several(comm):
        yield
        return
    before = os.environ.get("SCRATCHNET_THREADS")
    os.environ["SCRATCHNET_THREADS"] = str(cores_of_rank(comm))
    try:
        yield
    finally:
        if before is None:
            del os.environ["SCRATCHNET_THREADS"]
        else:
            os.environ["SCRATCHNET_THREADS"] = before
