"""The exercise on many machines: the sum over all ranks, by a ring."""

import numpy as np

from scratchnet.exercises.cases import whole
from scratchnet.exercises.definition import Case, Exercise
from scratchnet.exercises.later_tasks import all_reduce
from scratchnet.exercises.ranks import OnRanks
from scratchnet.exercises.topics.families import wrongs


def ranks_case(rng, dtype, size, n):
    """Return a Case of whole numbers: their sums are exact in any order."""
    return Case({"x": 10 * whole(rng, (size, n), dtype) + rng.integers(0, 9, (size, n)).astype(dtype)})


def ring(c, add=None, store=None, owned=1, first=True, second=False):
    """Return the sums with a mistake, all ranks at once. add, store: steps of the two halves; owned: the first part
    that is sent in the second half, counted from the rank; first, second: whether what comes is added in that half."""
    size = len(c.x)
    parts = [np.array_split(row.copy(), size) for row in c.x]
    for s in range(size - 1 if add is None else add):
        sent = [parts[r][(r - s) % size].copy() for r in range(size)]
        for r in range(size):
            mine = parts[r][(r - s - 1) % size]
            mine[...] = first * mine + sent[r - 1]
    for s in range(size - 1 if store is None else store):
        sent = [parts[r][(r + owned - s) % size].copy() for r in range(size)]
        for r in range(size):
            mine = parts[r][(r - 1 + owned - s) % size]
            mine[...] = second * mine + sent[r - 1]
    return np.stack([np.concatenate(row) for row in parts])


def one_neighbour(c):
    return c.x + np.roll(c.x, 1, axis=0)


def floored(c, cut):
    """Return the sums of parts of n // size numbers; what is left over stays as it was, or is 0."""
    left = c.x.shape[1] // len(c.x) * len(c.x)
    sums = c.sums.copy()
    sums[:, left:] = 0 if cut else c.x[:, left:]
    return sums


WRONG = wrongs(
    "sums",
    {
        "Yours ends after the first half: each rank has the sum of one part; in size - 1 steps more they should be "
        "passed on.": lambda c: ring(c, store=0),
        "Yours has the numbers of one rank in each part; in the first half what comes should be added, and the second "
        "half should begin with part rank + 1, whose sum is whole.": (
            lambda c: ring(c, first=False),
            lambda c: ring(c, owned=0),
        ),
        "Yours adds what comes in the second half; there it should be stored: the sum is whole already.": lambda c: (
            ring(c, second=True)
        ),
        "Yours takes one step too few in the first half; it should take size - 1.": (
            lambda c: ring(c, add=len(c.x) - 2),
            lambda c: ring(c, add=len(c.x) - 2, owned=2),
        ),
        "Yours takes one step too many in the first half, and adds a part twice; it should take size - 1.": lambda c: (
            ring(c, add=len(c.x))
        ),
        "Yours takes one step too few in the second half; it should take size - 1.": lambda c: ring(
            c, store=len(c.x) - 2
        ),
        "Yours sends the wrong part first in the second half; it should send the one whose sum is whole: part rank + "
        "1.": [lambda c, owned=owned: ring(c, owned=owned) for owned in (-1, 2)],
        "Yours is the mean; it should be the sum.": lambda c: c.sums / len(c.x),
        "Yours is x of the rank alone; it should be the sum over all ranks.": lambda c: c.x,
        "Yours adds the neighbour only; it should be the sum over all ranks.": one_neighbour,
        "Yours leaves the own x out; it should be in the sum.": lambda c: c.sums - c.x,
        "Yours is twice the sum; each part should be added once, and stored in the second half.": lambda c: 2 * c.sums,
        "Yours leaves out what is left when n is no multiple of size; np.array_split makes parts of unequal lengths, "
        "and all numbers should be in one.": (lambda c: floored(c, False), lambda c: floored(c, True)),
        "Yours is the x of another rank; what comes should be added.": (
            lambda c: np.roll(c.x, 1, axis=0),
            lambda c: np.roll(c.x, -1, axis=0),
        ),
    },
) + wrongs(
    "sent beyond 2 n",
    {
        "Yours passes whole arrays around, which sends (size - 1) n numbers from each rank; in parts it should be less "
        "than 2 n, whatever the size.": lambda c: max(0, (len(c.x) - 3) * c.x.shape[1]),
        "Yours passes whole arrays around, and one time too many; in parts it should be less than 2 n.": lambda c: max(
            0, (len(c.x) - 2) * c.x.shape[1]
        ),
    },
)

ALL_REDUCE = Exercise(
    name="all-reduce",
    title="the sum over all machines, by a ring",
    target=all_reduce,
    task="The function runs on every rank at once; a rank sees its own x only. exchange(part) sends an array to rank "
    "rank + 1 (the last one sends to rank 0), waits, and returns the array that rank - 1 has sent, like sendrecv of "
    "MPI; all ranks call it equally often. No rank may send more than 2 n numbers in all, however many ranks there "
    "are: so whole arrays cannot be passed around. Cut x into `size` parts.",
    contract={
        "": "Return the sum over all ranks of their x, on every rank.\n"
        "x: (n,), that of this rank, which is left as it was; n may be no multiple of size, or smaller than it. rank: "
        "from 0 to size - 1; size: the number of ranks. exchange: array -> array, see above.\n"
        "Returns (n,), same dtype."
    },
    kind=OnRanks(),
    tiny=lambda rng, dtype: ranks_case(rng, dtype, 3, 3),
    draw=lambda rng, dtype: ranks_case(rng, dtype, 6, int(rng.integers(19, 23))),
    real=lambda rng, dtype: [ranks_case(rng, dtype, 8, 60_000)],
    odd=lambda rng, dtype: [ranks_case(rng, dtype, size, n) for size, n in ((1, 5), (2, 7), (5, 3), (4, 8), (7, 20))],
    wrong={"": WRONG},
    hints=(
        "parts = np.array_split(x.copy(), size) cuts x, also where n is no multiple; np.concatenate(parts) at the end.",
        "First half, size - 1 steps: send a part, add what comes to the part of the same number, and send that one "
        "next. Begin with part number rank.",
        "Which part is whole after that? A part that begins at rank r has collected all ranks when it is at rank r - "
        "1. So rank has the whole sum of part rank + 1.",
        "Second half, size - 1 steps: send that part on, and store what comes in the place of yours; % size "
        "everywhere.",
    ),
)
