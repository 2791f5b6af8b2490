"""How Sphinx builds the reference: sphinx-build -W -b html docs/reference build/reference"""

import inspect
import os
import re
import sys
from pathlib import Path

os.environ["NUMBA_DISABLE_JIT"] = "1"  # the kernels as plain functions, with signatures and source
ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import scratchnet  # noqa: E402
from scratchnet.viewing.trace import FORMULA  # noqa: E402

project, author, copyright = "scratchnet", "the authors of scratchnet", ""
version = release = scratchnet.__version__
html_title = "scratchnet reference"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.viewcode"]
myst_heading_anchors = 3
smartquotes = False

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_class_signature = "mixed"
python_maximum_signature_line_length = 80
python_use_unqualified_type_names = True
add_module_names = False
toc_object_entries = False

# The look of the lessons' website: its colours, its fonts, nothing from another host.


def colours(text):
    """Return {name: colour} of the variables in a part of site.css."""
    return dict(re.findall(r"--([\w-]+): (#\w+);", text))


def furo(c):
    """Return the variables of the theme for these colours."""
    return {
        "color-brand-primary": c["link"],
        "color-brand-content": c["link"],
        "color-brand-visited": c["link"],
        "color-foreground-primary": c["text"],
        "color-foreground-secondary": c["quiet"],
        "color-foreground-muted": c["quiet"],
        "color-background-primary": c["paper"],
        "color-background-secondary": c["tint"],
        "color-background-border": c["rule"],
        "color-code-background": c["tint"],
        "color-code-foreground": c["text"],
        "color-api-background": c["tint"],
        "color-inline-code-background": c["tint"],
    }


SITE = (ROOT / "scratchnet" / "lessons" / "site.css").read_text("utf-8")
LIGHT, DARK = (colours(part) for part in SITE.split("prefers-color-scheme: dark"))
SERIF = re.search(r"html \{ font: \S+ (.+?); \}", SITE)[1]
MONO = re.search(r"code, pre \{ font-family: (.+?); font-size", SITE)[1]
FONTS = {"font-stack": SERIF, "font-stack--headings": SERIF, "font-stack--monospace": MONO}

html_theme = "furo"
html_theme_options = {
    "light_css_variables": FONTS | furo(LIGHT),
    "dark_css_variables": furo(DARK),
    "footer_icons": [],
}
templates_path = ["_templates"]
html_sidebars = {
    "**": [
        "sidebar/brand.html",
        "lessons.html",  # the way to the lessons, when `lessons build` puts both into one website
        "sidebar/search.html",
        "sidebar/scroll-start.html",
        "sidebar/navigation.html",
        "sidebar/scroll-end.html",
    ]
}
html_static_path = ["_static"]
html_css_files = ["lessons.css"]
html_show_copyright = False
html_copy_source = False
html_show_sourcelink = False

# Our docstrings, which are plain text, as reStructuredText.

FORMULA_LINE = re.compile(r"(d2?E/|d2E|f'\(|[A-Za-z_]\w*(\[.+?\])? (=|<-) |\w+\.py  |columns\[|x\[n|m \+= )|.*\S   +\S")
SHAPED = ("x", "y", "W", "b", "labels", "labels D")  # words that a docstring explains as it does parameters


def parameters(thing):
    """Return the names that a docstring of this thing may explain."""
    try:
        names = list(inspect.signature(thing).parameters)
    except (TypeError, ValueError):
        names = []
    return [*names, *SHAPED, *getattr(thing, "__annotations__", ())]


def escaped(text):
    """Return plain text as reStructuredText; what stands in backticks becomes code."""
    parts = re.split(r"(`[^`]+`)", text)
    return "".join(f"`{part}`" if part[:1] == "`" else re.sub(r"([\\*`|_])", r"\\\1", part) for part in parts)


def is_formula(line, before):
    return bool(FORMULA_LINE.match(line)) and (not before or before[-1] in ".:;")


def blocks(paragraph):
    """Yield (whether it is preformatted, lines) for the parts of a paragraph."""
    found, before = [], ""
    for line in paragraph:
        formula = line.startswith(" ") or is_formula(line, before)
        before = "" if formula else line
        if found and found[-1][0] == formula:
            found[-1][1].append(line)
        else:
            found.append((formula, [line]))
    yield from found


def prose(lines, names):
    """Yield the lines of reStructuredText for running text: a list where it explains parameters."""
    text = " ".join(line.strip() for line in lines)
    name = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
    starts = rf"(?:(?<=[.;] )|^)(?=(?:{name})(?:, (?:{name}))*: )|(?<=\. )(?=Raises )"
    for part in filter(None, (part.strip() for part in re.split(starts, text))):
        found = re.match(rf"((?:{name})(?:, (?:{name}))*): (.+)", part)
        yield f"* **{escaped(found[1])}**: {escaped(found[2])}" if found else escaped(part)
        yield ""


def docstring(app, what, name, thing, options, lines):
    """Write a docstring anew: formulas and tables as they are, the rest as text."""
    names, paragraphs = parameters(thing), "\n".join(lines).strip("\n").split("\n\n")
    lines[:] = []
    for number, paragraph in enumerate(paragraphs):
        rows = paragraph.split("\n")
        if number == 0:
            formula = FORMULA.search(" ".join(rows))
            text = " ".join(row.strip() for row in rows)
            if what != "module" and formula and text.startswith(formula[1]):
                lines += [f"``{formula[1]}``{escaped(text[len(formula[1]) :])}", ""]
                continue
            lines += prose(rows, []) if not any(row.startswith(" ") for row in rows) else literal(rows)
            continue
        for preformatted, part in [(True, rows)] if any(row.startswith(" ") for row in rows) else blocks(rows):
            lines += literal(part) if preformatted else prose(part, names)
    for at in reversed(range(len(lines) - 1)):  # code with blank lines in it is one block
        if lines[at : at + 2] == ["::", ""] and at > 1 and lines[at - 2].startswith("    "):
            del lines[at : at + 2]


def literal(rows):
    return ["::", "", *(f"    {row}" for row in rows), ""]


def signature(app, what, name, thing, options, text, answer):
    """Shorten the types of a signature."""
    return tuple(part and short(part) for part in (text, answer))


def short(text):
    text = re.sub(r"~?(?:numpy\.)?ndarray\[(?:[^\[\]]|\[(?:[^\[\]]|\[[^\[\]]*\])*\])*\]", "NDArray", text)
    text = re.sub(r"<function (\w+)>|<function (\w+) at 0x\w+>", r"\1\2", text)
    text = re.sub(r"<class '(?:\w+\.)*(\w+)'>", r"\1", text)
    text = re.sub(
        r"~?\b(?:numpy|scratchnet|collections|pathlib|typing|random|_generator)\.(?:\w+\.)*(\w+)", r"\1", text
    )
    text = re.sub(r"_Buffer \| _SupportsArray.+?_NestedSequence\[complex \| bytes \| str\]", "ArrayLike", text)
    return re.sub(r"type\[Any\] \| dtype\[Any\] \|.+?_DTypeDict \| str", "DTypeLike", text)


def setup(app):
    app.connect("autodoc-process-docstring", docstring)
    app.connect("autodoc-process-signature", signature)
