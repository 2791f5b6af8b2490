"""Learners' files with an answer in them: the library's own body, a plain one, or one with a mistake."""

import ast
import inspect
import re
import textwrap
from pathlib import Path

from answers import ARGUMENTS

from scratchnet.exercises.blank import BLANK, blank_file
from scratchnet.exercises.catalogue import find_exercise
from scratchnet.exercises.own_numbers import numbers
from scratchnet.viewing.show import underlying


def body(function):
    """The lines of a function below its docstring."""
    source = textwrap.dedent(inspect.getsource(underlying(function)))
    node = ast.parse(source).body[0]
    statements = node.body[1:] if ast.get_docstring(node) else node.body
    return textwrap.dedent("\n".join(source.split("\n")[statements[0].lineno - 1 : node.end_lineno]))


def filled(exercise, bodies, imports="", arguments=None):
    """The file of an exercise with these bodies in its blanks, in order; an empty one leaves its blank.

    arguments: what the bodies call the arguments, "self x" for each; as answers.py names them if not given.
    """
    parts = with_arguments(blank_file(exercise), arguments or ARGUMENTS[exercise.name]).split(BLANK)
    assert len(parts) == len(bodies) + 1
    text = parts[0]
    for lines, rest in zip(bodies, parts[1:]):
        indent = re.match(" *", text.rsplit("\n", 1)[1])[0]
        text += textwrap.indent(lines or BLANK, indent).lstrip() + rest
    return text.replace("import numpy as np\n", f"import numpy as np\n{imports}\n", 1) if imports else text


def with_arguments(text, arguments):
    """The file with other names for the arguments of its functions, in order."""
    lines, names = text.split("\n"), iter(arguments)
    for n, line in enumerate(lines):
        if line.lstrip().startswith("def "):
            indent = line[: len(line) - len(line.lstrip())]
            node = ast.parse(line.strip() + " ...").body[0]
            found = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            for argument, name in zip(found, next(names).split(), strict=True):
                argument.arg = name
            lines[n] = indent + ast.unparse(node).split("\n")[0]
    assert next(names, None) is None, "as many functions as there are blanks"
    return "\n".join(lines)


def with_library_bodies(exercise):
    """Pasted in, with all names of the module they come from; for numbers, the library's."""
    if exercise.derived:
        right = exercise.target(**numbers(exercise, "student"))
        return filled(exercise, [f"{right[name]!r}\n" for name in exercise.methods])
    home = underlying(exercise.target).__module__
    bodies = [body(function) for function in exercise.functions()]
    arguments = [" ".join(inspect.signature(function).parameters) for function in exercise.functions()]
    closed = home.startswith("scratchnet.exercises")  # what is written for an exercise needs no more than its file
    return filled(exercise, bodies, "" if closed else f"from {home} import *  # noqa", arguments)


def write(bodies, exercise=None, path=None):
    """Write the file of an exercise, of `linear` if none is named, into the folder my."""
    exercise = exercise or find_exercise("linear")
    path = path or Path("my") / exercise.file
    path.parent.mkdir(exist_ok=True)
    path.write_text(filled(exercise, bodies), encoding="utf-8")
    return path


def planted_in(text, find_this, put_this):
    """Return a body with a mistake in it; what is put there has its indentation."""
    at = text.find(find_this)
    if at < 0:
        return text
    indent = re.match(" *", text[text.rfind("\n", 0, at) + 1 :])[0]
    return text.replace(find_this, put_this.replace("\n", f"\n{indent}"), 1)
