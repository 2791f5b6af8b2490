"""Grade a class: each exercise of each student in a process of its own, with limits.

Accidents are kept apart: endless loops, huge arrays, floods of output, processes that outlive the check. On Linux,
where the system offers user namespaces, a file runs in a closed room as well (sandbox.py); elsewhere it may do whatever
the user who runs this may do. Grade strangers' files in a container.
"""

import atexit
import concurrent.futures
import threading
import time
from functools import partial
from pathlib import Path

from scratchnet.errors import DataError, visible
from scratchnet.exercises.catalogue import find_exercise
from scratchnet.exercises.checker import Result, check_answer
from scratchnet.exercises.desk import Desk, Interrupted, NoDesk
from scratchnet.exercises.results import Grade
from scratchnet.exercises.submissions import submissions
from scratchnet.exercises.syllabus import points_for
from scratchnet.storage import here


def grade(folder, syllabus, jobs=1, progress=None, known=None, say_where=None, pool=None):
    """Return the Grades of all students, in order.

    progress: called with each new Grade, in this thread; known: {(student, name of an exercise): Grade} of those that
    are not made again; say_where: called at the start with the reason why there is no closed room, "" if there is one.
    pool: () -> an executor of other processes, on machines that see the folder (experiments/many.py); `jobs` is then
    theirs to say.
    """
    known, desks = known or {}, Desks(syllabus, here(folder))
    check = partial(elsewhere, str(here(folder)), syllabus) if pool else partial(one, desks, syllabus)
    tasks = [(one_of_them, exercise) for one_of_them in submissions(folder) for exercise in syllabus.exercises]
    with pool() if pool else concurrent.futures.ThreadPoolExecutor(max(1, jobs)) as executor:
        new = {
            (submission.student, exercise.name): executor.submit(check, submission, exercise.name if pool else exercise)
            for submission, exercise in tasks
            if (submission.student, exercise.name) not in known
        }
        try:
            if say_where:
                say_where(desks.no_room())
            for future in concurrent.futures.as_completed(new.values()):
                if progress:
                    progress(future.result())
        except BaseException:  # Ctrl-C
            executor.shutdown(wait=False, cancel_futures=True)
            raise
        finally:
            desks.close()
    names = [(submission.student, exercise.name) for submission, exercise in tasks]
    return [known.get(name) or new[name].result() for name in names]


KEPT = {}  # in a process of a pool: {folder: its Desks}, for as long as the process lives


def elsewhere(folder, syllabus, submission, name):
    """`one` in a process of a pool. An exercise goes there by its name, for it holds functions without one."""
    if folder not in KEPT:
        KEPT[folder] = Desks(syllabus, Path(folder))
        atexit.register(KEPT[folder].close)
    return one(KEPT[folder], syllabus, submission, find_exercise(name))


class Desks:
    """A Desk for each thread."""

    def __init__(self, syllabus, folder):
        warm = [exercise.name for exercise in syllabus.exercises if exercise.tiny]
        self.make = lambda: Desk(strict=True, hidden=[str(folder.resolve())], memory=syllabus.memory, warm=warm)
        self.mine, self.all = threading.local(), []

    def get(self):
        if not hasattr(self.mine, "desk"):
            self.mine.desk = self.make()
            self.all.append(self.mine.desk)
        return self.mine.desk

    def no_room(self):
        """Return why there is no closed room, "" if there is one."""
        with self.make() as desk:
            desk.warm = ()
            try:
                desk.start()
            except NoDesk as why:
                return str(why)
            return desk.no_room

    def close(self):
        for desk in self.all:
            desk.over = True  # its thread may be about to start it again
            desk.close()


def one(desks, syllabus, submission, exercise):
    """Return the Grade of one exercise of one student."""
    start = time.perf_counter()
    chosen, bag = submission.chosen(), submission.bag()
    if exercise.name in chosen.unclear:
        result = ungraded(exercise, chosen.unclear[exercise.name])
    elif exercise.name in chosen.files:
        result = checked(desks, syllabus, submission.desk(exercise), exercise)
    elif bag.unread:
        result = ungraded(exercise, " ".join(bag.unread))
    else:
        result = Result(exercise, Path(exercise.file), "missing", fact=f"There is no {exercise.file}.")
    counts = [method for method, _ in result.passed]
    passed = tuple(method for method in exercise.methods if method in counts and method != (result.failed or "?")[0])
    return Grade(
        submission.student,
        exercise.name,
        result.state,
        points_for(syllabus, exercise, result.state, passed),
        syllabus.points[exercise.name],
        time.perf_counter() - start,
        result.fact,
        result.diagnosis,
        str(result),
        passed if not result.changed else (),
        exercise.methods,
        submission.id,
        (*bag.notes, *filter(None, [chosen.notes.get(exercise.name)])),
    )


def ungraded(exercise, why):
    """Return the Result of what could not be graded, through no fault of the student."""
    return Result(exercise, Path(exercise.file), "ungraded", fact=visible(str(why)) or type(why).__name__)


def checked(desks, syllabus, files, exercise):
    """Return the Result of an exercise in a process that gets copies of the files, {path: bytes}."""
    path, seconds = Path(exercise.file), max(syllabus.seconds, exercise.seconds if exercise.levels else 0)
    try:
        return check_answer(exercise, path, syllabus.seed, desks.get(), files, seconds)
    except Interrupted:
        return Result(exercise, path, fact="Your code raises KeyboardInterrupt. Remove that line.")
    except (NoDesk, DataError, OSError, MemoryError) as why:
        return ungraded(exercise, why)
    except Exception as why:  # a mistake of ours ends nobody's grading
        return ungraded(exercise, f"The checker itself failed ({type(why).__name__}: {why}). Please report this.")
