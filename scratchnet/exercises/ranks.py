"""Several ranks in one process: a function runs on each, in a thread, and exchanges parts with its neighbours."""

import threading

import numpy as np

from scratchnet.errors import CheckFailed
from scratchnet.exercises.kinds import Kind


class Stuck(Exception):
    """A rank waits for another one that has ended."""


class Ring:
    """size ranks in a ring. In each exchange all of them send to the next one, and receive from the one before."""

    def __init__(self, size):
        self.size, self.boxes, self.waiting, self.ended, self.round = size, [None] * size, 0, 0, 0
        self.turn, self.sent = threading.Condition(), [0] * size

    def exchange(self, rank, part):
        """Send a part from a rank to the next, and return what the one before has sent: one exchange of all ranks."""
        with self.turn:
            self.boxes[rank] = np.array(part)
            self.sent[rank] += self.boxes[rank].size
            self.waiting, mine = self.waiting + 1, self.round
            if self.waiting == self.size:
                self.got, self.waiting, self.round = list(self.boxes), 0, self.round + 1
                self.turn.notify_all()
            while self.round == mine:
                if self.ended:
                    raise Stuck
                self.turn.wait()
            return self.got[(rank - 1) % self.size].copy()

    def end(self):
        """Say that a rank has ended."""
        with self.turn:
            self.ended += 1
            self.turn.notify_all()


class OnRanks(Kind):
    """A function of (x, rank, size, exchange), which runs on every rank; x of a rank is a row of the case's x."""

    generic = False

    def prepare(self, function, case, method):
        return lambda: on_all(function, case.arrays["x"])


def on_all(function, x):
    """Return {"sums": what each rank returns, "sent beyond 2 n": how many numbers a rank has sent too many}."""
    size, ring = len(x), Ring(len(x))
    sums, failures = [None] * size, []

    def one(rank):
        try:
            sums[rank] = function(x[rank], rank, size, lambda part: ring.exchange(rank, part))
        except BaseException as why:
            failures.append((rank, why))
        finally:
            ring.end()

    threads = [threading.Thread(target=one, args=(rank,), daemon=True) for rank in range(size)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    tell_failure(failures)
    return {"sums": together(sums, x), "sent beyond 2 n": max(0, max(ring.sent) - 2 * x.shape[1])}


def tell_failure(failures):
    """Raise the first failure that is not the consequence of another one."""
    for _, why in failures:
        if not isinstance(why, Stuck):
            raise why
    if failures:
        raise CheckFailed(
            f"Rank {failures[0][0]} waits for an exchange, and another rank has ended.",
            "Yours calls exchange more often on some ranks than on others; every rank should take part in all of them: "
            "an exchange sends and receives.",
        )


def together(sums, x):
    """Return what the ranks return as rows of one array. Raise CheckFailed for what is no array like x."""
    for rank, found in enumerate(sums):
        if not isinstance(found, np.ndarray) or found.shape != x[rank].shape:
            what = f"an array of shape {found.shape}" if isinstance(found, np.ndarray) else type(found).__name__
            raise CheckFailed(
                f"Rank {rank} returns {what}, it should return an array of shape {x[rank].shape}.",
                "Is a `return` missing, or are the parts not put together again (np.concatenate)?",
            )
    return np.stack(sums)
