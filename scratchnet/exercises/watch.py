"""Check again whenever the file is saved; go to the next exercise when the learner says so."""

import queue
import sys
import threading
import time

from scratchnet.errors import InputError
from scratchnet.exercises.checker import check_answer
from scratchnet.parallel.threads import THREADS

HELP = "Save the file to check again. Type h for a hint, n for the next exercise, q to leave, then Enter."
EVERY = 0.3  # seconds between looks at the file


def keep_watching(folder, exercises, first):
    """Check until the learner quits, or after the last exercise. Keys are a letter and Enter.

    Raises InputError where Python has no threads: one waits for the keys.
    """
    if not THREADS:
        raise InputError("watch needs a thread, and a browser has none. Save the file, then use check.")
    keys = lines_of(sys.stdin or ())
    for exercise in exercises[exercises.index(first) :]:
        if not folder.file(exercise).exists():
            print(f"Started {folder.start(exercise)}")
        if not watch_one(folder, exercise, keys):
            return
    print("That was the last one.")


def watch_one(folder, exercise, keys):
    """Return whether to go on to the next exercise."""
    seen = None
    while True:
        now = stamp(folder.file(exercise))
        if now != seen:
            seen = now
            result = check_answer(exercise, folder.file(exercise))
            print(f"\n{'-' * 78}\n{result}\n")
            print("n and Enter: the next exercise. " if result.state == "right" else HELP, flush=True)
        try:
            key = keys.get(timeout=EVERY)
        except queue.Empty:
            continue
        if key == "n":
            return True
        if key in ("q", None):
            return False
        print("\n".join(folder.next_hint(exercise)) if key == "h" else HELP, flush=True)


def stamp(path):
    """What changes when a file is saved; an editor may be between deleting and writing it."""
    for _ in range(5):
        try:
            found = path.stat()
            return found.st_mtime_ns, found.st_size
        except FileNotFoundError:
            time.sleep(EVERY / 3)
    return None


def lines_of(stream):
    """A queue of the lines that are typed, None at the end of the stream."""
    lines = queue.Queue()

    def collect():
        for line in stream:
            lines.put(line.strip().lower()[:1])
        lines.put(None)

    threading.Thread(target=collect, daemon=True).start()
    return lines
