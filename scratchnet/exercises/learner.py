"""Read a learner's file, find what it defines, and report its errors with its own lines only."""

import _thread
import ast
import contextlib
import importlib
import inspect
import os
import re
import signal
import sys
import threading
import time
import traceback
from bdb import BdbQuit
from pathlib import Path
from types import FunctionType, ModuleType, SimpleNamespace

import numpy as np

from scratchnet.errors import Missing, Mistake, NotWritten, ScratchnetError
from scratchnet.exercises.blank import is_blank
from scratchnet.exercises.meanings import MEANINGS
from scratchnet.parallel.threads import THREADS


def load(exercise, path):
    """The class or function that the file defines. Raises Missing, NotWritten or Mistake, each with a sentence."""
    path = Path(path)
    tree = parse(path)
    if exercise.derived:
        return with_fields(exercise, path, tree)
    kind = ast.ClassDef if exercise.is_class else ast.FunctionDef
    defined = [node for node in tree.body if isinstance(node, kind) and node.name == exercise.writes]
    what = "class" if exercise.is_class else "function"
    if not defined:
        raise Mistake(
            f"{shown(path)} defines no {what} {exercise.writes}. Keep that name; "
            f"`exercise reset {exercise.number:02}` begins again and keeps your file."
        )
    for method in exercise.methods if exercise.is_class else ():
        if not functions(defined[-1], method):
            raise NotWritten(
                f"You have not written it yet: {exercise.writes} in {shown(path)} still inherits {method} from the "
                f"library. Write `def {method}` inside the class."
            )
    as_it_was(exercise, path, defined[-1])
    thing = run(path).get(exercise.writes)
    if exercise.is_class and not (isinstance(thing, type) and issubclass(thing, exercise.target)):
        raise Mistake(
            f"{exercise.writes} in {shown(path)} should begin `class {exercise.writes}({exercise.target.__name__}):`."
        )
    return thing


def with_fields(exercise, path, tree):
    """The names that the file defines. Raises Mistake if it does not define one of the fields of the exercise."""
    for name in exercise.methods:
        if not values_of(tree, name):
            raise Mistake(f"{shown(path)} defines no {name}. Keep the line `{name} = ...`, with your number.")
    return SimpleNamespace(**run(path))


def values_of(tree, name):
    """The values, as ast, that the file gives a name, in order."""
    return [
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and any(getattr(target, "id", "") == name for target in node.targets)
    ]


def parse(path):
    """The file's ast. Raises Missing when there is none, and Mistake with a sentence for what is no Python."""
    if path.is_symlink():
        raise Mistake(f"{shown(path)} is a link to another file. Put your own file there: copy it, or write it.")
    if not path.exists():
        raise Missing(f"There is no {shown(path)}.")
    if not path.is_file() and not path.is_dir():
        raise Mistake(f"{shown(path)} cannot be read: it is no file but a pipe, a socket or a device.")
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Mistake(f"{shown(path)} is not text in UTF-8. Save it as UTF-8 in your editor.") from None
    except OSError as why:
        raise Mistake(f"{shown(path)} cannot be read: {why.strerror}.") from None
    if "\0" in text:
        raise Mistake(f"{shown(path)} is not text in UTF-8, it has zero bytes. Save it as UTF-8 in your editor.")
    try:
        tree = ast.parse(text, str(path))
        compile(text, str(path), "exec", dont_inherit=True)  # finds what the parser does not: a return outside
        return tree
    except TabError as why:
        raise Mistake(f"{shown(path)}, line {why.lineno}: tabs and spaces are mixed. Use spaces only.") from None
    except SyntaxError as why:
        raise Mistake(f"{lines_around(path, why.lineno or 1)}\n{type(why).__name__}: {why.msg}.") from None
    except (RecursionError, MemoryError):
        raise Mistake(f"{shown(path)} is nested too deeply for Python.") from None


def as_it_was(exercise, path, defined):
    """Raise Mistake if a method has other arguments than the library's, or calls the library's own."""
    for function in exercise.functions():
        name = function.__name__
        node = functions(defined, name)[-1] if exercise.is_class else defined
        expected = list(inspect.signature(function).parameters)
        mine = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
        if len(mine) != len(expected) and not (node.args.vararg or node.args.kwarg):
            raise Mistake(
                f"{shown(path)}, line {node.lineno}: {name} takes ({', '.join(mine)}), it should take "
                f"({', '.join(expected)}). Keep that line as it was."
            )
        for part in ast.walk(node):
            if isinstance(part, ast.Attribute) and part.attr == name and "super" in ast.dump(part.value):
                raise NotWritten(
                    f"{lines_around(path, part.lineno)}\nYou have not written it yet: {name} calls the library's own "
                    f"{name}. Write it yourself; `exercise hint {exercise.number:02}` helps."
                )


def functions(node, name):
    return [part for part in node.body if isinstance(part, ast.FunctionDef) and part.name == name]


def blanks(exercise, path):
    """Return the names of the methods in the file that are still blank."""
    tree = parse(Path(path))
    if exercise.derived:
        last = {name: values_of(tree, name)[-1:] for name in exercise.methods}
        return {name for name, nodes in last.items() if nodes and getattr(nodes[0], "value", None) is ...}
    if exercise.is_class:
        tree = next(
            (node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == exercise.writes), tree
        )
    last = {name: functions(tree, name or exercise.writes)[-1:] for name in exercise.methods}
    return {name for name, nodes in last.items() if nodes and is_blank(nodes[0])}


def attempted(exercise, path):
    """Return whether anything was written, right or wrong; nothing of it runs."""
    try:
        return blanks(exercise, path) != set(exercise.methods)
    except Missing:
        return False
    except Mistake:
        return True


def run(path):
    """Runs the file afresh and returns its names. Files beside it can be imported."""
    folder = str(path.parent.resolve())
    module = ModuleType(path.stem)
    module.__file__ = str(path.resolve())
    with beside(folder), explained(path):
        sys.modules[path.stem] = module
        source = path.read_bytes().decode("utf-8-sig")
        exec(compile(source, str(path), "exec", dont_inherit=True), vars(module))
    return vars(module)


@contextlib.contextmanager
def beside(folder):
    """Inside, files of this folder can be imported; each time they are read again."""
    before = set(sys.modules)
    sys.path.insert(0, folder)
    importlib.invalidate_caches()
    try:
        yield
    finally:
        if folder in sys.path:
            sys.path.remove(folder)
        for name in set(sys.modules) - before:
            if (getattr(sys.modules[name], "__file__", None) or "").startswith(folder):
                del sys.modules[name]


@contextlib.contextmanager
def explained(path, seconds=None, left=None):
    """Inside, what the file's code raises becomes a Mistake that shows its own lines.

    seconds: after these it is interrupted, if it is in Python or NumPy then, in the main thread; left: how many of them
    are left. Yields the timer, or None.
    """
    late = []

    def interrupt():
        late.append(True)
        _thread.interrupt_main()

    here = threading.current_thread() is threading.main_thread()
    timer = threading.Timer(left or seconds, interrupt) if seconds and here and THREADS else None
    if timer:
        before = signal.signal(signal.SIGINT, signal.default_int_handler)  # none with `... &` in a script
        timer.daemon = True
        timer.start()
    try:
        with in_words(path):
            yield timer
    except KeyboardInterrupt as why:  # also one that comes while another exception is put into words
        if not late:
            raise
        late.clear()
        raise Mistake(
            f"{own_lines(path, why)}Your code took more than {seconds} s. Is there an endless loop?"
        ) from None
    finally:
        if timer:
            with contextlib.suppress(KeyboardInterrupt):  # which may be on its way when all is done
                timer.cancel()
                timer.join()
                time.sleep(1 if late else 0)
            signal.signal(signal.SIGINT, before)


@contextlib.contextmanager
def in_words(path):
    """Inside, what the file's code raises becomes a Mistake; KeyboardInterrupt stays what it is."""
    try:
        yield
    except KeyboardInterrupt:
        raise
    except SystemExit as why:
        raise Mistake(f"{own_lines(path, why)}Your code ends Python (sys.exit or quit). Remove that line.") from None
    except MemoryError as why:
        raise Mistake(
            f"{own_lines(path, why)}Your code needs more memory than there is. How large are its arrays?"
        ) from None
    except RecursionError as why:
        raise Mistake(f"{own_lines(path, why)}RecursionError: your function calls itself without an end.") from None
    except BdbQuit as why:
        raise Mistake(f"{own_lines(path, why)}You left the debugger, so the check ends here.") from None
    except (AssertionError, ScratchnetError) as why:
        if isinstance(why, Mistake | NotWritten) or not own_frames(path, why):
            raise
        raise Mistake(own_lines(path, why) + in_a_line(why)) from None
    except BaseException as why:
        lines = own_lines(path, why) or "The library could not go on with what it returned or left on self: "
        raise Mistake(lines + in_a_line(why)) from None


def in_a_line(why):
    """Return the error in a line, and its meaning where the words of NumPy and Python need one."""
    try:
        text = f"{type(why).__name__}: {why}".rstrip(": ")
    except Exception:  # its own __str__ raises
        text = type(why).__name__
    return next((f"{text}\n{meaning}" for words, meaning in MEANINGS.items() if re.search(words, text)), text)


def own_frames(path, why):
    """(line, frame) of every call in the traceback that is in the learner's files, the last one innermost."""
    folder = Path(path).parent.resolve()
    return [
        (line, frame)
        for frame, line in traceback.walk_tb(why.__traceback__)
        if Path(frame.f_code.co_filename).is_file() and Path(frame.f_code.co_filename).parent.resolve() == folder
    ]


def own_lines(path, why):
    """Return the learner's line that ran, and the values of its names, without lines of the library."""
    frames = own_frames(path, why)
    if not frames:
        return ""
    line, frame = frames[-1]
    where = Path(frame.f_code.co_filename)
    shapes = names_on(where, line, frame)
    return lines_around(where, line) + "\n" + (f"There: {shapes}.\n" if shapes else "")


def lines_around(path, line, around=2):
    """Return a line of a file with its neighbours and a mark."""
    try:
        lines = path.read_bytes().decode("utf-8-sig", "replace").splitlines()
    except OSError:
        lines = []
    line = min(line, max(len(lines), 1))
    first = max(1, line - around)
    shown_lines = [
        f"{'>' if number == line else ' '} {number:3} | {text}".rstrip().encode("ascii", "backslashreplace").decode()
        for number, text in enumerate(lines[first - 1 : line + around], start=first)
    ]
    return "\n".join([f"{shown(path)}, line {line}:", "", *shown_lines, ""])


def names_on(path, line, frame):
    """'x is (3, 4), self.W is (2, 4)': the arrays and numbers that a line names."""
    try:
        tree = ast.parse(path.read_bytes().decode("utf-8-sig"))
    except (OSError, SyntaxError, UnicodeDecodeError):
        return ""
    statements = [
        node for node in ast.walk(tree) if isinstance(node, ast.stmt) and node.lineno <= line <= node.end_lineno
    ]
    found = {}
    for node in ast.walk(max(statements, key=lambda node: node.lineno)) if statements else ():
        if isinstance(node, ast.Name):
            found[node.id] = frame.f_locals.get(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self":
            found[f"self.{node.attr}"] = getattr(frame.f_locals.get("self"), "__dict__", {}).get(node.attr)
    texts = []
    for name, value in found.items():
        if isinstance(value, np.ndarray):
            texts.append(f"{name} is {value.shape}")
        elif isinstance(value, int | float | tuple) and not isinstance(value, bool):
            with contextlib.suppress(ValueError):  # a whole number of thousands of digits
                texts.append(f"{name} is {value!r}"[:60])
    return ", ".join(sorted(texts))


def shown(path):
    """Return a path as the learner would type it."""
    path = Path(path)
    here = Path.cwd()
    return path.relative_to(here).as_posix() if path.is_relative_to(here) else str(path)


@contextlib.contextmanager
def library_as_it_was():
    """Yields a list; afterwards it names what was changed in the library or in NumPy meanwhile, and all of that is
    put back: a file that changes them would be judged by itself."""
    before = {id(owner): (owner, dict(vars(owner))) for owner in owners()}
    codes = {id(f): (f, f.__code__, f.__defaults__, f.__kwdefaults__) for f in functions_of(before)}
    changed, here = [], os.getcwd()
    try:
        with np.errstate():
            yield changed
    finally:
        os.chdir(here)
        for owner, names in before.values():
            for name, value in names.items():
                if (
                    (callable(value) or name.isupper())
                    and not name.startswith("__")
                    and vars(owner).get(name) is not value
                ):
                    changed.append(f"{owner.__name__}.{name}")
                    setattr(owner, name, value)
        for function, code, defaults, keywords in codes.values():
            if function.__code__ is not code or function.__defaults__ != defaults:
                changed.append(f"{function.__module__}.{function.__qualname__}")
                function.__code__, function.__defaults__, function.__kwdefaults__ = code, defaults, keywords


def owners():
    """Modules and classes of the library, and NumPy's modules."""
    for name, module in list(sys.modules.items()):
        if module is not None and (name.split(".")[0] == "scratchnet" or name in ("numpy", "numpy.linalg", "builtins")):
            yield module
            if name.split(".")[0] == "scratchnet":
                yield from (a for a in vars(module).values() if isinstance(a, type) and a.__module__ == name)


def functions_of(before):
    for _, names in before.values():
        for value in names.values():
            value = getattr(value, "py_func", value)
            if isinstance(value, FunctionType) and value.__module__.startswith("scratchnet"):
                yield value
