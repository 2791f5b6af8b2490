"""Every error a user can cause: one sentence that says what came, what was wanted, what to do."""

import difflib


class ScratchnetError(Exception):
    """Base of all; `exit_code` is what the command line ends with."""

    exit_code = 2


class InputError(ScratchnetError, ValueError):
    """An array, a size or an argument that does not fit."""


class ModelError(ScratchnetError, ValueError):
    """A model file that cannot be used."""


class DataError(ScratchnetError, ValueError):
    """A data set that is missing or damaged."""

    exit_code = 3


class Diverged(ScratchnetError, ArithmeticError):
    """The loss is no longer a number."""

    exit_code = 1


def nearest(name, known):
    """' Did you mean X?' if a known name looks like this one, and all that there are."""
    near = difflib.get_close_matches(str(name).lower(), known, 1, 0.5)
    return f"{f' Did you mean {near[0]!r}?' if near else ''} There are {', '.join(known)}."
