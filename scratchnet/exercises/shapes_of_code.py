"""The structure of Python code, without its layout: two files that differ in names, comments and order have one."""

import ast
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, field
from hashlib import blake2b

COMMUTE = (ast.Add, ast.Mult, ast.BitAnd, ast.BitOr)  # a + b is b + a
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Module)
FIELDS = {"ctx", "type_comment", "type_params", "annotation", "returns", "decorator_list", "asname", "module", "level"}


@dataclass(eq=False)
class Shape:
    """A part of a program. key: of its structure; first, last: its lines; parts: what it consists of.

    frame: whether it is a module, class or function, which counts for nothing itself; statement: whether it is another
    statement.
    """

    key: bytes
    first: int
    last: int
    frame: bool
    statement: bool
    parts: list["Shape"] = field(default_factory=list)

    def walk(self) -> Iterator["Shape"]:
        yield self
        for part in self.parts:
            yield from part.walk()

    def own(self, known: Set[bytes]) -> int:
        """Return the number of parts, itself included, that do not stand in something known."""
        return 0 if self.key in known else (not self.frame) + sum(part.own(known) for part in self.parts)

    def shared(self, keys: Set[bytes], known: Set[bytes]) -> Iterator["Shape"]:
        """Yield the largest parts whose structure is among the keys, and not in something known."""
        if self.key in known:
            return
        if self.key in keys and not self.frame:
            yield self
            return
        for part in self.parts:
            yield from part.shared(keys, known)


def shape_of(source: str) -> Shape:
    """Return the Shape of a program. Raises SyntaxError, ValueError, RecursionError or MemoryError if it has none."""
    tree = ast.parse(source)
    return made(tree, renamed(tree))


def renamed(tree: ast.AST) -> dict[tuple[str, str], str]:
    """Return {(field of a node, name): what stands for it}: "v" where the program gives the name, "numpy" for np.

    Attributes and names are apart: a variable `ones` does not change `np.ones`.
    """
    names = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names["id", node.id] = "v"
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            names["attr", node.attr] = "v"
        elif isinstance(node, ast.arg):
            names["id", node.arg] = names["arg", node.arg] = "v"
        elif isinstance(node, DEFINITIONS[:3]):
            names["id", node.name] = "v"
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names |= {("id", alias.asname or alias.name): alias.name for alias in node.names}
    return names


def made(node: ast.AST, names: dict[tuple[str, str], str], line: int = 1) -> Shape:
    """Return the Shape of a node. line: that of the node around it."""
    first, last = getattr(node, "lineno", line), getattr(node, "end_lineno", None) or line
    parts = [made(child, names, first) for child in children(node)]
    keys = [part.key for part in parts]
    if hasattr(node, "body") or (isinstance(node, ast.BinOp) and isinstance(node.op, COMMUTE)):
        keys.sort()
    digest = blake2b("|".join([type(node).__name__, *words(node, names)]).encode("utf-8", "replace"), digest_size=8)
    digest.update(b"".join(keys))
    frame = isinstance(node, DEFINITIONS)
    return Shape(digest.digest(), first, last, frame, isinstance(node, ast.stmt) and not frame, parts)


def children(node: ast.AST) -> Iterable[ast.AST]:
    """Yield the nodes inside of a node that matter: no docstrings, imports, annotations and decorators."""
    for name, value in ast.iter_fields(node):
        if name not in FIELDS:
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST) and not is_text(child):
                    yield child


def is_text(node: ast.AST) -> bool:
    """Return whether a statement does nothing: a docstring, `...`, an import, `pass`."""
    return isinstance(node, ast.Import | ast.ImportFrom | ast.Pass) or (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    )


def words(node: ast.AST, names: dict[tuple[str, str], str]) -> Iterator[str]:
    """Yield what a node has besides other nodes; of strings and definitions only that they are there."""
    if isinstance(node, ast.Constant):
        yield "s" if isinstance(node.value, str | bytes) else repr(node.value)
        return
    for name, value in ast.iter_fields(node):
        if isinstance(value, str) and name not in FIELDS and not isinstance(node, DEFINITIONS):
            yield names.get((name, value), value)
