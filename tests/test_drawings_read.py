"""Drawings can be read: no text lies over another, letters are large enough, and as SVG they follow the page."""

import itertools
import re
import sys
from types import SimpleNamespace
from xml.etree import ElementTree

import numpy as np
import pytest
from browsing import contrast, open_file
from drawn import ALL, PHONE, SOME, every_drawing, texts
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex

from scratchnet import (
    figures,
    look,
    picture,
    sketches,
)
from scratchnet.errors import InputError
from scratchnet.lessons.site import STYLE as SITE
from scratchnet.viewing import drawings, svg

# They can be read.


def boxes(figure):
    """{text: its box} in points from the bottom left."""
    figure.set_dpi(72)
    renderer = FigureCanvasAgg(figure).get_renderer()
    return [(text.get_text(), text.get_window_extent(renderer)) for text in figure.axes[0].texts]


@every_drawing
def test_texts_are_apart_and_inside(make):
    figure = make()
    width, height = 72 * figure.get_size_inches()
    found = boxes(figure)
    for text, box in found:
        assert box.x0 > 0 and box.x1 < width and box.y0 > 0 and box.y1 < height, (text, box)
    for (text, one), (other, two) in itertools.combinations(found, 2):
        across = min(one.x1, two.x1) - max(one.x0, two.x0)
        down = min(one.y1, two.y1) - max(one.y0, two.y0)
        assert across < 0.5 or down < 2.5, (text, other)  # a line's box has room for descenders


@every_drawing
def test_no_line_runs_through_a_text(make):
    figure = make()
    found = boxes(figure)
    for line in figure.axes[0].lines:
        points = line.get_transform().transform(line.get_xydata())
        for start, end in itertools.pairwise(points):
            for x, y in start + np.linspace(0, 1, 60)[:, None] * (end - start):
                hit = [t for t, b in found if b.x0 + 1 < x < b.x1 - 1 and b.y0 + 2.5 < y < b.y1 - 2]
                assert not hit or in_a_ball(figure, x, y), (hit, x, y)


def in_a_ball(figure, x, y):
    """Whether a disc that was drawn later covers the point: the balls of `springs` hide what is behind them."""
    balls = [p for p in figure.axes[0].patches if getattr(p, "radius", 0) > 6]
    return any(ball.get_window_extent().contains(x, y) for ball in balls)


@every_drawing
def test_letters_are_large_enough_on_a_phone(make):
    figure = make()
    scale = PHONE / (72 * figure.get_size_inches()[0])  # pixels for a point
    assert min(text.get_fontsize() for text in figure.axes[0].texts) * scale > 9


@pytest.mark.planted
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_each_text_can_be_read_on_what_lies_below_it(scheme):
    theme = {light: light if scheme == "light" else dark for light, dark in svg.DARK.items()}
    letters = (svg.INK, svg.QUIET, svg.BLUE, svg.ORANGE)
    for make in ALL.values():
        figure = make()
        for text in figure.axes[0].texts:
            assert text.get_color() in letters
            below = svg.PAPER
            for patch in figure.axes[0].patches:
                at = figure.axes[0].transData.transform(text.get_position())
                if patch.get_facecolor()[3] and patch.get_extents().contains(*at):
                    below = to_hex(patch.get_facecolor())
            assert contrast(theme[text.get_color()], theme[below]) >= 4.5, (text.get_text(), below)


def test_paper_and_ink_are_those_of_the_website():
    light, dark = SITE.read_text("utf-8").split("prefers-color-scheme: dark")
    for name, colour in (("text", svg.INK), ("quiet", svg.QUIET), ("paper", svg.PAPER)):
        assert f"--{name}: {colour};" in light and f"--{name}: {svg.DARK[colour]};" in dark


# As SVG.


@pytest.mark.parametrize("name", ALL)
def test_the_svg_is_small_whole_and_always_the_same(name):
    SOME.bit_generator.state = np.random.default_rng(1).bit_generator.state
    figure = ALL[name]()
    text = figure.svg('a < b & "c"')
    SOME.bit_generator.state = np.random.default_rng(1).bit_generator.state
    assert ALL[name]().svg('a < b & "c"') == text == figure.svg('a < b & "c"')
    assert len(text) < 60_000 and text.isascii()
    root = ElementTree.fromstring(text)
    space = "{http://www.w3.org/2000/svg}"
    assert root.tag == f"{space}svg" and root.get("role") == "img" and root[0].text == 'a < b & "c"'
    assert {part.tag.removeprefix(space) for part in root} == {"title", "style", "path", "text"}
    assert [part.text for part in root.iter(f"{space}text")] == [t for t in texts(figure)]
    outside = text.replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert not re.search(r"https?:|href|url\(|\bid=|<!|<\?|@import|data:", outside)
    colours = {part.get(key) for part in root for key in ("fill", "stroke")} - {None, "none"}
    assert colours <= svg.DARK.keys(), colours - svg.DARK.keys()
    assert all(part.get("fill") for part in root.iter(f"{space}text"))


def test_a_drawing_without_an_alt_text_has_its_own():
    assert "<title>A neuron with 2 inputs.</title>" in drawings.neuron([1, 2], [3, 4], 5).svg()


def test_what_is_not_a_line_area_or_text_is_refused():
    figure = svg.Drawing(figsize=(2, 2))
    figure.add_axes((0, 0, 1, 1)).imshow(np.eye(2))
    with pytest.raises(InputError, match="lines, areas and text, got a"):
        figure.svg()


def test_a_drawing_becomes_an_svg_and_a_picture_a_png(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("SCRATCHNET_FIGURES", str(tmp_path))
    monkeypatch.delitem(globals(), "_pictures", raising=False)
    picture(ALL["neuron"](), "a neuron")
    picture(sketches.bars({"a": 1.0}, xlabel="s"), "one bar")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["test_drawings_read-1.svg", "test_drawings_read-2.png"]
    assert "<title>a neuron</title>" in (tmp_path / "test_drawings_read-1.svg").read_text("utf-8")
    assert "test_drawings_read-1.svg]\n[a neuron]" in capsys.readouterr().out


def test_a_notebook_shows_the_svg(tmp_path, monkeypatch):
    shown = []
    display = SimpleNamespace(Image=None, SVG=lambda data: data, display=shown.append)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(
        sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: SimpleNamespace(kernel=1), display=display)
    )
    monkeypatch.setitem(sys.modules, "IPython.display", display)
    figure = ALL["linear"]()
    picture(figure, "shapes")
    assert shown == [figure.svg("shapes")] and figure._repr_svg_() == figure.svg()
    assert not list(tmp_path.iterdir())


def test_save_writes_the_file_that_is_named(tmp_path):
    figures.save(ALL["neuron"](), tmp_path / "a.svg")
    figures.save(ALL["neuron"](), tmp_path / "a.png")
    assert (tmp_path / "a.svg").read_bytes().startswith(b"<svg ") and (tmp_path / "a.png").read_bytes()[1:4] == b"PNG"
    with pytest.raises(InputError, match="only drawings are written as SVG"):
        figures.save(sketches.bars({"a": 1.0}, xlabel="s"), tmp_path / "b.svg")
    assert not (tmp_path / "b.svg").exists()


def test_gathered_drawings_have_their_svg():
    with look.gathered() as items:
        picture(ALL["graph"](), "a graph")
    assert items[0].svg.startswith("<svg ") and (items[0].png, items[0].alt) == (b"", "a graph")


# In a browser.

FILLS = "return [...document.querySelectorAll('svg.drawing text')].map(t => getComputedStyle(t).fill)"
TOGETHER = """const boxes = [...document.querySelectorAll('svg.drawing text')].map(t => [t.textContent,
  t.getBoundingClientRect(), t.closest('svg')]);
return boxes.flatMap(([a, p, s], i) => boxes.slice(i + 1).filter(([b, q, r]) => r == s &&
  Math.min(p.right, q.right) - Math.max(p.left, q.left) > 0.5 &&
  Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top) > 5).map(([b]) => [a, b]))"""


@pytest.mark.lesson
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_drawings_in_a_page(width, scheme, browser, tmp_path):
    svgs = "".join(f'<figure class="picture">{make().svg("a")}</figure>' for make in ALL.values())
    page = tmp_path / "page.html"
    head = '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">'
    page.write_text(f"<!doctype html>{head}<style>{SITE.read_text('utf-8')}</style><main>{svgs}</main>")
    open_file(browser, page, width, scheme)
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    theme = {"light": svg.DARK.keys(), "dark": svg.DARK.values()}[scheme]
    allowed = {f"rgb({int(c[1:3], 16)}, {int(c[3:5], 16)}, {int(c[5:], 16)})" for c in theme}
    assert set(browser.execute_script(FILLS)) <= allowed
    assert browser.execute_script(TOGETHER) == []
    sizes = browser.execute_script(
        "return [...document.querySelectorAll('svg.drawing text')].map(t => parseFloat(getComputedStyle(t).fontSize) * "
        "t.getScreenCTM().a)"
    )
    assert min(sizes) >= 9
