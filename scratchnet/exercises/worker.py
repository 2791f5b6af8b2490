"""One exercise of one student, in a process of its own: python -m scratchnet.exercises.worker, the task on stdin.

Limits and silence are set up before the student's file is read. The answer is a file, so that whatever the student
prints cannot be taken for it.
"""

import contextlib
import json
import os
import sys
from dataclasses import dataclass, replace
from pathlib import Path


@dataclass
class Answer:
    """The result of a worker; state as in checker.Result, or "stopped" if it did not end."""

    state: str
    text: str
    fact: str = ""
    diagnosis: str = ""


def main():
    task = json.loads(sys.stdin.read())
    sys.dont_write_bytecode = True
    silence()
    from scratchnet.exercises.catalogue import find_exercise
    from scratchnet.exercises.checker import check_answer
    from scratchnet.storage import atomic_write

    write, encode = atomic_write, json.dumps  # before the student's file can change what they are
    os.chdir(task["desk"])  # only now: no file of the student's may be taken for a module of the library's
    limit_memory(task["memory"])
    exercise = replace(find_exercise(task["exercise"]), seconds=task["seconds"])
    result = check_answer(exercise, Path(task["file"]), task["seed"])
    answer = {"state": result.state, "text": str(result), "fact": result.fact, "diagnosis": result.diagnosis}
    with write(task["answer"]) as file:
        file.write(encode(answer | {"token": task["token"]}).encode())
    os._exit(0)  # nothing of the student's runs after this


def silence():
    """Discard everything that is printed."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)


def limit_memory(megabytes):
    """Limit the memory of this process from now on; Windows has no such limit."""
    if not megabytes:
        return
    try:
        import resource
    except ImportError:
        return
    for kind in ("RLIMIT_DATA", "RLIMIT_AS"):
        if hasattr(resource, kind):
            number = getattr(resource, kind)
            more = megabytes if kind == "RLIMIT_DATA" else megabytes + 8000  # what is only reserved counts there
            hard = resource.getrlimit(number)[1]
            limit = more * 2**20
            with contextlib.suppress(ValueError, OSError):  # macOS takes no limit for some
                resource.setrlimit(number, (limit if hard < 0 else min(limit, hard), hard))


if __name__ == "__main__":
    main()
