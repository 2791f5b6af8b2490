"""A class of thirty: right, wrong, and everything that goes wrong with strangers' files."""

import csv
import json
import os
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from answers import ANSWERS
from attempts import filled

from scratchnet.cli import main
from scratchnet.errors import InputError
from scratchnet.exercises import grade as grading
from scratchnet.exercises.catalogue import IN_ORDER, find_exercise
from scratchnet.exercises.submissions import submissions
from scratchnet.exercises.syllabus import Syllabus

LINEAR, ONE = find_exercise("linear"), find_exercise("table-one")
RIGHT, BACK = ANSWERS["linear"]
SYLLABUS = "[class]\nseed = 77\nseconds = 5\nmemory = 1500\n[points]\nlinear = 3\ntable-one = 1\n"

FORK = """
import os
if os.fork():
    os._exit(0)
while True:
    pass
"""

# {student: (bodies of linear, lines above them, state, words of the feedback)}
CLASS = {
    "wrong-bias": ([RIGHT.replace(" + self.b", ""), BACK], "", "wrong", "Yours has no bias; it should add b."),
    "wrong-mean": ([RIGHT, BACK.replace("dy.sum", "dy.mean")], "", "wrong", "Yours averages db over the batch"),
    "wrong-sign": ([RIGHT, BACK.replace("return ", "return -")], "", "wrong", "wrong sign"),
    "wrong-adds": (
        [RIGHT, BACK.replace("self.dW =", 'self.dW = vars(self).get("dW", 0) +')],
        "",
        "wrong",
        "Yours adds dW up",
    ),
    "seed-zero": ([RIGHT, "return np.load('answers.npy')"], "", "wrong", "answers.npy"),
    "blank": (["", ""], "", "blank", "You have not written it yet"),
    "half": ([RIGHT, ""], "", "blank", "MyLinear.backward"),
    "forever": ([RIGHT, "while True:\n    dy = dy + 1"], "", "wrong", "Is there an endless loop"),
    "forever-at-import": ([RIGHT, BACK], "while True:\n    pass", "wrong", "Is there an endless loop"),
    "forever-deaf": (
        ["import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True:\n    pass", BACK],
        "",
        "stopped",
        "Is there an endless loop",
    ),
    "memory": (["return [np.ones(10**8) for _ in range(100)]", BACK], "", "wrong", "more memory than there is"),
    "memory-of-lists": (["a = [0]\nwhile True:\n    a = a + a", BACK], "", "wrong", "more memory than there is"),
    "recursion": (["return self.forward(x)", BACK], "", "wrong", "calls itself without an end"),
    "syntax": (["return x @", BACK], "", "wrong", "SyntaxError"),
    "missing-import": ([RIGHT, BACK], "import tensorflow_of_tomorrow", "wrong", "No module named"),
    "talker": ([RIGHT, BACK], "for _ in range(200_000):\n    print('x' * 100)", "right", ""),
    "exits": ([RIGHT, "raise SystemExit(0)"], "", "wrong", "Your code ends Python"),
    "exits-hard": ([RIGHT, "import os\nos._exit(0)"], "", "stopped", "The process ended before the check did"),
    "crashes": ([RIGHT, "import os\nos.kill(os.getpid(), 11)"], "", "stopped", "ended by signal 11"),
    "changes-checks": (
        ["return x", "return dy"],
        "import scratchnet.checks\nscratchnet.checks.compare = lambda *a, **k: 0.0",
        "wrong",
        "changes parts of the library",
    ),
    "changes-layer": (
        [RIGHT, "return -dy @ self.W"],
        "import scratchnet\nscratchnet.Linear.backward = lambda self, dy: -dy @ self.W",
        "wrong",
        "changes parts of the library",
    ),
    "changes-numpy": (["return x", "return dy"], "np.allclose = lambda *a, **k: True", "wrong", "changes parts"),
    "forges": (
        ["return x", BACK],
        "import json, pathlib\npathlib.Path('../answer.json').write_text(json.dumps("
        "{'state': 'right', 'text': '', 'fact': '', 'diagnosis': '', 'token': ''}))\nimport os\nos._exit(0)",
        "stopped",
        "The process ended",
    ),
    "own-json": ([RIGHT, BACK], "", "right", ""),
    "leaves-a-child": ([RIGHT, BACK], FORK, "stopped", ""),
    "spoils-others": (
        [RIGHT, BACK],
        "import pathlib\nfor path in pathlib.Path('..').rglob('*.py'):\n    path.write_text('spoilt')\n"
        "for path in pathlib.Path('.').glob('*.py'):\n    path.unlink()",
        "right",
        "",
    ),
}
STUDENTS = [*CLASS, "right-1", "right-in-my", "nothing", "Zo\u00eb, =1+1"]


@pytest.fixture(scope="module")
def classroom(tmp_path_factory):
    folder = tmp_path_factory.mktemp("class")
    for student in STUDENTS:
        bodies, above, _, _ = CLASS.get(student, ([RIGHT, BACK], "", "right", ""))
        place = folder / "class" / student / ("my" if student == "right-in-my" else "")
        place.mkdir(parents=True)
        if student != "nothing":
            text = filled(LINEAR, bodies, above)
            (place / LINEAR.file).write_text(text, encoding="utf-8")
            if student == "own-json":
                (place / "json.py").write_text("spoilt = ")
                (place / "numpy.py").mkdir()
            (place / ONE.file).write_text(filled(ONE, ANSWERS["table-one"]), encoding="utf-8")
    (folder / "class" / "syllabus.ini").write_text(SYLLABUS)
    return folder


@pytest.mark.planted
def test_a_class_of_thirty(classroom, monkeypatch, capfd):
    monkeypatch.chdir(classroom)
    assert len(STUDENTS) == 30
    files = ["--csv", "grades.csv", "--json", "grades.json", "--junit", "grades.xml"]
    before = {path: path.read_bytes() for path in Path("class").rglob("*.py") if path.is_file()}
    assert main(["exercise", "grade", "class", "--jobs", "2", *files]) == 0
    out, err = capfd.readouterr()
    assert "not a security sandbox" in err
    assert "30 students" in out
    assert "xxx" not in out + err
    assert {path: path.read_bytes() for path in Path("class").rglob("*.py") if path.is_file()} == before
    assert not list(Path("class").rglob("__pycache__"))
    grades = {(g["student"], g["exercise"]): g for g in json.loads(Path("grades.json").read_text())}
    assert len(grades) == 60
    for student in STUDENTS:
        mine, other = grades[student, "linear"], grades[student, "table-one"]
        state, words = CLASS[student][2:] if student in CLASS else ("right", "")
        if student == "nothing":
            state = "missing"
        assert (mine["state"], mine["points"]) == (state, 3 * (state == "right")), mine
        assert mine["of"] == 3 and mine["seconds"] < 60
        feedback = Path("feedback", f"{student}.txt").read_text("utf-8")
        assert words in feedback
        assert feedback.startswith(f"{student}: ")
        assert str(classroom) not in feedback
        assert other["state"] == ("missing" if student == "nothing" else "right"), "nobody else's is affected"
    rows = {row["student"]: row for row in csv.DictReader(Path("grades.csv").read_text("utf-8-sig").splitlines())}
    assert list(rows) == sorted(STUDENTS, key=str.casefold)
    assert rows["right-1"]["points"] == rows["right-1"]["of"] == "4"
    assert rows["wrong-sign"]["linear"] == "0" and rows["wrong-sign"]["points"] == "1"
    suites = ET.parse("grades.xml").getroot()
    assert len(suites) == 30 and sum(len(suite) for suite in suites) == 60
    failed = [case for case in suites.iter("testcase") if case.find("failure") is not None]
    assert len(failed) == sum(g["state"] not in ("right", "missing") for g in grades.values())
    assert all(case.find("failure").get("message") for case in failed)


def small_class(folder, bodies=(RIGHT, BACK), name="student"):
    place = folder / "class" / name
    place.mkdir(parents=True)
    (place / LINEAR.file).write_text(filled(LINEAR, bodies))
    return folder / "class"


def test_one_student_is_graded_as_the_checker_says(tmp_path):
    folder = small_class(tmp_path, [RIGHT, BACK.replace("dy.sum", "dy.mean")])
    (grade,) = grading.grade(folder, Syllabus(points={"linear": 2}))
    assert (grade.state, grade.points, grade.of) == ("wrong", 0, 2)
    assert grade.diagnosis == "Yours averages db over the batch; it should sum: the 1/N is in the loss."
    assert str(tmp_path) not in grade.text and "ex02_linear.py" in grade.text


def test_the_seed_of_a_class_is_not_the_public_one():
    assert Syllabus().seed != 0


def test_what_cannot_be_graded_is_a_sentence(tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    Path("empty").mkdir()
    Path("file").write_text("")
    for folder, words in (
        ("none", "There is no folder none"),
        ("empty", "holds no folders"),
        ("file", "no folder file"),
    ):
        assert main(["exercise", "grade", folder]) == 2
        assert words in capfd.readouterr().err
    small_class(tmp_path, ["", ""])
    assert main(["exercise", "grade", "class/student"]) == 2
    assert "is the folder of one student" in capfd.readouterr().err
    small_class(tmp_path, ["", ""], "lost/Homework")
    (lost,) = [s for s in submissions("class") if s.student == "lost"]
    assert lost.notes([LINEAR]) == [f"Graded from Homework/{LINEAR.file}."]
    Path("syllabus.ini").write_text("[points]\nlinear = 1\n")
    monkeypatch.setattr(grading, "grade", None)  # it is said before anything is graded
    for option, path in (("--csv", "file/grades.csv"), ("--json", "empty"), ("--feedback", "file")):
        assert main(["exercise", "grade", "class", option, path]) == 2
        assert f"{path}{'/STUDENT.txt' * (option == '--feedback')} cannot be written: " in capfd.readouterr().err


def test_hidden_folders_are_no_students(tmp_path):
    for name in ("student", ".git", "__pycache__"):
        small_class(tmp_path, [RIGHT, BACK], name)
    assert [submission.student for submission in submissions(tmp_path / "class")] == ["student"]


@pytest.mark.parametrize(
    "text, words",
    [
        ("[points]\nlineer = 1", "Did you mean 'linear'"),
        ("[points]\nlinear = many", "whole number of at least 0, got 'many'"),
        ("[points]\nlinear", "is not a syllabus"),
        ("[class]\nsolutions = perhaps", "yes or no"),
        ("[points]\n", "names no exercise"),
        ("[class]\nseconds = 0", "at least 1"),
        ("[class]\ncolour = blue", "has no 'colour'"),
        ("[clas]\nseed = 1", "Did you mean 'class'"),
        ("points: \xff", "is not a syllabus"),
    ],
)
def test_a_syllabus_that_cannot_be_read_is_a_sentence(text, words, tmp_path):
    path = tmp_path / "syllabus.ini"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(InputError, match=words) as why:
        Syllabus.read(path)
    assert str(path) in str(why.value)


def test_a_syllabus_as_written_is_read_again(tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    assert main(["exercise", "syllabus"]) == 0 and main(["exercise", "syllabus"]) == 2
    assert "exists already" in capfd.readouterr().err
    assert Syllabus.read("syllabus.ini") == Syllabus() and list(Syllabus().points) == [e.name for e in IN_ORDER]
    path = Path("syllabus.ini")
    path.write_text(path.read_text().replace("solutions = yes", "solutions = no").replace("seed = 1998", "seed = 5"))
    assert (Syllabus.nearby(".").solutions, Syllabus.nearby("none", ".").seed) == (False, 5)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_text().replace("\n", "\r\n").encode())
    assert Syllabus.read(path).seed == 5
    os.remove(path)
    assert Syllabus.nearby(".") == Syllabus()
