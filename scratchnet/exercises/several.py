"""A function that returns several numbers: each is a result of its own, so that each has its own diagnosis."""

from numbers import Real

import numpy as np

from scratchnet.errors import CheckFailed
from scratchnet.exercises.kinds import Kind


class Several(Kind):
    """A function of arrays. names: those of the numbers that it returns, in order."""

    generic = False

    def __init__(self, *names):
        self.names = names

    def prepare(self, function, case, method):
        return lambda: self.named(function(*case.arrays.values()))

    def named(self, found):
        """Return {name: number}. Raise CheckFailed unless there is a number for each name."""
        told = f"The function should return {len(self.names)} numbers: {', '.join(self.names)}."
        if not isinstance(found, tuple | list | np.ndarray):
            raise CheckFailed(f"{told} It returns {type(found).__name__}.", "Return them in a tuple: return a, b.")
        if len(found) != len(self.names):
            raise CheckFailed(f"{told} It returns {len(found)}.", "Return all of them, in this order.")
        for name, value in zip(self.names, found):
            if not isinstance(value, Real) or isinstance(value, bool | np.bool_):
                raise CheckFailed(f"{told} Its {name} is {type(value).__name__}, and no number.")
        return {name: float(value) for name, value in zip(self.names, found)}
