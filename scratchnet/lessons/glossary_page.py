"""The glossary as a page of the website, from the source that the API reference has too: docs/reference/notation.md."""

import html
import re
from pathlib import Path

from scratchnet.errors import InputError
from scratchnet.lessons.page_frame import GLOSSARY, Website, document
from scratchnet.lessons.typesetting import as_term, new_id, to_html
from scratchnet.viewing.show import ROOT

PACKAGED = Path(__file__).with_name("glossary.md")  # in a wheel
FIRST = re.compile("<tr>\n<td>(.+?)</td>")  # the first column of a row


def glossary_source() -> str:
    """Return the Markdown of the glossary: in a wheel inside of the package, in a clone in docs/reference."""
    for path in (PACKAGED, ROOT / "docs" / "reference" / "notation.md"):
        if path.is_file():
            return path.read_text("utf-8")
    raise InputError(f"Expected the glossary at {path}, found none. Install scratchnet again.")


def glossary() -> tuple[str, dict[str, str]]:
    """Return the glossary as HTML, and {word: its address} for the words in its tables.

    A word that stands in two tables leads to the first. Links to other pages of the reference become plain text.
    """
    source = re.sub(r"\[([^\]]+)\]\((?![a-z]+:)[^)]+\)", r"\1", glossary_source())
    ids, terms = {"main"}, dict[str, str]()

    def named(row):
        words = entries(row[1])
        name = new_id(words[0], ids)
        for word in words:
            terms.setdefault(word, f"{GLOSSARY}#{name}")
        return f'<tr id="{name}">\n<td>{row[1]}</td>'

    return FIRST.sub(named, to_html(source, ids)), terms


def entries(cell: str) -> list[str]:
    """Return the words that a cell of the first column explains: "dense, fully connected layer" are two."""
    text = html.unescape(re.sub("<.+?>", "", cell))
    return [as_term(word.strip(' "')) for word in re.sub(r" \(.+?\)", "", text).split(",") if word.strip()] or [text]


def glossary_page(page: str, website: Website) -> str:
    """Return the page. page: its HTML, from `glossary`."""
    return document("Notation and glossary", page, website, GLOSSARY)
