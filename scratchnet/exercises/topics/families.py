"""Known mistakes that come in families, and in several exercises."""

import numpy as np

from scratchnet.exercises.definition import Wrong


def wrongs(result, table, overflow=False):
    """Return a Wrong for each entry of {sentence: what it makes of the result, or several functions}."""
    return tuple(
        Wrong(result, sentence, make, overflow)
        for sentence, makes in table.items()
        for make in (makes if isinstance(makes, tuple | list) else [makes])
    )


def in_a_loop(result, right, rows="row"):
    """The mistakes of a loop over the first axis. right: a function of the case that returns the right result."""
    first = f"Yours fills the first {rows} only; it should fill all of them: is `return` inside of the loop?"
    last = f"Yours fills the last {rows} only; it should fill all of them: is the array made anew in the loop?"
    return wrongs(result, {first: lambda c: one_row(right(c), 0), last: lambda c: one_row(right(c), -1)})


def one_row(array, n):
    """Return an array that is 0 but for one index of axis 0."""
    alone = np.zeros_like(array)
    alone[n] = array[n]
    return alone


def with_and_without_mean(make):
    """Return the functions make(c) / N and make(c), for a slope with another mistake."""
    return (lambda c: make(c) / len(c.y)), make
