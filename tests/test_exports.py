"""The files that come out of grading a class, in the forms that other systems read."""

import csv
import io
import json
import xml.etree.ElementTree as ET
from pathlib import Path

from test_results import BATCH, BOTH, WHY, a_grade, rows_of

from scratchnet.exercises import exports

CLASS = [
    a_grade("student 10", diagnosis=BATCH, state="wrong", fact="fact", id="4711", notes=("It is late.",)),
    a_grade("student 10", "table-one", of=1, points=1, id="4711", notes=("It is late.",)),
    a_grade("=cmd()", text="</pre><script>", state="blank"),
    a_grade("=cmd()", "table-one", "missing", of=1),
    a_grade("unlucky", id="9"),
    a_grade("unlucky", "table-one", "ungraded", of=1, fact=WHY, text=WHY, id="9"),
]


def test_the_table_of_points_has_an_empty_cell_and_no_sum_for_what_has_no_grade():
    text = exports.points_csv(CLASS, BOTH)
    assert text.startswith("\ufeffstudent,linear,table-one,points,of\r\n")
    one, ten, unlucky = rows_of(text)
    assert list(ten.values()) == ["student 10", "0", "1", "1", "4"]
    assert list(unlucky.values()) == ["unlucky", "3", "", "", "4"]
    assert one["student"] == "'=cmd()"


def test_json_has_every_field_and_junit_an_error_for_what_has_no_grade():
    one, *_, last = json.loads(exports.grades_json(CLASS))
    assert one["student"] == "=cmd()" and set(one) == {*vars(CLASS[0])}
    assert (last["state"], last["points"], last["id"]) == ("ungraded", None, "9")
    top = ET.fromstring(exports.junit_xml([*CLASS, a_grade("a\0\udc80\U0001f600", state="wrong")]))
    suite = top.find("testsuite[@name='unlucky']")
    assert (suite.get("failures"), suite.get("errors"), suite.get("skipped")) == ("0", "1", "0")
    assert suite.find("testcase[@name='table-one']/error").get("message") == WHY
    assert top.find("testsuite[@name='=cmd()']").get("skipped") == "1"
    assert top.find("testsuite[@name='a??\U0001f600']") is not None


def test_feedback_says_nothing_of_the_environment_to_a_student():
    texts = exports.feedback("feedback", CLASS)
    assert {path.name for path in texts} == {"student 10.txt", "=cmd().txt", "unlucky.txt"}
    text = texts[Path("feedback/unlucky.txt")]
    assert text.startswith("unlucky: not complete yet\n") and WHY not in text
    assert "table-one could not be graded. This is not because of your work." in text
    assert texts[Path("feedback/student 10.txt")].startswith("student 10: 1 of 4 points\n\nIt is late.\n\n")


def test_file_names_are_names_on_every_system():
    students = ["ada", "Ada", "a/b:c", "a?b:c", "con", "COM1.txt", "end. ", "", "..", "\u00e9" * 300, "a\nb\udc80"]
    names = exports.file_names(students)
    right = ["ada", "Ada (2)", "a_b_c", "a_b_c (2)", "_con", "_COM1.txt", "end", "_", "_ (2)"]
    assert list(names.values()) == [*right, "\u00e9" * 100, "a_b_"]
    assert len({name.casefold() for name in names.values()}) == len(students)


def test_gradescope_gets_scores_and_no_file_without_all_grades(tmp_path):
    stale = tmp_path / "unlucky" / "results.json"
    stale.parent.mkdir()
    stale.write_text('{"score": 0}')
    assert exports.write_all(exports.gradescope(tmp_path, CLASS)) == {}
    assert not stale.exists()
    found = json.loads((tmp_path / "student 10" / "results.json").read_text())
    assert (found["score"], found["execution_time"], found["output"]) == (1, 3.0, "It is late.")
    assert found["score"] == sum(test["score"] for test in found["tests"])
    assert found["tests"][0] == {
        **{"name": "linear", "score": 0, "max_score": 3, "status": "failed", "output": "text of student 10"},
        **{"output_format": "text", "visibility": "visible"},
    }
    assert (found["tests"][1]["status"], found["stdout_visibility"]) == ("passed", "hidden")


def test_moodle_finds_its_columns_and_its_participants():
    """The columns that Moodle's import looks for, and its way to a number: what follows 'Participant '."""
    one, ten, unlucky = rows_of(exports.moodle_csv(CLASS))
    assert {"Identifier", "Grade", "Last modified (grade)", "Feedback comments"} <= set(ten)
    assert (ten["Identifier"], ten["Full name"], ten["Grade"]) == ("Participant 4711", "student 10", "1")
    assert (ten["Maximum Grade"], unlucky["Grade"]) == ("4", ""), "Moodle leaves a grade as it is for an empty cell"
    assert ten["Feedback comments"].startswith("<pre>student 10: 1 of 4 points\n")
    assert "&lt;/pre&gt;&lt;script&gt;" in one["Feedback comments"] and one["Full name"] == "'=cmd()"


def test_canvas_finds_its_columns_and_loses_no_grade():
    lines = list(csv.reader(io.StringIO(exports.canvas_csv(CLASS, "LeNet-5 (77)"))))
    assert lines == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "LeNet-5 (77)"],
        ["    Points Possible", "", "", "", "", "4"],
        ["'=cmd()", "", "", "", "", "0"],
        ["student 10", "4711", "", "", "", "1"],
    ]  # for an empty cell Canvas would remove the grade of `unlucky`
