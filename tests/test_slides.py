"""Slides: one file without a network, checked numbers, keys that turn them, six sessions that fit a screen."""

import base64
import re
from pathlib import Path

import pytest
from browsing import COLOURS, chromium, open_file, pale, requests
from selenium.webdriver.common.keys import Keys

from scratchnet.cli import main
from scratchnet.errors import InputError
from scratchnet.lessons.slides import BLOCK, CHECKED, deck, sources, write_slides

SMALL = """# A small deck

Hello.

> A note.

---

## Numbers

`1,234 == n` and `0.33 == n / 3702`.

```python run
n = 1234
print("printed")
```

```python draw
from scratchnet import Linear, picture, show
from scratchnet.viewing import drawings

show(Linear.forward)
picture(drawings.linear_layer(Linear(3, 2, rng=0), N=4), "a <layer>")
```
"""


@pytest.fixture(scope="module")
def small_deck(tmp_path_factory):
    folder = tmp_path_factory.mktemp("slides")
    (folder / "small.md").write_text(SMALL, encoding="utf-8")
    return write_slides(folder / "small.md", folder / "out")


def test_code_runs_in_place_and_numbers_stand_as_written(small_deck):
    page = small_deck.read_text("utf-8")
    assert "<p>1,234 and 0.33.</p>" in page
    assert page.count("<section") == 2 and "2 / 2" in page
    assert "printed" in page and "picture(drawings" not in page, "only `run` shows its code"
    assert "scratchnet/layers/linear.py, lines" in page
    assert '<svg xmlns="http://www.w3.org/2000/svg" class="drawing"' in page and "a &lt;layer&gt;" in page
    assert not re.search(r'(src|href)="(?!data:|#)', page), "nothing is loaded"


@pytest.mark.parametrize(
    "old, new, words",
    [
        ("1,234 == n`", "1,235 == n`", "slide 2: the text says 1,235, but n is 1,234.00"),
        ("0.33 ==", "0.34 ==", "the text says 0.34, but n / 3702 is 0.3333"),
        ("n / 3702", "n / m", "slide 2: `n / m` fails with NameError: name 'm' is not defined"),
        ('print("printed")', "print(1 / 0)", "`n = 1234` fails with ZeroDivisionError"),
    ],
)
def test_what_is_wrong_is_a_sentence(old, new, words, tmp_path):
    assert old in SMALL
    (tmp_path / "small.md").write_text(SMALL.replace(old, new), encoding="utf-8")
    with pytest.raises(InputError, match=re.escape(words)):
        deck(tmp_path / "small.md")
    with pytest.raises(InputError, match="cannot be read as text"):
        deck(tmp_path / "none.md")


def test_the_command_makes_slides_of_a_file(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("mine.md").write_text("# Mine\n\n---\n\n## Two\n", encoding="utf-8")
    assert main(["lessons", "slides", "mine.md", "--out", "deck"]) == 0
    assert Path(capsys.readouterr().out.strip()) == Path("deck/mine.html")
    assert Path("deck/mine.html").read_text("utf-8").count("<section") == 2


def test_six_sessions_with_blocks_that_are_closed_and_names_that_are_python():
    assert [path.name[0] for path in sources()] == list("123456")
    for path in sources():
        text = path.read_text("utf-8")
        assert text.startswith("# ") and len(text.split("\n---\n")) >= 9
        assert text.count("```python ") == len(BLOCK.findall(text)) >= 3
        assert text.count("```") == 2 * text.count("```python ")
        for _, source in BLOCK.findall(text):
            compile(source, path.name, "exec")
        for _, expression in CHECKED.findall(text):
            compile(expression, path.name, "eval")


# In a browser.

browser = pytest.fixture(scope="module")(chromium)


@pytest.mark.lesson
def test_keys_turn_the_slides_and_show_the_notes(small_deck, browser):
    open_file(browser, small_deck, 1280)  # the browser's own first page has loaded
    asked = requests(browser, lambda: open_file(browser, small_deck, 1280))
    assert [url for url in asked if not url.startswith("data:")] == [small_deck.as_uri()]
    body = browser.find_element("tag name", "body")

    def top():
        return browser.execute_script("return Math.round(scrollY / innerHeight)")

    for key, place in ((Keys.ARROW_RIGHT, 1), (Keys.ARROW_LEFT, 0), (Keys.END, 1), (Keys.HOME, 0), (" ", 1)):
        body.send_keys(key)
        assert top() == place, key
    note = browser.find_element("tag name", "blockquote")
    assert not note.is_displayed()
    body.send_keys("n")
    assert note.is_displayed()


@pytest.fixture(scope="module")
def decks(tmp_path_factory):
    folder = tmp_path_factory.mktemp("decks")
    return [write_slides(path, folder) for path in sources()]


@pytest.mark.lesson
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width, height", [(360, 740), (1280, 720)])
def test_every_slide_fits(decks, browser, width, height, scheme):
    for path in decks:
        open_file(browser, path, width, scheme)
        screen = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
        assert browser.execute_script("return document.documentElement.scrollWidth") <= width, path.name
        assert pale(browser.execute_script(COLOURS)) == [], path.name
        heights = browser.execute_script(
            "return [...document.querySelectorAll('section')].map(s => s.getBoundingClientRect().height)"
        )
        assert max(heights) <= (720 if width == 1280 else 1500), (path.name, heights)
        cut = browser.execute_script(
            "return [...document.querySelectorAll('pre')].filter(p => p.scrollWidth > p.clientWidth + 1).length"
        )
        assert width < 500 or not cut, path.name


@pytest.mark.lesson
def test_a_slide_is_a_page_on_paper(decks, browser):
    for path in decks:
        open_file(browser, path, 1280)
        count = path.read_text("utf-8").count("<section")
        printed = browser.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})["data"]
        pages = len(re.findall(rb"/Type\s*/Page\b", base64.b64decode(printed)))
        assert pages == count, path.name
