"""From the outputs of the space displacement network to a string: a grammar and Viterbi's algorithm (paper, VII).

One digit is often seen at several neighbouring positions, and a piece of a digit can look like another digit: the
right third of a 4 like a 1. The paper puts a grammar after the network, in which characters cannot stand on
contiguous outputs (VII). It has a state for the blank and one for each character, and an output is an arc:

    blank -> blank           nothing is read
    blank -> character c     c is read
    c -> c                   the same c, seen from the next position: nothing more is read
    c -> blank               c has ended
    c -> d                   there is no such arc: two characters need a blank between them

The string is that of the path with the smallest sum of penalties.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scratchnet.errors import InputError
from scratchnet.layers.expect import is_finite


@dataclass(frozen=True)
class Reading:
    """What `read_string` reads.

    string: the characters, each a class; places: the position where each is best seen; path: the class at each
    position (positions,); cost: the sum of the penalties on the path.
    """

    string: tuple[int, ...]
    places: tuple[int, ...]
    path: NDArray[np.intp]
    cost: float

    @property
    def text(self) -> str:
        """The string as it is written: '2345'."""
        return "".join(map(str, self.string))


def read_string(penalties: NDArray, begin: float = 0.0) -> Reading:
    """Return the string with the smallest sum of penalties (classes, positions); the last class is the blank.

        cost[c, t] = y[c, t] + min(cost[c, t - 1], cost[blank, t - 1] + begin)        for a character c
        cost[blank, t] = y[blank, t] + min over all classes of cost[:, t - 1]

    begin: the penalty of the arc that reads a character: the larger, the fewer characters are read.
    Raises InputError for penalties of another shape or that are not finite, and for begin that is not finite.

    >>> import numpy as np
    >>> from scratchnet.models import read_string
    >>> y = np.array([[0, 0, 9, 9, 9], [9, 9, 9, 1, 9], [9, 9, 0, 3, 0]])  # 0, 0, blank, 1, blank
    >>> read_string(y).text
    '01'
    """
    y = np.asarray(penalties)
    if y.ndim != 2 or y.shape[0] < 2 or y.shape[1] < 1 or y.dtype.kind not in "iuf" or not np.isfinite(y).all():
        raise InputError(
            "read_string expects finite penalties (classes, positions), a character and the blank at least, got "
            f"{y.dtype} of shape {y.shape}."
        )
    if not is_finite(begin):
        raise InputError(f"read_string expects a finite begin, got {begin!r}.")
    path, cost = cheapest_path(y.astype(float), begin)
    starts = np.flatnonzero(np.diff(path, prepend=-1))  # where the class changes
    string, places = [], []
    for first, last in zip(starts, [*starts[1:], len(path)]):
        character = int(path[first])
        if character < len(y) - 1:
            string.append(character)
            places.append(int(first + y[character, first:last].argmin()))
    return Reading(tuple(string), tuple(places), path, cost)


def cheapest_path(y: NDArray, begin: float) -> tuple[NDArray[np.intp], float]:
    """Return the class at each position on the path with the smallest sum of penalties, and that sum (Viterbi)."""
    classes, positions = y.shape
    blank, every = classes - 1, np.arange(classes)
    before = np.zeros((positions, classes), np.intp)  # the best class at the position before
    cost = y[:, 0] + begin * (every < blank)
    for t in range(1, positions):
        from_blank = cost[blank] + begin
        before[t] = np.where(from_blank < cost, blank, every)  # a character goes on, or begins after a blank
        before[t, blank] = cost.argmin()
        cost = y[:, t] + np.append(np.minimum(cost, from_blank)[:blank], cost.min())
    path = np.empty(positions, np.intp)
    path[-1] = cost.argmin()
    for t in range(positions - 1, 0, -1):
        path[t - 1] = before[t, path[t]]
    return path, float(cost.min())


def with_blank(penalties: NDArray, penalty: float) -> NDArray:
    """Return the penalties (..., classes, positions) of a network without a blank class, with a row for the blank.

    It has the same penalty at every position, as the rubbish class of eq. 9 has the constant j.

    >>> import numpy as np
    >>> from scratchnet.models import with_blank
    >>> with_blank(np.zeros((10, 3)), 48.0)[-1]
    array([48., 48., 48.])
    """
    row = np.full_like(penalties[..., :1, :], penalty)
    return np.concatenate([penalties, row], axis=-2)
