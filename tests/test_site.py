"""The lessons as a website, looked at in a browser, and as notebooks."""

import contextlib
import io
import itertools
import re
import shutil
import sys
from pathlib import Path

import jupytext
import pytest
from browsing import open_file, requests
from matplotlib.colors import to_rgb
from PIL import Image
from selenium.webdriver.common.by import By

from scratchnet.errors import InputError
from scratchnet.lessons import site as site_module
from scratchnet.lessons.notebook import write_notebook
from scratchnet.lessons.scripts import CellError, all_lessons
from scratchnet.lessons.site import STYLE, build_site
from scratchnet.viewing.show import Picture

LESSONS = all_lessons()
NAMES = [lesson.path.stem for lesson in LESSONS]
PAGES = [*NAMES, "index", "exercises"]
every_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=NAMES)


# As cells and notebooks.


@every_lesson
def test_cells_are_those_of_jupytext_and_begin_in_their_line(lesson):
    script = lesson.path.read_text("utf-8")
    theirs = jupytext.reads(script, fmt="py:percent").cells
    assert [(cell.text, cell.source) for cell in lesson.cells] == [
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

SCRIPT = """# %% [markdown]
# # {number}. On <b>plus</b>
#
# After this lesson you can add $a$ and $b$.
#
# | a | b |
# |---|--:|
# | 1 | $2^x$ |

# %%
import sys
from matplotlib.figure import Figure
from scratchnet import picture, show
print("<i>before</i> & after")
show(picture)
picture(Figure((2, 1), dpi=50), 'a "white" <picture>')
print("1 of 2\\r2 of 2")
print("a warning", file=sys.stderr)

# %% [markdown]
# **Predict.** What is 1 + 1?

# %%
{code}

# %% [markdown]
# ## Exercise: plus-{number}
#
# Write $f'(x)$.
"""


@pytest.fixture
def small(tmp_path, monkeypatch):
    """Builds a course of three to the folder `site`, with this code in lesson 2, this instead of a formula in 3."""
    (tmp_path / "lessons").mkdir()
    monkeypatch.setattr("scratchnet.lessons.scripts.folder", lambda: tmp_path / "lessons")

    def build(code="print('two')", formula="$a$"):
        for number in (1, 2, 3):
            script = SCRIPT.format(number=number, code=code if number == 2 else "print(1 + 1)")
            (tmp_path / "lessons" / f"0{number}_plus.py").write_text(
                script.replace("$a$", formula if number == 3 else "$a$")
            )
        build_site(tmp_path / "site")
        return {path.stem: path.read_text("utf-8") for path in (tmp_path / "site").glob("*.html")}

    build.folder = tmp_path
    return build


def test_a_small_course(small, capsys):
    pages = small()
    assert sorted(pages) == ["01_plus", "02_plus", "03_plus", "exercises", "index"]
    said = capsys.readouterr()
    assert re.fullmatch(r"(lesson  [123] of 3  plus  \d+\.\d s\n){3}", said.err) and not said.out
    page = pages["02_plus"]
    order = [
        "<title>2. On &lt;b&gt;plus&lt;/b&gt; - scratchnet lessons</title>",
        "2. On &lt;b&gt;plus&lt;/b&gt;</h1>",
        '<div class="table" tabindex="0"',
        '<th scope="col">a</th>',
        '<span data-line="11"></span>',
        ">&lt;i&gt;before&lt;/i&gt; &amp; after</pre>",
        "scratchnet/viewing/show.py, lines ",
        'alt="a &quot;white&quot; &lt;picture&gt;" width="100" height="50">',
        ">2 of 2\na warning</pre>",
        '<div class="predict">',
        "<details>\n<summary>Show the answer</summary>",
        ">two</pre>\n</details>",
        '<section id="exercise">',
        '<a href="01_plus.html" rel="prev">',
        '<a href="exercises.html#plus-2">Exercise: plus-2</a>',
        '<a href="03_plus.html" rel="next">',
    ]
    places = [page.rfind(words) for words in order]
    assert -1 not in places and places == sorted(places), [words for words in order if words not in page] or places
    assert Image.open(small.folder / "site" / "figures" / "02_plus-1.png").size == (100, 50)
    assert pages["index"].count("After this lesson you can add <math") == 3
    assert '<section id="plus-2">' in pages["exercises"]


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
    for name in (".git", "figures/mine.png", "notes.html"):
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


# Colours.


def contrast(one, other):
    """As WCAG 2 defines it, of two colours that matplotlib knows."""
    lights = []
    for colour in (one, other):
        r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour))
        lights.append(0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05)
    return max(lights) / min(lights)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_can_be_read(scheme):
    light, dark = STYLE.read_text("utf-8").split("prefers-color-scheme: dark")
    colours = dict(re.findall(r"--([\w-]+): (#\w+);", light if scheme == "light" else dark))
    grounds = {"paper", "tint", "predict", "stopped"}
    for name in colours.keys() - grounds - {"rule", "predict-rule", "stopped-rule"}:
        for ground in grounds if name in ("text", "link", "quiet") else {"paper", "tint"}:
            assert contrast(colours[name], colours[ground]) >= 4.5, (name, ground)


# All lessons, in a browser.


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The folder of the website, and what the cells of each lesson gave."""
    folder, outputs = tmp_path_factory.mktemp("built") / "site", {}

    def run(lesson):
        outputs[lesson.path.stem], stopped = original(lesson)
        assert not stopped, stopped
        return outputs[lesson.path.stem], stopped

    original = site_module.run
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stderr(io.StringIO()):
        patch.setattr(site_module, "run", run)
        build_site(folder, reference=True)
    return folder, outputs


@pytest.fixture
def view(browser, site):
    """Opens a page on a screen so many pixels wide, in light or dark colours."""

    def open_page(name, width=1200, scheme="light"):
        return open_file(browser, site[0] / f"{name}.html", width, scheme)

    return open_page


every_page = pytest.mark.parametrize("name", PAGES)


@pytest.mark.lesson
@every_page
def test_a_page_asks_nobody_and_complains_of_nothing(name, view, browser):
    assert any(url.endswith("style.css") for url in requests(browser, lambda: view(name)))


def formulas(text):
    """How many there are in Markdown, outside of code."""
    text = re.sub(r"```.*?```|`[^`]*`", "", text, flags=re.DOTALL)
    return len(re.findall(r"\$\$.+?\$\$|\$[^$]+\$", text, re.DOTALL))


@pytest.mark.lesson
@every_page
def test_formulas_are_all_there_and_seen(name, view):
    texts = {lesson.path.stem: [cell.source for cell in lesson.cells if cell.text] for lesson in LESSONS}
    texts["exercises"] = [lesson.exercise[1] for lesson in LESSONS]
    texts["index"] = [lesson.cells[0].source.split("\n\n")[1] for lesson in LESSONS]
    seen = view(name).execute_script(
        "return [...document.querySelectorAll('math')].map(m => m.getBoundingClientRect()).map(b => b.width * b.height)"
    )
    assert len(seen) == sum(map(formulas, texts[name]))
    assert all(size > 20 for size in seen), seen
    assert "$" not in "".join(e.text for e in view(name).find_elements(By.CSS_SELECTOR, "main > p, li, .predict"))


@pytest.mark.lesson
@every_page
def test_pictures_are_all_there_and_described(name, view, site):
    items = [item for items in site[1].get(name, {}).values() for item in items if isinstance(item, Picture)]
    seen = view(name).execute_script(
        "return [...document.images].map(i => [i.alt, i.complete && i.naturalWidth, i.width / i.height / "
        "(i.naturalWidth / i.naturalHeight)])"
    )
    assert [alt for alt, _, _ in seen] == [item.alt for item in items] and all(item.alt.strip() for item in items)
    for (_, width, stretched), item in zip(seen, items):
        assert width == Image.open(io.BytesIO(item.png)).width and abs(stretched - 1) < 0.02


@pytest.mark.lesson
@every_page
def test_a_page_can_be_heard(name, view):
    page = view(name)
    assert page.execute_script("return document.documentElement.lang") == "en"
    levels = page.execute_script("return [...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(h => +h.tagName[1])")
    assert levels.count(1) == 1 and levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels)), levels
    labels = page.execute_script("return [...document.querySelectorAll('nav')].map(n => n.getAttribute('aria-label'))")
    assert all(labels) and len(set(labels)) == len(labels) >= 1
    for landmark in ("header", "main", "footer"):
        assert len(page.find_elements(By.CSS_SELECTOR, f"body > {landmark}")) == 1
    first = page.execute_script("return document.querySelector('a, summary, [tabindex=\"0\"]').getAttribute('href')")
    assert first == "#main"


@pytest.mark.lesson
@every_page
def test_links_lead_somewhere(name, view, site):
    for href in view(name).execute_script("return [...document.links].map(a => a.getAttribute('href'))"):
        if re.match(r"\w+:", href):
            continue
        path, _, anchor = href.partition("#")
        target = site[0] / (path or f"{name}.html")
        assert target.is_file(), href
        if anchor:
            assert target.read_text("utf-8").count(f' id="{anchor}"') == 1, href
    ids = re.findall(' id="(.+?)"', (site[0] / f"{name}.html").read_text("utf-8"))
    assert len(set(ids)) == len(ids)


@pytest.mark.lesson
def test_next_and_previous_walk_through_all_lessons(view):
    page, walked = view("index"), []
    page.find_element(By.CSS_SELECTOR, "main ol a").click()
    for direction in ("next", "prev"):
        walked.append(Path(page.current_url).stem)
        while links := page.find_elements(By.CSS_SELECTOR, f"footer [rel={direction}]"):
            links[0].click()
            walked.append(Path(page.current_url).stem)
    assert walked == NAMES + NAMES[::-1]
    page.find_element(By.CSS_SELECTOR, "footer a[href^=exercises]").click()
    assert page.execute_script("return document.querySelector(':target h2').innerText") == LESSONS[0].exercise[0]


@pytest.mark.lesson
@every_lesson
def test_answers_are_hidden_until_one_asks(lesson, view):
    page = view(lesson.path.stem)
    answers = page.find_elements(By.CSS_SELECTOR, "main details")
    assert len(answers) == sum(cell.predicts for cell in lesson.cells) >= 1
    for answer in answers:
        inside = answer.find_elements(By.CSS_SELECTOR, "pre, img")
        assert inside and not any(element.is_displayed() for element in inside)
        answer.find_element(By.CSS_SELECTOR, "summary").click()
        assert all(element.is_displayed() for element in inside)


OPEN = "document.querySelectorAll('details').forEach(d => d.open = true);"
WIDE = """return [...document.querySelectorAll('body *')].filter(e => !e.closest('math') && e.clientWidth &&
  e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display != 'inline').map(e => [e.tagName,
  getComputedStyle(e).overflowX == 'auto' && e.tabIndex == 0 && !!e.ariaLabel && !!e.getAttribute('role')])"""
OUTSIDE = """return [...document.querySelectorAll('body *:not(.skip)')].filter(e =>
  !e.parentElement.closest('pre, .formula, .table') && e.getBoundingClientRect().right > innerWidth + 0.5)
  .map(e => e.outerHTML.slice(0, 80))"""


@pytest.mark.lesson
@every_page
def test_a_page_fits_a_phone(name, view):
    page = view(name, 360)
    assert page.execute_script(f"{OPEN} return [innerWidth, document.documentElement.scrollWidth]") == [360, 360]
    assert page.execute_script(OUTSIDE) == []
    assert all(reachable for _, reachable in page.execute_script(WIDE)), page.execute_script(WIDE)


COLOURS = """
const found = {}, walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
const ground = e => { while (e && getComputedStyle(e).backgroundColor == 'rgba(0, 0, 0, 0)') e = e.parentElement;
  return getComputedStyle(e || document.documentElement).backgroundColor };
const note = (e, pseudo) => found[getComputedStyle(e, pseudo).color + ' on ' + ground(e)] = e.outerHTML.slice(0, 80);
while (walker.nextNode()) if (walker.currentNode.data.trim()) note(walker.currentNode.parentElement);
document.querySelectorAll('[data-line]').forEach(e => note(e, '::before'));
return found"""


@pytest.mark.lesson
@pytest.mark.parametrize("scheme", ["light", "dark"])
@every_page
def test_all_text_can_be_read(name, scheme, view):
    found = view(name, scheme=scheme).execute_script(OPEN + COLOURS)
    for colours, where in found.items():
        one, other = ([int(c) / 255 for c in re.findall(r"\d+", part)] for part in colours.split(" on "))
        assert len(one) == len(other) == 3, (colours, where)
        assert contrast(one, other) >= 4.5, (colours, where)
