"""What a class does: which exercises, for how many points, and whether solutions may be seen."""

import configparser
import contextlib
from dataclasses import dataclass, field

from scratchnet.errors import InputError, nearest
from scratchnet.exercises.catalogue import IN_ORDER
from scratchnet.storage import atomic_write, here

FILE = "syllabus.ini"
HEAD = """; What this class does. Edit it: leave out exercises, change points. It is looked for in the folder where a
; command is given, and by `exercise grade` in the folder that is graded too.

[class]
; may learners see solutions? (It stops the command, not the curious: the source is open.)
solutions = {solutions}
; of the cases that `exercise grade` draws; 0 is what learners see
seed = {seed}
; limits for each exercise of each student: seconds, and megabytes of memory (0: none)
seconds = {seconds}
memory = {memory}
; points for each method of an exercise that passes, or all or nothing?
parts = {parts}

[points]
"""


@dataclass(frozen=True)
class Syllabus:
    """points: {name of an exercise: points}, in the order of the course; the rest as in the file."""

    points: dict = field(default_factory=lambda: {exercise.name: exercise.points for exercise in IN_ORDER})
    solutions: bool = True
    seed: int = 1998
    seconds: int = 60
    memory: int = 2000
    parts: bool = False

    @property
    def exercises(self):
        return [exercise for exercise in IN_ORDER if exercise.name in self.points]

    @classmethod
    def nearby(cls, *folders):
        """Return the syllabus of the first folder that has one, else the whole course."""
        for folder in folders:
            if (here(folder) / FILE).is_file():
                return cls.read(here(folder) / FILE)
        return cls()

    @classmethod
    def read(cls, path):
        """Read the file. Raise InputError for one that cannot be understood."""
        parser = configparser.ConfigParser(interpolation=None)
        try:
            parser.read_string(here(path).read_bytes().decode("utf-8-sig"))
        except OSError as why:
            raise InputError(f"{path} cannot be read: {why.strerror}.") from None
        except (configparser.Error, UnicodeDecodeError) as why:
            reason = str(why).replace("\n", " ")
            raise InputError(f"{path} is not a syllabus: {reason}. `exercise syllabus` writes one.") from None
        known = {"class": {"solutions", "seed", "seconds", "memory", "parts"}, "points": {e.name for e in IN_ORDER}}
        for section in parser.sections():
            if section not in known:
                raise InputError(f"{path}: there is no section [{section}].{nearest(section, list(known))}")
            for key in parser[section]:
                if key not in known[section]:
                    raise InputError(f"{path}: [{section}] has no {key!r}.{nearest(key, sorted(known[section]))}")
        settings = {}
        for key in ("solutions", "parts"):
            with sentence(path, "class", key):
                if parser.has_option("class", key):
                    settings[key] = parser.getboolean("class", key)
        for key in ("seed", "seconds", "memory"):
            if parser.has_option("class", key):
                settings[key] = whole_number(path, "class", key, parser["class"][key], least=key == "seconds")
        if 0 < settings.get("memory", 0) < 300:
            raise InputError(
                f"{path}: [class] memory of {settings['memory']} MB is less than NumPy needs. Give 300 or more."
            )
        if parser.has_section("points"):
            settings["points"] = {
                key: whole_number(path, "points", key, text) for key, text in parser["points"].items()
            }
            if not settings["points"]:
                raise InputError(f"{path}: [points] names no exercise. `exercise syllabus` writes all of them.")
        return cls(**settings)

    def write(self, path):
        lines = [f"{name} = {points}" for name, points in self.points.items()]
        answers = {key: "yes" if getattr(self, key) else "no" for key in ("solutions", "parts")}
        head = HEAD.format(**vars(self) | answers)
        with atomic_write(path) as file:
            file.write((head + "\n".join(lines) + "\n").encode("ascii"))


@contextlib.contextmanager
def sentence(path, section, key):
    try:
        yield
    except ValueError as why:
        raise InputError(f"{path}: [{section}] {key} should be yes or no ({why}).") from None


def whole_number(path, section, key, text, least=0):
    if not text.isdecimal() or len(text) > 9 or int(text) < least:
        raise InputError(f"{path}: [{section}] {key} should be a whole number of at least {int(least)}, got {text!r}.")
    return int(text)


def points_for(syllabus, exercise, state, passed=()):
    """Return the points of an exercise in this state: all or nothing, or by parts a share for each method in `passed`.

    None if it is "ungraded": what the environment did is not the student's 0.
    """
    of, methods = syllabus.points[exercise.name], set(exercise.methods)
    if state in ("right", "ungraded"):
        return of if state == "right" else None
    done = len(methods.intersection(passed))
    if not syllabus.parts or done == len(methods):  # all of them and yet not right: the file changes the library
        return 0
    return rounded(of * done / len(methods))


def rounded(points):
    """Return points with at most two digits after the point, and as an int if there are none."""
    points = round(points, 2)
    return int(points) if points == int(points) else points
