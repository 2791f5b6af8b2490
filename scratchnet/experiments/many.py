"""Many runs: tasks for an executor of concurrent.futures. What is done is kept, what fails is named.

A task is a function of a module and its arguments. Its result is one file, written when the task is done: a command
that was killed loses the tasks under way, and the same command goes on with the rest.
"""

import contextlib
import json
import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scratchnet.errors import InputError, ModelError
from scratchnet.storage import here, read_about, read_arrays, remove_leftovers, write_arrays

Say = Callable[[str], None]


@dataclass(frozen=True)
class Task:
    """function(**arguments) -> {name: number, text, list or array}.

    name: the name of its file. function: of a module, so that another process finds it. arguments: what JSON can
    write. cost: how long it takes beside the others, to say when all are done.
    """

    name: str
    function: Callable[..., dict[str, Any]] = field(compare=False)
    arguments: dict[str, Any] = field(default_factory=dict, compare=False)
    cost: float = field(default=1.0, compare=False)

    def recorded(self) -> dict[str, Any]:
        """Return what says that a file is of this task."""
        function = f"{self.function.__module__}.{self.function.__qualname__}"
        return json.loads(json.dumps({"function": function, "arguments": self.arguments}))


class Results:
    """The results of tasks, a file for each in a folder: `results[task]` is what its function returned."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = here(folder)

    def path(self, task: Task) -> Path:
        return self.folder / f"{task.name}.npz"

    def __contains__(self, task: Task) -> bool:
        """Whether there is a result of this task, with these arguments."""
        try:
            about = json.loads(read_about(self.path(task)))
            return all(about.get(name) == value for name, value in task.recorded().items())
        except (ModelError, ValueError, AttributeError):
            return False

    def __getitem__(self, task: Task) -> dict[str, Any]:
        values: dict[str, Any] = json.loads(read_about(self.path(task)))["values"]
        return values | read_arrays(self.path(task))

    def seconds(self, task: Task) -> float:
        """Return how long the task took."""
        return float(json.loads(read_about(self.path(task)))["seconds"])

    def keep(self, task: Task, result: dict[str, Any], seconds: float) -> None:
        """Write the result of a task: arrays as arrays, all else as JSON."""
        arrays: dict[str, NDArray] = {k: v for k, v in result.items() if isinstance(v, np.ndarray)}
        values = {k: v for k, v in result.items() if k not in arrays}
        about = json.dumps(task.recorded() | {"seconds": round(seconds, 2), "values": values})
        write_arrays(self.path(task), arrays, about)


def run_many(tasks: Iterable[Task], results: Results, pool: Callable[[], Executor], say: Say) -> dict[str, str]:
    """Run the tasks that have no result yet, and return {name of a task that failed: why}.

    pool: () -> an executor. When one of its processes dies, the tasks under way run again in a new one; a task that
    was under way twice when that happened has failed.
    say: gets a line after each task, with the time that is left.
    """
    results.folder.mkdir(parents=True, exist_ok=True)
    remove_leftovers(results.folder)
    todo = [task for task in dict.fromkeys(tasks) if task not in results]
    failed: dict[str, str] = {}
    died: dict[str, int] = {}
    progress = Progress(todo, say)
    while todo:
        with closing(pool()) as executor:
            waiting = {executor.submit(carried_out, task.function, task.arguments): task for task in todo}
            for future in as_completed(waiting):
                task = waiting[future]
                if broken(future):
                    died[task.name] = died.get(task.name, 0) + 1
                    continue
                why = kept(future, task, results)
                if why:
                    failed[task.name] = why
                progress.done(task, why)
        todo = [task for task in todo if task not in results and task.name not in failed]
        for task in [task for task in todo if died.get(task.name, 0) > 1]:
            todo.remove(task)
            failed[task.name] = "its process ended twice without an answer. Was it killed, or is the memory full?"
            progress.done(task, failed[task.name])
    return failed


def carried_out(function: Callable[..., dict[str, Any]], arguments: dict[str, Any]) -> tuple[dict[str, Any], float]:
    """Run a task in this process, on one core, and return its result and the seconds that it took."""
    os.environ["SCRATCHNET_THREADS"] = "1"  # the other cores have other tasks
    from threadpoolctl import threadpool_limits

    start = time.perf_counter()
    with threadpool_limits(1):
        result = function(**arguments)
    return result, time.perf_counter() - start


def broken(future: Future) -> bool:
    return isinstance(future.exception(), BrokenExecutor)


def kept(future: Future, task: Task, results: Results) -> str:
    """Keep the result of a task that is done, and return "", or why it failed."""
    why = future.exception()
    if isinstance(why, KeyboardInterrupt):
        raise why
    if why is not None:
        return f"{type(why).__name__}: {why}"
    results.keep(task, *future.result())
    return ""


class Progress:
    """Says after each task how many are done, and when all of them will be."""

    def __init__(self, tasks: list[Task], say: Say) -> None:
        self.say, self.start = say, time.monotonic()
        self.count, self.total = 0, len(tasks)
        self.paid, self.cost = 0.0, sum(task.cost for task in tasks)

    def done(self, task: Task, why: str) -> None:
        self.count += 1
        self.paid += task.cost
        left = (time.monotonic() - self.start) * (self.cost / self.paid - 1)
        end = f"about {duration(left)} left" if self.count < self.total else "all done"
        self.say(f"{self.count}/{self.total}  {task.name}{f': failed ({why})' if why else ''}   {end}")


def duration(seconds: float) -> str:
    """Return seconds as people say them: 40 s, 12 min, 2.5 h."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


@contextlib.contextmanager
def closing(executor: Executor) -> Iterator[Executor]:
    """Return a context with the executor. After an error or Ctrl-C, no task begins any more, and processes end."""
    before = multiprocessing.active_children()
    try:
        yield executor
    except BaseException:
        executor.shutdown(wait=False, cancel_futures=True)
        for process in multiprocessing.active_children():
            if process not in before:
                process.terminate()
        raise
    executor.shutdown()


def processes(jobs: int) -> Executor:
    """Return an executor with so many processes of this machine. Each starts anew: threads do not survive a fork."""
    return ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn"), initializer=leave_ctrl_c_alone)


def leave_ctrl_c_alone() -> None:
    """Ignore Ctrl-C, which a terminal sends to all processes: the first one ends the others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def mpi() -> Executor:
    """Return the executor of mpi4py, whose workers are the other ranks of `mpiexec`.

    Raises InputError if mpi4py is missing.
    """
    try:
        from mpi4py.futures import MPIPoolExecutor
    except ImportError:
        raise InputError('MPI needs mpi4py: pip install "scratchnet-lenet[mpi]"') from None
    return MPIPoolExecutor()
