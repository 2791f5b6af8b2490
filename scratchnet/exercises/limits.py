"""Limits for the process that runs a learner's code, and its end with all that it has started."""

import contextlib
import ctypes
import os
import signal
import sys
from pathlib import Path

PROCESSES, FILES, FILE_MB = 64, 256, 100
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36


def prctl(option, value):
    """Linux's prctl; elsewhere nothing happens."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def adopt_orphans():
    """Let processes whose parent has ended become children of this one, so that it can end them."""
    prctl(PR_SET_CHILD_SUBREAPER, 1)


def end_with_parent():
    """End this process when the one that made it ends."""
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def restrain(task, processes):
    """Set the limits of a task for this process and all that it starts: memory, time, files, and processes, of which
    the user has some already."""
    if hasattr(os, "setsid"):
        with contextlib.suppress(OSError):
            os.setsid()
    end_with_parent()
    try:
        import resource
    except ImportError:  # Windows
        return
    megabytes = task["memory"]
    sizes = {"RLIMIT_CORE": 0, "RLIMIT_NOFILE": FILES, "RLIMIT_FSIZE": FILE_MB * 2**20}
    sizes["RLIMIT_CPU"] = 2 * task["seconds"] + 10
    sizes["RLIMIT_NPROC"] = PROCESSES + processes
    if megabytes:  # what is only reserved counts in the second
        sizes |= {"RLIMIT_DATA": megabytes * 2**20, "RLIMIT_AS": (megabytes + 8000) * 2**20}
    for name, limit in sizes.items():
        if hasattr(resource, name):
            number = getattr(resource, name)
            hard = resource.getrlimit(number)[1]
            with contextlib.suppress(ValueError, OSError):  # macOS takes no limit for some
                resource.setrlimit(number, (limit if hard < 0 else min(limit, hard),) * 2)


def my_processes():
    """Return how many threads the user has now, which RLIMIT_NPROC counts."""
    count = 0
    for status in Path("/proc").glob("[0-9]*/status"):
        with contextlib.suppress(OSError):
            if status.stat().st_uid == os.getuid():
                count += len(os.listdir(status.parent / "task"))
    return count


def end_descendants():
    """Kill all processes that this one has started, also those whose parents have ended, and wait for them."""
    for _ in range(1000):
        for child in family(os.getpid()):
            end(child)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(-1, 0)
            continue
        return


def end_group(leader):
    """Kill all processes of a group at once, so that none of them can start another meanwhile."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def end_marked(mark):
    """Kill all processes that were started with this text in their environment, whoever their parents are now."""
    for _ in range(100):
        found = [path.parent.name for path in Path("/proc").glob("[0-9]*/environ") if has(path, mark)]
        for process in found:
            end(int(process))
        if not found:
            return


def has(path, text):
    with contextlib.suppress(OSError):
        return text.encode() in path.read_bytes()
    return False


def end(process):
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(process, signal.SIGKILL)


def family(process):
    """Return the process numbers of all descendants, the nearest first."""
    found, parents = [], children()
    front = [process]
    while front:
        front = [child for parent in front for child in parents.get(parent, ())]
        found += front
    return found


def children():
    """Return {process: [its children]} of all processes that can be seen."""
    found = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            parent = int(stat.read_bytes().rpartition(b")")[2].split()[1])
            found.setdefault(parent, []).append(int(stat.parent.name))
    return found
