"""From the library's live signature and the contract of an exercise to a file with a blank in it.

No file has the formula: that is the first hint."""

import ast
import inspect
import textwrap

from scratchnet.exercises.own_numbers import STUDENT, numbers
from scratchnet.viewing.show import underlying

BLANK = "...  # yours"
WIDTH = 104  # letters in a line of a contract


def blank_file(exercise, student="student"):
    """Return the text of the file that a learner starts from: the library's signature, the contract, and a blank.

    student: the name from which the numbers of an exercise to derive by hand are drawn.
    """
    number, stop = f"{exercise.number:02}", "" if exercise.title.endswith("?") else "."
    head = [
        f'"""Exercise {number}, {exercise.name} (lesson {exercise.lesson}): {exercise.title}{stop}',
        "",
        *textwrap.wrap(exercise.task, 98),
        "",
        f"    python -m scratchnet exercise check {number}      is it right? (`hint {number}`: first the formula)",
        '"""',
        "",
    ]
    if exercise.derived:
        return "\n".join([*head, *fields(exercise, student), ""])
    imports = ["import numpy as np", ""]
    if exercise.is_class:
        imports += [f"from scratchnet import {exercise.target.__name__}"]
    imports += exercise.gives
    contract = exercise.contract
    body = class_blank(exercise) if exercise.is_class else function_blank(exercise.target, contract[""])
    while imports[-1] == "":
        imports.pop()
    play = indented(exercise.play.split("\n"), "    ") if exercise.play else []
    play = ["", "", 'if __name__ == "__main__":  # to look at it', *play] if play else []
    return "\n".join([*head, *imports, "", "", *body, *play, ""])


def fields(exercise, student):
    """Lines of a file of numbers: the student's own ones, and a blank for each to derive."""
    given = numbers(exercise, student)
    lines = [f"{STUDENT} = {student!a}  # the numbers are drawn from this name", "", f"# {exercise.contract['']}."]
    lines += [f"{name} = {number}  # {exercise.kind.about[name]}" for name, number in given.items()]
    for name in exercise.methods:
        lines += ["", f"# {exercise.contract[name]}", f"{name} = {BLANK}"]
    return lines


def class_blank(exercise):
    """Lines of a subclass: what it is, and the head of every method to write, with what that gets and gives."""
    lines = [f"class {exercise.writes}({exercise.target.__name__}):", *docstring_lines(exercise.contract[""])]
    for name, function in zip(exercise.methods, exercise.functions()):
        lines += ["", *indented(function_blank(function, exercise.contract[name]), "    ")]
    return lines


def function_blank(function, contract):
    """Lines of a function without its code: no decorators, no annotations, the contract, then the blank."""
    node = ast.parse(textwrap.dedent(inspect.getsource(underlying(function)))).body[0]
    return [head(node), *docstring_lines(contract), f"    {BLANK}"]


def head(node):
    """The line `def name(arguments):` of a function (its ast), without decorators and annotations."""
    node.decorator_list, node.returns, node.body = [], None, [ast.Pass()]
    for argument in ast.walk(node.args):
        if isinstance(argument, ast.arg):
            argument.annotation = None
    return ast.unparse(node).split("\n")[0]


def docstring_lines(contract):
    """Return a contract as the lines of a docstring; its first paragraph stands alone."""
    first, *others = contract.split("\n")
    if not others:
        return indented([f'"""{first}"""'], "    ")
    lines = [line for paragraph in others for line in textwrap.wrap(paragraph, WIDTH)]
    return indented([f'"""{first}', "", *lines, '"""'], "    ")


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
