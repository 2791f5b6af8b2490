"""Markdown with formulas, code and printed text as HTML: formulas as MathML, Python with colours and line numbers."""

import html
import itertools
import re
import struct
from functools import cache
from urllib.parse import quote
from xml.etree import ElementTree

from scratchnet.errors import InputError
from scratchnet.lessons.notebook import extra
from scratchnet.storage import atomic_write
from scratchnet.viewing.show import Picture

with extra():
    from latex2mathml.converter import convert
    from markdown_it import MarkdownIt
    from mdit_py_plugins.dollarmath import dollarmath_plugin
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer


PARTS = {"mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "msubsup": 3, "munder": 2, "mover": 2, "munderover": 3}
PRIME = re.compile("<msup>(<mi>.</mi>)<mi>(&#x0203[2-4];)</mi></msup>")  # the sign is raised in itself


def typeset(lesson):
    """Return {number of a cell: HTML} for the cells of text."""
    ids, texts = {"main", "exercise"}, {}
    if not re.match("# .+\n\n[^#\n]", lesson.cells[0].source) or not lesson.cells[0].text or not lesson.exercise:
        raise InputError(f"Lesson {lesson.number} ({lesson.name}) has to begin with a heading and a paragraph of text.")
    for number, cell in enumerate(lesson.cells, start=1):
        if cell.text:
            try:
                texts[number] = to_html(cell.source, ids)
            except InputError as why:
                raise InputError(f"Lesson {lesson.number} ({lesson.name}), cell {number}: {why}") from None
    return texts


def to_html(source, ids):
    """Convert Markdown with formulas to HTML with MathML. ids: those in use on the page; headings add theirs."""
    tokens = markdown().parse(source)
    for token, inside in zip(tokens, [*tokens[1:], None]):
        if token.type == "heading_open":
            token.attrSet("id", new_id(inside.content, ids))
        elif token.type == "th_open":
            token.attrSet("scope", "col")
        for part in token.children or []:
            if part.type == "text" and "$" in part.content:
                raise InputError(f"{part.content!r} has an unpaired $. Add the other one, or put code in backquotes.")
    return markdown().renderer.render(tokens, markdown().options, {})


def new_id(text, ids):
    name = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "section"
    while name in ids:
        name += "-2"
    ids.add(name)
    return name


@cache
def markdown():
    """Return the parser: no raw HTML, tables and formulas; parts that may be wider than a phone scroll."""
    rules = {
        "math_inline": lambda self, tokens, i, *_: mathml(tokens[i].content, "inline"),
        "math_inline_double": lambda self, tokens, i, *_: mathml(tokens[i].content, "block"),
        "math_block": lambda self, tokens, i, *_: (
            f'<div class="formula" {scrolls("Formula")}>{mathml(tokens[i].content, "block")}</div>\n'
        ),
        "fence": lambda self, tokens, i, *_: pre(tokens[i].content, "Text"),
        "code_block": lambda self, tokens, i, *_: pre(tokens[i].content, "Text"),
        "table_open": lambda *_: f'<div class="table" {scrolls("Table")}>\n<table>\n',
        "table_close": lambda *_: "</table>\n</div>\n",
    }
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    parser.use(dollarmath_plugin, allow_labels=False, allow_space=False, allow_blank_lines=False, double_inline=True)
    for name, rule in rules.items():
        parser.add_render_rule(name, rule)
    return parser


def mathml(latex, display):
    """Convert a LaTeX formula to MathML; display: "inline" or "block". Raise InputError if it cannot be converted."""
    latex = latex.strip()
    try:
        made = convert(latex, display=display)
        problem = next(passed(latex, ElementTree.fromstring(made)), "")
    except Exception as why:  # one of a dozen kinds, few of them with a message
        problem = type(why).__name__
    if problem:
        raise InputError(f"the formula {latex} cannot be typeset ({problem}). Write it in another way.")
    return PRIME.sub(r"<mrow>\1<mo>\2</mo></mrow>", made)


def passed(latex, made):
    """Yield each problem of a formula that the converter accepted."""
    for part in made.iter():
        name = part.tag.rpartition("}")[2]
        if (part.text or "").startswith("\\"):
            yield f"{part.text} is unknown"
        if len(part) != PARTS.get(name, len(part)):
            yield f"{name} needs {PARTS[name]} parts"
    if "\\begin" in latex and not made.findall(".//{*}mtable"):
        yield "this \\begin is unknown"
    braces = re.sub(r"\\[{}]", "", latex)
    if braces.count("{") != braces.count("}"):
        yield "a brace has no partner"


def scrolls(label):
    """Return the attributes of a part that scrolls sideways: the keyboard reaches it, a screen reader names it."""
    return f'tabindex="0" role="group" aria-label="{html.escape(label)}"'


def pre(text, label):
    return f'<pre class="text" {scrolls(label)}>{html.escape(text)}</pre>\n'


def code(text, first, label, caption=""):
    """Return Python code as HTML with colours and the line numbers of its file, which are not copied with it."""
    lines = highlight(text, PythonLexer(stripnl=False), HtmlFormatter(nowrap=True)).rstrip("\n").split("\n")
    numbered = "\n".join(f'<span data-line="{first + i}"></span>{line}' for i, line in enumerate(lines))
    if caption:
        caption = f"<figcaption>{html.escape(caption)}</figcaption>"
    kind = "library" if caption else "cell"
    return f'<figure class="{kind}">{caption}<pre {scrolls(label)}><code>{numbered}</code></pre></figure>\n'


def line_range(text, first):
    last = first + text.count("\n")
    return f"line {first}" if first == last else f"lines {first} to {last}"


def output(items, where, figure):
    """Yield a cell's output as HTML: printed text (progress bars as they end), shown sources, pictures."""
    for kind, group in itertools.groupby(items, type):
        if kind is str:
            text = re.sub(r"[^\n]*\r(?=[^\n])", "", "".join(group)).strip("\n")
            yield pre(text, f"Output of {where}") if text.strip() else ""
            continue
        for item in group:
            yield picture(item, figure) if kind is Picture else library(item)


def library(source):
    where = f"{source.path}, {line_range(source.text.rstrip(), source.first)}"
    return code(source.text, source.first, where, where)


def picture(item, figure):
    """Return a drawing as it is. Write a picture to the next path of `figure`; it links to itself, at full size."""
    if item.svg:
        return f'<figure class="picture">{item.svg}</figure>\n'
    path = next(figure)
    with atomic_write(path) as file:
        file.write(item.png)
    width, height = struct.unpack(">II", item.png[16:24])
    source, alt = quote(f"{path.parent.name}/{path.name}"), html.escape(item.alt)
    image = f'<img src="{source}" alt="{alt}" width="{width}" height="{height}">'
    return f'<figure class="picture"><a href="{source}">{image}</a></figure>\n'
