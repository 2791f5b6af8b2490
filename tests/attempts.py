"""Learners' files with an answer in them: the library's own body, a plain one, or one with a mistake."""

import ast
import inspect
import textwrap

from scratchnet.exercises.blank import BLANK, blank_file
from scratchnet.look import underlying


def body(function):
    """The lines of a function below its docstring."""
    source = textwrap.dedent(inspect.getsource(underlying(function)))
    node = ast.parse(source).body[0]
    statements = node.body[1:] if ast.get_docstring(node) else node.body
    return textwrap.dedent("\n".join(source.split("\n")[statements[0].lineno - 1 : node.end_lineno]))


def filled(exercise, bodies, imports=""):
    """The file of an exercise with these bodies in its blanks, in order; an empty one leaves its blank."""
    parts = blank_file(exercise).split(BLANK)
    assert len(parts) == len(bodies) + 1
    text = parts[0]
    for lines, rest in zip(bodies, parts[1:]):
        indent = text.rsplit("\n", 1)[1]
        text += textwrap.indent(lines or BLANK, indent).lstrip() + rest
    return text.replace("import numpy as np\n", f"import numpy as np\n{imports}\n", 1) if imports else text


def with_library_bodies(exercise):
    """Pasted in, with all names of the module they come from."""
    home = underlying(exercise.target).__module__
    return filled(exercise, [body(function) for function in exercise.bodies()], f"from {home} import *  # noqa")
