"""A class of synthetic students with everything that comes in: graded by the command, compared with what it should be.

    python benchmarks/classroom.py FOLDER [STUDENTS] [JOBS]     200 students, 2 jobs by default

FOLDER is made. Each student hands in 24 exercises in one of many ways (folders, zips, near names, notebooks): right
ones, mistakes that are known by name, blanks; some students have files that run for ever, fill the memory, fork or
forge. One in four hands in the capstone, which trains for some seconds. It prints the time, the CPU seconds and the
disk space for each student, the largest memory of a process, and every grade that is not as it should be.
"""

import json
import random
import resource
import statistics
import subprocess
import sys
import time
import zipfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from answers import ANSWERS  # noqa: E402
from attempts import filled  # noqa: E402
from mistakes_collected import MISTAKES  # noqa: E402

from scratchnet.exercises.catalogue import EXERCISES  # noqa: E402

COURSE = [exercise for exercise in EXERCISES if 1 <= exercise.number <= 24]
TROUBLE = {  # lines above the answer to `linear`, and the states that may come of it
    "endless": ("while True:\n    pass", {"wrong", "stopped"}),
    "deaf": ("import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True:\n    pass", {"stopped"}),
    "memory": ("a = [0]\nwhile True:\n    a = a + a", {"wrong", "stopped"}),
    "exits": ("import os\nos._exit(0)", {"stopped"}),
    "crashes": ("import os\nos.kill(os.getpid(), 11)", {"stopped"}),
    "forks": ("import os, time\nfor _ in range(60):\n    if os.fork() == 0:\n        time.sleep(1000)", {"right"}),
    "floods": ("for _ in range(200_000):\n    print('x' * 100)", {"right"}),
    "forges": ("import os\nfor n in range(3, 64):\n    try:\n        os.write(n, b'right' * 99)\n    except OSError:\n"
               "        pass", {"stopped", "wrong", "right"}),
    "interrupts": ("raise KeyboardInterrupt", {"wrong"}),
}  # fmt: skip


def student(folder, number, rng):
    """Write what one student hands in, and return {exercise: the states that are right for it}."""
    name = f"student {number}"
    files, states = {}, {}
    trouble = list(TROUBLE)[number // 7 % len(TROUBLE)] if number % 7 == 3 else None
    for exercise in COURSE:
        bodies, above, kind = ANSWERS[exercise.name], "", rng.random()
        states[exercise.name] = {"right"}
        if exercise.name == "capstone" and number % 4:
            states[exercise.name] = {"missing"}
            continue
        known = [m for m in MISTAKES if m[0] == exercise.name]
        if exercise.name == "linear" and trouble:
            above, states[exercise.name] = TROUBLE[trouble]
        elif kind < 0.2 and known:
            _, _, above, _, bodies = rng.choice(known)
            states[exercise.name] = {"wrong"}
        elif kind < 0.27:
            bodies, states[exercise.name] = [""] * len(bodies), {"blank"}
        elif kind < 0.32:
            states[exercise.name] = {"missing"}
            continue
        files[exercise.file] = filled(exercise, bodies, above)
    hand_in(folder, name, number % 8, files)
    return name, states


def hand_in(folder, name, way, files):
    place = folder / name
    if way in (1, 2):  # a zip, with a folder in it or without
        with zipfile.ZipFile(folder / f"{name}.zip", "w") as archive:
            for file, text in files.items():
                archive.writestr(f"my work/{file}" if way == 1 else file, text)
        return
    place = place / {3: "my", 4: "Homework/final"}.get(way, "")
    place.mkdir(parents=True)
    for file, text in files.items():
        stem = file.removesuffix(".py")
        if way == 7:
            cell = {"cell_type": "code", "source": text, "metadata": {}, "outputs": [], "execution_count": None}
            text, file = (
                json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}),
                f"{stem}.ipynb",
            )
        (place / {5: f"{stem} (1).py", 6: f"{stem}.py.txt"}.get(way, file)).write_text(text, encoding="utf-8")


def main(folder, students=200, jobs=2):
    folder = Path(folder)
    (folder / "class").mkdir(parents=True)
    (folder / "class" / "syllabus.ini").write_text(
        "[class]\nseconds = 20\n[points]\n" + "".join(f"{e.name} = 1\n" for e in COURSE)
    )
    rng = random.Random(0)
    expected = dict(student(folder / "class", number, rng) for number in range(1, int(students) + 1))
    command = [sys.executable, "-m", "scratchnet", "exercise", "grade", "class", "--jobs", str(jobs)]
    command += ["--json", "grades.json", "--csv", "grades.csv", "--mistakes", "mistakes.csv"]
    start = time.perf_counter()
    run = subprocess.run(command, cwd=folder, text=True, capture_output=True)
    minutes = (time.perf_counter() - start) / 60
    grades = json.loads((folder / "grades.json").read_text())
    print(run.stdout)
    print(f"exit code {run.returncode}; {len(grades)} grades in {minutes:.1f} minutes, {jobs} jobs")
    print(costs(folder, int(students)))
    print(Counter(grade["state"] for grade in grades))
    print({exercise.name: median_seconds(grades, exercise.name) for exercise in COURSE})
    off = [g for g in grades if g["state"] not in expected[g["student"]][g["exercise"]]]
    for g in off[:20]:
        print(g["student"], g["exercise"], g["state"], expected[g["student"]][g["exercise"]], g["fact"][:200])
    wrong = [g for g in grades if g["state"] == "wrong"]
    named = sum(bool(g["diagnosis"]) for g in wrong)
    print(f"{len(off)} grades are not as they should be; {named} of {len(wrong)} wrong ones have a diagnosis")
    return len(off) > 0


def costs(folder, students):
    """Return a sentence on what the command needed: of all processes that it started, which have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    space = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return (
        f"{(used.ru_utime + used.ru_stime) / students:.1f} CPU seconds and {space / students / 1e3:.0f} kB of disk for "
        f"each student; at most {used.ru_maxrss / 1e3:.0f} MB of memory in one process"
    )


def median_seconds(grades, name):
    """Return the median time of the right answers to an exercise, None if there are none."""
    found = [g["seconds"] for g in grades if g["exercise"] == name and g["state"] == "right"]
    return round(statistics.median(found), 2) if found else None


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
