"""Exercises with a numeric answer: fields of a file, derived by hand from numbers that are drawn from a name.

Two students have different numbers, so that an answer cannot be copied, while a formula can be talked about.
"""

import getpass
from dataclasses import dataclass
from math import isclose, isfinite
from numbers import Real
from types import SimpleNamespace

import numpy as np

from scratchnet.errors import CheckFailed
from scratchnet.exercises.definition import Case, Wrong
from scratchnet.exercises.kinds import Kind

STUDENT = "STUDENT"
NEAR = 1e-3  # four digits are enough


class OwnNumbers(Kind):
    """The fields of a file. draw: rng -> {NAME: number}; about: {NAME: what it is}."""

    repeats, generic, fields = False, False, True

    def __init__(self, draw, about):
        self.draw, self.about = draw, about

    def prepare(self, thing, case, method):
        """Return a function that gives the field and everything that it is derived from."""
        if callable(thing):
            return lambda: {method: thing(**case.options)[method]}
        return lambda: {name: vars(thing).get(name) for name in (STUDENT, method, *self.about)}


@dataclass(frozen=True)
class Slip(Wrong):
    """A usual slip: make gives what it makes of the numbers, which it sees by name in lower case."""

    def fits(self, name, got, expected, case, right):
        mine = self.answer(case, right)
        return self.result == name and alike(got, mine) and not alike(mine, expected)

    def answer(self, case, right):
        names = {name.lower(): value for name, value in case.options.items()}
        return self.make(SimpleNamespace(**names, **right))


def slips(field, table):
    """Return a Slip for each entry of {sentence: what it makes of the numbers}."""
    return tuple(Slip(field, sentence, make) for sentence, make in table.items())


def one_of(rng, *choices):
    """Draw one of these numbers."""
    return rng.choice(choices).item()


def alike(mine, expected):
    """Return whether two numbers are the same: exactly for a whole one, to four digits for another."""
    if isinstance(expected, int):
        return mine == expected
    return isclose(mine, expected, rel_tol=NEAR)


def login():
    """Return the name under which the learner works on this machine, "student" if there is none."""
    try:
        return getpass.getuser() or "student"
    except (OSError, KeyError, ImportError):
        return "student"


def numbers(exercise, student):
    """Return {NAME: number} of an exercise for a student; with these, no slip is right, and no two are alike."""
    rng = np.random.default_rng([*f"{exercise.name} {' '.join(student.lower().split())}".encode()])
    while True:
        found = exercise.kind.draw(rng)
        if told_apart(exercise, found):
            return found


def told_apart(exercise, found):
    """Return whether these numbers tell every slip from the right answer and from each other slip."""
    case, right = Case({}, options=found), exercise.target(**found)
    for field, slips in exercise.wrong.items():
        seen = [(right[field], "")]
        for slip in slips:
            value = slip.answer(case, right)
            if any(near(value, other) and slip.sentence != sentence for other, sentence in seen):
                return False
            seen.append((value, slip.sentence))
    return True


def near(a, b):
    """Return whether two answers could be taken for each other."""
    if isinstance(a, int) and isinstance(b, int):
        return a == b
    return isclose(a, b, rel_tol=5 * NEAR, abs_tol=1e-9)


def asked(exercise, answer, method):
    """Return what the file says for a field, and {NAME: number} of its student."""
    (found,) = answer.run(method, Case({}))
    student = found.get(STUDENT)
    if not isinstance(student, str) or not student.strip():
        raise CheckFailed(
            "STUDENT should be a name in quotes, and not empty.",
            "The numbers are drawn from it; keep the line as it was.",
        )
    return found, numbers(exercise, student)


def own(exercise, answer, method, seed):
    """Check that the numbers in the file are those of its student."""
    found, expected = asked(exercise, answer, method)
    for name, number in expected.items():
        if found.get(name) != number:
            raise CheckFailed(
                f"{name} is {found.get(name)!r}; for STUDENT = {found[STUDENT]!r} it is {number!r}.",
                "Yours has numbers that do not belong to this name; it should have them as `exercise start` wrote "
                f"them. `exercise reset {exercise.number}` writes them again.",
            )


def a_number(exercise, answer, method, seed):
    """Check that the field is a number."""
    found = asked(exercise, answer, method)[0][method]
    if not isinstance(found, Real) or isinstance(found, bool) or not isfinite(found):
        raise CheckFailed(
            f"{method} should be a number, got {found!r}.", "Write 12 or 0.25, or a formula with numbers."
        )


def derived(exercise, answer, method, seed):
    """Compare with the right number, which is not told."""
    found, given = asked(exercise, answer, method)
    case, right = Case({}, options=given), exercise.target(**given)
    if alike(found[method], right[method]):
        return
    mine, known = found[method], exercise.wrong.get(method, ())
    fitting = [slip.sentence for slip in known if slip.fits(method, mine, right[method], case, right)]
    listed = ", ".join(f"{name} = {number}" for name, number in given.items())
    raise CheckFailed(
        f"{method} is {mine!r}, and that is not right for {listed}.",
        fitting[0] if fitting else "",
    )


BY_HAND = (("the numbers belong to your name", own), ("a number", a_number), ("derived", derived))
