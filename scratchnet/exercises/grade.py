"""Grade a class: each exercise of each student in a process of its own, with limits.

Accidents are kept apart: endless loops, huge arrays, floods of output, processes that outlive the check. On Linux,
where the system offers user namespaces, a file runs in a closed room as well (sandbox.py); elsewhere it may do whatever
the user who runs this may do. Grade strangers' files in a container.
"""

import concurrent.futures
import threading
import time
from pathlib import Path

from scratchnet.errors import InputError, Mistake, visible
from scratchnet.exercises.checker import Result, check_answer
from scratchnet.exercises.desk import Desk, Interrupted, NoDesk
from scratchnet.exercises.results import Grade
from scratchnet.exercises.syllabus import points_for
from scratchnet.storage import here

LARGEST = 10**7  # bytes of a student's files together


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


def grade(folder, syllabus, jobs=1, progress=None, known=None):
    """Return the Grades of all students, in order.

    progress: called with each new Grade, in this thread; known: {(student, name of an exercise): Grade} of those that
    are not made again.
    """
    known, desks = known or {}, Desks(syllabus, here(folder))
    tasks = [(name, place, exercise) for name, place in students(folder).items() for exercise in syllabus.exercises]
    with concurrent.futures.ThreadPoolExecutor(max(1, jobs)) as pool:
        new = {
            (name, exercise.name): pool.submit(one, desks, syllabus, name, place, exercise)
            for name, place, exercise in tasks
            if (name, exercise.name) not in known
        }
        try:
            for future in concurrent.futures.as_completed(new.values()):
                if progress:
                    progress(future.result())
        except BaseException:  # Ctrl-C
            pool.shutdown(wait=False, cancel_futures=True)
            raise
        finally:
            desks.close()
    return [known.get((name, exercise.name)) or new[name, exercise.name].result() for name, _, exercise in tasks]


class Desks:
    """A Desk for each thread. no_room: why there is no closed room, "" if there is."""

    def __init__(self, syllabus, folder):
        warm = [exercise.name for exercise in syllabus.exercises if exercise.tiny]
        self.make = lambda: Desk(strict=True, hidden=[str(folder.resolve())], memory=syllabus.memory, warm=warm)
        self.mine, self.all = threading.local(), []

    def get(self):
        if not hasattr(self.mine, "desk"):
            self.mine.desk = self.make()
            self.all.append(self.mine.desk)
        return self.mine.desk

    def close(self):
        for desk in self.all:
            desk.over = True  # its thread may be about to start it again
            desk.close()


def one(desks, syllabus, student, place, exercise):
    """Return the Grade of one exercise of one student."""
    start = time.perf_counter()
    if (place / exercise.file).is_file():
        result = checked(desks, syllabus, place, exercise)
    else:
        result = Result(exercise, Path(exercise.file), "missing", fact=f"There is no {exercise.file}.")
    counts = [method for method, _ in result.passed]
    passed = tuple(method for method in exercise.methods if method in counts and method != (result.failed or "?")[0])
    return Grade(
        student,
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
    )


def checked(desks, syllabus, place, exercise):
    """Return the Result of a file, in a process that sees copies of the student's files.

    Its state is "ungraded" if that could not be done, through no fault of the student.
    """
    path = Path(exercise.file)
    try:
        files = copies(place, exercise.file)
        seconds = max(syllabus.seconds, exercise.seconds if exercise.levels else 0)
        return check_answer(exercise, path, syllabus.seed, desks.get(), files, seconds)
    except Mistake as why:
        return Result(exercise, path, fact=str(why))
    except Interrupted:
        return Result(exercise, path, fact="Your code raises KeyboardInterrupt. Remove that line.")
    except (NoDesk, OSError, MemoryError) as why:
        return Result(exercise, path, "ungraded", fact=visible(str(why)) or type(why).__name__)
    except Exception as why:  # a mistake of ours ends nobody's grading
        fact = f"The checker itself failed ({type(why).__name__}: {visible(str(why))}). Please report this."
        return Result(exercise, path, "ungraded", fact=fact)


def copies(place, own):
    """Return {name: bytes} of a student's files. own: the name of the one that is graded. Links are left out: they may
    lead to the files of others."""
    found = {}
    for file in sorted(place.glob("*.py"), key=lambda file: file.name != own):
        if file.is_symlink() and file.name == own:
            raise Mistake(f"{own} is a link to another file. Hand in the file itself.")
        if file.is_symlink() or not file.is_file():
            continue
        with file.open("rb") as opened:
            found[file.name] = opened.read(LARGEST + 1)
        if sum(map(len, found.values())) > LARGEST:
            raise Mistake(
                f"The .py files are larger than {LARGEST // 10**6} MB, {file.name} too. Hand in your code only."
            )
    return found
