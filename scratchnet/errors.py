"""The errors that a user can cause. A message says what was expected, what was got, and what to do."""

import difflib
import re
from collections.abc import Iterable
from numbers import Integral
from typing import Any

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class ScratchnetError(Exception):
    """The base class of all errors here; the command line exits with `exit_code`."""

    exit_code = 2


class InputError(ScratchnetError, ValueError):
    """An array, a size or an argument does not fit."""


class ModelError(ScratchnetError, ValueError):
    """A model file cannot be used."""


class DataError(ScratchnetError, ValueError):
    """A data set is missing or damaged."""

    exit_code = 3


class Diverged(ScratchnetError, ArithmeticError):
    """The loss or a parameter is no longer a finite number."""

    exit_code = 1


class CheckFailed(ScratchnetError, AssertionError):
    """A check of `scratchnet.checks` failed.

    `fact` says what differs, where and by how much; `diagnosis` is a sentence on the likely mistake, or "".
    """

    exit_code = 1

    def __init__(self, fact: str, diagnosis: str = "") -> None:
        super().__init__(f"{fact} {diagnosis}".rstrip())
        self.fact, self.diagnosis = fact, diagnosis


class Unsupported(ScratchnetError):
    """The fast path cannot run a network; the message is the reason, as a part of a sentence."""


class CellError(ScratchnetError):
    """A cell of a lesson raised an error; the message shows the cell and the error."""

    exit_code = 1


class LessonStopped(ScratchnetError):
    """A lesson stopped, because something that it needs is missing."""

    exit_code = 1


class NotWritten(ScratchnetError):
    """A method of an exercise is still a blank, or it is missing."""

    exit_code = 1


class Mistake(ScratchnetError):
    """A learner's file cannot be used, or its code raised an error; the message shows its lines."""

    exit_code = 1


class Missing(InputError):
    """The file of an exercise does not exist."""


def nearest(name: object, known: Iterable[str]) -> str:
    """Return ' Did you mean X?' if a known name is similar, and then the list of all known names."""
    known = list(known)
    near = difflib.get_close_matches(str(name).lower(), known, 1, 0.5)
    return f"{f' Did you mean {near[0]!r}?' if near else ''} There are {', '.join(known)}."


def expect_count(name: str, value: Any) -> int:
    """Return a number of things as an int. Raise InputError unless it is a whole number of at least 1."""
    if isinstance(value, bool) or not isinstance(value, Integral):
        whole = isinstance(value, float) and value.is_integer()
        fix = f" Write {name}={int(value)}." if whole else ""
        raise InputError(f"{name} should be a whole number, got {value!r}.{fix}")
    if value < 1:
        raise InputError(f"{name} has to be at least 1, got {value}.")
    return int(value)


def visible(text: str) -> str:
    """Return a text with its control characters as Python writes them: for terminals, XML and file names in messages.

    Line ends and tabs stay. Signs that turn the direction of writing are control characters too.
    """
    return CONTROL.sub(lambda found: ascii(found[0])[1:-1], text)
