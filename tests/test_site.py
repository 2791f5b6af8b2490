"""Lessons as notebooks, and building their website."""

import ast
import asyncio
import importlib
import re
import shutil
import sys
from pathlib import Path

import jupytext
import pytest
from courses import three_lessons
from PIL import Image

from scratchnet import cli
from scratchnet.cli import lessons as commands
from scratchnet.cli import main
from scratchnet.errors import InputError
from scratchnet.lessons import scripts
from scratchnet.lessons.notebook import write_notebook
from scratchnet.lessons.scripts import CellError, all_lessons

LESSONS = all_lessons()
NAMES = [lesson.path.stem for lesson in LESSONS]
every_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=NAMES)


# As cells and notebooks.


@every_lesson
def test_cells_are_those_of_jupytext_and_begin_in_their_line(lesson):
    script = lesson.path.read_text("utf-8")
    theirs = jupytext.reads(script, fmt="py:percent").cells
    assert [(cell.text, cell.marked) for cell in lesson.cells] == [
        (cell.cell_type == "markdown", cell.source) for cell in theirs
    ]
    lines = script.splitlines()
    for cell in lesson.cells:
        assert lines[cell.line - 1].removeprefix("# " if cell.text else "") == cell.source.splitlines()[0]


@every_lesson
def test_a_notebook_becomes_the_same_script_again(lesson, tmp_path):
    path = write_notebook(lesson, tmp_path / "a" / "lesson.ipynb")
    text = path.read_text("utf-8")
    notebook = jupytext.reads(text, fmt="ipynb")
    assert jupytext.writes(notebook, fmt="py:percent") == lesson.path.read_text("utf-8")
    assert notebook.metadata.kernelspec.name == "python3"
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in notebook.cells)
    assert write_notebook(lesson, tmp_path / "again.ipynb").read_text("utf-8") == text


def test_a_notebook_is_not_overwritten(tmp_path):
    path = tmp_path / "mine.ipynb"
    path.write_text("mine")
    with pytest.raises(InputError, match=r"mine.ipynb exists already\. Remove it, or name another file with path="):
        write_notebook(LESSONS[0], path)
    assert path.read_text() == "mine"


def test_all_lessons_become_notebooks_with_one_command(tmp_path, capsys):
    assert main(["lessons", "notebook", "--all", "--out", str(tmp_path / "all")]) == 0
    printed = capsys.readouterr().out.split()
    assert printed == [str(tmp_path / "all" / f"{name}.ipynb") for name in NAMES]
    assert main(["lessons", "notebook", "--all", "--out", str(tmp_path / "all")]) == 2
    assert "exists already" in capsys.readouterr().err


def test_the_folder_for_jupyterlite(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(commands, "build_wheel", lambda folder: folder / "the.whl")
    assert main(["lessons", "notebook", "--lite", "--out", str(tmp_path)]) == 0
    *paths, wheel = map(Path, capsys.readouterr().out.splitlines())
    assert [path.stem for path in paths] == NAMES[:14] and wheel == tmp_path / "pypi" / "the.whl"
    for path, lesson in zip(paths, LESSONS):
        first, *rest = jupytext.read(path).cells
        assert path.parent == tmp_path / "files" and len(rest) == len(lesson.cells)
        code = compile(first.source, "first", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        asyncio.run(eval(code, {}))  # does nothing here
        monkeypatch.setattr(sys, "platform", "emscripten")
        with pytest.raises(ModuleNotFoundError, match="piplite"):
            asyncio.run(eval(code, {}))
        monkeypatch.undo()


def test_a_wheel_that_pip_cannot_make_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setattr(sys.modules["scratchnet.viewing.show"], "ROOT", tmp_path)
    (tmp_path / "pyproject.toml").write_text("no toml")
    with pytest.raises(InputError, match=f"pip cannot make the wheel of {re.escape(str(tmp_path))}: .*TOML"):
        commands.build_wheel(tmp_path)


@pytest.mark.parametrize(
    "module", ["markdown_it", "mdit_py_plugins.dollarmath", "latex2mathml.converter", "pygments", "jupytext"]
)
def test_what_is_missing_is_named(module, monkeypatch, tmp_path):
    for name in ("site", "typesetting"):
        monkeypatch.delitem(sys.modules, f"scratchnet.lessons.{name}")
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(
        InputError, match=re.escape(f"{module} is missing.") + r'.+: pip install "scratchnet-lenet\[lessons\]"$'
    ):
        import scratchnet.lessons.site

        assert scratchnet.lessons.site.build_site
        write_notebook(LESSONS[0], tmp_path / "lesson.ipynb")
    assert not (tmp_path / "lesson.ipynb").exists()


# A small course.


@pytest.fixture
def small(tmp_path, monkeypatch):
    return three_lessons(tmp_path, monkeypatch)


def test_a_small_course(small, capsys):
    pages = small()
    assert sorted(pages) == ["01_plus", "02_plus", "03_plus", "exercises", "glossary", "index"]
    said = capsys.readouterr()
    assert re.fullmatch(r"( [123] of 3  lesson [123]  plus  \d+\.\d s\n){3}", said.err) and not said.out
    page = pages["02_plus"]
    order = [
        "<title>2. On &lt;b&gt;plus&lt;/b&gt; - scratchnet lessons</title>",
        "2. On &lt;b&gt;plus&lt;/b&gt;</h1>",
        '<div class="table" tabindex="0"',
        '<th scope="col">a</th>',
        '<span data-line="11"></span>',
        ">&lt;i&gt;before&lt;/i&gt; &amp; after</pre>",
        "scratchnet/viewing/show.py, lines ",
        '<figure class="picture"><a href="figures/02_plus-1.svg"><svg ',
        'class="drawing" role="img" ',
        "<title>a &lt;drawing&gt;</title>",
        'alt="a &quot;white&quot; &lt;picture&gt;" width="100" height="50">',
        ">2 of 2\na warning</pre>",
        '<div class="predict">',
        "<summary>Show the code and the answer</summary>",
        ">two</pre>\n</details>",
        '<section id="exercise">',
        '<a href="01_plus.html" rel="prev">',
        '<a href="exercises.html#plus-2">Exercise: plus-2</a>',
        '<a href="03_plus.html" rel="next">',
    ]
    places = [page.rfind(words) for words in order]
    assert -1 not in places and places == sorted(places), [words for words in order if words not in page] or places
    assert Image.open(small.folder / "site" / "figures" / "02_plus-2.png").size == (100, 50)
    assert pages["index"].count("After this lesson you can add <math") == 3
    assert '<section id="plus-2">' in pages["exercises"]


def test_all_exercises_of_a_lesson_are_listed(small):
    page = small(exercises={2: [(7, "add", "two numbers"), (9, "add-more", "a < b")]})["exercises"]
    plus_1, plus_2 = (page.partition(f'<section id="plus-{n}">')[2].partition("</section>")[0] for n in (1, 2))
    assert "exercise start" not in plus_1 and "<li>add-more: a &lt; b.<br>" in plus_2
    assert [f"exercise start {number}" in plus_2 for number in ("07", "09")] == [True, True]


def test_a_title_that_is_a_question_has_no_full_stop(small):
    assert "<li>add: is it right?<br>" in small(exercises={2: [(7, "add", "is it right?")]})["exercises"]


def test_only_some_lessons_are_built(small, monkeypatch):
    small()
    lessons = scripts.all_lessons()
    assert sorted(small(only=[lessons[2], lessons[0]])) == ["01_plus", "03_plus", "exercises", "glossary", "index"]


def test_the_command_builds_the_lessons_that_are_named(tmp_path, monkeypatch):
    asked, site = {}, importlib.import_module("scratchnet.lessons.site")
    monkeypatch.setattr(site, "build_site", lambda out, **how: asked.update(how))
    monkeypatch.chdir(tmp_path)
    assert cli.main(["lessons", "build", "4", "0"]) == 0
    assert {lesson.number for lesson in asked["only"]} == {0, 4} and not asked["live"]
    assert [name for _, name, _ in asked["exercises"][4]] == ["backpropagation", "sequential", "training-loop"]


def test_nothing_gives_a_prediction_away(small):
    """What stands between a question and the next heading or question is hidden: code, output and words."""
    page = small("""1 + 1

# %% [markdown]
# **Predict.** What is 6 times 7?

# %%
print(6 * 7)

# %% [markdown]
# It is the ANSWER.

# %%
print("more")

# %% [markdown]
# Still the ANSWER. **Not a question.**

# %% [markdown]
# **Predict.** What is 6 plus 7?

# %%
print(6 + 7)

# %% [markdown]
# The SECOND one.
#
# ## A heading
#
# This is OPEN.
""")["02_plus"]
    hidden = re.findall(r'<details class="answer" data-question="\w{8}">.*?</details>', page, re.DOTALL)
    shown = page
    for part in hidden:
        shown = shown.replace(part, "")
    _, first, second = hidden[:3]
    assert "ANSWER" in first and ">42</pre>" in first and "SECOND" in second and ">13</pre>" in second
    assert "6 times 7?" in shown and "6 plus 7?" in shown and "This is OPEN" in shown
    assert re.findall(r">42</pre>|>13</pre>|ANSWER|SECOND", shown) == []


def test_a_lesson_that_stops_itself_gets_a_page(small):
    page = small("print('so far')\nsys.exit('PyTorch is not installed: <pip install torch>')")["02_plus"]
    assert ">so far</pre>" in page
    assert ">2 of 2\na warning</pre>" in page
    assert "Exercise: plus-2</h2>" in page
    assert "<strong>No output from here on:</strong> lesson 2 stops: PyTorch is not installed: &lt;pip" in page


def listing(folder):
    return {path.relative_to(folder).as_posix(): path.is_file() and path.read_bytes() for path in folder.rglob("*")}


@pytest.mark.parametrize(
    "code, error", [("1 / 0", CellError), ("raise KeyboardInterrupt", KeyboardInterrupt), ("1 +", CellError)]
)
@pytest.mark.parametrize("built", [False, True])
def test_an_error_changes_nothing(code, error, built, small):
    if built:
        small()
    before = set(small.folder.iterdir()), listing(small.folder / "site")
    with pytest.raises(error):
        small(code)
    assert (set(small.folder.iterdir()), listing(small.folder / "site")) == before


@pytest.mark.parametrize(
    "formula",
    [
        r"$\foo{x}$",
        r"$\frac{1}$",
        "$x^$",
        "$a_{i$",
        r"$\left( x$",
        r"$\begin{foo}x\end{foo}$",
        "$a_i_j$",
        "$a & b$",
        "a $",
        "$a",
    ],
)
def test_a_formula_that_cannot_be_typeset_is_an_error_before_any_cell_runs(formula, small):
    with pytest.raises(InputError, match=r"Lesson 3 \(plus\), cell 1: ") as why:
        small("1 / 0", formula)
    assert formula.strip("$ ") in str(why.value) and len(str(why.value).splitlines()) == 1
    assert not (small.folder / "site").exists()


def test_only_a_site_is_replaced(small):
    site = small.folder / "site"
    site.mkdir()
    small()
    (site / "reference").mkdir()
    (site / "reference" / "layers.html").write_text("an older one")
    small("print('three')")
    assert "three" in (site / "02_plus.html").read_text() and len(list(small.folder.iterdir())) == 2
    for name in (".git", "figures/mine.png", "notes.html", "reference/mine.txt", "reference/_modules/mine.md"):
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_text("mine")
        with pytest.raises(InputError, match=f"{name} in it is not part of the website"):
            small()
        (site / name).unlink()
    (site / "style.css").write_text("/* mine */")
    with pytest.raises(InputError, match="is not a website of the lessons"):
        small()
    shutil.rmtree(site)
    site.write_text("mine")
    with pytest.raises(InputError, match="exists already, and is not a website"):
        small()
    assert site.read_text() == "mine"
