"""python -m scratchnet exercise syllabus, exercise grade: for teachers."""

import sys
from pathlib import Path

from scratchnet.cli.flags import path_of, positive
from scratchnet.errors import InputError


def add(whats):
    syllabus = whats.add_parser("syllabus", help="for teachers: write a file that says what a class does")
    syllabus.set_defaults(command=write_syllabus)
    syllabus.add_argument(
        "--out", type=path_of, default=Path("syllabus.ini"), metavar="FILE", help="(default: syllabus.ini)"
    )
    grade = whats.add_parser("grade", help="for teachers: check the files of a class")
    grade.set_defaults(command=grade_class)
    grade.add_argument("folder", type=path_of, metavar="FOLDER", help="holds one folder for each student")
    grade.add_argument("--csv", type=path_of, metavar="FILE", help="points of every student and exercise")
    grade.add_argument("--json", type=path_of, metavar="FILE", help="the same with every diagnosis")
    grade.add_argument("--junit", type=path_of, metavar="FILE", help="the same as test results, for what reads those")
    grade.add_argument(
        "--feedback",
        type=path_of,
        default=Path("feedback"),
        metavar="DIR",
        help="a text for each student (default: feedback)",
    )
    grade.add_argument("--syllabus", type=path_of, metavar="FILE", help="default: syllabus.ini in FOLDER, or here")
    grade.add_argument("--jobs", type=positive, default=1, metavar="N", help="checks at once (default: 1)")


def write_syllabus(options):
    from scratchnet.exercises.learner import shown
    from scratchnet.exercises.syllabus import Syllabus

    path = options.out
    if path.exists():
        raise InputError(f"{shown(path)} exists already. Edit it, or name another file with --out.")
    Syllabus().write(path)
    print(f"{shown(path)}   all exercises with their points; edit it")


def grade_class(options):
    from tqdm import tqdm

    from scratchnet.cli.progress import say
    from scratchnet.exercises import grade as grading
    from scratchnet.exercises.syllabus import Syllabus
    from scratchnet.viewing.tables import table

    syllabus = Syllabus.read(options.syllabus) if options.syllabus else Syllabus.nearby(options.folder, ".")
    found = grading.students(options.folder)
    files = {
        options.feedback / "STUDENT.txt": lambda: grading.write_feedback(options.feedback, grades),
        options.json: lambda: grading.write_json(options.json, grades),
        options.junit: lambda: grading.write_junit(options.junit, grades),
        options.csv: lambda: grading.write_csv(options.csv, grades, syllabus.exercises),
    }
    files = {path: write for path, write in files.items() if path}
    for path in files:
        grading.can_be_written(path)
    say("This is not a security sandbox: it contains accidents, not attacks.")
    for sentence in grading.astray(options.folder):
        say(sentence)
    total = len(found) * len(syllabus.exercises)
    with tqdm(total=total, ascii=True, unit=" checks", disable=None, leave=False, file=sys.stderr) as bar:
        grades = grading.grade(options.folder, syllabus, options.jobs, lambda one: bar.update())
    rows, mean = grading.summary(grades, syllabus.exercises)
    print(table(rows))
    who, of = "1 student" if len(found) == 1 else f"{len(found)} students", sum(syllabus.points.values())
    print(f"\n{who}, {mean:.1f} of {of} points on average\n")
    for path, write in files.items():
        write()
        each = path.name == "STUDENT.txt"
        print(f"written: {path.parent} (a .txt for each student)" if each else f"written: {path}")
