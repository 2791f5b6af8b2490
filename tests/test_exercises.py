"""Every exercise from both sides: right answers pass, the blank and every planted mistake fail as they should."""

import ast
import inspect
import os
import re
import shutil
import subprocess
import sys
import textwrap
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from answers import ANSWERS
from attempts import body, filled, planted_in, with_library_bodies
from plants import LEVEL_PLANTS, PLANTS

from scratchnet import layers, losses
from scratchnet.exercises.blank import blank_file
from scratchnet.exercises.catalogue import COURSE, EXERCISES, GIVEN, IN_ORDER, find_exercise
from scratchnet.exercises.checker import LEVELS, Result, check_answer, go_through, rng
from scratchnet.exercises.definition import Case
from scratchnet.exercises.own_numbers import numbers
from scratchnet.lessons.scripts import all_lessons
from scratchnet.viewing.show import underlying

LONG = {"capstone"}  # trains for seconds


def marks(exercise):
    """Return the marks of a test that checks right answers, or wrong ones, to this exercise."""
    found = [pytest.mark.planted] if exercise.name in LONG else []
    missing = exercise.needs and not find_spec(exercise.needs)
    return found + [pytest.mark.skip(f"no {exercise.needs}")] * bool(missing)


EACH = [pytest.param(exercise, id=exercise.name, marks=marks(exercise)) for exercise in EXERCISES]
QUICK = [param for param in EACH if param.id not in LONG]


def attempt(exercise, folder, bodies, imports=""):
    path = folder / exercise.file
    path.write_text(filled(exercise, bodies, imports), encoding="utf-8")
    return check_answer(exercise, path)


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.name)
def test_the_file_has_the_contract_and_nothing_of_the_answer(exercise):
    text = blank_file(exercise)
    tree = ast.parse(text)
    assert exercise.contract.keys() == {"", *exercise.methods}
    assert all(contract.split("\n")[0] in text for contract in exercise.contract.values())
    assert 18 <= len(text.splitlines()) <= 41
    assert max(map(len, text.splitlines())) <= 120
    assert text.isascii()
    code = {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.stmt)}
    for function in exercise.functions():
        for node in ast.walk(ast.parse(body(function))):
            if isinstance(node, ast.stmt):
                assert ast.unparse(node) not in code, ast.unparse(node)
    for function in (*exercise.functions(), *exercise.shows):
        for line in body(function).splitlines():
            if len(line.strip()) > 20 and not line.strip().startswith("#"):
                assert line.strip() not in text


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.name)
def test_the_blank_fails_with_one_friendly_sentence(exercise, tmp_path):
    path = tmp_path / exercise.file
    path.write_text(blank_file(exercise))
    result = check_answer(exercise, path)
    assert result.state == "blank"
    assert not result.passed
    assert not result.diagnosis
    assert result.fact == (
        f"You have not written it yet: {exercise.where(exercise.methods[0])} in {path} is still blank."
    )


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.name)
def test_the_formula_is_the_first_hint_and_not_in_the_file(exercise):
    text, formulas = blank_file(exercise), inspect.getdoc(underlying(exercise.target))
    assert formulas and textwrap.indent(formulas, "    ") in exercise.ladder[0]
    told = [node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant)]
    told = "\n".join(value for value in told if isinstance(value, str))
    assert not re.search(r"\w\S* (=|<-|\+=|-=) \S", told), "a formula in the text of the file"
    for line in formulas.split("\n"):
        if re.search(r"(d2?E/d\S+|[a-zA-Z_'\])]+) (=|<-) ", line):
            assert line.strip() not in text, line


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.name)
def test_hints_are_a_ladder(exercise):
    assert len(exercise.hints) >= 3 and len(set(exercise.hints)) == len(exercise.hints)
    assert all(len(hint) > 30 and hint.isascii() for hint in exercise.hints)


class Library:
    """The library as an answer, without a file."""

    def __init__(self, exercise):
        self.exercise, self.blank, self.printed, self.last = exercise, [], {}, ""

    def run(self, method, case, times=1, inputs=False):
        if self.exercise.derived:
            given = numbers(self.exercise, "student")
            return [{"STUDENT": "student"} | given | self.exercise.target(**given)]
        once = self.exercise.kind.prepare(self.exercise.target, case, method)
        return [once() for _ in range(times)] + [case.inputs()] * inputs


@pytest.mark.parametrize("exercise", EACH)
def test_the_library_itself_passes(exercise, tmp_path):
    result = Result(exercise, tmp_path)
    go_through(result, Library(exercise), seed=1)
    assert result.state == "right", str(result)


CALLS_KERNELS = {  # the library's lines call what the exercise is about; everything else can be pasted
    *("scaled-tanh", "convolution-by-loops", "conv-forward", "conv-backward", "subsampling", "conv-backward2", "sdlm"),
    *("sgd", "momentum", "relu", "max-pool-backward", "adam", "average-pooling"),
}


@pytest.mark.parametrize("exercise", QUICK)
def test_the_library_s_own_lines_pass_unless_they_delegate(exercise, tmp_path):
    path = tmp_path / exercise.file
    path.write_text(with_library_bodies(exercise))
    result = check_answer(exercise, path, seed=1)
    assert result.state == ("blank" if exercise.name in CALLS_KERNELS else "right"), str(result)
    assert result.state == "right" or "this line calls the library's own" in result.fact


@pytest.mark.parametrize("exercise", EACH)
def test_a_plain_answer_passes(exercise, tmp_path):
    path = tmp_path / exercise.file
    path.write_text(filled(exercise, ANSWERS[exercise.name]))
    for seed in (0, 1998):
        result = check_answer(exercise, path, seed)
        assert result.state == "right", str(result)


def mistakes():
    for exercise in EXERCISES:
        for number, (find_this, put_this, words) in enumerate(PLANTS[exercise.name]):
            mark = marks(exercise) + [pytest.mark.planted] * (number > 1)
            yield pytest.param(exercise, find_this, put_this, words, id=f"{exercise.name}-{number}", marks=mark)


DRAWN = [e for e in EXERCISES if e.draw]


@pytest.mark.parametrize("exercise", [e for e in DRAWN if e.name != "table-one"], ids=lambda e: e.name)
def test_other_seeds_draw_other_cases(exercise):
    one, other = (exercise.draw(rng(seed, "random 0"), float).inputs() for seed in (0, 1998))
    assert any(one[name].shape != other[name].shape or (one[name] != other[name]).any() for name in one)


@pytest.mark.planted
def test_plain_answers_pass_with_every_seed(tmp_path):
    for exercise in EXERCISES:
        path = tmp_path / exercise.file
        path.write_text(filled(exercise, ANSWERS[exercise.name]))
        for seed in range(0 if exercise.name in LONG else 10):
            result = check_answer(exercise, path, 100 + seed)
            assert result.state == "right", str(result)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("exercise, find_this, put_this, words", list(mistakes()))
def test_a_planted_mistake_fails_with_the_right_diagnosis(exercise, find_this, put_this, words, tmp_path):
    bodies = ANSWERS[exercise.name]
    assert sum(text.count(find_this) for text in bodies) >= 1, "the plant does not apply"
    planted = [planted_in(text, find_this, put_this) for text in bodies]
    result = attempt(exercise, tmp_path, planted)
    assert result.state == "wrong"
    assert words in str(result), str(result)


@pytest.mark.parametrize("level", [level for level, _ in LEVELS])
def test_every_level_finds_what_those_before_it_let_pass(level, tmp_path):
    linear = find_exercise("linear")
    result = attempt(linear, tmp_path, [planted_in(text, *LEVEL_PLANTS[level]) for text in ANSWERS["linear"]])
    assert result.state == "wrong" and result.failed[1] == level, str(result)


ALWAYS_RIGHT = {
    "checks/gradients.py": ("    if error <= tolerance:", "    if True:"),
    "exercises/kinds.py": ("        compare(name, numbers", "        False and compare(name, numbers"),
}


@pytest.mark.planted
@pytest.mark.parametrize("file", ALWAYS_RIGHT)
def test_a_checker_that_always_passes_turns_this_file_red(file, tmp_path):
    root = Path(__file__).parents[1]
    for folder in ("scratchnet", "tests"):
        shutil.copytree(root / folder, tmp_path / folder)
    shutil.copy(root / "pyproject.toml", tmp_path)
    path = tmp_path / "scratchnet" / file
    find_this, put_this = ALWAYS_RIGHT[file]
    assert path.read_text().count(find_this) == 1
    path.write_text(path.read_text().replace(find_this, put_this))
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "--maxfail=30",
        "tests/test_exercises.py",
        "-k",
        "planted_mistake",
    ]
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert run.returncode == 1 and "30 failed" in run.stdout, run.stdout[-2000:] + run.stderr[-2000:]


@pytest.mark.parametrize("exercise", [e for e in DRAWN if e.wrong], ids=lambda exercise: exercise.name)
def test_every_known_wrong_answer_can_be_given_and_is_wrong(exercise):
    cases = [exercise.tiny(rng(0, "tiny"), float), *(exercise.draw(rng(seed, "draw"), float) for seed in range(5))]
    cases += exercise.odd(rng(0, "odd"), float)
    for method, wrongs in exercise.wrong.items():
        assert method in exercise.methods
        rights = [exercise.kind.prepare(exercise.target, case, method)() for case in cases]
        for wrong in wrongs:
            assert wrong.sentence.isascii() and wrong.sentence.endswith((".", "?"))
            assert any(
                wrong.fits(wrong.result, wrong.answer(case, right), right[wrong.result], case, right)
                for case, right in zip(cases, rights)
                if not isinstance(quietly(wrong.answer, case, right), Exception)
            ), wrong.sentence


@pytest.mark.parametrize("exercise", [e for e in EXERCISES if e.derived], ids=lambda exercise: exercise.name)
def test_each_student_has_other_numbers_and_every_slip_is_told_from_the_others(exercise):
    drawn = [numbers(exercise, f"student {n}") for n in range(40)]
    assert len({tuple(given.values()) for given in drawn}) > 20
    assert numbers(exercise, "Ada  Lovelace") == numbers(exercise, "ada lovelace") == numbers(exercise, "Ada Lovelace ")
    for given in drawn:
        case, right = Case({}, options=given), exercise.target(**given)
        for field, slips in exercise.wrong.items():
            assert len(slips) >= 3 and field in exercise.methods
            for slip in slips:
                mine = slip.answer(case, right)
                told = [s.sentence for s in slips if s.fits(field, mine, right[field], case, right)]
                assert told and set(told) == {slip.sentence}, (slip.sentence, told, given)


def quietly(function, *arguments):
    try:
        return function(*arguments)
    except (ValueError, IndexError, TypeError) as why:
        return why


def test_every_exercise_has_four_plants():
    assert PLANTS.keys() == ANSWERS.keys() == {exercise.name for exercise in EXERCISES}
    assert all(len(plants) >= 4 for plants in PLANTS.values())


def test_every_public_pass_is_an_exercise_or_given():
    there = set()
    for module in (layers, losses):
        for name, kind in vars(module).items():
            if isinstance(kind, type) and kind.__module__.startswith("scratchnet") and name != "InputError":
                there |= {f"{name}.{part}" for part in ("forward", "backward", "backward2") if part in vars(kind)}
    asked = {f"{exercise.target.__name__}.{method}" for exercise in EXERCISES for method in exercise.methods if method}
    given = {passed for passed in there if passed in GIVEN or passed.split(".")[0] in GIVEN}
    assert there <= asked | given, "neither asked for nor given"
    assert not asked & given and {name.split(".")[0] for name in GIVEN} <= {name.split(".")[0] for name in there}


def test_lessons_name_their_exercises():
    texts = {lesson.number: lesson.exercise for lesson in all_lessons()}
    assert {exercise.lesson for exercise in EXERCISES} <= texts.keys()
    for exercise in EXERCISES:
        name, text = texts[exercise.lesson]
        assert exercise.name == name or f"`{exercise.name}`" in text or f"start {exercise.name}" in text, exercise.name
    for name in re.findall("exercise start ([a-z0-9-]+)", " ".join(text for _, text in texts.values())):
        assert find_exercise(name).name == name


def test_the_order_of_learning_is_that_of_the_lessons():
    assert list(COURSE) == sorted(COURSE)
    assert [e.name for e in IN_ORDER] == [name for names in COURSE.values() for name in names]
    assert sorted(e.number for e in IN_ORDER) == list(range(len(EXERCISES)))
    assert all(exercise.name in COURSE[exercise.lesson] for exercise in EXERCISES)
    place = {exercise.name: n for n, exercise in enumerate(IN_ORDER)}
    for first, then in (("linear", "im2col"), ("conv-forward", "col2im"), ("col2im", "conv-backward"), ("sgd", "adam")):
        assert place[first] < place[then]


def test_the_course():
    assert len(EXERCISES) >= 18
    assert [exercise.number for exercise in EXERCISES] == list(range(len(EXERCISES)))
    for word in ("7", "07", "conv-backward", "my/ex07_conv_backward.py", "ex07"):
        assert find_exercise(word) is EXERCISES[7], word
    assert EXERCISES[7].name == "conv-backward"
    for word in ("0", "00", "paper-input", "my/ex00_paper_input.py", "ex00"):
        assert find_exercise(word) is EXERCISES[0], word
    names = [exercise.file for exercise in EXERCISES]
    assert names[1] == "ex01_scaled_tanh.py" and names[24] == "ex24_optimal_brain_damage.py", (
        "students have these files"
    )
    np.testing.assert_array_less(0, [exercise.points for exercise in EXERCISES])
