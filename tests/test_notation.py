"""The letters: those of the lessons' formulas stand on the notation page, and each lesson uses one in one way."""

import ast
import re
from collections import defaultdict

import pytest

from scratchnet.lessons.plain_formulas import GREEK, MATH, WORDS, plain
from scratchnet.lessons.scripts import all_lessons
from scratchnet.viewing.show import ROOT

LESSONS = all_lessons()
IDS = [lesson.path.stem for lesson in LESSONS]
PAGE = (ROOT / "docs" / "reference" / "notation.md").read_text("utf-8")


def rows(heading):
    """The cells of a table of the page."""
    section = PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    lines = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line] for line in lines[1:]]


def formulas(lesson):
    found = (found for cell in lesson.cells if cell.text for found in MATH.finditer(cell.source))
    return [match["block"] or match["inline"] for match in found if not match["code"]]


LETTERS = {name for row in rows("Letters") for name in re.split(r"[ ,/_]+", row[0])}
LETTERS |= {"d", *(letter for name in LETTERS for letter in re.findall("^d(?:2)?([A-Za-z])", name))}


@pytest.mark.parametrize("lesson", LESSONS, ids=IDS)
def test_the_letters_of_the_formulas_stand_on_the_page(lesson):
    for latex in formulas(lesson):
        commands = re.findall(r"\\([A-Za-z]+)", latex)
        greek = {WORDS.get(name, name) for name in commands if name in GREEK or name.endswith("epsilon")}
        bare = re.sub(r"\\(text|mathrm|operatorname|begin|end){[^}]*}|\\[A-Za-z]+", " ", latex)
        assert greek | set(re.findall("[A-Za-z]", bare)) <= LETTERS, latex


def uses(lesson):
    """The pairs (letter, how) of h, j, p, w and S in a lesson: as an index, as a number, with an index of its own."""
    found = set()
    for cell in lesson.cells:
        if not cell.text:
            found |= in_code(ast.parse(cell.source))
    for latex in formulas(lesson):
        text = plain(latex)
        found |= {("h", "curvature")} if re.search(r"\bh_(?![\d])", text) else set()
        alone = re.sub(r"_(\([^()]*\)|\w+)", "_", re.sub(r"\bh_\w+|sum_?\([^()]*\)", "", text))
        found |= {(letter, "number") for letter in re.findall(r"(?<![A-Za-z])[hjpwS](?![A-Za-z])", alone)}
    return found


def in_code(node, index=False):
    """A letter is an index in brackets after an array, and in a loop over range or ndindex; p counts no places."""
    if isinstance(node, ast.Subscript):
        return in_code(node.value, index) | in_code(node.slice, True)
    found, name = set(), getattr(node, "id", None) or getattr(node, "arg", None)
    if name in ("h", "j", "p", "w", "S"):
        found.add((name, "index" if index and name != "p" else "number"))
    for part in ast.iter_child_nodes(node):
        counts = isinstance(node, ast.For | ast.comprehension) and part is node.target and counted(node.iter)
        found |= in_code(part, index or counts)
    return found


def counted(values):
    calls = [part.func for part in ast.walk(values) if isinstance(part, ast.Call)]
    return any(ast.unparse(call).rpartition(".")[2] in ("range", "ndindex") for call in calls)


@pytest.mark.parametrize(
    "code, expected",
    [
        ("for h in range(3):\n    y[h] = x[h + 1]", {("h", "index")}),
        ("def slope(f, a, h=1e-5):\n    return f(a + h)", {("h", "number")}),
        ("[x[i, j] for i, j in np.ndindex(2, 2)]", {("j", "index")}),
        ("for j in (1, 10):\n    MAPLoss(j=j)", {("j", "number")}),
        ("y[w] = w * x", {("w", "index"), ("w", "number")}),
        ("hw = net.p + S2", set()),
    ],
)
def test_how_a_letter_is_used(code, expected):
    assert in_code(ast.parse(code)) == expected


@pytest.mark.parametrize("lesson", LESSONS, ids=IDS)
def test_a_lesson_uses_a_letter_in_one_way(lesson):
    ways = defaultdict(set)
    for letter, how in uses(lesson):
        ways[letter].add(how)
    assert not [letter for letter in ways if len(ways[letter]) > 1], ways
    assert ways["h"] <= {"index", "curvature"}, "the step of a central difference is called step"


WHERE = {  # how a letter is used: the meanings that this can have, on the page
    ("h", "index"): ["the row and the column of a place"],
    ("w", "index"): ["the row and the column of a place"],
    ("h", "curvature"): ["a curvature"],
    ("j", "index"): ["the row and the column inside a kernel"],
    ("j", "number"): ["the penalty of the class"],
    ("p", "number"): [
        "a probability",
        "the weighted sums of two units",
        "the share of the numbers",
        "the number of machines",
    ],
    ("w", "number"): ["any one parameter", "a code, the weights"],
    ("S", "number"): ["the slope 2/3"],
}


@pytest.mark.parametrize("way", WHERE, ids=str)
def test_the_page_names_the_lessons_of_each_meaning(way):
    wanted = {lesson.number for lesson in LESSONS if way in uses(lesson)}
    named = set()
    for meaning in WHERE[way]:
        (row,) = (row for row in rows("Letters with more than one meaning") if row[1].startswith(meaning))
        assert way[0] in re.split(", ", row[0])
        named |= {int(number) for number in re.findall(r"\d+", re.sub(r"`[^`]*`", "", row[2]).partition("exercise")[0])}
    there = {lesson.number for lesson in LESSONS}
    assert wanted == named & there
