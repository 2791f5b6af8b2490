"""The website: what is folded, the parts and minutes of its front page, the glossary."""

import re
import shutil

import pytest
from courses import three_lessons

from scratchnet.errors import InputError
from scratchnet.lessons import front_network, glossary_page
from scratchnet.lessons.glossary_page import entries, glossary, glossary_source
from scratchnet.lessons.index_page import PARTS, in_parts, minutes
from scratchnet.lessons.lesson_page import only_draws
from scratchnet.lessons.scripts import Lesson, all_lessons, cut
from scratchnet.lessons.site import OURS
from scratchnet.lessons.typesetting import described, mathml, to_html
from scratchnet.lessons.widgets import names, scripts_of
from scratchnet.viewing.show import ROOT, Picture

PNG = Picture(b"", "a picture")


@pytest.fixture
def small(tmp_path, monkeypatch):
    return three_lessons(tmp_path, monkeypatch)


# Formulas and what touches them.


@pytest.mark.parametrize(
    "latex, inside",
    [
        (r"\log p", '<mi>log</mi><mspace width="0.17em" /><mi>p</mi>'),
        (r"\log_2 p", '</msub><mspace width="0.17em" /><mi>p</mi>'),
        (r"\log 10", '<mspace width="0.17em" /><mn>10</mn>'),
        (r"\tanh(u)", '<mi>tanh</mi><mo stretchy="false">'),
        (r"\tanh^2(u)", "<msup><mi>tanh</mi><mn>2</mn></msup><mo"),
        (r"\max(p, 0)", '<mrow><mi>max</mi><mo stretchy="false">'),
        (r"j = \infty", "<mi>&#x0221E;</mi>"),
    ],
)
def test_names_of_functions_have_the_space_that_they_need(latex, inside):
    assert inside in mathml(latex, "inline")


def test_formulas_side_by_side_may_stand_below_each_other():
    page = to_html(r"$$a = b, \qquad c = d$$", set())
    assert page.count("<math ") == 2 and page.count('class="formula"') == 1


def test_no_line_begins_with_a_stop_or_a_percent_sign():
    page = to_html("Is it $dx$? See ($x$), $y$ and 5 % of `5 %`.", set())
    assert page.count('<span class="whole">') == 2
    assert "</math>?</span> See <span" in page and '">(<math ' in page and "</math>),</span> <math " in page
    assert "5\N{NO-BREAK SPACE}% of <code>5 %</code>" in page


def test_code_in_a_table_may_be_broken():
    page = to_html("a `a.b_c`\n\n| h |\n|---|\n| `History.test_error`, `fit(x)` |\n", set())
    assert (
        "<code>a.b_c</code>" in page and "<code>History.<wbr>test_<wbr>error</code>, <code>fit(<wbr>x)</code>" in page
    )


# Code that only draws.


@pytest.mark.parametrize(
    "code, items, folds",
    [
        ("picture(f(x), 'a')", [PNG], True),
        ("shown = {'a': x}\nshown |= {'b': y}\npicture(f(shown), 'a')\npicture(g(shown), 'b')", [PNG, PNG], True),
        ("again = 1\npicture(f(again), 'a')", [PNG], True),  # a later cell gives it a new value
        ("later = 1\npicture(f(later), 'a')", [PNG], False),
        ("grown = 1\npicture(f(grown), 'a')", [PNG], False),
        ("rows[0] = 1\npicture(f(rows), 'a')", [PNG], False),
        ("print(x)\npicture(f(x), 'a')", ["1", PNG], False),
        ("x.sort()\npicture(f(x), 'a')", [PNG], False),
        ("for i in x:\n    train(i)\npicture(f(x), 'a')", [PNG], False),
        ("def f(x):\n    return x\npicture(f(x), 'a')", [PNG], False),
        ("assert x\npicture(f(x), 'a')", [PNG], False),
        ("shown = 1", [], False),
    ],
)
def test_code_that_only_draws(code, items, folds, tmp_path):
    path = tmp_path / "01_x.py"
    path.write_text(f"# %%\n{code}\n\n# %%\nprint(later, rows)\nagain = 2\ngrown += again\n")
    assert only_draws(Lesson(path), 1, items) is folds


def test_code_that_only_draws_is_below_its_picture_and_folded(small):
    page = small("""print(2)

# %% [markdown]
# ## A heading

# %%
picture(Figure((2, 1), dpi=50), "a white picture; " + "as " * 40 + "such")""")["02_plus"]
    found = re.search(
        r'alt="a white picture" .+?<summary>What the picture shows</summary>\n<p>a white picture; as .+?</details>'
        r'.*?<details class="draws">\n<summary>Code that draws this picture</summary>\n(.+?)</details>',
        page,
        re.DOTALL,
    )
    assert found and "picture" in found[1]
    assert page.count('<details class="draws">') == 1


def test_long_descriptions_are_folded():
    assert described("A short one. Of two sentences.") == ("A short one. Of two sentences.", "")
    first, folded = described("Three curves; <all> of them fall. " + "More of it. " * 20)
    assert (
        first == "Three curves" and "&lt;all&gt; of them fall" in folded and folded.startswith('<details class="desc')
    )


def test_a_drawing_is_inside_of_the_page_and_a_file(small):
    code = (
        "from scratchnet.viewing import drawings\npicture(drawings.neuron([1.0], [2.0], b=0.5), 'A unit: ' + 'x ' * 90)"
    )
    page = small(code)["02_plus"]
    found = re.search(
        r'<figure class="picture"><a href="(figures/02_plus-3.svg)"><svg .+?<title>A unit</title>.+?</svg>\n?</a>'
        r'<details class="described">\n<summary>What the picture shows</summary>\n<p>A unit: x x',
        page,
        re.DOTALL,
    )
    assert found and (small.folder / "site" / found[1]).read_text("utf-8").startswith("<svg ")
    small()  # such a site is replaced


# Widgets.


def test_the_mark_of_a_widget_is_for_the_website_alone():
    (cell,) = cut("# %% [markdown]\n# <!-- widget: valley -->\n#\n# One.\n#\n# <!-- widget: window -->\n#\n# Two.\n")
    assert cell.source == "One.\n\nTwo." and cell.line == 4
    page = to_html(cell.marked, set())
    places = [page.index(part) for part in ('data-widget="valley"', "One.", 'data-widget="window"', "Two.")]
    assert places == sorted(places) and "widget:" not in page
    assert scripts_of(page) == ["common", "valley", "window"] and scripts_of("<p>") == []


def test_an_unknown_widget_is_an_error_before_any_cell_runs(small):
    with pytest.raises(InputError, match=r"Lesson 3 \(plus\), cell 1: There is no widget 'vally'\. Did you mean 'val"):
        small("1 / 0", "a sum.\n#\n# <!-- widget: vally -->\n#\n# Then")
    with pytest.raises(InputError, match=r"Lesson 3 \(plus\), cell 1: A mark of a widget expects an empty line"):
        small("1 / 0", "a sum.\n# <!-- widget: valley -->\n#\n# Then")
    assert not (small.folder / "site").exists()


def test_every_widget_has_a_lesson():
    marks = [
        mark for lesson in all_lessons() for cell in lesson.cells for mark in re.findall("widget: (\\w+)", cell.marked)
    ]
    assert sorted(marks) == names()
    assert not any("widget:" in cell.source for lesson in all_lessons() for cell in lesson.cells)


# The front page.


def test_the_parts_hold_all_lessons_in_order():
    parts = in_parts(all_lessons())
    assert [lesson for part in parts.values() for lesson in part] == all_lessons()
    assert list(parts) == list(PARTS.values())


def test_minutes(tmp_path):
    path = tmp_path / "01_x.py"
    path.write_text(
        "# %% [markdown]\n" + "# word\n" * 260 + "\n# %%\n" + "x = 1\n\n" * 30 + "# %% [markdown]\n# **Predict.** x?\n"
    )
    assert minutes(Lesson(path)) == 2 + 3 + 1  # 260 words, 30 lines, a prediction


def test_the_front_page(small):
    pages = small()
    page = pages["index"]
    for number in (1, 2, 3):
        assert f'<li value="{number}" data-lesson="0{number}_plus">' in page
        assert f'<img src="figures/0{number}_plus-1.svg" alt="" loading="lazy">' in page
        assert f'<p class="about">2 minutes. <a href="exercises.html#plus-{number}">' in page
    assert re.findall("<h2.*?>(.+?)</h2>", page) == ["Basics"]
    assert "iframe" not in page and "130 words a minute" in page
    assert all('<a href="glossary.html"' in page for page in pages.values())


def test_the_live_network_is_on_the_front_page(small, monkeypatch):
    monkeypatch.setattr(front_network, "IMAGES", 200)
    pages = small(live=True)
    assert '<a href="draw.html">Draw a digit</a>' in pages["index"]
    assert re.search('<iframe src="draw.html" title=".+?" loading="lazy">', pages["index"])
    assert "LeNet-5 after 200 digits" in pages["draw"]
    small()  # it is replaced
    assert not (small.folder / "site" / "draw.html").exists()


@pytest.mark.parametrize(
    "name, ours",
    [
        ("glossary.html", True),
        ("draw.html", True),
        ("scripts", True),
        ("scripts/valley.js", True),
        ("figures/09_subsampling-1.svg", True),
        ("scripts/mine/valley.js", False),
        ("scripts/valley.py", False),
        ("mine.html", False),
        ("valley.js", False),
    ],
)
def test_files_of_the_website_are_known(name, ours):
    assert bool(OURS.fullmatch(name)) is ours


# The glossary.


def test_the_glossary_has_a_row_for_each_word(small):
    page = small()["glossary"]
    words = re.findall(r"^\| (?!-|the paper's|today's|letter)(.+?) \|", glossary_source(), re.MULTILINE)
    assert len(words) > 50 and len(re.findall('<tr id="', page)) == len(words)
    html, terms = glossary()
    assert terms["map"] == terms["feature map"] == "glossary.html#feature-map" and 'id="feature-map"' in html
    assert terms["MAP"] != terms["map"]
    assert entries("&quot;none of these&quot;, background class (of images)") == ["none of these", "background class"]


def test_bold_words_lead_to_the_glossary():
    terms = {"unit": "glossary.html#unit", "weight sharing": "glossary.html#sharing"}
    page = to_html("A **unit**, **Units**, **weight\nsharing**, **nothing**, `**unit**`, **`unit`**.", set(), terms)
    assert re.findall('<a class="term" href="(.+?)"><strong>(.+?)</strong></a>', page, re.DOTALL) == [
        ("glossary.html#unit", "unit"),
        ("glossary.html#unit", "Units"),
        ("glossary.html#sharing", "weight\nsharing"),
    ]
    assert page.count("<a ") == 3


def test_the_glossary_of_a_wheel_and_of_none(tmp_path, monkeypatch):
    packaged = tmp_path / "glossary.md"
    monkeypatch.setattr(glossary_page, "PACKAGED", packaged)
    monkeypatch.setattr(glossary_page, "ROOT", tmp_path)
    with pytest.raises(InputError, match=r"Expected the glossary at .*notation\.md, found none\. Install"):
        glossary()
    shutil.copy(ROOT / "docs" / "reference" / "notation.md", packaged)
    packaged.write_text(packaged.read_text("utf-8") + "\nSee [losses](losses.md) and [this](https://example.org).\n")
    html, terms = glossary()
    assert "unit" in terms and "See losses and <a href=" in html
