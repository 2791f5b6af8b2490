"""Short questions with numbers that are drawn for each student: sheets, keys and marks. No answer is stored.

The mechanism is that of the exercises to derive by hand (own_numbers.py): the numbers come from a name, and no usual
slip gives the right answer. The bank is in question_bank.py.
"""

import re
import textwrap
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from math import isfinite
from typing import Any

from scratchnet.errors import InputError, nearest, visible
from scratchnet.exercises.definition import Case
from scratchnet.exercises.exports import EXCEL, csv_text
from scratchnet.exercises.own_numbers import OwnNumbers, Slip, alike, numbers, one_of, slips
from scratchnet.exercises.results import Grade

ANSWER = "ANSWER"
HEADING = re.compile(r"^## \d+\. (?P<name>[\w-]+) ", re.MULTILINE)
STUDENT = re.compile(r"^# Questions for (?P<name>.+?)\s*$", re.MULTILINE)
GIVEN = re.compile(r"^Answer:(.*)$", re.MULTILINE)
HEAD = (
    "Write your answer behind `Answer:`, as a number to four digits, and hand in this file. Each answer is one point.\n"
)


@dataclass(frozen=True, eq=False)
class Question:
    """A question with a number as its answer. It has what own_numbers.py asks of an exercise.

    text: with {NAMES} for the numbers; draw: rng -> {NAME: number}; right: what it makes of them, which it sees by
    name in lower case; usual: {sentence: what a usual slip makes of them}; lesson: which explains it; number: its
    place in the bank.
    """

    name: str
    lesson: int
    text: str
    draw: Callable
    right: Callable
    usual: dict[str, Callable]
    number: int = 0

    @cached_property
    def kind(self) -> OwnNumbers:
        return OwnNumbers(self.draw, {})

    @cached_property
    def wrong(self) -> dict[str, tuple[Slip, ...]]:
        return {ANSWER: slips(ANSWER, self.usual)}

    def target(self, **given: Any) -> dict[str, Any]:
        return {ANSWER: Slip(ANSWER, "", self.right).answer(Case({}, options=given), {})}


def whole(rng: Any, low: int, high: int) -> int:
    """Draw a whole number from low to high."""
    return int(rng.integers(low, high + 1))


def tenths(rng: Any, low: float, high: float) -> float:
    """Draw a number of one decimal from low to high, and not 0."""
    return one_of(rng, *(n / 10 for n in range(round(10 * low), round(10 * high) + 1) if n))


def drawn(question: Question, student: str, seed: int = 0) -> dict[str, Any]:
    """Return {NAME: number} of a student. seed: another one gives other numbers, for a second try or another year."""
    return numbers(question, f"{student} {seed}" if seed else student)


def answers(question: Question, given: dict[str, Any]) -> dict[str, Any]:
    """Return {"": the right answer, sentence: what this slip gives instead} for these numbers."""
    right, case = question.target(**given), Case({}, options=given)
    return {"": right[ANSWER]} | {slip.sentence: slip.answer(case, right) for slip in question.wrong[ANSWER]}


def sheet(student: str, questions: Iterable[Question], seed: int = 0) -> str:
    """Return the questions of a student as Markdown, with a place for each answer."""
    parts = [f"# Questions for {student}", HEAD]
    for place, question in enumerate(questions, start=1):
        text = question.text.format(**{name: written(n) for name, n in drawn(question, student, seed).items()})
        parts += [f"## {place}. {question.name} (lesson {question.lesson})", text, "Answer:\n"]
    return "\n\n".join(parts)


def written(number: Any) -> str:
    """Return a number as a text has it: 60,000 or 0.25; a minus is a hyphen."""
    return f"{number:,}" if isinstance(number, int) else f"{number:g}"


def key_csv(students: Iterable[str], questions: Iterable[Question], seed: int = 0) -> str:
    """Return a row for each student and question: the numbers, the right answer, and what the usual slips give."""
    rows: list[tuple] = [("student", "question", "numbers", "answer", "slips")]
    questions = list(questions)
    for student in students:
        for question in questions:
            given = drawn(question, student, seed)
            found = answers(question, given)
            listed = "; ".join(f"{name} = {written(n)}" for name, n in given.items())
            wrong = "; ".join(f"{rounded(value)}: {sentence}" for sentence, value in found.items() if sentence)
            rows.append((student, question.name, listed, rounded(found[""]), wrong))
    return EXCEL + csv_text(rows)


def rounded(value: Any) -> str:
    return str(value) if isinstance(value, int) else f"{value:.5g}"


def marked(text: str, questions: Iterable[Question], seed: int = 0) -> list[Grade]:
    """Return a Grade for each question of a sheet that was handed in. Raises InputError for a file that is none."""
    name = STUDENT.search(text)
    if not name:
        raise InputError("This is no sheet of questions: it should have a line '# Questions for NAME'.")
    pieces = HEADING.split(text)[1:]
    found = dict(zip(pieces[::2], pieces[1::2]))
    return [mark(question, visible(name["name"]), found.get(question.name, ""), seed) for question in questions]


def mark(question: Question, student: str, piece: str, seed: int) -> Grade:
    """Return the Grade of one answer. piece: of the sheet, from the heading of the question on."""
    line = GIVEN.search(piece)
    said = line[1].strip().strip("*_` ") if line else ""
    value, fact, diagnosis, state = number_in(said), "", "", "right"
    if not said:
        state, fact = ("blank" if line else "missing"), f"There is no answer to {question.name}."
    elif value is None:
        state, fact = "wrong", f"The answer should be a number, got {said[:40]!r}."
    else:
        right, *usual = answers(question, drawn(question, student, seed)).items()
        if not alike(value, right[1]):
            state, fact = "wrong", f"{said[:40]!r} is not right."
            diagnosis = next((sentence for sentence, wrong in usual if alike(value, wrong)), "")
    text = f"{question.name}, lesson {question.lesson}: {fact} {diagnosis}".rstrip()
    return Grade(student, question.name, state, int(state == "right"), 1, 0.0, fact, diagnosis, text)


def number_in(text: str) -> float | int | None:
    """Return the number at the beginning of a text: 1,516 or 0.25 or 0,25 or 3/4; None if there is none."""
    found = re.match(r"[-+]?\d[\d.,]*(?:[eE][-+]?\d+)?(?:/\d+)?|[-+]?\.\d+", text.replace("\u2212", "-"))
    if not found:
        return None
    plain = re.sub(r",(?=\d{3}(\D|$))", "", found[0]) if not re.match(r"[-+]?0,", found[0]) else found[0]
    above, _, below = plain.replace(",", ".").partition("/")
    try:
        value = float(above) / float(below or 1)
    except (ValueError, ZeroDivisionError):
        return None
    return value if isfinite(value) else None


def listing(questions: Iterable[Question]) -> str:
    """Return the questions for the screen, with the names of their numbers."""
    lines = []
    for question in questions:
        lines.append(f"{question.name} (lesson {question.lesson})")
        lines += textwrap.wrap(question.text, 110, initial_indent="    ", subsequent_indent="    ")
    return "\n".join(lines)


def chosen(words: Iterable[str], bank: Iterable[Question]) -> list[Question]:
    """Return the questions with these names, in this order; all of the bank if there are none. Raises InputError."""
    by_name = {question.name: question for question in bank}
    for word in words:
        if word not in by_name:
            raise InputError(f"There is no question {word!r}.{nearest(word, list(by_name))}")
    return [by_name[word] for word in words] or list(by_name.values())


def on_sheets(texts: Iterable[str], bank: Iterable[Question]) -> list[Question]:
    """Return the questions that stand on one of these sheets, in the order of the bank. Raises InputError for none."""
    names = {found["name"] for text in texts for found in HEADING.finditer(text)}
    found = [question for question in bank if question.name in names]
    if not found:
        raise InputError("No sheet has a question of the bank. `exercise questions` writes them.")
    return found
