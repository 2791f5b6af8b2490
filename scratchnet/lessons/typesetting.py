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
from scratchnet.lessons.widgets import placed
from scratchnet.storage import atomic_write
from scratchnet.viewing.show import Picture

with extra():
    from latex2mathml.converter import convert
    from markdown_it import MarkdownIt
    from mdit_py_plugins.dollarmath import dollarmath_plugin
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer


LONG = 120  # letters of a description that stands for a picture in full
TEXT = 640  # pixels: the width of the text on a page
DARK = "(prefers-color-scheme: dark)"
PARTS = {"mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "msubsup": 3, "munder": 2, "mover": 2, "munderover": 3}
PRIME = re.compile("<msup>(<mi>.</mi>)<mi>(&#x0203[2-4];)</mi></msup>")  # the sign is raised in itself
WORD = re.compile("<mo>([a-z]{2,}|&#x0221E;)</mo>")  # max and infinity are no operators between two terms
NAMED = "<mi>[a-z]{2,}</mi>"  # the name of a function: log p has a space, log(p) has none
FUNCTION = re.compile(f"((?<!<msu[bp]>){NAMED}|<ms(u[bp])>{NAMED}<m[in]>[^<]+</m[in]></ms\\2>)(?!<mo|</|<mspace)")
SIDE_BY_SIDE = r"\qquad"  # between formulas that may stand below each other
CELL = re.compile("<td.*?</td>", re.DOTALL)
INLINE = re.compile(r'\(*<math [^>]*display="inline">.*?</math>[.,;:?!)]*', re.DOTALL)


def typeset(lesson, terms=None):
    """Return {number of a cell: HTML} for the cells of text. terms: see `to_html`."""
    ids, texts = {"main", "exercise"}, {}
    if not re.match("# .+\n\n[^#\n]", lesson.cells[0].source) or not lesson.cells[0].text or not lesson.exercise:
        raise InputError(f"Lesson {lesson.number} ({lesson.name}) has to begin with a heading and a paragraph of text.")
    for number, cell in enumerate(lesson.cells, start=1):
        if cell.text:
            try:
                texts[number] = to_html(cell.marked, ids, terms)
            except InputError as why:
                raise InputError(f"Lesson {lesson.number} ({lesson.name}), cell {number}: {why}") from None
    return texts


def to_html(source, ids, terms=None):
    """Convert Markdown with formulas to HTML with MathML. ids: those in use on the page; headings add theirs.

    terms: {word: address}; a bold word becomes a link to its address. The mark of a widget becomes its place.
    """
    tokens = markdown().parse(source)
    for token, inside in zip(tokens, [*tokens[1:], None]):
        if token.type == "heading_open":
            token.attrSet("id", new_id(inside.content, ids))
        elif token.type == "th_open":
            token.attrSet("scope", "col")
        for part in token.children or []:
            if part.type == "text" and "$" in part.content:
                raise InputError(f"{part.content!r} has an unpaired $. Add the other one, or put code in backquotes.")
            if part.type == "text":
                part.content = re.sub(r"(?<=\d) %", "\N{NO-BREAK SPACE}%", part.content)
    page = INLINE.sub(unbroken, placed(markdown().renderer.render(tokens, markdown().options, {})))
    return with_links(CELL.sub(breakable, page), terms or {})


def breakable(cell):
    """Return a cell of a table with code that may be broken after a dot, slash, bracket or underscore, for a phone."""
    return re.sub(r"(?<=<code>).+?(?=</code>)", lambda code: re.sub(r"(?<=[._(/])(?=\w)", "<wbr>", code[0]), cell[0])


def unbroken(found):
    """Return a formula so that no line ends between it and the brackets and stops that touch it."""
    return found[0] if found[0].endswith("</math>") and found[0][0] == "<" else f'<span class="whole">{found[0]}</span>'


def with_links(page, terms):
    """Return HTML in which each bold word that is among the terms is a link; a plural counts as its singular."""

    def link(found):
        word = as_term(html.unescape(found[1]))
        address = terms.get(word) or terms.get(word.removesuffix("s"))
        return f'<a class="term" href="{address}">{found[0]}</a>' if address else found[0]

    return re.sub("<strong>([^<]+)</strong>", link, page)


def as_term(word):
    """Return a word as the glossary has it: in small letters, but MAP, the loss, is not a map."""
    word = " ".join(word.split())
    return word if word.isupper() else word.lower()


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
            f'<div class="formula" {scrolls("Formula")}>'
            f"{''.join(mathml(one, 'block') for one in tokens[i].content.split(SIDE_BY_SIDE))}</div>\n"
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
    made = PRIME.sub(r"<mrow>\1<mo>\2</mo></mrow>", made)
    return FUNCTION.sub(r'\1<mspace width="0.17em" />', WORD.sub(r"<mi>\1</mi>", made))


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
    """Write a picture to the next path of `figure`, and a second one for a dark page. It links to itself, to be seen
    at full size."""
    alt, more = described(item.alt)
    path = next(figure).with_suffix(".svg" if item.svg else ".png")
    write(path, item.svg.encode("utf-8") or item.png)
    source = quote(f"{path.parent.name}/{path.name}")
    if item.dark:
        write(path.with_stem(f"{path.stem}-dark"), item.dark)
    dark = source.replace(".png", "-dark.png") if item.dark else ""
    inside = scrolling(item, f'<a href="{source}">{image(item, alt, source, dark)}</a>')
    return f'<figure class="picture">{inside}{more}</figure>\n'


def write(path, content):
    with atomic_write(path) as file:
        file.write(content)


def image(item, alt, light, dark):
    """Return a drawing, or a picture that follows the page, as HTML. light, dark: the addresses of its PNGs, or ""."""
    if item.svg:
        return re.sub("<title>.*?</title>", lambda _: f"<title>{html.escape(alt)}</title>", item.svg, flags=re.DOTALL)
    width, height = struct.unpack(">II", item.png[16:24])
    made = f'<img src="{light}" alt="{html.escape(alt)}" width="{width}" height="{height}">'
    return f'<picture><source srcset="{dark}" media="{DARK}">{made}</picture>' if dark else made


def scrolling(item, inside):
    """Return a picture that scrolls on a phone if it is wider than the text, since its letters would be too small."""
    wide = item.png and struct.unpack(">I", item.png[16:20])[0] > TEXT
    return f'<div class="wide" {scrolls("Picture")}>{inside}</div>' if wide else inside


def described(text):
    """Return the text that stands for a picture, and, if it is long, the whole of it, folded away.

    A long text is replaced by its first part, up to a full stop, a colon or a semicolon.
    """
    if len(text) <= LONG:
        return text, ""
    first = re.split(r"(?<=[^.])[.:;] ", text, maxsplit=1)[0]
    return first, folded("What the picture shows", f"<p>{html.escape(text)}</p>\n", "described")


def folded(summary, inside, kind, attributes=""):
    """Return HTML that is hidden behind a line until a click."""
    return f'<details class="{kind}"{attributes}>\n<summary>{summary}</summary>\n{inside}</details>\n'
