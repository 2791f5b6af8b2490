"""The kit for teachers: what it names exists, points add up, every command and template runs."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
import yaml
from answers import ANSWERS
from attempts import filled
from test_similar import measured

from scratchnet.cli import main, parser
from scratchnet.exercises.catalogue import EXERCISES, find_exercise
from scratchnet.exercises.question_bank import BANK
from scratchnet.exercises.syllabus import Syllabus
from scratchnet.lessons.scripts import all_lessons

ROOT = Path(__file__).parents[1]
KIT = ROOT / "docs" / "teaching"
PAGES = sorted(KIT.rglob("*.md"))
TEXT = {path.relative_to(KIT).as_posix(): path.read_text("utf-8") for path in PAGES}
REPORTS = [path for path in PAGES if path.parent.name == "reports"]
NUMBERED = {f"{exercise.number:02} {exercise.name}" for exercise in EXERCISES}


def pages(paths=PAGES):
    return pytest.mark.parametrize("page", paths, ids=lambda path: path.relative_to(KIT).as_posix())


# Links and names.


def test_every_page_can_be_reached_from_the_first():
    linked = set()
    for name, text in TEXT.items():
        linked |= {
            (KIT / name).parent.joinpath(link.partition("#")[0]).resolve()
            for link in re.findall(r"\]\(([^)]+)\)", text)
        }
    for page in PAGES:
        assert page in linked or page.parent in linked or page.name == "README.md", page.name


@pages()
def test_exercises_and_lessons_that_are_named_exist(page):
    text = page.read_text("utf-8")
    names = {exercise.name for exercise in EXERCISES}
    for number, name in re.findall(r"\b(\d\d) ([a-z][a-z0-9]*(?:-[a-z0-9]+)*)\b", text):
        assert name not in names or f"{number} {name}" in NUMBERED, f"{number} {name}"
    numbers = {exercise.number for exercise in EXERCISES}
    for listed in re.findall(r"[Ee]xercises? ([\d, and]*\d)", text):
        assert {int(number) for number in re.findall(r"\d+", listed)} <= numbers, listed
    lessons = {lesson.number for lesson in all_lessons()}
    for listed in re.findall(r"\b[Ll]essons? ([\d, andto]*\d)", text):
        assert {int(number) for number in re.findall(r"\d+", listed)} <= lessons, listed


def test_the_plans_are_about_the_course():
    for title, weeks in (("Three", 3), ("Six", 6), ("Twelve", 12)):
        part = TEXT["PLANS.md"].split(f"## {title} weeks")[1].split("\n## ")[0]
        rows = [line for line in part.splitlines() if re.match(r"\| \d+\. ", line)]
        assert len(rows) == weeks
        named = re.findall(r"\b\d\d [a-z][a-z0-9-]+", " ".join(row.split("|")[3] for row in rows))
        assert set(named) <= NUMBERED and len(named) == len(set(named)), set(named) - NUMBERED
        planned = set(named) | set(
            re.findall(r"\d\d [a-z-]+", part.split("For those who want more: ")[-1].split(".")[0])
        )
        assert weeks == 3 or planned >= NUMBERED, NUMBERED - planned
        for row in rows:  # an exercise is not asked for before its lesson
            last = max(int(number) for number in re.findall(r"\d+", row.split("|")[2]))
            for name in re.findall(r"\b\d\d ([a-z][a-z0-9-]+)", row.split("|")[3]):
                assert find_exercise(name).lesson <= last, name


def test_the_mistakes_are_those_of_exercises_in_their_words():
    text = TEXT["MISTAKES.md"]
    for names in re.findall(r"^\| ([a-z0-9-, ]+) \|", text, re.MULTILINE):
        assert names == "exercise" or all(find_exercise(one).name == one for one in names.split(", "))
    said = " ".join(wrong.sentence for e in EXERCISES for wrongs in e.wrong.values() for wrong in wrongs)
    sentence = "Yours uses 1 - y^2, the slope of tanh; it should use the slope of A tanh(S x)."
    assert sentence in said and sentence in text


def test_what_is_said_of_files_that_are_alike_is_what_was_measured():
    apart, named, copies, found, small = measured()
    said = TEXT["GRADING.md"].split("<!-- alike -->\n")[1].split("<!-- /alike -->")[0]
    assert f"on {apart} pairs of right answers that were written to be different: none was named" in " ".join(
        said.split()
    )
    assert named == 0
    assert f"Of {copies} copies" in said and f"it named {found}; {small} more" in " ".join(said.split())


def test_talks_name_lessons_that_exist():
    asked = re.findall(r"^\d+\. .*\(([\d, ]+)\)$", TEXT["QUESTIONS.md"], re.MULTILINE)
    lessons = {lesson.number for lesson in all_lessons()}
    assert len(asked) >= 12 and all(int(number) in lessons for one in asked for number in one.split(", "))


# Reports.


@pages(REPORTS)
def test_the_points_of_a_report_add_up(page):
    text = page.read_text("utf-8")
    parts = [int(points) for points in re.findall(r"^## [A-D]\. .* \((\d+) points\)$", text, re.MULTILINE)]
    assert int(re.search(r"^(\d+) points\.", text, re.MULTILINE)[1]) == sum(parts) == 20
    questions = [int(points) for points in re.findall(r"^\*\*Question \d \((\d+) points?\)\.\*\*", text, re.MULTILINE)]
    assert sum(questions) == parts[2] and len(questions) >= 3
    rubric = [line.split("|")[1].strip() for line in text.split("## Rubric")[1].splitlines() if line.startswith("| ")][
        1:
    ]
    assert rubric == [*(f"Question {number}" for number in range(1, len(questions) + 1)), "Form"]


@pages(REPORTS)
def test_the_exercises_and_sheets_of_a_report_have_its_points(page, tmp_path):
    text = page.read_text("utf-8")
    parts = [int(points) for points in re.findall(r"^## [A-D]\. .* \((\d+) points\)$", text, re.MULTILINE)]
    block = re.search(r"^    \[points\]\n(?:    .+\n)+", text, re.MULTILINE)[0]
    (tmp_path / "syllabus.ini").write_text(textwrap.dedent(block))
    assert sum(Syllabus.read(tmp_path / "syllabus.ini").points.values()) == parts[0]
    names = re.search(r"exercise questions ([a-z -]+?) --students", text)[1].split()
    assert len(names) == parts[1] and set(names) <= {question.name for question in BANK}


@pages(REPORTS)
def test_what_a_grader_may_run_runs(page, capsys):
    blocks = re.findall(r"^```python\n(.*?)^```$", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert blocks
    for block in blocks:
        exec(compile(block, page.name, "exec"), {"__name__": page.stem})


# Commands.


def commands(text):
    lines = re.findall(r"^    (python -m scratchnet .*)$|`(python -m scratchnet [^`\n]+)`", text, re.MULTILINE)
    return [re.split(r" +#", block or inline)[0].strip() for block, inline in lines]


@pages()
def test_every_command_is_one(page):
    for command in commands(page.read_text("utf-8")):
        words = ["1" if word == "N" else word for word in shlex.split(command)[3:]]
        parser().parse_args(words)


def test_the_commands_for_a_class_run_one_after_the_other(tmp_path, monkeypatch, capsys):
    """Those of the pages on questions and grading, in their words."""
    monkeypatch.chdir(tmp_path)
    Path("class.txt").write_text("Ann\nBen\n")
    for student in ("Ann", "Ben"):
        place = Path("class", student)
        place.mkdir(parents=True)
        (place / find_exercise("linear").file).write_text(filled(find_exercise("linear"), ANSWERS["linear"]))
    Path("class/syllabus.ini").write_text("[points]\nlinear = 2\n")
    run = [command for name in ("QUESTIONS.md", "GRADING.md") for command in commands(TEXT[name])]
    run += [command for page in REPORTS for command in commands(page.read_text("utf-8"))]
    run = [command for command in dict.fromkeys(run) if "scratchnet sweep" not in command]
    assert len(run) >= 9
    for command in run:
        assert main(shlex.split(command)[3:]) == 0, command + capsys.readouterr().err
    assert {"sheets", "key.csv", "marks.csv", "grades.csv", "mistakes.csv", "similar.csv"} <= {
        p.name for p in Path().iterdir()
    }


# Templates.


def grade_as_gradescope(folder, body, tmp_path):
    """Run run_autograder on a submission; return its exit code and the results that it wrote, or None."""
    for name in ("source", "submission"):
        (folder / name).mkdir(parents=True)
    shutil.copy(KIT / "templates" / "gradescope" / "syllabus.ini", folder / "source")
    if body:
        (folder / "submission" / find_exercise("linear").file).write_text(filled(find_exercise("linear"), body))
    environment = os.environ | {"AUTOGRADER": str(folder), "PYTHON": sys.executable, "PYTHONPATH": str(ROOT)}
    command = ["bash", str(KIT / "templates" / "gradescope" / "run_autograder")]
    run = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=170)
    path = folder / "results" / "results.json"
    return run, json.loads(path.read_text()) if path.is_file() else None


@pytest.mark.planted
@pytest.mark.skipif(os.name == "nt", reason="a script of bash")
def test_run_autograder_writes_results_that_gradescope_reads(tmp_path):
    right, back = ANSWERS["linear"]
    for name, body, points in (("right", (right, back), 2), ("wrong", (right, back.replace("sum", "mean")), 0)):
        run, results = grade_as_gradescope(tmp_path / name, body, tmp_path)
        assert run.returncode == 0, run.stderr
        assert results["score"] == points
        tests = {test["name"]: test for test in results["tests"]}
        assert set(tests) == {"linear", "scaled-tanh"} and tests["linear"]["max_score"] == 2
        assert ("Yours averages db over the batch" in tests["linear"]["output"]) == (name == "wrong")
    assert not list(tmp_path.glob("class")) and not list(tmp_path.glob("feedback"))
    run, results = grade_as_gradescope(tmp_path / "empty", None, tmp_path)
    assert run.returncode == 0 and results["score"] == 0


@pytest.mark.skipif(os.name == "nt", reason="scripts of bash")
@pytest.mark.parametrize("name", ["setup.sh", "run_autograder"])
def test_the_scripts_are_bash_and_can_be_run(name):
    path = KIT / "templates" / "gradescope" / name
    assert subprocess.run(["bash", "-n", path], capture_output=True).returncode == 0
    assert os.access(path, os.X_OK)
    assert "set -euo pipefail" in path.read_text()


def test_the_workflow_checks_each_exercise_and_reports_it(tmp_path, monkeypatch, capsys):
    text = (KIT / "templates" / "github-classroom" / "classroom.yml").read_text("utf-8")
    steps = yaml.safe_load(text)["jobs"]["run-autograding-tests"]["steps"]
    checks = [step for step in steps if "command-grader" in step.get("uses", "")]
    (reporter,) = [step for step in steps if "grading-reporter" in step.get("uses", "")]
    ids = [step["id"] for step in checks]
    assert reporter["with"]["runners"] == ",".join(ids)
    assert reporter["env"] == {f"{i.upper()}_RESULTS": f"${{{{ steps.{i}.outputs.result }}}}" for i in ids}
    monkeypatch.chdir(tmp_path)
    Path("my").mkdir()
    for step in checks:
        name = step["with"]["test-name"].split()[1]
        exercise = find_exercise(name)
        assert step["id"] == f"ex{exercise.number:02}" and step["with"]["test-name"] == f"{exercise.number:02} {name}"
        words = shlex.split(step["with"]["command"])
        assert words[:3] == ["python", "-m", "scratchnet"]
        assert main(words[3:]) != 0, "no file"
        for bodies, code in ((ANSWERS[name], 0), (("return x", "return dy"), 1)):
            Path("my", exercise.file).write_text(filled(exercise, bodies))
            assert main(words[3:]) == code, capsys.readouterr().out


def test_no_key_and_no_built_slides_are_in_the_repository():
    kept = {path.suffix for path in KIT.rglob("*") if path.is_file()}
    assert kept <= {".md", ".yml", ".ini", ".sh", ""}, kept
