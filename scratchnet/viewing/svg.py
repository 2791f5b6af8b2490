"""A drawing: a Figure that is kept as SVG, with text as text, and that follows light and dark."""

import io
import re
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

from matplotlib import rc_context
from matplotlib.figure import Figure

from scratchnet.errors import InputError
from scratchnet.viewing.pieces import ShownFigure

# Each colour on a light page, and what becomes of it on a dark one. Blue, orange, green and pink are those of
# figures.py (Okabe and Ito), dark enough for text; every text can be read on each of the areas.
DARK = {
    (INK := "#1f2328"): "#dcdfe3",
    (QUIET := "#565d66"): "#a5acb5",
    (PAPER := "#fdfdfb"): "#17191c",
    (RULE := "#b4b4ac"): "#5b626b",
    (BLUE := "#00639b"): "#6cc0f0",
    (ORANGE := "#a84600"): "#f2a65a",
    (PALE := "#f1f1ec"): "#24282d",
    (GREY := "#dcdcd5"): "#343a41",
    (DARK_GREY := "#c5c5bd"): "#444b54",
    (PALE_BLUE := "#cfe4f5"): "#1b3d57",
    (PALE_ORANGE := "#fbdcc4"): "#573313",
    (PALE_GREEN := "#cbeedf"): "#124538",
    (PALE_PINK := "#f3dcea"): "#512f49",
}
STYLE = "".join(f".drawing [{what}='{light}']{{{what}:{dark}}}" for light, dark in DARK.items()
                for what in ("fill", "stroke"))  # fmt: skip
FONT = "DejaVu Sans, Verdana, sans-serif"  # Verdana is as wide
SCALE = 1.5  # pixels of a page for a typographic point
KEPT = ("fill", "stroke", "stroke-width", "stroke-linejoin", "stroke-linecap", "stroke-dasharray", "text-anchor")
NO_METADATA = dict.fromkeys(("Date", "Creator", "Format", "Type"))


class Drawing(ShownFigure):
    """A Figure of lines, areas and text that `picture`, a notebook and the website show as SVG.

    description: what it shows, in a sentence; `picture` replaces it by its own.
    """

    description = ""

    def svg(self, alt: str = "") -> str:
        """Return the drawing as SVG: the same text each time, without a reference to anything outside of it."""
        return as_svg(self, alt or self.description)

    def _repr_svg_(self):
        return self.svg()


def as_svg(figure: Figure, alt: str) -> str:
    """Return a figure as a small SVG: paths and text only, no identifiers, and its colours in a dark page too.

    Raises InputError for a figure with anything else in it, such as an image or a marker.
    """
    file = io.BytesIO()
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "scratchnet"}):
        figure.savefig(file, format="svg", metadata=NO_METADATA)
    width, height = (72 * inches for inches in figure.get_size_inches())
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="drawing" role="img" viewBox="0 0 {short(width)} '
        f'{short(height)}" width="{short(SCALE * width)}" height="{short(SCALE * height)}" font-family="{FONT}">',
        f"<title>{escape(alt)}</title>",
        f"<style>@media (prefers-color-scheme:dark){{{STYLE}}}</style>",
        *map(element, ElementTree.fromstring(file.getvalue()).iter()),
        "</svg>\n",
    ]
    return "\n".join(line for line in lines if line)


def element(part):
    """Return one element of Matplotlib's SVG as a line, "" for what holds others."""
    name, style = part.tag.rpartition("}")[2], declarations(part)
    if name in ("svg", "g", "defs", "style"):
        return ""
    if name not in ("path", "text"):
        raise InputError(f"A drawing consists of lines, areas and text, got a {name}. Draw it as a patch.")
    values = {key: style[key] for key in KEPT if key in style}
    if name == "path":
        values = {"d": " ".join(re.sub(r"-?\d+\.\d+", lambda n: short(float(n[0])), part.get("d")).split())} | values
        return f"<path{attributes(values)}/>"
    values = {key: short(float(part.get(key))) for key in "xy"} | {"font-size": font(style)[0]} | values
    return f"<text{attributes(values | font(style)[1])}>{escape(part.text or '')}</text>"


def declarations(part):
    """Return the CSS of an element as {property: value}."""
    found = (one.partition(":") for one in (part.get("style") or "").split(";"))
    return {key.strip(): value.strip() for key, _, value in found if value}


def font(style):
    """Return the size of a font, and its weight if it is not normal, from either way in which Matplotlib writes it."""
    text = f"{style.get('font-weight', '')} {style.get('font-size', '')} {style.get('font', '')}"
    size = re.search(r"([\d.]+)px", text)
    return short(float(size[1])), {"font-weight": "bold"} if re.search(r"\b700\b|\bbold\b", text) else {}


def attributes(values):
    return "".join(f" {key}={quoteattr(value)}" for key, value in values.items())


def short(value):
    """Return a number with at most two decimals."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if abs(value) >= 0.005 else "0"
