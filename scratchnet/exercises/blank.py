"""From the library's live source to a file with a blank in it, by inspect and ast."""

import ast
import inspect
import textwrap

from scratchnet.viewing.show import docstring, underlying

BLANK = "...  # yours"


def blank_file(exercise):
    """Return the text of the file that a learner starts from: the library's signature and docstring, and a blank."""
    number = f"{exercise.number:02}"
    head = [
        f'"""Exercise {number}, {exercise.name} (lesson {exercise.lesson}): {exercise.title}.',
        "",
        *textwrap.wrap(exercise.task, 98),
        "",
        f"    python -m scratchnet exercise check {number}      is it right? (`hint {number}`: a little help)",
        '"""',
        "",
    ]
    imports = ["import numpy as np", ""]
    if exercise.is_class:
        imports += [f"from scratchnet import {exercise.target.__name__}"]
    imports += exercise.gives
    body = class_blank(exercise) if exercise.is_class else function_blank(exercise.target)
    while imports[-1] == "":
        imports.pop()
    play = ["", "", 'if __name__ == "__main__":  # to look at it', f"    {exercise.play}"] if exercise.play else []
    return "\n".join([*head, *imports, "", "", *body, *play, ""])


def class_blank(exercise):
    """Lines of a subclass: the docstring of the class, and the head of every method to write."""
    lines = [f"class {exercise.writes}({exercise.target.__name__}):", *docstring_lines(exercise.target, "    ")]
    for function in exercise.functions():
        lines += ["", *indented(function_blank(function), "    ")]
    return lines


def function_blank(function):
    """Lines of a function without its code: no decorators, no annotations, the docstring, then the blank."""
    node = ast.parse(textwrap.dedent(inspect.getsource(underlying(function)))).body[0]
    return [head(node), *docstring_lines(function, "    "), f"    {BLANK}"]


def head(node):
    """The line `def name(arguments):` of a function (its ast), without decorators and annotations."""
    node.decorator_list, node.returns, node.body = [], None, [ast.Pass()]
    for argument in ast.walk(node.args):
        if isinstance(argument, ast.arg):
            argument.annotation = None
    return ast.unparse(node).split("\n")[0]


def docstring_lines(thing, indent):
    """Its docstring as lines of source, or none."""
    text = docstring(thing)
    if not text:
        return []
    lines = text.replace("\\", "\\\\").split("\n")
    if len(lines) == 1:
        return indented([f'"""{lines[0]}"""'], indent)
    return indented([f'"""{lines[0]}', *lines[1:], '"""'], indent)


def indented(lines, indent):
    return [f"{indent}{line}".rstrip() for line in lines]


def is_blank(node):
    """Return whether a function (its ast) has no code but a docstring, ..., pass or raise NotImplementedError."""
    return all(
        isinstance(part, ast.Pass)
        or (isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant))
        or (isinstance(part, ast.Raise) and "NotImplementedError" in ast.dump(part))
        for part in node.body
    )
