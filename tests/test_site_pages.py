"""The website of the lessons, page by page in a browser."""

import contextlib
import io
import itertools
import re
from pathlib import Path

import pytest
from browsing import COLOURS, contrast, open_file, pale, requests
from PIL import Image
from selenium.webdriver.common.by import By

from scratchnet.lessons import site as site_module
from scratchnet.lessons.scripts import all_lessons
from scratchnet.lessons.site import STYLE, build_site
from scratchnet.viewing.show import Picture

LESSONS = all_lessons()
NAMES = [lesson.path.stem for lesson in LESSONS]
PAGES = [*NAMES, "index", "exercises", "glossary"]
every_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=NAMES)


# Colours.


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
        build_site(folder, reference=True, live=True)
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
    found = re.findall(r"\$\$.+?\$\$|\$[^$]+\$", text, re.DOTALL)
    return sum(1 + one.count(r"\qquad") for one in found)


@pytest.mark.lesson
@every_page
def test_formulas_are_all_there_and_seen(name, view):
    texts = {lesson.path.stem: [cell.source for cell in lesson.cells if cell.text] for lesson in LESSONS}
    texts["exercises"] = [lesson.exercise[1] for lesson in LESSONS]
    texts["index"] = [lesson.cells[0].source.split("\n\n")[1] for lesson in LESSONS]
    seen = view(name).execute_script(
        "return [...document.querySelectorAll('math')].map(m => m.getBoundingClientRect()).map(b => b.width * b.height)"
    )
    assert len(seen) == sum(map(formulas, texts.get(name, [])))
    assert all(size > 20 for size in seen), seen
    assert "$" not in "".join(e.text for e in view(name).find_elements(By.CSS_SELECTOR, "main > p, li, .predict"))


OPEN = "document.querySelectorAll('details').forEach(d => d.open = true);"
# Of each picture and drawing: its description, the long one, its width, and how much too wide it is shown.
PICTURES = """return [...document.querySelectorAll('.picture :is(img, svg)')].map(i => {
  const box = i.getBoundingClientRect(), view = i.viewBox ? i.viewBox.baseVal : null;
  const long = i.closest('.picture').querySelector('.described p')?.textContent;
  const shape = box.width / box.height;
  return view
    ? [i.querySelector('title').textContent, long, parseFloat(i.getAttribute('width')),
       shape / (view.width / view.height)]
    : [i.alt, long, i.complete && i.naturalWidth, shape / (i.naturalWidth / i.naturalHeight)] })"""


@pytest.mark.lesson
@every_page
def test_pictures_are_all_there_and_described(name, view, site):
    items = [item for items in site[1].get(name, {}).values() for item in items if isinstance(item, Picture)]
    seen = view(name).execute_script(OPEN + PICTURES)
    assert len(seen) == len(items) and all(item.alt.strip() for item in items)
    for (alt, described, width, stretched), item in zip(seen, items):
        assert described == item.alt and item.alt.startswith(alt) if described else alt == item.alt
        whole = float(re.search('width="(.+?)"', item.svg)[1]) if item.svg else Image.open(io.BytesIO(item.png)).width
        assert width == whole and abs(stretched - 1) < 0.02


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
    page.find_element(By.CSS_SELECTOR, "main ol h3 a").click()
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
    answers = page.find_elements(By.CSS_SELECTOR, ".answer")
    assert len(answers) == sum(cell.predicts for cell in lesson.cells) >= 1
    for answer in answers:
        inside = page.execute_script(
            "const [answer] = arguments, all = [...answer.querySelectorAll('pre, img, svg')];"
            "return all.filter(e => e.closest('details') == answer)",
            answer,
        )
        assert inside and not any(element.is_displayed() for element in inside)
        answer.find_element(By.CSS_SELECTOR, "summary").click()
        assert all(element.is_displayed() for element in inside)


WIDE = """return [...document.querySelectorAll('body *')].filter(e => !e.closest('math, svg') && e.clientWidth &&
  e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display != 'inline').map(e => [e.tagName,
  getComputedStyle(e).overflowX == 'auto' && e.tabIndex == 0 && !!e.ariaLabel && !!e.getAttribute('role')])"""
OUTSIDE = """return [...document.querySelectorAll('body *:not(.skip)')].filter(e =>
  !e.parentElement.closest('pre, .formula, .table, .wide, svg') && e.getBoundingClientRect().right > innerWidth + 0.5)
  .map(e => e.outerHTML.slice(0, 80))"""


@pytest.mark.lesson
@every_page
def test_a_page_fits_a_phone(name, view):
    page = view(name, 360)
    assert page.execute_script(f"{OPEN} return [innerWidth, document.documentElement.scrollWidth]") == [360, 360]
    assert page.execute_script(OUTSIDE) == []
    assert all(reachable for _, reachable in page.execute_script(WIDE)), page.execute_script(WIDE)


CUT = """return [...document.querySelectorAll('main :is(pre, .formula, .table, .wide)')].filter(
  e => e.scrollWidth > e.clientWidth + 1).map(e => e.className + ': ' + e.textContent.trim().slice(0, 60))"""


@pytest.mark.lesson
@every_page
def test_nothing_is_cut_at_the_side(name, view):
    """On a laptop all of the code, the output, the formulas; on a phone the formulas and tables."""
    assert view(name, 1280).execute_script(OPEN + CUT) == []
    cut = view(name, 360).execute_script(OPEN + CUT)
    assert [part for part in cut if part.startswith(("formula", "table"))] == []


SMALL = """return [...document.querySelectorAll('.picture img')].filter(
  i => i.getBoundingClientRect().width < Math.min(700, 0.5 * i.naturalWidth)).map(i => i.alt)"""


@pytest.mark.lesson
@every_page
def test_letters_of_pictures_are_large_enough_on_a_phone(name, view):
    """Letters have 9 points, 14 pixels of the file; what is much wider than a phone scrolls."""
    assert view(name, 360).execute_script(OPEN + SMALL) == []


@pytest.mark.lesson
@pytest.mark.parametrize("scheme", ["light", "dark"])
@every_page
def test_pictures_follow_the_page(name, scheme, view):
    shown = view(name, scheme=scheme).execute_script(
        "return [...document.querySelectorAll('img')].map(i => { const dark = i.closest('picture')?.querySelector("
        "'source'); return dark && matchMedia(dark.media).matches ? dark.srcset : i.src })"
    )
    assert all(("-dark.png" in url) == (scheme == "dark") for url in shown if url.endswith(".png")), shown


@pytest.mark.lesson
@pytest.mark.parametrize("scheme", ["light", "dark"])
@every_page
def test_all_text_can_be_read(name, scheme, view):
    found = view(name, scheme=scheme).execute_script(OPEN + COLOURS)
    assert pale(found) == []
