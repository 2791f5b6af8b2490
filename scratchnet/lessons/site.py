"""All lessons as a website, from the same scripts: the text is typeset, the cells run. It needs no network."""

import contextlib
import html
import itertools
import os
import re
import shutil
import sys
import time
from pathlib import Path
from urllib.parse import quote

from scratchnet.errors import InputError, LessonStopped
from scratchnet.lessons.reference import build_reference, why_not
from scratchnet.lessons.scripts import EXERCISE, all_lessons, execute, playing
from scratchnet.lessons.typesetting import code, line_range, markdown, output, to_html, typeset
from scratchnet.storage import atomic_write, here
from scratchnet.viewing.show import gathered

STYLE = Path(__file__).with_name("site.css")
OURS = re.compile(
    r"(\d\d_[^/]+|index|exercises)\.html|style\.css|figures(/\d\d_[^/]+-\d+\.png)?"
    r"|reference(/(_static(/.+)?|_sources|_modules(/\w+)*(\.html)?|[\w-]+\.(html|js|inv)|\.buildinfo))?"  # by Sphinx
)
SYSTEMS = (".DS_Store", "Thumbs.db", "desktop.ini")  # what file managers leave behind
REFERENCE = '<a href="reference/index.html">Reference</a>\n'
TITLE = "LeNet-5 step by step"
INTRO = (
    "The paper of 1998, rebuilt from plain arrays. Each lesson is a script; its page shows the text, the code and what "
    "the code printed. Read them in order: each needs only the ones before it."
)


def build_site(folder, reference=False):
    """Run all lessons and write a page for each, index.html and exercises.html. Return the path of index.html.

    reference: build the API reference too, in the folder `reference`; where that cannot be, a line on stderr says why.

    A site in the folder is replaced when all is done; on any error it stays as it was. Raises InputError for a folder
    with anything else in it, and for a formula that cannot be typeset (before any cell runs); CellError when a cell
    fails. A lesson that stops itself gets a page up to there, with the reason.
    """
    place = here(folder).resolve()
    check_replaceable(place)
    lessons = all_lessons()
    texts = [typeset(lesson) for lesson in lessons]
    if reference and (reason := why_not()):
        print(f"The website has no reference: {reason}", file=sys.stderr)
        reference = False
    with whole_folder(place) as new:
        write(new / "style.css", STYLE.read_text("utf-8"))
        for lesson, text in zip(lessons, texts):
            start = time.perf_counter()
            page, stopped = lesson_page(lesson, lessons, text, new, reference)
            write(new / page_name(lesson), page)
            took = stopped or f"{time.perf_counter() - start:.1f} s"
            print(f"lesson {lesson.number:2} of {len(lessons)}  {lesson.name}  {took}", file=sys.stderr)
        write(new / "index.html", index_page(lessons, texts, reference))
        write(new / "exercises.html", exercise_page(lessons, reference))
        if reference:
            build_reference(new / "reference")
    return here(folder) / "index.html"


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


def lesson_page(lesson, lessons, texts, new, reference):
    """Run a lesson. Return its HTML, and why it stopped itself, or "". Its pictures go to new / "figures"."""
    outputs, stopped = run(lesson)
    figure = (new / "figures" / f"{lesson.path.stem}-{number}.png" for number in itertools.count(1))
    main = [
        f'<p class="about">Lesson {lesson.number} of {len(lessons)}, '
        f"<code>lessons/{html.escape(lesson.path.name)}</code>. "
        f"Step through it: <code>python -m scratchnet lessons run {lesson.number}</code></p>",
        *cells(lesson, texts, outputs, stopped, figure),
    ]
    top, bottom = (steps(lesson, lessons, where) for where in ("top", "bottom"))
    return document(lesson.title, "\n".join(main), lessons, page_name(lesson), reference, top, bottom), stopped


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


def cells(lesson, texts, outputs, stopped, figure):
    """Yield the HTML of each cell. What answers a question is hidden until a click: the code after it, what the code
    printed and drew, and the text up to the next heading, exercise or question."""
    answer = None  # the HTML that is hidden, while a question is open
    for number, cell in enumerate(lesson.cells, start=1):
        if cell.text:
            text = texts[number]
            if answer:
                more, text = answer_and_rest(cell, text)
                answer += more
            if answer and text:
                yield folded(answer)
                answer = None
            if text:
                yield text_cell(cell, text) + (contents(texts) if number == 1 else "")
        else:
            where = line_range(cell.source, cell.line)
            made = code(cell.source, cell.line, f"Code, {where}") + "".join(
                output(outputs.get(number, []), where, figure)
            )
            if answer is None:
                yield made
            else:
                answer += made
        if stopped and number == max(outputs):
            note = f'<p class="stopped"><strong>No output from here on:</strong> {html.escape(stopped)}</p>'
            yield (folded(answer) if answer else "") + note
            answer = None
        if cell.predicts:
            answer = ""
    yield folded(answer) if answer else ""


def folded(answer):
    return f"<details>\n<summary>Show the code and the answer</summary>\n{answer}</details>\n"


def answer_and_rest(cell, text):
    """Return the part of a text that still answers the question before it, and the rest."""
    answer, heading, rest = text.partition("<h2")
    return ("", text) if cell.predicts else (answer, heading + rest)


def text_cell(cell, text):
    if cell.predicts:
        return f'<div class="predict">\n{text}</div>\n'
    if cell.source.startswith(EXERCISE):
        more = '<p><a href="exercises.html">All exercises</a></p>'
        return f'<section id="exercise">\n{text}{more}\n</section>\n'
    return text


def contents(texts):
    """Return links to the headings of a page, if it has more than the exercise's."""
    headings = re.findall('<h2 id="(.+?)">(.+?)</h2>', "".join(texts.values()))
    links = "".join(f'<li><a href="#{name}">{heading}</a></li>\n' for name, heading in headings)
    return f'<nav class="contents" aria-label="On this page"><ul>\n{links}</ul></nav>\n' if len(headings) > 1 else ""


def page_name(lesson):
    return f"{lesson.path.stem}.html"


def link(lesson, attributes="", before=""):
    return f'<a href="{quote(page_name(lesson))}"{attributes}>{before}{markdown().renderInline(lesson.title)}</a>'


def steps(lesson, lessons, where):
    """Return links to the previous lesson, the list and the next lesson; at the bottom, to the exercise too."""
    place = lessons.index(lesson)
    links = [link(other, ' rel="prev"', "Previous: ") for other in lessons[max(place - 1, 0) : place]]
    links += ['<a href="index.html">Table of contents</a>'] + [exercise_link(lesson)] * (where == "bottom")
    links += [link(other, ' rel="next"', "Next: ") for other in lessons[place + 1 : place + 2]]
    items = "".join(f"<li>{one}</li>\n" for one in links)
    return f'<nav class="steps" aria-label="Previous and next lesson, {where} of the page"><ul>\n{items}</ul></nav>\n'


def exercise_link(lesson):
    name = html.escape(lesson.exercise[0])
    return f'<a href="exercises.html#{name}">Exercise: {name}</a>'


def index_page(lessons, texts, reference):
    items = [
        f'<li value="{lesson.number}"><h2>{link(lesson)}</h2>\n{re.search("<p>.*?</p>", text[1], re.DOTALL)[0]}</li>'
        for lesson, text in zip(lessons, texts)
    ]
    main = [f"<h1>{TITLE}</h1>\n<p>{INTRO}</p>", '<ol class="lessons">', *items, "</ol>"]
    return document(TITLE, "\n".join(main), lessons, "index.html", reference)


def exercise_page(lessons, reference):
    main = [
        "<h1>Exercises</h1>",
        "<p>One for each lesson, in the same order. Where a command is given, a checker says what is wrong.</p>",
    ]
    ids = {"main"} | {lesson.exercise[0] for lesson in lessons}
    for lesson in lessons:
        name, task = html.escape(lesson.exercise[0]), to_html(lesson.exercise[1], ids)
        about = f'<p class="about">Lesson {link(lesson)}</p>'
        main.append(f'<section id="{name}">\n<h2>{name}</h2>\n{about}\n{task}</section>')
    return document("Exercises", "\n".join(main), lessons, "exercises.html", reference)


def document(title, main, lessons, name, reference, top="", bottom=""):
    """Return a page as HTML. name: its file; reference: whether the website has the reference."""
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{html.escape(title.replace("`", ""))} - scratchnet lessons</title>
<link rel="stylesheet" href="style.css">
</head>
<body>
<a class="skip" href="#main">Skip to the text</a>
<header>
{navigation(lessons, name, reference)}
{top}</header>
<main id="main" tabindex="-1">
{main}
</main>
<footer>
{bottom}</footer>
</body>
</html>
"""


def navigation(lessons, name, reference):
    """Return links to all pages; the one to the page `name` is marked as the current one."""

    def here(page):
        return ' aria-current="page"' if page == name else ""

    items = "".join(f"<li>{link(lesson, here(page_name(lesson)))}</li>\n" for lesson in lessons)
    return f"""<nav class="site" aria-label="All pages">
<a class="home" href="index.html"{here("index.html")}>{TITLE}</a>
<a href="exercises.html"{here("exercises.html")}>Exercises</a>
{REFERENCE if reference else ""}<details><summary>All lessons</summary>
<ul>
{items}</ul>
</details>
</nav>"""
