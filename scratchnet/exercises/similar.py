"""Which submissions of a class have code of the same structure: pairs, the share that they have in common, the lines.

A finding begins a talk and proves nothing: short methods have few right answers.
"""

import inspect
import itertools
import textwrap
from collections import Counter
from collections.abc import Iterable, Set
from dataclasses import dataclass
from functools import cache

from scratchnet.exercises.blank import blank_file
from scratchnet.exercises.definition import Exercise
from scratchnet.exercises.exports import EXCEL, csv_text
from scratchnet.exercises.results import name_order
from scratchnet.exercises.shapes_of_code import Shape, shape_of
from scratchnet.exercises.submissions import FILES, Submission, python
from scratchnet.viewing.show import underlying

LEAST = 0.75  # of the parts that a file adds, to be named
SMALL = 20  # parts: a file that adds fewer has too few ways to be right
PHRASE = 4  # parts: a smaller expression, unless it is a statement, is a word of the language
OFTEN, FEW = 0.1, 4  # what more than so large a share of a class has, and more than so many, is common knowledge
TOP = 20  # pairs on the screen
LIMITS = """
Names, comments, layout, order of statements and the sides of + and * do not matter. What the blank file or the
library has, and what more than a tenth of the class (and more than four) has, does not count. A program cannot know
who wrote it first, whether the two worked together as you allow, or whether both read the same page or asked the same
assistant. It misses code that was written anew from the same idea. Read both files, and talk to both students, before
you conclude anything."""


@dataclass(frozen=True)
class Pair:
    """Two files of one exercise. share: of what they add, 0 to 1; size: parts in common; lines: of each, "12-15"."""

    students: tuple[str, str]
    exercise: str
    share: float
    size: int
    lines: tuple[str, str]


def similar(listed: Iterable[Submission], exercises: Iterable[Exercise]) -> tuple[list[Pair], list[str]]:
    """Return the Pairs of a class, and sentences on the files that could not be read. Nothing of them is run."""
    texts, pairs, notes = texts_of(listed), list[Pair](), list[str]()
    for exercise in exercises:
        if not exercise.derived:
            found, unread = shapes(texts.get(exercise.name, {}))
            pairs += compared(exercise.name, found, known(exercise))
            notes += [f"{student}: {FILES[exercise.name]} is no Python; it is not compared." for student in unread]
    return pairs, notes


def texts_of(listed: Iterable[Submission]) -> dict[str, dict[str, str]]:
    """Return {exercise: {student: text of the file}}; each submission is unpacked once."""
    texts: dict[str, dict[str, str]] = {}
    for submission in listed:
        files = submission.bag().files
        for name, path in submission.chosen().files.items():
            code = (python(path, files) or b"").decode("utf-8-sig", "replace")
            texts.setdefault(name, {})[submission.student] = code
    return texts


def shapes(texts: dict[str, str]) -> tuple[dict[str, Shape], list[str]]:
    """Return {student: Shape} of these files, and the students whose file is no Python."""
    found, unread = {}, []
    for student, text in texts.items():
        try:
            found[student] = shape_of(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            unread.append(student)
    return found, unread


@cache
def known(exercise: Exercise) -> frozenset[bytes]:
    """Return the keys of what everybody has: the blank file's, and those of the library's own lines."""
    functions = (*exercise.functions(), *exercise.shows)
    lines = [textwrap.dedent(inspect.getsource(underlying(function))) for function in functions]
    library = "\n".join(["import numpy as np", *lines])
    return frozenset(shape.key for text in (blank_file(exercise), library) for shape in shape_of(text).walk())


def compared(name: str, found: dict[str, Shape], given: Set[bytes]) -> list[Pair]:
    """Return the Pairs of one exercise. found: {student: Shape}; given: the keys that do not count."""
    keys = {student: {part.key for part in shape.walk()} for student, shape in found.items()}
    counts = Counter(key for mine in keys.values() for key in mine)
    given = given | {key for key, count in counts.items() if count > max(FEW, OFTEN * len(found))}
    sizes = {student: shape.own(given) for student, shape in found.items()}
    phrases = {student: large_enough(shape, given) for student, shape in found.items()}
    large = [student for student in sorted(found, key=name_order) if sizes[student] >= SMALL]
    pairs = []
    for one, other in itertools.combinations(large, 2):
        if 2 * min(sizes[one], sizes[other]) < LEAST * (sizes[one] + sizes[other]) or not phrases[one] & phrases[other]:
            continue
        parts = [list(found[a].shared(phrases[b], given)) for a, b in ((one, other), (other, one))]
        common = [sum(part.own(given) for part in mine) for mine in parts]
        share = sum(common) / (sizes[one] + sizes[other])
        if share >= LEAST:
            pairs.append(Pair((one, other), name, share, min(common), (lines(parts[0]), lines(parts[1]))))
    return pairs


def large_enough(shape: Shape, given: Set[bytes]) -> set[bytes]:
    """Return the keys of the parts that can be in common: statements, and expressions that are more than a word."""
    return {part.key for part in shape.walk() if part.statement or (not part.frame and part.own(given) >= PHRASE)}


def lines(parts: Iterable[Shape]) -> str:
    """Return the lines of parts as "12-15, 18"."""
    numbers = sorted({number for part in parts for number in range(part.first, part.last + 1)})
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else f"{run[0]}" for run in runs)


def by_students(pairs: Iterable[Pair]) -> dict[tuple[str, str], list[Pair]]:
    """Return {two students: their Pairs}, those with the most in common first."""
    found: dict[tuple[str, str], list[Pair]] = {}
    for pair in pairs:
        found.setdefault(pair.students, []).append(pair)
    return dict(sorted(found.items(), key=lambda item: -sum(pair.size for pair in item[1])))


def similar_csv(pairs: Iterable[Pair]) -> str:
    """Return a row for each pair and exercise, those with the most in common first."""
    rows: list[tuple] = [("first", "second", "exercise", "share", "parts", "lines of the first", "lines of the second")]
    for students, mine in by_students(pairs).items():
        rows += [(*students, pair.exercise, f"{pair.share:.2f}", pair.size, *pair.lines) for pair in mine]
    return EXCEL + csv_text(rows)


def similar_text(pairs: Iterable[Pair]) -> str:
    """Return what the screen shows: the pairs with the most in common, and what that does not say."""
    found = by_students(pairs)
    if not found:
        return (
            f"No two files have code of the same structure (at least {LEAST:.0%}, of {SMALL} parts or more).\n{LIMITS}"
        )
    size = "1 pair of students has" if len(found) == 1 else f"{len(found)} pairs of students have"
    some = f" (the first {TOP}; the .csv has all)" if len(found) > TOP else ""
    out = [f"{size} code of the same structure{some}", ""]
    for (one, other), mine in list(found.items())[:TOP]:
        out.append(f"  {one} and {other}")
        out += [f"    {p.exercise:24} {p.share:4.0%}   lines {p.lines[0]} and {p.lines[1]}" for p in mine]
    return "\n".join([*out, LIMITS])
