"""A command on several ranks of MPI: rank 0 prints and writes, and all ranks have its errors and its exit code."""

import contextlib
import os
from collections.abc import Callable, Iterator
from typing import Any

from scratchnet.errors import InputError, ScratchnetError

# The number of ranks in the environment: MPICH and Intel MPI, Open MPI, MVAPICH, and Slurm with PMIx.
SIZES = ("PMI_SIZE", "OMPI_COMM_WORLD_SIZE", "MV2_COMM_WORLD_SIZE")


def ranks_started() -> int:
    """Return how many ranks mpiexec (or srun) has started with this one; 1 without it."""
    names = [*SIZES, *["SLURM_STEP_NUM_TASKS"] * ("PMIX_RANK" in os.environ)]
    return max(int(text) if text.isdecimal() else 1 for text in (os.environ.get(name, "1") for name in names))


def world() -> Any:
    """Return MPI.COMM_WORLD if mpiexec has started several ranks, else None.

    Raises InputError if mpi4py is missing or belongs to another MPI: each rank would then train alone.
    """
    started = ranks_started()
    if started == 1:
        return None
    try:
        from mpi4py import MPI
    except ImportError:
        raise InputError(
            f"mpiexec has started {started} ranks, and MPI needs mpi4py. Run: pip install "
            '"scratchnet-lenet[mpi]". Or start one process, without mpiexec.'
        ) from None
    if MPI.COMM_WORLD.size != started:
        raise InputError(
            f"mpiexec has started {started} ranks, and mpi4py finds {MPI.COMM_WORLD.size}: the two belong to different "
            "MPI libraries. Use the mpiexec of the MPI that mpi4py was installed with (with the extra [mpi] it stands "
            "beside python)."
        )
    return MPI.COMM_WORLD


def on_all_ranks(comm: Any, command: Callable[[], int | None]) -> int:
    """Run a command on every rank, and return its exit code. The ranks after 0 print nothing.

    After the end of their part they sleep until rank 0 has ended.
    """
    from scratchnet.parallel import one_ends_all

    try:
        with one_ends_all(comm), silence() if comm.rank else contextlib.nullcontext():
            return command() or 0
    except (ScratchnetError, KeyboardInterrupt) as why:
        if comm.rank == 0:
            raise
        return getattr(why, "exit_code", 130)  # rank 0 prints the error


@contextlib.contextmanager
def silence() -> Iterator[None]:
    """Return a context in which nothing is printed."""
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
        yield


def from_rank_0(comm: Any, function: Callable[[], Any]) -> Any:
    """Return on all ranks what rank 0 gets from the function, or raise its error on all. Without comm: call it."""
    if comm is None:
        return function()
    answer, error = None, None
    if comm.rank == 0:
        try:
            answer = function()
        except ScratchnetError as why:
            error = why
    answer, error = comm.bcast((answer, error))
    if error:
        raise error
    return answer


@contextlib.contextmanager
def rank_0_before_the_others(comm: Any) -> Iterator[None]:
    """Let rank 0 go through the context before all others: it compiles what they then load from the disk."""
    from scratchnet.parallel import all_here

    if comm and comm.rank:
        all_here(comm)
    yield
    if comm and comm.rank == 0:
        all_here(comm)


def expect_shares(comm: Any, recipe: Any) -> None:
    """Raise InputError if a batch of the recipe has fewer images than there are ranks."""
    if comm and recipe.batch_size < comm.size:
        raise InputError(
            f"{comm.size} ranks share every batch, and the recipe {recipe.name} has batches of {recipe.batch_size}. "
            + (f"Start at most {recipe.batch_size} ranks." if recipe.batch_size > 1 else "Train it without mpiexec.")
        )
