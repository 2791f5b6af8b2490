"""The page of a lesson: its cells in order, with what gives an answer away, and what only draws, folded."""

import ast
import html
import itertools
import re
import zlib
from collections.abc import Iterator
from typing import Any

from scratchnet.lessons.page_frame import Website, document, page_name, steps
from scratchnet.lessons.scripts import EXERCISE, Cell, Lesson
from scratchnet.lessons.typesetting import code, folded, line_range, output
from scratchnet.lessons.widgets import scripts_of
from scratchnet.viewing.show import Picture


def lesson_page(lesson: Lesson, website: Website, texts: dict, outputs: dict, stopped: str, folder: Any) -> str:
    """Return a lesson as HTML.

    texts, outputs: {number of a cell: HTML, what it gave}; stopped: why the lesson stopped itself, or "". Its pictures
    are written to the folder `figures` of the folder.
    """
    figure = (folder / "figures" / f"{lesson.path.stem}-{number}.png" for number in itertools.count(1))
    main = "\n".join(
        [
            f'<p class="about">Lesson {lesson.number}, <code>lessons/{html.escape(lesson.path.name)}</code>. '
            f"Step through it: <code>python -m scratchnet lessons run {lesson.number}</code></p>",
            *cells(lesson, texts, outputs, stopped, figure),
        ]
    )
    top, bottom = (steps(lesson, website.lessons, where) for where in ("top", "bottom"))
    name, scripts = page_name(lesson), scripts_of(main)
    return document(lesson.title, main, website, name, top=top, bottom=bottom, scripts=scripts)


def cells(lesson: Lesson, texts: dict, outputs: dict, stopped: str, figure: Iterator) -> Iterator[str]:
    """Yield the HTML of each cell. What answers a question is hidden until a click: the code after it, what the code
    printed and drew, and the text up to the next heading, exercise or question."""
    answer, question = None, ""  # the HTML that is hidden, while a question is open
    for number, cell in enumerate(lesson.cells, start=1):
        if cell.text:
            text = texts[number]
            if answer:
                more, text = answer_and_rest(cell, text)
                answer += more
            if answer and text:
                yield hidden(answer, question)
                answer = None
            if text:
                yield text_cell(cell, text) + (contents(texts) if number == 1 else "")
        else:
            made = code_cell(lesson, number, outputs.get(number, []), figure)
            if answer is None:
                yield made
            else:
                answer += made
        if stopped and number == max(outputs):
            note = f'<p class="stopped"><strong>No output from here on:</strong> {html.escape(stopped)}</p>'
            yield (hidden(answer, question) if answer else "") + note
            answer = None
        if cell.predicts:
            answer, question = "", cell.source
    yield hidden(answer, question) if answer else ""


def hidden(answer: str, question: str) -> str:
    """Return the folded answer to a question; what a reader predicts is kept under a number made of the question."""
    key = f' data-question="{zlib.crc32(question.encode()):08x}"'
    return folded("Show the code and the answer", answer, "answer", key)


def answer_and_rest(cell: Cell, text: str) -> tuple[str, str]:
    """Return the part of a text that still answers the question before it, and the rest."""
    answer, heading, rest = text.partition("<h2")
    return ("", text) if cell.predicts else (answer, heading + rest)


def text_cell(cell: Cell, text: str) -> str:
    if cell.predicts:
        return f'<div class="predict">\n{text}</div>\n'
    if cell.source.startswith(EXERCISE):
        more = '<p><a href="exercises.html">All exercises</a></p>'
        return f'<section id="exercise">\n{text}{more}\n</section>\n'
    return text


def code_cell(lesson: Lesson, number: int, items: list, figure: Iterator) -> str:
    """Return the code and its output; below the picture, and folded, where the code only draws."""
    cell = lesson.cells[number - 1]
    where = line_range(cell.source, cell.line)
    source = code(cell.source, cell.line, f"Code, {where}")
    made = "".join(output(items, where, figure))
    if only_draws(lesson, number, items):
        what = "this picture" if len(items) == 1 else "these pictures"
        return made + folded(f"Code that draws {what}", source, "draws")
    return source + made


def only_draws(lesson: Lesson, number: int, items: list) -> bool:
    """Return whether a cell only draws.

    It gives pictures and nothing else, it consists of assignments and calls of `picture`, and no later cell uses a name
    that it makes.
    """
    tree = ast.parse(lesson.cells[number - 1].source)
    if not items or not all(isinstance(item, Picture) for item in items):
        return False
    if not all(isinstance(one, ast.Assign | ast.AugAssign) or is_picture(one) for one in tree.body):
        return False
    later = "\n".join(cell.source for cell in lesson.cells[number:] if not cell.text)
    return not (stored(tree) & first_read(ast.parse(later)))


def is_picture(statement: ast.stmt) -> bool:
    call = getattr(statement, "value", None)
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "picture"


def stored(tree: ast.Module) -> set[str]:
    """Return the names that the statements of a cell make."""
    targets = [node for one in tree.body for node in getattr(one, "targets", [getattr(one, "target", None)]) if node]
    return {node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)}


def first_read(tree: ast.Module) -> set[str]:
    """Return the names that code reads before it gives them a new value."""
    added = {id(node.target) for node in ast.walk(tree) if isinstance(node, ast.AugAssign)}  # they are read too
    names = sorted(
        (node for node in ast.walk(tree) if isinstance(node, ast.Name)), key=lambda n: (n.lineno, n.col_offset)
    )
    first = {node.id: node for node in reversed(names)}
    return {name for name, node in first.items() if isinstance(node.ctx, ast.Load) or id(node) in added}


def contents(texts: dict[int, str]) -> str:
    """Return links to the headings of a page, if it has more than the exercise's."""
    headings = re.findall('<h2 id="(.+?)">(.+?)</h2>', "".join(texts.values()))
    links = "".join(f'<li><a href="#{name}">{heading}</a></li>\n' for name, heading in headings)
    return f'<nav class="contents" aria-label="On this page"><ul>\n{links}</ul></nav>\n' if len(headings) > 1 else ""
