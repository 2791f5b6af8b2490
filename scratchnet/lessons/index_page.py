"""The front page of the website: the course in parts, with a picture and the minutes of each lesson."""

import re
from pathlib import Path
from urllib.parse import quote

from scratchnet.lessons.page_frame import LIVE, TITLE, Website, document, exercise_link, link
from scratchnet.lessons.scripts import Lesson
from scratchnet.lessons.typesetting import DARK, new_id

PARTS = {0: "Basics", 6: "The convolution", 10: "The paper's network", 14: "Training", 20: "Beyond"}  # first lesson
WORDS, LINES, PREDICTION = 130, 10, 1  # words a minute, lines of code a minute, minutes for a prediction
INTRO = (
    "The paper of 1998, rebuilt from plain arrays. Each lesson is a script; its page shows the text, the code and what "
    "the code printed. Read them in order: each needs only the ones before it."
)
ESTIMATE = (
    f"The minutes are estimated: {WORDS} words a minute, {LINES} lines of code a minute, and a minute for each "
    "prediction. The exercise takes longer than its lesson."
)
DRAW = f"""<section id="draw">
<h2>A network to draw for</h2>
<p>This is LeNet-5, trained for a few seconds when these pages were built. <a href="{LIVE}">Draw a digit</a>: all its
layers follow while you draw.</p>
<iframe src="{LIVE}" title="Draw a digit, and LeNet-5 reads it" loading="lazy"></iframe>
</section>
"""
PROGRESS = '<p id="progress" role="status" hidden></p>\n'
FORGET = '<p id="forget" class="about" hidden></p>\n'


def index_page(website: Website, texts: list[dict[int, str]], folder: Path) -> str:
    """Return the front page. texts: those of each lesson; folder: that of the website, with its pictures."""
    ids, main, links = {"main", "draw", "progress", "forget"}, [], []
    for title, inside in in_parts(website.lessons).items():
        items = [item(lesson, texts[website.lessons.index(lesson)], folder) for lesson in inside]
        links.append((new_id(title, ids), title))
        main.append(f'<h2 id="{links[-1][0]}">{title}</h2>\n<ol class="lessons">\n{"".join(items)}</ol>\n')
    parts = "".join(f'<li><a href="#{name}">{title}</a></li>\n' for name, title in links)
    parts = f'<nav class="contents" aria-label="Parts of the course"><ul>\n{parts}</ul></nav>\n'
    above = [f"<h1>{TITLE}</h1>\n<p>{INTRO}</p>\n", parts, PROGRESS, DRAW * website.live]
    below = [f'<p class="about">{ESTIMATE}</p>\n', FORGET]
    return document(TITLE, "".join([*above, *main, *below]), website, "index.html")


def in_parts(lessons: list[Lesson]) -> dict[str, list[Lesson]]:
    """Return {title of a part: its lessons}, without the parts that have none."""
    parts: dict[str, list[Lesson]] = {}
    for lesson in lessons:
        parts.setdefault(PARTS[max(first for first in PARTS if first <= lesson.number)], []).append(lesson)
    return parts


def item(lesson: Lesson, texts: dict[int, str], folder: Path) -> str:
    """Return a lesson as an entry of the list: title, promise, picture, minutes and exercise."""
    match = re.search("<p>.*?</p>", texts[1], re.DOTALL)
    promise = match[0] if match else ""
    about = f'<p class="about">{minutes(lesson)} minutes. {exercise_link(lesson)}</p>'
    words = f"<h3>{link(lesson)}</h3>\n{promise}\n{about}"
    return f'<li value="{lesson.number}" data-lesson="{lesson.path.stem}">\n{words}\n{thumbnail(lesson, folder)}</li>\n'


def thumbnail(lesson: Lesson, folder: Path) -> str:
    """Return the first picture of a lesson, small, or "". It repeats what its lesson shows, so that it has no text."""
    first = sorted((folder / "figures").glob(f"{lesson.path.stem}-1.*"))
    dark = folder / "figures" / f"{lesson.path.stem}-1-dark.png"
    source = f'<source srcset="{quote(f"figures/{dark.name}")}" media="{DARK}">' if dark.is_file() else ""
    images = (f'<img src="{quote(f"figures/{path.name}")}" alt="" loading="lazy">' for path in first[:1])
    return "".join(f"<picture>{source}{image}</picture>\n" for image in images)


def minutes(lesson: Lesson) -> int:
    """Return an estimate of the minutes that a lesson takes, from its words, its lines of code and its predictions."""
    words = sum(len(cell.source.split()) for cell in lesson.cells if cell.text)
    lines = sum(bool(line.strip()) for cell in lesson.cells if not cell.text for line in cell.source.split("\n"))
    return round(words / WORDS + lines / LINES + PREDICTION * sum(cell.predicts for cell in lesson.cells))
