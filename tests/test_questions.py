"""The bank of questions: other numbers for each student, no stored answer, slips by name, sheets that are marked."""

import csv
import re
from pathlib import Path

import numpy as np
import pytest

from scratchnet import BatchNorm2d, Conv2d, Linear, ScaledTanh, Subsampling
from scratchnet.cli import main
from scratchnet.errors import InputError
from scratchnet.exercises.question_bank import BANK
from scratchnet.exercises.questions import answers, chosen, drawn, key_csv, marked, number_in, sheet
from scratchnet.kernels import im2col
from scratchnet.layers.initial import kaiming_normal
from scratchnet.lessons.scripts import all_lessons

STUDENTS = [f"student {number}" for number in range(12)]


@pytest.mark.parametrize("question", BANK, ids=lambda question: question.name)
class TestEachQuestion:
    def test_its_text_has_all_numbers_and_its_lesson_exists(self, question):
        assert set(re.findall(r"\{(\w+)\}", question.text)) == set(drawn(question, "Ann"))
        assert question.lesson in [lesson.number for lesson in all_lessons()]
        assert question.text.isascii() and question.text.endswith("?") and len(question.usual) >= 2

    def test_the_numbers_are_a_name_s_and_the_answer_differs_between_students(self, question):
        assert drawn(question, "Ann") == drawn(question, " ann ") == drawn(question, "Ann")
        found = [drawn(question, f"student {number}") for number in range(100)]
        assert len({str(numbers) for numbers in found}) >= 20
        assert len({answers(question, numbers)[""] for numbers in found}) >= 8
        assert [drawn(question, student, 7) for student in STUDENTS] != found[: len(STUDENTS)]

    def test_the_right_answer_gets_its_point_and_each_slip_its_sentence(self, question):
        for student in STUDENTS:
            for sentence, value in answers(question, drawn(question, student)).items():
                text = sheet(student, [question]).rstrip() + f" {value if isinstance(value, int) else f'{value:.6g}'}\n"
                (grade,) = marked(text, [question])
                assert grade.state == ("wrong" if sentence else "right"), (value, grade)
                assert (grade.points, grade.diagnosis) == (int(not sentence), sentence)


# The library, asked in another way.


def answer(name, student="Ann"):
    (question,) = chosen([name], BANK)
    given = drawn(question, student)
    return answers(question, given)[""], given


@pytest.mark.parametrize("student", STUDENTS[:3])
def test_the_library_gives_the_answers(student):
    right, n = answer("sum-under-kernel", student)
    conv = Conv2d(1, 1, (1, 3))
    conv.W[...], conv.b[...] = np.reshape([n["K1"], n["K2"], n["K3"]], (1, 1, 1, 3)), 0
    x = np.array([[[[n[f"X{i}"] for i in range(1, 6)]]]], np.float64)
    assert conv(x)[0, 0, 0, 1] == right
    right, n = answer("copies-in-columns", student)
    assert im2col(np.zeros((1, 1, n["SIZE"], n["SIZE"])), n["K"], n["K"], 1, 0).size == right
    right, n = answer("subsampled", student)
    window = Subsampling(1)
    window.W[...], window.b[...] = n["W"], n["B"]
    pixels = np.array([n[f"P{i}"] for i in range(1, 5)]).reshape(1, 1, 2, 2)
    assert window(pixels).item() == pytest.approx(right, rel=1e-5)
    right, n = answer("weight-gradient", student)
    linear = Linear(1, 1)
    linear.forward(np.array([[n["X1"]], [n["X2"]]]))
    linear.backward(np.array([[n["D1"]], [n["D2"]]]))
    assert linear.dW.item() == pytest.approx(right, rel=1e-5)
    right, n = answer("added-back", student)
    size, kernel, at = n["WIDTH"], n["KERNEL"], n["AT"]
    assert sum(place <= at < place + kernel for place in range(size - kernel + 1)) == right
    right, n = answer("first-deviation", student)
    assert kaiming_normal(0, (400, 400), n["F"]).std() == pytest.approx(right, rel=0.02)
    right, n = answer("slope-from-output", student)
    f, a = ScaledTanh(), np.arctanh(n["Y"] / 1.7159) * 1.5
    up, down = (f(np.array([[a + h]])).item() for h in (1e-6, -1e-6))
    assert (up - down) / 2e-6 == pytest.approx(right, rel=1e-6)
    right, n = answer("normalised", student)
    norm = BatchNorm2d(1, eps=1e-12)
    norm.training = True
    batch = np.array([n[name] for name in "ABCD"], float)
    assert norm(batch.reshape(4, 1, 1, 1))[0].item() == pytest.approx(right, rel=1e-5)
    assert (batch[0] - batch.mean()) / batch.std() == pytest.approx(right)


@pytest.mark.parametrize(
    "text, value",
    [
        ("12", 12),
        ("1,516", 1516),
        ("60,000 parameters", 60000),
        ("0.25", 0.25),
        ("0,25", 0.25),
        ("0,125", 0.125),
        ("-3/4", -0.75),
        ("\u22121.5 %", -1.5),
        (".5", 0.5),
        ("1e-3", 0.001),
        ("about 7", None),
        ("1/0", None),
        ("1.2.3", None),
        ("", None),
    ],
)
def test_a_number_is_read_as_people_write_it(text, value):
    assert number_in(text) == value


def test_sheets_and_the_key_are_the_same_each_time_and_the_sheets_hold_no_answer():
    questions = chosen(["linear-parameters", "map-loss"], BANK)
    assert key_csv(STUDENTS, questions) == key_csv(STUDENTS, questions)
    for student in STUDENTS:
        text = sheet(student, questions)
        assert text == sheet(student, questions)
        found = answers(questions[0], drawn(questions[0], student))
        assert not any(f"{value:,}" in text or str(value) in text for value in found.values())


def test_a_class_from_sheets_to_marks(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("class.txt").write_text("\ufeffAnn\nBen  Muster\n\nCem\nAnn\n", encoding="utf-8")
    asked = ["exercise", "questions", "linear-parameters", "slope-from-output"]
    assert main([*asked, "--students", "class.txt", "--out", "sheets", "--key", "key.csv", "--seed", "3"]) == 0
    assert sorted(path.name for path in Path("sheets").iterdir()) == ["Ann.md", "Ben Muster.md", "Cem.md"]
    key = list(csv.DictReader(Path("key.csv").read_text("utf-8-sig").splitlines()))
    assert [(row["student"], row["question"]) for row in key[:2]] == [("Ann", asked[2]), ("Ann", asked[3])]
    for student in ("Ann", "Ben Muster"):
        given = [row for row in key if row["student"] == student]
        path = Path("sheets", f"{student}.md")
        head, *parts = path.read_text("utf-8").split("\nAnswer:")
        said = [given[0]["answer"], given[1]["answer"] if student == "Ann" else given[1]["slips"].split(":")[0]]
        path.write_text(head + "".join(f"\nAnswer: {a}{p}" for a, p in zip(said, parts)), encoding="utf-8")
    Path("sheets", "Dee").mkdir()
    Path("sheets", "Dee", "copy.md").write_text(Path("sheets/Ann.md").read_text("utf-8"), encoding="utf-8")
    Path("sheets", "other.md").write_text("hello", encoding="utf-8")
    capsys.readouterr()
    more = ["--csv", "marks.csv", "--mistakes", "mistakes.csv", "--feedback", "back", "--seed", "3"]
    assert main(["exercise", "mark", "sheets", *more]) == 0
    out, err = capsys.readouterr()
    assert "3 students, 1.0 of 2 points on average" in out and "1 of 3  slope-from-output" in out
    assert "there is another sheet of Ann" in err and "other.md: This is no sheet of questions" in err
    rows = {row["student"]: row for row in csv.DictReader(Path("marks.csv").read_text("utf-8-sig").splitlines())}
    assert {name: row["points"] for name, row in rows.items()} == {"Ann": "2", "Ben Muster": "1", "Cem": "0"}
    assert "Yours is 1 - y^2" in Path("mistakes.csv").read_text("utf-8-sig")
    assert "Yours is 1 - y^2" in Path("back/Ben Muster.txt").read_text("utf-8")


def test_the_wrong_seed_marks_nothing_right(tmp_path, monkeypatch):
    question = chosen(["linear-parameters"], BANK)
    value = answers(question[0], drawn(question[0], "Ann", 3))[""]
    text = sheet("Ann", question, 3).rstrip() + f" {value}\n"
    assert [marked(text, question, seed)[0].points for seed in (3, 0)] == [1, 0]


@pytest.mark.parametrize(
    "words, said",
    [
        (["questions", "linear-parameter"], "Did you mean 'linear-parameters'?"),
        (["questions", "--out", "sheets"], "--students FILE, with one name in a line"),
        (["questions", "--out", "sheets", "--students", "nobody.txt"], "cannot be read as text"),
        (["questions", "--out", "sheets", "--students", "empty.txt"], "has no names"),
        (["mark", "nowhere"], "holds no sheets"),
        (["mark", "."], "No sheet has a question of the bank"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(words, said, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("empty.txt").write_text("\n")
    if words == ["mark", "."]:
        Path("a.md").write_text("# Notes")
    assert main(["exercise", *words]) == 2
    assert said in capsys.readouterr().err


def test_the_list_is_for_a_terminal(capsys):
    assert main(["exercise", "questions"]) == 0
    out = capsys.readouterr().out
    assert out.isascii() and all(len(line) <= 120 for line in out.splitlines())
    assert all(question.name in out for question in BANK)


def test_a_file_that_is_no_sheet_is_a_sentence():
    with pytest.raises(InputError, match="no sheet of questions"):
        marked("x", BANK)
