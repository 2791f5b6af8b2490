"""python -m scratchnet exercise syllabus, exercise grade: for teachers."""

import argparse
import contextlib
import sys
import tempfile
from pathlib import Path

from scratchnet.cli.flags import path_of, positive
from scratchnet.errors import InputError

EXAMPLES = """examples:
  python -m scratchnet exercise grade class --csv grades.csv --jobs 4
  python -m scratchnet exercise grade class --csv grades.csv --resume
  python -m scratchnet exercise grade class --mistakes mistakes.csv
  python -m scratchnet exercise grade class --moodle moodle.csv
  python -m scratchnet exercise grade class --canvas c.csv --assignment LeNet
"""

FILES = {
    "csv": "points of every student and exercise",
    "mistakes": "what the class got wrong, with the names",
    "json": "everything that is known",
    "junit": "the same as test results, for what reads those",
    "moodle": "for Moodle: the grading worksheet of an assignment",
    "canvas": "for Canvas: a file for the gradebook's import",
}


def add(whats):
    syllabus = whats.add_parser("syllabus", help="for teachers: write a file that says what a class does")
    syllabus.set_defaults(command=write_syllabus)
    syllabus.add_argument(
        "--out", type=path_of, default=Path("syllabus.ini"), metavar="FILE", help="(default: syllabus.ini)"
    )
    grade = whats.add_parser(
        "grade",
        help="for teachers: check the files of a class",
        usage="python -m scratchnet exercise grade FOLDER [flags]",
        description=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    grade.set_defaults(command=grade_class)
    grade.add_argument(
        "folder", type=path_of, metavar="FOLDER", help="holds one folder for each student; or the .zip of a class"
    )
    for name, what in FILES.items():
        grade.add_argument(f"--{name}", type=path_of, metavar="FILE", help=what)
    grade.add_argument("--assignment", default="scratchnet", metavar="NAME", help="for Canvas: the assignment's title")
    grade.add_argument("--gradescope", type=path_of, metavar="DIR", help="a results.json for each student")
    grade.add_argument(
        "--feedback",
        type=path_of,
        default=Path("feedback"),
        metavar="DIR",
        help="a text for each student (default: feedback)",
    )
    grade.add_argument("--syllabus", type=path_of, metavar="FILE", help="default: syllabus.ini in FOLDER or here")
    grade.add_argument("--jobs", type=positive, metavar="N", help="checks at once (default: 1)")
    grade.add_argument("--executor", choices=("mpi",), metavar="mpi", help="checks on the ranks of mpiexec")
    grade.add_argument("--resume", action="store_true", help="keep earlier grades, make only what is new")


def write_syllabus(options):
    from scratchnet.exercises.learner import shown
    from scratchnet.exercises.syllabus import Syllabus

    path = options.out
    if path.exists():
        raise InputError(f"{shown(path)} exists already. Edit it, or name another file with --out.")
    Syllabus().write(path)
    print(f"{shown(path)}   all exercises with their points; edit it")


def grade_class(options):
    """Grade a folder, or the archive that a learning platform gives."""
    with class_folder(options.folder) as (folder, home):
        options.folder = folder
        return grade_folder(options, home)


@contextlib.contextmanager
def class_folder(path):
    """Yield the folder of a class, and where its syllabus may lie: beside an archive, in which nothing is believed."""
    from scratchnet.cli.progress import say
    from scratchnet.exercises.class_archive import is_archive, unpack_class

    if not is_archive(path):
        yield path, path
        return
    with tempfile.TemporaryDirectory(prefix="scratchnet-class-", ignore_cleanup_errors=True) as folder:
        for sentence in unpack_class(path, folder):
            say(sentence)
        yield only_folder(Path(folder)), path.parent


def only_folder(folder):
    """Return the folder of the class: some archives have one folder around all others."""
    inner = [path for path in folder.iterdir() if not path.name.startswith((".", "_"))]
    whole = len(inner) == 1 and inner[0].is_dir() and not any(inner[0].glob("ex[0-9][0-9]_*"))
    students = [path for path in inner[0].iterdir() if path.is_dir()] if whole else []
    return inner[0] if students and students[0].name != "my" else folder


def grade_folder(options, home):
    """Grade, write all files, and only then print: the exit code is 1 if something has no grade or was not written."""
    from scratchnet.cli.progress import say
    from scratchnet.exercises.journal import Journal
    from scratchnet.exercises.results import results_text
    from scratchnet.exercises.submissions import same_numbers, submissions

    syllabus = syllabus_of(options, home)
    found = submissions(options.folder)
    try_files(options)
    journal = Journal(options.feedback / "grades.jsonl", options.resume)
    for submission in found:
        for sentence in submission.notes(syllabus.exercises):
            say(f"{submission.student}: {sentence}")
    for sentence in same_numbers(found, syllabus.exercises):
        say(sentence)
    grades = graded(options, syllabus, journal, found)
    written, failed = write(options, grades, syllabus.exercises)
    print(results_text(grades, syllabus.exercises), end="\n\n")
    for label in written:
        print(f"written: {label}")
    for sentence in troubles(options, grades, journal, failed):
        say(sentence)
    return int(bool(failed or journal.failure) or any(grade.state == "ungraded" for grade in grades))


def syllabus_of(options, home):
    """Return the syllabus that is named, else the one of the class's home or of the current folder."""
    from scratchnet.exercises.syllabus import Syllabus

    return Syllabus.read(options.syllabus) if options.syllabus else Syllabus.nearby(home, ".")


def pool(options):
    """Return {"pool": what makes the executor of MPI}, if the options ask for it, else {}."""
    from scratchnet.experiments.many import mpi

    if options.executor == "mpi" and options.jobs:
        raise InputError("--jobs is for processes: with MPI, `mpiexec -n` says how many ranks there are.")
    return {"pool": mpi} if options.executor == "mpi" else {}


def try_files(options):
    """Raise InputError before minutes of grading if a file cannot be written, or if two flags name the same."""
    from scratchnet.exercises.exports import can_be_written

    can_be_written(options.feedback / "STUDENT.txt")
    if options.gradescope:
        can_be_written(options.gradescope / "results.json")
    taken = {}
    for name in FILES:
        path = getattr(options, name)
        if path:
            first = taken.setdefault(path.resolve(), name)
            if first != name:
                raise InputError(f"--{first} and --{name} name the same file, {path}. Give each its own.")
            can_be_written(path)


def graded(options, syllabus, journal, found):
    """Return the Grades of the students that were found, with a bar meanwhile; each is kept as soon as it is there."""
    from tqdm import tqdm

    from scratchnet.cli.progress import say
    from scratchnet.exercises import grade as grading
    from scratchnet.exercises.journal import keys_of, known_grades

    keys = keys_of(found, syllabus)
    known = known_grades(journal, keys, syllabus)
    if options.resume:
        say(f"{len(known)} of {len(keys)} grades are in {journal.path}; the others are made.")

    def keep(grade):
        journal.add(keys[grade.student, grade.exercise], grade)
        bar.update()

    def say_where(no_room):
        say(where_it_runs(no_room))

    total = len(keys) - len(known)
    try:
        with tqdm(total=total, ascii=True, unit=" checks", disable=None, leave=False, file=sys.stderr) as bar:
            if not total:
                return list(known.values())
            return grading.grade(options.folder, syllabus, options.jobs or 1, keep, known, say_where, **pool(options))
    except KeyboardInterrupt:
        say(f"\nWhat is graded is in {journal.path}. The same command with --resume goes on.")
        raise
    finally:
        journal.close()


def where_it_runs(no_room):
    """Return a sentence for the teacher on what a student's code can reach."""
    if no_room:
        return (
            f"This is not a security sandbox: the code of the students may do whatever you may do (no closed room: "
            f"{no_room}). Limits contain accidents, not attacks. Grade strangers' files in a container."
        )
    return (
        "Each check runs in a closed room (user namespaces): no network, nothing to write to but a folder of its own. "
        "It is not a security sandbox against attacks on the kernel, and it can read what you can read but this class."
    )


def write(options, grades, exercises):
    """Write all files, also after one that fails. Return what was written, and {path: OSError} of the others."""
    from scratchnet.exercises import exports

    tables = {
        "csv": lambda: exports.points_csv(grades, exercises),
        "mistakes": lambda: exports.mistakes_csv(grades, exercises),
        "json": lambda: exports.grades_json(grades),
        "junit": lambda: exports.junit_xml(grades),
        "moodle": lambda: exports.moodle_csv(grades),
        "canvas": lambda: exports.canvas_csv(grades, options.assignment),
    }
    parts = [(f"{options.feedback} (a .txt for each student)", exports.feedback(options.feedback, grades))]
    if options.gradescope:
        label = f"{options.gradescope} (a results.json for each student)"
        parts.append((label, exports.gradescope(options.gradescope, grades)))
    for name, text in tables.items():
        path = getattr(options, name)
        if path:
            parts.append((path, {path: text()}))
    written, failed = [], {}
    for label, files in parts:
        wrong = exports.write_all(files)
        failed |= wrong
        written += [] if wrong else [label]
    return written, failed


def troubles(options, grades, journal, failed):
    """Yield sentences on what the files lack, and what to do."""
    if journal.failure:
        yield f"{journal.path} cannot be written: {journal.failure.strerror}. It lacks the last grades."
    for path, why in list(failed.items())[:5]:
        yield f"{path} cannot be written: {why.strerror}."
    if len(failed) > 5:
        yield f"{len(failed) - 5} more files cannot be written."
    if failed and not journal.failure:
        yield (
            f"All grades are in {journal.path}. Close the file or make room, and give the same command with --resume: "
            "nothing is graded again."
        )
    if any(grade.state == "ungraded" for grade in grades):
        yield "Mend what is named above, and give the same command with --resume: only what has no grade is graded."
    nameless, size = {grade.student for grade in grades if not grade.id}, len({grade.student for grade in grades})
    if options.moodle and nameless:
        yield (
            f"{options.moodle}: Moodle finds a row by the participant's number; {len(nameless)} of {size} have none. "
            "Grade the folder that Moodle's `Download all submissions` gives."
        )
