"""Known mistakes that come in families, and in several exercises."""

import numpy as np

from scratchnet.exercises.definition import Wrong


def wrongs(result, table, overflow=False, alone=False):
    """Return a Wrong for each entry of {sentence: what it makes of the result, or several functions}."""
    return tuple(
        Wrong(result, sentence, make, overflow, alone)
        for sentence, makes in table.items()
        for make in (makes if isinstance(makes, tuple | list) else [makes])
    )


def in_a_loop(result, right, rows="row"):
    """The mistakes of a loop over the first axis, and of sums over it. right: the function for the right result."""
    all_rows = "it should fill all of them"
    return wrongs(
        result,
        {
            f"Yours fills the first {rows} only; {all_rows}: is `return` inside of the loop?": lambda c: one_row(
                right(c), 0
            ),
            f"Yours fills the last {rows} only; {all_rows}: is the array made anew in the loop?": lambda c: one_row(
                right(c), -1
            ),
            f"Yours is summed over axis 0; it should not be: there is one {rows} for each image.": (
                lambda c: right(c).sum(axis=0),
                lambda c: right(c).mean(axis=0),
                lambda c: right(c).sum(axis=0, keepdims=True),
                lambda c: right(c).mean(axis=0, keepdims=True),
            ),
            f"Yours returns one {rows}; it should return all of them: is `return` inside of the loop?": (
                lambda c: right(c)[0],
                lambda c: right(c)[-1],
                lambda c: right(c)[:1],
                lambda c: right(c)[-1:],
            ),
        },
    )


def one_row(array, n):
    """Return an array that is 0 but for one index of axis 0."""
    alone = np.zeros_like(array)
    alone[n] = array[n]
    return alone


def with_and_without_mean(make):
    """Return the functions make(c) / N and make(c), for a slope with another mistake."""
    return (lambda c: make(c) / len(c.y)), make
