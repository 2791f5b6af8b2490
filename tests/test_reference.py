"""The reference: every example runs, every public name has one; it builds without warnings and asks no other host."""

import doctest
import importlib
import importlib.util
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest
from browsing import open_file, requests

import scratchnet
from scratchnet.viewing import drawings

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "reference"
PAGES = sorted(FOLDER.glob("*.md"))
MODULES = (
    "models",
    "datasets",
    "kernels",
    "metrics",
    "schedules",
    "checks",
    "training",
    "exchange",
    "errors",
    "look",
    "figures",
    "sketches",
)
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
BLOCK = re.compile(r"^```pycon\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def examples(text):
    """The text with a blank line for each line outside of a block of examples, so that line numbers stay right."""
    lines, inside = [], False
    for line in text.split("\n"):
        if line == "```":
            inside = False
        lines.append(line if inside else "")
        if line == "```pycon":
            inside = True
    return "\n".join(lines)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_the_examples_of_a_page_run(page):
    text = page.read_text("utf-8")
    for module in ("torch", "onnx", "onnxruntime", "safetensors", "keras"):
        used = re.search(rf"^>>> (?:import {module}|from {module}\b|.*\bto_{module}\()", text, re.MULTILINE)
        if used and importlib.util.find_spec(module) is None:
            pytest.skip(f"{module} is not installed")
    test = doctest.DocTestParser().get_doctest(examples(text), {"__name__": "__main__"}, page.name, str(page), 0)
    assert test.examples, "a page without an example"
    report = []
    doctest.DocTestRunner(optionflags=OPTIONS, verbose=False).run(test, out=report.append)
    assert not report, "".join(report)


def found(path):
    """The object of a dotted path."""
    thing, place = scratchnet, "scratchnet"
    for part in path.split(".")[1:]:
        place = f"{place}.{part}"
        thing = getattr(thing, part) if hasattr(thing, part) else importlib.import_module(place)
    return thing


def described():
    """{id of an object: text from its directive to the next one} of all pages."""
    places = {}
    for page in PAGES:
        pieces = re.split(r"^\.\. auto(?:module|class|function|data):: (\S+)$", page.read_text("utf-8"), flags=re.M)
        for path, text in zip(pieces[1::2], pieces[2::2]):
            places[id(found(path))] = text
    return places


def public_names():
    yield from ((name, getattr(scratchnet, name)) for name in scratchnet.__all__)
    for module in (*(getattr(scratchnet, name) for name in MODULES), drawings):
        here = [name for name, value in vars(module).items() if getattr(value, "__module__", "") == module.__name__]
        for name in getattr(module, "__all__", here):
            if not name.startswith("_"):
                yield f"{module.__name__}.{name}", getattr(module, name)


def test_every_public_name_stands_there_with_an_example():
    places = described()
    for name, thing in public_names():
        assert id(thing) in places, f"{name} is missing"
        if not inspect.ismodule(thing):
            text = places[id(thing)]
            block = BLOCK.search(text)
            assert block and ">>> " in block[1], f"{name} has no example"


def test_every_page_is_in_the_table_of_contents():
    index = (FOLDER / "index.md").read_text("utf-8")
    trees = "\n".join(re.findall(r"```\{toctree\}\n(.*?)```", index, re.DOTALL)).split()
    assert {page.stem for page in PAGES} - {"index"} <= set(trees)


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """The folder of the reference, built as for the lessons' website."""
    for module in ("sphinx", "furo", "myst_parser"):
        if importlib.util.find_spec(module) is None:
            pytest.skip(f'{module} is not installed: pip install "scratchnet-lenet[docs]"')
    folder = tmp_path_factory.mktemp("site") / "reference"
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "-b", "html", "-A", "lessons=../index.html"]
    run = subprocess.run([*command, str(FOLDER), str(folder)], capture_output=True, text=True, cwd=ROOT, timeout=300)
    assert run.returncode == 0, run.stdout + run.stderr
    return folder


@pytest.mark.lesson
def test_it_builds_without_warnings_and_names_no_other_host(built):
    pages = sorted(built.rglob("*.html"))
    assert {page.stem for page in PAGES} <= {page.stem for page in pages}
    for page in pages:
        text = page.read_text("utf-8")
        loaded = re.findall(r"<(?:script|img|iframe|source)\b[^>]*\bsrc=\"([^\"]+)\"", text)
        loaded += re.findall(r"<link\b[^>]*\bhref=\"([^\"]+)\"", text)
        assert not [url for url in loaded if re.match(r"(https?:)?//", url)], page.name
    for style in built.rglob("*.css"):
        assert not re.search(r"url\([\"']?(https?:)?//|@import [\"']?https?:", style.read_text("utf-8")), style.name


@pytest.mark.lesson
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("name", [*(page.stem for page in PAGES), "genindex", "search", "_modules/scratchnet/losses"])
def test_a_page_in_a_browser(name, width, built, browser):
    """It requests files only, it fits, and it leads to the lessons."""
    assert requests(browser, lambda: open_file(browser, built / f"{name}.html", width))
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    lessons = browser.execute_script("return document.querySelector('.sidebar-drawer .lessons a').href")
    assert lessons == (built.parent / "index.html").as_uri()
