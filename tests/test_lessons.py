"""The lessons: each as a script, as cells, and what a learner sees of a mistake."""

import ast
import re
import time
from io import BytesIO
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image
from scipy.ndimage import binary_erosion
from scripts import script

from scratchnet import sketches
from scratchnet.lessons.scripts import (
    EXERCISE,
    MARK,
    all_lessons,
)
from scratchnet.viewing import drawings
from scratchnet.viewing.show import ROOT
from scratchnet.viewing.svg import PAPER

LESSONS = all_lessons()
NAMES = [lesson.path.stem for lesson in LESSONS]
SECONDS = 15
# Those that train are left out: without Numba their loops take minutes.
SHOW_KERNELS = [
    lesson
    for lesson in LESSONS
    if re.search(r"scratchnet\.kernels.*show\(", lesson.script, re.S)
    and not re.search(r"\bfit\(|\blearn\(", lesson.script)
]


# As scripts.


@pytest.fixture(scope="session")
def compiled(tmp_path_factory):
    """Run every lesson once, so that its kernels are compiled."""
    for lesson in LESSONS:
        script(lesson, tmp_path_factory.mktemp("compile"))


@pytest.mark.lesson
@pytest.mark.parametrize("lesson", LESSONS, ids=NAMES)
def test_a_lesson_runs_as_a_script(lesson, compiled, tmp_path):
    run = script(lesson, tmp_path)
    assert run.returncode == 0, run.stderr
    assert run.stderr == "", "a lesson warns of nothing"
    assert len(run.stdout.splitlines()) > 5 and run.stdout.isascii()
    pictures = sorted(path for path in tmp_path.glob("lesson-figures/*") if path.suffix in (".png", ".svg"))
    assert len(pictures) == run.stdout.count("[picture: ") == lesson.path.read_text("utf-8").count("\npicture(")
    for path in pictures:
        empty = blank_drawing(path.read_text("utf-8")) if path.suffix == ".svg" else blank(path.read_bytes())
        assert not empty, path.name


@pytest.mark.slow
@pytest.mark.parametrize("lesson", LESSONS, ids=NAMES)
def test_a_lesson_takes_seconds(lesson, compiled, tmp_path):
    """Not in CI: the machine there is shared, and its speed changes by a factor of two."""
    start = time.perf_counter()
    script(lesson, tmp_path)
    assert time.perf_counter() - start < SECONDS


@pytest.mark.lesson
@pytest.mark.parametrize("lesson", SHOW_KERNELS, ids=lambda lesson: lesson.name)
def test_a_lesson_on_kernels_runs_without_numba(lesson, tmp_path):
    run = script(lesson, tmp_path, NUMBA_DISABLE_JIT="1")
    assert run.returncode == 0 and run.stderr == "", run.stderr


def blank(png):
    """Whether there is hardly anything but lines and letters in a picture: no curve, no pixels, or empty axes."""
    pixels = np.asarray(Image.open(BytesIO(png)).convert("RGB")).astype(int)
    coloured = np.ptp(pixels, axis=2) > 60
    solid = binary_erosion(pixels.max(axis=2) < 200, np.ones((5, 5)))  # lines and letters are thinner than that
    return max(coloured.mean(), solid.mean()) < 0.002


def blank_drawing(svg):
    """Whether there is hardly anything but grey lines and letters in a drawing: no coloured line, and no area."""
    paths = [part for part in ElementTree.fromstring(svg) if part.tag.endswith("path")][1:]  # without the paper
    used = [
        colour for path in paths for colour in (path.get("fill"), path.get("stroke")) if colour not in (None, "none")
    ]
    coloured = sum(np.ptp([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) > 60 for colour in used)
    areas = sum(path.get("fill") not in (None, "none", PAPER) for path in paths)
    return coloured + areas < 3


@pytest.mark.parametrize("drawn", [False, True])
def test_blank_drawings_are_seen_as_such(drawn):
    for figure in (drawings.neuron([1, 2], [3, 4], 5), drawings.image_to_columns(np.eye(3), 2, 1)):
        for artist in [] if drawn else [*figure.axes[0].patches, *figure.axes[0].lines]:
            artist.remove()
        assert blank_drawing(figure.svg()) != drawn


@pytest.mark.parametrize("drawn", [False, True])
def test_blank_pictures_are_seen_as_such(drawn):
    figures = [sketches.arrays({"digit": np.eye(9)}, grey=True), sketches.arrays({"signed": np.eye(9) - 0.5})]
    figures.append(sketches.curves(range(9), {"": range(9)}, xlabel="x", ylabel="y"))
    for figure in figures:
        for ax in figure.axes:
            for artist in [] if drawn else [*ax.images, *ax.lines]:
                artist.remove()
        file = BytesIO()
        figure.savefig(file)
        assert blank(file.getvalue()) != drawn


# As texts.


@pytest.mark.parametrize("lesson", LESSONS, ids=NAMES)
def test_a_lesson_has_what_the_course_promises(lesson):
    text, cells = lesson.path.read_text("utf-8"), lesson.cells
    assert len(text.splitlines()) <= 350 and text.isascii()
    assert text.startswith(f"{MARK} [markdown]\n# # {lesson.number}. ") and cells[0].text
    assert "After this lesson you can" in cells[0].source
    assert re.search(r'"[^"]{12,}?"[^"]*?\((section|appendix|equation|caption)', prose(lesson)), "a cited quote"
    for i in [i for i, cell in enumerate(cells) if cell.predicts]:
        assert not cells[i + 1].text, "the answer follows its question"
    assert any(cell.predicts for cell in cells)
    claims = [node for node in ast.parse(cells[-2].source).body if isinstance(node, ast.Assert)]
    assert 2 <= len(claims) <= 4 and not cells[-2].text
    assert cells[-1].source.startswith(EXERCISE) and re.fullmatch(r"[a-z0-9-]+", lesson.exercise[0])
    assert len(lesson.exercise[1]) > 50


@pytest.mark.parametrize("lesson", LESSONS, ids=NAMES)
def test_a_command_of_an_exercise_has_a_line_of_its_own(lesson):
    for cell in (cell for cell in lesson.cells if cell.text):
        outside = "\n".join(line for line in cell.source.split("\n") if not line.startswith("    "))
        assert "scratchnet exercise" not in " ".join(outside.split()), outside


def prose(lesson):
    return " ".join(" ".join(cell.source.split()) for cell in lesson.cells if cell.text)


def test_the_course_is_in_order():
    assert [lesson.number for lesson in LESSONS] == list(range(len(LESSONS)))
    assert len({lesson.exercise[0] for lesson in LESSONS}) == len(LESSONS)


def test_no_lesson_holds_a_copy_of_the_library():
    """Three lines in a row that stand in the library; imports, heads of loops and short lines left out."""
    library = set()
    for path in (ROOT / "scratchnet").rglob("*.py"):
        library |= set(triples(path.read_text("utf-8")))
    for lesson in LESSONS:
        code = "\n".join(cell.source for cell in lesson.cells if not cell.text)
        assert not library & set(triples(code)), lesson.name


def triples(code):
    lines = [line.strip() for line in code.splitlines() if not re.match(r" *(for |from |import |.{0,12}$)", line)]
    return zip(lines, lines[1:], lines[2:])


TERMS = """network, layer, training, array, shape, dtype, pixel, map, mean, variance, unit, neuron, weights, bias,
parameters, slope, derivative, saturated, chain rule, transpose, batch, gradient, central difference, relative error,
receptive field, convolution, filter, kernel, connections, im2col, col2im, adjoint, activation, loss, hidden,
computational graph, backpropagation, Jacobian, gradient descent, learning rate, mini-batch, SGD, epoch, held out,
overfitting, optimizer,
cross-correlation, full convolution"""
NOT_YET = "tensor logit hyperparameter autograd minibatch inference hessian softmax"


def test_terms_are_introduced_before_they_are_used_in_lessons_0_to_8():
    """A term is introduced where it first stands in bold; the promise that a lesson opens with may name what comes."""
    text = "\n\n".join(cell.source for lesson in LESSONS[:9] for cell in lesson.cells if cell.text)
    text = re.sub(r"After this lesson you can.*?(\n\n|\Z)|`[^`]*`|^#[^\n]*$|\"[^\"]*\"", "", text, flags=re.M | re.S)
    text = re.sub(r"\s+", " ", text.lower())
    for term in re.split(r",\s+", TERMS.lower()):
        plural = rf"\b{term}{'' if term == 'mean' else 's?'}\b"
        first, bold = re.search(plural, text), re.search(rf"\*\*{term}s?\*\*", text)
        assert bold, f"{term!r} is introduced nowhere"
        assert first.start() >= bold.start(), (
            f"{term!r} is used before it is introduced: {text[first.start() - 60 :][:90]}"
        )
    for term in NOT_YET.split():
        assert not re.search(rf"\b{term}s?\b", text), f"{term!r} is not a word of lessons 0 to 8"
