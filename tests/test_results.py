"""What comes out of grading a class: points, the screen, the journal, and the command."""

import csv
import io
import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from scratchnet.cli import main
from scratchnet.errors import InputError
from scratchnet.exercises import exports, results
from scratchnet.exercises import grade as grading
from scratchnet.exercises.catalogue import EXERCISES, find_exercise
from scratchnet.exercises.journal import Journal, key_of
from scratchnet.exercises.results import Grade
from scratchnet.exercises.submissions import submissions
from scratchnet.exercises.syllabus import Syllabus, points_for

LINEAR, ONE = find_exercise("linear"), find_exercise("table-one")
BOTH = [LINEAR, ONE]
BATCH = "Yours averages db over the batch; it should sum: the 1/N is in the loss."
WHY = "The data set mnist is missing."


def a_grade(student, exercise="linear", state="right", points=None, **others):
    points = points if points is not None else None if state == "ungraded" else 3 * (state == "right")
    fields = {"of": 3, "seconds": 1.5, "fact": "", "diagnosis": "", "text": f"text of {student}"}
    return Grade(student=student, exercise=exercise, state=state, points=points, **fields | others)


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


# Names, points, tables.


def test_students_are_sorted_as_people_sort_names():
    right = ["\u00c4nne", "Anton", "bob", "Bob 2", "\u0141ukasz", "\u00d8ystein", "Student 2", "student 10", "Z"]
    right.append("\u017dan")
    names = right[:]
    random.Random(1).shuffle(names)
    assert sorted(names, key=results.name_order) == right
    assert list(results.by_student([a_grade(name) for name in names])) == right
    assert sorted(["a\u00b2", "1", "a", ""], key=results.name_order) == ["", "1", "a", "a\u00b2"]


def test_points_by_part_are_optional():
    whole, parts = Syllabus(points={"linear": 3, "table-one": 1}), Syllabus(points={"linear": 3}, parts=True)
    for syllabus, half in ((whole, 0), (parts, 1.5)):
        assert points_for(syllabus, LINEAR, "right", ("forward", "backward")) == 3
        assert points_for(syllabus, LINEAR, "blank", ("forward",)) == half
        assert points_for(syllabus, LINEAR, "wrong", ["forward", "forward", "other"]) == half
        assert points_for(syllabus, LINEAR, "stopped") == 0
        assert points_for(syllabus, LINEAR, "wrong", ("forward", "backward")) == 0, "it changes the library"
        assert points_for(syllabus, LINEAR, "ungraded") is None
    assert type(points_for(Syllabus(points={"linear": 2}, parts=True), LINEAR, "wrong", ("forward",))) is int
    assert points_for(whole, ONE, "right", ("",)) == 1


def test_a_syllabus_says_whether_parts_count(tmp_path):
    path = tmp_path / "syllabus.ini"
    Syllabus(parts=True, solutions=False).write(path)
    assert Syllabus.read(path) == Syllabus(parts=True, solutions=False)
    path.write_text("[class]\nparts = half")
    with pytest.raises(InputError, match="parts should be yes or no"):
        Syllabus.read(path)


def test_the_summary_counts_states_points_and_times():
    grades = [a_grade("a", seconds=1), a_grade("b", seconds=2), a_grade("c", state="wrong", seconds=9, points=1.5)]
    grades += [a_grade("d", state="missing", seconds=0)]
    head, row = results.summary(grades, [LINEAR])
    assert dict(zip(head, row)) == {
        **{"exercise": "linear", "right": "2", "wrong": "1", "blank": "0", "stopped": "0", "missing": "1"},
        **{"points": "1.9", "of": "3", "median s": "2.0", "longest s": "9.0"},
    }
    head, row = results.summary([*grades, a_grade("e", state="ungraded", seconds=60)], [LINEAR])
    found = dict(zip(head, row))
    assert (found["ungraded"], found["points"], found["longest s"]) == ("1", "1.9", "9.0")
    assert results.summary([a_grade("e", state="ungraded")], [LINEAR])[1][-4:] == ("", "3", "", "")


def facts(*texts, state="wrong"):
    return [a_grade(f"student {n}", state=state, fact=text) for n, text in enumerate(texts)]


@pytest.mark.parametrize(
    "one, other, sentence",
    [
        ("db[3] is 0.25, not -1e-9.", "db[0] is 1, not 2.5.", "db[N] is N, not N."),
        ("/home/ada/ex02.py, line 3: tabs.", "C:\\x\\my.py, line 40: tabs.", "FILE, line N: tabs."),
        ("ex02.py, line 2:\n\n> 2 | x\n\nThere: x is (3, 4).\nIndexError: 5", "my.py, line 9:\n\nIndexError: 7",
         "IndexError: N"),
        ("The input:\n  x = [1]\n\n  db, yours = [2]\n\ndb differs: 1 of 2", "db differs: 2 of 2",
         "db differs: N of N"),
        ("dW: expected float64, got float32.", "dW: expected float64, got float32.",
         "dW: expected float64, got float32."),
        ("Your code took more than 5 s.", "Your code took more than 60 s.", "Your code took more than N s."),
        ("", "", ""),
    ],
)  # fmt: skip
def test_facts_that_differ_in_numbers_and_paths_are_one_mistake(one, other, sentence):
    ((name, students, share, found),) = results.mistakes(facts(one, other), [LINEAR])
    assert (name, students, share, found) == ("linear", ["student 0", "student 1"], 1, sentence)


def test_what_the_class_got_wrong_is_counted_by_diagnosis():
    grades = [a_grade(f"student {n}", state="wrong", diagnosis=BATCH, fact=f"fact {n}") for n in (10, 9)]
    grades += [*facts("one", "two", state="stopped"), a_grade("r"), a_grade("b", state="blank", fact="not written")]
    grades += [a_grade("student 9", "table-one", "wrong", diagnosis=BATCH), a_grade("u", state="ungraded", fact=WHY)]
    found = results.mistakes(grades, BOTH)
    assert found[0] == ("linear", ["student 9", "student 10"], 2 / 7, BATCH)
    assert [(name, len(students)) for name, students, *_ in found[1:]] == [("linear", 1)] * 2 + [("table-one", 1)]
    assert "  2 of 7  linear     Yours averages db over the batch" in results.mistakes_text(found, 7)
    row, *_ = rows_of(exports.mistakes_csv(grades, BOTH))
    assert row == {**{"exercise": "linear", "students": "2", "share": "0.29", "diagnosis": BATCH},
                   "names": "student 9; student 10"}  # fmt: skip


def test_the_screen_shows_the_ten_most_common_and_the_file_all():
    grades = facts(*(f"fact {chr(97 + n % 17)}" for n in range(60)))
    lines = results.mistakes_text(results.mistakes(grades, [LINEAR]), 60).split("\n")
    assert len(lines) == 12 and "the 10 most common of 17" in lines[0]
    assert len(rows_of(exports.mistakes_csv(grades, [LINEAR]))) == 17


def test_a_small_class_is_shown_student_by_student():
    grades = [a_grade("student 10"), a_grade("student 10", "table-one", "blank", of=1)]
    grades += [a_grade("student 2", state="wrong", points=1.5), a_grade("student 2", "table-one", "ungraded", of=1)]
    assert results.grid(grades, BOTH).split("\n") == [
        "student     02 09 points",
        "student 2  1.5  ? ? of 4",
        "student 10   3  b 3 of 4",
        "",
        "Columns: numbers of exercises. Cells: points; w wrong, b blank, ? ungraded",
    ]
    many = [a_grade(f"{'x' * 50} {n}", exercise.name) for n in range(30) for exercise in EXERCISES]
    text = results.grid(many, EXERCISES)
    assert max(map(len, text.split("\n"))) <= 120 and text.count("\nxxx") + text.startswith("xxx") == 60
    assert all(f" {exercise.number:02}" in text for exercise in EXERCISES), "in two pieces, one below the other"
    large = [a_grade(f"student {n}") for n in range(200)]
    assert results.grid(large, [LINEAR]) is None
    assert "too much for the screen" in results.results_text(large, [LINEAR])


def test_the_screen_is_ascii_of_at_most_120_columns_and_begins_with_what_has_no_grade():
    grades = [a_grade(f"student {n}", e.name, "wrong", fact="word " * 60) for n in range(30) for e in EXERCISES]
    grades += [a_grade(f"late {n}", e.name, "ungraded", fact=WHY) for n in range(8) for e in EXERCISES]
    text = results.results_text(grades, EXERCISES)
    assert text.isascii() and max(map(len, text.split("\n"))) <= 120
    head = f"{8 * len(EXERCISES)} of {38 * len(EXERCISES)} checks have no grade. The environment failed, not the "
    head += "students' work:"
    assert text.startswith(f"{head}\n\n  {WHY}")
    assert "late 0 (paper-input, scaled-tanh" in text
    assert results.results_text([a_grade("a", state="ungraded")], [LINEAR]).count("nobody has all grades") == 1


# The journal.


def test_a_journal_knows_what_was_graded_before_a_crash(tmp_path):
    path = tmp_path / "feedback" / "grades.jsonl"
    journal = Journal(path)
    wrong = a_grade("a\udc80", state="wrong", passed=("forward",), methods=("forward", "backward"), notes=("late",))
    journal.add("key 1", wrong)
    journal.add("key 2", a_grade("b", state="ungraded"))
    assert len(path.read_bytes().splitlines()) == 2, "written at once, not when it is closed"
    assert journal.get("key 1") is None
    path.write_bytes(path.read_bytes() + b'{"key": "key 3", "gra')
    again = Journal(path, resume=True)
    assert (again.get("key 1"), again.get("key 2"), again.get("key 3")) == (wrong, None, None)
    again.add("key 4", a_grade("d"))
    again.close()
    assert set(Journal(path, resume=True).known) == {"key 1", "key 4"}, "half a line spoils no other"
    Journal(path)
    assert path.read_bytes() == b"", "without resume it begins again"


@pytest.mark.parametrize("line", ["[]", "7", '{"key": 1}', '{"key": "k", "grade": {}}', "\x00", '{"key":[],"grade":7}'])
def test_lines_that_are_no_grades_are_ignored(line, tmp_path):
    (tmp_path / "j").write_text(f"{line}\n")
    assert Journal(tmp_path / "j", resume=True).known == {}


def test_a_journal_that_cannot_be_written_is_a_sentence_and_stops_nothing(tmp_path):
    with pytest.raises(InputError, match="cannot be written"):
        Journal(tmp_path)
    if os.path.exists("/dev/full"):
        journal = Journal("/dev/full")
        journal.add("key", a_grade("a"))
        assert journal.failure.strerror == "No space left on device"
        journal.close()


def test_a_key_changes_with_everything_that_a_grade_depends_on(monkeypatch):
    files, syllabus = {LINEAR.file: b"1", "help.py": b"2"}, Syllabus()
    key = key_of(files, LINEAR, syllabus)
    assert key == key_of(dict(reversed(files.items())), LINEAR, Syllabus(points={"linear": 9}, solutions=False))
    others = [key_of(files, ONE, syllabus), key_of(files, LINEAR, syllabus, "ada"), key_of({}, LINEAR, syllabus)]
    others += [key_of(files | {"help.py": b"3"}, LINEAR, syllabus), key_of(files | {"more.py": b""}, LINEAR, syllabus)]
    others += [key_of(files, LINEAR, Syllabus(**{name: 400})) for name in ("seed", "seconds", "memory")]
    monkeypatch.setattr("scratchnet.exercises.journal.__version__", "another")
    others.append(key_of(files, LINEAR, syllabus))
    assert len({key, *others}) == 10


# The command.


@pytest.fixture
def classroom(tmp_path, monkeypatch):
    """A class of two, and a stand-in for the grader. `made`: what was graded; `states`: those that are not "right"."""
    monkeypatch.chdir(tmp_path)
    for student in ("ada", "bob"):
        Path("class", student).mkdir(parents=True)
        Path("class", student, LINEAR.file).write_text(student)
    Path("class/syllabus.ini").write_text("[points]\nlinear = 3\ntable-one = 1\n")
    made, states = [], {}

    def grade(folder, syllabus, jobs, progress, known=None, say_where=None):
        found, known = [], known or {}
        for task in ((s.student, e) for s in submissions(folder) for e in syllabus.exercises):
            student, exercise = task
            if (student, exercise.name) not in known:
                state = states.get((student, exercise.name), "right")
                if state == "Ctrl-C":
                    raise KeyboardInterrupt
                points, of = points_for(syllabus, exercise, state), syllabus.points[exercise.name]
                made.append((student, exercise.name))
                found.append(a_grade(student, exercise.name, state, points, of=of, fact=WHY))
                progress(found[-1])
            else:
                found.append(known[student, exercise.name])
        return found

    monkeypatch.setattr(grading, "grade", grade)
    return made, states


def test_resume_grades_only_what_is_missing_or_new(classroom, capfd):
    made, states = classroom
    states["bob", "table-one"] = "Ctrl-C"
    assert main(["exercise", "grade", "class"]) == 130
    journal = Path("feedback/grades.jsonl")
    assert f"{journal}. The same command with --resume goes on." in capfd.readouterr().err
    assert len(made) == 3
    states.clear(), made.clear()
    Path("class/ada", LINEAR.file).write_text("another")
    assert main(["exercise", "grade", "class", "--resume"]) == 0
    assert f"1 of 4 grades are in {journal}" in capfd.readouterr().err
    assert made == [("ada", "linear"), ("ada", "table-one"), ("bob", "table-one")]
    Path("class/syllabus.ini").write_text("[points]\nlinear = 6\ntable-one = 1\n")
    assert main(["exercise", "grade", "class", "--resume", "--csv", "g.csv"]) == 0
    assert len(made) == 3 and "ada,6,1,7,7" in Path("g.csv").read_text("utf-8"), "points change without grading"
    assert main(["exercise", "grade", "class"]) == 0
    assert len(made) == 7


def test_what_the_environment_spoilt_has_no_grade_and_is_graded_again(classroom, capfd):
    made, states = classroom
    states["bob", "linear"] = "ungraded"
    assert main(["exercise", "grade", "class", "--csv", "g.csv"]) == 1
    out, err = capfd.readouterr()
    assert out.startswith("1 of 4 checks have no grade.") and WHY in out and "bob (linear)" in out
    assert "with --resume: only what has no grade is graded" in err
    assert "bob,,1,,4" in Path("g.csv").read_text("utf-8")
    states.clear(), made.clear()
    assert main(["exercise", "grade", "class", "--resume", "--csv", "g.csv"]) == 0
    assert made == [("bob", "linear")] and "bob,3,1,4,4" in Path("g.csv").read_text("utf-8")


def test_a_file_that_cannot_be_written_loses_no_other(classroom, monkeypatch, capfd):
    write = exports.atomic_write

    def full(path):
        if Path(path).name in ("g.csv", "ada.txt"):
            raise OSError(28, "No space left on device", str(path))
        return write(path)

    monkeypatch.setattr(exports, "atomic_write", full)
    command = ["exercise", "grade", "class", "--csv", "g.csv", "--json", "g.json", "--canvas", "c.csv"]
    assert main(command) == 1
    out, err = capfd.readouterr()
    assert "g.csv cannot be written: No space left on device." in err and "ada.txt cannot be written" in err
    assert "written: g.json" in out and "written: g.csv" not in out and "written: feedback" not in out
    assert Path("c.csv").exists() and Path("feedback/bob.txt").exists()
    monkeypatch.setattr(exports, "atomic_write", write)
    classroom[0].clear()
    assert main([*command, "--resume"]) == 0
    assert classroom[0] == [] and Path("g.csv").exists(), "nothing is graded again"


def test_files_are_written_before_anything_is_printed(classroom, monkeypatch):
    there = []
    monkeypatch.setattr("builtins.print", lambda *a, file=None, **k: file or there.append(Path("g.csv").exists()))
    assert main(["exercise", "grade", "class", "--csv", "g.csv"]) == 0
    assert there and all(there)


def test_two_flags_do_not_name_the_same_file(classroom, capfd):
    assert main(["exercise", "grade", "class", "--csv", "g.csv", "--moodle", "./g.csv"]) == 2
    assert "--csv and --moodle name the same file" in capfd.readouterr().err
    assert classroom[0] == []


def test_moodle_without_numbers_is_said(classroom, capfd):
    assert main(["exercise", "grade", "class", "--moodle", "m.csv", "--gradescope", "gs"]) == 0
    out, err = capfd.readouterr()
    assert "2 of 2 have none" in err
    assert "written: gs (a results.json for each student)" in out and Path("gs/ada/results.json").exists()


def test_the_help_begins_with_examples_and_has_a_line_for_each_flag(monkeypatch, capfd):
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit):
        main(["exercise", "grade", "--help"])
    lines = capfd.readouterr().out.splitlines()
    assert lines[2] == "examples:" and max(map(len, lines)) <= 80
    flags = lines[lines.index("options:") + 1 :]
    assert len(flags) == 14 and all(line.startswith("  -") for line in flags)


def test_files_are_there_although_nobody_reads_what_is_printed(tmp_path):
    """As with `| head -1`: the reading end of the pipe is closed."""
    (tmp_path / "class" / "ada").mkdir(parents=True)
    (tmp_path / "class" / "syllabus.ini").write_text("[points]\ntable-one = 1\n")
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "scratchnet", "exercise", "grade", "class", "--csv", "g.csv", "--json", "g.json"]
    try:
        run = subprocess.run(command, cwd=tmp_path, stdout=write, stderr=subprocess.PIPE, text=True, timeout=170)
    finally:
        os.close(write)
    assert "Traceback" not in run.stderr
    assert "ada,0,0,1" in (tmp_path / "g.csv").read_text("utf-8")
    assert json.loads((tmp_path / "g.json").read_text())[0]["state"] == "missing"
    assert (tmp_path / "feedback" / "ada.txt").exists()
