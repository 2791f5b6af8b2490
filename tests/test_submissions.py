"""Submissions as they come from students and platforms, and files that are not believed."""

import io
import json
import os
import socket
import stat
import tarfile
import zipfile
from pathlib import Path, PurePosixPath

import pytest
from answers import ANSWERS
from attempts import filled
from hypothesis import given
from hypothesis import strategies as st

from scratchnet.errors import InputError
from scratchnet.exercises import bags, class_archive
from scratchnet.exercises import grade as grading
from scratchnet.exercises.bags import Bag, code_cells, from_archive, inside
from scratchnet.exercises.blank import blank_file
from scratchnet.exercises.catalogue import EXERCISES, find_exercise
from scratchnet.exercises.class_archive import unpack_class
from scratchnet.exercises.submissions import nearness, same_numbers, submissions
from scratchnet.exercises.syllabus import Syllabus

LINEAR, SQUARES = find_exercise("linear"), find_exercise("linear-backward2")
TEXT = filled(LINEAR, ANSWERS["linear"])


def only(folder):
    (found,) = submissions(folder)
    return found


def put(path, text=TEXT):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def zipped(members):
    """The bytes of a zip. members: {name or ZipInfo: text}."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return file.getvalue()


NEAR = (
    *("ex02_linear (1).py", "ex02_linear-1.py", "ex02_linear(2).py", "ex02_linear - Copy.py", "ex02_linear_copy.py"),
    *("Copy of ex02_linear.py", "Kopie von ex02_linear.py", "Ex02_Linear.PY", "ex2_linear.py", "ex02-linear.py"),
    *("ex02 linear.py", "ex02_linear.py.txt", "ex02_linear.txt", "02_linear.py", "linear.py", "ex02.py"),
    *("ex02_linear.ipynb", "ex02_linear - Copy (2).py", "exercise02_linear.py", "ex02_linear.py (1).py"),
)


@pytest.mark.parametrize("name", NEAR)
def test_a_near_name_is_recognised_and_no_other_exercise_s(name):
    assert [exercise.name for exercise in EXERCISES if nearness(name, exercise) is not None] == ["linear"]


@pytest.mark.parametrize(
    "name", ["ex02_linear.backup-1.py", "README.txt", "notes.txt", "helpers.py", "ex99_linear.py", "linear", "numpy.py"]
)
def test_other_files_are_no_exercise(name):
    assert all(nearness(name, exercise) is None for exercise in EXERCISES)


def test_similar_exercises_are_told_apart():
    for exercise in EXERCISES:
        for name in (exercise.file, exercise.file.replace(".py", " (1).py"), f"{exercise.name}.py"):
            assert [other for other in EXERCISES if nearness(name, other) is not None] == [exercise]


@pytest.mark.parametrize("name", [name for name in NEAR if not name.endswith(".ipynb")])
def test_a_near_name_is_graded_and_named(name, tmp_path):
    put(tmp_path / "anna" / name)
    student = only(tmp_path)
    assert student.desk(LINEAR)[LINEAR.file] == TEXT.encode()
    assert student.notes([LINEAR]) == [f"Graded from {name}; the name should be {LINEAR.file}."]


def test_the_proper_name_wins_and_the_other_is_named(tmp_path):
    put(tmp_path / "anna" / LINEAR.file)
    put(tmp_path / "anna" / "ex02_linear (1).py", "other")
    student = only(tmp_path)
    assert student.desk(LINEAR)[LINEAR.file] == TEXT.encode()
    assert student.notes([LINEAR]) == ["Not looked at: ex02_linear (1).py."]


def test_two_near_names_are_the_teacher_s_decision_unless_they_are_the_same(tmp_path):
    for name in ("ex02_linear (1).py", "ex02_linear (2).py"):
        put(tmp_path / "anna" / name)
    assert "linear" in only(tmp_path).chosen().files
    put(tmp_path / "anna" / "ex02_linear (2).py", "other")
    (grade,) = grading.grade(tmp_path, Syllabus(points={"linear": 1}))
    assert (grade.state, grade.points) == ("ungraded", None)
    assert "ex02_linear (1).py, ex02_linear (2).py" in grade.fact and "Leave one of them" in grade.fact


@pytest.mark.parametrize("place", ["", "my", "Homework", "a/b/c"])
def test_folders_and_what_lies_beside(place, tmp_path):
    folder = tmp_path / "anna" / place
    put(folder / LINEAR.file)
    put(folder / "help.py", "x = 1")
    put(folder / "tools" / "deep" / "__init__.py", "")
    put(folder / "data.json", "{}")
    put(folder / "ex04_im2col (1).py", "y = 2")
    put(folder / "__pycache__" / "help.cpython-311.pyc", "")
    put(folder / ".git" / "x.py", "")
    names = set(only(tmp_path).desk(LINEAR))
    assert names == {
        LINEAR.file,
        "help.py",
        "tools/deep/__init__.py",
        "data.json",
        "ex04_im2col (1).py",
        "ex04_im2col.py",
    }


@pytest.mark.parametrize("name", ["anna.zip", "anna/work.zip", "anna.tar.gz"])
@pytest.mark.parametrize("top", ["", "my/", "Abgabe/final/"])
def test_archives(name, top, tmp_path):
    data = zipped({f"{top}{LINEAR.file}": TEXT, f"{top}help.py": "", "__MACOSX/._ex02_linear.py": "x"})
    if name.endswith("gz"):
        file = io.BytesIO()
        with tarfile.open(fileobj=file, mode="w:gz") as archive:
            member = tarfile.TarInfo(f"{top}{LINEAR.file}")
            member.size = len(TEXT)
            archive.addfile(member, io.BytesIO(TEXT.encode()))
        data = file.getvalue()
    put(tmp_path / name, data)
    student = only(tmp_path)
    assert student.student == "anna" and student.desk(LINEAR)[LINEAR.file] == TEXT.encode()


def test_a_zip_of_windows_and_a_zip_in_a_zip(tmp_path):
    put(tmp_path / "a.zip", zipped({"my\\ex02_linear.py": TEXT}))
    put(tmp_path / "b.zip", zipped({"inner.zip": zipped({LINEAR.file: TEXT})}))
    assert all("linear" in student.chosen().files for student in submissions(tmp_path))


def link(name):
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


@pytest.mark.parametrize(
    "name",
    ["../ex02_linear.py", "/ex02_linear.py", "C:/ex02_linear.py", "a/../../ex02_linear.py", "..\\ex02_linear.py"],
)
def test_no_path_leaves_the_folder(name, tmp_path):
    put(tmp_path / "anna.zip", zipped({name: TEXT}))
    student = only(tmp_path)
    assert not student.bag().files and "leads out of the folder" in student.notes([LINEAR])[0]


def test_archives_that_are_not_believed(tmp_path, monkeypatch):
    monkeypatch.setattr(bags, "ALL", 2**20)
    monkeypatch.setattr(bags, "MEMBERS", 50)
    good = {LINEAR.file: TEXT}
    put(tmp_path / "bomb.zip", zipped(good | {"zeros.csv": b"\0" * 2**24}))
    put(tmp_path / "link.zip", zipped({link(LINEAR.file): "/etc/passwd"}))
    put(tmp_path / "many.zip", zipped(good | {f"f{n}.py": "" for n in range(99)}))
    put(tmp_path / "cut.zip", zipped(good)[:-30])
    put(tmp_path / "text.zip", "I am no zip")
    locked = bytearray(zipped(good))
    for signature, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        locked[locked.index(signature) + offset] |= 1
    put(tmp_path / "locked.zip", bytes(locked))
    notes = {student.student: " ".join(student.notes([LINEAR])) for student in submissions(tmp_path)}
    assert "zeros.csv is left out: it is too large" in notes["bomb"]
    assert "is a link or no file" in notes["link"]
    assert "more than 50 files" in notes["many"]
    assert "is damaged, or it is no archive" in notes["cut"] and "is damaged" in notes["text"]
    assert "is encrypted" in notes["locked"]
    assert "linear" in next(s for s in submissions(tmp_path) if s.student == "bomb").chosen().files


@given(st.dictionaries(st.text(max_size=30), st.binary(max_size=30), max_size=5), st.binary(max_size=60))
def test_any_archive_gives_paths_inside_or_notes(members, tail):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in members.items():
            if name:
                archive.writestr(zipfile.ZipInfo(name), data)
    for data in (file.getvalue(), file.getvalue() + tail, tail):
        bag = Bag()
        from_archive(data, bag, PurePosixPath("desk"), PurePosixPath("x.zip"))
        for path in bag.files:
            assert ".." not in path.split("/") and path.startswith("desk/") and "\0" not in path


@given(st.text(max_size=40))
def test_a_path_that_is_taken_stays_inside(text):
    path = inside(text)
    assert path is None or os.path.normpath(f"/desk/{path}").startswith("/desk")


def test_files_that_are_none(tmp_path):
    folder = tmp_path / "anna"
    put(folder / LINEAR.file)
    os.mkfifo(folder / "pipe.py")
    (folder / "away.py").symlink_to("/etc/passwd")
    (folder / "loop").symlink_to(folder)
    with (folder / "sparse.py").open("wb") as file:
        file.truncate(1_500_000_000)
    with (folder / "sparse.csv").open("wb") as file:
        file.truncate(1_500_000_000)
    place = os.getcwd()
    os.chdir(folder)  # the name of a socket is short
    try:
        server = socket.socket(socket.AF_UNIX)
        server.bind("plug.py")
    finally:
        os.chdir(place)
    student = only(tmp_path)
    notes = " ".join(student.notes([LINEAR]))
    assert set(student.desk(LINEAR)) == {LINEAR.file}
    assert "pipe.py is no file but a pipe" in notes and "plug.py is no file" in notes
    assert "away.py is a link" in notes and "loop is a link" in notes and "sparse.py is left out" in notes
    server.close()


def test_what_cannot_be_read_is_no_zero(tmp_path, monkeypatch):
    put(tmp_path / "anna" / "locked" / LINEAR.file)
    put(tmp_path / "bob" / LINEAR.file)
    scandir = os.scandir

    def refuse(path):
        if str(path).endswith("locked"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    grades = {grade.student: grade for grade in grading.grade(tmp_path, Syllabus(points={"linear": 1}))}
    assert (grades["anna"].state, grades["anna"].points) == ("ungraded", None)
    assert "cannot be read: Permission denied" in grades["anna"].fact
    assert grades["bob"].state == "right"


def notebook(*cells, **more):
    found = [{"cell_type": "code", "source": source} for source in cells]
    return json.dumps({"nbformat": 4, "cells": [{"cell_type": "markdown", "source": "text"}, *found]} | more)


def test_notebooks(tmp_path):
    put(tmp_path / "anna" / "ex02_linear.ipynb", notebook("%matplotlib inline\nimport numpy", ["!pip list\n", "x = 1"]))
    student = only(tmp_path)
    code = student.desk(LINEAR)[LINEAR.file].decode()
    assert code == "# %matplotlib inline\nimport numpy\n\n# !pip list\nx = 1\n"
    assert student.notes([LINEAR]) == ["Graded from the code cells of ex02_linear.ipynb."]
    assert code_cells(notebook("%%time\nx = 1").encode()) == b"# %%time\n# x = 1\n"
    put(tmp_path / "anna" / LINEAR.file)
    assert student.places and only(tmp_path).desk(LINEAR)[LINEAR.file] == TEXT.encode()


@pytest.mark.parametrize("text", ["", "{}", "[1", '{"cells": 3}', "[" * 5000, '{"worksheets": []}'])
def test_a_notebook_that_is_none_is_a_note(text, tmp_path):
    put(tmp_path / "anna" / "ex02_linear.ipynb", text)
    student = only(tmp_path)
    assert "linear" not in student.chosen().files and "is not a notebook" in student.notes([LINEAR])[0]


METADATA = """---
submission_11:
  :submitters:
  - :name: Zoe Zander
    :sid: '77'
    :email: zoe@example.org
  :created_at: 2026-01-01
submission_12:
  :submitters:
  - :name: Adam Alt
"""


def test_platforms(tmp_path):
    moodle, canvas, scope = tmp_path / "moodle", tmp_path / "canvas", tmp_path / "scope"
    put(moodle / "Anna Muster_1234567_assignsubmission_file_" / LINEAR.file)
    put(moodle / "Bo Bo_7_assignsubmission_file_ex02_linear.py")
    put(moodle / "Bo Bo_7_assignsubmission_file_ex04_im2col.py", "x")
    put(moodle / "syllabus.ini", "")
    found = submissions(moodle)
    assert [(s.student, s.id) for s in found] == [("Anna Muster", "1234567"), ("Bo Bo", "7")]
    assert set(found[1].chosen().files) == {"linear", "im2col"}
    put(canvas / "musteranna_LATE_12345_67890_ex02_linear-1.py")
    put(canvas / "bobo_7_8_my.zip", zipped({LINEAR.file: TEXT}))
    found = submissions(canvas)
    assert [(s.student, s.id) for s in found] == [("bobo", "7"), ("musteranna", "12345")]
    assert all("linear" in s.chosen().files for s in found)
    put(scope / "submission_11" / LINEAR.file)
    put(scope / "submission_12" / LINEAR.file)
    put(scope / "submission_metadata.yml", METADATA)
    assert [(s.student, s.id) for s in submissions(scope)] == [("Adam Alt", "12"), ("Zoe Zander", "11")]


def test_names_of_students(tmp_path):
    for name in (
        "student 10",
        "student 2",
        "Zo\u00eb",
        "=1+1",
        "anna_1_assignsubmission_file_",
        "anna_2_assignsubmission_file_",
    ):
        put(tmp_path / name / LINEAR.file)
    names = [s.student for s in submissions(tmp_path)]
    assert names == ["=1+1", "anna (1)", "anna (2)", "student 2", "student 10", "Zo\u00eb"]


def test_a_folder_and_a_zip_of_one_name_are_one_student_and_a_link_is_none(tmp_path):
    put(tmp_path / "anna" / LINEAR.file)
    put(tmp_path / "anna.zip", zipped({"ex04_im2col.py": "x"}))
    (tmp_path / "bob").symlink_to(tmp_path / "anna")
    anna, bob = submissions(tmp_path)
    assert set(anna.chosen().files) == {"linear", "im2col"}
    assert not bob.chosen().files and "bob is a link" in bob.notes([LINEAR])[0]


def test_what_is_no_class_is_a_sentence(tmp_path):
    for folder, words in (("none", "There is no folder"), ("empty", "holds no folders"), ("one", "of one student")):
        if folder != "none":
            (tmp_path / folder).mkdir()
        if folder == "one":
            put(tmp_path / folder / LINEAR.file)
        with pytest.raises(InputError, match=words):
            submissions(Path(tmp_path, folder))


# The archive of a whole class.

CLASS = {
    "Anna Muster_12_assignsubmission_file/ex02_linear.py": TEXT,
    "Bob_13_assignsubmission_file/work.zip": zipped({LINEAR.file: TEXT.replace(" @ ", " * ")}),
}


@pytest.mark.parametrize("top", ["", "all of them/"])
@pytest.mark.parametrize("kind", ["zip", "tar.gz"])
def test_the_archive_of_a_class_is_graded(kind, top, tmp_path, monkeypatch, capsys):
    from scratchnet.cli import main

    monkeypatch.chdir(tmp_path)
    files = {top + name: text if isinstance(text, bytes) else text.encode() for name, text in CLASS.items()}
    archive = Path(f"class.{kind}")
    if kind == "zip":
        archive.write_bytes(zipped(files))
    else:
        with tarfile.open(archive, "w:gz") as opened:
            for name, data in files.items():
                info = tarfile.TarInfo(name)
                info.size = len(data)
                opened.addfile(info, io.BytesIO(data))
    Path("syllabus.ini").write_text("[points]\nlinear = 2\n")
    assert main(["exercise", "grade", str(archive), "--json", "grades.json"]) == 0
    grades = {grade["student"]: grade["state"] for grade in json.loads(Path("grades.json").read_text())}
    assert grades == {"Anna Muster": "right", "Bob": "wrong"}
    assert "2" in capsys.readouterr().out


def test_no_member_of_a_class_leaves_the_folder(tmp_path):
    inner = tmp_path / "inner"
    inner.mkdir()
    names = ["../up.py", "/abs.py", "a/../../up.py", "C:/x.py", "good/ex02_linear.py"]
    linked = zipfile.ZipInfo("link.py")
    linked.external_attr = (stat.S_IFLNK | 0o777) << 16
    archive = put(tmp_path / "class.zip", zipped(dict.fromkeys(names, TEXT) | {linked: "/etc/passwd"}))
    notes = unpack_class(archive, inner)
    assert [path.relative_to(inner).as_posix() for path in inner.rglob("*") if path.is_file()] == [names[-1]]
    assert len(notes) == 5 and sum("leads out" in note for note in notes) == 4
    assert "link.py is left out: it is a link or a device." in notes
    assert sorted(path.name for path in tmp_path.iterdir()) == ["class.zip", "inner"]


def test_one_damaged_member_ends_nobody_s_grading(tmp_path):
    """A wrong checksum, and a name that is a file and a folder."""
    data = bytearray(
        zipped({"anna/ex02_linear.py": "a" * 200, "bob/ex02_linear.py": TEXT, "bob/ex02_linear.py/x.py": "x"})
    )
    at = data.index(b"PK\x01\x02") + 16  # the checksum of the first member in the directory
    data[at] ^= 1
    notes = unpack_class(put(tmp_path / "class.zip", bytes(data)), tmp_path / "a")
    assert [note.split(" is left out")[0] for note in notes] == ["anna/ex02_linear.py", "bob/ex02_linear.py/x.py"]
    assert (tmp_path / "a" / "bob" / "ex02_linear.py").read_text() == TEXT
    assert not (tmp_path / "a" / "anna" / "ex02_linear.py").exists()


def test_an_archive_of_a_class_that_lies_is_a_sentence(tmp_path, monkeypatch):
    good = zipped(CLASS)
    for name, data in (("cut.zip", good[:-30]), ("text.zip", b"I am no zip"), ("cut.tar.gz", b"\x1f\x8b\x08")):
        with pytest.raises(InputError, match="cannot be unpacked"):
            unpack_class(put(tmp_path / name, data), tmp_path / "a")
    monkeypatch.setattr(class_archive, "LARGEST", 1000)
    with pytest.raises(InputError, match="Is it the archive of a class"):
        unpack_class(put(tmp_path / "good.zip", good), tmp_path / "a")


def test_numbers_of_one_name_in_two_submissions_are_told(tmp_path):
    size, field = find_exercise("output-size"), find_exercise("receptive-field")
    for student, name in (("ada", "Ada  L"), ("bob", "ada l"), ("eve", "eve")):
        (tmp_path / student).mkdir()
        (tmp_path / student / size.file).write_text(blank_file(size, name))
        (tmp_path / student / field.file).write_text(blank_file(field, name))
    listed = submissions(tmp_path)
    assert same_numbers(listed, EXERCISES) == ["ada, bob have the numbers of one name, 'ada l'. Was a file handed on?"]
    assert same_numbers(listed, [find_exercise("linear")]) == [] == same_numbers(listed[1:], EXERCISES)
