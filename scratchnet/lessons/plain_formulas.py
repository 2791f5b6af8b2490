r"""LaTeX formulas as text for a terminal: $\frac{dE}{dw}$ becomes dE/dw, in ASCII, with the parentheses that it needs.

General converters give "f(a + h) - f(a - h)/2 h" for a fraction, which is another formula, and need Unicode.
"""

import re
import textwrap

WIDTH = 74
MATH = re.compile(r"(?P<code>(`+).*?\2)|\$\$(?P<block>.+?)\$\$|\$(?P<inline>.+?)\$", re.S)
TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\s+|.", re.S)

words = str.split

# Commands that are written as their own name.
GREEK = words("""alpha beta gamma delta zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau phi chi psi omega
Gamma Delta Theta Lambda Pi Sigma Phi Psi Omega""")
FUNCTIONS = words("tanh sin cos exp log ln max min arg argmax argmin lim det sup inf sum prod int")
# Commands that are written as something else.
WORDS = {"epsilon": "eps", "varepsilon": "eps", "infty": "infinity", "nabla": "grad", "ell": "l", "forall": "for all"}
SIGNS = {"cdot": "*", "times": "x", "odot": "(*)", "ast": "*", "star": "*", "pm": "+-", "le": "<=", "leq": "<=",
         "ge": ">=", "geq": ">=", "ne": "!=", "neq": "!=", "approx": "~=", "sim": "~", "propto": "~", "equiv": "==",
         "ll": "<<", "gg": ">>", "to": "->", "rightarrow": "->", "mapsto": "->", "leftarrow": "<-", "in": "in",
         "langle": "<\0", "rangle": "\0>", "mid": "|", "ldots": "...", "dots": "...", "cdots": "...", "prime": "'",
         "Rightarrow": "=>", "|": "||"}  # fmt: skip
SPACES = {",": " ", ";": " ", ":": " ", " ": " ", "!": "", "quad": "\t", "qquad": "\t"}
BRACKETS = words("left right big Big bigg Bigg bigl bigr Bigl Bigr")  # the size of the bracket that follows
FONTS = words("text mathrm mathbf mathit mathcal mathbb boldsymbol operatorname")
ACCENTS = {"hat": "hat", "widehat": "hat", "bar": "bar", "overline": "bar", "tilde": "tilde"}
FRACTIONS = words("frac tfrac dfrac")
TABLES = {"aligned": ("\n", ""), "cases": (";\t", "")}  # between rows, between cells; else those of a matrix
OTHERS = ["partial", "sqrt", "top", "begin", "end", *BRACKETS, *FONTS, *ACCENTS, *FRACTIONS]
KNOWN = {*GREEK, *FUNCTIONS, *WORDS, *SIGNS, *SPACES, *OTHERS, "\\"}


def readable(markdown):
    """Return Markdown with each formula as text. Code in backquotes stays."""
    return re.sub(r"\n{3,}", "\n\n", MATH.sub(typed_out, markdown)).strip("\n")


def typed_out(found):
    if found["code"]:
        return found[0]
    if found["block"]:
        return f"\n\n{block(plain(found['block']))}\n\n"
    text = plain(found["inline"]).replace("\t", " ")
    return text.replace(" ", "\N{NO-BREAK SPACE}") if len(text) < WIDTH // 2 else text


def block(text):
    """Return a formula with an indent. A line that is too long ends between two formulas, if there are two."""
    if len(text.replace("\t", "    ")) > WIDTH - 4:
        text = text.replace("\t", "\n")
    rows = text.replace("\t", "    ").split("\n")
    lines = [textwrap.wrap(row, WIDTH - 4, subsequent_indent="    ", break_on_hyphens=False) for row in rows]
    return textwrap.indent("\n".join(part for line in lines for part in line), "    ")


def plain(latex):
    r"""Return a LaTeX formula as ASCII text, with a tab where it has \quad.

    >>> plain(r"f'(a) \approx \frac{f(a + h) - f(a - h)}{2 h}")
    "f'(a) ~= (f(a + h) - f(a - h)) / (2 h)"
    """
    text = re.sub(r" +", " ", Reader(latex).until(""))
    return re.sub(r"(?<=[(\[\t\0]) | (?=[)\],;\t\0])|\t(?=\t)", "", text).replace("\0", "").strip()


class Reader:
    """The tokens of a formula, read from left to right."""

    def __init__(self, latex):
        self.tokens, self.at = TOKEN.findall(latex), 0

    def peek(self):
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self):
        self.at += 1
        return self.tokens[self.at - 1]

    def until(self, end, rows="\n", cells=""):
        """Return the text up to the token `end`, which is taken too. A name stands apart from letters beside it."""
        text, name = "", False
        while self.peek() not in (end, ""):
            token = self.take()
            part = {"&": cells, "\\\\": rows}.get(token)
            if part is None:
                part = self.part(token)
            apart = (name or (token[0] == "\\" and token[1:] not in FONTS)) and text[-1:].isalnum()
            text += " " + part if apart and part[:1].isalnum() else part
            name = token[0] == "\\" and token not in ("\\partial", "\\text")
        self.at += 1
        return text

    def argument(self):
        """Return the text of what a command or a ^ applies to: a group, a command with its own, or a character."""
        while self.peek().isspace():
            self.take()
        return self.part(self.take()) if self.peek() else ""

    def part(self, token):
        """Return the text of a token, with its arguments."""
        name = token[1:]
        if token == "{":
            return self.until("}")
        if token in "^_":
            return raised(token, self.argument())
        if token[0] != "\\":
            return " " if token.isspace() else token
        if name in FRACTIONS:
            return self.fraction(self.argument(), self.argument())
        if name in ("sum", "prod", "int") and self.peek() == "_":
            return self.limits(name)
        if name == "partial":
            return self.partial()
        if name == "begin":
            return self.table(self.argument())
        if name == "sqrt":
            return f"sqrt({self.argument()})"
        if name in FONTS:
            return self.argument()
        if name in ACCENTS:
            return f"{self.argument()}_{ACCENTS[name]}"
        if name in BRACKETS:
            return self.take() * 0 if self.peek() == "." else ""
        return {**SPACES, **SIGNS, **WORDS, "top": "T"}.get(name, name)

    def fraction(self, above, below):
        """Return above/below. It gets parentheses where a factor follows, which could be read as a part of below."""
        if simple(above) and simple(below):
            text = f"{above}/{below}"
        else:
            text = " / ".join(part if simple(part) else f"({part})" for part in (above, below))
        return f"({text})" if self.factor_follows() else text

    def factor_follows(self):
        ahead = self.at
        while ahead < len(self.tokens) and (
            self.tokens[ahead].isspace() or self.tokens[ahead] in ("\\,", "\\;", "\\!")
        ):
            ahead += 1
        token = self.tokens[ahead] if ahead < len(self.tokens) else ""
        if token[:1] == "\\":
            return token[1:] not in {*SIGNS, *SPACES, "\\", "right", "text", "end"}
        return token.isalnum() or token in ("(", "[", "{")

    def limits(self, name):
        """Return sum_i, or sum(j = 1 .. 84) where it says both ends."""
        self.take()
        low = self.argument()
        if self.peek() != "^":
            return name + raised("_", low)
        self.take()
        return f"{name}({low} .. {self.argument()})"

    def partial(self):
        """Return the d of a derivative, which stands before its letter without a space."""
        power = ""
        if self.peek() == "^":
            self.take()
            power = raised("^", self.argument())
        while self.peek().isspace():
            self.take()
        return f"d{power}"

    def table(self, kind):
        if kind == "array":
            self.argument()
        rows, cells = TABLES.get(kind, ("; ", ", "))
        text = self.until("\\end", rows, cells).strip()
        self.argument()
        return text if kind in TABLES else f"[{text}]"


def raised(sign, text):
    """Return ^text or _text, in parentheses if it is more than a name or a number."""
    if not text.strip("'"):
        return text
    alone = {"^": r"[A-Za-z0-9.']+|-\d+|\([^()]*\)", "_": r"[\w.']+|\([^()]*\)"}[sign]
    return sign + (text if re.fullmatch(alone, text) else f"({text.strip()})")


def simple(text):
    """Return whether a part of a fraction needs no parentheses: a name or number, with an index or a power; f(x)."""
    return re.fullmatch(r"[\w.']+(\^(-?\w+|\([^()]*\)))?\w*|\w*\([^()]*\)", text) is not None
