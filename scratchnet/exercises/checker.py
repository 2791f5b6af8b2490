"""Is it right? Nine levels, from "does it run" to odd shapes; the first that fails is explained."""

import contextlib
import textwrap
from collections import Counter
from dataclasses import dataclass, field
from numbers import Number, Real
from pathlib import Path

import numpy as np

from scratchnet.checks import diagnose, expect_array
from scratchnet.checks.gradients import NOT_THERE
from scratchnet.errors import CheckFailed, Missing, Mistake, NotWritten, ScratchnetError
from scratchnet.exercises.definition import close
from scratchnet.exercises.kinds import agree
from scratchnet.exercises.learner import (
    blanks,
    explained,
    library_as_it_was,
    load,
    shown,
)

DOUBLE, SINGLE = 1e-9, 1e-4  # what is right in float64 and in float32; a mistake is 1e-2 and more
TRIES = 5  # random cases
NO_SUCH_LEVEL = object()


@dataclass
class Result:
    """What a check found.

    state: "right", "wrong", "blank" or "missing"; passed: (method, level) of all that passed, in order;
    failed: the one that did not; fact: what was expected and got; diagnosis: the sentence that helps.
    """

    exercise: object
    path: Path
    state: str = "wrong"
    passed: list = field(default_factory=list)
    failed: tuple | None = None
    fact: str = ""
    diagnosis: str = ""

    def __str__(self):
        lines = [f"{self.exercise.number:02} {self.exercise.name}   {shown(self.path)}", ""]
        now = self.failed[0] if self.failed else None
        counts = Counter(method for method, _ in self.passed)
        steps = [(method, f"all {n} levels", "ok") for method, n in counts.items() if now is not None and method != now]
        steps += [(method, level, "ok") for method, level in self.passed if now in (None, method)]
        steps += [(*self.failed, "no")] if self.failed else []
        width = max((len(method) for method, _, _ in steps), default=0)
        lines += [f"  {answer}  {method:{width}}  {level}".rstrip() for method, level, answer in steps]
        lines += [""] if steps else []
        lines += [text for text in (filled(self.fact), "") if self.fact]
        lines += [text for text in (filled(self.diagnosis), "") if self.diagnosis]
        if self.state == "right":
            lines += ["Right."]
        return "\n".join(lines).rstrip()


def filled(text):
    """Sentences in lines of at most 100 letters; what is set in, code and arrays, stays as it is."""
    lines = text.split("\n")
    return "\n".join(line if line[:1] in " >" else textwrap.fill(line, 100, break_on_hyphens=False) for line in lines)


def check_answer(exercise, path, seed=0):
    """Return the Result for the file at path. seed: seeds every random draw."""
    result = Result(exercise, Path(path))
    try:
        with library_as_it_was() as changed:
            go_through(result, seed)
    except Missing as why:
        result.state, result.fact = "missing", f"{why} `exercise start {exercise.number:02}` writes it."
    except NotWritten as why:
        result.state, result.fact = "blank", str(why)
    except Mistake as why:
        result.fact = str(why)
    except CheckFailed as why:
        result.fact, result.diagnosis = why.fact, why.diagnosis
    except ScratchnetError as why:
        result.fact = f"The library cannot use what your code returned or stored on self: {why}"
    if changed:
        result.state, result.diagnosis, result.failed = "wrong", "", result.failed or ("", "changes nothing else")
        result.fact = (
            f"The file changes parts of the library or of NumPy: {', '.join(sorted(set(changed))[:3])}. The checker "
            "restored them and cannot judge the rest. Write your own function or subclass instead."
        )
    return result


def go_through(result, seed):
    exercise, path = result.exercise, result.path
    with explained(path, exercise.seconds):
        empty = blanks(exercise, path)  # before anything of it runs
        thing = load(exercise, path)
        for method in exercise.methods:
            result.failed = None
            if method in empty:
                raise NotWritten(
                    f"You have not written it yet: {exercise.where(method)} in {shown(path)} is still blank."
                )
            for level, test in exercise.levels or LEVELS:
                result.failed = method, level
                answer = test(exercise, thing, method, seed)
                if answer is not NO_SUCH_LEVEL:
                    result.passed.append(result.failed)
                    result.fact = answer or ""
        result.state, result.failed = "right", None


def run_once(exercise, thing, method, seed):
    """Run it once."""
    case = exercise.tiny(rng(seed, "by hand"), np.float64)
    exercise.kind.prepare(thing, case, method)()


def same_type(exercise, thing, method, seed):
    """Compare type, shape and dtype in both precisions."""
    for dtype in (np.float64, np.float32):
        case = exercise.draw(rng(seed, "type"), dtype)
        right, got = answers(exercise, thing, method, case)
        try:
            for name, expected in right.items():
                same_kind(name, got.get(name), expected, dtype, case.sizes)
        except CheckFailed as why:
            known = known_wrong(exercise, method, case, right, got)
            raise CheckFailed(why.fact, known or why.diagnosis) from None


def same_kind(name, mine, expected, dtype, sizes):
    """Raise CheckFailed unless mine has the shape and dtype of the array `expected`, or is a number like it."""
    if not isinstance(expected, np.ndarray):
        if not isinstance(mine, Real) or isinstance(mine, bool):
            what = f"an array of shape {mine.shape}" if isinstance(mine, np.ndarray) else type(mine).__name__
            raise CheckFailed(f"{name}: expected a number, got {what}. Return float(...).", NOT_THERE * (mine is None))
        return
    expect_array(name, mine, expected, sizes)
    if mine.dtype == expected.dtype:
        return
    if expected.dtype == bool:
        raise CheckFailed(f"{name}: expected bool, got {mine.dtype}.", "A comparison (==) gives True and False.")
    raise CheckFailed(
        f"{name}: expected {expected.dtype} for input of {np.dtype(dtype)}, got {mine.dtype}.",
        "Keep the dtype: np.zeros(shape, x.dtype), x.astype(...). A NumPy float64, such as np.mean(...) of a "
        "list, makes a product float64; a plain Python number does not.",
    )


def by_hand(exercise, thing, method, seed):
    """Check a case that is small enough to compute by hand; it is printed in full when it fails."""
    case = exercise.tiny(rng(seed, "by hand"), np.float64)
    right, got = answers(exercise, thing, method, case)
    try:
        same(exercise, thing, method, case, right, got, DOUBLE, seed)
    except CheckFailed as why:
        raise CheckFailed(f"{printed(exercise.kind, case, method, right, got)}\n\n{why.fact}", why.diagnosis) from None


def printed(kind, case, method, right, got):
    """Return every number of a small case, and the first result that is wrong, as text."""
    name = first_off(right, got) or list(right)[-1]
    return "\n".join(
        [
            "The input:",
            *(named(name, value) for name, value in (case.options | seen_by(kind, case, method)).items()),
            "",
            named(f"{name}, yours", got[name]),
            named(f"{name}, right", right[name]),
        ]
    )


def first_off(right, got):
    """Return the name of the first result that differs, or None."""
    return next((name for name in right if not equal(got[name], right[name])), None)


def equal(mine, expected):
    if not isinstance(mine, np.ndarray | Number):
        return False
    mine, expected = np.asarray(mine), np.asarray(expected)
    return mine.dtype.kind in "fiub" and mine.shape == expected.shape and close(mine, expected)


def named(name, value):
    """'x = [[1, 2],', with the lines after the first below the bracket."""
    if not isinstance(value, np.ndarray):
        return f"  {name} = {value!r}"
    if value.size > 100:
        return f"  {name}: {value.dtype} of shape {value.shape}"
    form = "{}".format if value.dtype.kind != "f" else "{:.5g}".format
    width = max((len(form(number)) for number in value.flat), default=0)
    text = np.array2string(
        value, separator=", ", max_line_width=100, formatter={"all": lambda n: f"{form(n):>{width}}"}
    )
    lines = [line for line in text.split("\n") if line]
    return f"  {name} = " + ("\n" + " " * (len(name) + 5)).join(lines)


def random_cases(exercise, thing, method, seed):
    """Check random sizes. Where central differences judge later, check only that all entries are finite."""
    for number in range(TRIES):
        case = exercise.draw(rng(seed, f"random {number}"), np.float64)
        right, got = answers(exercise, thing, method, case)
        if method not in exercise.kind.judged:
            with naming(exercise, case, method):
                same(exercise, thing, method, case, right, got, DOUBLE, seed)
            continue
        for name, mine in got.items():
            if not np.isfinite(mine).all():
                raise CheckFailed(
                    f"{name} has entries that are inf or nan.", diagnose(np.asarray(mine), np.asarray(right[name]))
                )


def judged(exercise, thing, method, seed):
    """Compare with central differences, or the exact curvature, without the library's own method."""
    if method not in exercise.kind.judged:
        return NO_SUCH_LEVEL
    case = exercise.draw(rng(seed, "judge"), np.float64)
    try:
        exercise.kind.judge(thing, case, method)
    except CheckFailed as why:
        right, got = answers(exercise, thing, method, case)
        raise CheckFailed(why.fact, known_wrong(exercise, method, case, right, got) or why.diagnosis) from None


def reference(exercise, thing, method, seed):
    """Compare with the library, in the sizes of LeNet-5 and the precision of training."""
    for case in exercise.real(rng(seed, "real"), np.float32):
        same(exercise, thing, method, case, *answers(exercise, thing, method, case), SINGLE, seed)


def input_kept(exercise, thing, method, seed):
    """Check that the input is unchanged."""
    case = exercise.draw(rng(seed, "kept"), np.float64)
    before = {name: value.copy() for name, value in case.inputs().items()}
    exercise.kind.prepare(thing, case, method)()
    for name, value in case.inputs().items():
        if not np.array_equal(value, before[name], equal_nan=value.dtype.kind == "f"):
            at = tuple(int(i) for i in np.argwhere(value != before[name])[0])
            raise CheckFailed(
                f"{name} has changed: {name}{list(at)} was {before[name][at]:.6g} and is now {value[at]:.6g}.",
                f"Other code still needs {name}. Make a new array instead of changing it (+=, *=, {name}[...] = ...), "
                f"or work on {name}.copy().",
            )


def twice(exercise, thing, method, seed):
    """Check that a second call gives the same result."""
    if not exercise.kind.repeats:
        return NO_SUCH_LEVEL
    case = exercise.draw(rng(seed, "twice"), np.float64)
    again = exercise.kind.prepare(thing, case, method)
    first = {name: np.array(value) for name, value in again().items()}
    second = again()
    try:
        agree(second, first, DOUBLE, "the result of the first call", case.sizes)
    except CheckFailed as why:
        for name, value in first.items():
            if close(np.asarray(second[name]), 2 * value) and value.any():
                raise CheckFailed(
                    why.fact, f"Yours adds {name} up from call to call; it should overwrite {name}: '=' and not '+='."
                ) from None
        raise CheckFailed(why.fact, "Yours stores something in the first call that changes the second.") from None


def odd_shapes(exercise, thing, method, seed):
    """Check one image, heights that differ from widths, arrays with gaps and other unusual cases."""
    for case in exercise.odd(rng(seed, "odd"), np.float64):
        right, got = answers(exercise, thing, method, case)
        with naming(exercise, case, method):
            for name, expected in right.items():
                same_kind(name, got.get(name), expected, np.float64, case.sizes)
            same(exercise, thing, method, case, right, got, DOUBLE, seed)


@contextlib.contextmanager
def naming(exercise, case, method):
    """Add the shapes, sizes and options to the message of a failure inside."""
    try:
        yield
    except CheckFailed as why:
        texts = [
            f"{name} {value.shape if isinstance(value, np.ndarray) else repr(value)}"
            for name, value in (seen_by(exercise.kind, case, method) | case.options).items()
            if name != "connections"
        ]
        raise CheckFailed(f"For {', '.join(texts)}: {why.fact}" if texts else why.fact, why.diagnosis) from None


def seen_by(kind, case, method):
    """{name: array or other argument} of a case that this pass sees."""
    unread = kind.unread(method) if hasattr(kind, "unread") else ()
    return {name: value for name, value in (case.parameters | case.arrays).items() if name not in unread}


LEVELS = (
    ("runs", run_once),
    ("type, shape, dtype", same_type),
    ("a small case by hand", by_hand),
    ("random cases", random_cases),
    ("central differences", judged),
    ("same as the library, at LeNet-5's sizes", reference),
    ("does not change its input", input_kept),
    ("called twice", twice),
    ("odd shapes", odd_shapes),
)


def rng(seed, what):
    """A generator for each level."""
    return np.random.default_rng([seed, *what.encode()])


def answers(exercise, thing, method, case):
    """{name: right result}, {name: the learner's}. Both see the same arrays, even if a pass has changed them."""
    before = {name: value.copy() for name, value in case.inputs().items()}
    right = exercise.kind.prepare(exercise.target, case, method)()
    got = exercise.kind.prepare(thing, case, method)()
    got = {name: value.copy() if isinstance(value, np.ndarray) else value for name, value in got.items()}
    for name, value in case.inputs().items():
        value[...] = before[name]
    return right, got


def same(exercise, thing, method, case, right, got, tolerance, seed):
    """Raise CheckFailed, with a diagnosis, unless they agree."""
    try:
        agree(got, right, tolerance, "the right result", case.sizes)
    except CheckFailed as why:
        input_kept(exercise, thing, method, seed)  # if it changes its input, report that first
        sentence = known_wrong(exercise, method, case, right, got) or why.diagnosis
        raise CheckFailed(why.fact, in_a_larger_case(exercise, thing, method, seed, sentence)) from None


def in_a_larger_case(exercise, thing, method, seed, sentence):
    """Return the diagnosis in a random case, where hardly anything fits by accident; or `sentence`, if the method is
    right there or does not run."""
    case = exercise.draw(rng(seed, "larger"), np.float64)
    try:
        right, got = answers(exercise, thing, method, case)
        off = first_off(right, got)
    except Exception:
        return sentence
    if off is None:
        return sentence
    found = diagnose(np.asarray(got[off]), np.asarray(right[off]), case.sizes) if exercise.kind.generic else ""
    if all(" of what it should be" in text for text in (found, sentence)):
        found = sentence  # a factor: that of the case which is shown
    return known_wrong(exercise, method, case, right, got) or found


def known_wrong(exercise, method, case, right, got):
    """Return the sentence for the first known mistake that gives the learner's result, or ""."""
    off = first_off(right, got)
    wrong = exercise.wrong.get(method, ()) if off and isinstance(got[off], np.ndarray | Number) else ()
    return next((w.sentence for w in wrong if w.fits(off, got[off], right[off], case, right)), "")
