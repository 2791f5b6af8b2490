"""What every page of the website has: its head, the ways around, its foot."""

import html
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from scratchnet.lessons.scripts import Lesson
from scratchnet.lessons.typesetting import markdown
from scratchnet.lessons.widgets import REMEMBERED

TITLE = "LeNet-5 step by step"
GLOSSARY = "glossary.html"
LIVE = "draw.html"
SCRIPTS = "scripts"  # their folder


@dataclass(frozen=True)
class Website:
    """What the website has. reference, live: whether it has the API reference, a trained network to draw for.

    terms: {word: its address in the glossary}. exercises: {lesson: [(number, name, title) of one with a checker, ...]}.
    """

    lessons: list[Lesson]
    reference: bool = False
    live: bool = False
    terms: dict[str, str] = field(default_factory=dict)
    exercises: dict[int, list[tuple[int, str, str]]] = field(default_factory=dict)


def opening(title: str, of: str) -> str:
    """Return the first lines of a page in HTML, up to its title: that of the page, then that of the whole."""
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{html.escape(title.replace("`", ""))} - {of}</title>"""


def document(
    title: str, main: str, website: Website, name: str, *, top: str = "", bottom: str = "", scripts: Any = ()
) -> str:
    """Return a page as HTML. name: its file; scripts: the names of those that it loads."""
    loaded = "".join(f'<script src="{SCRIPTS}/{script}.js" defer></script>\n' for script in (REMEMBERED, *scripts))
    return f"""{opening(title, "scratchnet lessons")}
<link rel="stylesheet" href="style.css">
{loaded}</head>
<body data-page="{html.escape(name.removesuffix(".html"))}">
<a class="skip" href="#main">Skip to the text</a>
<header>
{navigation(website, name)}
{top}</header>
<main id="main" tabindex="-1">
{main}
</main>
<footer>
{bottom}</footer>
</body>
</html>
"""


def navigation(website: Website, name: str) -> str:
    """Return links to all pages; the one to the page `name` is marked as the current one."""

    def here(page: str) -> str:
        return ' aria-current="page"' if page == name else ""

    others = [("exercises.html", "Exercises"), (GLOSSARY, "Glossary")]
    others += [("reference/index.html", "Reference")] * website.reference
    links = "".join(f'<a href="{page}"{here(page)}>{words}</a>\n' for page, words in others)
    items = "".join(f"<li>{link(lesson, here(page_name(lesson)))}</li>\n" for lesson in website.lessons)
    return f"""<nav class="site" aria-label="All pages">
<a class="home" href="index.html"{here("index.html")}>{TITLE}</a>
{links}<details><summary>All lessons</summary>
<ul>
{items}</ul>
</details>
</nav>"""


def steps(lesson: Lesson, lessons: list[Lesson], where: str) -> str:
    """Return links to the previous lesson, the list and the next lesson; at the bottom, to the exercise too."""
    place = lessons.index(lesson)
    links = [link(other, ' rel="prev"', "Previous: ") for other in lessons[max(place - 1, 0) : place]]
    links += ['<a href="index.html">Table of contents</a>'] + [exercise_link(lesson)] * (where == "bottom")
    links += [link(other, ' rel="next"', "Next: ") for other in lessons[place + 1 : place + 2]]
    items = "".join(f"<li>{one}</li>\n" for one in links)
    return f'<nav class="steps" aria-label="Previous and next lesson, {where} of the page"><ul>\n{items}</ul></nav>\n'


def page_name(lesson: Lesson) -> str:
    return f"{lesson.path.stem}.html"


def link(lesson: Lesson, attributes: str = "", before: str = "") -> str:
    return f'<a href="{quote(page_name(lesson))}"{attributes}>{before}{markdown().renderInline(lesson.title)}</a>'


def exercise_link(lesson: Lesson) -> str:
    name = html.escape(lesson.exercise[0])
    return f'<a href="exercises.html#{name}">Exercise: {name}</a>'
