"""Is it right? Nine levels, from "does it run" to odd shapes; the first that fails is explained."""

import contextlib
import functools
import textwrap
from collections import Counter
from dataclasses import dataclass, field
from numbers import Number, Real
from pathlib import Path

import numpy as np

from scratchnet.checks import diagnose, expect_array
from scratchnet.checks.gradients import NOT_THERE
from scratchnet.errors import CheckFailed, DataError, Missing, Mistake, NotWritten, ScratchnetError
from scratchnet.exercises.definition import close
from scratchnet.exercises.desk import Ended, NoDesk, my_desk
from scratchnet.exercises.kinds import agree
from scratchnet.exercises.learner import shown
from scratchnet.exercises.unpacking import tell_another_order
from scratchnet.exercises.verdict import Compared, verdict

SINGLE = 1e-4  # what is right in float32; a mistake is 1e-2 and more
TRIES = 5  # random cases
LINES = 20  # of what is printed that are shown
NO_SUCH_LEVEL = object()


@dataclass
class Result:
    """What a check found.

    state: "right", "wrong", "blank", "missing" or "stopped"; passed: (method, level) of all that passed, in order;
    failed: the one that did not; fact: what was expected and got; diagnosis: the sentence that helps; printed: what the
    learner's code printed in the small case; changed: parts of the library that the file has changed.
    """

    exercise: object
    path: Path
    state: str = "wrong"
    passed: list = field(default_factory=list)
    failed: tuple | None = None
    fact: str = ""
    diagnosis: str = ""
    printed: str = ""
    changed: tuple = ()

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
        if self.printed.strip():
            some = self.printed.rstrip().split("\n")
            lines += ["Your code printed, in the small case:", *(f"  {line}" for line in some[:LINES])]
            lines += [f"  ... and {len(some) - LINES} lines more"] * (len(some) > LINES) + [""]
        if self.state == "right":
            lines += ["Right."]
        return "\n".join(lines).rstrip()


def filled(text):
    """Sentences in lines of at most 100 letters; what is set in, code and arrays, stays as it is."""
    lines = text.split("\n")
    return "\n".join(line if line[:1] in " >" else textwrap.fill(line, 100, break_on_hyphens=False) for line in lines)


def check_answer(exercise, path, seed=0, desk=None, files=None, seconds=None):
    """Return the Result for the file at path. seed: seeds every random draw.

    desk: where the file runs, this program's own by default; files: {relative path: bytes}, for one that gets copies.
    Raises NoDesk when the file cannot be run at all, through no fault of its own.
    """
    result, answer = Result(exercise, Path(path)), None
    try:
        with (desk or my_desk()).opened(exercise, path, files, seconds) as answer:
            go_through(result, answer, seed)
    except (NoDesk, DataError):  # no fault of the file
        raise
    except Missing as why:
        result.state, result.fact = "missing", f"{why} `exercise start {exercise.number:02}` writes it."
    except NotWritten as why:
        result.state, result.fact = "blank", str(why)
    except Ended as why:
        result.state, result.fact = "stopped", str(why)
    except Mistake as why:
        result.fact = str(why)
    except CheckFailed as why:
        result.fact, result.diagnosis = why.fact, why.diagnosis
    except ScratchnetError as why:
        result.fact = f"The library cannot use what your code returned or stored on self: {why}"
    if answer:
        result.printed = answer.printed.get(result.failed[0] if result.failed else exercise.methods[-1], "")
        expect_library_unchanged(result, answer.changed)
    return result


def expect_library_unchanged(result, changed):
    result.changed = tuple(changed)
    if changed:
        result.state, result.diagnosis, result.failed = "wrong", "", result.failed or ("", "changes nothing else")
        result.fact = (
            f"The file changes parts of the library or of NumPy: {', '.join(changed)}. The checker cannot judge the "
            "rest. Write your own function or subclass instead."
        )


def go_through(result, answer, seed):
    exercise = result.exercise
    for method in exercise.methods:
        result.failed = None
        if method in answer.blank:
            raise NotWritten(
                f"You have not written it yet: {exercise.where(method)} in {shown(result.path)} is still blank."
            )
        for level, test in exercise.levels or LEVELS:
            result.failed = method, level
            found = attempted(exercise, answer, method, seed, test)
            if found is not NO_SUCH_LEVEL:
                result.passed.append(result.failed)
                result.fact = found or ""
    result.state, result.failed = "right", None


def attempted(exercise, answer, method, seed, test):
    """Run the test of a level. Where it fails, look first whether the parts of a parameter are in another order."""
    try:
        return test(exercise, answer, method, seed)
    except (Mistake, CheckFailed) as why:
        if exercise.kind.unpacks:
            (case,) = cases(exercise, "tiny", seed, "by hand")
            tell_another_order(exercise, answer, method, case, right_results(exercise, method, case), why)
        raise


def run_once(exercise, answer, method, seed):
    """Run it once."""
    small_case(exercise, answer, method, seed)


def small_case(exercise, answer, method, seed):
    """Return the case that is small enough to compute by hand, and the learner's results; what it prints is kept."""
    (case,) = cases(exercise, "tiny", seed, "by hand")
    try:
        return case, answer.run(method, case)[0]
    finally:
        answer.printed[method] = answer.last


def same_type(exercise, answer, method, seed):
    """Compare type, shape and dtype in both precisions."""
    for dtype in (np.float64, np.float32):
        (case,) = cases(exercise, "draw", seed, "type", dtype)
        expect_kinds(exercise, answer, method, Compared(case, *answers(exercise, answer, method, case)), dtype, seed)


def expect_kinds(exercise, answer, method, compared, dtype, seed):
    """Raise CheckFailed, with a diagnosis, unless all results have the types, shapes and dtypes of the right ones."""
    for name, expected in compared.right.items():
        try:
            same_kind(name, compared.got[name], expected, dtype, compared.case.sizes)
        except CheckFailed as why:
            larger = larger_case(exercise, answer, method, seed)
            sentence = verdict(exercise, method, compared, larger, why.diagnosis, first=name)
            raise CheckFailed(why.fact, sentence) from None


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
    if expected.dtype != dtype:  # it does not depend on the input
        raise CheckFailed(f"{name}: expected {expected.dtype}, got {mine.dtype}.", "Convert it: .astype(...).")
    raise CheckFailed(
        f"{name}: expected {expected.dtype} for input of {np.dtype(dtype)}, got {mine.dtype}.",
        "Keep the dtype: np.zeros(shape, x.dtype), x.astype(...). A NumPy float64, such as np.mean(...) of a "
        "list, makes a product float64; a plain Python number does not.",
    )


def by_hand(exercise, answer, method, seed):
    """Check a case that is small enough to compute by hand; it is printed in full when it fails."""
    case, results = small_case(exercise, answer, method, seed)
    right = right_results(exercise, method, case)
    got = {name: results.get(name) for name in right}
    try:
        same(exercise, answer, method, case, right, got, exercise.kind.tolerance, seed)
    except CheckFailed as why:
        raise CheckFailed(f"{printed(exercise.kind, case, method, right, got)}\n\n{why.fact}", why.diagnosis) from None


def printed(kind, case, method, right, got):
    """Return every number of a small case, and the first result that is wrong, as text."""
    name = next(iter(Compared(case, right, got).off()), list(right)[-1])
    digits = next((n for n in (5, 9, 15) if named("", got[name], n) != named("", right[name], n)), 5)
    return "\n".join(
        [
            "The input:",
            *(named(name, value) for name, value in (case.options | seen_by(kind, case, method)).items()),
            "",
            named(f"{name}, yours", got[name], digits),
            named(f"{name}, right", right[name], digits),
        ]
    )


def named(name, value, digits=5):
    """'x = [[1, 2],', with the lines after the first below the bracket."""
    if not isinstance(value, np.ndarray):
        return f"  {name} = {value!r}"
    if value.size > 100:
        return f"  {name}: {value.dtype} of shape {value.shape}"
    form = "{}".format if value.dtype.kind != "f" else f"{{:.{digits}g}}".format
    width = max((len(form(number)) for number in value.flat), default=0)
    text = np.array2string(
        value, separator=", ", max_line_width=100, formatter={"all": lambda n: f"{form(n):>{width}}"}
    )
    lines = [line for line in text.split("\n") if line]
    return f"  {name} = " + ("\n" + " " * (len(name) + 5)).join(lines)


def random_cases(exercise, answer, method, seed):
    """Check random sizes. Where central differences judge later, check only that all entries are finite."""
    for number in range(TRIES):
        (case,) = cases(exercise, "draw", seed, f"random {number}")
        right, got = answers(exercise, answer, method, case)
        if method not in exercise.kind.judged:
            with naming(exercise, case, method):
                same(exercise, answer, method, case, right, got, exercise.kind.tolerance, seed)
            continue
        for name, mine in got.items():
            expect_array(name, mine, np.asarray(right[name]), case.sizes)
            if not np.isfinite(mine).all():
                raise CheckFailed(
                    f"{name} has entries that are inf or nan.", diagnose(np.asarray(mine), np.asarray(right[name]))
                )


def judged(exercise, answer, method, seed):
    """Compare with central differences, or the exact curvature, without the library's own method."""
    if method not in exercise.kind.judged:
        return NO_SUCH_LEVEL
    (case,) = cases(exercise, "draw", seed, "judge")
    asked = exercise.kind.asked(exercise.target, answer, method, case)
    try:
        exercise.kind.judge(asked, case, method)
    except CheckFailed as why:
        compared = Compared(case, *answers(exercise, answer, method, case))
        raise CheckFailed(why.fact, verdict(exercise, method, compared, None, why.diagnosis)) from None


def reference(exercise, answer, method, seed):
    """Compare with the library, in the sizes of LeNet-5 and the precision of training."""
    for case in cases(exercise, "real", seed, "real", np.float32):
        same(exercise, answer, method, case, *answers(exercise, answer, method, case), SINGLE, seed)


def input_kept(exercise, answer, method, seed):
    """Check that the input is unchanged."""
    (case,) = cases(exercise, "draw", seed, "kept")
    after = answer.run(method, case, inputs=True)[-1]
    for name, before in case.inputs().items():
        value = after.get(name)
        if not isinstance(value, np.ndarray) or value.shape != before.shape:
            raise CheckFailed(f"{name} has changed: it should be an array of shape {before.shape} as before.")
        if not np.array_equal(value, before, equal_nan=value.dtype.kind == "f"):
            at = tuple(int(i) for i in np.argwhere(value != before)[0])
            raise CheckFailed(
                f"{name} has changed: {name}{list(at)} was {before[at]:.6g} and is now {value[at]:.6g}.",
                f"Other code still needs {name}. Make a new array instead of changing it (+=, *=, {name}[...] = ...), "
                f"or work on {name}.copy().{exercise.kind.of_inputs}",
            )


def twice(exercise, answer, method, seed):
    """Check that a second call gives the same result."""
    if not exercise.kind.repeats:
        return NO_SUCH_LEVEL
    (case,) = cases(exercise, "draw", seed, "twice")
    first, second = answer.run(method, case, times=2)
    first = {name: np.asarray(value) for name, value in first.items() if isinstance(value, np.ndarray | Number)}
    try:
        agree(second, first, exercise.kind.tolerance, "the result of the first call", case.sizes)
    except CheckFailed as why:
        for name, value in first.items():
            if close(np.asarray(second[name]), 2 * value) and value.any():
                raise CheckFailed(
                    why.fact, f"Yours adds {name} up from call to call; it should overwrite {name}: '=' and not '+='."
                ) from None
        raise CheckFailed(
            why.fact,
            "Yours stores something in the first call that changes the second; it should leave what forward stored as "
            "it is: -=, *= and [...] = change an array in place.",
        ) from None


def odd_shapes(exercise, answer, method, seed):
    """Check one image, heights that differ from widths, arrays with gaps and other unusual cases."""
    for case in cases(exercise, "odd", seed, "odd"):
        right, got = answers(exercise, answer, method, case)
        with naming(exercise, case, method):
            expect_kinds(exercise, answer, method, Compared(case, right, got), np.float64, seed)
            same(exercise, answer, method, case, right, got, exercise.kind.tolerance, seed)


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


@functools.lru_cache(2000)
def cases(exercise, which, seed, what, dtype=np.float64):
    """Return the cases of an exercise as a tuple: "tiny", "draw", "real" or "odd", drawn for one level."""
    found = getattr(exercise, which)(rng(seed, what), dtype)
    return tuple(found) if isinstance(found, list) else (found,)


@functools.lru_cache(4000)
def right_results(exercise, method, case):
    """Return {name: right result}, by the library."""
    return exercise.kind.prepare(exercise.target, case, method)()


def answers(exercise, answer, method, case):
    """Return {name: right result}, {name: the learner's}."""
    right = right_results(exercise, method, case)
    (got,) = answer.run(method, case)
    return right, {name: got.get(name) for name in right}


def same(exercise, answer, method, case, right, got, tolerance, seed):
    """Raise CheckFailed, with a diagnosis, unless they agree."""
    try:
        agree(got, right, tolerance, "the right result", case.sizes)
    except CheckFailed as why:
        input_kept(exercise, answer, method, seed)  # if it changes its input, report that first
        shown, larger = Compared(case, right, got), larger_case(exercise, answer, method, seed)
        raise CheckFailed(why.fact, verdict(exercise, method, shown, larger, why.diagnosis)) from None


def larger_case(exercise, answer, method, seed):
    """Return a random case as Compared, or None if the method does not run there."""
    (case,) = cases(exercise, "draw", seed, "larger")
    try:
        return Compared(case, *answers(exercise, answer, method, case))
    except ScratchnetError:
        return None
