"""The HTML page of a report: its facts, its pictures, and how to read each of them."""

import html
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

NARROW = "narrow"  # the folder of the pictures for a phone

READING = {  # what a picture is, how to read it, and the lesson on it
    "curves": "The error after each epoch. Each curve counts the wrong answers in percent: low is good. If the test "
    "error stays above the training error, the network knows its training images better than new ones. Lesson"
    " 14 draws it.",
    "top3": "The upper curve counts the images whose first answer is wrong, the lower one those whose right class is "
    "not among the first three answers. Where they are far apart, the right answer was nearly found. Lesson "
    "16 looks at it.",
    "confusion": "Each row is a true class, each column a class read. The diagonal counts the right answers; every "
    "other number is a confusion. Look for the darkest cell off the diagonal. Lesson 18 looks at confusions.",
    "confident": "Images with the answers that the network is most and least sure of. A wrong answer of which it is "
    "sure is often a digit that people read wrong too. Lesson 18 refuses the answers that are not sure.",
    "wall": "Every image that is read wrong, with the true class, then the class read, as in the paper's Fig. 8. Read"
    " them yourself: how many would you get right? Lesson 18 looks at them.",
    "maps": "One image on its way through all layers, from left to right as in the paper's Fig. 2. Red is positive, "
    "blue negative, white 0; each square is a map. The frame is the answer. Lesson 17 looks inside.",
    "filters": "The weights that each map looks with: a red weight asks for ink there, a blue one for background. "
    "Grey: this map does not read that input map (Table I). Lesson 6 slides them, lesson 10 is on Table I, lesson 17"
    " on what they learn.",
    "codes": "F6 has 84 outputs, drawn as 7 x 12 pixels. It learns to draw the code of the class; the penalty is the "
    "squared distance from it. Compare the second row with the third. Lesson 11 is on the codes.",
}

STYLE = Path(__file__).with_name("report.css")


def page(title: str, about: str, facts: Iterable[tuple[str, str]], sections: Sequence[Any], live: str = "") -> str:
    """Return the page of HTML; the pictures are in the same folder. live: the live page there, "" if there is none."""
    parts = [
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{html.escape(title)}</title>\n<style>\n{STYLE.read_text('utf-8')}</style>\n</head>\n<body>",
        f"<h1>{html.escape(title)}</h1>\n<p>{html.escape(about)}</p>\n<table>",
        *(f"<tr><th scope='row'>{html.escape(name)}</th><td>{html.escape(value)}</td></tr>" for name, value in facts),
        "</table>",
        f'<p><a href="{live}">The live page: draw, and watch this network read</a></p>' if live else "",
        "<nav><ul>",
        *(f'<li><a href="#{s.name}">{html.escape(s.title)}</a></li>' for s in sections),
        "</ul></nav>",
        *map(section_of, sections),
    ]
    return "\n".join([*parts, "</body>\n</html>\n"])


def section_of(s: Any) -> str:
    """Return a picture with its heading, how to read it, and the same as text."""
    narrow = f'<source media="(max-width: 40rem)" srcset="{NARROW}/{s.name}.png">' if s.narrow else ""
    return (
        f'<h2 id="{s.name}">{html.escape(s.title)}</h2>\n<p>{html.escape(READING[s.name])}</p>\n'
        f'<a href="{s.name}.png"><picture>{narrow}<img src="{s.name}.png" alt="{html.escape(s.alt)}"></picture></a>\n'
        f"<details><summary>The same as text</summary>\n<pre>{html.escape(s.text)}</pre>\n</details>"
    )
