"""The formulas of the lessons as text on a terminal."""

import re

import pytest

from scratchnet.lessons.plain_formulas import KNOWN, MATH, plain, readable
from scratchnet.lessons.scripts import all_lessons
from scratchnet.lessons.stepping import wrapped

LESSONS = all_lessons()
FORMULAS = sorted(
    {
        found["block"] or found["inline"]
        for lesson in LESSONS
        for cell in lesson.cells
        if cell.text
        for found in MATH.finditer(cell.source)
        if not found["code"]
    }
)

AS_TEXT = {
    r"\frac{dE}{dw}": "dE/dw",
    r"\frac{\partial E}{\partial y_{no}}": "dE/dy_no",
    r"\frac{\partial^2 E}{\partial w^2}": "d^2E/dw^2",
    r"\frac{f(a + h) - f(a - h)}{2 h}": "(f(a + h) - f(a - h)) / (2 h)",
    r"A S - \frac{S}{A} y^2": "A S - (S/A) y^2",
    r"\frac12 \sum y^2": "(1/2) sum y^2",
    r"1/N \text{ if } i = D_n, \text{ else } 0": "1/N if i = D_n, else 0",
    r"\sum_{j=1}^{84} (x_j - w_{ij})^2": "sum(j=1 .. 84) (x_j - w_ij)^2",
    r"\frac{e^{-y_i}}{e^{-j} + \sum_k e^{-y_k}}": "e^(-y_i) / (e^(-j) + sum_k e^(-y_k))",
    r"\log \Big( e^{-j} \Big)": "log (e^(-j))",
    r"e^{y_i} 10^{-8} x^{2n}": "e^(y_i) 10^-8 x^2n",
    r"w \leftarrow w-\epsilon\,\frac{m}{\sqrt{v}+1}": "w <- w-eps m / (sqrt(v)+1)",
    r"2\eta x\tanh(u)": "2 eta x tanh(u)",
    r"\langle a, b \rangle": "<a, b>",
    r"a, \qquad b \; c": "a,\tb c",
    r"\hat{x} = \frac{x - \bar{x}}{\sqrt{\sigma^2 + \varepsilon}}": "x_hat = (x - x_bar) / sqrt(sigma^2 + eps)",
    r"f'(x)^{\prime} W^\top W^{T}": "f'(x)' W^T W^T",
    r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}": "[1, 2; 3, 4]",
    r"\left. x \right|": "x |",
}


@pytest.mark.parametrize("latex", AS_TEXT)
def test_a_formula_as_text(latex):
    assert plain(latex) == AS_TEXT[latex]


@pytest.mark.parametrize("latex", FORMULAS)
def test_every_formula_of_the_lessons_comes_out_readable(latex):
    commands = set(re.findall(r"\\([A-Za-z]+|.)", latex, re.S))
    assert commands <= KNOWN, "add these to plain_formulas.py, with a case above"
    text = plain(latex)
    assert text.isascii() and not re.search(r"[\\{}$\0]|  | $", text), text
    assert text.count("(") == text.count(")") and text.count("[") == text.count("]"), text
    letters = iter(text)
    for sign in re.findall(r"[A-Za-z0-9+=|-]", re.sub(r"\\(begin|end){\w+}|\\[A-Za-z]+", "", latex)):
        assert sign in letters, f"{text} has lost {sign}, or its order"


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_no_cell_of_text_shows_latex(lesson):
    for cell in lesson.cells:
        if cell.text:
            text = wrapped(cell.source)
            assert text.isascii()
            assert not re.search(r"\$|\\[a-z]+|_{|\^{", re.sub(r"`[^`]*`", "", text)), text


def test_code_keeps_its_signs_and_a_short_formula_stays_on_one_line():
    assert readable("`a$b` and $x_{1}$ `c$d`") == "`a$b` and x_1 `c$d`"
    text = wrapped("word " * 14 + "$w \\leftarrow w - \\epsilon \\, g$ more")
    assert "w <- w - eps g" in text
    assert "\xa0" not in text


def test_a_formula_in_its_own_lines_is_set_apart_and_no_wider_than_a_terminal():
    text = wrapped("Before:\n$$a = \\frac{b}{c}$$\nafter.")
    assert text == "Before:\n\n    a = b/c\n\nafter."
    long = "$$" + " + ".join(f"x_{{{i}}}" for i in range(30)) + "$$"
    assert max(map(len, wrapped(long).splitlines())) <= 78


def test_two_formulas_that_do_not_fit_side_by_side_stand_in_two_lines():
    a, b = "a + " * 8 + "a_1", "b + " * 8 + "b_2"
    assert wrapped(f"$${a} \\qquad {b}$$") == f"    {a}\n    {b}"


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_code_and_words_with_a_hyphen_stay_on_one_line(lesson):
    for cell in (cell for cell in lesson.cells if cell.text):
        text = wrapped(cell.source)
        for code in re.findall(r"(?<!`)`[^`]+`(?!`)", cell.source):
            assert " ".join(code.split()) in text
        assert not re.search(r"[A-Za-z]-\n", text), text
        paragraphs = [line for line in text.splitlines() if not line.startswith(("#", "|", "    "))]
        assert max(map(len, paragraphs), default=0) <= 78 and not [line for line in paragraphs if "  " in line.lstrip()]
