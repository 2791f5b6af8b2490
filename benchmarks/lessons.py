"""How long each lesson takes: none should take more than 10 seconds on a laptop when its kernels are compiled.

    python benchmarks/lessons.py

Runs every lesson as a script, twice, and prints the seconds of the second run. Let nothing else run meanwhile.
"""

import subprocess
import sys
import tempfile
import time

from scratchnet.lessons.scripts import all_lessons

LIMIT = 10


def seconds(lesson):
    """Return the seconds of the second run of a lesson, in an empty folder."""
    for _ in range(2):
        with tempfile.TemporaryDirectory() as folder:
            start = time.perf_counter()
            subprocess.run([sys.executable, str(lesson.path)], cwd=folder, capture_output=True, check=True)
            took = time.perf_counter() - start
    return took


def main():
    times = {lesson.path.stem: seconds(lesson) for lesson in all_lessons()}
    for name, took in times.items():
        print(f"{name:40} {took:5.1f} s{'   too long' * (took > LIMIT)}")
    sys.exit(max(times.values()) > LIMIT)


if __name__ == "__main__":
    main()
