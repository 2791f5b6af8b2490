"""Every error that a user can cause: one sentence that says what was expected, what was got, what to do."""

import difflib
from collections.abc import Iterable


class ScratchnetError(Exception):
    """Base class of all; `exit_code` is what the command line ends with."""

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

    `fact` says what differs, where and by how much; `diagnosis` is a sentence on what it looks like, or "".
    """

    exit_code = 1

    def __init__(self, fact: str, diagnosis: str = "") -> None:
        super().__init__(f"{fact} {diagnosis}".rstrip())
        self.fact, self.diagnosis = fact, diagnosis


class Unsupported(ScratchnetError):
    """The fast path has no operation for something; the message is the end of a sentence."""


class CellError(ScratchnetError):
    """A cell of a lesson did not run to its end; the message shows the cell, and what happened."""

    exit_code = 1


class LessonStopped(ScratchnetError):
    """A lesson ended itself, because something that it needs is missing."""

    exit_code = 1


class NotWritten(ScratchnetError):
    """A method of an exercise is still blank, or not there."""

    exit_code = 1


class Mistake(ScratchnetError):
    """A learner's file cannot be used, or its own code raised; the message shows its lines."""

    exit_code = 1


class Missing(InputError):
    """There is no file for an exercise."""


def nearest(name: object, known: Iterable[str]) -> str:
    """Return ' Did you mean X?' if a known name looks like this one, and the list of all known names."""
    known = list(known)
    near = difflib.get_close_matches(str(name).lower(), known, 1, 0.5)
    return f"{f' Did you mean {near[0]!r}?' if near else ''} There are {', '.join(known)}."
