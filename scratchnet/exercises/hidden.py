"""What of the library a learner's code does not find: the answer to its exercise, and everything that contains it.

In the process that runs the code, these functions are replaced by ones that raise NotWritten. What the exercise imports
for the learner stays, and so do the passes that the learner's class inherits, with the kernels that those call.
"""

import inspect
import sys
from dataclasses import replace
from types import ModuleType

from scratchnet import kernels, layers, losses, optimizers
from scratchnet.errors import NotWritten
from scratchnet.exercises.definition import Exercise
from scratchnet.training.pruning import OptimalBrainDamage
from scratchnet.viewing.show import underlying

PASSES = ("forward", "backward", "backward2", "_back", "step", "move", "estimate", "estimate_by", "prune")
CLOSED = ("scratchnet.exercises", "scratchnet.fast")  # modules that cannot be imported


def hide(exercise):
    """Replace the functions in this process, and return the exercise without its answer."""
    gone = [] if exercise.is_class else [*exercise.functions(), *map(underlying, exercise.shows)]
    for name in exercise.methods if exercise.open and exercise.is_class else ():
        setattr(exercise.target, name, refusal(vars(exercise.target)[name], f"{exercise.target.__name__}.{name}"))
    if not exercise.open:
        gone += [kernel for kernel in compiled() if kernel not in kept(exercise)]
        for kind in classes():
            for name in PASSES:
                if name in vars(kind) and not inherited(exercise, kind, name):
                    setattr(kind, name, refusal(vars(kind)[name], f"{kind.__name__}.{name}"))
    for module in modules("scratchnet"):
        for name, value in list(vars(module).items()):
            if any(value is function or underlying_of(value) is function for function in gone):
                setattr(module, name, refusal(value, name))
            elif isinstance(value, Exercise):
                delattr(module, name)
    close(CLOSED[:1] if exercise.open else CLOSED)
    target = exercise.target if exercise.is_class else refusal(underlying(exercise.target), exercise.target.__name__)
    return replace(exercise, target=target, wrong={}, shows=(), levels=(), tiny=None, draw=None, real=None, odd=None)


def compiled():
    """Return the kernels, as Python functions."""
    return [underlying(getattr(kernels, name)) for name in kernels.__all__]


def underlying_of(value):
    return getattr(value, "py_func", None)


def kept(exercise):
    """Return the kernels that the exercise's file imports, and those that inherited passes call."""
    names = {name.strip() for line in exercise.gives for name in line.partition(" import ")[2].split(",")}
    found = [kernel for kernel in compiled() if kernel.__name__ in names]
    for kind in inspect.getmro(exercise.target) if exercise.is_class else ():
        for name, function in vars(kind).items():
            if name in PASSES and inherited(exercise, kind, name):
                found += called(underlying(function))
    return found


def called(function):
    """Return the kernels that a function calls, and those that these call."""
    found = []
    for name in function.__code__.co_names:
        kernel = underlying(function.__globals__.get(name))
        if inspect.isfunction(kernel) and kernel.__module__.startswith(kernels.__name__) and kernel is not function:
            found += [kernel, *called(kernel)]
    return found


def inherited(exercise, kind, name):
    """Return whether a pass of this class is one that the learner's class inherits and is not asked to write."""
    given = exercise.is_class and kind in inspect.getmro(exercise.target) and name not in exercise.methods
    return given and all(underlying(vars(kind)[name]) is not underlying(shown) for shown in exercise.shows)


def classes():
    """Return every class whose passes may contain an answer."""
    found = {OptimalBrainDamage}
    for module in (layers, losses, optimizers):
        found |= {kind for thing in vars(module).values() if isinstance(thing, type) for kind in inspect.getmro(thing)}
    return [kind for kind in found if kind.__module__.startswith("scratchnet")]


def refusal(function, name):
    """Return what stands in the place of a function of the library: it has its head, and raises NotWritten."""

    def not_written(*arguments, **options):
        raise NotWritten(name)

    not_written.__name__ = function.__name__
    not_written.__signature__ = inspect.signature(underlying(function))
    return not_written


class Closed:
    """A finder of modules that refuses some of them, with all that is inside, and to load others a second time."""

    def __init__(self, names, loaded):
        self.names, self.loaded = names, loaded

    def find_spec(self, name, path=None, target=None):
        if name in self.loaded or any(f"{name}.".startswith(f"{closed}.") for closed in self.names):
            raise ModuleNotFoundError(f"{name} cannot be imported in an exercise", name=name)


def close(names):
    """Make modules, and those inside, impossible to import, and all others of the library impossible to load again,
    which would bring back what is hidden; who has them already keeps them."""
    sys.meta_path.insert(0, Closed(names, {module.__name__ for module in modules("scratchnet")}))
    for name in names:
        package, _, last = name.rpartition(".")
        for module in [found for found in sys.modules if f"{found}.".startswith(f"{name}.")]:
            del sys.modules[module]
        vars(sys.modules[package]).pop(last, None)


def modules(package):
    return [
        module
        for name, module in list(sys.modules.items())
        if isinstance(module, ModuleType) and name.split(".")[0] == package
    ]
