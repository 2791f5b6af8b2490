"""Grade a class: each exercise of each student in its own process, with limits; a table, and feedback files.

This is no security sandbox. It keeps accidents apart (endless loops, huge arrays, changed libraries), not attacks:
a student's file may do whatever the user who runs this may do. Grade strangers' files in a container.
"""

import concurrent.futures
import contextlib
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from scratchnet.errors import InputError
from scratchnet.exercises.checker import LEVELS
from scratchnet.exercises.results import Grade
from scratchnet.exercises.worker import Answer
from scratchnet.storage import here

RUNNING: set[subprocess.Popen] = set()
START = 10  # seconds for Python and NumPy to start; the worker itself says which line took too long, if it still can


def astray(folder):
    """Return sentences on students whose files are in a place that is not read."""
    for name, place in students(folder).items():
        elsewhere = sorted(path.parent for path in Path(folder, name).rglob("ex[0-9][0-9]_*.py"))
        if elsewhere and not any(place.glob("ex*.py")):
            yield f"{name}: nothing in {place}, but there are files in {elsewhere[0]}. Move them up."


def students(folder):
    """{name: folder with files}: one for each student, sorted; the files may be in a folder `my` inside.

    Raises InputError when there is no folder, or none in it.
    """
    folder = here(folder)
    if not folder.is_dir():
        raise InputError(f"There is no folder {folder}. It should hold one folder for each student.")
    if any(folder.glob("ex[0-9][0-9]_*.py")) or any((folder / "my").glob("ex[0-9][0-9]_*.py")):
        raise InputError(f"{folder} is the folder of one student. Name the one that holds a folder for each.")
    found = {}
    for place in sorted(folder.iterdir()):
        if place.is_dir() and not place.name.startswith((".", "_")):
            inside = place / "my"
            found[place.name] = inside if inside.is_dir() and not any(place.glob("ex*.py")) else place
    if not found:
        raise InputError(
            f"{folder} holds no folders. It should hold one for each student, with files such as ex01_....py."
        )
    return found


def grade(folder, syllabus, jobs=1, progress=None):
    """Return the Grades of all students, in order. progress: called with each Grade."""
    prepare(syllabus.exercises)
    tasks = [(name, place, exercise) for name, place in students(folder).items() for exercise in syllabus.exercises]
    with concurrent.futures.ThreadPoolExecutor(max(1, jobs)) as pool:
        futures = [pool.submit(one, syllabus, *task) for task in tasks]
        try:
            for future in concurrent.futures.as_completed(futures):
                if progress:
                    progress(future.result())
        except BaseException:  # Ctrl-C
            for worker in list(RUNNING):
                end(worker)
            pool.shutdown(cancel_futures=True)
            raise
        return [future.result() for future in futures]


def prepare(exercises):
    """Check the library's own code once, so that no student's time includes compiling."""
    for exercise in exercises:
        for method in exercise.methods if exercise.kind else ():
            for _, test in LEVELS:
                test(exercise, exercise.target, method, 0)


def one(syllabus, student, place, exercise):
    """The Grade of one exercise of one student."""
    start, of = time.perf_counter(), syllabus.points[exercise.name]
    if not (place / exercise.file).is_file():
        answer = Answer("missing", f"{exercise.number:02} {exercise.name}: there is no {exercise.file}.", "missing")
    else:
        try:
            answer = run(syllabus, place, exercise)
        except OSError as why:
            fact = f"It could not be run: {why}."
            answer = Answer("stopped", f"{exercise.number:02} {exercise.name}: {fact}", fact)
    points = of if answer.state == "right" else 0
    seconds = time.perf_counter() - start
    return Grade(student, exercise.name, answer.state, points, of, seconds, answer.fact, answer.diagnosis, answer.text)


def run(syllabus, place, exercise):
    """The Answer of a worker that sees a copy of the student's files, in a folder that is deleted afterwards."""
    with tempfile.TemporaryDirectory(prefix="scratchnet-", ignore_cleanup_errors=True) as folder:
        desk = Path(folder) / "desk"
        desk.mkdir()
        for file in place.glob("*.py"):
            if file.is_file():
                with contextlib.suppress(OSError):
                    shutil.copy(file, desk / file.name)
        answer, token = Path(folder) / "answer.json", secrets.token_hex()
        seconds = max(syllabus.seconds, exercise.seconds if exercise.levels else 0)
        task = {"exercise": exercise.name, "file": exercise.file, "seed": syllabus.seed, "memory": syllabus.memory}
        task["seconds"] = seconds
        task |= {"answer": str(answer), "token": token, "desk": str(desk)}
        died = in_a_process(json.dumps(task), folder, seconds + START)
        try:
            found = json.loads(answer.read_text("utf-8"))
            if found.pop("token", "") == token:
                return Answer(**found)
        except (OSError, ValueError, TypeError):
            pass
    fact = died or "The process ended before the check did: does the file call exit or quit?"
    return Answer("stopped", f"{exercise.number:02} {exercise.name}   {exercise.file}\n\n{fact}", fact)


def in_a_process(task, folder, seconds):
    """Run a worker. Return a sentence if it had to be ended, else None."""
    threads = dict.fromkeys(("SCRATCHNET_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"), "1")
    root = str(Path(__file__).parents[2])
    path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
    worker = subprocess.Popen(
        [sys.executable, "-m", "scratchnet.exercises.worker"],
        cwd=folder,
        env=os.environ | threads | {"PYTHONPATH": path},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # so that what it starts can be ended with it
    )
    RUNNING.add(worker)
    try:
        worker.communicate(task.encode(), timeout=seconds)
    except subprocess.TimeoutExpired:
        return f"Your code took more than {seconds - START} s and was stopped. Is there an endless loop?"
    finally:
        end(worker)
        RUNNING.discard(worker)
    if worker.returncode < 0 and worker.returncode != -signal.SIGTERM:
        return f"The process was ended by signal {-worker.returncode}: did it need too much memory?"
    return None


def end(worker):
    """End a worker and all processes that it has started."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(worker.pid, signal.SIGKILL)
    else:
        worker.kill()
    worker.wait()
