"""What an exercise is: a class or function of the library, the methods to write, cases to try them on."""

import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np

from scratchnet.viewing.show import docstring, underlying


@dataclass(frozen=True, eq=False)
class Case:
    """The arrays and options that a method is tried on.

    arrays: {name: array or other argument}, in the order of the arguments; args, options: of the class;
    parameters: {"W": array, ...} of the layer; sizes: {"images": 5, ...}, to recognise factors by.
    """

    arrays: dict
    args: tuple = ()
    options: dict = field(default_factory=dict)
    parameters: dict = field(default_factory=dict)
    sizes: dict = field(default_factory=dict)

    def inputs(self):
        """{name: array} of everything that a pass may read and must not change."""
        return {name: a for name, a in (self.arrays | self.parameters).items() if isinstance(a, np.ndarray)}


@dataclass(frozen=True)
class Wrong:
    """A known wrong answer: which result it spoils, what it makes of it, and the sentence that helps.

    make: a function of everything there is by name: the case's arrays, parameters and options, the right results.
    overflow: say it also when the learner's result is not finite in a case where `make` is not either.
    alone: the other results are wrong because of it, so no second mistake is told.
    """

    result: str
    sentence: str
    make: Callable
    overflow: bool = False
    alone: bool = False

    def fits(self, name, got, expected, case, right):
        if self.result != name:
            return False
        got, expected = np.asarray(got), np.asarray(expected)
        if got.dtype.kind not in "fiub":
            return False
        try:
            mine = self.answer(case, right)
        except (ValueError, IndexError, TypeError):  # not for these shapes
            return False
        if self.overflow and not np.isfinite(got).all():
            return not np.isfinite(mine).all()
        single = any(array.dtype == np.float32 for array in case.inputs().values())
        if mine.shape == expected.shape and close(mine, expected, single):  # on this case it is no mistake
            return False
        return mine.shape == got.shape and close(got, mine, single)

    def answer(self, case, right):
        """The wrong result for a case."""
        names = right | case.options | case.parameters | case.arrays
        with np.errstate(all="ignore"):
            return np.asarray(self.make(SimpleNamespace(**names, args=case.args)))


class Factors(Wrong):
    """A known wrong answer up to factors: some multiple of one array, plus some multiple of the next.

    make: as for Wrong, but it gives these arrays, the parts of the right result, as one array.
    """

    def fits(self, name, got, expected, case, right):
        got, expected = np.asarray(got), np.asarray(expected)
        if self.result != name or got.shape != expected.shape or got.dtype.kind != "f" or not np.isfinite(got).all():
            return False
        parts = super().answer(case, right).reshape(-1, got.size).T
        if len(parts) <= parts.shape[1] + 1 or not np.isfinite(parts).all():  # with so few entries any numbers would do
            return False
        found = np.linalg.lstsq(parts, got.ravel(), rcond=None)[0]
        return bool(found.all()) and close(parts @ found, got.ravel()) and not close(got, expected)

    def answer(self, case, right):
        """One of the wrong results for a case: 2 times the first part, 3 times the second."""
        parts = super().answer(case, right)
        return np.tensordot(np.arange(2, 2 + len(parts)), parts, 1)


def close(a, b, single=False):
    """The same but for rounding, to float32 if `single`; NaN and infinity in the same places."""
    rounding = 1e-9 if a.dtype == b.dtype == np.float64 and not single else 1e-6  # log(p + 1e-9) is no rounding
    scale = np.abs(b[np.isfinite(b)]).max(initial=0)
    return bool(np.allclose(a, b, rtol=rounding, atol=rounding * scale, equal_nan=True))


@dataclass(frozen=True, eq=False)
class Exercise:
    """One or more methods, or a function, for the learner to write.

    number, lesson: set by catalogue.py; name; title: in a line; target: class or function of the library;
    methods: their names, in order, ("",) for a function; task: what there is to do. contract: {"": what the class or
    function gets and gives, method: what it gets and gives}, with shapes and without the formula; a line end begins a
    paragraph. The formula is the first hint: the docstring of the library.
    gives: lines of imports that help; shows: further functions of the library in which the answer lies. play: what the
    file does when it is run.
    open: whether all of the library may be used but the target itself. needs: a package that is no part of the install.
    kind: how a method is run and judged, see kinds.py. tiny, draw, real, odd: rng, dtype -> Case or list of them: one
    to follow by hand, random ones, those of LeNet-5, unusual ones.
    levels: other ones than the checker's. points: for a class; seconds: after which a check is stopped.
    wrong: {method: its known wrong answers}; hints: those after the formula, each says a little more.
    """

    name: str
    title: str
    target: object
    task: str
    hints: tuple
    kind: object
    contract: dict = field(default_factory=dict)
    tiny: Callable | None = None
    draw: Callable | None = None
    real: Callable | None = None
    odd: Callable | None = None
    methods: tuple = ("",)
    wrong: dict = field(default_factory=dict)
    gives: tuple = ()
    shows: tuple = ()
    play: str = ""
    levels: tuple = ()
    points: int = 1
    seconds: int = 60
    open: bool = False
    needs: str = ""
    number: int = 0
    lesson: int = 0

    @property
    def file(self):
        return f"ex{self.number:02}_{self.name.replace('-', '_')}.py"

    @property
    def is_class(self):
        return isinstance(self.target, type)

    @property
    def derived(self):
        """Whether the answer is numbers: the fields `methods` of the file."""
        return self.kind.fields

    @property
    def writes(self):
        """The name of what the learner's file defines."""
        return f"My{self.target.__name__}" if self.is_class else underlying(self.target).__name__

    def functions(self):
        """The functions of the library that stand where the learner writes."""
        return [getattr(self.target, name) for name in self.methods] if self.is_class else [underlying(self.target)]

    @property
    def ladder(self):
        """All hints: the formula, as the library's live docstrings have it, and then the written ones."""
        texts = [docstring(self.target)]
        texts += [f"{name}: {docstring(getattr(self.target, name))}" for name in self.methods if self.is_class]
        formula = "\n\n".join(text for text in texts if text and not text.endswith(": "))
        return ("This is the library's docstring:\n\n" + textwrap.indent(formula, "    "), *self.hints)

    def where(self, method):
        """Return the name of a method in a sentence."""
        return f"{self.writes}.{method}" if method else self.writes
