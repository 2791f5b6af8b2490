"""The files that come out of grading: texts for students, tables, and the forms that other systems read.

Each function returns the text of a file, or {path: text}; `write_all` writes them.
"""

import csv
import html
import io
import json
import re
import tempfile
import xml.etree.ElementTree as ET
from dataclasses import asdict

from scratchnet.errors import InputError
from scratchnet.exercises.results import by_student, mistakes, shown, total
from scratchnet.storage import atomic_write, cell, here

EXCEL = "\ufeff"  # the mark by which Excel knows UTF-8
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)  # no file of Windows has such a name


# Tables.


def csv_text(rows):
    """Return rows as the text of a .csv, in which no cell is a formula."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([cell(value) for value in row] for row in rows)
    return text.getvalue()


def points_csv(grades, exercises):
    """Return a row for each student: the points of every exercise, their sum, and the largest possible sum.

    The cell of what has no grade is empty, and so is a sum that it belongs to.
    """
    rows = [("student", *(exercise.name for exercise in exercises), "points", "of")]
    for student, mine in by_student(grades).items():
        rows.append((student, *(grade.points for grade in mine), *total(mine)))
    return EXCEL + csv_text(rows)


def mistakes_csv(grades, exercises):
    """Return a row for each mistake: exercise, number of students, share of the class, diagnosis, names."""
    rows = [("exercise", "students", "share", "diagnosis", "names")]
    for name, students, share, sentence in mistakes(grades, exercises):
        rows.append((name, len(students), f"{share:.2f}", sentence, "; ".join(students)))
    return EXCEL + csv_text(rows)


def grades_json(grades):
    """Return every field of every Grade."""
    return json.dumps([asdict(grade) for mine in by_student(grades).values() for grade in mine], indent=1) + "\n"


def junit_xml(grades):
    """Return a test suite for each student, a test for each exercise, in the form of JUnit."""
    top = ET.Element("testsuites")
    for student, mine in by_student(grades).items():
        states = [grade.state for grade in mine]
        skipped, errors = states.count("missing"), states.count("ungraded")
        counts = {"tests": len(mine), "failures": len(mine) - states.count("right") - skipped - errors}
        counts |= {"errors": errors, "skipped": skipped}
        suite = ET.SubElement(top, "testsuite", name=printable(student), **{key: str(n) for key, n in counts.items()})
        for grade in mine:
            case = ET.SubElement(
                suite, "testcase", classname=printable(student), name=grade.exercise, time=f"{grade.seconds:.2f}"
            )
            message = printable(grade.diagnosis or grade.fact).split("\n")[0]
            if grade.state == "missing":
                ET.SubElement(case, "skipped", message=printable(grade.text))
            elif grade.state != "right":
                kind = "error" if grade.state == "ungraded" else "failure"
                ET.SubElement(case, kind, message=message, type=grade.state).text = printable(grade.text)
    return ET.tostring(top, encoding="unicode", xml_declaration=True) + "\n"


def printable(text):
    """Return a text without the characters that XML does not have."""
    return re.sub(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]", "?", text)


# For students.


def feedback(folder, grades):
    """Return {path: text}, one for each student: points, and for what is not right what the learner would have seen."""
    students = by_student(grades)
    names = file_names(students)
    return {here(folder) / f"{names[student]}.txt": feedback_text(student, mine) for student, mine in students.items()}


def feedback_text(student, mine):
    points, of = total(mine)
    lines = [f"{student}: {'not complete yet' if points is None else f'{points} of {of} points'}", ""]
    lines += [*notes_of(mine), ""] if notes_of(mine) else []
    lines += [f"  {shown(grade.points):>4} of {grade.of:3}  {grade.exercise:24} {grade.state}" for grade in mine]
    for grade in mine:
        if grade.state == "ungraded":
            lines += ["", "-" * 78, "", f"{grade.exercise} could not be graded. This is not because of your work."]
        elif grade.state not in ("right", "missing"):
            lines += ["", "-" * 78, "", grade.text]
    return "\n".join(lines) + "\n"


def notes_of(mine):
    """Return the sentences on what a student handed in, each once."""
    return list(dict.fromkeys(note for grade in mine for note in grade.notes))


def file_names(students):
    """Return {student: name of a file}, all different, on systems too that do not tell a from A."""
    found, taken = {}, set()
    for student in students:
        name, number = safe_name(student), 1
        while name.casefold() in taken:
            number += 1
            name = f"{safe_name(student)} ({number})"
        taken.add(name.casefold())
        found[student] = name
    return found


def safe_name(text):
    """Return a text as the name of a file on every system."""
    name = re.sub(r'[<>:"/\\|?*\x00-\x1f\x7f\ud800-\udfff]', "_", text).rstrip(". ")
    name = name.encode()[:200].decode("utf-8", "ignore").rstrip(". ")  # 255 bytes, less what is put behind it
    return f"_{name}" if not name or RESERVED.match(name) else name


# For the systems that a class uses.


def gradescope(folder, grades):
    """Return {path: results.json of a student}, as Gradescope's autograder reads it.

    The form: gradescope-autograders.readthedocs.io, "Autograder Specifications", Output format. A student without all
    grades has no file (the text is None): Gradescope then says that the autograder failed, and gives no score.
    """
    students = by_student(grades)
    names = file_names(students)
    return {here(folder) / names[s] / "results.json": gradescope_json(mine) for s, mine in students.items()}


def gradescope_json(mine):
    points, _ = total(mine)
    if points is None:
        return None
    tests = [
        {
            "name": grade.exercise,
            "score": grade.points,
            "max_score": grade.of,
            "status": "passed" if grade.state == "right" else "failed",
            "output": "" if grade.state == "right" else grade.text,
            "output_format": "text",
            "visibility": "visible",
        }
        for grade in mine
    ]
    seconds = round(sum(grade.seconds for grade in mine), 1)
    found = {"score": points, "execution_time": seconds, "output": "\n".join(notes_of(mine))}
    return json.dumps(found | {"stdout_visibility": "hidden", "tests": tests}, indent=1) + "\n"


def moodle_csv(grades):
    """Return Moodle's offline grading worksheet of an assignment.

    The form: Moodle's source, mod/assign/feedback/offline/importgradeslib.php. The import reads the columns Identifier,
    Grade, Last modified (grade) and Feedback comments (HTML), and skips rows whose grade is empty or above the
    assignment's maximum. Without a time it keeps a grade that somebody gave in Moodle, unless it is told otherwise.
    """
    columns = "Identifier,Full name,Grade,Maximum Grade,Grade can be changed,Last modified (grade),Feedback comments"
    rows = [columns.split(",")]
    for student, mine in by_student(grades).items():
        points, of = total(mine)
        number = mine[0].id
        comments = f"<pre>{html.escape(feedback_text(student, mine), quote=False)}</pre>"
        identifier = f"Participant {number}" if number.isdecimal() else number
        rows.append((identifier, student, points, of, "Yes", "", comments))
    return csv_text(rows)


def canvas_csv(grades, assignment):
    """Return a file for the import of Canvas's gradebook, with the sum of points as one assignment.

    The form: Canvas's source, lib/gradebook_importer.rb. A student is found by ID, else by name; an assignment by its
    title, or by "title (number)" as Canvas exports it. An empty cell would remove a grade, so students without all
    grades are left out.
    """
    students = by_student(grades)
    of = max((total(mine)[1] for mine in students.values()), default=0)
    rows = [
        ("Student", "ID", "SIS User ID", "SIS Login ID", "Section", assignment),
        ("    Points Possible", "", "", "", "", of),
    ]
    for student, mine in students.items():
        points, _ = total(mine)
        if points is not None:
            rows.append((student, mine[0].id, "", "", "", points))
    return csv_text(rows)


# Writing.


def can_be_written(path):
    """Raise InputError before minutes of grading if the file cannot be written, such as one that Excel holds."""
    path = here(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=path.parent).close()
        if path.exists():
            path.open("r+b").close()
    except OSError as why:
        raise unwritable(path, why) from None


def unwritable(path, why):
    return InputError(f"{path} cannot be written: {why.strerror}. Name another file, or close it if it is open.")


def write_all(files):
    """Write {path: text}, each by an atomic write; without a text the file is removed.

    Return {path: OSError} of those that failed: one does not stop the others.
    """
    failed = {}
    for path, text in files.items():
        try:
            if text is None:
                here(path).unlink(missing_ok=True)
                continue
            with atomic_write(path) as file:
                file.write(text.encode("utf-8", "backslashreplace"))
        except OSError as why:
            failed[path] = why
    return failed
