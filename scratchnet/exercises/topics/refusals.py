"""What mistakes in the share to refuse give."""

import itertools

import numpy as np

from scratchnet.exercises.definition import Wrong


def refused(c, doubt=None, wrong=None, fits=np.less_equal, among="read", ties=True, first=False, best="max"):
    """Return the share with a mistake. among: what the wrong ones are a share of."""
    doubt, wrong = c.doubt if doubt is None else doubt, c.wrong if wrong is None else wrong
    order = np.argsort(doubt, kind="stable")
    N, read, sums = len(doubt), np.arange(1, len(doubt) + 1), np.cumsum(c.wrong[order] if wrong is c.wrong else wrong)
    shares = sums / {"read": read, "all": N, "none": 100}[among]
    allowed = fits(100 * shares, c.error)
    if ties:
        allowed[:-1] &= doubt[order][:-1] < doubt[order][1:]
    if first:
        allowed = np.logical_and.accumulate(allowed | ~last_of_ties(doubt[order])) & allowed
    if best == "min" and allowed.any():
        return float(100 * (1 - read[allowed].min() / N))
    return float(100 * (1 - read[allowed].max(initial=0) / N))


def last_of_ties(doubt):
    """Return where the next doubt is larger, in sorted doubts."""
    return np.append(doubt[:-1] < doubt[1:], True)


def whole_groups(c, keep):
    """Return the share where digits are counted one by one, and those of the last doubt are kept, or refused, alike."""
    n = round(len(c.doubt) * (1 - refused(c, ties=False) / 100))
    ordered = np.sort(c.doubt)
    if not 0 < n < len(ordered):
        return 100 * (1 - n / len(ordered))
    read = c.doubt <= ordered[n - 1] if keep else c.doubt < ordered[n]
    return float(100 * np.mean(~read))


def error_left(c):
    """Return the error of those that are read."""
    n = round(len(c.doubt) * (1 - c.share / 100))
    return float(100 * c.wrong[np.argsort(c.doubt, kind="stable")][:n].sum() / max(n, 1))


def where_all(c, other):
    """Return another share where all digits should be refused."""
    return other if c.share == 100 else c.share


TOO_FEW = (
    "Yours compares a share with percent, or compares by >, and refuses too few; it should be 100 * errors / read <= "
    "error."
)
COMMON = (
    Wrong(
        "share",
        "Yours refuses the surest first; it should refuse the most doubtful: the largest doubt.",
        lambda c: refused(c, doubt=-c.doubt),
    ),
    Wrong(
        "share",
        "Yours is the share that is read; it should be the share that is refused.",
        lambda c: 100 - c.share,
    ),
    Wrong("share", "Yours is a share from 0 to 1; it should be in percent.", lambda c: c.share / 100),
    Wrong(
        "share",
        "Yours is how many are refused; it should be in percent of all.",
        lambda c: c.share * len(c.doubt) / 100,
    ),
    Wrong(
        "share",
        "Yours divides the wrong ones by all digits; it should divide by those that are read.",
        lambda c: refused(c, among="all"),
    ),
    Wrong(
        "share",
        TOO_FEW,
        lambda c: refused(c, fits=lambda error, allowed: error / 100 <= allowed),
    ),
    Wrong(
        "share",
        "Yours demands an error below `error`; it should allow `error` itself: <=, not <.",
        lambda c: refused(c, fits=np.less),
    ),
    Wrong(
        "share",
        "Yours refuses one digit too many; it should stop at the first share that reaches the error.",
        lambda c: c.share + 100 / len(c.doubt),
    ),
    Wrong(
        "share",
        "Yours refuses one digit too few; it should reach the error.",
        lambda c: c.share - 100 / len(c.doubt),
    ),
    Wrong(
        "share",
        "Yours is the doubt from which digits are refused; it should be their share in percent.",
        lambda c: np.append(np.sort(c.doubt), np.inf)[len(c.doubt) - round(c.share * len(c.doubt) / 100)],
    ),
    Wrong(
        "share",
        "Yours does not order `wrong` as it orders `doubt`; it should: wrong[order].",
        lambda c: refused(c, wrong=c.wrong.copy()),
    ),
    Wrong(
        "share",
        "Yours reads the surest until the error first rises above `error`; it should go on: "
        "with a few more digits the error may be low enough again.",
        lambda c: refused(c, first=True),
    ),
    Wrong(
        "share",
        "Yours is the largest share that reaches the error; it should be the smallest: read as many as possible.",
        lambda c: refused(c, best="min"),
    ),
    Wrong(
        "share",
        "Yours compares percent with `error` / 100; it should compare percent with percent.",
        lambda c: refused(c, fits=lambda error, allowed: error <= allowed / 100),
    ),
    Wrong(
        "share",
        TOO_FEW,
        lambda c: refused(c, fits=np.greater),
    ),
    Wrong(
        "share",
        "Yours compares the number of wrong ones with `error`; it should compare their share, in percent.",
        lambda c: refused(c, among="none"),
    ),
    Wrong(
        "share",
        "Yours counts the right answers; it should count the wrong ones.",
        lambda c: refused(c, wrong=~c.wrong[np.argsort(c.doubt, kind="stable")]),
    ),
    Wrong(
        "share",
        "Yours is the error of those that are read; it should be the share that is refused.",
        error_left,
    ),
    Wrong("share", "Yours rounds the share; it should not.", lambda c: float(np.round(c.share))),
)
RARE = (  # seen where all digits should be refused, or where some have the same doubt
    Wrong(
        "share",
        "Yours refuses nothing where no threshold reaches the error (np.argmax of an array without True is 0); it "
        "should refuse all, 100.",
        lambda c: where_all(c, 0.0),
    ),
    Wrong(
        "share",
        "Yours reads the surest even where they are wrong too often; it should refuse all there, 100.",
        lambda c: where_all(c, float(100 * np.mean(c.doubt > c.doubt.min()))),
    ),
    Wrong(
        "share",
        "Yours refuses some of the digits of equal doubt and reads the others; it should treat them alike.",
        lambda c: refused(c, ties=False),
    ),
    Wrong(
        "share",
        "Yours counts digits of equal doubt one by one, and then reads all of the last doubt, with a larger error; it "
        "should look at whole groups from the start.",
        lambda c: whole_groups(c, keep=True),
    ),
    Wrong(
        "share",
        "Yours counts digits of equal doubt one by one, and then refuses all of the next; it should look at whole "
        "groups from the start.",
        lambda c: whole_groups(c, keep=False),
    ),
)
REFUSAL_WRONG = (*RARE, *COMMON)


def answers(c, share):
    """Return {sentence: the answers of the known mistakes}, and the right one under ""."""
    found = {"": {round(share, 6)}}
    for wrong in COMMON:
        answer = float(wrong.answer(c, {"share": share}))
        found.setdefault(wrong.sentence, set()).add(round(answer, 6))
    return found


def told_apart(small, larger):
    """Return whether two cases tell all mistakes from each other: what is alike in `small` differs in `larger`."""
    for one, other in itertools.combinations(small, 2):
        if small[one] & small[other] and larger[one] & larger[other]:
            return False
    alike = {name for name in small if any(small[name] & small[other] for other in small if other != name)}
    return not any(larger[name] & larger[""] for name in alike if name)
