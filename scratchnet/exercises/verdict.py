"""Which sentence names the mistake: a known wrong answer, or else a symptom of the array."""

from dataclasses import dataclass
from numbers import Number

import numpy as np

from scratchnet.checks import diagnose
from scratchnet.checks.diagnosis import ratio_of
from scratchnet.exercises.definition import Case, close


@dataclass
class Compared:
    """A case with the right results and the learner's."""

    case: Case
    right: dict
    got: dict

    def off(self):
        """Return the names of the results that differ, in order."""
        return [name for name in self.right if not equal(self.got[name], self.right[name])]

    def fit(self, wrongs, name):
        """Return the known mistakes that give the learner's result of this name."""
        if name not in self.off() or not isinstance(self.got[name], np.ndarray | Number):
            return []
        return [w for w in wrongs if w.fits(name, self.got[name], self.right[name], self.case, self.right)]


def equal(mine, expected):
    if not isinstance(mine, np.ndarray | Number):
        return False
    mine, expected = np.asarray(mine), np.asarray(expected)
    return mine.dtype.kind in "fiub" and mine.shape == expected.shape and close(mine, expected)


def verdict(exercise, method, shown, larger=None, symptom="", first=None):
    """Return the sentence on the first result that differs in the case that is shown, or on `first`, of a wrong type.

    larger: a random case, where hardly anything fits by accident, or None if there is none; symptom: what the array of
    the case that is shown says. A second fault, in another result, is told after the first unless that explains it.
    """
    wrongs, off = exercise.wrong.get(method, ()), shown.off()
    of_type, first = bool(first), first or next(iter(off), None)
    sentence = known(wrongs, first, shown, larger)
    if not sentence:
        sentence = symptom
        if larger is not None and first in larger.off() and not of_type:
            sentence = in_general(exercise, first, shown, larger, symptom)
    alone = {wrong.sentence for wrong in wrongs if wrong.alone}
    for name in off if sentence and sentence not in alone and exercise.kind.repeats else ():
        second = known(wrongs, name, shown, larger)
        if name != first and second and second.replace(name, "") != sentence.replace(first, ""):
            return f"{sentence}\n\nThen {name}: {second}"
    return sentence


def known(wrongs, name, shown, larger):
    """Return the sentence of the known mistake that fits this result, in the larger case too if that is wrong."""
    here = shown.fit(wrongs, name)
    if larger is None or name not in larger.off():
        return here[0].sentence if here else ""
    there = larger.fit(wrongs, name)
    best = [wrong for wrong in there if wrong in here] or there
    return best[0].sentence if best else ""


def in_general(exercise, name, shown, larger, symptom):
    """Return what the array of the larger case says; a factor is that of the case which is shown.

    A factor comes from a number that is counted only if it is that number in both cases.
    """
    if not exercise.kind.generic:
        return ""
    found = diagnose(np.asarray(larger.got[name]), np.asarray(larger.right[name]), larger.case.sizes)
    if not all(" of what it should be" in text or " times what it should be" in text for text in (found, symptom)):
        return found
    _, fit = ratio_of(*(np.asarray(results[name], float) for results in (larger.got, larger.right)), larger.case.sizes)
    sizes = {each: n for each, n in shown.case.sizes.items() if each in fit}
    return diagnose(np.asarray(shown.got[name]), np.asarray(shown.right[name]), sizes) or symptom
