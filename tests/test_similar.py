"""Code of the same structure: planted copies are found, right answers that were written apart are not."""

import ast
import functools
import itertools
import json
import textwrap
from pathlib import Path

import pytest
from answers import ANSWERS
from attempts import filled, with_library_bodies
from right_later import RIGHT as LATER
from right_layers import RIGHT as LAYERS
from styles_conv import STYLES as CONV
from styles_steps import STYLES as STEPS

from scratchnet.cli import main
from scratchnet.exercises.catalogue import EXERCISES, find_exercise
from scratchnet.exercises.shapes_of_code import shape_of
from scratchnet.exercises.similar import SMALL, Pair, compared, known, lines, similar_csv, similar_text

HONEST = {}  # {exercise: {style: file}}: right answers that were written apart


def note(name, style, bodies, imports=""):
    exercise = find_exercise(name)
    if not exercise.derived:
        HONEST.setdefault(name, {})[style] = filled(exercise, bodies, imports)


for name, bodies in ANSWERS.items():
    note(name, "answers", bodies)
for one in (*LAYERS, *LATER):
    note(*one)
for name, style, bodies in (
    (n, s, b) for styles in (CONV, STEPS) for n, found in styles.items() for s, b in found.items()
):
    note(name, style, [textwrap.dedent(b).strip() for b in ([bodies] if isinstance(bodies, str) else bodies)])


class Renamed(ast.NodeTransformer):
    """New names for all variables and arguments."""

    def __init__(self, tree):
        names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        names |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
        self.names = {name: f"other{place}" for place, name in enumerate(sorted(names - {"self"}))}

    def visit_Name(self, node):
        return ast.copy_location(ast.Name(self.names.get(node.id, node.id), node.ctx), node)

    def visit_arg(self, node):
        return ast.arg(self.names.get(node.arg, node.arg))


def touched(statement, kind):
    """The names and attributes that a statement stores or reads."""
    nodes = (node for node in ast.walk(statement) if isinstance(node, ast.Name | ast.Attribute))
    return {ast.unparse(node) for node in nodes if isinstance(node.ctx, kind)}


def reordered(tree):
    """Exchange neighbours that do not need each other, and the sides of each sum of names; return the exchanges."""
    count = 0
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and not isinstance(node, ast.Module | ast.ClassDef):
            for i, (one, other) in enumerate(itertools.pairwise(body)):
                (s1, r1), (s2, r2) = ((touched(s, ast.Store), touched(s, ast.Load)) for s in (one, other))
                if isinstance(one, ast.Assign) and isinstance(other, ast.Assign) and not (s1 & (s2 | r2) or s2 & r1):
                    body[i], body[i + 1] = other, one
                    count += 1
                    break
    return count


def copy_of(text):
    """What a student makes of a friend's file in five minutes: other names, order, layout, no comments."""
    tree = ast.parse(text)
    count = reordered(tree)
    return ast.unparse(Renamed(tree).visit(tree)), count


cached = functools.cache(shape_of)


def as_pair(name, one, other):
    return compared(name, {"ann": cached(one), "ben": cached(other)}, known(find_exercise(name)))


@functools.cache
def measured():
    """Return (pairs that were written apart, those of them that are named, copies, those named, files too short)."""
    apart, named, copies, found, small, exchanges = 0, [], 0, 0, 0, 0
    for name, styles in HONEST.items():
        for one, other in itertools.combinations(styles.values(), 2):
            apart += 1
            named += as_pair(name, one, other)
        for text in styles.values():
            copy, count = copy_of(text)
            exchanges += count
            if cached(text).own(known(find_exercise(name))) < SMALL:
                small += 1
            else:
                copies += 1
                found += len(as_pair(name, text, copy))
    assert exchanges > 100
    return apart, len(named), copies, found, small


def test_copies_with_other_names_and_order_are_found():
    _, _, copies, found, small = measured()
    assert copies > 100 and found >= copies - 2 and small < 60


def test_right_answers_that_were_written_apart_are_no_pair():
    apart, named, *_ = measured()
    assert apart > 250 and named == 0


def test_the_library_s_own_lines_are_nobody_s():
    for exercise in EXERCISES:
        if not exercise.derived and exercise.name != "capstone":
            text = with_library_bodies(exercise)
            assert shape_of(text).own(known(exercise)) < SMALL, exercise.name


LONG = HONEST["linear"]["loops"]


@pytest.mark.parametrize(
    "old, new",
    [
        ("N, O = len(x), len(self.b)", "N, O = len(self.b), len(x)"),
        ("range(N)", "range(1, N)"),
        ("np.zeros((N, O)", "np.ones((N, O)"),
    ],
)
def test_the_structure_has_numbers_functions_and_the_order_of_arguments(old, new):
    assert old in LONG
    assert shape_of(LONG).key != shape_of(LONG.replace(old, new)).key


@pytest.mark.parametrize(
    "old, new",
    [
        ("y[n, o]", "y[n,  o]"),
        ("np.", "numpy."),
        ("return dx", "return dx  # done"),
        ("sum(x[n, i] * self.W[o, i]", "sum(self.W[o, i] * x[n, i]"),
        ("def forward(self, x):", "def forward(self, x: np.ndarray) -> np.ndarray:"),
    ],
)
def test_the_structure_has_no_layout_comments_and_sides(old, new):
    assert old in LONG
    other = LONG.replace(old, new).replace(
        "import numpy as np", "import numpy" if new == "numpy." else "import numpy as np"
    )
    assert shape_of(LONG).key == shape_of(other).key


def test_what_many_have_does_not_count():
    """Twelve students with one idiom are no copies; two of thirty with it are."""
    given = known(find_exercise("linear"))
    other = shape_of(HONEST["linear"]["einsum"])
    many = {f"student {n}": shape_of(LONG) for n in range(12)}
    assert compared("linear", many, given) == []
    few = {f"student {n}": shape_of(LONG if n < 4 else HONEST["linear"]["einsum"]) for n in range(30)}
    assert len(compared("linear", few, given)) == 6, "a group of four is named"
    two = {f"student {n}": shape_of(LONG) if n < 2 else other for n in range(30)}
    assert [pair.students for pair in compared("linear", two, given)] == [("student 0", "student 1")]


def test_lines_are_told_as_ranges():
    (pair,) = as_pair("linear", LONG, "\n\n" + LONG)
    first, second = (int(text.split("-")[0]) for text in pair.lines)
    assert second == first + 2 and pair.share == 1
    assert LONG.split("\n")[first - 1].strip() == "N, O = len(x), len(self.b)"
    assert lines([shape_of("a = 1\nb = 2\n\n\nc = 3")]) == "1"


def put(folder, student, name, text):
    place = folder / "class" / student
    place.mkdir(parents=True, exist_ok=True)
    (place / find_exercise(name).file).write_text(text, encoding="utf-8")


def test_the_command_names_pairs_files_and_lines(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    put(tmp_path, "Ann", "linear", LONG)
    put(tmp_path, "Ben", "linear", copy_of(LONG)[0])
    put(tmp_path, "Cem", "linear", HONEST["linear"]["ones for the bias"])
    put(tmp_path, "Dee", "linear", "def broken(")
    put(tmp_path, "Eve", "linear", "import os\nos._exit(3)\n")  # it is read and not run
    put(tmp_path, "Flo", "linear", "x = " + "(" * 5000)
    assert main(["exercise", "similar", "class", "--csv", "similar.csv"]) == 0
    out, err = capsys.readouterr()
    assert "1 pair of students has code of the same structure" in out and "Ann and Ben" in out
    assert "linear                   100%   lines " in out
    assert "Cem" not in out and "Talk" not in err and "talk to both students" in out
    assert "Dee: ex02_linear.py is no Python; it is not compared." in err and "Flo: " in err
    rows = Path("similar.csv").read_text("utf-8-sig").splitlines()
    assert rows[0].startswith("first,second,exercise,share,parts") and rows[1].startswith("Ann,Ben,linear,1.00,")


def test_a_notebook_is_compared_too(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    put(tmp_path, "Ann", "linear", LONG)
    cell = {"cell_type": "code", "source": LONG, "metadata": {}, "outputs": [], "execution_count": None}
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}
    (tmp_path / "class" / "Ben").mkdir()
    (tmp_path / "class" / "Ben" / "ex02_linear.ipynb").write_text(json.dumps(notebook))
    assert main(["exercise", "similar", "class"]) == 0
    assert "Ann and Ben" in capsys.readouterr().out


def test_the_pair_with_the_most_in_common_comes_first():
    pairs = [Pair(("a", "b"), "linear", 1.0, 30, ("1", "2")), Pair(("a", "=c"), "sgd", 0.9, 50, ("1", "2"))]
    assert similar_csv(pairs).splitlines()[1] == "a,'=c,sgd,0.90,50,1,2"
    assert similar_text(pairs).index("a and =c") < similar_text(pairs).index("a and b")
    assert similar_text([]).startswith("No two files") and similar_text(pairs).isascii()
    assert all(len(line) <= 120 for line in similar_text(pairs).splitlines())
