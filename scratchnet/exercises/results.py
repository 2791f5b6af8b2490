"""The results of a class: a Grade for each exercise of each student, and the tables that a teacher reads."""

import re
import statistics
import textwrap
import unicodedata
from dataclasses import dataclass

from scratchnet.exercises.syllabus import rounded
from scratchnet.viewing.tables import table

STATES = ("right", "wrong", "blank", "stopped", "missing", "ungraded")
LETTERS = {"wrong": "w", "blank": "b", "stopped": "s", "missing": "-", "ungraded": "?"}
TOP = 10  # mistakes on the screen
FEW, WIDTH = 40, 120  # students and columns that a screen shows at once
LARGE = "All students and exercises are too much for the screen: the .csv of points has them."
BASE_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe"})  # that have no accent
PATH = re.compile(r"""(?<![\w.])(?:[A-Za-z]:)?[/\\][^\s,'")]+|[\w./\\-]*\.py\b""")
NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?(?!\w)")


@dataclass
class Grade:
    """One exercise of one student.

    state: "right", "wrong", "blank" (not written yet), "stopped" (the process ended, or had to be ended), "missing"
    (no file), or "ungraded": the environment failed, points is None, and fact tells the teacher why.
    passed, methods: the methods that passed completely, and all; id: the student's on the platform that the files come
    from, or ""; notes: sentences on what was handed in.
    """

    student: str
    exercise: str
    state: str
    points: float | None
    of: int
    seconds: float
    fact: str
    diagnosis: str
    text: str
    passed: tuple = ()
    methods: tuple = ()
    id: str = ""
    notes: tuple = ()


def name_order(name):
    """Return a key that sorts as people do: "student 2" before "student 10", without regard to case and accents."""
    letters = unicodedata.normalize("NFKD", name).casefold().translate(BASE_LETTERS)
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    parts = re.split(r"(\d+)", plain)  # text and digits take turns, so that like is compared with like
    return [int(part) if part.isdecimal() else part for part in parts], name


def by_student(grades):
    """Return {student: their Grades}, sorted by name."""
    found = {}
    for grade in grades:
        found.setdefault(grade.student, []).append(grade)
    return {student: found[student] for student in sorted(found, key=name_order)}


def total(grades):
    """Return the sum of points, or None if one is ungraded, and the largest possible sum."""
    points = [grade.points for grade in grades]
    return None if None in points else rounded(sum(points)), sum(grade.of for grade in grades)


def average(grades):
    """Return the mean sum of the students who have one, or None."""
    sums = [total(mine)[0] for mine in by_student(grades).values()]
    return statistics.fmean(known) if (known := [points for points in sums if points is not None]) else None


def summary(grades, exercises):
    """Return rows: for each exercise how many are in which state, the mean points, and the seconds that it took."""
    states = STATES if any(grade.state == "ungraded" for grade in grades) else STATES[:-1]
    rows = [("exercise", *states, "points", "of", "median s", "longest s")]
    for exercise in exercises:
        mine = [grade for grade in grades if grade.exercise == exercise.name]
        counts = [str(sum(grade.state == state for grade in mine)) for state in states]
        points = [grade.points for grade in mine if grade.points is not None]
        times = [grade.seconds for grade in mine if grade.state not in ("missing", "ungraded")]
        mean = f"{statistics.fmean(points):.1f}" if points else ""
        seconds = [f"{measure(times):.1f}" if times else "" for measure in (statistics.median, max)]
        rows.append((exercise.name, *counts, mean, str(mine[0].of) if mine else "", *seconds))
    return rows


# What the class got wrong.


def mistakes(grades, exercises):
    """Return (exercise, students, share of the class, sentence) for each mistake, the most common first."""
    order = [exercise.name for exercise in exercises]
    size = max(1, len({grade.student for grade in grades}))
    found = {}
    for grade in grades:
        if grade.state in ("wrong", "stopped"):
            found.setdefault((grade.exercise, cause(grade)), set()).add(grade.student)
    rows = [
        (name, sorted(students, key=name_order), len(students) / size, sentence)
        for (name, sentence), students in found.items()
    ]
    return sorted(rows, key=lambda row: (-len(row[1]), order.index(row[0]), row[3]))


def cause(grade):
    """Return the diagnosis, or else the first sentence of the fact, the same for all numbers and paths."""
    if grade.diagnosis:
        return " ".join(grade.diagnosis.split())
    lines = grade.fact.split("\n")
    said = (line for line in lines if line.strip() and not re.match(r"[ >]|There: |.*:$", line))  # no code, no arrays
    return NUMBER.sub("N", PATH.sub("FILE", next(said, lines[0]))).strip()


def mistakes_text(found, size):
    """Return the most common mistakes for the screen. size: of the class."""
    some = f" (the {TOP} most common of {len(found)}; the .csv of mistakes has all)" if len(found) > TOP else ""
    lines = [f"What the class got wrong{some}", ""]
    count = len(f"{size} of {size}")
    width = max((len(name) for name, *_ in found[:TOP]), default=0)
    for name, students, _, sentence in found[:TOP]:
        head = f"  {f'{len(students)} of {size}':>{count}}  {name:{width}}  "
        lines += textwrap.wrap(sentence, 100, initial_indent=head, subsequent_indent=" " * len(head))
    return "\n".join(lines)


# Students and exercises.


def grid(grades, exercises):
    """Return a line for each student, a cell for each exercise, as text; None for more students than a screen shows.

    Columns that do not fit side by side come below.
    """
    students = by_student(grades)
    rows = [("student", *(f"{exercise.number:02}" for exercise in exercises), "points")]
    for student, mine in students.items():
        cells = {grade.exercise: in_a_cell(grade) for grade in mine}
        points, of = total(mine)
        name = " ".join(student.split())
        name = name if len(name) <= 20 else f"{name[:17]}..."
        rows.append((name, *(cells.get(exercise.name, "") for exercise in exercises), f"{shown(points)} of {of}"))
    if len(students) > FEW:
        return None
    lines = [line for columns in side_by_side(rows) for line in ["", *aligned(columns)]][1:]
    there = {grade.state for grade in grades}
    letters = ", ".join(f"{letter} {state}" for state, letter in LETTERS.items() if state in there)
    return "\n".join([*lines, "", "Columns: numbers of exercises. Cells: points" + f"; {letters}" * bool(letters)])


def side_by_side(rows):
    """Yield the rows in pieces that a screen shows, each with the first column."""
    widths = [max(map(len, column)) + 1 for column in zip(*rows)]
    first = 1
    while first < len(widths):
        last = first + 1
        while last < len(widths) and widths[0] + sum(widths[first : last + 1]) <= WIDTH:
            last += 1
        yield [(row[0], *row[first:last]) for row in rows]
        first = last


def aligned(rows):
    """Return rows as lines: the first column to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows)]
    return [
        " ".join([f"{row[0]:{widths[0]}}", *(f"{text:>{size}}" for text, size in zip(row[1:], widths[1:]))])
        for row in rows
    ]


def in_a_cell(grade):
    """Return the points, or a letter for the state where there are none."""
    return shown(grade.points) if grade.points or grade.state == "right" else LETTERS[grade.state]


def shown(points):
    """Return points as text, "?" for none."""
    return "?" if points is None else str(points)


# For the teacher.


def ungraded_text(grades):
    """Return sentences on what has no grade and why, or ""."""
    reasons = {}
    for grade in grades:
        if grade.state == "ungraded":
            reasons.setdefault(grade.fact, []).append(grade)
    if not reasons:
        return ""
    count = sum(map(len, reasons.values()))
    lines = [f"{count} of {len(grades)} checks have no grade. The environment failed, not the students' work:"]
    for fact, without in reasons.items():
        lines += ["", textwrap.indent(fact, "  ")]
        names = "; ".join(
            f"{student} ({', '.join(grade.exercise for grade in mine)})"
            for student, mine in by_student(without).items()
        )
        names = textwrap.shorten(names, 1000, placeholder=" ...")
        lines += textwrap.wrap(names, 100, initial_indent="    ", subsequent_indent="    ")
    return "\n".join(lines)


def results_text(grades, exercises):
    """Return everything that the screen shows: first what has no grade, then the class, its mistakes, its students."""
    size, found, average_sum = len(by_student(grades)), mistakes(grades, exercises), average(grades)
    of = max((total(mine)[1] for mine in by_student(grades).values()), default=0)
    who = "1 student" if size == 1 else f"{size} students"
    mean = "nobody has all grades" if average_sum is None else f"{average_sum:.1f} of {of} points on average"
    parts = [ungraded_text(grades), table(summary(grades, exercises)), f"{who}, {mean}"]
    parts += [mistakes_text(found, size) if found else "", grid(grades, exercises) or LARGE]
    return "\n\n".join(part for part in parts if part)
