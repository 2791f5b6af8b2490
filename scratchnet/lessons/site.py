"""All lessons as a website, from the same scripts: the text is typeset, the cells run. It needs no network."""

import contextlib
import html
import os
import re
import shutil
import sys
import time
from pathlib import Path

from scratchnet.errors import InputError, LessonStopped
from scratchnet.lessons.front_network import write_live_page
from scratchnet.lessons.glossary_page import glossary, glossary_page
from scratchnet.lessons.index_page import index_page
from scratchnet.lessons.lesson_page import lesson_page
from scratchnet.lessons.page_frame import GLOSSARY, LIVE, SCRIPTS, Website, document, link, page_name
from scratchnet.lessons.reference import build_reference, why_not
from scratchnet.lessons.scripts import all_lessons, execute, playing
from scratchnet.lessons.typesetting import to_html, typeset
from scratchnet.lessons.widgets import COMMON, REMEMBERED, names, script
from scratchnet.storage import atomic_write, here
from scratchnet.viewing.show import gathered

STYLE = Path(__file__).with_name("site.css")
OURS = re.compile(
    r"(\d\d_[^/]+|index|exercises|glossary|draw)\.html|style\.css|figures(/\d\d_[^/]+-\d+(-dark)?\.(png|svg))?|scripts(/\w+\.js)?"
    r"|reference(/(_static(/.+)?|_sources|_modules(/\w+)*(\.html)?|[\w-]+\.(html|js|inv)|\.buildinfo))?"  # by Sphinx
)
SYSTEMS = (".DS_Store", "Thumbs.db", "desktop.ini")  # what file managers leave behind


def build_site(folder, reference=False, live=False, only=(), exercises=None):
    """Run all lessons; write a page for each, the front page, exercises, glossary. Return the path of index.html.

    only: the lessons to run instead; exercises: {number of a lesson: [(number, name, title) of each with a checker]}.
    reference: build the API reference too, in the folder `reference`; where that cannot be, a line on stderr says why.
    live: train a network for a few seconds, and put the page on which it reads what one draws on the front page.

    A site in the folder is replaced when all is done; on any error it stays as it was. Raises InputError for a folder
    with anything else in it, for an unknown widget, and for a formula that cannot be typeset (before any cell runs);
    CellError when a cell fails. A lesson that stops itself gets a page up to there, with the reason.
    """
    place = here(folder).resolve()
    check_replaceable(place)
    words, terms = glossary()
    lessons = sorted(only, key=lambda lesson: lesson.number) or all_lessons()
    texts = [typeset(lesson, terms) for lesson in lessons]
    if reference and (reason := why_not()):
        print(f"The website has no reference: {reason}", file=sys.stderr)
        reference = False
    website = Website(lessons, reference, live, terms, exercises or {})
    with whole_folder(place) as new:
        write(new / "style.css", STYLE.read_text("utf-8"))
        for name in (COMMON, REMEMBERED, *names()):
            write(new / SCRIPTS / f"{name}.js", script(name))
        for done, (lesson, text) in enumerate(zip(lessons, texts), start=1):
            took = write_lesson(lesson, website, text, new)
            print(f"{done:2} of {len(lessons)}  lesson {lesson.number}  {lesson.name}  {took}", file=sys.stderr)
        write(new / "index.html", index_page(website, texts, new))
        write(new / "exercises.html", exercise_page(website))
        write(new / GLOSSARY, glossary_page(words, website))
        if live:
            write_live_page(new / LIVE)
        if reference:
            build_reference(new / "reference")
    return here(folder) / "index.html"


def write_lesson(lesson, website, text, new):
    """Run a lesson and write its page. Return how long that took, or why the lesson stopped itself."""
    start = time.perf_counter()
    outputs, stopped = run(lesson)
    write(new / page_name(lesson), lesson_page(lesson, website, text, outputs, stopped, new))
    return stopped or f"{time.perf_counter() - start:.1f} s"


# The folder.


def check_replaceable(place):
    """Raise InputError unless the folder is missing or empty, or has only files that `build_site` wrote."""
    if place in (Path.cwd(), *Path.cwd().parents):
        raise InputError(f"{place} is the current folder, or contains it. Name another one with folder=.")
    if not os.path.lexists(place) or (place.is_dir() and not any(place.iterdir())):
        return
    style, first = place / "style.css", STYLE.read_text("utf-8").splitlines()[0]
    if not (style.is_file() and style.read_text("utf-8", "replace").startswith(first)):
        raise InputError(f"{place} exists already, and is not a website of the lessons. Name another one with folder=.")
    for path in place.rglob("*"):
        name = path.relative_to(place).as_posix()
        if path.name not in SYSTEMS and not OURS.fullmatch(name):
            raise InputError(
                f"{place} would be replaced, but {name} in it is not part of the website. Move it elsewhere."
            )


@contextlib.contextmanager
def whole_folder(place):
    """Yield a new folder. It replaces `place` when all is written; after an error nothing changes."""
    new, old = (place.with_name(f"{place.name}.{os.getpid()}.{what}") for what in ("tmp", "old"))
    try:
        new.mkdir(parents=True)
    except OSError as why:
        raise InputError(f"{place} cannot be written ({why.strerror}). Name another one with folder=.") from None
    try:
        yield new
        check_replaceable(place)  # again: the lessons took a while
        if place.exists():
            place.rename(old)
        new.rename(place)
    finally:
        if old.exists() and not place.exists():
            old.rename(place)
        for path in (new, old):
            shutil.rmtree(path, ignore_errors=True)


def write(path, text):
    with atomic_write(path) as file:
        file.write(text.encode("utf-8"))


# Pages.


def run(lesson):
    """Return {number of a cell: its output}, and why the lesson stopped itself, or ""."""
    outputs = {}
    with playing(lesson) as names:
        for number, cell in enumerate(lesson.cells, start=1):
            if not cell.text:
                with gathered() as outputs[number], contextlib.redirect_stderr(sys.stdout):
                    try:
                        execute(lesson, number, names)
                    except LessonStopped as why:
                        return outputs, str(why)
    return outputs, ""


def exercise_page(website):
    main = [
        "<h1>Exercises</h1>",
        "<p>The tasks of the lessons, in the same order. A checker says what is wrong where a command is given.</p>",
    ]
    ids = {"main"} | {lesson.exercise[0] for lesson in website.lessons}
    for lesson in website.lessons:
        name, task = html.escape(lesson.exercise[0]), to_html(lesson.exercise[1], ids, website.terms)
        about = f'<p class="about">Lesson {link(lesson)}</p>'
        checked = exercises_of(website, lesson.number)
        main.append(f'<section id="{name}">\n<h2>{name}</h2>\n{about}\n{task}{checked}</section>')
    return document("Exercises", "\n".join(main), website, "exercises.html")


def exercises_of(website, lesson):
    """Return a list of the exercises of a lesson that have a checker, each with the command that starts it."""
    start = "python -m scratchnet exercise start"
    items = [
        f"<li>{html.escape(name)}: {html.escape(title)}{'' if title.endswith('?') else '.'}<br>"
        f"<code>{start} {number:02}</code></li>"
        for number, name, title in website.exercises.get(lesson, ())
    ]
    return "<p>With a checker:</p>\n<ul>\n" + "\n".join(items) + "\n</ul>\n" if items else ""
